//! What the desk reads of the heating service (links row 36): season dates for warranties by heating seasons (TK-R20)
//! and for reports on a season, connected households for the complaint rate (TK-R39), the station that heats a home.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use heating_service::household::entity as homes;
use heating_service::season::commands::ONLY_REGION;
use heating_service::season::entity as seasons;
use heating_service::season::queries::lookup;
use kernel::fault::Fault;
use registers::property::unit;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use store::Reading;
use tickets::heating_facts::{CountedBy, HeatingFacts, SeasonDays, Where};
use uuid::Uuid;

use crate::homes::{Place, station_unit};

/// The look-ups, to be offered with the store.
pub static FACTS: HeatingFacts = HeatingFacts {
    seasons: |at| Box::pin(season_days(at)),
    season: |at, number| Box::pin(season_named(at, number)),
    households: |at, by, on| Box::pin(households(at, by, on)),
    station: |at, place| Box::pin(station(at, place)),
};

/// One season a number; where regions have their own, that for all the others, else the one entered first.
async fn season_days(at: &Reading) -> Result<Vec<SeasonDays>, Fault> {
    let rows = seasons::Entity::find().order_by_asc(seasons::Column::CreatedAt).all(&at.db()).await?;
    let mut named = BTreeMap::new();
    for row in rows {
        let days = (row.starts_on, row.ends_on);
        if row.region == ONLY_REGION {
            named.insert(row.number, days);
        } else {
            named.entry(row.number).or_insert(days);
        }
    }
    Ok(named.into_values().collect())
}

async fn season_named(at: &Reading, number: &str) -> Result<Option<SeasonDays>, Fault> {
    let found = lookup(at, number, None).await?;
    Ok(found.map(|season| (season.starts_on, season.ends_on)))
}

async fn households(at: &Reading, by: CountedBy, on: NaiveDate) -> Result<HashMap<Uuid, i64>, Fault> {
    let connected = homes::Entity::find().select_only().filter(homes::Column::ConnectedOn.lte(on));
    if by == CountedBy::Station {
        let count = connected.column(homes::Column::OrgUnitId).column_as(homes::Column::Id.count(), "n");
        let rows: Vec<(Uuid, i64)> = count.group_by(homes::Column::OrgUnitId).into_tuple().all(&at.db()).await?;
        return Ok(rows.into_iter().collect());
    }
    // A household is in a unit, or in no project.
    let homes = connected.column(homes::Column::UnitId).filter(homes::Column::UnitId.is_not_null());
    let count = unit::entity::Entity::find()
        .select_only()
        .column(unit::entity::Column::BuildingId)
        .column_as(unit::entity::Column::Id.count(), "n")
        .filter(unit::entity::Column::Id.in_subquery(homes.into_query()))
        .group_by(unit::entity::Column::BuildingId);
    let rows: Vec<(Uuid, i64)> = count.into_tuple().all(&at.db()).await?;
    let places = registers::property::places(at).await?;
    let mut projects = HashMap::new();
    for (building, n) in rows {
        if let Some(project) = places.projects.get(&building) {
            *projects.entry(*project).or_default() += n;
        }
    }
    Ok(projects)
}

async fn station(at: &Reading, place: Where) -> Result<Option<Uuid>, Fault> {
    let Where { unit_id, building_id, customer_id } = place;
    station_unit(at, Place { unit_id, building_id, station_org_unit_id: None, customer_id }).await
}
