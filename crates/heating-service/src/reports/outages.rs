//! The outages of a season or year (HS-R20, R21, R23): each with its levels and delays, and their sums by month.

use std::collections::{BTreeMap, HashMap};

use kernel::fault::Fault;
use kernel::report::column::{count, instant, percent, text};
use kernel::report::{Cell, Chart, Column, Period, Shape, Value, share};
use kernel::time::{Month, Timestamp, business_day};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::reports::{Ask, BY_YEAR, Definition, Figures, Slice, Span};
use store::{Reading, Resource};

use super::{READ, season};
use crate::outage::area::Area;
use crate::outage::entity::{CauseClass, Column as Of, Entity, Kind, Model, Status};
use crate::outage::{Outage, levels};
use crate::refund::computing::limits;
use crate::refund::stoppage::{self, Cut};
use crate::station::entity as stations;
use crate::temperature::entity::Liability;

/// The days covered: of the season, or of the calendar year – the one named, else that of the last day that counts.
const BY: &[&str] = &["season", BY_YEAR];

pub(super) const REPORTS: &[Definition] = &[
    Definition {
        name: "heating/outages",
        title_zh: "停缓供台账",
        title_en: "Outages",
        summary: "Lists the outages of the season, or of a calendar `year` up to the day: stations, cause, \
                  duration, when each level was told and by how many minutes too late, notice, households, status.",
        permission: READ,
        span: Span::SeasonOrYear,
        by: BY,
        chart: Chart { shape: Shape::Bars, label: "number", series: &["minutes", "affected"] },
        run: |at, ask| Box::pin(list(at, ask)),
    },
    Definition {
        name: "heating/outage-summary",
        title_zh: "停缓供汇总",
        title_en: "Outage summary",
        summary: "Counts the outages of the season by month, or of a calendar `year` up to the day: \
                  external and internal with their shares, mean minutes to restore, households, days refunded.",
        permission: READ,
        span: Span::SeasonOrYear,
        by: BY,
        chart: Chart { shape: Shape::Stacked, label: "month", series: &["external", "internal"] },
        run: |at, ask| Box::pin(summary(at, ask)),
    },
];

async fn period(at: &Reading, ask: &Ask) -> Result<Period, Fault> {
    if ask.by == BY_YEAR {
        return Ok(ask.period);
    }
    let season = season(at, ask).await?;
    Ok(Period { from: season.starts_on, to: ask.as_of.min(season.ends_on) })
}

/// Those that count: a cancelled one was none.
fn begun(days: Period) -> Slice {
    let counted = [Status::Open, Status::Restored, Status::Reviewed].map(Status::code).join(",");
    Slice::default().during("started_at", days).with("status", counted)
}

async fn rows(at: &Reading, slice: &Slice) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(slice.condition::<Outage>(at)?).order_by_asc(Of::StartedAt);
    Ok(rows.order_by_asc(Of::Id).all(&at.db()).await?)
}

fn minutes(row: &Model) -> Option<i64> {
    row.restored_at.map(|end| (end - row.started_at).num_minutes())
}

