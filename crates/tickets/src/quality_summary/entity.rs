//! A weekly quality summary (质检周报).

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::training::entity::TrainingAudience;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "quality_summary")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub org_unit_id: Option<Uuid>,
    pub iso_week: String,
    pub findings: String,
    /// JSON array of [`PlannedTraining`].
    pub plan: String,
    pub status: Status,
    pub submitted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a summary stands.
#[codes::code(name = "QualitySummaryStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已提交
    Submitted,
}

/// A training the findings ask for (培训计划).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedTraining {
    #[schema(min_length = 2, max_length = 200)]
    pub topic: String,
    pub audience: Option<TrainingAudience>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub staff_ids: Vec<Uuid>,
    pub planned_on: Option<NaiveDate>,
}

impl Model {
    /// The trainings planned.
    pub fn plan(&self) -> Vec<PlannedTraining> {
        serde_json::from_str(&self.plan).unwrap_or_default()
    }
}
