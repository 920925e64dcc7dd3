//! What comes a second time: a visit an offline device sends again, a file whose areas have changed (HS-01, HS-02).

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id};

async fn import(app: &TestApp, kind: &str, file: &str) -> Value {
    let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&format!("import-{}", name()));
    call.parts(&[("kind", kind)], "rows.csv", "text/csv", file.as_bytes()).send().await.expect(201)
}

scenario! {
async fn a_visit_sent_again_is_answered_whatever_became_of_the_case(app) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let thermometer = thermometer(app, "2026-12-31").await;
    let measure = format!("/v1/temperature-cases/{}/measure", id(&case));
    let sent = reading(&thermometer, json!({ "t_c": "18.6", "client_id": "pad-1" }));
    let body = json!({ "readings": [sent] });
    let first = app.post(HEAD, &measure, body.clone()).await.expect(200);
    assert_eq!(first["status"], "qualified");
    app.at("2026-03-02T22:30:00+08:00");
    let again = app.post(HEAD, &measure, body).await.expect(200);
    assert_eq!((&again["status"], &again["version"]), (&json!("qualified"), &first["version"]));
    assert_eq!(again["readings"].as_array().unwrap().len(), 1);
    // With another reading it is another visit, and that comes too late.
    app.at("2026-03-03T10:00:00+08:00");
    let more = reading(&thermometer, json!({ "t_c": "18.9", "client_id": "pad-2" }));
    app.post(HEAD, &measure, json!({ "readings": [sent, more] })).await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_routine_round_sent_again_adds_no_case(app) {
    let home = household(app, json!({})).await;
    let other = household(app, json!({})).await;
    let thermometer = thermometer(app, "2026-12-31").await;
    let row = |home: &Value| json!({ "household_id": home["id"],
        "readings": [reading(&thermometer, json!({ "t_c": "19.0", "client_id": "pad-3" }))] });
    let bulk = "/v1/temperature-cases/bulk";
    let first = app.post(HEAD, bulk, json!({ "rows": [row(&home)] })).await.expect(200);
    let again = app.post(HEAD, bulk, json!({ "rows": [row(&home)] })).await.expect(200);
    assert_eq!((&again["results"][0]["ok"], &again["results"][0]["id"]), (&json!(true), &first["results"][0]["id"]));
    let list = app.get(HEAD, "/v1/temperature-cases?origin=survey").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    // The number of another home's reading is taken.
    let taken = app.post(HEAD, bulk, json!({ "rows": [row(&other)] })).await.expect(207);
    assert_eq!(taken["results"][0]["ok"], false);
}
}

scenario! {
async fn a_reading_retracted_in_the_second_round_leaves_it_to_be_measured(app) {
    let home = household(app, json!({})).await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let path = format!("/v1/temperature-cases/{}", id(&case));
    let thermometer = thermometer(app, "2026-12-31").await;
    let body = |t_c: &str| json!({ "readings": [reading(&thermometer, json!({ "t_c": t_c }))] });
    app.post(HEAD, &format!("{path}/measure"), body("18.6")).await.expect(200);
    app.later(chrono::TimeDelta::minutes(30));
    let again = json!({ "satisfied": false });
    assert_eq!(app.post(HOTLINE, &format!("{path}/call-back"), again).await.expect(200)["round"], 2);
    app.later(chrono::TimeDelta::minutes(30));
    let warm = app.post(HEAD, &format!("{path}/measure"), body("19.2")).await.expect(200);
    assert_eq!(warm["status"], "qualified");
    let wrong = format!("/v1/temperature-readings/{}/retract", id(&warm["readings"][1]));
    app.post(MANAGER, &wrong, json!({ "reason": "读错" })).await.expect(200);
    let now = app.get(MANAGER, &path).await.expect(200);
    // Eleven: two hours from now.
    assert_eq!((&now["status"], &now["round"], &now["due_at"]), (&json!("requested"), &json!(2), &json!("2026-03-02T11:00:00+08:00")));
}
}

