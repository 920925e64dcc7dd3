//! A rule of the monthly staff assessment (考核条款) with its penalty, valid from a day.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "assessment_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub code: String,
    pub valid_from: Date,
    /// JSON array of role codes.
    pub role_codes: String,
    pub text: String,
    /// Zero or less.
    pub penalty_fen: i64,
    /// Where the house wrote it down.
    pub source: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The roles it is for.
    pub fn role_codes(&self) -> Vec<String> {
        serde_json::from_str(&self.role_codes).unwrap_or_default()
    }
}
