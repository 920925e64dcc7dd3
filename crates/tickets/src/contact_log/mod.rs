//! The contact log (联系记录, TK-08): what was said with a customer, when, and what was promised. A reception
//! visit is one too.

mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::customer::Customer;
use registers::customer::merge::named;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde::Serialize;
use store::list::{Columns, truth};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::portfolio::entity::entry;
use crate::scope;
pub use commands::{AddContactLog, add};
pub(crate) use commands::{check_promise, promise_hours};
use entity::{Column, Direction, Entity, Method, Model};

/// The contact log as a resource.
pub struct ContactLog;

/// One contact as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactLogView {
    pub id: Uuid,
    pub version: i32,
    pub customer_id: Uuid,
    pub ticket_id: Option<Uuid>,
    pub delivery_id: Option<Uuid>,
    pub method: Method,
    pub direction: Direction,
    pub at: Timestamp,
    /// Whether the customer was spoken to.
    pub reached: bool,
    pub content: String,
    pub opinions: Vec<String>,
    pub next_promise_at: Option<Timestamp>,
    pub org_unit_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

/// The customers who are or were the caller's.
pub(crate) fn own_customers(actor: &Actor) -> sea_orm::sea_query::SelectStatement {
    let persons: Vec<Uuid> = actor.persons().collect();
    Query::select()
        .column(entry::Column::CustomerId)
        .from(entry::Entity)
        .and_where(entry::Column::AgentId.is_in(persons))
        .to_owned()
}

impl Resource for ContactLog {
    type Entity = Entity;
    type Row = Model;
    type View = ContactLogView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "contact_log";
    const PATH: &'static str = "/v1/contact-logs";
    const STEADY: bool = true;

    /// Those of the caller's units, his own, and those of his customers; a consultant only the last two.
    fn visible_to(actor: &Actor) -> Condition {
        let own = Column::CustomerId.in_subquery(own_customers(actor));
        let desk = scope::of_units(actor, Column::OrgUnitId, &[Column::CreatedBy]);
        if actor.scope.all || !actor.role.is_staff() { desk } else { Condition::any().add(desk).add(own) }
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-at")
            .sort("at", Column::At)
            .sort("created_at", Column::CreatedAt)
            .custom("customer_id", "uuid", |_, customers| named(Column::CustomerId, customers))
            .by("ticket_id", Column::TicketId)
            .by("delivery_id", Column::DeliveryId)
            .by("created_by", Column::CreatedBy)
            .by("agent_id", Column::CreatedBy)
            .code("method", Column::Method, Method::CODES)
            .code("direction", Column::Direction, Direction::CODES)
            .by("reached", Column::Reached)
            .range("at", Column::At)
            .custom("promised", "boolean", |_, text| {
                let promise = Column::NextPromiseAt;
                let yes = truth("promised", text)?;
                Ok(Condition::all().add(if yes { promise.is_not_null() } else { promise.is_null() }))
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

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<Customer>("customer", "customer_id"),
            Expansion::one::<crate::ticket::Ticket>("ticket", "ticket_id"),
        ]
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ContactLogView>, Fault> {
        let view = |row: Model| ContactLogView {
            id: row.id,
            version: row.version,
            customer_id: row.customer_id,
            ticket_id: row.ticket_id,
            delivery_id: row.delivery_id,
            method: row.method,
            direction: row.direction,
            at: row.at.into(),
            reached: row.reached,
            content: row.content,
            opinions: serde_json::from_str(&row.opinions).unwrap_or_default(),
            next_promise_at: row.next_promise_at.map(Timestamp::from),
            org_unit_id: row.org_unit_id,
            created_at: row.created_at.into(),
            created_by: row.created_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
