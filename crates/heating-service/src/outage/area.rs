//! Where an outage is: stations, buildings or single households, and who lives there.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::business_day;
use registers::property::unit;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{Condition, QuerySelect, Set};
use store::{Reading, Resource, Work};

use super::entity::place::{ActiveModel, Column, Entity, Kind};
use super::entity::{Entity as Outages, Model};
use crate::household::{Household, entity as homes, status};
use crate::station::{HeatingStation, entity as stations};

/// The places a body names; one list is filled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Area {
    pub stations: Vec<Uuid>,
    pub buildings: Vec<Uuid>,
    pub households: Vec<Uuid>,
}

impl Area {
    /// The households of the area, connected and not stopped.
    pub fn homes(&self, day: NaiveDate) -> Condition {
        let units = Query::select()
            .column(unit::entity::Column::Id)
            .from(unit::entity::Entity)
            .and_where(unit::entity::Column::BuildingId.is_in(self.buildings.iter().copied()))
            .to_owned();
        let there = Condition::any()
            .add(homes::Column::StationId.is_in(self.stations.iter().copied()))
            .add(homes::Column::UnitId.in_subquery(units))
            .add(homes::Column::Id.is_in(self.households.iter().copied()));
        let cold = Condition::any()
            .add(status::condition(status::Status::NotConnected, day))
            .add(status::condition(status::Status::Stopped, day));
        Condition::all().add(there).add(cold.not())
    }

    /// Checks that exactly one list names places the caller may know of.
    pub(super) async fn check(&self, work: &Work) -> Result<(), Fault> {
        let lists = [&self.stations, &self.buildings, &self.households];
        let mut errors = FieldErrors::default();
        errors.add_if(lists.iter().filter(|list| !list.is_empty()).count() != 1, "/station_ids", "exactly_one");
        errors.finish()?;
        let known = stations::Entity::find()
            .filter(HeatingStation::visible(work))
            .filter(stations::Column::Id.is_in(self.stations.iter().copied()))
            .count(&work.db())
            .await?;
        let homes = homes::Entity::find()
            .filter(Household::visible(work))
            .filter(homes::Column::Id.is_in(self.households.iter().copied()))
            .count(&work.db())
            .await?;
        let all = |list: &[Uuid], found: u64| u64::try_from(list.len()).is_ok_and(|wanted| wanted == found);
        let mut errors = FieldErrors::default();
        errors.add_if(!all(&self.stations, known), "/station_ids", "not_found");
        errors.add_if(!all(&self.households, homes), "/household_ids", "not_found");
        errors.finish()
    }

    /// The stations reached, as far as the caller may know of them.
    pub(super) async fn stations(&self, work: &Work, day: NaiveDate) -> Result<Vec<stations::Model>, Fault> {
        let of_homes =
            Query::select().column(homes::Column::StationId).from(homes::Entity).cond_where(self.homes(day)).to_owned();
        let reached = Condition::any()
            .add(stations::Column::Id.is_in(self.stations.iter().copied()))
            .add(stations::Column::Id.in_subquery(of_homes));
        let rows = stations::Entity::find().filter(reached).filter(HeatingStation::visible(work));
        Ok(rows.all(&work.db()).await?)
    }

    /// Writes the places down.
    pub(super) async fn keep(&self, work: &Work, outage_id: Uuid, reached: &[stations::Model]) -> Result<(), Fault> {
        let of = |kind: Kind, list: Vec<Uuid>| list.into_iter().map(move |id| (kind, id));
        let places = of(Kind::Station, self.stations.clone())
            .chain(of(Kind::Building, self.buildings.clone()))
            .chain(of(Kind::Household, self.households.clone()))
            .chain(of(Kind::Reached, reached.iter().map(|station| station.id).collect()));
        let rows = places.map(|(kind, place_id)| ActiveModel {
            id: Set(ids::new_id(work.now)),
            outage_id: Set(outage_id),
            kind: Set(kind),
            place_id: Set(place_id),
        });
        Entity::insert_many(rows).exec_without_returning(&work.db()).await?;
        Ok(())
    }

