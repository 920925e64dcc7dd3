//! The row of a price.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::household::entity::Use;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heat_price")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub season_id: Uuid,
    #[sea_orm(column_name = "use")]
    #[serde(rename = "use")]
    pub purpose: Use,
    /// A square metre and season.
    pub price_fen: i64,
    pub document_id: Option<Uuid>,
    pub status: Status,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Whether a price holds.
#[codes::code(name = "HeatPriceStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已批准
    Approved,
}
