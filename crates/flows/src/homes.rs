//! Which heated home and station a ticket speaks of, and which tickets speak of a home.

use heating_service::household::entity::{self as households, Model as Home};
use heating_service::ownership::queries::held_since;
use heating_service::station::entity::{self as stations, Model as Station};
use heating_service::temperature::entity as cases;
use kernel::fault::Fault;
use kernel::time::business_day;
use registers::customer::merge::files_of;
use registers::property::unit::entity as units;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use store::Reading;
use tickets::ticket::entity::{Column, Model as Ticket};
use uuid::Uuid;

/// The categories of heat.
pub fn is_heating(category_code: &str) -> bool {
    category_code == "heating" || category_code.starts_with("heating.")
}

/// What a ticket says of where it is.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub unit_id: Option<Uuid>,
    pub building_id: Option<Uuid>,
    pub station_org_unit_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
}

impl From<&Ticket> for Place {
    fn from(row: &Ticket) -> Self {
        Self {
            unit_id: row.unit_id,
            building_id: row.building_id,
            station_org_unit_id: row.station_org_unit_id,
            customer_id: row.customer_id,
        }
    }
}

/// The home of a ticket: that of its unit, else the one home its customer holds, at its station if it names one.
pub async fn home_of(at: &Reading, ticket: impl Into<Place>) -> Result<Option<Home>, Fault> {
    let ticket: Place = ticket.into();
    if let Some(unit) = ticket.unit_id {
        let of_unit = households::Entity::find().filter(households::Column::UnitId.eq(unit));
        if let Some(home) = of_unit.one(&at.db()).await? {
            return Ok(Some(home));
        }
    }
    let Some(customer) = ticket.customer_id else { return Ok(None) };
    let mut held = households::Entity::find()
        .filter(households::Column::CustomerId.in_subquery(files_of(customer)))
        .filter(households::Column::Id.in_subquery(held_since(business_day(at.now))));
    if ticket.unit_id.is_some() {
        // Another unit than his homes': only one that names none may be it.
        held = held.filter(households::Column::UnitId.is_null());
    }
    if let Some(station) = ticket.station_org_unit_id {
        held = held.filter(households::Column::OrgUnitId.eq(station));
    }
    let mut homes = held.limit(2).all(&at.db()).await?;
    Ok(homes.pop().filter(|_| homes.is_empty()))
}

/// The station of a ticket: its home's, else the one it names, else the one that heats its building.
pub async fn station_of(at: &Reading, ticket: impl Into<Place>, home: Option<&Home>) -> Result<Option<Station>, Fault> {
    let ticket: Place = ticket.into();
    if let Some(home) = home {
        return Ok(stations::Entity::find_by_id(home.station_id).one(&at.db()).await?);
    }
    if let Some(unit) = ticket.station_org_unit_id {
        let of_unit = stations::Entity::find()
            .filter(stations::Column::OrgUnitId.eq(unit))
            .filter(stations::Column::Status.eq(stations::Status::Active))
            .order_by_asc(stations::Column::CreatedAt)
            .order_by_asc(stations::Column::Id);
        if let Some(station) = of_unit.one(&at.db()).await? {
            return Ok(Some(station));
        }
    }
    let Some(building) = ticket.building_id else { return Ok(None) };
    let there = units::Entity::find()
        .select_only()
        .column(units::Column::Id)
        .filter(units::Column::BuildingId.eq(building))
        .into_query();
    let heating = households::Entity::find()
        .select_only()
        .column(households::Column::StationId)
        .filter(households::Column::UnitId.in_subquery(there))
        .into_query();
    let mut found =
        stations::Entity::find().filter(stations::Column::Id.in_subquery(heating)).limit(2).all(&at.db()).await?;
    Ok(found.pop().filter(|_| found.is_empty()))
}

/// The org unit of the station that heats a place.
pub async fn station_unit(at: &Reading, place: Place) -> Result<Option<Uuid>, Fault> {
    let home = home_of(at, place).await?;
    Ok(station_of(at, place, home.as_ref()).await?.map(|station| station.org_unit_id))
}

/// The tickets that speak of a home: of its unit, of its temperature cases, or about heat by whoever holds it, without
/// another unit.
pub fn tickets_of(home: &Home) -> Condition {
    let of_cases = cases::Entity::find()
        .select_only()
        .column(cases::Column::TicketId)
        .filter(cases::Column::HouseholdId.eq(home.id))
        .filter(cases::Column::TicketId.is_not_null())
        .into_query();
    let mut any = Condition::any().add(Column::Id.in_subquery(of_cases));
    if let Some(unit) = home.unit_id {
        any = any.add(Column::UnitId.eq(unit));
    }
    if let Some(customer) = home.customer_id {
        let heat =
            Condition::any().add(Column::CategoryCode.eq("heating")).add(Column::CategoryCode.starts_with("heating."));
        any = any.add(Condition::all().add(Column::CustomerId.eq(customer)).add(Column::UnitId.is_null()).add(heat));
    }
    any
}

/// Whether one of [`tickets_of`] a home speaks of it: one that names no unit may be of another home its customer holds.
pub async fn speaks_of(at: &Reading, ticket: &Ticket, home: &Home) -> Result<bool, Fault> {
    if ticket.unit_id.is_some() {
        return Ok(true);
    }
    let of_case = cases::Entity::find()
        .filter(cases::Column::TicketId.eq(ticket.id))
        .filter(cases::Column::HouseholdId.eq(home.id));
    if of_case.one(&at.db()).await?.is_some() {
        return Ok(true);
    }
    Ok(home_of(at, ticket).await?.is_some_and(|known| known.id == home.id))
}
