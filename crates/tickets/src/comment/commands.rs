//! Writing a comment. It is never changed and never taken back.

use kernel::fault::Fault;
use kernel::ids;
use kernel::validation::clean_text;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::journal::Audience;
use store::{Resource, Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Visibility};
use crate::ticket::Ticket;
use crate::ticket::entity::Model as TicketRow;

/// What a customer is called in his own comments; his name stays in his file.
const CUSTOMER_NAME: &str = "客户本人";

/// A new comment.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AddComment {
    /// `internal` when staff leave it out; a customer's is always `customer`.
    pub visibility: Option<Visibility>,
    #[schema(min_length = 1, max_length = 4000)]
    pub text: String,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub document_ids: Vec<Uuid>,
}

/// Adds a comment to a ticket of any status; the fact is `ticket.commented`.
///
/// # Errors
/// 422 `invalid_enum` when a customer asks for an internal comment.
pub async fn add(work: &Work, ticket_id: Uuid, cmd: &AddComment) -> Result<Model, Fault> {
    let said = async |_: &TicketRow| -> Result<(Visibility, String), Fault> {
        let visibility = visibility(work, cmd)?;
        let text = clean_text(&cmd.text, true).map_err(|code| Fault::field("/text", code))?;
        if text.is_empty() {
            return Err(Fault::field("/text", "required"));
        }
        documents::ensure_visible(work, &cmd.document_ids).await?;
        Ok((visibility, text))
    };
    let (ticket, (visibility, text)) = resource::take_with::<Ticket, _>(work, ticket_id, said).await?;
    let actor = work.actor();
    let customer = actor.is_customer();
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(actor.sub),
        ticket_id: Set(ticket.id),
        visibility: Set(visibility),
        text: Set(text),
        document_ids: Set(serde_json::to_string(&cmd.document_ids).map_err(Fault::internal)?),
        author_name: Set(if customer { CUSTOMER_NAME.to_owned() } else { actor.name.clone() }),
        author_role: Set(if actor.is_system() { "system" } else { actor.role.code() }.to_owned()),
    };
    let row = work.insert(row).await?;
    documents::attach(work, &cmd.document_ids, Ticket::NAME, ticket.id, "comment").await?;
    if let Some(customer) = ticket.customer_id.filter(|_| visibility == Visibility::Customer) {
        documents::show(work, &cmd.document_ids, customer).await?;
    }
    let same = ticket.clone().into_active_model();
    let audience = match visibility {
        Visibility::Customer => Audience::Customer,
        Visibility::Internal => Audience::Staff,
    };
    let shown = if visibility == Visibility::Customer { "customer" } else { "internal" };
    let told = row.id.to_string();
    work.change::<Ticket>(&ticket, same, "commented", |fact| {
        fact.audience(audience)
            .with("comment_id", told)
            .with("visibility", shown)
            .with("status_before", ticket.status.code())
    })
    .await?;
    Ok(row)
}

fn visibility(work: &Work, cmd: &AddComment) -> Result<Visibility, Fault> {
    match (work.actor().is_customer(), cmd.visibility) {
        (true, Some(Visibility::Internal)) => Err(Fault::field("/visibility", "invalid_enum")),
        (true, _) => Ok(Visibility::Customer),
        (false, None) => Ok(Visibility::Internal),
        (false, Some(visibility)) => Ok(visibility),
    }
}
