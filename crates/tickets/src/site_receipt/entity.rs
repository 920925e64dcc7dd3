//! The site receipt row (现场收款).

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "site_receipt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub status: Status,
    pub repair_order_id: Option<Uuid>,
    pub service_request_id: Option<Uuid>,
    pub case_org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub amount_fen: i64,
    pub method: Method,
    pub receipt_number: String,
    pub received_by: Uuid,
    /// Until when it is to be handed in.
    pub hand_in_by: DateTimeUtc,
    pub handed_in_at: Option<DateTimeUtc>,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where the money is (收款状态).
#[codes::code(name = "SiteReceiptStatus")]
pub enum Status {
    /// 已收款
    Made,
    /// 已上交
    HandedIn,
    /// 已确认
    Confirmed,
}

/// How it was paid (收款方式).
#[codes::code(name = "ReceiptMethod")]
pub enum Method {
    /// 现金
    Cash,
    /// 刷卡
    Card,
    /// 转账
    Transfer,
    /// 微信
    #[label("WeChat")]
    Wechat,
    /// 支付宝
    Alipay,
}
