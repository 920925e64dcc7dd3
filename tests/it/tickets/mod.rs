//! The desk's worked examples and refusals.

pub mod assessments;
mod callback;
mod case;
mod customer;
mod deadlines;
pub mod desk;
mod intake;
mod leading;
mod opinion;
mod policy;
pub mod quality;
mod rebuild;
mod refusals;
mod reports;
pub mod requests;
pub mod rosters;
