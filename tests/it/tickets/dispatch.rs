//! Dispatch: to whom a ticket goes, why, and when it is tried again (TK-04, TK-R16).

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tickets::dispatch::waiting;

use super::desk::*;
use super::{portfolio, rosters};
use crate::kit::{TestApp, id};

/// Gives somebody the skill of house quality and a capacity.
async fn able(app: &TestApp, name: &str, capacity: i64) {
    let path = format!("/v1/staff/{}", app.fixture.staff[name]);
    let row = app.get("hr_officer", &path).await.expect(200);
    let body = json!({ "skills": [{ "category": "house_quality", "level": 4 }, { "category": "heating", "level": 3 }],
        "daily_capacity": capacity });
    let call = app.by("hr_officer", Method::PATCH, &path).if_match(row["version"].as_i64().unwrap());
    call.json(body).send().await.expect(200);
}

async fn switched(app: &TestApp, on: bool) {
    let body = json!({ "value": on, "valid_from": kernel::time::business_day(app.now()), "reason": "试行" });
    let path = "/v1/parameters/tickets.dispatch.enabled";
    app.by("system_admin", Method::PUT, path).json(body).send().await.expect(200);
}

/// Makes the desk answer for what concerns the house.
async fn desk_answers(app: &TestApp) {
    let path = "/v1/ticket-classifications?kind=repair&category_code=house_quality.door_window&place_kind=unit";
    let rows = app.get("cs_supervisor", path).await.expect(200);
    let row = &rows["items"][0];
    let call = app.by("cs_supervisor", Method::PATCH, &format!("/v1/ticket-classifications/{}", id(row)));
    let body = json!({ "responsible": { "rule": "desk" }, "handler_roles": ["cs_agent", "service_rep"] });
    call.if_match(row["version"].as_i64().unwrap()).json(body).send().await.expect(200);
}

async fn explained(app: &TestApp, ticket: &Value) -> Value {
    app.get("team_leader", &format!("/v1/tickets/{}/assignment-explanation", id(ticket))).await.expect(200)
}

async fn read(app: &TestApp, ticket: &Value) -> Value {
    app.get("team_leader", &format!("/v1/tickets/{}", id(ticket))).await.expect(200)
}

/// By hand, at a time, so many tickets to somebody.
async fn given(app: &TestApp, name: &str, count: usize, at: &str) {
    app.at(at);
    for _ in 0..count {
        let ticket = register(app, json!({})).await;
        act(app, "team_leader", &ticket, "assign", json!({ "staff_id": app.fixture.staff[name] })).await.expect(200);
        app.later(TimeDelta::milliseconds(1));
    }
}

