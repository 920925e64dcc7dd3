//! Reports of the laboratory (化验分析报告, HS-08): what was reviewed, by basis, to whoever asked; a correction is a new
//! report that names the old.

pub mod commands;
pub mod entity;
pub mod figures;

use std::collections::HashMap;

use access::{Actor, JobRole};
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::lab_sample::entity as samples;
use entity::{Column, Entity, Kind, Model, Status, lines};
use figures::Figures;

/// The reports (HS-08).
pub struct LabReport;

/// Acts on a report.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.lab_report",
    state: |it| it.row.status,
    moves: &[
        Move { action: "issue", from: &[Status::Draft], to: Some(Status::Issued), guards: &[] },
        Move { action: "archive", from: &[Status::Issued], to: Some(Status::Archived), guards: &[] },
    ],
};

/// A report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LabReportView {
    pub id: Uuid,
    pub version: i32,
    /// `LR-YYYY-NNNN`, without a gap in a year.
    pub number: String,
    pub kind: Kind,
    pub status: Status,
    /// From 1; a correction counts on.
    pub revision: i32,
    /// The report this one corrects.
    pub replaces: Option<Uuid>,
    pub samples: Vec<ReportedSample>,
    pub receiver_org_unit_id: Option<Uuid>,
    pub receiver: Option<String>,
    pub reviewed_by: Uuid,
    pub issued_at: Option<Timestamp>,
    pub issued_by: Option<Uuid>,
    pub archive_no: Option<String>,
    pub archived_at: Option<Timestamp>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A sample in a report, its origin with it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportedSample {
    pub sample_id: Uuid,
    pub number: String,
    pub kind: samples::Kind,
    pub sampling_place: String,
    pub station_id: Option<Uuid>,
    pub supplier_id: Option<Uuid>,
    pub figures: Figures,
}

impl Resource for LabReport {
    type Entity = Entity;
    type Row = Model;
    type View = LabReportView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "lab_report";
    const PATH: &'static str = "/v1/lab-reports";
    const LASTING: bool = true;

    /// A draft names samples that are still blind, and results not yet told (HS-R42).
    fn visible_to(actor: &Actor) -> Condition {
        match actor.is_any(&[JobRole::CoalAnalyst, JobRole::CoalSampler]) {
            true => Condition::all().add(Column::Status.ne(Status::Draft)),
            false => Condition::all(),
        }
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .code("kind", Column::Kind, Kind::CODES)
            .code("status", Column::Status, Status::CODES)
            .range("issued_at", Column::IssuedAt)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<LabReportView>, Fault> {
        let mut lines = lines_of(at, rows.iter().map(|row| row.id)).await?;
        let view = |row: Model| LabReportView {
            external_ids: Vec::new(),
            samples: lines.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            number: row.number,
            kind: row.kind,
            status: row.status,
            revision: row.revision,
            replaces: row.replaces_id,
            receiver_org_unit_id: row.receiver_org_unit_id,
            receiver: row.receiver,
            reviewed_by: row.reviewed_by,
            issued_at: row.issued_at.map(Timestamp::from),
            issued_by: row.issued_by,
            archive_no: row.archive_no,
            archived_at: row.archived_at.map(Timestamp::from),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// The samples of reports, in their order.
pub(crate) async fn lines_of(
    at: &Reading,
    reports: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<ReportedSample>>, Fault> {
    let found = lines::Entity::find()
        .filter(lines::Column::ReportId.is_in(reports))
        .order_by_asc(lines::Column::Position)
        .all(&at.db())
        .await?;
    let known = samples::Entity::find()
        .filter(samples::Column::Id.is_in(found.iter().map(|line| line.sample_id)))
        .all(&at.db())
        .await?;
    let known: HashMap<Uuid, samples::Model> = known.into_iter().map(|row| (row.id, row)).collect();
    let mut by_report: HashMap<Uuid, Vec<ReportedSample>> = HashMap::new();
    for line in found {
        let Some(sample) = known.get(&line.sample_id) else { continue };
        by_report.entry(line.report_id).or_default().push(ReportedSample {
            sample_id: sample.id,
            number: sample.sample_number.clone(),
            kind: sample.kind,
            sampling_place: sample.sampling_place.clone(),
            station_id: sample.station_id,
            supplier_id: sample.supplier_id,
            figures: serde_json::from_str(&line.figures).unwrap_or_default(),
        });
    }
    Ok(by_report)
}
