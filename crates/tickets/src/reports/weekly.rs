//! The desk's week: taken in, led, answered, called back – beside the week before (受理督办反馈回访).

use chrono::Days;
use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::report::{Cell, Column, ColumnKind, Period};
use kernel::time::business_day;
use store::Reading;
use store::reports::{Ask, Figures};
use submissions::due::Cadence;

use super::slice::{OfTickets, Slice};
use super::{callbacks, count, quality_monitoring, text, timeliness, total};
use crate::callback::Callback;
use crate::supervision::Supervision;
use crate::ticket::Ticket;

/// Days of a week.
const WEEK: i64 = 7;

/// Counts the week asked for and the one before; of a longer period its last week.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let week = match (ask.period.to - ask.period.from).num_days() < WEEK {
        true => ask.period,
        false => Cadence::Week.around(Ord::min(ask.period.to, business_day(at.now))),
    };
    let before = Period { from: week.from - Days::new(7), to: week.to - Days::new(7) };
    let zh = at.lang() == Lang::Zh;
    let rows = vec![
        row(at, if zh { "本周" } else { "this week" }, week).await?,
        row(at, if zh { "上周" } else { "last week" }, before).await?,
    ];
    let columns = vec![
        text("week", "周次", "Week"),
        text("days", "日期", "Days"),
        count("received", "受理", "Received"),
        count("handled", "办结", "Handled"),
        count("supervisions_issued", "督办", "Supervisions"),
        count("supervisions_in_time", "按时回复督办", "Answered in time"),
        count("replies_due", "应答复", "Replies due"),
        count("replies_on_time", "按时答复", "Replies on time"),
        count("callbacks_due", "应回访", "Callbacks due"),
        count("callbacks_done", "已回访", "Callbacks done"),
        count("satisfied", "满意", "Satisfied"),
        count("reopened", "回访后重办", "Reopened"),
        count("monitored", "监听通数", "Calls monitored"),
        Column::new("mean_total", "监听平均分", "Mean of the monitored", ColumnKind::Number),
    ];
    Ok(Figures { columns, rows, totals: None, ..Figures::default() })
}

async fn row(at: &Reading, label: &str, week: Period) -> Result<Vec<Cell>, Fault> {
    let clocks = timeliness::figures(at, &Ask::of(week, "kind")).await?;
    let called = callbacks::figures(at, &Ask::of(week, "person")).await?;
    let heard = quality_monitoring::figures(at, &Ask::of(week, "agent")).await?;
    let due = callbacks::due(at, week);
    let issued = Slice::default().during("created_at", week);
    Ok(vec![
        label.into(),
        format!("{} … {}", week.from, week.to).into(),
        Slice::tickets(at).during("received_at", week).net().count::<Ticket>(at).await?,
        Slice::tickets(at).during("resolved_at", week).net().count::<Ticket>(at).await?,
        issued.count::<Supervision>(at).await?,
        issued.with("answered_in_time", true).count::<Supervision>(at).await?,
        total(&clocks, "replies_due"),
        total(&clocks, "replies_met"),
        total(&called, "due"),
        due.with("status", "done,waived").count::<Callback>(at).await?,
        total(&called, "satisfied"),
        total(&called, "reopened"),
        total(&heard, "calls"),
        total(&heard, "mean_total"),
    ])
}
