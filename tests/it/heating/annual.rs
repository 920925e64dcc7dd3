//! The year in figures beside what was printed (HS-R80), on records taken over from the old books.

use actix_web::http::Method;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, with};
use crate::tickets::desk::document;

const AS_OF: &str = "2026-02-20";

/// Lines of `heating_history` under their headings.
struct Book {
    text: String,
    lines: usize,
    station: String,
    homes: Vec<String>,
}

impl Book {
    const COLUMNS: [&'static str; 12] = [
        "record",
        "key",
        "date",
        "station_code",
        "household_number",
        "staff_number",
        "instrument_number",
        "kind",
        "programme",
        "count",
        "area_m2",
        "value",
    ];

    fn new(station: &str, homes: Vec<String>) -> Self {
        Self { text: Self::COLUMNS.join(","), lines: 0, station: station.to_owned(), homes }
    }

    /// A line of this record: its day, and the fields it has.
    fn line(&mut self, record: &str, date: &str, fields: &[(&str, &str)]) {
        self.lines += 1;
        let key = format!("{}", self.lines);
        let cell = |column: &&str| match *column {
            "record" => record.to_owned(),
            "key" => key.clone(),
            "date" => date.to_owned(),
            "staff_number" => "visit_officer".to_owned(),
            column => fields.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| value).to_owned(),
        };
        let cells: Vec<String> = Self::COLUMNS.iter().map(cell).collect();
        self.text.push('\n');
        self.text.push_str(&cells.join(","));
    }

    /// A line about the nth home.
    fn of_home(&mut self, record: &str, date: &str, n: usize, fields: &[(&str, &str)]) {
        let home = self.homes[n].clone();
        let mut all = vec![("household_number", home.as_str())];
        all.extend(fields);
        self.line(record, date, &all);
    }

    fn of_station(&mut self, record: &str, date: &str, fields: &[(&str, &str)]) {
        let station = self.station.clone();
        let mut all = vec![("station_code", station.as_str())];
        all.extend(fields);
        self.line(record, date, &all);
    }
}

/// Brings the book as a file.
async fn send(app: &TestApp, who: &str, book: &Book, dry_run: &str) -> Answer {
    let call = app.by(who, Method::POST, "/v1/imports").key(&name());
    let fields = [("kind", "heating_history"), ("dry_run", dry_run)];
    call.parts(&fields, "rows.csv", "text/csv", book.text.as_bytes()).send().await
}

/// The day after the summary: what falls on it must not count.
fn after() -> String {
    AS_OF.parse::<NaiveDate>().unwrap().checked_add_days(Days::new(1)).unwrap().to_string()
}

/// Writes what the old books hold of the year up to the day, of the day itself, and of the day after.
fn write_up(book: &mut Book, thermometer: &str) {
    let after = after();
    for (date, cause) in [
        ("2026-01-05", "water_outage"),
        (AS_OF, "power_outage"),
        ("2026-01-07", "pipe_leak"),
        (after.as_str(), "pipe_leak"),
        ("2025-12-31", "pipe_leak"),
    ] {
        book.of_station("outage", date, &[("kind", cause)]);
    }
    let instrument = ("instrument_number", thermometer);
    for (n, date) in ["2026-01-05", "2026-01-06", AS_OF, after.as_str()].into_iter().enumerate() {
        book.of_home("temperature", date, n, &[("value", "19.5"), instrument]);
    }
    // Measured twice is one household.
    book.of_home("temperature", "2026-01-09", 0, &[("value", "17.5"), instrument]);
    for (date, met) in [("2026-01-05", "20"), (AS_OF, "13"), (after.as_str(), "9")] {
        book.of_station("visit", date, &[("count", met)]);
    }
    let case = |book: &mut Book, n: usize, date: &str, kind: &str, programme: &str, area: &str| {
        book.of_home("inspection", date, n, &[("kind", kind), ("programme", programme), ("area_m2", area), instrument]);
    };
    case(book, 0, "2026-01-05", "basement_extension", "basement_height_check", "39.10");
    case(book, 1, AS_OF, "basement_extension", "basement_height_check", "39.10");
    case(book, 2, after.as_str(), "basement_extension", "basement_height_check", "1.00");
    case(book, 3, "2026-01-05", "basement_extension", "gifted_area_survey", "2378.76");
    case(book, 0, "2026-01-05", "area_increase", "", "4889.26");
    case(book, 1, "2026-01-05", "demolition", "", "");
    case(book, 0, "2026-01-05", "gifted_area", "", "");
    case(book, 1, AS_OF, "gifted_area", "", "");
    book.of_home("agreement", AS_OF, 0, &[("kind", "gifted_area"), ("area_m2", "6.00")]);
    book.of_home("agreement", after.as_str(), 1, &[("kind", "gifted_area"), ("area_m2", "6.00")]);
    for (n, (date, result)) in
        [("2025-12-20", "closed"), (AS_OF, "not_closed"), ("2026-01-06", "cut"), (after.as_str(), "closed")]
            .into_iter()
            .enumerate()
    {
        book.of_home("valve_check", date, n, &[("kind", result)]);
    }
}

