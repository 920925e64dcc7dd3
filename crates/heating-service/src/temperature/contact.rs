//! The contact behind one's own open case, in clear (heating §3): for whoever measures it or calls back.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::{Work, resource};

use super::TemperatureCase;
use super::entity::Status;
use crate::household::contact::{self, Contact};

/// Answers the contact of a case and journals the reading; every other or ended case is 404.
pub async fn reveal(work: &Work, id: Uuid, reason: &str) -> Result<Contact, Fault> {
    let row = resource::find::<TemperatureCase>(work, id).await?;
    let actor = work.actor();
    let acts = ["heating.temperature:measure", "heating.temperature:call_back"];
    let own = acts.iter().any(|act| actor.holds(act)) && !actor.is_customer();
    let is_own = own && Status::OPEN.contains(&row.status);
    contact::reveal::<TemperatureCase>(work, (&row, is_own), row.household_id, reason).await
}
