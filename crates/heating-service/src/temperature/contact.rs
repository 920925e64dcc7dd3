//! The holder behind an open case, in clear, for whoever measures, remedies or calls back (PF-04).

use kernel::fault::{self, Fault};
use sea_orm::EntityTrait;
use store::journal::{Audience, Fact};
use store::{Resource, Work, resource};
use uuid::Uuid;

use super::{MOVES, TemperatureCase, permission};
use crate::household::{self, entity as homes};

/// The acts that bring somebody to the holder.
const ACTS: [&str; 3] = ["measure", "remedy", "call-back-attempt"];

/// Name and phone of the holder, and the address of the home.
pub struct Holder {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}

/// Answers the holder and journals the reading.
///
/// # Errors
/// 404 for a case out of scope, one that has ended, and one whose next act is another's.
pub async fn reveal(work: &Work, id: Uuid, reason: &str) -> Result<Holder, Fault> {
    let missing = || Fault::new(&fault::NOT_FOUND);
    let row = resource::find::<TemperatureCase>(work, id).await?;
    let may = |action: &&str| {
        work.actor().holds(&permission(action))
            && MOVES.take(action, row.status, &resource::subject::<TemperatureCase>(work, &row)).is_ok()
    };
    if !ACTS.iter().any(|action| may(action)) {
        return Err(missing());
    }
    let home = homes::Entity::find_by_id(row.household_id).one(&work.db()).await?.ok_or_else(missing)?;
    let (name, phone) = match home.customer_id {
        Some(customer) => {
            let (name, phone, _) = registers::customer::clear_contact(work, customer).await?;
            (name, phone)
        }
        None => (None, None),
    };
    let mut fact = Fact::new("contact.revealed", TemperatureCase::NAME, Some(id));
    fact.placement = TemperatureCase::placement(&row);
    work.record(fact.reason(reason).audience(Audience::Audit));
    Ok(Holder { name, phone, address: Some(household::address(work, &home)?) })
}
