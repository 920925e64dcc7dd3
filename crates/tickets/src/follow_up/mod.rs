//! Promises to customers (约定答复, TK-R26): kept by a contact in time, otherwise missed, whatever comes after.

mod commands;
pub mod entity;

use access::{Actor, groups};
use kernel::fault::{ABOVE_AUTHORITY, Fault, INVALID_PARAMETER};
use kernel::time::Timestamp;
use registers::customer::Customer;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ExprTrait};
use serde::Serialize;
use serde_json::Value;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, truth};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::contact_log::own_customers;
use crate::{portfolio, scope};
pub use commands::{PostponeFollowUp, cancel, keep, open, postpone, tell_missed};
use entity::{Column, Entity, Model, Status};

/// The promises as a resource.
pub struct FollowUp;

/// A promise, and whether the caller owes it.
pub struct Owed {
    pub row: Model,
    pub by_caller: bool,
}

/// Acts on a promise.
const MOVES: LifeCycle<Status, Owed> = LifeCycle {
    entity: "tickets.follow_up",
    state: |it| it.row.row.status_at(it.now),
    moves: &[
        Move {
            action: "postpone",
            from: &[Status::Open, Status::Missed],
            to: Some(Status::Postponed),
            guards: &[owner_or_lead],
        },
        Move { action: "cancel", from: &[Status::Open, Status::Missed], to: Some(Status::Cancelled), guards: &[] },
    ],
};

fn owner_or_lead(it: &Subject<'_, Owed>) -> Result<(), Fault> {
    match it.row.by_caller || it.actor.is_any(groups::LEAD) {
        true => Ok(()),
        false => Err(Fault::new(&ABOVE_AUTHORITY).rule("TK-R26").with("reason", "not_owner")),
    }
}

impl Owed {
    /// Looks whether the caller owes it.
    pub async fn load(at: &Reading, row: Model) -> Result<Self, Fault> {
        let by_caller = portfolio::is_owner(at, row.agent_id).await?;
        Ok(Self { row, by_caller })
    }
    fn subject<'a>(&'a self, at: &'a Reading) -> Subject<'a, Self> {
        Subject::of(at, self)
    }
}

/// A promise as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FollowUpView {
    pub id: Uuid,
    pub version: i32,
    pub customer_id: Uuid,
    /// Who owes it.
    pub agent_id: Uuid,
    pub ticket_id: Option<Uuid>,
    /// The contact it was made in.
    pub contact_log_id: Option<Uuid>,
    /// The promise it came after.
    pub postpones_id: Option<Uuid>,
    pub made_at: Timestamp,
    pub promised_at: Timestamp,
    pub kept_at: Option<Timestamp>,
    pub kept_by_log_id: Option<Uuid>,
    /// What the customer was told when it was put off.
    pub notice_text: Option<String>,
    pub status: Status,
    /// Its time passed without a contact; stays true when it is put off afterwards.
    pub missed: bool,
    pub cancel_reason: Option<String>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

impl Resource for FollowUp {
    type Entity = Entity;
    type Row = Model;
    type View = FollowUpView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "follow_up";
    const PATH: &'static str = "/v1/follow-ups";

    fn visible_to(actor: &Actor) -> Condition {
        let own = Column::CustomerId.in_subquery(own_customers(actor));
        let desk = scope::of_units(actor, Column::OrgUnitId, &[Column::AgentId, Column::CreatedBy]);
        if actor.scope.all || !actor.role.is_staff() { desk } else { Condition::any().add(desk).add(own) }
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("promised_at")
            .sort("promised_at", Column::PromisedAt)
            .sort("created_at", Column::CreatedAt)
            .by("customer_id", Column::CustomerId)
            .by("agent_id", Column::AgentId)
            .by("ticket_id", Column::TicketId)
            .range("promised_at", Column::PromisedAt)
            .custom("status", "string", in_status)
            .custom("missed", "boolean", |at, text| {
                let missed = missed(at);
                Ok(if truth("missed", text)? { missed } else { missed.not() })
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement {
            project_id: row.project_id,
            org_unit_id: row.org_unit_id,
            customer_id: Some(row.customer_id),
            ..Placement::default()
        }
    }

    fn said(row: &Model) -> Vec<(&'static str, Value)> {
        vec![
            ("promised_at", Timestamp::from(row.promised_at).to_string().into()),
            ("ticket_id", row.ticket_id.map(|id| id.to_string()).into()),
        ]
    }

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<Customer>("customer", "customer_id"),
            Expansion::one::<registers::staff::Staff>("agent", "agent_id"),
        ]
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<FollowUpView>, Fault> {
        let view = |row: Model| FollowUpView {
            status: row.status_at(at.now),
            missed: row.missed_at(at.now),
            id: row.id,
            version: row.version,
            customer_id: row.customer_id,
            agent_id: row.agent_id,
            ticket_id: row.ticket_id,
            contact_log_id: row.log_id,
            postpones_id: row.postpones_id,
            made_at: row.made_at.into(),
            promised_at: row.promised_at.into(),
            kept_at: row.kept_at.map(Timestamp::from),
            kept_by_log_id: row.kept_by_log_id,
            notice_text: row.notice_text,
            cancel_reason: row.cancel_reason,
            created_at: row.created_at.into(),
            created_by: row.created_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let owed = Owed::load(at, row.clone()).await?;
        Ok(Some(MOVES.allowed(&owed.subject(at), at.lang())))
    }
}

/// The promises whose time passed without a contact.
pub(crate) fn missed(at: &Reading) -> Condition {
    let open = Condition::all().add(Column::ClosedAt.is_null()).add(Column::PromisedAt.lt(at.now));
    let late = Expr::col(Column::ClosedAt).gt(Expr::col(Column::PromisedAt));
    // Never null, so that it may be denied.
    let closed_late = Condition::all().add(Column::ClosedAt.is_not_null()).add(late);
    Condition::all().add(Column::Status.ne(Status::Kept)).add(Condition::any().add(open).add(closed_late))
}

/// Open and missed are told apart by the clock.
fn in_status(at: &Reading, text: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    let mut codes: Vec<&str> = text.split(',').collect();
    // Both halves are the whole; SQLite finds no plan for such an alternative beside another limit.
    let whole = ["open", "missed"].iter().all(|half| codes.contains(half));
    codes.retain(|code| !whole || *code != "missed");
    for code in codes {
        let open = Condition::all().add(Column::Status.eq(Status::Open));
        any = any.add(match code {
            "open" if whole => open,
            "open" => open.add(Column::PromisedAt.gte(at.now)),
            "missed" => open.add(Column::PromisedAt.lt(at.now)),
            "kept" => Condition::all().add(Column::Status.eq(Status::Kept)),
            "postponed" => Condition::all().add(Column::Status.eq(Status::Postponed)),
            "cancelled" => Condition::all().add(Column::Status.eq(Status::Cancelled)),
            _ => return Err(Fault::new(&INVALID_PARAMETER).with("parameter", "status")),
        });
    }
    Ok(any)
}
