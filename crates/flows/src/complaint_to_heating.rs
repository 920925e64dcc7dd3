//! A ticket of kind complaint about heat is a complaint of the heating company (link 29, HS-R17): counted once, at the
//! station and on the day it was received.

use heating_service::complaint::entity::Model as Complaint;
use heating_service::complaint::following::{self, Received, phone_key};
use kernel::fault::Fault;
use registers::{customer, external_ids};
use sea_orm::prelude::DateTimeUtc;
use store::{Reading, Work};
use tickets::catalogue::Kind;
use tickets::ticket::entity::Model as Ticket;
use tickets::ticket::queries::clear_requester;

use crate::homes::{home_of, is_heating, station_of};

/// The official lines whose numbers a ticket may carry as keys of other systems.
const LINES: [&str; 3] = ["96123-4", "12345", "other"];

/// Whether a ticket is a complaint about heat.
pub fn is_complaint(ticket: &Ticket) -> bool {
    ticket.kind == Kind::Complaint && is_heating(&ticket.category_code)
}

/// Counts the complaint of a ticket, once; none where no station is known.
pub async fn follow(work: &Work, ticket: &Ticket) -> Result<Option<Complaint>, Fault> {
    received(work, ticket, ticket.received_at).await
}

/// As [`follow`], received when an official line says so.
pub async fn received(work: &Work, ticket: &Ticket, received_at: DateTimeUtc) -> Result<Option<Complaint>, Fault> {
    if !is_complaint(ticket) {
        return Ok(None);
    }
    if let Some(known) = following::of_ticket(work, ticket.id).await? {
        return Ok(Some(known));
    }
    let home = home_of(work, ticket).await?;
    let Some(station) = station_of(work, ticket, home.as_ref()).await? else { return Ok(None) };
    let new = Received {
        ticket_id: ticket.id,
        external_no: external_no(work, ticket).await?,
        household_id: home.map(|home| home.id),
        station,
        received_at,
        phone_keys: phone_keys(work, ticket).await?,
    };
    following::counted(work, new).await.map(Some)
}

/// The number the case has at the official line.
async fn external_no(at: &Reading, ticket: &Ticket) -> Result<Option<String>, Fault> {
    if let Some(number) = &ticket.authority_number {
        return Ok(Some(number.clone()));
    }
    let mut known = external_ids::list_for(at, "ticket", &[ticket.id]).await?;
    let keys = known.remove(&ticket.id).unwrap_or_default();
    Ok(keys.into_iter().find(|key| LINES.contains(&key.system.as_str())).map(|key| key.id))
}

async fn phone_keys(at: &Reading, ticket: &Ticket) -> Result<Vec<String>, Fault> {
    let mut phones = match ticket.customer_id {
        Some(customer) => customer::clear_phones(at, customer).await?,
        None => Vec::new(),
    };
    let clear = clear_requester(at, ticket).await?;
    phones.extend(clear.and_then(|clear| clear["phone"].as_str().map(str::to_owned)));
    Ok(phones.iter().map(|phone| phone_key(at, phone)).collect())
}
