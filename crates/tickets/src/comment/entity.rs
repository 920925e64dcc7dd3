//! The comment row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "comment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub ticket_id: Uuid,
    /// Never changes.
    pub visibility: Visibility,
    pub text: String,
    /// JSON array of document ids.
    pub document_ids: String,
    /// As it was when written.
    pub author_name: String,
    pub author_role: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Who reads a comment (可见范围).
#[codes::code(name = "CommentVisibility")]
pub enum Visibility {
    /// 内部
    Internal,
    /// 客户可见
    #[label("For the customer")]
    Customer,
}
