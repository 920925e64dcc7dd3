//! What a process remembers between calls: master data that is read often and seldom changes.
//!
//! Every change of such rows moves one number in the database, the edition. A write learns the edition with
//! the check of its caller, so it decides on what every process has committed by then; a read may trust what
//! is at most [`FRESH`] old. In the process that made the change both see it at once.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kernel::fault::Fault;
use sea_orm::{ConnectionTrait, Statement};

use crate::connection::Db;
use crate::{Reading, Store, Work};

/// How long a read may trust what it remembers.
const FRESH: Duration = Duration::from_secs(30);
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

impl Work {
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
