//! Reading tickets: filters, sorts and the look-ups other parts need.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::fault::{Fault, INVALID_PARAMETER};
use registers::customer::merge::named;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, LockType, SelectStatement};
use sea_orm::{Condition, QueryOrder, QuerySelect, QueryTrait};
use store::list::{Columns, truth, uuid};
use store::{Reading, Work, protected, search};

use super::Ticket;
use super::entity::{Column, Entity, Model, Status};
use super::register::requester_place;
use crate::catalogue::{self, Kind, Severity};
use crate::clock::entity::clock;
use crate::clock::projection;

fn open() -> Condition {
    Condition::all().add(Column::Status.is_in(Status::OPEN.iter().copied()))
}

fn when(yes: bool, condition: Condition) -> Condition {
    if yes { condition } else { condition.not() }
}

fn subtree(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    for code in value.split(',') {
        any = any.add(Column::CategoryCode.eq(code)).add(Column::CategoryCode.starts_with(format!("{code}.")));
    }
    Ok(any)
}

fn overdue(at: &Reading, value: &str) -> Result<Condition, Fault> {
    Ok(when(truth("overdue", value)?, open().add(Column::DueSort.lt(at.now))))
}

fn paused(at: &Reading, value: &str) -> Result<Condition, Fault> {
    let paused = Condition::all().add(Column::PausedUntil.is_not_null()).add(Column::PausedUntil.gt(at.now));
    Ok(when(truth("paused", value)?, paused))
}

/// The second reminder percent is counted, whether or not the rest is too (TK-R11): as the row itself says.
fn near_due(at: &Reading, value: &str) -> Result<Condition, Fault> {
    let near = open().add(Column::NearDueAt.is_not_null()).add(Column::NearDueAt.lte(at.now));
    Ok(when(truth("near_due", value)?, near))
}

fn unassigned(_: &Reading, value: &str) -> Result<Condition, Fault> {
    Ok(when(truth("unassigned", value)?, open().add(Column::AssigneeId.is_null())))
}

/// Tickets that count in rates: neither merged nor withdrawn nor out of scope (TK-R05, TK-R39).
fn counted() -> SelectStatement {
    let outside = [Status::Merged, Status::Withdrawn, Status::OutOfScope];
    Entity::find().select_only().column(Column::Id).filter(Column::Status.is_not_in(outside)).into_query()
}

/// The filter `net` of what belongs to tickets: whether they count in rates.
pub fn of_counted<C: ColumnTrait>(ticket: C, value: &str) -> Result<Condition, Fault> {
    Ok(when(truth("net", value)?, Condition::all().add(ticket.in_subquery(counted()))))
}

/// Solved and answered in one conversation.
fn answered_at_intake(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let at_once = ExprTrait::eq(Expr::col(Column::ResolvedAt), Expr::col(Column::RepliedAt));
    let both = Condition::all().add(Column::ResolvedAt.is_not_null()).add(Column::RepliedAt.is_not_null());
    let at_once = both.add(at_once);
    Ok(when(truth("answered_at_intake", value)?, at_once))
}

fn due(parameter: &str, value: &str) -> Result<DateTime<Utc>, Fault> {
    store::list::instant(value).ok_or_else(|| Fault::new(&INVALID_PARAMETER).with("parameter", parameter))
}

/// Where no limit runs, nothing is due.
fn due_from(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let from = Column::DueSort.gte(due("due_at_gte", value)?);
    Ok(Condition::all().add(from).add(Column::DueSort.lt(projection::never())))
}

fn due_before(_: &Reading, value: &str) -> Result<Condition, Fault> {
    Ok(Condition::all().add(Column::DueSort.lt(due("due_at_lt", value)?)))
}

/// Received before an instant, neither solved nor ended then, and never merged.
fn open_at(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let instant = store::list::instant(value);
    let instant = instant.ok_or_else(|| Fault::new(&INVALID_PARAMETER).with("parameter", "open_at"))?;
    let later = |column: Column| Condition::any().add(column.is_null()).add(column.gte(instant));
    Ok(Condition::all()
        .add(Column::ReceivedAt.lt(instant))
        .add(later(Column::ResolvedAt))
        .add(later(Column::ClosedAt))
        .add(Column::MergedIntoId.is_null()))
}

/// A clock of the ticket that broke a limit no annulment took back: stopped, or still running beyond it.
fn breached(at: &Reading, value: &str) -> Result<Condition, Fault> {
    let running_late = Condition::all()
        .add(clock::Column::StopsAt.is_null())
        .add(clock::Column::DueAt.lt(at.now))
        .add(Column::PausedUntil.is_null().or(Column::PausedUntil.lte(at.now)));
    let broken = Condition::any().add(clock::Column::Missed.eq(true)).add(running_late);
    Ok(when(truth("breached", value)?, Condition::all().add(Column::Id.in_subquery(of_clocks(broken)))))
}

