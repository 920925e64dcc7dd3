//! Where the subjects of what waits lie: tickets and their parts in the units of whom was asked.

use std::collections::HashMap;

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect, QueryTrait};
use store::Reading;
use store::work_list::{Asked, Waiting};

use crate::ticket::entity::{Column, Entity, Model as TicketRow};

/// Rows that belong to no unit of the desk, for whoever holds the permission and may know of them; of units those
/// `of_units` says.
pub(super) fn anywhere(
    at: &Reading,
    asked: &Asked,
    permission: &str,
    of_units: impl FnOnce(&[Uuid]) -> Condition,
) -> Option<Condition> {
    match &asked.waiting {
        Waiting::Me if !at.actor().holds(permission) => None,
        Waiting::Me | Waiting::Anybody => Some(Condition::all()),
        Waiting::Units(units) => Some(of_units(units)),
    }
}

/// Tickets whose unit, or the desk that took them in, is one where this permission lets act for whom was asked.
pub(super) fn in_units(at: &Reading, asked: &Asked, permission: &str) -> Option<Condition> {
    let responsible = asked.open_to(at.actor(), permission, Column::ResponsibleOrgUnitId)?;
    let received = asked.open_to(at.actor(), permission, Column::ReceivedOrgUnitId)?;
    match asked.waiting {
        Waiting::Anybody => Some(Condition::all()),
        _ => Some(Condition::any().add(responsible).add(received)),
    }
}

/// Parts of these tickets, by the column that names the ticket.
pub(super) fn of_tickets(column: impl ColumnTrait, tickets: Condition) -> Condition {
    let ids = Entity::find().select_only().column(Column::Id).filter(tickets);
    Condition::all().add(column.in_subquery(ids.into_query()))
}

/// Parts of tickets that lie where this permission lets act for whom was asked.
pub(super) fn parts_in_units(
    at: &Reading,
    asked: &Asked,
    permission: &str,
    ticket: impl ColumnTrait,
) -> Option<Condition> {
    let units = in_units(at, asked, permission)?;
    Some(if asked.waiting == Waiting::Anybody { units } else { of_tickets(ticket, units) })
}

/// The tickets behind the parts of a page.
pub(super) async fn tickets(
    at: &Reading,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, TicketRow>, Fault> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
