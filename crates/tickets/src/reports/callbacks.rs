//! Callbacks due in the period (TK-R24, TK-R39).

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::report::{Cell, Period, Value, share};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::{Slice, own};
use super::{count, group, percent, text};
use crate::callback::Callback;
use crate::callback::entity::{Entity, Model, Outcome, Status};
use crate::ticket::entity::{Column as Ticket, Entity as Tickets};

#[derive(Clone, Copy, Default)]
struct Row {
    due: i64,
    in_time: i64,
    attempts: i64,
    satisfied: i64,
    not_satisfied: i64,
    declined: i64,
    unreachable: i64,
    waived: i64,
    proxy: i64,
    /// Of satisfied and not satisfied: what others said for the customer.
    proxy_satisfied: i64,
    proxy_asked: i64,
}

/// All but the void ones: nobody needs to call any more.
pub const ALIVE: &str = "pending,done,waived";

/// The callbacks due in a period of tickets that count in rates; of an agent those he made.
pub fn due(at: &Reading, period: Period) -> Slice {
    let due = Slice::default().during("due_at", period).with("net", true);
    match own(at) {
        Some(me) => due.with("caller_id", me),
        None => due,
    }
}

/// Counts by who called, or by the unit that answered for the case.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = due(at, ask.period);
    let callbacks = Entity::find().filter(slice.with("status", ALIVE).condition::<Callback>(at)?).all(&at.db()).await?;
    let units = match ask.by {
        "org_unit" => places(at, &callbacks, Ticket::ResponsibleOrgUnitId).await?,
        _ => BTreeMap::new(),
    };
    let mut groups: BTreeMap<Option<Uuid>, Row> = BTreeMap::new();
    let mut all = Row::default();
    for callback in &callbacks {
        let key = match ask.by {
            "org_unit" => units.get(&callback.ticket_id).copied().flatten(),
            _ => callback.caller_id,
        };
        groups.entry(key).or_default().add(callback);
        all.add(callback);
    }
    let names = group::names(at, ask.by).await?;
    let filter = if ask.by == "org_unit" { "responsible_org_unit_id" } else { "caller_id" };
    let mut rows = Vec::new();
    for (key, row) in &groups {
        let label = key.map_or(Value::Nothing, |key| group::label(&names, &key.to_string()));
        // An agent's rows are narrowed to himself already.
        let list = key.map(|key| if slice.names(filter) { slice.clone() } else { slice.with(filter, key) });
        rows.push(cells(label, row, list.as_ref()));
    }
    let columns = vec![
        text("group", "人员/单位", "Group"),
        count("due", "应回访", "Due"),
        count("in_time", "按时完成", "In time"),
        count("attempts", "拨打次数", "Attempts"),
        count("satisfied", "满意", "Satisfied"),
        count("not_satisfied", "不满意", "Not satisfied"),
        count("declined", "拒绝", "Declined"),
        count("unreachable", "无法联系", "Unreachable"),
        count("waived", "免回访", "Waived"),
        count("proxy", "他人代答", "Answered by others"),
        percent("satisfaction", "满意率%", "Satisfaction %"),
        percent("proxy_satisfaction", "代答满意率%", "Satisfaction by others %"),
        count("reopened", "回访后重办", "Reopened"),
    ];
    Ok(Figures { columns, rows, totals: Some(cells(Value::Nothing, &all, Some(&slice))), ..Figures::default() })
}

/// Satisfied and asked by the station or project of the ticket.
pub async fn content(at: &Reading, ask: &Ask) -> Result<BTreeMap<String, (i64, i64)>, Fault> {
    let said = due(at, ask.period).with("status", ALIVE).with("outcome", "satisfied,not_satisfied");
    let callbacks = Entity::find().filter(said.condition::<Callback>(at)?).all(&at.db()).await?;
    let column = if ask.by == "project" { Ticket::ProjectId } else { Ticket::StationOrgUnitId };
    let places = places(at, &callbacks, column).await?;
    let mut groups: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for callback in &callbacks {
        let key = places.get(&callback.ticket_id).copied().flatten().map(|id| id.to_string()).unwrap_or_default();
        let (satisfied, asked) = groups.entry(key).or_default();
        *asked += 1;
        *satisfied += i64::from(callback.outcome == Some(Outcome::Satisfied));
    }
    Ok(groups)
}

impl Row {
    fn add(&mut self, callback: &Model) {
        self.due += 1;
        self.in_time += i64::from(callback.completed_at.is_some_and(|at| at <= callback.due_at));
        let attempts: Vec<serde_json::Value> = serde_json::from_str(&callback.attempts).unwrap_or_default();
        self.attempts += i64::try_from(attempts.len()).unwrap_or_default();
        self.waived += i64::from(callback.status == Status::Waived);
        self.proxy += i64::from(callback.proxy);
        match callback.outcome {
            Some(Outcome::Satisfied) => self.satisfied += 1,
            Some(Outcome::NotSatisfied) => self.not_satisfied += 1,
            Some(Outcome::Declined) => self.declined += 1,
            Some(Outcome::Unreachable) => self.unreachable += 1,
            None => {}
        }
        if let (true, Some(outcome @ (Outcome::Satisfied | Outcome::NotSatisfied))) = (callback.proxy, callback.outcome)
        {
            self.proxy_asked += 1;
            self.proxy_satisfied += i64::from(outcome == Outcome::Satisfied);
        }
    }
}

fn cells(label: Value, row: &Row, slice: Option<&Slice>) -> Vec<Cell> {
    let alive = slice.map(|slice| slice.with("status", ALIVE));
    let open = |value: i64, name: &str, code: &str| {
        Slice::open::<Callback>(alive.as_ref(), value, |slice| slice.with(name, code))
    };
    vec![
        label.into(),
        Slice::open::<Callback>(alive.as_ref(), row.due, Slice::clone),
        open(row.in_time, "in_time", "true"),
        row.attempts.into(),
        open(row.satisfied, "outcome", "satisfied"),
        open(row.not_satisfied, "outcome", "not_satisfied"),
        open(row.declined, "outcome", "declined"),
        open(row.unreachable, "outcome", "unreachable"),
        Slice::open::<Callback>(slice, row.waived, |slice| slice.with("status", "waived")),
        open(row.proxy, "proxy", "true"),
        share(row.satisfied, row.satisfied + row.not_satisfied).into(),
        share(row.proxy_satisfied, row.proxy_asked).into(),
        // Who is not satisfied has his case reopened at once.
        open(row.not_satisfied, "outcome", "not_satisfied"),
    ]
}

/// Where each ticket lies, by a column of its row.
async fn places(at: &Reading, callbacks: &[Model], column: Ticket) -> Result<BTreeMap<Uuid, Option<Uuid>>, Fault> {
    let mut units = BTreeMap::new();
    for part in callbacks.chunks(500) {
        let rows: Vec<(Uuid, Option<Uuid>)> = Tickets::find()
            .select_only()
            .columns([Ticket::Id, column])
            .filter(Ticket::Id.is_in(part.iter().map(|callback| callback.ticket_id)))
            .into_tuple()
            .all(&at.db())
            .await?;
        units.extend(rows);
    }
    Ok(units)
}
