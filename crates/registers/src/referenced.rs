//! Rows a body names: known to the caller, and held until the end of the work.

use std::str::FromStr;

use kernel::fault::{self, Fault};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, LockType, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use store::{Reading, Resource, Work, resource};
use uuid::Uuid;

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
