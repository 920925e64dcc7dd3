//! Monthly statistics: kind × top category, gross and net, against earlier periods.

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::report::{Cell, Period, share};
use kernel::time::add_months_clamped;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::{OfTickets, Slice};
use super::{count, group, percent, text};
use crate::catalogue::Kind;
use crate::ticket::Ticket;
use crate::ticket::entity::{Column, Entity, Status};

#[derive(Clone, Copy, Default)]
struct Row {
    gross: i64,
    merged: i64,
    withdrawn: i64,
    out_of_scope: i64,
    reopened: i64,
}

impl Row {
    fn net(&self) -> i64 {
        self.gross - self.merged - self.withdrawn - self.out_of_scope
    }
    fn add(&mut self, status: Status, tickets: i64, reopened: i64) {
        self.gross += tickets;
        match status {
            Status::Merged => self.merged += tickets,
            Status::Withdrawn => self.withdrawn += tickets,
            Status::OutOfScope => self.out_of_scope += tickets,
            _ => self.reopened += reopened,
        }
    }
}

type Table = BTreeMap<(&'static str, String), Row>;

/// Counts tickets received in the period and in the two it is compared with.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let now = table(at, ask.period).await?;
    let before = table(at, shifted(ask.period, -1)).await?;
    let last_year = table(at, shifted(ask.period, -12)).await?;
    let (kinds, categories) = (group::names(at, "kind").await?, group::names(at, "category").await?);
    let mut keys: Vec<_> = now.keys().chain(before.keys()).chain(last_year.keys()).collect();
    keys.sort();
    keys.dedup();
    let received = Slice::tickets(at).during("received_at", ask.period);
    let earlier = [-1, -12].map(|months| Slice::tickets(at).during("received_at", shifted(ask.period, months)).net());
    let net_before = |table: &Table, key| table.get(key).map_or(0, Row::net);
    let mut rows = Vec::new();
    let mut sum = (Row::default(), 0, 0);
    for key @ (kind, category) in keys {
        let row = now.get(key).copied().unwrap_or_default();
        let narrow = |slice: &Slice| slice.with("kind", kind).with("category_code", category);
        let then = earlier.each_ref().map(narrow);
        let (a, b) = (net_before(&before, key), net_before(&last_year, key));
        let mut cells: Vec<Cell> = vec![
            kinds.get(*kind).map_or(*kind, String::as_str).into(),
            category.as_str().into(),
            categories.get(category).map_or(category.as_str(), String::as_str).into(),
        ];
        cells.extend(counted(&row, &narrow(&received), [(&then[0], a), (&then[1], b)]));
        rows.push(cells);
        sum.0.gross += row.gross;
        sum.0.merged += row.merged;
        sum.0.withdrawn += row.withdrawn;
        sum.0.out_of_scope += row.out_of_scope;
        sum.0.reopened += row.reopened;
        sum.1 += a;
        sum.2 += b;
    }
    let mut totals = vec![Cell::default(), Cell::default(), Cell::default()];
    totals.extend(counted(&sum.0, &received, [(&earlier[0], sum.1), (&earlier[1], sum.2)]));
    let columns = vec![
        text("kind", "类型", "Kind"),
        text("category_code", "类别代码", "Category code"),
        text("category", "类别", "Category"),
        count("gross", "受理", "Gross"),
        count("merged", "合并", "Merged"),
        count("withdrawn", "撤回", "Withdrawn"),
        count("out_of_scope", "不予受理", "Out of scope"),
        count("net", "净量", "Net"),
        percent("reopen_rate", "重开率%", "Reopen rate %"),
        count("month_before", "上期净量", "Month before, net"),
        count("same_month_last_year", "去年同期净量", "Same month last year, net"),
    ];
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

fn counted(row: &Row, slice: &Slice, earlier: [(&Slice, i64); 2]) -> Vec<Cell> {
    let ended = |status: &str, value: i64| slice.with("status", status).cell::<Ticket>(value);
    let mut cells = vec![
        slice.cell::<Ticket>(row.gross),
        ended("merged", row.merged),
        ended("withdrawn", row.withdrawn),
        ended("out_of_scope", row.out_of_scope),
        slice.net().cell::<Ticket>(row.net()),
        share(row.reopened, row.net()).into(),
    ];
    cells.extend(earlier.map(|(then, net)| then.cell::<Ticket>(net)));
    cells
}

/// The same stretch so many months away; a whole month stays a whole month.
fn shifted(period: Period, months: i32) -> Period {
    let whole = period.to.succ_opt().is_some_and(|next| add_months_clamped(period.from, 1) == next);
    let from = add_months_clamped(period.from, months);
    let to = match whole {
        true => add_months_clamped(period.from, months + 1).pred_opt(),
        false => Some(add_months_clamped(period.to, months)),
    };
    Period { from, to: to.unwrap_or(from) }
}

async fn table(at: &Reading, period: Period) -> Result<Table, Fault> {
    let slice = Slice::tickets(at).during("received_at", period);
    let rows: Vec<(Kind, String, Status, i64, i64)> = Entity::find()
        .select_only()
        .column(Column::Kind)
        .column(Column::CategoryCode)
        .column(Column::Status)
        .column_as(Column::Id.count(), "tickets")
        .expr_as(Expr::cust("SUM(CASE WHEN reopen_count > 0 THEN 1 ELSE 0 END)"), "reopened")
        .filter(slice.condition::<Ticket>(at)?)
        .group_by(Column::Kind)
        .group_by(Column::CategoryCode)
        .group_by(Column::Status)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut table = Table::new();
    for (kind, category, status, tickets, reopened) in rows {
        let key = (kind.code(), group::top(&category).to_owned());
        table.entry(key).or_default().add(status, tickets, reopened);
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_are_compared_with_whole_months() {
        let day = |text: &str| text.parse().unwrap();
        let period = |from: &str, to: &str| Period { from: day(from), to: day(to) };
        for (now, months, then) in [
            (("2026-03-01", "2026-03-31"), -1, ("2026-02-01", "2026-02-28")),
            (("2024-02-01", "2024-02-29"), -12, ("2023-02-01", "2023-02-28")),
            (("2026-03-10", "2026-03-16"), -1, ("2026-02-10", "2026-02-16")),
        ] {
            assert_eq!(shifted(period(now.0, now.1), months), period(then.0, then.1));
        }
    }
}
