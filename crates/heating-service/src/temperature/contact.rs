//! The contact behind one's own open case, in clear (heating §3): for whoever measures it or calls back.

use kernel::fault::{Fault, NOT_FOUND};
use registers::customer::clear_contact;
use sea_orm::entity::prelude::*;
use store::journal::{Audience, Fact};
use store::{Work, resource};

use super::TemperatureCase;
use super::entity::Status;
use crate::household::{address, entity as homes};

/// Name and phone of the holder, and where the home is.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}

/// Answers the contact of a case and journals the reading; every other or ended case is 404.
pub async fn reveal(work: &Work, id: Uuid, reason: &str) -> Result<Contact, Fault> {
    let row = resource::find::<TemperatureCase>(work, id).await?;
    let actor = work.actor();
    let own = ["heating.temperature:measure", "heating.temperature:call_back"].iter().any(|act| actor.holds(act));
    if !own || actor.is_customer() || !Status::OPEN.contains(&row.status) {
        return Err(Fault::new(&NOT_FOUND));
    }
    let home = homes::Entity::find_by_id(row.household_id).one(&work.db()).await?;
    let home = home.ok_or_else(|| Fault::internal("a case without a household"))?;
    let (name, phone, _) = match home.customer_id {
        Some(customer) => clear_contact(work, customer).await?,
        None => (None, None, None),
    };
    let mut fact = Fact::of::<TemperatureCase>("contact_revealed", &row);
    fact.kind = "contact.revealed".to_owned();
    work.record(fact.reason(reason).audience(Audience::Audit));
    Ok(Contact { name, phone, address: Some(address(work, &home)?) })
}
