//! The desk's worked examples and refusals.

mod callback;
mod case;
mod customer;
mod deadlines;
pub mod desk;
mod intake;
mod leading;
mod opinion;
pub mod outreach;
mod policy;
pub mod portfolio;
mod rebuild;
mod refusals;
mod reports;
pub mod surveys;
