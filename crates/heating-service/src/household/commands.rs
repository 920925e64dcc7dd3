//! Opening and changing households.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors, NOT_FOUND};
use kernel::ids;
use kernel::money::Money;
use kernel::time::business_day;
use kernel::validation::{RoomNo, clean_text};
use registers::customer;
use registers::external_ids::{self, ExternalId};
use registers::property::{Unit, building};
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use store::imports::same;
use store::{Reading, Resource, Work, numbers, resource, search};
use utoipa::ToSchema;
use validator::Validate;

use super::Household;
use super::entity::{ActiveModel, Column, Entity, Model, Use, Valve};
use super::standing::Standing;
use super::view::place;
use crate::ownership;
use crate::problems::{ROOM_TAKEN, SEAL_IN_USE, STATION_CLOSED, UNIT_TAKEN};
use crate::station::HeatingStation;
use crate::station::entity::{Model as Station, Status as StationStatus};
use crate::tense::Tense;
use crate::valve_check::entity as checks;

/// A new household. At least one of room number, unit and address says where it is.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateHousehold {
    pub station_id: Uuid,
    pub unit_id: Option<Uuid>,
    /// The unit's when absent; else the address stands for it.
    pub room_no: Option<RoomNo>,
    /// Name of the building; the unit's when absent.
    #[schema(min_length = 1, max_length = 80)]
    pub building: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    pub address: Option<String>,
    /// Who holds it.
    pub customer_id: Option<Uuid>,
    /// Since when he does; the day it was connected when absent, else today.
    pub owned_from: Option<NaiveDate>,
    #[serde(rename = "use")]
    pub purpose: Use,
    #[serde(default)]
    pub far_end: bool,
    pub connected_on: Option<NaiveDate>,
    /// `open` when absent.
    pub valve: Option<Valve>,
    #[schema(min_length = 1, max_length = 40)]
    pub seal_no: Option<String>,
    pub warranty_until: Option<NaiveDate>,
    pub price_exception: Option<Money>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of a household. The address stays when absent or null; owner, areas and valve change by
/// acts of their own.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct HouseholdFields {
    pub unit_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 80)]
    pub building: String,
    #[schema(min_length = 1, max_length = 200)]
    pub address: Option<String>,
    #[serde(rename = "use")]
    pub purpose: Use,
    pub far_end: bool,
    pub connected_on: Option<NaiveDate>,
    pub warranty_until: Option<NaiveDate>,
    pub price_exception: Option<Money>,
}

impl From<&Model> for HouseholdFields {
    fn from(row: &Model) -> Self {
        Self {
            unit_id: row.unit_id,
            building: row.building.clone(),
            address: None,
            purpose: row.purpose,
            far_end: row.far_end,
            connected_on: row.connected_on,
            warranty_until: row.warranty_until,
            price_exception: row.price_exception_fen.and_then(|fen| Money::from_fen(fen).ok()),
        }
    }
}

/// The blind index of a canonical room.
pub(crate) fn room_key(at: &Reading, room: &str) -> String {
    at.store.keys().blind("household.room", room)
}

/// What is held while a home may be opened in a room, by the blind index of it.
pub(crate) fn held_room(station_id: Uuid, key: &str) -> String {
    format!("household|{station_id}|{key}")
}

/// Where a home is.
struct Place {
    room: String,
    building: String,
    address: String,
}

async fn place_of(work: &Work, input: &CreateHousehold) -> Result<Place, Fault> {
    let clean = |text: &str, pointer: &str| clean_text(text, false).map_err(|code| Fault::field(pointer, code));
    let mut room = input.room_no.as_ref().map(|room| room.as_str().to_owned());
    let mut name = input.building.as_deref().map(|text| clean(text, "/building")).transpose()?;
    let address = input.address.as_deref().map(|text| clean(text, "/address")).transpose()?;
    if let Some(id) = input.unit_id {
        let unit = referenced::known::<Unit>(work, id, "/unit_id").await?;
        room = room.or(Some(unit.room_no));
        if name.is_none() {
            name = building::Entity::find_by_id(unit.building_id).one(&work.db()).await?.map(|row| row.name);
        }
    }
    let room = room.or_else(|| address.clone()).ok_or_else(|| Fault::field("/room_no", "required"))?;
    let building = match (name, &input.room_no) {
        (Some(name), _) => name,
        // 3-2-1201 lies in building 3.
        (None, Some(room)) => room.as_str().split('-').next().unwrap_or_default().to_owned() + "号楼",
        (None, None) => return Err(Fault::field("/building", "required")),
    };
    let address = address.unwrap_or_else(|| format!("{building} {room}"));
    Ok(Place { room, building, address })
}

