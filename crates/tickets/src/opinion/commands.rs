//! Writing, signing and withdrawing an opinion.

use approvals::{Decided, Decision, Subject};
use kernel::fault::Fault;
use kernel::ids;
use kernel::money::Money;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::{Resource, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{self, Column, Entity};
use super::{HEATING_ROUTE, LEADER_ASKED, ROUTE};
use crate::catalogue::Severity;
use crate::ticket::entity::{Model as TicketRow, Status};
use crate::ticket::life_cycle::is_heating;
use crate::ticket::{Ticket, begin, begin_judged, finish, person};

/// What the agent thinks and would answer.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SubmitOpinion {
    #[schema(min_length = 10, max_length = 4000)]
    pub text: String,
    #[schema(min_length = 2, max_length = 4000)]
    pub proposed_reply: String,
    /// Compensation offered, yuan; none or 0 when there is none.
    pub compensation_amount: Option<Money>,
}

/// A signature, with a word if wanted.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ApproveOpinion {
    #[schema(max_length = 1000)]
    pub comment: Option<String>,
}

/// A refusal says why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RejectOpinion {
    #[schema(min_length = 5, max_length = 1000)]
    pub comment: String,
}

/// Submits an opinion; the route starts, the ticket waits where it was.
pub async fn submit(work: &Work, id: Uuid, input: &SubmitOpinion) -> Result<TicketRow, Fault> {
    let amount = input.compensation_amount.unwrap_or_default();
    let judge = |_: &TicketRow| match amount.is_negative() {
        true => Err(Fault::field("/compensation_amount", "out_of_range")),
        false => Ok(()),
    };
    let (case, to) = begin_judged(work, id, "submit-opinion", judge).await?;
    let row = case.row;
    let last = Entity::find().filter(Column::TicketId.eq(id)).order_by_desc(Column::Number).one(&work.db()).await?;
    let opinion = entity::ActiveModel {
        id: Set(ids::new_id(work.now)),
        ticket_id: Set(id),
        cycle: Set(row.cycle),
        number: Set(last.map_or(1, |last| last.number + 1)),
        text: Set(input.text.clone()),
        proposed_reply: Set(input.proposed_reply.clone()),
        compensation_fen: Set(amount.fen()),
        severity: Set(row.severity),
        written_by: Set(work.actor().sub),
        written_on_behalf_of: Set(work.actor().on_behalf_of),
        written_at: Set(work.now),
        status: Set("open".to_owned()),
    };
    let opinion = work.insert(opinion).await?;
    person::remember(work, id, row.cycle, "opinion", work.actor().persons()).await;
    start_route(work, &row, &opinion).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.origin_status = Set(Some(row.status));
    let fact = |fact: store::journal::Fact| {
        fact.with("opinion_version", opinion.number).with("compensation_amount", amount.to_string())
    };
    finish(work, &row, change, "opinion_submitted", fact, Some("submitted")).await
}

async fn start_route(work: &Work, row: &TicketRow, opinion: &entity::Model) -> Result<(), Fault> {
    let limit = parameters::money(work, "tickets.opinion.compensation_limit").await?;
    let mut flags = Vec::new();
    if row.severity == Severity::Major {
        flags.push("major");
    }
    if opinion.compensation_fen > limit.fen() {
        flags.push("above_limit");
    }
    if !flags.is_empty() {
        flags.push(LEADER_ASKED);
    }
    let parts = person::Entity::find()
        .filter(person::Column::TicketId.eq(row.id))
        .filter(person::Column::Cycle.eq(row.cycle))
        .filter(person::Column::Part.is_in(["holder", "opinion", "complained"]))
        .all(&work.db())
        .await?;
    let subject = Subject {
        kind: if is_heating(&row.category_code) { HEATING_ROUTE } else { ROUTE },
        resource: "ticket",
        id: row.id,
        version: opinion.number,
        decide_path: format!("/v1/tickets/{}/approve", row.id),
        flags,
        applicants: [Some(opinion.written_by), opinion.written_on_behalf_of].into_iter().flatten().collect(),
        excluded: parts.into_iter().map(|part| part.person_id).collect(),
        placement: Ticket::placement(row),
    };
    approvals::start_for(work, subject, Money::from_fen(opinion.compensation_fen).unwrap_or_default()).await?;
    Ok(())
}

