//! Opening, trying, completing and waiving callbacks (TK-R24).

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors, UNREACHABLE_NOT_PROVEN};
use kernel::time::business_day;
use kernel::{ids, validation};
use registers::{customer, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::Deserialize;
use store::acts::ReasonedAct;
use store::journal::Fact;
use store::resource::Placement;
use store::{Reading, Resource, Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{self, AttemptResult, Column, Entity, Model, Outcome, Priority, RelationToCustomer, Status};
use super::{Around, Attempt, Callback, MOVES, finishes};
use crate::call::Call;
use crate::catalogue::Severity;
use crate::clock::writing;
use crate::problems::PROXY_NOT_ACCEPTED;
use crate::ticket::Ticket;
use crate::ticket::answering::{self, IdentityCheck};
use crate::ticket::entity::{Entity as Tickets, Model as TicketRow, Status as TicketStatus, json_list};
use crate::ticket::queries;

/// A fact about a callback belongs where its ticket is.
fn placed(mut fact: Fact, ticket: &TicketRow) -> Fact {
    fact.placement = Placement { customer_id: fact.placement.customer_id, ..Ticket::placement(ticket) };
    fact
}

/// Opens one callback per distinct customer, else per distinct requester phone, of the ticket and the
/// tickets merged into it; who has one in this cycle gets no second.
pub async fn open(work: &Work, ticket: &TicketRow, high: bool) -> Result<(), Fault> {
    let chosen = writing::choose(work, ticket, work.now).await?;
    let due_at = kernel::time::whole_second(work.now) + TimeDelta::seconds(chosen.policy.callback_target_seconds);
    let merged = match queries::merged_into(work, ticket.id).await? {
        below if below.is_empty() => Vec::new(),
        below => {
            let rows = Tickets::find().filter(crate::ticket::entity::Column::Id.is_in(below));
            rows.order_by_asc(crate::ticket::entity::Column::Id).all(&work.db()).await?
        }
    };
    let known = of_cycle(work, ticket).await?;
    // Two files of one person are one customer.
    let kept = match merged.is_empty() {
        true => HashMap::new(),
        false => {
            let files = std::iter::once(ticket).chain(&merged).map(|row| row.customer_id);
            let files = files.chain(known.iter().map(|row| row.customer_id)).flatten();
            customer::merge::kept_in(work, files).await?
        }
    };
    let who = |customer: Option<Uuid>, key: &Option<String>| {
        customer.map(|id| kept.get(&id).unwrap_or(&id).to_string()).or(key.clone())
    };
    let mut seen: HashSet<String> = known.iter().filter_map(|row| who(row.customer_id, &row.requester_key)).collect();
    for source in std::iter::once(ticket).chain(&merged) {
        let Some(who) = who(source.customer_id, &source.requester_phone_key) else { continue };
        if !seen.insert(who) {
            continue;
        }
        let contact = [&source.requester_name_masked, &source.requester_phone_masked];
        let contact: Vec<&str> = contact.into_iter().flatten().map(String::as_str).collect();
        let row = entity::ActiveModel {
            id: Set(ids::new_id(work.now)),
            version: Set(1),
            created_at: Set(work.now),
            updated_at: Set(work.now),
            number: Set(numbers::next(work, "CB").await?),
            ticket_id: Set(ticket.id),
            source_ticket_id: Set(source.id),
            cycle: Set(ticket.cycle),
            customer_id: Set(source.customer_id),
            requester_key: Set(source.requester_phone_key.clone()),
            contact_masked: Set((!contact.is_empty()).then(|| contact.join(" "))),
            due_at: Set(due_at),
            priority: Set(if high { Priority::High } else { Priority::Normal }),
            status: Set(Status::Pending),
            proxy: Set(false),
            attempts: Set("[]".to_owned()),
            ..Default::default()
        };
        work.create::<Callback>(row, |fact| placed(fact, ticket), "created").await?;
    }
    Ok(())
}

/// A call that reached nobody.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordAttempt {
    pub result: AttemptResult,
    pub call_id: Option<Uuid>,
}

/// What the customer said, or why he could not be asked.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CompleteCallback {
    pub outcome: Outcome,
    /// Who answered; required for satisfied and not_satisfied.
    pub answered_by: Option<AnsweredBy>,
    /// How it was made sure who answered.
    pub identity_check: Option<IdentityCheck>,
    /// Company, department and staff number were told.
    pub introduced: Option<bool>,
    /// He was asked whether it suits him.
    pub convenient: Option<bool>,
    /// What he said, in his words.
    #[schema(max_length = 2000)]
    pub opinion: Option<String>,
    /// 1 to 5, as he gave it.
    #[schema(minimum = 1, maximum = 5)]
    pub score: Option<i32>,
}

