//! Who may: job roles, the one policy table, and the actor of a call with his scope (PF-02).
//!
//! Pure data and questions about it; it knows neither database nor HTTP.

mod actor;
pub mod groups;
pub mod policy;
mod role;

pub use actor::{Actor, Scope};
pub use role::JobRole;
