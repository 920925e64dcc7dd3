//! Money of a season (采暖费收缴, HS-12): what was billed, what came in, what is owed and for how long.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::report::column::{count, money, percent, text};
use kernel::report::{Cell, Chart, Shape, share, sum};
use kernel::time::{business_day, end_of_day};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{Condition, ConnectionTrait};
use store::reports::{Ask, Definition, Figures, Slice, Span};
use store::{Reading, Resource};

use super::places::{self, ByStation};
use super::season;
use crate::bill::HeatBill;
use crate::bill::entity as bills;
use crate::household::entity as homes;
use crate::ledger::entity::allocation;
use crate::receipt::entity as receipts;
use crate::refund::entity as refunds;

/// Read by who leads, and by those who keep the money.
const READ: &str = "heating.report:read_fees";

pub(super) const REPORTS: &[Definition] = &[
    Definition {
        name: "heating/fee-collection",
        title_zh: "采暖费收缴",
        title_en: "Collection of fees",
        summary: "Shows what was billed for a season by station, what receipts and credited refunds settled of it by \
                  the day, and the rate: received over billed less credited.",
        permission: READ,
        span: Span::Season,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "station", series: &["billed", "received"] },
        run: |at, ask| Box::pin(collection(at, ask)),
    },
    Definition {
        name: "heating/arrears-aging",
        title_zh: "欠费账龄",
        title_en: "Arrears by age",
        summary: "Shows what is outstanding of a season's bills by station and by days past the due day: not past it, \
                  1–30, 31–90, more than 90.",
        permission: READ,
        span: Span::Season,
        by: &[],
        chart: Chart { shape: Shape::Stacked, label: "station", series: &["days_1_30", "days_31_90", "days_over_90"] },
        run: |at, ask| Box::pin(aging(at, ask)),
    },
];

/// The bills of a season that stood at an instant.
pub(super) fn billed_until(season: Uuid, end: DateTime<Utc>) -> Condition {
    use bills::Column::{IssuedAt, ReversedAt, SeasonId};
    let stands = Condition::any().add(ReversedAt.is_null()).add(ReversedAt.gte(end));
    Condition::all().add(SeasonId.eq(season)).add(IssuedAt.lt(end)).add(stands)
}

fn of_home() -> SimpleExpr {
    Expr::col((homes::Entity, homes::Column::Id)).equals((bills::Entity, bills::Column::HouseholdId))
}

/// Selects the station of each of these bills the caller knows of; a sum follows.
fn of_station(bills: Condition, at: &Reading) -> SelectStatement {
    Query::select()
        .column((homes::Entity, homes::Column::StationId))
        .from(bills::Entity)
        .inner_join(homes::Entity, of_home())
        .cond_where(bills.add(HeatBill::visible(at)))
        .group_by_col((homes::Entity, homes::Column::StationId))
        .to_owned()
}

/// What these bills come to, by station.
pub(super) fn totals(bills: Condition, at: &Reading) -> SelectStatement {
    of_station(bills, at).expr(Expr::cust("CAST(SUM(heat_bill.total_fen) AS BIGINT)")).to_owned()
}

/// What settled these bills before an instant, of the money `of` lets through, by station.
fn settled(bills: Condition, at: &Reading, end: DateTime<Utc>, of: Condition) -> SelectStatement {
    let of_bill =
        Expr::col((allocation::Entity, allocation::Column::BillId)).equals((bills::Entity, bills::Column::Id));
    of_station(bills, at)
        .inner_join(allocation::Entity, of_bill)
        .expr(Expr::cust("CAST(SUM(heat_allocation.amount_fen) AS BIGINT)"))
        .and_where(allocation::Column::CreatedAt.lt(end))
        .cond_where(of)
        .to_owned()
}

