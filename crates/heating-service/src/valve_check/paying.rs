//! A household that owes nothing any more: its check is excused (HS-R63), its closed valve is opened (HS-R65).

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use store::Work;

use super::ValveCheck;
use super::entity::{Column, Entity, Ground, Outcome, Status};
use crate::household::entity::{Model as Home, Valve};
use crate::reopening;
use crate::reopening::entity::Cause;
use crate::stop::entity as stops;

/// Excuses the checks of a household that has paid, and orders its valve open.
pub(crate) async fn paid_up(work: &Work, home: &Home) -> Result<(), Fault> {
    excuse(work, home.id, Ground::Unpaid, "paid").await?;
    if home.valve == Valve::Open || is_stopped(work, home).await? {
        return Ok(());
    }
    reopening::commands::order(work, home, Cause::Payment, None).await
}

/// Excuses the checks of a household whose stop has ended.
pub(crate) async fn resumed(work: &Work, household_id: Uuid) -> Result<(), Fault> {
    excuse(work, household_id, Ground::Stopped, "resumed").await
}

/// Ends the open checks of a ground. What a visit saw before stays what was found, and counts; the valve has not to
/// be closed any more.
async fn excuse(work: &Work, household_id: Uuid, ground: Ground, why: &'static str) -> Result<(), Fault> {
    let waiting = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::Ground.eq(ground))
        .filter(Column::Status.is_in(Status::OPEN));
    for row in waiting.all(&work.db()).await? {
        let mut change = row.clone().into_active_model();
        change.status = Set(Status::Excused);
        if row.first_result.is_none() {
            change.result = Set(Some(Outcome::Excused));
        }
        change.note = Set(Some(why.to_owned()));
        work.change::<ValveCheck>(&row, change, "recorded", |fact| fact.with("result", "excused").reason(why)).await?;
    }
    Ok(())
}

/// A stopped home stays closed, whatever it pays.
async fn is_stopped(work: &Work, home: &Home) -> Result<bool, Fault> {
    let stops = stops::Entity::find()
        .filter(stops::Column::HouseholdId.eq(home.id))
        .filter(stops::Column::Kind.eq(stops::Kind::Stop))
        .filter(stops::Column::Status.eq(stops::Status::Effective))
        .filter(stops::Column::EndedOn.is_null());
    Ok(stops.count(&work.db()).await? > 0)
}
