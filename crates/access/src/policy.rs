//! The one table: which job roles hold which permission.
//!
//! Every operation names exactly one permission `<domain>.<entity>:<verb>`; the contract shows it with
//! the roles that hold it, and a test walks every operation × every role.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::JobRole::{self, *};
use crate::groups::*;

/// Who holds a permission.
#[derive(Clone, Copy, Debug)]
pub enum Holders {
    /// Everybody, without sign-in.
    Public,
    /// Every signed-in caller.
    Any,
    /// Every staff role, and these.
    Staff(&'static [&'static [JobRole]]),
    /// The union of these groups.
    Roles(&'static [&'static [JobRole]]),
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    pub permission: &'static str,
    pub holders: Holders,
}

/// Writes the table's rows: `"permission" => group, group, [Role, Role];`.
macro_rules! policy {
    ($($permission:literal => $kind:ident $($group:expr),*;)*) => {
        static TABLE: &[Grant] = &[$(Grant { permission: $permission, holders: policy!(@row $kind $($group),*) }),*];
    };
    (@row public) => { Holders::Public };
    (@row any) => { Holders::Any };
    (@row staff $($more:expr),*) => { Holders::Staff(&[$($more),*]) };
    (@row roles $($group:expr),+) => { Holders::Roles(&[$($group),+]) };
}

