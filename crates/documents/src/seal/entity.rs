//! One stamping; never changed.

use sea_orm::entity::prelude::*;
use serde::Serialize;

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
#[codes::code]
pub enum SealKind {
    /// 公章
    #[label("Company seal")]
    Company,
    /// 合同专用章
    #[label("Contract seal")]
    Contract,
    /// 法定代表人章
    #[label("Legal representative's seal")]
    LegalRepresentative,
    /// 部门章
    #[label("Department seal")]
    Department,
}
