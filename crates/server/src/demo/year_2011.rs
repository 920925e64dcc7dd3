//! The year 2011 as the department printed it: records whose sums are the printed ones on 20 December, some of that
//! day, some of the day after. Generated, the same every time; nobody in it is real. Rows are those of the imports
//! `households` and `heating_history`; what has no import goes through its commands.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use heating_service::service_asset::commands as assets;
use heating_service::service_card::commands as cards;
use kernel::fault::Fault;
use kernel::time::start_of_day;
use serde_json::{Value, json};
use store::Work;
use uuid::Uuid;

use super::body;

/// Homes of the district.
pub const HOMES: usize = 9_900;
/// Days the season had run by the day of the summary.
const RUN: usize = 50;
/// Code, unit, branch of each station of the district.
pub const STATIONS: [(&str, &str, &str); 4] = [
    ("CB-01", "STATION-1", "HEAT-EAST"),
    ("CB-02", "STATION-2", "HEAT-EAST"),
    ("CB-03", "STATION-3", "HEAT-WEST"),
    ("CB-04", "STATION-3", "HEAT-WEST"),
];
/// The district.
pub const AREA: &str = "长白";
const THERMOMETER: &str = "CW-2011";

/// The day of the summary.
pub fn summary_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2011, 12, 20).unwrap_or_default()
}

/// When the books are taken over: two days later, in the morning.
pub fn entered() -> DateTime<Utc> {
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

/// The nth of some that count; one beyond them falls on the day after.
fn day_of(n: usize, count: usize) -> NaiveDate {
    if n < count { day(n) } else { after() }
}

/// A station of the district, in these units.
pub fn station(code: &str, unit: Uuid, branch: Uuid) -> Value {
    json!({ "code": code, "org_unit_id": unit, "type": "exchange_station", "name": format!("{AREA}{code}换热站"),
        "branch_id": branch, "area": AREA })
}

/// The thermometer of the rounds, and the drying oven that was bought.
pub fn instruments(laboratory: Uuid) -> [Value; 2] {
    let of = |number: &str, name: &str, kind: &str| {
        json!({ "number": number, "name": name, "kind": kind, "needs_calibration": false,
            "org_unit_id": laboratory })
    };
    let mut oven = of("GZX-2011", "干燥箱", "drying_oven");
    oven["in_service_on"] = json!("2011-10-08");
    [of(THERMOMETER, "测温仪", "thermometer"), oven]
}

/// The homes of the district, as rows of `households`.
pub fn homes() -> Vec<Value> {
    let home = |n: usize| {
        let (code, ..) = STATIONS[n % STATIONS.len()];
        let at = n / STATIONS.len();
        let building = 1 + at / 60;
        let room = format!("{building}-{}-{}0{}", 1 + at % 3, 1 + at / 3 % 10, 1 + at / 30 % 2);
        json!({ "station_code": code, "room_no": room, "building": format!("{AREA}{building}号楼"),
            "use": "residential", "connected_on": "2009-11-01", "far_end": n.is_multiple_of(10) })
    };
    (0..HOMES).map(home).collect()
}

/// The lines of the old books about the homes of these numbers, as rows of `heating_history`.
pub fn lines(homes: &[String]) -> Vec<Value> {
    let mut books = Books::default();
    books.service(homes);
    books.inspections(homes);
    books.laboratory();
    books.rows
}

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
            let station = STATIONS[n % STATIONS.len()].0;
            self.line("outage", day_of(n, 40), json!({ "station_code": station, "kind": cause }));
        }
        for (n, home) in homes.iter().enumerate().take(9_870) {
            let t_c = format!("{}.{}", 18 + n % 4, n % 10);
            let fields = json!({ "household_number": home, "value": t_c, "instrument_number": THERMOMETER });
            self.line("temperature", day_of(n, 9_860), fields);
        }
        for n in 0..162 {
            let met = if n == 160 { 17 } else { 20 };
            let station = STATIONS[n % STATIONS.len()].0;
            self.line("visit", day_of(n, 161), json!({ "station_code": station, "count": met }));
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
                let mut fields = json!({ "household_number": homes[first + n], "kind": kind });
                if let Some(programme) = programme {
                    fields["programme"] = json!(programme);
                }
                if area_dm2 > 0 {
                    fields["area_m2"] = json!(share(area_dm2, n, count));
                    fields["instrument_number"] = json!(THERMOMETER);
                }
                self.line("inspection", day_of(n, count), fields);
            }
        }
        for (n, home) in homes.iter().enumerate().take(154) {
            let fields = json!({ "household_number": home, "kind": "gifted_area", "area_m2": "6.40" });
            self.line("agreement", day_of(n, 153), fields);
        }
        for (n, home) in homes.iter().enumerate().take(8_960) {
            // 37 of them were found open.
            let result = if n < 37 * 240 && n % 240 == 0 { "not_closed" } else { "closed" };
            self.line("valve_check", day_of(n, 8_953), json!({ "household_number": home, "kind": result }));
        }
    }

    /// 965 samples of coal, 414 of ash, two determinations each, in the order they were received.
    fn laboratory(&mut self) {
        let mut samples = Vec::new();
        for (kind, count) in [("coal", 965), ("slag", 207), ("fly_ash", 207)] {
            for n in 0..=count {
                let value = |more: usize| format!("{}.{:02}", 9 + n % 3, 40 + n % 50 + more);
                let fields = json!({ "kind": kind, "value": value(0), "second_value": value(9) });
                samples.push((day_of(n, count), fields));
            }
        }
        samples.sort_by_key(|(day, _)| *day);
        for (day, fields) in samples {
            self.line("sample", day, fields);
        }
    }
}

/// The nth of equal parts of an area; the first has what is left over, one beyond them as much as they.
fn share(area_dm2: usize, n: usize, count: usize) -> String {
    let part = area_dm2 / count + if n == 0 { area_dm2 % count } else { 0 };
    format!("{}.{:02}", part / 100, part % 100)
}

/// Puts up 59 phones, 15 boards and 833 signs, and gives out 66,693 cards.
pub async fn put_up(work: &Work, stations: &[Uuid]) -> Result<(), Fault> {
    for (kind, count) in [("public_phone", 59), ("station_board", 15), ("notice_sign", 833)] {
        for n in 0..=count {
            let said = json!({ "kind": kind, "station_id": stations[n % stations.len()],
                "place": format!("{AREA}{}号", n + 1), "installed_on": day_of(n, count) });
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
    Ok(())
}
