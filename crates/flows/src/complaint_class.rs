//! What becomes of a ticket proposes the class of its complaint (link 30): a second person decides.

use heating_service::complaint::entity::Class;
use heating_service::complaint::following::{self, Proof};
use kernel::fault::Fault;
use store::Work;
use tickets::ticket::entity::Model as Ticket;
use uuid::Uuid;

use crate::complaint_to_heating::{self, is_complaint};

fn proof(text: String) -> Proof {
    Proof { text, document_id: None }
}

/// The customer took the ticket back. One that is no complaint about heat any more keeps the class that says so.
pub async fn withdrawn(work: &Work, ticket: &Ticket, paper: Option<Uuid>) -> Result<(), Fault> {
    if !is_complaint(ticket) {
        return Ok(());
    }
    let Some(row) = following::of_ticket(work, ticket.id).await? else { return Ok(()) };
    let proof = Proof { document_id: paper, ..proof(format!("工单 {} 已撤回", ticket.number)) };
    following::propose(work, &row, Class::Withdrawn, proof).await
}

/// The ticket was merged into another; its complaint repeats that one's, if it may and still is one.
pub async fn merged(work: &Work, ticket: &Ticket) -> Result<(), Fault> {
    let Some(target) = ticket.merged_into_id.filter(|_| is_complaint(ticket)) else { return Ok(()) };
    let Some(row) = following::of_ticket(work, ticket.id).await? else { return Ok(()) };
    let Some(original) = following::of_ticket(work, target).await? else { return Ok(()) };
    following::propose_duplicate(work, &row, &original, proof(format!("工单 {} 已合并", ticket.number))).await
}

/// The ticket was taken out again.
pub async fn unmerged(work: &Work, ticket: &Ticket) -> Result<(), Fault> {
    match following::of_ticket(work, ticket.id).await? {
        Some(row) => following::take_back(work, &row, Class::Duplicate).await,
        None => Ok(()),
    }
}

/// The ticket is of another class: a complaint now, or none any more.
pub async fn classified(work: &Work, ticket: &Ticket) -> Result<(), Fault> {
    let Some(row) = following::of_ticket(work, ticket.id).await? else {
        return complaint_to_heating::follow(work, ticket).await.map(drop);
    };
    if is_complaint(ticket) {
        return following::take_back(work, &row, Class::Transferred).await;
    }
    let text = format!("工单 {} 改为 {} {}", ticket.number, ticket.kind.labels().0, ticket.category_code);
    following::propose(work, &row, Class::Transferred, proof(text)).await
}
