//! What a station has to put right, and what has to be verified.

use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use crate::rectification::Rectification;
use crate::rectification::entity::{Column, Model, Status};

async fn items(
    at: &Reading,
    asked: &Asked,
    (status, permission, act): (Status, &str, &str),
    more: Condition,
) -> Result<Vec<Item>, Fault> {
    let Some(units) = super::open_to(at, asked, permission, Column::OrgUnitId) else { return Ok(Vec::new()) };
    let waits = Condition::all().add(Column::Status.eq(status)).add(units).add(more);
    let rows = asked.rows::<Rectification>(at, waits, Due::by(Column::DueOn)).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<Rectification>(&row, due, row.text.clone())
            .since(row.updated_at)
            .in_unit(Some(row.org_unit_id))
            .settled_by::<Rectification>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Rectifications to do.
pub async fn open(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    items(at, asked, (Status::Open, "heating.rectification:do", "done"), Condition::all()).await
}

/// Rectifications to verify; for the caller those he did not do himself.
pub async fn done(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let mut others = Condition::all();
    if asked.waiting == Waiting::Me {
        others = others.add(Column::DoneBy.is_not_in(at.actor().persons()));
    }
    items(at, asked, (Status::Done, "heating.rectification:verify", "verify"), others).await
}
