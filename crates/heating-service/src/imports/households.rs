//! Rows of households (HS-R04): by their key in another system, else by station and room.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use access::JobRole;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Area, Height};
use kernel::time::business_day;
use kernel::validation::{Phone, RoomNo};
use registers::customer::is_named;
use registers::external_ids::{self, ExternalId};
use registers::imports::{Holders, external, known_customer};
use registers::locks;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow, same};
use store::{Resource, Work, numbers, resource};
use utoipa::ToSchema;

use super::area_items::{Said, all_said, first_said};
use super::{MANAGER, RUN, known_station};
use crate::area_item::entity::Kind;
use crate::household::Household;
use crate::household::commands::{CreateHousehold, HouseholdFields, create_in, held_room, of_room, room_key, update};
use crate::household::entity::{self as homes, Use};
use crate::ownership::commands::{CreateOwnership, create as change_hands};
use crate::ownership::entity::Cause;
use crate::station::{HeatingStation, entity as stations};

/// A row of `households`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedHousehold)]
pub struct HouseholdRow {
    #[schema(min_length = 1, max_length = 40)]
    station_code: String,
    room_no: RoomNo,
    #[schema(min_length = 1, max_length = 80)]
    building: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    address: Option<String>,
    #[serde(rename = "use")]
    purpose: Use,
    certificate_area_m2: Option<Area>,
    height_m: Option<Height>,
    /// Further areas, each `kind:area:height:heated`, e.g. `extension:13.20:2.80:true`.
    #[serde(default)]
    #[schema(max_items = 10)]
    extra_areas: Vec<String>,
    /// Since when the areas hold; the day it was connected when absent, else today. A changed area holds from today on
    /// when absent.
    area_from: Option<NaiveDate>,
    /// Number of the holder; or his name and phone.
    holder_number: Option<String>,
    #[schema(min_length = 1, max_length = 80)]
    holder_name: Option<String>,
    holder_phone: Option<Phone>,
    connected_on: Option<NaiveDate>,
    far_end: Option<bool>,
    warranty_until: Option<NaiveDate>,
    #[schema(min_length = 1, max_length = 40)]
    external_system: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    external_id: Option<String>,
}

impl ImportRow for HouseholdRow {
    const KIND: &'static str = "households";
    const TITLE: (&'static str, &'static str) = ("用热户", "Households");
    const PERMISSION: &'static str = RUN;
    const ONLY: Option<&'static [JobRole]> = MANAGER;
    const COLUMNS: &'static [Column] = &[
        Column::text("station_code", "站编码").or("station_id"),
        Column::text("room_no", "房号").or("room"),
        Column::text("building", "楼栋"),
        Column::text("address", "地址"),
        Column::text("use", "用途"),
        Column::text("certificate_area_m2", "证载面积").or("area_m2"),
        Column::text("height_m", "层高"),
        Column::new("extra_areas", "其他面积", Cell::List),
        Column::new("area_from", "面积起始日期", Cell::Date).or("from"),
        Column::text("holder_number", "户主编号").or("customer_id"),
        Column::text("holder_name", "户主").or("name"),
        Column::text("holder_phone", "电话").or("phone"),
        Column::new("connected_on", "接通日期", Cell::Date),
        Column::new("far_end", "远端", Cell::Boolean),
        Column::new("warranty_until", "保修至", Cell::Date),
        Column::text("external_system", "外部系统"),
        Column::text("external_id", "外部编号"),
    ];

    async fn look_ahead(work: &Work, rows: &[Self]) -> Result<(), Fault> {
        let ahead = Ahead::of(work, rows).await?;
        let new = ahead.new_homes();
        numbers::ahead(work, "MJ", new).await?;
        numbers::ahead(work, "CQ", new).await?;
        work.keep(ahead);
        Ok(())
    }

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let areas = self.areas(work)?;
        let ahead = work.kept::<Ahead>().unwrap_or_default();
        let station = match ahead.stations.get(&self.station_code) {
            Some(station) => station.clone(),
            None => known_station(work, &self.station_code).await?,
        };
        let room = (station.id, room_key(work, self.room_no.as_str()));
        let external = self.external();
        let by_key = match &external {
            Some(external) => match ahead.known_as(external) {
                Some(looked_up) => looked_up,
                None => locks::known_as(work, "household", external).await?,
            },
            None => None,
        };
        let mut known = by_key;
        if known.is_none() {
            known = match ahead.home(&room) {
                Some(looked_up) => looked_up,
                None => of_room(work, station.id, self.room_no.as_str()).await?.map(|row| row.id),
            };
        }
        let customer_id = self.holder(work, &ahead.people, known).await?;
        let (id, changed) = match known {
            None => {
                let home = create_in(work, &station, &self.input(station.id, customer_id)).await?;
                if let Some(external) = &external {
                    external_ids::attach_new(work, "household", home.id, external).await;
                }
                first_said(work, &home, &areas).await?;
                (home.id, true)
            }
            Some(id) => {
                if let Some(external) = external.as_ref().filter(|_| by_key.is_none()) {
                    external_ids::attach(work, "household", id, external).await?;
                }
                let changed = self.change(work, id, station.id, customer_id).await?;
                (id, all_said(work, id, &areas).await? || changed)
            }
        };
        ahead.homes.borrow_mut().insert(room, Some(id));
        if let (Some(name), Some(phone), Some(holder)) = (&self.holder_name, self.phone_asked(), customer_id) {
            ahead.people.taken_over(work, name, phone, holder);
        }
        if let Some(external) = external {
            ahead.known.borrow_mut().insert((external.system, external.id), Some(id));
        }
        let applied = if changed { Applied::changed } else { Applied::unchanged };
        Ok(applied("household", id))
    }
}

