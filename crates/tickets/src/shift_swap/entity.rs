//! The swap row (调班).

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "shift_swap")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub org_unit_id: Uuid,
    pub requester_id: Uuid,
    pub own_shift_id: Uuid,
    pub other_shift_id: Option<Uuid>,
    pub other_staff_id: Uuid,
    pub proof_document_id: Option<Uuid>,
    pub consented_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub status: Status,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a swap stands.
#[codes::code(name = "ShiftSwapStatus")]
pub enum Status {
    /// 待同意
    Requested,
    /// 已同意: 对方已同意
    Consented,
    /// 已谢绝: 对方不同意
    Declined,
    /// 已生效
    Applied,
    /// 未批准
    Refused,
    /// 已取消
    Cancelled,
}
