//! The recourse claim row (索赔).

use kernel::money::Money;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "defect_claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// The proposer.
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub status: Status,
    pub repair_order_id: Uuid,
    pub ticket_id: Uuid,
    pub supplier_id: Uuid,
    pub cost_contract_id: Option<Uuid>,
    pub building_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub case_org_unit_id: Option<Uuid>,
    /// JSON of [`ClaimLine`]s.
    pub lines: String,
    /// Hundredths of a per cent.
    pub fee_percent_units: i64,
    pub amount_fen: i64,
    pub notice_document_id: Option<Uuid>,
    pub notified_on: Option<Date>,
    /// Last day on which the contractor may reply.
    pub reply_until: Option<Date>,
    /// JSON of the [`ClaimReply`].
    pub reply: Option<String>,
    pub decision_text: Option<String>,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<DateTimeUtc>,
    /// Why a confirmed claim is not posted yet: no_retention.
    pub reason: Option<String>,
    pub withdraw_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a claim stands (索赔状态).
#[codes::code(name = "DefectClaimStatus")]
pub enum Status {
    /// 已提出
    Proposed,
    /// 已通知
    Notified,
    /// 施工方认可
    Accepted,
    /// 施工方有异议
    Objected,
    /// 已确认
    Confirmed,
    /// 已入账
    Posted,
    /// 扣款未获批准
    Refused,
    /// 已撤回
    Withdrawn,
}

/// What the house paid in the contractor's place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimLine {
    #[schema(min_length = 1, max_length = 200)]
    pub text: String,
    /// More than zero.
    pub amount: Money,
}

/// What the contractor said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClaimReply {
    pub result: ReplyResult,
    pub text: String,
    pub received_on: Date,
}

/// Whether the contractor agrees.
#[codes::code(name = "ClaimReplyResult", stored = false)]
pub enum ReplyResult {
    /// 认可
    Accepted,
    /// 有异议
    Objected,
}
