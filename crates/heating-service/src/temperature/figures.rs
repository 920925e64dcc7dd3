//! How many homes were measured, and how many of the visits found it warm.

use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use kernel::report::Period;
use kernel::time;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{Condition, ConnectionTrait, QuerySelect, QueryTrait};
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
    let protocol = Protocol::of(at, days.starts_at()).await?;
    let visits = readings::Entity::find()
        .select_only()
        .column_as(Column::TDc.min(), "lowest")
        .filter(Column::CaseId.in_subquery(of_cases))
        .filter(Column::MeasuredAt.gte(days.starts_at()))
        .filter(Column::MeasuredAt.lt(days.ends_at()))
        .filter(Column::Evidential.eq(true))
        .filter(Column::RetractedAt.is_null())
        .filter(Column::Room.is_in(protocol.rooms()))
        .group_by(Column::CaseId)
        .group_by(Column::VisitNo)
        .into_query();
    // A season has hundreds of thousands of readings, but few temperatures.
    let mut counted = Query::select();
    counted
        .expr(Expr::cust("lowest"))
        .expr(Expr::cust("COUNT(*)"))
        .from_subquery(visits, "visit")
        .add_group_by([Expr::cust("lowest")]);
    let (mut warm, mut all) = (0, 0);
    for row in at.db().query_all(&counted).await? {
        let (lowest, n): (i32, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        all += n;
        warm += if lowest >= season.standard_dc { n } else { 0 };
    }
    Ok((warm, all))
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