/// The blind index of a room in its station.
type Room = (Uuid, String);

/// What many rows name: stations by their code, and which homes there are in their rooms.
#[derive(Default)]
struct Ahead {
    stations: HashMap<String, stations::Model>,
    /// Each room asked for; nothing where there is no home yet.
    homes: RefCell<HashMap<Room, Option<Uuid>>>,
    /// Each key of another system asked for, by system and id; nothing where no home has it.
    known: RefCell<HashMap<(String, String), Option<Uuid>>>,
    people: Holders,
}

impl Ahead {
    async fn of(work: &Work, rows: &[HouseholdRow]) -> Result<Self, Fault> {
        let codes: BTreeSet<&str> = rows.iter().map(|row| row.station_code.as_str()).collect();
        let seen = stations::Entity::find().filter(HeatingStation::visible(work));
        let found = seen.filter(stations::Column::Code.is_in(codes)).all(&work.db()).await?;
        let stations: HashMap<String, stations::Model> =
            found.into_iter().map(|station| (station.code.clone(), station)).collect();
        let room = |row: &HouseholdRow| {
            let station = stations.get(&row.station_code)?;
            Some((station.id, room_key(work, row.room_no.as_str())))
        };
        let mut homes: HashMap<Room, Option<Uuid>> = rows.iter().filter_map(room).map(|room| (room, None)).collect();
        let phones: Vec<&Phone> = rows.iter().filter_map(HouseholdRow::phone_asked).collect();
        let mut held = Holders::locks(work, &phones);
        held.extend(homes.keys().map(|(station, key)| held_room(*station, key)));
        locks::hold_ahead(work, held).await?;
        let known: Vec<(Uuid, String, Uuid)> = homes::Entity::find()
            .select_only()
            .columns([homes::Column::StationId, homes::Column::RoomKey, homes::Column::Id])
            .filter(homes::Column::StationId.is_in(stations.values().map(|station| station.id)))
            .filter(homes::Column::RoomKey.is_in(homes.keys().map(|(_, key)| key.as_str())))
            .into_tuple()
            .all(&work.db())
            .await?;
        homes.extend(known.into_iter().map(|(station, key, id)| ((station, key), Some(id))));
        let keys: Vec<ExternalId> = rows.iter().filter_map(HouseholdRow::external).collect();
        let found = locks::known_as_all(work, "household", &keys).await?;
        let home_of = |key: &ExternalId| found.get(&(key.system.as_str(), key.id.clone())).copied();
        let known = keys.iter().map(|key| ((key.system.clone(), key.id.clone()), home_of(key))).collect();
        let numbers = rows.iter().filter_map(|row| row.holder_number.as_deref()).collect();
        let people = Holders::of(work, &phones, &numbers).await?;
        Ok(Self { stations, homes: RefCell::new(homes), known: RefCell::new(known), people })
    }

    /// How many rooms have no home yet.
    fn new_homes(&self) -> usize {
        self.homes.borrow().values().filter(|home| home.is_none()).count()
    }

    /// The home another system knows by a key, if the key was asked for.
    fn known_as(&self, key: &ExternalId) -> Option<Option<Uuid>> {
        self.known.borrow().get(&(key.system.clone(), key.id.clone())).copied()
    }

    /// The home of a room, if the room was asked for.
    fn home(&self, room: &Room) -> Option<Option<Uuid>> {
        self.homes.borrow().get(room).copied()
    }
}

impl HouseholdRow {
    /// Its key in another system.
    fn external(&self) -> Option<ExternalId> {
        external(self.external_system.as_ref(), self.external_id.as_ref())
    }

    /// A home that is not on file; its key in another system follows.
    fn input(&self, station_id: Uuid, customer_id: Option<Uuid>) -> CreateHousehold {
        CreateHousehold {
            station_id,
            unit_id: None,
            room_no: Some(self.room_no.clone()),
            building: self.building.clone(),
            address: self.address.clone(),
            customer_id,
            owned_from: None,
            purpose: self.purpose,
            far_end: self.far_end.unwrap_or_default(),
            connected_on: self.connected_on,
            valve: None,
            seal_no: None,
            warranty_until: self.warranty_until,
            price_exception: None,
            external_ids: Vec::new(),
        }
    }

