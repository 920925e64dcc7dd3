//! A hash tree over the digests of a stretch of entries: one root speaks for all, and a short path shows
//! that an entry is among them without the others.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// A step from an entry to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Whether the sibling stands to the left.
    pub left: bool,
    /// The sibling, hexadecimal.
    pub hash: String,
}

/// Leaves and inner nodes are told apart, so that no inner node passes for an entry.
fn leaf(digest: &Hash) -> Hash {
    Sha256::new().chain_update([0]).chain_update(digest).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The next level up; a node without a sibling goes up as it is.
fn parents(level: &[Hash]) -> Vec<Hash> {
    level.chunks(2).map(|pair| if let [left, right] = pair { node(left, right) } else { pair[0] }).collect()
}

/// The root over the digests; all zero over none.
pub fn root(digests: &[Hash]) -> Hash {
    let mut level: Vec<Hash> = digests.iter().map(leaf).collect();
    while level.len() > 1 {
        level = parents(&level);
    }
    level.first().copied().unwrap_or_default()
}

/// The steps from the n-th digest to the root.
pub fn path(digests: &[Hash], n: usize) -> Vec<Step> {
    let mut level: Vec<Hash> = digests.iter().map(leaf).collect();
    let (mut n, mut steps) = (n, Vec::new());
    while level.len() > 1 {
        if let Some(sibling) = level.get(n ^ 1) {
            steps.push(Step { left: n % 2 == 1, hash: hex::encode(sibling) });
        }
        level = parents(&level);
        n /= 2;
    }
    steps
}

/// The root that a digest and its steps lead to; `None` when a step is no hash.
pub fn climb(digest: &Hash, steps: &[Step]) -> Option<Hash> {
    steps.iter().try_fold(leaf(digest), |here, step| {
        let sibling = Hash::try_from(hex::decode(&step.hash).ok()?).ok()?;
        Some(if step.left { node(&sibling, &here) } else { node(&here, &sibling) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_of_every_size_climbs_to_the_root_and_no_other_does() {
        for size in 1..=17u8 {
            let digests: Vec<Hash> = (0..size).map(|n| Sha256::digest([n]).into()).collect();
            let root = root(&digests);
            for (n, digest) in digests.iter().enumerate() {
                let steps = path(&digests, n);
                assert_eq!(climb(digest, &steps), Some(root), "{n} of {size}");
                let stranger: Hash = Sha256::digest([n as u8, 1]).into();
                assert_ne!(climb(&stranger, &steps), Some(root));
            }
        }
    }
}
