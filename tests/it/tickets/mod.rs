//! The desk's worked examples and refusals.

mod archive;
pub mod assessments;
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
pub mod leave;
mod opinion;
mod policy;
pub mod portfolio;
pub mod quality;
mod rebuild;
mod refusals;
mod reminders;
mod repair;
pub mod repair_desk;
mod repair_money;
mod reports;
pub mod requests;
pub mod rosters;
mod supervision;
