//! `/v1/org-units` (PF-03).

use registers::org_unit::{OrgUnit, commands};

use crate::router::Api;

const MANAGE: &str = "platform.org_unit:manage";

/// Declares organisation units.
pub fn routes(api: &mut Api) {
    api.resource::<OrgUnit>("organisation", "org_units")
        .list()
        .get()
        .history()
        .create_with(MANAGE, commands::create)
        .patch_with::<commands::OrgUnitFields, _>(MANAGE, commands::update);
}
