//! Which tickets a call belongs to.

use kernel::fault::Fault;
use kernel::ids;
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::Call;
use super::entity::{Model, link as call_ticket};
use crate::ticket::Ticket;

/// The ticket a call belongs to, or no longer does.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LinkCall {
    pub ticket_id: Uuid,
}

/// Links a call with a ticket; a link that exists stays as it is.
pub async fn link(work: &Work, id: Uuid, cmd: &LinkCall) -> Result<Model, Fault> {
    let check = async |_: &Model| referenced::known::<Ticket>(work, cmd.ticket_id, "/ticket_id").await.map(drop);
    let row = resource::take_checked::<Call>(work, id, check).await?;
    match add_links(work, row.id, &[cmd.ticket_id]).await? {
        0 => {
            work.unchanged();
            Ok(row)
        }
        _ => changed(work, &row, "linked", cmd.ticket_id).await,
    }
}

/// Takes back a link; one that does not exist is no mistake.
pub async fn unlink(work: &Work, id: Uuid, cmd: &LinkCall) -> Result<Model, Fault> {
    let row = resource::take::<Call>(work, id).await?;
    let gone = call_ticket::Entity::delete_many()
        .filter(call_ticket::Column::CallId.eq(row.id))
        .filter(call_ticket::Column::TicketId.eq(cmd.ticket_id))
        .exec(&work.db())
        .await?;
    if gone.rows_affected == 0 {
        work.unchanged();
        return Ok(row);
    }
    changed(work, &row, "unlinked", cmd.ticket_id).await
}

/// Links the calls a new ticket names with it.
///
/// # Errors
/// 422 `not_found` at `/call_ids/N` for a call the caller may not know of.
pub async fn link_to(work: &Work, call_ids: &[Uuid], ticket_id: Uuid) -> Result<(), Fault> {
    for (n, id) in call_ids.iter().enumerate() {
        let row = referenced::locked::<Call>(work, *id, &format!("/call_ids/{n}")).await?;
        if add_links(work, row.id, &[ticket_id]).await? > 0 {
            changed(work, &row, "linked", ticket_id).await?;
        }
    }
    Ok(())
}

async fn changed(work: &Work, row: &Model, verb: &str, ticket_id: Uuid) -> Result<Model, Fault> {
    let same = row.clone().into_active_model();
    work.change::<Call>(row, same, verb, |fact| fact.with("ticket_id", ticket_id.to_string())).await
}

/// Adds the links that are missing of a call held by this work; answers how many.
pub(super) async fn add_links(work: &Work, call_id: Uuid, ticket_ids: &[Uuid]) -> Result<usize, Fault> {
    if ticket_ids.is_empty() {
        return Ok(0);
    }
    let known = call_ticket::Entity::find().filter(call_ticket::Column::CallId.eq(call_id)).all(&work.db()).await?;
    let mut known: Vec<Uuid> = known.into_iter().map(|row| row.ticket_id).collect();
    let before = known.len();
    for ticket_id in ticket_ids {
        if known.contains(ticket_id) {
            continue;
        }
        known.push(*ticket_id);
        let row = call_ticket::ActiveModel {
            id: Set(ids::new_id(work.now)),
            call_id: Set(call_id),
            ticket_id: Set(*ticket_id),
        };
        call_ticket::Entity::insert(row).exec_without_returning(&work.db()).await?;
    }
    Ok(known.len() - before)
}
