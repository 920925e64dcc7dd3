//! Telling a problem, linking its ticket, solving it.

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::Timestamp;
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::life_cycle::Subject;
use store::{Work, numbers, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Kind, Model};
use super::{MOVES, VisitProblem};
use crate::household::entity as homes;
use crate::tense::Tense;
use crate::visit::Visit;
use crate::visit::entity::{Model as VisitRow, line};

/// What is wrong in a household.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TellVisitProblem)]
pub struct TellProblem {
    pub kind: Kind,
    #[schema(min_length = 1, max_length = 1000)]
    pub text: Option<String>,
    /// Known at once, or said when it is solved or summed up.
    #[schema(min_length = 1, max_length = 200)]
    pub cause: Option<String>,
}

/// A problem of a household of a visit that was recorded before.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateVisitProblem {
    pub visit_id: Uuid,
    /// One of the visit's lines.
    pub household_id: Uuid,
    pub kind: Kind,
    #[schema(min_length = 1, max_length = 1000)]
    pub text: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    pub cause: Option<String>,
}

/// How a problem was solved.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SolveVisitProblem {
    #[schema(min_length = 1, max_length = 1000)]
    pub solution: String,
    /// Why it arose; the one known before when absent.
    #[schema(min_length = 1, max_length = 200)]
    pub cause: Option<String>,
    /// Now when absent.
    pub solved_at: Option<Timestamp>,
}

/// Keeps a problem of a visit.
pub(crate) async fn keep(
    work: &Work,
    visit: &VisitRow,
    home: &homes::Model,
    told: &TellProblem,
) -> Result<Model, Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "VP").await?),
        visit_id: Set(visit.id),
        station_id: Set(visit.station_id),
        org_unit_id: Set(visit.org_unit_id),
        household_id: Set(home.id),
        customer_id: Set(home.customer_id),
        found_on: Set(visit.visited_on),
        kind: Set(told.kind),
        text: Set(told.text.clone()),
        cause: Set(told.cause.clone()),
        ticket_id: Set(None),
        solved_at: Set(None),
        solved_by: Set(None),
        solution: Set(None),
    };
    work.create::<VisitProblem>(row, |fact| fact, "found").await
}

/// Tells a problem after the visit was recorded.
///
/// # Errors
/// 422 `not_found` for a visit the caller may not know of, or a household it has no line for.
pub async fn create(work: &Work, input: &CreateVisitProblem) -> Result<Model, Fault> {
    let visit = referenced::known::<Visit>(work, input.visit_id, "/visit_id").await?;
    let of_visit = line::Entity::find()
        .filter(line::Column::VisitId.eq(visit.id))
        .filter(line::Column::HouseholdId.eq(input.household_id));
    if of_visit.one(&work.db()).await?.is_none() {
        return Err(Fault::field("/household_id", "not_found"));
    }
    let household = referenced::known::<crate::household::Household>;
    let home = household(work, input.household_id, "/household_id").await?;
    let told = TellProblem { kind: input.kind, text: input.text.clone(), cause: input.cause.clone() };
    keep(work, &visit, &home, &told).await
}

/// Links the ticket that was opened for a problem.
pub async fn link(work: &Work, row: &Model, ticket_id: Uuid) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.ticket_id = Set(Some(ticket_id));
    let ticket = ticket_id.to_string();
    work.change::<VisitProblem>(row, change, "ticket_opened", |fact| fact.with("ticket_id", ticket)).await
}

/// Says how a problem was solved.
///
/// # Errors
/// 422 `date_in_future`, `date_order` for a solution before the visit.
pub async fn solve(work: &Work, id: Uuid, input: &SolveVisitProblem) -> Result<Model, Fault> {
    let solved_at = input.solved_at.map_or(work.now, |at| at.0);
    let check = async |row: &Model| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.instant(&mut errors, input.solved_at, "/solved_at");
        errors.add_if(kernel::time::business_day(solved_at) < row.found_on, "/solved_at", "date_order");
        errors.finish()
    };
    let row = resource::take_checked::<VisitProblem>(work, id, check).await?;
    MOVES.take("solve", &Subject::of(work, &row))?;
    let mut change = row.clone().into_active_model();
    change.solved_at = Set(Some(solved_at));
    change.solved_by = Set(Some(work.actor().sub));
    change.solution = Set(Some(input.solution.trim().to_owned()));
    change.cause = Set(input.cause.clone().or_else(|| row.cause.clone()));
    work.change::<VisitProblem>(&row, change, "solved", |fact| fact).await
}

/// Says why a problem arose.
pub(crate) async fn explain(work: &Work, row: &Model, cause: &str) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.cause = Set(Some(cause.trim().to_owned()));
    work.change::<VisitProblem>(row, change, "explained", |fact| fact).await
}
