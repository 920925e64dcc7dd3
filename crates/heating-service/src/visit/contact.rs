//! The contact behind one's own open visit, in clear (heating §3): of a home with a problem that is not solved, on the
//! day itself of every home of the visit.

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use store::{Work, resource};

use super::Visit;
use super::entity::{Model, line};
use crate::household::contact::{self, Contact};
use crate::visit_problem::entity as problems;

/// Answers the contact of a home of a visit and journals the reading; a home the officer is done with is 404.
///
/// # Errors
/// 422 `required` at `/household_id` when several homes of the visit are open and none is named.
pub async fn reveal(work: &Work, id: Uuid, household: Option<Uuid>, reason: &str) -> Result<Contact, Fault> {
    let row = resource::find::<Visit>(work, id).await?;
    let own = work.actor().persons().any(|person| person == row.officer_id);
    let (waiting, lines) = (waiting(work, &row).await?, lines(work, &row).await?);
    let today = row.visited_on == business_day(work.now);
    let home = match (household, waiting.as_slice(), lines.as_slice()) {
        (Some(named), ..) => Some(named),
        (None, [only], _) => Some(*only),
        (None, [], [only]) => Some(*only),
        _ if own && (today || !waiting.is_empty()) => return Err(Fault::field("/household_id", "required")),
        _ => None,
    };
    let open = home.is_some_and(|home| waiting.contains(&home) || today && lines.contains(&home));
    contact::reveal::<Visit>(work, (&row, own && open), home.unwrap_or_default(), reason).await
}

/// The homes of a visit with a problem that waits.
async fn waiting(work: &Work, row: &Model) -> Result<Vec<Uuid>, Fault> {
    let open = problems::Entity::find()
        .select_only()
        .column(problems::Column::HouseholdId)
        .distinct()
        .filter(problems::Column::VisitId.eq(row.id))
        .filter(problems::Column::SolvedAt.is_null());
    Ok(open.into_tuple().all(&work.db()).await?)
}

/// The homes of a visit.
async fn lines(work: &Work, row: &Model) -> Result<Vec<Uuid>, Fault> {
    let of_visit = line::Entity::find()
        .select_only()
        .column(line::Column::HouseholdId)
        .filter(line::Column::VisitId.eq(row.id))
        .order_by_asc(line::Column::Position);
    Ok(of_visit.into_tuple().all(&work.db()).await?)
}
