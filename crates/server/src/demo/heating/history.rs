//! The year 2011 as the department printed it (`--with heating-2011`): records whose sums are the printed ones on
//! 20 December, some of that day, some of the day after. Generated, the same every time; nobody in it is real.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use documents::Files;
use heating_service::annual::Key;
use heating_service::history;
use heating_service::household::commands as households;
use heating_service::instrument::commands as instruments;
use heating_service::published_figure::commands as figures;
use heating_service::service_asset::commands as assets;
use heating_service::service_card::commands as cards;
use heating_service::station;
use kernel::fault::Fault;
use kernel::time::start_of_day;
use serde_json::{Value, json};
use store::Work;
use uuid::Uuid;

use super::super::{Stage, body};
use super::MANAGER;

/// Homes of the district.
const HOMES: usize = 9_900;
/// Rows entered in one transaction.
const PART: usize = 1_000;
/// Days the season had run by the day of the summary.
const RUN: usize = 50;
/// Code, unit, branch of each station of the district.
const STATIONS: [(&str, &str, &str); 4] = [
    ("CB-01", "STATION-1", "HEAT-EAST"),
    ("CB-02", "STATION-2", "HEAT-EAST"),
    ("CB-03", "STATION-3", "HEAT-WEST"),
    ("CB-04", "STATION-3", "HEAT-WEST"),
];
const THERMOMETER: &str = "CW-2011";

/// Figures as they were printed: value, how it is said, the words.
const PRINTED: [(Key, &str, &str, &str); 25] = [
    (Key::PublicPhones, "59", "exact", "59部"),
    (Key::StationBoards, "15", "exact", "15块"),
    (Key::NoticeSigns, "833", "exact", "833块"),
    (Key::ServiceCards, "66693", "exact", "66693张"),
    (Key::MeasuredHouseholds, "10000", "just_below", "近万户"),
    (Key::VisitHouseholdTimes, "3200", "at_least", "3200余户次"),
    (Key::OutagesTotal, "40", "exact", "40次"),
    (Key::OutagesExternal, "25", "exact", "25次"),
    (Key::OutagesInternal, "15", "exact", "15次"),
    (Key::CoalSamples, "965", "exact", "965个"),
    (Key::AshSamples, "414", "exact", "414个"),
    (Key::NewInstruments, "1", "exact", "1台"),
    (Key::BasementOverHeightCases, "6", "exact", "6户"),
    (Key::BasementOverHeightArea, "78.20", "exact", "78.20平方米"),
    (Key::AreaIncreaseCases, "18", "exact", "18户"),
    (Key::AreaIncreaseArea, "4889.26", "exact", "4889.26平方米"),
    (Key::DemolitionCases, "18", "exact", "18户"),
    (Key::GiftedHouseholds, "1000", "at_least", "千余户"),
    (Key::GiftedAgreements, "153", "exact", "153份"),
    (Key::BasementSurveyCases, "14", "exact", "14户"),
    (Key::BasementSurveyArea, "2378.76", "exact", "2378.76平方米"),
    (Key::ValveCheckedHouseholds, "8953", "exact", "8953户"),
    (Key::BranchesChecked, "2", "exact", "两个分公司"),
    (Key::LeakHours, "4", "exact", "4小时"),
    (Key::ComplaintHours, "24", "exact", "24小时"),
];

/// The day of the summary.
fn summary_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2011, 12, 20).unwrap_or_default()
}

/// When the books were taken over: two days later.
fn entered() -> DateTime<Utc> {
    start_of_day(summary_day()) + TimeDelta::hours(57)
}

/// The nth day of the season, of those up to the summary; the last is the day itself.
fn day(n: usize) -> NaiveDate {
    let back = RUN - 1 - n % RUN;
    summary_day().checked_sub_days(Days::new(back as u64)).unwrap_or_default()
}

fn after() -> NaiveDate {
    summary_day().succ_opt().unwrap_or_default()
}

