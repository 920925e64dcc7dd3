//! The receipt row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heat_receipt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub household_id: Uuid,
    pub customer_id: Option<Uuid>,
    pub method: Method,
    pub voucher_no: String,
    pub amount_fen: i64,
    pub paid_at: DateTimeUtc,
    pub reversed_by: Option<Uuid>,
    pub reversed_at: Option<DateTimeUtc>,
    pub reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether the money still counts.
    pub fn status(&self) -> Status {
        if self.reversed_at.is_some() { Status::Reversed } else { Status::Recorded }
    }
}

/// How it was paid.
#[codes::code(name = "HeatReceiptMethod")]
pub enum Method {
    /// 现金
    Cash,
    /// 转账
    Transfer,
    /// 刷卡
    Card,
    /// 微信
    Wechat,
    /// 支付宝
    Alipay,
}

/// Whether a receipt counts.
#[codes::code(name = "HeatReceiptStatus", stored = false)]
pub enum Status {
    /// 已收
    Recorded,
    /// 已冲销
    Reversed,
}
