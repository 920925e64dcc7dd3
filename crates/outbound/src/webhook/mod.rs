//! Webhooks (事件推送, PF-12): facts sent to another system as they happen.

pub mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::journal::Audience;
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

pub use entity::{Column, Entity, Model};

/// The webhooks resource.
pub struct Webhook;

/// A webhook as its owner sees it; never its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebhookView {
    pub id: Uuid,
    pub version: i32,
    pub url: String,
    /// Event types it asks for; empty: every type its owner may know of.
    pub types: Vec<String>,
    pub active: bool,
    /// Nothing was delivered since `failing_since`.
    pub failing: bool,
    pub failing_since: Option<Timestamp>,
    /// Why the service switched it off: failing, owner_gone.
    pub disabled_reason: Option<String>,
    /// Staff or client whose scope it has.
    pub owner_id: Uuid,
    pub owner_role: String,
    /// The last position of the feed that was looked at.
    pub position: i64,
    /// Until then messages are signed with the secret before the present one too.
    pub old_secret_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The webhooks an actor may know of: a machine its own, an administrator all.
pub(crate) fn visible(actor: &Actor) -> Condition {
    match actor.scope.all {
        true => Condition::all(),
        false => Condition::all().add(Column::OwnerId.eq(actor.sub)),
    }
}

impl Resource for Webhook {
    type Entity = Entity;
    type Row = Model;
    type View = WebhookView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "webhook";
    const PATH: &'static str = "/v1/webhooks";

    fn visible_to(actor: &Actor) -> Condition {
        visible(actor)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at").sort("created_at", Column::CreatedAt).by("active", Column::Active).custom(
            "failing",
            "boolean",
            |_, text| {
                let failing = list::truth("failing", text)?;
                let since = Column::FailingSince;
                Ok(Condition::all().add(if failing { since.is_not_null() } else { since.is_null() }))
            },
        )
    }

    fn placement(_: &Model) -> Placement {
        Placement { audience: Audience::Audit, ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<WebhookView>, Fault> {
        let view = |row: Model| WebhookView {
            types: row.types(),
            failing: row.failing_since.is_some(),
            id: row.id,
            version: row.version,
            url: row.url,
            active: row.active,
            failing_since: row.failing_since.map(Timestamp::from),
            disabled_reason: row.disabled_reason,
            owner_id: row.owner_id,
            owner_role: row.owner_role,
            position: row.position,
            old_secret_until: row.old_secret_until.map(Timestamp::from),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