    /// The areas of these outages, with the stations each reaches.
    pub async fn of(at: &Reading, outages: &[Uuid]) -> Result<HashMap<Uuid, (Self, Vec<Uuid>)>, Fault> {
        let rows = Entity::find().filter(Column::OutageId.is_in(outages.iter().copied())).all(&at.db()).await?;
        let mut areas: HashMap<Uuid, (Self, Vec<Uuid>)> = HashMap::new();
        for row in rows {
            let (area, reached) = areas.entry(row.outage_id).or_default();
            match row.kind {
                Kind::Station => area.stations.push(row.place_id),
                Kind::Building => area.buildings.push(row.place_id),
                Kind::Household => area.households.push(row.place_id),
                Kind::Reached => reached.push(row.place_id),
            }
        }
        Ok(areas)
    }
}

/// How many households an outage reaches.
pub(super) async fn affected(work: &Work, area: &Area, started_at: DateTimeUtc) -> Result<i32, Fault> {
    let count = homes::Entity::find().filter(area.homes(business_day(started_at))).count(&work.db()).await?;
    i32::try_from(count).map_err(Fault::internal)
}

/// The households of an outage, as a condition.
pub async fn homes_of(at: &Reading, row: &Model) -> Result<Condition, Fault> {
    let (area, _) = Area::of(at, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    Ok(area.homes(business_day(row.started_at)))
}

/// The outages that reach a station.
pub(crate) fn reaching(station: Uuid) -> Condition {
    let reached = Query::select()
        .column(Column::OutageId)
        .from(Entity)
        .and_where(Column::Kind.eq(Kind::Reached))
        .and_where(Column::PlaceId.eq(station))
        .to_owned();
    Condition::all().add(Expr::col((Outages, super::entity::Column::Id)).in_subquery(reached))
}

/// The outages that reach one of these stations.
pub(super) fn of_stations(scope: Condition) -> Condition {
    let stations = Query::select().column(stations::Column::Id).from(stations::Entity).cond_where(scope).to_owned();
    let reached = Query::select()
        .column(Column::OutageId)
        .from(Entity)
        .and_where(Column::Kind.eq(Kind::Reached))
        .and_where(Column::PlaceId.in_subquery(stations))
        .to_owned();
    Condition::all().add(Expr::col((Outages, super::entity::Column::Id)).in_subquery(reached))
}

/// The outages that reach one of these homes.
pub(super) fn of_homes(scope: &Condition) -> Condition {
    let own = |column: homes::Column| {
        homes::Entity::find()
            .select_only()
            .column(column)
            .filter(scope.clone())
            .filter(Expr::col((homes::Entity, column)).is_not_null())
    };
    let buildings = unit::entity::Entity::find()
        .select_only()
        .column(unit::entity::Column::BuildingId)
        .filter(unit::entity::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(own(homes::Column::UnitId))));
    let named = |kind: Kind, places: sea_orm::sea_query::SelectStatement| {
        Condition::all().add(Column::Kind.eq(kind)).add(Column::PlaceId.in_subquery(places))
    };
    let his = Condition::any()
        .add(named(Kind::Station, sea_orm::QueryTrait::into_query(own(homes::Column::StationId))))
        .add(named(Kind::Household, sea_orm::QueryTrait::into_query(own(homes::Column::Id))))
        .add(named(Kind::Building, sea_orm::QueryTrait::into_query(buildings)));
    let outages = Query::select().column(Column::OutageId).from(Entity).cond_where(his).to_owned();
    Condition::all().add(Expr::col((Outages, super::entity::Column::Id)).in_subquery(outages))
}

/// The outages that reach a home, by its station, its building or itself.
pub async fn of_home(at: &Reading, home: &homes::Model) -> Result<Condition, Fault> {
    let mut places = vec![(Kind::Station, home.station_id), (Kind::Household, home.id)];
    if let Some(unit) = home.unit_id
        && let Some(unit) = unit::entity::Entity::find_by_id(unit).one(&at.db()).await?
    {
        places.push((Kind::Building, unit.building_id));
    }
    let named = places.into_iter().fold(Condition::any(), |any, (kind, place)| {
        any.add(Condition::all().add(Column::Kind.eq(kind)).add(Column::PlaceId.eq(place)))
    });
    let outages = Query::select().column(Column::OutageId).from(Entity).cond_where(named).to_owned();
    Ok(Condition::all().add(Expr::col((Outages, super::entity::Column::Id)).in_subquery(outages)))
}
