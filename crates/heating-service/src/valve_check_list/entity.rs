//! The row of a list of valves to check.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "valve_check_list")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub season_id: Uuid,
    /// None: the whole company.
    pub org_unit_id: Option<Uuid>,
    /// The moment the households were looked at.
    pub as_of: DateTimeUtc,
    /// JSON array of grounds.
    pub criteria: String,
    /// Households listed.
    pub lines: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
