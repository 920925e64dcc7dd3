//! Shorthands of the heating service: stations, households, seasons with prices, money.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{Answer, TestApp, id, with};

pub const MANAGER: &str = "heating_service_manager";
pub const COLLECTOR: &str = "heating_fee_collector";
pub const HEAD: &str = "heating_station_head";
pub const BRANCH: &str = "heating_branch_manager";
pub const HOTLINE: &str = "heating_hotline_agent";
pub const INSPECTOR: &str = "heating_inspector";

/// A text nothing else has.
pub fn name() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// A station of the one branch, of the unit the station head works in.
pub async fn station(app: &TestApp, fields: Value) -> String {
    let body = json!({ "code": name(), "org_unit_id": app.fixture.units["STATION"], "name": "北陵中心站",
        "type": "service_station", "branch_id": app.fixture.units["HEAT"] });
    id(&app.post(MANAGER, "/v1/heating-stations", with(body, &fields)).await.expect(201))
}

/// A household of a station of its own, connected since 2010-05-01.
pub async fn household(app: &TestApp, fields: Value) -> Value {
    let place = match fields.get("station_id") {
        Some(id) => id.clone(),
        None => json!(station(app, json!({})).await),
    };
    let body = json!({ "station_id": place, "room_no": "3-2-1201", "building": "和平花园3号楼",
        "address": "沈阳市皇姑区北陵大街1号3号楼2单元1201室", "use": "residential", "connected_on": "2010-05-01" });
    app.post(MANAGER, "/v1/households", with(body, &fields)).await.expect(201)
}

/// An area of a household since 2010-05-01.
pub async fn area(app: &TestApp, household: &Value, fields: Value) -> Value {
    let body = json!({ "kind": "certificate", "area_m2": "98.56", "from": "2010-05-01" });
    let path = format!("/v1/households/{}/area-items", id(household));
    app.post(MANAGER, &path, with(body, &fields)).await.expect(201)
}

/// A season of a region of its own; its number.
pub async fn season(app: &TestApp, number: &str, starts_on: &str, ends_on: &str) -> Value {
    let body = json!({ "number": number, "region": name(), "starts_on": starts_on, "ends_on": ends_on });
    app.post(MANAGER, "/v1/heating-seasons", body).await.expect(201)
}

/// A drafted and approved price.
pub async fn price(app: &TestApp, season: &Value, purpose: &str, price: &str) -> Value {
    let body = json!({ "season": season["id"], "use": purpose, "price_per_m2": price });
    let draft = app.post("finance_officer", "/v1/heat-prices", body).await.expect(201);
    app.post("company_leader", &format!("/v1/heat-prices/{}/approve", id(&draft)), json!({})).await.expect(200)
}

/// A season with a price of 28.00 for homes and 32.00 for the rest.
pub async fn priced(app: &TestApp, number: &str, starts_on: &str, ends_on: &str) -> Value {
    let row = season(app, number, starts_on, ends_on).await;
    price(app, &row, "residential", "28.00").await;
    for purpose in ["commercial", "public", "auxiliary"] {
        price(app, &row, purpose, "32.00").await;
    }
    row
}

/// The season 2011-2012, priced.
pub async fn season_2011(app: &TestApp) -> Value {
    priced(app, "2011-2012", "2011-11-01", "2012-03-31").await
}

/// Runs the bills of a season for the station of a household and issues the household's; the bill.
pub async fn billed(app: &TestApp, season: &Value, household: &Value) -> Value {
    let bill = drafted(app, season, household).await;
    app.post(COLLECTOR, &format!("/v1/heat-bills/{}/issue", id(&bill)), json!({})).await.expect(200)
}

/// Runs the bills of a season for the station of a household; the household's draft.
pub async fn drafted(app: &TestApp, season: &Value, household: &Value) -> Value {
    let body = json!({ "season": season["id"], "station_id": household["station_id"] });
    app.post(COLLECTOR, "/v1/heat-bill-runs", body).await.expect(202);
    let list = format!("/v1/heat-bills?household_id={}&season={}", id(household), id(season));
    app.get(COLLECTOR, &list).await.expect(200)["items"][0].clone()
}

/// A payment in cash under a voucher of its own.
pub async fn paid(app: &TestApp, household: &Value, amount: &str) -> Answer {
    let body = json!({ "household_id": household["id"], "method": "cash", "voucher_no": name(), "amount": amount });
    app.post(COLLECTOR, "/v1/heat-receipts", body).await
}

/// An application to stop or resume.
pub async fn applied(app: &TestApp, who: &str, household: &Value, season: &Value, kind: &str) -> Answer {
    let body = json!({ "household_id": household["id"], "season": season["id"], "kind": kind, "reason": "房屋空置" });
    app.post(who, "/v1/stop-applications", body).await
}

/// An act on an application.
pub async fn step(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/stop-applications/{}/{action}", id(row)), body).await
}

/// A stop of a season that is in effect.
pub async fn stopped(app: &TestApp, household: &Value, season: &Value) -> Value {
    let row = applied(app, COLLECTOR, household, season, "stop").await.expect(201);
    step(app, COLLECTOR, &row, "accept", json!({})).await.expect(200);
    step(app, BRANCH, &row, "approve", json!({})).await.expect(200);
    let photo = crate::tickets::desk::document(app, HEAD).await;
    step(app, HEAD, &row, "seal", json!({ "seal_no": name(), "photos": [photo] })).await.expect(200)
}

/// A household as it stands.
pub async fn shown(app: &TestApp, household: &Value) -> Value {
    app.get(MANAGER, &format!("/v1/households/{}", id(household))).await.expect(200)
}

/// The ledger of a household.
pub async fn ledger(app: &TestApp, household: &Value) -> Value {
    app.get(COLLECTOR, &format!("/v1/households/{}/ledger", id(household))).await.expect(200)
}

