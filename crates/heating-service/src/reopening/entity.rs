//! The row of a reopening order.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "reopening")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub household_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    pub cause: Cause,
    /// The application to resume.
    pub source_id: Option<Uuid>,
    pub ordered_at: DateTimeUtc,
    pub due_at: DateTimeUtc,
    pub status: Status,
    pub completed_at: Option<DateTimeUtc>,
    pub completed_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Why a valve is opened again.
#[codes::code(name = "ReopeningCause")]
pub enum Cause {
    /// 缴清
    Payment,
    /// 恢复供热
    Resume,
}

/// Where an order stands.
#[codes::code(name = "ReopeningStatus")]
pub enum Status {
    /// 待开栓
    Ordered,
    /// 已开栓
    Completed,
    /// 已取消: its resumption came to nothing, or its payment was taken back.
    Cancelled,
}
