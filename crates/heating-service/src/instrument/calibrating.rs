//! Entering a calibration: one that passed prolongs the use, one that failed takes the instrument out (HS-R51, R53).

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{add_months_clamped, business_day, start_of_day};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use store::{Reading, Resource, Work, numbers, parameters};

use super::calibration::Calibration;
use super::commands::CalibrateInstrument;
use super::entity::calibration::{self, Kind, Outcome};
use super::entity::{Kind as InstrumentKind, Model};
use super::{Instrument, MOVES, failing, heat_capacity};
use crate::lab::Figure;
use crate::season::commands::decimal;
use crate::tense::Tense;

/// What a calibration came to.
struct Judged {
    result: Outcome,
    valid_until: Option<NaiveDate>,
    value: Option<i64>,
    rsd: Option<i64>,
}

/// Enters a calibration.
///
/// # Errors
/// 422 `required` without a last day or a result, `too_few` runs of a heat capacity.
pub async fn calibrate(work: &Work, id: Uuid, input: &CalibrateInstrument) -> Result<Model, Fault> {
    let fits = async |_: &Model| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.day(&mut errors, Some(input.performed_on), "/performed_on");
        errors.finish()?;
        documents::ensure_one_visible(work, input.certificate_document_id, "/certificate_document_id").await
    };
    let (row, _) = MOVES.begin_checked::<Instrument>(work, id, "calibrate", fits).await?;
    let papers: Vec<Uuid> = input.certificate_document_id.into_iter().collect();
    let judged = if input.kind == Kind::HeatCapacity { judged(work, &row, input).await? } else { said(input)? };
    documents::attach(work, &papers, Instrument::NAME, row.id, "certificate").await?;
    let after = settle(work, &row, input, &judged).await?;
    let done = calibration::ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(Some(numbers::next(work, "JD").await?)),
        instrument_id: Set(row.id),
        kind: Set(input.kind),
        performed_on: Set(input.performed_on),
        performed_by: Set(input.performed_by.clone()),
        certificate_document_id: Set(input.certificate_document_id),
        runs: Set(serde_json::to_string(input.runs.as_deref().unwrap_or_default()).map_err(Fault::internal)?),
        value_units: Set(judged.value),
        rsd_units: Set(judged.rsd),
        result: Set(judged.result),
        valid_until: Set(judged.valid_until),
        note: Set(input.note.clone()),
    };
    work.create::<Calibration>(done, |fact| fact, "recorded").await?;
    Ok(after)
}

/// A verification or calibration is what its certificate says.
fn said(input: &CalibrateInstrument) -> Result<Judged, Fault> {
    let mut errors = FieldErrors::default();
    let passed = input.result == Some(Outcome::Pass);
    errors.add_if(input.result.is_none(), "/result", "required");
    errors.add_if(passed && input.valid_until.is_none(), "/valid_until", "required");
    errors.add_if(input.valid_until.is_some_and(|until| until < input.performed_on), "/valid_until", "date_order");
    errors.finish()?;
    let result = if passed { Outcome::Pass } else { Outcome::Fail };
    Ok(Judged { result, valid_until: input.valid_until.filter(|_| passed), value: None, rsd: None })
}

/// A heat capacity is what its runs say; it holds for some months, the last day included.
async fn judged(work: &Work, row: &Model, input: &CalibrateInstrument) -> Result<Judged, Fault> {
    let runs: Vec<i64> = input.runs.iter().flatten().map(|run| run.units()).collect();
    let least = parameters::integer_on(work, "heating.instrument.runs", input.performed_on).await?;
    let limit: Figure = decimal(work, "heating.instrument.rsd_percent", input.performed_on).await?;
    let mut errors = FieldErrors::default();
    errors.add_if(row.kind != InstrumentKind::Calorimeter, "/kind", "kind_mismatch");
    errors.add_if(i64::try_from(runs.len()).unwrap_or_default() < least, "/runs", "too_few");
    errors.add_if(runs.iter().any(|run| *run <= 0), "/runs", "out_of_range");
    errors.finish()?;
    let it = heat_capacity::judge(&runs, limit.units()).ok_or_else(|| Fault::field("/runs", "too_few"))?;
    let months = parameters::integer_on(work, "heating.instrument.heat_capacity_months", input.performed_on).await?;
    let months = i32::try_from(months).map_err(Fault::internal)?;
    let until = add_months_clamped(input.performed_on, months);
    let result = if it.within { Outcome::Pass } else { Outcome::Fail };
    Ok(Judged { result, valid_until: it.within.then_some(until), value: Some(it.value), rsd: Some(it.rsd) })
}

/// Whether none of its sort was performed later: the last one says how long the instrument may be used (HS-R50), also
/// where an earlier one would have held longer.
async fn is_the_last(at: &Reading, row: &Model, input: &CalibrateInstrument) -> Result<bool, Fault> {
    use calibration::Column;
    let sort = match input.kind {
        Kind::HeatCapacity => Column::Kind.eq(Kind::HeatCapacity),
        Kind::Verification | Kind::Calibration => Column::Kind.ne(Kind::HeatCapacity),
    };
    let later = calibration::Entity::find()
        .filter(Column::InstrumentId.eq(row.id))
        .filter(sort)
        .filter(Column::PerformedOn.gt(input.performed_on));
    Ok(later.count(&at.db()).await? == 0)
}

/// Whether one has passed since a day.
pub(super) async fn passed_since(at: &Reading, row: &Model, day: NaiveDate) -> Result<bool, Fault> {
    use calibration::Column;
    let passed = calibration::Entity::find()
        .filter(Column::InstrumentId.eq(row.id))
        .filter(Column::Result.eq(Outcome::Pass))
        .filter(Column::PerformedOn.gte(day));
    Ok(passed.count(&at.db()).await? > 0)
}

/// What follows for the instrument.
async fn settle(work: &Work, row: &Model, input: &CalibrateInstrument, judged: &Judged) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    let of_heat = input.kind == Kind::HeatCapacity;
    if judged.result == Outcome::Pass {
        if is_the_last(work, row, input).await? {
            if of_heat {
                change.heat_capacity_until = Set(judged.valid_until);
            } else {
                change.valid_until = Set(judged.valid_until);
            }
        }
        change.failed_at = Set(row.failed_at.filter(|at| business_day(*at) > input.performed_on));
        return work.change::<Instrument>(row, change, "calibrated", |fact| fact).await;
    }
    // What failed ended the day before.
    let ended = input.performed_on.pred_opt();
    if of_heat {
        change.heat_capacity_until = Set(ended);
    } else {
        change.valid_until = Set(ended);
    }
    // Of today what was checked today still vouches; of an earlier day nobody knows the hour.
    let today = input.performed_on == business_day(work.now);
    let failed_at = if today { work.now } else { start_of_day(input.performed_on) };
    failing::fail_with(work, row, change, failed_at).await
}
