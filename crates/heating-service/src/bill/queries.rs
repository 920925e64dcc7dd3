//! Finding bills.

use std::collections::HashSet;

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::Reading;

use super::entity::{Column, Entity, Kind, Model, Status};

/// Whether nothing of a bill is outstanding.
pub async fn is_paid(at: &Reading, id: Uuid) -> Result<bool, Fault> {
    let row = Entity::find_by_id(id).one(&at.db()).await?;
    Ok(row.is_none_or(|row| row.outstanding_fen() == 0))
}

/// The season's bill of a household that was not reversed.
pub async fn of_season(at: &Reading, household_id: Uuid, season_id: Uuid) -> Result<Option<Model>, Fault> {
    let row = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Kind.eq(Kind::Season))
        .filter(Column::Status.ne(Status::Reversed));
    Ok(row.one(&at.db()).await?)
}

/// The areas that supplements of a season charge, of these households.
pub async fn recovered(at: &Reading, households: &[Uuid], season_id: Uuid) -> Result<HashSet<Uuid>, Fault> {
    let supplements = Entity::find()
        .filter(Column::HouseholdId.is_in(households.iter().copied()))
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Kind.eq(Kind::Supplement))
        .filter(Column::Status.ne(Status::Reversed));
    let rows = supplements.all(&at.db()).await?;
    Ok(rows.iter().flat_map(Model::lines).filter_map(|line| line.area_item_id).collect())
}
