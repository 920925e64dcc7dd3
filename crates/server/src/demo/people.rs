//! The group's units, one person a job role, the service accounts.

use std::collections::HashMap;

use access::JobRole;
use chrono::NaiveDate;
use identity::account::commands::{Owner, open};
use identity::client::commands::{CreateClient, new_secret};
use kernel::fault::Fault;
use registers::org_unit::commands::CreateOrgUnit;
use registers::org_unit::entity::Kind;
use registers::property::project;
use registers::staff::Skill;
use registers::staff::commands::{CreateStaff, StartPost};
use registers::{org_unit, staff};
use sea_orm::EntityTrait;
use store::Work;
use uuid::Uuid;

use super::Stage;

/// Code, name, kind and parent of each unit.
const UNITS: &[(&str, &str, Kind, &str)] = &[
    ("GROUP", "河川置业集团", Kind::Company, ""),
    ("HCZY", "河川置业有限公司", Kind::Branch, "GROUP"),
    ("DESK", "客户服务部", Kind::Department, "HCZY"),
    ("SALES", "营销部", Kind::Department, "HCZY"),
    ("PERMITS", "前期部", Kind::Department, "HCZY"),
    ("COST", "成本管理部", Kind::Department, "HCZY"),
    ("FINANCE", "财务部", Kind::Department, "HCZY"),
    ("OFFICE", "行政中心", Kind::Department, "HCZY"),
    ("TEAM-HP", "和平花园项目部", Kind::ProjectTeam, "HCZY"),
    ("TEAM-BH", "滨河新城项目部", Kind::ProjectTeam, "HCZY"),
    ("OUTLETS", "城区维修网点", Kind::Outlet, "HCZY"),
    ("OUTLET-N", "城北维修网点", Kind::Outlet, "HCZY"),
    ("OUTLET-W", "城西维修网点", Kind::Outlet, "HCZY"),
    ("SHIFT-LINE", "投诉专线组", Kind::ShiftGroup, "DESK"),
    ("HEAT", "北陵供热公司", Kind::Branch, "GROUP"),
    ("HEAT-DESK", "供热客服中心", Kind::Department, "HEAT"),
    ("HEAT-EAST", "东部分公司", Kind::Branch, "HEAT"),
    ("HEAT-WEST", "西部分公司", Kind::Branch, "HEAT"),
    ("STATION-1", "中心站", Kind::Station, "HEAT-EAST"),
    ("STATION-2", "东站", Kind::Station, "HEAT-EAST"),
    ("STATION-3", "西站", Kind::Station, "HEAT-WEST"),
    ("LAB", "煤质化验室", Kind::Department, "HEAT"),
    ("SHIFT-HEAT", "供热热线倒班组", Kind::ShiftGroup, "HEAT-DESK"),
];

const FAMILY: &[&str] =
    &["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭"];
const GIVEN: &[&str] = &[
    "建国", "秀英", "伟", "芳", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超",
    "霞", "平",
];

/// The nth name; the same every time.
pub(crate) fn name(n: usize) -> String {
    format!("{}{}", FAMILY[n * 7 % FAMILY.len()], GIVEN[n * 11 % GIVEN.len()])
}

fn unit_of(role: JobRole) -> &'static str {
    use JobRole::*;
    match role {
        CompanyLeader | GeneralManager | DeputyGeneralManager | ExecutiveReader | SystemAdmin => "GROUP",
        MarketingDirector | SalesManager | SalesAssistant | SalesSupervisor | PropertyConsultant | SalesSecretary
        | SalesClerk | SalesAccountant | MarketingPlanner => "SALES",
        PermitsManager | PermitsSpecialist | PermitsClerk | DocumentController => "PERMITS",
        CostManager
        | CostGeneralOfficer
        | CostInstallationOfficer
        | CostInformationOfficer
        | CostArchivist
        | CostConsultant => "COST",
        FinanceOfficer | CashOfficeClerk | Cashier => "FINANCE",
        HrOfficer => "HCZY",
        Administration => "OFFICE",
        EngineeringOfficer | RepairTeamLeader | RepairTechnician | FitoutSupervisor => "TEAM-HP",
        ServiceOutlet => "OUTLETS",
        HeatingServiceManager | VisitOfficer | HeatingInspector | HeatingFeeCollector => "HEAT",
        HeatingHotlineAgent => "HEAT-DESK",
        HeatingBranchManager => "HEAT-EAST",
        HeatingStationHead => "STATION-1",
        CoalAnalyst | CoalReviewer | CoalSampler => "LAB",
        _ => "DESK",
    }
}

