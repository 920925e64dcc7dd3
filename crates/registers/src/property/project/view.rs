//! What callers see of a project.

use kernel::fixed::Area;
use kernel::time::Timestamp;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::Model;
use crate::external_ids::{self, ExternalId};
use crate::property::Status;
use kernel::fault::Fault;

/// A project (项目, PF-05).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProjectView {
    pub id: Uuid,
    /// Used in the numbers of permits.
    pub code: String,
    pub name: String,
    pub org_unit_id: Option<Uuid>,
    pub building_area_m2: Option<Area>,
    pub saleable_area_m2: Option<Area>,
    pub land_area_m2: Option<Area>,
    pub status: Status,
    pub external_ids: Vec<ExternalId>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<ProjectView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut external = external_ids::list_for(at, "project", &ids).await?;
    let view = |row: Model| ProjectView {
        external_ids: external.remove(&row.id).unwrap_or_default(),
        building_area_m2: super::area(row.building_area_dm2),
        saleable_area_m2: super::area(row.saleable_area_dm2),
        land_area_m2: super::area(row.land_area_dm2),
        id: row.id,
        code: row.code,
        name: row.name,
        org_unit_id: row.org_unit_id,
        status: row.status,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    };
    Ok(rows.into_iter().map(view).collect())
}
