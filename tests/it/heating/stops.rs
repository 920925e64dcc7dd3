//! Stopping for a season and resuming in it (HS-05).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

async fn home(app: &TestApp) -> Value {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    area(app, &home, json!({})).await;
    home
}

async fn season_2026(app: &TestApp) -> Value {
    priced(app, "2026-2027", "2026-11-01", "2027-03-31").await
}

async fn set(app: &TestApp, key: &str, value: Value) {
    let body = json!({ "value": value, "valid_from": "2026-03-02", "reason": "本市规定" });
    app.by(MANAGER, Method::PUT, &format!("/v1/parameters/{key}")).json(body).send().await.expect(200);
}

scenario! {
async fn hs_e12_a_stop_is_applied_for_until_the_day_before(app) {
    let (home, season) = (home(app).await, season_2026(app).await);
    app.at("2026-10-31T23:59:59+08:00");
    let row = applied(app, "customer", &home, &season, "stop").await.expect(201);
    assert_eq!((&row["status"], &row["kind"], &row["season"]), (&json!("submitted"), &json!("stop"), &json!("2026-2027")));
    applied(app, "customer", &home, &season, "stop").await.refused(409, "already_applied");
    let dated = json!({ "household_id": home["id"], "season": season["id"], "kind": "stop", "reason": "空置",
        "applied_at": "2026-10-01T00:00:00+08:00" });
    app.post("customer", "/v1/stop-applications", dated).await.refused(422, "unknown_field");
    // Another customer's application is nobody's.
    let other = household(app, json!({ "customer_id": app.fixture.other_customer })).await;
    applied(app, "customer", &other, &season, "stop").await.refused(422, "not_found");
    let theirs = applied(app, HOTLINE, &other, &season, "stop").await.expect(201);
    app.get("customer", &format!("/v1/stop-applications/{}", id(&theirs))).await.refused(404, "not_found");
    let gone = step(app, "customer", &row, "withdraw", json!({})).await.expect(200);
    assert_eq!(gone["status"], "withdrawn");
    step(app, COLLECTOR, &theirs, "withdraw", json!({})).await.refused(409, "above_authority");
    let no = step(app, BRANCH, &theirs, "reject", json!({ "reason": "保温要求" })).await.expect(200);
    assert_eq!((&no["status"], &no["decision"]), (&json!("rejected"), &json!("保温要求")));
    app.at("2026-11-01T00:00:00+08:00");
    let late = applied(app, "customer", &home, &season, "stop").await.refused(409, "stop_window_closed");
    assert_eq!(late["rule"], "HS-R25");
}
}

