//! Incoming and outgoing papers before those who sign them (报批传递): a route of subject kind `document`.

use access::JobRole;
use approvals::route::Step;
use approvals::{Decided, Decision, Subject};
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::money::Money;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::journal::Fact;
use store::{Resource, Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::Document;
use super::entity::{ApprovalStatus, Direction, Model};
use super::life_cycle::begin;

/// The kind that names the route.
const ROUTE: &str = "document";

/// What the route's conditions look at; all of it may be left out.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SubmitDocument {
    /// A flag of the route's conditions.
    pub direction: Option<Direction>,
    /// The amount the paper is about, yuan; not below zero.
    pub amount: Option<Money>,
    #[schema(max_length = 1000)]
    pub comment: Option<String>,
}

/// A signature, with a word if wanted.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ApproveDocument {
    #[schema(max_length = 1000)]
    pub comment: Option<String>,
}

/// A refusal says why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RejectDocument {
    #[schema(min_length = 2, max_length = 1000)]
    pub comment: String,
}

/// Installs the route of papers: the administration, then a leader of the company.
pub async fn install_routes(work: &Work) -> Result<(), Fault> {
    use JobRole::{Administration, CompanyLeader, DeputyGeneralManager, GeneralManager};
    let steps = [
        Step::new("office", "行政中心核稿", &[Administration]),
        Step::new("leader", "公司领导签批", &[GeneralManager, DeputyGeneralManager, CompanyLeader]),
    ];
    let from = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    approvals::route::install(work, ROUTE, from, &steps).await
}

/// Puts a paper before its route.
///
/// # Errors
/// 422 `out_of_range` for an amount below zero.
pub async fn submit(work: &Work, id: Uuid, input: &SubmitDocument) -> Result<Model, Fault> {
    if input.amount.is_some_and(Money::is_negative) {
        // What is out of sight is not there, whatever is asked of it.
        resource::find::<Document>(work, id).await?;
        return Err(Fault::field("/amount", "out_of_range"));
    }
    let (paper, to) = begin(work, id, "submit-approval").await?;
    let row = paper.row;
    let direction = input.direction.or(row.direction);
    let subject = Subject {
        kind: ROUTE,
        resource: Document::NAME,
        id,
        version: row.version,
        decide_path: format!("{}/{id}/approve", Document::PATH),
        flags: match direction {
            Some(Direction::Incoming) => vec!["incoming"],
            Some(Direction::Outgoing) => vec!["outgoing"],
            None => Vec::new(),
        },
        applicants: work.actor().persons().collect(),
        excluded: Vec::new(),
        placement: Document::placement(&row),
    };
    approvals::start_for(work, subject, input.amount.unwrap_or_default()).await?;
    let mut change = row.clone().into_active_model();
    change.direction = Set(direction);
    change.approval_status = Set(to);
    work.change::<Document>(&row, change, "submitted", said(input.comment.as_deref())).await
}

fn said(comment: Option<&str>) -> impl FnOnce(Fact) -> Fact {
    move |fact| match comment {
        Some(comment) => fact.reason(comment),
        None => fact,
    }
}

/// Signs the open step.
pub async fn approve(work: &Work, id: Uuid, input: &ApproveDocument) -> Result<Model, Fault> {
    decide(work, id, "approve", Decision::Approve, input.comment.as_deref()).await
}

/// Refuses the paper; its approval ends.
pub async fn reject(work: &Work, id: Uuid, input: &RejectDocument) -> Result<Model, Fault> {
    decide(work, id, "reject", Decision::Reject, Some(&input.comment)).await
}

async fn decide(
    work: &Work,
    id: Uuid,
    action: &str,
    decision: Decision,
    comment: Option<&str>,
) -> Result<Model, Fault> {
    let (paper, _) = begin(work, id, action).await?;
    let row = paper.row;
    let decided = approvals::decide(work, Document::NAME, id, decision, comment).await?;
    let mut change = row.clone().into_active_model();
    let verb = match decided {
        Decided::NextStep => "signed",
        Decided::Approved => {
            change.approval_status = Set(ApprovalStatus::Approved);
            "approved"
        }
        Decided::Rejected => {
            change.approval_status = Set(ApprovalStatus::Rejected);
            "rejected"
        }
    };
    work.change::<Document>(&row, change, verb, said(comment)).await
}

/// Sends the paper back to whoever submitted it; every signature is void.
pub async fn return_to_draft(work: &Work, id: Uuid, input: &RejectDocument) -> Result<Model, Fault> {
    let (paper, to) = begin(work, id, "return").await?;
    approvals::send_back(work, Document::NAME, id, &input.comment).await?;
    let mut change = paper.row.clone().into_active_model();
    change.approval_status = Set(to);
    work.change::<Document>(&paper.row, change, "returned", said(Some(&input.comment))).await
}

/// A paper under approval, or approved, was edited: no signature stands, and it is a draft again.
pub(super) async fn void(work: &Work, row: &Model) -> Result<ApprovalStatus, Fault> {
    if row.approval_status != ApprovalStatus::Draft {
        approvals::clear(work, Document::NAME, row.id, "edited").await?;
    }
    Ok(ApprovalStatus::Draft)
}
