//! The organisation unit row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "org_unit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub code: String,
    pub name: String,
    pub kind: Kind,
    pub parent_id: Option<Uuid>,
    /// active, inactive.
    pub status: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What sort of unit it is.
#[codes::code(name = "OrgUnitKind")]
pub enum Kind {
    /// 公司
    Company,
    /// 分公司
    Branch,
    /// 区域
    Region,
    /// 部门
    Department,
    /// 所站: 所、站、锅炉房、换热站
    Station,
    /// 项目部
    ProjectTeam,
    /// 班组
    ShiftGroup,
    /// 网点
    Outlet,
}
