//! The registers every domain looks up: organisation, staff, customers, property, suppliers (PF-03…06).
//!
//! They hold facts about persons and buildings; what is done with them belongs to other crates.

pub mod customer;
pub mod delegation;
pub mod external_ids;
pub mod imports;
pub mod locks;
mod matching;
pub mod org_unit;
pub mod problems;
pub mod property;
pub mod referenced;
mod said;
pub mod staff;
pub mod supplier;

pub use referenced::{org_unit_known, projects_known};