scenario! {
async fn a_stopped_household_pays_the_basic_fee_instead_and_the_stop_lapses(app) {
    let (home, season) = (home(app).await, season_2026(app).await);
    set(app, "heating.stop.basic_fee_percent", json!("20.00")).await;
    let bill = billed(app, &season, &home).await;
    let row = applied(app, COLLECTOR, &home, &season, "stop").await.expect(201);
    step(app, BRANCH, &row, "approve", json!({})).await.refused(409, "invalid_state");
    step(app, HEAD, &row, "open-valve", json!({})).await.refused(409, "invalid_state");
    let accepted = step(app, COLLECTOR, &row, "accept", json!({})).await.expect(200);
    assert_eq!(accepted["basic_fee"], "551.94");
    step(app, BRANCH, &row, "approve", json!({})).await.refused(409, "basic_fee_unpaid");
    // The season's bill falls due first on the same day; both are paid.
    paid(app, &home, "3311.62").await.expect(201);
    step(app, BRANCH, &row, "approve", json!({})).await.expect(200);
    let photo = document(app, HEAD).await;
    let seal = json!({ "seal_no": "QF-001", "photos": [photo] });
    step(app, HEAD, &row, "seal", json!({ "seal_no": "QF-001", "photos": [] })).await.refused(422, "too_few_items");
    let sealed = step(app, HEAD, &row, "seal", seal.clone()).await.expect(200);
    assert_eq!((&sealed["status"], &sealed["effective_from"]), (&json!("effective"), &json!("2026-11-01")));
    let bill = app.get(COLLECTOR, &format!("/v1/heat-bills/{}", id(&bill))).await.expect(200);
    assert_eq!(bill["status"], "reversed");
    assert_eq!(ledger(app, &home).await["credit_balance"], "2759.68");
    // The seal is that of one home.
    let other = household(app, json!({})).await;
    let second = applied(app, COLLECTOR, &other, &season, "stop").await.expect(201);
    step(app, COLLECTOR, &second, "accept", json!({})).await.expect(200);
    step(app, BRANCH, &second, "approve", json!({})).await.expect(200);
    step(app, HEAD, &second, "seal", seal).await.refused(409, "seal_in_use");

    assert_eq!(shown(app, &home).await["status"], "using");
    app.at("2026-11-01T00:00:00+08:00");
    let now = shown(app, &home).await;
    assert_eq!((&now["status"], &now["valve"], &now["seal_no"]), (&json!("stopped"), &json!("sealed"), &json!("QF-001")));
    let list = app.get(MANAGER, &format!("/v1/households?status=stopped&station_id={}", home["station_id"].as_str().unwrap())).await;
    assert_eq!(list.expect(200)["items"].as_array().unwrap().len(), 1);
    let run = json!({ "season": season["id"], "station_id": home["station_id"] });
    let again = app.post(COLLECTOR, "/v1/heat-bill-runs", run).await.expect(202);
    assert_eq!((&again["stopped"], &again["drafted"]), (&json!(1), &json!(0)));

    app.post(MANAGER, &format!("/v1/heating-seasons/{}/open", id(&season)), json!({})).await.expect(200);
    app.at("2027-04-01T08:00:00+08:00");
    app.post(MANAGER, &format!("/v1/heating-seasons/{}/close", id(&season)), json!({})).await.expect(200);
    let lapsed = app.get(COLLECTOR, &format!("/v1/stop-applications/{}", id(&row))).await.expect(200);
    assert_eq!(lapsed["status"], "lapsed");
    let next = priced(app, "2027-2028", "2027-11-01", "2028-03-31").await;
    let run = json!({ "season": next["id"], "station_id": home["station_id"] });
    let listed = app.post(COLLECTOR, "/v1/heat-bill-runs", run.clone()).await.expect(202);
    assert_eq!((&listed["drafted"], &listed["exceptions"][0]["reason"]), (&json!(0), &json!("lapsed_stop")));
    let decided = crate::kit::with(run, &json!({ "decided_household_ids": [home["id"]] }));
    assert_eq!(app.post(COLLECTOR, "/v1/heat-bill-runs", decided).await.expect(202)["drafted"], 1);
}
}

scenario! {
async fn a_resumption_is_paid_before_the_valve_is_opened(app) {
    let (home, season) = (home(app).await, season_2026(app).await);
    applied(app, COLLECTOR, &home, &season, "resume").await.refused(409, "not_stopped");
    stopped(app, &home, &season).await;
    app.at("2027-01-08T09:00:00+08:00");
    let row = applied(app, HOTLINE, &home, &season, "resume").await.expect(201);
    step(app, COLLECTOR, &row, "accept", json!({})).await.refused(409, "invalid_state");
    step(app, BRANCH, &row, "approve", json!({ "effective_from": "2027-01-07" })).await.refused(422, "out_of_range");
    let approved = step(app, BRANCH, &row, "approve", json!({ "effective_from": "2027-01-10" })).await.expect(200);
    assert_eq!(approved["effective_from"], "2027-01-10");
    let bill = app.get(COLLECTOR, &format!("/v1/heat-bills/{}", approved["bill_id"].as_str().unwrap())).await.expect(200);
    // 81 of 151 days of 2,759.68.
    assert_eq!((&bill["kind"], &bill["total"]), (&json!("resume"), &json!("1480.36")));
    step(app, HEAD, &row, "open-valve", json!({})).await.refused(409, "resume_unpaid");
    paid(app, &home, "1480.36").await.expect(201);
    app.at("2027-01-11T09:00:00+08:00");
    step(app, "heating_inspector", &row, "open-valve", json!({})).await.refused(409, "above_authority");
    let opened = step(app, HEAD, &row, "open-valve", json!({})).await.expect(200);
    assert_eq!((&opened["status"], &opened["effective_from"]), (&json!("effective"), &json!("2027-01-11")));
    // A day later: 80 days; the difference is given back as a credit.
    let ledger = ledger(app, &home).await;
    assert_eq!((&ledger["balance"], &ledger["credit_balance"]), (&json!("-18.28"), &json!("18.28")));
    let now = shown(app, &home).await;
    assert_eq!((&now["status"], &now["valve"], &now["seal_no"]), (&json!("using"), &json!("open"), &Value::Null));
}
}

