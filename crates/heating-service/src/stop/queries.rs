//! Finding applications.

use kernel::fault::Fault;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::Reading;

use super::entity::{Column, Entity, Kind, Model, Status};

/// The live application of a household for a season.
pub async fn of_season(at: &Reading, household_id: Uuid, season_id: Uuid, kind: Kind) -> Result<Option<Model>, Fault> {
    let live = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Kind.eq(kind))
        .filter(Column::Status.is_in(Status::LIVE));
    Ok(live.one(&at.db()).await?)
}

/// The last stop of a household that took effect, when it has lapsed and was not resumed.
pub async fn lapsed(at: &Reading, household_id: Uuid) -> Result<Option<Model>, Fault> {
    let last = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::Kind.eq(Kind::Stop))
        .filter(Column::Status.is_in([Status::Effective, Status::Lapsed]))
        .order_by_desc(Column::EffectiveFrom)
        .one(&at.db())
        .await?;
    Ok(last.filter(|stop| stop.status == Status::Lapsed && stop.ended_on.is_none()))
}
