//! The contact behind one's own open check, in clear (heating §3): for whoever may do what it waits for.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::{Work, resource};

use super::entity::Status;
use super::{MOVES, ValveCheck, permission};
use crate::household::contact::{self, Contact};

/// Answers the contact of a check and journals the reading; one that is over or waits for somebody else is 404.
pub async fn reveal(work: &Work, id: Uuid, reason: &str) -> Result<Contact, Fault> {
    let row = resource::find::<ValveCheck>(work, id).await?;
    let waits_for_him =
        MOVES.moves.iter().any(|act| act.from.contains(&row.status) && work.actor().holds(&permission(act.action)));
    let is_own = Status::OPEN.contains(&row.status) && waits_for_him;
    contact::reveal::<ValveCheck>(work, (&row, is_own), row.household_id, reason).await
}
