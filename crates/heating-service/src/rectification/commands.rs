//! Opening a rectification, putting it right, verifying it.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Status};
use super::{MOVES, Rectification};
use crate::evaluation::entity::Model as Evaluation;

/// What has to be put right until when.
pub(crate) struct OpenRectification {
    pub item: String,
    pub text: String,
    pub due_on: NaiveDate,
}

/// It is put right, with photos that show it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DoneRectification {
    #[schema(min_items = 1, max_items = 20)]
    pub photos: Vec<Uuid>,
    #[schema(min_length = 1, max_length = 1000)]
    pub note: Option<String>,
}

/// Whether it is accepted.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct VerifyRectification {
    /// `true` when absent; refused, it is open again.
    pub accepted: Option<bool>,
    /// Needed when it is refused.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
}

/// Opens a rectification for an item that failed.
pub(crate) async fn open(work: &Work, of: &Evaluation, input: OpenRectification) -> Result<Model, Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "ZG").await?),
        evaluation_id: Set(Some(of.id)),
        station_id: Set(of.station_id),
        org_unit_id: Set(of.org_unit_id),
        item: Set(input.item),
        text: Set(input.text),
        due_on: Set(input.due_on),
        status: Set(Status::Open),
        photos: Set("[]".to_owned()),
        done_note: Set(None),
        done_by: Set(None),
        done_at: Set(None),
        verified_by: Set(None),
        verified_at: Set(None),
        refusal: Set(None),
        ticket_id: Set(None),
    };
    work.create::<Rectification>(row, |fact| fact, "opened").await
}

/// Links the ticket that was opened for a rectification.
pub async fn link(work: &Work, row: &Model, ticket_id: Uuid) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.ticket_id = Set(Some(ticket_id));
    let ticket = ticket_id.to_string();
    work.change::<Rectification>(row, change, "ticket_opened", |fact| fact.with("ticket_id", ticket)).await
}

/// Says that it is put right.
pub async fn done(work: &Work, id: Uuid, input: &DoneRectification) -> Result<Model, Fault> {
    let check = async |_: &Model| documents::ensure_all_visible(work, &input.photos, "/photos").await;
    let (row, to) = MOVES.begin_checked::<Rectification>(work, id, "done", check).await?;
    documents::attach(work, &input.photos, Rectification::NAME, row.id, "photo").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.photos = Set(serde_json::to_string(&input.photos).map_err(Fault::internal)?);
    change.done_note = Set(input.note.clone());
    change.done_by = Set(Some(work.actor().sub));
    change.done_at = Set(Some(work.now));
    work.change::<Rectification>(&row, change, "done", |fact| fact).await
}

/// Verifies it, or sends it back.
///
/// # Errors
/// 409 `separation_of_duties` for who did it; 422 `reason_required` when it is refused without one.
pub async fn verify(work: &Work, id: Uuid, input: &VerifyRectification) -> Result<Model, Fault> {
    let accepted = input.accepted.unwrap_or(true);
    let reason = input.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let unsaid = !accepted && reason.is_none();
    let check = async |_: &Model| if unsaid { Err(Fault::field("/reason", "reason_required")) } else { Ok(()) };
    let (row, _) = MOVES.begin_checked::<Rectification>(work, id, "verify", check).await?;
    let mut change = row.clone().into_active_model();
    if accepted {
        change.status = Set(Status::Verified);
        change.verified_by = Set(Some(work.actor().sub));
        change.verified_at = Set(Some(work.now));
        return work.change::<Rectification>(&row, change, "verified", |fact| fact).await;
    }
    let reason = reason.unwrap_or_default();
    change.status = Set(Status::Open);
    change.refusal = Set(Some(reason.to_owned()));
    work.change::<Rectification>(&row, change, "refused", |fact| fact.reason(reason)).await
}
