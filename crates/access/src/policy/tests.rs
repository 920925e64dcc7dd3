use super::*;

/// Exactly these roles hold the permission.
fn check(permission: &str, groups: &[&[JobRole]]) {
    let mut expected = groups.concat();
    expected.sort();
    expected.dedup();
    assert_eq!(roles(permission), expected, "{permission}");
}

#[test]
fn a_permission_stands_once_and_is_well_formed() {
    for (n, grant) in TABLE.iter().enumerate() {
        let name = grant.permission;
        assert!(TABLE[..n].iter().all(|other| other.permission != name), "{name} twice");
        let (domain, rest) = name.split_once('.').unwrap();
        let (entity, verb) = rest.split_once(':').unwrap();
        let lower = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase());
        let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        assert!(lower(domain) && word(entity) && word(verb), "{name}");
    }
}

#[test]
fn whoever_acts_on_an_entity_of_the_desk_also_reads_it() {
    for grant in TABLE.iter().filter(|grant| grant.permission.starts_with("tickets.")) {
        let (entity, _) = grant.permission.split_once(':').unwrap();
        let Some(read) = super::grant(&format!("{entity}:read")) else { continue };
        for role in JobRole::all().filter(|role| grant.holders.include(*role)) {
            assert!(read.holders.include(role), "{role} holds {} and does not read", grant.permission);
        }
    }
}

#[test]
fn the_catalogues_are_read_by_those_who_keep_them() {
    let kept = ["channel", "ticket_category", "ticket_classification", "ticket_procedure", "ticket_catalogue"];
    for (entity, role) in
        kept.iter().flat_map(|entity| roles("tickets.catalogue:manage").into_iter().map(move |r| (entity, r)))
    {
        assert!(allows(&format!("tickets.{entity}:read"), role), "{entity} {role}");
    }
}

#[test]
fn the_rows_of_the_specification_stand() {
    check("platform.account:create", &[&[SystemAdmin, HrOfficer]]);
    check("platform.client:manage", &[&[SystemAdmin]]);
    check("platform.access:read", &[&[SystemAdmin, HrOfficer, ExecutiveReader]]);
    check("platform.customer:merge", &[&[CsSupervisor, CsManager, InformationOfficer]]);
    check("platform.customer:erase", &[&[CsManager]]);
    check("platform.supplier:blacklist", &[&[CostManager, GeneralManager]]);
    check("platform.journal:read", &[&[SystemAdmin, ExecutiveReader]]);
    check("platform.webhook:manage", &[&[SystemAdmin, IntegrationClient]]);
    check("platform.notification_template:manage", &[&[SystemAdmin, CsSupervisor]]);
    check("tickets.ticket:create", &[INTAKE, LEAD, FIELD, HEAD, &[Customer, IntegrationClient]]);
    check("tickets.ticket:assign", &[&[TeamLeader, CsSupervisor, HeatingHotlineAgent], HEAD]);
    check("tickets.ticket:approve", &[&[CsDirector, CsManager, HeatingServiceManager, CompanyLeader]]);
    check("tickets.ticket:merge", &[HEAD, &[CsSupervisor]]);
    check("tickets.ticket:rate", &[&[Customer]]);
    check("tickets.ticket:annul_breach", &[&[CsDirector]]);
    check("tickets.sla_policy_set:activate", &[&[CsDirector]]);
    check("tickets.callback:complete", &[AGENT, LEAD, &[Receptionist]]);
    check("tickets.call:create", &[INTAKE, LEAD, &[TelephoneClient]]);
    check("tickets.comment:create", &[INTAKE, FIELD, LEAD, HEAD, BOSS, &[Customer]]);
}

#[test]
fn what_the_posts_may_and_may_not() {
    let table = [
        ("tickets.ticket:assign", CsAgent, false),
        ("tickets.ticket:approve", CsAgent, false),
        ("tickets.ticket:read", ServiceOutlet, true),
        ("tickets.ticket:read", HrOfficer, false),
        ("tickets.ticket:read", TelephoneClient, false),
        ("tickets.callback:read", Customer, true),
        ("tickets.call:read", Customer, false),
        ("platform.customer_pii:read", ServiceRep, false),
        ("platform.contact:reveal", ServiceRep, true),
        ("platform.customer:create", SalesOfficeClient, true),
        ("platform.customer:create", TelephoneClient, false),
        ("platform.org_unit:read", Customer, false),
        ("platform.event:read", TelephoneClient, true),
        ("platform.event:read", Customer, false),
        ("platform.me:read", Customer, true),
        ("heating.sample:read", HeatingInspector, true),
        ("heating.determination:read", FinanceOfficer, true),
        ("heating.determination:read", CoalSampler, false),
        ("heating.result:review", HeatingInspector, false),
        ("tickets.nothing:read", SystemAdmin, false),
    ];
    for (permission, role, allowed) in table {
        assert_eq!(allows(permission, role), allowed, "{permission} {role}");
    }
}

#[test]
fn machines_never_sign_and_the_administrator_decides_no_business() {
    for role in CLIENTS {
        let signs =
            |name: &&str| [":approve", ":reject", ":activate", ":close", ":waive"].iter().any(|v| name.ends_with(v));
        assert_eq!(permissions_of(*role).iter().find(|name| signs(name)), None, "{role}");
    }
    assert!(!allows("tickets.ticket:approve", SystemAdmin) && !allows("tickets.ticket:create", SystemAdmin));
}

#[test]
fn public_is_only_what_needs_no_sign_in() {
    let public: Vec<_> = TABLE.iter().filter(|grant| matches!(grant.holders, Holders::Public)).collect();
    assert_eq!(
        public.iter().map(|grant| grant.permission).collect::<Vec<_>>(),
        [
            "platform.auth:sign_in",
            "platform.meta:read",
            "platform.system:read",
            "tickets.survey_answer:create",
            "heating.asset_intake:create",
        ]
    );
}
