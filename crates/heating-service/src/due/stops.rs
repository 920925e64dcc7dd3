//! Approved stops whose valve is not sealed: due when the season begins.

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SimpleExpr};
use store::Reading;
use store::work_list::{Asked, Due, Item};

use crate::household::entity as homes;
use crate::season::entity as seasons;
use crate::stop::StopApplication;
use crate::stop::entity::{Column, Entity, Kind, Model, Status};

/// Stops to seal.
pub async fn to_seal(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(units) = super::open_to(at, asked, "heating.stop:seal", homes::Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let homes = Query::select().column(homes::Column::Id).from(homes::Entity).cond_where(units).to_owned();
    let not_over = Query::select()
        .column(seasons::Column::Id)
        .from(seasons::Entity)
        .and_where(seasons::Column::Status.ne(seasons::Status::Closed))
        .and_where(seasons::Column::EndsOn.gte(business_day(at.now)))
        .to_owned();
    let waits = Condition::all()
        .add(Column::Kind.eq(Kind::Stop))
        .add(Column::Status.eq(Status::Approved))
        .add(Column::SeasonId.in_subquery(not_over))
        .add(Column::HouseholdId.in_subquery(homes));
    let begins = Query::select()
        .column(seasons::Column::StartsOn)
        .from(seasons::Entity)
        .and_where(Expr::col((seasons::Entity, seasons::Column::Id)).equals((Entity, Column::SeasonId)))
        .to_owned();
    let due = Due::On(SimpleExpr::SubQuery(None, Box::new(begins.into())));
    let rows = asked.rows::<StopApplication>(at, waits, due).await?;
    let units = super::units_of(at, rows.iter().map(|(row, _)| row.household_id)).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<StopApplication>(&row, due, row.number.clone())
            .since(row.updated_at)
            .in_unit(units.get(&row.household_id).copied())
            .settled_by::<StopApplication>("seal")
    };
    Ok(rows.into_iter().map(item).collect())
}