/// The person on the phone.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnsweredBy {
    pub relation: RelationToCustomer,
    #[schema(max_length = 64)]
    pub name: Option<String>,
}

async fn begin(
    work: &Work,
    id: Uuid,
    action: &str,
    check: impl AsyncFnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Around, Status), Fault> {
    // The last of several closes the ticket: they are decided one after the other.
    let found = resource::find::<Callback>(work, id).await?;
    queries::hold(work, [found.ticket_id]).await?;
    let row = resource::take_checked::<Callback>(work, id, check).await?;
    let around = Around::load(work, row).await?;
    let to = MOVES.take(action, &around.subject(work))?;
    Ok((around, to))
}

/// Records a failed attempt; one too soon after the last counted is kept but not counted.
pub async fn attempt(work: &Work, id: Uuid, input: &RecordAttempt) -> Result<Model, Fault> {
    let check = async |_: &Model| -> Result<(), Fault> {
        match input.call_id {
            Some(call) => referenced::known::<Call>(work, call, "/call_id").await.map(drop),
            None => Ok(()),
        }
    };
    let (around, _) = begin(work, id, "attempt", check).await?;
    let row = around.row;
    let project = around.ticket.project_id;
    let gap = TimeDelta::hours(parameters::integer_for(work, "tickets.callback.min_gap_hours", project).await?);
    let mut attempts: Vec<Attempt> = json_list(&row.attempts);
    let last = attempts.iter().rfind(|attempt| attempt.counted).map(|attempt| attempt.at.0);
    attempts.push(Attempt {
        at: work.now.into(),
        result: input.result,
        caller_id: work.actor().sub,
        call_id: input.call_id,
        counted: last.is_none_or(|last| work.now >= last + gap),
    });
    let mut change = row.clone().into_active_model();
    change.attempts = Set(serde_json::to_string(&attempts).map_err(Fault::internal)?);
    work.change::<Callback>(&row, change, "attempted", |fact| placed(fact, &around.ticket)).await
}

fn check_conversation(input: &CompleteCallback) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    if matches!(input.outcome, Outcome::Satisfied | Outcome::NotSatisfied) {
        errors
            .add_if(input.answered_by.is_none(), "/answered_by", "required")
            .add_if(input.identity_check.is_none(), "/identity_check", "required")
            .add_if(
                input.identity_check.as_ref().is_some_and(|check| !check.passed),
                "/identity_check/passed",
                "must_be_true",
            )
            .add_if(input.introduced.is_none(), "/introduced", "required")
            .add_if(input.introduced == Some(false), "/introduced", "must_be_true")
            .add_if(input.convenient.is_none(), "/convenient", "required")
            .add_if(input.convenient == Some(false), "/convenient", "must_be_true");
    }
    let told = input.opinion.as_deref().is_some_and(|text| !text.trim().is_empty());
    errors.add_if(input.outcome == Outcome::NotSatisfied && !told, "/opinion", "required");
    errors.finish()
}

