//! How promises were kept: computed from the ledger itself, ticket by ticket (TK-R09…R12, TK-R39).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use kernel::report::Value;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, UnionType};
use sea_orm::{Condition, QuerySelect};
use store::Reading;
use store::reports::{Ask, Figures};
use store::resource::Row as _;

use super::group;
use super::slice::{OfTickets, Slice, own};
use super::timeliness_table::{Row, columns};
use crate::clock::entity::clock;
use crate::clock::ledger::{Clock, Ledger};
use crate::ticket::Ticket;
use crate::ticket::entity::{Column as Of, Entity, Model, Status};

/// Grouped by kind and category together.
pub(super) const SUBJECT: &str = "subject";
/// Tickets read at once.
const PART: usize = 500;

struct Table<'a> {
    at: &'a Reading,
    ask: &'a Ask,
    groups: BTreeMap<String, Row>,
    all: Row,
}

/// Reads the ledgers of all tickets whose clocks touch the period.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    table(at, ask).await?.finish().await
}

/// Replies met and due by the key of their group.
pub async fn replies(at: &Reading, ask: &Ask) -> Result<BTreeMap<String, (i64, i64)>, Fault> {
    let groups = table(at, ask).await?.groups.into_iter();
    Ok(groups.filter(|(_, row)| row.replies > 0).map(|(key, row)| (key, (row.replies_met, row.replies))).collect())
}

async fn table<'a>(at: &'a Reading, ask: &'a Ask) -> Result<Table<'a>, Fault> {
    table_of(at, ask, &Slice::tickets(at)).await
}

/// The figures of the tickets of a slice by the key of their group.
pub(super) async fn groups_of(at: &Reading, ask: &Ask, tickets: &Slice) -> Result<BTreeMap<String, Row>, Fault> {
    Ok(table_of(at, ask, tickets).await?.groups)
}

async fn table_of<'a>(at: &'a Reading, ask: &'a Ask, tickets: &Slice) -> Result<Table<'a>, Fault> {
    let mut table = Table { at, ask, groups: BTreeMap::new(), all: Row::default() };
    for part in touched(at, ask, tickets).await?.chunks(PART) {
        let tickets = Entity::find().filter(Of::Id.is_in(part.iter().copied())).all(&at.db()).await?;
        let keys: Vec<_> = tickets.iter().map(|ticket| (ticket.id, ticket.created_at)).collect();
        let ledgers = Ledger::load_many(at, &keys).await?;
        for (ticket, ledger) in tickets.iter().zip(&ledgers) {
            table.add(ticket, ledger);
        }
    }
    Ok(table)
}

/// Tickets of a slice closed in the period, received until its end and overdue now, or with a clock that ran in it or,
/// being a reply clock, was due in it.
async fn touched(at: &Reading, ask: &Ask, tickets: &Slice) -> Result<Vec<Uuid>, Fault> {
    let (from, to) = (ask.period.starts_at(), ask.period.ends_at());
    let ran = Condition::all()
        .add(clock::Column::StartsAt.lt(to))
        .add(Condition::any().add(clock::Column::StopsAt.is_null()).add(clock::Column::StopsAt.gte(from)));
    let due = Condition::all()
        .add(clock::Column::Name.eq("reply"))
        .add(clock::Column::DueAt.gte(from))
        .add(clock::Column::DueAt.lt(to));
    let closed = Condition::all().add(Of::ClosedAt.gte(from)).add(Of::ClosedAt.lt(to));
    let overdue = Condition::all()
        .add(Of::Status.is_in(Status::OPEN.iter().copied()))
        .add(Of::DueSort.lt(at.now))
        .add(Of::ReceivedAt.lt(to));
    let others =
        Query::select().column(Of::Id).from(Entity).cond_where(Condition::any().add(closed).add(overdue)).to_owned();
    // One set: with `OR` between two PostgreSQL would look into the larger for each ticket.
    let either = Query::select()
        .column(clock::Column::TicketId)
        .from(clock::Entity)
        .cond_where(Condition::any().add(ran).add(due))
        .union(UnionType::Distinct, others)
        .to_owned();
    let touched = Entity::find()
        .select_only()
        .column(Of::Id)
        .filter(tickets.net().condition::<Ticket>(at)?)
        .filter(Of::Id.in_subquery(either));
    Ok(touched.into_tuple().all(&at.db()).await?)
}

