//! Report submissions (报表报送, PF-15): which report is due from whom and when, and the figures as they were
//! submitted.
//!
//! Knows the schedule and the posts, no domain: a domain's reports are handed in as declarations.

mod arising;
pub mod commands;
pub mod due;
pub mod entity;
pub mod parameters;
pub mod problems;
mod resource;
mod schedule;
pub mod work;

pub use arising::arise;
pub use resource::{MOVES, ReportSubmission, SubmissionView};
pub use schedule::SCHEDULE;
