//! Rows a body names: known to the caller, and held until the end of the work.

use std::str::FromStr;

use kernel::fault::{self, Fault, FieldErrors};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, LockType, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use store::{Reading, Resource, Work, resource};
use uuid::Uuid;

use crate::property::project;

/// The row a body names, locked: parts of it are counted and added one at a time.
///
/// # Errors
/// 422 `not_found` at `pointer` when the caller may not know of it.
pub async fn locked<R: Resource>(work: &Work, id: Uuid, pointer: &str) -> Result<R::Row, Fault> {
    let column = <R::Entity as EntityTrait>::Column::from_str("id").map_err(|_| Fault::internal("no id"))?;
    let found =
        R::Entity::find().filter(column.eq(id)).filter(R::visible(work)).lock(LockType::Update).one(&work.db()).await?;
    found.ok_or_else(|| Fault::field(pointer, "not_found"))
}

/// The row a body names.
///
/// # Errors
/// 422 `not_found` at `pointer` when the caller may not know of it.
pub async fn known<R: Resource>(at: &Reading, id: Uuid, pointer: &str) -> Result<R::Row, Fault> {
    match resource::find::<R>(at, id).await {
        Err(fault) if fault.is(&fault::NOT_FOUND) => Err(Fault::field(pointer, "not_found")),
        other => other,
    }
}

/// Checks that a body names an organisation unit there is.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn org_unit_known(at: &Reading, id: Uuid, pointer: &str) -> Result<(), Fault> {
    let select = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("org_unit"))
        .and_where(Expr::col(Alias::new("id")).eq(id))
        .to_owned();
    match at.db().query_one(&select).await? {
        Some(_) => Ok(()),
        None => Err(Fault::field(pointer, "not_found")),
    }
}

/// Checks that a body names projects there are.
///
/// # Errors
/// 422 `not_found` below `pointer` for each that is none.
pub async fn projects_known(at: &Reading, ids: &[Uuid], pointer: &str) -> Result<(), Fault> {
    if ids.is_empty() {
        return Ok(());
    }
    let found = project::Entity::find().select_only().column(project::Column::Id);
    let found = found.filter(project::Column::Id.is_in(ids.iter().copied()));
    let found: Vec<Uuid> = found.into_tuple().all(&at.db()).await?;
    let mut errors = FieldErrors::default();
    for (n, id) in ids.iter().enumerate() {
        errors.add_if(!found.contains(id), &format!("{pointer}/{n}"), "not_found");
    }
    errors.finish()
}
