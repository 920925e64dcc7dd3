//! Groups of job roles, as the specifications name them.

use strum::VariantArray;

use crate::JobRole::{self, *};

/// Every post of the house: all roles but the customer and the machines (platform §14).
pub const STAFF: &[JobRole] = JobRole::VARIANTS.split_at(Customer as usize).0;
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
/// READ: everybody of the desk, and the readers (spec tickets §2).
pub const READ: &[JobRole] = &joined::<29>(&[INTAKE, FIELD, LEAD, HEAD, BOSS, READERS]);
/// Does repairs.
pub const PROVIDER: &[JobRole] = &[ServiceOutlet, RepairTeamLeader, RepairTechnician, HeatingStationHead];
/// Supplies and settles the repair network, or is part of it (spec tickets §7).
pub const NETWORK: &[JobRole] = &joined::<14>(&[
    &[PartsClerk, WarehouseKeeper, FeeSettlementClerk, RegionalServiceRep, TechnicalSupport],
    LEAD,
    HEAD,
    PROVIDER,
]);
/// HEATING: everybody of the heating service who reads its register (spec heating §2).
pub const HEATING: &[JobRole] = &[
    HeatingServiceManager,
    HeatingHotlineAgent,
    HeatingStationHead,
    HeatingBranchManager,
    VisitOfficer,
    HeatingInspector,
    HeatingFeeCollector,
    FinanceOfficer,
    CompanyLeader,
    ExecutiveReader,
];
/// LABORATORY: who knows of its determinations and results.
pub const LABORATORY: &[JobRole] = &[
    CoalAnalyst,
    CoalReviewer,
    HeatingServiceManager,
    HeatingHotlineAgent,
    HeatingInspector,
    FinanceOfficer,
    CompanyLeader,
    ExecutiveReader,
];
/// Administers the system.
pub const ADMIN: &[JobRole] = &[SystemAdmin];
/// Service accounts: never sign, review, approve or confirm.
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
/// Reads personal data in clear, each time with a reason (PF-04).
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
/// Reads the contact behind his own open case (PF-04).
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
/// Sets parameters of his own domain (PF-10).
pub const DOMAIN_MANAGERS: &[JobRole] =
    &[CsManager, CsDirector, CostManager, PermitsManager, SalesManager, HeatingServiceManager];

/// Groups one after the other; a wrong `N` does not compile.
const fn joined<const N: usize>(groups: &[&[JobRole]]) -> [JobRole; N] {
    let mut all = [SystemAdmin; N];
    let (mut group, mut n) = (0, 0);
    while group < groups.len() {
        let mut role = 0;
        while role < groups[group].len() {
            all[n] = groups[group][role];
            (role, n) = (role + 1, n + 1);
        }
        group += 1;
    }
    assert!(n == N);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_is_everybody_of_the_house() {
        assert_eq!(STAFF.to_vec(), JobRole::all().filter(|role| role.is_staff()).collect::<Vec<_>>());
        assert_eq!(CLIENTS.to_vec(), JobRole::all().filter(|role| role.is_client()).collect::<Vec<_>>());
    }

    #[test]
    fn agents_are_intake_without_the_counters() {
        let counters = [Receptionist, ServiceDesk];
        assert_eq!(AGENT.to_vec(), INTAKE.iter().copied().filter(|role| !counters.contains(role)).collect::<Vec<_>>());
    }

    #[test]
    fn nobody_stands_twice_in_a_group() {
        let groups = [
            STAFF,
            CLIENTS,
            INTAKE,
            AGENT,
            FIELD,
            LEAD,
            HEAD,
            BOSS,
            READERS,
            READ,
            PROVIDER,
            NETWORK,
            HEATING,
            ADMIN,
            CUSTOMER_EDITORS,
            PII_READERS,
            CONTACT_REVEALERS,
            DOMAIN_MANAGERS,
        ];
        for group in groups {
            assert!(group.iter().enumerate().all(|(n, role)| !group[..n].contains(role)), "{group:?}");
        }
    }
}
