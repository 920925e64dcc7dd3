//! Values every domain speaks in: money, measures, time, working days, deadlines, personal data, faults,
//! reports. Pure: it knows no database (but the optional mapping of its errors), no HTTP, no domain.

pub mod calendar;
#[cfg(feature = "database")]
pub mod database;
pub mod deadline;
pub mod fault;
pub mod fixed;
pub mod ids;
pub mod lang;
pub mod money;
pub mod report;
pub mod text;
pub mod time;
pub mod validation;
mod wire;
