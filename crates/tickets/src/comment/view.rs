//! What callers see of a comment.

use kernel::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{Model, Visibility};

/// A comment (备注).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommentView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub ticket_id: Uuid,
    pub visibility: Visibility,
    pub text: String,
    pub document_ids: Vec<Uuid>,
    pub author_name: String,
    pub author_role: String,
}

impl From<Model> for CommentView {
    fn from(row: Model) -> Self {
        Self {
            document_ids: serde_json::from_str(&row.document_ids).unwrap_or_default(),
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            created_by: row.created_by,
            ticket_id: row.ticket_id,
            visibility: row.visibility,
            text: row.text,
            author_name: row.author_name,
            author_role: row.author_role,
        }
    }
}
