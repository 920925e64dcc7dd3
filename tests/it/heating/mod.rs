//! The heating service through HTTP.

pub mod desk;
mod inspection;
mod money;
mod outages;
pub mod proposals;
mod refunds;
mod refusals;
mod register;
mod stops;
mod temperature;
mod valves;
