//! What a backup says of itself.

use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::protected::Keyring;

use super::pieces::{self, Piece};

pub(super) const FORMAT: &str = "hearthdesk-backup-1";
const NAME: &str = "manifest.json";
/// Purpose of the seal's key.
const SEAL: &str = "backup.manifest";

/// The database a backup was made of; it is restored into one of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    Sqlite,
    Postgresql,
}

/// The content of a PostgreSQL table as `COPY` wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<String>,
    pub path: String,
}

/// The manifest of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: String,
    pub made_at: String,
    pub service_version: String,
    pub database: Database,
    /// Names of the migrations the database has, in order.
    pub migrations: Vec<String>,
    /// The last sealed position of the journal; everything up to it is in the backup.
    pub position: i64,
    /// Hash of the entry at that position.
    pub head: String,
    /// Names the master key without telling it.
    pub key_fingerprint: String,
    /// In the order they must be filled; none on SQLite.
    pub tables: Vec<Table>,
    /// Every piece but the manifest itself.
    pub files: Vec<Piece>,
    /// Over all the above, under a key derived from the master key.
    pub seal: String,
}

impl Manifest {
    fn mac(&self, keys: &Keyring) -> anyhow::Result<String> {
        let plain = Self { seal: String::new(), ..self.clone() };
        Ok(hex::encode(keys.mac(SEAL, &serde_json::to_vec(&plain)?)))
    }

    /// The manifest with its seal.
    pub(super) fn sealed(mut self, keys: &Keyring) -> anyhow::Result<Self> {
        self.seal = self.mac(keys)?;
        Ok(self)
    }

    /// Writes it into the backup; answers its SHA-256.
    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<String> {
        let text = serde_json::to_vec_pretty(self)?;
        pieces::write_synced(&folder.join(NAME), &text)?;
        Ok(hex::encode(Sha256::digest(&text)))
    }

    /// Reads the manifest of a backup and checks it against the master key.
    ///
    /// # Errors
    /// When there is none, when the key is another one, or when it was edited.
    pub fn read(folder: &Path, keys: &Keyring) -> anyhow::Result<Self> {
        let path = folder.join(NAME);
        let text = std::fs::read_to_string(&path).with_context(|| format!("no backup: reading {}", path.display()))?;
        let manifest: Self =
            serde_json::from_str(&text).with_context(|| format!("{} is no manifest", path.display()))?;
        if manifest.format != FORMAT {
            bail!("{} has the unknown format {}", path.display(), manifest.format);
        }
        let own = keys.fingerprint();
        if manifest.key_fingerprint != own {
            bail!("wrong master key: the backup needs {}, this one is {own}", manifest.key_fingerprint);
        }
        if manifest.seal != manifest.mac(keys)? {
            bail!("{} was edited: its seal does not fit", path.display());
        }
        Ok(manifest)
    }
}
