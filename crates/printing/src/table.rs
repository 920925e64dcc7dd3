//! Long tables, written row by row: the memory they take does not grow with them.

use std::path::Path;

use rust_xlsxwriter::{Format, Workbook};

use crate::csv::{BOM, harmless};
use crate::{Unprintable, failed};

/// The longest text a sheet's cell holds.
const LONGEST: usize = 32_767;
/// Rows of a sheet, the heading among them.
pub const MAX_ROWS: u32 = 1_048_576;

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum TableCell {
    Nothing,
    Text(String),
    /// A number as it is written.
    Number(String),
}

/// The heading of a table as CSV, with the mark that says UTF-8.
pub fn csv_heading(columns: &[String]) -> Result<Vec<u8>, Unprintable> {
    let mut writer = writer(BOM.to_vec());
    writer.write_record(columns).map_err(failed)?;
    writer.into_inner().map_err(failed)
}

/// Rows of a table as CSV; text that a spreadsheet would run gets a quote before it.
pub fn csv_rows(rows: &[Vec<TableCell>]) -> Result<Vec<u8>, Unprintable> {
    let mut writer = writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.iter().map(|cell| match cell {
                TableCell::Nothing => String::new(),
                TableCell::Text(text) => harmless(text.clone()),
                TableCell::Number(number) => number.clone(),
            }))
            .map_err(failed)?;
    }
    writer.into_inner().map_err(failed)
}

fn writer(start: Vec<u8>) -> ::csv::Writer<Vec<u8>> {
    ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(start)
}

/// A workbook of one sheet that grows on the disk.
pub struct XlsxTable {
    book: Workbook,
    row: u32,
}

impl XlsxTable {
    /// Begins a table; `folder` holds its rows until it is saved.
    pub fn start(folder: &Path, columns: &[String]) -> Result<Self, Unprintable> {
        let mut book = Workbook::new();
        book.set_tempdir(folder).map_err(failed)?;
        let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        let heading = Format::new().set_bold();
        for (n, column) in (0..).zip(columns) {
            sheet.write_string_with_format(0, n, column, &heading).map_err(failed)?;
        }
        Ok(Self { book, row: 1 })
    }

    /// Adds rows. Text is written as text, whatever it begins with.
    pub fn add(&mut self, rows: &[Vec<TableCell>]) -> Result<(), Unprintable> {
        let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
        for row in rows {
            for (n, cell) in (0..).zip(row) {
                match cell {
                    TableCell::Nothing => continue,
                    TableCell::Number(number) => match number.parse::<f64>() {
                        Ok(number) => sheet.write_number(self.row, n, number),
                        Err(_) => sheet.write_string(self.row, n, number),
                    },
                    TableCell::Text(text) if text.len() > LONGEST => {
                        sheet.write_string(self.row, n, text.chars().take(LONGEST).collect::<String>())
                    }
                    TableCell::Text(text) => sheet.write_string(self.row, n, text),
                }
                .map_err(failed)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    /// Whether so many more rows fit.
    pub fn has_room(&self, rows: usize) -> bool {
        usize::try_from(MAX_ROWS - self.row).is_ok_and(|left| rows <= left)
    }

    /// Writes the workbook to a file; slow for a long table.
    pub fn save(mut self, path: &Path) -> Result<(), Unprintable> {
        self.book.save(path).map_err(failed)
    }
}
