//! Visits: how stations keep their quota (HS-R31, R33), and what was found on them.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::report::column::{count, number, percent, text};
use kernel::report::{Cell, Chart, Column, Period, Shape, Value, quotient, share, sum};
use kernel::time::{Month, business_day};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use store::reports::{Ask, Definition, Figures, Slice, Span};
use store::{Reading, Resource};

use crate::station::{self, HeatingStation, entity as stations};
use crate::visit::compliance::Compliance;
use crate::visit::{Visit, queries};
use crate::visit_problem::VisitProblem;
use crate::visit_problem::entity::{self as problems, Kind};

/// Who leads, and whoever visits.
const READ: &str = "heating.report:read_visits";

pub(super) const REPORTS: &[Definition] = &[
    Definition {
        name: "heating/visit-compliance",
        title_zh: "包保走访达标",
        title_en: "Visits and their quota",
        summary: "Shows each target station's month of visits: weeks due and met, the missing ones, credited visits \
                  against those needed, problems found, whether both counts are met.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart {
            shape: Shape::HeatMap,
            label: "station",
            series: &["week_1", "week_2", "week_3", "week_4", "week_5"],
        },
        run: |at, ask| Box::pin(compliance(at, ask)),
    },
    Definition {
        name: "heating/visit-problems",
        title_zh: "走访问题",
        title_en: "Problems found on visits",
        summary: "Counts the problems found on visits by kind and cause: solved, and the mean days it took.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "kind", series: &["problems", "solved"] },
        run: |at, ask| Box::pin(found(at, ask)),
    },
];

/// Weeks a month may answer for.
const WEEKS: usize = 5;

fn columns() -> Vec<Column> {
    vec![
        text("month", "月份", "Month"),
        text("station", "站点", "Station"),
        count("weeks_due", "应达标周数", "Weeks due"),
        count("weeks_met", "达标周数", "Weeks met"),
        text("missing_weeks", "缺走访周", "Missing weeks"),
        count("credited", "有效走访", "Credited visits"),
        count("needed", "应走访次数", "Visits needed"),
        count("household_visits", "走访户次", "Household visits"),
        count("problems", "发现问题", "Problems"),
        count("ok", "是否达标", "Quota met"),
        percent("rate", "达标率%", "Quota met %"),
        count("week_1", "第1周", "Week 1"),
        count("week_2", "第2周", "Week 2"),
        count("week_3", "第3周", "Week 3"),
        count("week_4", "第4周", "Week 4"),
        count("week_5", "第5周", "Week 5"),
    ]
}

/// The months a period touches.
pub(super) fn months(period: Period) -> Vec<Month> {
    let last = Month::of(period.to);
    std::iter::successors(Some(Month::of(period.from)), |month| Some(month.plus(1)))
        .take_while(|month| *month <= last)
        .collect()
}

/// The target stations the caller may know of, by code.
async fn targets(at: &Reading) -> Result<Vec<stations::Model>, Fault> {
    let rows = stations::Entity::find().filter(HeatingStation::visible(at)).filter(station::targets());
    Ok(rows.order_by_asc(stations::Column::Code).all(&at.db()).await?)
}

