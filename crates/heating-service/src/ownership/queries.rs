//! Who held a household on a day.

use std::collections::HashSet;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement};
use store::{Reading, resource};

use super::entity::{Column, Entity, Model};
use crate::bill::entity as bills;
use crate::household::entity::Model as Home;
use crate::refund::entity as refunds;

/// The periods a day lies in.
pub fn on(day: NaiveDate) -> Condition {
    let runs = Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(day));
    Condition::all().add(Column::FromOn.lte(day)).add(runs)
}

/// The customer who held a household on a day.
pub async fn owner_on(at: &Reading, household_id: Uuid, day: NaiveDate) -> Result<Option<Uuid>, Fault> {
    let row = Entity::find().filter(Column::HouseholdId.eq(household_id)).filter(on(day)).one(&at.db()).await?;
    Ok(row.map(|row| row.customer_id))
}

/// The households with a period that has not ended before a day.
pub fn held_since(day: NaiveDate) -> SelectStatement {
    let lasts = Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(day));
    Query::select().column(Column::HouseholdId).from(Entity).cond_where(lasts).to_owned()
}

/// Those of these households that somebody held and nobody holds any more: a tenancy ended, and no period followed.
pub(crate) async fn left(at: &Reading, homes: &[Uuid]) -> Result<HashSet<Uuid>, Fault> {
    let today = business_day(at.now);
    let rows = Entity::find().filter(Column::HouseholdId.is_in(homes.iter().copied())).all(&at.db()).await?;
    let lasts = |row: &&Model| row.to_on.is_none_or(|to| to >= today);
    let held: HashSet<Uuid> = rows.iter().filter(lasts).map(|row| row.household_id).collect();
    Ok(rows.iter().map(|row| row.household_id).filter(|home| !held.contains(home)).collect())
}

/// Who holds a household today: nobody once a tenancy has ended.
pub async fn holder(at: &Reading, home: &Home) -> Result<Option<Uuid>, Fault> {
    let Some(customer) = home.customer_id else { return Ok(None) };
    Ok((!left(at, &[home.id]).await?.contains(&home.id)).then_some(customer))
}

/// Whether anything still runs between the heating company and a customer: he holds a home, owes a bill no later owner
/// signed for, or waits for a refund.
pub async fn runs_with(at: &Reading, customer_id: Uuid) -> Result<bool, Fault> {
    let lasts = Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(business_day(at.now)));
    let holds = Entity::find().filter(Column::CustomerId.eq(customer_id)).filter(lasts);
    let signed_for = Query::select()
        .column(Column::HouseholdId)
        .from(Entity)
        .and_where(Column::TakesArrears.eq(true))
        .and_where(Column::CustomerId.ne(customer_id))
        .to_owned();
    let unpaid =
        Expr::col((bills::Entity, bills::Column::SettledFen)).lt(Expr::col((bills::Entity, bills::Column::TotalFen)));
    let owes = bills::Entity::find()
        .filter(bills::Column::CustomerId.eq(customer_id))
        .filter(bills::Column::Status.eq(bills::Status::Issued))
        .filter(unpaid)
        .filter(bills::Column::HouseholdId.not_in_subquery(signed_for));
    let (holds, owes) = resource::any(at, (holds, owes)).await?;
    let waits = refunds::Entity::find()
        .filter(refunds::Column::CustomerId.eq(customer_id))
        .filter(refunds::Column::Status.is_in([refunds::Status::Proposed, refunds::Status::Approved]));
    Ok(holds || owes || waits.count(&at.db()).await? > 0)
}
