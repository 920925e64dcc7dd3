//! Reading visits: what a station's month comes to.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Month;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::{Reading, parameters};

use super::compliance::{Compliance, Quota, days};
use super::entity::{Column, Entity};
use crate::season::{entity::Model as Season, queries as seasons};
use crate::station::{self, entity as stations};
use crate::visit_assignment::entity as assignments;

/// The officer of a station on a day.
pub async fn officer_of(at: &Reading, station_id: Uuid, day: NaiveDate) -> Result<Option<Uuid>, Fault> {
    use assignments::Column;
    let row = assignments::Entity::find()
        .filter(Column::StationId.eq(station_id))
        .filter(Column::FromOn.lte(day))
        .filter(sea_orm::Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(day)))
        .one(&at.db())
        .await?;
    Ok(row.map(|row| row.officer_id))
}

/// How many visits are asked for on a day.
pub async fn quota(at: &Reading, day: NaiveDate) -> Result<Quota, Fault> {
    let number = async |key| {
        let value = parameters::value_on(at, key, day, None).await?;
        Ok::<_, Fault>(value.as_i64().unwrap_or_default())
    };
    Ok(Quota { per_week: number("heating.visit.per_week").await?, per_month: number("heating.visit.per_month").await? })
}

/// The days of the credited visits of stations, one entry a visit.
pub async fn credited_days(
    at: &Reading,
    stations: &[Uuid],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<HashMap<Uuid, Vec<NaiveDate>>, Fault> {
    let rows: Vec<(Uuid, NaiveDate)> = Entity::find()
        .select_only()
        .columns([Column::StationId, Column::VisitedOn])
        .filter(Column::StationId.is_in(stations.iter().copied()))
        .filter(Column::Credited.eq(true))
        .filter(Column::VisitedOn.gte(from))
        .filter(Column::VisitedOn.lte(to))
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut by_station: HashMap<Uuid, Vec<NaiveDate>> = HashMap::new();
    for (station, day) in rows {
        by_station.entry(station).or_default().push(day);
    }
    Ok(by_station)
}

/// The season a month has days of, of those the station's region goes by.
fn season_of(seasons: &[Season], month: Month, region: Option<&str>) -> Option<(NaiveDate, NaiveDate)> {
    let touches = |row: &&Season| row.starts_on <= month.last_day() && month.first_day() <= row.ends_on;
    let known = seasons::of_region(seasons.to_vec(), region);
    known.iter().find(touches).map(|row| (row.starts_on, row.ends_on))
}

/// How each of these stations stands in a month.
pub async fn compliance(
    at: &Reading,
    rows: &[stations::Model],
    month: Month,
) -> Result<HashMap<Uuid, Compliance>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let visits = credited_days(at, &ids, days(month)).await?;
    let quota = quota(at, month.first_day()).await?;
    let seasons = seasons::all(at).await?;
    let regions = station::areas_of(at, rows).await?;
    let judged = rows.iter().map(|row| {
        let season = season_of(&seasons, month, regions.get(&row.id).map(String::as_str));
        let days = visits.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        (row.id, Compliance::of(month, season, quota, days))
    });
    Ok(judged.collect())
}
