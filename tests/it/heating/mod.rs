//! The heating service through HTTP.

pub mod complaints;
mod context;
pub mod desk;
mod money;
mod outages;
pub mod proposals;
mod refunds;
mod refusals;
mod register;
mod reports;
mod stoppages;
mod stops;
mod temperature;
