//! `/v1/phases` (PF-05).

use registers::property::Phase;
use registers::property::phase::commands::{self, PhaseFields};

use crate::router::Api;

/// Declares the phases.
pub fn routes(api: &mut Api) {
    api.resource::<Phase>("property", "phases")
        .read_with(super::PROPERTY_READ)
        .list()
        .get()
        .history()
        .create_with(super::PROPERTY_MANAGE, commands::create)
        .patch_with::<PhaseFields, _>(super::PROPERTY_MANAGE, commands::update);
}
