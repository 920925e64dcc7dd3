//! The household row. Room and address are sealed; the building alone is shown.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "household")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// `RH-000001`.
    pub number: String,
    pub station_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    pub unit_id: Option<Uuid>,
    pub building: String,
    /// Blind index of the canonical room; unique in a station.
    #[serde(skip_serializing)]
    pub room_key: String,
    pub room_sealed: String,
    pub address_sealed: String,
    /// Who holds it, by the last ownership.
    pub customer_id: Option<Uuid>,
    #[sea_orm(column_name = "use")]
    #[serde(rename = "use")]
    pub purpose: Use,
    pub far_end: bool,
    pub connected_on: Option<Date>,
    pub valve: Valve,
    pub seal_no: Option<String>,
    pub warranty_until: Option<Date>,
    /// A price a square metre agreed for this home.
    pub price_exception_fen: Option<i64>,
    /// What the ledger says is owed; negative: a credit.
    pub balance_fen: i64,
    /// As of the last look, for the order of lists only.
    pub overdue_fen: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What a home is used for; prices differ by it.
#[codes::code(name = "HouseholdUse")]
pub enum Use {
    /// 居民
    Residential,
    /// 商业
    Commercial,
    /// 公建
    Public,
    /// 配套用房
    Auxiliary,
}

/// How the household's valve stands (栓).
#[codes::code(name = "HouseholdValve")]
pub enum Valve {
    /// 开
    Open,
    /// 关
    Closed,
    /// 铅封
    Sealed,
    /// 断管
    Cut,
}
