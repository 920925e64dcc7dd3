//! Tickets that wait for whoever holds them: the whole case, its stage, the answer.

use std::collections::HashMap;

use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SubQueryStatement};
use store::Reading;
use store::work_list::{Asked, Due, Item};

use crate::clock::entity::clock;
use crate::ticket::Ticket;
use crate::ticket::entity::{Column, Model, Status};

type Found = Vec<(Model, Option<DateTimeUtc>)>;

fn open() -> Condition {
    Condition::all().add(Column::Status.is_in(Status::OPEN.iter().copied()))
}

fn item(row: Model, due: Option<DateTimeUtc>) -> Item {
    Item::of::<Ticket>(&row, due, row.title.as_str())
        .since(row.received_at)
        .held_by(row.assignee_id)
        .in_unit(row.responsible_org_unit_id.or(row.received_org_unit_id))
}

/// Open cases somebody holds; due as the earliest of their own limit, those merged into them and the authority's.
pub async fn handle(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let held = asked.held(at.actor(), Column::AssigneeId, Column::ResponsibleOrgUnitId);
    let waits = open().add(Column::AssigneeId.is_not_null()).add(held);
    let rows: Found = asked.rows::<Ticket>(at, waits, Due::by(Column::DueSort)).await?;
    Ok(rows.into_iter().map(|(row, due)| item(row, due)).collect())
}

/// Open cases nobody holds: for those who hand out, and once a unit has one, for those who may begin there.
pub async fn unassigned(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let lead = super::place::in_units(at, asked, "tickets.ticket:assign");
    let own = asked.open_to(at.actor(), "tickets.ticket:start", Column::ResponsibleOrgUnitId);
    let own = own.map(|own| own.add(Column::Status.eq(Status::Assigned)));
    let Some(whose) = lead.or(own) else { return Ok(Vec::new()) };
    let waits = open().add(Column::AssigneeId.is_null()).add(whose);
    let rows: Found = asked.rows::<Ticket>(at, waits, Due::by(Column::DueSort)).await?;
    Ok(rows.into_iter().map(|(row, due)| item(row, due)).collect())
}

/// The limit of the running clock of a name, in the query.
pub fn limit_of(name: &str, ticket: Expr) -> Expr {
    let limit = Query::select()
        .expr(Expr::col(clock::Column::DueAt).max())
        .from(clock::Entity)
        .and_where(Expr::col((clock::Entity, clock::Column::TicketId)).eq(ticket))
        .and_where(Expr::col(clock::Column::Name).eq(name))
        .and_where(Expr::col(clock::Column::StopsAt).is_null())
        .to_owned();
    Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(limit)))
}

async fn running(at: &Reading, rows: &Found, name: &str) -> Result<HashMap<Uuid, clock::Model>, Fault> {
    let clocks = clock::Entity::find()
        .filter(clock::Column::TicketId.is_in(rows.iter().map(|(row, _)| row.id)))
        .filter(clock::Column::Name.eq(name))
        .filter(clock::Column::StopsAt.is_null());
    Ok(clocks.all(&at.db()).await?.into_iter().map(|clock| (clock.ticket_id, clock)).collect())
}

/// Cases whose clock of a name runs, as far as `state` lets.
async fn on_clock(at: &Reading, asked: &Asked, name: &str, state: Condition) -> Result<Vec<Item>, Fault> {
    let due = limit_of(name, Expr::col((crate::ticket::entity::Entity, Column::Id)));
    let running = Query::select()
        .column(clock::Column::TicketId)
        .from(clock::Entity)
        .and_where(Expr::col(clock::Column::Name).eq(name))
        .and_where(Expr::col(clock::Column::StopsAt).is_null())
        .to_owned();
    let held = asked.held(at.actor(), Column::AssigneeId, Column::ResponsibleOrgUnitId);
    let waits = state.add(held).add(Column::Id.in_subquery(running));
    let rows: Found = asked.rows::<Ticket>(at, waits, Due::at(due)).await?;
    let clocks = self::running(at, &rows, name).await?;
    let items = rows.into_iter().map(|(row, due)| {
        let since = clocks.get(&row.id).map_or(row.received_at, |clock| clock.starts_at);
        item(row, due).since(since)
    });
    Ok(items.collect())
}

/// Stays in a stage that have a limit of their own.
pub async fn stage(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    on_clock(at, asked, "stage", open()).await
}

/// Solved cases whose customer waits for the answer.
pub async fn reply(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let state = Condition::all().add(Column::Status.is_in([Status::Resolved, Status::PendingApproval]));
    let items = on_clock(at, asked, "reply", state).await?;
    Ok(items.into_iter().map(|item| item.settled_by::<Ticket>("reply")).collect())
}
