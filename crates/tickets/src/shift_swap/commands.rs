//! Asking for a swap, consenting, deciding.

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::whole_second;
use registers::{locks, referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{Condition, IntoActiveModel, QuerySelect, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::{Resource, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Status};
use super::{MOVES, ShiftSwap};
use crate::leave;
use crate::problems::{ON_LEAVE, SHIFT_CHANGED, SWAP_TOO_LATE};
use crate::roster::rest;
use crate::roster::rota::Planned;
use crate::shift::Shift;
use crate::shift::entity::{self as shift, Status as ShiftStatus};

/// One's own shift, and either the shift taken in exchange or the person who takes over.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RequestSwap {
    pub own_shift_id: Uuid,
    pub other_shift_id: Option<Uuid>,
    pub other_staff_id: Option<Uuid>,
    pub proof_document_id: Option<Uuid>,
}

/// A decision on a swap.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideSwap {
    #[schema(max_length = 500)]
    pub comment: Option<String>,
}

/// A shift that can still be given away.
async fn open_shift(work: &Work, id: Uuid, pointer: &str) -> Result<shift::Model, Fault> {
    let row = referenced::known::<Shift>(work, id, pointer).await?;
    let open = row.published && row.status == ShiftStatus::Planned && row.start_at > work.now;
    if open { Ok(row) } else { Err(Fault::field(pointer, "not_open")) }
}

/// Asks for a swap of one's own shift.
///
/// # Errors
/// 422 unless the shift is one's own, published and not begun, and exactly one counterpart is named.
pub async fn request(work: &Work, input: &RequestSwap) -> Result<Model, Fault> {
    let me = work.actor().staff_id.unwrap_or(work.actor().sub);
    let mut errors = FieldErrors::default();
    errors
        .add_if(input.other_shift_id.is_none() && input.other_staff_id.is_none(), "/other_shift_id", "required")
        .add_if(input.other_shift_id.is_some() && input.other_staff_id.is_some(), "/other_staff_id", "only_one");
    errors.finish()?;
    let own = open_shift(work, input.own_shift_id, "/own_shift_id").await?;
    if own.responsible_staff_id != me {
        return Err(Fault::field("/own_shift_id", "not_own"));
    }
    let other = match (input.other_shift_id, input.other_staff_id) {
        (Some(shift), _) => open_shift(work, shift, "/other_shift_id").await?.responsible_staff_id,
        (None, Some(person)) => {
            let person = staff::Entity::find_by_id(person).one(&work.db()).await?;
            let person = person.filter(staff::Model::is_active);
            person.ok_or_else(|| Fault::field("/other_staff_id", "not_found"))?.id
        }
        (None, None) => me,
    };
    if other == me {
        let pointer = if input.other_shift_id.is_some() { "/other_shift_id" } else { "/other_staff_id" };
        return Err(Fault::field(pointer, "own"));
    }
    if let Some(proof) = input.proof_document_id {
        documents::ensure_one_visible(work, proof, "/proof_document_id").await?;
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        org_unit_id: Set(own.org_unit_id),
        requester_id: Set(me),
        own_shift_id: Set(own.id),
        other_shift_id: Set(input.other_shift_id),
        other_staff_id: Set(other),
        proof_document_id: Set(input.proof_document_id),
        consented_at: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        status: Set(Status::Requested),
    };
    let row = work.create::<ShiftSwap>(row, |fact| fact, "requested").await?;
    documents::attach(work, row.proof_document_id.as_slice(), ShiftSwap::NAME, row.id, "proof").await?;
    Ok(row)
}

async fn answered(work: &Work, id: Uuid, action: &str, verb: &str) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<ShiftSwap>(work, id, action).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    if to == Status::Consented {
        change.consented_at = Set(Some(work.now));
    }
    work.change::<ShiftSwap>(&row, change, verb, |fact| fact).await
}

/// Takes one's own request back.
pub async fn cancel(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    answered(work, id, "cancel", "cancelled").await
}

/// The other agrees.
pub async fn consent(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    answered(work, id, "consent", "consented").await
}

/// The other does not agree.
pub async fn decline(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    answered(work, id, "decline", "declined").await
}

fn decided(work: &Work, row: &Model, to: Status) -> ActiveModel {
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.decided_by = Set(Some(work.actor().sub));
    change.decided_at = Set(Some(work.now));
    change
}

