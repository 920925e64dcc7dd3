//! The end of an incident: it is restored in any case, and each of its tickets resolved that can be (TK-R06).

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors};
use kernel::time::{Timestamp, whole_second};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::life_cycle::{LifeCycle, Move, Subject};
use store::{Work, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::attaching;
use super::entity::Model;
use super::{Incident, MOVES};
use crate::catalogue;
use crate::ticket::answering::{self, ResolveTicket};
use crate::ticket::case::Case;
use crate::ticket::entity::Model as TicketRow;
use crate::ticket::entity::Status::{self, Assigned, InProgress, PendingApproval, Registered, Resolved};
use crate::ticket::life_cycle::ready_to_resolve;

/// What ended it; goes into each ticket resolved with it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RestoreIncident {
    #[schema(min_length = 2, max_length = 4000)]
    pub solution: String,
    /// Code of the catalogue `root_cause`.
    #[schema(max_length = 64)]
    pub root_cause_code: String,
    pub restored_at: Timestamp,
    /// Code of the catalogue `delay_reason`, for tickets past their limit.
    #[schema(max_length = 64)]
    pub delay_reason_code: Option<String>,
}

/// What became of one ticket.
pub struct Settled {
    pub ticket_id: Uuid,
    pub number: String,
    pub result: Result<TicketRow, Fault>,
}

/// Resolving by the incident: also what nobody has begun, by whoever may restore.
const RESOLVING: LifeCycle<Status, Case> = LifeCycle {
    entity: "tickets.ticket",
    state: |it| it.row.row.status,
    moves: &[Move {
        action: "resolve",
        from: &[Registered, Assigned, InProgress],
        to: Some(Resolved),
        guards: &[ready_to_resolve],
    }],
};

/// Ends an incident and resolves its tickets through the usual checks, each for itself.
///
/// # Errors
/// 422 for an unknown code, an instant ahead or before the start.
pub async fn restore(work: &Work, id: Uuid, input: &RestoreIncident) -> Result<(Model, Vec<Settled>), Fault> {
    let row = resource::take::<Incident>(work, id).await?;
    restored(work, row, input).await
}

/// Restores an incident with what it followed from; the row is held by the caller.
pub async fn restored(work: &Work, row: Model, input: &RestoreIncident) -> Result<(Model, Vec<Settled>), Fault> {
    let restored_at = whole_second(input.restored_at.0);
    let skew = parameters::integer(work, "platform.clock.skew_minutes").await?;
    let mut errors = FieldErrors::default();
    errors.add_if(restored_at > work.now + TimeDelta::minutes(skew), "/restored_at", "date_in_future").add_if(
        restored_at < row.started_at,
        "/restored_at",
        "date_order",
    );
    errors.finish()?;
    catalogue::list_item(work, "root_cause", &input.root_cause_code, "/root_cause_code").await?;
    if let Some(code) = &input.delay_reason_code {
        catalogue::list_item(work, "delay_reason", code, "/delay_reason_code").await?;
    }
    let to = MOVES.take("restore", &Subject::of(work, &row))?;
    let mut settled = Vec::new();
    for ticket in attaching::attached(work, row.id).await? {
        if !matches!(ticket.status, Registered | Assigned | InProgress | PendingApproval) {
            continue;
        }
        let (ticket_id, number) = (ticket.id, ticket.number.clone());
        let result = work.attempt(async |work: &Work| resolve(work, ticket, input).await).await;
        if let Err(fault) = &result
            && (fault.cause().is_some() || fault.is_retryable())
        {
            return Err(fault.clone());
        }
        settled.push(Settled { ticket_id, number, result });
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.restored_at = Set(Some(restored_at));
    change.solution = Set(Some(input.solution.clone()));
    change.root_cause_code = Set(Some(input.root_cause_code.clone()));
    change.delay_reason_code = Set(input.delay_reason_code.clone());
    let left: Vec<String> = settled.iter().filter(|one| one.result.is_err()).map(|one| one.number.clone()).collect();
    let fact = |fact: store::journal::Fact| fact.with("resolved", settled.len() - left.len()).with("left_open", left);
    let row = work.change::<Incident>(&row, change, "restored", fact).await?;
    Ok((row, settled))
}

async fn resolve(work: &Work, ticket: TicketRow, input: &RestoreIncident) -> Result<TicketRow, Fault> {
    let case = Case::load_to_resolve(work, ticket).await?;
    let to = RESOLVING.take("resolve", &case.subject(work))?;
    let late = answering::is_late(work, &case.row).await?;
    let solution = ResolveTicket {
        solution: input.solution.clone(),
        root_cause_code: input.root_cause_code.clone(),
        cause_analysis: None,
        solution_at: None,
        delay_reason_code: input.delay_reason_code.clone().filter(|_| late),
    };
    answering::resolved(work, case.row, to, &solution).await
}
