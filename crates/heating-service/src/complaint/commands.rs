//! Proposing a class for a complaint, and deciding it: two people, and proof (HS-R17).

use kernel::fault::{Fault, FieldErrors};
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::Deserialize;
use store::life_cycle::Subject;
use store::{Reading, Resource, Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::duplicates::Report;
use super::entity::{ActiveModel, Class, Column, Entity, Model, State};
use super::{HeatComplaint, MOVES};
use crate::problems::DUPLICATE_TARGET;
use crate::season::commands::decimal;

/// Why a complaint should not count, with the proof.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ProposeHeatComplaint {
    /// Anything but `counted`.
    pub class: Class,
    /// The earlier complaint; with `duplicate` only.
    pub duplicate_of: Option<Uuid>,
    pub proof_document_id: Uuid,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

fn accepted() -> bool {
    true
}

/// Whether the proposed class holds.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideHeatComplaint {
    /// `false`: it counts as before.
    #[serde(default = "accepted")]
    pub accepted: bool,
    /// Needed to refuse.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// Whether one complaint may be called a duplicate of another.
pub(super) async fn may_repeat(at: &Reading, row: &Model, original: &Model) -> Result<bool, Fault> {
    let days: i64 = decimal(at, "heating.complaint.duplicate_days", row.received_on).await?;
    Ok(Report::from(row).may_repeat(&Report::from(original), days))
}

fn not_a_target() -> Fault {
    Fault::field("/duplicate_of", DUPLICATE_TARGET.code).rule("HS-R17")
}

/// The complaints that point at one, the oldest first.
async fn duplicates_of(at: &Reading, id: Uuid) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(Column::DuplicateOf.eq(id)).order_by_asc(Column::ReceivedAt);
    Ok(rows.order_by_asc(Column::Id).all(&at.db()).await?)
}

/// Holds what points at each other: complaints of a station are classed one after the other.
pub(super) async fn hold(work: &Work, row: &Model) -> Result<(), Fault> {
    locks::hold(work, vec![format!("heat_complaint|{}", row.station_id)]).await
}

/// The complaint, held with those of its station, and where an act leads it; what is wrong with the body by itself is
/// told before version and state.
async fn take(
    work: &Work,
    id: Uuid,
    action: &str,
    check: impl AsyncFnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Model, State), Fault> {
    let row = resource::take_checked::<HeatComplaint>(work, id, check).await?;
    let to = MOVES.take(action, &Subject::of(work, &row))?;
    hold(work, &row).await?;
    Ok((row, to))
}

/// Proposes that a complaint does not count.
///
/// # Errors
/// 422 `duplicate_target` when the named complaint is later, too old, of another home or a duplicate itself; 409
/// `invalid_state` once a class was decided: the first stands.
pub async fn propose(work: &Work, id: Uuid, input: &ProposeHeatComplaint) -> Result<Model, Fault> {
    let check = async |row: &Model| {
        let repeats = input.class == Class::Duplicate;
        let mut errors = FieldErrors::default();
        errors.add_if(input.class == Class::Counted, "/class", "invalid_enum");
        errors.add_if(repeats && input.duplicate_of.is_none(), "/duplicate_of", "required");
        errors.add_if(!repeats && input.duplicate_of.is_some(), "/duplicate_of", "unknown_field");
        errors.finish()?;
        hold(work, row).await?;
        if let Some(original) = input.duplicate_of {
            let original = referenced::known::<HeatComplaint>(work, original, "/duplicate_of").await?;
            if !may_repeat(work, row, &original).await? {
                return Err(not_a_target());
            }
        }
        documents::ensure_one_visible(work, input.proof_document_id, "/proof_document_id").await
    };
    let (row, to) = take(work, id, "propose", check).await?;
    documents::attach(work, &[input.proof_document_id], HeatComplaint::NAME, row.id, "proof").await?;
    let change = ActiveModel {
        state: Set(to),
        class: Set(input.class),
        duplicate_of: Set(input.duplicate_of),
        proof_document_id: Set(Some(input.proof_document_id)),
        proof: Set(None),
        reason: Set(input.reason.clone()),
        ..proposed_now(work, &row)
    };
    let class = input.class.code();
    work.change::<HeatComplaint>(&row, change, "proposed", |fact| fact.with("class", class)).await
}

