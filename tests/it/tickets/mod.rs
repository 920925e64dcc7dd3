//! The desk's worked examples and refusals.

mod callback;
mod case;
mod customer;
mod deadlines;
mod desk;
mod intake;
mod leading;
mod opinion;
mod policy;
mod reports;

pub use desk::{callback, replied, report};
