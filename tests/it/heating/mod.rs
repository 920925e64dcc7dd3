//! The heating service through HTTP.

pub mod desk;
pub mod evaluations;
mod money;
mod outages;
pub mod proposals;
mod refunds;
mod refusals;
mod register;
mod stops;
mod temperature;
pub mod visits;
