//! Backup and restore (备份与恢复, PF-17): a folder with one consistent state of the database, the uploaded files, and
//! a manifest that names every piece by its SHA-256.
//!
//! The master key is never in it, only its fingerprint. The manifest is written last and sealed with the master
//! key: without it a folder is no backup, and an edited one shows.

mod manifest;
mod pieces;
mod postgres;
mod restore;
mod sqlite;

use std::path::Path;

use anyhow::Context as _;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use store::journal::{Audience, Fact};
use store::{Answer, Context, Store, Work};

use crate::config::Config;
use crate::setup;
pub use manifest::{Database, Manifest, Table};
pub use pieces::Piece;
pub use restore::{check, restore};

/// Folder of the database inside a backup.
const DATABASE: &str = "database";
/// Folder of the uploaded files inside a backup.
const FILES: &str = "files";

/// What was read from the database in one consistent state.
pub(crate) struct Dump {
    kind: Database,
    /// Names of the migrations it has.
    migrations: Vec<String>,
    /// The last sealed position, and the hash there.
    position: i64,
    head: String,
    tables: Vec<Table>,
    pieces: Vec<Piece>,
}

/// Makes a backup into an absent or empty folder; the service may go on writing meanwhile. Every write
/// acknowledged before it began is in it.
///
/// # Errors
/// When the folder holds something, a file cannot be read, or an uploaded file is not what its name says.
pub async fn make(config: &Config, folder: &Path) -> anyhow::Result<Manifest> {
    pieces::claim(folder)?;
    let store = setup::open(config).await?;
    store.seal_now().await?;
    let dump = match store.is_sqlite() {
        true => sqlite::dump(&config.database_url, folder).await?,
        false => postgres::dump(&config.database_url, folder).await?,
    };
    // After the database: a file is stored before the document that names it is committed.
    let mut all = dump.pieces;
    all.extend(pieces::copy_uploads(&config.files(), folder)?);
    let manifest = Manifest {
        format: manifest::FORMAT.to_owned(),
        made_at: Timestamp::from(store.now()).to_string(),
        service_version: env!("CARGO_PKG_VERSION").to_owned(),
        database: dump.kind,
        migrations: dump.migrations,
        position: dump.position,
        head: dump.head,
        key_fingerprint: store.keys().fingerprint(),
        tables: dump.tables,
        files: all,
        seal: String::new(),
    };
    let manifest = manifest.sealed(store.keys())?;
    let digest = manifest.write(folder).context("writing the manifest")?;
    let (position, files) = (manifest.position, manifest.files.len());
    record(&store, "backup.made", move |fact| {
        fact.with("position", position).with("files", files as u64).with("manifest_sha256", digest.as_str())
    })
    .await?;
    store.close().await?;
    Ok(manifest)
}

/// Keeps in the journal what was done to the house as a whole.
pub(crate) async fn record(
    store: &Store,
    kind: &'static str,
    say: impl Fn(Fact) -> Fact + 'static,
) -> anyhow::Result<()> {
    let write = async move |work: &Work| {
        let resource = kind.split('.').next().unwrap_or(kind);
        work.record(say(Fact::new(kind, resource, None).audience(Audience::Audit)));
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(Context::system("operate"), write).await?;
    store.seal_now().await?;
    Ok(())
}
