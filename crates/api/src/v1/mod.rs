//! The endpoints of version 1, one file a resource.

pub mod access;
pub mod accounts;
pub mod approvals;
pub mod auth;
pub mod buildings;
mod bulk;
pub mod calendars;
pub mod calls;
pub mod clients;
pub mod contacts;
pub mod customer_accounts;
pub mod customers;
pub mod delegations;
pub mod documents;
pub mod events;
pub mod journal;
pub mod me;
pub mod meta;
pub mod notifications;
pub mod org_units;
pub mod parameters;
pub mod phases;
pub mod projects;
pub mod report_submissions;
pub mod reports;
pub mod sandbox;
pub mod sla_policies;
pub mod staff;
pub mod suppliers;
pub mod ticket_catalogues;
pub mod tickets;
pub mod units;
pub mod webhooks;
pub mod work_items;

use crate::router::Api;

/// Reading the property register, whatever the table.
const PROPERTY_READ: &str = "platform.property:read";
/// Writing the property register.
const PROPERTY_MANAGE: &str = "platform.property:manage";

/// Declares everything below `/v1`.
pub fn routes(api: &mut Api, sandbox: bool) {
    auth::routes(api);
    customer_accounts::routes(api);
    me::routes(api);
    accounts::routes(api);
    clients::routes(api);
    access::routes(api);
    org_units::routes(api);
    staff::routes(api);
    delegations::routes(api);
    approvals::routes(api);
    customers::routes(api);
    contacts::routes(api);
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
    webhooks::routes(api);
    notifications::routes(api);
    work_items::routes(api);
    meta::routes(api);
    tickets::routes(api);
    ticket_catalogues::routes(api);
    sla_policies::routes(api);
    calls::routes(api);
    reports::routes(api);
    report_submissions::routes(api);
    if sandbox {
        sandbox::routes(api);
    }
}
