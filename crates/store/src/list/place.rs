//! Pages of journal entries: their cursors hold the last entry's place, and belong to one list as any other does.

use kernel::fault::{self, Fault};
use serde::{Deserialize, Serialize};

use super::{DEFAULT_LIMIT, MAX_LIMIT, sealed, unsealed};
use crate::Reading;

#[derive(Serialize, Deserialize)]
struct Place {
    list: String,
    after: i64,
}

const PLACE_KEY: &str = "list.place";

/// What a list that is no resource's is bound to: its path, what was asked of it and who asked.
fn binding(at: &Reading, path: &str, asked: &[(String, String)]) -> String {
    let mut asked: Vec<_> = asked.iter().filter(|(name, _)| !["limit", "cursor"].contains(&name.as_str())).collect();
    asked.sort();
    let text = format!("{path}|{asked:?}|{}", at.actor().sub);
    hex::encode(&at.store.keys().mac("list.filters", text.as_bytes())[..8])
}

/// The cursor of a list of journal entries that goes on after this one; it belongs to the caller, the path and what
/// was asked.
///
/// # Errors
/// None that a caller causes.
pub fn place_cursor(at: &Reading, path: &str, asked: &[(String, String)], after: i64) -> Result<String, Fault> {
    sealed(at, PLACE_KEY, &Place { list: binding(at, path, asked), after })
}

/// The entry such a list goes on after, by the `cursor` among what was asked; none without one.
///
/// # Errors
/// 400 `invalid_cursor` for an edited cursor and for one of another list or caller.
pub fn place_after(at: &Reading, path: &str, asked: &[(String, String)]) -> Result<Option<i64>, Fault> {
    let Some((_, cursor)) = asked.iter().find(|(name, _)| name == "cursor") else { return Ok(None) };
    let place: Place = unsealed(at, PLACE_KEY, cursor)?;
    match place.list == binding(at, path, asked) {
        true => Ok(Some(place.after)),
        false => Err(Fault::new(&fault::INVALID_CURSOR)),
    }
}

/// Rows a page by the `limit` among what was asked.
///
/// # Errors
/// 400 `invalid_limit` outside 1–200.
pub fn limit(asked: &[(String, String)]) -> Result<u64, Fault> {
    let Some((_, text)) = asked.iter().find(|(name, _)| name == "limit") else { return Ok(DEFAULT_LIMIT) };
    let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| Fault::new(&fault::INVALID_LIMIT))
}
