//! Documents: what is said about a file, who may read it, and what becomes of it as a paper.

mod approving;
mod circulation;
mod commands;
pub mod entity;
mod life_cycle;
mod versions;
mod view;

use std::collections::HashSet;

use access::Actor;
use kernel::fault::Fault;
use registers::customer::Customer;
use registers::customer::entity as customer;
use registers::customer::merge::files_of;
use sea_orm::sea_query::{self, Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use store::life_cycle::{Allowed, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use uuid::Uuid;

pub use approving::{
    ApproveDocument, RejectDocument, SubmitDocument, approve, install_routes, reject, return_to_draft, submit,
};
pub use circulation::{CirculateDocument, circulate, mark_read};
pub use commands::{DocumentFields, UploadDocument, create, link, show, update};
use entity::{Column, link as links, reader, share};
pub use entity::{Entity, Model};
use life_cycle::Paper;
pub use versions::{AddFileVersion, add, content};
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
            return match actor.customer_id {
                Some(customer) => own
                    .add(Column::CustomerId.in_subquery(files_of(customer)))
                    .add(Column::Id.in_subquery(shared_with(customer))),
                None => own,
            };
        }
        if actor.role.is_client() {
            return own.add(Column::ProjectId.is_in(actor.scope.project_ids.iter().copied()));
        }
        let mut any = own
            .add_option(crate::attached::serves_customers(actor).then(|| sent_to(actor)))
            .add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.iter().copied()))
            .add(Column::ProjectId.is_in(actor.scope.project_ids.iter().copied()))
            .add(Column::Id.in_subquery(circulated_to([actor.sub])))
            .add(Column::Id.in_subquery(approvals::approval::subjects_of(Self::NAME, actor)));
        for attached in crate::attached::to_something_seen(actor) {
            any = any.add(attached);
        }
        any
    }
    fn visible(at: &Reading) -> Condition {
        // Who is lent the role that has to sign reads what he will sign.
        let lent = approvals::approval::subjects_lent(Self::NAME, at).map(|lent| Column::Id.in_subquery(lent));
        Condition::any().add(Self::visible_to(at.actor())).add_option(lent)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .by("kind", Column::Kind)
            .by("number", Column::Number)
            .by("issued_by", Column::IssuedBy)
            .by("sha256", Column::Sha256)
            .by("created_by", Column::CreatedBy)
            .by("project_id", Column::ProjectId)
            .code("direction", Column::Direction, entity::Direction::CODES)
            .code("approval_status", Column::ApprovalStatus, entity::ApprovalStatus::CODES)
            .range("issued_on", Column::IssuedOn)
            .range("created_at", Column::CreatedAt)
            .custom("resource", "string", |_, text| {
                Ok(linked(list::about("resource", text, links::Column::Resource, links::Column::ResourceId)?))
            })
            .custom("resource_id", "uuid", |_, text| {
                let id = list::uuid("resource_id", text)?;
                Ok(linked(Condition::all().add(links::Column::ResourceId.eq(id))))
            })
            .custom("unread_by", "string", |at, text| {
                let people = list::people(at, "unread_by", text)?;
                let unread = circulated_to(people).and_where(reader::Column::ReadAt.is_null()).to_owned();
                Ok(Condition::all().add(Column::Id.in_subquery(unread)))
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
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        if at.actor().is_customer() {
            return Ok(None);
        }
        let paper = Paper::load(at, row.clone()).await?;
        let subject = Subject::of(at, &paper);
        Ok(Some(life_cycle::MOVES.allowed_under(life_cycle::permission, &subject, at.lang())))
    }
}

/// What a customer sent is for whoever serves him, before it is attached to anything.
fn sent_to(actor: &Actor) -> Condition {
    let known = Customer::visible_to(actor);
    let whose = match known.is_empty() {
        true => Column::CustomerId.is_not_null(),
        // One look a document, not all customers at each question.
        false => {
            let file = Expr::col((customer::Entity, customer::Column::Id));
            let his = sea_query::ExprTrait::equals(file, (Entity, Column::CustomerId));
            let mut known_file = Query::select();
            known_file.expr(Expr::value(1)).from(customer::Entity).and_where(his).cond_where(known);
            Expr::exists(known_file)
        }
    };
    Condition::all().add(whose).add(Column::OrgUnitId.is_null())
}

fn shared_with(customer: Uuid) -> SelectStatement {
    Query::select()
        .column(share::Column::DocumentId)
        .from(share::Entity)
        .and_where(share::Column::CustomerId.in_subquery(files_of(customer)))
        .to_owned()
}

fn circulated_to(people: impl IntoIterator<Item = Uuid>) -> SelectStatement {
    Query::select()
        .column(reader::Column::DocumentId)
        .from(reader::Entity)
        .and_where(reader::Column::StaffId.is_in(people))
        .to_owned()
}

fn linked(test: Condition) -> Condition {
    let documents = Query::select().column(links::Column::DocumentId).from(links::Entity).cond_where(test).to_owned();
    Condition::all().add(Column::Id.in_subquery(documents))
}

/// Checks that the caller may know of all these documents before they are attached to something.
///
/// # Errors
/// 422 `not_found` at `/document_ids`.
pub async fn ensure_visible(at: &Reading, ids: &[Uuid]) -> Result<(), Fault> {
    ensure_all_visible(at, ids, "/document_ids").await
}

/// As [`ensure_visible`], for documents named in a list of another name.
///
/// # Errors
/// 422 `not_found` at that list.
pub async fn ensure_all_visible(at: &Reading, ids: &[Uuid], pointer: &str) -> Result<(), Fault> {
    if ids.is_empty() {
        return Ok(());
    }
    let rows = Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Document::visible(at))
        .all(&at.db())
        .await?;
    let known: HashSet<Uuid> = rows.into_iter().map(|row| row.id).collect();
    match ids.iter().all(|id| known.contains(id)) {
        true => Ok(()),
        false => Err(Fault::field(pointer, "not_found")),
    }
}

/// As [`ensure_visible`], for a document named in a field of its own, if it is named at all.
///
/// # Errors
/// 422 `not_found` at that field.
pub async fn ensure_one_visible(at: &Reading, id: impl Into<Option<Uuid>>, pointer: &str) -> Result<(), Fault> {
    let Some(id) = id.into() else { return Ok(()) };
    let found = Entity::find_by_id(id).filter(Document::visible(at)).one(&at.db()).await?;
    found.map(drop).ok_or_else(|| Fault::field(pointer, "not_found"))
}

/// The kinds of these documents, whatever the caller's scope.
pub async fn kinds(at: &Reading, ids: &[Uuid]) -> Result<Vec<String>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| row.kind).collect())
}