async fn list(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = begun(period(at, ask).await?);
    let found = rows(at, &slice).await?;
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    let areas = Area::of(at, &ids).await?;
    let named = stations::Entity::find().all(&at.db()).await?;
    let names: HashMap<Uuid, String> = named.into_iter().map(|row| (row.id, row.name)).collect();
    let mut lines = Vec::with_capacity(found.len());
    for row in &found {
        let reached = areas.get(&row.id).map(|(_, reached)| reached.as_slice()).unwrap_or_default();
        let places: Vec<&str> = reached.iter().filter_map(|id| names.get(id).map(String::as_str)).collect();
        lines.push(line(at, row, places.join("、")).await?);
    }
    let columns = vec![
        text("number", "编号", "Number"),
        text("stations", "站", "Stations"),
        text("kind", "类型", "Kind"),
        text("cause", "原因", "Cause"),
        text("cause_class", "内外因", "Cause class"),
        instant("started_at", "开始", "Began"),
        instant("restored_at", "恢复", "Restored"),
        count("minutes", "时长(分)", "Minutes"),
        instant("station_at", "站知悉", "Station"),
        instant("branch_at", "报分公司", "Branch told"),
        count("branch_delay_minutes", "迟报分公司(分)", "Branch told late by"),
        instant("company_at", "报公司", "Company told"),
        count("company_delay_minutes", "迟报公司(分)", "Company told late by"),
        instant("acknowledged_at", "公司确认", "Acknowledged"),
        instant("notified_at", "通知用户", "Users told"),
        text("notice_late", "通知不及时", "Told late"),
        count("affected", "影响户数", "Households"),
        text("status", "状态", "Status"),
    ];
    Ok(Figures { columns, rows: lines, ..Figures::default() })
}

async fn line(at: &Reading, row: &Model, places: String) -> Result<Vec<Cell>, Fault> {
    let levels = levels(at, row).await?;
    let time = |at: Option<Timestamp>| at.map_or(Value::Nothing, Value::Instant);
    let late = if row.notice_late { at.lang().of(("是", "yes")).into() } else { Value::Nothing };
    Ok(vec![
        Slice::default().with("number", &row.number).cell::<Outage>(row.number.as_str()),
        places.into(),
        row.kind.code().into(),
        row.cause.code().into(),
        row.cause.class().code().into(),
        time(Some(row.started_at.into())).into(),
        time(row.restored_at.map(Timestamp::from)).into(),
        minutes(row).map_or(Value::Nothing, Value::Count).into(),
        time(Some(levels.station_at)).into(),
        time(levels.branch_at).into(),
        levels.branch_delay_minutes.into(),
        time(levels.company_at).into(),
        levels.company_delay_minutes.into(),
        time(levels.acknowledged_at).into(),
        time(row.notified_at.map(Timestamp::from)).into(),
        late.into(),
        Cell::with_drill(i64::from(row.affected_count).into(), format!("{}/{}/households", Outage::PATH, row.id)),
        row.status.code().into(),
    ])
}

/// Outages added up.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    external: i64,
    internal: i64,
    restored: i64,
    seconds: i64,
    households: i64,
    refund_days: i64,
}

impl Sum {
    fn add(&mut self, row: &Model, refund_days: i64) {
        match row.cause.class() {
            CauseClass::External => self.external += 1,
            CauseClass::Internal => self.internal += 1,
        }
        if let Some(end) = row.restored_at {
            self.restored += 1;
            self.seconds += (end - row.started_at).num_seconds();
        }
        self.households += i64::from(row.affected_count);
        self.refund_days += refund_days;
    }
    fn plus(&mut self, other: &Self) {
        self.external += other.external;
        self.internal += other.internal;
        self.restored += other.restored;
        self.seconds += other.seconds;
        self.households += other.households;
        self.refund_days += other.refund_days;
    }
    fn total(&self) -> i64 {
        self.external + self.internal
    }
    /// Whole minutes, half up; nothing while none is restored.
    fn mean_minutes(&self) -> Value {
        match self.restored {
            0 => Value::Nothing,
            n => ((self.seconds + 30 * n) / (60 * n)).into(),
        }
    }
    fn cells(&self, label: Value, slice: &Slice) -> Vec<Cell> {
        let of = |class: CauseClass, n: i64| slice.with("cause_class", class.code()).cell::<Outage>(n);
        vec![
            label.into(),
            slice.cell::<Outage>(self.total()),
            of(CauseClass::External, self.external),
            of(CauseClass::Internal, self.internal),
            share(self.external, self.total()).into(),
            share(self.internal, self.total()).into(),
            self.mean_minutes().into(),
            self.households.into(),
            self.refund_days.into(),
        ]
    }
}

