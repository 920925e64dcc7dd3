//! The unit row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::property::Status;

/// What a unit is for (用途).
#[codes::code]
pub enum UnitUse {
    /// 住宅
    Residence,
    /// 商铺
    Shop,
    /// 车位
    #[label("Parking space")]
    Parking,
    /// 储藏室
    #[label("Store room")]
    Storage,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "unit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub building_id: Uuid,
    /// The building's project, kept here for scopes.
    pub project_id: Uuid,
    /// In canonical form.
    pub room_no: String,
    pub floor: Option<i32>,
    #[sea_orm(column_name = "use")]
    #[serde(rename = "use")]
    pub purpose: UnitUse,
    /// Hundredths of a square metre.
    pub predicted_area_dm2: Option<i64>,
    pub registered_area_dm2: Option<i64>,
    pub inner_area_dm2: Option<i64>,
    pub height_cm: Option<i32>,
    pub delivered_on: Option<Date>,
    pub status: Status,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
