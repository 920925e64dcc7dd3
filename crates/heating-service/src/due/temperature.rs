//! Homes to measure and to call back.

use access::JobRole;
use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use crate::reading::entity as readings;
use crate::temperature::TemperatureCase;
use crate::temperature::entity::{Column, Model, Status};

async fn items(
    at: &Reading,
    asked: &Asked,
    status: Status,
    permission: &str,
    act: &str,
    more: Condition,
) -> Result<Vec<Item>, Fault> {
    let Some(units) = super::open_to(at, asked, permission, Column::OrgUnitId) else { return Ok(Vec::new()) };
    let waits = Condition::all().add(Column::Status.eq(status)).add(units).add(more);
    let rows = asked.rows::<TemperatureCase>(at, waits, Due::by(Column::DueAt)).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<TemperatureCase>(&row, due, row.number.clone())
            .since(row.updated_at)
            .in_unit(Some(row.org_unit_id))
            .settled_by::<TemperatureCase>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Whether homes wait for this caller to go there: the hotline may write a visit down, but goes to none.
fn goes_there(at: &Reading, asked: &Asked) -> bool {
    asked.waiting != Waiting::Me || !at.actor().is(JobRole::HeatingHotlineAgent)
}

async fn to_measure(at: &Reading, asked: &Asked, status: Status) -> Result<Vec<Item>, Fault> {
    match goes_there(at, asked) {
        true => items(at, asked, status, "heating.temperature:measure", "measure", Condition::all()).await,
        false => Ok(Vec::new()),
    }
}

/// First visits of requests.
pub async fn visits(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    to_measure(at, asked, Status::Requested).await
}

/// Homes that are measured again after a remedy.
pub async fn remeasures(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    to_measure(at, asked, Status::Remedied).await
}

/// Homes to call back; for the caller those he did not measure (HS-R13).
pub async fn call_backs(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let mut others = Condition::all();
    if asked.waiting == Waiting::Me {
        if at.actor().is_customer() {
            return Ok(Vec::new());
        }
        let mine = Query::select()
            .column(readings::Column::CaseId)
            .from(readings::Entity)
            .and_where(readings::Column::MeasuredBy.is_in(at.actor().persons()))
            .to_owned();
        others = others.add(Column::Id.not_in_subquery(mine));
    }
    items(at, asked, Status::Qualified, "heating.temperature:call_back", "call-back", others).await
}