policy! {
    // PF-01 sign-in
    "platform.system:read" => public;
    "platform.auth:sign_in" => public;
    "platform.me:read" => any;
    "platform.me:password" => any;
    "platform.account:read" => roles ADMIN, &[HrOfficer];
    "platform.account:create" => roles ADMIN, &[HrOfficer];
    "platform.account:update" => roles ADMIN;
    "platform.client:manage" => roles ADMIN;
    // PF-02 authorization
    "platform.access:read" => roles ADMIN, &[HrOfficer, ExecutiveReader];
    "platform.access:explain" => any;
    // PF-03 organisation
    "platform.org_unit:read" => staff;
    "platform.org_unit:manage" => roles ADMIN, &[HrOfficer];
    "platform.staff:read" => staff;
    "platform.staff:manage" => roles ADMIN, &[HrOfficer];
    "platform.delegation:read" => staff;
    "platform.delegation:create" => staff;
    "platform.delegation:revoke" => staff;
    // PF-04 customers
    "platform.customer:read" => staff CLIENTS, &[Customer];
    "platform.customer:create" => roles CUSTOMER_EDITORS;
    "platform.customer:update" => roles CUSTOMER_EDITORS;
    "platform.customer_pii:read" => roles PII_READERS;
    "platform.customer:merge" => roles &[CsSupervisor, CsManager, InformationOfficer];
    "platform.customer:erase" => roles &[CsManager];
    "platform.contact:reveal" => roles CONTACT_REVEALERS;
    // PF-05 property
    "platform.property:read" => staff CLIENTS, &[Customer];
    "platform.property:manage" => roles ADMIN, &[EngineeringOfficer, PermitsManager, SalesManager];
    "platform.property:manage_owners" => roles ADMIN, &[EngineeringOfficer, PermitsManager, SalesManager, CsClerk, HeatingFeeCollector];
    // PF-06 suppliers
    "platform.supplier:read" => staff;
    "platform.supplier:manage" => roles ADMIN, &[CostGeneralOfficer, CostManager, PermitsSpecialist, RegionalServiceRep];
    "platform.supplier:blacklist" => roles &[CostManager, GeneralManager];
    // PF-07 documents
    "platform.document:read" => staff &[Customer];
    "platform.document:create" => staff &[Customer];
    "platform.document:update" => staff;
    // PF-08 approvals
    "platform.approval:read" => any;
    // PF-09 calendars and clock
    "platform.calendar:read" => any;
    "platform.sandbox:clock" => any;
    // PF-10 parameters
    "platform.parameter:read" => staff;
    "platform.parameter:update" => roles ADMIN, &[CsManager, CsDirector, CostManager, PermitsManager, SalesManager, HeatingServiceManager];
    // PF-11 journal
    "platform.event:read" => staff CLIENTS;
    "platform.journal:read" => roles ADMIN, &[ExecutiveReader];
    // PF-17 operations
    "platform.meta:read" => any;

    // TK-01 catalogues, intake, calls
    "tickets.channel:read" => staff CLIENTS, &[Customer];
    "tickets.ticket_category:read" => staff CLIENTS, &[Customer];
    "tickets.ticket_classification:read" => staff CLIENTS, &[Customer];
    "tickets.ticket_procedure:read" => staff;
    "tickets.ticket_catalogue:read" => staff CLIENTS;
    "tickets.catalogue:manage" => roles ADMIN, &[CsSupervisor, CsDirector, InformationOfficer];
    "tickets.ticket:read" => roles INTAKE, FIELD, LEAD, HEAD, BOSS, READERS, PROVIDER, &[Customer, IntegrationClient, TelephoneClient];
    "tickets.ticket:create" => roles INTAKE, LEAD, FIELD, HEAD, &[Customer, IntegrationClient];
    "tickets.ticket:update" => roles INTAKE, FIELD, LEAD;
    "tickets.ticket:bulk" => roles LEAD;
    "tickets.ticket:explain" => roles INTAKE, FIELD, LEAD, HEAD, BOSS, READERS;
    "tickets.call:read" => roles INTAKE, FIELD, LEAD, HEAD, BOSS, READERS, &[TelephoneClient];
    "tickets.call:create" => roles INTAKE, LEAD, &[TelephoneClient];
    "tickets.call:link" => roles INTAKE, LEAD, &[TelephoneClient];
    "tickets.call:listen" => roles LEAD, HEAD, &[QualityInspector];
    // TK-02 opinion and approval
    "tickets.ticket:submit_opinion" => roles AGENT, FIELD, LEAD;
    "tickets.ticket:approve" => roles HEAD, &[CompanyLeader];
    "tickets.ticket:reject" => roles HEAD, &[CompanyLeader];
    "tickets.ticket:withdraw_opinion" => roles AGENT, FIELD, LEAD;
    // TK-03 deadlines
    "tickets.sla_policy_set:read" => roles INTAKE, FIELD, LEAD, HEAD, BOSS, READERS, ADMIN;
    "tickets.sla_policy_set:create" => roles ADMIN, &[CsDirector];
    "tickets.sla_policy_set:update" => roles ADMIN, &[CsDirector];
    "tickets.sla_policy_set:activate" => roles &[CsDirector];
    "tickets.sla_policy_set:lint" => roles LEAD, HEAD, ADMIN;
    "tickets.sla_policy_set:match" => roles LEAD, HEAD, ADMIN;
    "tickets.ticket_pause:read" => roles INTAKE, FIELD, LEAD, HEAD, BOSS, READERS;
    "tickets.ticket_pause:create" => roles AGENT, FIELD, LEAD;
    "tickets.ticket_pause:approve" => roles LEAD, HEAD;
    "tickets.ticket_pause:refuse" => roles LEAD, HEAD;
    "tickets.ticket_pause:end" => roles AGENT, FIELD, LEAD;
    "tickets.ticket:annul_breach" => roles &[CsDirector];
    // TK-04 leading a case
    "tickets.ticket:answer_at_intake" => roles AGENT, LEAD, &[Receptionist];
    "tickets.ticket:assign" => roles LEAD, HEAD, &[HeatingHotlineAgent];
    "tickets.ticket:start" => roles AGENT, FIELD, LEAD;
    "tickets.ticket:return" => roles AGENT, FIELD;
    "tickets.ticket:transfer" => roles AGENT, FIELD, LEAD, HEAD;
    "tickets.ticket:resolve" => roles AGENT, FIELD, LEAD;
    "tickets.ticket:reply" => roles AGENT, LEAD, FIELD;
    "tickets.ticket:close" => roles INTAKE, LEAD;
    "tickets.ticket:reopen" => roles INTAKE, LEAD, &[Customer];
    "tickets.ticket:dismiss" => roles INTAKE, LEAD, HEAD;
    "tickets.ticket:withdraw" => roles INTAKE, &[Customer];
    "tickets.ticket:merge" => roles HEAD, &[CsSupervisor];
    "tickets.ticket:unmerge" => roles HEAD, &[CsSupervisor];
    "tickets.ticket:classify" => roles INTAKE, LEAD, HEAD;
    "tickets.ticket:chase" => roles INTAKE, LEAD, &[Customer];
    "tickets.ticket:escalate" => roles INTAKE, FIELD, LEAD;
    "tickets.ticket:rate" => roles &[Customer];
    "tickets.ticket:observe" => roles INTAKE, FIELD, LEAD, HEAD, BOSS, READERS;
    "tickets.ticket:split" => roles INTAKE, LEAD;
    "tickets.comment:read" => roles INTAKE, FIELD, LEAD, HEAD, BOSS, READERS, &[Customer];
    "tickets.comment:create" => roles INTAKE, FIELD, LEAD, HEAD, BOSS, &[Customer];
    // TK-06 callback
    "tickets.callback:read" => roles INTAKE, FIELD, LEAD, HEAD, BOSS, READERS, &[Customer];
    "tickets.callback:attempt" => roles AGENT, LEAD, &[Receptionist];
    "tickets.callback:complete" => roles AGENT, LEAD, &[Receptionist];
    "tickets.callback:waive" => roles LEAD, HEAD;
}