/// `clock=handle,missed,<from>,<to>`: with a clock of this name and outcome – met, missed, any – that stopped in
/// [from, to); of `reply`, whose limit lies there. Void clocks are none (TK-R39).
fn with_clock(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let invalid = || Fault::new(&INVALID_PARAMETER).with("parameter", "clock");
    let parts: Vec<&str> = value.split(',').collect();
    let [name, outcome, from, to] = parts[..] else { return Err(invalid()) };
    let from = store::list::instant(from).ok_or_else(invalid)?;
    let to = store::list::instant(to).ok_or_else(invalid)?;
    let instant = match name {
        "handle" | "stage" => clock::Column::StopsAt,
        "reply" => clock::Column::DueAt,
        _ => return Err(invalid()),
    };
    let mut clocks = Condition::all()
        .add(clock::Column::Name.eq(name))
        .add(clock::Column::VoidAt.is_null())
        .add(instant.gte(from))
        .add(instant.lt(to));
    match outcome {
        "any" => {}
        "missed" => clocks = clocks.add(clock::Column::Missed.eq(true)),
        "met" => {
            clocks = clocks.add(clock::Column::Missed.eq(false)).add(clock::Column::StopsAt.is_not_null());
        }
        _ => return Err(invalid()),
    }
    Ok(Condition::all().add(Column::Id.in_subquery(of_clocks(clocks))))
}

/// The tickets of clocks.
fn of_clocks(clocks: Condition) -> SelectStatement {
    clock::Entity::find().select_only().column(clock::Column::TicketId).filter(clocks).into_query()
}

/// Number, title and description by text; name and phone exactly, through blind indexes (decision: no
/// personal data in the text index).
fn q(at: &Reading, value: &str) -> Result<Condition, Fault> {
    let keys = at.store.keys();
    let mut any = Condition::any()
        .add(Column::Id.in_subquery(search::matches(at, "ticket", value)))
        .add(Column::RequesterNameKey.eq(keys.blind("ticket.requester_name", value.trim())));
    if let Ok(phone) = kernel::validation::Phone::parse(value) {
        any = any.add(Column::RequesterPhoneKey.eq(keys.blind("ticket.requester_phone", phone.as_str())));
    }
    Ok(any.add(
        Column::CustomerId
            .in_subquery(registers::customer::key::holders(registers::customer::key::meanings(at, value))),
    ))
}

/// Whether somebody is an observer.
pub(super) fn observed_by(staff: Uuid) -> Expr {
    search::holds((Entity, Column::Observers), &staff.to_string())
}

/// The filters and sorts of `GET /v1/tickets`.
pub fn columns() -> Columns<Ticket> {
    Columns::sorted_by("-received_at")
        .sort("effective_due_at", Column::DueSort)
        .sort("due_at", Column::DueSort)
        .sort("received_at", Column::ReceivedAt)
        .by("number", Column::Number)
        .sort("number", Column::Number)
        .sort("severity", Column::SeverityRank)
        .sort("updated_at", Column::UpdatedAt)
        .code("status", Column::Status, Status::CODES)
        .code("kind", Column::Kind, Kind::CODES)
        .code("severity", Column::Severity, Severity::CODES)
        .custom("category_code", "string", subtree)
        .by("channel_code", Column::ChannelCode)
        .by("project_id", Column::ProjectId)
        .by("building_id", Column::BuildingId)
        .by("unit_id", Column::UnitId)
        .by("station_org_unit_id", Column::StationOrgUnitId)
        .by("responsible_org_unit_id", Column::ResponsibleOrgUnitId)
        .by("received_org_unit_id", Column::ReceivedOrgUnitId)
        .by("assignee_id", Column::AssigneeId)
        .custom("customer_id", "uuid", |_, customers| named(Column::CustomerId, customers))
        .by("first_asked_staff_id", Column::FirstAskedStaffId)
        .by("incident_id", Column::IncidentId)
        .by("merged_into_id", Column::MergedIntoId)
        .by("policy_code", Column::PolicyCode)
        .by("root_cause_code", Column::RootCauseCode)
        .range("received_at", Column::ReceivedAt)
        .custom("due_at_gte", "date-time", due_from)
        .custom("due_at_lt", "date-time", due_before)
        .by("delay_reason_code", Column::DelayReasonCode)
        .range("resolved_at", Column::ResolvedAt)
        .range("replied_at", Column::RepliedAt)
        .range("closed_at", Column::ClosedAt)
        .by("received_by_id", Column::ReceivedById)
        .by("resolved_by_id", Column::ResolvedById)
        .custom("answered_at_intake", "boolean", answered_at_intake)
        .custom("open_at", "date-time", open_at)
        .custom("breached", "boolean", breached)
        .custom("clock", "string", with_clock)
        .at_least("reopen_count", Column::ReopenCount)
        .at_least("chase_count", Column::ChaseCount)
        .custom("overdue", "boolean", overdue)
        .custom("paused", "boolean", paused)
        .custom("near_due", "boolean", near_due)
        .custom("unassigned", "boolean", unassigned)
        .custom("observed_by", "uuid", |_, value| Ok(Condition::all().add(observed_by(uuid("observed_by", value)?))))
        .custom("q", "string", q)
}

