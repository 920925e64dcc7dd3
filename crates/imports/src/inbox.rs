//! A file on its way: written to a folder of its own, readable by the service alone, gone after the run.

use std::path::{Path, PathBuf};

use kernel::fault::{Fault, TOO_LARGE, UNSUPPORTED_MEDIA};
use sha2::{Digest, Sha256};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::problems::OLD_SPREADSHEET;
use crate::sheet::Format;

/// Bytes kept for the look at the format.
const HEAD: usize = 8192;

/// A file that is still arriving.
pub struct Incoming {
    path: Temporary,
    file: File,
    hash: Sha256,
    head: Vec<u8>,
    size: u64,
    limit: u64,
}

/// A file that arrived whole; removed when dropped, unless it is kept for a run.
pub struct Arrived {
    path: Temporary,
    pub format: Format,
    pub sha256: String,
}

struct Temporary(Option<PathBuf>);

impl Temporary {
    fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Incoming {
    /// Begins a file of at most `limit` bytes.
    pub async fn start(folder: &Path, limit: u64) -> Result<Self, Fault> {
        fs::create_dir_all(folder).await.map_err(Fault::unavailable)?;
        let path = folder.join(format!("{}.part", Uuid::now_v7()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&path).await.map_err(Fault::unavailable)?;
        let path = Temporary(Some(path));
        Ok(Self { path, file, hash: Sha256::new(), head: Vec::new(), size: 0, limit })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// 413 `too_large` beyond the limit.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        self.size += chunk.len() as u64;
        if self.size > self.limit {
            return Err(Fault::new(&TOO_LARGE).with("limit", self.limit));
        }
        if self.head.len() < HEAD {
            self.head.extend(chunk.iter().take(HEAD - self.head.len()));
        }
        self.hash.update(chunk);
        self.file.write_all(chunk).await.map_err(Fault::unavailable)
    }

    /// Tells the format by the content.
    ///
    /// # Errors
    /// 415 when it is neither a spreadsheet nor text, 422 when it is empty.
    pub async fn finish(mut self) -> Result<Arrived, Fault> {
        if self.size == 0 {
            return Err(Fault::field("/file", "file_empty"));
        }
        let format = format_of(&self.head)?;
        self.file.flush().await.map_err(Fault::unavailable)?;
        self.file.sync_all().await.map_err(Fault::unavailable)?;
        Ok(Arrived { path: self.path, format, sha256: hex::encode(self.hash.finalize()) })
    }
}

fn format_of(head: &[u8]) -> Result<Format, Fault> {
    match head {
        [b'P', b'K', 3, 4, ..] => Ok(Format::Xlsx),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(Fault::new(&OLD_SPREADSHEET)),
        // UTF-16 has NULs too, but says so: the reader names what is wrong.
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Ok(Format::Csv),
        _ if head.contains(&0) => Err(Fault::new(&UNSUPPORTED_MEDIA)),
        _ => Ok(Format::Csv),
    }
}

impl Arrived {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.path.path()
    }

    /// Keeps the file for the run of an import that is done later.
    pub async fn keep(mut self, folder: &Path, import: Uuid) -> Result<(), Fault> {
        let place = kept(folder, import);
        fs::rename(self.path.path(), &place).await.map_err(Fault::unavailable)?;
        self.path.0 = None;
        Ok(())
    }
}

/// Where the file of an import lies until its run is over.
pub fn kept(folder: &Path, import: Uuid) -> PathBuf {
    folder.join(import.to_string())
}

/// Removes the file of an import.
pub async fn forget(folder: &Path, import: Uuid) {
    let _ = fs::remove_file(kept(folder, import)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_told_by_the_content() {
        let check = |head: &[u8], wanted: Result<Format, &str>| {
            assert_eq!(format_of(head).map_err(|fault| fault.code().to_owned()), wanted.map_err(str::to_owned));
        };
        check(b"PK\x03\x04rest", Ok(Format::Xlsx));
        check(b"name,uscc\r\n", Ok(Format::Csv));
        check(b"\xff\xfen\0a\0", Ok(Format::Csv));
        check(b"\xd0\xcf\x11\xe0\xa1\xb1", Err("old_spreadsheet"));
        check(b"%PDF\0\0", Err("unsupported_media_type"));
    }
}