scenario! {
/// TK-E11: equal shares go to who waited longer; the others are told why not.
async fn tk_e11_the_longer_without_gets_it(app) {
    desk_answers(app).await;
    switched(app, false).await;
    for (name, capacity) in [("cs_agent", 10), ("cs_agent2", 5), ("cs_agent3", 20), ("service_rep", 4)] {
        able(app, name, capacity).await;
    }
    given(app, "cs_agent2", 2, "2026-03-03T08:00:00+08:00").await;
    given(app, "cs_agent", 4, "2026-03-03T08:30:00+08:00").await;
    given(app, "cs_agent3", 2, "2026-03-03T08:40:00+08:00").await;
    given(app, "service_rep", 4, "2026-03-03T08:50:00+08:00").await;
    // Tuesday: three on early duty, cs_agent3 comes in the evening.
    let day = json!({ "from": "2026-03-03", "days": 1, "pattern": ["a", "a", "c", "a"] });
    rosters::published(app, day).await;
    app.at("2026-03-03T09:30:00+08:00");
    let ticket = register(app, json!({})).await;
    assert_eq!(ticket["status"], "registered");
    let live = explained(app, &ticket).await;
    assert_eq!((&live["decided_at"], &live["chosen_staff_id"]), (&json!(null), &json!(null)));
    let done = act(app, "team_leader", &ticket, "auto-assign", json!({})).await.expect(200);
    assert_eq!((&done["status"], &done["assignee_id"]), (&json!("assigned"), &json!(app.fixture.staff["cs_agent2"])));
    app.later(hours(1));
    let why = explained(app, &ticket).await;
    assert_eq!((&why["chosen_staff_id"], &why["weight"]), (&done["assignee_id"], &json!(1)));
    let rows: Vec<Value> = why["candidates"].as_array().unwrap().iter()
        .map(|one| json!([one["number"], one["load"], one["capacity"], one["reason"], one["rank"]])).collect();
    assert_eq!(rows, [json!(["cs_agent2", 2, 5, null, 1]), json!(["cs_agent", 4, 10, null, 2]),
        json!(["cs_agent3", 2, 20, "off_shift", null]), json!(["service_rep", 4, 4, "at_capacity", null])]);
    act(app, "team_leader", &ticket, "auto-assign", json!({})).await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_ticket_is_dispatched_as_it_is_registered(app) {
    desk_answers(app).await;
    let before = register(app, json!({})).await;
    assert_eq!(before["status"], "registered", "nobody has the skill");
    let reasons = explained(app, &before).await;
    assert!(reasons["candidates"].as_array().unwrap().iter().all(|one| one["reason"] == "no_skill"));
    able(app, "cs_agent", 20).await;
    let ticket = register(app, json!({})).await;
    assert_eq!((&ticket["status"], &ticket["assignee_id"]), (&json!("assigned"), &json!(app.fixture.staff["cs_agent"])));
    let complaint = json!({ "complained_staff_id": app.fixture.staff["cs_agent"] });
    let spared = register(app, complaint).await;
    assert_eq!(spared["status"], "registered");
    assert_eq!(explained(app, &spared).await["candidates"].as_array().unwrap().iter()
        .find(|one| one["number"] == "cs_agent").unwrap()["reason"], "complained_person");
    let foreign = register(app, json!({ "category_code": "heating.leak" })).await;
    act(app, "heating_hotline_agent", &foreign, "auto-assign", json!({})).await.refused(404, "not_found");
    act(app, "cs_agent2", &spared, "auto-assign", json!({})).await.refused(403, "forbidden");
}
}

scenario! {
/// Tickets of a file wait for the next look at the queue, so that a long file keeps nobody else's waiting.
async fn tickets_of_a_file_are_dispatched_after_it(app) {
    desk_answers(app).await;
    able(app, "cs_agent", 20).await;
    let file = "channel_code,kind,category_code,place_kind,description,requester_name,requester_phone,project_code,building_code,room_no,external_id\n\
        walk_in,repair,house_quality.door_window,unit,卧室窗户关不严夜里漏风,钱三,13511112222,HP,3,3-2-1201,T-1\n";
    let call = app.by("cs_agent", Method::POST, "/v1/imports").key("tickets-of-a-file");
    call.parts(&[("kind", "tickets")], "rows.csv", "text/csv", file.as_bytes()).send().await.expect(201);
    let found = app.get("team_leader", "/v1/tickets?status=registered").await.expect(200)["items"][0].clone();
    assert_eq!(found["assignee_id"], Value::Null);
    assert_eq!(waiting::assign_waiting(&app.store).await.unwrap(), 1);
    let ticket = read(app, &found).await;
    assert_eq!((&ticket["status"], &ticket["assignee_id"]), (&json!("assigned"), &json!(app.fixture.staff["cs_agent"])));
}
}

scenario! {
/// Tried again when a shift begins, when a muster finds somebody, when somebody has room; by two processes once.
async fn what_nobody_could_take_is_tried_again(app) {
    desk_answers(app).await;
    able(app, "cs_agent", 2).await;
    let day = json!({ "from": "2026-03-03", "days": 1, "pattern": ["a"], "staff_ids": [app.fixture.staff["cs_agent"]] });
    rosters::published(app, day).await;
    app.at("2026-03-03T08:30:00+08:00");
    let (normal, second, third) = (register(app, json!({})).await, register(app, json!({})).await, register(app, json!({})).await);
    let serious = register(app, json!({ "severity": "serious" })).await;
    assert_eq!(waiting::assign_waiting(&app.store).await.unwrap(), 0);
    app.at("2026-03-03T09:00:00+08:00");
    let other = app.second_store().await;
    let (one, two) = tokio::join!(waiting::assign_waiting(&app.store), waiting::assign_waiting(&other));
    assert_eq!(one.unwrap() + two.unwrap(), 1, "the serious one fills him");
    assert_eq!(read(app, &serious).await["assignee_id"], json!(app.fixture.staff["cs_agent"]));
    assert_eq!(waiting::assign_waiting(&app.store).await.unwrap(), 0);
    act(app, "cs_agent", &serious, "return", json!({ "reason": "材料不全" })).await.expect(200);
    switched(app, false).await;
    assert_eq!(waiting::assign_waiting(&app.store).await.unwrap(), 0);
    app.later(TimeDelta::seconds(1));
    switched(app, true).await;
    act(app, "team_leader", &serious, "assign", json!({ "staff_id": app.fixture.staff["cs_agent2"], "force_reason": "转给他人" })).await.expect(200);
    let muster = json!({ "org_unit_id": app.fixture.units["DESK"], "definition_code": "a", "date": "2026-03-03",
        "rows": [{ "staff_id": app.fixture.staff["cs_agent"], "result": "late" }] });
    app.post("team_leader", "/v1/musters", muster).await.expect(201);
    for ticket in [&normal, &second] {
        assert_eq!(read(app, ticket).await["assignee_id"], json!(app.fixture.staff["cs_agent"]));
    }
    assert_eq!(read(app, &third).await["status"], "registered");
    let history = app.get("team_leader", &format!("/v1/tickets/{}/history", id(&normal))).await.expect(200);
    assert!(history.to_string().contains(r#""auto":true"#));
}
}

scenario! {
/// The customer's own agent comes first, whatever he has on hand, as long as he may get it at all (TK-R16).
async fn tk_r16_whose_customer_it_is_gets_it(app) {
    desk_answers(app).await;
    for name in ["cs_agent", "cs_agent2"] {
        able(app, name, 10).await;
    }
    portfolio::assign(app, &[app.fixture.customer.to_string()], &["cs_agent2"]).await;
    let (agent, owner) = (json!(app.fixture.staff["cs_agent"]), json!(app.fixture.staff["cs_agent2"]));
    let first = register(app, json!({})).await;
    let second = register(app, json!({})).await;
    assert_eq!((&first["assignee_id"], &second["assignee_id"]), (&owner, &owner), "loaded or not");
    let why = explained(app, &second).await;
    let rows: Vec<Value> = why["candidates"].as_array().unwrap()[..2].iter()
        .map(|one| json!([one["number"], one["owner"], one["rank"]])).collect();
    assert_eq!(rows, [json!(["cs_agent2", true, 1]), json!(["cs_agent", false, 2])]);
    let strangers = register(app, json!({ "customer_id": app.fixture.other_customer })).await;
    assert_eq!(strangers["assignee_id"], agent, "of nobody's customers to who has less");
    let spared = register(app, json!({ "complained_staff_id": app.fixture.staff["cs_agent2"] })).await;
    assert_eq!(spared["assignee_id"], agent);
    // Waiting tickets are judged the same way.
    switched(app, false).await;
    let waiting_one = register(app, json!({})).await;
    app.later(TimeDelta::seconds(1));
    switched(app, true).await;
    assert_eq!(waiting::assign_waiting(&app.store).await.unwrap(), 1);
    assert_eq!(read(app, &waiting_one).await["assignee_id"], owner);
    let body = json!({ "value": false, "valid_from": kernel::time::business_day(app.now()), "reason": "试行" });
    let path = "/v1/parameters/tickets.dispatch.prefer_owner";
    app.by("system_admin", Method::PUT, path).json(body).send().await.expect(200);
    let even = register(app, json!({})).await;
    assert_eq!(even["assignee_id"], agent, "by load alone");
    assert!(explained(app, &even).await["candidates"].as_array().unwrap().iter().all(|one| one["owner"] == false));
}
}
