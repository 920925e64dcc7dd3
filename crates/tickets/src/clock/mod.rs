//! Deadlines (时限, TK-03): a ledger of clocks, targets and segments that explains itself.

pub mod entity;
pub mod explain;
pub mod ledger;
pub mod projection;
pub mod reminding;
pub mod retargeting;
pub mod writing;

pub use ledger::{Clock, Ledger};
