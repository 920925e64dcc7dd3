//! Opening a reconciliation, deciding its lines, closing it (HS-R19).

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::comparing::{Compared, match_anew};
use super::entity::line::{self, Class};
use super::entity::{ActiveModel, Model, State};
use super::{ComplaintReconciliation, MOVES, by_class};
use crate::complaint::HeatComplaint;
use crate::complaint::entity as complaints;
use crate::official_line::entity::{self as official, Channel};
use crate::problems::LINES_OPEN;

/// Which line is reconciled, over which days.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateComplaintReconciliation {
    pub channel: Channel,
    pub from: NaiveDate,
    /// The last day belongs to it.
    pub to: NaiveDate,
}

/// What is done with a line; without one the lines nobody has decided are matched anew.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MatchComplaintReconciliation {
    pub line_id: Option<Uuid>,
    /// `confirm` when absent.
    pub action: Option<MatchAction>,
    /// Of ours; with `pair`.
    pub complaint_id: Option<Uuid>,
    /// Why two that are the same differ; with any action.
    #[schema(min_length = 1, max_length = 1000)]
    pub note: Option<String>,
    /// Whose complaint it is; with `register_missing`, one of the two.
    pub household_id: Option<Uuid>,
    pub station_id: Option<Uuid>,
    /// With `register_missing`; `heating.other` when absent.
    #[schema(max_length = 128)]
    pub category_code: Option<String>,
}

/// What is done with a line.
#[codes::code(name = "ReconciliationMatchAction", stored = false)]
pub enum MatchAction {
    /// 确认: the proposed pair is the same complaint.
    Confirm,
    /// 否认: it is not.
    Reject,
    /// 配对: this complaint of ours is the line's.
    Pair,
    /// 说明: only a note.
    Note,
    /// 补登: a ticket is opened for a line we do not have.
    RegisterMissing,
}

/// When the tickets of these complaints were answered, by ticket.
pub type Replies = HashMap<Uuid, DateTimeUtc>;

/// Opens a reconciliation and matches what is there.
///
/// # Errors
/// 422 `date_order`.
pub async fn create<A>(work: &Work, input: &CreateComplaintReconciliation, replies: A) -> Result<Model, Fault>
where
    A: AsyncFn(Vec<Uuid>) -> Result<Replies, Fault>,
{
    let mut errors = FieldErrors::default();
    errors.add_if(input.to < input.from, "/to", "date_order");
    errors.finish()?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "DZ").await?),
        channel: Set(input.channel.code().to_owned()),
        from_on: Set(input.from),
        to_on: Set(input.to),
        state: Set(State::Open),
        closed_by: Set(None),
        closed_at: Set(None),
        replies_met: Set(None),
        replies_due: Set(None),
    };
    let row = work.create::<ComplaintReconciliation>(row, |fact| fact, "opened").await?;
    match_anew(work, &row, replies).await?;
    Ok(row)
}

/// The reconciliation, for something done with a line; one it has not is told before version and state.
async fn take_with(work: &Work, id: Uuid, line_id: Option<Uuid>) -> Result<Model, Fault> {
    let check = async |row: &Model| match line_id {
        Some(line_id) => line_of(work, row, line_id).await.map(drop),
        None => Ok(()),
    };
    let taken = MOVES.begin_checked::<ComplaintReconciliation>(work, id, "match", check).await?;
    Ok(taken.0)
}

async fn line_of(work: &Work, row: &Model, id: Uuid) -> Result<line::Model, Fault> {
    let found = line::Entity::find_by_id(id).filter(line::Column::ReconciliationId.eq(row.id));
    found.one(&work.db()).await?.ok_or_else(|| Fault::field("/line_id", "not_found"))
}

