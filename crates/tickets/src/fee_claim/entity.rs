//! The repair-fee claim row (维修费结算单) and its lines.

use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "repair_fee_claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub status: Status,
    pub outlet_id: Uuid,
    pub region_org_unit_id: Uuid,
    pub month: String,
    /// 1, and one more each time it was sent back; checks count within their round.
    pub round: i32,
    pub submitted_by: Option<Uuid>,
    pub submitted_at: Option<DateTimeUtc>,
    pub first_reviewed_by: Option<Uuid>,
    pub first_reviewed_at: Option<DateTimeUtc>,
    pub audited_by: Option<Uuid>,
    pub audited_at: Option<DateTimeUtc>,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTimeUtc>,
    pub settled_by: Option<Uuid>,
    pub settled_at: Option<DateTimeUtc>,
    pub claimed_fen: i64,
    pub first_fen: Option<i64>,
    pub audited_fen: Option<i64>,
    pub cash_fen: Option<i64>,
    pub goods_fen: Option<i64>,
    /// Last day of the written notice.
    pub notice_by: Option<Date>,
    pub notice_document_id: Option<Uuid>,
    pub notified_at: Option<DateTimeUtc>,
    pub return_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a claim stands (结算状态).
#[codes::code(name = "RepairFeeClaimStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已退回
    Returned,
    /// 已提交
    Submitted,
    /// 已初审
    FirstReviewed,
    /// 已审核
    Audited,
    /// 已批准
    Approved,
    /// 已结算
    Settled,
    /// 已通知
    Closed,
}

impl Model {
    /// Who has had a hand in it, with the act: each step is another person's (TK-R31).
    pub fn hands(&self) -> [(&'static str, Option<Uuid>); 3] {
        [("submit", self.submitted_by), ("first-review", self.first_reviewed_by), ("audit", self.audited_by)]
    }
}

pub mod line {
    //! A line of a claim: one order, claimed once.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "repair_fee_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub claim_id: Uuid,
        pub position: i32,
        pub repair_order_id: Uuid,
        pub tariff_code: String,
        /// The tariff's fee and the order's part lines.
        pub limit_fen: i64,
        pub claimed_fen: i64,
        pub first_fen: Option<i64>,
        pub audited_fen: Option<i64>,
        pub cut_reason: Option<String>,
        /// JSON of [`super::Check`]s.
        pub checks: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A customer asked by phone whether the repair was done (电话抽查).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RepairFeeCheck)]
pub struct Check {
    pub round: i32,
    pub step: Step,
    pub result: CheckResult,
    pub by: Uuid,
    pub at: Timestamp,
    pub note: Option<String>,
}

/// For which step a check was made.
#[codes::code(name = "RepairFeeCheckStep", stored = false)]
pub enum Step {
    /// 初审
    #[label("First review")]
    First,
    /// 审核
    Audit,
}

/// What the customer said.
#[codes::code(name = "RepairFeeCheckResult", stored = false)]
pub enum CheckResult {
    /// 属实
    Confirmed,
    /// 不属实
    NotConfirmed,
    /// 无人接听: does not count.
    NoAnswer,
}
