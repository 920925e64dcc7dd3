//! Files by their content: `ab/cd/<sha-256>` below one folder, each content once.
//!
//! A file is written beside its place, synced and renamed before the transaction that names it, so a
//! committed document always has its content; a file nobody names is only wasted space.

use std::path::{Path, PathBuf};

use kernel::fault::{Fault, TOO_LARGE};
use sha2::{Digest, Sha256};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::{media, problems};

/// Bytes kept for the look at the type.
const HEAD: usize = 8192;

/// A file on its way in.
pub struct Receiving {
    folder: PathBuf,
    temporary: Temporary,
    file: File,
    hash: Sha256,
    head: Vec<u8>,
    size: u64,
    limit: u64,
}

/// A file that arrived whole and is stored.
#[derive(Clone, Debug)]
pub struct Received {
    pub sha256: String,
    pub size: u64,
    pub media_type: String,
}

/// A path that is removed unless it was renamed away.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Receiving {
    /// Begins a file of at most `limit` bytes.
    pub async fn start(folder: &Path, limit: u64) -> Result<Self, Fault> {
        let incoming = folder.join("incoming");
        fs::create_dir_all(&incoming).await.map_err(Fault::unavailable)?;
        let path = incoming.join(Uuid::now_v7().to_string());
        let file = File::create_new(&path).await.map_err(Fault::unavailable)?;
        Ok(Self {
            folder: folder.to_owned(),
            temporary: Temporary(path),
            file,
            hash: Sha256::new(),
            head: Vec::new(),
            size: 0,
            limit,
        })
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

    /// Checks the type and puts the file at its place.
    ///
    /// # Errors
    /// 415 `type_mismatch`, 422 `file_empty`.
    pub async fn finish(mut self, declared: Option<&str>) -> Result<Received, Fault> {
        if self.size == 0 {
            return Err(Fault::field("/file", problems::FILE_EMPTY.code));
        }
        let media_type = media::judge(&self.head, declared)?;
        self.file.flush().await.map_err(Fault::unavailable)?;
        self.file.sync_all().await.map_err(Fault::unavailable)?;
        let sha256 = hex::encode(self.hash.finalize());
        let place = path(&self.folder, &sha256);
        if !fs::try_exists(&place).await.map_err(Fault::unavailable)? {
            let parent = place.parent().unwrap_or(&self.folder);
            fs::create_dir_all(parent).await.map_err(Fault::unavailable)?;
            fs::rename(&self.temporary.0, &place).await.map_err(Fault::unavailable)?;
            let folder = File::open(parent).await.map_err(Fault::unavailable)?;
            folder.sync_all().await.map_err(Fault::unavailable)?;
        }
        Ok(Received { sha256, size: self.size, media_type })
    }
}

/// Where a content lies.
pub fn path(folder: &Path, sha256: &str) -> PathBuf {
    let part = |from: usize| sha256.get(from..from + 2).unwrap_or("00");
    folder.join(part(0)).join(part(2)).join(sha256)
}

/// Opens a stored content.
pub async fn open(folder: &Path, sha256: &str) -> Result<File, Fault> {
    File::open(path(folder, sha256)).await.map_err(Fault::unavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_content_is_stored_once() {
        let folder = std::env::temp_dir().join(format!("documents-{}", Uuid::now_v7()));
        let mut stored = Vec::new();
        for _ in 0..2 {
            let mut file = Receiving::start(&folder, 100).await.unwrap();
            file.write(b"%PDF-1.7\n").await.unwrap();
            file.write(b"text").await.unwrap();
            stored.push(file.finish(Some("application/pdf")).await.unwrap());
        }
        assert_eq!((&stored[0].sha256, stored[0].size), (&stored[1].sha256, 13));
        assert!(path(&folder, &stored[0].sha256).exists());
        assert_eq!(std::fs::read_dir(folder.join("incoming")).unwrap().count(), 0);
        let mut file = Receiving::start(&folder, 3).await.unwrap();
        assert_eq!(file.write(b"four").await.unwrap_err().code(), "too_large");
        drop(file);
        assert_eq!(std::fs::read_dir(folder.join("incoming")).unwrap().count(), 0);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
