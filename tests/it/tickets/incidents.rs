//! Mass incidents: captured, told, restored with one result a ticket (TK-01, TK-R06).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{self, TestApp, id};

/// A burst pipe in the building, told at eight.
pub fn burst(app: &TestApp, with: Value) -> Value {
    let body = json!({ "title": "3号楼主管爆裂", "category_codes": ["heating"], "scope": { "building_ids": [app.fixture.building] },
        "started_at": "2026-03-02T07:00:00+08:00", "expected_restore_at": "2026-03-02T12:00:00+08:00",
        "customer_text": "3号楼供热主管爆裂,正在抢修" });
    kit::with(body, &with)
}

async fn opened(app: &TestApp, with: Value) -> Value {
    app.post("team_leader", "/v1/incidents", burst(app, with)).await.expect(201)
}

async fn leak(app: &TestApp) -> Value {
    register(app, json!({ "category_code": "heating.leak" })).await
}

fn end() -> Value {
    json!({ "solution": "更换主管并恢复供热", "root_cause_code": "wear", "restored_at": "2026-03-02T10:00:00+08:00" })
}

async fn read(app: &TestApp, ticket: &Value) -> Value {
    app.get("cs_agent", &format!("/v1/tickets/{}", id(ticket))).await.expect(200)
}

scenario! {
async fn an_incident_takes_the_tickets_it_explains(app) {
    let before = leak(app).await;
    let window = register(app, json!({})).await;
    let incident = opened(app, json!({})).await;
    assert!(incident["number"].as_str().unwrap().starts_with("IN-20260302-"));
    assert_eq!((&incident["status"], &incident["ticket_count"]), (&json!("open"), &json!(1)));
    let before = read(app, &before).await;
    assert_eq!(before["incident_id"], incident["id"]);
    assert_eq!(before["expected_restore_at"], incident["expected_restore_at"]);
    assert_eq!(before["customer_text"], incident["customer_text"]);
    assert_eq!(read(app, &window).await["incident_id"], json!(null));
    let after = leak(app).await;
    assert_eq!((&after["incident_id"], &after["version"]), (&incident["id"], &json!(1)));
    let due = after["due_at"].clone();
    assert_ne!(due, json!(null), "the clock is not paused");
    let path = format!("/v1/incidents/{}?expand=tickets", id(&incident));
    assert_eq!(app.get("cs_agent", &path).await.expect(200)["tickets"].as_array().unwrap().len(), 2);
    let list = app.get("cs_agent", &format!("/v1/tickets?incident_id={}&expand=incident", id(&incident))).await.expect(200);
    assert_eq!(list["items"][0]["incident"]["number"], incident["number"]);
    let mine = app.get("customer", &format!("/v1/tickets/{}", id(&after))).await.expect(200);
    assert_eq!(mine["customer_text"], incident["customer_text"]);
    // A later one at the same place wins; an earlier receipt is not explained by it.
    app.later(hours(1));
    let later = opened(app, json!({ "started_at": "2026-03-02T08:30:00+08:00" })).await;
    assert_eq!(leak(app).await["incident_id"], later["id"]);
    let backdated = register(app, json!({ "category_code": "heating.leak", "received_at": "2026-03-02T08:00:00+08:00" })).await;
    assert_eq!(backdated["incident_id"], incident["id"]);
    let early = register(app, json!({ "category_code": "heating.leak", "received_at": "2026-03-02T06:59:59+08:00" })).await;
    assert_eq!(early["incident_id"], json!(null));
    for filter in ["status=open", "category_code=heating.leak", "category_code=heating", "started_at_gte=2026-03-02T08:00:00%2B08:00"] {
        let found = app.get("cs_agent", &format!("/v1/incidents?{filter}")).await.expect(200);
        assert!(!found["items"].as_array().unwrap().is_empty(), "{filter}");
    }
    let none = app.get("cs_agent", "/v1/incidents?category_code=house_quality").await.expect(200);
    assert!(none["items"].as_array().unwrap().is_empty());
    let here = app.get("cs_agent", &format!("/v1/incidents?building_id={}", app.fixture.building)).await.expect(200);
    assert_eq!(here["items"].as_array().unwrap().len(), 2);
}
}

