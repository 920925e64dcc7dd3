//! The one table: which job roles hold which permission (PF-02).
//!
//! Every operation names exactly one permission `<domain>.<entity>:<verb>`; the contract shows it with
//! the roles that hold it, and a test walks every operation × every role. What depends on the row, its kind
//! or its amount is no matter of this table: scope answers 404, authority 409.

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
    /// The union of these groups.
    Roles(&'static [&'static [JobRole]]),
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// `<domain>.<entity>:<verb>`.
    pub permission: &'static str,
    /// Who holds it.
    pub holders: Holders,
}

/// Writes the table's rows: `"permission" => public;`, `any;` or `GROUP, GROUP, [Role, Role];`.
macro_rules! policy {
    (@holders public) => { Holders::Public };
    (@holders any) => { Holders::Any };
    (@holders $($holder:tt),+) => { Holders::Roles(&[$(policy!(@group $holder)),+]) };
    (@group [$($role:ident),+]) => { &[$($role),+] as &[JobRole] };
    (@group $group:ident) => { $group };
    ($($permission:literal => $($holder:tt),+;)+) => {
        static TABLE: &[Grant] = &[$(Grant { permission: $permission, holders: policy!(@holders $($holder),+) }),+];
    };
}

policy! {
    // PF-01 sign-in
    "platform.auth:sign_in" => public;
    "platform.me:read" => any;
    "platform.me:password" => any;
    "platform.account:read" => ADMIN, [HrOfficer];
    "platform.account:create" => ADMIN, [HrOfficer];
    "platform.account:update" => ADMIN;
    "platform.client:manage" => ADMIN;
    // PF-02 authorization
    "platform.access:read" => ADMIN, [HrOfficer, ExecutiveReader];
    "platform.access:explain" => any;
    // PF-03 organisation; a principal may be anybody of the house
    "platform.org_unit:read" => STAFF;
    "platform.org_unit:manage" => ADMIN, [HrOfficer];
    "platform.staff:read" => STAFF;
    "platform.staff:manage" => ADMIN, [HrOfficer];
    "platform.delegation:read" => STAFF;
    "platform.delegation:create" => STAFF;
    "platform.delegation:revoke" => STAFF;
    // PF-04 customers; the customer reads his own file
    "platform.customer:read" => STAFF, CLIENTS, [Customer];
    "platform.customer:create" => CUSTOMER_EDITORS;
    "platform.customer:update" => CUSTOMER_EDITORS;
    "platform.customer:merge" => [CsSupervisor, CsManager, InformationOfficer];
    "platform.customer:erase" => [CsManager];
    "platform.customer_pii:read" => PII_READERS;
    "platform.contact:reveal" => CONTACT_REVEALERS;
    // PF-05 property; the customer reads his own units
    "platform.property:read" => STAFF, CLIENTS, [Customer];
    "platform.property:manage" => ADMIN, [EngineeringOfficer, PermitsManager, SalesManager];
    "platform.property:manage_owners" =>
        ADMIN, [EngineeringOfficer, PermitsManager, SalesManager, CsClerk, HeatingFeeCollector];
    // PF-06 suppliers
    "platform.supplier:read" => STAFF;
    "platform.supplier:manage" => ADMIN, [CostGeneralOfficer, CostManager, PermitsSpecialist, RegionalServiceRep];
    "platform.supplier:blacklist" => [CostManager, GeneralManager];
    // PF-07 documents, custody, seals; receiving outside the archives is anybody's to whom it was handed
    "platform.document:read" => STAFF, [Customer];
    "platform.document:create" => STAFF, [Customer];
    "platform.document:update" => STAFF;
    // PF-08 approvals
    "platform.approval:read" => any;
    "platform.approval_route:read" => STAFF;
    "platform.approval_route:manage" => ADMIN;
    // PF-09 calendars and clock
    "platform.calendar:read" => any;
    "platform.sandbox:clock" => any;
    // PF-10 parameters
    "platform.parameter:read" => STAFF;
    "platform.parameter:update" => ADMIN, DOMAIN_MANAGERS;
    // PF-11 journal
    "platform.event:read" => STAFF, CLIENTS;
    "platform.journal:read" => ADMIN, [ExecutiveReader];
    // PF-12 webhooks; a machine knows only its own
    "platform.webhook:manage" => ADMIN, [IntegrationClient];
    // PF-13 notifications: everybody his own inbox
    "platform.notification:read" => any;
    "platform.notification_template:manage" => ADMIN, [CsSupervisor];
    // PF-15 reports: which there are; each needs the permission of its domain
    "platform.report:read" => any;
    // PF-16 work list: what waits for the caller; a unit must be his
    "platform.work_item:read" => any;
    // PF-17 operations
    "platform.meta:read" => public;
    "platform.system:read" => public;

    // TK-01 catalogues; the pick lists also for whoever registers from outside
    "tickets.catalogue:manage" => ADMIN, [CsSupervisor, CsDirector, InformationOfficer];
    "tickets.channel:read" => READ, ADMIN, CLIENTS, [Customer];
    "tickets.ticket_category:read" => READ, ADMIN, CLIENTS, [Customer];
    "tickets.ticket_classification:read" => READ, ADMIN, CLIENTS, [Customer];
    "tickets.ticket_procedure:read" => READ, ADMIN;
    "tickets.ticket_catalogue:read" => READ, ADMIN;
    // TK-01 intake
    "tickets.ticket:read" => READ, PROVIDER, [Customer, IntegrationClient];
    "tickets.ticket:create" => INTAKE, LEAD, FIELD, HEAD, [Customer, IntegrationClient];
    "tickets.ticket:update" => INTAKE, FIELD, LEAD;
    "tickets.ticket:bulk" => LEAD;
    "tickets.ticket:explain" => READ;
    "tickets.ticket:answer_at_intake" => AGENT, LEAD, [Receptionist];
    "tickets.ticket:classify" => INTAKE, LEAD, HEAD;
    "tickets.ticket:split" => INTAKE, LEAD;
    "tickets.ticket:merge" => HEAD, [CsSupervisor];
    "tickets.ticket:unmerge" => HEAD, [CsSupervisor];
    // TK-01 calls
    "tickets.call:read" => READ, [TelephoneClient];
    "tickets.call:create" => INTAKE, LEAD, [TelephoneClient];
    "tickets.call:link" => INTAKE, LEAD, [TelephoneClient];
    // TK-02 opinion and approval
    "tickets.ticket:submit_opinion" => AGENT, FIELD, LEAD;
    "tickets.ticket:approve" => HEAD, [CompanyLeader];
    "tickets.ticket:reject" => HEAD, [CompanyLeader];
    "tickets.ticket:withdraw_opinion" => AGENT, FIELD, LEAD;
    // TK-03 deadlines
    "tickets.sla_policy_set:read" => READ, ADMIN;
    "tickets.sla_policy_set:create" => ADMIN, [CsDirector];
    "tickets.sla_policy_set:update" => ADMIN, [CsDirector];
    "tickets.sla_policy_set:activate" => [CsDirector];
    "tickets.sla_policy_set:lint" => LEAD, HEAD, ADMIN;
    "tickets.sla_clock:retarget" => [CsDirector];
    "tickets.sla_policy_set:match" => LEAD, HEAD, ADMIN;
    "tickets.ticket_pause:read" => READ;
    "tickets.ticket_pause:create" => AGENT, FIELD, LEAD;
    "tickets.ticket_pause:approve" => LEAD, HEAD;
    "tickets.ticket_pause:refuse" => LEAD, HEAD;
    "tickets.ticket_pause:end" => AGENT, FIELD, LEAD;
    "tickets.ticket:annul_breach" => [CsDirector];
    // TK-04 leading a case
    "tickets.ticket:assign" => LEAD, HEAD, [HeatingHotlineAgent];
    "tickets.ticket:start" => AGENT, FIELD, LEAD;
    "tickets.ticket:return" => AGENT, FIELD;
    "tickets.ticket:transfer" => AGENT, FIELD, LEAD, HEAD;
    "tickets.ticket:resolve" => AGENT, FIELD, LEAD;
    "tickets.ticket:reply" => AGENT, LEAD, FIELD;
    "tickets.ticket:close" => INTAKE, LEAD;
    "tickets.ticket:reopen" => INTAKE, LEAD, [Customer];
    "tickets.ticket:dismiss" => INTAKE, LEAD, HEAD;
    "tickets.ticket:withdraw" => INTAKE, [Customer];
    "tickets.ticket:chase" => INTAKE, LEAD, [Customer];
    "tickets.ticket:escalate" => INTAKE, FIELD, LEAD;
    "tickets.ticket:observe" => READ;
    "tickets.comment:read" => READ, [Customer];
    "tickets.comment:create" => INTAKE, FIELD, LEAD, HEAD, BOSS, [Customer];
    // TK-06 callback, TK-07 rating, TK-13 archive
    "tickets.callback:read" => READ, [Customer];
    "tickets.callback:attempt" => AGENT, LEAD, [Receptionist];
    "tickets.callback:complete" => AGENT, LEAD, [Receptionist];
    "tickets.callback:waive" => LEAD, HEAD;
    "tickets.ticket:rate" => [Customer];
    // TK-11 submissions: whose turn it is says the schedule
    "tickets.report:submit" =>
        LEAD, [CsDirector, QualityInspector, InformationOfficer, PartsClerk, TechnicalSupport, RepairTeamLeader,
            FeeSettlementClerk, RegionalServiceRep];
    "tickets.report:accept" => [CsDirector, CsManager, CompanyLeader];
    // TK-11 reports: who leads, whoever makes or receives one, and each agent for his own rows
    "tickets.report:read" =>
        AGENT, LEAD, HEAD, BOSS,
        [ExecutiveReader, QualityInspector, HeatingBranchManager, EngineeringOfficer, TechnicalSupport, RepairTeamLeader,
            CostManager, FeeSettlementClerk, PartsClerk, HrOfficer];
}

