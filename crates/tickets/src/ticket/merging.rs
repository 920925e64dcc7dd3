//! Duplicates merged into one, and taken apart again (合并, TK-R05).

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::ReasonedAct;
use store::{Resource, Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Model, Status};
use super::{Ticket, begin, finish, queries, refresh, second};
use crate::callback;
use crate::clock::writing;
use crate::problems::MERGE_TARGET_INVALID;

/// Into which ticket, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MergeTicket {
    pub target_ticket_id: Uuid,
    #[schema(min_length = 2, max_length = 500)]
    pub reason: String,
}

/// Merges a ticket into another: an approval that runs rests until the merge is undone. Its clocks run on and stop when
/// the target's stop. What has stopped there already stops here, and once the target is answered its customer is called
/// back like the others.
///
/// # Errors
/// `merge_target_invalid` when the target is the ticket itself, merged, ended or not in scope.
pub async fn merge(work: &Work, id: Uuid, input: &MergeTicket) -> Result<Model, Fault> {
    queries::hold(work, [id, input.target_ticket_id]).await?;
    let (case, to) = begin(work, id, "merge").await?;
    let row = case.row;
    let invalid = || Fault::new(&MERGE_TARGET_INVALID).rule("TK-R05");
    if input.target_ticket_id == id {
        return Err(invalid());
    }
    let target = resource::find::<Ticket>(work, input.target_ticket_id).await.map_err(|_| invalid())?;
    if target.status.is_terminal() {
        return Err(invalid());
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.merged_from = Set(Some(row.status));
    change.merged_into_id = Set(Some(target.id));
    change.merged_on = Set(Some(business_day(work.now)));
    let fact =
        |fact: store::journal::Fact| fact.reason(input.reason.as_str()).with("target_ticket_id", target.id.to_string());
    if row.status == Status::PendingApproval {
        approvals::rest(work, Ticket::NAME, id).await?;
    }
    let now = second(work.now);
    if target.resolved_at.is_some() {
        writing::stop_with_merged(work, id, "handle", now).await?;
        writing::stop_with_merged(work, id, "stage", now).await?;
    }
    if target.status == Status::Replied {
        writing::stop_with_merged(work, id, "reply", now).await?;
    }
    let row = finish(work, &row, change, "merged", fact, None).await?;
    if target.status == Status::Replied {
        callback::commands::open(work, &target, false).await?;
        // Who is to be called back now keeps that clock running.
        if callback::commands::next_due(work, target.id).await?.is_some() {
            writing::run_on(work, &target, "callback", target.status).await?;
        }
    }
    refresh(work, target).await?;
    Ok(row)
}

/// What was merged into a ticket before runs on with it.
async fn run_on_below(work: &Work, id: Uuid) -> Result<(), Fault> {
    for merged in queries::merged_into(work, id).await? {
        let Some(row) = super::entity::Entity::find_by_id(merged).one(&work.db()).await? else { continue };
        if row.resolved_at.is_none() {
            let origin = row.merged_from.unwrap_or(Status::Registered);
            writing::run_on(work, &row, "handle", origin).await?;
            writing::run_on(work, &row, "stage", origin).await?;
            refresh(work, row).await?;
        }
    }
    Ok(())
}

/// Takes a merged ticket out again: status, clocks and breaches as if it had never been merged.
pub async fn unmerge(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let found = resource::find::<Ticket>(work, id).await?;
    queries::hold(work, [id].into_iter().chain(found.merged_into_id)).await?;
    let (case, _) = begin(work, id, "unmerge").await?;
    let row = case.row;
    let target = row.merged_into_id;
    // Rows merged before there was a column for it kept it where an approval keeps its own.
    let origin = row.merged_from.or(row.origin_status).unwrap_or(Status::Registered);
    let solved = row.resolved_at.is_some();
    if !solved {
        writing::run_on(work, &row, "handle", origin).await?;
    }
    writing::run_on(work, &row, "stage", origin).await?;
    if !solved {
        run_on_below(work, id).await?;
    }
    if origin == Status::PendingApproval {
        approvals::resume(work, Ticket::NAME, id).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(origin);
    change.merged_from = Set(None);
    if row.merged_from.is_none() {
        change.origin_status = Set(None);
    }
    change.merged_into_id = Set(None);
    change.merged_on = Set(None);
    let row = finish(work, &row, change, "unmerged", |fact| fact.reason(input.reason.as_str()), None).await?;
    if let Some(target) = target
        && let Some(target) = super::entity::Entity::find_by_id(target).one(&work.db()).await?
    {
        refresh(work, target).await?;
    }
    Ok(row)
}
