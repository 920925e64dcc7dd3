//! The row of an ownership.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "ownership")]
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
    pub customer_id: Uuid,
    pub from_on: Date,
    /// The last day; open when null.
    pub to_on: Option<Date>,
    pub cause: Cause,
    pub document_id: Option<Uuid>,
    pub takes_arrears: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Why a home changed hands.
#[codes::code(name = "OwnershipCause")]
pub enum Cause {
    /// 交付
    Handover,
    /// 买卖
    Sale,
    /// 继承
    Inheritance,
    /// 租赁
    Tenancy,
    /// 更正
    Correction,
}
