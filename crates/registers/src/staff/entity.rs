//! The staff row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "staff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// 工号
    pub number: String,
    pub name: String,
    pub phone_sealed: Option<String>,
    pub phone_masked: Option<String>,
    pub email_sealed: Option<String>,
    pub email_masked: Option<String>,
    pub org_unit_id: Uuid,
    /// JSON array of skills.
    pub skills: String,
    pub daily_capacity: Option<i32>,
    /// active, inactive.
    pub status: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The status of somebody who works here.
pub const ACTIVE: &str = "active";

impl Model {
    pub fn is_active(&self) -> bool {
        self.status == ACTIVE
    }
}
