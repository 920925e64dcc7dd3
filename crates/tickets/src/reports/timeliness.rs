//! How promises were kept: computed from the ledger itself, ticket by ticket (TK-R09…R12, TK-R39).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use kernel::report::{Cell, Value, share};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::Reading;
use store::reports::{Ask, Figures};
use store::resource::Row as _;

use super::slice::Slice;
use super::{count, group, percent, seconds, text};
use crate::clock::entity::{clock, target};
use crate::clock::ledger::{Clock, Ledger};
use crate::ticket::Ticket;
use crate::ticket::entity::{Column, Entity, Model, Status};

/// Tickets read at once.
const PART: u64 = 500;

#[derive(Clone, Default)]
struct Row {
    received: i64,
    resolved: i64,
    met: i64,
    missed: i64,
    overdue_open: i64,
    /// Counted seconds of each handling clock stopped in the period.
    handled: Vec<i64>,
    replies: i64,
    replies_met: i64,
    stages_missed: i64,
    paused_seconds: i64,
    breaches: i64,
}

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
    let mut table = Table { at, ask, groups: BTreeMap::new(), all: Row::default() };
    let touched = touched(at, ask).await?;
    let mut last: Option<Uuid> = None;
    loop {
        let mut select = Entity::find().filter(touched.clone()).order_by_asc(Column::Id).limit(PART);
        if let Some(last) = last {
            select = select.filter(Column::Id.gt(last));
        }
        let tickets = select.all(&at.db()).await?;
        let Some(end) = tickets.last().map(|ticket| ticket.id) else { break };
        last = Some(end);
        let keys: Vec<_> = tickets.iter().map(|ticket| (ticket.id, ticket.created_at)).collect();
        let ledgers = Ledger::load_many(at, &keys).await?;
        for (ticket, ledger) in tickets.iter().zip(&ledgers) {
            table.add(ticket, ledger);
        }
    }
    Ok(table)
}

/// Tickets received in the period or with a clock that ran in it or, being a reply clock, may be due in it.
async fn touched(at: &Reading, ask: &Ask) -> Result<Condition, Fault> {
    let longest: Option<Option<i64>> = target::Entity::find()
        .select_only()
        .column_as(target::Column::Seconds.max(), "longest")
        .into_tuple()
        .one(&at.db())
        .await?;
    let reach = chrono::TimeDelta::seconds(longest.flatten().unwrap_or_default());
    let clocks = Query::select()
        .column(clock::Column::TicketId)
        .from(clock::Entity)
        .cond_where(
            Condition::all().add(clock::Column::StartsAt.lt(ask.period.ends_at())).add(
                Condition::any()
                    .add(clock::Column::StopsAt.is_null())
                    .add(clock::Column::StopsAt.gte(ask.period.starts_at() - reach)),
            ),
        )
        .to_owned();
    Ok(Slice::tickets(at).net().condition::<Ticket>(at)?.add(Column::Id.in_subquery(clocks)))
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
        let overdue = Status::OPEN.contains(&ticket.status) && ticket.due_sort < now;
        let received = self.within(ticket.received_at);
        let resolved = ticket.resolved_at.is_some_and(|at| self.within(at));
        self.put(&key, |row| {
            row.received += i64::from(received);
            row.resolved += i64::from(resolved);
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
            let charged = match (self.ask.by, segment) {
                ("org_unit", Some(segment)) => written(segment.org_unit_id),
                ("person", Some(segment)) => written(segment.staff_id),
                _ => key.to_owned(),
            };
            self.put(&charged, |row| row.breaches += 1);
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
        let rows = self.groups.iter().map(|(key, row)| {
            let label = match key.as_str() {
                "" => Value::Nothing,
                key => Value::Text(names.get(key).cloned().unwrap_or_else(|| key.to_owned())),
            };
            // Rows without a key have no list of their own.
            let slice = (!key.is_empty()).then(|| Slice::tickets(self.at).with(filter(by), key));
            cells(label, row, slice.as_ref(), self.ask)
        });
        let rows = rows.collect();
        let totals = cells(Value::Nothing, &self.all, Some(&Slice::tickets(self.at)), self.ask);
        let columns = vec![
            text("group", "分组", "Group"),
            count("received", "受理", "Received"),
            count("resolved", "解决", "Resolved"),
            count("met", "达标", "Met"),
            count("missed", "超时", "Missed"),
            percent("sla_rate", "及时率%", "Met %"),
            count("overdue_open", "在办超时", "Open and overdue"),
            seconds("handling_p50_seconds", "处理时长中位数(秒)", "Handling p50, s"),
            seconds("handling_p90_seconds", "处理时长P90(秒)", "Handling p90, s"),
            count("replies_due", "应答复", "Replies due"),
            count("replies_met", "按时答复", "Replies on time"),
            percent("timely_reply_rate", "答复及时率%", "Timely replies %"),
            count("stages_missed", "环节超时", "Stages missed"),
            seconds("paused_seconds", "暂停时长(秒)", "Paused, s"),
            count("breaches", "归责超时", "Breaches charged"),
        ];
        Ok(Figures { columns, rows, totals: Some(totals) })
    }
}

/// The key of a ticket in a way of grouping; empty where it has none.
fn key(ticket: &Model, by: &str) -> String {
    match by {
        "category" => group::top(&ticket.category_code).to_owned(),
        "channel" => ticket.channel_code.clone(),
        "kind" => ticket.kind.code().to_owned(),
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

fn cells(label: Value, row: &Row, slice: Option<&Slice>, ask: &Ask) -> Vec<Cell> {
    let mut handled = row.handled.clone();
    handled.sort_unstable();
    vec![
        label.into(),
        Slice::open::<Ticket>(slice, row.received, |slice| slice.during("received_at", ask.period).net()),
        Slice::open::<Ticket>(slice, row.resolved, |slice| slice.during("resolved_at", ask.period).net()),
        row.met.into(),
        row.missed.into(),
        share(row.met, row.met + row.missed).into(),
        Slice::open::<Ticket>(slice, row.overdue_open, |slice| slice.with("overdue", "true")),
        percentile(&handled, 50).into(),
        percentile(&handled, 90).into(),
        row.replies.into(),
        row.replies_met.into(),
        share(row.replies_met, row.replies).into(),
        row.stages_missed.into(),
        Value::Seconds(row.paused_seconds).into(),
        row.breaches.into(),
    ]
}

/// The smallest figure that at least so many percent do not exceed.
fn percentile(sorted: &[i64], percent: usize) -> Value {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or(Value::Nothing, |seconds| Value::Seconds(*seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_figures_that_occurred() {
        let ten: Vec<i64> = (1..=10).collect();
        assert_eq!(percentile(&ten, 50), Value::Seconds(5));
        assert_eq!(percentile(&ten, 90), Value::Seconds(9));
        assert_eq!(percentile(&[7], 90), Value::Seconds(7));
        assert_eq!(percentile(&[], 50), Value::Nothing);
    }
}
