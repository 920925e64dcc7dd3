//! Connections to the database: a pool that costs no round trip, and transactions with savepoints and with
//! statements whose answer nobody waits for. Those go along with the next one – on SQLite in the same
//! hand-over to the thread that owns the file, on PostgreSQL as one statement of several parts.

mod pool;
mod raw;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use sea_orm::sea_query::Values;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::{Mutex, MutexGuard};

use pool::Lent;
pub use pool::Pool;
pub(crate) use raw::Target;

/// The connection of a transaction, taken at its first statement and kept to its end; cheap to clone.
#[derive(Clone)]
pub(crate) struct Connection(Arc<Inner>);

struct Inner {
    pool: Pool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    lent: Option<Lent>,
    in_transaction: bool,
    waiting: Vec<Waiting>,
    /// For each open savepoint where it waits, if it has not been sent yet.
    savepoints: Vec<Option<usize>>,
    /// How many savepoints were open when a statement failed or was cut off. That part can only be undone: a caller
    /// who thinks little of the error must not commit without the changes that went along.
    failed: Option<usize>,
}

impl State {
    /// A statement begins: until it is done, the part it runs in counts as failed. Answers what held before.
    fn begins(&mut self) -> Option<usize> {
        let before = self.failed;
        self.failed = before.or(Some(self.savepoints.len()));
        before
    }

    /// Refuses to keep what has failed in part.
    fn is_whole(&self) -> Result<(), DbErr> {
        match self.failed {
            Some(_) => Err(DbErr::Custom("a statement of this transaction failed".to_owned())),
            None => Ok(()),
        }
    }
}

/// Values of one statement; PostgreSQL takes 65,535.
const MOST_VALUES: usize = 30_000;

/// A statement that goes with the next one.
enum Waiting {
    /// A change that touches no row another waiting change touches.
    Change(Statement),
    /// Something about the transaction, in its order.
    Control(String),
}

/// Where queries of a call run.
pub struct Db<'a> {
    place: Place<'a>,
    /// Does not wait for changes that wait: on PostgreSQL it runs before them.
    ahead: bool,
}

enum Place<'a> {
    /// Any connection, for one statement: nobody holds one while he waits for something else.
    Pool(&'a Pool),
    /// The open transaction; each statement takes those that wait along.
    Transaction(&'a Connection),
}

impl Pool {
    pub(crate) fn db(&self) -> Db<'_> {
        Db { place: Place::Pool(self), ahead: false }
    }
}

impl Connection {
    pub fn new(pool: &Pool) -> Self {
        Self(Arc::new(Inner { pool: pool.clone(), state: Mutex::default() }))
    }

