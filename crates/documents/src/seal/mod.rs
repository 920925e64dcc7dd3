//! The seal register (用印登记): append-only, its numbers without a gap within a year.

pub mod entity;

use access::Actor;
use chrono::{Datelike, NaiveDate};
use kernel::fault::{Fault, FieldErrors, SEPARATION_OF_DUTIES};
use kernel::time::{self, Timestamp};
use registers::referenced;
use registers::staff::Staff;
use sea_orm::{ColumnTrait, Condition, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work, numbers};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::document::Document;
use entity::SealKind;
pub use entity::{ActiveModel, Column, Entity, Model};

/// The seal register (PF-07).
pub struct SealEntry;

/// A stamping as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SealEntryView {
    pub id: Uuid,
    pub version: i32,
    /// `SE-<year>-<serial>`, without a gap within a year.
    pub number: String,
    pub document_id: Uuid,
    pub seal_kind: SealKind,
    pub purpose: String,
    pub copies: i32,
    pub applicant_id: Uuid,
    pub approver_id: Uuid,
    pub stamped_on: NaiveDate,
    pub recorded_by: Uuid,
    pub project_id: Option<Uuid>,
    pub created_at: Timestamp,
}

/// A stamping to be recorded.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordSeal {
    pub document_id: Uuid,
    pub seal_kind: SealKind,
    #[schema(min_length = 2, max_length = 500)]
    pub purpose: String,
    #[schema(minimum = 1, maximum = 1000)]
    pub copies: i32,
    /// Who asked for the seal.
    pub applicant_id: Uuid,
    /// Who allowed it; not the applicant.
    pub approver_id: Uuid,
    /// Not after today.
    pub stamped_on: NaiveDate,
}

impl Resource for SealEntry {
    type Entity = Entity;
    type Row = Model;
    type View = SealEntryView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "seal_entry";
    const PATH: &'static str = "/v1/seal-entries";
    const STEADY: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        Condition::any()
            .add(Column::RecordedBy.eq(actor.sub))
            .add(Column::ApplicantId.eq(actor.sub))
            .add(Column::ApproverId.eq(actor.sub))
            .add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.iter().copied()))
            .add(Column::ProjectId.is_in(actor.scope.project_ids.iter().copied()))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-stamped_on,-number")
            .code("seal_kind", Column::SealKind, SealKind::CODES)
            .by("stamped_on", Column::StampedOn)
            .range("stamped_on", Column::StampedOn)
            .by("document_id", Column::DocumentId)
            .by("applicant_id", Column::ApplicantId)
            .by("approver_id", Column::ApproverId)
            .by("number", Column::Number)
            .sort("stamped_on", Column::StampedOn)
            .sort("number", Column::Number)
    }
    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, org_unit_id: row.org_unit_id, ..Placement::default() }
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<SealEntryView>, Fault> {
        let view = |row: Model| SealEntryView {
            id: row.id,
            version: row.version,
            number: row.number,
            document_id: row.document_id,
            seal_kind: row.seal_kind,
            purpose: row.purpose,
            copies: row.copies,
            applicant_id: row.applicant_id,
            approver_id: row.approver_id,
            stamped_on: row.stamped_on,
            recorded_by: row.recorded_by,
            project_id: row.project_id,
            created_at: row.created_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Records a stamping under the next number of its year.
///
/// # Errors
/// 409 `separation_of_duties` when the applicant is the approver; 422 for a day to come, or for a document or a
/// person nobody knows.
pub async fn record(work: &Work, input: &RecordSeal) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(input.stamped_on > time::business_day(work.now), "/stamped_on", "date_in_future");
    for (pointer, person) in [("/applicant_id", input.applicant_id), ("/approver_id", input.approver_id)] {
        errors.add_if(referenced::known::<Staff>(work, person, pointer).await.is_err(), pointer, "not_found");
    }
    let document = referenced::known::<Document>(work, input.document_id, "/document_id").await;
    errors.add_if(document.is_err(), "/document_id", "not_found");
    errors.finish()?;
    let document = document?;
    if input.applicant_id == input.approver_id {
        return Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "apply").with("second", "approve"));
    }
    let year = input.stamped_on.year();
    let serial = numbers::without_gap(work, "SE", year).await?;
    let row = ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        version: Set(1),
        number: Set(format!("SE-{year}-{serial:06}")),
        year: Set(year),
        serial: Set(serial),
        document_id: Set(input.document_id),
        seal_kind: Set(input.seal_kind),
        purpose: Set(input.purpose.trim().to_owned()),
        copies: Set(input.copies),
        applicant_id: Set(input.applicant_id),
        approver_id: Set(input.approver_id),
        stamped_on: Set(input.stamped_on),
        recorded_by: Set(work.actor().sub),
        org_unit_id: Set(work.actor().scope.org_unit_id),
        project_id: Set(document.project_id),
        created_at: Set(work.now),
    };
    work.create::<SealEntry>(row, |fact| fact, "recorded").await
}
