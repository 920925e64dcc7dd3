//! Drafting, issuing and archiving reports.

use std::collections::BTreeSet;

use chrono::Datelike;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::business_day;
use registers::{org_unit_known, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model, Status, lines};
use super::{LabReport, MOVES, figures};
use crate::lab_sample::entity as samples;
use crate::lab_sample::{LabSample, review};
use crate::problems::{NOT_REVIEWED, REPORT_EXISTS, RETENTION_MISSING};
use crate::retention::entity as retained;

/// A report to draft.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateLabReport {
    pub kind: Kind,
    /// Reviewed samples of the kind.
    #[schema(min_items = 1, max_items = 100)]
    pub samples: Vec<Uuid>,
    pub receiver_org_unit_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 120)]
    pub receiver: Option<String>,
    /// The issued report this one corrects, of the same samples.
    pub replaces: Option<Uuid>,
}

/// To whom a report goes; what the draft says when absent.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IssueLabReport {
    pub receiver_org_unit_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 120)]
    pub receiver: Option<String>,
}

/// Where a report lies.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ArchiveLabReport {
    #[schema(min_length = 1, max_length = 60)]
    pub archive_no: String,
}

/// Drafts a report of reviewed samples, or a correction of one that is out.
///
/// # Errors
/// 409 `not_reviewed`; `report_exists` names the report a sample is in already.
pub async fn create(work: &Work, input: &CreateLabReport) -> Result<Model, Fault> {
    if let Some(unit) = input.receiver_org_unit_id {
        org_unit_known(work, unit, "/receiver_org_unit_id").await?;
    }
    let old = match input.replaces {
        Some(id) => Some(replaced(work, id, &input.samples).await?),
        None => None,
    };
    let rows = taken(work, input).await?;
    for row in &rows {
        ensure_reportable(row, old.is_some())?;
        ensure_unreported(work, row.id, old.as_ref().map(|old| old.id)).await?;
    }
    let year = business_day(work.now).year();
    let serial = numbers::without_gap(work, "LR", year).await?;
    let reviewer = rows.iter().find_map(|row| row.reviewed_by).unwrap_or(work.actor().sub);
    let report = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(format!("LR-{year}-{serial:04}")),
        kind: Set(input.kind),
        status: Set(Status::Draft),
        revision: Set(old.as_ref().map_or(1, |old| old.revision + 1)),
        replaces_id: Set(old.map(|old| old.id)),
        receiver_org_unit_id: Set(input.receiver_org_unit_id),
        receiver: Set(input.receiver.clone()),
        reviewed_by: Set(reviewer),
        issued_at: Set(None),
        issued_by: Set(None),
        archive_no: Set(None),
        archived_at: Set(None),
    };
    let report = work.create::<LabReport>(report, |fact| fact, "drafted").await?;
    for (position, row) in (0..).zip(&rows) {
        let line = lines::ActiveModel {
            id: Set(ids::new_id(work.now)),
            report_id: Set(report.id),
            sample_id: Set(row.id),
            position: Set(position),
            figures: Set(computed(work, row.id).await?),
        };
        work.insert(line).await?;
    }
    Ok(report)
}

async fn computed(work: &Work, sample_id: Uuid) -> Result<String, Fault> {
    let figures = figures::of_sample(work, sample_id).await?;
    serde_json::to_string(&figures).map_err(Fault::internal)
}

/// The samples a report names, held.
async fn taken(work: &Work, input: &CreateLabReport) -> Result<Vec<samples::Model>, Fault> {
    let mut rows = Vec::with_capacity(input.samples.len());
    let mut errors = FieldErrors::default();
    let mut seen = BTreeSet::new();
    for (n, id) in input.samples.iter().enumerate() {
        let pointer = format!("/samples/{n}");
        let row = referenced::locked::<LabSample>(work, *id, &pointer).await?;
        errors.add_if((row.kind == samples::Kind::Coal) != (input.kind == Kind::Coal), &pointer, "kind_mismatch");
        errors.add_if(!seen.insert(*id), &pointer, "duplicate");
        rows.push(row);
    }
    errors.finish()?;
    Ok(rows)
}

/// The report that is corrected: out, and of the same samples.
async fn replaced(work: &Work, id: Uuid, named: &[Uuid]) -> Result<Model, Fault> {
    let old = referenced::locked::<LabReport>(work, id, "/replaces").await?;
    if !matches!(old.status, Status::Issued | Status::Archived) {
        return Err(Fault::field("/replaces", "not_issued"));
    }
    let of_old: BTreeSet<Uuid> = samples_of(work, old.id).await?.into_iter().collect();
    match of_old == named.iter().copied().collect() {
        true => Ok(old),
        false => Err(Fault::field("/samples", "other_samples")),
    }
}

async fn samples_of(work: &Work, report_id: Uuid) -> Result<Vec<Uuid>, Fault> {
    let rows = lines::Entity::find().filter(lines::Column::ReportId.eq(report_id)).all(&work.db()).await?;
    Ok(rows.into_iter().map(|line| line.sample_id).collect())
}