static BY_NAME: LazyLock<HashMap<&'static str, &'static Grant>> =
    LazyLock::new(|| TABLE.iter().map(|grant| (grant.permission, grant)).collect());

/// The row of a permission.
pub fn grant(permission: &str) -> Option<&'static Grant> {
    BY_NAME.get(permission).copied()
}

/// Whether a role holds a permission; nobody holds one the table does not have.
pub fn allows(permission: &str, role: JobRole) -> bool {
    grant(permission).is_some_and(|grant| grant.holders.include(role))
}

/// The roles that hold a permission, in order.
pub fn roles(permission: &str) -> Vec<JobRole> {
    JobRole::all().filter(|role| allows(permission, *role)).collect()
}

/// The permissions a role holds, in the table's order.
pub fn permissions_of(role: JobRole) -> Vec<&'static str> {
    TABLE.iter().filter(|grant| grant.holders.include(role)).map(|grant| grant.permission).collect()
}

/// Every row.
pub fn table() -> &'static [Grant] {
    TABLE
}

impl Holders {
    /// Whether a signed-in caller of this role is among them.
    pub fn include(&self, role: JobRole) -> bool {
        match self {
            Self::Public | Self::Any => true,
            Self::Roles(groups) => groups.iter().any(|group| group.contains(&role)),
        }
    }
}

#[cfg(test)]
mod tests;