/// Signs the open step; after the last one the ticket goes back to where it was.
pub async fn approve(work: &Work, id: Uuid, input: &ApproveOpinion) -> Result<TicketRow, Fault> {
    decide(work, id, "approve", Decision::Approve, input.comment.as_deref()).await
}

/// Refuses the opinion; all decisions of the version are void.
pub async fn reject(work: &Work, id: Uuid, input: &RejectOpinion) -> Result<TicketRow, Fault> {
    decide(work, id, "reject", Decision::Reject, Some(&input.comment)).await
}

async fn decide(
    work: &Work,
    id: Uuid,
    action: &str,
    decision: Decision,
    comment: Option<&str>,
) -> Result<TicketRow, Fault> {
    let (case, _) = begin(work, id, action).await?;
    let row = case.row;
    let decided = approvals::decide(work, "ticket", id, decision, comment).await?;
    let mut change = row.clone().into_active_model();
    let (verb, status) = match decided {
        Decided::NextStep => ("opinion_approved", None),
        Decided::Approved => ("opinion_approved", Some("approved")),
        Decided::Rejected => ("opinion_rejected", Some("rejected")),
    };
    if let Some(status) = status {
        set_status(work, id, row.cycle, status).await?;
        change.status = Set(row.origin_status.unwrap_or(Status::InProgress));
        change.origin_status = Set(None);
    }
    let fact = |fact: store::journal::Fact| match comment {
        Some(comment) => fact.reason(comment).with("complete", decided == Decided::Approved),
        None => fact.with("complete", decided == Decided::Approved),
    };
    let begun_by = status.map(|_| "decided");
    finish(work, &row, change, verb, fact, begun_by).await
}

/// The submitter takes his opinion back.
pub async fn withdraw(work: &Work, id: Uuid, _input: &BareAct) -> Result<TicketRow, Fault> {
    let (case, _) = begin(work, id, "withdraw-opinion").await?;
    let row = case.row;
    approvals::clear(work, "ticket", id, "withdrawn").await?;
    set_status(work, id, row.cycle, "withdrawn").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(row.origin_status.unwrap_or(Status::InProgress));
    change.origin_status = Set(None);
    finish(work, &row, change, "opinion_withdrawn", |fact| fact, Some("decided")).await
}

async fn set_status(work: &Work, ticket: Uuid, cycle: i32, status: &str) -> Result<(), Fault> {
    let latest = Entity::find()
        .filter(Column::TicketId.eq(ticket))
        .filter(Column::Cycle.eq(cycle))
        .order_by_desc(Column::Number)
        .one(&work.db())
        .await?;
    let Some(latest) = latest else { return Ok(()) };
    let mut change = latest.into_active_model();
    change.status = Set(status.to_owned());
    Entity::update(change).validate()?.exec(&work.db()).await?;
    Ok(())
}

/// Voids every opinion of a ticket that still counts: it was reopened.
pub async fn void(work: &Work, ticket: Uuid, reason: &str) -> Result<(), Fault> {
    approvals::clear(work, "ticket", ticket, reason).await?;
    Entity::update_many()
        .col_expr(Column::Status, Expr::value("void"))
        .filter(Column::TicketId.eq(ticket))
        .filter(Column::Status.is_in(["open", "approved"]))
        .exec(&work.db())
        .await?;
    Ok(())
}

/// The severity was raised: all decisions are void. An opinion that waits is put before the route of the
/// higher severity from its first step; one that was approved no longer suffices.
pub async fn severity_raised(work: &Work, ticket: &TicketRow) -> Result<(), Fault> {
    if ticket.status != Status::PendingApproval {
        return void(work, ticket.id, "severity raised").await;
    }
    let waiting = Entity::find()
        .filter(Column::TicketId.eq(ticket.id))
        .filter(Column::Status.eq("open"))
        .order_by_desc(Column::Number)
        .one(&work.db())
        .await?;
    let Some(waiting) = waiting else { return Ok(()) };
    let mut change = waiting.into_active_model();
    change.severity = Set(ticket.severity);
    let waiting = Entity::update(change).validate()?.exec(&work.db()).await?;
    start_route(work, ticket, &waiting).await
}
