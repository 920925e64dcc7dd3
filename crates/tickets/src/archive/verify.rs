//! Checking an archive, as it is kept or as somebody brings it back: the first thing that differs is named.

use documents::Files;
use documents::bundle;
use documents::document::{self, Document};
use kernel::fault::Fault;
use registers::referenced;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::journal::entity::{Column as Told, Entity as Journal};
use store::journal::proof::Proof;
use store::journal::{Audience, Fact};
use store::{Reading, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::bundle::texts;
use super::entity::Model;
use super::manifest::{CASE, JOURNAL, MANIFEST, Manifest};
use super::{CaseArchive, Entry};
use crate::problems::NOT_A_BUNDLE;

/// What is checked: the archive as it is kept, or a bundle uploaded as a document.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct VerifyArchive {
    /// A bundle that came back, uploaded as a document; without it the kept archive is checked.
    pub document_id: Option<Uuid>,
}

/// What a check found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CaseArchiveVerification)]
pub struct Verification {
    pub archive_id: Uuid,
    pub number: String,
    pub manifest_sha256: String,
    /// Whether a bundle without personal data was checked.
    pub redacted: bool,
    pub intact: bool,
    /// The first thing that differs; null when nothing does.
    pub difference: Option<Difference>,
    /// The personal part can no longer be read: the person was erased.
    pub person_erased: bool,
}

/// Where an archive differs from what was filed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CaseArchiveDifference)]
pub struct Difference {
    /// The file of the bundle.
    pub path: Option<String>,
    /// The journal entry.
    pub position: Option<i64>,
    /// missing, altered, unexpected, not_proven.
    pub why: &'static str,
}

impl Difference {
    fn at_path(path: &str, why: &'static str) -> Self {
        Self { path: Some(path.to_owned()), position: None, why }
    }
    fn at_position(position: i64, why: &'static str) -> Self {
        Self { path: Some(JOURNAL.to_owned()), position: Some(position), why }
    }
}

/// Checks an archive.
///
/// # Errors
/// 422 `not_found`, `not_a_bundle` at `/document_id`.
pub async fn verify(at: &Reading, files: &Files, row: &Model, input: &VerifyArchive) -> Result<Verification, Fault> {
    let kept = Kept::load(at, row, false).await?;
    let (redacted, difference, person_erased) = match input.document_id {
        None => {
            let erased = kept.text(CASE).is_none();
            let found = kept.check(at, files, row).await?;
            let found = match found {
                Some(found) => Some(found),
                None => Kept::load(at, row, true).await?.check(at, files, row).await?,
            };
            (false, found, erased)
        }
        Some(id) => {
            let document = referenced::known::<Document>(at, id, "/document_id").await?;
            brought(at, files, row, &document, kept).await?
        }
    };
    Ok(Verification {
        archive_id: row.id,
        number: row.number.clone(),
        manifest_sha256: row.manifest_hash(redacted).to_owned(),
        redacted,
        intact: difference.is_none(),
        difference,
        person_erased,
    })
}

/// One of the two bundles as it is kept.
struct Kept {
    redacted: bool,
    texts: Vec<(String, String)>,
    manifest: Option<Manifest>,
}

impl Kept {
    async fn load(at: &Reading, row: &Model, redacted: bool) -> Result<Self, Fault> {
        let texts = texts(at, row, redacted).await?;
        let manifest = texts.iter().find(|(path, _)| path == MANIFEST);
        let manifest = manifest.and_then(|(_, text)| serde_json::from_str(text).ok());
        Ok(Self { redacted, texts, manifest })
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| known == path).map(|(_, text)| text.as_str())
    }

    /// What is kept, against the hash in the row and in the journal.
    async fn check(&self, at: &Reading, files: &Files, row: &Model) -> Result<Option<Difference>, Fault> {
        let altered = || Ok(Some(Difference::at_path(MANIFEST, "altered")));
        let (Some(text), Some(manifest)) = (self.text(MANIFEST), &self.manifest) else {
            return Ok(Some(Difference::at_path(MANIFEST, "missing")));
        };
        if bundle::sha256(text.as_bytes()) != row.manifest_hash(self.redacted) || !self.is_told(at, row).await? {
            return altered();
        }
        for entry in &manifest.files {
            let sha256 = match self.text(&entry.path) {
                Some(text) => Some(bundle::sha256(text.as_bytes())),
                // The person was erased, and with him his part.
                None if entry.path == CASE => continue,
                None => bundle::stored_sha256(files, &entry.sha256).await?,
            };
            if let Some(why) = differs(entry, sha256.as_deref()) {
                return Ok(Some(Difference::at_path(&entry.path, why)));
            }
        }
        self.check_journal(at).await
    }

    /// Whether the journal names this manifest; entries that were purged cannot.
    async fn is_told(&self, at: &Reading, row: &Model) -> Result<bool, Fault> {
        let told = Journal::find()
            .filter(Told::ResourceId.eq(row.ticket_id))
            .filter(Told::Kind.eq("ticket.archived"))
            .all(&at.db())
            .await?;
        let names = |entry: &store::journal::entity::Model| {
            let data: serde_json::Value = serde_json::from_str(&entry.data).unwrap_or_default();
            let field = if self.redacted { "redacted_manifest_sha256" } else { "manifest_sha256" };
            data["archive_id"] == row.id.to_string() && data[field] == row.manifest_hash(self.redacted)
        };
        Ok(told.iter().any(names) || at.store.purged_to().await? >= row.journal_to)
    }

    /// Every proof holds under the house's key, and the journal still says the same.
    async fn check_journal(&self, at: &Reading) -> Result<Option<Difference>, Fault> {
        let key = at.store.checkpoint_key()?;
        for (position, proof) in entries(self.text(JOURNAL).unwrap_or_default()) {
            let Some(proof) = proof else { return Ok(Some(Difference::at_position(position, "not_proven"))) };
            if proof.position != position || proof.refuted(Some(&key)).is_some() {
                return Ok(Some(Difference::at_position(position, "not_proven")));
            }
            if !at.store.still_holds(&proof).await? {
                return Ok(Some(Difference::at_position(position, "altered")));
            }
        }
        Ok(None)
    }
}