scenario! {
/// Whichever was told of first: the latest begun explains a ticket (TK-R06).
async fn an_incident_that_began_later_takes_tickets_over(app) {
    let first = opened(app, json!({})).await;
    let ticket = leak(app).await;
    assert_eq!(ticket["incident_id"], first["id"]);
    opened(app, json!({ "started_at": "2026-03-02T06:30:00+08:00" })).await;
    assert_eq!(read(app, &ticket).await["incident_id"], first["id"]);
    let later = opened(app, json!({ "started_at": "2026-03-02T07:30:00+08:00" })).await;
    assert_eq!(read(app, &ticket).await["incident_id"], later["id"]);
}
}

scenario! {
/// What is split off as another category is not of the incident of the whole, but of the one that explains it.
async fn a_part_of_another_category_belongs_to_the_incident_that_explains_it(app) {
    let burst = opened(app, json!({ "category_codes": ["heating.leak"] })).await;
    let cold = opened(app, json!({ "category_codes": ["heating.room_temperature"] })).await;
    let whole = leak(app).await;
    assert_eq!(whole["incident_id"], burst["id"]);
    let part = async |category: &str| {
        app.later(hours(1));
        let body = json!({ "title": "另一事项", "description": "同一户另一件事", "category_code": category });
        act(app, "cs_agent", &whole, "split", body).await.expect(200)
    };
    assert_eq!(part("heating.leak").await["incident_id"], burst["id"]);
    assert_eq!(part("heating.room_temperature").await["incident_id"], cold["id"]);
    assert_eq!(part("heating.other").await["incident_id"], json!(null));
}
}

