//! How many homes were measured, and how many of the visits found it warm.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use kernel::report::Period;
use kernel::time;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{Condition, QuerySelect};
use store::reports::Slice;
use store::{Reading, Resource};

use super::TemperatureCase;
use super::entity::{Column, Entity};
use crate::household::entity as homes;
use crate::reading::entity as readings;
use crate::reading::evidence::Protocol;
use crate::season::entity::Model as Season;
use crate::station::area::stations_of;

/// The households a caller may know of that were measured on the days of a period, each once; of a district only,
/// where one is named.
pub async fn measured_households(at: &Reading, period: Period, area: Option<&str>) -> Result<i64, Fault> {
    let n: Option<i64> = Entity::find()
        .select_only()
        .expr(Expr::cust("COUNT(DISTINCT household_id)"))
        .filter(measured_in(period, area).condition::<TemperatureCase>(at)?)
        .into_tuple()
        .one(&at.db())
        .await?;
    Ok(n.unwrap_or_default())
}

/// The cases with a reading of the days of a period.
pub fn measured_in(period: Period, area: Option<&str>) -> Slice {
    let measured = Slice::default().with("measured_on", format!("{},{}", period.from, period.to));
    area.map_or_else(|| measured.clone(), |area| measured.with("area", area))
}

/// Visits with the thermometer on the days of a season that found it warm, of those with a verdict (HS-R14), as far as
/// the caller may know of them.
pub async fn season_pass_rate(at: &Reading, season: &Season) -> Result<(i64, i64), Fault> {
    let known = Query::select().column(Column::Id).from(Entity).cond_where(TemperatureCase::visible(at)).to_owned();
    pass_rate(at, known, season, season.period()).await
}

/// Visits with the thermometer in some cases on the days of a period that found it warm, of those with a verdict
/// (HS-R14).
pub(crate) async fn pass_rate(
    at: &Reading,
    of_cases: SelectStatement,
    season: &Season,
    days: Period,
) -> Result<(i64, i64), Fault> {
    use readings::Column;
    let rows: Vec<(Uuid, i32, readings::Room, i32)> = readings::Entity::find()
        .select_only()
        .columns([Column::CaseId, Column::VisitNo, Column::Room, Column::TDc])
        .filter(Column::CaseId.in_subquery(of_cases))
        .filter(Column::MeasuredAt.gte(days.starts_at()))
        .filter(Column::MeasuredAt.lt(days.ends_at()))
        .filter(Column::Evidential.eq(true))
        .filter(Column::RetractedAt.is_null())
        .into_tuple()
        .all(&at.db())
        .await?;
    let protocol = Protocol::of(at, days.starts_at()).await?;
    let mut lowest: HashMap<(Uuid, i32), i32> = HashMap::new();
    for (case, visit, _, t_dc) in rows.into_iter().filter(|(_, _, room, _)| protocol.counts(*room)) {
        lowest.entry((case, visit)).and_modify(|known| *known = t_dc.min(*known)).or_insert(t_dc);
    }
    let warm = lowest.values().filter(|t_dc| **t_dc >= season.standard_dc).count();
    let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok((whole(warm), whole(lowest.len())))
}

/// `measured_on=2011-11-01,2011-12-20`: cases with a reading of these days that was not retracted; one day alone is
/// that day.
pub(super) fn measured_on(_: &Reading, days: &str) -> Result<Condition, Fault> {
    use readings::Column::{CaseId, MeasuredAt, RetractedAt};
    let bad = || Fault::new(&fault::INVALID_PARAMETER).with("parameter", "measured_on");
    let day = |text: &str| -> Result<NaiveDate, Fault> { time::parse_date(text).map_err(|_| bad()) };
    let (from, to) = days.split_once(',').unwrap_or((days, days));
    let period = Period { from: day(from)?, to: day(to)? };
    let measured = Query::select()
        .column(CaseId)
        .from(readings::Entity)
        .and_where(MeasuredAt.gte(period.starts_at()))
        .and_where(MeasuredAt.lt(period.ends_at()))
        .and_where(RetractedAt.is_null())
        .to_owned();
    Ok(Condition::all().add(Column::Id.in_subquery(measured)))
}

/// `area=`: cases of the homes of a district.
pub(super) fn of_area(_: &Reading, area: &str) -> Result<Condition, Fault> {
    let there = Query::select()
        .column(homes::Column::Id)
        .from(homes::Entity)
        .and_where(homes::Column::StationId.in_subquery(stations_of(area)))
        .to_owned();
    Ok(Condition::all().add(Column::HouseholdId.in_subquery(there)))
}
