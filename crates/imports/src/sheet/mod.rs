//! Reading a file row by row, as text, within bounds.

pub mod cell;
mod csv;
mod unpacked;
mod xlsx;

use std::path::Path;

use kernel::fault::{Fault, TOO_LARGE};

use crate::problems::FILE_UNREADABLE;

/// Cells a file may have, filled or not.
const MAX_CELLS: u64 = 2_000_000;
/// Columns a file may have.
const MAX_COLUMNS: usize = 500;

/// What a file is.
#[codes::code(name = "ImportFormat")]
pub enum Format {
    /// CSV 文件: comma-separated text.
    #[label("CSV")]
    Csv,
    /// Excel 文件
    #[label("Excel")]
    Xlsx,
}

/// A row as it stands in the file: the first one with anything in it is the heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: u32,
    /// Trimmed; blank cells are empty.
    pub cells: Vec<String>,
}

impl Line {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }
}

/// What is done with a row; false: no more are wanted.
pub type Each<'a> = &'a mut dyn FnMut(Line) -> Result<bool, Fault>;

/// Hands out the rows that are not blank, one after the other.
///
/// # Errors
/// 422 `file_unreadable` or `not_utf8`, 413 beyond the bounds.
pub fn read(path: &Path, format: Format, each: Each<'_>) -> Result<(), Fault> {
    let mut cells = 0;
    let mut bounded = |line: Line| {
        cells += line.cells.len() as u64;
        if cells > MAX_CELLS || line.cells.len() > MAX_COLUMNS {
            return Err(Fault::new(&TOO_LARGE).with("limit", MAX_CELLS));
        }
        if line.is_blank() { Ok(true) } else { each(line) }
    };
    match format {
        Format::Csv => csv::read(path, &mut bounded),
        Format::Xlsx => {
            unpacked::check(path)?;
            xlsx::read(path, &mut bounded)
        }
    }
}

/// Why a file cannot be read is no secret, but not for the caller either: the sentence may quote it.
fn unreadable(error: impl std::fmt::Display) -> Fault {
    tracing::debug!(%error, "an import cannot be read");
    Fault::field("/file", FILE_UNREADABLE.code)
}
