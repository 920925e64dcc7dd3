//! The bundle of a filed case, to be sent.

use documents::bundle::{Content, Item};
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::journal::{Audience, Fact};
use store::{Reading, Work, protected};

use super::CaseArchive;
use super::entity::{Model, part};
use super::manifest::{CASE, MANIFEST, Manifest};
use crate::problems::PERSON_ERASED;

/// Where the personal part is sealed.
pub(super) fn place(archive: Uuid) -> String {
    format!("case_archive|{archive}|case")
}

/// The texts of one of the two bundles by path, in clear; the personal part is absent when the person was erased.
pub(super) async fn texts(at: &Reading, row: &Model, redacted: bool) -> Result<Vec<(String, String)>, Fault> {
    let parts = part::Entity::find().filter(part::Column::ArchiveId.eq(row.id)).all(&at.db()).await?;
    let mut texts = Vec::new();
    for part in parts {
        let own = matches!(part.path.as_str(), CASE | MANIFEST);
        if own && part.redacted != redacted {
            continue;
        }
        if !part.sealed {
            texts.push((part.path, part.content));
        } else if let Some(clear) = open(at, row, &part.content).await? {
            texts.push((part.path, clear));
        }
    }
    Ok(texts)
}

async fn open(at: &Reading, row: &Model, sealed: &str) -> Result<Option<String>, Fault> {
    let place = place(row.id);
    if let Some(person) = row.person_id
        && let Some(key) = protected::person_key(at, person).await?
        && let Ok(clear) = key.open(&place, sealed)
    {
        return Ok(Some(clear));
    }
    // Sealed under the house's key when there was no person's, gone with the person otherwise.
    Ok(at.store.keys().open(&place, sealed).ok().and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// What is packed, the manifest first.
///
/// # Errors
/// `person_erased` for the full bundle of a person who was erased.
pub async fn items(at: &Reading, row: &Model, redacted: bool) -> Result<Vec<Item>, Fault> {
    let texts = texts(at, row, redacted).await?;
    let text = |path: &str| texts.iter().find(|(known, _)| known == path).map(|(_, text)| text.clone());
    let manifest = text(MANIFEST).ok_or_else(|| Fault::internal("an archive without a manifest"))?;
    let listed: Manifest = serde_json::from_str(&manifest).map_err(Fault::internal)?;
    let mut items = vec![Item { path: MANIFEST.to_owned(), content: Content::Text(manifest) }];
    for entry in listed.files {
        let content = match text(&entry.path) {
            Some(text) => Content::Text(text),
            None if entry.path == CASE => return Err(Fault::new(&PERSON_ERASED).rule("TK-R34")),
            None => Content::Stored(entry.sha256),
        };
        items.push(Item { path: entry.path, content });
    }
    Ok(items)
}

/// Keeps in the journal who took the bundle, and whether persons are in it.
pub fn note_download(work: &Work, row: &Model, redacted: bool) {
    let fact = Fact::of::<CaseArchive>("downloaded", row).with("redacted", redacted);
    work.record(fact.audience(Audience::Audit));
}

/// The name of the file that is sent.
pub fn file_name(row: &Model, redacted: bool) -> String {
    format!("{}-{}{}.zip", row.number, row.cycle, if redacted { "-redacted" } else { "" })
}
