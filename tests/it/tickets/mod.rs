//! The desk's worked examples and refusals.

mod callback;
mod case;
mod customer;
mod deadlines;
pub mod desk;
mod intake;
mod leading;
mod network;
pub mod network_desk;
mod opinion;
mod policy;
mod rebuild;
mod refusals;
mod repair;
pub mod repair_desk;
mod repair_money;
mod reports;
