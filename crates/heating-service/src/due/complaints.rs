//! Proposed classes of complaints that a second person decides (HS-R17).

use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use crate::complaint::HeatComplaint;
use crate::complaint::entity::{Column, Model, State};

/// Complaints to decide; for the caller those he did not propose.
pub async fn to_decide(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(units) = super::open_to(at, asked, "heating.complaint:decide", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let mut waits = Condition::all().add(Column::State.eq(State::Proposed)).add(units);
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::ProposedBy.is_not_in(at.actor().persons()));
    }
    let rows = asked.rows::<HeatComplaint>(at, waits, Due::Never).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<HeatComplaint>(&row, due, row.number.clone())
            .since(row.proposed_at.unwrap_or(row.updated_at))
            .in_unit(Some(row.org_unit_id))
            .settled_by::<HeatComplaint>("decide")
    };
    Ok(rows.into_iter().map(item).collect())
}
