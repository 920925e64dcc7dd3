//! What callers see of an article.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::entity::{Kind, Model, Status, Visibility, revision};
use super::{is_expired, status};
use crate::ticket::entity::json_list;

/// An article (知识条目).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KnowledgeArticleView {
    pub id: Uuid,
    pub version: i32,
    /// `KB-20260115-000012`.
    pub number: String,
    pub kind: Kind,
    pub title: String,
    pub body: String,
    pub category_codes: Vec<String>,
    pub visibility: Visibility,
    pub status: Status,
    /// 1, and one more with each change of the text.
    pub revision: i32,
    /// Its last day; null: no end.
    pub valid_until: Option<NaiveDate>,
    /// Whether the last day is over.
    pub expired: bool,
    pub author_id: Uuid,
    pub publisher_id: Option<Uuid>,
    pub published_at: Option<Timestamp>,
    pub retired_at: Option<Timestamp>,
    /// Tickets it helped with.
    pub uses: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

pub(super) fn of(at: &Reading, rows: Vec<Model>) -> Vec<KnowledgeArticleView> {
    let view = |row: Model| KnowledgeArticleView {
        expired: is_expired(&row, at.now),
        status: status(&row, at.now),
        category_codes: json_list(&row.category_codes),
        id: row.id,
        version: row.version,
        number: row.number,
        kind: row.kind,
        title: row.title,
        body: row.body,
        visibility: row.visibility,
        revision: row.revision,
        valid_until: row.valid_until,
        author_id: row.author_id,
        publisher_id: row.publisher_id,
        published_at: row.published_at.map(Timestamp::from),
        retired_at: row.retired_at.map(Timestamp::from),
        uses: row.uses,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    };
    rows.into_iter().map(view).collect()
}

/// The texts of an article, the latest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KnowledgeRevisions {
    pub items: Vec<RevisionView>,
}

/// A text as it once was.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeRevision)]
pub struct RevisionView {
    pub revision: i32,
    pub title: String,
    pub body: String,
    pub category_codes: Vec<String>,
    pub visibility: Visibility,
    pub valid_until: Option<NaiveDate>,
    pub author_id: Uuid,
    pub on_behalf_of: Option<Uuid>,
    pub written_at: Timestamp,
}

/// Every text of an article; a customer sees only the one that was published.
pub async fn revisions(at: &Reading, row: &Model) -> Result<KnowledgeRevisions, Fault> {
    let mut select = revision::Entity::find().filter(revision::Column::ArticleId.eq(row.id));
    if at.actor().is_customer() {
        select = select.filter(revision::Column::Revision.eq(row.revision));
    }
    let rows = select.order_by_desc(revision::Column::Revision).all(&at.db()).await?;
    let view = |row: revision::Model| RevisionView {
        category_codes: json_list(&row.category_codes),
        revision: row.revision,
        title: row.title,
        body: row.body,
        visibility: row.visibility,
        valid_until: row.valid_until,
        author_id: row.author_id,
        on_behalf_of: row.on_behalf_of,
        written_at: row.written_at.into(),
    };
    Ok(KnowledgeRevisions { items: rows.into_iter().map(view).collect() })
}
