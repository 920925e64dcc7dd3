//! The desk's worked examples and refusals.

mod case;
mod desk;

pub use desk::report;