/// Opens a household; the fact is `household.opened`.
///
/// # Errors
/// 409 `room_taken`, `unit_taken`, `seal_in_use`, `station_closed`.
pub async fn create(work: &Work, input: &CreateHousehold) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, input.owned_from, "/owned_from");
    errors.add_if(input.price_exception.is_some_and(Money::is_negative), "/price_exception", "out_of_range");
    errors.finish()?;
    let station = referenced::known::<HeatingStation>(work, input.station_id, "/station_id").await?;
    let place_of = place_of(work, input).await?;
    if let Some(customer) = input.customer_id {
        customer::living(work, customer, "/customer_id").await?;
    }
    opened(work, &station, place_of, input).await
}

/// As [`create`], in a station that was looked up, of a holder the caller is known to know.
pub(crate) async fn create_in(work: &Work, station: &Station, input: &CreateHousehold) -> Result<Model, Fault> {
    let place_of = place_of(work, input).await?;
    opened(work, station, place_of, input).await
}

async fn opened(work: &Work, station: &Station, place_of: Place, input: &CreateHousehold) -> Result<Model, Fault> {
    let today = business_day(work.now);
    if station.status == StationStatus::Closed {
        return Err(Fault::new(&STATION_CLOSED));
    }
    let key = room_key(work, &place_of.room);
    let held = [Some(held_room(station.id, &key)), input.unit_id.map(|unit| format!("household|{unit}"))];
    locks::hold(work, held.into_iter().flatten().collect()).await?;
    refuse_taken(work, station.id, &key).await?;
    refuse_taken_unit(work, input.unit_id, None).await?;
    refuse_taken_seal(work, input.seal_no.as_deref(), None).await?;
    let id = ids::new_id(work.now);
    let row = ActiveModel {
        id: Set(id),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::lasting(work, "RH").await?),
        station_id: Set(station.id),
        org_unit_id: Set(station.org_unit_id),
        unit_id: Set(input.unit_id),
        building: Set(place_of.building),
        room_key: Set(key),
        room_sealed: Set(sealed(work, id, "room", &place_of.room)?),
        address_sealed: Set(sealed(work, id, "address", &place_of.address)?),
        customer_id: Set(input.customer_id),
        purpose: Set(input.purpose),
        far_end: Set(input.far_end),
        connected_on: Set(input.connected_on),
        valve: Set(input.valve.unwrap_or(Valve::Open)),
        seal_no: Set(input.seal_no.clone()),
        warranty_until: Set(input.warranty_until),
        price_exception_fen: Set(input.price_exception.map(Money::fen)),
        balance_fen: Set(0),
        overdue_fen: Set(0),
    };
    let row = work.create::<Household>(row, |fact| fact, "opened").await?;
    for key in &input.external_ids {
        external_ids::attach(work, Household::NAME, row.id, key).await?;
    }
    if let Some(customer) = input.customer_id {
        let from = input.owned_from.or(input.connected_on.filter(|on| *on <= today)).unwrap_or(today);
        ownership::commands::first(work, row.id, customer, from).await?;
    }
    search::index_new(work, Household::NAME, row.id, &[&row.number, &row.building]).await;
    Ok(row)
}

async fn index(work: &Work, row: &Model) -> Result<(), Fault> {
    search::index(work, Household::NAME, row.id, &[&row.number, &row.building]).await
}

fn sealed(work: &Work, id: Uuid, field: &str, text: &str) -> Result<String, Fault> {
    work.store.keys().seal(&place(id, field), text.as_bytes())
}

/// The household of a room in a station.
pub(crate) async fn of_room(at: &Reading, station_id: Uuid, room: &str) -> Result<Option<Model>, Fault> {
    by_key(at, station_id, &room_key(at, room)).await
}

async fn by_key(at: &Reading, station_id: Uuid, key: &str) -> Result<Option<Model>, Fault> {
    let same = Entity::find().filter(Column::StationId.eq(station_id)).filter(Column::RoomKey.eq(key));
    Ok(same.one(&at.db()).await?)
}

async fn refuse_taken(work: &Work, station_id: Uuid, key: &str) -> Result<(), Fault> {
    match by_key(work, station_id, key).await? {
        Some(other) => Err(Fault::new(&ROOM_TAKEN).with("number", other.number)),
        None => Ok(()),
    }
}

async fn refuse_taken_unit(work: &Work, unit: Option<Uuid>, but: Option<Uuid>) -> Result<(), Fault> {
    let Some(unit) = unit else { return Ok(()) };
    let other = Entity::find().filter(Column::UnitId.eq(unit)).one(&work.db()).await?;
    match other.filter(|other| Some(other.id) != but) {
        Some(other) => Err(Fault::new(&UNIT_TAKEN).with("number", other.number)),
        None => Ok(()),
    }
}

