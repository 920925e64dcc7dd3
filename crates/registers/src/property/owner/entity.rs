//! The row of an ownership.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// Who says that the customer owns the unit.
#[codes::code]
pub enum OwnerSource {
    /// 合同
    Contracts,
    /// 导入
    Import,
    /// 人工登记
    Manual,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "unit_owner")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub unit_id: Uuid,
    pub customer_id: Uuid,
    pub from_on: Date,
    pub to_on: Option<Date>,
    pub source: OwnerSource,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
