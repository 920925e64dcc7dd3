//! How warm the homes of each station were found (HS-R14): a visit is judged as the case judges it.

mod measured;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::report::column::{count, percent, text};
use kernel::report::{Cell, Chart, Column, Shape, Value, share};
use kernel::time::business_day;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::reports::{Ask, Definition, Figures, Slice, Span};
use store::{Reading, Resource};

use self::measured::{Case, Visits, cases, visits};
use super::{READ, places};
use crate::household::entity as homes;
use crate::reading::entity as readings;
use crate::reading::evidence::Protocol;
use crate::season::commands::decimal;
use crate::season::entity::Model as Season;
use crate::season::queries as seasons;
use crate::station;
use crate::temperature::TemperatureCase;
use crate::temperature::entity::{Column as Of, Entity, Status};
use crate::temperature::figures::measured_in;

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/temperature-statistics",
    title_zh: "测温统计",
    title_en: "Room temperature",
    summary: "Counts the period's measurements by station: households, readings, visits with a verdict and how many were \
              warm, homes below the standard now, remedied and measured again, call-backs done of those due.",
    permission: READ,
    span: Span::Period,
    by: &[],
    chart: Chart { shape: Shape::Bars, label: "station", series: &["verdicts", "qualified"] },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

#[derive(Clone, Copy, Default)]
struct Row {
    households: i64,
    readings: i64,
    verdicts: i64,
    qualified: i64,
    below_now: i64,
    remedied: i64,
    remeasured: i64,
    called_back: i64,
    call_backs_due: i64,
}

/// How a visit is judged on its day, remembered: there are few days.
struct Judge<'a> {
    at: &'a Reading,
    seasons: Vec<Season>,
    /// Those a region goes by.
    regions: HashMap<Option<String>, Vec<Season>>,
    days: HashMap<NaiveDate, (Protocol, i32)>,
}

impl Judge<'_> {
    /// Whether a visit found it warm; none without evidence.
    async fn qualified(&mut self, visit: &[readings::Model], region: Option<&str>) -> Result<Option<bool>, Fault> {
        let Some(first) = visit.first() else { return Ok(None) };
        let day = business_day(first.measured_at);
        if !self.days.contains_key(&day) {
            let usual: kernel::fixed::Temperature = decimal(self.at, "heating.temp.standard_c", day).await?;
            let usual = i32::try_from(usual.units()).map_err(Fault::internal)?;
            self.days.insert(day, (Protocol::of(self.at, first.measured_at).await?, usual));
        }
        let Some((protocol, usual)) = self.days.get(&day) else { return Ok(None) };
        let all = &self.seasons;
        let of_region = || seasons::of_region(all.clone(), region);
        let known = self.regions.entry(region.map(str::to_owned)).or_insert_with(of_region);
        let standard = seasons::holding(known, day).map_or(*usual, |season| season.standard_dc);
        Ok(protocol.lowest(visit).map(|lowest| lowest >= standard))
    }
}

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let stations = places::stations(at).await?;
    let branches = places::branches(at, &stations).await?;
    let mut table = Table {
        judge: Judge { at, seasons: seasons::all(at).await?, regions: HashMap::new(), days: HashMap::new() },
        station_of: station_of(at).await?,
        regions: station::areas_of(at, &stations).await?,
        rows: HashMap::new(),
        homes: HashSet::new(),
    };
    let mut last = None;
    loop {
        let part = cases(at, ask, last).await?;
        let Some((end, _)) = part.last_key_value() else { break };
        last = Some(*end);
        table.add(&visits(at, ask, &part).await?, &part).await?;
    }
    for (household, n) in below_now(at).await? {
        if let Some(row) = table.row_of(household) {
            row.below_now += n;
        }
    }
    let lists = Lists { measured: measured_in(ask.period, None), known: Slice::default() };
    let mut all = Row::default();
    let mut lines = Vec::with_capacity(stations.len());
    for station in &stations {
        let row = table.rows.get(&station.id).copied().unwrap_or_default();
        all.plus(&row);
        let branch = branches.get(&station.branch_id).map_or(Value::Nothing, |name| name.as_str().into());
        let of_station = |slice: &Slice| slice.with("station_id", station.id);
        let lists = Lists { measured: of_station(&lists.measured), known: of_station(&lists.known) };
        lines.push(row.cells(branch, station.name.as_str().into(), &lists));
    }
    let totals = all.cells(Value::Nothing, Value::Nothing, &lists);
    Ok(Figures { columns: columns(), rows: lines, totals: Some(totals), ..Figures::default() })
}

/// The cases behind the figures: those with a reading of the period, and all.
struct Lists {
    measured: Slice,
    known: Slice,
}

