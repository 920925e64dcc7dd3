//! Acts on a ticket with what follows from them in other domains (links 29, 30, 34).

use kernel::fault::Fault;
use registers::external_ids::ExternalId;
use store::Work;
use tickets::ticket::classifying::{self, ClassifyTicket};
use tickets::ticket::ending::{self, WithdrawTicket};
use tickets::ticket::entity::Model;
use tickets::ticket::merging::{self, MergeTicket, UnmergeTicket};
use tickets::ticket::notes::{self, SplitTicket};
use tickets::ticket::register::{self, RegisterTicket};
use uuid::Uuid;

use crate::{complaint_class, complaint_to_heating, warranty_repeat};

/// What follows from a ticket that was registered.
pub async fn registered(work: &Work, row: &Model) -> Result<(), Fault> {
    complaint_to_heating::follow(work, row).await?;
    warranty_repeat::follow(work, row).await
}

/// Registers a ticket.
pub async fn register(work: &Work, input: &RegisterTicket) -> Result<Model, Fault> {
    let row = register::register(work, input).await?;
    registered(work, &row).await?;
    Ok(row)
}

/// The ticket another system knows by this key, or a new one.
pub async fn put(work: &Work, key: &ExternalId, input: &RegisterTicket) -> Result<(Model, bool), Fault> {
    let (row, new) = register::put(work, key, input).await?;
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
pub async fn unmerge(work: &Work, id: Uuid, input: &UnmergeTicket) -> Result<Model, Fault> {
    let row = merging::unmerge(work, id, input).await?;
    complaint_class::unmerged(work, &row).await?;
    Ok(row)
}
