//! The pieces of a backup: copied, summed and checked.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::FILES;

/// A file of a backup, by its path inside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    pub path: String,
    pub sha256: String,
    pub bytes: u64,
}

impl Piece {
    /// The piece that lies at a path inside the backup.
    pub(super) fn of(folder: &Path, path: String) -> anyhow::Result<Self> {
        let (sha256, bytes) = sum(&folder.join(&path))?;
        Ok(Self { path, sha256, bytes })
    }

    /// Where it lies; a path that leads out of the backup is refused.
    pub(super) fn place(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        let inside = Path::new(&self.path).components().all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            bail!("the path {} leads out of the backup", self.path);
        }
        Ok(folder.join(&self.path))
    }

    /// Checks that it is there and unchanged.
    pub(super) fn check(&self, folder: &Path) -> anyhow::Result<()> {
        let (sha256, bytes) = sum(&self.place(folder)?)?;
        if (&sha256, bytes) != (&self.sha256, self.bytes) {
            bail!("{} was edited or damaged: its SHA-256 is not that of the manifest", self.path);
        }
        Ok(())
    }
}

fn sum(path: &Path) -> anyhow::Result<(String, u64)> {
    let mut file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut buffer).with_context(|| format!("reading {}", path.display()))?;
        if read == 0 {
            return Ok((hex::encode(hash.finalize()), bytes));
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// Makes the folder of a new backup.
pub(super) fn claim(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    if !is_empty(folder)? {
        bail!("{} is not empty: a backup is made into a folder of its own", folder.display());
    }
    Ok(())
}

/// Whether a folder holds nothing or is not there.
pub(super) fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("reading {}", folder.display())),
    }
}

/// Writes a file and waits until it is on the disk.
pub(super) fn write_synced(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let mut file = File::create_new(path).with_context(|| format!("making {}", path.display()))?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(())
}

/// Copies a file and waits until it is on the disk.
pub(super) fn copy_synced(from: &Path, to: &Path) -> anyhow::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::copy(from, to).with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    File::open(to)?.sync_all()?;
    Ok(())
}

/// Copies the uploaded files, each named by its content.
///
/// # Errors
/// When a content is not what its name says: the backup would keep a damaged file as if it were whole.
pub(super) fn copy_uploads(files: &Path, folder: &Path) -> anyhow::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    for (path, name) in uploads(files)? {
        let inside = path.strip_prefix(files)?.to_string_lossy().into_owned();
        let inside = format!("{FILES}/{inside}");
        copy_synced(&path, &folder.join(&inside))?;
        let piece = Piece::of(folder, inside)?;
        if piece.sha256 != name {
            bail!("the uploaded file {} is damaged: its content has the SHA-256 {}", path.display(), piece.sha256);
        }
        pieces.push(piece);
    }
    Ok(pieces)
}

/// The stored contents `ab/cd/<sha-256>`, in order; what is still arriving is none.
fn uploads(files: &Path) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    let mut folders = vec![(files.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            match (entry.file_type()?.is_dir(), depth) {
                (true, 0 | 1) if name.len() == 2 => folders.push((entry.path(), depth + 1)),
                (false, 2) if name.len() == 64 => found.push((entry.path(), name)),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(path: &str) -> Piece {
        Piece { path: path.to_owned(), sha256: String::new(), bytes: 0 }
    }

    #[test]
    fn a_path_that_leads_out_is_refused() {
        let folder = Path::new("/backup");
        assert_eq!(piece("files/ab/cd/x").place(folder).unwrap(), Path::new("/backup/files/ab/cd/x"));
        for path in ["../master.key", "/etc/passwd", "files/../../x"] {
            assert!(piece(path).place(folder).is_err(), "{path}");
        }
    }
}
