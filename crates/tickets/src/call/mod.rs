//! Calls of the hotline (来电, TK-01): how long they rang, who answered, which tickets they belong to.

pub mod commands;
pub mod entity;
pub mod external;
mod linking;
mod reveal;
mod rings;
mod view;

use access::{Actor, JobRole};
use documents::document::entity::link as papers;
use kernel::fault::{Fault, INVALID_PARAMETER};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, ConnectionTrait, DbBackend, QuerySelect, QueryTrait};
use store::list::{Columns, truth};
use store::resource::Placement;
use store::{Reading, Resource, rows};

use crate::roster::duty::CALL_STAFFED;
use crate::ticket;
use entity::{Column, Direction, Entity, Model, Outcome, link};
pub use linking::{LinkCall, link, link_to, unlink};
pub use reveal::{RevealCall, RevealedCall, reveal};
pub use view::CallView;

/// Calls as a resource (TK-01).
pub struct Call;

impl Resource for Call {
    type Entity = Entity;
    type Row = Model;
    type View = CallView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "call";
    const PATH: &'static str = "/v1/calls";

    /// The calls of the caller's units, his own, and those of tickets he may know of; a customer none. A call
    /// of no unit, lost before anybody took it, is for whoever of the house reads calls.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.is_system() || actor.scope.all {
            return Condition::all();
        }
        if actor.is_customer() {
            return Condition::all().add(Expr::value(false));
        }
        let persons: Vec<Uuid> = actor.persons().collect();
        let nobodys = Condition::all().add(Column::OrgUnitId.is_null()).add(Expr::value(actor.role.is_staff()));
        let own = Condition::any()
            .add(nobodys)
            .add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.iter().copied()))
            .add(Column::AgentId.is_in(persons.clone()))
            .add(Column::CreatedBy.is_in(persons));
        if actor.is(JobRole::TelephoneClient) {
            // It names any ticket, and reads the calls it told of.
            return own;
        }
        let of_known = Condition::all().add(ticket::is_known(actor, link::Column::TicketId));
        own.add(rows::of_known::<link::Entity>(actor, link::Column::CallId, Column::Id, of_known))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-ring_started_at")
            .code("direction", Column::Direction, Direction::CODES)
            .by("channel_code", Column::ChannelCode)
            .by("agent_id", Column::AgentId)
            .code("result", Column::Result, Outcome::CODES)
            .by("within_limit", Column::WithinLimit)
            .custom("staffed", "boolean", staffed)
            .custom("linked", "boolean", linked)
            .custom("hour", "integer", hour)
            .range("ring_started_at", Column::RingStartedAt)
            .sort("ring_started_at", Column::RingStartedAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<CallView>, Fault> {
        view::of(at, rows).await
    }
}

/// The call a document is the recording of.
pub async fn of_recording(at: &Reading, document: Uuid) -> Result<Option<Model>, Fault> {
    let attached = papers::Entity::find()
        .select_only()
        .column(papers::Column::ResourceId)
        .filter(papers::Column::DocumentId.eq(document))
        .filter(papers::Column::Resource.eq(Call::NAME));
    let found = Entity::find()
        .filter(Column::Id.in_subquery(attached.into_query()))
        .filter(Column::RecordingDocumentId.eq(document));
    Ok(found.one(&at.db()).await?)
}

/// Somebody of the channel's unit was on duty when it rang (TK-R04).
fn staffed(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let staffed = Condition::all().add(Expr::cust(CALL_STAFFED));
    Ok(if truth("staffed", value)? { staffed } else { staffed.not() })
}

/// The hour of the day in business time at which it rang, 0 to 23.
fn hour(at: &Reading, value: &str) -> Result<Condition, Fault> {
    let hour = value.parse::<u8>().ok().filter(|hour| *hour < 24);
    let hour = hour.ok_or_else(|| Fault::new(&INVALID_PARAMETER).with("parameter", "hour"))?;
    let rang = match at.db().get_database_backend() {
        DbBackend::Postgres => r#"EXTRACT(HOUR FROM "call"."ring_started_at" AT TIME ZONE INTERVAL '8 hours')"#,
        _ => r#"CAST(strftime('%H', "call"."ring_started_at", '+8 hours') AS INTEGER)"#,
    };
    Ok(Condition::all().add(Expr::cust(format!("{rang} = {hour}"))))
}

fn linked(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let calls = Query::select().column(link::Column::CallId).from(link::Entity).to_owned();
    let linked = Condition::all().add(Column::Id.in_subquery(calls));
    Ok(if truth("linked", value)? { linked } else { linked.not() })
}
