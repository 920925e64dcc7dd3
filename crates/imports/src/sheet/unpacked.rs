//! How large a spreadsheet is unpacked, before anything of it is unpacked into memory.
//!
//! The directory of the archive says the sizes; since it may lie, every part is then unpacked once into
//! nothing, counted, and no further than it said.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use kernel::fault::{Fault, TOO_LARGE};
use zip::ZipArchive;

use super::unreadable;

/// Bytes of all parts together.
const MAX_UNPACKED: u64 = 128 * 1024 * 1024;
/// Above this size, how many times larger than packed.
const MAX_RATIO: u64 = 100;
const RATIO_FROM: u64 = 16 * 1024 * 1024;
/// Parts an ordinary workbook does not come near.
const MAX_PARTS: usize = 2_000;

/// Refuses what would be too large.
///
/// # Errors
/// 413 `too_large`, 422 `file_unreadable`.
pub fn check(path: &Path) -> Result<(), Fault> {
    let file = File::open(path).map_err(Fault::unavailable)?;
    let packed = file.metadata().map_err(Fault::unavailable)?.len();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(unreadable)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large());
    }
    let mut declared = Vec::with_capacity(archive.len());
    for n in 0..archive.len() {
        declared.push(archive.by_index_raw(n).map_err(unreadable)?.size());
    }
    let total = declared.iter().fold(0_u64, |sum, size| sum.saturating_add(*size));
    if total > MAX_UNPACKED || (total > RATIO_FROM && total / packed.max(1) > MAX_RATIO) {
        return Err(too_large());
    }
    for (n, size) in declared.into_iter().enumerate() {
        let mut part = archive.by_index(n).map_err(unreadable)?.take(size + 1);
        let unpacked = io::copy(&mut part, &mut io::sink()).map_err(unreadable)?;
        if unpacked > size {
            return Err(too_large());
        }
    }
    Ok(())
}

fn too_large() -> Fault {
    Fault::new(&TOO_LARGE).with("limit", MAX_UNPACKED)
}
