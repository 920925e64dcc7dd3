//! Requesting, deciding and ending a pause.

use access::groups;
use chrono::TimeDelta;
use kernel::fault::{ABOVE_AUTHORITY, Fault, INVALID_STATE, SEPARATION_OF_DUTIES};
use kernel::time::{Timestamp, whole_second};
use kernel::{fault, ids};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::journal::Fact;
use store::life_cycle::Subject;
use store::{Resource, Work, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::{MOVES, TicketPause};
use crate::catalogue::{self, list};
use crate::clock::{Ledger, writing};
use crate::problems::*;
use crate::ticket::entity::{Entity as Tickets, Model as TicketRow, Status as TicketStatus};
use crate::ticket::{Ticket, due_again, life_cycle, queries, refresh};

/// Why the clock should stand still, until when, and the proof.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RequestPause {
    /// Code of the catalogue `pause_reason`.
    #[schema(max_length = 64)]
    pub reason_code: String,
    pub until: Timestamp,
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    pub proof_document_id: Uuid,
}

/// A decision on a pause.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecidePause {
    #[schema(max_length = 500)]
    pub comment: Option<String>,
}

/// Guard: who asked does not decide.
pub fn not_requester(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.actor.persons().any(|person| person == it.row.requested_by) {
        return Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R14").with("first", "request").with("second", "decide"));
    }
    Ok(())
}

/// Asks for a pause of an assigned or started ticket.
pub async fn request(work: &Work, ticket_id: Uuid, input: &RequestPause) -> Result<Model, Fault> {
    let until = whole_second(input.until.0);
    let reason = async |_: &TicketRow| -> Result<list::Model, Fault> {
        let reason = catalogue::list_item(work, "pause_reason", &input.reason_code, "/reason_code").await?;
        documents::ensure_one_visible(work, input.proof_document_id, "/proof_document_id").await?;
        let hours = i64::from(reason.max_hours.unwrap_or(0));
        if until > work.now + TimeDelta::hours(hours) {
            return Err(Fault::field("/until", "pause_too_long").rule("TK-R14"));
        }
        Ok(reason)
    };
    let (row, reason) = resource::take_with::<Ticket, _>(work, ticket_id, reason).await?;
    if !matches!(row.status, TicketStatus::Assigned | TicketStatus::InProgress) {
        return Err(Fault::new(&INVALID_STATE)
            .with("action", "pause")
            .with("state", row.status.code())
            .with("allowed_from", vec!["assigned", "in_progress"]));
    }
    if !life_cycle::holds(&row, work.actor()) {
        return Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_holder"));
    }
    let live = Entity::find()
        .filter(Column::TicketId.eq(ticket_id))
        .filter(Column::Status.is_in([Status::Requested, Status::Active]))
        .all(&work.db())
        .await?;
    if live.iter().any(|pause| pause.status == Status::Requested || pause.is_active_at(work.now)) {
        return Err(Fault::new(&ALREADY_PAUSED).rule("TK-R14"));
    }
    allowed_for(row.urgent, &reason)?;
    documents::attach(work, &[input.proof_document_id], Ticket::NAME, ticket_id, "proof").await?;
    let pause = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        ticket_id: Set(ticket_id),
        cycle: Set(row.cycle),
        reason_code: Set(input.reason_code.clone()),
        until: Set(until),
        note: Set(input.note.clone()),
        proof_document_id: Set(input.proof_document_id),
        requested_by: Set(work.actor().sub),
        approved_by: Set(None),
        started_at: Set(None),
        ended_at: Set(None),
        end_cause: Set(None),
        status: Set(Status::Requested),
        project_id: Set(row.project_id),
        org_unit_id: Set(Ticket::placement(&row).org_unit_id),
    };
    bump(work, &row, "pause_requested", &input.reason_code).await?;
    work.create::<TicketPause>(pause, |fact| fact, "requested").await
}

/// Urgent tickets stand still only for some reasons.
pub(crate) fn allowed_for(urgent: bool, reason: &list::Model) -> Result<(), Fault> {
    if urgent && !reason.allowed_when_urgent {
        return Err(Fault::new(&PAUSE_REASON_NOT_ALLOWED).rule("TK-R14").with("reason_code", reason.code.as_str()));
    }
    Ok(())
}

