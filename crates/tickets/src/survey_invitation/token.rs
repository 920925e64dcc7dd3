//! The token of an invitation: a keyed hash of its id, 192 bits nobody can guess. It is never stored; the
//! invitation keeps its SHA-256, and a response a keyed hash that does not lead back to it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sea_orm::prelude::Uuid;
use sha2::{Digest, Sha256};
use store::Reading;

/// Bytes of a token.
const LENGTH: usize = 24;

/// The token of an invitation.
pub fn of(at: &Reading, invitation: Uuid) -> String {
    BASE64.encode(&at.store.keys().mac("survey.token", invitation.as_bytes())[..LENGTH])
}

/// What is kept of a token.
pub fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// What a response keeps, so that there is one a token.
pub fn receipt(at: &Reading, token: &str) -> String {
    hex(&at.store.keys().mac("survey.receipt", token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_plain_sha_256() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
