//! Stations (所、站、锅炉房、换热站, HS-01): org units with a heating profile.

pub mod area;
pub mod commands;
pub mod context;
pub mod entity;

use std::collections::HashMap;

use access::{Actor, JobRole};
use kernel::fault::Fault;
use kernel::fixed::Area;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde::Serialize;
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::{scope, season};
use entity::{Column, Entity, Kind, Model, Status};

/// The stations (HS-01).
pub struct HeatingStation;

/// A station of the heating company.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatingStationView {
    pub id: Uuid,
    pub version: i32,
    pub code: String,
    pub org_unit_id: Uuid,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The branch's org unit (分公司).
    pub branch_id: Uuid,
    /// The district, for figures.
    pub area: Option<String>,
    pub parent_station_id: Option<Uuid>,
    pub head_staff_id: Option<Uuid>,
    /// What is known of the far ends of its network (远端).
    pub far_end_note: Option<String>,
    pub phone: Option<String>,
    pub status: Status,
    pub network_areas: Vec<NetworkAreaView>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The area a station's network serves in a season (挂网面积).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NetworkAreaView {
    /// Number of the season.
    pub season: String,
    pub season_id: Uuid,
    pub network_area_m2: Area,
}

/// Whether this caller knows a station by its name only: whoever samples coal for it, or reports on it.
fn by_name_only(actor: &Actor) -> bool {
    actor.is_any(&[JobRole::CoalSampler, JobRole::CoalReviewer])
}

impl Resource for HeatingStation {
    type Entity = Entity;
    type Row = Model;
    type View = HeatingStationView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "heating_station";
    const PATH: &'static str = "/v1/heating-stations";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::stations(actor, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::stations(at.actor(), scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .sort("code", Column::Code)
            .sort("name", Column::Name)
            .code("type", Column::Kind, Kind::CODES)
            .code("status", Column::Status, Status::CODES)
            .by("code", Column::Code)
            .by("branch_id", Column::BranchId)
            .by("org_unit_id", Column::OrgUnitId)
            .by("parent_station_id", Column::ParentStationId)
            .by("area", Column::Area)
            .searched()
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    fn history_shown(actor: &Actor) -> bool {
        !by_name_only(actor)
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HeatingStationView>, Fault> {
        let whole = !by_name_only(at.actor());
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let seasons = season::queries::by_id(at).await?;
        let view = |row: Model| {
            let areas = row.network().into_iter().map(|known| {
                Ok(NetworkAreaView {
                    season: seasons.get(&known.season_id).map_or_else(String::new, |season| season.number.clone()),
                    season_id: known.season_id,
                    network_area_m2: Area::from_units(known.area_dm2).map_err(Fault::internal)?,
                })
            });
            Ok(HeatingStationView {
                external_ids: external.remove(&row.id).unwrap_or_default(),
                network_areas: if whole { areas.collect::<Result<_, Fault>>()? } else { Vec::new() },
                id: row.id,
                version: row.version,
                code: row.code,
                org_unit_id: row.org_unit_id,
                name: row.name,
                kind: row.kind,
                branch_id: row.branch_id,
                area: row.area,
                parent_station_id: row.parent_station_id,
                head_staff_id: row.head_staff_id.filter(|_| whole),
                far_end_note: row.far_end_note.filter(|_| whole),
                phone: row.phone.filter(|_| whole),
                status: row.status,
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// The district of a station: its own, else that of the station above it. Where several regions heat, it is also
/// the region whose seasons and prices hold.
pub async fn area_of(at: &Reading, id: Uuid) -> Result<Option<String>, Fault> {
    let Some(row) = Entity::find_by_id(id).one(&at.db()).await? else { return Ok(None) };
    match (row.area, row.parent_station_id) {
        (Some(area), _) => Ok(Some(area)),
        (None, Some(parent)) => Ok(Entity::find_by_id(parent).one(&at.db()).await?.and_then(|row| row.area)),
        (None, None) => Ok(None),
    }
}

/// The districts of these stations, as [`area_of`] finds them.
pub async fn areas_of(at: &Reading, rows: &[Model]) -> Result<HashMap<Uuid, String>, Fault> {
    let above = rows.iter().filter_map(|row| row.parent_station_id);
    let parents = Entity::find().filter(Column::Id.is_in(above)).all(&at.db()).await?;
    let parents: HashMap<Uuid, Option<String>> = parents.into_iter().map(|row| (row.id, row.area)).collect();
    let area = |row: &Model| {
        let inherited = || row.parent_station_id.and_then(|id| parents.get(&id).cloned().flatten());
        Some((row.id, row.area.clone().or_else(inherited)?))
    };
    Ok(rows.iter().filter_map(area).collect())
}

/// Rows of the stations of these branches, by the column that names their station.
pub(crate) fn of_branch(column: impl ColumnTrait, branches: &str) -> Result<Condition, Fault> {
    let stations = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::BranchId.is_in(list::uuids("branch_id", branches)?))
        .to_owned();
    Ok(Condition::all().add(column.in_subquery(stations)))
}

/// Stations that are visited and evaluated (HS-06, HS-07): boiler houses and exchange stations at work.
pub fn targets() -> Condition {
    Condition::all()
        .add(Column::Status.eq(Status::Active))
        .add(Column::Kind.is_in([Kind::BoilerHouse, Kind::ExchangeStation]))
}
