//! Documents: what is said about a file, and who may read it.

mod commands;
pub mod entity;
mod view;

use std::collections::HashSet;

use access::Actor;
use kernel::fault::Fault;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use uuid::Uuid;

pub use commands::{DocumentFields, UploadDocument, create, link, update};
use entity::{Column, link as links, share};
pub use entity::{Entity, Model};
pub use view::{DocumentLink, DocumentView};

/// The documents (PF-07).
pub struct Document;

impl Resource for Document {
    type Entity = Entity;
    type Row = Model;
    type View = DocumentView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "document";
    const PATH: &'static str = "/v1/documents";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        let own = Condition::any().add(Column::CreatedBy.eq(actor.sub));
        if actor.is_system() || actor.scope.all {
            return Condition::all();
        }
        if actor.is_customer() {
            return own
                .add(Column::CustomerId.is_in(actor.customer_id))
                .add(Column::Id.in_subquery(shared_with(actor.customer_id)));
        }
        if actor.role.is_client() {
            return own.add(Column::ProjectId.is_in(actor.scope.project_ids.iter().copied()));
        }
        // What a customer sent is for whoever serves him.
        let sent = Condition::all().add(Column::CustomerId.is_not_null()).add(Column::OrgUnitId.is_null());
        own.add(sent)
            .add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.iter().copied()))
            .add(Column::ProjectId.is_in(actor.scope.project_ids.iter().copied()))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .by("kind", Column::Kind)
            .by("number", Column::Number)
            .by("sha256", Column::Sha256)
            .by("created_by", Column::CreatedBy)
            .by("project_id", Column::ProjectId)
            .range("issued_on", Column::IssuedOn)
            .range("created_at", Column::CreatedAt)
            .custom("resource", "string", |_, text| {
                Ok(linked(links::Column::Resource.is_in(text.split(',').map(str::to_owned))))
            })
            .custom("resource_id", "uuid", |_, text| {
                Ok(linked(links::Column::ResourceId.eq(list::uuid("resource_id", text)?)))
            })
            .searched()
            .sort("created_at", Column::CreatedAt)
            .sort("name", Column::Name)
    }
    fn placement(row: &Model) -> Placement {
        Placement {
            project_id: row.project_id,
            org_unit_id: row.org_unit_id,
            customer_id: row.customer_id,
            ..Placement::default()
        }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<DocumentView>, Fault> {
        view::of(at, rows).await
    }
}

fn shared_with(customer: Option<Uuid>) -> SelectStatement {
    Query::select()
        .column(share::Column::DocumentId)
        .from(share::Entity)
        .and_where(share::Column::CustomerId.is_in(customer))
        .to_owned()
}

fn linked(test: sea_orm::sea_query::SimpleExpr) -> Condition {
    let documents = Query::select().column(links::Column::DocumentId).from(links::Entity).and_where(test).to_owned();
    Condition::all().add(Column::Id.in_subquery(documents))
}

/// Checks that the caller may know of all these documents before they are attached to something.
///
/// # Errors
/// 422 `not_found` at `/document_ids`.
pub async fn ensure_visible(at: &Reading, ids: &[Uuid]) -> Result<(), Fault> {
    if ids.is_empty() {
        return Ok(());
    }
    let rows = Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Document::visible_to(at.actor()))
        .all(&at.db())
        .await?;
    let known: HashSet<Uuid> = rows.into_iter().map(|row| row.id).collect();
    match ids.iter().all(|id| known.contains(id)) {
        true => Ok(()),
        false => Err(Fault::field("/document_ids", "not_found")),
    }
}

/// The kinds of these documents, whatever the caller's scope.
pub async fn kinds(at: &Reading, ids: &[Uuid]) -> Result<Vec<String>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| row.kind).collect())
}
