//! The contact behind one's own open case, in clear (PF-04): for the ticket one holds, a callback of a
//! ticket in one's scope that still waits and that one may make, or a repair order given to one.

use access::Actor;
use kernel::fault::{self, Fault};
use registers::customer::Customer;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use store::journal::{Audience, Fact};
use store::{Resource, Work, resource};
use utoipa::ToSchema;

use super::entity::{Entity, Model};
use super::{Ticket, queries};
use crate::callback::{self, Callback};
use crate::repair_order::{self, RepairOrder};

/// A case of the desk a contact stands behind.
#[derive(Clone, Copy, Debug)]
pub enum Case {
    Ticket(Uuid),
    Callback(Uuid),
    RepairOrder(Uuid),
}

/// A contact in clear.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevealedContact {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}

fn missing() -> Fault {
    Fault::new(&fault::NOT_FOUND)
}

fn holds(row: &Model, actor: &Actor) -> bool {
    !row.status.is_terminal() && actor.persons().any(|person| Some(person) == row.assignee_id)
}

/// The ticket whose customer is behind the case, if the case is the caller's own and open.
async fn source(work: &Work, case: Case) -> Result<Model, Fault> {
    match case {
        Case::Ticket(id) => {
            let row = resource::find::<Ticket>(work, id).await?;
            if holds(&row, work.actor()) { Ok(row) } else { Err(missing()) }
        }
        Case::Callback(id) => {
            let row = resource::find::<Callback>(work, id).await?;
            let source = row.source_ticket_id;
            let around = callback::Around::load(work, row).await?;
            let subject = around.subject(work);
            let may =
                work.actor().holds("tickets.callback:complete") && callback::MOVES.take("complete", &subject).is_ok();
            if !may {
                return Err(missing());
            }
            Entity::find_by_id(source).one(&work.db()).await?.ok_or_else(missing)
        }
        Case::RepairOrder(id) => {
            let row = resource::find::<RepairOrder>(work, id).await?;
            let around = repair_order::life_cycle::Around::load(work, row).await?;
            let given = repair_order::entity::Status::WITH_PROVIDER.contains(&around.row.status);
            let own = around.is_provider(work.actor()) || around.acts_for_contractor(work.actor());
            if !given || !own {
                return Err(missing());
            }
            Entity::find_by_id(around.row.ticket_id).one(&work.db()).await?.ok_or_else(missing)
        }
    }
}

/// Who is behind a ticket, in clear: the customer on file, if the caller may know of him, else the requester. Whoever
/// calls this journals it.
///
/// # Errors
/// 404 for a customer the caller may not know of.
pub async fn clear(work: &Work, row: &Model) -> Result<Value, Fault> {
    let Some(customer) = row.customer_id else {
        return Ok(queries::clear_requester(work, row).await?.unwrap_or(Value::Null));
    };
    resource::find::<Customer>(work, customer).await?;
    let (name, phone, address) = registers::customer::clear_contact(work, customer).await?;
    Ok(json!({ "name": name, "phone": phone, "address": address }))
}

/// Answers name, phone and address and journals the reading; every other or closed case is 404.
pub async fn reveal(work: &Work, case: Case, reason: &str) -> Result<RevealedContact, Fault> {
    let row = source(work, case).await?;
    let contact = match row.customer_id {
        Some(customer) => {
            let (name, phone, address) = registers::customer::clear_contact(work, customer).await?;
            RevealedContact { name, phone, address }
        }
        None => {
            let clear = queries::clear_requester(work, &row).await?.unwrap_or(Value::Null);
            let text = |name: &str| clear.get(name).and_then(Value::as_str).map(str::to_owned);
            RevealedContact { name: text("name"), phone: text("phone"), address: text("address") }
        }
    };
    let (resource, id) = match case {
        Case::Ticket(id) => (Ticket::NAME, id),
        Case::Callback(id) => (Callback::NAME, id),
        Case::RepairOrder(id) => (RepairOrder::NAME, id),
    };
    let mut fact = Fact::new("contact.revealed", resource, Some(id));
    fact.placement = Ticket::placement(&row);
    work.record(fact.reason(reason).audience(Audience::Audit));
    Ok(contact)
}
