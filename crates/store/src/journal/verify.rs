//! Recomputing the chain: an edited, deleted or reordered entry is named, and so is a chain that does not fit
//! the checkpoints signed over it.

use std::collections::BTreeMap;

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use super::checkpoint::Checkpoint;
use super::entity::{Column, Entity, Model};
use super::{Stray, merkle, seal};
use crate::Store;

/// What [`Store::verify_journal`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every position is there and every hash fits.
    Whole { entries: i64, checkpoints: usize, head: String },
    /// The first position that does not fit, and why.
    Broken { position: i64, why: &'static str },
    /// The chain is whole, but a business row is not what it says.
    Strayed(Stray),
}

/// What to verify, and against what.
#[derive(Clone, Debug, Default)]
pub struct Extent {
    /// First position; 1 when none is named.
    pub from: Option<i64>,
    /// Last position; the end of the chain when none is named.
    pub to: Option<i64>,
    /// Checkpoints from the second place; those of the database are always used.
    pub checkpoints: Vec<Checkpoint>,
    /// The key that signed them, hexadecimal; the house's own when none is named.
    pub public_key: Option<String>,
}

/// The checkpoints of both places by position.
type Marks = BTreeMap<i64, Vec<Checkpoint>>;

impl Store {
    /// Walks the chain. Entries not yet sealed are not part of it.
    pub async fn verify_journal(&self, extent: Extent) -> Result<Verdict, Fault> {
        let broken = |position, why| Ok(Verdict::Broken { position, why });
        let purged = self.purged_to().await?;
        let from = extent.from.unwrap_or(1).max(purged + 1);
        let last = extent.to.unwrap_or(i64::MAX);
        let marks = match self.marks(&extent).await? {
            Ok(marks) => marks,
            Err((position, why)) => return broken(position, why),
        };
        let begins_after_purge = purged > 0 && from == purged + 1;
        let previous = match begins_after_purge {
            // What was purged is vouched for by the checkpoint that closed it.
            true => match marks.get(&purged).and_then(|marks| marks.first()) {
                Some(mark) => mark.head.clone(),
                None => return broken(purged, "purged without a checkpoint"),
            },
            false => self.hash_at(from - 1).await?,
        };
        let mut told = !begins_after_purge || extent.to.is_some();
        let mut walk = Walk { position: from - 1, previous, since: from, digests: Vec::new() };
        let mut met = 0;
        while walk.position < last {
            let page = Entity::find()
                .filter(Column::Position.gt(walk.position))
                .filter(Column::Position.lte(last))
                .order_by_asc(Column::Position)
                .limit(1000)
                .all(self.reader())
                .await?;
            if page.is_empty() {
                break;
            }
            for entry in &page {
                if let Some(why) = walk.step(self, entry) {
                    return broken(walk.position, why);
                }
                told |= tells_of_purge(entry, purged);
                let Some(marks) = marks.get(&walk.position) else { continue };
                if let Some(why) = marks.iter().find_map(|mark| walk.contradicts(mark)) {
                    return broken(walk.position, why);
                }
                met += 1;
                walk.since = walk.position + 1;
                walk.digests.clear();
            }
        }
        // A checkpoint over entries that are no longer there: the tail was cut, or this is an old backup.
        if marks.range(walk.position + 1..).next().is_some_and(|(position, _)| *position <= last) {
            return broken(walk.position + 1, "missing, though a checkpoint covers it");
        }
        if !told {
            return broken(purged, "purged, and the chain does not say so");
        }
        Ok(Verdict::Whole { entries: walk.position - from + 1, checkpoints: met, head: walk.previous })
    }

    async fn hash_at(&self, position: i64) -> Result<String, Fault> {
        let row = Entity::find().filter(Column::Position.eq(position)).one(self.reader()).await?;
        Ok(row.and_then(|row| row.hash).unwrap_or_default())
    }

    /// All checkpoints, their signatures checked.
    async fn marks(&self, extent: &Extent) -> Result<Result<Marks, (i64, &'static str)>, Fault> {
        let key = match &extent.public_key {
            Some(key) => key.trim().to_owned(),
            None => self.checkpoint_key()?,
        };
        let key = hex::decode(key).map_err(|_| Fault::field("/public_key", "invalid_format"))?;
        let own = self.checkpoints_after(0).await?;
        let mut previous = String::new();
        for mark in &own {
            if mark.previous != previous {
                return Ok(Err((mark.position, "the checkpoint does not follow the one before")));
            }
            previous = mark.digest();
        }
        let mut marks = Marks::new();
        for mark in own.into_iter().chain(extent.checkpoints.clone()) {
            if !mark.is_signed_by(&key) {
                return Ok(Err((mark.position, "the checkpoint's signature is wrong")));
            }
            marks.entry(mark.position).or_default().push(mark);
        }
        Ok(Ok(marks))
    }
}

fn tells_of_purge(entry: &Model, to: i64) -> bool {
    let data = || serde_json::from_str::<serde_json::Value>(&entry.data).unwrap_or_default();
    entry.kind == "journal.purged" && data()["to"] == to
}

struct Walk {
    position: i64,
    previous: String,
    /// Where the digests begin.
    since: i64,
    digests: Vec<merkle::Hash>,
}

impl Walk {
    /// Takes the next entry; says why it does not fit.
    fn step(&mut self, store: &Store, entry: &Model) -> Option<&'static str> {
        self.position += 1;
        if entry.position != Some(self.position) {
            return Some("missing");
        }
        if entry.prev_hash.as_deref() != Some(self.previous.as_str()) {
            return Some("not chained to the entry before");
        }
        let hash = seal::hash(store, entry);
        if entry.hash.as_deref() != Some(hash.as_str()) {
            return Some("altered");
        }
        self.previous = hash;
        self.digests.push(seal::digest(entry));
        None
    }

    fn contradicts(&self, mark: &Checkpoint) -> Option<&'static str> {
        if mark.head != self.previous {
            return Some("another entry than the checkpoint signed");
        }
        let complete = mark.first_position == self.since;
        let root = || hex::encode(merkle::root(&self.digests));
        (complete && mark.root != root()).then_some("other entries than the checkpoint signed")
    }
}
