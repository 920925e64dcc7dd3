//! Instruments whose calibration or heat capacity is over soon.

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::work_list::{Asked, Item, Waiting, last_second};

use crate::instrument::due::until;
use crate::instrument::entity::{Column, Entity, Model};
use crate::instrument::{Instrument, due_before};

/// Instruments to calibrate: from the first day people are reminded of on.
pub async fn due(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if asked.waiting == Waiting::Me && !at.actor().holds("heating.instrument:calibrate") {
        return Ok(Vec::new());
    }
    let until = until(at, business_day(at.now)).await?;
    let mut rows = Entity::find().filter(due_before(until));
    if let Waiting::Units(units) = &asked.waiting {
        rows = rows.filter(Column::OrgUnitId.is_in(units.iter().copied()));
    }
    let item = |row: Model| {
        let due = row.expires_on().map(last_second);
        Item::of::<Instrument>(&row, due, row.name.clone())
            .since(row.updated_at)
            .in_unit(Some(row.org_unit_id))
            .settled_by::<Instrument>("calibrate")
    };
    let items = rows.all(&at.db()).await?.into_iter().map(item).collect();
    Ok(asked.chosen(at.now, items))
}
