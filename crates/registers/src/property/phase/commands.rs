//! Creating and changing phases.

use kernel::fault::Fault;
use kernel::validation::{clean_code, clean_name};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use store::{Resource, Work, search};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::Phase;
use super::entity::{ActiveModel, Column, Entity, Model};
use crate::external_ids::{self, ExternalId};
use crate::matching::is_code;
use crate::property::{Project, Status};
use crate::referenced;

/// A new phase (PF-05).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreatePhase {
    pub project_id: Uuid,
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of a phase (PF-05).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PhaseFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub status: Status,
}

impl From<&Model> for PhaseFields {
    fn from(row: &Model) -> Self {
        Self { name: row.name.clone(), status: row.status }
    }
}

/// Creates a phase; its code is unique in the project.
pub async fn create(work: &Work, cmd: &CreatePhase) -> Result<Model, Fault> {
    referenced::locked::<Project>(work, cmd.project_id, "/project_id").await?;
    let (code, name) = (clean_code(&cmd.code, "/code")?, clean_name(&cmd.name, "/name")?);
    let same = Entity::find().filter(Column::ProjectId.eq(cmd.project_id)).filter(is_code(Column::Code, &code));
    if same.count(&work.db()).await? > 0 {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "code"));
    }
    let row = ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        project_id: Set(cmd.project_id),
        code: Set(code),
        name: Set(name),
        status: Set(Status::Active),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
    };
    let row = work.create::<Phase>(row, |fact| fact, "created").await?;
    external_ids::attach_all(work, Phase::NAME, row.id, &cmd.external_ids).await?;
    search::index(work, "phase", row.id, &[&row.code, &row.name]).await?;
    Ok(row)
}

/// Changes a phase.
pub async fn update(work: &Work, row: &Model, fields: PhaseFields) -> Result<Model, Fault> {
    let mut next = row.clone().into_active_model();
    next.name = Set(clean_name(&fields.name, "/name")?);
    next.status = Set(fields.status);
    let row = work.change::<Phase>(row, next, "updated", |fact| fact).await?;
    search::index(work, "phase", row.id, &[&row.code, &row.name]).await?;
    Ok(row)
}
