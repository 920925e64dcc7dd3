//! The row of an import.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::sheet::Format;

/// What became of an import (导入状态).
#[codes::code(name = "ImportStatus")]
pub enum Status {
    /// 排队中: accepted, not yet over.
    Queued,
    /// 已导入: every row that was not refused is there.
    Applied,
    /// 被拒绝: a row was refused, so none was taken over.
    Refused,
    /// 失败: it could not be read to its end.
    Failed,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub status: Status,
    pub partial: bool,
    pub file_name: String,
    pub sha256: String,
    pub format: Format,
    pub total: i32,
    pub ok: i32,
    pub unchanged: i32,
    pub refused: i32,
    /// JSON array of the first refused cells.
    #[serde(skip)]
    pub refusals: String,
    pub operation_id: Option<Uuid>,
    pub created_by: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
