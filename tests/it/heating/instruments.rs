//! Instruments through their years: which calibration counts and when one comes back (HS-09).

use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp};

/// A verification that passed.
async fn verified(app: &TestApp, instrument: &str, on: &str, until: &str) -> Value {
    let body = json!({ "kind": "verification", "performed_on": on, "performed_by": "市计量所", "result": "pass",
        "valid_until": until });
    app.post(MANAGER, &format!("/v1/instruments/{instrument}/calibrate"), body).await.expect(200)
}

async fn act(app: &TestApp, instrument: &str, action: &str, body: Value) -> Answer {
    app.post(MANAGER, &format!("/v1/instruments/{instrument}/{action}"), body).await
}

scenario! {
/// The last that passed, also where an earlier one would have held longer (HS-R50).
async fn the_last_verification_says_how_long_an_instrument_is_used(app) {
    let row = thermometer(app, "2026-12-31").await;
    let shorter = verified(app, &row, "2026-02-01", "2026-02-28").await;
    assert_eq!((&shorter["valid_until"], &shorter["usable"]), (&json!("2026-02-28"), &json!(false)));
    // One that was performed before it and is entered later changes nothing.
    let late = verified(app, &row, "2025-12-01", "2026-11-30").await;
    assert_eq!((&late["valid_until"], &late["usable"]), (&json!("2026-02-28"), &json!(false)));
    let again = verified(app, &row, "2026-02-01", "2026-03-02").await;
    assert_eq!((&again["valid_until"], &again["usable"]), (&json!("2026-03-02"), &json!(true)));
    let due = app.get(MANAGER, "/v1/instruments?usable=true&due_before=2026-03-03").await.expect(200);
    assert_eq!(due["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
/// What was verified later says nothing of an earlier day.
async fn what_is_due_as_of_a_day_goes_by_what_was_known_then(app) {
    let body = json!({ "number": name(), "name": "分析天平", "kind": "balance", "org_unit_id": app.fixture.units["HEAT"] });
    let row = app.post(MANAGER, "/v1/instruments", body).await.expect(201)["id"].as_str().unwrap().to_owned();
    verified(app, &row, "2025-06-01", "2026-02-20").await;
    verified(app, &row, "2026-03-01", "2027-02-28").await;
    for (as_of, last, until, left) in [
        ("2025-05-31", Value::Null, Value::Null, Value::Null),
        ("2026-02-10", json!("2025-06-01"), json!("2026-02-20"), json!(10)),
        ("2026-02-28", json!("2025-06-01"), json!("2026-02-20"), json!(-8)),
        ("2026-03-01", json!("2026-03-01"), json!("2027-02-28"), json!(364)),
        ("2026-12-31", json!("2026-03-01"), json!("2027-02-28"), json!(59)),
    ] {
        let report = app.get(MANAGER, &format!("/v1/reports/heating/instrument-due?as_of={as_of}")).await.expect(200);
        let told: Vec<&Value> = (4..7).map(|place| &report["rows"][0][place]["value"]).collect();
        assert_eq!(told, [&last, &until, &left], "{as_of}: {report}");
    }
}
}

scenario! {
async fn what_was_sent_to_be_calibrated_comes_back_calibrated(app) {
    let row = thermometer(app, "2026-12-31").await;
    act(app, &row, "take-out", json!({ "reason": "送检", "for_calibration": true })).await.expect(200);
    // What was valid before it was sent away does not bring it back.
    act(app, &row, "return", json!({})).await.refused(409, "instrument_not_valid");
    verified(app, &row, "2026-03-02", "2027-03-01").await;
    assert_eq!(act(app, &row, "return", json!({})).await.expect(200)["status"], "in_service");
    act(app, &row, "return", json!({})).await.refused(409, "invalid_state");
    // Out of service for another reason it is as valid as before.
    act(app, &row, "take-out", json!({ "reason": "更换电池" })).await.expect(200);
    assert_eq!(act(app, &row, "return", json!({})).await.expect(200)["usable"], true);
}
}

scenario! {
/// HS-R52.
async fn what_only_prepares_samples_needs_no_calibration(app) {
    for (kind, needs) in [("crusher", false), ("sealed_pulveriser", false), ("drying_oven", false), ("balance", true)] {
        let body = json!({ "number": name(), "name": "化验设备", "kind": kind, "org_unit_id": app.fixture.units["HEAT"] });
        let row = app.post(MANAGER, "/v1/instruments", body).await.expect(201);
        assert_eq!((&row["needs_calibration"], &row["usable"]), (&json!(needs), &json!(!needs)), "{kind}");
    }
}
}

scenario! {
async fn whatever_is_done_to_an_instrument_shows_in_its_version(app) {
    let row = thermometer(app, "2026-12-31").await;
    let version = async || app.get(MANAGER, &format!("/v1/instruments/{row}")).await.expect(200)["version"].as_i64().unwrap();
    let before = version().await;
    let routine = json!({ "kind": "routine", "done_on": "2026-03-02", "done_by": "化验员", "text": "清洁探头" });
    act(app, &row, "maintenance", routine).await.expect(201);
    assert_eq!(version().await, before + 1);
    let repair = json!({ "kind": "repair", "done_on": "2026-03-02", "done_by": "厂家", "text": "更换电池仓" });
    act(app, &row, "maintenance", repair).await.expect(201);
    assert_eq!(version().await, before + 2);
    let standard = json!({ "name": "标准温度", "certified": "20", "uncertainty": "1", "unit": "°C", "valid_until": "2026-12-31" });
    let check = json!({ "standard": standard, "runs": ["20", "20", "20", "20", "20"] });
    assert_eq!(act(app, &row, "standard-checks", check).await.expect(201)["result"], "pass");
    assert_eq!(version().await, before + 3);
}
}
