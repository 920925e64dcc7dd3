//! The house every test finds: units, one person and account a job role, a customer, a building.

use std::collections::HashMap;

use access::JobRole;
use chrono::NaiveDate;
use identity::account::commands::{Owner, open};
use kernel::fault::Fault;
use registers::customer::{self, CreateCustomer};
use registers::org_unit::{self, commands::CreateOrgUnit, entity::Kind};
use registers::property::{building, project, unit};
use registers::staff::{
    self,
    commands::{CreateStaff, StartPost},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::{Answer, Context, Store, Work};
use uuid::Uuid;

/// The password of every account.
pub const PASSWORD: &str = "heron lamp 42 quilt";

/// Ids of what is there.
pub struct Fixture {
    pub staff: HashMap<String, Uuid>,
    pub units: HashMap<String, Uuid>,
    pub customer: Uuid,
    pub other_customer: Uuid,
    pub project: Uuid,
    pub building: Uuid,
    pub unit: Uuid,
    pub other_unit: Uuid,
}

/// Unit a job role works in.
fn unit_of(role: JobRole) -> &'static str {
    use JobRole::*;
    match role {
        HeatingServiceManager
        | HeatingHotlineAgent
        | HeatingBranchManager
        | VisitOfficer
        | CoalAnalyst
        | CoalReviewer
        | CoalSampler
        | HeatingInspector
        | HeatingFeeCollector => "HEAT",
        HeatingStationHead => "STATION",
        EngineeringOfficer => "TEAM",
        CompanyLeader | GeneralManager | DeputyGeneralManager | ExecutiveReader | SystemAdmin | HrOfficer => "GROUP",
        _ => "DESK",
    }
}

/// Fills a migrated database.
pub async fn make(store: &Store) {
    let hash = identity::hash_password(PASSWORD).await.unwrap();
    let fill = async move |work: &Work| {
        ::documents::install_routes(work).await?;
        ::tickets::install_defaults(work).await?;
        outbound::notifications::install_defaults(work).await?;
        let units = units(work).await?;
        for role in JobRole::all().filter(|role| role.is_staff()) {
            person(work, role.code(), role, units[unit_of(role)], &hash).await?;
        }
        person(work, "cs_agent2", JobRole::CsAgent, units["DESK"], &hash).await?;
        person(work, "cs_agent3", JobRole::CsAgent, units["DESK"], &hash).await?;
        person(work, "finance_officer2", JobRole::FinanceOfficer, units["DESK"], &hash).await?;
        places(work, units["TEAM"]).await?;
        let mine = customer(work, "王小明", "13800135678").await?;
        customer(work, "李雷", "13900135679").await?;
        open(work, "customer", &hash, Owner::Customer(mine), false).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(Context::system("fixture"), fill).await.unwrap();
}

async fn units(work: &Work) -> Result<HashMap<&'static str, Uuid>, Fault> {
    let mut made: HashMap<&'static str, Uuid> = HashMap::new();
    for (code, name, kind, parent) in [
        ("GROUP", "河川置业集团", Kind::Company, None),
        ("HCZY", "河川置业", Kind::Branch, Some("GROUP")),
        ("DESK", "客户服务部", Kind::Department, Some("HCZY")),
        ("TEAM", "和平花园项目部", Kind::ProjectTeam, Some("HCZY")),
        ("HEAT", "北陵供热", Kind::Branch, Some("GROUP")),
        ("STATION", "中心站", Kind::Station, Some("HEAT")),
    ] {
        let parent_id = parent.map(|parent| made[parent]);
        let row =
            CreateOrgUnit { code: code.to_owned(), name: name.to_owned(), kind, parent_id, external_ids: Vec::new() };
        made.insert(code, org_unit::commands::create(work, &row).await?.id);
    }
    Ok(made)
}

async fn person(work: &Work, login: &str, role: JobRole, unit: Uuid, hash: &str) -> Result<(), Fault> {
    let row = CreateStaff {
        number: login.to_owned(),
        name: format!("{}{}", role.title_zh(), if login.ends_with(char::is_numeric) { "乙" } else { "甲" }),
        phone: None,
        email: None,
        org_unit_id: unit,
        skills: Vec::new(),
        daily_capacity: None,
        external_ids: Vec::new(),
    };
    let row = staff::commands::create(work, &row).await?;
    let post = StartPost {
        role,
        org_unit_id: None,
        project_ids: Vec::new(),
        discipline: None,
        scope: None,
        from: NaiveDate::from_ymd_opt(2000, 1, 1).unwrap(),
        to: None,
    };
    staff::commands::start_post(work, row.id, &post).await?;
    open(work, login, hash, Owner::Staff(row.id), false).await?;
    Ok(())
}

fn input<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

async fn places(work: &Work, team: Uuid) -> Result<(), Fault> {
    let row = project::commands::create(work, &input(json!({ "code": "HP", "name": "和平花园", "org_unit_id": team })))
        .await?;
    let row =
        building::commands::create(work, &input(json!({ "project_id": row.id, "code": "3", "name": "3号楼" }))).await?;
    for room in ["3-2-1201", "3-2-1202"] {
        let body = json!({ "building_id": row.id, "room_no": room, "use": "residence" });
        unit::commands::create(work, &input(body)).await?;
    }
    Ok(())
}

async fn customer(work: &Work, name: &str, phone: &str) -> Result<Uuid, Fault> {
    let body: CreateCustomer = input(json!({ "kind": "person", "name": name, "phones": [phone] }));
    Ok(customer::create(work, &body).await?.id)
}

impl Fixture {
    /// Finds the fixture in a database made from the template.
    pub async fn load(store: &Store) -> Self {
        let db = store.reader();
        let staff = staff::Entity::find().all(db).await.unwrap();
        let units = org_unit::Entity::find().all(db).await.unwrap();
        let homes = unit::Entity::find().all(db).await.unwrap();
        let home = |room: &str| homes.iter().find(|home| home.room_no == room).unwrap();
        let account = identity::account::entity::Entity::find()
            .filter(identity::account::entity::Column::Login.eq("customer"))
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let customer = account.customer_id.unwrap();
        let others = customer::Entity::find().all(db).await.unwrap();
        let house = building::Entity::find().one(db).await.unwrap().unwrap();
        Self {
            staff: staff.into_iter().map(|row| (row.number, row.id)).collect(),
            units: units.into_iter().map(|row| (row.code, row.id)).collect(),
            customer,
            other_customer: others.iter().find(|other| other.id != customer).unwrap().id,
            project: house.project_id,
            building: house.id,
            unit: home("3-2-1201").id,
            other_unit: home("3-2-1202").id,
        }
    }
}
