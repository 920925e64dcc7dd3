//! The desk's worked examples and refusals.

mod callback;
mod case;
mod customer;
mod deadlines;
pub mod desk;
mod dispatch;
pub mod incidents;
mod intake;
mod leading;
pub mod leave;
mod opinion;
mod policy;
mod rebuild;
mod refusals;
mod reports;
pub mod rosters;
mod supervision;
