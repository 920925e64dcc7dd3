//! Rows of files for the heating service (PF-14): thousands of households, areas and receipts.

mod area_items;
mod heat_receipts;
mod heating_history;
mod households;
pub(crate) mod known;
mod lab_history;
mod official_complaints;
mod temperature_readings;
mod valve_checks;

use access::JobRole;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::imports::Kind;
use store::{Resource, Work};

use crate::station::{HeatingStation, entity as stations};

/// Whoever takes files of the heating service over.
const RUN: &str = "heating.import:run";
/// The manager takes over every file; others bring the lists of their own desk as well.
const MANAGER: Option<&[JobRole]> = Some(&[JobRole::HeatingServiceManager]);

/// Readings of a routine round; apart, because the desk follows a cold home.
pub const TEMPERATURE_READINGS: Kind = Kind::of::<temperature_readings::TemperatureReadingRow>();

/// The other kinds of the heating service.
pub static KINDS: &[Kind] = &[
    Kind::of::<households::HouseholdRow>(),
    Kind::of::<area_items::AreaItemRow>(),
    Kind::of::<heat_receipts::HeatReceiptRow>(),
    Kind::of::<crate::history::HistoryRow>(),
    Kind::of::<official_complaints::OfficialComplaintRow>(),
    Kind::of::<valve_checks::ValveCheckRow>(),
    Kind::of::<lab_history::LabHistoryRow>(),
];

/// The station of this code, as far as the caller may know of it.
async fn known_station(work: &Work, code: &str) -> Result<stations::Model, Fault> {
    let found = stations::Entity::find().filter(stations::Column::Code.eq(code)).filter(HeatingStation::visible(work));
    found.one(&work.db()).await?.ok_or_else(|| Fault::field("/station_code", "not_found"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_field_of_a_row_has_its_column() {
        for kind in KINDS.iter().chain(&[TEMPERATURE_READINGS]) {
            let name = (kind.schema)();
            let row = (kind.schemas)().into_iter().find(|(known, _)| *known == name).unwrap();
            let schema = serde_json::to_value(row.1).unwrap();
            let fields: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            let columns: BTreeSet<&str> = kind.columns.iter().map(|column| column.name).collect();
            assert_eq!(columns, fields, "{}", kind.name);
        }
    }
}
