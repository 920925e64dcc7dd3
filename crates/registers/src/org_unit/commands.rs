//! Adding and changing organisation units.

use kernel::fault::Fault;
use kernel::ids;
use kernel::validation::{clean_code, clean_name};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::{Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model};
use super::{OrgUnit, subtree};
use crate::external_ids::{self, ExternalId};
use crate::locks;
use crate::matching::is_code;

/// A new unit.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateOrgUnit {
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub kind: Kind,
    pub parent_id: Option<Uuid>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What of a unit may change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OrgUnitFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub kind: Kind,
    pub parent_id: Option<Uuid>,
    #[schema(pattern = "^(active|inactive)$")]
    pub status: String,
}

impl From<&Model> for OrgUnitFields {
    fn from(row: &Model) -> Self {
        Self { name: row.name.clone(), kind: row.kind, parent_id: row.parent_id, status: row.status.clone() }
    }
}

async fn check_parent(work: &Work, parent: Option<Uuid>) -> Result<(), Fault> {
    match parent {
        Some(id) if Entity::find_by_id(id).one(&work.db()).await?.is_none() => {
            Err(Fault::field("/parent_id", "not_found"))
        }
        _ => Ok(()),
    }
}

/// Adds a unit.
///
/// # Errors
/// 409 `already_exists` when the code is taken.
pub async fn create(work: &Work, input: &CreateOrgUnit) -> Result<Model, Fault> {
    check_parent(work, input.parent_id).await?;
    let (code, name) = (clean_code(&input.code, "/code")?, clean_name(&input.name, "/name")?);
    locks::hold(work, vec![format!("org_unit|code|{}", code.to_lowercase())]).await?;
    if Entity::find().filter(is_code(Column::Code, &code)).one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "code"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        code: Set(code),
        name: Set(name),
        kind: Set(input.kind),
        parent_id: Set(input.parent_id),
        status: Set("active".to_owned()),
    };
    let row = work.create::<OrgUnit>(row, |fact| fact, "created").await?;
    external_ids::attach_all(work, OrgUnit::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

/// Changes a unit.
///
/// # Errors
/// 422 `cycle` when it would come below itself.
pub async fn update(work: &Work, row: &Model, fields: OrgUnitFields) -> Result<Model, Fault> {
    let name = clean_name(&fields.name, "/name")?;
    check_parent(work, fields.parent_id).await?;
    work.forget();
    if fields.parent_id != row.parent_id {
        // One move at a time: two that pass each other would close a ring.
        locks::hold(work, vec!["org_unit|tree".to_owned()]).await?;
    }
    if let Some(parent) = fields.parent_id
        && subtree(work, row.id).await?.contains(&parent)
    {
        return Err(Fault::field("/parent_id", "cycle"));
    }
    let mut change = row.clone().into_active_model();
    change.name = Set(name);
    change.kind = Set(fields.kind);
    change.parent_id = Set(fields.parent_id);
    change.status = Set(fields.status);
    work.change::<OrgUnit>(row, change, "updated", |fact| fact).await
}
