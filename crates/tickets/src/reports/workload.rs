//! The work of each person.

use std::collections::{BTreeMap, HashMap};

use kernel::fault::Fault;
use kernel::report::{Cell, Column, ColumnKind, Value};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::reports::{Ask, Figures};
use store::{Reading, Resource, parameters};

use super::slice::{OfTickets, Slice, own};
use super::{count, group, roster_coverage, sum, text};
use crate::call::{self, Call};
use crate::callback::{self, Callback};
use crate::catalogue::Severity;
use crate::contact_log::{self, ContactLog};
use crate::leave::parts;
use crate::shift::Shift;
use crate::shift::entity as shift;
use crate::ticket::Ticket;
use crate::ticket::entity::{Column as TicketColumn, Entity};

const FIGURES: usize = 7;

/// Counts what each person took in, holds, solved, answered and called back.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let mut people: BTreeMap<Uuid, [i64; FIGURES]> = BTreeMap::new();
    let me = own(at);
    let mut put = |place: usize, rows: Vec<(Option<Uuid>, i64)>| {
        for (person, n) in rows {
            let Some(person) = person.filter(|person| me.is_none_or(|me| me == *person)) else { continue };
            people.entry(person).or_default()[place] += n;
        }
    };
    let all = Slice::default();
    let received = all.during("received_at", ask.period).net();
    let resolved = all.during("resolved_at", ask.period).net();
    put(0, counted::<Ticket>(at, &received, TicketColumn::ReceivedById).await?);
    let (held, weighted) = held(at).await?;
    put(1, held);
    put(2, weighted);
    put(3, counted::<Ticket>(at, &resolved, TicketColumn::ResolvedById).await?);
    let answered = all.during("ring_started_at", ask.period).with("direction", "in").with("result", "answered");
    put(4, counted::<Call>(at, &answered, call::entity::Column::AgentId).await?);
    let done = all.during("due_at", ask.period).with("status", "done").with("net", true);
    put(5, counted::<Callback>(at, &done, callback::entity::Column::CallerId).await?);
    let contacts = all.during("at", ask.period);
    put(6, contacted(at, &contacts).await?);
    let on_duty = on_duty(at, ask).await?;
    for person in on_duty.keys().filter(|person| me.is_none_or(|me| me == **person)) {
        people.entry(*person).or_default();
    }
    let names = group::names(at, "person").await?;
    let mut rows: Vec<Vec<Cell>> = people
        .iter()
        .map(|(person, figures)| {
            let name = names.get(&person.to_string()).cloned().unwrap_or_else(|| person.to_string());
            let mut cells = vec![Cell::from(name)];
            cells.extend(figures.map(Cell::from));
            cells.push(roster_coverage::hours(on_duty.get(person).copied().unwrap_or_default()).into());
            let held = all.with("assignee_id", person).with("status", LOAD);
            cells[1] = received.with("received_by_id", person).cell::<Ticket>(figures[0]);
            cells[2] = held.cell::<Ticket>(figures[1]);
            cells[4] = resolved.with("resolved_by_id", person).cell::<Ticket>(figures[3]);
            cells[5] = answered.with("agent_id", person).cell::<Call>(figures[4]);
            cells[6] = done.with("caller_id", person).cell::<Callback>(figures[5]);
            cells[7] = contacts.with("created_by", person).cell::<ContactLog>(figures[6]);
            cells
        })
        .collect();
    rows.sort_by(|a, b| cell_text(a).cmp(cell_text(b)));
    let columns = vec![
        text("group", "人员", "Person"),
        count("received", "受理", "Received"),
        count("held", "在办", "Held now"),
        count("load", "加权负荷", "Weighted load"),
        count("resolved", "解决", "Resolved"),
        count("calls", "接听", "Calls answered"),
        count("callbacks", "回访", "Callbacks done"),
        count("contacts", "联系客户", "Contacts"),
        Column::new("hours_on_duty", "在岗工时", "Hours on duty", ColumnKind::Number),
    ];
    Ok(Figures { totals: Some(sum::totals(&columns, &rows)), columns, rows, ..Figures::default() })
}

/// Contacts by who wrote them down; the system's own are nobody's work.
async fn contacted(at: &Reading, contacts: &Slice) -> Result<Counts, Fault> {
    let rows = contact_log::entity::Entity::find()
        .select_only()
        .column(contact_log::entity::Column::CreatedBy)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(contacts.condition::<ContactLog>(at)?)
        .group_by(contact_log::entity::Column::CreatedBy);
    let rows: Vec<(Uuid, i64)> = rows.into_tuple().all(&at.db()).await?;
    Ok(rows.into_iter().filter(|(person, _)| !person.is_nil()).map(|(person, n)| (Some(person), n)).collect())
}

/// The states that load a person (TK-R16).
const LOAD: &str = "assigned,in_progress,pending_approval";

fn cell_text(row: &[Cell]) -> &str {
    match row.first().map(|cell| &cell.value) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

type Counts = Vec<(Option<Uuid>, i64)>;

async fn counted<R: Resource>(
    at: &Reading,
    slice: &Slice,
    person: <R::Entity as EntityTrait>::Column,
) -> Result<Counts, Fault> {
    let rows = R::Entity::find()
        .select_only()
        .column(person)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(slice.condition::<R>(at)?)
        .group_by(person);
    Ok(rows.into_tuple().all(&at.db()).await?)
}

/// Minutes of the shifts each person worked in the period, as far as they have begun.
async fn on_duty(at: &Reading, ask: &Ask) -> Result<HashMap<Uuid, i64>, Fault> {
    let shifts = shift::Entity::find()
        .filter(Shift::visible_to(at.actor()))
        .filter(shift::Column::Published.eq(true))
        .filter(shift::Column::Status.is_in([shift::Status::Planned, shift::Status::Stopped]))
        .filter(shift::Column::OnDate.gte(ask.period.from))
        .filter(shift::Column::OnDate.lte(ask.period.to))
        .filter(shift::Column::StartAt.lte(at.now))
        .all(&at.db())
        .await?;
    let mut minutes = HashMap::new();
    let worked = parts::worked(at, &shifts).await?;
    for (shift, worked) in shifts.iter().zip(&worked) {
        *minutes.entry(shift.responsible_staff_id).or_default() += parts::minutes(worked);
    }
    Ok(minutes)
}

/// What each person holds now: how many, and their weight by severity.
async fn held(at: &Reading) -> Result<(Counts, Counts), Fault> {
    let weights = parameters::value(at, "tickets.dispatch.weights").await?;
    let rows: Vec<(Option<Uuid>, Severity, i64)> = Entity::find()
        .select_only()
        .columns([TicketColumn::AssigneeId, TicketColumn::Severity])
        .column_as(TicketColumn::Id.count(), "n")
        .filter(Slice::default().with("status", LOAD).condition::<Ticket>(at)?)
        .group_by(TicketColumn::AssigneeId)
        .group_by(TicketColumn::Severity)
        .into_tuple()
        .all(&at.db())
        .await?;
    let weigh = |severity: Severity| weights[severity.code()].as_i64().unwrap_or(1);
    let load = rows.iter().map(|(person, severity, n)| (*person, n * weigh(*severity))).collect();
    Ok((rows.into_iter().map(|(person, _, n)| (person, n)).collect(), load))
}
