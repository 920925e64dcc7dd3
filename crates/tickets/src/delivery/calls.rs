//! Deliveries by phone: call tasks, closed by the contact log that tells how the call went.

use kernel::fault::{Fault, INVALID_STATE};
use outbound::letter::Attempt;
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockType, Query};
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set};
use store::Work;

use super::Delivery;
use super::entity::{Column, Entity, Model, State};
use crate::campaign::entity as campaign;
use crate::contact_log::entity::{Direction, Method, Model as Log};
use crate::reach::Channel;

/// The call task a contact is the result of: the one named, else the oldest that waits for a file of this customer.
///
/// # Errors
/// 422 `not_found` for a task out of scope or of somebody else; 409 `invalid_state` for one that is done.
pub(crate) async fn result_of_call(
    work: &Work,
    log: &Log,
    files: &[Uuid],
    named: Option<Uuid>,
) -> Result<Option<Uuid>, Fault> {
    let task = match named {
        Some(id) => {
            let row = referenced::locked::<Delivery>(work, id, "/delivery_id").await?;
            if !files.contains(&row.customer_id) || row.channel != Channel::Phone {
                return Err(Fault::field("/delivery_id", "not_found"));
            }
            if row.state != State::Open {
                return Err(Fault::new(&INVALID_STATE).with("state", "done").with("allowed_from", vec!["queued"]));
            }
            Some(row)
        }
        None if log.method == Method::Phone && log.direction == Direction::Out => waiting(work, log, files).await?,
        None => None,
    };
    let Some(task) = task else { return Ok(None) };
    note(work, &task, log).await?;
    Ok(Some(task.id))
}

async fn waiting(work: &Work, log: &Log, files: &[Uuid]) -> Result<Option<Model>, Fault> {
    let running = Query::select()
        .column(campaign::Column::Id)
        .from(campaign::Entity)
        .and_where(campaign::Column::Status.eq(campaign::Status::Running))
        .to_owned();
    let row = Entity::find()
        .filter(Column::CustomerId.is_in(files.iter().copied()))
        .filter(Column::Channel.eq(Channel::Phone))
        .filter(Column::State.eq(State::Open))
        .filter(Column::DueAt.lte(log.at))
        .filter(Column::CampaignId.in_subquery(running))
        .order_by_asc(Column::DueAt)
        .lock(LockType::Update)
        .one(&work.db())
        .await?;
    Ok(row)
}

async fn note(work: &Work, task: &Model, log: &Log) -> Result<(), Fault> {
    let mut attempts: Vec<Attempt> = serde_json::from_str(&task.attempts).unwrap_or_default();
    let result = if log.reached { "answered" } else { "not_reached" };
    attempts.push(Attempt { at: log.at.into(), result: result.to_owned() });
    let mut change = task.clone().into_active_model();
    change.attempts = Set(serde_json::to_string(&attempts).map_err(Fault::internal)?);
    if log.reached {
        change.state = Set(State::Answered);
    }
    let verb = if log.reached { "answered" } else { "attempted" };
    let told = |fact: store::journal::Fact| fact.with("contact_log_id", log.id.to_string());
    work.change::<Delivery>(task, change, verb, told).await?;
    Ok(())
}

/// Nobody is called any more for a campaign that was cancelled.
pub(crate) async fn give_up_calls(work: &Work, campaign_id: Uuid) -> Result<(), Fault> {
    let open = Entity::find()
        .filter(Column::CampaignId.eq(campaign_id))
        .filter(Column::State.eq(State::Open))
        .filter(Column::LetterId.is_null())
        .order_by_asc(Column::Id)
        .lock(LockType::Update)
        .all(&work.db())
        .await?;
    for row in open {
        let mut change = row.clone().into_active_model();
        change.state = Set(State::Suppressed);
        change.reason = Set(Some("cancelled".to_owned()));
        work.change::<Delivery>(&row, change, "suppressed", |fact| fact).await?;
    }
    Ok(())
}