/// Decides a line, or matches anew what nobody decided.
///
/// # Errors
/// 422 `invalid_enum` at `/action` for what does not fit the line: only a proposed pair is confirmed or refused, only
/// a line we do not have is paired; `repeated_items` at `/complaint_id` for ours that is paired with another line.
pub async fn matched<A>(work: &Work, id: Uuid, input: &MatchComplaintReconciliation, replies: A) -> Result<Model, Fault>
where
    A: AsyncFn(Vec<Uuid>) -> Result<Replies, Fault>,
{
    let row = take_with(work, id, input.line_id).await?;
    let Some(line_id) = input.line_id else {
        match_anew(work, &row, replies).await?;
        return touched(work, &row, None).await;
    };
    let line = line_of(work, &row, line_id).await?;
    let action = input.action.unwrap_or(MatchAction::Confirm);
    let fits = match action {
        MatchAction::Confirm | MatchAction::Reject => line.class.is_none(),
        MatchAction::Pair => line.class == Some(Class::OnlyOfficial),
        MatchAction::Note => input.note.is_some(),
        MatchAction::RegisterMissing => false,
    };
    if !fits {
        return Err(Fault::field("/action", "invalid_enum"));
    }
    match action {
        MatchAction::Reject => refuse(work, &row, &line, input.note.clone(), replies).await?,
        MatchAction::Note => noted(work, &line, input.note.clone()).await?,
        _ => {
            let ours = input.complaint_id.filter(|_| action == MatchAction::Pair).or(line.complaint_id);
            let ours = ours.ok_or_else(|| Fault::field("/complaint_id", "required"))?;
            let ours = referenced::known::<HeatComplaint>(work, ours, "/complaint_id").await?;
            refuse_paired(work, &line, ours.id).await?;
            pair(work, &line, &ours, input.note.clone(), replies).await?;
        }
    }
    touched(work, &row, Some(line.id)).await
}

/// Takes the official line behind a line we do not have, for a ticket.
///
/// # Errors
/// 422 `invalid_enum` at `/action` where ours is known.
pub async fn missing(work: &Work, id: Uuid, line_id: Uuid) -> Result<official::Model, Fault> {
    let row = take_with(work, id, Some(line_id)).await?;
    let line = line_of(work, &row, line_id).await?;
    let official = match (line.class, line.official_line_id) {
        (Some(Class::OnlyOfficial), Some(official)) => official::Entity::find_by_id(official).one(&work.db()).await?,
        _ => None,
    };
    official.ok_or_else(|| Fault::field("/action", "invalid_enum"))
}

/// Pairs a line with the complaint that was registered for it.
pub async fn registered<A>(
    work: &Work,
    id: Uuid,
    line_id: Uuid,
    ours: &complaints::Model,
    replies: A,
) -> Result<Model, Fault>
where
    A: AsyncFn(Vec<Uuid>) -> Result<Replies, Fault>,
{
    let row = take_with(work, id, Some(line_id)).await?;
    let line = line_of(work, &row, line_id).await?;
    pair(work, &line, ours, line.note.clone(), replies).await?;
    touched(work, &row, Some(line.id)).await
}

async fn touched(work: &Work, row: &Model, line: Option<Uuid>) -> Result<Model, Fault> {
    let line = line.map(|id| id.to_string());
    let change = row.clone().into_active_model();
    work.change::<ComplaintReconciliation>(row, change, "matched", |fact| fact.with("line_id", line)).await
}

async fn write(work: &Work, change: line::ActiveModel) -> Result<(), Fault> {
    line::Entity::update(change).validate()?.exec(&work.db()).await?;
    Ok(())
}

async fn noted(work: &Work, line: &line::Model, note: Option<String>) -> Result<(), Fault> {
    let change = line::ActiveModel {
        note: Set(note),
        decided_by: Set(Some(work.actor().sub)),
        ..line.clone().into_active_model()
    };
    write(work, change).await
}

