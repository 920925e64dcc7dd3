//! The row of a printed figure.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::annual::{Key, Qualifier};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "published_figure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub year: i32,
    pub as_of: Date,
    #[sea_orm(column_name = "figure")]
    pub key: Key,
    /// Hundredths.
    pub value_units: i64,
    pub qualifier: Qualifier,
    pub wording: String,
    pub source: Source,
    pub document_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a printed figure came from.
#[codes::code(name = "FigureSource")]
pub enum Source {
    /// 计算
    Computed,
    /// 手工
    ByHand,
}
