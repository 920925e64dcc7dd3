//! The stations a report has rows for, and how many homes each heats.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use registers::org_unit;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use store::{Reading, Resource};

use crate::household::entity as homes;
use crate::station::HeatingStation;
use crate::station::entity::{Column, Entity, Model};

/// The stations the caller may know of, by code.
pub(super) async fn stations(at: &Reading) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(HeatingStation::visible(at)).order_by_asc(Column::Code);
    Ok(rows.all(&at.db()).await?)
}

/// The network area of a station in a season, in hundredths of a square metre; 0 when none is entered.
pub(super) fn network_area(station: &Model, season: Uuid) -> i64 {
    station.network().iter().filter(|known| known.season_id == season).map(|known| known.area_dm2).sum()
}

/// Households connected on a day, by station.
pub(super) async fn connected(at: &Reading, day: NaiveDate) -> Result<HashMap<Uuid, i64>, Fault> {
    let rows: Vec<(Uuid, i64)> = homes::Entity::find()
        .select_only()
        .column(homes::Column::StationId)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(homes::Column::ConnectedOn.lte(day))
        .group_by(homes::Column::StationId)
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().collect())
}

/// The names of the branches of stations.
pub(super) async fn branches(at: &Reading, stations: &[Model]) -> Result<HashMap<Uuid, String>, Fault> {
    let named = org_unit::Entity::find()
        .filter(org_unit::entity::Column::Id.is_in(stations.iter().map(|station| station.branch_id)));
    Ok(named.all(&at.db()).await?.into_iter().map(|unit| (unit.id, unit.name)).collect())
}
