//! The row of a retained sample.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "retention_sample")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub sample_id: Uuid,
    /// Hundredths of a gram.
    pub mass_cg: i64,
    pub place: String,
    pub stored_at: DateTimeUtc,
    /// From this day on it may be thrown away.
    pub keep_until: Date,
    pub disposed_at: Option<DateTimeUtc>,
    pub disposed_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Whether it is still there.
#[codes::code(name = "RetentionStatus", stored = false)]
pub enum Status {
    /// 留存
    Stored,
    /// 已处置
    Disposed,
}

impl Model {
    /// Whether it is still there.
    pub fn status(&self) -> Status {
        if self.disposed_at.is_some() { Status::Disposed } else { Status::Stored }
    }
}
