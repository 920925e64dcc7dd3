//! Two projects with buildings and units, the customers who live there, a few suppliers.

use chrono::{Days, Months, NaiveDate};
use identity::account::commands::{Owner, open};
use kernel::fault::Fault;
use kernel::time::business_day;
use registers::property::{building, phase, project, unit};
use registers::{customer, org_unit, supplier};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use store::Work;
use uuid::Uuid;

use super::people::name;
use super::{Stage, body};

/// A home and who lives there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home {
    pub unit: Uuid,
    pub customer: Uuid,
}

/// Project, its team, its buildings: phase, code, name, floors, months since it was accepted.
type Site = (&'static str, &'static str, &'static str, &'static [(usize, &'static str, &'static str, i32, u32)]);

/// The first building is past its contractor's warranty of plumbing; the other two came with the second lot.
const SITES: &[Site] = &[
    ("HP", "和平花园", "TEAM-HP", &[(0, "1", "1号楼", 10, 62), (1, "2", "2号楼", 10, 19), (1, "3", "3号楼", 10, 19)]),
    ("BH", "滨河新城", "TEAM-BH", &[(0, "A", "A座", 6, 17), (0, "B", "B座", 6, 17)]),
];

const CUSTOMERS: usize = 40;

/// Makes the places and the people in them; answers the homes.
pub(crate) async fn load(stage: &Stage, password: &str) -> anyhow::Result<Vec<Home>> {
    let begin = stage.now - chrono::TimeDelta::days(super::DAYS);
    let hash = identity::hash_password(password).await?;
    let places = async move |work: &Work| {
        let units = sites(work).await?;
        let mut homes = Vec::new();
        for (n, (unit, delivered_on)) in units.into_iter().take(CUSTOMERS).enumerate() {
            let customer = customer(work, n).await?;
            let owner = body(json!({ "customer_id": customer, "from": delivered_on, "source": "import" }))?;
            registers::property::owner::commands::add(work, unit, &owner).await?;
            homes.push(Home { unit, customer });
        }
        if let Some(first) = homes.first() {
            open(work, "customer", &hash, Owner::Customer(first.customer), false).await?;
        }
        suppliers(work).await?;
        Ok(homes)
    };
    stage.act(begin, "system", places).await
}

/// Makes the buildings; answers their units with the days they were delivered.
async fn sites(work: &Work) -> Result<Vec<(Uuid, NaiveDate)>, Fault> {
    let mut units = Vec::new();
    for (code, name, team, buildings) in SITES {
        let team = org_unit::Entity::find().filter(org_unit::Column::Code.eq(*team)).one(&work.db()).await?;
        let site = json!({ "code": code, "name": name, "org_unit_id": team.map(|team| team.id) });
        let site = project::commands::create(work, &body(site)?).await?;
        let mut phases = Vec::new();
        for (code, name) in [("1", "一期"), ("2", "二期")] {
            let phase = json!({ "project_id": site.id, "code": code, "name": name });
            phases.push(phase::commands::create(work, &body(phase)?).await?.id);
        }
        for (n, (phase, code, name, floors, months)) in buildings.iter().enumerate() {
            let accepted_on = business_day(work.now) - Months::new(*months);
            let house = json!({ "project_id": site.id, "phase_id": phases[*phase], "code": code, "name": name,
                "floors": floors, "accepted_on": accepted_on, "design_life_years": 50 });
            let house = building::commands::create(work, &body(house)?).await?;
            let delivered_on = accepted_on + Days::new(60);
            for floor in 1..=*floors {
                for door in 1..=2 {
                    let home = json!({ "building_id": house.id, "room_no": format!("{}-1-{floor}0{door}", n + 1), "floor": floor,
                        "use": "residence", "predicted_area_m2": "89.37", "delivered_on": delivered_on });
                    units.push((unit::commands::create(work, &body(home)?).await?.id, delivered_on));
                }
            }
        }
    }
    Ok(units)
}

/// A valid identity card number for the nth customer.
fn id_number(n: usize) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let head = format!("110105{}{:02}{:02}{:03}", 1955 + n % 45, 1 + n % 12, 1 + n % 28, 1 + n);
    let sum: u32 = head.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize];
    format!("{head}{check}")
}

async fn customer(work: &Work, n: usize) -> Result<Uuid, Fault> {
    let input = json!({
        "kind": "person",
        "name": name(n + 100),
        "phones": [format!("138{:08}", 20_000_023 * (n + 3) % 100_000_000)],
        "id_document": { "type": "id_card", "number": id_number(n) },
        "category": "业主",
        "source": "购房合同",
        "consents": { "marketing": n % 6 != 2, "opted_out_channels": if n % 11 == 4 { vec!["sms"] } else { vec![] } },
    });
    Ok(customer::create(work, &body(input)?).await?.id)
}

async fn suppliers(work: &Work) -> Result<(), Fault> {
    for (kind, name, uscc) in [
        ("contractor", "宏远建筑安装有限公司", Some("91210105M0001A0H2Q")),
        ("outlet", "便民维修服务部", None),
        ("utility", "市自来水公司", None),
    ] {
        supplier::create(work, &body(json!({ "kinds": [kind], "name": name, "uscc": uscc }))?).await?;
    }
    Ok(())
}