impl Table<'_> {
    fn within(&self, at: DateTime<Utc>) -> bool {
        self.ask.period.starts_at() <= at && at < self.ask.period.ends_at()
    }

    fn put(&mut self, key: &str, change: impl Fn(&mut Row)) {
        change(self.groups.entry(key.to_owned()).or_default());
        change(&mut self.all);
    }

    fn add(&mut self, ticket: &Model, ledger: &Ledger) {
        let key = key(ticket, self.ask.by);
        let now = self.at.now;
        let begun = ticket.received_at < self.ask.period.ends_at();
        let overdue = begun && Status::OPEN.contains(&ticket.status) && ticket.due_sort < now;
        let received = self.within(ticket.received_at);
        let resolved = ticket.resolved_at.is_some_and(|at| self.within(at));
        let closed = ticket.status == Status::Closed && ticket.closed_at.is_some_and(|at| self.within(at));
        self.put(&key, |row| {
            row.received += i64::from(received);
            row.resolved += i64::from(resolved);
            row.closed += i64::from(closed);
            row.overdue_open += i64::from(overdue);
        });
        for clock in &ledger.clocks {
            self.clock(&key, clock, ledger);
            self.breaches(&key, clock, ledger);
        }
        let paused = self.paused(ledger);
        self.put(&key, |row| row.paused_seconds += paused);
    }

    /// A clock whose year has no calendar data is in no rate.
    fn clock(&mut self, key: &str, clock: &Clock, ledger: &Ledger) {
        let now = self.at.now;
        let Ok(outcome) = ledger.outcome(clock, now) else { return };
        let Some(target) = clock.targets.last() else { return };
        let stopped = clock.row.void_at.is_none() && clock.row.stops_at.is_some_and(|at| self.within(at));
        match clock.row.name.as_str() {
            "handle" if stopped => {
                let counted = ledger.elapsed(clock, target, now).unwrap_or_default();
                for stay in ledger.dwell(clock, target, now).unwrap_or_default() {
                    let spent = self.charged(key, stay.org_unit_id, stay.staff_id);
                    self.put(&spent, |row| row.dwell_seconds += stay.seconds);
                }
                self.put(key, |row| {
                    row.met += i64::from(outcome == "met");
                    row.missed += i64::from(outcome == "missed");
                    row.handled.push(counted);
                });
            }
            "reply" => {
                let due = ledger.due_at(clock, target, None).ok().flatten();
                if clock.row.void_at.is_none() && due.is_some_and(|due| self.within(due)) {
                    self.put(key, |row| {
                        row.replies += 1;
                        row.replies_met += i64::from(outcome == "met");
                    });
                }
            }
            "stage" if stopped && outcome == "missed" => self.put(key, |row| row.stages_missed += 1),
            _ => {}
        }
    }

    /// A breach is charged to the unit and person of the segment it fell in (TK-R15).
    fn breaches(&mut self, key: &str, clock: &Clock, ledger: &Ledger) {
        for breach in ledger.breaches(clock, self.at.now).unwrap_or_default() {
            let annulled = clock.annulments.iter().any(|annulment| annulment.due_at == breach.due_at);
            if annulled || !self.within(breach.due_at) {
                continue;
            }
            let segment = ledger
                .segments
                .iter()
                .find(|segment| segment.from_at < breach.due_at && segment.to_at.is_none_or(|to| breach.due_at <= to));
            let charged = match segment {
                Some(segment) => self.charged(key, segment.org_unit_id, segment.staff_id),
                None => key.to_owned(),
            };
            self.put(&charged, |row| row.breaches += 1);
        }
    }

    /// Whose figure it is: the unit's or person's that had the case then, else the group's.
    fn charged(&self, key: &str, unit: Option<Uuid>, person: Option<Uuid>) -> String {
        match self.ask.by {
            "org_unit" => written(unit),
            "person" => written(person),
            _ => key.to_owned(),
        }
    }

    /// The seconds of pauses inside the period.
    fn paused(&self, ledger: &Ledger) -> i64 {
        let (from, to) = (self.ask.period.starts_at(), self.ask.period.ends_at().min(self.at.now));
        let paused = ledger.segments.iter().filter(|segment| segment.kind == "paused");
        paused
            .map(|segment| (segment.to_at.unwrap_or(to).min(to) - segment.from_at.max(from)).num_seconds().max(0))
            .sum()
    }

    async fn finish(self) -> Result<Figures, Fault> {
        let by = self.ask.by;
        let names = group::names(self.at, by).await?;
        // An agent's report is about himself, whoever else had his cases.
        let me = own(self.at).filter(|_| by == "person").map(|me| me.to_string());
        let all = Slice::tickets(self.at);
        let shown = self.groups.iter().filter(|(key, _)| me.as_ref().is_none_or(|me| me == *key));
        let rows = shown.map(|(key, row)| {
            // Rows without a key have no list of their own.
            let list = (!key.is_empty()).then(|| if me.is_some() { all.clone() } else { all.with(filter(by), key) });
            row.cells(group::label(&names, key), list.as_ref(), self.ask)
        });
        let rows = rows.collect();
        let totals = self.all.cells(Value::Nothing, Some(&Slice::tickets(self.at)), self.ask);
        Ok(Figures { columns: columns(), rows, totals: Some(totals), ..Figures::default() })
    }
}

/// The key of a ticket in a way of grouping; empty where it has none.
fn key(ticket: &Model, by: &str) -> String {
    match by {
        "category" => group::top(&ticket.category_code).to_owned(),
        "channel" => ticket.channel_code.clone(),
        "kind" => ticket.kind.code().to_owned(),
        SUBJECT => format!("{} {}", ticket.kind.code(), ticket.category_code),
        by => written(ticket.column::<Uuid>(group::id_column(by))),
    }
}

fn written(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// The filter of the list that a way of grouping stands for.
fn filter(by: &str) -> &'static str {
    match by {
        "category" => "category_code",
        "channel" => "channel_code",
        "kind" => "kind",
        by => group::id_column(by),
    }
}
