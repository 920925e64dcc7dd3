//! Creating and changing projects.

use kernel::fault::Fault;
use kernel::fixed::Area;
use kernel::validation::{clean_code, clean_name};
use sea_orm::{EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use store::{Work, search};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::Project;
use super::entity::{ActiveModel, Column, Entity, Model};
use crate::external_ids::{self, ExternalId};
use crate::matching::is_code;
use crate::property::Status;
use crate::{locks, referenced};

/// A new project (PF-05).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateProject {
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub org_unit_id: Option<Uuid>,
    pub building_area_m2: Option<Area>,
    pub saleable_area_m2: Option<Area>,
    pub land_area_m2: Option<Area>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of a project (PF-05).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ProjectFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub org_unit_id: Option<Uuid>,
    pub building_area_m2: Option<Area>,
    pub saleable_area_m2: Option<Area>,
    pub land_area_m2: Option<Area>,
    pub status: Status,
}

impl From<&Model> for ProjectFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            org_unit_id: row.org_unit_id,
            building_area_m2: super::area(row.building_area_dm2),
            saleable_area_m2: super::area(row.saleable_area_dm2),
            land_area_m2: super::area(row.land_area_dm2),
            status: row.status,
        }
    }
}

/// Creates a project; its code is unique.
pub async fn create(work: &Work, cmd: &CreateProject) -> Result<Model, Fault> {
    let (code, name) = (clean_code(&cmd.code, "/code")?, clean_name(&cmd.name, "/name")?);
    if let Some(unit) = cmd.org_unit_id {
        referenced::org_unit_known(work, unit, "/org_unit_id").await?;
    }
    locks::hold(work, vec![format!("project|{}", code.to_lowercase())]).await?;
    if Entity::find().filter(is_code(Column::Code, &code)).count(&work.db()).await? > 0 {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "code"));
    }
    let row = ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        code: Set(code),
        name: Set(name),
        org_unit_id: Set(cmd.org_unit_id),
        building_area_dm2: Set(cmd.building_area_m2.map(Area::units)),
        saleable_area_dm2: Set(cmd.saleable_area_m2.map(Area::units)),
        land_area_dm2: Set(cmd.land_area_m2.map(Area::units)),
        status: Set(Status::Active),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
    };
    let row = work.create::<Project>(row, |fact| fact, "created").await?;
    external_ids::attach_all(work, "project", row.id, &cmd.external_ids).await?;
    search::index(work, "project", row.id, &[&row.code, &row.name]).await?;
    Ok(row)
}

/// Changes a project. Its code stays: numbers of permits hold it.
pub async fn update(work: &Work, row: &Model, fields: ProjectFields) -> Result<Model, Fault> {
    if let Some(unit) = fields.org_unit_id.filter(|unit| row.org_unit_id != Some(*unit)) {
        referenced::org_unit_known(work, unit, "/org_unit_id").await?;
    }
    let mut next = row.clone().into_active_model();
    next.name = Set(clean_name(&fields.name, "/name")?);
    next.org_unit_id = Set(fields.org_unit_id);
    next.building_area_dm2 = Set(fields.building_area_m2.map(Area::units));
    next.saleable_area_dm2 = Set(fields.saleable_area_m2.map(Area::units));
    next.land_area_dm2 = Set(fields.land_area_m2.map(Area::units));
    next.status = Set(fields.status);
    let row = work.change::<Project>(row, next, "updated", |fact| fact).await?;
    search::index(work, "project", row.id, &[&row.code, &row.name]).await?;
    Ok(row)
}