/// The classification a ticket was received under, offered still or not (TK-R01).
pub async fn class_of(at: &Reading, row: &Model) -> Result<Option<catalogue::classification::Model>, Fault> {
    let on = kernel::time::business_day(row.received_at);
    catalogue::class_of(at, row.kind, &row.category_code, row.place_kind, on).await
}

/// The procedure of the ticket's classification, if it has one.
pub async fn procedure(at: &Reading, row: &Model) -> Result<Option<catalogue::procedure::Model>, Fault> {
    match class_of(at, row).await?.and_then(|class| class.procedure_code) {
        Some(code) => catalogue::procedure(at, &code).await.map(Some),
        None => Ok(None),
    }
}

/// Holds tickets until the end of the work, in one order: acts on their parts follow one another, and those on
/// themselves.
pub(crate) async fn hold(work: &Work, ids: impl IntoIterator<Item = Uuid>) -> Result<(), Fault> {
    let held = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(ids))
        .order_by_asc(Column::Id)
        .lock(LockType::Update);
    held.into_tuple::<Uuid>().all(&work.db()).await?;
    Ok(())
}

/// A ticket merged into another, or into one that was.
struct Merged {
    id: Uuid,
    /// The one that was asked about.
    into: Uuid,
    due_at: Option<DateTime<Utc>>,
}

/// All that is merged into these tickets, also by way of others.
async fn below(at: &Reading, ids: &[Uuid]) -> Result<Vec<Merged>, Fault> {
    let mut found = Vec::new();
    let mut level: HashMap<Uuid, Vec<Uuid>> = ids.iter().map(|id| (*id, vec![*id])).collect();
    while !level.is_empty() {
        let rows: Vec<(Uuid, Uuid, Option<DateTime<Utc>>)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::MergedIntoId, Column::DueAt])
            .filter(Column::MergedIntoId.is_in(level.keys().copied()))
            .order_by_asc(Column::Id)
            .into_tuple()
            .all(&at.db())
            .await?;
        let mut next = HashMap::new();
        for (id, merged_into, due_at) in rows {
            let asked = level.get(&merged_into).cloned().unwrap_or_default();
            found.extend(asked.iter().map(|into| Merged { id, into: *into, due_at }));
            next.insert(id, asked);
        }
        level = next;
    }
    Ok(found)
}

/// The earliest open limit among the tickets merged into one (TK-R10).
pub async fn earliest_merged_due(at: &Reading, id: Uuid) -> Result<Option<DateTime<Utc>>, Fault> {
    Ok(earliest_merged_dues(at, &[id]).await?.remove(&id))
}

/// As [`earliest_merged_due`], of many.
pub async fn earliest_merged_dues(at: &Reading, ids: &[Uuid]) -> Result<HashMap<Uuid, DateTime<Utc>>, Fault> {
    let mut earliest: HashMap<Uuid, DateTime<Utc>> = HashMap::new();
    for merged in below(at, ids).await? {
        if let Some(due) = merged.due_at {
            earliest.entry(merged.into).and_modify(|known| *known = Ord::min(due, *known)).or_insert(due);
        }
    }
    Ok(earliest)
}

/// The tickets merged into one, also by way of others.
pub async fn merged_into(at: &Reading, id: Uuid) -> Result<Vec<Uuid>, Fault> {
    Ok(below(at, &[id]).await?.into_iter().map(|merged| merged.id).collect())
}

/// Seals the requester of one ticket again for another that was split from it.
pub async fn copy_requester(work: &Work, from: &Model, to: &mut Model) -> Result<(), Fault> {
    let (Some(person), Some(sealed)) = (from.requester_id, &from.requester_sealed) else { return Ok(()) };
    let Some(key) = protected::person_key(work, person).await? else { return Ok(()) };
    let clear = key.open(&requester_place(from.id), sealed)?;
    let own = protected::create_person_key(work, to.id).await?;
    to.requester_id = Some(to.id);
    to.requester_sealed = Some(own.seal(&requester_place(to.id), &clear)?);
    Ok(())
}

/// The requester in clear: name, phone, company, address. Whoever calls this journals it.
pub async fn clear_requester(at: &Reading, row: &Model) -> Result<Option<serde_json::Value>, Fault> {
    let (Some(person), Some(sealed)) = (row.requester_id, &row.requester_sealed) else { return Ok(None) };
    let Some(key) = protected::person_key(at, person).await? else { return Ok(None) };
    let clear = key.open(&requester_place(row.id), sealed)?;
    serde_json::from_str(&clear).map(Some).map_err(Fault::internal)
}