async fn summary(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let days = period(at, ask).await?;
    let slice = begun(days);
    let found = rows(at, &slice).await?;
    let refunded = refund_days(at, &found).await?;
    let mut months: BTreeMap<Month, Sum> = BTreeMap::new();
    for row in &found {
        let refund_days = refunded.get(&row.id).copied().unwrap_or_default();
        months.entry(Month::of(business_day(row.started_at))).or_default().add(row, refund_days);
    }
    let (mut lines, mut all) = (Vec::new(), Sum::default());
    for (month, sum) in &months {
        all.plus(sum);
        let of_month = Period { from: month.first_day().max(days.from), to: month.last_day().min(days.to) };
        lines.push(sum.cells(month.to_string().into(), &begun(of_month)));
    }
    let columns: Vec<Column> = vec![
        text("month", "月份", "Month"),
        count("total", "停缓供次数", "Outages"),
        count("external", "外因", "External"),
        count("internal", "内因", "Internal"),
        percent("external_share", "外因占比%", "External %"),
        percent("internal_share", "内因占比%", "Internal %"),
        count("mean_minutes", "平均恢复时长(分)", "Mean minutes to restore"),
        count("households", "影响户次", "Households"),
        count("refund_days", "退费天数", "Days refunded"),
    ];
    Ok(Figures { columns, rows: lines, totals: Some(all.cells(Value::Nothing, &slice)), ..Figures::default() })
}

/// The days given back for each stoppage of an area the company answers for, by the outage it began with.
async fn refund_days(at: &Reading, found: &[Model]) -> Result<HashMap<Uuid, i64>, Fault> {
    let company: Vec<&Model> = found
        .iter()
        .filter(|row| row.kind == Kind::Stopped && row.liability == Some(Liability::Company))
        .filter(|row| row.status == Status::Reviewed)
        .collect();
    let ids: Vec<Uuid> = company.iter().map(|row| row.id).collect();
    let areas = Area::of(at, &ids).await?;
    let mut by_area: BTreeMap<Vec<Uuid>, Vec<Cut>> = BTreeMap::new();
    for row in company {
        let Some(to) = row.restored_at else { continue };
        let area = areas.get(&row.id).map(|(area, _)| area.clone()).unwrap_or_default();
        let mut places = [area.stations, area.buildings, area.households].concat();
        places.sort_unstable();
        let limits = limits(at, row.started_at).await?;
        let cut = Cut { outage_id: row.id, class: row.cause.class(), from: row.started_at, to, limits };
        by_area.entry(places).or_default().push(cut);
    }
    let mut refunded: HashMap<Uuid, i64> = HashMap::new();
    for (_, outage) in by_area.values().flat_map(|cuts| stoppage::days(cuts)) {
        *refunded.entry(outage).or_default() += 1;
    }
    Ok(refunded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hs_e11_shares_and_means_are_rounded_half_up() {
        let shown = |value: Value| serde_json::to_value(value).unwrap();
        let sum = Sum { external: 25, internal: 15, restored: 2, seconds: 181 * 60, ..Sum::default() };
        assert_eq!(sum.total(), 40);
        assert_eq!((shown(share(sum.external, 40)), shown(share(sum.internal, 40))), ("62.50".into(), "37.50".into()));
        assert_eq!(shown(sum.mean_minutes()), 91);
        assert_eq!(shown(Sum::default().mean_minutes()), serde_json::Value::Null);
        // The seconds count: twice 10 minutes 59 seconds, twice 10 minutes 29 seconds.
        for (seconds, mean) in [(659, 11), (629, 10), (630, 11)] {
            let two = Sum { restored: 2, seconds: 2 * seconds, ..Sum::default() };
            assert_eq!(shown(two.mean_minutes()), mean, "{seconds}");
        }
        let mut twice = sum;
        twice.plus(&sum);
        assert_eq!((twice.total(), shown(twice.mean_minutes())), (80, 91.into()));
    }
}
