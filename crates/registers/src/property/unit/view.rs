//! What callers see of a unit.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Area, Height};
use kernel::time::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use store::{Reading, Resource};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{Model, UnitUse};
use crate::external_ids::{self, ExternalId};
use crate::property::owner::{self, OwnerSource, UnitOwner};
use crate::property::{Status, project};

/// A unit: flat, shop, parking space or store room (房屋, PF-05).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitView {
    pub id: Uuid,
    pub building_id: Uuid,
    pub project_id: Uuid,
    /// Canonical: building-unit-room.
    pub room_no: String,
    pub floor: Option<i32>,
    #[serde(rename = "use")]
    pub purpose: UnitUse,
    pub predicted_area_m2: Option<Area>,
    pub registered_area_m2: Option<Area>,
    pub inner_area_m2: Option<Area>,
    pub height_m: Option<Height>,
    /// The day it was handed over to the buyer.
    pub delivered_on: Option<NaiveDate>,
    pub owners: Vec<UnitOwnership>,
    pub status: Status,
    pub external_ids: Vec<ExternalId>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Who owns a unit, and since when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitOwnership {
    pub customer_id: Uuid,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
    pub source: OwnerSource,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<UnitView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut external = external_ids::list_for(at, "unit", &ids).await?;
    let mut owners = owners_of(at, &ids).await?;
    let view = |row: Model| UnitView {
        external_ids: external.remove(&row.id).unwrap_or_default(),
        owners: owners.remove(&row.id).unwrap_or_default(),
        predicted_area_m2: project::area(row.predicted_area_dm2),
        registered_area_m2: project::area(row.registered_area_dm2),
        inner_area_m2: project::area(row.inner_area_dm2),
        height_m: super::height(row.height_cm),
        id: row.id,
        building_id: row.building_id,
        project_id: row.project_id,
        room_no: row.room_no,
        floor: row.floor,
        purpose: row.purpose,
        delivered_on: row.delivered_on,
        status: row.status,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    };
    Ok(rows.into_iter().map(view).collect())
}

async fn owners_of(at: &Reading, units: &[Uuid]) -> Result<HashMap<Uuid, Vec<UnitOwnership>>, Fault> {
    let rows = owner::entity::Entity::find()
        .filter(UnitOwner::visible_to(at.actor()))
        .filter(owner::entity::Column::UnitId.is_in(units.iter().copied()))
        .order_by_asc(owner::entity::Column::FromOn)
        .all(&at.db())
        .await?;
    let mut by_unit: HashMap<Uuid, Vec<UnitOwnership>> = HashMap::new();
    for row in rows {
        let owner =
            UnitOwnership { customer_id: row.customer_id, from: row.from_on, to: row.to_on, source: row.source };
        by_unit.entry(row.unit_id).or_default().push(owner);
    }
    Ok(by_unit)
}