/// An act on a part changes the parent's version too.
async fn bump(work: &Work, row: &TicketRow, verb: &str, reason: &str) -> Result<TicketRow, Fault> {
    let fact = |fact: store::journal::Fact| fact.with("reason_code", reason).with("status_before", row.status.code());
    work.change::<Ticket>(row, row.clone().into_active_model(), verb, fact).await
}

async fn ticket(work: &Work, pause: &Model) -> Result<TicketRow, Fault> {
    let row = Tickets::find_by_id(pause.ticket_id).one(&work.db()).await?;
    row.ok_or_else(|| Fault::internal("a pause without a ticket"))
}

async fn take(work: &Work, id: Uuid, action: &str) -> Result<(Model, Status), Fault> {
    // The ticket first, as acts on it do.
    let found = resource::find::<TicketPause>(work, id).await?;
    queries::hold(work, [found.ticket_id]).await?;
    let mut row = resource::take::<TicketPause>(work, id).await?;
    row.status = row.status_at(work.now);
    let subject = Subject::of(work, &row);
    let to = MOVES.take(action, &subject)?;
    Ok((row, to))
}

/// Approves: the clock stands still from this instant, never backwards.
///
/// # Errors
/// `above_authority` when the reason asks for a head, `pause_expired`, `pause_total_exceeded`.
pub async fn approve(work: &Work, id: Uuid, input: &DecidePause) -> Result<Model, Fault> {
    let (pause, to) = take(work, id, "approve").await?;
    let reason = catalogue::listed(work, "pause_reason", &pause.reason_code).await?;
    authority(work, reason.approver_group.as_deref())?;
    let now = whole_second(work.now);
    if pause.until <= now {
        return Err(Fault::new(&PAUSE_EXPIRED).rule("TK-R14"));
    }
    let row = ticket(work, &pause).await?;
    if !matches!(row.status, TicketStatus::Assigned | TicketStatus::InProgress) || row.cycle != pause.cycle {
        return Err(Fault::new(&fault::INVALID_STATE)
            .with("action", "approve")
            .with("state", row.status.code())
            .with("allowed_from", vec!["assigned", "in_progress"]));
    }
    // It may have become urgent since it was asked for.
    allowed_for(row.urgent, &reason)?;
    check_total(work, &row, pause.until - now).await?;
    writing::end_stretch(work, row.id, now).await?;
    writing::begin_stretch(work, &row, now, "paused", Some(pause.id)).await?;
    let mut change = pause.clone().into_active_model();
    change.status = Set(to);
    change.approved_by = Set(Some(work.actor().sub));
    change.started_at = Set(Some(now));
    let fact = |fact: Fact| match &input.comment {
        Some(comment) => fact.reason(comment.as_str()),
        None => fact,
    };
    let pause = work.change::<TicketPause>(&pause, change, "approved", fact).await?;
    let row = bump(work, &row, "paused", &pause.reason_code).await?;
    due_again(work, &refresh(work, row).await?);
    Ok(pause)
}

fn authority(work: &Work, group: Option<&str>) -> Result<(), Fault> {
    let role = work.actor().role;
    let may = match group {
        Some("HEAD") => groups::HEAD.contains(&role),
        _ => groups::LEAD.contains(&role) || groups::HEAD.contains(&role),
    };
    if may { Ok(()) } else { Err(Fault::new(&ABOVE_AUTHORITY).rule("TK-R14").with("reason", "approver")) }
}

/// All pauses of a cycle together, ended ones as they were, stay within the limit.
async fn check_total(work: &Work, row: &TicketRow, new: TimeDelta) -> Result<(), Fault> {
    let limit = parameters::integer_for(work, "tickets.sla.pause_total_max_hours", row.project_id).await?;
    let ledger = Ledger::load(work, row.id, row.created_at).await?;
    let past: TimeDelta = ledger
        .pauses
        .iter()
        .filter(|pause| pause.cycle == row.cycle)
        .filter_map(|pause| Some(pause.ended_at? - pause.started_at?))
        .sum();
    if past + new > TimeDelta::hours(limit) {
        return Err(Fault::new(&PAUSE_TOTAL_EXCEEDED).rule("TK-R14").with("limit_hours", limit));
    }
    Ok(())
}

