//! Prices, refunds and recoveries on their way through the hands they take (HS-R61, R73), with whoever has the next word.

use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, ExprTrait, Query};
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use crate::bill::{HeatBill, entity as bills};
use crate::inspection::entity as cases;
use crate::price::{HeatPrice, entity as prices};
use crate::refund::{HeatRefund, entity as refunds};

async fn refunds(
    at: &Reading,
    asked: &Asked,
    (permission, act): (&str, &str),
    waits: Condition,
) -> Result<Vec<Item>, Fault> {
    let Some(homes) = super::of_homes(at, asked, permission, refunds::Column::HouseholdId) else {
        return Ok(Vec::new());
    };
    let rows = asked.rows::<HeatRefund>(at, waits.add(homes), Due::Never).await?;
    let units = super::units_of(at, rows.iter().map(|(row, _)| row.household_id)).await?;
    let item = |(row, due): (refunds::Model, Option<DateTimeUtc>)| {
        Item::of::<HeatRefund>(&row, due, row.number.clone())
            .since(row.approved_at.unwrap_or(row.created_at))
            .in_unit(units.get(&row.household_id).copied())
            .settled_by::<HeatRefund>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Refunds to approve; for the caller those he did not propose.
pub async fn refunds_to_approve(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use refunds::{Column, Status};
    let mut waits = Condition::all().add(Column::Status.eq(Status::Proposed));
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::CreatedBy.is_not_in(at.actor().persons()));
    }
    refunds(at, asked, ("heating.refund:approve", "approve"), waits).await
}

/// Approved refunds to credit; for the caller those he neither proposed nor approved.
pub async fn refunds_to_credit(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use refunds::{Column, Status};
    let mut waits = Condition::all().add(Column::Status.eq(Status::Approved));
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::CreatedBy.is_not_in(at.actor().persons()));
        waits = waits.add(Column::ApprovedBy.is_not_in(at.actor().persons()));
    }
    refunds(at, asked, ("heating.refund:credit", "credit"), waits).await
}

async fn supplements(
    at: &Reading,
    asked: &Asked,
    (permission, act): (&str, &str),
    waits: Condition,
) -> Result<Vec<Item>, Fault> {
    use bills::{Column, Kind};
    let Some(homes) = super::of_homes(at, asked, permission, Column::HouseholdId) else { return Ok(Vec::new()) };
    let waits = waits.add(super::of_seasons(Column::SeasonId)).add(Column::Kind.eq(Kind::Supplement)).add(homes);
    let rows = asked.rows::<HeatBill>(at, waits, Due::Never).await?;
    let units = super::units_of(at, rows.iter().map(|(row, _)| row.household_id)).await?;
    let item = |(row, due): (bills::Model, Option<DateTimeUtc>)| {
        Item::of::<HeatBill>(&row, due, row.number.clone())
            .since(row.approved_at.unwrap_or(row.created_at))
            .in_unit(units.get(&row.household_id).copied())
            .settled_by::<HeatBill>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Supplements to approve; for the caller those of cases he did not inspect.
pub async fn supplements_to_approve(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use bills::{Column, Status};
    let mut waits = Condition::all().add(Column::Status.eq(Status::Draft));
    if asked.waiting == Waiting::Me {
        let inspected = Query::select()
            .column(cases::Column::Id)
            .from(cases::Entity)
            .and_where(cases::Column::InspectorId.is_in(at.actor().persons()))
            .to_owned();
        waits = waits.add(Column::SourceId.not_in_subquery(inspected));
    }
    supplements(at, asked, ("heating.bill:approve", "approve"), waits).await
}

/// Approved supplements to issue.
pub async fn supplements_to_issue(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let waits = Condition::all().add(bills::Column::Status.eq(bills::Status::Approved));
    supplements(at, asked, ("heating.bill:issue", "issue"), waits).await
}

/// Prices to approve; the company's, so nobody's unit waits for them. One beside a price that was approved is not
/// approved any more.
pub async fn prices_to_approve(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !super::may(at, asked, "heating.price:approve") {
        return Ok(Vec::new());
    }
    let other = |column: prices::Column| Expr::col((Alias::new("other"), column));
    let same = |column: prices::Column| other(column).equals((prices::Entity, column));
    let approved = Query::select()
        .expr(Expr::val(1))
        .from_as(prices::Entity, Alias::new("other"))
        .and_where(same(prices::Column::SeasonId))
        .and_where(same(prices::Column::Purpose))
        .and_where(other(prices::Column::Status).eq(prices::Status::Approved.code()))
        .to_owned();
    let draft = prices::Column::Status.eq(prices::Status::Draft);
    let waits = Condition::all().add(draft).add(Expr::exists(approved).not());
    let rows = asked.rows::<HeatPrice>(at, waits, Due::Never).await?;
    let item = |(row, due): (prices::Model, Option<DateTimeUtc>)| {
        Item::of::<HeatPrice>(&row, due, row.purpose.labels().0).settled_by::<HeatPrice>("approve")
    };
    Ok(rows.into_iter().map(item).collect())
}
