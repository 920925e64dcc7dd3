//! Queries for whole rows and for whether there are any.
//!
//! `Entity::find` makes an expression of each column at every call, a good part of a read's time where a table has
//! sixty. Here the columns are one text, made once.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use access::Actor;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, IntoCondition, PostgresQueryBuilder, Query, SelectStatement};
use sea_orm::{Condition, ConnectionTrait, IdenStatic, Iterable, Order};

use crate::Resource;
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
    selecting::<E>(columns::<E>())
}

/// As [`select`], of columns given as text.
pub(crate) fn selecting<E: EntityTrait>(columns: &'static str) -> SelectStatement {
    Query::select().expr(Expr::cust(columns)).from(E::default().table_ref()).take()
}

/// What a read of one row selects: its columns, then for each word whether there is any of what it stands for
/// ([`Resource::beside`]).
#[derive(Clone, Copy)]
pub(crate) struct Beside {
    pub columns: &'static str,
    words: &'static [&'static str],
    /// How many columns the row itself has.
    own: usize,
}

impl Beside {
    /// The words with the places of their answers.
    pub fn words(self) -> impl Iterator<Item = (usize, &'static str)> {
        (self.own..).zip(self.words.iter().copied())
    }
}

/// By resource.
static BESIDE: Mutex<Option<HashMap<TypeId, Beside>>> = Mutex::new(None);

pub(crate) fn beside<R: Resource>() -> Beside {
    let mut known = BESIDE.lock().unwrap_or_else(PoisonError::into_inner);
    *known.get_or_insert_default().entry(TypeId::of::<R>()).or_insert_with(|| {
        let own = <R::Entity as EntityTrait>::Column::iter().count();
        let (words, queries): (Vec<_>, Vec<_>) = R::beside().into_iter().unzip();
        let mut columns = columns::<R::Entity>();
        if !queries.is_empty() {
            // Names and literals alone: the same text on both databases.
            let there = |query: SelectStatement| format!(", EXISTS({})", query.to_string(PostgresQueryBuilder));
            columns = format!("{columns}{}", queries.into_iter().map(there).collect::<String>()).leak();
        }
        Beside { columns, words: words.leak(), own }
    })
}

/// The rows that meet a condition, the newest by this column first, at most so many.
pub async fn newest<R: Resource>(
    db: &Db<'_>,
    condition: Condition,
    column: <R::Entity as EntityTrait>::Column,
    limit: u64,
) -> Result<Vec<R::Row>, Fault> {
    let mut select = select::<R::Entity>();
    all::<R>(db, select.cond_where(condition).order_by(column.as_column_ref(), Order::Desc).limit(limit)).await
}

/// Whether this table has such a row, for [`Expr::exists`] and [`crate::Resource::beside`].
pub fn such<E: EntityTrait>(condition: impl IntoCondition) -> SelectStatement {
    Query::select().expr(Expr::val(1)).from(E::default().table_ref()).cond_where(condition.into_condition()).take()
}

/// That the column `of` says what the column `key` of such a row of `E` does, these being all the caller may know of.
/// Where they are few, what belongs to them is found by them. A whole unit's are not gathered to be asked about one:
/// it is looked up.
pub fn of_known<E: EntityTrait>(actor: &Actor, key: E::Column, of: impl ColumnTrait, known: Condition) -> Expr {
    if actor.knows_few() {
        let few = Query::select().column(key.as_column_ref()).from(E::default().table_ref()).cond_where(known).take();
        return of.in_subquery(few);
    }
    let same = ExprTrait::eq(Expr::col(key.as_column_ref()), Expr::col(of.as_column_ref()));
    Expr::exists(such::<E>(Condition::all().add(same).add(known)))
}

pub(crate) async fn one<R: Resource>(db: &Db<'_>, query: &SelectStatement) -> Result<Option<R::Row>, Fault> {
    let row = db.query_one(query).await?;
    Ok(row.map(|row| R::read(&row)).transpose()?)
}

pub(crate) async fn all<R: Resource>(db: &Db<'_>, query: &SelectStatement) -> Result<Vec<R::Row>, Fault> {
    let rows = db.query_all(query).await?;
    Ok(rows.iter().map(R::read).collect::<Result<_, _>>()?)
}