fn commented(input: &DecideSwap) -> impl FnOnce(store::journal::Fact) -> store::journal::Fact + '_ {
    |fact| match &input.comment {
        Some(comment) => fact.reason(comment.as_str()),
        None => fact,
    }
}

/// Does not approve it.
pub async fn refuse(work: &Work, id: Uuid, input: &DecideSwap) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<ShiftSwap>(work, id, "refuse").await?;
    work.change::<ShiftSwap>(&row, decided(work, &row, to), "refused", commented(input)).await
}

/// Approves a swap in time; from now on the takers answer for the shifts (TK-R29).
///
/// # Errors
/// 409 `swap_too_late`, `shift_changed`, `on_leave`; `rest_violation` or `double_booked` for either of them.
pub async fn approve(work: &Work, id: Uuid, input: &DecideSwap) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<ShiftSwap>(work, id, "approve").await?;
    locks::hold(work, vec![format!("rota|{}", row.requester_id), format!("rota|{}", row.other_staff_id)]).await?;
    let own = held(work, row.own_shift_id, row.requester_id).await?;
    let other = match row.other_shift_id {
        Some(other) => Some(held(work, other, row.other_staff_id).await?),
        None => None,
    };
    let first = other.iter().chain([&own]).map(|shift| shift.start_at).min().unwrap_or(own.start_at);
    let notice = parameters::integer(work, "tickets.roster.swap_notice_hours").await?;
    if whole_second(work.now) > first - TimeDelta::hours(notice) {
        return Err(Fault::new(&SWAP_TOO_LATE).rule("TK-R29").with("notice_hours", notice));
    }
    check_both(work, &row, &own, other.as_ref()).await?;
    given(work, &own, row.other_staff_id).await?;
    if let Some(other) = &other {
        given(work, other, row.requester_id).await?;
    }
    work.change::<ShiftSwap>(&row, decided(work, &row, to), "applied", commented(input)).await
}

/// The shift as it was when the swap was asked for, held until the end of the work.
async fn held(work: &Work, id: Uuid, person: Uuid) -> Result<shift::Model, Fault> {
    let row = shift::Entity::find_by_id(id).lock(LockType::Update).one(&work.db()).await?;
    let row = row.ok_or_else(|| Fault::internal("a swap without its shift"))?;
    match row.status == ShiftStatus::Planned && row.responsible_staff_id == person {
        true => Ok(row),
        false => Err(Fault::new(&SHIFT_CHANGED).rule("TK-R29").with("shift_id", id.to_string())),
    }
}

/// Both can work what they take: present, rested, not booked twice (TK-R28).
async fn check_both(work: &Work, row: &Model, own: &shift::Model, other: Option<&shift::Model>) -> Result<(), Fault> {
    let taken = |shift: &shift::Model, staff_id: Uuid| Planned { staff_id, ..rest::planned(shift) };
    let mut exchanged = vec![taken(own, row.other_staff_id)];
    exchanged.extend(other.map(|other| taken(other, row.requester_id)));
    for shift in &exchanged {
        let away = leave::approved(work, &[shift.staff_id], shift.start_at, shift.end_at).await?;
        if !away.is_empty() {
            return Err(Fault::new(&ON_LEAVE).rule("TK-R29").with("staff_id", shift.staff_id.to_string()));
        }
    }
    let from = exchanged.iter().map(|shift| shift.start_at).min().unwrap_or(own.start_at);
    let to = exchanged.iter().map(|shift| shift.end_at).max().unwrap_or(own.end_at);
    let swapped: Vec<Uuid> = [Some(own.id), other.map(|other| other.id)].into_iter().flatten().collect();
    let rest_of = Condition::all().add(shift::Column::Id.is_not_in(swapped));
    let around = rest::around(work, &[row.requester_id, row.other_staff_id], (from, to), rest_of).await?;
    exchanged.extend(around.iter().map(rest::planned));
    rest::check(work, exchanged).await
}

async fn given(work: &Work, row: &shift::Model, to: Uuid) -> Result<(), Fault> {
    let mut change = row.clone().into_active_model();
    change.responsible_staff_id = Set(to);
    work.change::<Shift>(row, change, "swapped", |fact| fact).await?;
    Ok(())
}
