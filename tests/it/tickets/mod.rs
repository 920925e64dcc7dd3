//! The desk's worked examples and refusals.

mod archive;
mod callback;
mod case;
mod customer;
mod deadlines;
pub mod desk;
mod dispatch;
pub mod incidents;
mod intake;
pub mod knowledge;
mod leading;
mod opinion;
mod policy;
pub mod portfolio;
mod rebuild;
mod refusals;
mod repair;
pub mod repair_desk;
mod repair_money;
mod reports;
pub mod rosters;
mod supervision;
