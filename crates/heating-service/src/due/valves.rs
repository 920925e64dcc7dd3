//! Valves a station has to close or to open again.

use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::work_list::{Asked, Due, Item};

use crate::reopening::{Reopening, entity as orders};
use crate::stop::StopApplication;
use crate::valve_check::{ValveCheck, entity as checks};

const RECTIFY: &str = "heating.valve:rectify";

/// Valves the branch was told of.
pub async fn to_rectify(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use checks::Column;
    let Some(units) = asked.open_to(at.actor(), RECTIFY, Column::OrgUnitId) else { return Ok(Vec::new()) };
    let waits = Condition::all().add(Column::Status.eq(checks::Status::Notified)).add(units);
    let rows = asked.rows::<ValveCheck>(at, waits, Due::by(Column::RectifyBy)).await?;
    let item = |(row, due): (checks::Model, Option<DateTimeUtc>)| {
        Item::of::<ValveCheck>(&row, due, row.number.clone())
            .since(row.notified_at.unwrap_or(row.updated_at))
            .in_unit(Some(row.org_unit_id))
            .settled_by::<ValveCheck>("rectify")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Orders to open a valve: a resumption's is opened by its application.
pub async fn to_reopen(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use orders::Column;
    let Some(units) = asked.open_to(at.actor(), RECTIFY, Column::OrgUnitId) else { return Ok(Vec::new()) };
    let waits = Condition::all().add(Column::Status.eq(orders::Status::Ordered)).add(units);
    let rows = asked.rows::<Reopening>(at, waits, Due::by(Column::DueAt)).await?;
    let item = |(row, due): (orders::Model, Option<DateTimeUtc>)| {
        let item =
            Item::of::<Reopening>(&row, due, row.number.clone()).since(row.ordered_at).in_unit(Some(row.org_unit_id));
        match row.source_id {
            Some(application) => {
                let path = <StopApplication as store::Resource>::PATH;
                item.settled_at(format!("{path}/{application}/open-valve"))
            }
            None => item.settled_by::<Reopening>("complete"),
        }
    };
    Ok(rows.into_iter().map(item).collect())
}
