//! Issuing, answering, closing and sending back a supervision.

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors, INVALID_STATE};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::{Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Status};
use super::{MOVES, Supervision};
use crate::ticket::entity::Model as TicketRow;
use crate::ticket::{self, Ticket};

/// Whom a case is asked of, and what: a unit or a person, not both.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IssueSupervision {
    pub to_org_unit_id: Option<Uuid>,
    pub to_staff_id: Option<Uuid>,
    #[schema(min_length = 2, max_length = 2000)]
    pub text: String,
    /// Default: after `supervision.answer_hours`.
    pub answer_due_at: Option<Timestamp>,
}

/// The account given.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnswerSupervision {
    #[schema(min_length = 10, max_length = 4000)]
    pub answer: String,
}

/// Why the answer is not enough, and by when a better one is due.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendBackSupervision {
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
    /// Default: after `supervision.answer_hours`.
    pub answer_due_at: Option<Timestamp>,
}

/// A unit or person a supervision is addressed to.
pub(super) struct Addressee {
    pub org_unit_id: Option<Uuid>,
    pub staff_id: Option<Uuid>,
    /// The unit, or the person's.
    pub placed: Option<Uuid>,
}

async fn addressee(work: &Work, input: &IssueSupervision) -> Result<Addressee, Fault> {
    let mut errors = FieldErrors::default();
    let mut placed = input.to_org_unit_id;
    match (input.to_org_unit_id, input.to_staff_id) {
        (None, None) => {
            errors.add("/to_org_unit_id", "required");
        }
        (Some(_), Some(_)) => {
            errors.add("/to_staff_id", "only_one");
        }
        (Some(unit), None) => registers::org_unit_known(work, unit, "/to_org_unit_id").await?,
        (None, Some(staff)) => match registers::staff::Entity::find_by_id(staff).one(&work.db()).await? {
            Some(staff) if staff.is_active() => placed = Some(staff.org_unit_id),
            _ => {
                errors.add("/to_staff_id", "not_found");
            }
        },
    }
    errors.finish()?;
    Ok(Addressee { org_unit_id: input.to_org_unit_id, staff_id: input.to_staff_id, placed })
}

/// An account is asked for ahead of now.
fn check_due(work: &Work, given: Option<Timestamp>) -> Result<(), Fault> {
    match given {
        Some(due) if due.0 <= work.now => Err(Fault::field("/answer_due_at", "date_order")),
        _ => Ok(()),
    }
}

async fn answer_due_at(work: &Work, given: Option<Timestamp>) -> Result<DateTimeUtc, Fault> {
    match given {
        Some(due) => Ok(due.0),
        None => Ok(work.now + TimeDelta::hours(parameters::integer(work, "tickets.supervision.answer_hours").await?)),
    }
}

/// Asks for an account of a case that has not ended.
///
/// # Errors
/// 409 `invalid_state` for a case that has ended; 422 unless exactly one of unit and person is named.
pub async fn issue(work: &Work, ticket_id: Uuid, input: &IssueSupervision) -> Result<Model, Fault> {
    let to = async |_: &TicketRow| -> Result<Addressee, Fault> {
        check_due(work, input.answer_due_at)?;
        addressee(work, input).await
    };
    let (row, to) = resource::take_with::<Ticket, _>(work, ticket_id, to).await?;
    let due = answer_due_at(work, input.answer_due_at).await?;
    if row.status.is_terminal() {
        return Err(Fault::new(&INVALID_STATE).with("action", "supervisions").with("state", row.status.code()).with(
            "allowed_from",
            vec!["registered", "assigned", "in_progress", "pending_approval", "resolved", "replied"],
        ));
    }
    let (supervision, _) = issued(work, row, to, &input.text, due, None).await?;
    Ok(supervision)
}

/// Writes a supervision and the ticket's part of it.
pub(super) async fn issued(
    work: &Work,
    row: TicketRow,
    to: Addressee,
    text: &str,
    answer_due_at: DateTimeUtc,
    clock_id: Option<Uuid>,
) -> Result<(Model, TicketRow), Fault> {
    let supervision = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "SV").await?),
        ticket_id: Set(row.id),
        cycle: Set(row.cycle),
        to_org_unit_id: Set(to.org_unit_id),
        to_staff_id: Set(to.staff_id),
        text: Set(text.trim().to_owned()),
        answer_due_at: Set(answer_due_at),
        answer: Set(None),
        answered_by: Set(None),
        answered_at: Set(None),
        status: Set(Status::Issued),
        clock_id: Set(clock_id),
        project_id: Set(row.project_id),
        org_unit_id: Set(to.placed),
    };
    let number = row.number.clone();
    let about = |fact: store::journal::Fact| {
        fact.with("ticket_id", row.id.to_string())
            .with("ticket_number", number)
            .with("severity", row.severity.code())
            .with("automatic", clock_id.is_some())
    };
    let supervision = work.create::<Supervision>(supervision, about, "issued").await?;
    let fact = |fact: store::journal::Fact| fact.with("supervision_id", supervision.id.to_string());
    let row = ticket::finish(work, &row, row.clone().into_active_model(), "supervised", fact, None).await?;
    Ok((supervision, row))
}

/// Gives the account asked for.
pub async fn answer(work: &Work, id: Uuid, input: &AnswerSupervision) -> Result<Model, Fault> {
    let judge = |_: &Model| match input.answer.trim().chars().count() {
        ..10 => Err(Fault::field("/answer", "too_short")),
        _ => Ok(()),
    };
    let (row, to) = MOVES.begin_judged::<Supervision>(work, id, "answer", judge).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.answer = Set(Some(input.answer.trim().to_owned()));
    change.answered_by = Set(Some(work.actor().sub));
    change.answered_at = Set(Some(work.now));
    let in_time = work.now <= row.answer_due_at;
    work.change::<Supervision>(&row, change, "answered", |fact| fact.with("in_time", in_time)).await
}

/// Accepts the answer.
pub async fn close(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin_judged::<Supervision>(work, id, "close", |_| Ok(())).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    work.change::<Supervision>(&row, change, "closed", |fact| fact).await
}

/// Asks for a better answer; the one given stays in the history.
pub async fn send_back(work: &Work, id: Uuid, input: &SendBackSupervision) -> Result<Model, Fault> {
    let (row, to) =
        MOVES.begin_judged::<Supervision>(work, id, "send-back", |_| check_due(work, input.answer_due_at)).await?;
    let due = answer_due_at(work, input.answer_due_at).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.answer = Set(None);
    change.answered_by = Set(None);
    change.answered_at = Set(None);
    change.answer_due_at = Set(due);
    work.change::<Supervision>(&row, change, "sent_back", |fact| fact.reason(input.reason.as_str())).await
}
