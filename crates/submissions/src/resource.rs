//! Submissions as a resource: who sees them, what may be done, and what callers see.

use access::{Actor, policy};
use chrono::NaiveDate;
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use kernel::report::Period;
use kernel::time::{Timestamp, business_day};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use serde_json::Value;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::arising::covered;
use crate::entity::{Column, Entity, Model, Status, roles};
use crate::problems::{ALREADY_SUBMITTED, PERIOD_NOT_OVER};

/// The report submissions resource.
pub struct ReportSubmission;

type Of<'a> = Subject<'a, Model>;

/// Acts on a submission; whose turn it is says the schedule.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.report",
    state: |it| it.row.status,
    moves: &[
        Move {
            action: "submit",
            from: &[],
            to: Some(Status::Submitted),
            guards: &[not_submitted, period_over, submits],
        },
        Move {
            action: "accept",
            from: &[Status::Submitted],
            to: Some(Status::Accepted),
            guards: &[not_submitter, receives],
        },
        Move {
            action: "return",
            from: &[Status::Submitted],
            to: Some(Status::Returned),
            guards: &[not_submitter, receives],
        },
    ],
};

/// Who accepts a report also sends it back.
fn permission(action: &str) -> String {
    MOVES.permission(if action == "return" { "accept" } else { action })
}

fn not_submitted(it: &Of<'_>) -> Result<(), Fault> {
    match it.row.status {
        Status::Due | Status::Returned => Ok(()),
        Status::Submitted | Status::Accepted => {
            Err(Fault::new(&ALREADY_SUBMITTED).rule("PF-E16").with("period", it.row.period.as_str()))
        }
    }
}

fn period_over(it: &Of<'_>) -> Result<(), Fault> {
    if business_day(it.now) > it.row.period_to {
        return Ok(());
    }
    Err(Fault::new(&PERIOD_NOT_OVER).with("until", it.row.period_to.to_string()))
}

fn in_turn(it: &Of<'_>, list: &str) -> Result<(), Fault> {
    if it.actor.is_system() || list.contains(&format!(",{},", it.actor.role.code())) {
        return Ok(());
    }
    Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "schedule").with("roles", roles(list)))
}

fn submits(it: &Of<'_>) -> Result<(), Fault> {
    in_turn(it, &it.row.from_roles)
}

fn receives(it: &Of<'_>) -> Result<(), Fault> {
    in_turn(it, &it.row.to_roles)
}

fn not_submitter(it: &Of<'_>) -> Result<(), Fault> {
    let submitters = it.row.submitters();
    if it.actor.persons().any(|person| submitters.contains(&person)) {
        return Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "submit").with("second", "accept"));
    }
    Ok(())
}

/// A submission as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportSubmission)]
pub struct SubmissionView {
    pub id: Uuid,
    pub version: i32,
    /// `<domain>/<name>`.
    pub report: String,
    /// As people call it: `2024-05-05`, `2024-W18`, `2024-04`.
    pub period: String,
    pub covers: Period,
    pub project_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub due_at: Timestamp,
    pub due_on: NaiveDate,
    pub status: Status,
    pub overdue: bool,
    /// Roles that submit.
    pub from_roles: Vec<String>,
    /// Roles that receive.
    pub to_roles: Vec<String>,
    pub submitted_at: Option<Timestamp>,
    pub submitted_by: Option<Uuid>,
    /// Whether the figures that stand came in time.
    pub on_time: Option<bool>,
    pub comment: Option<String>,
    /// The report as it was submitted; later facts change the live report only.
    #[schema(value_type = Option<Object>)]
    pub figures: Option<Value>,
    /// SHA-256 of the figures as compact JSON with sorted names.
    pub figures_sha256: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<Uuid>,
    pub decision_comment: Option<String>,
}

impl Resource for ReportSubmission {
    type Entity = Entity;
    type Row = Model;
    type View = SubmissionView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "report_submission";
    const PATH: &'static str = "/v1/report-submissions";

    /// Those of his units, of the domains whose reports he reads.
    fn visible_to(actor: &Actor) -> Condition {
        let mut readable = Condition::any().add(Expr::value(false));
        for domain in DOMAINS.iter().filter(|domain| actor.is_system() || reads(actor, domain)) {
            readable = readable.add(Column::Report.starts_with(format!("{domain}/")));
        }
        if actor.scope.all {
            return readable;
        }
        let mine = Condition::any()
            .add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.iter().copied()))
            .add(Column::ProjectId.is_in(actor.scope.project_ids.iter().copied()));
        Condition::all().add(readable).add(mine)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("due_at")
            .sort("due_at", Column::DueAt)
            .sort("report", Column::Report)
            .by("report", Column::Report)
            .by("period", Column::Period)
            .by("org_unit_id", Column::OrgUnitId)
            .by("project_id", Column::ProjectId)
            .code("status", Column::Status, Status::CODES)
            .by("on_time", Column::OnTime)
            .range("due_at", Column::DueAt)
    }

    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn arise(at: &Reading) -> Result<(), Fault> {
        crate::arise(&at.store).await
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<SubmissionView>, Fault> {
        Ok(rows.into_iter().map(|row| view(row, at)).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}

const DOMAINS: &[&str] = &["tickets", "contracts", "cost", "permits", "heating"];

fn reads(actor: &Actor, domain: &str) -> bool {
    ["read", "submit", "accept"].iter().any(|verb| policy::allows(&format!("{domain}.report:{verb}"), actor.role))
}

fn view(row: Model, at: &Reading) -> SubmissionView {
    let covers = covered(&row);
    let open = matches!(row.status, Status::Due | Status::Returned);
    SubmissionView {
        covers,
        due_on: business_day(row.due_at),
        overdue: open && row.due_at < at.now,
        from_roles: roles(&row.from_roles),
        to_roles: roles(&row.to_roles),
        submitted_by: row.submitters().into_iter().next(),
        figures: row.figures.as_deref().and_then(|text| serde_json::from_str(text).ok()),
        id: row.id,
        version: row.version,
        report: row.report,
        period: row.period,
        project_id: row.project_id,
        org_unit_id: row.org_unit_id,
        due_at: row.due_at.into(),
        status: row.status,
        submitted_at: row.submitted_at.map(Timestamp::from),
        on_time: row.on_time,
        comment: row.comment,
        figures_sha256: row.figures_sha256,
        decided_at: row.decided_at.map(Timestamp::from),
        decided_by: row.decided_by,
        decision_comment: row.decision_comment,
    }
}
