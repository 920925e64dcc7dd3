//! The project row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::property::Status;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "project")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub org_unit_id: Option<Uuid>,
    /// Hundredths of a square metre.
    pub building_area_dm2: Option<i64>,
    pub saleable_area_dm2: Option<i64>,
    pub land_area_dm2: Option<i64>,
    pub status: Status,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
