//! The contact log row. Append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "contact_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub customer_id: Uuid,
    pub ticket_id: Option<Uuid>,
    /// The call task of a campaign it is the result of.
    pub delivery_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub method: Method,
    pub direction: Direction,
    pub at: DateTimeUtc,
    pub reached: bool,
    pub content: String,
    /// JSON array.
    pub opinions: String,
    pub next_promise_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// How somebody was contacted (联系方式).
#[codes::code(name = "ContactMethod")]
pub enum Method {
    /// 电话
    Phone,
    /// 邮件
    #[label("E-mail")]
    Email,
    /// 短信
    #[label("SMS")]
    Sms,
    /// 来访或上门
    Visit,
    /// 即时通讯
    #[label("Messenger")]
    Im,
}

/// Who contacted whom.
#[codes::code(name = "ContactDirection")]
pub enum Direction {
    /// 客户来
    #[label("Incoming")]
    In,
    /// 我方去
    #[label("Outgoing")]
    Out,
}
