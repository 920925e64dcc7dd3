//! The heating service through HTTP.

pub mod desk;
mod lab_checks;
pub mod lab_desk;
mod lab_reports;
mod laboratory;
mod money;
mod outages;
pub mod proposals;
mod refunds;
mod refusals;
mod register;
mod stops;
mod temperature;
