//! Areas on a day.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use store::Reading;

use super::entity::{Column, Entity, Model};
use crate::fee::charge::{HeightTest, judge};

/// The items a day lies in; both ends count (HS-R06).
pub fn on(day: NaiveDate) -> Condition {
    during(day, day)
}

/// The items that lie in a period, in part at least.
pub fn during(from: NaiveDate, to: NaiveDate) -> Condition {
    let runs = Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(from));
    Condition::all().add(Column::FromOn.lte(to)).add(runs)
}

/// The items of a household in a period, the oldest first.
pub async fn of_household(
    at: &Reading,
    household_id: Uuid,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(Column::HouseholdId.eq(household_id)).filter(during(from, to));
    Ok(rows.order_by_asc(Column::FromOn).order_by_asc(Column::Id).all(&at.db()).await?)
}

/// The area charged on a day, in hundredths of a square metre, by household.
pub async fn charged_on(at: &Reading, households: &[Uuid], day: NaiveDate) -> Result<HashMap<Uuid, i64>, Fault> {
    let test = HeightTest::of_day(at, day).await?;
    let rows = Entity::find()
        .filter(Column::HouseholdId.is_in(households.iter().copied()))
        .filter(on(day))
        .all(&at.db())
        .await?;
    let mut charged = HashMap::new();
    for row in rows.iter().filter(|row| judge(row, test).charged()) {
        *charged.entry(row.household_id).or_insert(0) += row.area_dm2;
    }
    Ok(charged)
}