async fn printed(app: &TestApp, key: &str, value: &str, qualifier: &str, fields: Value) {
    let body = json!({ "year": 2026, "as_of": AS_OF, "key": key, "value": value, "qualifier": qualifier, "text": value,
        "source": "computed" });
    app.post(MANAGER, "/v1/published-figures", with(body, &fields)).await.expect(201);
}

/// What the year's summary says: key, value as it is printed, how it is said.
const FIGURES: [(&str, &str, &str); 25] = [
    ("public_phones", "1", "exact"),
    ("station_boards", "0", "exact"),
    ("notice_signs", "2", "exact"),
    ("service_cards", "66693", "exact"),
    ("measured_households", "3", "exact"),
    ("visit_household_times", "30", "at_least"),
    ("outages_total", "3", "exact"),
    ("outages_external", "2", "exact"),
    ("outages_internal", "1", "exact"),
    ("coal_samples", "0", "exact"),
    ("ash_samples", "0", "exact"),
    ("new_instruments", "1", "exact"),
    ("basement_over_height_cases", "2", "exact"),
    ("basement_over_height_area", "78.20", "exact"),
    ("area_increase_cases", "1", "exact"),
    ("area_increase_area", "4889.26", "exact"),
    ("demolition_cases", "1", "exact"),
    ("gifted_households", "2", "exact"),
    ("gifted_agreements", "1", "exact"),
    ("basement_survey_cases", "1", "exact"),
    ("basement_survey_area", "2378.76", "exact"),
    ("valve_checked_households", "3", "exact"),
    ("branches_checked", "1", "exact"),
    ("leak_hours", "4", "exact"),
    ("complaint_hours", "24", "exact"),
];

/// A station of the district with four homes, another with one that is none of it; assets, cards, an instrument.
async fn scene(app: &TestApp) -> (Book, String) {
    priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let place = station(app, json!({ "code": "CB-01", "area": "长白" })).await;
    let mut homes = Vec::new();
    for n in 1..=4 {
        let home = household(app, json!({ "station_id": place, "room_no": format!("7-1-{n}01") })).await;
        homes.push(home["number"].as_str().unwrap().to_owned());
    }
    for (kind, on) in [
        ("public_phone", "2026-01-05"),
        ("notice_sign", "2026-01-05"),
        ("notice_sign", AS_OF),
        ("notice_sign", after().as_str()),
        ("station_board", after().as_str()),
    ] {
        let body = json!({ "kind": kind, "station_id": place, "place": "大门", "installed_on": on });
        app.post(MANAGER, "/v1/service-assets", body).await.expect(201);
    }
    for (kind, count, on) in
        [("printed", 66_800, "2026-01-05"), ("issued", 66_693, AS_OF), ("issued", 7, after().as_str())]
    {
        let body = json!({ "kind": kind, "count": count, "on": on, "station_id": place });
        app.post(MANAGER, "/v1/service-card-movements", body).await.expect(201);
    }
    let oven = json!({ "number": "GZX-1", "name": "干燥箱", "kind": "drying_oven", "in_service_on": "2026-01-12",
        "needs_calibration": false, "org_unit_id": app.fixture.units["HEAT"] });
    app.post(MANAGER, "/v1/instruments", oven).await.expect(201);
    let row = thermometer(app, "2026-12-31").await;
    let number = app.get(MANAGER, &format!("/v1/instruments/{row}")).await.expect(200)["number"].clone();
    (Book::new("CB-01", homes), number.as_str().unwrap().to_owned())
}

async fn summary(app: &TestApp, who: &str) -> Value {
    let path = format!("/v1/reports/heating/annual-summary?year=2026&as_of={AS_OF}&area={}", quoted("长白"));
    app.get(who, &path).await.expect(200)
}

fn row<'a>(report: &'a Value, key: &str) -> &'a Value {
    let found = report["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == key);
    found.unwrap_or_else(|| panic!("no {key} in {report}"))
}

