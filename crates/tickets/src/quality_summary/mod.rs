//! Weekly quality summaries (质检周报) with the training plan that follows from them (TK-10).

pub mod entity;

use access::Actor;
use chrono::{NaiveDate, Weekday};
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::{Month, Timestamp};
use registers::{referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource, Work};
use submissions::due::Cadence;
use utoipa::ToSchema;
use validator::Validate;

use crate::people_record;
use entity::{ActiveModel, Column, Entity, Model, PlannedTraining, Status};

/// The weekly summaries resource.
pub struct QualitySummary;

/// The one act.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.quality_summary",
    state: |it| it.row.status,
    moves: &[Move { action: "submit", from: &[Status::Draft], to: Some(Status::Submitted), guards: &[] }],
};

/// A weekly summary as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QualitySummaryView {
    pub id: Uuid,
    pub version: i32,
    pub org_unit_id: Option<Uuid>,
    /// ISO week, `2026-W09`.
    pub iso_week: String,
    pub findings: String,
    pub plan: Vec<PlannedTraining>,
    pub status: Status,
    pub submitted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

/// The weeks that end in a month.
fn weeks_of(month: Month) -> Vec<String> {
    let first = Cadence::Week.around(month.first_day());
    let weeks = std::iter::successors(Some(first), |week| Some(Cadence::Week.next(*week)));
    weeks.take_while(|week| week.to <= month.last_day()).map(|week| Cadence::Week.label(week)).collect()
}

impl Resource for QualitySummary {
    type Entity = Entity;
    type Row = Model;
    type View = QualitySummaryView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "quality_summary";
    const PATH: &'static str = "/v1/quality-summaries";

    fn visible_to(actor: &Actor) -> Condition {
        people_record::visible(actor, Column::OrgUnitId, Column::CreatedBy)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-iso_week")
            .by("iso_week", Column::IsoWeek)
            .by("org_unit_id", Column::OrgUnitId)
            .by("inspector_id", Column::CreatedBy)
            .custom("month", "string", |_, value| {
                let month = list::month("month", value)?;
                Ok(Condition::all().add(Column::IsoWeek.is_in(weeks_of(month))))
            })
            .code("status", Column::Status, Status::CODES)
            .sort("iso_week", Column::IsoWeek)
            .sort("created_at", Column::CreatedAt)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<QualitySummaryView>, Fault> {
        let view = |row: Model| QualitySummaryView {
            plan: row.plan(),
            id: row.id,
            version: row.version,
            org_unit_id: row.org_unit_id,
            iso_week: row.iso_week,
            findings: row.findings,
            status: row.status,
            submitted_at: row.submitted_at.map(Timestamp::from),
            created_at: row.created_at.into(),
            created_by: row.created_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// What a week of monitoring showed.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateQualitySummary {
    /// ISO week, `2026-W09`.
    #[schema(pattern = r"^\d{4}-W\d{2}$")]
    pub iso_week: String,
    #[schema(min_length = 5, max_length = 8000)]
    pub findings: String,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub plan: Vec<PlannedTraining>,
}

/// The first day of an ISO week, if there is such a week.
pub fn first_day(iso_week: &str) -> Option<NaiveDate> {
    let (year, week) = iso_week.split_once("-W")?;
    NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)
}

/// Drafts the summary of a week; one a unit and week.
///
/// # Errors
/// 422 `invalid_format`, `date_in_future`, `not_found`; 409 `already_exists`.
pub async fn create(work: &Work, cmd: &CreateQualitySummary) -> Result<Model, Fault> {
    let monday = first_day(&cmd.iso_week).ok_or_else(|| Fault::field("/iso_week", "invalid_format"))?;
    if monday > kernel::time::business_day(work.now) {
        return Err(Fault::field("/iso_week", "date_in_future"));
    }
    for (n, planned) in cmd.plan.iter().enumerate() {
        for (m, id) in planned.staff_ids.iter().enumerate() {
            referenced::known::<staff::Staff>(work, *id, &format!("/plan/{n}/staff_ids/{m}")).await?;
        }
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        org_unit_id: Set(work.actor().scope.org_unit_id),
        iso_week: Set(cmd.iso_week.clone()),
        findings: Set(cmd.findings.clone()),
        plan: Set(serde_json::to_string(&cmd.plan).map_err(Fault::internal)?),
        status: Set(Status::Draft),
        submitted_at: Set(None),
    };
    work.create::<QualitySummary>(row, |fact| fact, "created").await
}

/// Hands the summary in.
pub async fn submit(work: &Work, id: Uuid, _cmd: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<QualitySummary>(work, id, "submit").await?;
    let mut next = row.clone().into_active_model();
    (next.status, next.submitted_at) = (Set(to), Set(Some(work.now)));
    work.change::<QualitySummary>(&row, next, "submitted", |fact| fact).await
}
