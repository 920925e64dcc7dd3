//! `/v1/seal-entries`: what was stamped with which seal (PF-07).

use documents::seal::{self, SealEntry};

use crate::router::Api;

/// Declares the seal register; nothing of it can be changed.
pub fn routes(api: &mut Api) {
    api.resource::<SealEntry>("seals", "seal_entries")
        .read_with("platform.seal:read")
        .list()
        .get()
        .history()
        .create_with("platform.seal:create", seal::record);
}
