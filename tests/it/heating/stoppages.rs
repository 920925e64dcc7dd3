//! What homes get back for days without heat (HS-R23).

use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id, with};
use crate::tickets::desk::document;

async fn step(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> Value {
    app.post(who, &format!("/v1/outages/{}/{action}", id(row)), body).await.expect(200)
}

/// A stop of a station from one instant to another, reviewed.
async fn reviewed(
    app: &TestApp,
    station: &Value,
    (from, to): (&str, &str),
    outage_fields: Value,
    review: Value,
) -> Value {
    let place = station.as_str().unwrap();
    let row = outage(app, place, with(json!({ "started_at": from }), &outage_fields)).await;
    step(app, HEAD, &row, "report-branch", json!({})).await;
    step(app, BRANCH, &row, "report-company", json!({})).await;
    step(app, HOTLINE, &row, "notify", json!({ "text": "突发停供", "channels": ["sms"] })).await;
    let back = json!({ "restored_at": to, "solution": "已补焊并恢复供热", "root_cause_code": root_cause(app).await });
    step(app, HEAD, &row, "restore", back).await;
    step(app, MANAGER, &row, "review", with(json!({ "text": "老化漏水" }), &review)).await
}

async fn preview(app: &TestApp, home: &Value, season: &Value) -> Value {
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    app.post(HOTLINE, "/v1/heat-refunds/preview", body).await.expect(200)
}

scenario! {
async fn full_days_without_heat_are_refunded_whole(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    billed(app, &season, &home).await;
    let place = &home["station_id"];
    let day = |day: &str, time: &str| format!("2026-02-{day}T{time}:00+08:00");
    // 23 h 59 min are nothing; less heat is no stop; what another answers for is not the company's.
    reviewed(app, place, (&day("02", "08:00"), &day("03", "07:59")), json!({}), json!({})).await;
    reviewed(app, place, (&day("04", "08:00"), &day("07", "08:00")), json!({ "kind": "reduced" }), json!({})).await;
    let outside = reviewed(app, place, (&day("08", "08:00"), &day("11", "08:00")), json!({ "cause": "power_outage" }), json!({})).await;
    assert_eq!(outside["liability"], "third_party");
    assert_eq!(preview(app, &home, &season).await["days"], json!([]));
    // 49 hours are two days, from the first; two halves with an hour between them are one stoppage.
    let first = reviewed(app, place, (&day("12", "08:00"), &day("14", "09:00")), json!({}), json!({})).await;
    assert_eq!(first["liability"], "company");
    reviewed(app, place, (&day("16", "08:00"), &day("16", "20:00")), json!({}), json!({})).await;
    reviewed(app, place, (&day("16", "21:00"), &day("17", "09:00")), json!({}), json!({})).await;
    let told = preview(app, &home, &season).await;
    let days: Vec<&str> = told["days"].as_array().unwrap().iter().map(|day| day["date"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-02-12", "2026-02-13", "2026-02-16"], "{told}");
    assert_eq!((&told["days"][0]["cause"], &told["days"][0]["rate_percent"], &told["days"][0]["source_id"]), (&json!("stoppage"), &json!("100.00"), &first["id"]));
    // 98.56 × 28.00 / 151 days × 3.
    assert_eq!((&told["day_equivalents"], &told["total"]), (&json!("3.00"), &json!("54.83")));
    // The manager decides otherwise, with proof.
    let bare = outage(app, place.as_str().unwrap(), json!({ "started_at": day("18", "08:00"), "cause": "water_outage" })).await;
    step(app, MANAGER, &bare, "cancel", json!({ "reason": "误报" })).await;
    let proof = document(app, MANAGER).await;
    let ours = json!({ "liability": "company", "proof_document_id": proof });
    reviewed(app, place, (&day("20", "08:00"), &day("21", "08:00")), json!({ "cause": "water_outage" }), ours).await;
    assert_eq!(preview(app, &home, &season).await["day_equivalents"], "4.00");
}
}

scenario! {
async fn a_day_cold_and_stopped_is_refunded_once(app) {
    // Cold from 24 February to 28 February: 3.8 days by the rule set.
    let (home, season, _) = cold_home(app).await;
    let span = ("2026-02-24T08:00:00+08:00", "2026-02-25T08:00:00+08:00");
    reviewed(app, &home["station_id"], span, json!({}), json!({})).await;
    let told = preview(app, &home, &season).await;
    // The first day counts whole instead of 40 %.
    assert_eq!((&told["day_equivalents"], told["days"].as_array().unwrap().len()), (&json!("4.40"), 5), "{told}");
    assert_eq!(told["days"][0]["cause"], "stoppage");
}
}

scenario! {
async fn a_reviewed_stoppage_is_proposed_for_the_homes_it_reached(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    billed(app, &season, &home).await;
    let place = &home["station_id"];
    // A home nothing was billed for gets nothing back.
    household(app, json!({ "station_id": place, "room_no": "3-2-1299" })).await;
    let short = ("2026-02-02T08:00:00+08:00", "2026-02-03T07:59:00+08:00");
    reviewed(app, place, short, json!({}), json!({})).await;
    assert_eq!(app.get(MANAGER, "/v1/heat-refunds").await.expect(200)["items"], json!([]));
    let long = ("2026-02-12T08:00:00+08:00", "2026-02-14T09:00:00+08:00");
    let outage = reviewed(app, place, long, json!({}), json!({})).await;
    let found = app.get(MANAGER, "/v1/heat-refunds").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    let draft = &found["items"][0];
    // 98.56 × 28.00 / 151 days × 2.
    assert_eq!((&draft["household_id"], &draft["status"], &draft["amount"]), (&home["id"], &json!("proposed"), &json!("36.55")));
    assert_eq!((&draft["days"][0]["cause"], &draft["days"][0]["source_id"]), (&json!("stoppage"), &outage["id"]));
}
}
