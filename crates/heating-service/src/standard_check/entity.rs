//! The row of a standard check.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::instrument::entity::calibration::Outcome;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "standard_check")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub instrument_id: Uuid,
    pub standard_name: String,
    /// Hundredths of the unit, as the other figures.
    pub certified_units: i64,
    pub uncertainty_units: Option<i64>,
    pub unit: String,
    pub standard_valid_until: Date,
    /// JSON array.
    pub runs: String,
    pub mean_units: i64,
    pub deviation_units: i64,
    pub limit_units: i64,
    pub result: Outcome,
    pub checked_at: DateTimeUtc,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
