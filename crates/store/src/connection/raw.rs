//! One live connection of either kind: statements in, rows out.

use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use sea_orm::sea_query::Values;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteQueryResult};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection, Either, Executor};
use sea_orm::{DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Value};
use sea_query_sqlx::SqlxValues;

/// Where and how to connect.
pub(crate) enum Target {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions),
}

impl Target {
    pub fn backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(_) => DbBackend::Sqlite,
            Self::Postgres(_) => DbBackend::Postgres,
        }
    }

    /// In a box, so that the driver's way to a connection is compiled here and not by whoever awaits it.
    pub fn connect(&self) -> BoxFuture<'_, Result<Raw, DbErr>> {
        Box::pin(async move {
            let connected = match self {
                Self::Sqlite(options) => options.connect().await.map(Raw::Sqlite),
                Self::Postgres(options) => options.connect().await.map(|it| Raw::Postgres(Box::new(it))),
            };
            connected.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))
        })
    }
}

/// A connection of sqlx without its pool.
pub(crate) enum Raw {
    Sqlite(SqliteConnection),
    Postgres(Box<PgConnection>),
}

/// A text and its values as sqlx takes them.
macro_rules! query {
    ($statement:expr) => {{
        let Statement { sql, values, .. } = $statement;
        sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values.unwrap_or(Values(Vec::new()))))
    }};
}

/// SQLite: the statement with its limits in its text. One that is bound has the statement prepared anew at each run,
/// for the plan depends on it.
fn limits_written(statement: Statement) -> Statement {
    if !statement.sql.contains("LIMIT ?") {
        return statement;
    }
    let Statement { sql, values, db_backend } = statement;
    let values = values.map(|values| values.0).unwrap_or_default();
    let pieces: Vec<&str> = sql.split('?').collect();
    if pieces.len() != values.len() + 1 {
        return Statement { sql, values: Some(Values(values)), db_backend };
    }
    let (mut text, mut kept) = (String::with_capacity(sql.len() + 16), Vec::with_capacity(values.len()));
    for (piece, value) in pieces.iter().zip(values) {
        text.push_str(piece);
        match value {
            Value::BigUnsigned(Some(limit)) if piece.ends_with("LIMIT ") => text.push_str(&limit.to_string()),
            value => {
                text.push('?');
                kept.push(value);
            }
        }
    }
    text.push_str(pieces.last().copied().unwrap_or_default());
    Statement { sql: text, values: Some(Values(kept)), db_backend }
}

impl Raw {
    /// Runs a statement; of several in one text (SQLite) the last one's result counts.
    pub async fn execute(&mut self, statement: Statement) -> Result<ExecResult, sqlx::Error> {
        match self {
            Self::Sqlite(connection) => {
                let mut last = SqliteQueryResult::default();
                let mut steps = connection.fetch_many(query!(limits_written(statement)));
                while let Some(step) = steps.try_next().await? {
                    if let Either::Left(done) = step {
                        last = done;
                    }
                }
                Ok(last.into())
            }
            Self::Postgres(connection) => Ok(query!(statement).execute(&mut **connection).await?.into()),
        }
    }

    pub async fn query_one(&mut self, statement: Statement) -> Result<Option<QueryResult>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(connection) => {
                let found = query!(limits_written(statement)).fetch_optional(connection).await?;
                found.map(QueryResult::from)
            }
            Self::Postgres(connection) => {
                query!(statement).fetch_optional(&mut **connection).await?.map(QueryResult::from)
            }
        })
    }

    pub async fn query_all(&mut self, statement: Statement) -> Result<Vec<QueryResult>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(connection) => query!(limits_written(statement))
                .fetch_all(connection)
                .await?
                .into_iter()
                .map(QueryResult::from)
                .collect(),
            Self::Postgres(connection) => {
                query!(statement).fetch_all(&mut **connection).await?.into_iter().map(QueryResult::from).collect()
            }
        })
    }

    /// Runs a text without values, unprepared.
    pub async fn execute_text(&mut self, sql: &str) -> Result<ExecResult, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(connection) => connection.execute(sql).await?.into(),
            Self::Postgres(connection) => connection.execute(sql).await?.into(),
        })
    }

    /// Whether the other end still answers.
    pub async fn answers(&mut self) -> bool {
        let answer = match self {
            Self::Sqlite(connection) => connection.ping().await,
            Self::Postgres(connection) => connection.ping().await,
        };
        answer.is_ok()
    }

    pub async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_written_into_the_text() {
        let statement = |sql: &str, values: Vec<Value>| Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
        let limit = Value::BigUnsigned(Some(51));
        let written = limits_written(statement(
            "SELECT a FROM t WHERE id IN (SELECT id FROM u WHERE b = ? LIMIT ?) AND c = ? LIMIT ?",
            vec![1.into(), limit.clone(), 2.into(), limit.clone()],
        ));
        assert_eq!(
            written.sql,
            "SELECT a FROM t WHERE id IN (SELECT id FROM u WHERE b = ? LIMIT 51) AND c = ? LIMIT 51"
        );
        assert_eq!(written.values, Some(Values(vec![1.into(), 2.into()])));
        // A question mark that stands for no value.
        let odd = limits_written(statement("SELECT '?' FROM t LIMIT ?", vec![limit.clone()]));
        assert_eq!((odd.sql.as_str(), odd.values), ("SELECT '?' FROM t LIMIT ?", Some(Values(vec![limit]))));
    }
}