async fn check_unreachable(work: &Work, row: &Model, project_id: Option<Uuid>) -> Result<(), Fault> {
    let least = parameters::integer_for(work, "tickets.callback.max_attempts", project_id).await?;
    let days = parameters::integer_for(work, "tickets.callback.min_days", project_id).await?;
    let attempts: Vec<Attempt> = json_list(&row.attempts);
    let counted: Vec<&Attempt> = attempts.iter().filter(|attempt| attempt.counted).collect();
    let on: BTreeSet<_> = counted.iter().map(|attempt| business_day(attempt.at.0)).collect();
    if (counted.len() as i64) < least || (on.len() as i64) < days {
        return Err(Fault::new(&UNREACHABLE_NOT_PROVEN)
            .rule("TK-R24")
            .with("attempts", counted.len())
            .with("required_attempts", least)
            .with("days", on.len())
            .with("required_days", days));
    }
    Ok(())
}

/// Completes a callback: content closes, not content reopens at once.
///
/// # Errors
/// `proxy_not_accepted` when somebody else is content with a serious case, `unreachable_not_proven`.
pub async fn complete(work: &Work, id: Uuid, input: &CompleteCallback) -> Result<Model, Fault> {
    let (around, to) = begin(work, id, "complete", async |_: &Model| check_conversation(input)).await?;
    let row = around.row;
    let relation = input.answered_by.as_ref().map(|by| by.relation);
    let proxy = relation.is_some_and(|relation| relation != RelationToCustomer::Himself);
    if input.outcome == Outcome::Unreachable {
        check_unreachable(work, &row, around.ticket.project_id).await?;
    }
    if proxy && input.outcome == Outcome::Satisfied && around.ticket.severity > Severity::Normal {
        return Err(Fault::new(&PROXY_NOT_ACCEPTED).rule("TK-R24"));
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.outcome = Set(Some(input.outcome));
    change.relation = Set(relation.map(|relation| relation.code().to_owned()));
    change.proxy = Set(proxy);
    change.introduced = Set(input.introduced);
    change.convenient = Set(input.convenient);
    change.opinion = Set(input.opinion.clone());
    change.score = Set(input.score);
    change.caller_id = Set(Some(work.actor().sub));
    change.completed_at = Set(Some(work.now));
    if let Some(check) = &input.identity_check {
        change.identity_check = Set(Some(serde_json::to_string(check).map_err(Fault::internal)?));
    }
    if let Some(name) = input.answered_by.as_ref().and_then(|by| by.name.as_deref()) {
        let sealed = work.store.keys().seal(&answered_by_place(id), name.as_bytes())?;
        change.answered_by_sealed = Set(Some(sealed));
        change.answered_by_masked = Set(Some(validation::mask_name(name)));
    }
    let row = work.change::<Callback>(&row, change, "done", |fact| placed(fact, &around.ticket)).await?;
    follow(work, &row, input.opinion.as_deref()).await?;
    Ok(row)
}

/// Waives a callback that could not be made.
pub async fn waive(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (around, to) = begin(work, id, "waive", async |_: &Model| Ok(())).await?;
    let row = around.row;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.waived_by = Set(Some(work.actor().sub));
    change.waive_reason = Set(Some(input.reason.clone()));
    let fact = |fact: Fact| placed(fact, &around.ticket).reason(input.reason.as_str());
    let row = work.change::<Callback>(&row, change, "waived", fact).await?;
    follow(work, &row, None).await?;
    Ok(row)
}

/// What a finished callback does to its ticket: reopens it, or closes it when all are finished.
async fn follow(work: &Work, row: &Model, opinion: Option<&str>) -> Result<(), Fault> {
    let ticket = Tickets::find_by_id(row.ticket_id).one(&work.db()).await?;
    let ticket = ticket.ok_or_else(|| Fault::internal("a callback without a ticket"))?;
    if ticket.status != TicketStatus::Replied || ticket.cycle != row.cycle {
        return Ok(());
    }
    let all = of_cycle(work, &ticket).await?;
    if row.outcome == Some(Outcome::NotSatisfied) {
        for other in all.iter().filter(|other| other.status == Status::Pending) {
            let mut change = other.clone().into_active_model();
            change.status = Set(Status::Void);
            work.change::<Callback>(other, change, "voided", |fact| placed(fact, &ticket)).await?;
        }
        answering::reopened(work, &ticket, opinion.unwrap_or("not satisfied")).await?;
        return Ok(());
    }
    let finished = all.iter().all(|callback| finishes(callback, ticket.severity));
    if finished && parameters::boolean_for(work, "tickets.callback.auto_close", ticket.project_id).await? {
        let waived = all.iter().any(|callback| callback.status == Status::Waived);
        answering::closed(work, &ticket, waived).await?;
        return Ok(());
    }
    // The clock stops with the last of them, whenever the ticket is closed (TK-R09).
    if all.iter().all(|callback| callback.status != Status::Pending) {
        writing::stop_clock(work, ticket.id, "callback", work.now).await?;
        crate::ticket::refresh(work, ticket).await?;
    }
    Ok(())
}

async fn of_cycle(at: &Reading, ticket: &TicketRow) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(Column::TicketId.eq(ticket.id)).filter(Column::Cycle.eq(ticket.cycle));
    Ok(rows.all(&at.db()).await?)
}

