//! Room temperature: asked for, measured, remedied, called back (HS-02), and the thermometers (HS-09).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id, with};
use crate::tickets::desk::document;

async fn act(app: &TestApp, who: &str, case: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/temperature-cases/{}/{action}", id(case)), body).await
}

/// A visit of the station head with one reading in the bedroom.
async fn visit(app: &TestApp, case: &Value, thermometer: &str, fields: Value) -> Answer {
    act(app, HEAD, case, "measure", json!({ "readings": [reading(thermometer, fields)] })).await
}

async fn requested(app: &TestApp) -> (Value, String) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let body = json!({ "household_id": home["id"] });
    let case = app.post(HOTLINE, "/v1/temperature-cases", body).await.expect(201);
    (case, thermometer(app, "2026-12-31").await)
}

scenario! {
/// By the limit it shows: while nobody's visit or call is waited for there is none.
async fn a_case_is_found_by_its_limit_while_it_has_one(app) {
    let (case, thermometer) = requested(app).await;
    let found = async |filter: &str| {
        let list = app.get(HOTLINE, &format!("/v1/temperature-cases?{filter}")).await.expect(200);
        list["items"].as_array().unwrap().iter().any(|row| row["id"] == case["id"])
    };
    assert!(found("due_at_gte=2026-03-02T10:00:00%2B08:00").await);
    assert!(found("due_at_lt=2026-03-02T10:00:01%2B08:00").await);
    assert!(!found("due_at_lt=2026-03-02T10:00:00%2B08:00").await);
    let cold = visit(app, &case, &thermometer, json!({ "t_c": "17.9" })).await.expect(200);
    assert_eq!((&cold["status"], &cold["due_at"]), (&json!("unqualified"), &Value::Null));
    assert!(!found("due_at_gte=2026-01-01T00:00:00%2B08:00").await);
    assert!(!found("due_at_lt=2027-01-01T00:00:00%2B08:00").await);
    app.get(HOTLINE, "/v1/temperature-cases?due_at_lt=2026-03-02").await.refused(400, "invalid_parameter");
}
}

scenario! {
async fn hs_e15_the_evidence_protocol_decides(app) {
    let (case, thermometer) = requested(app).await;
    assert_eq!((&case["status"], &case["due_at"]), (&json!("requested"), &json!("2026-03-02T10:00:00+08:00")));
    let early = visit(app, &case, &thermometer, json!({ "closed_minutes": 59 })).await.expect(200);
    assert_eq!((&early["status"], &early["verdict"], &early["visits"]), (&json!("requested"), &Value::Null, &json!(1)));
    let stored = &early["readings"][0];
    assert_eq!((&stored["evidential"], &stored["faults"]), (&json!(false), &json!(["closed_time"])));
    let cold = visit(app, &case, &thermometer, json!({ "t_c": "17.9" })).await.expect(200);
    assert_eq!((&cold["status"], &cold["lowest_c"]), (&json!("unqualified"), &json!("17.9")));
    // A kitchen does not count.
    let kitchen = visit(app, &case, &thermometer, json!({ "room": "kitchen", "t_c": "12.0" })).await.expect(200);
    assert_eq!((&kitchen["status"], &kitchen["lowest_c"]), (&json!("unqualified"), &json!("17.9")));
    let warm = visit(app, &case, &thermometer, json!({ "t_c": "18.0" })).await.expect(200);
    assert_eq!((&warm["status"], &warm["verdict"]), (&json!("qualified"), &json!("qualified")));
    visit(app, &case, &thermometer, json!({})).await.refused(409, "invalid_state");
}
}

scenario! {
async fn hs_e19_a_thermometer_is_used_until_its_last_day(app) {
    let (case, thermometer) = requested(app).await;
    app.at("2026-12-31T20:59:00+08:00");
    visit(app, &case, &thermometer, json!({ "t_c": "17.0" })).await.expect(200);
    app.at("2027-01-01T08:00:00+08:00");
    let refused = visit(app, &case, &thermometer, json!({ "t_c": "17.0" })).await.refused(409, "instrument_not_valid");
    assert_eq!(refused["rule"], "HS-R50");
    let path = format!("/v1/instruments/{thermometer}");
    assert_eq!(app.get(HEAD, &path).await.expect(200)["usable"], false);
    let due = app.get(MANAGER, "/v1/instruments?due_before=2027-01-01&usable=false").await.expect(200);
    assert_eq!(due["items"].as_array().unwrap().len(), 1);
    let failed = json!({ "kind": "verification", "performed_on": "2027-01-01", "performed_by": "市计量所", "result": "fail" });
    let failed = app.post(MANAGER, &format!("{path}/calibrate"), failed).await.expect(200);
    assert_eq!(failed["status"], "out_of_service");
    app.post(MANAGER, &format!("{path}/return"), json!({})).await.refused(409, "instrument_not_valid");
    let passed = json!({ "kind": "verification", "performed_on": "2027-01-01", "performed_by": "市计量所", "result": "pass",
        "valid_until": "2027-12-31" });
    let bare = with(passed.clone(), &json!({ "valid_until": null }));
    app.post(MANAGER, &format!("{path}/calibrate"), bare).await.refused(422, "required");
    app.post(MANAGER, &format!("{path}/calibrate"), passed).await.expect(200);
    let back = app.post(MANAGER, &format!("{path}/return"), json!({})).await.expect(200);
    assert_eq!((&back["status"], &back["usable"]), (&json!("in_service"), &json!(true)));
    assert_eq!(app.get(MANAGER, &format!("{path}/calibrations")).await.expect(200)["items"].as_array().unwrap().len(), 3);
    visit(app, &case, &thermometer, json!({ "t_c": "17.0" })).await.expect(200);
    let out = app.post(MANAGER, &format!("{path}/take-out"), json!({ "reason": "送检", "for_calibration": true })).await.expect(200);
    assert_eq!(out["status"], "calibrating");
    // One that is not exact enough proves nothing either.
    let rough = json!({ "number": name(), "name": "测温仪", "kind": "thermometer", "org_unit_id": app.fixture.units["HEAT"],
        "needs_calibration": false, "accuracy": "0.5" });
    let rough = app.post(MANAGER, "/v1/instruments", rough).await.expect(201);
    visit(app, &case, &id(&rough), json!({})).await.refused(409, "instrument_not_valid");
}
}

