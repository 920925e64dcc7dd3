//! The monthly assessment (月度考核) of one person.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "monthly_assessment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub staff_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    /// `YYYY-MM`.
    pub month: String,
    /// Zero or less.
    pub penalty_total_fen: i64,
    pub reward_fen: i64,
    pub net_fen: i64,
    pub status: Status,
    pub published_at: Option<DateTimeUtc>,
    pub published_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where an assessment stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = MonthlyAssessmentStatus)]
pub enum Status {
    /// 草稿
    Draft,
    /// 已发布
    Published,
}

impl Status {
    /// Every code, for filters.
    pub const CODES: &'static [&'static str] = &["draft", "published"];
}

impl From<Status> for &'static str {
    fn from(status: Status) -> Self {
        Status::CODES[status as usize]
    }
}
