//! Finding applications.

use kernel::fault::Fault;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::Reading;

use super::entity::{Column, Entity, Kind, Model, Status};
use crate::season::entity::{self as seasons, Model as Season};

/// The live application of a household for a season.
pub async fn of_season(at: &Reading, household_id: Uuid, season_id: Uuid, kind: Kind) -> Result<Option<Model>, Fault> {
    let live = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Kind.eq(kind))
        .filter(Column::Status.is_in(Status::LIVE));
    Ok(live.one(&at.db()).await?)
}

/// The stop of a household that is in effect in a season, or was until its end.
pub async fn in_effect(at: &Reading, household_id: Uuid, season_id: Uuid) -> Result<Option<Model>, Fault> {
    let took_effect = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Kind.eq(Kind::Stop))
        .filter(Column::Status.is_in([Status::Effective, Status::Lapsed]))
        .order_by_desc(Column::EffectiveFrom);
    Ok(took_effect.one(&at.db()).await?)
}

/// The last stop of a household that took effect in an earlier season, when it was not resumed: it lapsed with that
/// season, whether somebody closed the season or not (HS-R27).
pub async fn lapsed(at: &Reading, household_id: Uuid, before: &Season) -> Result<Option<Model>, Fault> {
    let over = Query::select()
        .column(seasons::Column::Id)
        .from(seasons::Entity)
        .and_where(seasons::Column::EndsOn.lt(before.starts_on))
        .to_owned();
    let last = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::Kind.eq(Kind::Stop))
        .filter(Column::Status.is_in([Status::Effective, Status::Lapsed]))
        .filter(Column::SeasonId.in_subquery(over))
        .order_by_desc(Column::EffectiveFrom)
        .one(&at.db())
        .await?;
    Ok(last.filter(|stop| stop.ended_on.is_none()))
}
