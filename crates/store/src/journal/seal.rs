//! The sealer: gives committed entries a gap-free position and a hash chained to the one before.
//!
//! One at a time: on SQLite inside the shared transaction, on PostgreSQL under an advisory lock.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, PaginatorTrait, QueryOrder, QuerySelect, QueryTrait, Statement, Value,
};

use sha2::{Digest, Sha256};

use super::entity::{Column, Entity, Model};
use crate::Store;
use crate::connection::Connection;
use crate::remembered::EDITION;

const FORMAT: &str = "hearthdesk-journal-1";
/// Purpose of the chain's key.
const KEY: &str = "journal.chain";
const BATCH: u64 = 500;
/// Between two rounds.
const REST: Duration = Duration::from_millis(10);
/// Any number; it only has to be the same in every process.
const ADVISORY_LOCK: i64 = 0x4845_4152_5448_4A01;

/// The fields of an entry in the order they are hashed.
pub(crate) const NAMES: [&str; 23] = [
    "format",
    "previous",
    "position",
    "at_micros",
    "type",
    "resource",
    "resource_id",
    "resource_version",
    "actor_id",
    "actor_role",
    "on_behalf_of",
    "client_id",
    "request_id",
    "ip",
    "operation",
    "result",
    "reason",
    "changes",
    "data",
    "project_id",
    "org_unit_id",
    "customer_id",
    "audience",
];

/// The values of a sealed entry, in the order of [`NAMES`].
pub(crate) fn values(entry: &Model) -> [Option<String>; NAMES.len()] {
    let id = |value: Option<Uuid>| value.map(|id| id.to_string());
    let some = |value: &str| Some(value.to_owned());
    [
        some(FORMAT),
        entry.prev_hash.clone(),
        entry.position.map(|position| position.to_string()),
        Some(entry.at.timestamp_micros().to_string()),
        some(&entry.kind),
        some(&entry.resource),
        id(entry.resource_id),
        entry.resource_version.map(|version| version.to_string()),
        Some(entry.actor_id.to_string()),
        some(&entry.actor_role),
        id(entry.on_behalf_of),
        id(entry.client_id),
        some(&entry.request_id),
        entry.ip.clone(),
        some(&entry.operation),
        some(&entry.result),
        entry.reason.clone(),
        some(&entry.changes),
        some(&entry.data),
        id(entry.project_id),
        id(entry.org_unit_id),
        id(entry.customer_id),
        some(&entry.audience),
    ]
}

/// Values as bytes that cannot be read in two ways: each with its length, absent ones marked.
pub(crate) fn canonical<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    for value in values {
        match value {
            Some(text) => {
                bytes.push(1);
                bytes.extend((text.len() as u64).to_be_bytes());
                bytes.extend(text.as_bytes());
            }
            None => bytes.push(0),
        }
    }
    bytes
}

fn bytes(entry: &Model) -> Vec<u8> {
    canonical(values(entry).iter().map(Option::as_deref))
}

/// The chained hash of an entry that has its position and the hash before it; keyed, so nobody without the
/// key can compute another chain.
pub(crate) fn hash(store: &Store, entry: &Model) -> String {
    hex::encode(store.keys().mac(KEY, &bytes(entry)))
}

/// The plain digest of a sealed entry, which anybody can compute.
pub(crate) fn digest(entry: &Model) -> [u8; 32] {
    Sha256::digest(bytes(entry)).into()
}

