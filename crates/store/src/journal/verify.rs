//! Recomputing the chain: an edited, deleted or reordered entry is named.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use super::entity::{Column, Entity};
use super::seal;
use crate::Store;

/// What [`Store::verify_journal`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every position is there and every hash fits.
    Whole { entries: i64, head: String },
    /// The first position that does not fit, and why.
    Broken { position: i64, why: &'static str },
}

impl Store {
    /// Walks the whole chain. Entries not yet sealed are not part of it.
    pub async fn verify_journal(&self) -> Result<Verdict, Fault> {
        let (mut position, mut previous) = (0i64, String::new());
        loop {
            let page = Entity::find()
                .filter(Column::Position.gt(position))
                .order_by_asc(Column::Position)
                .limit(1000)
                .all(self.reader())
                .await?;
            if page.is_empty() {
                return Ok(Verdict::Whole { entries: position, head: previous });
            }
            for entry in page {
                position += 1;
                let broken = |why| Ok(Verdict::Broken { position, why });
                if entry.position != Some(position) {
                    return broken("missing");
                }
                if entry.prev_hash.as_deref() != Some(previous.as_str()) {
                    return broken("not chained to the entry before");
                }
                let hash = seal::hash(self, position, &previous, &entry);
                if entry.hash.as_deref() != Some(hash.as_str()) {
                    return broken("altered");
                }
                previous = hash;
            }
        }
    }
}
