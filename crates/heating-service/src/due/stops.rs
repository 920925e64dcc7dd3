//! Stops and resumptions on their way: to accept, to approve, and approved stops whose valve is not sealed, due when
//! the season begins.

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement, SimpleExpr};
use store::Reading;
use store::work_list::{Asked, Due, Item};

use crate::bill::entity as bills;
use crate::season::entity as seasons;
use crate::stop::StopApplication;
use crate::stop::entity::{Column, Entity, Kind, Model, Status};

/// The seasons something can still be done for.
fn not_over(at: &Reading) -> SelectStatement {
    Query::select()
        .column(seasons::Column::Id)
        .from(seasons::Entity)
        .and_where(seasons::Column::Status.ne(seasons::Status::Closed))
        .and_where(seasons::Column::EndsOn.gte(business_day(at.now)))
        .to_owned()
}

async fn items(
    at: &Reading,
    asked: &Asked,
    (permission, act): (&str, &str),
    waits: Condition,
    due: Due,
) -> Result<Vec<Item>, Fault> {
    let Some(homes) = super::of_homes(at, asked, permission, Column::HouseholdId) else { return Ok(Vec::new()) };
    let waits = waits.add(Column::SeasonId.in_subquery(not_over(at))).add(homes);
    let rows = asked.rows::<StopApplication>(at, waits, due).await?;
    let units = super::units_of(at, rows.iter().map(|(row, _)| row.household_id)).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<StopApplication>(&row, due, row.number.clone())
            .since(row.updated_at)
            .in_unit(units.get(&row.household_id).copied())
            .settled_by::<StopApplication>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

fn standing(kind: Kind, status: Status) -> Condition {
    Condition::all().add(Column::Kind.eq(kind)).add(Column::Status.eq(status))
}

/// Stops to accept.
pub async fn to_accept(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    items(at, asked, ("heating.stop:accept", "accept"), standing(Kind::Stop, Status::Submitted), Due::Never).await
}

/// Stops to approve once they are accepted and the basic fee is paid, and resumptions.
pub async fn to_approve(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let bill = |column: bills::Column| Expr::col((bills::Entity, column));
    // Of the one bill: nobody looks through all that are unpaid.
    let unpaid = Query::select()
        .expr(Expr::val(1))
        .from(bills::Entity)
        .and_where(bill(bills::Column::Id).equals((Entity, Column::BillId)))
        .and_where(bills::Column::Status.eq(bills::Status::Issued))
        .and_where(bill(bills::Column::SettledFen).lt(bill(bills::Column::TotalFen)))
        .to_owned();
    let either = Condition::any()
        .add(standing(Kind::Stop, Status::Accepted).add(Expr::exists(unpaid).not()))
        .add(standing(Kind::Resume, Status::Submitted));
    items(at, asked, ("heating.stop:approve", "approve"), Condition::all().add(either), Due::Never).await
}

/// Stops to seal.
pub async fn to_seal(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let begins = Query::select()
        .column(seasons::Column::StartsOn)
        .from(seasons::Entity)
        .and_where(Expr::col((seasons::Entity, seasons::Column::Id)).equals((Entity, Column::SeasonId)))
        .to_owned();
    let due = Due::On(SimpleExpr::SubQuery(None, Box::new(begins.into())));
    items(at, asked, ("heating.stop:seal", "seal"), standing(Kind::Stop, Status::Approved), due).await
}
