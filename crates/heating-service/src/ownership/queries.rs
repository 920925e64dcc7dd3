//! Who held a household on a day.

use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::Reading;

use super::entity::{Column, Entity};

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