    /// The phone its holder is looked up by.
    fn phone_asked(&self) -> Option<&Phone> {
        self.holder_phone.as_ref().filter(|_| self.holder_number.is_none() && self.holder_name.is_some())
    }

    /// Whom the row names as holder of a home that may be known; without a phone the one who holds it now is known by
    /// his name.
    async fn holder(&self, work: &Work, people: &Holders, home: Option<Uuid>) -> Result<Option<Uuid>, Fault> {
        if let Some(number) = &self.holder_number {
            return match people.numbered(number) {
                Some(id) => Ok(Some(id)),
                None => known_customer(work, number, "/holder_number").await.map(Some),
            };
        }
        let Some(name) = &self.holder_name else { return Ok(None) };
        if let (None, Some(home)) = (&self.holder_phone, home) {
            let home = homes::Entity::find_by_id(home).one(&work.db()).await?;
            if let Some(present) = home.and_then(|home| home.customer_id)
                && is_named(work, present, name).await?
            {
                return Ok(Some(present));
            }
        }
        people.find_or_enter(work, name, self.holder_phone.as_ref()).await.map(Some)
    }

    /// The areas the row names, the certificate first.
    fn areas(&self, work: &Work) -> Result<Vec<Said>, Fault> {
        let today = business_day(work.now);
        let from = self.area_from.or(self.connected_on.filter(|on| *on <= today)).unwrap_or(today);
        let dates = (from, self.area_from.unwrap_or(today));
        let certificate = self.certificate_area_m2.map(|area| Said {
            kind: Kind::Certificate,
            area,
            height: self.height_m,
            heated: None,
            from: dates.0,
            changed_from: dates.1,
        });
        let extra =
            self.extra_areas.iter().map(|text| extra(text, dates).map_err(|code| Fault::field("/extra_areas", code)));
        certificate.map(Ok).into_iter().chain(extra).collect()
    }

    /// Writes what the row says otherwise; whether anything was.
    async fn change(&self, work: &Work, id: Uuid, station_id: Uuid, holder: Option<Uuid>) -> Result<bool, Fault> {
        let row = resource::take::<Household>(work, id).await?;
        if row.station_id != station_id {
            return Err(Fault::field("/station_code", "immutable"));
        }
        let before = HouseholdFields::from(&row);
        let mut after = before.clone();
        after.purpose = self.purpose;
        after.building = self.building.clone().unwrap_or(before.building.clone());
        after.far_end = self.far_end.unwrap_or(before.far_end);
        after.connected_on = self.connected_on.or(before.connected_on);
        after.warranty_until = self.warranty_until.or(before.warranty_until);
        let address = crate::household::address(work, &row)?;
        after.address = self.address.clone().filter(|said| said.trim() != address);
        let mut changed = !same(&before, &after)?;
        if changed {
            update(work, &row, after).await?;
        }
        if let Some(customer_id) = holder.filter(|holder| Some(*holder) != row.customer_id) {
            let from = self.area_from.unwrap_or(business_day(work.now));
            let input = CreateOwnership {
                customer_id,
                from,
                to: None,
                cause: Cause::Correction,
                document_id: None,
                takes_arrears: false,
            };
            change_hands(work, id, &input).await?;
            changed = true;
        }
        Ok(changed)
    }
}

/// Reads `kind:area:height:heated`; since when it holds, and since when in the place of another.
fn extra(text: &str, (from, changed_from): (NaiveDate, NaiveDate)) -> Result<Said, &'static str> {
    let parts: Vec<&str> = text.split([':', '：']).map(str::trim).collect();
    let [kind, area, height, rest @ ..] = parts.as_slice() else { return Err("invalid_format") };
    let kind = serde_json::from_value(serde_json::Value::from(*kind)).map_err(|_| "invalid_enum")?;
    let heated = match rest {
        [] => None,
        ["true" | "是" | "1"] => Some(true),
        ["false" | "否" | "0"] => Some(false),
        _ => return Err("invalid_format"),
    };
    Ok(Said { kind, area: Area::parse(area)?, height: Some(Height::parse(height)?), heated, from, changed_from })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extra_area_is_read_from_one_cell() {
        let check = |text: &str, wanted: Result<(Kind, i64, Option<bool>), &str>| {
            let read = extra(text, Default::default()).map(|area| (area.kind, area.area.units(), area.heated));
            assert_eq!(read, wanted, "{text}");
        };
        check("extension:13.20:2.80:true", Ok((Kind::Extension, 1320, Some(true))));
        check("basement: 15.00 : 2.10 : 否", Ok((Kind::Basement, 1500, Some(false))));
        check("gifted:8:2.90", Ok((Kind::Gifted, 800, None)));
        check("attic:8:2.90", Err("invalid_enum"));
        check("gifted:8.999:2.90", Err("too_many_decimals"));
        check("gifted", Err("invalid_format"));
    }
}
