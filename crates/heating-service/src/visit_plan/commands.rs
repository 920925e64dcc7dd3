//! Planning the visits of a month.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::Month;
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::VisitPlan;
use super::entity::{ActiveModel, Column, Entity, Model};
use crate::problems::STATION_CLOSED;
use crate::station::HeatingStation;
use crate::station::entity::Status;

/// The days of a month on which a station is to be visited; planned again, these days stand.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PlanVisits {
    pub station_id: Uuid,
    pub month: Month,
    #[schema(min_items = 1, max_items = 31)]
    pub dates: Vec<NaiveDate>,
}

/// Plans a station's month.
///
/// # Errors
/// 422 `outside_month` for a day of another month, `duplicate`; 409 `station_closed`.
pub async fn create(work: &Work, input: &PlanVisits) -> Result<Model, Fault> {
    let station = referenced::known::<HeatingStation>(work, input.station_id, "/station_id").await?;
    let mut errors = FieldErrors::default();
    for (n, day) in input.dates.iter().enumerate() {
        let pointer = format!("/dates/{n}");
        errors.add_if(!input.month.contains(*day), &pointer, "outside_month");
        errors.add_if(input.dates[..n].contains(day), &pointer, "duplicate");
    }
    errors.finish()?;
    if station.status == Status::Closed {
        return Err(Fault::new(&STATION_CLOSED));
    }
    let mut dates = input.dates.clone();
    dates.sort();
    let dates = serde_json::to_string(&dates).map_err(Fault::internal)?;
    let month = input.month.to_string();
    locks::hold(work, vec![format!("visit_plan|{}|{month}", station.id)]).await?;
    let there = Entity::find().filter(Column::StationId.eq(station.id)).filter(Column::Month.eq(&month));
    if let Some(before) = there.one(&work.db()).await? {
        let mut change = before.clone().into_active_model();
        change.dates = Set(dates);
        return work.change::<VisitPlan>(&before, change, "planned", |fact| fact).await;
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "ZJ").await?)),
        station_id: Set(station.id),
        org_unit_id: Set(station.org_unit_id),
        month: Set(month),
        dates: Set(dates),
    };
    work.create::<VisitPlan>(row, |fact| fact, "planned").await
}
