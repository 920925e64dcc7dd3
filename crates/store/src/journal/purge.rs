//! Purging what is older than it must be kept: exported first, covered by a signed checkpoint that stays, and said
//! in the chain that goes on.

use std::io::Write;
use std::path::Path;

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, DbBackend, QueryOrder, QuerySelect, Statement};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::entity::{Column, Entity, Model};
use super::{Audience, Fact, seal};
use crate::{Answer, Context, Store, Work, jobs, parameters, settings};

/// The setting that holds the last position that was purged.
const PURGED: &str = "journal.purged_to";
const PAGE: u64 = 1000;

/// What was purged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purged {
    pub from: i64,
    pub to: i64,
    /// Of the exported file.
    pub sha256: String,
}

impl Store {
    /// The last position that was purged; 0 when none was.
    pub async fn purged_to(&self) -> Result<i64, Fault> {
        let kept = settings::get(self.reader(), PURGED).await?;
        Ok(kept.and_then(|text| text.parse().ok()).unwrap_or_default())
    }

    /// Exports the entries older than `journal.keep_days` into a new file and deletes them, up to a checkpoint's
    /// position; none when nothing is that old. The connection must be allowed to change triggers: it is the
    /// migrations' role, not the service's.
    ///
    /// # Errors
    /// When the file exists or cannot be written; nothing is deleted then.
    pub async fn purge_journal(&self, export: &Path) -> Result<Option<Purged>, Fault> {
        let Some((from, to)) = self.purgeable().await? else { return Ok(None) };
        let sha256 = self.export(from, to, export).await?;
        let purged = Purged { from, to, sha256 };
        let (said, count) = (purged.clone(), to - from + 1);
        let delete = async move |work: &Work| {
            remove(work, said.to, count).await?;
            settings::put(work, PURGED, &said.to.to_string()).await?;
            let fact = Fact::new("journal.purged", "journal", None).audience(Audience::Audit);
            work.record(fact.with("from", said.from).with("to", said.to).with("export_sha256", said.sha256.as_str()));
            Ok::<_, Fault>(Answer::no_content())
        };
        jobs::tidy(self, "purge_journal", delete).await?;
        self.seal_now().await?;
        Ok(Some(purged))
    }

    /// First and last position of what is old enough, whole stretches of checkpoints only.
    async fn purgeable(&self) -> Result<Option<(i64, i64)>, Fault> {
        let at = self.reading(Context::system("purge_journal"));
        let days = parameters::integer(&at, "platform.journal.keep_days").await?;
        let over = at.now - TimeDelta::days(days);
        let from = self.purged_to().await? + 1;
        let young = Entity::find()
            .filter(Column::Position.gte(from))
            .filter(Column::At.gte(over))
            .order_by_asc(Column::Position)
            .one(self.reader())
            .await?;
        let Some(before) = young.and_then(|entry| entry.position) else { return Ok(None) };
        let checkpoints = self.checkpoints_after(from - 1).await?;
        let last = checkpoints.into_iter().rev().find(|mark| mark.position < before);
        Ok(last.map(|mark| (from, mark.position)))
    }

    /// One JSON line an entry, flushed to the disk; answers the file's SHA-256.
    async fn export(&self, from: i64, to: i64, path: &Path) -> Result<String, Fault> {
        let file = std::fs::File::create_new(path).map_err(Fault::unavailable)?;
        let mut file = std::io::BufWriter::new(file);
        let mut hash = Sha256::new();
        let mut after = from - 1;
        while after < to {
            let page = Entity::find()
                .filter(Column::Position.gt(after))
                .filter(Column::Position.lte(to))
                .order_by_asc(Column::Position)
                .limit(PAGE)
                .all(self.reader())
                .await?;
            let Some(last) = page.last().and_then(|entry| entry.position) else {
                return Err(Fault::internal("the journal has a gap; verify it first"));
            };
            after = last;
            for entry in &page {
                let line = line(entry);
                hash.update(line.as_bytes());
                file.write_all(line.as_bytes()).map_err(Fault::unavailable)?;
            }
        }
        let file = file.into_inner().map_err(Fault::unavailable)?;
        file.sync_all().map_err(Fault::unavailable)?;
        Ok(hex::encode(hash.finalize()))
    }
}

/// An entry with every field that is hashed, and its hash.
fn line(entry: &Model) -> String {
    let values = seal::values(entry).into_iter().map(|value| value.map_or(Value::Null, Value::from));
    let mut fields: Map<String, Value> = seal::NAMES.iter().map(|name| (*name).to_owned()).zip(values).collect();
    fields.insert("at".to_owned(), json!(Timestamp::from(entry.at)));
    fields.insert("hash".to_owned(), json!(entry.hash));
    Value::Object(fields).to_string() + "\n"
}

/// Deletes up to a position behind the back of the trigger, which stands again before the commit.
async fn remove(work: &Work, to: i64, count: i64) -> Result<(), Fault> {
    let db = work.db();
    let backend = db.get_database_backend();
    let guard = match backend {
        DbBackend::Postgres => {
            db.execute_unprepared("ALTER TABLE journal DISABLE TRIGGER journal_append_only").await?;
            "ALTER TABLE journal ENABLE TRIGGER journal_append_only".to_owned()
        }
        _ => {
            let find = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'journal_no_delete'";
            let row = db.query_one_raw(Statement::from_string(backend, find)).await?;
            let text: String = row.ok_or_else(|| Fault::internal("the journal has no guard"))?.try_get_by_index(0)?;
            db.execute_unprepared("DROP TRIGGER journal_no_delete").await?;
            text
        }
    };
    let gone = Entity::delete_many().filter(Column::Position.lte(to)).exec(&db).await?;
    db.execute_unprepared(&guard).await?;
    if i64::try_from(gone.rows_affected).ok() != Some(count) {
        return Err(Fault::internal("more or fewer entries than were exported"));
    }
    Ok(())
}
