//! CSV for spreadsheets: UTF-8 with BOM, cells that could be formulas neutralised.

use kernel::lang::Lang;
use kernel::report::{Cell, Report, Value};

use crate::{Unprintable, cells, failed};

/// Tells spreadsheets that the text is UTF-8.
pub(crate) const BOM: &[u8] = "\u{feff}".as_bytes();

/// The report as CSV: heading, rows, totals.
pub fn csv(report: &Report, lang: Lang) -> Result<Vec<u8>, Unprintable> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(BOM.to_vec());
    writer.write_record(report.columns.iter().map(|column| column.title(lang))).map_err(failed)?;
    for row in &report.rows {
        writer.write_record(row.iter().map(cell)).map_err(failed)?;
    }
    if let Some(totals) = &report.totals {
        writer.write_record(totals.iter().map(cell)).map_err(failed)?;
    }
    writer.into_inner().map_err(failed)
}

/// Figures are written as they are.
fn cell(cell: &Cell) -> String {
    let text = cells::text(&cell.value);
    if matches!(cell.value, Value::Text(_)) { harmless(text) } else { text }
}

/// What a formula begins with; spreadsheets of East Asia take the wide forms too.
const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Text that a spreadsheet would run gets a quote before it; a plain decimal cannot be run.
pub(crate) fn harmless(text: String) -> String {
    let figure = || {
        let digits = text.strip_prefix('-').unwrap_or(&text);
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    let formula = text.starts_with(STARTS) && !figure();
    if formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_begins_like_a_formula_is_text() {
        let check = |text: &str, wanted: &str| assert_eq!(harmless(text.to_owned()), wanted);
        check("=1+1", "'=1+1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\u{ff1d}1+1", "'\u{ff1d}1+1");
        check("-2+3", "'-2+3");
        check("-12.50", "-12.50");
        check("南岗=站", "南岗=站");
    }
}
