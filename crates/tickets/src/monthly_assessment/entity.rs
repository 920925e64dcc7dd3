//! The monthly assessment (月度考核) of one person.

use sea_orm::entity::prelude::*;
use serde::Serialize;

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
#[codes::code(name = "MonthlyAssessmentStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已发布
    Published,
}
