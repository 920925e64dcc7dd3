//! The desk's week: taken in, led, answered, called back – beside the week before (受理督办反馈回访).

use chrono::Days;
use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::report::{Cell, Period};
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use store::Reading;
use store::reports::{Ask, Figures};
use submissions::due::Cadence;

use super::slice::Slice;
use super::{callbacks, count, text, timeliness, total};
use crate::callback::Callback;
use crate::supervision::Supervision;
use crate::supervision::entity::{Column, Entity};
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
    ];
    Ok(Figures { columns, rows, totals: None })
}

async fn row(at: &Reading, label: &str, week: Period) -> Result<Vec<Cell>, Fault> {
    let clocks = timeliness::figures(at, &Ask { period: week, by: "kind" }).await?;
    let calls = callbacks::figures(at, &Ask { period: week, by: "person" }).await?;
    let due = Slice::default().during("due_at", week);
    Ok(vec![
        label.into(),
        format!("{} … {}", week.from, week.to).into(),
        Slice::tickets(at).during("received_at", week).net().count::<Ticket>(at).await?,
        Slice::tickets(at).during("resolved_at", week).net().count::<Ticket>(at).await?,
        Slice::default().during("created_at", week).count::<Supervision>(at).await?,
        answered_in_time(at, week).await?.into(),
        total(&clocks, "replies_due"),
        total(&clocks, "replies_met"),
        total(&calls, "due"),
        due.with("status", "done,waived").count::<Callback>(at).await?,
        due.with("outcome", "satisfied").count::<Callback>(at).await?,
        due.with("outcome", "not_satisfied").count::<Callback>(at).await?,
    ])
}

/// Accounts asked for in the week that were given by their limit.
async fn answered_in_time(at: &Reading, week: Period) -> Result<i64, Fault> {
    let issued = Slice::default().during("created_at", week).condition::<Supervision>(at)?;
    let in_time = Expr::col(Column::AnsweredAt).lte(Expr::col(Column::AnswerDueAt));
    let n =
        Entity::find().filter(issued).filter(Column::AnsweredAt.is_not_null()).filter(in_time).count(&at.db()).await?;
    Ok(i64::try_from(n).unwrap_or(i64::MAX))
}
