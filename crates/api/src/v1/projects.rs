//! `/v1/projects` (PF-05).

use registers::property::Project;
use registers::property::project::commands::{self, ProjectFields};

use crate::router::Api;

/// Declares the projects.
pub fn routes(api: &mut Api) {
    api.resource::<Project>("property", "projects")
        .read_with(super::PROPERTY_READ)
        .list()
        .get()
        .history()
        .create_with(super::PROPERTY_MANAGE, commands::create)
        .patch_with::<ProjectFields, _>(super::PROPERTY_MANAGE, commands::update);
}
