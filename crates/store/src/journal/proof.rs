//! Proof that one entry is in the journal, checked by a third party without database or secret.

use kernel::fault::{self, Fault};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::checkpoint::Checkpoint;
use super::entity::{Column, Entity};
use super::{merkle, seal};
use crate::Store;

const FORMAT: &str = "hearthdesk-proof-1";

/// An entry, its way to the root, and the signed checkpoint over that root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub format: String,
    pub position: i64,
    /// Name and value of each field, in the order they are digested.
    pub entry: Vec<(String, Option<String>)>,
    pub path: Vec<merkle::Step>,
    pub checkpoint: Checkpoint,
    /// Hexadecimal. Compare it with the one the house gave you before.
    pub public_key: String,
}

impl Store {
    /// The proof of the entry at a position.
    ///
    /// # Errors
    /// 404 when no checkpoint covers the position yet.
    pub async fn prove(&self, position: i64) -> Result<Proof, Fault> {
        let absent = || Fault::new(&fault::NOT_FOUND);
        let checkpoint = self.checkpoint_over(position).await?.ok_or_else(absent)?;
        let mut digests = Vec::new();
        let mut entry = None;
        let mut after = checkpoint.first_position - 1;
        while after < checkpoint.position {
            let page = Entity::find()
                .filter(Column::Position.gt(after))
                .filter(Column::Position.lte(checkpoint.position))
                .order_by_asc(Column::Position)
                .limit(1000)
                .all(self.reader())
                .await?;
            let Some(last) = page.last().and_then(|row| row.position) else { return Err(absent()) };
            after = last;
            for row in page {
                if row.position == Some(position) {
                    entry = Some((digests.len(), seal::values(&row)));
                }
                digests.push(seal::digest(&row));
            }
        }
        let (n, entry) = entry.ok_or_else(absent)?;
        let entry = seal::NAMES.iter().map(|name| (*name).to_owned()).zip(entry).collect();
        let path = merkle::path(&digests, n);
        let public_key = self.checkpoint_key()?;
        Ok(Proof { format: FORMAT.to_owned(), position, entry, path, checkpoint, public_key })
    }
}

impl Proof {
    /// Why the proof does not hold; `None` when it does. A key known beforehand is compared.
    pub fn refuted(&self, known_key: Option<&str>) -> Option<&'static str> {
        if self.format != FORMAT {
            return Some("an unknown format");
        }
        if known_key.is_some_and(|known| !known.trim().eq_ignore_ascii_case(&self.public_key)) {
            return Some("signed by another key");
        }
        let Ok(key) = hex::decode(&self.public_key) else { return Some("the public key is not hexadecimal") };
        if !self.checkpoint.is_signed_by(&key) {
            return Some("the checkpoint's signature is wrong");
        }
        // Only values are digested; what each means is fixed by its place.
        if !self.entry.iter().map(|(name, _)| name.as_str()).eq(seal::NAMES.iter().copied()) {
            return Some("the fields are not those of an entry");
        }
        let covered = self.checkpoint.first_position..=self.checkpoint.position;
        let stated = self.entry.iter().find(|(name, _)| name == "position").and_then(|(_, value)| value.as_deref());
        if !covered.contains(&self.position) || stated != Some(self.position.to_string().as_str()) {
            return Some("the entry is not at this position");
        }
        let values = self.entry.iter().map(|(_, value)| value.as_deref());
        let digest = Sha256::digest(seal::canonical(values)).into();
        let root = merkle::climb(&digest, &self.path).map(hex::encode);
        (root.as_deref() != Some(self.checkpoint.root.as_str())).then_some("the entry is not under the signed root")
    }
}
