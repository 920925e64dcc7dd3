//! The calendar the programme is shipped with.

use chrono::Datelike;

use super::{DayKind, DayRow, WorkingDays};
use crate::time::parse_date;

const PUBLISHED: &str = include_str!("../../data/cn-holidays.csv");
const STATUTORY: &str = include_str!("../../data/cn-statutory-holidays.csv");

pub(super) fn version_1() -> WorkingDays {
    let (published, statutory) = (rows(PUBLISHED), rows(STATUTORY));
    let mut calendar = WorkingDays {
        version: 1,
        published: (2011..=2026).collect(),
        provisional: statutory.iter().map(|row| row.date.year()).collect(),
        days: Default::default(),
    };
    calendar.insert(&statutory, true);
    calendar.insert(&published, false);
    calendar
}

/// Reads `date,kind,name_zh`. A line that cannot be read stops the programme: the data is compiled in.
fn rows(text: &str) -> Vec<DayRow> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader.records().map(|record| record.ok().and_then(|record| row(&record))).map(required).collect()
}

fn row(record: &csv::StringRecord) -> Option<DayRow> {
    let kind = match record.get(1)? {
        "holiday" | "statutory" | "compensation" => DayKind::Holiday,
        "make_up_workday" => DayKind::MakeUpWorkday,
        _ => return None,
    };
    Some(DayRow { date: parse_date(record.get(0)?).ok()?, kind, name: record.get(2)?.to_owned() })
}

fn required(row: Option<DayRow>) -> DayRow {
    match row {
        Some(row) => row,
        None => panic!("the built-in calendar has a line that is no day"),
    }
}