/// A row that somebody proposes a class for, now.
pub(super) fn proposed_now(work: &Work, row: &Model) -> ActiveModel {
    ActiveModel {
        proposed_by: Set(Some(work.actor().sub)),
        proposed_at: Set(Some(work.now)),
        ..row.clone().into_active_model()
    }
}

/// A row that counts as if nothing had been proposed.
pub(super) fn counted_again(row: &Model) -> ActiveModel {
    ActiveModel {
        class: Set(Class::Counted),
        state: Set(State::Counted),
        duplicate_of: Set(None),
        proof_document_id: Set(None),
        proof: Set(None),
        proposed_by: Set(None),
        proposed_at: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        ..row.clone().into_active_model()
    }
}

/// Decides a proposed class: it holds for good, or the complaint counts as before.
///
/// # Errors
/// 409 `separation_of_duties` for whoever proposed it; 422 `reason_required` to refuse without saying why,
/// `duplicate_target` when the original became a duplicate meanwhile.
pub async fn decide(work: &Work, id: Uuid, input: &DecideHeatComplaint) -> Result<Model, Fault> {
    let unsaid = !input.accepted && input.reason.is_none();
    let check = async |_: &Model| if unsaid { Err(Fault::field("/reason", "reason_required")) } else { Ok(()) };
    let (row, _) = take(work, id, "decide", check).await?;
    if !input.accepted {
        let reason = input.reason.clone().unwrap_or_default();
        let change = ActiveModel { reason: Set(Some(reason.clone())), ..counted_again(&row) };
        let told = |fact: store::journal::Fact| fact.reason(reason).with("class", Class::Counted.code());
        return work.change::<HeatComplaint>(&row, change, "decided", told).await;
    }
    if let Some(original) = row.duplicate_of {
        let original = Entity::find_by_id(original).one(&work.db()).await?.ok_or_else(not_a_target)?;
        if !may_repeat(work, &row, &original).await? {
            return Err(not_a_target());
        }
    }
    let change = ActiveModel {
        state: Set(State::Decided),
        decided_by: Set(Some(work.actor().sub)),
        decided_at: Set(Some(work.now)),
        reason: Set(input.reason.clone().or(row.reason.clone())),
        ..row.clone().into_active_model()
    };
    let class = row.class.code();
    let row = work.change::<HeatComplaint>(&row, change, "decided", |fact| fact.with("class", class)).await?;
    let pointing = duplicates_of(work, row.id).await?;
    match row.class {
        // Nobody stands for them any more: the oldest does.
        Class::Withdrawn => stand_in(work, &pointing).await?,
        Class::Duplicate => point_at(work, &pointing, row.duplicate_of).await?,
        _ => {}
    }
    Ok(row)
}

/// The oldest duplicate of a complaint that was taken back counts again, and the others repeat it.
async fn stand_in(work: &Work, pointing: &[Model]) -> Result<(), Fault> {
    let Some((oldest, others)) = pointing.split_first() else { return Ok(()) };
    work.change::<HeatComplaint>(oldest, counted_again(oldest), "counted", |fact| fact).await?;
    point_at(work, others, Some(oldest.id)).await
}

async fn point_at(work: &Work, rows: &[Model], original: Option<Uuid>) -> Result<(), Fault> {
    for row in rows {
        let change = ActiveModel { duplicate_of: Set(original), ..row.clone().into_active_model() };
        work.change::<HeatComplaint>(row, change, "original_changed", |fact| fact).await?;
    }
    Ok(())
}
