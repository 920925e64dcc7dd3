//! `/v1/units` and their owners (PF-05).

use registers::property::owner::commands as owners;
use registers::property::unit::commands::{self, UnitFields};
use registers::property::{Unit, UnitOwner};

use crate::router::Api;

const TAG: &str = "property";

/// Declares the units.
pub fn routes(api: &mut Api) {
    api.resource::<Unit>(TAG, "units")
        .read_with(super::PROPERTY_READ)
        .list()
        .get()
        .history()
        .create_with(super::PROPERTY_MANAGE, commands::create)
        .upsert("Enters or changes the unit another system knows by this id.", super::PROPERTY_MANAGE, commands::put)
        .bulk("Enters up to 200 units; one result a row.", super::PROPERTY_MANAGE, commands::create)
        .patch_with::<UnitFields, _>(super::PROPERTY_MANAGE, commands::update)
        .parts::<UnitOwner>("owners", "unit_id", super::PROPERTY_READ)
        .add_part::<UnitOwner, _, _>(
            "owners",
            "Enters who owns a unit.",
            "platform.property:manage_owners",
            owners::add,
        );
}
