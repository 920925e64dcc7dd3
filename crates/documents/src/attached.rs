//! What documents are attached to: who may see a row may see the papers attached to it.
//!
//! The registers and domains are told once, when the API is put together; a resource of a domain that is not
//! run here is taken by its name.

use std::sync::OnceLock;

use access::Actor;
use access::groups::{CUSTOMER_EDITORS, FIELD, HEAD, INTAKE, LEAD, PII_READERS};
use kernel::fault::{Fault, FieldErrors};
use registers::customer::Customer;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, EntityTrait, Set};
use store::{Reading, Resource, Work};
use uuid::Uuid;

use crate::document::entity::{self, link};

/// A resource papers are attached to.
pub struct Attachable {
    resource: &'static str,
    seen: fn(&Actor) -> SelectStatement,
    papers: fn(&Actor) -> SelectStatement,
}

impl Attachable {
    /// The rows of `R`, each within its own scope.
    pub fn of<R: Resource>() -> Self {
        Self { resource: R::NAME, seen: seen::<R>, papers: papers::<R> }
    }
}

static KNOWN: OnceLock<Vec<Attachable>> = OnceLock::new();

/// Tells what papers are attached to; the first list stands.
pub fn install(list: Vec<Attachable>) {
    let _ = KNOWN.set(list);
}

fn known() -> &'static [Attachable] {
    KNOWN.get().map(Vec::as_slice).unwrap_or_default()
}

fn id() -> Alias {
    Alias::new("id")
}

fn seen<R: Resource>(actor: &Actor) -> SelectStatement {
    Query::select().column(id()).from(R::Entity::default()).cond_where(R::visible_to(actor)).to_owned()
}

/// The links of a document to rows of `R` that this actor sees, for an `EXISTS` beside the document.
fn papers<R: Resource>(actor: &Actor) -> SelectStatement {
    let same = Expr::col((R::Entity::default(), id())).equals((link::Entity, link::Column::ResourceId));
    Query::select()
        .expr(Expr::value(1))
        .from(link::Entity)
        .inner_join(R::Entity::default(), same)
        .and_where(Expr::col((link::Entity, link::Column::DocumentId)).equals((entity::Entity, entity::Column::Id)))
        .and_where(Expr::col((link::Entity, link::Column::Resource)).eq(R::NAME))
        .cond_where(R::visible_to(actor))
        .to_owned()
}

/// Whether a document is attached to something this member of staff sees. A customer's file is seen by all, masked; the
/// papers in it, which are not, by who serves customers.
pub(crate) fn to_something_seen(actor: &Actor) -> impl Iterator<Item = SimpleExpr> {
    let serves = serves_customers(actor);
    let read = known().iter().filter(move |known| serves || known.resource != Customer::NAME);
    read.map(|known| Expr::exists((known.papers)(actor)))
}

/// Whether he has to do with customers themselves: takes what they report, solves it, leads who does, keeps their files.
pub(crate) fn serves_customers(actor: &Actor) -> bool {
    [INTAKE, FIELD, LEAD, HEAD, CUSTOMER_EDITORS, PII_READERS].iter().any(|group| group.contains(&actor.role))
}

/// Checks a row that is named as a subject.
///
/// # Errors
/// `not_found` at `pointer` when the caller may not know of it.
pub(crate) async fn check(
    at: &Reading,
    errors: &mut FieldErrors,
    resource: &str,
    row: Uuid,
    pointer: &str,
) -> Result<(), Fault> {
    let Some(known) = known().iter().find(|known| known.resource == resource) else { return Ok(()) };
    let select = (known.seen)(at.actor()).and_where(Expr::col(id()).eq(row)).to_owned();
    errors.add_if(at.db().query_one(&select).await?.is_none(), pointer, "not_found");
    Ok(())
}

/// Attaches documents to a row: whoever sees the row sees them from now on. What is attached already stays so.
pub async fn attach(work: &Work, documents: &[Uuid], resource: &str, row: Uuid, role: &str) -> Result<(), Fault> {
    use link::Column::{DocumentId, Resource, ResourceId, Role};
    for document in documents {
        let row = link::ActiveModel {
            id: Set(kernel::ids::new_id(work.now)),
            document_id: Set(*document),
            resource: Set(resource.to_owned()),
            resource_id: Set(row),
            role: Set(role.to_owned()),
            created_at: Set(work.now),
        };
        let again = OnConflict::columns([DocumentId, Resource, ResourceId, Role]).update_column(Role).to_owned();
        link::Entity::insert(row).on_conflict(again).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}
