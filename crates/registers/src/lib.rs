//! The registers every domain looks up: organisation, staff, customers, property, suppliers (PF-03…06).
//!
//! They hold facts about persons and buildings; what is done with them belongs to other crates.

pub mod customer;
pub mod delegation;
pub mod external_ids;
pub mod imports;
pub mod locks;
pub mod org_unit;
pub mod problems;
pub mod property;
pub mod referenced;
pub mod staff;
pub mod supplier;

pub use referenced::org_unit_known;

use std::sync::atomic::{AtomicU64, Ordering};

static PEOPLE: AtomicU64 = AtomicU64::new(0);

/// Posts, delegations or units changed: what this process remembered of them no longer holds.
pub fn people_changed() {
    PEOPLE.fetch_add(1, Ordering::SeqCst);
}

/// Grows whenever this process changed posts, delegations, units or accounts.
pub fn people_epoch() -> u64 {
    PEOPLE.load(Ordering::SeqCst)
}
