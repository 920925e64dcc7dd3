//! Deliveries (推送记录, PF-12): one a fact and webhook, in order within each resource, at least once.

mod derive;
pub mod entity;
mod send;

use std::collections::HashMap;

use access::Actor;
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder, Set};
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;

use crate::webhook;
use entity::{ActiveModel, Column, Entity, Model, Status, attempt};
pub use send::{backlog, deliver, purge};

/// The type of a test message.
pub const TEST: &str = "webhook.test";

/// The deliveries resource.
pub struct Delivery;

/// A message to a receiver, and what came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct DeliveryView {
    /// The receiver's `webhook-id`, the same with every attempt.
    pub id: Uuid,
    /// Of the fact in the feed; null for a test.
    pub position: Option<i64>,
    #[serde(rename = "type")]
    pub kind: String,
    pub status: Status,
    /// The next attempt; null when there is none.
    pub next_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    /// The first one first.
    pub attempts: Vec<AttemptView>,
    pub created_at: Timestamp,
}

/// One try to deliver.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct AttemptView {
    pub at: Timestamp,
    pub millis: i32,
    /// What the receiver answered.
    pub status: Option<i32>,
    /// Why there was no answer: timed_out, unreachable, broken, address_refused.
    pub error: Option<String>,
}

impl Resource for Delivery {
    type Entity = Entity;
    type Row = Model;
    type View = DeliveryView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "webhook_delivery";
    const PATH: &'static str = "/v1/webhook-deliveries";

    fn visible_to(actor: &Actor) -> Condition {
        let mine = Query::select()
            .column(webhook::Column::Id)
            .from(webhook::Entity)
            .cond_where(webhook::visible(actor))
            .to_owned();
        Condition::all().add(Column::WebhookId.in_subquery(mine))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at").sort("created_at", Column::CreatedAt).by("webhook_id", Column::WebhookId)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<DeliveryView>, Fault> {
        let mut attempts: HashMap<Uuid, Vec<AttemptView>> = HashMap::new();
        let tried = attempt::Entity::find()
            .filter(attempt::Column::DeliveryId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(attempt::Column::N)
            .order_by_asc(attempt::Column::Id)
            .all(&at.db())
            .await?;
        for row in tried {
            let view = AttemptView { at: row.at.into(), millis: row.millis, status: row.status, error: row.error };
            attempts.entry(row.delivery_id).or_default().push(view);
        }
        let view = |row: Model| DeliveryView {
            attempts: attempts.remove(&row.id).unwrap_or_default(),
            next_at: (row.status == Status::Pending).then(|| row.next_at.into()),
            id: row.id,
            position: row.position,
            kind: row.kind,
            status: row.status,
            delivered_at: row.delivered_at.map(Timestamp::from),
            created_at: row.created_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// A new row that waits for its first attempt.
fn waiting(work: &Work, webhook_id: Uuid, position: Option<i64>, kind: String, chain: String) -> ActiveModel {
    ActiveModel {
        id: Set(ids::new_id(work.now)),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        webhook_id: Set(webhook_id),
        position: Set(position),
        kind: Set(kind),
        chain: Set(chain),
        status: Set(Status::Pending),
        attempts: Set(0),
        rung: Set(0),
        since: Set(None),
        next_at: Set(work.now),
        lease: Set(None),
        leased_until: Set(None),
        delivered_at: Set(None),
    }
}

/// Adds a test message; it waits for no other.
pub(crate) async fn add_test(work: &Work, webhook: &webhook::Model) -> Result<(), Fault> {
    let row = waiting(work, webhook.id, None, TEST.to_owned(), String::new());
    work.insert(row).await?;
    Ok(())
}

/// Lets everything that waits be tried at once and for another three days.
pub(crate) async fn begin_anew(work: &Work, webhook_id: Uuid) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::NextAt, Expr::value(work.now))
        .col_expr(Column::Rung, Expr::value(0))
        .col_expr(Column::Since, Expr::value(None::<DateTimeUtc>))
        .filter(Column::WebhookId.eq(webhook_id))
        .filter(Column::Status.eq(Status::Pending))
        .exec(&work.db())
        .await?;
    Ok(())
}
