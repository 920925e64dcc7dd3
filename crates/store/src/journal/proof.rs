//! Proof that one entry is in the journal, checked by a third party without database or secret.

use kernel::fault::{self, Fault};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::checkpoint::Checkpoint;
use super::entity::{Column, Entity, Model};
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

/// A stretch of entries under one checkpoint.
struct Stretch {
    checkpoint: Checkpoint,
    entries: Vec<Model>,
    digests: Vec<merkle::Hash>,
}

impl Store {
    /// The proof of the entry at a position.
    ///
    /// # Errors
    /// 404 when no checkpoint covers the position yet.
    pub async fn prove(&self, position: i64) -> Result<Proof, Fault> {
        let absent = || Fault::new(&fault::NOT_FOUND);
        self.prove_all(&[position]).await?.and_then(|mut proofs| proofs.pop()).ok_or_else(absent)
    }

    /// The proofs of entries, positions ascending; none when a position is not covered by a checkpoint yet or no
    /// longer in the journal.
    pub async fn prove_all(&self, positions: &[i64]) -> Result<Option<Vec<Proof>>, Fault> {
        let public_key = self.checkpoint_key()?;
        let mut stretch: Option<Stretch> = None;
        let mut proofs = Vec::with_capacity(positions.len());
        for position in positions.iter().copied() {
            let covers = |known: &Stretch| known.checkpoint.position >= position;
            let here = match stretch.take().filter(covers) {
                Some(known) => known,
                None => match self.checkpoint_over(position).await? {
                    Some(checkpoint) => self.stretch(checkpoint).await?,
                    None => return Ok(None),
                },
            };
            let Some(n) = here.entries.iter().position(|entry| entry.position == Some(position)) else {
                return Ok(None);
            };
            let names = seal::NAMES.iter().map(|name| (*name).to_owned());
            proofs.push(Proof {
                format: FORMAT.to_owned(),
                position,
                entry: names.zip(seal::values(&here.entries[n])).collect(),
                path: merkle::path(&here.digests, n),
                checkpoint: here.checkpoint.clone(),
                public_key: public_key.clone(),
            });
            stretch = Some(here);
        }
        Ok(Some(proofs))
    }

    async fn stretch(&self, checkpoint: Checkpoint) -> Result<Stretch, Fault> {
        let entries = Entity::find()
            .filter(Column::Position.gte(checkpoint.first_position))
            .filter(Column::Position.lte(checkpoint.position))
            .order_by_asc(Column::Position)
            .all(self.reader())
            .await?;
        let digests = entries.iter().map(seal::digest).collect();
        Ok(Stretch { checkpoint, entries, digests })
    }

    /// Whether the journal still holds the proven entry as it was sealed; true when it was purged meanwhile.
    pub async fn still_holds(&self, proof: &Proof) -> Result<bool, Fault> {
        let row = Entity::find().filter(Column::Position.eq(proof.position)).one(self.reader()).await?;
        let Some(row) = row else { return Ok(self.purged_to().await? >= proof.position) };
        let values = seal::values(&row);
        let same = proof.entry.iter().map(|(_, value)| value).eq(values.iter());
        Ok(same && row.hash.as_deref() == Some(seal::hash(self, &row).as_str()))
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
