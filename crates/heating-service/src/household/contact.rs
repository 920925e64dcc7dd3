//! The person behind a household, in clear (heating §3, PF-04): for whoever has work there that is still open.

use kernel::fault::{Fault, NOT_FOUND};
use registers::customer::clear_contact;
use sea_orm::entity::prelude::*;
use store::journal::{Audience, Fact};
use store::{Resource, Work};

use super::entity::Entity;
use super::view::address;
use crate::ownership::queries::holder;

/// Name and phone of the holder, and where the home is.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}

/// Answers the contact of a household for the sake of a row, and journals the reading of it. If the row is not the
/// caller's own open work, it is 404.
pub(crate) async fn reveal<R: Resource>(
    work: &Work,
    (row, is_own): (&R::Row, bool),
    household: Uuid,
    reason: &str,
) -> Result<Contact, Fault> {
    if !is_own {
        return Err(Fault::new(&NOT_FOUND));
    }
    let home = Entity::find_by_id(household).one(&work.db()).await?;
    let home = home.ok_or_else(|| Fault::internal("work without a household"))?;
    let (name, phone, _) = match holder(work, &home).await? {
        Some(customer) => clear_contact(work, customer).await?,
        None => (None, None, None),
    };
    let mut fact = Fact::of::<R>("contact_revealed", row);
    fact.kind = "contact.revealed".to_owned();
    work.record(fact.reason(reason).audience(Audience::Audit));
    Ok(Contact { name, phone, address: Some(address(work, &home)?) })
}