fn ensure_reportable(row: &samples::Model, corrects: bool) -> Result<(), Fault> {
    match row.status == samples::Status::Reviewed || (corrects && row.is_reported()) {
        true => Ok(()),
        false => Err(Fault::new(&NOT_REVIEWED).with("blind_code", row.blind_code.as_str())),
    }
}

async fn ensure_unreported(work: &Work, sample_id: Uuid, but: Option<Uuid>) -> Result<(), Fault> {
    let reports = Query::select()
        .column(lines::Column::ReportId)
        .from(lines::Entity)
        .and_where(lines::Column::SampleId.eq(sample_id))
        .to_owned();
    let found = Entity::find().filter(Column::Id.in_subquery(reports)).filter(Column::Status.ne(Status::Superseded));
    match found.all(&work.db()).await?.into_iter().find(|report| Some(report.id) != but) {
        Some(report) => Err(Fault::new(&REPORT_EXISTS).with("number", report.number)),
        None => Ok(()),
    }
}

/// Issues a report: the figures are frozen, its samples are blind no longer.
///
/// # Errors
/// 422 `required` without a receiver; 409 `not_reviewed` when a review fell away meanwhile, `quality_hold`.
pub async fn issue(work: &Work, id: Uuid, input: &IssueLabReport) -> Result<Model, Fault> {
    let fits = async |row: &Model| {
        if let Some(unit) = input.receiver_org_unit_id {
            org_unit_known(work, unit, "/receiver_org_unit_id").await?;
        }
        let named = input.receiver_org_unit_id.or(row.receiver_org_unit_id).is_some();
        match named || input.receiver.is_some() || row.receiver.is_some() {
            true => Ok(()),
            false => Err(Fault::field("/receiver", "required")),
        }
    };
    let (row, to) = MOVES.begin_checked::<LabReport>(work, id, "issue", fits).await?;
    let unit = input.receiver_org_unit_id.or(row.receiver_org_unit_id);
    let receiver = input.receiver.clone().or_else(|| row.receiver.clone());
    let of_report = lines::Entity::find().filter(lines::Column::ReportId.eq(row.id)).all(&work.db()).await?;
    for line in of_report {
        let sample = referenced::locked::<LabSample>(work, line.sample_id, "/samples").await?;
        ensure_reportable(&sample, row.replaces_id.is_some())?;
        review::ensure_no_hold(work, &sample).await?;
        let mut frozen = line.into_active_model();
        frozen.figures = Set(computed(work, sample.id).await?);
        frozen.update(&work.db()).await?;
        if !sample.is_reported() {
            move_sample(work, &sample, samples::Status::Reported).await?;
        }
    }
    if let Some(old) = row.replaces_id {
        supersede(work, old).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.receiver_org_unit_id = Set(unit);
    change.receiver = Set(receiver);
    change.issued_at = Set(Some(work.now));
    change.issued_by = Set(Some(work.actor().sub));
    work.change::<LabReport>(&row, change, "issued", |fact| fact).await
}

async fn move_sample(work: &Work, sample: &samples::Model, to: samples::Status) -> Result<(), Fault> {
    let mut change = sample.clone().into_active_model();
    change.status = Set(to);
    if to == samples::Status::Reported {
        change.reported_at = Set(Some(work.now));
    }
    work.change::<LabSample>(sample, change, to.code(), |fact| fact).await.map(drop)
}

async fn supersede(work: &Work, id: Uuid) -> Result<(), Fault> {
    let old = Entity::find_by_id(id).one(&work.db()).await?;
    let old = old.ok_or_else(|| Fault::internal("a correction of nothing"))?;
    let mut change = old.clone().into_active_model();
    change.status = Set(Status::Superseded);
    work.change::<LabReport>(&old, change, "superseded", |fact| fact).await.map(drop)
}

/// Archives a report whose samples are kept.
///
/// # Errors
/// 409 `retention_missing` names a sample nothing is kept of.
pub async fn archive(work: &Work, id: Uuid, input: &ArchiveLabReport) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<LabReport>(work, id, "archive").await?;
    for sample_id in samples_of(work, row.id).await? {
        let sample = referenced::locked::<LabSample>(work, sample_id, "/samples").await?;
        let kept = retained::Entity::find().filter(retained::Column::SampleId.eq(sample_id)).one(&work.db()).await?;
        if kept.is_none() {
            return Err(Fault::new(&RETENTION_MISSING).with("blind_code", sample.blind_code));
        }
        if sample.status == samples::Status::Reported {
            move_sample(work, &sample, samples::Status::Archived).await?;
        }
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.archive_no = Set(Some(input.archive_no.trim().to_owned()));
    change.archived_at = Set(Some(work.now));
    work.change::<LabReport>(&row, change, "archived", |fact| fact).await
}
