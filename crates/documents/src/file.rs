//! Files by their content: `ab/cd/<sha-256>` in a folder or a bucket, each content once.
//!
//! A file is received beside its place and moved there before the transaction that names it, so a committed
//! document always has its content; a file nobody names is only wasted space.

mod bucket;
mod folder;

use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use kernel::fault::{Fault, TOO_LARGE};
use sha2::{Digest, Sha256};

use crate::{media, problems};

/// Bytes kept for the look at the type.
const HEAD: usize = 8192;

/// A bucket of an S3-compatible store.
#[derive(Clone, Default)]
pub struct Bucket {
    pub name: String,
    /// `https://…` of another provider than Amazon; plain `http://` only where it is named so.
    pub endpoint: Option<String>,
    pub region: Option<String>,
    /// Key and secret; without them those of the machine's role.
    pub credentials: Option<(String, String)>,
}

/// Without the credentials.
impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").field("name", &self.name).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// Where the contents lie; cheap to clone.
#[derive(Clone, Debug)]
pub struct Files(Place);

#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    Bucket(bucket::Store),
}

impl Files {
    /// A folder of this machine.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self(Place::Folder(folder.into()))
    }

    /// A bucket. Says nothing about whether it answers: [`Files::check`] does.
    ///
    /// # Errors
    /// When what is named cannot be a bucket.
    pub fn bucket(bucket: &Bucket) -> Result<Self, Fault> {
        Ok(Self(Place::Bucket(bucket::open(bucket)?)))
    }

    /// Writes and removes a small file: whether the place is there and allows it.
    pub async fn check(&self) -> Result<(), Fault> {
        match &self.0 {
            Place::Folder(folder) => folder::check(folder).await,
            Place::Bucket(store) => bucket::check(store).await,
        }
    }

    /// A range of the bytes of a stored content, in pieces.
    pub async fn read(
        &self,
        sha256: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, std::io::Error>>, Fault> {
        match &self.0 {
            Place::Folder(folder) => folder::read(folder, sha256, range).await,
            Place::Bucket(store) => bucket::read(store, sha256, range).await,
        }
    }
}

impl Files {
    /// A stored content as an open file, for whoever must seek in it; none when it is gone.
    pub async fn open(&self, sha256: &str) -> Result<Option<std::fs::File>, Fault> {
        match &self.0 {
            Place::Folder(folder) => match std::fs::File::open(path(folder, sha256)) {
                Ok(file) => Ok(Some(file)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(Fault::unavailable(error)),
            },
            Place::Bucket(store) => bucket::spool(store, sha256, self.scratch().map_err(Fault::unavailable)?).await,
        }
    }

    /// An empty file that nobody else sees; it is gone when it is closed.
    pub fn scratch(&self) -> std::io::Result<std::fs::File> {
        let folder = match &self.0 {
            Place::Folder(folder) => folder.join("incoming"),
            Place::Bucket(_) => std::env::temp_dir(),
        };
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(uuid::Uuid::now_v7().to_string());
        let file = std::fs::File::options().create_new(true).read(true).write(true).open(&path)?;
        // The open file is all that is needed.
        std::fs::remove_file(&path)?;
        Ok(file)
    }
}

/// Where a content lies below a folder, or in a bucket.
pub fn place(sha256: &str) -> String {
    let part = |from: usize| sha256.get(from..from + 2).unwrap_or("00");
    format!("{}/{}/{sha256}", part(0), part(2))
}

/// Where a content lies below a local folder, for whoever copies the folder.
pub fn path(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(place(sha256))
}

/// A file on its way in; what is dropped before it is finished leaves nothing behind.
pub struct Receiving {
    writing: Writing,
    hash: Sha256,
    head: Vec<u8>,
    size: u64,
    limit: u64,
}

enum Writing {
    Folder(folder::Writing),
    Bucket(bucket::Writing),
}

/// A file that arrived whole and, unless it was only tried, is stored.
#[derive(Clone, Debug)]
pub struct Received {
    pub sha256: String,
    pub size: u64,
    pub media_type: String,
}

impl Receiving {
    /// Begins a file of at most `limit` bytes.
    pub async fn start(files: &Files, limit: u64) -> Result<Self, Fault> {
        let writing = match &files.0 {
            Place::Folder(folder) => Writing::Folder(folder::Writing::start(folder).await?),
            Place::Bucket(store) => Writing::Bucket(bucket::Writing::start(store).await?),
        };
        Ok(Self { writing, hash: Sha256::new(), head: Vec::new(), size: 0, limit })
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
        match &mut self.writing {
            Writing::Folder(writing) => writing.write(chunk).await,
            Writing::Bucket(writing) => writing.write(chunk).await,
        }
    }

    /// Checks the type and puts the file at its place.
    ///
    /// # Errors
    /// 415 `type_mismatch`, 422 `file_empty`.
    pub async fn finish(self, declared: Option<&str>) -> Result<Received, Fault> {
        let (received, writing) = self.judged(declared)?;
        match writing {
            Writing::Folder(writing) => writing.keep(&received.sha256).await?,
            Writing::Bucket(writing) => writing.keep(&received.sha256).await?,
        }
        Ok(received)
    }

    /// As [`Receiving::finish`], and nothing is kept.
    ///
    /// # Errors
    /// As there.
    pub fn tried(self, declared: Option<&str>) -> Result<Received, Fault> {
        self.judged(declared).map(|(received, _)| received)
    }

    fn judged(self, declared: Option<&str>) -> Result<(Received, Writing), Fault> {
        if self.size == 0 {
            return Err(Fault::field("/file", problems::FILE_EMPTY.code));
        }
        let media_type = media::judge(&self.head, declared)?;
        let sha256 = hex::encode(self.hash.finalize());
        Ok((Received { sha256, size: self.size, media_type }, self.writing))
    }
}

#[cfg(test)]
mod tests;