    pub fn db(&self) -> Db<'_> {
        Db { place: Place::Transaction(self), ahead: false }
    }

    pub fn backend(&self) -> DbBackend {
        self.0.pool.backend()
    }

    fn is_sqlite(&self) -> bool {
        self.backend() == DbBackend::Sqlite
    }

    /// Begins a transaction with the next statement; on SQLite as its only writer.
    pub async fn begin(&self) {
        self.begin_with(if self.is_sqlite() { "BEGIN IMMEDIATE" } else { "BEGIN" }).await;
    }

    /// Begins a transaction that writes nothing.
    pub async fn begin_reading(&self) {
        self.begin_with("BEGIN").await;
    }

    async fn begin_with(&self, begin: &str) {
        let mut state = self.0.state.lock().await;
        state.waiting.push(Waiting::Control(begin.to_owned()));
        state.in_transaction = true;
    }

    /// Commits the transaction with all that waited; refuses if a statement of it failed and was not undone.
    pub async fn commit(&self) -> Result<(), DbErr> {
        let mut state = self.0.state.lock().await;
        state.is_whole()?;
        state.savepoints.clear();
        state.waiting.push(Waiting::Control("COMMIT".to_owned()));
        self.send(&mut state).await?;
        state.in_transaction = false;
        Ok(())
    }

    /// Undoes the transaction.
    pub async fn rollback(&self) -> Result<(), DbErr> {
        let mut state = self.0.state.lock().await;
        state.savepoints.clear();
        let begun = !matches!(state.waiting.first(), Some(Waiting::Control(text)) if text.starts_with("BEGIN"));
        state.waiting.clear();
        if begun && let Some(lent) = &mut state.lent {
            lent.execute_text("ROLLBACK").await?;
        }
        state.failed = None;
        state.in_transaction = false;
        Ok(())
    }

    /// Begins a part that can be undone by itself.
    pub async fn savepoint(&self) {
        let mut state = self.0.state.lock().await;
        let place = state.waiting.len();
        let name = format!("SAVEPOINT s{}", state.savepoints.len());
        state.waiting.push(Waiting::Control(name));
        state.savepoints.push(Some(place));
    }

    /// Keeps the part since the last savepoint; what waited in it is sent. After an error it is still to be undone.
    pub async fn release(&self) -> Result<(), DbErr> {
        let mut state = self.0.state.lock().await;
        state.is_whole()?;
        let Some(depth) = state.savepoints.len().checked_sub(1) else { return Ok(()) };
        if state.savepoints[depth].is_some_and(|place| place + 1 == state.waiting.len()) {
            // Nothing was done in it.
            state.waiting.pop();
        } else {
            state.waiting.push(Waiting::Control(format!("RELEASE SAVEPOINT s{depth}")));
            self.send(&mut state).await?;
        }
        state.savepoints.pop();
        Ok(())
    }

    /// Undoes the part since the last savepoint.
    pub async fn undo(&self) -> Result<(), DbErr> {
        let mut state = self.0.state.lock().await;
        match state.savepoints.pop() {
            Some(Some(place)) => state.waiting.truncate(place),
            Some(None) => {
                let depth = state.savepoints.len();
                state.waiting.clear();
                let undo = format!("ROLLBACK TO SAVEPOINT s{depth}; RELEASE SAVEPOINT s{depth}");
                self.lent(&mut state).await?.execute_text(&undo).await?;
            }
            None => {}
        }
        let depth = state.savepoints.len();
        state.failed = state.failed.filter(|failed| *failed <= depth);
        Ok(())
    }

    /// Sends a change with the next statement. No other waiting change touches its rows.
    pub async fn later(&self, change: Statement) {
        self.0.state.lock().await.waiting.push(Waiting::Change(change));
    }

    async fn lent<'a>(&self, state: &'a mut State) -> Result<&'a mut Lent, DbErr> {
        let lent = match state.lent.take() {
            Some(lent) => lent,
            None => self.0.pool.lend().await?,
        };
        Ok(state.lent.insert(lent))
    }

    /// Sends all that waits.
    async fn send(&self, state: &mut State) -> Result<(), DbErr> {
        let before = state.begins();
        if let Some(all) = self.prepare(state, None).await? {
            self.lent(state).await?.execute(all).await?;
        }
        state.failed = before;
        Ok(())
    }

    /// Whether only changes wait and a statement that needs none of them may go first.
    fn may_go_first(&self, state: &State) -> bool {
        !self.is_sqlite() && state.waiting.iter().all(|waiting| matches!(waiting, Waiting::Change(_)))
    }

    /// What is to run now: the statement, or what waits, or both in one. On PostgreSQL what cannot be joined
    /// is sent at once.
    async fn prepare(&self, state: &mut State, last: Option<Statement>) -> Result<Option<Statement>, DbErr> {
        if state.waiting.is_empty() {
            return Ok(last);
        }
        let waiting = std::mem::take(&mut state.waiting);
        state.savepoints.iter_mut().for_each(|place| *place = None);
        if self.is_sqlite() {
            return Ok(Some(in_a_row(waiting, last)));
        }
        let (mut changes, mut values) = (Vec::new(), 0);
        for waiting in waiting {
            match waiting {
                Waiting::Change(change) => {
                    let more = change.values.as_ref().map_or(0, |values| values.0.len());
                    if values + more > MOST_VALUES
                        && let Some(change) = joined(std::mem::take(&mut changes))
                    {
                        self.lent(state).await?.execute(change).await?;
                        values = 0;
                    }
                    values += more;
                    changes.push(change);
                }
                Waiting::Control(text) => {
                    if let Some(change) = joined(std::mem::take(&mut changes)) {
                        self.lent(state).await?.execute(change).await?;
                    }
                    self.lent(state).await?.execute_text(&text).await?;
                }
            }
        }
        match (last, joined(changes)) {
            (Some(last), Some(change)) => {
                self.lent(state).await?.execute(change).await?;
                Ok(Some(last))
            }
            (last, change) => Ok(last.or(change)),
        }
    }
}

