//! Seasons with prices, stations, and sixty homes with their areas.

use heating_service::area_item::commands as areas;
use heating_service::household::commands as households;
use heating_service::price::commands as prices;
use heating_service::season::commands as seasons;
use heating_service::station::commands as stations;
use kernel::fault::Fault;
use serde_json::{Value, json};
use store::Work;
use uuid::Uuid;

use super::super::places::Home;
use super::super::{Stage, body};
use super::{Company, MANAGER, Season, season_year};

/// Days ago the register was entered.
const ENTERED: i64 = 80;
/// Homes in all; the first of them are units of the property register.
const HOMES: usize = 60;
const UNITS: usize = 20;
/// The last ones are not connected yet.
const UNCONNECTED: usize = 6;

/// Code, unit, type, name, branch, district.
const STATIONS: [(&str, &str, &str, &str, &str, &str); 3] = [
    ("BL-01", "STATION-1", "boiler_house", "中心锅炉房", "HEAT-EAST", "皇姑"),
    ("BL-02", "STATION-2", "exchange_station", "东换热站", "HEAT-EAST", "皇姑"),
    ("BL-03", "STATION-3", "service_station", "西供热所", "HEAT-WEST", "长白"),
];

/// What homes are used for; each has the price that `heating.fee.price` names.
const USES: [&str; 4] = ["residential", "commercial", "public", "auxiliary"];

pub(super) async fn load(stage: &Stage, homes: &[Home]) -> anyhow::Result<Company> {
    let running = season_year(stage.now);
    let mut season = season(stage, running).await?;
    for year in [2010, 2011] {
        if year == running {
            continue;
        }
        let past = self::season(stage, year).await?;
        let id = past.id;
        stage.on(stage.at(ENTERED, 640), MANAGER, id, json!({}), flows::season_end::close).await?;
        if past.starts_on > season.starts_on {
            season = past;
        }
    }
    let mut made = Vec::new();
    for (code, unit, kind, name, branch, area) in STATIONS {
        let said = json!({ "code": code, "org_unit_id": stage.unit(unit).await?, "type": kind, "name": name,
            "branch_id": stage.unit(branch).await?, "area": area, "phone": "024-86001234",
            "far_end_note": "末端为7、8号楼", "network_areas": [{ "season": season.id, "network_area_m2": "462318.55" }] });
        made.push(stage.make(stage.at(ENTERED, 660), MANAGER, said, stations::create).await?.id);
    }
    let households = households(stage, homes, &made).await?;
    Ok(Company { stations: made, season, households })
}

/// A season from November to March with its prices, opened.
async fn season(stage: &Stage, year: i32) -> anyhow::Result<Season> {
    let at = stage.at(ENTERED, 600);
    // 2011-2012 ended in a leap year on the same day as any other.
    let said = json!({ "number": format!("{year}-{}", year + 1), "starts_on": format!("{year}-11-01"),
        "ends_on": format!("{}-03-31", year + 1) });
    let row = stage.make(at, MANAGER, said, seasons::create).await?;
    for purpose in USES {
        let said = json!({ "season": row.id, "use": purpose });
        let draft = stage.make(at, "finance_officer", said, prices::create).await?;
        stage.on(at, "company_leader", draft.id, json!({}), prices::approve).await?;
    }
    stage.on(at, MANAGER, row.id, json!({}), seasons::open).await?;
    Ok(Season { id: row.id, starts_on: row.starts_on })
}

/// Enters the homes in one go, as an office does that begins.
async fn households(stage: &Stage, homes: &[Home], stations: &[Uuid]) -> anyhow::Result<Vec<Uuid>> {
    let (homes, stations) = (homes.to_vec(), stations.to_vec());
    let enter = async move |work: &Work| {
        let mut made = Vec::new();
        for n in 0..HOMES {
            let row = households::create(work, &body(home(n, &homes, &stations))?).await?;
            for area in areas_of(n) {
                areas::create(work, row.id, &body(area)?).await?;
            }
            made.push(row.id);
        }
        Ok::<_, Fault>(made)
    };
    stage.act(stage.at(ENTERED, 700), MANAGER, enter).await
}

fn home(n: usize, homes: &[Home], stations: &[Uuid]) -> Value {
    let purpose = match n % 10 {
        8 => "public",
        9 => "commercial",
        _ => "residential",
    };
    let mut said =
        json!({ "station_id": stations[n % stations.len()], "use": purpose, "far_end": n.is_multiple_of(4) });
    if let Some(home) = homes.get(n).filter(|_| n < UNITS) {
        said["unit_id"] = json!(home.unit);
        said["customer_id"] = json!(home.customer);
        said["connected_on"] = json!("2024-10-15");
        return said;
    }
    let building = 31 + n / 12;
    let room = format!("{building}-{}-{}0{}", 1 + n % 3, 1 + n / 3 % 6, 1 + n % 2);
    said["address"] = json!(format!("沈阳市皇姑区北陵大街{building}号{room}室"));
    said["building"] = json!(format!("北陵大街{building}号楼"));
    said["room_no"] = json!(room);
    if n < HOMES - UNCONNECTED {
        said["connected_on"] = json!("2009-11-01");
        if let Some(home) = homes.get(n % homes.len().max(1)) {
            said["customer_id"] = json!(home.customer);
        }
    }
    said
}

fn areas_of(n: usize) -> Vec<Value> {
    let from = if n < UNITS { "2024-10-15" } else { "2009-11-01" };
    let area = format!("{}.{:02}", 58 + n * 7 % 60, n * 37 % 100);
    let mut areas = vec![json!({ "kind": "certificate", "area_m2": area, "from": from })];
    if n % 12 == 5 {
        let (height, heated) = if n % 24 == 5 { ("2.35", true) } else { ("2.10", false) };
        areas.push(json!({ "kind": "basement", "area_m2": "21.40", "height_m": height, "has_heating_facility": heated,
            "from": from }));
    }
    areas
}