scenario! {
/// Each works the case out anew: who comes second sees what the first has left.
async fn readings_of_a_case_are_retracted_at_once(app) {
    let home = household(app, json!({})).await;
    let asked = json!({ "household_id": home["id"], "requested_at": "2026-02-24T09:00:00+08:00" });
    let case = app.post(HOTLINE, "/v1/temperature-cases", asked).await.expect(201);
    let path = format!("/v1/temperature-cases/{}", id(&case));
    let thermometer = thermometer(app, "2026-12-31").await;
    for (day, t_c) in [("02-24", "17.5"), ("02-25", "16.0"), ("02-26", "15.9")] {
        let taken = reading(&thermometer, json!({ "t_c": t_c, "measured_at": format!("2026-{day}T10:00:00+08:00") }));
        app.post(HEAD, &format!("{path}/measure"), json!({ "readings": [taken] })).await.expect(200);
    }
    let measured = app.get(MANAGER, &path).await.expect(200);
    let readings = measured["readings"].as_array().unwrap();
    let retract: Vec<String> =
        readings.iter().map(|row| format!("/v1/temperature-readings/{}/retract", id(row))).collect();
    assert_eq!(retract.len(), 3);
    let calls = retract.iter().map(|path| app.post(MANAGER, path, json!({ "reason": "读错" })));
    for answer in join_all(calls).await {
        answer.expect(200);
    }
    let now = app.get(MANAGER, &path).await.expect(200);
    assert_eq!((&now["status"], &now["verdict"]), (&json!("requested"), &Value::Null));
}
}

scenario! {
async fn a_case_names_a_ticket_there_is(app) {
    let home = household(app, json!({})).await;
    let body = json!({ "household_id": home["id"], "origin": "ticket", "ticket_id": uuid::Uuid::now_v7() });
    let refused = app.post(HOTLINE, "/v1/temperature-cases", body).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/ticket_id");
}
}

scenario! {
async fn who_is_never_reached_is_closed_without_a_word(app) {
    let home = household(app, json!({})).await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let path = format!("/v1/temperature-cases/{}", id(&case));
    let warm = json!({ "readings": [reading(&thermometer(app, "2026-12-31").await, json!({ "t_c": "18.0" }))] });
    app.post(HEAD, &format!("{path}/measure"), warm).await.expect(200);
    app.post(HOTLINE, &format!("{path}/close"), json!({})).await.refused(409, "unreachable_not_proven");
    for _ in 0..3 {
        app.post(HOTLINE, &format!("{path}/call-back-attempt"), json!({ "result": "no_answer" })).await.expect(200);
    }
    let closed = app.post(HOTLINE, &format!("{path}/close"), json!({})).await.expect(200);
    assert_eq!((&closed["status"], &closed["close_reason"]), (&json!("closed"), &json!("unreachable")));
}
}

scenario! {
async fn a_changed_area_of_a_file_takes_the_place_of_the_old_one(app) {
    let place = station(app, json!({})).await;
    let code = app.get(MANAGER, &format!("/v1/heating-stations/{place}")).await.expect(200)["code"].clone();
    let row = |certificate: &str, extension: &str| format!(
        "station_code,room_no,building,use,certificate_area_m2,extra_areas,connected_on\n{},5-1-301,五号楼,residential,{certificate},extension:{extension}:2.80:true,2010-05-01\n",
        code.as_str().unwrap());
    assert_eq!(import(app, "households", &row("98.56", "13.20")).await["ok"], 1);
    let list = app.get(MANAGER, &format!("/v1/households?station_id={place}")).await.expect(200);
    let home = list["items"][0].clone();
    assert_eq!(home["charged_area_m2"], "111.76");
    // No date given: the new ones hold from today on, and nothing is charged twice.
    let changed = import(app, "households", &row("100.00", "14.00")).await;
    assert_eq!((&changed["ok"], &changed["refused"]), (&json!(1), &json!(0)), "{changed}");
    assert_eq!(shown(app, &home).await["charged_area_m2"], "114.00");
    let items = app.get(MANAGER, &format!("/v1/households/{}/area-items?kind=extension", id(&home))).await.expect(200);
    let spans: Vec<(&Value, &Value)> =
        items["items"].as_array().unwrap().iter().map(|item| (&item["from"], &item["to"])).collect();
    assert_eq!(spans, [(&json!("2010-05-01"), &json!("2026-03-01")), (&json!("2026-03-02"), &Value::Null)]);
    assert_eq!(import(app, "households", &row("100.00", "14.00")).await["unchanged"], 1);
    // The manager takes every list of the heating service over, also the receipts he does not enter by hand.
    let number = home["number"].as_str().unwrap();
    let receipts = format!("household_number,method,voucher_no,amount\n{number},cash,SK-{number},100.00\n");
    assert_eq!(import(app, "heat_receipts", &receipts).await["ok"], 1);
    let by_hand = json!({ "household_id": home["id"], "method": "cash", "voucher_no": name(), "amount": "1.00" });
    app.post(MANAGER, "/v1/heat-receipts", by_hand).await.refused(403, "forbidden");
}
}
