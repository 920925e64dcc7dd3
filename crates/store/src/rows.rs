//! Queries for whole rows and for whether there are any.
//!
//! `Entity::find` makes an expression of each column at every call, a good part of a read's time where a table has
//! sixty. Here the columns are one text, made once.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{IntoCondition, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult, IdenStatic, Iterable};

use crate::connection::Db;

/// Column lists by entity; there are as many as entities.
static COLUMNS: Mutex<Option<HashMap<TypeId, &'static str>>> = Mutex::new(None);

fn columns<E: EntityTrait>() -> &'static str {
    let mut known = COLUMNS.lock().unwrap_or_else(PoisonError::into_inner);
    known.get_or_insert_default().entry(TypeId::of::<E>()).or_insert_with(|| {
        let table = E::default();
        let column = |column: E::Column| format!(r#""{}"."{}""#, table.table_name(), column.as_str());
        E::Column::iter().map(column).collect::<Vec<_>>().join(", ").leak()
    })
}

/// Whole rows of this table; conditions and order are the caller's.
pub(crate) fn select<E: EntityTrait>() -> SelectStatement {
    Query::select().expr(Expr::cust(columns::<E>())).from(E::default().table_ref()).take()
}

/// Whether this table has such a row, for [`Expr::exists`] and [`crate::Resource::beside`].
pub fn such<E: EntityTrait>(condition: impl IntoCondition) -> SelectStatement {
    Query::select().expr(Expr::val(1)).from(E::default().table_ref()).cond_where(condition.into_condition()).take()
}

pub(crate) async fn one<M: FromQueryResult>(db: &Db<'_>, query: &SelectStatement) -> Result<Option<M>, Fault> {
    let row = db.query_one(query).await?;
    Ok(row.map(|row| M::from_query_result(&row, "")).transpose()?)
}

pub(crate) async fn all<M: FromQueryResult>(db: &Db<'_>, query: &SelectStatement) -> Result<Vec<M>, Fault> {
    let rows = db.query_all(query).await?;
    Ok(rows.iter().map(|row| M::from_query_result(row, "")).collect::<Result<_, _>>()?)
}