/// SQLite: several statements in one text, their values in a row.
fn in_a_row(waiting: Vec<Waiting>, last: Option<Statement>) -> Statement {
    let mut sql = String::with_capacity(1024);
    let mut values = Vec::new();
    let mut add = |statement: Statement| {
        if !sql.is_empty() {
            sql.push_str("; ");
        }
        sql.push_str(&statement.sql);
        values.extend(statement.values.map(|values| values.0).unwrap_or_default());
    };
    for waiting in waiting {
        match waiting {
            Waiting::Change(statement) => add(statement),
            Waiting::Control(text) => add(Statement::from_string(DbBackend::Sqlite, text)),
        }
    }
    last.into_iter().for_each(add);
    Statement { sql, values: Some(Values(values)), db_backend: DbBackend::Sqlite }
}

/// PostgreSQL: one statement whose parts are the changes.
fn joined(mut changes: Vec<Statement>) -> Option<Statement> {
    let last = changes.pop()?;
    if changes.is_empty() {
        return Some(last);
    }
    let mut sql = String::from("WITH ");
    let mut values = Vec::new();
    for (n, change) in changes.into_iter().enumerate() {
        let comma = if n == 0 { "" } else { ", " };
        sql.push_str(&format!("{comma}c{n} AS ("));
        add_part(&mut sql, &mut values, change);
        sql.push(')');
    }
    sql.push(' ');
    add_part(&mut sql, &mut values, last);
    Some(Statement { sql, values: Some(Values(values)), db_backend: DbBackend::Postgres })
}

/// Adds a part, its `$1` counted on from the values before. Texts of ours hold a `$` nowhere else.
fn add_part(sql: &mut String, all: &mut Vec<sea_orm::Value>, part: Statement) {
    let before = all.len();
    let mut pieces = part.sql.split('$');
    sql.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = piece.split_at(digits);
        let number = number.parse::<usize>().map(|n| (n + before).to_string());
        sql.push('$');
        sql.push_str(number.as_deref().unwrap_or_default());
        sql.push_str(rest);
    }
    all.extend(part.values.map(|values| values.0).unwrap_or_default());
}

impl Drop for State {
    fn drop(&mut self) {
        if self.in_transaction {
            self.lent.iter_mut().for_each(Lent::discard);
        }
    }
}

impl Db<'_> {
    /// For queries that cannot depend on rows written with the next statement ([`crate::Work::insert_later`]).
    pub fn ahead(mut self) -> Self {
        self.ahead = true;
        self
    }
}

/// Runs a statement, in a transaction with what waits before it.
macro_rules! run {
    ($db:expr, $method:ident, $statement:expr) => {{
        let connection = match $db.place {
            Place::Pool(pool) => return pool.lend().await?.$method($statement).await,
            Place::Transaction(connection) => connection,
        };
        let mut state: MutexGuard<'_, State> = connection.0.state.lock().await;
        let mut statement = $statement;
        let before = state.begins();
        if !($db.ahead && connection.may_go_first(&state)) {
            let Some(all) = connection.prepare(&mut state, Some(statement)).await? else {
                return Err(DbErr::Custom("a statement got lost".to_owned()));
            };
            statement = all;
        }
        let result = connection.lent(&mut state).await?.$method(statement).await?;
        state.failed = before;
        Ok(result)
    }};
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Db<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match self.place {
            Place::Pool(pool) => pool.backend(),
            Place::Transaction(connection) => connection.backend(),
        }
    }
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        run!(self, execute, statement)
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.get_database_backend(), sql)).await
    }
    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        run!(self, query_one, statement)
    }
    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        run!(self, query_all, statement)
    }
}
