//! Seasons that are over: with their closing the stops of them lapse and their temperature cases end.

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::work_list::{Asked, Due, Item};

use super::may;
use crate::season::HeatingSeason;
use crate::season::entity::{Column, Model, Status};

/// Seasons to close, from the day after their last on.
pub async fn to_close(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !may(at, asked, "heating.season:close") {
        return Ok(Vec::new());
    }
    let waits = Condition::all().add(Column::Status.eq(Status::Open)).add(Column::EndsOn.lt(business_day(at.now)));
    let rows = asked.rows::<HeatingSeason>(at, waits, Due::by(Column::EndsOn)).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<HeatingSeason>(&row, due, row.number.clone()).settled_by::<HeatingSeason>("close")
    };
    Ok(rows.into_iter().map(item).collect())
}