/// Refuses a request.
pub async fn refuse(work: &Work, id: Uuid, input: &DecidePause) -> Result<Model, Fault> {
    let (pause, to) = take(work, id, "refuse").await?;
    let reason = catalogue::listed(work, "pause_reason", &pause.reason_code).await?;
    authority(work, reason.approver_group.as_deref())?;
    let mut change = pause.clone().into_active_model();
    change.status = Set(to);
    let fact = |fact: Fact| match &input.comment {
        Some(comment) => fact.reason(comment.as_str()),
        None => fact,
    };
    work.change::<TicketPause>(&pause, change, "refused", fact).await
}

/// Ends an active pause by hand: the holder or LEAD.
pub async fn end(work: &Work, id: Uuid, _input: &DecidePause) -> Result<Model, Fault> {
    let (pause, _) = take(work, id, "end").await?;
    let row = ticket(work, &pause).await?;
    if !life_cycle::is_lead(work.actor()) && !life_cycle::holds(&row, work.actor()) {
        return Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_holder"));
    }
    let now = whole_second(work.now);
    writing::end_stretch(work, row.id, now).await?;
    writing::begin_stretch(work, &row, now, "resumed", None).await?;
    let pause = ended(work, pause, "by_hand").await?;
    let row = bump(work, &row, "resumed", &pause.reason_code).await?;
    due_again(work, &refresh(work, row).await?);
    Ok(pause)
}

/// Ends the ticket's running pause and drops an open request: it was resolved, handed on or ended.
pub async fn end_active(work: &Work, row: &TicketRow, cause: &str) -> Result<(), Fault> {
    let live = Entity::find()
        .filter(Column::TicketId.eq(row.id))
        .filter(Column::Status.is_in([Status::Requested, Status::Active]))
        .all(&work.db())
        .await?;
    for pause in live {
        if pause.status == Status::Active {
            if pause.is_active_at(work.now) {
                ended(work, pause, cause).await?;
            }
        } else {
            let mut change = pause.clone().into_active_model();
            change.status = Set(Status::Refused);
            work.change::<TicketPause>(&pause, change, "refused", |fact| fact.reason(cause)).await?;
        }
    }
    Ok(())
}

async fn ended(work: &Work, pause: Model, cause: &str) -> Result<Model, Fault> {
    let mut change = pause.clone().into_active_model();
    change.status = Set(Status::Ended);
    change.ended_at = Set(Some(whole_second(work.now)));
    change.end_cause = Set(Some(cause.to_owned()));
    work.change::<TicketPause>(&pause, change, "ended", |fact| fact.with("cause", cause)).await
}

/// Writes down that a pause ended at its `until`, by itself; the ticket's fact is `ticket.resumed`. `stage` is what the
/// ticket stood in then, when it has left it since.
pub(crate) async fn end_by_itself(work: &Work, pause: Model, stage: Option<&str>) -> Result<(), Fault> {
    if pause.status != Status::Active {
        return Ok(());
    }
    let mut change = pause.clone().into_active_model();
    change.status = Set(Status::Ended);
    change.ended_at = Set(Some(pause.until));
    change.end_cause = Set(Some("until".to_owned()));
    let pause = work.change::<TicketPause>(&pause, change, "ended", |fact| fact.with("cause", "until")).await?;
    // An act that finds the pause over has its own fact of the ticket, which comes after.
    let row = ticket(work, &pause).await?;
    let stage = stage.unwrap_or(row.status.code());
    let resumed = Fact::of::<Ticket>("resumed", &row)
        .with("status_before", stage)
        .with("status_after", stage)
        .with("reason_code", pause.reason_code.as_str())
        .with("cause", "until")
        .with("resumed_at", Timestamp::from(pause.until).to_string());
    work.record_before(resumed);
    Ok(())
}
