//! Making a list: every connected household that owes or is stopped, the riskiest first.

use std::collections::HashSet;

use kernel::fault::Fault;
use kernel::ids;
use kernel::time::business_day;
use registers::{locks, org_unit, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};
use serde::Deserialize;
use store::{Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::ValveCheckList;
use super::entity::{ActiveModel, Model};
use super::risk::{Signs, Weights};
use crate::household::Household;
use crate::household::entity::{Column as HomeColumn, Entity as Homes, Model as Home};
use crate::household::status;
use crate::season::entity::Model as Season;
use crate::station::entity as stations;
use crate::stop::entity as stops;
use crate::valve_check::commands::{Line, list_one};
use crate::valve_check::entity::{self as checks, Ground, Status};
use crate::{season, station};

/// Households looked at in one go.
const BATCH: u64 = 500;

/// Which valves are to be checked.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateValveCheckList {
    /// Number or id of the season; the running or last one when absent.
    #[schema(min_length = 1, max_length = 40)]
    pub season: Option<String>,
    /// Needed where several regions have a season of this number.
    #[schema(min_length = 1, max_length = 40)]
    pub region: Option<String>,
    /// Only the stations of this unit and below, or of this branch.
    pub org_unit_id: Option<Uuid>,
    /// `unpaid` and `stopped` when absent.
    #[schema(min_items = 1, max_items = 2)]
    pub criteria: Option<Vec<Ground>>,
}

/// What makes a household's valve be checked: something overdue, a stop of the season in effect.
pub(crate) fn grounds(day: Date, season_id: Uuid, criteria: &[Ground]) -> Condition {
    let mut any = Condition::any();
    if criteria.contains(&Ground::Unpaid) {
        any = any.add(status::overdue_on(day));
    }
    if criteria.contains(&Ground::Stopped) {
        let homes = Query::select()
            .column(stops::Column::HouseholdId)
            .from(stops::Entity)
            .cond_where(stopped(season_id, day))
            .to_owned();
        any = any.add(HomeColumn::Id.in_subquery(homes));
    }
    any
}

/// The stops of a season that are in effect.
fn stopped(season_id: Uuid, day: Date) -> Condition {
    let runs = Condition::any().add(stops::Column::EndedOn.is_null()).add(stops::Column::EndedOn.gte(day));
    Condition::all()
        .add(stops::Column::Kind.eq(stops::Kind::Stop))
        .add(stops::Column::Status.eq(stops::Status::Effective))
        .add(stops::Column::SeasonId.eq(season_id))
        .add(runs)
}

/// Which of these households are stopped for the season.
pub(crate) async fn stopped_of(work: &Work, season_id: Uuid, ids: &[Uuid]) -> Result<HashSet<Uuid>, Fault> {
    let rows = stops::Entity::find()
        .select_only()
        .column(stops::Column::HouseholdId)
        .filter(stops::Column::HouseholdId.is_in(ids.iter().copied()))
        .filter(stopped(season_id, business_day(work.now)));
    Ok(rows.into_tuple::<Uuid>().all(&work.db()).await?.into_iter().collect())
}

/// The season of a list.
pub(crate) async fn season_named(work: &Work, name: Option<&str>, region: Option<&str>) -> Result<Season, Fault> {
    match name {
        Some(name) => season::queries::named(work, name, region, "/season").await,
        None => {
            let latest = season::queries::latest(work, region).await?;
            latest.ok_or_else(|| Fault::field("/season", "required"))
        }
    }
}

async fn of_unit(work: &Work, unit: Option<Uuid>) -> Result<Condition, Fault> {
    let Some(unit) = unit else { return Ok(Condition::all()) };
    referenced::org_unit_known(work, unit, "/org_unit_id").await?;
    let places = places_of(work, unit).await?;
    let stations =
        Query::select().column(stations::Column::Id).from(station::entity::Entity).cond_where(places).to_owned();
    Ok(Condition::all().add(HomeColumn::StationId.in_subquery(stations)))
}

/// The stations of a unit and below, or of a branch.
async fn places_of(work: &Work, unit: Uuid) -> Result<Condition, Fault> {
    let units = org_unit::subtree(work, unit).await?;
    let of_unit = Condition::any().add(stations::Column::OrgUnitId.is_in(units.iter().copied()));
    Ok(of_unit.add(stations::Column::BranchId.is_in(units)))
}