scenario! {
async fn hs_e21_every_figure_of_the_year_is_borne_out(app) {
    let (mut book, thermometer) = scene(app).await;
    write_up(&mut book, &thermometer);
    let taken = send(app, MANAGER, &book, "false").await.expect(201);
    assert_eq!((&taken["ok"], &taken["refused"]), (&json!(book.lines), &json!(0)), "{taken}");
    let again = send(app, MANAGER, &book, "false").await.expect(201);
    assert_eq!((&again["ok"], &again["unchanged"]), (&json!(0), &json!(book.lines)), "{again}");

    // One line that stands twice in a file is one record.
    let mut twice = Book::new("CB-01", Vec::new());
    twice.of_station("outage", "2025-12-30", &[("kind", "power_outage")]);
    let line = twice.text.lines().last().unwrap().replace("outage,1,", "outage,1001,");
    twice.text = format!("{}\n{line}\n{line}", Book::COLUMNS.join(","));
    let taken = send(app, MANAGER, &twice, "false").await.expect(201);
    assert_eq!((&taken["ok"], &taken["unchanged"]), (&json!(1), &json!(1)), "{taken}");

    let blank = summary(app, "company_leader").await;
    let bids = row(&blank, "system_bids");
    assert_eq!((&bids[2]["value"], &bids[8]["value"]), (&Value::Null, &Value::Null), "nobody entered it");
    for (key, value, qualifier) in FIGURES {
        printed(app, key, value, qualifier, json!({})).await;
    }
    let proof = document(app, MANAGER).await;
    printed(app, "system_bids", "3", "exact", json!({ "source": "by_hand", "document_id": proof })).await;
    let report = summary(app, "company_leader").await;
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 26);
    for row in rows {
        assert_eq!(row[8]["value"], "ok", "{row}");
    }
    assert_eq!((&row(&report, "system_bids")[2]["value"], &row(&report, "basement_over_height_area")[2]["value"]),
        (&json!("3.00"), &json!("78.20")));
    let times = row(&report, "visit_household_times");
    assert_eq!((&times[2]["value"], &times[4]["value"], &times[7]["value"]), (&json!("33.00"), &json!("30.00"), &json!("3.00")));
    for (key, n) in [("outages_total", 3), ("notice_signs", 2), ("basement_over_height_cases", 2), ("gifted_agreements", 1),
        ("visit_household_times", 2), ("valve_checked_households", 3), ("new_instruments", 1), ("measured_households", 4)]
    {
        let list = app.get(MANAGER, row(&report, key)[2]["drill"].as_str().unwrap_or_else(|| panic!("no list of {key}"))).await;
        assert_eq!(list.expect(200)["items"].as_array().unwrap().len(), n, "{key}");
    }
    // What was printed is the company's: a part of it is not compared, but for what is the same everywhere.
    let part = summary(app, HEAD).await;
    let outages = row(&part, "outages_total");
    assert_eq!((&outages[5]["value"], &outages[7]["value"], &outages[8]["value"]), (&json!("3"), &Value::Null, &Value::Null));
    assert_eq!((&row(&part, "leak_hours")[8]["value"], part["notes"].as_array().unwrap().len()), (&json!("ok"), 1));
    assert_eq!(report["notes"], json!([]));
}
}

scenario! {
/// What the records do not bear out is said to be off; the day after the summary changes nothing.
async fn what_was_printed_wrongly_is_off(app) {
    station(app, json!({})).await;
    printed(app, "outages_total", "40", "exact", json!({})).await;
    printed(app, "visit_household_times", "3200", "at_least", json!({ "text": "3200余户次" })).await;
    printed(app, "measured_households", "10000", "just_below", json!({ "text": "近万户" })).await;
    let report = app.get(MANAGER, &format!("/v1/reports/heating/annual-summary?year=2026&as_of={AS_OF}")).await.expect(200);
    for key in ["outages_total", "visit_household_times", "measured_households"] {
        assert_eq!(row(&report, key)[8]["value"], "off", "{key}");
    }
    assert_eq!(row(&report, "outages_total")[7]["value"], "-40.00");
    assert_eq!(row(&report, "measured_households")[5]["value"], "近万户");
    // A figure of a later day is not compared with an earlier one.
    let before = app.get(MANAGER, "/v1/reports/heating/annual-summary?year=2026&as_of=2026-02-19").await.expect(200);
    assert_eq!(row(&before, "outages_total")[8]["value"], Value::Null);
    // The day alone names its year.
    let alone = app.get(MANAGER, "/v1/reports/heating/annual-summary?as_of=2025-12-20").await.expect(200);
    assert_eq!(alone["period"], json!({ "from": "2025-01-01", "to": "2025-12-20" }));
    app.get("customer", "/v1/reports/heating/annual-summary").await.refused(403, "forbidden");
}
}

scenario! {
async fn a_line_of_an_old_book_is_refused_by_its_cell(app) {
    let (mut book, thermometer) = scene(app).await;
    book.of_station("outage", "2026-03-03", &[("kind", "pipe_leak")]);
    book.of_station("outage", "2026-01-03", &[("kind", "storm")]);
    book.line("visit", "2026-01-03", &[("count", "3")]);
    book.of_station("visit", "2026-01-03", &[]);
    book.of_home("temperature", "2026-01-03", 0, &[("value", "18.0"), ("instrument_number", "nobody-has-it")]);
    book.of_home("inspection", "2026-01-03", 0, &[("kind", "area_increase"), ("area_m2", "12.345"), ("instrument_number", &thermometer)]);
    let tried = send(app, MANAGER, &book, "true").await.expect(207);
    let told: Vec<(&Value, &Value)> =
        tried["errors"].as_array().unwrap().iter().map(|error| (&error["column"], &error["code"])).collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(at, code)| (at.as_str().unwrap(), code.as_str().unwrap())).collect();
    assert_eq!(told, [
        ("date", "date_in_future"),
        ("kind", "invalid_enum"),
        ("station_code", "required"),
        ("count", "required"),
        ("instrument_number", "not_found"),
        ("area_m2", "too_many_decimals"),
    ]);
    send(app, HOTLINE, &book, "false").await.refused(409, "above_authority");
}
}
