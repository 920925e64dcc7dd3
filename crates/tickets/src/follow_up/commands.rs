//! Making, keeping, putting off and cancelling promises (TK-R26).

use kernel::fault::Fault;
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QuerySelect, Set};
use serde::Deserialize;
use store::acts::ReasonedAct;
use store::journal::Fact;
use store::{Answer, Store, Work, jobs, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::{FollowUp, MOVES, Owed};
use crate::contact_log::entity::Model as Log;
use crate::contact_log::{check_promise, promise_hours};
use crate::leave;
use crate::portfolio::entity::entry;

/// What the customer was told, and when he will hear from us instead.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PostponeFollowUp {
    #[schema(min_length = 1, max_length = 1000)]
    pub notice_text: String,
    /// The customer was asked for pardon; must be true.
    pub apology: Option<bool>,
    /// At most 48 hours from now.
    pub new_promise_at: Timestamp,
}

/// A promise made in a contact: the customer's owner owes it, or who made it while he is away or there is none.
pub async fn open(work: &Work, log: &Log, entry: Option<&entry::Model>, files: &[Uuid]) -> Result<(), Fault> {
    let Some(promised_at) = log.next_promise_at else { return Ok(()) };
    let owner = entry.map(|entry| entry.agent_id);
    let away = match owner {
        Some(owner) => leave::away(work, &[owner], work.now).await?.contains(&owner),
        None => true,
    };
    let agent_id = owner.filter(|_| !away).unwrap_or(log.created_by);
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        created_by: Set(work.actor().sub),
        customer_id: Set(log.customer_id),
        agent_id: Set(agent_id),
        org_unit_id: Set(log.org_unit_id),
        project_id: Set(log.project_id),
        ticket_id: Set(log.ticket_id),
        log_id: Set(Some(log.id)),
        postpones_id: Set(None),
        made_at: Set(log.at),
        promised_at: Set(promised_at),
        kept_at: Set(None),
        kept_by_log_id: Set(None),
        notice_text: Set(None),
        apology: Set(false),
        status: Set(Status::Open),
        closed_at: Set(None),
        cancel_reason: Set(None),
        miss_told: Set(false),
    };
    work.create::<FollowUp>(row, |fact| fact, "opened").await?;
    keep_by_later(work, files).await
}

/// A contact that reached the customer keeps every open promise made before it, to any file of his, and not over then.
pub async fn keep(work: &Work, log: &Log, files: &[Uuid]) -> Result<(), Fault> {
    let open = Entity::find()
        .filter(Column::CustomerId.is_in(files.iter().copied()))
        .filter(Column::Status.eq(Status::Open))
        .filter(Column::MadeAt.lt(log.at))
        .filter(Column::PromisedAt.gte(log.at))
        .lock(LockType::Update)
        .all(&work.db())
        .await?;
    for row in open {
        kept(work, row, log.id, log.at).await?;
    }
    Ok(())
}

async fn kept(work: &Work, row: Model, log_id: Uuid, at: DateTimeUtc) -> Result<(), Fault> {
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Kept);
    change.kept_at = Set(Some(at));
    change.kept_by_log_id = Set(Some(log_id));
    change.closed_at = Set(Some(at));
    work.change::<FollowUp>(&row, change, "kept", |fact| fact).await?;
    Ok(())
}

/// A contact written down late may make a promise that a later contact, known already, kept.
async fn keep_by_later(work: &Work, files: &[Uuid]) -> Result<(), Fault> {
    use crate::contact_log::entity as log;
    let open = Entity::find()
        .filter(Column::CustomerId.is_in(files.iter().copied()))
        .filter(Column::Status.eq(Status::Open))
        .lock(LockType::Update)
        .all(&work.db())
        .await?;
    for row in open {
        let later = log::Entity::find()
            .filter(log::Column::CustomerId.is_in(files.iter().copied()))
            .filter(log::Column::Reached.eq(true))
            .filter(log::Column::At.gt(row.made_at))
            .filter(log::Column::At.lte(row.promised_at))
            .one(&work.db())
            .await?;
        if let Some(later) = later {
            kept(work, row, later.id, later.at).await?;
        }
    }
    Ok(())
}

async fn take(
    work: &Work,
    id: Uuid,
    action: &str,
    judge: impl FnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Model, Status), Fault> {
    let row = resource::take_judged::<FollowUp>(work, id, judge).await?;
    let owed = Owed::load(work, row).await?;
    let to = MOVES.take(action, &owed.subject(work))?;
    Ok((owed.row, to))
}

/// Puts a promise off with an apology; a missed one stays missed. Answers the promise put off; the new one
/// names it.
///
/// # Errors
/// 422 `apology_required`, `promise_too_far`; 409 `above_authority` for who neither owes it nor leads.
pub async fn postpone(work: &Work, id: Uuid, input: &PostponeFollowUp) -> Result<Model, Fault> {
    let limit = promise_hours(work, work.now).await?;
    let judge = |_: &Model| match input.apology {
        Some(true) => check_promise(input.new_promise_at.0, work.now, limit, "/new_promise_at"),
        _ => Err(Fault::field("/apology", "apology_required").rule("TK-R26")),
    };
    let (row, to) = take(work, id, "postpone", judge).await?;
    let missed = row.missed_at(work.now);
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.closed_at = Set(Some(work.now));
    change.notice_text = Set(Some(input.notice_text.clone()));
    change.apology = Set(true);
    let after = work.change::<FollowUp>(&row, change, "postponed", |fact| fact.with("missed", missed)).await?;
    let next = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        created_by: Set(work.actor().sub),
        customer_id: Set(row.customer_id),
        agent_id: Set(row.agent_id),
        org_unit_id: Set(row.org_unit_id),
        project_id: Set(row.project_id),
        ticket_id: Set(row.ticket_id),
        log_id: Set(row.log_id),
        postpones_id: Set(Some(row.id)),
        made_at: Set(work.now),
        promised_at: Set(input.new_promise_at.0),
        kept_at: Set(None),
        kept_by_log_id: Set(None),
        notice_text: Set(None),
        apology: Set(false),
        status: Set(Status::Open),
        closed_at: Set(None),
        cancel_reason: Set(None),
        miss_told: Set(false),
    };
    work.create::<FollowUp>(next, |fact| fact, "opened").await?;
    Ok(after)
}

/// Lets a promise go.
pub async fn cancel(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, to) = take(work, id, "cancel", |_| Ok(())).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.closed_at = Set(Some(work.now));
    change.cancel_reason = Set(Some(input.reason.clone()));
    work.change::<FollowUp>(&row, change, "cancelled", |fact| fact.reason(input.reason.as_str())).await
}

/// Promises told of at once.
const BATCH: u64 = 200;

/// Records `follow_up.missed` once for each promise whose time is over; nothing becomes missed by it.
pub async fn tell_missed(store: Store) -> Result<(), Fault> {
    let tell = async |work: &Work| {
        let rows = Entity::find()
            .filter(super::missed(work))
            .filter(Column::MissTold.eq(false))
            .limit(BATCH)
            .all(&work.db())
            .await?;
        work.unchanged();
        for row in rows {
            let mark = ActiveModel { id: Set(row.id), miss_told: Set(true), ..Default::default() };
            let told = Entity::update(mark).validate()?.filter(Column::MissTold.eq(false)).exec(&work.db()).await;
            match told {
                Ok(row) => work.record(Fact::of::<FollowUp>("missed", &row)),
                // Another process was faster.
                Err(DbErr::RecordNotUpdated) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok::<_, Fault>(Answer::no_content())
    };
    jobs::tidy(&store, "tell_missed_promises", tell).await
}
