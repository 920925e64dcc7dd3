//! Entering and changing stations.

use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::Area;
use kernel::ids;
use kernel::validation::{Phone, clean_text};
use registers::external_ids::{self, ExternalId};
use registers::{locks, org_unit_known, referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::{Resource, Work, search};
use utoipa::ToSchema;
use validator::Validate;

use super::HeatingStation;
use super::entity::{ActiveModel, Column, Entity, Kind, Model, NetworkArea, Status};
use crate::problems::BRANCH_MISMATCH;
use crate::season;

/// The area of a network in a season.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NetworkAreaInput)]
pub struct NetworkAreaOf {
    /// Number or id of the season.
    #[schema(min_length = 1, max_length = 40)]
    pub season: String,
    pub network_area_m2: Area,
}

/// A new station.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateHeatingStation {
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    pub org_unit_id: Uuid,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The branch's org unit.
    pub branch_id: Uuid,
    #[schema(min_length = 1, max_length = 40)]
    pub area: Option<String>,
    pub parent_station_id: Option<Uuid>,
    pub head_staff_id: Option<Uuid>,
    #[schema(max_length = 500)]
    pub far_end_note: Option<String>,
    pub phone: Option<Phone>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub network_areas: Vec<NetworkAreaOf>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of a station. Areas of the network are replaced as a whole, and stay when absent or null.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct HeatingStationFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(min_length = 1, max_length = 40)]
    pub area: Option<String>,
    pub parent_station_id: Option<Uuid>,
    pub head_staff_id: Option<Uuid>,
    #[schema(max_length = 500)]
    pub far_end_note: Option<String>,
    #[schema(format = "phone")]
    pub phone: Option<String>,
    pub status: Status,
    #[schema(max_items = 50)]
    pub network_areas: Option<Vec<NetworkAreaOf>>,
}

impl From<&Model> for HeatingStationFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            area: row.area.clone(),
            parent_station_id: row.parent_station_id,
            head_staff_id: row.head_staff_id,
            far_end_note: row.far_end_note.clone(),
            phone: row.phone.clone(),
            status: row.status,
            network_areas: None,
        }
    }
}

/// Enters a station.
///
/// # Errors
/// 409 `already_exists` for a code in use, 422 `branch_mismatch` for a parent of another branch.
pub async fn create(work: &Work, input: &CreateHeatingStation) -> Result<Model, Fault> {
    org_unit_known(work, input.org_unit_id, "/org_unit_id").await?;
    org_unit_known(work, input.branch_id, "/branch_id").await?;
    check(work, None, input.branch_id, input.parent_station_id, input.head_staff_id).await?;
    let district = district(work, input.area.as_deref(), input.parent_station_id).await?;
    let network_areas = network(work, &input.network_areas, district.as_deref()).await?;
    let name = clean_text(&input.name, false).map_err(|code| Fault::field("/name", code))?;
    locks::hold(work, vec![format!("heating_station|{}", input.code)]).await?;
    if Entity::find().filter(Column::Code.eq(&input.code)).one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "code"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        code: Set(input.code.clone()),
        org_unit_id: Set(input.org_unit_id),
        name: Set(name),
        kind: Set(input.kind),
        branch_id: Set(input.branch_id),
        area: Set(input.area.clone()),
        parent_station_id: Set(input.parent_station_id),
        head_staff_id: Set(input.head_staff_id),
        far_end_note: Set(input.far_end_note.clone()),
        phone: Set(input.phone.as_ref().map(|phone| phone.as_str().to_owned())),
        status: Set(Status::Active),
        network_areas: Set(network_areas),
    };
    let row = work.create::<HeatingStation>(row, |fact| fact, "created").await?;
    external_ids::attach_all(work, HeatingStation::NAME, row.id, &input.external_ids).await?;
    search::index(work, "heating_station", row.id, &[&row.code, &row.name]).await?;
    Ok(row)
}

/// Changes a station; one that is closed keeps its history.
pub async fn update(work: &Work, row: &Model, fields: HeatingStationFields) -> Result<Model, Fault> {
    check(work, Some(row.id), row.branch_id, fields.parent_station_id, fields.head_staff_id).await?;
    let district = district(work, fields.area.as_deref(), fields.parent_station_id).await?;
    let mut change = row.clone().into_active_model();
    change.name = Set(clean_text(&fields.name, false).map_err(|code| Fault::field("/name", code))?);
    change.area = Set(fields.area);
    change.parent_station_id = Set(fields.parent_station_id);
    change.head_staff_id = Set(fields.head_staff_id);
    change.far_end_note = Set(fields.far_end_note);
    change.phone = Set(fields.phone);
    change.status = Set(fields.status);
    if let Some(areas) = &fields.network_areas {
        change.network_areas = Set(network(work, areas, district.as_deref()).await?);
    }
    let row = work.change::<HeatingStation>(row, change, "updated", |fact| fact).await?;
    search::index(work, "heating_station", row.id, &[&row.code, &row.name]).await?;
    Ok(row)
}

async fn check(
    work: &Work,
    own: Option<Uuid>,
    branch_id: Uuid,
    parent: Option<Uuid>,
    head: Option<Uuid>,
) -> Result<(), Fault> {
    if let Some(id) = parent {
        if Some(id) == own {
            return Err(Fault::field("/parent_station_id", BRANCH_MISMATCH.code));
        }
        let parent = referenced::known::<HeatingStation>(work, id, "/parent_station_id").await?;
        if parent.branch_id != branch_id {
            return Err(Fault::field("/parent_station_id", BRANCH_MISMATCH.code));
        }
    }
    if let Some(id) = head {
        let known = staff::Entity::find_by_id(id).one(&work.db()).await?;
        let mut errors = FieldErrors::default();
        errors.add_if(!known.is_some_and(|staff| staff.is_active()), "/head_staff_id", "not_found");
        errors.finish()?;
    }
    Ok(())
}

/// The district of a station with this area under this parent, as [`super::area_of`] would find it.
async fn district(work: &Work, area: Option<&str>, parent: Option<Uuid>) -> Result<Option<String>, Fault> {
    match (area, parent) {
        (Some(area), _) => Ok(Some(area.to_owned())),
        (None, Some(parent)) => super::area_of(work, parent).await,
        (None, None) => Ok(None),
    }
}

async fn network(work: &Work, areas: &[NetworkAreaOf], district: Option<&str>) -> Result<String, Fault> {
    let mut list: Vec<NetworkArea> = Vec::with_capacity(areas.len());
    for (n, area) in areas.iter().enumerate() {
        let pointer = format!("/network_areas/{n}/season");
        let season = season::queries::named(work, &area.season, district, &pointer).await?;
        if list.iter().any(|known| known.season_id == season.id) {
            return Err(Fault::field(pointer, "repeated_items"));
        }
        list.push(NetworkArea { season_id: season.id, area_dm2: area.network_area_m2.units() });
    }
    serde_json::to_string(&list).map_err(Fault::internal)
}