/// Seals what is unsealed, in this transaction. Answers how many entries.
pub(crate) async fn seal(work: &Connection, store: &Store) -> Result<usize, Fault> {
    let mut sealed = 0;
    let mut head = None;
    loop {
        let ((mut position, mut previous), entries) = match head.take() {
            None => first_look(work).await?,
            Some(head) => (head, unsealed().limit(BATCH).all(&work.db()).await?),
        };
        if entries.is_empty() {
            return Ok(sealed);
        }
        let mut values: Vec<Value> = Vec::with_capacity(entries.len() * 4);
        let rows = entries.len();
        for mut entry in entries {
            position += 1;
            (entry.position, entry.prev_hash) = (Some(position), Some(previous));
            let hash = hash(store, &entry);
            values.extend([entry.seq.into(), position.into(), entry.prev_hash.into(), hash.clone().into()]);
            previous = hash;
        }
        work.later(place(work.backend(), rows, values)).await;
        sealed += rows;
        if (rows as u64) < BATCH {
            return Ok(sealed);
        }
        head = Some((position, previous));
    }
}

fn unsealed() -> Select<Entity> {
    Entity::find().filter(Column::Position.is_null()).order_by_asc(Column::Seq)
}

/// Position and hash of the last sealed entry, and the first unsealed ones: together, for most often there are few.
async fn first_look(work: &Connection) -> Result<((i64, String), Vec<Model>), Fault> {
    let last = Query::select().expr(Column::Position.max()).from(Entity).to_owned();
    let mut entries = Entity::find()
        .filter(Condition::any().add(Column::Position.is_null()).add(Column::Position.in_subquery(last)))
        .order_by_asc(Column::Position.is_null())
        .order_by_asc(Column::Seq)
        .limit(BATCH + 1)
        .all(&work.db())
        .await?;
    let mut head = (0, String::new());
    if entries.first().is_some_and(|entry| entry.position.is_some()) {
        let last = entries.remove(0);
        head = (last.position.unwrap_or_default(), last.hash.unwrap_or_default());
    }
    entries.truncate(BATCH as usize);
    Ok((head, entries))
}

/// Counts entries whose seal is committed.
pub(crate) fn count(sealed: usize) {
    metrics::counter!("hearthdesk_journal_sealed_total").increment(sealed as u64);
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

/// What waits for the sealer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    pub waiting: u64,
    /// Age of the oldest of them; nothing when none waits.
    pub oldest: TimeDelta,
}

impl Store {
    /// How far the sealer is behind, for `/metrics`.
    pub async fn seal_lag(&self) -> Result<Lag, Fault> {
        let unsealed = || Entity::find().filter(Column::Position.is_null());
        let Some(oldest) = unsealed().order_by_asc(Column::Seq).one(self.reader()).await? else {
            return Ok(Lag::default());
        };
        Ok(Lag { waiting: unsealed().count(self.reader()).await?, oldest: self.now() - oldest.at })
    }

    /// Seals committed entries once, if no other process is doing it, and learns the edition of what is remembered.
    /// PostgreSQL only; SQLite seals with each commit.
    pub async fn seal_now(&self) -> Result<usize, Fault> {
        if self.is_sqlite() {
            return Ok(0);
        }
        let look = Query::select()
            .expr(Expr::exists(unsealed().select_only().expr(Expr::val(1)).into_query()))
            .expr(Expr::cust(EDITION))
            .to_owned();
        let look = self.reader().query_one(&look).await?.ok_or_else(|| Fault::internal("no answer"))?;
        self.note_edition(look.try_get_by_index(1)?);
        if !look.try_get_by_index::<bool>(0)? {
            return Ok(0);
        }
        let work = Connection::new(&self.0.writer);
        work.begin().await;
        let lock = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_try_advisory_xact_lock($1)",
            [ADVISORY_LOCK.into()],
        );
        let leads = work.db().query_one_raw(lock).await?.and_then(|row| row.try_get_by_index::<bool>(0).ok());
        if leads != Some(true) {
            work.rollback().await?;
            return Ok(0);
        }
        let sealed = seal(&work, self).await?;
        work.commit().await?;
        if sealed > 0 {
            count(sealed);
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
                Ok(_) => {
                    // Under load many entries at once.
                    tokio::time::sleep(REST).await;
                }
                Err(fault) => {
                    tracing::warn!(%fault, "sealing failed; trying again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}
