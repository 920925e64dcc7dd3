//! The desk's sets of rows: whose tickets a caller counts, and which count.

use access::{JobRole, groups};
use sea_orm::entity::prelude::*;
use store::Reading;
pub use store::reports::Slice;

use crate::ticket::entity::Status;

/// The sets every report of the desk begins with.
pub trait OfTickets {
    /// All of the caller's tickets; of an agent those he holds.
    fn tickets(at: &Reading) -> Self;
    /// Of an agent only what he wrote himself.
    fn written(at: &Reading) -> Self;
    /// Without merged, withdrawn and out-of-scope tickets (TK-R05).
    fn net(&self) -> Self;
}

impl OfTickets for Slice {
    fn tickets(at: &Reading) -> Self {
        match own(at) {
            Some(me) => Self::default().with("assignee_id", me),
            None => Self::default(),
        }
    }

    fn written(at: &Reading) -> Self {
        match own(at) {
            Some(me) => Self::default().with("created_by", me),
            None => Self::default(),
        }
    }

    fn net(&self) -> Self {
        let counted = Status::CODES.iter().filter(|code| !["merged", "withdrawn", "out_of_scope"].contains(code));
        self.with("status", counted.copied().collect::<Vec<_>>().join(","))
    }
}

/// The caller's staff id when he sees only his own rows (spec tickets §8): an agent, unless he makes the
/// statistics.
pub fn own(at: &Reading) -> Option<Uuid> {
    let actor = at.actor();
    let only_own = groups::AGENT.contains(&actor.role) && actor.role != JobRole::InformationOfficer;
    actor.staff_id.filter(|_| only_own && !actor.scope.all)
}
