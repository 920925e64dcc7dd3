//! Outages: reported level by level, told, restored with their tickets, reviewed (HS-04).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id, with};

async fn act(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/outages/{}/{action}", id(row)), body).await
}

/// A ticket about heat at the station, without a call.
async fn cold_ticket(app: &TestApp) -> Value {
    let body = json!({ "channel_code": "walk_in", "kind": "repair", "category_code": "heating.room_temperature",
        "place_kind": "station_area", "station_org_unit_id": app.fixture.units["STATION"],
        "description": "北陵中心站片区家中不热", "customer_id": app.fixture.customer });
    app.post(HOTLINE, "/v1/tickets", body).await.expect(201)
}

async fn ticket(app: &TestApp, row: &Value) -> Value {
    app.get(HOTLINE, &format!("/v1/tickets/{}", id(row))).await.expect(200)
}

scenario! {
/// Who reports from a home need not know which station heats it.
async fn a_report_from_a_home_is_of_the_station_that_heats_it(app) {
    let place = station(app, json!({})).await;
    household(app, json!({ "station_id": place, "room_no": null, "building": null, "address": null,
        "unit_id": app.fixture.unit, "customer_id": app.fixture.customer })).await;
    let row = outage(app, &place, json!({})).await;
    let leak = json!({ "category_code": "heating.leak", "description": "暖气片接头漏水" });
    let told = crate::tickets::desk::register(app, leak).await;
    let unit = json!(app.fixture.units["STATION"]);
    assert_eq!((&told["station_org_unit_id"], &told["responsible_org_unit_id"]), (&unit, &unit), "{told}");
    let his = json!({ "channel_code": "app", "kind": "repair", "category_code": "heating.room_temperature",
        "place_kind": "station_area", "description": "家里不热,请派人来看" });
    let first = app.post("customer", "/v1/tickets", his.clone()).await.expect(201);
    // Also when his file has been merged into another.
    let kept = app.post("cs_specialist", "/v1/customers", json!({ "kind": "person", "name": "王晓明" })).await.expect(201);
    let merge = json!({ "target_id": kept["id"], "reason": "同一人" });
    app.post("cs_supervisor", &format!("/v1/customers/{}/merge", app.fixture.customer), merge).await.expect(200);
    let second = app.post("customer", "/v1/tickets", his).await.expect(201);
    let grouped = app.get(HOTLINE, &format!("/v1/outages/{}/tickets", id(&row))).await.expect(200);
    let grouped: Vec<&Value> = grouped["items"].as_array().unwrap().iter().map(|ticket| &ticket["id"]).collect();
    let three = [&told, &first, &second];
    assert!(grouped.len() == 3 && three.iter().all(|ticket| grouped.contains(&&ticket["id"])), "{grouped:?}");
    // Of another trade it is not the station's.
    let window = crate::tickets::desk::register(app, json!({})).await;
    assert_eq!(window["station_org_unit_id"], Value::Null);
}
}

