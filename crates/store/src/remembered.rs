//! What a process remembers between calls: master data that is read often and seldom changes.
//!
//! Every change of such rows moves one number in the database, the edition. A write learns the edition as it
//! begins, so it decides on what every process has committed by then; a read may be late by one look of the
//! sealer, which also learns it (`run_sealer`), and never trusts what is older than [`FRESH`]. In the process
//! that made the change both see it at once.
//!
//! Only committed rows are remembered, under an edition known before they were read: what a row that changes
//! meanwhile leaves behind is too new for its edition, never too old.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kernel::fault::Fault;
use sea_orm::{ConnectionTrait, Statement};

use crate::connection::Db;
use crate::{Reading, Store, Work};

/// How long anybody may trust what is remembered, whatever the edition says: posts are held so short (PF-R05).
const FRESH: Duration = Duration::from_secs(28);
/// While one call reads again what has become old, the others go on with it.
const RELOAD: Duration = Duration::from_secs(2);

/// The edition, as an expression of a query that learns it: give its value to [`Store::note_edition`].
pub const EDITION: &str = "(SELECT number FROM edition WHERE name = 'remembered')";

/// Values by their type.
#[derive(Default)]
pub(crate) struct Memory {
    edition: AtomicI64,
    known: Mutex<HashMap<TypeId, Known>>,
}

struct Known {
    value: Arc<dyn Any + Send + Sync>,
    edition: i64,
    until: Instant,
}

impl Memory {
    fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let mut known = self.known.lock().ok()?;
        let found = known.get_mut(&TypeId::of::<T>())?;
        if found.edition != self.edition.load(Ordering::SeqCst) {
            return None;
        }
        let now = Instant::now();
        if found.until <= now {
            found.until = now + RELOAD;
            return None;
        }
        found.value.clone().downcast().ok()
    }

    fn put<T: Send + Sync + 'static>(&self, value: Arc<T>, edition: i64) {
        if let Ok(mut known) = self.known.lock() {
            known.insert(TypeId::of::<T>(), Known { value, edition, until: Instant::now() + FRESH });
        }
    }
}

impl Store {
    /// Notes the edition a query has seen.
    pub fn note_edition(&self, edition: i64) {
        self.0.memory.edition.fetch_max(edition, Ordering::SeqCst);
    }

    /// Asks the database for the edition.
    pub(crate) async fn learn_edition(&self) -> Result<(), Fault> {
        let db = self.reader();
        let ask = Statement::from_string(db.get_database_backend(), format!("SELECT {EDITION}"));
        let row = db.query_one_raw(ask).await?.ok_or_else(|| Fault::internal("no edition"))?;
        self.note_edition(row.try_get_by_index(0)?);
        Ok(())
    }

    /// Drops all that is remembered in this process.
    pub fn forget_remembered(&self) {
        if let Ok(mut known) = self.0.memory.known.lock() {
            known.clear();
        }
    }
}

impl Reading {
    /// What is remembered as `T`, or what `load` reads now. Inside a write that changed master data nothing is
    /// remembered: it sees its own rows.
    pub async fn remembered<T: Send + Sync + 'static>(
        &self,
        load: impl AsyncFnOnce(Db<'_>) -> Result<T, Fault>,
    ) -> Result<Arc<T>, Fault> {
        if self.forgets.get() {
            return Ok(Arc::new(load(self.db()).await?));
        }
        self.ask().await?;
        let memory = &self.store.0.memory;
        if let Some(value) = memory.get::<T>() {
            return Ok(value);
        }
        let edition = memory.edition.load(Ordering::SeqCst);
        let value = Arc::new(load(self.committed()).await?);
        memory.put(value.clone(), edition);
        Ok(value)
    }
}

impl Reading {
    /// A write asks which edition holds before it decides on anything remembered, if nothing has told it since it
    /// began. A SQLite file has one process, which knows.
    async fn ask(&self) -> Result<(), Fault> {
        if !self.in_transaction() || self.store.is_sqlite() || self.asked.replace(true) {
            return Ok(());
        }
        self.store.learn_edition().await
    }
}

impl Work {
    /// The edition the first statement of this work saw. On SQLite that may be the edition of a command before it
    /// whose commit they share: not one to remember anything under.
    pub(crate) fn begins_under(&self, edition: i64) {
        if !self.store.is_sqlite() {
            self.store.note_edition(edition);
        }
    }

    /// This work changes master data: what processes remember no longer holds once it is committed.
    pub fn forget(&self) {
        self.forgets.set(true);
    }

    /// Moves the edition if this work changed what is remembered. The last but the commit: the row is everybody's.
    pub(crate) async fn move_edition(&self) -> Result<(), Fault> {
        if !self.forgets.get() {
            return Ok(());
        }
        let db = self.db();
        let sql = "UPDATE edition SET number = number + 1 WHERE name = 'remembered' RETURNING number";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        let row = row.ok_or_else(|| Fault::internal("no edition"))?;
        self.edition.set(Some(row.try_get_by_index(0)?));
        Ok(())
    }
}
