//! What callers see of a building.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::Model;
use crate::external_ids::{self, ExternalId};
use crate::property::Status;

/// A building (楼栋, PF-05).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BuildingView {
    pub id: Uuid,
    pub project_id: Uuid,
    pub phase_id: Option<Uuid>,
    pub code: String,
    pub name: String,
    pub floors: Option<i32>,
    /// The day of completion acceptance (竣工验收).
    pub accepted_on: Option<NaiveDate>,
    pub design_life_years: Option<i32>,
    pub status: Status,
    pub external_ids: Vec<ExternalId>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<BuildingView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut external = external_ids::list_for(at, "building", &ids).await?;
    let view = |row: Model| BuildingView {
        external_ids: external.remove(&row.id).unwrap_or_default(),
        id: row.id,
        project_id: row.project_id,
        phase_id: row.phase_id,
        code: row.code,
        name: row.name,
        floors: row.floors,
        accepted_on: row.accepted_on,
        design_life_years: row.design_life_years,
        status: row.status,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    };
    Ok(rows.into_iter().map(view).collect())
}
