//! The sealer: gives committed entries a gap-free position and a hash chained to the one before.
//!
//! One at a time: on SQLite inside the shared transaction, on PostgreSQL under an advisory lock.

use std::time::Duration;

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, DbBackend, QueryOrder, QuerySelect, Statement, TransactionTrait, Value};

use super::entity::{Column, Entity, Model};
use crate::Store;

const FORMAT: &str = "hearthdesk-journal-1";
/// Purpose of the chain's key.
const KEY: &str = "journal.chain";
const BATCH: u64 = 500;
/// Any number; it only has to be the same in every process.
const ADVISORY_LOCK: i64 = 0x4845_4152_5448_4A01;

/// The hash of an entry at a position after the entry with `previous`.
pub(crate) fn hash(store: &Store, position: i64, previous: &str, entry: &Model) -> String {
    let mut bytes = Vec::with_capacity(512);
    let mut field = |value: Option<&str>| match value {
        Some(text) => {
            bytes.push(1);
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        None => bytes.push(0),
    };
    let id = |value: Option<Uuid>| value.map(|id| id.to_string());
    field(Some(FORMAT));
    field(Some(previous));
    field(Some(&position.to_string()));
    field(Some(&entry.at.timestamp_micros().to_string()));
    field(Some(&entry.kind));
    field(Some(&entry.resource));
    field(id(entry.resource_id).as_deref());
    field(entry.resource_version.map(|version| version.to_string()).as_deref());
    field(Some(&entry.actor_id.to_string()));
    field(Some(&entry.actor_role));
    field(id(entry.on_behalf_of).as_deref());
    field(id(entry.client_id).as_deref());
    field(Some(&entry.request_id));
    field(entry.ip.as_deref());
    field(Some(&entry.operation));
    field(Some(&entry.result));
    field(entry.reason.as_deref());
    field(Some(&entry.changes));
    field(Some(&entry.data));
    field(id(entry.project_id).as_deref());
    field(id(entry.org_unit_id).as_deref());
    field(id(entry.customer_id).as_deref());
    field(Some(&entry.audience));
    hex::encode(store.keys().mac(KEY, &bytes))
}

/// Seals what is unsealed, in this transaction. Answers how many entries.
pub(crate) async fn seal(store: &Store, tx: &DatabaseTransaction) -> Result<usize, Fault> {
    let mut sealed = 0;
    let mut head: Option<(i64, String)> = None;
    loop {
        let entries =
            Entity::find().filter(Column::Position.is_null()).order_by_asc(Column::Seq).limit(BATCH).all(tx).await?;
        if entries.is_empty() {
            return Ok(sealed);
        }
        let (mut position, mut previous) = match head.take() {
            Some(head) => head,
            None => last(tx).await?,
        };
        let mut values: Vec<Value> = Vec::with_capacity(entries.len() * 4);
        for entry in &entries {
            position += 1;
            let hash = hash(store, position, &previous, entry);
            values.extend([entry.seq.into(), position.into(), previous.into(), hash.clone().into()]);
            previous = hash;
        }
        tx.execute_raw(place(tx.get_database_backend(), entries.len(), values)).await?;
        sealed += entries.len();
        if (entries.len() as u64) < BATCH {
            return Ok(sealed);
        }
        head = Some((position, previous));
    }
}

async fn last(tx: &DatabaseTransaction) -> Result<(i64, String), Fault> {
    let last = Entity::find().filter(Column::Position.is_not_null()).order_by_desc(Column::Position).one(tx).await?;
    Ok(last.map_or((0, String::new()), |entry| (entry.position.unwrap_or(0), entry.hash.unwrap_or_default())))
}

/// One statement that writes position and hashes of a batch.
fn place(backend: DbBackend, rows: usize, values: Vec<Value>) -> Statement {
    let row = |n: usize| match backend {
        DbBackend::Postgres => {
            let n = n * 4;
            format!("(${}::bigint, ${}::bigint, ${}::text, ${}::text)", n + 1, n + 2, n + 3, n + 4)
        }
        _ => "(?, ?, ?, ?)".to_owned(),
    };
    let list: Vec<String> = (0..rows).map(row).collect();
    let sql = format!(
        "UPDATE journal SET position = v.column2, prev_hash = v.column3, hash = v.column4 \
         FROM (VALUES {}) AS v WHERE journal.seq = v.column1",
        list.join(", ")
    );
    Statement::from_sql_and_values(backend, sql, values)
}

impl Store {
    /// Seals committed entries once, if no other process is doing it. PostgreSQL only; SQLite seals
    /// with each commit.
    pub async fn seal_now(&self) -> Result<usize, Fault> {
        if self.is_sqlite() {
            return Ok(0);
        }
        let tx = self.writer().begin().await?;
        let lock = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_try_advisory_xact_lock($1)",
            [ADVISORY_LOCK.into()],
        );
        let leads = tx.query_one_raw(lock).await?.and_then(|row| row.try_get_by_index::<bool>(0).ok());
        if leads != Some(true) {
            tx.rollback().await?;
            return Ok(0);
        }
        let sealed = seal(self, &tx).await?;
        tx.commit().await?;
        if sealed > 0 {
            self.0.sealed.notify_waiters();
        }
        Ok(sealed)
    }

    /// Seals for as long as the service runs; woken by commits of this process, and every 200 ms for
    /// those of others.
    pub async fn run_sealer(&self) {
        if self.is_sqlite() {
            return;
        }
        loop {
            let _ = tokio::time::timeout(Duration::from_millis(200), self.0.committed.notified()).await;
            match self.seal_now().await {
                Ok(n) => metrics::counter!("hearthdesk_journal_sealed_total").increment(n as u64),
                Err(fault) => {
                    tracing::warn!(%fault, "sealing failed; trying again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}