/// Lifts the pending callbacks of the cycle: the customer is not content.
pub async fn raise_priority(work: &Work, ticket: &TicketRow) -> Result<(), Fault> {
    for row in of_cycle(work, ticket).await?.iter().filter(|row| row.status == Status::Pending) {
        let mut change = row.clone().into_active_model();
        change.priority = Set(Priority::High);
        work.change::<Callback>(row, change, "prioritised", |fact| placed(fact, ticket)).await?;
    }
    Ok(())
}

/// A good rating stands for the callback of who gave it, where the house lets it (TK-R25).
pub(crate) async fn rated(work: &Work, ticket: TicketRow, rating: i32) -> Result<TicketRow, Fault> {
    let good = i64::from(rating) >= parameters::integer_for(work, "tickets.rating.high", ticket.project_id).await?;
    if !good || !parameters::boolean_for(work, "tickets.callback.self_rating_counts", ticket.project_id).await? {
        return Ok(ticket);
    }
    let files = match work.actor().customer_id {
        Some(himself) => customer::merge::family(work, himself).await?,
        None => Vec::new(),
    };
    let all = of_cycle(work, &ticket).await?;
    let his = |row: &&Model| row.customer_id.is_some_and(|file| files.contains(&file));
    let Some(row) = all.iter().filter(his).find(|row| row.status == Status::Pending) else {
        return Ok(ticket);
    };
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Done);
    change.outcome = Set(Some(Outcome::Satisfied));
    change.relation = Set(Some(RelationToCustomer::Himself.code().to_owned()));
    change.score = Set(Some(rating));
    change.completed_at = Set(Some(work.now));
    let fact = |fact: Fact| placed(fact, &ticket).with("rated", true);
    let row = work.change::<Callback>(row, change, "done", fact).await?;
    follow(work, &row, None).await?;
    let after = Tickets::find_by_id(ticket.id).one(&work.db()).await?;
    Ok(after.unwrap_or(ticket))
}

/// When the next pending callback of a ticket that the caller may know of is due.
pub async fn due_for_caller(at: &Reading, ticket_id: Uuid) -> Result<Option<DateTimeUtc>, Fault> {
    let row = pending(ticket_id).filter(Callback::visible_to(at.actor())).one(&at.db()).await?;
    Ok(row.map(|row| row.due_at))
}

/// When the next pending callback of a ticket is due.
pub async fn next_due(at: &Reading, ticket_id: Uuid) -> Result<Option<DateTimeUtc>, Fault> {
    let row = pending(ticket_id).one(&at.db()).await?;
    Ok(row.map(|row| row.due_at))
}

fn pending(ticket_id: Uuid) -> Select<Entity> {
    Entity::find()
        .filter(Column::TicketId.eq(ticket_id))
        .filter(Column::Status.eq(Status::Pending))
        .order_by_asc(Column::DueAt)
}

/// Where the name of who answered is sealed.
pub(crate) fn answered_by_place(id: Uuid) -> String {
    format!("callback|{id}|answered_by")
}