/// The figures of the stations as they are counted.
struct Table<'a> {
    judge: Judge<'a>,
    station_of: HashMap<Uuid, Uuid>,
    /// The district of each station that is in one.
    regions: HashMap<Uuid, String>,
    rows: HashMap<Uuid, Row>,
    /// Those counted as measured.
    homes: HashSet<Uuid>,
}

impl Table<'_> {
    /// The row of a household's station; none of one the caller may not know of.
    fn row_of(&mut self, household_id: Uuid) -> Option<&mut Row> {
        let station = self.station_of.get(&household_id)?;
        Some(self.rows.entry(*station).or_default())
    }

    /// Counts some cases with all their visits of the period.
    async fn add(&mut self, visits: &Visits, cases: &BTreeMap<Uuid, Case>) -> Result<(), Fault> {
        let mut warm: HashMap<Uuid, DateTimeUtc> = HashMap::new();
        for ((case_id, _), visit) in visits {
            let Some(case) = cases.get(case_id) else { continue };
            let Some(station) = self.station_of.get(&case.household_id) else { continue };
            let region = self.regions.get(station).map(String::as_str);
            let verdict = self.judge.qualified(visit, region).await?;
            let first = visit.first().map(|reading| reading.measured_at);
            let again = case.remedies.first().zip(first).is_some_and(|(remedy, first)| remedy.at.0 < first);
            let row = self.rows.entry(*station).or_default();
            row.households += i64::from(self.homes.insert(case.household_id));
            row.readings += i64::try_from(visit.len()).unwrap_or_default();
            row.remeasured += i64::from(again);
            row.verdicts += i64::from(verdict.is_some());
            row.qualified += i64::from(verdict == Some(true));
            if let Some(first) = first.filter(|_| verdict == Some(true) && !case.survey) {
                warm.insert(*case_id, first);
            }
        }
        for (case_id, case) in cases {
            let Some(row) = self.row_of(case.household_id) else { continue };
            row.remedied += i64::from(!case.remedies.is_empty());
            if let Some(warm) = warm.get(case_id) {
                row.call_backs_due += 1;
                row.called_back += i64::from(case.call_backs.iter().any(|call| call.at.0 >= *warm));
            }
        }
        Ok(())
    }
}

/// The station of each household.
async fn station_of(at: &Reading) -> Result<HashMap<Uuid, Uuid>, Fault> {
    let rows: Vec<(Uuid, Uuid)> = homes::Entity::find()
        .select_only()
        .column(homes::Column::Id)
        .column(homes::Column::StationId)
        .filter(crate::household::Household::visible(at))
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Open cases below the standard, by household.
async fn below_now(at: &Reading) -> Result<Vec<(Uuid, i64)>, Fault> {
    let rows = Entity::find()
        .select_only()
        .column(Of::HouseholdId)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(below(&Slice::default()).condition::<TemperatureCase>(at)?)
        .group_by(Of::HouseholdId);
    Ok(rows.into_tuple().all(&at.db()).await?)
}

fn below(slice: &Slice) -> Slice {
    slice.with("status", [Status::Unqualified, Status::Remedied].map(Status::code).join(","))
}

fn columns() -> Vec<Column> {
    vec![
        text("branch", "分公司", "Branch"),
        text("station", "站", "Station"),
        count("households", "测温户数", "Households measured"),
        count("readings", "读数", "Readings"),
        count("verdicts", "有效测温", "Visits with a verdict"),
        count("qualified", "达标", "Warm"),
        percent("pass_rate", "合格率%", "Warm %"),
        count("below_now", "目前不达标", "Below the standard now"),
        count("remedied", "已整改", "Remedied"),
        count("remeasured", "复测", "Measured again"),
        count("call_backs_done", "已回访", "Called back"),
        count("call_backs_due", "应回访", "Call-backs due"),
    ]
}

impl Row {
    fn plus(&mut self, other: &Self) {
        self.households += other.households;
        self.readings += other.readings;
        self.verdicts += other.verdicts;
        self.qualified += other.qualified;
        self.below_now += other.below_now;
        self.remedied += other.remedied;
        self.remeasured += other.remeasured;
        self.called_back += other.called_back;
        self.call_backs_due += other.call_backs_due;
    }
    fn cells(&self, branch: Value, station: Value, lists: &Lists) -> Vec<Cell> {
        let now = below(&lists.known);
        vec![
            branch.into(),
            station.into(),
            // Some may be of one home.
            lists.measured.cell::<TemperatureCase>(self.households),
            self.readings.into(),
            self.verdicts.into(),
            self.qualified.into(),
            share(self.qualified, self.verdicts).into(),
            now.cell::<TemperatureCase>(self.below_now),
            self.remedied.into(),
            self.remeasured.into(),
            self.called_back.into(),
            self.call_backs_due.into(),
        ]
    }
}
