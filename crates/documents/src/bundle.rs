//! Bundles of files as one ZIP archive, and what one that came back holds. Plainly stored: whoever checks a bundle
//! needs nothing but SHA-256.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use kernel::fault::Fault;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::file::Files;

/// The most a file inside a bundle may unpack to.
const FILE_LIMIT: u64 = 256 * 1024 * 1024;
/// The most files a bundle may hold.
const FILES_LIMIT: usize = 5_000;
/// What of a text file is kept for a closer look.
const TEXT_LIMIT: u64 = 64 * 1024 * 1024;

/// A file on its way into a bundle.
pub struct Item {
    /// Its path inside the bundle.
    pub path: String,
    pub content: Content,
}

/// Where a file's bytes come from.
pub enum Content {
    Text(String),
    /// A stored content, by its SHA-256.
    Stored(String),
}

/// A file found in a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub path: String,
    /// None when it cannot be read: its own check sum does not fit.
    pub sha256: Option<String>,
    /// The bytes, for paths asked for.
    pub text: Option<String>,
}

/// The SHA-256 of bytes, hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The SHA-256 of a stored content as it is now; none when it is gone.
pub async fn stored_sha256(files: &Files, name: &str) -> Result<Option<String>, Fault> {
    match files.open(name).await? {
        Some(mut file) => blocking(move || sum(&mut file)).await.map(Some),
        None => Ok(None),
    }
}

fn sum(reader: &mut impl Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Packs files into an archive nobody else sees; answers it with its size. It is gone when it is closed.
pub async fn pack(files: &Files, items: Vec<Item>) -> Result<(tokio::fs::File, u64), Fault> {
    let mut parts = Vec::with_capacity(items.len());
    for item in items {
        let part = match item.content {
            Content::Text(text) => Part::Text(text),
            Content::Stored(name) => {
                let gone = || Fault::unavailable("a content that a document names is gone");
                Part::File(files.open(&name).await?.ok_or_else(gone)?)
            }
        };
        parts.push((item.path, part));
    }
    let scratch = files.scratch().map_err(Fault::unavailable)?;
    let (file, size) = blocking(move || write(scratch, parts)).await?;
    Ok((tokio::fs::File::from_std(file), size))
}

enum Part {
    Text(String),
    File(File),
}

fn write(file: File, parts: Vec<(String, Part)>) -> io::Result<(File, u64)> {
    let mut archive = ZipWriter::new(file);
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (path, part) in parts {
        archive.start_file(path, plain)?;
        match part {
            Part::Text(text) => archive.write_all(text.as_bytes())?,
            Part::File(mut content) => drop(io::copy(&mut content, &mut archive)?),
        }
    }
    let mut file = archive.finish()?;
    let size = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    Ok((file, size))
}

/// What a stored archive holds; the text of the paths named is kept. None when it is no archive.
pub async fn unpack(files: &Files, name: &str, texts: &'static [&'static str]) -> Result<Option<Vec<Found>>, Fault> {
    match files.open(name).await? {
        Some(file) => blocking(move || read(file, texts)).await,
        None => Ok(None),
    }
}

fn read(file: File, texts: &[&str]) -> io::Result<Option<Vec<Found>>> {
    let Ok(mut archive) = ZipArchive::new(file) else { return Ok(None) };
    if archive.len() > FILES_LIMIT {
        return Ok(None);
    }
    let mut all = Vec::with_capacity(archive.len());
    for n in 0..archive.len() {
        let Ok(mut entry) = archive.by_index(n) else { return Ok(None) };
        let Ok(path) = entry.name().map(|name| name.into_owned()) else { return Ok(None) };
        let mut text = None;
        let sha256 = if texts.contains(&path.as_str()) {
            let mut bytes = Vec::new();
            let read = entry.by_ref().take(TEXT_LIMIT).read_to_end(&mut bytes);
            text = String::from_utf8(bytes.clone()).ok();
            read.ok().map(|_| sha256(&bytes))
        } else {
            sum(&mut entry.by_ref().take(FILE_LIMIT)).ok()
        };
        all.push(Found { path, sha256, text });
    }
    Ok(Some(all))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(Fault::internal)?.map_err(Fault::unavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_packed_is_found_and_a_changed_byte_shows() {
        let folder = std::env::temp_dir().join(format!("bundle-{}", uuid::Uuid::now_v7()));
        let files = Files::folder(&folder);
        let item = |path: &str, text: &str| Item { path: path.to_owned(), content: Content::Text(text.to_owned()) };
        let (file, size) = pack(&files, vec![item("a.json", "{}"), item("files/图.txt", "渗水")]).await.unwrap();
        let mut bytes = Vec::new();
        file.into_std().await.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, size);
        let name = "ab".repeat(32);
        let place = crate::file::path(&folder, &name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(&place, &bytes).unwrap();
        let found = unpack(&files, &name, &["a.json"]).await.unwrap().unwrap();
        assert_eq!(found[0], Found { path: "a.json".into(), sha256: Some(sha256(b"{}")), text: Some("{}".into()) });
        assert_eq!(found[1].sha256, Some(sha256("渗水".as_bytes())));
        let at = bytes.windows(3).position(|three| three == "渗".as_bytes()).unwrap();
        bytes[at] ^= 1;
        std::fs::write(&place, &bytes).unwrap();
        let found = unpack(&files, &name, &[]).await.unwrap().unwrap();
        assert_ne!(found[1].sha256, Some(sha256("渗水".as_bytes())));
        std::fs::write(&place, b"no archive").unwrap();
        assert_eq!(unpack(&files, &name, &[]).await.unwrap(), None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
