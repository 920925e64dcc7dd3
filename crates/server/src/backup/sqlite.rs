//! SQLite: `VACUUM INTO` copies the whole file inside one read transaction; in WAL mode writers go on meanwhile.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use super::{DATABASE, Dump, Piece, manifest, pieces};

const NAME: &str = "database/hearthdesk.db";

/// The file a URL names.
pub(super) fn file(url: &str) -> PathBuf {
    PathBuf::from(url.trim_start_matches("sqlite://").trim_start_matches("sqlite:"))
}

async fn connect(path: &Path, mode: &str) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode={mode}", path.display()));
    options.max_connections(1).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

/// Copies the database and reads the copy's head.
pub(super) async fn dump(url: &str, folder: &Path) -> anyhow::Result<Dump> {
    std::fs::create_dir(folder.join(DATABASE))?;
    let to = folder.join(NAME);
    let live = connect(&file(url), "rw").await?;
    let quoted = to.to_str().context("the backup's path is not UTF-8")?.replace('\'', "''");
    live.execute_unprepared("PRAGMA busy_timeout = 60000").await?;
    live.execute_unprepared(&format!("VACUUM INTO '{quoted}'")).await.context("copying the database")?;
    live.close().await?;
    std::fs::File::open(&to)?.sync_all()?;
    let copy = connect(&to, "ro&immutable=true").await?;
    let rows = async |sql: &str| copy.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql.to_owned())).await;
    let mut migrations = Vec::new();
    for row in rows("SELECT version FROM seaql_migrations ORDER BY applied_at, rowid").await? {
        migrations.push(row.try_get_by_index::<String>(0)?);
    }
    let last =
        rows("SELECT position, hash FROM journal WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1").await?;
    let (position, head) = match last.first() {
        Some(row) => (row.try_get_by_index(0)?, row.try_get_by_index(1)?),
        None => (0, String::new()),
    };
    copy.close().await?;
    let pieces = vec![Piece::of(folder, NAME.to_owned())?];
    Ok(Dump { kind: manifest::Database::Sqlite, migrations, position, head, tables: Vec::new(), pieces })
}

/// Refuses a target that holds a database.
pub(super) fn refuse_existing(url: &str) -> anyhow::Result<()> {
    let path = file(url);
    let bytes = path.metadata().map_or(0, |known| known.len());
    if bytes > 0 {
        bail!("{} holds a database: restore into an empty folder", path.display());
    }
    Ok(())
}

/// Puts the copied file in its place, whole or not at all.
pub(super) fn load(url: &str, folder: &Path) -> anyhow::Result<()> {
    let path = file(url);
    let mut half = path.clone().into_os_string();
    half.push(".restoring");
    let half = PathBuf::from(half);
    pieces::copy_synced(&folder.join(NAME), &half)?;
    std::fs::rename(&half, &path)?;
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::File::open(parent)?.sync_all()?;
    }
    Ok(())
}