/// People without an account: number, role, unit.
const OTHERS: &[(&str, JobRole, &str)] = &[
    ("service_outlet2", JobRole::ServiceOutlet, "OUTLET-N"),
    ("service_outlet3", JobRole::ServiceOutlet, "OUTLET-W"),
    ("cs_agent3", JobRole::CsAgent, "DESK"),
    ("cs_agent4", JobRole::CsAgent, "SHIFT-LINE"),
    ("cs_agent5", JobRole::CsAgent, "SHIFT-LINE"),
    ("cs_agent6", JobRole::CsAgent, "SHIFT-LINE"),
    ("cs_agent7", JobRole::CsAgent, "SHIFT-LINE"),
    ("heating_hotline_agent2", JobRole::HeatingHotlineAgent, "SHIFT-HEAT"),
    ("heating_hotline_agent3", JobRole::HeatingHotlineAgent, "SHIFT-HEAT"),
    ("heating_hotline_agent4", JobRole::HeatingHotlineAgent, "SHIFT-HEAT"),
    ("heating_hotline_agent5", JobRole::HeatingHotlineAgent, "SHIFT-HEAT"),
    ("heating_hotline_agent6", JobRole::HeatingHotlineAgent, "SHIFT-HEAT"),
    ("heating_hotline_agent7", JobRole::HeatingHotlineAgent, "SHIFT-HEAT"),
];

/// Makes units and people with accounts.
pub(crate) async fn load(stage: &Stage, password: &str) -> anyhow::Result<()> {
    let hash = identity::hash_password(password).await?;
    let begin = stage.now - chrono::TimeDelta::days(super::DAYS);
    let people = async move |work: &Work| {
        let units = units(work).await?;
        let second = [("cs_agent2", JobRole::CsAgent), ("finance_officer2", JobRole::FinanceOfficer)];
        let first = JobRole::all().filter(|role| role.is_staff()).map(|role| (role.code(), role));
        for (n, (login, role)) in first.chain(second).enumerate() {
            let id = employ(work, n, login, role, units[unit_of(role)]).await?;
            open(work, login, &hash, Owner::Staff(id), false).await?;
        }
        for (n, (number, role, unit)) in OTHERS.iter().enumerate() {
            employ(work, n + 80, number, *role, units[unit]).await?;
        }
        Ok(())
    };
    stage.act(begin, "system", people).await
}

/// Makes a client a client role, each for every project there is; answers their secrets for printing.
pub(crate) async fn clients(stage: &Stage) -> anyhow::Result<String> {
    let begin = stage.now - chrono::TimeDelta::days(super::DAYS);
    let secrets: Vec<(JobRole, String)> = JobRole::all()
        .filter(|role| role.is_client())
        .map(|role| Ok((role, new_secret()?)))
        .collect::<Result<_, Fault>>()?;
    let told = secrets.iter().map(|(role, secret)| format!("  {} {secret}\n", role.code())).collect();
    let clients = async move |work: &Work| {
        let projects = project::Entity::find().all(&work.db()).await?;
        let project_ids: Vec<Uuid> = projects.iter().map(|project| project.id).collect();
        for (role, secret) in &secrets {
            let client = CreateClient {
                client_id: role.code().to_owned(),
                name: role.title_zh().to_owned(),
                role: *role,
                scopes: Vec::new(),
                project_ids: project_ids.clone(),
                ip_allow: Vec::new(),
                org_unit_id: None,
            };
            identity::client::commands::open(work, &client, secret).await?;
        }
        Ok(())
    };
    stage.act(begin, "system", clients).await?;
    Ok(told)
}

async fn units(work: &Work) -> Result<HashMap<&'static str, Uuid>, Fault> {
    let mut made = HashMap::new();
    for (code, name, kind, parent) in UNITS {
        let parent_id = made.get(parent).copied();
        let unit = CreateOrgUnit {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            kind: *kind,
            parent_id,
            external_ids: Vec::new(),
        };
        made.insert(*code, org_unit::commands::create(work, &unit).await?.id);
    }
    Ok(made)
}

/// Somebody with a post; answers his id.
async fn employ(work: &Work, n: usize, number: &str, role: JobRole, unit: Uuid) -> Result<Uuid, Fault> {
    let care = Skill { category: "customer_care".to_owned(), level: 3 + (n % 3) as i32 };
    let row = CreateStaff {
        number: number.to_owned(),
        name: name(n),
        phone: kernel::validation::Phone::parse(&format!("137{:08}", 10_000_019 * (n + 1) % 100_000_000)).ok(),
        email: None,
        org_unit_id: unit,
        skills: if access::groups::INTAKE.contains(&role) { vec![care] } else { Vec::new() },
        daily_capacity: Some(20),
        external_ids: Vec::new(),
    };
    let row = staff::commands::create(work, &row).await?;
    let post = StartPost {
        role,
        org_unit_id: None,
        project_ids: Vec::new(),
        discipline: None,
        scope: None,
        from: NaiveDate::from_ymd_opt(2010, 1, 1).unwrap_or_default(),
        to: None,
    };
    staff::commands::start_post(work, row.id, &post).await?;
    Ok(row.id)
}
