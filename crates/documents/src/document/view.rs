//! What callers see of a document.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use store::Reading;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::entity::{Model, link};

/// A document (文件, PF-07); its content is at `/v1/documents/{id}/content`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentView {
    pub id: Uuid,
    /// What it is: `photo`, `contract`, `policy` …
    pub kind: String,
    pub name: String,
    /// The paper's own number (文号).
    pub number: Option<String>,
    pub issued_by: Option<String>,
    pub issued_on: Option<NaiveDate>,
    pub keywords: Vec<String>,
    pub links: Vec<DocumentLink>,
    /// Customers who may read it.
    pub shared_with: Vec<Uuid>,
    pub file_name: String,
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    pub sha256: String,
    pub created_by: Uuid,
    pub project_id: Option<Uuid>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a document belongs to, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DocumentLink {
    /// The kind of resource: `ticket`, `unit`, `customer` …
    #[schema(min_length = 1, max_length = 40)]
    pub resource: String,
    pub id: Uuid,
    /// `attachment` when absent.
    #[serde(default = "attachment")]
    #[schema(min_length = 1, max_length = 40)]
    pub role: String,
}

fn attachment() -> String {
    "attachment".to_owned()
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<DocumentView>, Fault> {
    let mut links = links_of(at, rows.iter().map(|row| row.id).collect()).await?;
    let customer = at.actor().is_customer();
    let view = |row: Model| DocumentView {
        keywords: serde_json::from_str(&row.keywords).unwrap_or_default(),
        // Whom else it is shown is no customer's business.
        shared_with: if customer { Vec::new() } else { serde_json::from_str(&row.shared_with).unwrap_or_default() },
        links: links.remove(&row.id).unwrap_or_default(),
        id: row.id,
        kind: row.kind,
        name: row.name,
        number: row.number,
        issued_by: row.issued_by,
        issued_on: row.issued_on,
        file_name: row.file_name,
        media_type: row.media_type,
        size: row.size,
        sha256: row.sha256,
        created_by: row.created_by,
        project_id: row.project_id,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    };
    Ok(rows.into_iter().map(view).collect())
}

async fn links_of(at: &Reading, documents: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<DocumentLink>>, Fault> {
    let rows = link::Entity::find()
        .filter(link::Column::DocumentId.is_in(documents))
        .order_by_asc(link::Column::CreatedAt)
        .all(&at.db())
        .await?;
    let mut by_document: HashMap<Uuid, Vec<DocumentLink>> = HashMap::new();
    for row in rows {
        let link = DocumentLink { resource: row.resource, id: row.resource_id, role: row.role };
        by_document.entry(row.document_id).or_default().push(link);
    }
    Ok(by_document)
}
