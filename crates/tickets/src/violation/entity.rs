//! A violation of a rule (违规) by a member of staff.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "violation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub staff_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub rule_code: String,
    /// Of the rule as valid on the day; zero or less.
    pub penalty_fen: i64,
    pub occurred_on: Date,
    pub evidence: String,
    /// JSON array of document ids.
    pub document_ids: String,
    pub status: Status,
    pub dispute_text: Option<String>,
    pub decided_by: Option<Uuid>,
    pub decision_reason: Option<String>,
    /// The published assessment that counted it.
    pub assessment_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a violation stands.
#[codes::code(name = "ViolationStatus")]
pub enum Status {
    /// 已记录
    Recorded,
    /// 有异议
    Disputed,
    /// 已确认
    Confirmed,
    /// 已撤销
    Dropped,
}
