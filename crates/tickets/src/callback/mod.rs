//! Callbacks (回访, TK-06): a four-eyes process on every answered ticket.

pub mod commands;
pub mod entity;
mod reveal;

use access::{Actor, JobRole};
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::time::Timestamp;
use registers::customer::merge::{files_of, named};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, IntoCondition};
use sea_orm::{Condition, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, truth, uuid};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::catalogue::Severity;
use crate::ticket::answering::IdentityCheck;
use crate::ticket::entity::{
    Column as TicketColumn, Entity as Tickets, Model as TicketRow, Status as TicketStatus, json_list,
};
use crate::ticket::{self, Ticket, person, queries};
use entity::{Column, Entity, Model, Outcome, Status};
pub use reveal::{RevealCallback, RevealedCallback, reveal};

/// The callbacks resource.
pub struct Callback;

/// A callback with what its guards look at.
pub struct Around {
    pub row: Model,
    pub ticket: TicketRow,
    /// Who took part in the cycle, and who worked on the ticket's orders.
    pub persons: Vec<person::Model>,
}

/// Acts on a callback.
pub const MOVES: LifeCycle<Status, Around> = LifeCycle {
    entity: "tickets.callback",
    state: |it| it.row.row.status,
    moves: &[
        Move { action: "attempt", from: &[Status::Pending], to: None, guards: &[not_involved] },
        Move { action: "complete", from: &[Status::Pending], to: Some(Status::Done), guards: &[not_involved] },
        Move { action: "waive", from: &[Status::Done], to: Some(Status::Waived), guards: &[waivable, not_its_caller] },
    ],
};

fn separated(first: &str, second: &str) -> Fault {
    Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R24").with("first", first).with("second", second)
}

/// The caller is none of those who handled, solved, answered or judged the case, nor complained of.
fn not_involved(it: &Subject<'_, Around>) -> Result<(), Fault> {
    let around = it.row;
    let complained = around.ticket.complained_staff_id;
    let involved = around
        .persons
        .iter()
        .filter(|row| row.part != "reclassifier")
        .find(|row| it.actor.persons().any(|person| person == row.person_id));
    match involved {
        Some(row) => Err(separated(&row.part, "call_back")),
        None if it.actor.persons().any(|person| Some(person) == complained) => {
            Err(separated("complained", "call_back"))
        }
        None => Ok(()),
    }
}

/// Who could not be asked; or somebody else's word, where the case became too grave for it only afterwards.
fn waivable(it: &Subject<'_, Around>) -> Result<(), Fault> {
    let row = &it.row.row;
    match row.outcome {
        Some(Outcome::Unreachable | Outcome::Declined) => Ok(()),
        Some(Outcome::Satisfied) if is_awaited(it.row) && !finishes(row, it.row.ticket.severity) => Ok(()),
        _ => Err(Fault::new(&crate::problems::NOT_WAIVABLE).rule("TK-R24")),
    }
}

/// Whether the answer it asks about still waits to be closed; another was given since where not.
fn is_awaited(around: &Around) -> bool {
    around.ticket.status == TicketStatus::Replied && around.ticket.cycle == around.row.cycle
}

fn not_its_caller(it: &Subject<'_, Around>) -> Result<(), Fault> {
    let caller = it.row.row.caller_id;
    if it.actor.persons().any(|person| Some(person) == caller) { Err(separated("complete", "waive")) } else { Ok(()) }
}

/// Whether a callback lets its ticket close: satisfied (no proxy on serious cases) or waived (TK-R24).
pub fn finishes(row: &Model, severity: Severity) -> bool {
    match row.status {
        Status::Void | Status::Waived => true,
        Status::Done => row.outcome == Some(Outcome::Satisfied) && !(row.proxy && severity > Severity::Normal),
        Status::Pending => false,
    }
}

impl Around {
    /// Loads what the guards need.
    pub async fn load(at: &Reading, row: Model) -> Result<Self, Fault> {
        let ticket = crate::ticket::entity::Entity::find_by_id(row.ticket_id).one(&at.db()).await?;
        let ticket = ticket.ok_or_else(|| Fault::internal("a callback without a ticket"))?;
        // Who worked on its orders has, whichever cycle that was in.
        let counts = Condition::any().add(person::Column::Cycle.eq(row.cycle)).add(person::Column::Part.eq("order"));
        let persons = person::Entity::find()
            .filter(person::Column::TicketId.eq(row.ticket_id))
            .filter(counts)
            .all(&at.db())
            .await?;
        Ok(Self { row, ticket, persons })
    }
    /// As guards look at it.
    pub fn subject<'a>(&'a self, at: &'a Reading) -> Subject<'a, Self> {
        Subject::of(at, self)
    }
}

/// A call that did not reach the customer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    pub at: Timestamp,
    pub result: entity::AttemptResult,
    pub caller_id: Uuid,
    pub call_id: Option<Uuid>,
    /// False when it followed the last counted one too soon.
    pub counted: bool,
}

/// A callback as callers see it; the customer sees when and how, not what was written down.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallbackView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub ticket_id: Uuid,
    pub cycle: i32,
    pub customer_id: Option<Uuid>,
    /// Masked name and phone of the requester when he is no known customer.
    pub contact: Option<String>,
    pub due_at: Timestamp,
    pub priority: entity::Priority,
    pub status: Status,
    pub outcome: Option<Outcome>,
    pub proxy: bool,
    pub score: Option<i32>,
    pub completed_at: Option<Timestamp>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub house: Option<CallbackHouseView>,
}

