//! Values of columns, read by their places.
//!
//! `TryGetable` makes an error with a text of each null it meets, and most of a wide row is null.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sqlx::{self, Decode, Postgres, Row, Sqlite, Type};
use sea_orm::{DbErr, QueryResult, RuntimeErr};

/// What a column may hold.
pub trait Cell: Sized {
    /// The value at a place; none where it is null.
    fn read(row: &QueryResult, place: usize) -> Result<Option<Self>, DbErr>;
}

macro_rules! cells {
    ($($kind:ty),*) => {
        $(impl Cell for $kind {
            fn read(row: &QueryResult, place: usize) -> Result<Option<Self>, DbErr> {
                match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
                    (Some(row), _) => value::<Postgres, _>(row, place),
                    (_, Some(row)) => value::<Sqlite, _>(row, place),
                    _ => Err(DbErr::Type("a row of no database".to_owned())),
                }
            }
        })*
    };
}

cells!(bool, i32, i64, String, Uuid, DateTime<Utc>, NaiveDate);

fn value<'r, D, T>(row: &'r D::Row, place: usize) -> Result<Option<T>, DbErr>
where
    D: sqlx::Database,
    usize: sqlx::ColumnIndex<D::Row>,
    T: Decode<'r, D> + Type<D>,
{
    row.try_get(place).map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
}

/// A value that is never null.
///
/// # Errors
/// It is.
pub fn present<T: Cell>(row: &QueryResult, place: usize) -> Result<T, DbErr> {
    T::read(row, place)?.ok_or_else(|| DbErr::Type(format!("nothing in column {place}")))
}

/// One of these codes, by its word; none where it is null.
///
/// # Errors
/// Another word.
pub fn code<T: Copy>(
    row: &QueryResult,
    place: usize,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<Option<T>, DbErr> {
    let text: Option<&str> = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => value::<Postgres, _>(row, place)?,
        (_, Some(row)) => value::<Sqlite, _>(row, place)?,
        _ => None,
    };
    let Some(text) = text else { return Ok(None) };
    let known = all.iter().find(|code| word(**code) == text).copied();
    known.map(Some).ok_or_else(|| DbErr::Type(format!("an unknown code in column {place}")))
}
