//! Opening the database with the settings the promises need.

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::time::Clock;
use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::sync::{Mutex, Notify};

use crate::connection::{Pool, Target};
use crate::parameters::Parameter;
use crate::protected::Keyring;
use crate::write::Batch;

/// What [`Store::open`] needs to know.
pub struct Options {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    pub clock: Arc<dyn Clock>,
    /// 32 bytes from configuration; wraps every key kept in the database.
    pub master_key: [u8; 32],
    /// Pooled connections on PostgreSQL, readers on SQLite.
    pub pool: u32,
    /// Tests on throw-away files may skip the fsync; a service never does.
    pub durable: bool,
    /// The parameter keys of every crate.
    pub catalogue: &'static [&'static [Parameter]],
    /// The look-ups of domains that may not know each other.
    pub offers: Offers,
}

/// What domains offer each other by type, composed above them ([`Store::offered`]).
pub type Offers = &'static [&'static (dyn Any + Send + Sync)];

/// How many connections a pool has, and how many of them do nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSize {
    pub name: &'static str,
    pub size: usize,
    pub idle: usize,
}

/// A handle on the database, cheap to clone.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub reader: Pool,
    pub writer: Pool,
    /// For migrations; opens no connection before it is used.
    pub plain: DatabaseConnection,
    pub backend: DbBackend,
    pub clock: Arc<dyn Clock>,
    /// Microseconds added to the clock in sandbox mode.
    pub clock_offset: AtomicI64,
    pub keys: Keyring,
    pub baton: Baton,
    /// Rung after each commit; the sealer and long polls wait on it.
    pub committed: Notify,
    pub sealed: Notify,
    pub memory: crate::remembered::Memory,
    pub numbers: crate::numbers::Blocks,
    pub durable: bool,
    pub catalogue: &'static [&'static [Parameter]],
    pub offers: Offers,
}

/// The turn on the one SQLite writer: who waits, and the transaction that is open.
#[derive(Default)]
pub(crate) struct Baton {
    pub waiting: AtomicUsize,
    pub open: Mutex<Option<Batch>>,
}

