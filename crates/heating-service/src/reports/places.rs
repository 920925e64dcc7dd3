//! Figures by station: the stations a caller knows of in the order of their codes, and how many homes each heats.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::report::{Cell, Value};
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

/// What was counted of each station; `None` is the company's own.
pub(crate) type ByStation<T> = BTreeMap<Option<Uuid>, T>;

/// The rows of a report by station: those of which something was counted. `cells` is given the station, where there
/// is one, and its figures.
pub(crate) async fn rows<T>(
    at: &Reading,
    mut counted: ByStation<T>,
    cells: impl Fn(Option<Uuid>, &T) -> Vec<Cell>,
) -> Result<Vec<Vec<Cell>>, Fault> {
    let stations: Vec<(Uuid, String)> = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::Name)
        .filter(HeatingStation::visible(at))
        .order_by_asc(Column::Code)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut rows = Vec::new();
    let mut add = |label: Value, id: Option<Uuid>, figures: &T| {
        let mut row: Vec<Cell> = vec![label.into()];
        row.extend(cells(id, figures));
        rows.push(row);
    };
    for (id, name) in stations {
        if let Some(figures) = counted.remove(&Some(id)) {
            add(name.into(), Some(id), &figures);
        }
    }
    if let Some(figures) = counted.remove(&None) {
        add(Value::Nothing, None, &figures);
    }
    Ok(rows)
}
