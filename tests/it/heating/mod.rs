//! The heating service through HTTP.

mod annual;
mod assets;
pub mod complaints;
mod contacts;
mod context;
pub mod desk;
pub mod evaluations;
mod inspection;
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
mod reports;
mod rules;
mod season_reports;
mod stoppages;
mod stops;
mod temperature;
mod valves;
pub mod visits;
mod year_2011;
