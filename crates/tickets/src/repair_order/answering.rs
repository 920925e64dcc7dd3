//! The provider's answer to an order: he takes it or refuses it.

use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::Work;
use store::acts::BareAct;
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Dispatch, DispatchAnswer, Model};
use super::life_cycle::begin;
use super::{json, record, worked};
use crate::ticket::entity::json_list;

/// Why the provider does not take it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RefuseRepairOrder {
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
}

/// Takes an order.
pub async fn accept(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (around, to) = begin(work, id, "accept").await?;
    let mut change = around.row.clone().into_active_model();
    change.status = Set(to);
    change.accepted_at = Set(Some(work.now));
    change.answered_at = Set(Some(work.now));
    change.dispatches = Set(answered(work, &around.row, DispatchAnswer::Accepted, None)?);
    worked(work, &around, &mut change).await?;
    record(work, &around.row, change, "accepted", |fact| fact).await
}

/// Refuses an order; it may go to somebody else.
pub async fn refuse(work: &Work, id: Uuid, input: &RefuseRepairOrder) -> Result<Model, Fault> {
    let (around, to) = begin(work, id, "refuse").await?;
    let mut change = around.row.clone().into_active_model();
    change.status = Set(to);
    change.answered_at = Set(Some(work.now));
    change.dispatches = Set(answered(work, &around.row, DispatchAnswer::Refused, Some(&input.reason))?);
    change.on_behalf_of_provider = Set(!around.is_provider(work.actor()));
    record(work, &around.row, change, "refused", |fact| fact.reason(input.reason.as_str())).await
}

fn answered(work: &Work, row: &Model, answer: DispatchAnswer, reason: Option<&str>) -> Result<String, Fault> {
    let mut dispatches: Vec<Dispatch> = json_list(&row.dispatches);
    if let Some(last) = dispatches.last_mut() {
        last.answer = Some(answer);
        last.answered_at = Some(Timestamp::from(work.now));
        last.reason = reason.map(str::to_owned);
    }
    json(&dispatches)
}
