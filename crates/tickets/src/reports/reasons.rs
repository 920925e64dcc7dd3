//! Reasons as a Pareto table: count, share, cumulative share.

use kernel::fault::Fault;
use kernel::report::{Cell, Value, share};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::{OfTickets, Slice, own};
use super::{count, percent, text};
use crate::catalogue::list;
use crate::pause::{self, TicketPause};
use crate::ticket::Ticket;
use crate::ticket::entity::{Column, Entity};

/// Ranks the reasons of one kind, the most frequent first.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let resolved = Slice::tickets(at).during("resolved_at", ask.period).net();
    let pauses = pauses(at, ask);
    let (mut counts, filter) = match ask.by {
        "pause_reason" => (paused(at, &pauses).await?, None),
        "delay_reason" => (of(at, &resolved, Column::DelayReasonCode).await?, Some("delay_reason_code")),
        _ => (of(at, &resolved, Column::RootCauseCode).await?, Some("root_cause_code")),
    };
    counts.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
    let names = names(at, ask.by).await?;
    let all: i64 = counts.iter().map(|(_, n)| n).sum();
    let mut so_far = 0;
    let rows = counts.iter().map(|(code, n)| {
        so_far += n;
        let name = names.iter().find(|(known, _)| known == code).map_or(code, |(_, name)| name);
        let figure = match filter {
            Some(filter) => resolved.with(filter, code).cell::<Ticket>(*n),
            None => pauses.with("reason_code", code).cell::<TicketPause>(*n),
        };
        vec![code.as_str().into(), name.as_str().into(), figure, share(*n, all).into(), share(so_far, all).into()]
    });
    let rows = rows.collect();
    let columns = vec![
        text("code", "代码", "Code"),
        text("name", "原因", "Reason"),
        count("count", "件数", "Count"),
        percent("share", "占比%", "Share %"),
        percent("cumulative_share", "累计占比%", "Cumulative share %"),
    ];
    let totals =
        vec![Value::Nothing.into(), Value::Nothing.into(), all.into(), share(all, all).into(), Cell::default()];
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

async fn of(at: &Reading, slice: &Slice, column: Column) -> Result<Vec<(String, i64)>, Fault> {
    let rows = Entity::find()
        .select_only()
        .column(column)
        .column_as(Column::Id.count(), "n")
        .filter(slice.condition::<Ticket>(at)?)
        .filter(column.is_not_null())
        .group_by(column);
    Ok(rows.into_tuple().all(&at.db()).await?)
}

/// Pauses that began in the period; of an agent those of the tickets he holds.
fn pauses(at: &Reading, ask: &Ask) -> Slice {
    let pauses = Slice::default().during("started_at", ask.period).with("net", true);
    match own(at) {
        Some(me) => pauses.with("assignee_id", me),
        None => pauses,
    }
}

async fn paused(at: &Reading, pauses: &Slice) -> Result<Vec<(String, i64)>, Fault> {
    use pause::entity::Column as Pause;
    let rows = pause::entity::Entity::find()
        .select_only()
        .column(Pause::ReasonCode)
        .column_as(Pause::Id.count(), "n")
        .filter(pauses.condition::<TicketPause>(at)?)
        .group_by(Pause::ReasonCode);
    Ok(rows.into_tuple().all(&at.db()).await?)
}

async fn names(at: &Reading, list: &str) -> Result<Vec<(String, String)>, Fault> {
    let rows = list::Entity::find()
        .select_only()
        .column(list::Column::Code)
        .column(list::Column::Name)
        .filter(list::Column::List.eq(list));
    Ok(rows.into_tuple().all(&at.db()).await?)
}
