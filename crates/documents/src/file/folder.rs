//! Files in a folder of this machine.
//!
//! A file is written beside its place, synced and renamed before the transaction that names it.

use std::io::SeekFrom;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use kernel::fault::Fault;
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use uuid::Uuid;

use super::place;

/// Bytes sent in one piece.
const PIECE: u64 = 64 * 1024;

/// A file being written; it is gone unless it was put at its place.
pub(super) struct Writing {
    folder: PathBuf,
    temporary: Temporary,
    file: File,
}

/// A path that is removed unless it was renamed away.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Writing {
    pub async fn start(folder: &Path) -> Result<Self, Fault> {
        let incoming = folder.join("incoming");
        fs::create_dir_all(&incoming).await.map_err(Fault::unavailable)?;
        let path = incoming.join(Uuid::now_v7().to_string());
        let file = File::create_new(&path).await.map_err(Fault::unavailable)?;
        Ok(Self { folder: folder.to_owned(), temporary: Temporary(path), file })
    }

    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        self.file.write_all(chunk).await.map_err(Fault::unavailable)
    }

    /// Puts it at its place, unless the same content lies there already.
    pub async fn keep(mut self, sha256: &str) -> Result<(), Fault> {
        self.file.flush().await.map_err(Fault::unavailable)?;
        self.file.sync_all().await.map_err(Fault::unavailable)?;
        let path = self.folder.join(place(sha256));
        if fs::try_exists(&path).await.map_err(Fault::unavailable)? {
            return Ok(());
        }
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent).await.map_err(Fault::unavailable)?;
        fs::rename(&self.temporary.0, &path).await.map_err(Fault::unavailable)?;
        let folder = File::open(parent).await.map_err(Fault::unavailable)?;
        folder.sync_all().await.map_err(Fault::unavailable)
    }
}

/// A range of a stored content, in pieces.
pub(super) async fn read(
    folder: &Path,
    sha256: &str,
    range: Range<u64>,
) -> Result<BoxStream<'static, Result<Bytes, std::io::Error>>, Fault> {
    let mut file = File::open(folder.join(place(sha256))).await.map_err(Fault::unavailable)?;
    file.seek(SeekFrom::Start(range.start)).await.map_err(Fault::unavailable)?;
    let pieces = stream::try_unfold((file, range.end - range.start), |(mut file, left)| async move {
        let mut piece = vec![0; left.min(PIECE) as usize];
        let read = if left == 0 { 0 } else { file.read(&mut piece).await? };
        piece.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(piece), (file, left - read as u64))))
    });
    Ok(pieces.boxed())
}

/// Whether files can be written and removed.
pub(super) async fn check(folder: &Path) -> Result<(), Fault> {
    let mut file = Writing::start(folder).await?;
    file.write(b"ok").await?;
    file.file.sync_all().await.map_err(Fault::unavailable)
}
