//! The endpoints of version 1, one file a resource.

pub mod access;
pub mod accounts;
pub mod approvals;
pub mod assessments;
pub mod auth;
pub mod buildings;
mod bulk;
pub mod calendars;
pub mod calls;
pub mod case_archives;
pub mod clients;
pub mod contacts;
pub mod custody;
pub mod customer_accounts;
pub mod customers;
pub mod defect_claims;
pub mod delegations;
pub mod documents;
pub mod events;
pub mod imports;
pub mod incidents;
pub mod journal;
pub mod knowledge_articles;
pub mod leave_requests;
pub mod me;
pub mod meta;
pub mod musters;
pub mod notifications;
pub mod org_units;
pub mod outreach;
pub mod parameters;
pub mod parts;
pub mod phases;
pub mod portfolio;
pub mod projects;
pub mod quality;
pub mod repair_orders;
pub mod report_submissions;
pub mod reports;
pub mod rosters;
pub mod sandbox;
pub mod seals;
pub mod service_outlets;
pub mod service_requests;
pub mod site_receipts;
pub mod sla_policies;
pub mod staff;
pub mod supervisions;
pub mod suppliers;
pub mod surveys;
pub mod ticket_catalogues;
pub mod tickets;
pub mod units;
pub mod warranties;
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
    custody::routes(api);
    seals::routes(api);
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
    imports::routes(api);
    case_archives::routes(api);
    knowledge_articles::routes(api);
    portfolio::routes(api);
    repair_orders::routes(api);
    warranties::routes(api);
    defect_claims::routes(api);
    site_receipts::routes(api);
    service_outlets::routes(api);
    incidents::routes(api);
    supervisions::routes(api);
    rosters::routes(api);
    musters::routes(api);
    leave_requests::routes(api);
    surveys::routes(api);
    outreach::routes(api);
    parts::routes(api);
    reports::routes(api);
    report_submissions::routes(api);
    quality::routes(api);
    service_requests::routes(api);
    assessments::routes(api);
    if sandbox {
        sandbox::routes(api);
    }
}
