//! Opening webhooks, changing them, new secrets, tests and replays.

use chrono::TimeDelta;
use kernel::fault::{self, Fault, FieldErrors};
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::journal::feed;
use store::{Work, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::Webhook;
use super::entity::{ActiveModel, Model, seal};
use crate::delivery;
use crate::sign::Secret;

/// A new webhook.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhook {
    /// HTTPS, by name; private, local and unlisted literal addresses are refused.
    #[schema(min_length = 8, max_length = 2000)]
    pub url: String,
    /// Event types such as `ticket.assigned`; left out or empty: every type its owner may know of.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub types: Vec<String>,
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// What of a webhook may change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WebhookFields {
    #[schema(min_length = 8, max_length = 2000)]
    pub url: String,
    #[schema(max_items = 100)]
    pub types: Vec<String>,
    /// Switched on again, what waited is sent at once.
    pub active: bool,
}

impl From<&Model> for WebhookFields {
    fn from(row: &Model) -> Self {
        Self { url: row.url.clone(), types: row.types(), active: row.active }
    }
}

/// From where to send again.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReplayWebhook {
    /// The first position sent again; not beyond the webhook's own.
    #[schema(minimum = 1)]
    pub from: i64,
}

/// `<entity>.<past verb>`, each type once.
fn types(list: &[String]) -> Result<String, Fault> {
    let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let named = |text: &str| text.split_once('.').is_some_and(|(entity, verb)| word(entity) && word(verb));
    let mut errors = FieldErrors::default();
    for (n, kind) in list.iter().enumerate() {
        errors.add_if(!named(kind), &format!("/types/{n}"), "invalid_format");
        errors.add_if(list[..n].contains(kind), &format!("/types/{n}"), "repeated_items");
    }
    errors.finish()?;
    serde_json::to_string(list).map_err(Fault::internal)
}

/// Opens a webhook; it begins with what happens from now on. The address was checked before.
pub async fn create(work: &Work, input: &CreateWebhook, secret: &Secret) -> Result<Model, Fault> {
    let types = types(&input.types)?;
    let (id, actor) = (ids::new_id(work.now), work.actor());
    let row = ActiveModel {
        id: Set(id),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        url: Set(input.url.clone()),
        types: Set(types),
        active: Set(input.active),
        owner_id: Set(actor.sub),
        owner_role: Set(actor.role.code().to_owned()),
        on_behalf_of: Set(actor.on_behalf_of),
        secret_sealed: Set(seal(work.store.keys(), id, "secret_sealed", secret)?),
        old_secret_sealed: Set(None),
        old_secret_until: Set(None),
        position: Set(feed::head(work).await?),
        failing_since: Set(None),
        disabled_reason: Set(None),
    };
    work.create::<Webhook>(row, |fact| fact, "created").await
}

/// Changes a webhook. A new address, or being switched on again, lets what waits begin anew.
pub async fn update(work: &Work, row: &Model, fields: WebhookFields) -> Result<Model, Fault> {
    let afresh = fields.url != row.url || (fields.active && !row.active);
    let mut change = row.clone().into_active_model();
    change.types = Set(types(&fields.types)?);
    change.url = Set(fields.url);
    change.active = Set(fields.active);
    if afresh {
        change.failing_since = Set(None);
        delivery::begin_anew(work, row.id).await?;
    }
    if fields.active {
        change.disabled_reason = Set(None);
    }
    work.change::<Webhook>(row, change, "updated", |fact| fact).await
}

/// Replaces the secret; for an overlap messages carry a signature of each.
pub async fn rotate_secret(work: &Work, id: Uuid, secret: &Secret) -> Result<Model, Fault> {
    let row = resource::take::<Webhook>(work, id).await?;
    let keys = work.store.keys();
    let overlap = parameters::integer(work, "platform.webhooks.overlap_hours").await?;
    let mut change = row.clone().into_active_model();
    change.old_secret_sealed = Set(Some(seal(keys, id, "old_secret_sealed", &row.secret(keys)?)?));
    change.old_secret_until = Set(Some(work.now + TimeDelta::hours(overlap)));
    change.secret_sealed = Set(seal(keys, id, "secret_sealed", secret)?);
    work.change::<Webhook>(&row, change, "secret_rotated", |fact| fact).await
}

/// Sends a message of type `webhook.test`; its delivery tells what came of it.
///
/// # Errors
/// 409 `invalid_state` while the webhook is not active.
pub async fn test(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let row = taken_active(work, id, "test", |_| Ok(())).await?;
    delivery::add_test(work, &row).await?;
    work.change::<Webhook>(&row, row.clone().into_active_model(), "tested", |fact| fact).await
}

/// Sends everything from a position on once more, in order, under the same message ids.
///
/// # Errors
/// 409 `invalid_state` while the webhook is not active, 422 `out_of_range` for a position not yet reached.
pub async fn replay(work: &Work, id: Uuid, input: &ReplayWebhook) -> Result<Model, Fault> {
    let reached = |row: &Model| match input.from > row.position {
        true => Err(Fault::field("/from", "out_of_range").with("max", row.position)),
        false => Ok(()),
    };
    let row = taken_active(work, id, "replay", reached).await?;
    let mut change = row.clone().into_active_model();
    change.position = Set(input.from - 1);
    work.change::<Webhook>(&row, change, "replayed", |fact| fact.with("from", input.from)).await
}

async fn taken_active(
    work: &Work,
    id: Uuid,
    action: &str,
    judge: impl FnOnce(&Model) -> Result<(), Fault>,
) -> Result<Model, Fault> {
    let row = resource::take_judged::<Webhook>(work, id, judge).await?;
    match row.active {
        true => Ok(row),
        false => Err(Fault::new(&fault::INVALID_STATE)
            .with("action", action)
            .with("state", "inactive")
            .with("allowed_from", vec!["active"])),
    }
}
