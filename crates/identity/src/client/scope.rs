//! What a token of a client is confined to (RFC 6749 §3.3): a scope is a permission of the client's job role.

use std::collections::BTreeSet;

use access::{JobRole, policy};
use kernel::fault::FieldErrors;

use super::entity::Model;

/// Every scope is a permission the role holds.
pub(super) fn check(scopes: &[String], role: JobRole, errors: &mut FieldErrors) {
    for (n, scope) in scopes.iter().enumerate() {
        errors.add_if(!policy::allows(scope, role), &format!("/scopes/{n}"), "invalid_enum");
    }
}

/// The scope of a new token: all the client has, or the part it asked for; none when it asked for more. A client
/// without scopes has all of its role.
pub(crate) fn granted(row: &Model, role: JobRole, asked: Option<&str>) -> Option<String> {
    let given = row.list::<String>(&row.scopes);
    let asked: BTreeSet<&str> = asked.unwrap_or_default().split_whitespace().collect();
    if asked.is_empty() {
        return Some(given.join(" "));
    }
    let has = |scope: &str| match given.is_empty() {
        true => policy::allows(scope, role),
        false => given.iter().any(|known| known == scope),
    };
    let words: Vec<&str> = asked.into_iter().collect();
    words.iter().all(|scope| has(scope)).then(|| words.join(" "))
}

/// The permissions a token is confined to now: those of its scope the client still has. None: all of its role.
pub(super) fn confined(row: &Model, scope: &str) -> Option<Vec<String>> {
    let given = row.list::<String>(&row.scopes);
    let asked: Vec<String> = scope.split_whitespace().map(str::to_owned).collect();
    match (given.is_empty(), asked.is_empty()) {
        (true, true) => None,
        (true, false) => Some(asked),
        (false, true) => Some(given),
        (false, false) => Some(asked.into_iter().filter(|scope| given.contains(scope)).collect()),
    }
}
