//! What other domains propose to the register, until a person confirms it (HS-01).

use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use crate::proposal::HeatingProposal;
use crate::proposal::entity::{Column, Model, Status};
use crate::station::entity as stations;

/// Proposals to confirm; one nobody placed yet waits for each who may.
pub async fn to_confirm(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(units) = super::open_to(at, asked, "heating.proposal:confirm", stations::Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let mut waits = Condition::all().add(Column::Status.eq(Status::Proposed));
    if asked.waiting != Waiting::Me {
        let there = Query::select().column(stations::Column::Id).from(stations::Entity).cond_where(units).to_owned();
        waits = waits.add(Column::StationId.in_subquery(there));
    }
    let rows = asked.rows::<HeatingProposal>(at, waits, Due::Never).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        let title = row.number.clone().unwrap_or_else(|| row.kind.labels().0.to_owned());
        Item::of::<HeatingProposal>(&row, due, title).settled_by::<HeatingProposal>("confirm")
    };
    Ok(rows.into_iter().map(item).collect())
}
