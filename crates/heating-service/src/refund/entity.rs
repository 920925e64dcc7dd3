//! The refund row.

use kernel::fixed::Percent;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heat_refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// Who proposed it; nil: the house.
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub household_id: Uuid,
    pub season_id: Uuid,
    /// Who held the household on the days it is of.
    pub customer_id: Option<Uuid>,
    pub rule_set: String,
    /// JSON array of [`RefundDay`].
    pub days: String,
    /// For the season so far.
    pub total_fen: i64,
    /// Of that, not credited before.
    pub amount_fen: i64,
    pub status: Status,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTimeUtc>,
    pub credited_by: Option<Uuid>,
    pub credited_at: Option<DateTimeUtc>,
    pub paid_out_by: Option<Uuid>,
    pub paid_out_at: Option<DateTimeUtc>,
    pub paid_out_fen: Option<i64>,
    pub method: Option<String>,
    pub voucher_no: Option<String>,
    pub request_document_id: Option<Uuid>,
    /// Why it was rejected.
    pub reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// A day part of whose fee is given back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = HeatRefundDay)]
pub struct RefundDay {
    pub date: Date,
    pub rate_percent: Percent,
    pub cause: Cause,
    /// The temperature case, or the outage the stoppage began with.
    pub source_id: Uuid,
}

/// Why a day is refunded.
#[codes::code(name = "HeatRefundCause", stored = false)]
pub enum Cause {
    /// 室温不达标
    Temperature,
    /// 停供
    Stoppage,
}

/// Where a refund stands.
#[codes::code(name = "HeatRefundStatus")]
pub enum Status {
    /// 已提出
    Proposed,
    /// 已批准
    Approved,
    /// 已驳回
    Rejected,
    /// 已抵账
    Credited,
    /// 已退款
    PaidOut,
}
