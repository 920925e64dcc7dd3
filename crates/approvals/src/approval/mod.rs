//! One approval of one subject: whose turn it is, who signed, and what became of it.

mod deciding;
mod entity;
mod turn;

use access::Actor;
use access::JobRole;
use kernel::fault::{self, Fault};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::route::Step;

pub use deciding::{
    Decided, Decision, Subject, clear, current, decide, refusal, rest, resume, send_back, start, start_for,
};
pub use entity::{Column, Entity, Model, Status, decision};
pub use turn::{subjects_lent, subjects_of, waits_for};

/// The approvals resource: what waits for the caller, and what was decided.
pub struct Approval;

/// An approval as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalView {
    pub id: Uuid,
    pub version: i32,
    pub subject_kind: String,
    pub resource: String,
    pub resource_id: Uuid,
    pub subject_version: i32,
    pub status: Status,
    pub applicant_id: Uuid,
    /// Code of the step that waits; null when ended.
    pub step: Option<String>,
    /// Roles whose turn it is; empty when ended.
    pub next_roles: Vec<String>,
    /// The first of them; null when ended.
    pub next_role: Option<String>,
    /// `POST` here to approve.
    pub decide_url: String,
    pub steps: Vec<Step>,
    pub decisions: Vec<DecisionView>,
    pub created_at: Timestamp,
}

/// One signature as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalDecision)]
pub struct DecisionView {
    pub step: String,
    pub actor: Uuid,
    pub actor_role: String,
    pub on_behalf_of: Option<Uuid>,
    pub decision: String,
    pub comment: Option<String>,
    pub at: Timestamp,
    pub subject_version: i32,
}

impl From<decision::Model> for DecisionView {
    fn from(row: decision::Model) -> Self {
        Self {
            step: row.step_code,
            actor: row.actor_id,
            actor_role: row.actor_role,
            on_behalf_of: row.on_behalf_of,
            decision: row.decision,
            comment: row.comment,
            at: row.at.into(),
            subject_version: row.subject_version,
        }
    }
}

fn waiting_for(at: &Reading, value: &str) -> Result<Condition, Fault> {
    if value != "me" {
        return Err(Fault::new(&fault::INVALID_PARAMETER).with("parameter", "waiting_for"));
    }
    Ok(turn::waits_for(at))
}

impl Resource for Approval {
    type Entity = Entity;
    type Row = Model;
    type View = ApprovalView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "approval";
    const PATH: &'static str = "/v1/approvals";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        if actor.role == JobRole::Customer || actor.role.is_client() {
            return Condition::all().add(Column::ApplicantId.eq(actor.sub));
        }
        Condition::any()
            .add(Column::ApplicantId.eq(actor.sub))
            .add(turn::signed_by(actor.sub))
            .add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.clone()))
            .add(Column::ProjectId.is_in(actor.scope.project_ids.clone()))
            .add(turn::decided_anywhere(actor))
    }

    fn visible(at: &Reading) -> Condition {
        Condition::any().add(Self::visible_to(at.actor())).add_option(turn::lent_anywhere(at))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .by("subject_kind", Column::SubjectKind)
            .code("status", Column::Status, Status::CODES)
            .by("resource_id", Column::ResourceId)
            .custom("waiting_for", "string", waiting_for)
            .custom("decided_by", "string", |at, value| {
                let people = store::list::people(at, "decided_by", value)?;
                Ok(people.into_iter().fold(Condition::any(), |any, person| any.add(turn::signed_by(person))))
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ApprovalView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let signed = decision::Entity::find()
            .filter(decision::Column::ApprovalId.is_in(ids))
            .order_by_asc(decision::Column::Step)
            .all(&at.db())
            .await?;
        let view = |row: Model| {
            let next_roles: Vec<String> =
                row.next_roles.split(',').filter(|r| !r.is_empty()).map(str::to_owned).collect();
            let decisions =
                signed.iter().filter(|d| d.approval_id == row.id).cloned().map(DecisionView::from).collect();
            let steps: Vec<Step> = serde_json::from_str(&row.steps).map_err(Fault::internal)?;
            let open = steps.get(usize::try_from(row.step).unwrap_or_default());
            Ok(ApprovalView {
                applicant_id: row.applicant_id,
                step: open.filter(|_| row.status == Status::Open).map(|step| step.code.clone()),
                id: row.id,
                version: row.version,
                subject_kind: row.subject_kind,
                resource: row.resource,
                resource_id: row.resource_id,
                subject_version: row.subject_version,
                status: row.status,
                next_role: next_roles.first().cloned(),
                next_roles,
                decide_url: row.decide_path,
                steps,
                decisions,
                created_at: row.created_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
}
