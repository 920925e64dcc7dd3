//! Every resource of its own has a number (HS §3): a prefix, the business day, and a count of both.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use super::lab_desk::*;
use super::visits::{OFFICER, network};
use super::{evaluations, proposals};
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

/// What a number counts, on the day the tests begin.
fn serial(prefix: &str, row: &Value) -> u32 {
    let number = row["number"].as_str().unwrap_or_else(|| panic!("no number: {row}"));
    let count = number.strip_prefix(format!("{prefix}-20260302-").as_str());
    let count = count.unwrap_or_else(|| panic!("{number} is none of {prefix}"));
    assert_eq!(count.len(), 6, "{number}");
    count.parse().unwrap()
}

/// The second row has the next number, and the list finds the first by its own.
async fn numbered(app: &TestApp, who: &str, prefix: &str, list: &str, rows: [&Value; 2]) {
    assert_eq!(serial(prefix, rows[1]), serial(prefix, rows[0]) + 1, "{list}");
    let number = rows[0]["number"].as_str().unwrap();
    let found = app.get(who, &format!("{list}?number={number}")).await.expect(200);
    let items = found["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["id"], &items[0]["number"]), (1, &rows[0]["id"], &rows[0]["number"]), "{list}");
}

/// Two rows of one list, made by these bodies.
async fn made(app: &TestApp, who: &str, prefix: &str, list: &str, bodies: [Value; 2]) {
    let [first, second] = bodies;
    let first = app.post(who, list, first).await.expect(201);
    let second = app.post(who, list, second).await.expect(201);
    numbered(app, who, prefix, list, [&first, &second]).await;
}

scenario! {
async fn every_resource_has_a_number_of_its_day(app) {
    parts_of_a_household(app).await;
    proposed(app).await;
    read(app).await;
    in_the_laboratory(app).await;
    on_instruments(app).await;
    of_the_service(app).await;
    of_rules_and_lines(app).await;
    of_visits(app).await;
    // Last: seasons of two regions on one day.
    prices_and_people(app).await;
}
}

async fn prices_and_people(app: &TestApp) {
    let season = season(app, "2031-2032", "2031-11-01", "2032-03-31").await;
    let price = async |purpose: &str| {
        let body = json!({ "season": season["id"], "use": purpose, "price_per_m2": "30.00" });
        app.post("finance_officer", "/v1/heat-prices", body).await.expect(201)
    };
    let (first, second) = (price("public").await, price("auxiliary").await);
    numbered(app, MANAGER, "HP", "/v1/heat-prices", [&first, &second]).await;
    let (first, second) = (evaluations::scheme(app).await, evaluations::scheme(app).await);
    numbered(app, MANAGER, "ES", "/v1/evaluation-schemes", [&first, &second]).await;
    let assigned = async || {
        let place = station(app, json!({})).await;
        json!({ "station_id": place, "officer_id": app.fixture.staff[OFFICER], "from": "2026-03-02" })
    };
    let bodies = [assigned().await, assigned().await];
    made(app, MANAGER, "BB", "/v1/visit-assignments", bodies).await;
}

async fn parts_of_a_household(app: &TestApp) {
    let home = household(app, json!({})).await;
    let first = area(app, &home, json!({})).await;
    let second = area(app, &home, json!({ "kind": "gifted", "area_m2": "8.00", "height_m": "2.40" })).await;
    numbered(app, MANAGER, "MJ", "/v1/area-items", [&first, &second]).await;
    let part = async |part: &str, body: Value| {
        app.post(MANAGER, &format!("/v1/households/{}/{part}", id(&home)), body).await.expect(201)
    };
    let held = |customer: uuid::Uuid, from: &str| json!({ "customer_id": customer, "from": from, "cause": "handover" });
    let first = part("ownerships", held(app.fixture.customer, "2020-01-01")).await;
    let second = part("ownerships", held(app.fixture.other_customer, "2021-01-01")).await;
    numbered(app, MANAGER, "CQ", "/v1/ownerships", [&first, &second]).await;
    let first = part("alterations", json!({ "kind": "floor_heating" })).await;
    let second = part("alterations", json!({ "kind": "pipe_moved" })).await;
    numbered(app, MANAGER, "AL", "/v1/alterations", [&first, &second]).await;
}

async fn proposed(app: &TestApp) {
    let place = station(app, json!({})).await;
    let mut rows = Vec::new();
    for room in ["3-1-1001", "3-1-1002"] {
        let unit = proposals::unit(app, room).await;
        let row = proposals::delivered(app, &unit, Some(place.clone())).await;
        rows.push(app.get(HEAD, &format!("/v1/heating-proposals/{row}")).await.expect(200));
    }
    numbered(app, HEAD, "TA", "/v1/heating-proposals", [&rows[0], &rows[1]]).await;
}

async fn read(app: &TestApp) {
    let (home, thermometer) = (household(app, json!({})).await, thermometer(app, "2026-12-31").await);
    let asked = json!({ "household_id": home["id"], "requested_at": "2026-02-24T09:00:00+08:00" });
    let case = app.post(HOTLINE, "/v1/temperature-cases", asked).await.expect(201);
    let measure = async |day: &str| {
        let at = format!("2026-02-{day}T10:00:00+08:00");
        let taken = json!({ "readings": [reading(&thermometer, json!({ "t_c": "16.0", "measured_at": at }))] });
        app.post(HEAD, &format!("/v1/temperature-cases/{}/measure", id(&case)), taken).await.expect(200)
    };
    measure("24").await;
    let readings = measure("25").await["readings"].clone();
    numbered(app, HEAD, "DS", "/v1/temperature-readings", [&readings[0], &readings[1]]).await;
}

async fn in_the_laboratory(app: &TestApp) {
    let sample = coal(app, &["Aad"]).await;
    let first = determine(app, &sample, "Aad", "9.88").await.expect(201);
    let second = determine(app, &sample, "Aad", "9.73").await.expect(201);
    numbered(app, ANALYST, "CD", "/v1/determinations", [&first, &second]).await;
    let other = coal(app, &["Aad"]).await;
    determine(app, &other, "Aad", "9.80").await.expect(201);
    let (first, second) = (result(app, &sample, "Aad").await, result(app, &other, "Aad").await);
    assert_eq!(serial("JG", &second), serial("JG", &first) + 1);
    let found = format!("/v1/lab-samples/{}/results?number={}", id(&sample), first["number"].as_str().unwrap());
    assert_eq!(app.get(REVIEWER, &found).await.expect(200)["items"][0]["id"], first["id"]);
    let (first, second) = (retained(app, &sample).await, retained(app, &sample).await);
    numbered(app, ANALYST, "CY", "/v1/retention-samples", [&first, &second]).await;
    let split = json!({ "sample_id": sample["id"] });
    made(app, ANALYST, "BD", "/v1/cross-checks", [split.clone(), split]).await;
    let flasks = json!({ "name": "锥形瓶", "spec": "250 mL", "in": 10 });
    made(app, ANALYST, "QM", "/v1/lab-equipment", [flasks.clone(), flasks]).await;
}

async fn on_instruments(app: &TestApp) {
    let calorimeter = calorimeter(app).await;
    let path = format!("/v1/instruments/{calorimeter}");
    let again = json!({ "kind": "calibration", "performed_on": "2026-02-05", "performed_by": "市计量所", "result": "pass",
        "valid_until": "2027-02-04" });
    app.post(ANALYST, &format!("{path}/calibrate"), again).await.expect(200);
    let list = format!("{path}/calibrations");
    let done = app.get(ANALYST, &list).await.expect(200)["items"].clone();
    numbered(app, ANALYST, "JD", &list, [&done[1], &done[0]]).await;
    let runs = ["26470"; 5];
    let first = checked(app, &calorimeter, &runs).await.expect(201);
    let second = checked(app, &calorimeter, &runs).await.expect(201);
    numbered(app, ANALYST, "BZ", &format!("{path}/standard-checks"), [&first, &second]).await;
    let cleaned = json!({ "kind": "routine", "done_on": "2026-03-02", "done_by": "化验员", "text": "清洁" });
    made(app, ANALYST, "BY", &format!("{path}/maintenance"), [cleaned.clone(), cleaned]).await;
}

async fn of_the_service(app: &TestApp) {
    let printed = json!({ "kind": "printed", "count": 10 });
    made(app, MANAGER, "FK", "/v1/service-card-movements", [printed.clone(), printed]).await;
    let attendees = json!([{ "staff_id": app.fixture.staff[HEAD], "passed": true }]);
    let held = json!({ "topic": "室温测量规范", "on": "2026-02-20", "trainer": "客服部", "attendees": attendees });
    made(app, MANAGER, "PX", "/v1/training-sessions", [held.clone(), held]).await;
    let figure = |as_of: &str| {
        json!({ "year": 2026, "as_of": as_of, "key": "outages_total", "value": "3", "qualifier": "exact", "text": "3",
            "source": "computed" })
    };
    made(app, MANAGER, "GB", "/v1/published-figures", [figure("2026-02-27"), figure("2026-02-28")]).await;
}

async fn of_rules_and_lines(app: &TestApp) {
    let line = |number: &str| {
        json!({ "channel": "12345", "external_no": number, "received_at": "2026-03-02T07:00:00+08:00",
            "content": "家中不热" })
    };
    made(app, HOTLINE, "GF", "/v1/official-lines", [line("SY-1"), line("SY-2")]).await;
    let rule = async || {
        app.later(chrono::TimeDelta::seconds(1));
        json!({ "title": "测温管理办法", "kind": "service", "document_id": document(app, MANAGER).await,
            "valid_from": "2026-03-01", "station_ids": [], "readers": [app.fixture.staff[HEAD]] })
    };
    let bodies = [rule().await, rule().await];
    made(app, MANAGER, "GZ", "/v1/station-rules", bodies).await;
}

async fn of_visits(app: &TestApp) {
    let ((place, _), (other, _)) = (network(app).await, network(app).await);
    let plan = |place: &str| json!({ "station_id": place, "month": "2026-03", "dates": ["2026-03-12"] });
    made(app, MANAGER, "ZJ", "/v1/visit-plans", [plan(&place), plan(&other)]).await;
    let summary = |month: &str| json!({ "station_id": place, "month": month });
    made(app, OFFICER, "ZY", "/v1/visit-summaries", [summary("2026-02"), summary("2026-03")]).await;
}

scenario! {
/// What a file brings is numbered like what is entered by hand, and what is entered after it goes on.
async fn the_areas_and_holders_of_a_file_have_numbers(app) {
    let place = station(app, json!({})).await;
    let code = app.get(MANAGER, &format!("/v1/heating-stations/{place}")).await.expect(200)["code"].clone();
    let code = code.as_str().unwrap();
    let head = "station_code,room_no,building,use,certificate_area_m2,extra_areas,connected_on,holder_name,holder_phone\n";
    let row = |room: &str, extra: &str, phone: &str| {
        format!("{code},{room},五号楼,residential,89.37,{extra},2010-05-01,孙九,{phone}\n")
    };
    let rows = [row("5-1-301", "extension:12.50:2.80:true", "13900139101"), row("5-1-302", "", "13900139102")];
    let file = [head, &rows.concat()].concat();
    let bring = async || {
        let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&format!("import-{}", name()));
        call.parts(&[("kind", "households")], "rows.csv", "text/csv", file.as_bytes()).send().await.expect(201)
    };
    let first = bring().await;
    assert_eq!((&first["ok"], &first["unchanged"]), (&json!(2), &json!(0)), "{first}");
    let serials = async |list: &str, prefix: &str| {
        let found = app.get(MANAGER, list).await.expect(200);
        let mut all: Vec<u32> = found["items"].as_array().unwrap().iter().map(|row| serial(prefix, row)).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(serials("/v1/area-items", "MJ").await, [1, 2, 3]);
    assert_eq!(serials("/v1/ownerships", "CQ").await, [1, 2]);
    assert_eq!(bring().await["unchanged"], 2);
    area(app, &household(app, json!({})).await, json!({})).await;
    let areas = serials("/v1/area-items", "MJ").await;
    assert_eq!((areas.len(), areas[3] > 3), (4, true), "{areas:?}");
}
}

scenario! {
/// `RC` is the fee claims' of the desk.
async fn a_reconciliation_has_a_prefix_of_its_own(app) {
    let period = json!({ "channel": "12345", "from": "2026-03-01", "to": "2026-03-02" });
    let row = app.post(HOTLINE, "/v1/complaint-reconciliations", period).await.expect(201);
    assert_eq!(serial("DZ", &row), 1);
}
}
