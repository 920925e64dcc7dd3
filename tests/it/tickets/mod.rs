//! The desk's worked examples and refusals.

mod callback;
mod case;
mod customer;
mod deadlines;
pub mod desk;
mod intake;
mod leading;
mod opinion;
mod policy;
mod rebuild;
mod refusals;
mod reminders;
mod reports;