/// The pair is none: the line stands alone, and so does ours, if it was received on a day of the reconciliation.
async fn refuse<A>(work: &Work, row: &Model, line: &line::Model, note: Option<String>, replies: A) -> Result<(), Fault>
where
    A: AsyncFn(Vec<Uuid>) -> Result<Replies, Fault>,
{
    let change = line::ActiveModel {
        complaint_id: Set(None),
        class: Set(Some(Class::OnlyOfficial)),
        differences: Set("[]".to_owned()),
        our_class: Set(None),
        our_replied_at: Set(None),
        note: Set(note),
        decided_by: Set(Some(work.actor().sub)),
        ..line.clone().into_active_model()
    };
    write(work, change).await?;
    let Some(ours) = line.complaint_id else { return Ok(()) };
    let own = complaints::Entity::find_by_id(ours).one(&work.db()).await?;
    let days = row.from_on..=row.to_on;
    let Some(own) = own.filter(|own| days.contains(&own.received_on)) else { return Ok(()) };
    let replied_at = replies(vec![own.ticket_id]).await?.remove(&own.ticket_id);
    let only = Compared { decided_by: Some(work.actor().sub), ..Compared::ours(&own, replied_at) };
    line::Entity::insert(only.row(work, line.reconciliation_id)?).exec_without_returning(&work.db()).await?;
    Ok(())
}

/// One of ours is one line's: it is not paired with a second.
async fn refuse_paired(work: &Work, line: &line::Model, complaint_id: Uuid) -> Result<(), Fault> {
    let other = line::Entity::find()
        .filter(line::Column::ReconciliationId.eq(line.reconciliation_id))
        .filter(line::Column::ComplaintId.eq(complaint_id))
        .filter(line::Column::OfficialLineId.is_not_null())
        .filter(line::Column::Id.ne(line.id));
    match other.count(&work.db()).await? {
        0 => Ok(()),
        _ => Err(Fault::field("/complaint_id", "repeated_items")),
    }
}

async fn pair<A>(
    work: &Work,
    line: &line::Model,
    ours: &complaints::Model,
    note: Option<String>,
    replies: A,
) -> Result<(), Fault>
where
    A: AsyncFn(Vec<Uuid>) -> Result<Replies, Fault>,
{
    let official = match line.official_line_id {
        Some(id) => official::Entity::find_by_id(id).one(&work.db()).await?,
        None => None,
    };
    let official = official.ok_or_else(|| Fault::field("/action", "invalid_enum"))?;
    // What of ours stood alone does no longer.
    line::Entity::delete_many()
        .filter(line::Column::ReconciliationId.eq(line.reconciliation_id))
        .filter(line::Column::ComplaintId.eq(ours.id))
        .filter(line::Column::Class.eq(Class::OnlyOurs))
        .exec(&work.db())
        .await?;
    let replied_at = replies(vec![ours.ticket_id]).await?.remove(&ours.ticket_id);
    let both =
        Compared { decided_by: Some(work.actor().sub), note, ..Compared::both(&official, ours, replied_at, true) };
    let change = line::ActiveModel {
        id: Set(line.id),
        created_at: Set(line.created_at),
        ..both.row(work, line.reconciliation_id)?
    };
    write(work, change).await
}

/// Closes a reconciliation; its lines stay as they are now.
///
/// # Errors
/// 409 `lines_open` while a pair is only proposed, or two that differ lack a note.
pub async fn close(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<ComplaintReconciliation>(work, id, "close").await?;
    let counts = by_class(work, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let unexplained = line::Entity::find()
        .filter(line::Column::ReconciliationId.eq(row.id))
        .filter(line::Column::Class.eq(Class::MatchedDifferent))
        .filter(line::Column::Note.is_null())
        .count(&work.db())
        .await?;
    if counts.proposed > 0 || unexplained > 0 {
        let about = Fault::new(&LINES_OPEN).rule("HS-R19").with("proposed", counts.proposed);
        return Err(about.with("unexplained", unexplained));
    }
    let mut change = row.clone().into_active_model();
    change.state = Set(to);
    change.closed_by = Set(Some(work.actor().sub));
    change.closed_at = Set(Some(work.now));
    let (met, due) = super::replies(work, &row.channel, (row.from_on, row.to_on)).await?;
    change.replies_met = Set(Some(met));
    change.replies_due = Set(Some(due));
    let told = |fact: store::journal::Fact| {
        fact.with("matched_equal", counts.matched_equal)
            .with("matched_different", counts.matched_different)
            .with("only_official", counts.only_official)
            .with("only_ours", counts.only_ours)
    };
    work.change::<ComplaintReconciliation>(&row, change, "closed", told).await
}
