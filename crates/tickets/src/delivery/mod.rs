//! Deliveries (送达记录, TK-14): one customer of a campaign. What became of a message is read from the platform's
//! outbox; a call is a task whose result is a contact log.

mod calls;
pub mod entity;
mod status;

use std::collections::HashMap;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use outbound::letter::{self, Attempt};
use registers::customer::Customer;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{Condition, PaginatorTrait};
use serde::Serialize;
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::reach::Channel;
use crate::scope;
pub(crate) use calls::{give_up_calls, result_of_call};
use entity::{Column, Entity, Model, State};
pub use status::DeliveryStatus;

/// The deliveries resource.
pub struct Delivery;

/// A delivery as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OutreachDeliveryView)]
pub struct DeliveryView {
    pub id: Uuid,
    pub version: i32,
    pub campaign_id: Uuid,
    pub customer_id: Uuid,
    pub channel: Channel,
    pub status: DeliveryStatus,
    /// Why it was suppressed or given up.
    pub reason: Option<String>,
    /// Short messages the text makes; SMS only.
    pub segments: Option<i32>,
    /// When it goes out, or the customer is to be called.
    pub due_at: Timestamp,
    /// When the channel took it.
    pub sent_at: Option<Timestamp>,
    pub attempts: Vec<Attempt>,
    pub created_at: Timestamp,
}

impl Resource for Delivery {
    type Entity = Entity;
    type Row = Model;
    type View = DeliveryView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "delivery";
    const PATH: &'static str = "/v1/deliveries";

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_units(actor, Column::OrgUnitId, &[])
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("due_at", Column::DueAt)
            .by("campaign_id", Column::CampaignId)
            .by("customer_id", Column::CustomerId)
            .code("channel", Column::Channel, Channel::CODES)
            .range("due_at", Column::DueAt)
            .custom("status", "string", status::in_status)
            .custom("reason", "string", status::with_reason)
    }

    fn placement(row: &Model) -> Placement {
        Placement {
            project_id: row.project_id,
            org_unit_id: row.org_unit_id,
            customer_id: Some(row.customer_id),
            ..Placement::default()
        }
    }

    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Customer>("customer", "customer_id")]
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<DeliveryView>, Fault> {
        let letters: Vec<Uuid> = rows.iter().filter_map(|row| row.letter_id).collect();
        let mut outcomes: HashMap<Uuid, letter::Outcome> = letter::of(at, &letters).await?;
        let mut view = |row: Model| {
            let outcome = row.letter_id.and_then(|letter| outcomes.remove(&letter));
            let status = DeliveryStatus::of(&row, outcome.as_ref(), at.now);
            let calls: Vec<Attempt> = serde_json::from_str(&row.attempts).unwrap_or_default();
            DeliveryView {
                reason: status::reason(&row, outcome.as_ref(), status),
                status,
                id: row.id,
                version: row.version,
                campaign_id: row.campaign_id,
                customer_id: row.customer_id,
                channel: row.channel,
                segments: row.segments,
                due_at: row.due_at.into(),
                sent_at: outcome.as_ref().and_then(|outcome| outcome.sent_at).map(Timestamp::from),
                attempts: outcome.map_or(calls, |outcome| outcome.attempts),
                created_at: row.created_at.into(),
            }
        };
        Ok(rows.into_iter().map(&mut view).collect())
    }
}

/// The deliveries with something left to do.
fn left() -> Condition {
    Condition::all()
        .add(Column::State.eq(State::Open))
        .add(Condition::any().add(Column::LetterId.is_null()).add(Column::LetterId.not_in_subquery(status::over())))
}

/// Whether a campaign has something left to send or to call.
pub(crate) async fn is_left(at: &Reading, campaign_id: Uuid) -> Result<bool, Fault> {
    let left = Entity::find().filter(Column::CampaignId.eq(campaign_id)).filter(left());
    Ok(left.count(&at.db()).await? > 0)
}

/// The campaigns with something left to send or to call, as a subquery.
pub(crate) fn campaigns_with_some_left() -> SelectStatement {
    Query::select().column(Column::CampaignId).from(Entity).cond_where(left()).to_owned()
}
