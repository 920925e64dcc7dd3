//! Acts on a ticket with what follows from them in other domains (links 29, 30, 34).

use kernel::fault::Fault;
use registers::external_ids::ExternalId;
use registers::property::unit::entity as units;
use sea_orm::EntityTrait;
use store::Work;
use store::acts::ReasonedAct;
use tickets::ticket::case;
use tickets::ticket::classifying::{self, ClassifyTicket};
use tickets::ticket::ending::{self, WithdrawTicket};
use tickets::ticket::entity::Model;
use tickets::ticket::external;
use tickets::ticket::merging::{self, MergeTicket};
use tickets::ticket::notes::{self, SplitTicket};
use tickets::ticket::register::{self, RegisterTicket};
use uuid::Uuid;

use crate::homes::{Place, is_heating, station_unit};
use crate::{complaint_class, complaint_to_heating, warranty_repeat};

/// What follows from a ticket that was registered.
pub async fn registered(work: &Work, row: &Model) -> Result<(), Fault> {
    complaint_to_heating::follow(work, row).await?;
    warranty_repeat::follow(work, row).await
}

/// The station that heats where a report about heat is, where it names none: an outage there explains it, and the
/// station answers for it.
async fn station(work: &Work, input: &RegisterTicket) -> Result<Option<Uuid>, Fault> {
    if input.station_org_unit_id.is_some() || !is_heating(&input.category_code) {
        return Ok(input.station_org_unit_id);
    }
    let unit = match input.unit_id {
        Some(id) => units::Entity::find_by_id(id).one(&work.db()).await?,
        None => None,
    };
    let actor = work.actor();
    let place = Place {
        unit_id: input.unit_id,
        building_id: unit.map(|unit| unit.building_id).or(input.building_id),
        station_org_unit_id: None,
        customer_id: if actor.is_customer() { actor.customer_id } else { input.customer_id },
    };
    station_unit(work, place).await
}

async fn placed(work: &Work, input: &RegisterTicket) -> Result<RegisterTicket, Fault> {
    Ok(RegisterTicket { station_org_unit_id: station(work, input).await?, ..input.clone() })
}

/// Registers a ticket.
pub async fn register(work: &Work, input: &RegisterTicket) -> Result<Model, Fault> {
    let input = placed(work, input).await?;
    let row = register::register(work, &input).await?;
    registered(work, &row).await?;
    case::just_registered(work, &row, &input.external_ids);
    Ok(row)
}

/// The ticket another system knows by this key, described anew, or a new one.
pub async fn put(work: &Work, key: &ExternalId, input: &RegisterTicket) -> Result<(Model, bool), Fault> {
    let input = placed(work, input).await?;
    let (row, new) = external::put(work, key, &input).await?;
    if new {
        registered(work, &row).await?;
    }
    Ok((row, new))
}

/// Makes a part of a case a case of its own.
pub async fn split(work: &Work, id: Uuid, input: &SplitTicket) -> Result<Model, Fault> {
    let part = notes::split(work, id, input).await?;
    registered(work, &part).await?;
    Ok(part)
}

/// Changes kind, category, place or severity.
pub async fn classify(work: &Work, id: Uuid, input: &ClassifyTicket) -> Result<Model, Fault> {
    let row = classifying::classify(work, id, input).await?;
    complaint_class::classified(work, &row).await?;
    warranty_repeat::follow(work, &row).await?;
    Ok(row)
}

/// Ends a case the customer takes back.
pub async fn withdraw(work: &Work, id: Uuid, input: &WithdrawTicket) -> Result<Model, Fault> {
    let row = ending::withdraw(work, id, input).await?;
    complaint_class::withdrawn(work, &row, input.proof_document_id).await?;
    Ok(row)
}

/// Merges a duplicate into another ticket.
pub async fn merge(work: &Work, id: Uuid, input: &MergeTicket) -> Result<Model, Fault> {
    let row = merging::merge(work, id, input).await?;
    complaint_class::merged(work, &row).await?;
    Ok(row)
}

/// Takes a merged ticket out again.
pub async fn unmerge(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let row = merging::unmerge(work, id, input).await?;
    complaint_class::unmerged(work, &row).await?;
    Ok(row)
}
