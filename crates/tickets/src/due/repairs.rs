//! Repair orders that wait: for a provider, for his answer, for the customer's word, for a verdict (spec tickets §10).

use access::JobRole;
use kernel::fault::Fault;
use registers::customer::merge::files_of;
use registers::org_unit;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect, QueryTrait};
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use super::place::parts_in_units;
use crate::outlet;
use crate::repair_order::entity::{Column, Model, Status};
use crate::repair_order::{RepairOrder, given_to};

/// Characters of the description that name an order in the list.
const TITLE: usize = 40;

fn item((row, due): (Model, Option<DateTimeUtc>), act: &str) -> Item {
    let title: String = row.description.chars().take(TITLE).collect();
    Item::of::<RepairOrder>(&row, due, title)
        .since(row.updated_at)
        .watched_by(row.dispatched_by)
        .urgent(row.urgent)
        .in_unit(row.case_org_unit_id)
        .settled_by::<RepairOrder>(act)
}

/// Orders of contractors, who have nobody in this system: engineering_officer acts for them.
fn of_contractors() -> Condition {
    let outlets = outlet::entity::Entity::find().select_only().column(outlet::entity::Column::SupplierId);
    Condition::all().add(Column::SupplierId.is_not_null()).add(Column::SupplierId.not_in_subquery(outlets.into_query()))
}

/// Orders whose provider has to act, as far as whoever is asked for is the provider.
fn with_provider(at: &Reading, asked: &Asked, permission: &str) -> Condition {
    let actor = at.actor();
    match &asked.waiting {
        Waiting::Me if !actor.holds(permission) => Condition::all().add(Expr::value(false)),
        Waiting::Me if actor.is(JobRole::EngineeringOfficer) => given_to(actor).add(of_contractors()),
        Waiting::Me => given_to(actor),
        Waiting::Units(units) => Condition::any()
            .add(Column::OrgUnitId.is_in(units.iter().copied()))
            .add_option(parts_in_units(at, asked, permission, Column::TicketId)),
        Waiting::Anybody => Condition::all(),
    }
}

/// Those, and the orders the caller gave away himself.
fn with_dispatcher(at: &Reading, asked: &Asked, permission: &str) -> Condition {
    let given = asked.held(at.actor(), Column::DispatchedBy, Column::CaseOrgUnitId);
    Condition::any().add(with_provider(at, asked, permission)).add(given)
}

/// Orders without a provider: drafted, or refused by the last one.
pub async fn to_dispatch(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(unit) = parts_in_units(at, asked, "tickets.repair_order:dispatch", Column::TicketId) else {
        return Ok(Vec::new());
    };
    let waits = unit.add(Column::Status.is_in([Status::Drafted, Status::Refused]));
    let rows = asked.rows::<RepairOrder>(at, waits, Due::Never).await?;
    Ok(rows.into_iter().map(|row| item(row, "dispatch")).collect())
}

/// Orders a provider has to accept or refuse; due when his silence becomes a fact (TK-R22).
pub async fn to_accept(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let waits = Condition::all()
        .add(with_dispatcher(at, asked, "tickets.repair_order:accept"))
        .add(Column::Status.eq(Status::Dispatched));
    let rows = asked.rows::<RepairOrder>(at, waits, Due::by(Column::RespondBy)).await?;
    Ok(rows.into_iter().map(|row| item(row, "accept")).collect())
}

/// Appointments nobody has come to yet; due when their window ends.
pub async fn appointments(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let waits = Condition::all()
        .add(with_dispatcher(at, asked, "tickets.repair_order:arrive"))
        .add(Column::Status.eq(Status::Scheduled));
    let rows = asked.rows::<RepairOrder>(at, waits, Due::by(Column::WindowTo)).await?;
    Ok(rows.into_iter().map(|row| item(row, "arrive")).collect())
}

/// Orders a provider took and has neither an appointment for nor finished.
pub async fn at_work(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let waits = Condition::all()
        .add(with_provider(at, asked, "tickets.repair_order:finish"))
        .add(Column::Status.is_in([Status::Accepted, Status::Arrived, Status::Working]));
    let rows = asked.rows::<RepairOrder>(at, waits, Due::Never).await?;
    let next = |row: &Model| match row.status {
        Status::Accepted => "schedule",
        Status::Arrived => "begin",
        _ => "finish",
    };
    let items = rows.into_iter().map(|(row, due)| {
        let act = next(&row);
        item((row, due), act)
    });
    Ok(items.collect())
}

/// Quotes without an answer: the desk asks the customer, who may answer himself.
pub async fn quotes(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let actor = at.actor();
    let whose = match (&asked.waiting, actor.customer_id) {
        (Waiting::Me, Some(customer)) => Some(Condition::all().add(Column::CustomerId.in_subquery(files_of(customer)))),
        _ => parts_in_units(at, asked, "tickets.repair_order:answer_quote", Column::TicketId),
    };
    let Some(whose) = whose else { return Ok(Vec::new()) };
    let waits = whose
        .add(Column::QuoteFen.is_not_null())
        .add(Column::QuoteAnsweredAt.is_null())
        .add(Column::Status.is_in([Status::Accepted, Status::Scheduled, Status::Arrived, Status::Working]));
    let rows = asked.rows::<RepairOrder>(at, waits, Due::Never).await?;
    Ok(rows.into_iter().map(|row| item(row, "answer-quote")).collect())
}

/// Finished repairs to judge; for the caller those he neither worked on nor belongs to the provider of (TK-R21).
pub async fn to_evaluate(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let actor = at.actor();
    let Some(unit) = parts_in_units(at, asked, "tickets.repair_order:evaluate", Column::TicketId) else {
        return Ok(Vec::new());
    };
    let mut waits = unit.add(Column::Status.eq(Status::Finished));
    if asked.waiting == Waiting::Me {
        for person in actor.persons() {
            waits = waits.add(Column::Workers.not_like(format!("%{person}%")));
        }
        if let Some(unit) = actor.scope.org_unit_id {
            let above = org_unit::path(at, unit).await?;
            let others = Condition::any().add(Column::OrgUnitId.is_null()).add(Column::OrgUnitId.is_not_in(above));
            waits = waits.add(others);
        }
    }
    let rows = asked.rows::<RepairOrder>(at, waits, Due::Never).await?;
    Ok(rows.into_iter().map(|row| item(row, "evaluate")).collect())
}

/// Judged repairs whose signed order is to be filed.
pub async fn to_close(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(unit) = parts_in_units(at, asked, "tickets.repair_order:close", Column::TicketId) else {
        return Ok(Vec::new());
    };
    let waits = unit.add(Column::Status.eq(Status::Evaluated));
    let rows = asked.rows::<RepairOrder>(at, waits, Due::Never).await?;
    Ok(rows.into_iter().map(|row| item(row, "close")).collect())
}