scenario! {
async fn one_case_a_household_runs_from_request_to_call_back(app) {
    let (case, thermometer) = requested(app).await;
    let again = json!({ "household_id": case["household_id"] });
    let refused = app.post("customer", "/v1/temperature-cases", again).await.refused(409, "case_open");
    assert_eq!(refused["context"]["temperature_case_id"], case["id"]);
    act(app, HEAD, &case, "remedy", json!({ "kind": "flush", "text": "冲洗" })).await.refused(409, "invalid_state");
    visit(app, &case, &thermometer, json!({ "t_c": "16.5" })).await.expect(200);
    let remedied = act(app, HEAD, &case, "remedy", json!({ "kind": "network_adjust", "text": "调网" })).await.expect(200);
    assert_eq!((&remedied["status"], &remedied["due_at"]), (&json!("remedied"), &json!("2026-03-04T08:00:00+08:00")));
    act(app, HOTLINE, &case, "close", json!({ "reason": "用户原因" })).await.refused(409, "above_authority");
    act(app, MANAGER, &case, "close", json!({ "reason": "用户原因" })).await.refused(409, "not_judged");
    visit(app, &case, &thermometer, json!({ "t_c": "18.6" })).await.expect(200);
    act(app, HOTLINE, &case, "close", json!({ "reason": "打不通" })).await.refused(409, "unreachable_not_proven");
    for _ in 0..2 {
        act(app, HOTLINE, &case, "call-back-attempt", json!({ "result": "no_answer" })).await.expect(200);
    }
    let cold = act(app, "customer", &case, "call-back", json!({ "satisfied": false, "note": "还是冷" })).await.expect(200);
    assert_eq!((&cold["status"], &cold["round"]), (&json!("requested"), &json!(2)));
    visit(app, &case, &thermometer, json!({ "t_c": "19.0" })).await.expect(200);
    // The attempts of the first round count no more.
    act(app, HOTLINE, &case, "close", json!({ "reason": "打不通" })).await.refused(409, "unreachable_not_proven");
    let content = act(app, HOTLINE, &case, "call-back", json!({ "satisfied": true })).await.expect(200);
    assert_eq!((&content["status"], content["call_backs"].as_array().unwrap().len()), (&json!("called_back"), 2));
    assert_eq!(act(app, HOTLINE, &case, "close", json!({})).await.expect(200)["status"], "closed");
    app.post("customer", "/v1/temperature-cases", json!({ "household_id": case["household_id"] })).await.expect(201);
}
}

scenario! {
async fn a_cold_home_is_judged_and_its_caller_is_not_its_measurer(app) {
    let (case, thermometer) = requested(app).await;
    // The hotline measured this one itself.
    let body = json!({ "readings": [reading(&thermometer, json!({ "t_c": "18.2" }))] });
    act(app, HOTLINE, &case, "measure", body).await.expect(200);
    let refused = act(app, HOTLINE, &case, "call-back", json!({ "satisfied": true })).await.refused(409, "separation_of_duties");
    assert_eq!(refused["rule"], "HS-R13");
    act(app, "customer", &case, "call-back-attempt", json!({ "result": "busy" })).await.refused(409, "above_authority");
    let list = app.get(HOTLINE, "/v1/temperature-cases?below_c=18.3&verdict=qualified&open=true").await.expect(200);
    assert_eq!(list["items"][0]["id"], case["id"]);
    // Retracted, it decides nothing.
    let reading = list["items"][0]["readings"][0].clone();
    let retract = format!("/v1/temperature-readings/{}/retract", id(&reading));
    app.post(HEAD, &retract, json!({ "reason": "读错" })).await.refused(403, "forbidden");
    let gone = app.post(MANAGER, &retract, json!({ "reason": "读错" })).await.expect(200);
    assert_eq!(gone["retract_reason"], "读错");
    app.post(MANAGER, &retract, json!({ "reason": "读错" })).await.refused(409, "invalid_state");
    let anew = app.get(MANAGER, &format!("/v1/temperature-cases/{}", id(&case))).await.expect(200);
    assert_eq!((&anew["status"], &anew["verdict"]), (&json!("requested"), &Value::Null));
    visit(app, &case, &thermometer, json!({ "t_c": "15.0" })).await.expect(200);
    let proof = document(app, MANAGER).await;
    let judged = act(app, MANAGER, &case, "judge", json!({ "liability": "household", "proof_document_id": proof })).await.expect(200);
    assert_eq!((&judged["status"], &judged["liability"]), (&json!("unqualified"), &json!("household")));
    act(app, MANAGER, &case, "close", json!({})).await.refused(422, "reason_required");
    let closed = act(app, MANAGER, &case, "close", json!({ "reason": "用户私改" })).await.expect(200);
    assert_eq!((&closed["status"], &closed["close_reason"]), (&json!("closed"), &json!("用户私改")));
}
}

