//! `/v1/buildings` (PF-05).

use registers::property::Building;
use registers::property::building::commands::{self, BuildingFields};

use crate::router::Api;

/// Declares the buildings.
pub fn routes(api: &mut Api) {
    api.resource::<Building>("property", "buildings")
        .read_with(super::PROPERTY_READ)
        .list()
        .get()
        .history()
        .create_with(super::PROPERTY_MANAGE, commands::create)
        .patch_with::<BuildingFields, _>(super::PROPERTY_MANAGE, commands::update);
}
