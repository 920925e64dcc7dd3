//! The template row: one revision of a text.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::reach::Channel;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "message_template")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub created_by: Uuid,
    /// Who changed the draft last.
    pub edited_by: Option<Uuid>,
    pub code: String,
    /// The highest approved one is used.
    pub revision: i32,
    pub channel: Channel,
    pub text: String,
    pub status: Status,
    pub approved_at: Option<DateTimeUtc>,
    pub approved_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Whether a text may be used.
#[codes::code(name = "MessageTemplateStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已批准
    Approved,
}