fn differs(entry: &Entry, sha256: Option<&str>) -> Option<&'static str> {
    match sha256 {
        None => Some("missing"),
        Some(found) if found != entry.sha256 => Some("altered"),
        Some(_) => None,
    }
}

/// Position and proof of each entry of a `journal.json`.
fn entries(text: &str) -> Vec<(i64, Option<Proof>)> {
    #[derive(Deserialize)]
    struct List {
        entries: Vec<serde_json::Value>,
    }
    let list: List = serde_json::from_str(text).unwrap_or(List { entries: Vec::new() });
    let read = |entry: serde_json::Value| {
        (entry["position"].as_i64().unwrap_or_default(), serde_json::from_value(entry["proof"].clone()).ok())
    };
    list.entries.into_iter().map(read).collect()
}

/// A bundle that came back, against what is kept.
async fn brought(
    at: &Reading,
    files: &Files,
    row: &Model,
    document: &document::Model,
    full: Kept,
) -> Result<(bool, Option<Difference>, bool), Fault> {
    let found = bundle::unpack(files, &document.sha256, &[MANIFEST, JOURNAL]).await?;
    let found = found.ok_or_else(|| Fault::field("/document_id", NOT_A_BUNDLE.code))?;
    let brought = |path: &str| found.iter().find(|file| file.path == path);
    let text = brought(MANIFEST).and_then(|file| file.text.clone()).unwrap_or_default();
    let redacted = serde_json::from_str::<Manifest>(&text).is_ok_and(|manifest| manifest.redacted);
    let kept = if redacted { Kept::load(at, row, true).await? } else { full };
    let erased = !redacted && kept.text(CASE).is_none();
    let Some(manifest) = &kept.manifest else {
        return Ok((redacted, Some(Difference::at_path(MANIFEST, "missing")), erased));
    };
    for entry in &manifest.files {
        let sha256 = brought(&entry.path).and_then(|file| file.sha256.as_deref());
        let Some(why) = differs(entry, sha256) else { continue };
        let difference = match (entry.path.as_str(), brought(JOURNAL).and_then(|file| file.text.as_deref())) {
            (JOURNAL, Some(other)) => first_entry(kept.text(JOURNAL).unwrap_or_default(), other),
            _ => None,
        };
        return Ok((redacted, Some(difference.unwrap_or(Difference::at_path(&entry.path, why))), erased));
    }
    let own = brought(MANIFEST).and_then(|file| file.sha256.as_deref());
    if own != Some(row.manifest_hash(redacted)) {
        let why = if own.is_none() { "missing" } else { "altered" };
        return Ok((redacted, Some(Difference::at_path(MANIFEST, why)), erased));
    }
    let listed = |path: &str| path == MANIFEST || manifest.files.iter().any(|entry| entry.path == path);
    let strange = found.iter().find(|file| !listed(&file.path));
    Ok((redacted, strange.map(|file| Difference::at_path(&file.path, "unexpected")), erased))
}

/// The first entry in which two `journal.json` differ.
fn first_entry(kept: &str, brought: &str) -> Option<Difference> {
    let (kept, brought) = (entries(kept), entries(brought));
    for (n, (position, proof)) in kept.iter().enumerate() {
        match brought.get(n) {
            None => return Some(Difference::at_position(*position, "missing")),
            Some(other) if (other.0, &other.1) != (*position, proof) => {
                return Some(Difference::at_position(*position, "altered"));
            }
            Some(_) => {}
        }
    }
    None
}

/// Keeps in the journal that an archive was checked, and what was found.
pub fn note(work: &Work, row: &Model, found: &Verification) {
    let fact = Fact::of::<CaseArchive>("verified", row).with("intact", found.intact).audience(Audience::Audit);
    let difference = serde_json::to_value(&found.difference).unwrap_or_default();
    work.record(fact.with("difference", difference));
}