scenario! {
/// Applications are made before the prices of a season are approved.
async fn a_basic_fee_waits_for_the_price(app) {
    let home = home(app).await;
    let unpriced = season(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    let row = applied(app, COLLECTOR, &home, &unpriced, "stop").await.expect(201);
    set(app, "heating.stop.basic_fee_percent", json!("20.00")).await;
    step(app, COLLECTOR, &row, "accept", json!({})).await.refused(409, "price_missing");
    price(app, &unpriced, "residential", "28.00").await;
    assert_eq!(step(app, COLLECTOR, &row, "accept", json!({})).await.expect(200)["basic_fee"], "551.94");
}
}

scenario! {
async fn arrears_and_warranty_refuse_a_stop(app) {
    let (home, season) = (home(app).await, season_2026(app).await);
    let before = season_2011(app).await;
    billed(app, &before, &home).await;
    applied(app, COLLECTOR, &home, &season, "stop").await.refused(409, "arrears_open");
    let new = household(app, json!({ "warranty_until": "2026-11-01" })).await;
    set(app, "heating.stop.refuse_warranty", json!(true)).await;
    applied(app, COLLECTOR, &new, &season, "stop").await.refused(409, "warranty_home");
    let old = household(app, json!({ "warranty_until": "2026-10-31" })).await;
    applied(app, COLLECTOR, &old, &season, "stop").await.expect(201);
}
}

scenario! {
async fn a_stop_lapses_with_its_season_whether_that_was_closed_or_not(app) {
    let (home, season) = (home(app).await, season_2026(app).await);
    stopped(app, &home, &season).await;
    let next = priced(app, "2027-2028", "2027-11-01", "2028-03-31").await;
    let run = json!({ "season": next["id"], "station_id": home["station_id"] });
    let listed = app.post(COLLECTOR, "/v1/heat-bill-runs", run).await.expect(202);
    assert_eq!((&listed["drafted"], &listed["exceptions"][0]["reason"]), (&json!(0), &json!("lapsed_stop")));
}
}

scenario! {
async fn the_days_of_a_stop_are_not_refunded_after_the_season_either(app) {
    let (home, season) = (home(app).await, season_2026(app).await);
    stopped(app, &home, &season).await;
    app.post(MANAGER, &format!("/v1/heating-seasons/{}/open", id(&season)), json!({})).await.expect(200);
    let thermometer = thermometer(app, "2027-12-31").await;
    app.at("2026-12-01T10:00:00+08:00");
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let path = format!("/v1/temperature-cases/{}", id(&case));
    let cold = json!({ "readings": [reading(&thermometer, json!({ "t_c": "12.0" }))] });
    app.post(HEAD, &format!("{path}/measure"), cold).await.expect(200);
    let judged = json!({ "liability": "company", "proof_document_id": document(app, MANAGER).await });
    app.post(MANAGER, &format!("{path}/judge"), judged).await.expect(200);
    let asked = json!({ "household_id": home["id"], "season": season["id"] });
    let preview = app.post(HOTLINE, "/v1/heat-refunds/preview", asked.clone()).await.expect(200);
    assert_eq!(preview["days"], json!([]));
    app.at("2027-04-01T08:00:00+08:00");
    app.post(MANAGER, &format!("/v1/heating-seasons/{}/close", id(&season)), json!({})).await.expect(200);
    let preview = app.post(HOTLINE, "/v1/heat-refunds/preview", asked).await.expect(200);
    assert_eq!((&preview["days"], &preview["total"]), (&json!([]), &json!("0.00")));
}
}

scenario! {
async fn the_valve_of_a_resumption_that_is_taken_back_is_no_longer_ordered_open(app) {
    let (home, season) = (home(app).await, season_2026(app).await);
    stopped(app, &home, &season).await;
    // Asked for before the season, heat comes with it.
    app.at("2026-10-20T09:00:00+08:00");
    let row = applied(app, HOTLINE, &home, &season, "resume").await.expect(201);
    let refused = step(app, COLLECTOR, &row, "accept", json!({})).await.refused(409, "invalid_state");
    assert_eq!(refused["context"]["action"], "accept");
    let undated = step(app, BRANCH, &row, "approve", json!({})).await.refused(422, "required");
    assert_eq!(undated["errors"][0]["pointer"], "/effective_from");
    let approved = step(app, BRANCH, &row, "approve", json!({ "effective_from": "2026-11-01" })).await.expect(200);
    assert_eq!(approved["effective_from"], "2026-11-01");
    paid(app, &home, "2759.68").await.expect(201);
    let order = async || {
        let list = app.get(HEAD, &format!("/v1/reopenings?household_id={}", id(&home))).await.expect(200);
        list["items"][0].clone()
    };
    let ordered = order().await;
    assert_eq!((&ordered["status"], &ordered["source_id"]), (&json!("ordered"), &row["id"]));
    step(app, HOTLINE, &row, "withdraw", json!({ "reason": "仍然空置" })).await.expect(200);
    assert_eq!(order().await["status"], "cancelled");
    let waits = app.get(HEAD, "/v1/work-items?kind=valve_to_reopen").await.expect(200);
    assert_eq!(waits["items"], json!([]));
}
}

scenario! {
async fn a_stop_to_seal_waits_at_the_station_of_the_home(app) {
    let (home, season) = (home(app).await, season_2026(app).await);
    let row = applied(app, COLLECTOR, &home, &season, "stop").await.expect(201);
    step(app, COLLECTOR, &row, "accept", json!({})).await.expect(200);
    step(app, BRANCH, &row, "approve", json!({})).await.expect(200);
    let waits = app.get(HEAD, "/v1/work-items?kind=stop_to_seal").await.expect(200);
    let item = &waits["items"][0];
    // Whoever is reminded of it is looked for from there.
    assert_eq!((&item["subject"]["id"], &item["org_unit_id"]), (&row["id"], &json!(app.fixture.units["STATION"])));
    assert_eq!(item["due_at"], "2026-11-01T23:59:59+08:00");
    // A season that is over stops nobody any more: what was billed for it stands.
    let late = applied(app, COLLECTOR, &household(app, json!({})).await, &season, "stop").await.expect(201);
    let bill = billed(app, &season, &home).await;
    app.at("2027-04-01T08:00:00+08:00");
    assert_eq!(app.get(HEAD, "/v1/work-items?kind=stop_to_seal").await.expect(200)["items"], json!([]));
    let seal = json!({ "seal_no": name(), "photos": [document(app, HEAD).await] });
    let refused = step(app, HEAD, &row, "seal", seal).await.refused(409, "invalid_state");
    assert_eq!(refused["context"]["state"], "over");
    step(app, COLLECTOR, &late, "accept", json!({})).await.refused(409, "invalid_state");
    let bill = app.get(COLLECTOR, &format!("/v1/heat-bills/{}", id(&bill))).await.expect(200);
    assert_eq!(bill["status"], "issued");
}
}
