//! Imports as a resource (导入, PF-14): what was sent, and what came of it.

pub mod entity;
pub mod row;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work, operations};
use utoipa::ToSchema;

use crate::plan::Plan;
use crate::run::Tally;
use crate::sheet::Format;
use entity::{ActiveModel, Column, Entity, Model, Status};

/// The imports resource.
pub struct Import;

/// A file that was sent, and what came of its rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    /// Null after a dry run: nothing is kept.
    pub id: Option<Uuid>,
    /// `suppliers`, `units` …
    pub kind: String,
    /// After a dry run: what it would have been.
    pub status: Status,
    /// Only tried; nothing was kept.
    pub dry_run: bool,
    /// Rows that fit are taken over although others were refused.
    pub partial: bool,
    pub file_name: String,
    pub format: Format,
    pub sha256: String,
    /// Rows of the file, without the heading and blank lines.
    pub total: i32,
    /// Rows entered, or that changed something.
    pub ok: i32,
    /// Rows that said nothing new.
    pub unchanged: i32,
    /// Rows with a wrong cell.
    pub refused: i32,
    /// The first 200 refused cells; the rest at `rows_url`.
    pub errors: Vec<Refusal>,
    /// Every row and what became of it.
    pub rows_url: Option<String>,
    /// Set when the run is long: watch it there.
    pub operation_id: Option<Uuid>,
    /// Set when the run is long: `GET` it for progress.
    pub operation_url: Option<String>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A cell that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportRefusal)]
pub struct Refusal {
    /// Counted from 1, without the heading and blank lines.
    pub row: i32,
    /// The line of the file; the heading is usually 1.
    pub line: i32,
    /// The column; null when it is the row as a whole.
    pub column: Option<String>,
    /// A problem code, described at `/problems/{code}`.
    pub code: String,
}

impl Resource for Import {
    type Entity = Entity;
    type Row = Model;
    type View = ImportView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "import";
    const PATH: &'static str = "/v1/imports";

    /// Whoever sent the file, and those who see the whole house.
    fn visible_to(actor: &Actor) -> Condition {
        operations::own(actor, Column::CreatedBy)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .by("kind", Column::Kind)
            .code("status", Column::Status, Status::CODES)
            .range("created_at", Column::CreatedAt)
            .sort("created_at", Column::CreatedAt)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ImportView>, Fault> {
        Ok(rows.into_iter().map(|row| view(row, false)).collect())
    }
}

fn view(row: Model, dry_run: bool) -> ImportView {
    ImportView {
        id: (!dry_run).then_some(row.id),
        rows_url: (!dry_run).then(|| format!("/v1/imports/{}/rows", row.id)),
        operation_url: row.operation_id.map(|id| format!("/v1/operations/{id}")),
        kind: row.kind,
        status: row.status,
        dry_run,
        partial: row.partial,
        file_name: row.file_name,
        format: row.format,
        sha256: row.sha256,
        total: row.total,
        ok: row.ok,
        unchanged: row.unchanged,
        refused: row.refused,
        errors: serde_json::from_str(&row.refusals).unwrap_or_default(),
        operation_id: row.operation_id,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}

/// A file as it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub file_name: String,
    pub sha256: String,
    pub partial: bool,
}

/// A new import, not yet over.
pub fn begun(work: &Work, id: Uuid, plan: &Plan, sent: &Sent) -> ActiveModel {
    ActiveModel {
        id: Set(id),
        kind: Set(plan.kind.name.to_owned()),
        status: Set(Status::Queued),
        partial: Set(sent.partial),
        file_name: Set(sent.file_name.clone()),
        sha256: Set(sent.sha256.clone()),
        format: Set(plan.format),
        total: Set(i32::try_from(plan.rows).unwrap_or(i32::MAX)),
        ok: Set(0),
        unchanged: Set(0),
        refused: Set(0),
        refusals: Set("[]".to_owned()),
        operation_id: Set(None),
        created_by: Set(work.actor().sub),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
    }
}

/// Writes what the rows came to; answers the status they make.
pub fn count(row: &mut ActiveModel, tally: &Tally, partial: bool) -> Result<Status, Fault> {
    let status = if tally.refused > 0 && !partial { Status::Refused } else { Status::Applied };
    row.ok = Set(tally.ok);
    row.unchanged = Set(tally.unchanged);
    row.refused = Set(tally.refused);
    row.refusals = Set(serde_json::to_string(&tally.refusals).map_err(Fault::internal)?);
    row.status = Set(status);
    Ok(status)
}

/// What a dry run answers.
pub fn tried(row: ActiveModel) -> Result<ImportView, Fault> {
    use sea_orm::TryIntoModel;
    Ok(view(row.try_into_model()?, true))
}

/// What a run that was kept answers.
pub fn kept(row: Model) -> ImportView {
    view(row, false)
}
