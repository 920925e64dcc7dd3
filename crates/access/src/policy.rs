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
    "platform.document:circulate" => STAFF;
    "platform.document:approve" => STAFF;
    "platform.custody:read" => STAFF;
    "platform.custody:create" => STAFF;
    "platform.custody:hand_over" => STAFF;
    "platform.custody:receive" => STAFF;
    "platform.seal:read" => STAFF;
    "platform.seal:create" => [CsClerk, Administration, PermitsClerk];
    // PF-08 approvals
    "platform.approval:read" => any;
    "platform.approval_route:read" => STAFF;
    "platform.approval_route:manage" => ADMIN;
    // PF-09 calendars and clock
    "platform.calendar:read" => any;
    "platform.calendar:manage" => ADMIN;
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
    // PF-14 imports; the kind needs the permission to create one of it
    "platform.import:run" => STAFF, CLIENTS;
    "platform.import:read" => STAFF, CLIENTS;
    "platform.operation:read" => STAFF, CLIENTS;
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
    // TK-01 incidents
    "tickets.incident:read" => READ;
    "tickets.incident:create" => LEAD, [HeatingServiceManager, HeatingHotlineAgent, HeatingStationHead];
    "tickets.incident:update" => LEAD, [HeatingServiceManager, HeatingHotlineAgent, HeatingStationHead];
    "tickets.incident:restore" => LEAD, [HeatingServiceManager, HeatingHotlineAgent, HeatingStationHead];
    "tickets.incident:close" => LEAD, HEAD;
    "tickets.incident:cancel" => LEAD;
    "tickets.ticket:detach_incident" => LEAD;
    // TK-01 calls
    "tickets.call:read" => READ, [TelephoneClient];
    "tickets.call:create" => INTAKE, LEAD, [TelephoneClient];
    "tickets.call:listen" => LEAD, HEAD, [QualityInspector];
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
    "tickets.ticket:auto_assign" => LEAD, HEAD, [HeatingHotlineAgent];
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
    "tickets.supervision:read" => READ;
    "tickets.supervision:create" => LEAD, HEAD, BOSS;
    "tickets.supervision:answer" => AGENT, FIELD, LEAD;
    "tickets.supervision:close" => LEAD, HEAD, BOSS;
    "tickets.supervision:send_back" => LEAD, HEAD, BOSS;
    "tickets.comment:read" => READ, [Customer];
    "tickets.comment:create" => INTAKE, FIELD, LEAD, HEAD, BOSS, [Customer];
    // TK-05 engineering repair: PROVIDER within his outlet or unit, engineering_officer for a contractor
    "tickets.repair_order:read" => READ, [ServiceOutlet, RepairTechnician, Customer];
    "tickets.repair_order:create" => AGENT, LEAD, FIELD;
    "tickets.repair_order:dispatch" => LEAD,
        [EngineeringOfficer, CsSpecialist, CsClerk, AftersalesAgent, HeatingStationHead, RepairTeamLeader];
    "tickets.repair_order:accept" => PROVIDER, [EngineeringOfficer];
    "tickets.repair_order:refuse" => PROVIDER, [EngineeringOfficer];
    "tickets.repair_order:schedule" => PROVIDER, AGENT, [EngineeringOfficer];
    "tickets.repair_order:confirm_appointment" => AGENT, [Customer];
    "tickets.repair_order:no_access" => PROVIDER, [EngineeringOfficer];
    "tickets.repair_order:quote" => PROVIDER, [EngineeringOfficer];
    "tickets.repair_order:answer_quote" => AGENT, [Customer];
    "tickets.repair_order:arrive" => PROVIDER, [EngineeringOfficer];
    "tickets.repair_order:begin" => PROVIDER, [EngineeringOfficer];
    "tickets.repair_order:finish" => PROVIDER, [EngineeringOfficer];
    "tickets.repair_order:evaluate" => AGENT, LEAD, [EngineeringOfficer];
    "tickets.repair_order:close" => LEAD, [CsSpecialist, CsClerk, RepairTeamLeader, EngineeringOfficer];
    "tickets.repair_order:cancel" => AGENT, LEAD, [EngineeringOfficer];
    "tickets.warranty:read" => READ;
    "tickets.warranty:manage" => [EngineeringOfficer, CsManager];
    "tickets.defect_claim:read" => READ, [CostManager];
    "tickets.defect_claim:create" => LEAD, [CsSpecialist, EngineeringOfficer];
    "tickets.defect_claim:notify" => LEAD, [CsSpecialist, EngineeringOfficer];
    "tickets.defect_claim:record_reply" => LEAD, [CsSpecialist, EngineeringOfficer];
    "tickets.defect_claim:confirm" => [CsManager];
    "tickets.defect_claim:withdraw" => LEAD, [CsManager, CsSpecialist, EngineeringOfficer];
    "tickets.site_receipt:read" => READ, [ServiceOutlet, RepairTechnician, CashOfficeClerk, FinanceOfficer, Cashier];
    "tickets.site_receipt:create" => [CsAgent, CsSpecialist, AftersalesAgent, RepairTechnician];
    "tickets.site_receipt:hand_in" => [CsAgent, CsSpecialist, AftersalesAgent, RepairTechnician];
    "tickets.site_receipt:confirm" => [CashOfficeClerk, FinanceOfficer];
    // TK-12 the repair network
    "tickets.service_outlet:read" => NETWORK, [FinanceOfficer];
    "tickets.outlet:manage" => [RegionalServiceRep, CsManager];
    // TK-09 rosters: everybody may look, people records by scope
    "tickets.roster:read" => STAFF;
    "tickets.roster:create" => LEAD, [HeatingServiceManager, SalesSupervisor];
    "tickets.roster:publish" => LEAD, [HeatingServiceManager, SalesSupervisor];
    "tickets.roster:accept_gap" => [CsDirector, HeatingServiceManager, SalesSupervisor];
    "tickets.shift:stop_work" => [TeamLeader];
    "tickets.shift:lift" => [TeamLeader];
    "tickets.shift_swap:read" => READ, [HrOfficer];
    "tickets.shift_swap:create" => INTAKE, [TeamLeader];
    "tickets.shift_swap:cancel" => INTAKE, [TeamLeader];
    "tickets.shift_swap:consent" => INTAKE, [TeamLeader];
    "tickets.shift_swap:decline" => INTAKE, [TeamLeader];
    "tickets.shift_swap:approve" => LEAD, [SalesSupervisor];
    "tickets.shift_swap:refuse" => LEAD, [SalesSupervisor];
    "tickets.muster:read" => READ, [HrOfficer];
    "tickets.muster:create" => [TeamLeader];
    "tickets.duty_log:read" => READ, [HrOfficer];
    "tickets.duty_log:create" => [TeamLeader];
    "tickets.duty_log:entries" => [TeamLeader];
    "tickets.duty_log:close" => [TeamLeader];
    "tickets.duty_log:accept" => [TeamLeader, CsSupervisor];
    // TK-04 leave: everybody his own, decided by who leads
    "tickets.leave_request:read" => STAFF;
    "tickets.leave_request:create" => STAFF;
    "tickets.leave_request:accept_handover" => STAFF;
    "tickets.leave_request:approve" => HEAD, [TeamLeader, CsSupervisor, SalesSupervisor];
    "tickets.leave_request:refuse" => HEAD, [TeamLeader, CsSupervisor, SalesSupervisor];
    "tickets.leave_request:cancel" => STAFF;
    "tickets.outlet:record_payment" => [FeeSettlementClerk, FinanceOfficer];
    "tickets.outlet_account_entry:read" => NETWORK, [FinanceOfficer];
    "tickets.repair_tariff:read" => NETWORK;
    "tickets.tariff:manage" => [CsManager];
    "tickets.repair_fee_claim:read" => NETWORK;
    "tickets.repair_fee_claim:create" => [ServiceOutlet, RegionalServiceRep];
    "tickets.repair_fee_claim:submit" => [ServiceOutlet, RegionalServiceRep];
    "tickets.repair_fee_claim:check" => [RegionalServiceRep, FeeSettlementClerk];
    "tickets.repair_fee_claim:first_review" => [RegionalServiceRep];
    "tickets.repair_fee_claim:send_back" => [RegionalServiceRep, FeeSettlementClerk];
    "tickets.repair_fee_claim:audit" => [FeeSettlementClerk];
    "tickets.repair_fee_claim:approve" => [CsManager];
    "tickets.repair_fee_claim:settle" => [FeeSettlementClerk];
    "tickets.repair_fee_claim:notify" => [FeeSettlementClerk];
    // TK-12 spare parts and their ledger
    "tickets.part:read" => NETWORK;
    "tickets.part:manage" => [PartsClerk];
    "tickets.part_price:read" => NETWORK;
    "tickets.part_price:manage" => [PartsClerk];
    "tickets.part_plan:read" => NETWORK;
    "tickets.part_plan:create" => [PartsClerk];
    "tickets.part_request:read" => NETWORK;
    "tickets.part_request:create" => [ServiceOutlet, RepairTeamLeader, RegionalServiceRep];
    "tickets.part_request:submit" => [ServiceOutlet, RepairTeamLeader, RegionalServiceRep];
    "tickets.part_request:approve" => [PartsClerk];
    "tickets.part_request:refuse" => [PartsClerk];
    "tickets.part_request:issue" => [PartsClerk, WarehouseKeeper];
    "tickets.part_request:receive" => [ServiceOutlet, RepairTeamLeader, RegionalServiceRep];
    "tickets.part_movement:read" => NETWORK;
    "tickets.part_movement:create" => [PartsClerk, WarehouseKeeper];
    "tickets.part_movement:reverse" => [PartsClerk, WarehouseKeeper];
    "tickets.stock_count:read" => NETWORK;
    "tickets.stock_count:create" => [PartsClerk, WarehouseKeeper, RepairTeamLeader];
    "tickets.stock_count:approve" => [PartsClerk, CsManager];
    "tickets.stock_count:refuse" => [PartsClerk, CsManager];
    "tickets.write_off:read" => NETWORK;
    "tickets.write_off:create" => [PartsClerk, WarehouseKeeper, RepairTeamLeader];
    "tickets.write_off:approve" => [PartsClerk, CsManager];
    "tickets.write_off:refuse" => [PartsClerk, CsManager];
    "tickets.part_reconciliation:read" => NETWORK;
    "tickets.part_reconciliation:create" => [PartsClerk];
    "tickets.part_reconciliation:confirm" => [ServiceOutlet];
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
    "tickets.ticket:archive" => LEAD, [InformationOfficer, CsClerk];
    "tickets.case_archive:read" => READ, [CostManager];
    "tickets.case_archive:download" => LEAD, HEAD, BOSS, [InformationOfficer, CostManager];
    "tickets.case_archive:verify" => LEAD, HEAD, BOSS, [InformationOfficer, CostManager];
    // TK-13 knowledge; whoever wrote an article does not publish it
    "tickets.knowledge_article:read" => READ, [Customer];
    "tickets.knowledge_article:create" => AGENT, LEAD, [TechnicalSupport, QualityInspector];
    "tickets.knowledge_article:update" => AGENT, LEAD, [TechnicalSupport, QualityInspector];
    "tickets.knowledge_article:submit" => AGENT, LEAD, [TechnicalSupport, QualityInspector, CsManager];
    "tickets.knowledge_article:publish" => [CsSupervisor, TechnicalSupport, CsManager];
    "tickets.knowledge_article:return" => [CsSupervisor, TechnicalSupport, CsManager];
    "tickets.knowledge_article:retire" => [CsSupervisor, TechnicalSupport, CsManager];
    "tickets.knowledge_article:use" => AGENT, FIELD, LEAD, [QualityInspector];
    // TK-08 portfolio; consultants keep their own customers
    "tickets.portfolio_plan:read" => READ;
    "tickets.portfolio_plan:create" => [CsSupervisor, CsManager];
    "tickets.portfolio_plan:apply" => [CsSupervisor, CsManager];
    "tickets.portfolio_plan:cancel" => [CsSupervisor, CsManager];
    "tickets.portfolio_entry:read" => READ, [PropertyConsultant];
    "tickets.portfolio_entry:end" => [CsSupervisor, CsManager];
    "tickets.contact_log:read" => READ, [PropertyConsultant];
    "tickets.contact_log:create" => INTAKE, FIELD, LEAD, [PropertyConsultant];
    "tickets.follow_up:read" => READ, [PropertyConsultant];
    "tickets.follow_up:postpone" => INTAKE, FIELD, LEAD, [PropertyConsultant];
    "tickets.follow_up:cancel" => LEAD;
    // TK-10 quality monitoring and training
    "tickets.scorecard:read" => READ, [HrOfficer];
    "tickets.scorecard:manage" => [CsDirector];
    "tickets.monitored_call:read" => READ, [HrOfficer];
    "tickets.monitored_call:create" => [QualityInspector];
    "tickets.monitored_call:publish" => [QualityInspector];
    "tickets.monitored_call:appeal" => INTAKE, LEAD;
    "tickets.monitored_call:decide_appeal" => [CsDirector];
    "tickets.quality_summary:read" => READ, [HrOfficer];
    "tickets.quality_summary:create" => [QualityInspector];
    "tickets.quality_summary:submit" => [QualityInspector];
    "tickets.training:read" => STAFF;
    "tickets.training:create" => LEAD, [QualityInspector, CsManager, TechnicalSupport, RegionalServiceRep];
    "tickets.training:record_results" => LEAD, [QualityInspector, CsManager, TechnicalSupport, RegionalServiceRep];
    "tickets.training:close" => [CsDirector, CsManager];
    // TK-15 requests, counter, monthly assessment; each person knows his own records
    "tickets.service_request:read" =>
        READ, [Customer, OrderClerk, Picker, Courier, Cashier, CashOfficeClerk, FinanceOfficer, WarehouseKeeper];
    "tickets.service_request:create" => INTAKE, [Customer];
    "tickets.service_request:check" => AGENT, [OrderClerk];
    "tickets.service_request:approve" =>
        [CsSupervisor, CsManager, EngineeringOfficer, AftersalesAgent, RegionalServiceRep, OrderClerk];
    "tickets.service_request:refuse" =>
        [CsSupervisor, CsManager, EngineeringOfficer, AftersalesAgent, RegionalServiceRep, OrderClerk];
    "tickets.service_request:receive_goods" => [WarehouseKeeper, Courier];
    "tickets.service_request:inspect" => [RepairTeamLeader, TechnicalSupport, WarehouseKeeper];
    "tickets.service_request:allocate" => [OrderClerk];
    "tickets.service_request:pick" => [Picker];
    "tickets.service_request:deliver" => [Courier];
    "tickets.service_request:refund" => [FinanceOfficer, Cashier];
    "tickets.service_request:complete" => AGENT, LEAD;
    "tickets.service_request:cancel" => AGENT, [Customer];
    "tickets.counter_record:read" => READ, [Cashier, CashOfficeClerk, FinanceOfficer, HrOfficer];
    "tickets.counter_record:create" => [Cashier, CashOfficeClerk, ServiceDesk];
    "tickets.assessment_rule:read" => STAFF;
    "tickets.assessment_rule:manage" => [CsDirector, HrOfficer];
    "tickets.violation:read" => STAFF;
    "tickets.violation:record" => [TeamLeader, QualityInspector, CsSupervisor, CashOfficeClerk];
    "tickets.violation:dispute" => STAFF;
    "tickets.violation:confirm" => [CsSupervisor, CsDirector];
    "tickets.violation:drop" => [CsSupervisor, CsDirector];
    "tickets.monthly_assessment:read" => STAFF;
    "tickets.monthly_assessment:build" => [CsDirector, HrOfficer];
    "tickets.monthly_assessment:publish" => [CsDirector, HrOfficer];
    // TK-07 surveys; customers read those they were asked in, and answer by token without sign-in
    "tickets.survey:read" => READ, [Customer];
    "tickets.survey:create" => [CsSpecialist, CsSupervisor, CsManager];
    "tickets.survey:update" => [CsSpecialist, CsSupervisor, CsManager];
    "tickets.survey:open" => [CsManager, CsDirector];
    "tickets.survey:close" => [CsManager, CsDirector];
    "tickets.survey:results" => READ;
    "tickets.survey_invitation:read" => READ, [Customer];
    "tickets.survey_invitation:answer_by_proxy" => AGENT;
    "tickets.survey_answer:create" => public;
    // TK-14 outreach; promotions are marketing's
    "tickets.message_template:read" => READ, [MarketingPlanner, MarketingDirector];
    "tickets.message_template:create" => AGENT, LEAD, [MarketingPlanner];
    "tickets.message_template:update" => AGENT, LEAD, [MarketingPlanner];
    "tickets.message_template:preview" =>
        AGENT, LEAD, [MarketingPlanner, CsManager, CsDirector, MarketingDirector];
    "tickets.message_template:approve" => [CsManager, CsDirector, MarketingDirector];
    "tickets.outreach_campaign:read" => READ, [MarketingPlanner, MarketingDirector, GraphicDesigner];
    "tickets.outreach_campaign:create" => AGENT, LEAD, [MarketingPlanner];
    "tickets.outreach_campaign:update" => AGENT, LEAD, [MarketingPlanner, GraphicDesigner];
    "tickets.outreach_campaign:approve" => [CsManager, CsDirector, MarketingDirector];
    "tickets.outreach_campaign:start" => AGENT, LEAD, [MarketingPlanner];
    "tickets.outreach_campaign:pause" => AGENT, LEAD, [MarketingPlanner];
    "tickets.outreach_campaign:resume" => AGENT, LEAD, [MarketingPlanner];
    "tickets.outreach_campaign:cancel" => AGENT, LEAD, [MarketingPlanner];
    "tickets.delivery:read" => READ, [MarketingPlanner, MarketingDirector];
    // TK-11 reports: who leads, whoever makes or receives one, and each agent for his own rows
    "tickets.report:read" =>
        AGENT, LEAD, HEAD, BOSS,
        [ExecutiveReader, QualityInspector, HeatingBranchManager, EngineeringOfficer, TechnicalSupport, RepairTeamLeader,
            CostManager, FeeSettlementClerk, PartsClerk, HrOfficer];

    // HS-01 seasons, stations, households; a sampler and a reviewer read the stations' names
    "heating.season:read" => HEATING;
    "heating.season:create" => [HeatingServiceManager];
    "heating.season:update" => [HeatingServiceManager];
    "heating.season:open" => [HeatingServiceManager];
    "heating.season:close" => [HeatingServiceManager];
    "heating.station:read" => HEATING, [CoalSampler, CoalReviewer];
    "heating.station:create" => [HeatingServiceManager];
    "heating.station:update" => [HeatingServiceManager];
    "heating.station:context" => HEATING;
    "heating.household:read" => HEATING, [Customer];
    "heating.household:create" => [HeatingServiceManager, HeatingFeeCollector, HeatingStationHead];
    "heating.household:update" => [HeatingServiceManager, HeatingFeeCollector, HeatingStationHead];
    "heating.household:context" =>
        [HeatingHotlineAgent, HeatingStationHead, HeatingInspector, HeatingServiceManager, VisitOfficer,
            HeatingBranchManager, HeatingFeeCollector, Customer];
    "heating.proposal:read" =>
        [HeatingStationHead, HeatingFeeCollector, HeatingServiceManager, HeatingBranchManager];
    "heating.proposal:confirm" => [HeatingStationHead, HeatingFeeCollector];
    "heating.proposal:reject" => [HeatingStationHead, HeatingFeeCollector];
    "heating.area_item:read" => HEATING;
    "heating.area_item:create" => [HeatingServiceManager, HeatingInspector, HeatingFeeCollector];
    "heating.ownership:read" => HEATING;
    "heating.ownership:create" => [HeatingServiceManager, HeatingInspector, HeatingFeeCollector];
    "heating.alteration:read" => HEATING;
    "heating.alteration:create" => [HeatingServiceManager, HeatingInspector, HeatingFeeCollector];
    "heating.alteration:restore" => [HeatingServiceManager, HeatingInspector, HeatingFeeCollector];
    // HS-02 room temperature; a customer asks, and answers his own call-back
    "heating.temperature:read" => HEATING, [Customer];
    "heating.temperature:request" =>
        [Customer, HeatingHotlineAgent, HeatingStationHead, VisitOfficer, HeatingServiceManager];
    "heating.temperature:measure" => [HeatingStationHead, HeatingHotlineAgent, VisitOfficer];
    "heating.temperature:survey" => [HeatingStationHead, VisitOfficer, HeatingServiceManager];
    "heating.temperature:remedy" => [HeatingStationHead];
    "heating.temperature:judge" => [HeatingServiceManager];
    "heating.temperature:call_back" => [HeatingHotlineAgent, Customer];
    "heating.temperature:close" => [HeatingHotlineAgent, HeatingServiceManager];
    "heating.temperature:retract" => [HeatingServiceManager];
    // HS-09 instruments: kept by the laboratory, used outside it as well
    "heating.instrument:read" =>
        [CoalAnalyst, CoalReviewer, HeatingServiceManager, HeatingStationHead, HeatingInspector, HeatingHotlineAgent,
            VisitOfficer, CompanyLeader, ExecutiveReader];
    "heating.instrument:create" => [CoalAnalyst, HeatingServiceManager];
    "heating.instrument:update" => [CoalAnalyst, HeatingServiceManager];
    "heating.instrument:calibrate" => [CoalAnalyst, HeatingServiceManager];
    "heating.instrument:maintain" => [CoalAnalyst, HeatingServiceManager];
    // HS-03 complaints: proposed with proof, decided by another person
    "heating.complaint:read" => HEATING;
    "heating.complaint:propose" => [HeatingHotlineAgent, HeatingStationHead];
    "heating.complaint:decide" => [HeatingServiceManager];
    "heating.official_line:read" => HEATING;
    "heating.official_line:create" => [HeatingHotlineAgent, HeatingServiceManager];
    "heating.reconciliation:read" => HEATING;
    "heating.reconciliation:work" => [HeatingHotlineAgent];
    "heating.reconciliation:close" => [HeatingServiceManager];
    // HS-08 the laboratory: the sampler submits, the analyst works blind, the reviewer answers for what is reported
    "heating.sample:read" => LABORATORY, [CoalSampler];
    "heating.sample:submit" => [CoalSampler];
    "heating.sample:receive" => [CoalAnalyst];
    "heating.determination:read" => LABORATORY;
    "heating.determination:create" => [CoalAnalyst];
    "heating.determination:retract" => [CoalReviewer];
    "heating.determination:release" => [CoalReviewer];
    "heating.result:read" => LABORATORY, [CoalSampler];
    "heating.result:review" => [CoalReviewer];
    "heating.lab_report:read" => LABORATORY, [CoalSampler];
    "heating.lab_report:create" => [CoalReviewer];
    "heating.lab_report:issue" => [CoalReviewer];
    "heating.lab_report:archive" => [CoalReviewer];
    "heating.retention:read" => LABORATORY;
    "heating.retention:work" => [CoalAnalyst, CoalReviewer];
    "heating.cross_check:read" => LABORATORY;
    "heating.cross_check:work" => [CoalAnalyst];
    "heating.cross_check:review" => [CoalReviewer];
    // Files of the heating service; who brings which kind is said by the kind
    "heating.import:run" => [HeatingServiceManager, HeatingFeeCollector, HeatingInspector, HeatingHotlineAgent];
    // HS-15 reports of the laboratory; the analyst reads those that tell of no sample
    "heating.report:read_laboratory" =>
        [HeatingServiceManager, CompanyLeader, ExecutiveReader, HeatingHotlineAgent, CoalReviewer];
    "heating.report:read_analysis" =>
        [HeatingServiceManager, CompanyLeader, ExecutiveReader, HeatingHotlineAgent, CoalReviewer, CoalAnalyst];
    // HS-04 outages: station, branch, company
    "heating.outage:read" => HEATING, [Customer];
    "heating.outage:open" => [HeatingStationHead, HeatingHotlineAgent, HeatingBranchManager];
    "heating.outage:report_branch" => [HeatingStationHead];
    "heating.outage:report_company" => [HeatingBranchManager];
    "heating.outage:acknowledge" => [HeatingServiceManager];
    "heating.outage:notify" => [HeatingHotlineAgent, HeatingStationHead];
    "heating.outage:repair" => [HeatingStationHead];
    "heating.outage:forecast" => [HeatingStationHead, HeatingHotlineAgent, HeatingBranchManager];
    "heating.outage:restore" => [HeatingStationHead, HeatingBranchManager];
    "heating.outage:review" => [HeatingServiceManager];
    // HS-05 a stop: asked for, accepted by the collector, approved by the branch, sealed at the valve
    "heating.stop:read" => HEATING, [Customer];
    "heating.stop:submit" => [Customer, HeatingHotlineAgent, HeatingFeeCollector];
    "heating.stop:accept" => [HeatingFeeCollector];
    "heating.stop:approve" => [HeatingBranchManager];
    "heating.stop:seal" => [HeatingStationHead, HeatingInspector];
    // HS-06 who visits which station, what was found, what the month came to
    // HS-10 inspection: the inspector finds and measures, the manager approves and closes
    "heating.inspection:read" => HEATING;
    "heating.inspection:create" => [HeatingInspector];
    "heating.inspection:work" => [HeatingInspector];
    "heating.inspection:notice" => [HeatingInspector];
    "heating.inspection:agree" => [HeatingInspector];
    "heating.inspection:close" => [HeatingServiceManager];
    "heating.agreement:read" => HEATING;
    "heating.agreement:create" => [HeatingInspector];
    "heating.agreement:approve" => [HeatingServiceManager];
    "heating.agreement:sign" => [HeatingInspector];
    "heating.agreement:end" => [HeatingInspector];
    // HS-11 valves: checked by the inspector, closed and opened by the station
    "heating.valve:read" => HEATING;
    "heating.valve:list" => [HeatingInspector];
    "heating.valve:check" => [HeatingInspector];
    "heating.valve:notify" => [HeatingInspector];
    "heating.valve:rectify" => [HeatingStationHead, HeatingBranchManager];
    // HS-06 who visits which station
    "heating.visit:read" => HEATING;
    "heating.visit:plan" => [HeatingServiceManager, HeatingBranchManager];
    // HS-13 public assets and cards; whoever reads an asset's code reports without sign-in
    "heating.asset:read" => HEATING;
    "heating.asset:create" => [HeatingServiceManager, HeatingStationHead];
    "heating.asset:update" => [HeatingServiceManager, HeatingStationHead];
    "heating.asset_intake:create" => public;
    // HS-14 trainings and the stations' rules; the laboratory reads its own
    "heating.training:read" => HEATING;
    "heating.training:create" => [HeatingServiceManager];
    "heating.rule:read" => HEATING, [CoalAnalyst, CoalSampler, CoalReviewer];
    "heating.rule:create" => [HeatingServiceManager];
    // HS-15 what was printed, and reports: who leads; a branch and a station see their part
    "heating.figure:read" => HEATING;
    "heating.figure:create" => [HeatingServiceManager];
    "heating.report:read" =>
        [HeatingServiceManager, CompanyLeader, ExecutiveReader, HeatingHotlineAgent, HeatingBranchManager,
            HeatingStationHead];
    "heating.report:read_fees" =>
        [HeatingServiceManager, CompanyLeader, ExecutiveReader, HeatingHotlineAgent, HeatingBranchManager,
            HeatingStationHead, HeatingFeeCollector, FinanceOfficer];
    "heating.visit:create" => [VisitOfficer, HeatingStationHead];
    "heating.visit_problem:solve" => [VisitOfficer, HeatingStationHead];
    "heating.visit_summary:submit" => [VisitOfficer];
    "heating.visit_summary:accept" => [HeatingServiceManager];
    // HS-07 evaluation: who inspects does not confirm, who puts right does not verify
    "heating.scheme:read" => HEATING;
    "heating.scheme:create" => [HeatingServiceManager];
    "heating.scheme:publish" => [HeatingServiceManager];
    "heating.evaluation:read" => HEATING;
    "heating.evaluation:create" => [HeatingServiceManager];
    "heating.evaluation:score" => [HeatingInspector, HeatingServiceManager];
    "heating.evaluation:confirm" => [HeatingServiceManager];
    "heating.evaluation:publish" => [CompanyLeader];
    "heating.rectification:read" => HEATING;
    "heating.rectification:do" => [HeatingBranchManager, HeatingStationHead];
    "heating.rectification:verify" => [HeatingServiceManager, HeatingInspector];
    "heating.report:read_visits" =>
        [HeatingServiceManager, CompanyLeader, ExecutiveReader, HeatingHotlineAgent, HeatingBranchManager,
            HeatingStationHead, VisitOfficer];
    // HS-12 prices, bills, receipts
    "heating.price:read" => HEATING;
    "heating.price:create" => [FinanceOfficer];
    "heating.price:approve" => [CompanyLeader];
    "heating.ledger:read" =>
        [HeatingFeeCollector, HeatingHotlineAgent, HeatingServiceManager, FinanceOfficer, Customer];
    "heating.bill:read" => HEATING, [Customer];
    "heating.bill:run" => [HeatingFeeCollector, HeatingServiceManager];
    "heating.bill:approve" => [HeatingServiceManager];
    "heating.bill:issue" => [HeatingFeeCollector];
    "heating.bill:reverse" => [HeatingServiceManager];
    "heating.receipt:read" => HEATING;
    "heating.receipt:create" => [HeatingFeeCollector];
    "heating.receipt:reverse" => [HeatingServiceManager];
    "heating.refund:read" => HEATING;
    "heating.refund:propose" => [HeatingHotlineAgent];
    "heating.refund:approve" => [HeatingServiceManager];
    "heating.refund:credit" => [HeatingFeeCollector];
    "heating.refund:pay_out" => [FinanceOfficer];
    // HS-15 reports: who leads, and whose subject it is
    "heating.report:read_inspection" =>
        [HeatingServiceManager, CompanyLeader, ExecutiveReader, HeatingHotlineAgent, HeatingBranchManager,
            HeatingStationHead, HeatingInspector];
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

/// Whether a permission is held without regard to roles.
pub fn is_for_everybody(permission: &str) -> bool {
    grant(permission).is_some_and(|grant| !matches!(grant.holders, Holders::Roles(_)))
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
