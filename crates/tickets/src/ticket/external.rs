//! Tickets that another system writes under its own key.

use kernel::fault::Fault;
use registers::external_ids::ExternalId;
use registers::locks;
use store::{Resource, Work, resource};
use uuid::Uuid;

use super::Ticket;
use super::entity::{Model, json_list};
use super::notes::{self, TicketFields};
use super::register::{self, RegisterTicket};

/// Registers the ticket another system knows by this key (true), or describes the one there is anew. Its class, place
/// and people stay as the desk has them, what is left out is as it was, papers are added and never taken away; what says
/// nothing new changes nothing.
///
/// # Errors
/// As registering; 409 `invalid_state` and `above_authority` as for whoever edits the description.
pub async fn put(work: &Work, key: &ExternalId, input: &RegisterTicket) -> Result<(Model, bool), Fault> {
    let Some(id) = locks::known_as(work, Ticket::NAME, key).await? else {
        let mut input = input.clone();
        input.external_ids.retain(|known| known.system != key.system);
        input.external_ids.push(key.clone());
        return Ok((register::register(work, &input).await?, true));
    };
    let said = async |row: &Model| -> Result<(), Fault> {
        register::check_customer(work, input)?;
        documents::ensure_visible(work, &added(row, input)).await
    };
    let row = resource::take_checked::<Ticket>(work, id, said).await?;
    let before = TicketFields::from(&row);
    let fields = told(&row, &before, input);
    if fields.same(&before) {
        work.unchanged();
        return Ok((row, false));
    }
    // A machine corrects what it told itself; others are asked what editing asks of them.
    let own = work.actor().role.is_client() && row.created_by == work.actor().sub;
    let row = match own {
        true => notes::describe(work, &row, fields).await?,
        false => notes::update(work, &row, fields).await?,
    };
    Ok((row, false))
}

/// The papers a ticket does not have yet.
fn added(row: &Model, input: &RegisterTicket) -> Vec<Uuid> {
    let known: Vec<Uuid> = json_list(&row.document_ids);
    input.document_ids.iter().filter(|id| !known.contains(id)).copied().collect()
}

/// What the descriptive fields are after this was told of a ticket.
fn told(row: &Model, before: &TicketFields, input: &RegisterTicket) -> TicketFields {
    let description = input.description.trim().to_owned();
    let title = match &input.title {
        Some(title) => title.trim().to_owned(),
        None if row.title == register::title_of(&row.description) => register::title_of(&description),
        None => row.title.clone(),
    };
    let mut document_ids = before.document_ids.clone();
    document_ids.extend(added(row, input));
    TicketFields {
        title,
        description,
        cause: input.cause.clone().or_else(|| before.cause.clone()),
        tags: if input.tags.is_empty() { before.tags.clone() } else { input.tags.clone() },
        document_ids,
        ..before.clone()
    }
}
