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

use super::entity::{ApprovalStatus, Direction, Model, file_version, link, reader};

/// A document (文件, PF-07); its content is at `/v1/documents/{id}/content`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentView {
    pub id: Uuid,
    /// What it is: `photo`, `contract`, `policy` …
    pub kind: String,
    pub name: String,
    /// The paper's own number (文号).
    pub number: Option<String>,
    /// The authority, of a policy.
    pub issued_by: Option<String>,
    pub issued_on: Option<NaiveDate>,
    pub keywords: Vec<String>,
    /// What it is attached to; empty for customers.
    pub links: Vec<DocumentLink>,
    /// Customers who may read it; empty for customers.
    pub shared_with: Vec<Uuid>,
    /// Its files, the newest first.
    pub versions: Vec<FileVersionView>,
    /// Of the newest file, as the next three.
    pub file_name: String,
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    pub sha256: String,
    /// Which way it goes, once submitted for approval.
    pub direction: Option<Direction>,
    pub approval_status: ApprovalStatus,
    /// Whom it was circulated to; empty for customers.
    pub readers: Vec<ReaderView>,
    pub created_by: Uuid,
    pub project_id: Option<Uuid>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One file of a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DocumentFileVersion)]
pub struct FileVersionView {
    /// From 1; `content?version=` takes it.
    pub number: i32,
    pub sha256: String,
    pub size: i64,
    pub media_type: String,
    pub file_name: String,
    pub note: Option<String>,
    pub uploaded_by: Uuid,
    pub uploaded_at: Timestamp,
}

/// Somebody who is to read a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DocumentReader)]
pub struct ReaderView {
    pub staff_id: Uuid,
    pub circulated_by: Uuid,
    pub circulated_at: Timestamp,
    pub read_at: Option<Timestamp>,
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
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut versions = versions_of(at, &ids).await?;
    // Whom else it is shown, and what the house does with it, is no customer's business.
    let inside = !at.actor().is_customer();
    let (mut links, mut readers) = match inside {
        true => (links_of(at, &ids).await?, readers_of(at, &ids).await?),
        false => Default::default(),
    };
    let view = |row: Model| DocumentView {
        keywords: serde_json::from_str(&row.keywords).unwrap_or_default(),
        shared_with: if inside { serde_json::from_str(&row.shared_with).unwrap_or_default() } else { Vec::new() },
        links: links.remove(&row.id).unwrap_or_default(),
        readers: readers.remove(&row.id).unwrap_or_default(),
        versions: versions.remove(&row.id).unwrap_or_default(),
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
        direction: row.direction,
        approval_status: row.approval_status,
        created_by: row.created_by,
        project_id: row.project_id,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    };
    Ok(rows.into_iter().map(view).collect())
}

async fn versions_of(at: &Reading, documents: &[Uuid]) -> Result<HashMap<Uuid, Vec<FileVersionView>>, Fault> {
    let rows = file_version::Entity::find()
        .filter(file_version::Column::DocumentId.is_in(documents.iter().copied()))
        .order_by_desc(file_version::Column::Number)
        .all(&at.db())
        .await?;
    let mut by_document: HashMap<Uuid, Vec<FileVersionView>> = HashMap::new();
    for row in rows {
        by_document.entry(row.document_id).or_default().push(FileVersionView {
            number: row.number,
            sha256: row.sha256,
            size: row.size,
            media_type: row.media_type,
            file_name: row.file_name,
            note: row.note,
            uploaded_by: row.uploaded_by,
            uploaded_at: row.uploaded_at.into(),
        });
    }
    Ok(by_document)
}

async fn links_of(at: &Reading, documents: &[Uuid]) -> Result<HashMap<Uuid, Vec<DocumentLink>>, Fault> {
    let rows = link::Entity::find()
        .filter(link::Column::DocumentId.is_in(documents.iter().copied()))
        .order_by_asc(link::Column::CreatedAt)
        .order_by_asc(link::Column::Id)
        .all(&at.db())
        .await?;
    let mut by_document: HashMap<Uuid, Vec<DocumentLink>> = HashMap::new();
    for row in rows {
        let link = DocumentLink { resource: row.resource, id: row.resource_id, role: row.role };
        by_document.entry(row.document_id).or_default().push(link);
    }
    Ok(by_document)
}

async fn readers_of(at: &Reading, documents: &[Uuid]) -> Result<HashMap<Uuid, Vec<ReaderView>>, Fault> {
    let rows = reader::Entity::find()
        .filter(reader::Column::DocumentId.is_in(documents.iter().copied()))
        .order_by_asc(reader::Column::CirculatedAt)
        .order_by_asc(reader::Column::Id)
        .all(&at.db())
        .await?;
    let mut by_document: HashMap<Uuid, Vec<ReaderView>> = HashMap::new();
    for row in rows {
        by_document.entry(row.document_id).or_default().push(ReaderView {
            staff_id: row.staff_id,
            circulated_by: row.circulated_by,
            circulated_at: row.circulated_at.into(),
            read_at: row.read_at.map(Timestamp::from),
        });
    }
    Ok(by_document)
}
