//! Rows of buildings, by project and code.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::validation::clean_name;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow, same};
use store::{Work, resource};
use utoipa::ToSchema;

use crate::external_ids;
use crate::property::building::commands::{BuildingFields, CreateBuilding, create, update};
use crate::property::{Building, Phase, building, phase};

/// A row of `buildings`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedBuilding)]
pub struct BuildingRow {
    project_code: String,
    /// Code of a phase of the project.
    phase_code: Option<String>,
    #[schema(min_length = 1, max_length = 40)]
    code: String,
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    #[schema(minimum = 1, maximum = 300)]
    floors: Option<i32>,
    accepted_on: Option<NaiveDate>,
    #[schema(minimum = 1, maximum = 200)]
    design_life_years: Option<i32>,
    #[schema(min_length = 1, max_length = 40)]
    external_system: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    external_id: Option<String>,
}

impl ImportRow for BuildingRow {
    const KIND: &'static str = "buildings";
    const TITLE: (&'static str, &'static str) = ("楼栋", "Buildings");
    const PERMISSION: &'static str = "platform.property:manage";
    const COLUMNS: &'static [Column] = &[
        Column::text("project_code", "项目编码").or("project_id"),
        Column::text("phase_code", "分期编码").or("phase_id"),
        Column::text("code", "楼栋编码"),
        Column::text("name", "楼栋名称"),
        Column::new("floors", "层数", Cell::Integer),
        Column::new("accepted_on", "竣工验收日期", Cell::Date),
        Column::new("design_life_years", "设计使用年限", Cell::Integer),
        Column::text("external_system", "外部系统"),
        Column::text("external_id", "外部编号"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let project = super::known_project(work, &self.project_code, "/project_code").await?;
        let phase_id = match &self.phase_code {
            Some(code) => {
                let phase = phase::Entity::find()
                    .filter(phase::entity::Column::ProjectId.eq(project.id))
                    .filter(phase::entity::Column::Code.eq(code))
                    .one(&work.db())
                    .await?;
                let phase = match phase {
                    Some(phase) => phase,
                    None => super::by_code::<Phase>(work, phase::entity::Column::Code, code, "/phase_code").await?,
                };
                Some(phase.id)
            }
            None => None,
        };
        let external = super::external(self.external_system.as_ref(), self.external_id.as_ref());
        let known = building::Entity::find()
            .filter(building::entity::Column::ProjectId.eq(project.id))
            .filter(building::entity::Column::Code.eq(self.code.trim()))
            .one(&work.db())
            .await?;
        let Some(known) = known else {
            let input = CreateBuilding {
                project_id: project.id,
                phase_id,
                code: self.code.clone(),
                name: self.name.clone(),
                floors: self.floors,
                accepted_on: self.accepted_on,
                design_life_years: self.design_life_years,
                external_ids: external.into_iter().collect(),
            };
            return Ok(Applied::changed("building", create(work, &input).await?.id));
        };
        let row = resource::take::<Building>(work, known.id).await?;
        let before = BuildingFields::from(&row);
        let mut after = before.clone();
        after.name = clean_name(&self.name, "/name")?;
        after.phase_id = phase_id.or(before.phase_id);
        after.floors = self.floors.or(before.floors);
        after.accepted_on = self.accepted_on.or(before.accepted_on);
        after.design_life_years = self.design_life_years.or(before.design_life_years);
        if let Some(external) = &external {
            external_ids::attach(work, "building", row.id, external).await?;
        }
        if same(&before, &after)? {
            return Ok(Applied::unchanged("building", row.id));
        }
        Ok(Applied::changed("building", update(work, &row, after).await?.id))
    }
}