/// The part of a callback customers do not see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallbackHouseView {
    pub created_at: Timestamp,
    pub answered_by: Option<AnsweredByView>,
    pub identity_check: Option<IdentityCheck>,
    pub introduced: Option<bool>,
    pub convenient: Option<bool>,
    pub opinion: Option<String>,
    pub caller_id: Option<Uuid>,
    pub attempts: Vec<Attempt>,
    pub waived_by: Option<Uuid>,
    pub waive_reason: Option<String>,
    pub overdue: bool,
}

/// Who was on the phone.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CallbackAnsweredBy)]
pub struct AnsweredByView {
    /// In relation to the customer.
    pub relation: String,
    /// As everybody may see it.
    pub name: Option<String>,
}

/// Done by its limit, the last instant included.
fn in_time(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let in_time = ExprTrait::lte(Expr::col(Column::CompletedAt), Expr::col(Column::DueAt));
    let in_time = Condition::all().add(Column::CompletedAt.is_not_null()).add(in_time);
    Ok(if truth("in_time", value)? { in_time } else { in_time.not() })
}

/// The callbacks of tickets like this.
fn of_tickets(like: impl IntoCondition) -> Condition {
    let tickets = Tickets::find().select_only().column(TicketColumn::Id).filter(like).into_query();
    Condition::all().add(Column::TicketId.in_subquery(tickets))
}

impl Resource for Callback {
    type Entity = Entity;
    type Row = Model;
    type View = CallbackView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "callback";
    const PATH: &'static str = "/v1/callbacks";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        if actor.role == JobRole::Customer {
            // Of a ticket others were merged into, his own alone (TK-R08).
            return match actor.customer_id {
                Some(customer) => Condition::all().add(Column::CustomerId.in_subquery(files_of(customer))),
                None => Condition::all().add(Expr::value(false)),
            };
        }
        Condition::all().add(ticket::is_known(actor, Column::TicketId))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("due_at")
            .sort("due_at", Column::DueAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
            .code("status", Column::Status, Status::CODES)
            .code("priority", Column::Priority, entity::Priority::CODES)
            .code("outcome", Column::Outcome, Outcome::CODES)
            .by("ticket_id", Column::TicketId)
            .custom("customer_id", "uuid", |_, customers| named(Column::CustomerId, customers))
            .by("caller_id", Column::CallerId)
            .by("proxy", Column::Proxy)
            .range("due_at", Column::DueAt)
            .custom("in_time", "boolean", in_time)
            .custom("net", "boolean", |_, value| queries::of_counted(Column::TicketId, value))
            .custom("responsible_org_unit_id", "uuid", |_, value| {
                Ok(of_tickets(TicketColumn::ResponsibleOrgUnitId.eq(uuid("responsible_org_unit_id", value)?)))
            })
            .custom("incident_id", "uuid", |_, value| {
                Ok(of_tickets(TicketColumn::IncidentId.eq(uuid("incident_id", value)?)))
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement { customer_id: row.customer_id, ..Placement::default() }
    }

    fn said(row: &Model) -> Vec<(&'static str, Value)> {
        vec![
            ("number", row.number.as_str().into()),
            ("ticket_id", row.ticket_id.to_string().into()),
            ("cycle", row.cycle.into()),
            ("outcome", row.outcome.map(|outcome| outcome.code()).into()),
            ("proxy", row.proxy.into()),
        ]
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<CallbackView>, Fault> {
        let house = !at.actor().is_customer();
        Ok(rows.into_iter().map(|row| view(row, house, at.now)).collect())
    }

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<Ticket>("ticket", "ticket_id"),
            Expansion::one::<registers::customer::Customer>("customer", "customer_id"),
        ]
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let around = Around::load(at, row.clone()).await?;
        Ok(Some(MOVES.allowed(&around.subject(at), at.lang())))
    }
}

fn view(row: Model, house: bool, now: DateTimeUtc) -> CallbackView {
    let overdue = row.status == Status::Pending && row.due_at < now;
    CallbackView {
        house: house.then(|| CallbackHouseView {
            created_at: row.created_at.into(),
            answered_by: row
                .relation
                .clone()
                .map(|relation| AnsweredByView { relation, name: row.answered_by_masked.clone() }),
            identity_check: row.identity_check.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            introduced: row.introduced,
            convenient: row.convenient,
            opinion: row.opinion.clone(),
            caller_id: row.caller_id,
            attempts: json_list(&row.attempts),
            waived_by: row.waived_by,
            waive_reason: row.waive_reason.clone(),
            overdue,
        }),
        id: row.id,
        version: row.version,
        number: row.number,
        ticket_id: row.ticket_id,
        cycle: row.cycle,
        customer_id: row.customer_id,
        contact: row.contact_masked,
        due_at: row.due_at.into(),
        priority: row.priority,
        status: row.status,
        outcome: row.outcome,
        proxy: row.proxy,
        score: row.score,
        completed_at: row.completed_at.map(Timestamp::from),
    }
}
