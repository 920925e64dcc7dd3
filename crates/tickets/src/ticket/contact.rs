//! The contact behind one's own open case, in clear (PF-04): for the ticket one holds, a callback of a
//! ticket in one's scope that still waits and that one may make, or a repair order given to one.

use access::Actor;
use kernel::fault::{self, Fault};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::journal::{Audience, Fact};
use store::{Resource, Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Entity, Model};
use super::{Ticket, queries};
use crate::callback::{self, Callback};
use crate::repair_order::{self, RepairOrder};

/// Which case, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevealContact {
    pub resource: ContactSource,
    pub id: Uuid,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What a contact may stand behind.
#[codes::code(stored = false)]
pub enum ContactSource {
    /// 工单
    Ticket,
    /// 回访
    Callback,
    /// 维修单
    RepairOrder,
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
async fn source(work: &Work, input: &RevealContact) -> Result<Model, Fault> {
    match input.resource {
        ContactSource::Ticket => {
            let row = resource::find::<Ticket>(work, input.id).await?;
            if holds(&row, work.actor()) { Ok(row) } else { Err(missing()) }
        }
        ContactSource::Callback => {
            let row = resource::find::<Callback>(work, input.id).await?;
            let source = row.source_ticket_id;
            let around = callback::Around::load(work, row).await?;
            let subject = around.subject(work);
            let may = work.actor().holds("tickets.callback:complete")
                && callback::MOVES.take("complete", around.row.status, &subject).is_ok();
            if !may {
                return Err(missing());
            }
            Entity::find_by_id(source).one(&work.db()).await?.ok_or_else(missing)
        }
        ContactSource::RepairOrder => {
            let row = resource::find::<RepairOrder>(work, input.id).await?;
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

/// Answers name, phone and address and journals the reading; every other or closed case is 404.
pub async fn reveal(work: &Work, input: &RevealContact) -> Result<RevealedContact, Fault> {
    let row = source(work, input).await?;
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
    let mut fact = Fact::new("contact.revealed", input.resource.code(), Some(input.id));
    fact.placement = Ticket::placement(&row);
    work.record(fact.reason(input.reason.as_str()).audience(Audience::Audit));
    Ok(contact)
}
