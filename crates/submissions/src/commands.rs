//! Submitting, accepting and returning a report.

use std::sync::Arc;

use access::{Actor, Scope};
use kernel::fault::Fault;
use kernel::time::whole_second;
use registers::org_unit;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::reports::{Ask, Definition};
use store::{Context, Work};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::arising::covered;
use crate::entity::{Model, Status};
use crate::resource::{MOVES, ReportSubmission};

/// A word with the report.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SubmitReport {
    #[schema(max_length = 1000)]
    pub comment: Option<String>,
}

/// A word of the receiver.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptReport {
    #[schema(max_length = 1000)]
    pub comment: Option<String>,
}

/// What is to be mended.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReturnReport {
    #[schema(min_length = 2, max_length = 1000)]
    pub comment: String,
}

/// Submits a report: its figures are frozen as they are now, for the unit it is due from.
///
/// # Errors
/// `already_submitted`, `period_not_over`; `above_authority` when the schedule names other roles.
pub async fn submit(
    work: &Work,
    id: Uuid,
    input: &SubmitReport,
    definition: fn(&str) -> Option<&'static Definition>,
) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<ReportSubmission>(work, id, "submit").await?;
    let report = definition(&row.report).ok_or_else(|| Fault::internal(format!("no report {}", row.report)))?;
    let figures = frozen(work, &row, report).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.submitted_at = Set(Some(work.now));
    change.on_time = Set(Some(whole_second(work.now) <= row.due_at));
    change.submitted_by =
        Set(serde_json::to_string(&work.actor().persons().collect::<Vec<_>>()).map_err(Fault::internal)?);
    change.figures_sha256 = Set(Some(hex::encode(Sha256::digest(figures.as_bytes()))));
    change.figures = Set(Some(figures));
    change.comment = Set(input.comment.clone());
    change.decided_at = Set(None);
    change.decided_by = Set(None);
    change.decision_comment = Set(None);
    work.change::<ReportSubmission>(&row, change, "submitted", |fact| named(fact, &row)).await
}

fn named(fact: store::journal::Fact, row: &Model) -> store::journal::Fact {
    fact.with("report", row.report.as_str()).with("period", row.period.as_str())
}

/// The figures of the report's own unit and those below it, whoever submits.
async fn frozen(work: &Work, row: &Model, report: &'static Definition) -> Result<String, Fault> {
    let actor = work.actor();
    let scope = match row.org_unit_id {
        Some(unit) => {
            Scope { org_unit_id: Some(unit), org_unit_ids: org_unit::subtree(work, unit).await?, ..Scope::default() }
        }
        None => actor.scope.clone(),
    };
    // No person: a report of a unit shows nobody his own rows only.
    let unit = Actor { role: actor.role, name: actor.name.clone(), scope, ..Actor::nobody() };
    let at = work.store.reading(Arc::new(Context { lang: work.lang(), ..Context::of(unit, "freeze_report") }));
    let ask = Ask::of(covered(row), report.by.first().copied().unwrap_or_default());
    debug_assert!(report.span.takes_days(), "a report of one instant has no period to submit");
    let figures = report.report(&at, &ask).await?;
    // By way of a value: its names are in order, so whoever has the figures can compute the same digest.
    let figures = serde_json::to_value(&figures).map_err(Fault::internal)?;
    Ok(figures.to_string())
}

async fn decide(work: &Work, row: &Model, to: Status, verb: &str, comment: Option<&str>) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.decided_at = Set(Some(work.now));
    change.decided_by = Set(Some(work.actor().sub));
    change.decision_comment = Set(comment.map(str::to_owned));
    let fact = |fact: store::journal::Fact| match comment {
        Some(comment) => named(fact, row).reason(comment),
        None => named(fact, row),
    };
    work.change::<ReportSubmission>(row, change, verb, fact).await
}

/// Accepts a submitted report.
pub async fn accept(work: &Work, id: Uuid, input: &AcceptReport) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<ReportSubmission>(work, id, "accept").await?;
    decide(work, &row, to, "accepted", input.comment.as_deref()).await
}

/// Sends a report back to be submitted again.
pub async fn send_back(work: &Work, id: Uuid, input: &ReturnReport) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<ReportSubmission>(work, id, "return").await?;
    decide(work, &row, to, "returned", Some(&input.comment)).await
}
