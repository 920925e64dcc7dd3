//! Import kinds whose rows are followed in another domain.

use kernel::fault::Fault;
use sea_orm::EntityTrait;
use serde_json::Value;
use store::Work;
use store::imports::{Applied, Kind};
use tickets::ticket::entity::Entity as Tickets;

/// The kinds of files that two domains take part in.
pub static KINDS: &[Kind] = &[
    Kind { apply: |work, row| Box::pin(ticket(work, row)), ..tickets::imports::TICKETS },
    Kind { apply: |work, row| Box::pin(reading(work, row)), ..heating_service::imports::TEMPERATURE_READINGS },
];

async fn ticket(work: &Work, row: Value) -> Result<Applied, Fault> {
    let applied = (tickets::imports::TICKETS.apply)(work, row).await?;
    if applied.changed
        && let Some(row) = Tickets::find_by_id(applied.id).one(&work.db()).await?
    {
        crate::ticket::registered(work, &row).await?;
    }
    Ok(applied)
}

async fn reading(work: &Work, row: Value) -> Result<Applied, Fault> {
    let applied = (heating_service::imports::TEMPERATURE_READINGS.apply)(work, row).await?;
    if applied.changed {
        crate::temperature_to_ticket::imported(work, applied.id).await?;
    }
    Ok(applied)
}