/// Loads the year.
pub(crate) async fn load(stage: &Stage, files: &Files) -> anyhow::Result<()> {
    let places = stations(stage).await?;
    let homes = homes(stage, &places).await?;
    for (number, name, kind, since) in
        [(THERMOMETER, "测温仪", "thermometer", None), ("GZX-2011", "干燥箱", "drying_oven", Some("2011-10-08"))]
    {
        let said = json!({ "number": number, "name": name, "kind": kind, "in_service_on": since,
            "needs_calibration": false, "org_unit_id": stage.unit("LAB").await? });
        stage.make(entered(), MANAGER, said, instruments::create).await?;
    }
    let mut books = Books::default();
    books.service(&homes);
    books.inspections(&homes);
    books.laboratory();
    books.enter(stage).await?;
    public(stage, &places).await?;
    print(stage, files).await
}

/// The stations of the district.
async fn stations(stage: &Stage) -> anyhow::Result<Vec<Uuid>> {
    let mut places = Vec::new();
    for (code, unit, branch) in STATIONS {
        let said = json!({ "code": code, "org_unit_id": stage.unit(unit).await?, "type": "exchange_station",
            "name": format!("长白{code}换热站"), "branch_id": stage.unit(branch).await?, "area": "长白" });
        places.push(stage.make(entered(), MANAGER, said, station::commands::create).await?.id);
    }
    Ok(places)
}

/// The homes of the district; their numbers.
async fn homes(stage: &Stage, places: &[Uuid]) -> anyhow::Result<Vec<String>> {
    let mut numbers = Vec::new();
    for first in (0..HOMES).step_by(PART) {
        let places = places.to_vec();
        let make = async move |work: &Work| {
            let mut made = Vec::new();
            for n in first..(first + PART).min(HOMES) {
                let place = places[n % places.len()];
                let at = n / places.len();
                let building = 1 + at / 60;
                let room = format!("{building}-{}-{}0{}", 1 + at % 3, 1 + at / 3 % 10, 1 + at / 30 % 2);
                let said = json!({ "station_id": place, "room_no": room, "building": format!("长白{building}号楼"),
                    "use": "residential", "connected_on": "2009-11-01", "far_end": n.is_multiple_of(10) });
                made.push(households::create(work, &body(said)?).await?.number);
            }
            work.spill().await?;
            Ok::<_, Fault>(made)
        };
        numbers.extend(stage.act(entered(), MANAGER, make).await?);
    }
    Ok(numbers)
}

/// Lines of the old books.
#[derive(Default)]
struct Books {
    rows: Vec<Value>,
}

impl Books {
    fn line(&mut self, record: &str, day: NaiveDate, mut fields: Value) {
        fields["record"] = json!(record);
        fields["key"] = json!(format!("{}", self.rows.len() + 1));
        fields["date"] = json!(day);
        fields["staff_number"] = json!(match record {
            "sample" => "coal_analyst",
            "inspection" | "agreement" | "valve_check" => "heating_inspector",
            _ => "visit_officer",
        });
        self.rows.push(fields);
    }

    /// Outages 25 + 15, measured homes 9,860, visits of 3,217 household-times.
    fn service(&mut self, homes: &[String]) {
        for n in 0..41 {
            let cause = match n {
                0..15 => "water_outage",
                15..25 => "power_outage",
                25..32 => "equipment_failure",
                _ => "pipe_leak",
            };
            let day = if n < 40 { day(n) } else { after() };
            self.line("outage", day, json!({ "station_code": STATIONS[n % STATIONS.len()].0, "kind": cause }));
        }
        for (n, home) in homes.iter().enumerate().take(9_870) {
            let day = if n < 9_860 { day(n) } else { after() };
            let t_c = format!("{}.{}", 18 + n % 4, n % 10);
            let fields = json!({ "household_number": home, "value": t_c, "instrument_number": THERMOMETER });
            self.line("temperature", day, fields);
        }
        for n in 0..162 {
            let met = if n == 160 { 17 } else { 20 };
            let day = if n < 161 { day(n) } else { after() };
            self.line("visit", day, json!({ "station_code": STATIONS[n % STATIONS.len()].0, "count": met }));
        }
    }

