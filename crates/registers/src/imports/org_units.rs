//! Rows of organisation units, by their code. A parent stands above its children in the file, or is there.

use kernel::fault::Fault;
use kernel::validation::clean_name;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow, same};
use store::{Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::org_unit::commands::{CreateOrgUnit, OrgUnitFields, create, update};
use crate::org_unit::{self, OrgUnit, entity::Kind};

/// A row of `org_units`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedOrgUnit)]
pub struct OrgUnitRow {
    #[schema(min_length = 1, max_length = 40)]
    code: String,
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    kind: Kind,
    /// Code of the unit above.
    parent_code: Option<String>,
}

impl ImportRow for OrgUnitRow {
    const KIND: &'static str = "org_units";
    const TITLE: (&'static str, &'static str) = ("组织机构", "Organisation units");
    const PERMISSION: &'static str = "platform.org_unit:manage";
    const COLUMNS: &'static [Column] = &[
        Column::text("code", "机构编码"),
        Column::text("name", "机构名称"),
        Column::new("kind", "机构类型", Cell::Text),
        Column::text("parent_code", "上级机构编码").or("parent_id"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let parent_id = match &self.parent_code {
            Some(code) => Some(super::unit_id(work, code, "/parent_code").await?),
            None => None,
        };
        let known = org_unit::Entity::find().filter(org_unit::Column::Code.eq(&self.code)).one(&work.db()).await?;
        let Some(known) = known else {
            let input = CreateOrgUnit {
                code: self.code.clone(),
                name: self.name.clone(),
                kind: self.kind,
                parent_id,
                external_ids: Vec::new(),
            };
            return Ok(Applied::changed("org_unit", create(work, &input).await?.id));
        };
        let row = resource::take::<OrgUnit>(work, known.id).await?;
        let before = OrgUnitFields::from(&row);
        let mut after = before.clone();
        (after.name, after.kind) = (clean_name(&self.name, "/name")?, self.kind);
        after.parent_id = parent_id.or(before.parent_id);
        if same(&before, &after)? {
            return Ok(Applied::unchanged("org_unit", row.id));
        }
        Ok(Applied::changed("org_unit", update(work, &row, after).await?.id))
    }
}

/// The unit of this code.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn known_unit(work: &Work, code: &str, pointer: &str) -> Result<Uuid, Fault> {
    super::unit_id(work, code, pointer).await
}
