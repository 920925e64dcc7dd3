//! CSV: UTF-8 with or without BOM, separated by commas, quoted as in RFC 4180.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use kernel::fault::Fault;

use super::{Each, Line, unreadable};
use crate::problems::NOT_UTF8;

/// Reads the rows.
pub fn read(path: &Path, each: Each<'_>) -> Result<(), Fault> {
    let mut file = BufReader::new(File::open(path).map_err(Fault::unavailable)?);
    // Of CR and LF the reader counts the second with the row that follows.
    let behind = has_crlf(&mut file)?;
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut record = ::csv::ByteRecord::new();
    let mut first = true;
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let number = record.position().map_or(0, |position| position.line() as u32) + u32::from(behind && !first);
        let mut cells = Vec::with_capacity(record.len());
        for cell in &record {
            let text = std::str::from_utf8(cell).map_err(|_| Fault::field("/file", NOT_UTF8.code))?;
            let text = if first { text.trim_start_matches('\u{feff}') } else { text };
            first = false;
            cells.push(text.trim().to_owned());
        }
        if !each(Line { number, cells })? {
            break;
        }
    }
    Ok(())
}

/// Whether the first line ends in CR and LF.
fn has_crlf(file: &mut BufReader<File>) -> Result<bool, Fault> {
    let start = file.fill_buf().map_err(Fault::unavailable)?;
    Ok(start.split(|byte| *byte == b'\n').next().is_some_and(|line| line.ends_with(b"\r")))
}
