//! Restoring: everything is checked before anything is written, and the journal is verified afterwards.

use std::path::Path;

use anyhow::bail;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::Store;
use store::journal::entity::{Column, Entity};
use store::journal::verify::{Extent, Verdict};
use store::protected::Keyring;

use super::{Database, FILES, Manifest, pieces, postgres, record, sqlite};
use crate::config::Config;
use crate::setup;

/// Checks a backup against its manifest and the master key; changes nothing.
///
/// # Errors
/// Names the first piece that is missing or was edited, or the wrong key.
pub fn check(config: &Config, folder: &Path) -> anyhow::Result<Manifest> {
    let manifest = Manifest::read(folder, &Keyring::new(config.master_key))?;
    for piece in &manifest.files {
        piece.check(folder)?;
    }
    Ok(manifest)
}

/// Brings a backup into an empty data folder or an empty PostgreSQL database, and verifies the journal there.
///
/// # Errors
/// As [`check`]; when the target is not empty, or the journal is not the one the manifest names.
pub async fn restore(config: &Config, folder: &Path) -> anyhow::Result<(Manifest, Verdict)> {
    let manifest = check(config, folder)?;
    refuse_target(config, &manifest).await?;
    for piece in manifest.files.iter().filter(|piece| piece.path.starts_with(FILES)) {
        let from = piece.place(folder)?;
        pieces::copy_synced(&from, &config.data.join(&piece.path))?;
    }
    let known = migrations::names();
    if !known.starts_with(&manifest.migrations) {
        bail!("the backup has migrations this version does not know: it was made by a newer one");
    }
    match manifest.database {
        Database::Sqlite => sqlite::load(&config.database_url, folder)?,
        Database::Postgresql => {
            let db = sea_orm::Database::connect(config.database_url.clone()).await?;
            migrations::run_first(&db, manifest.migrations.len()).await?;
            db.close().await?;
            postgres::load(&config.database_url, folder, &manifest.tables).await?;
        }
    }
    let store = setup::open(config).await?;
    store.migrate().await?;
    let verdict = verify(&store, &manifest).await?;
    let (position, made_at) = (manifest.position, manifest.made_at.clone());
    record(&store, "backup.restored", move |fact| fact.with("position", position).with("made_at", made_at.as_str()))
        .await?;
    store.close().await?;
    Ok((manifest, verdict))
}

async fn refuse_target(config: &Config, manifest: &Manifest) -> anyhow::Result<()> {
    let sqlite = config.database_url.starts_with("sqlite:");
    match (manifest.database, sqlite) {
        (Database::Sqlite, true) => sqlite::refuse_existing(&config.database_url)?,
        (Database::Postgresql, false) => postgres::refuse_existing(&config.database_url).await?,
        (kind, _) => bail!("the backup is of {kind:?}, DATABASE_URL names another kind of database"),
    }
    if !pieces::is_empty(&config.files())? {
        bail!("{} is not empty: restore into an empty folder", config.files().display());
    }
    Ok(())
}

/// The chain is whole, and it is the chain the backup was made of.
async fn verify(store: &Store, manifest: &Manifest) -> anyhow::Result<Verdict> {
    let verdict = store.verify_journal(Extent::default()).await?;
    let at = Entity::find().filter(Column::Position.eq(manifest.position)).one(store.reader()).await?;
    let head = at.and_then(|entry| entry.hash).unwrap_or_default();
    match &verdict {
        Verdict::Whole { .. } if head != manifest.head => {
            Ok(Verdict::Broken { position: manifest.position, why: "another entry than the manifest names" })
        }
        _ => Ok(verdict),
    }
}
