//! Rows of files for the desk (PF-14): calls of an older telephone system, tickets of an older desk, catalogues of
//! the repair network, and the calendar its deadlines are counted by.

mod calendar_days;
mod calls;
mod parts;
mod repairs;
mod tickets;

use store::imports::Kind;

/// Tickets; apart, because other domains follow what becomes of one.
pub const TICKETS: Kind = Kind::of::<tickets::TicketRow>();

/// The other kinds of the desk.
pub static KINDS: &[Kind] = &[
    Kind::of::<calls::CallRow>(),
    Kind::of::<parts::PartRow>(),
    Kind::of::<parts::PartPriceRow>(),
    Kind::of::<repairs::RepairTariffRow>(),
    Kind::of::<repairs::WarrantyCoverageRow>(),
    Kind::of::<calendar_days::CalendarDayRow>(),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_field_of_a_row_has_its_column() {
        for kind in KINDS.iter().chain(&[TICKETS]) {
            let name = (kind.schema)();
            let row = (kind.schemas)().into_iter().find(|(known, _)| *known == name).unwrap();
            let schema = serde_json::to_value(row.1).unwrap();
            let fields: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            let columns: BTreeSet<&str> = kind.columns.iter().map(|column| column.name).collect();
            assert_eq!(columns, fields, "{}", kind.name);
        }
    }
}