impl Store {
    /// Connects and checks the settings; refuses a SQLite file that would not survive a crash.
    pub async fn open(options: Options) -> Result<Self, Fault> {
        let (reader, writer, plain) = if options.url.starts_with("sqlite:") {
            let path = PathBuf::from(options.url.trim_start_matches("sqlite://").trim_start_matches("sqlite:"));
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(Fault::unavailable)?;
            }
            let url = format!("sqlite://{}?mode=rwc", path.display());
            let target =
                |read_only| Ok::<_, DbErr>(Target::Sqlite(sqlite_options(parsed(&url)?, options.durable, read_only)));
            let mut plain = ConnectOptions::new(url.clone());
            let durable = options.durable;
            plain.map_sqlx_sqlite_opts(move |options| sqlite_options(options, durable, false));
            (Pool::new(target(true)?, options.pool), Pool::new(target(false)?, 1), plain)
        } else {
            // Apart: a command that holds a writer may need a statement of its own (a parameter, a block of
            // numbers). Commands that hold every connection of one pool would wait for each other there.
            let target = || Ok::<_, DbErr>(Target::Postgres(postgres_options(parsed(&options.url)?)));
            let mut plain = ConnectOptions::new(options.url.clone());
            plain.map_sqlx_postgres_opts(postgres_options);
            (Pool::new(target()?, options.pool), Pool::new(target()?, options.pool), plain)
        };
        let plain = Database::connect(lazy(plain)).await?;
        let backend = writer.get_database_backend();
        let store = Self(Arc::new(Inner {
            reader,
            writer,
            plain,
            backend,
            clock: options.clock,
            clock_offset: AtomicI64::new(0),
            keys: Keyring::new(options.master_key),
            baton: Baton::default(),
            committed: Notify::new(),
            sealed: Notify::new(),
            memory: crate::remembered::Memory::default(),
            numbers: crate::numbers::Blocks::default(),
            durable: options.durable,
            catalogue: options.catalogue,
            offers: options.offers,
        }));
        store.check_settings().await?;
        Ok(store)
    }

    /// The look-ups of this type, if whoever opened the store knows them.
    pub fn offered<T: Any>(&self) -> Option<&'static T> {
        self.0.offers.iter().find_map(|offer| offer.downcast_ref::<T>())
    }

    async fn check_settings(&self) -> Result<(), Fault> {
        if self.0.backend != DbBackend::Sqlite || !self.0.durable {
            return Ok(());
        }
        let row = self.0.writer.query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA synchronous")).await?;
        match row.and_then(|row| row.try_get_by_index::<i32>(0).ok()) {
            Some(full) if full >= 2 => Ok(()),
            _ => Err(Fault::unavailable("SQLite runs without synchronous=FULL; acknowledged writes could be lost")),
        }
    }

    /// The business clock: the injected clock plus the sandbox offset, in whole microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now() + TimeDelta::microseconds(self.0.clock_offset.load(Ordering::Relaxed))
    }

    /// Moves the business clock by setting its distance to the injected clock. Sandbox only.
    pub fn set_clock_offset(&self, offset: TimeDelta) {
        self.0.clock_offset.store(offset.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }

    /// The injected clock without the sandbox offset.
    pub fn wall_clock(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    pub fn is_sqlite(&self) -> bool {
        self.0.backend == DbBackend::Sqlite
    }

    /// The pool for reads outside a write, and for single statements that a command needs beside its transaction.
    pub fn reader(&self) -> &Pool {
        &self.0.reader
    }

    /// A connection beside those of the calls: for migrations.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.0.plain
    }

    /// Keys for protected data.
    pub fn keys(&self) -> &Keyring {
        &self.0.keys
    }

    /// Applies all pending migrations.
    pub async fn migrate(&self) -> Result<(), Fault> {
        migrations::run(&self.0.plain).await?;
        Ok(())
    }

    /// Counts anew what the choice of an index goes by, where tables have grown much since it was counted. PostgreSQL
    /// does so by itself.
    ///
    /// # Errors
    /// 503 while somebody else writes for long.
    pub async fn refresh_statistics(&self) -> Result<(), Fault> {
        if self.is_sqlite() {
            // Of every table, by a sample of its rows.
            self.0.plain.execute_unprepared("PRAGMA optimize = 0x10012").await?;
        }
        Ok(())
    }

    /// Whether the database lacks a migration this binary brings.
    pub async fn has_pending_migrations(&self) -> Result<bool, Fault> {
        Ok(migrations::pending(&self.0.reader).await?)
    }

    /// The pools as they are now, for `/metrics`.
    pub fn pools(&self) -> Vec<PoolSize> {
        let size = |name, pool: &Pool| {
            let (size, idle) = pool.size();
            PoolSize { name, size, idle }
        };
        vec![size("reader", &self.0.reader), size("writer", &self.0.writer)]
    }

    /// Waits until something was sealed, at most `limit`.
    pub async fn wait_for_seal(&self, limit: Duration) {
        let _ = tokio::time::timeout(limit, self.0.sealed.notified()).await;
    }

    /// Closes all connections.
    pub async fn close(&self) -> Result<(), Fault> {
        self.0.reader.close().await;
        self.0.writer.close().await;
        self.0.plain.close_by_ref().await?;
        Ok(())
    }
}

fn parsed<T: std::str::FromStr<Err = sea_orm::SqlxError>>(url: &str) -> Result<T, DbErr> {
    url.parse().map_err(|error: sea_orm::SqlxError| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))
}

fn lazy(mut options: ConnectOptions) -> ConnectOptions {
    options
        .max_connections(4)
        .min_connections(0)
        .connect_lazy(true)
        .sqlx_logging(false)
        .acquire_timeout(Duration::from_secs(5))
        .idle_timeout(Duration::from_secs(10));
    options
}

fn sqlite_options(options: SqliteConnectOptions, durable: bool, read_only: bool) -> SqliteConnectOptions {
    options
        .disable_statement_logging()
        .pragma("journal_mode", "WAL")
        .pragma("synchronous", if durable { "FULL" } else { "OFF" })
        .pragma("foreign_keys", "ON")
        .pragma("query_only", if read_only { "ON" } else { "OFF" })
        .pragma("cache_size", "-8192")
        .busy_timeout(Duration::from_secs(5))
}

fn postgres_options(options: PgConnectOptions) -> PgConnectOptions {
    options.disable_statement_logging().application_name("hearthdesk").options([
        ("statement_timeout", "5000"),
        ("lock_timeout", "2000"),
        ("idle_in_transaction_session_timeout", "10000"),
        ("timezone", "UTC"),
    ])
}