    /// Cases by kind and programme with their areas, agreements, valves.
    fn inspections(&mut self, homes: &[String]) {
        for (first, count, kind, programme, area_dm2) in [
            (2_000, 6, "basement_extension", Some("basement_height_check"), 7_820),
            (2_010, 14, "basement_extension", Some("gifted_area_survey"), 237_876),
            (3_000, 18, "area_increase", None, 488_926),
            (4_000, 18, "demolition", None, 0),
            (0, 1_034, "gifted_area", None, 0),
        ] {
            for n in 0..=count {
                let day = if n < count { day(n) } else { after() };
                let mut fields = json!({ "household_number": homes[first + n], "kind": kind, "programme": programme });
                if area_dm2 > 0 {
                    fields["area_m2"] = json!(share(area_dm2, n, count));
                    fields["instrument_number"] = json!(THERMOMETER);
                }
                self.line("inspection", day, fields);
            }
        }
        for (n, home) in homes.iter().enumerate().take(154) {
            let day = if n < 153 { day(n) } else { after() };
            let fields = json!({ "household_number": home, "kind": "gifted_area", "area_m2": "6.40" });
            self.line("agreement", day, fields);
        }
        for (n, home) in homes.iter().enumerate().take(8_960) {
            let day = if n < 8_953 { day(n) } else { after() };
            // 37 of them were found open.
            let result = if n < 37 * 240 && n % 240 == 0 { "not_closed" } else { "closed" };
            self.line("valve_check", day, json!({ "household_number": home, "kind": result }));
        }
    }

    fn laboratory(&mut self) {
        for (kind, count) in [("coal", 965), ("slag", 207), ("fly_ash", 207)] {
            for n in 0..=count {
                let day = if n < count { day(n) } else { after() };
                let value = |more: usize| format!("{}.{:02}", 9 + n % 3, 40 + n % 50 + more);
                self.line("sample", day, json!({ "kind": kind, "value": value(0), "second_value": value(9) }));
            }
        }
    }

    async fn enter(self, stage: &Stage) -> anyhow::Result<()> {
        for part in self.rows.chunks(PART) {
            let part = part.to_vec();
            let take_over = async move |work: &Work| {
                for row in &part {
                    history::enter(work, &body(row.clone())?).await?;
                }
                work.spill().await
            };
            stage.act(entered(), MANAGER, take_over).await?;
        }
        Ok(())
    }
}

/// The nth of equal parts of an area; the first has what is left over, one beyond them as much as they.
fn share(area_dm2: usize, n: usize, count: usize) -> String {
    let part = area_dm2 / count + if n == 0 { area_dm2 % count } else { 0 };
    format!("{}.{:02}", part / 100, part % 100)
}

/// 59 phones, 15 boards, 833 signs and 66,693 cards.
async fn public(stage: &Stage, places: &[Uuid]) -> anyhow::Result<()> {
    let places = places.to_vec();
    let put_up = async move |work: &Work| {
        for (kind, count) in [("public_phone", 59), ("station_board", 15), ("notice_sign", 833)] {
            for n in 0..=count {
                let day = if n < count { day(n) } else { after() };
                let said = json!({ "kind": kind, "station_id": places[n % places.len()], "place": format!("长白{}号", n + 1),
                    "installed_on": day });
                assets::create(work, &body(said)?).await?;
            }
        }
        for (kind, count, day) in [
            ("printed", 66_693, day(0)),
            ("issued", 60_000, day(10)),
            ("issued", 6_693, summary_day()),
            ("printed", 500, after()),
            ("issued", 20, after()),
        ] {
            cards::create(work, &body(json!({ "kind": kind, "count": count, "on": day }))?).await?;
        }
        Ok::<_, Fault>(())
    };
    stage.act(entered(), MANAGER, put_up).await
}

/// What was printed.
async fn print(stage: &Stage, files: &Files) -> anyhow::Result<()> {
    let said = json!({ "kind": "report", "name": "2011年度工作总结" });
    let proof = stage.paper(files, entered(), MANAGER, said).await?;
    let say = |key: &str, value: &str, qualifier: &str, text: &str, source: &str| {
        json!({ "year": 2011, "as_of": summary_day(), "key": key, "value": value, "qualifier": qualifier, "text": text,
            "source": source, "document_id": proof })
    };
    for (key, value, qualifier, text) in PRINTED {
        let said = say(key.code(), value, qualifier, text, "computed");
        stage.make(entered(), MANAGER, said, figures::create).await?;
    }
    let said = say(Key::SystemBids.code(), "3", "exact", "3项", "by_hand");
    stage.make(entered(), MANAGER, said, figures::create).await?;
    Ok(())
}
