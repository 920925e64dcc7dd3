//! What a bundle holds, by path and SHA-256.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(super) const FORMAT: &str = "hearthdesk-case-archive-1";
/// Its own path in the bundle.
pub const MANIFEST: &str = "manifest.json";
/// What was said and done.
pub const CASE: &str = "case.json";
/// The deadlines as the API explains them.
pub const DEADLINES: &str = "deadlines.json";
/// The journal entries with their proofs.
pub const JOURNAL: &str = "journal.json";

/// The manifest of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub archive_id: Uuid,
    pub ticket_id: Uuid,
    pub number: String,
    pub cycle: i32,
    pub made_at: String,
    /// Whether personal data was left out, and with it the files.
    pub redacted: bool,
    pub journal_from: i64,
    pub journal_to: i64,
    pub files: Vec<Entry>,
    /// Files the redacted bundle leaves out: they may show persons.
    pub omitted: Vec<Entry>,
}

/// A file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub path: String,
    pub sha256: String,
    pub bytes: u64,
}

impl Entry {
    /// The entry of a text.
    pub(super) fn of(path: &str, text: &str) -> Self {
        let sha256 = documents::bundle::sha256(text.as_bytes());
        Self { path: path.to_owned(), sha256, bytes: text.len() as u64 }
    }
}
