//! Drafting, submitting and accepting a monthly summary.

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Month, business_day};
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::{Work, numbers, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::{MOVES, VisitSummary, month_of};
use crate::problems::{CAUSE_MISSING, SUMMARY_EXISTS};
use crate::station::HeatingStation;
use crate::visit_problem::commands::explain;
use crate::visit_problem::queries::{counted, of_month};

/// A station's month to be summed up.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DraftVisitSummary {
    pub station_id: Uuid,
    pub month: Month,
    /// What is done about what was found.
    #[schema(min_length = 1, max_length = 4000)]
    pub measures: Option<String>,
}

/// The causes nobody said yet, and the measures.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SubmitVisitSummary {
    #[serde(default)]
    #[schema(max_items = 200)]
    pub causes: Vec<ProblemCause>,
    #[schema(min_length = 1, max_length = 4000)]
    pub measures: Option<String>,
}

/// Why a problem arose.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExplainVisitProblem)]
pub struct ProblemCause {
    pub visit_problem_id: Uuid,
    #[schema(min_length = 1, max_length = 200)]
    pub cause: String,
}

/// Begins a station's summary of a month; its problems are counted as they stand until it is submitted.
///
/// # Errors
/// 409 `summary_exists` names the one there is; 422 `date_in_future` for a month that has not begun.
pub async fn create(work: &Work, input: &DraftVisitSummary) -> Result<Model, Fault> {
    let station = referenced::known::<HeatingStation>(work, input.station_id, "/station_id").await?;
    if input.month.first_day() > business_day(work.now) {
        return Err(Fault::field("/month", "date_in_future"));
    }
    let month = input.month.to_string();
    locks::hold(work, vec![format!("visit_summary|{}|{month}", station.id)]).await?;
    let there = Entity::find().filter(Column::StationId.eq(station.id)).filter(Column::Month.eq(&month));
    if let Some(other) = there.one(&work.db()).await? {
        return Err(Fault::new(&SUMMARY_EXISTS).with("visit_summary_id", other.id.to_string()));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "ZY").await?)),
        station_id: Set(station.id),
        org_unit_id: Set(station.org_unit_id),
        month: Set(month),
        problems: Set("[]".to_owned()),
        measures: Set(input.measures.clone()),
        status: Set(Status::Draft),
        submitted_by: Set(None),
        submitted_at: Set(None),
        accepted_by: Set(None),
        accepted_at: Set(None),
    };
    work.create::<VisitSummary>(row, |fact| fact, "drafted").await
}

/// Submits a summary; its figures stand from now on.
///
/// # Errors
/// 409 `cause_missing` names the problems without a cause; 422 `not_found` for one that is not of this month.
pub async fn submit(work: &Work, id: Uuid, input: &SubmitVisitSummary) -> Result<Model, Fault> {
    let check = async |row: &Model| {
        let problems = of_month(work, row.station_id, month_of(&row.month)?).await?;
        let known = |id: Uuid| problems.iter().any(|problem| problem.id == id);
        let mut errors = FieldErrors::default();
        for (n, said) in input.causes.iter().enumerate() {
            errors.add_if(!known(said.visit_problem_id), &format!("/causes/{n}/visit_problem_id"), "not_found");
        }
        errors.finish()
    };
    let row = resource::take_checked::<VisitSummary>(work, id, check).await?;
    let to = MOVES.take("submit", &Subject::of(work, &row))?;
    let mut problems = of_month(work, row.station_id, month_of(&row.month)?).await?;
    for said in &input.causes {
        if let Some(problem) = problems.iter_mut().find(|problem| problem.id == said.visit_problem_id) {
            *problem = explain(work, problem, &said.cause).await?;
        }
    }
    let bare = problems.iter().filter(|problem| problem.cause.is_none());
    let bare: Vec<String> = bare.map(|problem| problem.number.clone()).collect();
    if !bare.is_empty() {
        return Err(Fault::new(&CAUSE_MISSING).with("numbers", bare));
    }
    let counts = counted(problems.iter());
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.problems = Set(serde_json::to_string(&counts).map_err(Fault::internal)?);
    change.measures = Set(input.measures.clone().or_else(|| row.measures.clone()));
    change.submitted_by = Set(Some(work.actor().sub));
    change.submitted_at = Set(Some(work.now));
    let month = row.month.clone();
    work.change::<VisitSummary>(&row, change, "submitted", |fact| fact.with("month", month)).await
}

/// Accepts a summary.
pub async fn accept(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<VisitSummary>(work, id, "accept").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.accepted_by = Set(Some(work.actor().sub));
    change.accepted_at = Set(Some(work.now));
    work.change::<VisitSummary>(&row, change, "accepted", |fact| fact).await
}
