//! The property register (房产台账, PF-05): project → phase → building → unit, and who owns a unit.
//!
//! Here are only facts of the building; whether a unit is sold or heated belongs to other domains.

pub mod building;
pub mod owner;
pub mod phase;
pub mod project;
mod scope;
pub mod status;
pub mod unit;

pub use building::Building;
pub use owner::UnitOwner;
pub use phase::Phase;
pub use project::Project;
pub use status::Status;
pub use unit::Unit;