/// The region whose season is meant: the one named, else the district all stations of the unit lie in.
async fn region_of(work: &Work, input: &CreateValveCheckList) -> Result<Option<String>, Fault> {
    let (None, Some(unit)) = (&input.region, input.org_unit_id) else { return Ok(input.region.clone()) };
    let rows = stations::Entity::find().filter(places_of(work, unit).await?).all(&work.db()).await?;
    let districts = station::areas_of(work, &rows).await?;
    let first = districts.values().next();
    // A station in no district lies in none of the others'.
    let one = districts.len() == rows.len() && districts.values().all(|other| Some(other) == first);
    Ok(first.filter(|_| one).cloned())
}

/// Makes a list of the homes the season heats. A household whose valve waits to be checked, closed or checked again in
/// this season is on an earlier list already.
///
/// # Errors
/// 422 `not_found` for the season or the unit.
pub async fn create(work: &Work, input: &CreateValveCheckList) -> Result<Model, Fault> {
    let of_unit = of_unit(work, input.org_unit_id).await?;
    let season = season_named(work, input.season.as_deref(), region_of(work, input).await?.as_deref()).await?;
    let mut criteria = input.criteria.clone().unwrap_or_else(|| Ground::ALL.to_vec());
    criteria.dedup();
    locks::hold(work, vec![format!("valve_check_list|{}", season.id)]).await?;
    let today = business_day(work.now);
    let waiting = Query::select()
        .column(checks::Column::HouseholdId)
        .from(checks::Entity)
        .and_where(checks::Column::SeasonId.eq(season.id))
        .and_where(checks::Column::Status.is_in(Status::OPEN))
        .to_owned();
    let wanted = Homes::find()
        .filter(Household::visible(work))
        .filter(season::queries::heats(work, &season, HomeColumn::StationId).await?)
        .filter(HomeColumn::ConnectedOn.lte(today))
        .filter(of_unit)
        .filter(grounds(today, season.id, &criteria))
        .filter(HomeColumn::Id.not_in_subquery(waiting));
    let count = wanted.clone().count(&work.db()).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "VL").await?),
        season_id: Set(season.id),
        org_unit_id: Set(input.org_unit_id),
        as_of: Set(work.now),
        criteria: Set(serde_json::to_string(&criteria).map_err(Fault::internal)?),
        lines: Set(i32::try_from(count).map_err(Fault::internal)?),
    };
    let row = work.create::<ValveCheckList>(row, |fact| fact.with("lines", count), "created").await?;
    let weights = Weights::of(work).await?;
    let mut last = String::new();
    loop {
        let part = wanted.clone().filter(HomeColumn::Number.gt(&last)).order_by_asc(HomeColumn::Number).limit(BATCH);
        let part = part.all(&work.db()).await?;
        let Some(end) = part.last() else { break };
        last.clone_from(&end.number);
        list_part(work, &row, &season, weights, &part, &criteria).await?;
        work.spill().await?;
    }
    Ok(row)
}

async fn list_part(
    work: &Work,
    list: &Model,
    season: &Season,
    weights: Weights,
    homes: &[Home],
    criteria: &[Ground],
) -> Result<(), Fault> {
    let ids: Vec<Uuid> = homes.iter().map(|home| home.id).collect();
    let stopped = stopped_of(work, season.id, &ids).await?;
    let signs = Signs::of(work, weights, season, &ids).await?;
    for home in homes {
        let is_stopped = stopped.contains(&home.id);
        // A stopped home's valve is checked also when it pays what it owes.
        let ground = match is_stopped && criteria.contains(&Ground::Stopped) {
            true => Ground::Stopped,
            false => Ground::Unpaid,
        };
        let line = Line { list_id: Some(list.id), season_id: season.id, ground, risk: signs.risk(home, is_stopped) };
        list_one(work, home, line).await?;
    }
    Ok(())
}

/// The risk of one household (HS-R63).
pub(crate) async fn risk_of(work: &Work, season: &Season, home: &Home, stopped: bool) -> Result<i32, Fault> {
    let signs = Signs::of(work, Weights::of(work).await?, season, &[home.id]).await?;
    Ok(signs.risk(home, stopped))
}