scenario! {
async fn hours_limits_and_repeats_of_a_visit(app) {
    let (case, thermometer) = requested(app).await;
    for (field, value, code) in [("t_c", "17.55", "too_many_decimals"), ("t_c", "-31.0", "out_of_range")] {
        let refused = visit(app, &case, &thermometer, json!({ field: value })).await.refused(422, code);
        assert_eq!(refused["errors"][0]["pointer"], format!("/readings/0/{field}"));
    }
    app.at("2026-03-02T21:00:00+08:00");
    visit(app, &case, &thermometer, json!({})).await.refused(422, "outside_hours");
    let body = json!({ "readings": [reading(&thermometer, json!({ "t_c": "17.0", "client_id": "pad-7" }))], "user_agreed_hour": true });
    let first = act(app, HEAD, &case, "measure", body.clone()).await.expect(200);
    let again = act(app, HEAD, &case, "measure", body).await.expect(200);
    assert_eq!((&again["visits"], again["readings"].as_array().unwrap().len(), &again["version"]), (&json!(1), 1, &first["version"]));
    // Asked for in the night: eight in the morning.
    let home = household(app, json!({})).await;
    let late = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    assert_eq!(late["due_at"], "2026-03-03T08:00:00+08:00");
    let gone = act(app, HOTLINE, &late, "cancel", json!({ "reason": "用户撤回" })).await.expect(200);
    assert_eq!(gone["status"], "cancelled");
    let bare = household(app, json!({ "connected_on": null })).await;
    app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": bare["id"] })).await.refused(409, "not_connected");
}
}

scenario! {
async fn routine_rounds_are_entered_by_the_hundred(app) {
    let thermometer = thermometer(app, "2026-12-31").await;
    let place = station(app, json!({})).await;
    let mut rows = Vec::new();
    for (room, t_c) in [("1-1-101", "18.0"), ("1-1-102", "17.9"), ("1-1-103", "19.4")] {
        let home = household(app, json!({ "station_id": place, "room_no": room })).await;
        rows.push(json!({ "household_id": home["id"], "readings": [reading(&thermometer, json!({ "t_c": t_c }))] }));
    }
    rows.push(json!({ "household_id": uuid::Uuid::now_v7(), "readings": [reading(&thermometer, json!({}))] }));
    let key = name();
    let call = app.by(HEAD, Method::POST, "/v1/temperature-cases/bulk").key(&key).json(json!({ "rows": rows }));
    let answer = call.send().await.expect(207);
    let codes: Vec<&Value> = answer["results"].as_array().unwrap().iter().map(|row| &row["ok"]).collect();
    assert_eq!(codes, [true, true, true, false]);
    let list = app.get(HEAD, &format!("/v1/temperature-cases?station_id={place}&origin=survey&status=closed")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let cold = app.get(HEAD, &format!("/v1/temperature-cases?station_id={place}&status=unqualified")).await.expect(200);
    assert_eq!(cold["items"][0]["lowest_c"], "17.9");
    // A survey leaves room for the user's own request.
    let home = cold["items"][0]["household_id"].clone();
    app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home })).await.expect(201);
}
}

scenario! {
/// Before nine in the evening the visit has to begin; its last room may be measured after.
async fn a_visit_that_begins_in_time_may_end_later(app) {
    app.at("2026-03-02T20:30:00.250+08:00");
    let (case, thermometer) = requested(app).await;
    app.at("2026-03-02T21:30:00+08:00");
    let at = |room: &str, time: &str| reading(&thermometer, json!({ "room": room, "t_c": "18.5", "measured_at": format!("2026-03-02T{time}+08:00") }));
    let late = json!({ "readings": [at("bedroom", "21:00:00"), at("living_room", "21:10:00")] });
    let refused = act(app, HEAD, &case, "measure", late).await.refused(422, "outside_hours");
    assert_eq!(refused["errors"][0]["pointer"], "/readings/0/measured_at");
    // Measured in the second it was asked for, as a clock on the wall shows it.
    let early = json!({ "readings": [at("living_room", "21:10:00"), at("bedroom", "20:30:00")] });
    assert_eq!(act(app, HEAD, &case, "measure", early).await.expect(200)["status"], "qualified");
}
}
