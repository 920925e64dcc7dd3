//! Database errors as faults. A unique clash is mapped where the statement is; what arrives here is
//! a defect of ours, a passing conflict worth a retry, or a database that is away.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

use crate::fault::Fault;

/// PostgreSQL serialization failure and deadlock; SQLite BUSY and its extended codes.
const PASSING: &[&str] = &["40001", "40P01", "5", "261", "517"];
/// PostgreSQL: a key just taken or a row just taken away by somebody else. The next try sees it and tells what it means;
/// where it is no clash of two, it stays our defect.
const CLASHES: &[&str] = &["23505", "23503", "23514"];
/// PostgreSQL lock, statement and idle time-outs, shutdown, too many connections.
const AWAY: &[&str] = &["55P03", "57014", "25P03", "57P01", "57P03", "53300"];

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        match sql_state(&error).as_deref() {
            Some(code) if PASSING.contains(&code) => Fault::unavailable(&error).retryable(),
            Some(code) if CLASHES.contains(&code) => Fault::internal(&error).retryable(),
            Some(code) if AWAY.contains(&code) => Fault::unavailable(&error),
            Some(_) => Fault::internal(&error),
            None if is_connection_loss(&error) => Fault::unavailable(&error),
            None => Fault::internal(&error),
        }
    }
}

/// The SQLSTATE or SQLite result code of a refused statement.
pub fn sql_state(error: &DbErr) -> Option<String> {
    match runtime(error)? {
        RuntimeErr::SqlxError(cause) => Some(cause.as_database_error()?.code()?.into_owned()),
        RuntimeErr::Internal(_) => None,
    }
}

fn runtime(error: &DbErr) -> Option<&RuntimeErr> {
    match error {
        DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause) => Some(cause),
        _ => None,
    }
}

fn is_connection_loss(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        _ => matches!(
            runtime(error),
            Some(RuntimeErr::SqlxError(cause)) if matches!(
                &**cause,
                SqlxError::Io(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed | SqlxError::Tls(_)
            )
        ),
    }
}
