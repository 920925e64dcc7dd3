//! The contact log row. Append-only.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
#[derive(Copy, Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = ContactMethod)]
pub enum Method {
    Phone,
    Email,
    Sms,
    /// 来访或上门
    Visit,
    Im,
}

impl Method {
    /// Every code, for filters.
    pub const CODES: &'static [&'static str] = &["phone", "email", "sms", "visit", "im"];
}

/// Who contacted whom.
#[derive(Copy, Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = ContactDirection)]
pub enum Direction {
    /// 客户来
    In,
    /// 我方去
    Out,
}

impl Direction {
    /// Every code, for filters.
    pub const CODES: &'static [&'static str] = &["in", "out"];
}
