//! One stamping; never changed.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "seal_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub year: i32,
    /// From 1 in each year, without a gap.
    pub serial: i32,
    pub document_id: Uuid,
    pub seal_kind: SealKind,
    pub purpose: String,
    pub copies: i32,
    pub applicant_id: Uuid,
    pub approver_id: Uuid,
    pub stamped_on: Date,
    pub recorded_by: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Which seal was used (印章).
#[derive(Copy, Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SealKind {
    Company,
    Contract,
    LegalRepresentative,
    Department,
}