static BY_NAME: LazyLock<HashMap<&'static str, &'static Grant>> =
    LazyLock::new(|| TABLE.iter().map(|grant| (grant.permission, grant)).collect());

/// The row of a permission.
pub fn grant(permission: &str) -> Option<&'static Grant> {
    BY_NAME.get(permission).copied()
}

/// Whether a role holds a permission.
pub fn allows(permission: &str, role: JobRole) -> bool {
    match grant(permission).map(|grant| grant.holders) {
        None => false,
        Some(Holders::Public | Holders::Any) => true,
        Some(Holders::Staff(more)) => role.is_staff() || within(more, role),
        Some(Holders::Roles(groups)) => within(groups, role),
    }
}

fn within(groups: &[&[JobRole]], role: JobRole) -> bool {
    groups.iter().any(|group| group.contains(&role))
}

/// The roles that hold a permission, in order.
pub fn roles(permission: &str) -> Vec<JobRole> {
    JobRole::all().filter(|role| allows(permission, *role)).collect()
}

/// The permissions a role holds.
pub fn permissions_of(role: JobRole) -> Vec<&'static str> {
    TABLE.iter().map(|grant| grant.permission).filter(|permission| allows(permission, role)).collect()
}

/// Every row.
pub fn table() -> &'static [Grant] {
    TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_stands_once_and_is_well_formed() {
        for (n, grant) in TABLE.iter().enumerate() {
            assert!(TABLE[..n].iter().all(|other| other.permission != grant.permission), "{} twice", grant.permission);
            let (domain, rest) = grant.permission.split_once('.').unwrap();
            let (entity, verb) = rest.split_once(':').unwrap();
            for part in [domain, entity, verb] {
                assert!(!part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{part}");
            }
        }
    }

    #[test]
    fn the_table_says_what_the_posts_may() {
        let table = [
            ("tickets.ticket:assign", HeatingHotlineAgent, true),
            ("tickets.ticket:assign", CsAgent, false),
            ("tickets.ticket:approve", CompanyLeader, true),
            ("tickets.ticket:approve", CsAgent, false),
            ("tickets.ticket:create", Customer, true),
            ("tickets.ticket:rate", CsAgent, false),
            ("platform.customer_pii:read", ServiceRep, false),
            ("platform.contact:reveal", ServiceRep, true),
            ("platform.org_unit:read", Customer, false),
            ("platform.event:read", TelephoneClient, true),
            ("platform.me:read", Customer, true),
            ("tickets.nothing:read", SystemAdmin, false),
        ];
        for (permission, role, allowed) in table {
            assert_eq!(allows(permission, role), allowed, "{permission} {role:?}");
        }
    }
}
