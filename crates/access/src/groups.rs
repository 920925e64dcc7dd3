//! Groups of job roles, as the specifications name them.

use crate::JobRole::{self, *};

/// Takes calls and visitors (spec tickets §2).
pub const INTAKE: &[JobRole] = &[
    CsAgent,
    ServiceRep,
    CsSpecialist,
    CsClerk,
    Receptionist,
    HeatingHotlineAgent,
    PresalesAgent,
    AftersalesAgent,
    InformationOfficer,
    RegionalServiceRep,
    ServiceDesk,
];
/// INTAKE without the counters.
pub const AGENT: &[JobRole] = &[
    CsAgent,
    ServiceRep,
    CsSpecialist,
    CsClerk,
    HeatingHotlineAgent,
    PresalesAgent,
    AftersalesAgent,
    InformationOfficer,
    RegionalServiceRep,
];
/// Solves on the spot.
pub const FIELD: &[JobRole] = &[
    EngineeringOfficer,
    HeatingStationHead,
    HeatingBranchManager,
    RepairTeamLeader,
    TechnicalSupport,
    SalesManager,
    SalesSupervisor,
];
/// Leads a shift or the desk.
pub const LEAD: &[JobRole] = &[TeamLeader, CsSupervisor];
/// Heads a customer-service department; the last for heating units only.
pub const HEAD: &[JobRole] = &[CsDirector, CsManager, HeatingServiceManager];
/// Leads the company.
pub const BOSS: &[JobRole] = &[CompanyLeader, GeneralManager, DeputyGeneralManager];
/// Reads beside those who act.
pub const READERS: &[JobRole] = &[QualityInspector, ExecutiveReader, RegionalSalesManager];
/// Does repairs.
pub const PROVIDER: &[JobRole] = &[ServiceOutlet, RepairTeamLeader, RepairTechnician, HeatingStationHead];
/// Administers the system.
pub const ADMIN: &[JobRole] = &[SystemAdmin];
/// Service accounts.
pub const CLIENTS: &[JobRole] = &[SalesOfficeClient, TelephoneClient, IntegrationClient];
/// Writes customer records (platform §14, PF-04).
pub const CUSTOMER_EDITORS: &[JobRole] = &[
    CsSpecialist,
    CsManager,
    CsSupervisor,
    CsAgent,
    CsClerk,
    ServiceRep,
    Receptionist,
    InformationOfficer,
    PresalesAgent,
    AftersalesAgent,
    PropertyConsultant,
    SalesManager,
    SalesAssistant,
    SalesSupervisor,
    SalesSecretary,
    HeatingFeeCollector,
    HeatingHotlineAgent,
    SalesOfficeClient,
    IntegrationClient,
];
/// Reads personal data in clear, each time with a reason.
pub const PII_READERS: &[JobRole] = &[
    CsSpecialist,
    CsClerk,
    CsManager,
    CsSupervisor,
    CsAgent,
    HeatingHotlineAgent,
    HeatingFeeCollector,
    PropertyConsultant,
    FinanceOfficer,
];
/// Reads the contact behind his own open case.
pub const CONTACT_REVEALERS: &[JobRole] = &[
    ServiceRep,
    Receptionist,
    CsAgent,
    CsSpecialist,
    CsClerk,
    AftersalesAgent,
    PresalesAgent,
    InformationOfficer,
    TeamLeader,
    CsSupervisor,
    RegionalServiceRep,
    HeatingHotlineAgent,
    EngineeringOfficer,
    RepairTeamLeader,
    RepairTechnician,
    ServiceOutlet,
    TechnicalSupport,
    SalesManager,
    SalesSupervisor,
    HeatingStationHead,
    HeatingBranchManager,
    HeatingInspector,
    VisitOfficer,
];
