//! Entering who owns a unit.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::time;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};
use serde::Deserialize;
use store::{Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, OwnerSource};
use crate::customer::{self, Customer};
use crate::property::{Unit, unit};
use crate::referenced;

/// An owner of a unit (PF-05). Said again with its last day, an ownership that has none ends.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AddOwner {
    pub customer_id: Uuid,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
    /// `manual` when absent.
    pub source: Option<OwnerSource>,
}

/// Enters an owner of a unit; the fact is `unit.owner_changed`.
///
/// # Errors
/// 409 `already_exists` when he owns it already on one of these days.
pub async fn add(work: &Work, unit: Uuid, cmd: &AddOwner) -> Result<Model, Fault> {
    let right = async |_: &unit::Model| judge(work, cmd).await;
    let unit = resource::take_checked::<Unit>(work, unit, right).await?;
    refuse_twice(work, unit.id, cmd).await?;
    let row = ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        unit_id: Set(unit.id),
        customer_id: Set(cmd.customer_id),
        from_on: Set(cmd.from),
        to_on: Set(cmd.to),
        source: Set(cmd.source.unwrap_or(OwnerSource::Manual)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
    };
    let row = match open_since(work, unit.id, cmd).await? {
        Some(known) => end(work, known, cmd.to).await?,
        None => work.insert(row).await?,
    };
    let next = unit.clone().into_active_model();
    let told = row.clone();
    work.change::<Unit>(&unit, next, "owner_changed", move |fact| {
        fact.with("customer_id", told.customer_id.to_string())
            .with("from", told.from_on.to_string())
            .with("to", told.to_on.map(|day| day.to_string()))
    })
    .await?;
    Ok(row)
}

async fn judge(work: &Work, cmd: &AddOwner) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(cmd.from > time::business_day(work.now), "/from", "date_in_future");
    errors.add_if(cmd.to.is_some_and(|to| to < cmd.from), "/to", "date_order");
    errors.finish()?;
    match cmd.to {
        // What is said to have ended may have been a file's that was merged away since.
        Some(_) => referenced::known::<Customer>(work, cmd.customer_id, "/customer_id").await.map(drop),
        None => customer::living(work, cmd.customer_id, "/customer_id").await.map(drop),
    }
}

async fn refuse_twice(work: &Work, unit: Uuid, cmd: &AddOwner) -> Result<(), Fault> {
    let open = Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(cmd.from));
    let mut same =
        Entity::find().filter(Column::UnitId.eq(unit)).filter(Column::CustomerId.eq(cmd.customer_id)).filter(open);
    if let Some(to) = cmd.to {
        let ends = Condition::all().add(Column::FromOn.eq(cmd.from)).add(Column::ToOn.is_null());
        same = same.filter(Column::FromOn.lte(to)).filter(ends.not());
    }
    match same.count(&work.db()).await? {
        0 => Ok(()),
        _ => Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "customer_id")),
    }
}

/// The ownership a body ends: of the same customer since the same day, without a last day.
async fn open_since(work: &Work, unit: Uuid, cmd: &AddOwner) -> Result<Option<Model>, Fault> {
    if cmd.to.is_none() {
        return Ok(None);
    }
    let open = Entity::find()
        .filter(Column::UnitId.eq(unit))
        .filter(Column::CustomerId.eq(cmd.customer_id))
        .filter(Column::FromOn.eq(cmd.from))
        .filter(Column::ToOn.is_null());
    Ok(open.one(&work.db()).await?)
}

async fn end(work: &Work, known: Model, to: Option<NaiveDate>) -> Result<Model, Fault> {
    let version = known.version + 1;
    let mut change = known.into_active_model();
    change.to_on = Set(to);
    change.version = Set(version);
    change.updated_at = Set(work.now);
    Ok(Entity::update(change).validate()?.exec(&work.db()).await?)
}
