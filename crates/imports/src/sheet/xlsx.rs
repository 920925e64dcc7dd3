//! The first sheet of a workbook, cell by cell. A formula is read as its text, never as its value.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use kernel::fault::{Fault, TOO_LARGE};

use super::{Each, Line, MAX_COLUMNS, unreadable};

/// Reads the rows.
pub fn read(path: &Path, each: Each<'_>) -> Result<(), Fault> {
    let file = BufReader::new(File::open(path).map_err(Fault::unavailable)?);
    let mut book: Xlsx<_> = Xlsx::new(file).map_err(unreadable)?;
    let sheet = book.sheet_names().first().cloned().ok_or_else(|| unreadable("no sheet"))?;
    let mut reader = book.worksheet_cells_reader(&sheet).map_err(unreadable)?;
    let mut line = Line::default();
    while let Some(cell) = reader.next_cell_with_formula().map_err(unreadable)? {
        let (row, column) = (cell.pos.0.saturating_add(1), cell.pos.1 as usize);
        if row != line.number {
            if row < line.number {
                return Err(unreadable("the rows are not in order"));
            }
            if line.number > 0 && !each(std::mem::take(&mut line))? {
                return Ok(());
            }
            line.number = row;
        }
        let text = match cell.formula {
            Some(formula) if !formula.is_empty() => format!("={formula}"),
            _ => text(&cell.value),
        };
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if column >= MAX_COLUMNS {
            return Err(Fault::new(&TOO_LARGE).with("limit", MAX_COLUMNS));
        }
        if line.cells.len() <= column {
            line.cells.resize(column + 1, String::new());
        }
        text.clone_into(&mut line.cells[column]);
    }
    if line.number > 0 {
        each(line)?;
    }
    Ok(())
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(n) => n.to_string(),
        // The shortest decimal that is this number; a whole one without its decimals.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(at) => instant(at),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A day, or a day and its time; sheets know no time zones.
fn instant(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
    let time = NaiveTime::from_hms_milli_opt(hour.into(), minute.into(), second.into(), milli.into());
    let (false, Some(date), Some(time)) = (at.is_duration(), date, time) else { return at.as_f64().to_string() };
    // Days are fractions in a sheet: 08:00 may be stored as 07:59:59.9999.
    let at = date.and_time(time) + TimeDelta::milliseconds(500);
    if at.time() < NaiveTime::MIN + TimeDelta::seconds(1) {
        return at.date().to_string();
    }
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}