/// Seal numbers are unique in the company, also those a valve check set and somebody broke; a home keeps its own.
///
/// # Errors
/// 409 `seal_in_use`.
pub(crate) async fn refuse_taken_seal(work: &Work, seal_no: Option<&str>, but: Option<Uuid>) -> Result<(), Fault> {
    let Some(seal_no) = seal_no else { return Ok(()) };
    locks::hold(work, vec![format!("heat_seal|{seal_no}")]).await?;
    let mut homes = Entity::find().filter(Column::SealNo.eq(seal_no));
    let mut checks = checks::Entity::find().filter(checks::Column::SealNo.eq(seal_no));
    if let Some(home) = but {
        homes = homes.filter(Column::Id.ne(home));
        checks = checks.filter(checks::Column::HouseholdId.ne(home));
    }
    let taken = homes.count(&work.db()).await? + checks.count(&work.db()).await? > 0;
    if taken { Err(Fault::new(&SEAL_IN_USE)) } else { Ok(()) }
}

/// Changes a household; the fact is `household.changed`.
pub async fn update(work: &Work, row: &Model, fields: HouseholdFields) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(fields.price_exception.is_some_and(Money::is_negative), "/price_exception", "out_of_range");
    errors.finish()?;
    if fields.unit_id != row.unit_id {
        if let Some(id) = fields.unit_id {
            referenced::known::<Unit>(work, id, "/unit_id").await?;
        }
        refuse_taken_unit(work, fields.unit_id, Some(row.id)).await?;
    }
    let standing = Standing::of(work, row).await?;
    let mut change = row.clone().into_active_model();
    change.unit_id = Set(fields.unit_id);
    change.building = Set(clean_text(&fields.building, false).map_err(|code| Fault::field("/building", code))?);
    if let Some(address) = &fields.address {
        let address = clean_text(address, false).map_err(|code| Fault::field("/address", code))?;
        if address != super::view::address(work, row)? {
            change.address_sealed = Set(sealed(work, row.id, "address", &address)?);
        }
    }
    change.purpose = Set(fields.purpose);
    change.far_end = Set(fields.far_end);
    change.connected_on = Set(fields.connected_on);
    change.warranty_until = Set(fields.warranty_until);
    change.price_exception_fen = Set(fields.price_exception.map(Money::fen));
    let row = work.change::<Household>(row, change, "changed", |fact| fact).await?;
    index(work, &row).await?;
    standing.told(work).await?;
    Ok(row)
}

/// Opens the household another system knows by this id, or changes the one already known by it; what says nothing new
/// changes nothing. The flag tells that it is new. Station, room and holder of a known one do not change this way.
pub async fn put(work: &Work, key: &ExternalId, input: &CreateHousehold) -> Result<(Model, bool), Fault> {
    let Some(id) = locks::known_as(work, Household::NAME, key).await? else {
        let row = create(work, input).await?;
        external_ids::attach(work, Household::NAME, row.id, key).await?;
        return Ok((row, true));
    };
    let row = resource::take::<Household>(work, id).await?;
    let mut errors = FieldErrors::default();
    errors.add_if(row.station_id != input.station_id, "/station_id", "immutable");
    let moved = input.room_no.as_ref().is_some_and(|room| room_key(work, room.as_str()) != row.room_key);
    errors.add_if(moved, "/room_no", "immutable");
    let sold = input.customer_id.is_some() && input.customer_id != row.customer_id;
    errors.add_if(sold, "/customer_id", "immutable");
    errors.finish()?;
    let before = HouseholdFields::from(&row);
    let address = super::view::address(work, &row)?;
    let fields = HouseholdFields {
        unit_id: input.unit_id.or(before.unit_id),
        building: input.building.clone().unwrap_or_else(|| before.building.clone()),
        address: input.address.clone().filter(|said| said.trim() != address),
        purpose: input.purpose,
        far_end: input.far_end,
        connected_on: input.connected_on,
        warranty_until: input.warranty_until,
        price_exception: input.price_exception,
    };
    if same(&before, &fields)? {
        work.unchanged();
        return Ok((row, false));
    }
    Ok((update(work, &row, fields).await?, false))
}

/// The row for a change that another act brings about: locked, whatever the caller's scope and `If-Match`.
pub(crate) async fn locked(work: &Work, id: Uuid) -> Result<Model, Fault> {
    let row = Entity::find_by_id(id).lock(LockType::Update).one(&work.db()).await?;
    row.ok_or_else(|| Fault::new(&NOT_FOUND))
}

/// As [`locked`], for what is booked: one booking at a time, beside drafts of bills and lists that are just being
/// written of the household. A run of thousands of them keeps nobody from paying.
pub(crate) async fn locked_to_book(work: &Work, id: Uuid) -> Result<Model, Fault> {
    let row = Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&work.db()).await?;
    row.ok_or_else(|| Fault::new(&NOT_FOUND))
}
