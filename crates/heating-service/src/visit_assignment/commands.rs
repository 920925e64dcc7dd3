//! Making somebody responsible for a station.

use chrono::{Days, NaiveDate};
use kernel::fault::Fault;
use kernel::ids;
use registers::{locks, referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::Deserialize;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::VisitAssignment;
use super::entity::{ActiveModel, Column, Entity, Model};
use crate::problems::ASSIGNMENT_OVERLAP;
use crate::station::HeatingStation;

/// An officer for a station. Who was responsible without an end is so until the day before.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateVisitAssignment {
    pub station_id: Uuid,
    pub officer_id: Uuid,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

/// Assigns an officer.
///
/// # Errors
/// 409 `assignment_overlap` when somebody else has one of the days; 422 `not_found`, `date_order`.
pub async fn create(work: &Work, input: &CreateVisitAssignment) -> Result<Model, Fault> {
    referenced::known::<HeatingStation>(work, input.station_id, "/station_id").await?;
    let officer = staff::Entity::find_by_id(input.officer_id).one(&work.db()).await?;
    if !officer.is_some_and(|officer| officer.is_active()) {
        return Err(Fault::field("/officer_id", "not_found"));
    }
    if input.to.is_some_and(|to| to < input.from) {
        return Err(Fault::field("/to", "date_order"));
    }
    locks::hold(work, vec![format!("visit_assignment|{}", input.station_id)]).await?;
    let of_station = Entity::find().filter(Column::StationId.eq(input.station_id));
    let open = of_station.clone().filter(Column::ToOn.is_null()).filter(Column::FromOn.lt(input.from));
    if let Some(open) = open.one(&work.db()).await? {
        let mut change = open.clone().into_active_model();
        change.to_on = Set(input.from.checked_sub_days(Days::new(1)));
        work.change::<VisitAssignment>(&open, change, "ended", |fact| fact).await?;
    }
    let mut others = of_station.filter(Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(input.from)));
    if let Some(to) = input.to {
        others = others.filter(Column::FromOn.lte(to));
    }
    if others.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&ASSIGNMENT_OVERLAP));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(None),
        number: Set(Some(numbers::next(work, "BB").await?)),
        station_id: Set(input.station_id),
        officer_id: Set(input.officer_id),
        from_on: Set(input.from),
        to_on: Set(input.to),
    };
    work.create::<VisitAssignment>(row, |fact| fact, "created").await
}
