//! Retracting a determination, holding those an instrument puts in doubt, releasing them (HS-R45, HS-R53).

use kernel::fault::{Fault, Kind};
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{IntoActiveModel, Set};
use store::Work;
use store::acts::ReasonedAct;
use store::life_cycle::Subject;

use super::entity::{self, Column, Entity, Model, Status};
use super::{Determination, MOVES, commands};
use crate::lab::item::Item;
use crate::lab::raw::{self, Raw};
use crate::lab_result::{self, computing};
use crate::lab_sample::entity as samples;
use crate::lab_sample::review;
use crate::problems::{ALREADY_REPORTED_RESULT, NOT_HELD, VALUE_CHANGED};

/// Only what is held or doubted is released.
pub(super) fn is_held(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.row.hold() || it.row.doubted { Ok(()) } else { Err(Fault::new(&NOT_HELD)) }
}

async fn sample_of(work: &Work, row: &Model) -> Result<samples::Model, Fault> {
    use sea_orm::QuerySelect;
    let found = samples::Entity::find_by_id(row.sample_id).lock_exclusive().one(&work.db()).await?;
    found.ok_or_else(|| Fault::internal("a determination without a sample"))
}

async fn take(work: &Work, id: Uuid, action: &str) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<Determination>(work, id, action).await?;
    Ok(row)
}

/// Retracts a determination: the row stays, its round is worked out anew, the review is gone. Heat that was corrected
/// for retracted sulphur is held.
///
/// # Errors
/// 409 `result_reported` once the report is out.
pub async fn retract(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let row = take(work, id, "retract").await?;
    let sample = sample_of(work, &row).await?;
    if sample.is_reported() {
        return Err(Fault::new(&ALREADY_REPORTED_RESULT));
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Retracted);
    change.held_for_instrument = Set(false);
    change.held_for_sulphur = Set(false);
    change.doubted = Set(false);
    change.note = Set(Some(input.reason.clone()));
    change.retracted_by = Set(Some(work.actor().sub));
    change.retracted_at = Set(Some(work.now));
    let blind_code = sample.blind_code.clone();
    let fact = |fact: store::journal::Fact| fact.reason(input.reason.as_str()).with("blind_code", blind_code);
    let row = work.change::<Determination>(&row, change, "retracted", fact).await?;
    computing::work_out(work, &sample, row.item, row.round, &row.method).await?;
    if row.item == Item::St {
        hold_heat(work, &sample).await?;
    }
    review::settle(work, &sample, &input.reason).await?;
    Ok(row)
}

/// The heat of a sample that counts and is not held for its sulphur.
async fn free_heat(work: &Work, sample: &samples::Model) -> Result<Vec<Model>, Fault> {
    let heat = Entity::find()
        .filter(Column::SampleId.eq(sample.id))
        .filter(Column::Item.eq(Item::Qgr))
        .filter(Column::Status.eq(Status::Current))
        .filter(Column::HeldForSulphur.eq(false));
    Ok(heat.all(&work.db()).await?)
}

async fn hold_heat(work: &Work, sample: &samples::Model) -> Result<(), Fault> {
    for row in free_heat(work, sample).await? {
        hold_for_sulphur(work, &row, sample).await?;
    }
    Ok(())
}

async fn hold_for_sulphur(work: &Work, row: &Model, sample: &samples::Model) -> Result<(), Fault> {
    let mut change = row.clone().into_active_model();
    change.held_for_sulphur = Set(true);
    change.note = Set(None);
    hold(work, row, change, sample).await
}

/// Holds the heat that comes out otherwise with the sulphur averaged anew: its round was returned, and what was
/// corrected by the old mean is not what a report may say.
pub(super) async fn hold_changed_heat(work: &Work, sample: &samples::Model) -> Result<(), Fault> {
    let round = lab_result::latest(work, sample.id).await?.get(&Item::Qgr).map(|result| result.round);
    for row in free_heat(work, sample).await? {
        let stands = match is_unchanged(work, &row).await {
            Err(fault) if fault.kind() == Kind::Conflict => false,
            known => known?,
        };
        if Some(row.round) == round && !stands {
            hold_for_sulphur(work, &row, sample).await?;
        }
    }
    Ok(())
}

async fn hold(work: &Work, row: &Model, change: entity::ActiveModel, sample: &samples::Model) -> Result<(), Fault> {
    let verb = if sample.is_reported() { "doubted" } else { "held" };
    let blind_code = sample.blind_code.clone();
    work.change::<Determination>(row, change, verb, |fact| fact.with("blind_code", blind_code)).await.map(drop)
}

/// Holds what was determined on an instrument since it was last known to be right; what is reported already is
/// doubted instead.
pub(crate) async fn hold_made_on(work: &Work, instrument_id: Uuid, since: Option<DateTimeUtc>) -> Result<usize, Fault> {
    let made_on = Query::select()
        .column(entity::instruments::Column::DeterminationId)
        .from(entity::instruments::Entity)
        .and_where(entity::instruments::Column::InstrumentId.eq(instrument_id))
        .to_owned();
    let mut rows = Entity::find().filter(Column::Id.in_subquery(made_on)).filter(Column::Status.eq(Status::Current));
    if let Some(since) = since {
        rows = rows.filter(Column::At.gte(since));
    }
    let rows = rows.all(&work.db()).await?;
    for row in &rows {
        let sample = sample_of(work, row).await?;
        let mut change = row.clone().into_active_model();
        if sample.is_reported() {
            change.doubted = Set(true);
        } else {
            change.held_for_instrument = Set(true);
        }
        hold(work, row, change, &sample).await?;
        if sample.status == samples::Status::Reviewed {
            review::settle(work, &sample, "quality_hold").await?;
        }
    }
    Ok(rows.len())
}

/// Releases a determination that was held, or that was doubted after its report.
///
/// # Errors
/// 409 `sulphur_missing` for heat whose sulphur is not averaged again, `value_changed` when it would come out
/// otherwise.
pub async fn release(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let row = take(work, id, "release-hold").await?;
    let sample = sample_of(work, &row).await?;
    if row.held_for_sulphur {
        ensure_unchanged(work, &row).await?;
    }
    let mut change = row.clone().into_active_model();
    change.held_for_instrument = Set(false);
    change.held_for_sulphur = Set(false);
    change.doubted = Set(false);
    change.note = Set(Some(input.reason.clone()));
    let blind_code = sample.blind_code;
    let fact = |fact: store::journal::Fact| fact.reason(input.reason.as_str()).with("blind_code", blind_code);
    work.change::<Determination>(&row, change, "released", fact).await
}

async fn ensure_unchanged(work: &Work, row: &Model) -> Result<(), Fault> {
    match is_unchanged(work, row).await? {
        true => Ok(()),
        false => Err(Fault::new(&VALUE_CHANGED).rule("HS-R53")),
    }
}

/// Whether heat is what it was with the sulphur averaged again.
///
/// # Errors
/// 409 `sulphur_missing`.
async fn is_unchanged(work: &Work, row: &Model) -> Result<bool, Fault> {
    let correction = commands::heat_correction(work, row.sample_id, business_day(row.at)).await?;
    let Some(raw) = row.raw.as_deref().and_then(|raw| serde_json::from_str::<Raw>(raw).ok()) else { return Ok(true) };
    Ok(!matches!(raw::value(row.item, &raw, Some(&correction)), Ok(Some(value)) if value != row.value_units))
}
