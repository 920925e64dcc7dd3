//! The heating service through HTTP.

pub mod desk;
mod money;
mod refusals;
mod register;
mod stops;
