//! The row of an area item.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "area_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    /// Null until it is changed.
    pub updated_at: Option<DateTimeUtc>,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub household_id: Uuid,
    pub kind: Kind,
    /// Hundredths of a square metre.
    pub area_dm2: i64,
    /// Only a certificate has none.
    pub height_cm: Option<i32>,
    pub has_heating_facility: bool,
    pub from_on: Date,
    /// The last day; open when null.
    pub to_on: Option<Date>,
    pub origin: Origin,
    pub source_id: Option<Uuid>,
    pub agreement_id: Option<Uuid>,
    pub document_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What sort of area it is.
#[codes::code(name = "AreaItemKind")]
pub enum Kind {
    /// 证载面积
    Certificate,
    /// 赠送面积
    Gifted,
    /// 私增面积
    Extension,
    /// 地下室
    Basement,
    /// 附属用房
    Ancillary,
}

/// What says that it is there.
#[codes::code(name = "AreaItemOrigin")]
pub enum Origin {
    /// 导入
    Import,
    /// 产权证
    Certificate,
    /// 稽查
    Case,
    /// 协议
    Agreement,
}