/// Runs a selection of stations and sums.
pub(super) async fn by_station(at: &Reading, select: SelectStatement) -> Result<Vec<(Uuid, i64)>, Fault> {
    let rows = at.db().query_all(&select).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

fn receipts() -> Condition {
    let all = Query::select().column(receipts::Column::Id).from(receipts::Entity).to_owned();
    Condition::all().add(allocation::Column::SourceId.in_subquery(all))
}

fn credits() -> Condition {
    let all = Query::select().column(refunds::Column::Id).from(refunds::Entity).to_owned();
    Condition::all().add(allocation::Column::SourceId.in_subquery(all))
}

#[derive(Clone, Copy, Default)]
struct Money {
    bills: i64,
    billed: i64,
    received: i64,
    credited: i64,
}

impl Money {
    fn add(&mut self, other: &Self) {
        self.bills += other.bills;
        self.billed += other.billed;
        self.received += other.received;
        self.credited += other.credited;
    }
    fn cells(&self, list: Option<&Slice>) -> Vec<Cell> {
        vec![
            Slice::open::<HeatBill>(list, self.bills, Slice::clone),
            Slice::open::<HeatBill>(list, sum::money(self.billed), Slice::clone),
            sum::money(self.received).into(),
            sum::money(self.credited).into(),
            sum::money(self.billed - self.received - self.credited).into(),
            share(self.received, self.billed - self.credited).into(),
        ]
    }
}

/// The list of a season's issued bills, where it shows the day asked for: it knows only the present.
fn present(at: &Reading, ask: &Ask, season: Uuid) -> Option<Slice> {
    let now = ask.as_of >= business_day(at.now);
    now.then(|| Slice::default().with("season", season).with("status", bills::Status::Issued.code()))
}

async fn collection(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let season = season(at, ask).await?;
    let end = end_of_day(ask.as_of);
    let bills = || billed_until(season.id, end);
    let mut counted: ByStation<Money> = ByStation::new();
    let number = of_station(bills(), at).expr(Expr::cust("COUNT(*)")).to_owned();
    for (station, n) in by_station(at, number).await? {
        counted.entry(Some(station)).or_default().bills += n;
    }
    for (station, fen) in by_station(at, totals(bills(), at)).await? {
        counted.entry(Some(station)).or_default().billed += fen;
    }
    for (station, fen) in by_station(at, settled(bills(), at, end, receipts())).await? {
        counted.entry(Some(station)).or_default().received += fen;
    }
    for (station, fen) in by_station(at, settled(bills(), at, end, credits())).await? {
        counted.entry(Some(station)).or_default().credited += fen;
    }
    let mut all = Money::default();
    counted.values().for_each(|row| all.add(row));
    let list = present(at, ask, season.id);
    let of = |station: Option<Uuid>, row: &Money| row.cells(narrowed(list.as_ref(), station).as_ref());
    let rows = places::rows(at, counted, of).await?;
    let mut totals = vec![Cell::default()];
    totals.extend(all.cells(list.as_ref()));
    let columns = vec![
        text("station", "所站", "Station"),
        count("bills", "账单", "Bills"),
        money("billed", "应收", "Billed"),
        money("received", "实收", "Received"),
        money("credited", "退费抵账", "Credited"),
        money("outstanding", "未收", "Outstanding"),
        percent("rate", "收费率%", "Rate %"),
    ];
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

fn narrowed(list: Option<&Slice>, station: Option<Uuid>) -> Option<Slice> {
    list.zip(station).map(|(list, station)| list.with("station_id", station))
}

/// The ages of what is owed, in days past the due day: key, headings, first and last day.
const AGES: [(&str, &str, &str, i64, i64); 4] = [
    ("not_overdue", "未逾期", "Not overdue", i64::MIN, 0),
    ("days_1_30", "逾期1–30天", "1–30 days", 1, 30),
    ("days_31_90", "逾期31–90天", "31–90 days", 31, 90),
    ("days_over_90", "逾期90天以上", "More than 90 days", 91, i64::MAX),
];

/// Where an age stands.
fn age(days: i64) -> usize {
    AGES.iter().position(|(_, _, _, first, last)| (*first..=*last).contains(&days)).unwrap_or_default()
}

/// Adds what a selection by station and due day comes to, by age.
async fn add_by_age(
    at: &Reading,
    select: SelectStatement,
    as_of: NaiveDate,
    sign: i64,
    counted: &mut ByStation<[i64; AGES.len()]>,
) -> Result<(), Fault> {
    let by_due_day = select
        .clone()
        .column((bills::Entity, bills::Column::DueOn))
        .group_by_col((bills::Entity, bills::Column::DueOn))
        .to_owned();
    for row in at.db().query_all(&by_due_day).await? {
        let station: Uuid = row.try_get_by_index(0)?;
        let (fen, due_on): (i64, NaiveDate) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        counted.entry(Some(station)).or_default()[age((as_of - due_on).num_days())] += sign * fen;
    }
    Ok(())
}

async fn aging(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let season = season(at, ask).await?;
    let end = end_of_day(ask.as_of);
    // A bill below zero is money, and nothing that is owed.
    let bills = || billed_until(season.id, end).add(bills::Column::TotalFen.gt(0));
    let mut counted: ByStation<[i64; AGES.len()]> = ByStation::new();
    add_by_age(at, totals(bills(), at), ask.as_of, 1, &mut counted).await?;
    add_by_age(at, settled(bills(), at, end, Condition::all()), ask.as_of, -1, &mut counted).await?;
    counted.retain(|_, row| row.iter().any(|fen| *fen != 0));
    let mut all = [0; AGES.len()];
    for row in counted.values() {
        all.iter_mut().zip(row).for_each(|(sum, fen)| *sum += fen);
    }
    let list = present(at, ask, season.id).map(|list| list.with("overdue", true));
    let of = |station: Option<Uuid>, row: &[i64; AGES.len()]| aged(row, narrowed(list.as_ref(), station).as_ref(), ask);
    let rows = places::rows(at, counted, of).await?;
    let mut totals = vec![Cell::default()];
    totals.extend(aged(&all, list.as_ref(), ask));
    let mut columns = vec![text("station", "所站", "Station")];
    columns.extend(AGES.iter().map(|(key, zh, en, ..)| money(key, zh, en)));
    columns.push(money("overdue", "逾期合计", "Overdue"));
    columns.push(money("outstanding", "未收合计", "Outstanding"));
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

/// The day so many days before another; none where that is no day.
fn days_before(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    day.checked_sub_signed(TimeDelta::try_days(days)?)
}

fn aged(row: &[i64; AGES.len()], list: Option<&Slice>, ask: &Ask) -> Vec<Cell> {
    let mut cells: Vec<Cell> = vec![sum::money(row[0]).into()];
    for ((_, _, _, first, last), fen) in AGES.iter().zip(row).skip(1) {
        cells.push(Slice::open::<HeatBill>(list, sum::money(*fen), |list| {
            let list = match days_before(ask.as_of, first - 1) {
                Some(below) => list.with("due_on_lt", below),
                None => list.clone(),
            };
            match days_before(ask.as_of, *last) {
                Some(from) => list.with("due_on_gte", from),
                None => list,
            }
        }));
    }
    cells.push(Slice::open::<HeatBill>(list, sum::money(row[1..].iter().sum()), Slice::clone));
    cells.push(sum::money(row.iter().sum()).into());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_due_day_itself_is_not_overdue() {
        for (days, key) in [
            (-10, "not_overdue"),
            (0, "not_overdue"),
            (1, "days_1_30"),
            (30, "days_1_30"),
            (31, "days_31_90"),
            (90, "days_31_90"),
            (91, "days_over_90"),
        ] {
            assert_eq!(AGES[age(days)].0, key, "{days}");
        }
    }
}
