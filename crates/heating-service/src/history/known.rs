//! What lines of the old books name: looked up at once for as many lines as come together.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use kernel::fault::Fault;
use registers::{external_ids, locks, staff};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::{Resource, Work};

use super::{HistoryRow, Record, SYSTEM, required};
use crate::household::entity as homes;
use crate::imports::known::{homes_of, instruments_of};
use crate::season::{entity as seasons, queries};
use crate::station::{HeatingStation, entity as stations};

/// What the lines of some rows name.
pub(super) struct Known {
    /// What became of each line asked for, by its old key; nothing so far of most.
    lines: RefCell<HashMap<String, Option<Uuid>>>,
    homes: HashMap<String, homes::Model>,
    stations: HashMap<String, stations::Model>,
    people: HashMap<String, Uuid>,
    instruments: HashMap<String, Uuid>,
    seasons: Vec<seasons::Model>,
}

/// The texts of a field, each once.
fn texts<'a>(rows: &'a [HistoryRow], field: impl Fn(&'a HistoryRow) -> Option<&'a String>) -> BTreeSet<&'a str> {
    rows.iter().filter_map(field).map(String::as_str).collect()
}

impl Known {
    /// Looks up what these lines name, and holds their old keys.
    pub(super) async fn of(work: &Work, rows: &[HistoryRow]) -> Result<Self, Fault> {
        let known = Self {
            lines: RefCell::new(lines(work, rows).await?),
            homes: homes_of(work, texts(rows, |row| row.household_number.as_ref())).await?,
            stations: stations_of(work, texts(rows, |row| row.station_code.as_ref())).await?,
            people: people_of(work, texts(rows, |row| row.staff_number.as_ref())).await?,
            instruments: instruments_of(work, texts(rows, |row| row.instrument_number.as_ref())).await?,
            seasons: match rows.iter().any(|row| row.record == Record::ValveCheck) {
                true => queries::all(work).await?,
                false => Vec::new(),
            },
        };
        Ok(known)
    }

    /// What the line under this key became before: nothing if it is new, none if it was not asked for.
    pub(super) fn line(&self, key: &str) -> Option<Option<Uuid>> {
        self.lines.borrow().get(key).copied()
    }

    /// The line under this key was taken over.
    pub(super) fn taken_over(&self, key: String, id: Uuid) {
        self.lines.borrow_mut().insert(key, Some(id));
    }

    pub(super) fn station(&self, row: &HistoryRow) -> Result<&stations::Model, Fault> {
        found(&self.stations, required(row.station_code.as_deref(), "/station_code")?, "/station_code")
    }

    pub(super) fn household(&self, row: &HistoryRow) -> Result<&homes::Model, Fault> {
        found(&self.homes, required(row.household_number.as_deref(), "/household_number")?, "/household_number")
    }

    pub(super) fn instrument(&self, row: &HistoryRow) -> Result<Uuid, Fault> {
        let number = required(row.instrument_number.as_deref(), "/instrument_number")?;
        found(&self.instruments, number, "/instrument_number").copied()
    }

    /// Who did it; whoever brings the line when it does not say.
    pub(super) fn person(&self, work: &Work, row: &HistoryRow) -> Result<Uuid, Fault> {
        match &row.staff_number {
            Some(number) => found(&self.people, number, "/staff_number").copied(),
            None => required(work.actor().staff_id, "/staff_number"),
        }
    }

    /// The season of the line's day.
    pub(super) fn season(&self, row: &HistoryRow) -> Result<Uuid, Fault> {
        required(queries::holding(&self.seasons, row.date).map(|season| season.id), "/date")
    }
}

fn found<'a, T>(all: &'a HashMap<String, T>, named: &str, pointer: &str) -> Result<&'a T, Fault> {
    all.get(named).ok_or_else(|| Fault::field(pointer, "not_found"))
}

async fn lines(work: &Work, rows: &[HistoryRow]) -> Result<HashMap<String, Option<Uuid>>, Fault> {
    let mut lines: HashMap<String, Option<Uuid>> = rows.iter().map(|row| (row.old_key(), None)).collect();
    locks::hold(work, lines.keys().map(|key| format!("{SYSTEM}|{key}")).collect()).await?;
    let resources: BTreeSet<&str> = rows.iter().map(HistoryRow::resource).collect();
    for resource in resources {
        let keys: Vec<String> = rows.iter().filter(|row| row.resource() == resource).map(HistoryRow::old_key).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let known = external_ids::lookup_all(work, resource, SYSTEM, &keys).await?;
        lines.extend(known.into_iter().map(|(key, id)| (key, Some(id))));
    }
    Ok(lines)
}

async fn stations_of(work: &Work, codes: BTreeSet<&str>) -> Result<HashMap<String, stations::Model>, Fault> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let seen = stations::Entity::find().filter(HeatingStation::visible(work));
    let rows = seen.filter(stations::Column::Code.is_in(codes)).all(&work.db()).await?;
    Ok(rows.into_iter().map(|station| (station.code.clone(), station)).collect())
}

async fn people_of(work: &Work, numbers: BTreeSet<&str>) -> Result<HashMap<String, Uuid>, Fault> {
    use staff::Column::{Id, Number};
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let named = staff::Entity::find().select_only().columns([Number, Id]).filter(Number.is_in(numbers));
    let rows: Vec<(String, Uuid)> = named.into_tuple().all(&work.db()).await?;
    Ok(rows.into_iter().collect())
}