scenario! {
async fn an_outage_is_told_level_by_level_and_reviewed(app) {
    let place = station(app, json!({})).await;
    household(app, json!({ "station_id": place, "customer_id": app.fixture.customer })).await;
    household(app, json!({ "station_id": place, "room_no": "3-2-1202", "connected_on": null })).await;
    let none = app.post(HEAD, "/v1/outages", json!({ "kind": "stopped", "cause": "pipe_leak" })).await;
    assert_eq!(none.refused(422, "exactly_one")["errors"][0]["pointer"], "/station_ids");
    let row = outage(app, &place, json!({ "expected_restore_at": "2026-03-02T14:00:00+08:00" })).await;
    assert_eq!((&row["cause_class"], &row["affected_count"], &row["status"]), (&json!("internal"), &json!(1), &json!("open")));
    // Strictly one after the other, and each shows by how much it was late.
    let missing = act(app, BRANCH, &row, "report-company", json!({})).await.refused(409, "level_missing");
    assert_eq!((&missing["context"]["levels"], &missing["rule"]), (&json!(["branch"]), &json!("HS-R20")));
    app.at("2026-03-02T08:16:00+08:00");
    let told = act(app, HEAD, &row, "report-branch", json!({})).await.expect(200);
    assert_eq!(told["levels"]["branch_delay_minutes"], 1);
    act(app, HEAD, &row, "report-branch", json!({})).await.refused(409, "already_reported");
    act(app, MANAGER, &row, "acknowledge", json!({})).await.refused(409, "level_missing");
    act(app, HEAD, &row, "report-company", json!({})).await.refused(403, "forbidden");
    act(app, HEAD, &row, "start-repair", json!({})).await.expect(200);
    let later = json!({ "expected_restore_at": "2026-03-02T16:00:00+08:00", "customer_text": "预计16时恢复" });
    let said = act(app, HOTLINE, &row, "forecast", later).await.expect(200);
    assert_eq!((said["forecasts"].as_array().unwrap().len(), &said["customer_text"]), (2, &json!("预计16时恢复")));
    // A customer sees when, not why.
    let his = app.get("customer", &format!("/v1/outages/{}", id(&row))).await.expect(200);
    assert_eq!((&his["customer_text"], his.get("cause")), (&json!("预计16时恢复"), None));
    app.at("2026-03-02T15:00:00+08:00");
    let back = json!({ "restored_at": "2026-03-02T08:00:00+08:00", "solution": "更换阀门", "root_cause_code": "wear" });
    act(app, HEAD, &row, "restore", back.clone()).await.refused(422, "date_order");
    let root = root_cause(app).await;
    let back = with(back, &json!({ "restored_at": "2026-03-02T14:30:00+08:00", "root_cause_code": root }));
    let restored = act(app, HEAD, &row, "restore", back).await.expect(200);
    assert_eq!((&restored["status"], &restored["duration_minutes"], &restored["tickets"]), (&json!("restored"), &json!(390), &json!([])));
    let log = app.get(MANAGER, &format!("/v1/outages/{}/history", id(&row))).await.expect(200);
    let told = log["items"].as_array().unwrap().iter().find(|entry| entry["type"] == "outage.restored").unwrap();
    assert_eq!((&told["data"]["cause_class"], &told["data"]["affected_count"], &told["data"]["restored_at"]),
        (&json!("internal"), &json!(1), &json!("2026-03-02T14:30:00+08:00")));
    let facts = log["items"].as_array().unwrap().iter();
    let mut facts = facts.filter(|entry| entry["type"].as_str().unwrap().starts_with("outage."));
    assert!(
        facts.all(|entry| entry["data"]["stations"] == json!([place]) && entry["data"]["outage_id"] == row["id"]),
        "{log}"
    );
    let review = json!({ "text": "老化漏水", "measures": "更换同批管件" });
    let missing = act(app, MANAGER, &row, "review", review.clone()).await.refused(409, "level_missing");
    assert_eq!(missing["context"]["levels"], json!(["company", "notified"]));
    act(app, BRANCH, &row, "report-company", json!({})).await.expect(200);
    act(app, MANAGER, &row, "acknowledge", json!({})).await.expect(200);
    // Who was not told before it was over stays untold.
    act(app, HOTLINE, &row, "notify", json!({ "text": "停供", "channels": ["sms"] })).await.refused(409, "invalid_state");
    act(app, MANAGER, &row, "review", review).await.refused(409, "level_missing");
    let list = app.get(MANAGER, &format!("/v1/outages?station_id={place}&cause_class=internal&open=false")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let homes = app.get(MANAGER, &format!("/v1/outages/{}/households", id(&row))).await.expect(200);
    assert_eq!(homes["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
async fn an_outage_explains_its_tickets_and_answers_for_them(app) {
    let place = station(app, json!({})).await;
    let early = cold_ticket(app).await;
    let row = outage(app, &place, json!({ "started_at": "2026-03-02T08:00:00+08:00", "customer_text": "抢修中" })).await;
    let late = cold_ticket(app).await;
    for one in [&early, &late] {
        assert_eq!(ticket(app, one).await["customer_text"], "抢修中");
    }
    let explained = app.get(HOTLINE, &format!("/v1/outages/{}/tickets", id(&row))).await.expect(200);
    assert_eq!(explained["items"].as_array().unwrap().len(), 2);
    act(app, HOTLINE, &row, "notify", json!({ "text": "突发停供", "channels": ["sms", "app"] })).await.expect(200);
    assert_eq!(ticket(app, &late).await["customer_text"], "突发停供");
    app.later(chrono::TimeDelta::hours(1));
    let back = json!({ "restored_at": "2026-03-02T08:50:00+08:00", "solution": "已补焊并恢复供热", "root_cause_code": root_cause(app).await });
    let restored = act(app, HEAD, &row, "restore", back).await;
    assert!([200, 207].contains(&restored.status), "{}", restored.body);
    let results = restored.body["tickets"].as_array().unwrap().clone();
    assert_eq!(results.len(), 2);
    for one in results {
        let now = app.get(HOTLINE, &format!("/v1/tickets/{}", one["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(now["status"] == "resolved", one["status"] == 200, "{one} {}", now["status"]);
    }
    app.get(HOTLINE, &format!("/v1/outages/{}/call-back-list", id(&row))).await.expect(200);
}
}

scenario! {
/// Its tickets and its incident have versions of their own.
async fn an_act_on_an_outage_compares_the_version_of_the_outage(app) {
    let place = station(app, json!({})).await;
    let row = outage(app, &place, json!({})).await;
    cold_ticket(app).await;
    let by = |who: &'static str, action: &str, version: i64, body: Value| {
        let path = format!("/v1/outages/{}/{action}", id(&row));
        async move { app.by(who, Method::POST, &path).if_match(version).json(body).send().await }
    };
    let later = json!({ "expected_restore_at": "2026-03-02T16:00:00+08:00" });
    by(HEAD, "forecast", 2, later.clone()).await.refused(412, "stale");
    assert_eq!(by(HEAD, "forecast", 1, later).await.expect(200)["version"], 2);
    app.later(chrono::TimeDelta::hours(1));
    let back = json!({ "restored_at": "2026-03-02T08:50:00+08:00", "solution": "已补焊并恢复供热", "root_cause_code": root_cause(app).await });
    by(HEAD, "restore", 1, back.clone()).await.refused(412, "stale");
    let restored = by(HEAD, "restore", 2, back).await;
    assert!([200, 207].contains(&restored.status), "{}", restored.body);
    assert_eq!(restored.body["tickets"].as_array().unwrap().len(), 1);
}
}

scenario! {
async fn lk_e08_a_cancelled_outage_lets_its_tickets_go(app) {
    let place = station(app, json!({})).await;
    let early = cold_ticket(app).await;
    let due = ticket(app, &early).await["due_at"].clone();
    let row = outage(app, &place, json!({})).await;
    assert_ne!(ticket(app, &early).await["incident_id"], Value::Null);
    act(app, HEAD, &row, "cancel", json!({ "reason": "误报" })).await.refused(403, "forbidden");
    let gone = act(app, MANAGER, &row, "cancel", json!({ "reason": "误报" })).await.expect(200);
    assert_eq!((&gone["status"], &gone["cancel_reason"]), (&json!("cancelled"), &json!("误报")));
    let after = ticket(app, &early).await;
    assert_eq!((&after["incident_id"], &after["due_at"]), (&Value::Null, &due));
    act(app, HEAD, &row, "report-branch", json!({})).await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_planned_stop_told_of_too_late_is_flagged(app) {
    let place = station(app, json!({})).await;
    let long = json!({ "planned": true, "started_at": "2026-03-05T08:00:00+08:00", "expected_restore_at": "2026-03-06T09:00:00+08:00" });
    let notice = json!({ "text": "计划检修", "channels": ["notice"] });
    let first = outage(app, &place, long.clone()).await;
    app.at("2026-03-03T23:59:00+08:00");
    assert_eq!(act(app, HOTLINE, &first, "notify", notice.clone()).await.expect(200)["notice_late"], false);
    let second = outage(app, &place, long).await;
    app.at("2026-03-04T00:00:00+08:00");
    assert_eq!(act(app, HOTLINE, &second, "notify", notice).await.expect(200)["notice_late"], true);
    let ahead = json!({ "kind": "stopped", "cause": "pipe_leak", "station_ids": [place], "started_at": "2026-03-05T08:00:00+08:00" });
    app.post(HEAD, "/v1/outages", ahead).await.refused(422, "date_in_future");
}
}

scenario! {
async fn a_planned_outage_explains_its_tickets_once_it_begins(app) {
    let place = station(app, json!({})).await;
    household(app, json!({ "station_id": place })).await;
    let ahead = json!({ "planned": true, "started_at": "2026-03-05T08:00:00+08:00", "customer_text": "计划检修" });
    let row = outage(app, &place, ahead).await;
    let early = cold_ticket(app).await;
    assert_eq!(ticket(app, &early).await["incident_id"], Value::Null);
    app.at("2026-03-05T09:00:00+08:00");
    let late = cold_ticket(app).await;
    let path = format!("/v1/outages/{}", id(&row));
    let explained = app.get(HOTLINE, &format!("{path}/tickets?sort=-received_at&include_total=true")).await.expect(200);
    assert_eq!((&explained["total"], &explained["items"][0]["id"]), (&json!(1), &late["id"]));
    assert_eq!(ticket(app, &late).await["customer_text"], "计划检修");
    app.at("2026-03-05T12:00:00+08:00");
    let back = json!({ "restored_at": "2026-03-05T11:30:00+08:00", "solution": "检修完成恢复供热", "root_cause_code": root_cause(app).await });
    let restored = act(app, HEAD, &row, "restore", back).await;
    assert!([200, 207].contains(&restored.status), "{}", restored.body);
    assert_eq!(restored.body["tickets"][0]["id"], late["id"]);
}
}

scenario! {
async fn a_planned_outage_has_its_incident_by_the_clock_alone(app) {
    let place = station(app, json!({})).await;
    outage(app, &place, json!({ "planned": true, "started_at": "2026-03-05T08:00:00+08:00" })).await;
    app.at("2026-03-05T08:00:30+08:00");
    store::jobs::run_due(&app.store, server::jobs::JOBS).await;
    let late = cold_ticket(app).await;
    assert_ne!(ticket(app, &late).await["incident_id"], Value::Null);
}
}

scenario! {
async fn an_outage_of_a_single_home_is_restored_by_codes_there_are(app) {
    let home = household(app, json!({})).await;
    let body = json!({ "kind": "stopped", "cause": "pipe_leak", "household_ids": [home["id"]] });
    let row = app.post(HEAD, "/v1/outages", body).await.expect(201);
    app.later(chrono::TimeDelta::hours(1));
    let back = json!({ "restored_at": "2026-03-02T09:00:00+08:00", "solution": "更换阀门", "root_cause_code": "no_such_cause" });
    let refused = act(app, HEAD, &row, "restore", back.clone()).await.refused(422, "invalid_enum");
    assert_eq!(refused["errors"][0]["pointer"], "/root_cause_code");
    let back = with(back, &json!({ "root_cause_code": root_cause(app).await }));
    assert_eq!(act(app, HEAD, &row, "restore", back).await.expect(200)["status"], "restored");
}
}

scenario! {
async fn whoever_looks_at_the_outages_lets_one_that_has_begun_explain_its_tickets(app) {
    let place = station(app, json!({})).await;
    let row = outage(app, &place, json!({ "planned": true, "started_at": "2026-03-05T08:00:00+08:00" })).await;
    app.at("2026-03-05T08:00:30+08:00");
    app.get("customer", "/v1/outages").await.expect(200);
    let late = cold_ticket(app).await;
    assert_ne!(ticket(app, &late).await["incident_id"], Value::Null);
    let explained = app.get(HOTLINE, &format!("/v1/outages/{}/tickets", id(&row))).await.expect(200);
    assert_eq!(explained["items"][0]["id"], late["id"]);
}
}

scenario! {
async fn who_holds_a_home_is_told_once_on_each_channel(app) {
    let place = station(app, json!({})).await;
    for room in ["3-2-1201", "3-2-1202"] {
        household(app, json!({ "station_id": place, "room_no": room, "customer_id": app.fixture.customer })).await;
    }
    let row = outage(app, &place, json!({})).await;
    // Who telephones or posts a notice writes no letter.
    let notice = json!({ "text": "换热站故障停供,预计14时恢复", "channels": ["app", "phone", "notice"] });
    act(app, HOTLINE, &row, "notify", notice).await.expect(200);
    crate::tickets::reminders::tell(app).await;
    let inbox = app.get("customer", "/v1/notifications").await.expect(200);
    let letters = inbox["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "letter");
    let told: Vec<&Value> = letters.map(|item| &item["body"]).collect();
    assert_eq!(told, [&json!("换热站故障停供,预计14时恢复")], "{inbox}");
}
}
