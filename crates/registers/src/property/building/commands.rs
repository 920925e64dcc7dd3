//! Creating and changing buildings.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time;
use kernel::validation::{clean_code, clean_name};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use store::journal::Fact;
use store::{Work, search};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::Building;
use super::entity::{ActiveModel, Column, Entity, Model};
use crate::external_ids::{self, ExternalId};
use crate::matching::is_code;
use crate::property::{Phase, Project, Status};
use crate::referenced;

/// A new building (PF-05).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateBuilding {
    pub project_id: Uuid,
    pub phase_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(minimum = 1, maximum = 300)]
    pub floors: Option<i32>,
    pub accepted_on: Option<NaiveDate>,
    #[schema(minimum = 1, maximum = 200)]
    pub design_life_years: Option<i32>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of a building (PF-05).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BuildingFields {
    pub phase_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(minimum = 1, maximum = 300)]
    pub floors: Option<i32>,
    /// Written by hand where permits are not run here.
    pub accepted_on: Option<NaiveDate>,
    #[schema(minimum = 1, maximum = 200)]
    pub design_life_years: Option<i32>,
    pub status: Status,
}

impl From<&Model> for BuildingFields {
    fn from(row: &Model) -> Self {
        Self {
            phase_id: row.phase_id,
            name: row.name.clone(),
            floors: row.floors,
            accepted_on: row.accepted_on,
            design_life_years: row.design_life_years,
            status: row.status,
        }
    }
}

/// Creates a building; its code is unique in the project.
pub async fn create(work: &Work, cmd: &CreateBuilding) -> Result<Model, Fault> {
    referenced::locked::<Project>(work, cmd.project_id, "/project_id").await?;
    check(work, cmd.project_id, cmd.phase_id, cmd.accepted_on).await?;
    let (code, name) = (clean_code(&cmd.code, "/code")?, clean_name(&cmd.name, "/name")?);
    let same = Entity::find().filter(Column::ProjectId.eq(cmd.project_id)).filter(is_code(Column::Code, &code));
    if same.count(&work.db()).await? > 0 {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "code"));
    }
    let row = ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        project_id: Set(cmd.project_id),
        phase_id: Set(cmd.phase_id),
        code: Set(code),
        name: Set(name),
        floors: Set(cmd.floors),
        accepted_on: Set(cmd.accepted_on),
        design_life_years: Set(cmd.design_life_years),
        status: Set(Status::Active),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
    };
    let row = work.create::<Building>(row, |fact| fact, "created").await?;
    if row.accepted_on.is_some() {
        work.record(Fact::of::<Building>("accepted", &row));
    }
    external_ids::attach_all(work, "building", row.id, &cmd.external_ids).await?;
    search::index(work, "building", row.id, &[&row.code, &row.name]).await?;
    Ok(row)
}

/// Changes a building. The first day of acceptance is the fact `building.accepted`.
pub async fn update(work: &Work, row: &Model, fields: BuildingFields) -> Result<Model, Fault> {
    check(work, row.project_id, fields.phase_id, fields.accepted_on).await?;
    let verb = if row.accepted_on.is_none() && fields.accepted_on.is_some() { "accepted" } else { "updated" };
    let mut next = row.clone().into_active_model();
    next.phase_id = Set(fields.phase_id);
    next.name = Set(clean_name(&fields.name, "/name")?);
    next.floors = Set(fields.floors);
    next.accepted_on = Set(fields.accepted_on);
    next.design_life_years = Set(fields.design_life_years);
    next.status = Set(fields.status);
    let row = work.change::<Building>(row, next, verb, |fact| fact).await?;
    search::index(work, "building", row.id, &[&row.code, &row.name]).await?;
    Ok(row)
}

async fn check(work: &Work, project: Uuid, phase: Option<Uuid>, accepted_on: Option<NaiveDate>) -> Result<(), Fault> {
    if accepted_on.is_some_and(|day| day > time::business_day(work.now)) {
        return Err(Fault::field("/accepted_on", "date_in_future"));
    }
    let Some(phase) = phase else { return Ok(()) };
    match referenced::known::<Phase>(work, phase, "/phase_id").await?.project_id == project {
        true => Ok(()),
        false => Err(Fault::field("/phase_id", "not_found")),
    }
}
