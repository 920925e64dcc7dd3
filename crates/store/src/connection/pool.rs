//! Connections kept for the next call.
//!
//! A connection rests with the thread that opened it: its socket is watched there, so an answer wakes nobody
//! else. It is given back without a round trip; what was left in the middle of something is closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use sea_orm::sqlx;
use sea_orm::{ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::raw::{Raw, Target};

/// How long a caller waits for a connection.
const WAIT: Duration = Duration::from_secs(5);
/// A connection that rested longer is asked whether it still lives; under load none is.
const DOUBTFUL: Duration = Duration::from_secs(1);

/// Connections to one database, cheap to clone. As a [`ConnectionTrait`] each statement takes one of its own.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    target: Target,
    most: usize,
    lent: Arc<Semaphore>,
    resting: Mutex<Resting>,
}

#[derive(Default)]
struct Resting {
    by_thread: HashMap<ThreadId, Vec<(Raw, Instant)>>,
    /// Connections there are, lent or resting.
    open: usize,
    /// When one was last found lost: those that rested by then may be lost as well.
    lost: Option<Instant>,
}

impl Resting {
    fn own(&mut self) -> Option<(Raw, Instant)> {
        self.by_thread.get_mut(&std::thread::current().id())?.pop()
    }
    fn anybodys(&mut self) -> Option<(Raw, Instant)> {
        self.by_thread.values_mut().find_map(Vec::pop)
    }
}

impl Pool {
    /// At most so many connections; the first is opened when it is needed.
    pub(crate) fn new(target: Target, most: u32) -> Self {
        let most = most.max(1) as usize;
        Self(Arc::new(Inner { target, most, lent: Arc::new(Semaphore::new(most)), resting: Mutex::default() }))
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.0.target.backend()
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, Resting> {
        self.0.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends a connection: one of this thread, a new one, or else any.
    pub(crate) async fn lend(&self) -> Result<Lent, DbErr> {
        let turn = tokio::time::timeout(WAIT, self.0.lent.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let mut turn = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        loop {
            // Until it is known to live it is not clean: a caller who gives up here leaves it in the middle.
            let mut lent = Lent { raw: None, pool: self.clone(), clean: false, turn: Some(turn) };
            let Some((raw, doubtful)) = self.rested() else {
                lent.raw = Some(self.0.target.connect().await?);
                lent.clean = true;
                return Ok(lent);
            };
            let raw = lent.raw.insert(raw);
            if !doubtful || raw.answers().await {
                lent.clean = true;
                return Ok(lent);
            }
            turn = lent.turn.take().ok_or(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        }
    }

    /// A resting connection, and whether to ask it if it lives; none when the caller is to open one. Counts it as
    /// open in either case; whoever is [`Lent`] it counts it off.
    fn rested(&self) -> Option<(Raw, bool)> {
        let mut resting = self.resting();
        let full = resting.open >= self.0.most;
        let found = resting.own().or_else(|| if full { resting.anybodys() } else { None });
        let Some((raw, since)) = found else {
            resting.open += 1;
            return None;
        };
        Some((raw, since.elapsed() >= DOUBTFUL || resting.lost.is_some_and(|lost| since <= lost)))
    }

    /// How many connections there are, and how many of them rest.
    pub(crate) fn size(&self) -> (usize, usize) {
        let resting = self.resting();
        (resting.open, resting.by_thread.values().map(Vec::len).sum())
    }

    /// Closes what rests and lends no more.
    pub(crate) async fn close(&self) {
        self.0.lent.close();
        let all: Vec<_> = self.resting().by_thread.drain().flat_map(|(_, list)| list).collect();
        for (raw, _) in all {
            self.resting().open -= 1;
            if let Err(error) = raw.close().await {
                tracing::debug!(%error, "a connection did not close in order");
            }
        }
    }
}

/// A connection in use. It goes back when dropped; one in the middle of a statement or a transaction is closed.
pub(crate) struct Lent {
    /// None while it is being opened.
    raw: Option<Raw>,
    pool: Pool,
    clean: bool,
    /// The turn on the pool; none once another try has it.
    turn: Option<OwnedSemaphorePermit>,
}

/// Runs a statement on a lent connection; until it is done, and after a loss, the connection is not clean.
macro_rules! run {
    ($lent:expr, $error:ident, $method:ident, $statement:expr) => {{
        let lent = $lent;
        let clean = std::mem::replace(&mut lent.clean, false);
        let Some(raw) = &mut lent.raw else { return Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)) };
        let result = raw.$method($statement).await;
        let lost = result.as_ref().is_err_and(is_loss);
        if lost {
            lent.pool.resting().lost = Some(Instant::now());
        }
        lent.clean = clean && !lost;
        result.map_err(|error| DbErr::$error(RuntimeErr::SqlxError(error.into())))
    }};
}

impl Lent {
    /// Lets nobody else use this connection: it is in the middle of a transaction.
    pub fn discard(&mut self) {
        self.clean = false;
    }
    pub async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        run!(self, Exec, execute, statement)
    }
    pub async fn query_one(&mut self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        run!(self, Query, query_one, statement)
    }
    pub async fn query_all(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        run!(self, Query, query_all, statement)
    }
    pub async fn execute_text(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        run!(self, Exec, execute_text, sql)
    }
}

/// Whether the connection, not the statement, failed.
fn is_loss(error: &sqlx::Error) -> bool {
    !matches!(error, sqlx::Error::Database(_) | sqlx::Error::RowNotFound) || is_shutdown(error)
}

/// PostgreSQL ends the connection: class 57P and the idle time-outs of class 25.
fn is_shutdown(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code.starts_with("57P") || code == "25P03")
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut resting = self.pool.resting();
        match self.raw.take() {
            Some(raw) if self.clean && !self.pool.0.lent.is_closed() => {
                resting.by_thread.entry(std::thread::current().id()).or_default().push((raw, Instant::now()));
            }
            _ => resting.open -= 1,
        }
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        self.backend()
    }
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.lend().await?.execute(statement).await
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.lend().await?.execute_text(sql).await
    }
    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.lend().await?.query_one(statement).await
    }
    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.lend().await?.query_all(statement).await
    }
}
