//! The contact behind one's own open case, in clear (heating §3): for its inspector.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::{Work, resource};

use super::InspectionCase;
use super::entity::Status;
use crate::household::contact::{self, Contact};

/// Answers the contact of a case and journals the reading; every other or closed case is 404.
pub async fn reveal(work: &Work, id: Uuid, reason: &str) -> Result<Contact, Fault> {
    let row = resource::find::<InspectionCase>(work, id).await?;
    let is_own = row.status != Status::Closed && work.actor().persons().any(|person| person == row.inspector_id);
    contact::reveal::<InspectionCase>(work, (&row, is_own), row.household_id, reason).await
}