/// Changes a row as it stands.
pub async fn patch(app: &TestApp, who: &str, path: &str, body: Value) -> Answer {
    let row = app.get(who, path).await.expect(200);
    app.by(who, Method::PATCH, path).if_match(row["version"].as_i64().unwrap()).json(body).send().await
}

/// A text as a query string holds it.
pub fn quoted(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A thermometer verified until a day.
pub async fn thermometer(app: &TestApp, until: &str) -> String {
    let body = json!({ "number": name(), "name": "测温仪", "kind": "thermometer", "accuracy": "0.3",
        "org_unit_id": app.fixture.units["HEAT"] });
    let row = id(&app.post(MANAGER, "/v1/instruments", body).await.expect(201));
    let passed = json!({ "kind": "verification", "performed_on": "2026-01-05", "performed_by": "市计量所", "result": "pass",
        "valid_until": until });
    app.post(MANAGER, &format!("/v1/instruments/{row}/calibrate"), passed).await.expect(200);
    row
}

/// A range finder verified until a day.
pub async fn range_finder(app: &TestApp, until: &str) -> String {
    let body =
        json!({ "number": name(), "name": "测距仪", "kind": "range_finder", "org_unit_id": app.fixture.units["HEAT"] });
    let row = id(&app.post(MANAGER, "/v1/instruments", body).await.expect(201));
    let passed = json!({ "kind": "calibration", "performed_on": "2026-01-05", "performed_by": "市计量所", "result": "pass",
        "valid_until": until });
    app.post(MANAGER, &format!("/v1/instruments/{row}/calibrate"), passed).await.expect(200);
    row
}

/// A basement of 21.40 m², 2.35 m high and heated, as the inspector measures it.
pub async fn measurement(app: &TestApp, fields: Value) -> Value {
    let body = json!({ "part": "basement", "area_m2": "21.40", "height_m": "2.35", "has_heating_facility": true,
        "instrument_id": range_finder(app, "2026-12-31").await, "user_signature": "signed",
        "photos": [crate::tickets::desk::document(app, INSPECTOR).await] });
    with(body, &fields)
}

/// A basement extended, found on 20 December 2011.
pub async fn found(app: &TestApp, household: &Value, fields: Value) -> Value {
    let body = json!({ "household_id": household["id"], "kind": "basement_extension",
        "found_at": "2011-12-20T10:00:00+08:00" });
    app.post(INSPECTOR, "/v1/inspection-cases", with(body, &fields)).await.expect(201)
}

/// A case with the measurement of a basement.
pub async fn measured(app: &TestApp, household: &Value, fields: Value) -> Value {
    let case = found(app, household, fields).await;
    let body = json!({ "measurements": [measurement(app, json!({})).await] });
    app.post(INSPECTOR, &format!("/v1/inspection-cases/{}/measurements", id(&case)), body).await.expect(200)
}

/// A list of the valves to check in a season.
pub async fn valve_list(app: &TestApp, season: &Value, fields: Value) -> Value {
    app.post(INSPECTOR, "/v1/valve-check-lists", with(json!({ "season": season["id"] }), &fields)).await.expect(202)
}

/// A valve seen closed under a seal of its own.
pub async fn seen(app: &TestApp, fields: Value) -> Value {
    let photo = crate::tickets::desk::document(app, INSPECTOR).await;
    with(json!({ "result": "closed", "seal_no": name(), "photos": [photo] }), &fields)
}

/// A reading as the protocol wants it: 18.5 °C in the bedroom.
pub fn reading(thermometer: &str, fields: Value) -> Value {
    let body = json!({ "room": "bedroom", "point": "centre", "height_m": "1.40", "closed_minutes": 60, "t_c": "18.5",
        "instrument_id": thermometer, "user_signature": "signed" });
    with(body, &fields)
}

/// A household that was cold for five days from 24 February on, by the company's fault, and billed for the season;
/// with the season and the case.
pub async fn cold_home(app: &TestApp) -> (Value, Value, Value) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    billed(app, &season, &home).await;
    let thermometer = thermometer(app, "2026-12-31").await;
    let asked = json!({ "household_id": home["id"], "requested_at": "2026-02-24T09:00:00+08:00" });
    let case = app.post(HOTLINE, "/v1/temperature-cases", asked).await.expect(201);
    let path = format!("/v1/temperature-cases/{}", id(&case));
    let visits = [
        ("02-24", "17.5"),
        ("02-25", "16.0"),
        ("02-26", "15.9"),
        ("02-27", "13.1"),
        ("02-28", "12.9"),
        ("03-01", "18.0"),
    ];
    for (day, t_c) in visits {
        let taken = reading(&thermometer, json!({ "t_c": t_c, "measured_at": format!("2026-{day}T10:00:00+08:00") }));
        app.post(HEAD, &format!("{path}/measure"), json!({ "readings": [taken] })).await.expect(200);
    }
    let proof = crate::tickets::desk::document(app, MANAGER).await;
    let judged = json!({ "liability": "company", "proof_document_id": proof });
    let case = app.post(MANAGER, &format!("{path}/judge"), judged).await.expect(200);
    (home, season, case)
}

/// A stop of a station by a leak, beginning now.
pub async fn outage(app: &TestApp, station: &str, fields: Value) -> Value {
    let body = json!({ "kind": "stopped", "cause": "pipe_leak", "station_ids": [station] });
    app.post(HEAD, "/v1/outages", with(body, &fields)).await.expect(201)
}

/// A root cause of the catalogue.
pub async fn root_cause(app: &TestApp) -> Value {
    let list = app.get("cs_supervisor", "/v1/ticket-catalogues?list=root_cause").await.expect(200);
    list["items"][0]["code"].clone()
}