scenario! {
/// TK-R06: whatever cannot be resolved stays open, the incident is restored in any case, 207 says so.
async fn restoring_answers_one_result_a_ticket(app) {
    let waiting = leak(app).await;
    let begun = started(app, json!({ "category_code": "heating.leak" })).await;
    let serious = started(app, json!({ "category_code": "heating.leak", "severity": "serious" })).await;
    let incident = opened(app, json!({})).await;
    app.at("2026-03-02T10:30:00+08:00");
    let path = format!("/v1/incidents/{}/restore", id(&incident));
    let too_early = kit::with(end(), &json!({ "restored_at": "2026-03-02T06:00:00+08:00" }));
    app.post("team_leader", &path, too_early).await.refused(422, "date_order");
    app.post("cs_agent", &path, end()).await.refused(403, "forbidden");
    let answer = app.post("team_leader", &path, end()).await;
    let restored = answer.expect(207);
    assert_eq!((&restored["status"], &restored["restored_at"]), (&json!("restored"), &json!("2026-03-02T10:00:00+08:00")));
    let results = restored["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    let of = |ticket: &Value| results.iter().find(|result| result["ticket_id"] == ticket["id"]).unwrap();
    assert_eq!((&of(&waiting)["ok"], &of(&begun)["ok"]), (&json!(true), &json!(true)));
    assert_eq!((&of(&serious)["ok"], &of(&serious)["code"]), (&json!(false), &json!("approval_required")));
    let waiting = read(app, &waiting).await;
    assert_eq!((&waiting["status"], &waiting["resolved_at"]), (&json!("resolved"), &json!("2026-03-02T10:30:00+08:00")));
    assert_eq!(waiting["solution"], "更换主管并恢复供热");
    assert_eq!(read(app, &serious).await["status"], "in_progress");
    app.post("team_leader", &path, end()).await.refused(409, "invalid_state");
    let close = format!("/v1/incidents/{}/close", id(&incident));
    let open = app.post("team_leader", &close, json!({})).await.refused(409, "children_open");
    assert_eq!(open["context"]["tickets"].as_array().unwrap().len(), 3);
    let detach = json!({ "reason": "与主管爆裂无关" });
    for ticket in [&serious, &waiting, &begun] {
        let out = act(app, "team_leader", ticket, "detach-incident", detach.clone()).await.expect(200);
        assert_eq!(out["incident_id"], json!(null));
    }
    app.later(hours(1));
    act(app, "team_leader", &begun, "detach-incident", detach).await.refused(409, "not_attached");
    assert_eq!(app.post("team_leader", &close, json!({})).await.expect(200)["status"], "closed");
}
}

scenario! {
/// Late tickets ask for the reason of the delay, each for itself.
async fn a_late_ticket_needs_the_reason_of_the_delay(app) {
    let late = leak(app).await;
    let incident = opened(app, json!({})).await;
    app.at("2026-03-02T13:00:00+08:00");
    let path = format!("/v1/incidents/{}/restore", id(&incident));
    let tried = app.post("team_leader", &format!("{path}?dry_run=true"), end()).await.expect(207);
    assert_eq!(tried["results"][0]["code"], "delay_reason_required");
    let reasons = app.get("cs_agent", "/v1/ticket-catalogues?list=delay_reason").await.expect(200);
    let with_reason = kit::with(end(), &json!({ "delay_reason_code": reasons["items"][0]["code"] }));
    app.post("team_leader", &path, with_reason).await.expect(200);
    assert_eq!(read(app, &late).await["delay_reason_code"], reasons["items"][0]["code"]);
}
}

scenario! {
async fn an_incident_that_was_none_lets_its_tickets_go(app) {
    let ticket = leak(app).await;
    let incident = opened(app, json!({ "scope": { "project_ids": [app.fixture.project] } })).await;
    assert_eq!(read(app, &ticket).await["incident_id"], incident["id"]);
    let path = format!("/v1/incidents/{}/cancel", id(&incident));
    app.post("heating_hotline_agent", &path, json!({ "reason": "误报" })).await.refused(403, "forbidden");
    let ended = app.post("cs_supervisor", &path, json!({ "reason": "误报" })).await.expect(200);
    assert_eq!((&ended["status"], &ended["cancel_reason"]), (&json!("closed"), &json!("误报")));
    assert_eq!(read(app, &ticket).await["incident_id"], json!(null));
    assert_eq!(leak(app).await["incident_id"], json!(null));
}
}

scenario! {
async fn a_wider_incident_takes_what_it_explains_only_now(app) {
    let electrical = register(app, json!({ "category_code": "house_quality.electrical" })).await;
    let loose = leak(app).await;
    let incident = opened(app, json!({})).await;
    act(app, "team_leader", &loose, "detach-incident", json!({ "reason": "户内漏水" })).await.expect(200);
    let path = format!("/v1/incidents/{}", id(&incident));
    let change = app.by("team_leader", Method::PATCH, &path).if_match(1);
    let changed = change.json(json!({ "category_codes": ["heating", "house_quality.electrical"], "customer_text": "停电停热" }));
    let changed = changed.send().await.expect(200);
    assert_eq!((&changed["ticket_count"], &changed["category_codes"]), (&json!(1), &json!(["heating", "house_quality.electrical"])));
    assert_eq!(read(app, &electrical).await["customer_text"], "停电停热");
    assert_eq!(read(app, &loose).await["incident_id"], json!(null), "what was taken out by hand stays out");
    // A new classification may bring a case under it.
    let wall = register(app, json!({ "category_code": "house_quality.wall" })).await;
    let moved = act(app, "team_leader", &wall, "classify", json!({ "category_code": "house_quality.electrical" })).await.expect(200);
    assert_eq!(moved["incident_id"], incident["id"]);
}
}

scenario! {
async fn an_incident_names_what_it_reaches(app) {
    let post = async |with: Value| app.post("team_leader", "/v1/incidents", burst(app, with)).await;
    let refused = post(json!({ "scope": {} })).await.refused(422, "required");
    assert_eq!(refused["errors"][0]["pointer"], "/scope");
    post(json!({ "category_codes": ["nothing_such"] })).await.refused(422, "invalid_enum");
    post(json!({ "category_codes": [] })).await.expect(422);
    post(json!({ "scope": { "building_ids": ["01890000-0000-7000-8000-000000000000"] } })).await.refused(422, "not_found");
    post(json!({ "started_at": "2026-03-02T09:00:00+08:00" })).await.refused(422, "date_in_future");
    post(json!({ "expected_restore_at": "2026-03-02T06:00:00+08:00" })).await.refused(422, "date_order");
    let station = json!({ "scope": { "station_org_unit_ids": [app.fixture.units["STATION"]] } });
    let made = app.post("heating_station_head", "/v1/incidents", burst(app, station)).await.expect(201);
    app.get("heating_hotline_agent", &format!("/v1/incidents/{}", id(&made))).await.expect(200);
    app.get("cs_agent", &format!("/v1/incidents/{}", id(&made))).await.refused(404, "not_found");
}
}
