//! The desk's worked examples and refusals.

mod case;
mod deadlines;
mod desk;
mod policy;

pub use desk::report;
