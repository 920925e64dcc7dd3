//! The heating service through HTTP.

pub mod desk;
mod money;
pub mod proposals;
mod refunds;
mod refusals;
mod register;
mod stops;
mod temperature;
