//! Evaluations that were scored, and those that were confirmed: for somebody else to confirm, and to publish (HS-07).

use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use crate::evaluation::Evaluation;
use crate::evaluation::entity::{Column, Model, Status};

async fn items(
    at: &Reading,
    asked: &Asked,
    (status, permission, act): (Status, &str, &str),
    more: Condition,
) -> Result<Vec<Item>, Fault> {
    let Some(units) = super::open_to(at, asked, permission, Column::OrgUnitId) else { return Ok(Vec::new()) };
    let waits = Condition::all().add(Column::Status.eq(status)).add(units).add(more);
    let rows = asked.rows::<Evaluation>(at, waits, Due::Never).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<Evaluation>(&row, due, format!("{} {}", row.number, row.month))
            .since(row.confirmed_at.or(row.scored_at).unwrap_or(row.updated_at))
            .in_unit(Some(row.org_unit_id))
            .settled_by::<Evaluation>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Evaluations to confirm; for the caller those he did not inspect.
pub async fn to_confirm(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let mut others = Condition::all();
    if asked.waiting == Waiting::Me {
        for person in at.actor().persons() {
            others = others.add(Column::Team.contains(person.to_string()).not());
        }
    }
    items(at, asked, (Status::Scored, "heating.evaluation:confirm", "confirm"), others).await
}

/// Evaluations to publish.
pub async fn to_publish(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    items(at, asked, (Status::Confirmed, "heating.evaluation:publish", "publish"), Condition::all()).await
}
