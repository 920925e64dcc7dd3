//! The endpoints of version 1, one file a resource.

pub mod buildings;
mod bulk;
pub mod calendars;
pub mod customers;
pub mod documents;
pub mod events;
pub mod journal;
pub mod meta;
pub mod parameters;
pub mod phases;
pub mod projects;
pub mod sandbox;
pub mod suppliers;
pub mod tickets;
pub mod units;

use crate::router::Api;

/// Reading the property register, whatever the table.
const PROPERTY_READ: &str = "platform.property:read";
/// Writing the property register.
const PROPERTY_MANAGE: &str = "platform.property:manage";

/// Declares everything below `/v1`.
pub fn routes(api: &mut Api, sandbox: bool) {
    customers::routes(api);
    projects::routes(api);
    phases::routes(api);
    buildings::routes(api);
    units::routes(api);
    suppliers::routes(api);
    documents::routes(api);
    parameters::routes(api);
    calendars::routes(api);
    events::routes(api);
    journal::routes(api);
    meta::routes(api);
    tickets::routes(api);
    if sandbox {
        sandbox::routes(api);
    }
}