async fn compliance(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let stations = targets(at).await?;
    let mut rows = Vec::new();
    let (mut met, mut judged) = (0, 0);
    for month in months(ask.period) {
        let standing = queries::compliance(at, &stations, month).await?;
        let visits = household_visits(at, month).await?;
        let problems = problems_of(at, month).await?;
        for station in &stations {
            let Some(it) = standing.get(&station.id) else { continue };
            met += i64::from(it.ok() == Some(true));
            judged += i64::from(it.ok().is_some());
            let counts = [&visits, &problems].map(|of| of.get(&station.id).copied().unwrap_or_default());
            rows.push(cells(station, month, it, counts));
        }
    }
    let columns = columns();
    let mut totals = sum::totals(&columns, &rows);
    if let Some(place) = columns.iter().position(|column| column.key == "rate") {
        totals[place] = share(met, judged).into();
    }
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

fn cells(station: &stations::Model, month: Month, it: &Compliance, [visits, problems]: [i64; 2]) -> Vec<Cell> {
    let slice = Slice::default().with("station_id", station.id).with("month", month);
    let credited = slice.with("credited", true);
    let missing: Vec<String> = it.missing().iter().map(ToString::to_string).collect();
    let ok = it.ok().map_or(Value::Nothing, |ok| Value::Count(i64::from(ok)));
    let rate = it.ok().map_or(Value::Nothing, |ok| share(i64::from(ok), 1));
    let mut cells: Vec<Cell> = vec![
        month.to_string().into(),
        station.name.as_str().into(),
        it.due().into(),
        it.met().into(),
        missing.join(" ").into(),
        credited.cell::<Visit>(it.credited),
        it.quota.per_month.into(),
        // Of several households each: no list has so many rows.
        visits.into(),
        slice.cell::<VisitProblem>(problems),
        ok.into(),
        rate.into(),
    ];
    let weeks = it.weeks.iter().map(|(week, n)| {
        let days = Period { from: week.monday(), to: week.sunday() };
        let of_week = Slice::default().with("station_id", station.id).with("credited", true);
        of_week.on_days("visited_on", days).cell::<Visit>(*n)
    });
    cells.extend(weeks.take(WEEKS));
    cells.resize_with(columns().len(), Cell::default);
    cells
}

/// Lines with somebody met, credited or not (HS-R33), by station.
async fn household_visits(at: &Reading, month: Month) -> Result<HashMap<Uuid, i64>, Fault> {
    use crate::visit::entity::{Column, Entity};
    let rows: Vec<(Uuid, Option<i64>)> = Entity::find()
        .select_only()
        .column(Column::StationId)
        .expr_as(Expr::cust("CAST(SUM(met) AS BIGINT)"), "n")
        .filter(Visit::visible(at))
        .filter(Column::VisitedOn.gte(month.first_day()))
        .filter(Column::VisitedOn.lte(month.last_day()))
        .group_by(Column::StationId)
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().map(|(station, n)| (station, n.unwrap_or_default())).collect())
}

/// Problems found, by station.
async fn problems_of(at: &Reading, month: Month) -> Result<HashMap<Uuid, i64>, Fault> {
    use problems::Column;
    let rows: Vec<(Uuid, i64)> = problems::Entity::find()
        .select_only()
        .column(Column::StationId)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(VisitProblem::visible(at))
        .filter(Column::FoundOn.gte(month.first_day()))
        .filter(Column::FoundOn.lte(month.last_day()))
        .group_by(Column::StationId)
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().collect())
}

#[derive(Default)]
struct Row {
    problems: i64,
    solved: i64,
    days: i64,
}

impl Row {
    fn cells(&self, label: [Value; 2], slice: &Slice) -> Vec<Cell> {
        let [kind, cause] = label;
        vec![
            kind.into(),
            cause.into(),
            slice.cell::<VisitProblem>(self.problems),
            slice.with("solved", true).cell::<VisitProblem>(self.solved),
            share(self.solved, self.problems).into(),
            quotient(self.days, self.solved).into(),
        ]
    }
}

type Told = (Kind, Option<String>, NaiveDate, Option<DateTimeUtc>);

async fn found(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    use problems::Column;
    let slice = Slice::default().on_days("found_on", ask.period);
    let told: Vec<Told> = problems::Entity::find()
        .select_only()
        .columns([Column::Kind, Column::Cause, Column::FoundOn, Column::SolvedAt])
        .filter(slice.condition::<VisitProblem>(at)?)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut groups: BTreeMap<(Kind, Option<String>), Row> = BTreeMap::new();
    let mut all = Row::default();
    for (kind, cause, found_on, solved_at) in told {
        let days = solved_at.map(|at| (business_day(at) - found_on).num_days());
        for row in [groups.entry((kind, cause)).or_default(), &mut all] {
            row.problems += 1;
            row.solved += i64::from(days.is_some());
            row.days += days.unwrap_or_default();
        }
    }
    let rows = groups.iter().map(|((kind, cause), row)| {
        let own = slice.with("kind", kind.code()).with("cause", cause.as_deref().unwrap_or_default());
        let cause = cause.as_deref().map_or(Value::Nothing, Value::from);
        row.cells([at.lang().of(kind.labels()).into(), cause], &own)
    });
    let rows = rows.collect();
    let columns = vec![
        text("kind", "问题类别", "Kind"),
        text("cause", "原因", "Cause"),
        count("problems", "问题数", "Problems"),
        count("solved", "已解决", "Solved"),
        percent("solved_rate", "解决率%", "Solved %"),
        number("days", "平均解决天数", "Mean days"),
    ];
    let totals = all.cells([Value::Nothing, Value::Nothing], &slice);
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}
