//! The customer himself: what he may say, see, and ask for again (TK-R02, R08, R17, R25).

use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{self, Answer, TestApp, id};

fn own(with: Value) -> Value {
    let body = json!({ "channel_code": "app", "kind": "complaint", "category_code": "property_service",
        "place_kind": "none", "description": "楼道灯坏了一周没人修" });
    kit::with(body, &with)
}

async fn tell(app: &TestApp, with: Value) -> Answer {
    app.post("customer", "/v1/tickets", own(with)).await
}

async fn read(app: &TestApp, who: &str, ticket: &Value) -> Answer {
    app.get(who, &format!("/v1/tickets/{}", id(ticket))).await
}

scenario! {
async fn he_registers_for_himself_and_decides_nothing(app) {
    for field in [
        json!({ "severity": "major" }),
        json!({ "received_at": "2026-03-02T07:30:00+08:00" }),
        json!({ "assignee_id": app.fixture.staff["cs_agent"] }),
        json!({ "authority_due_at": "2026-03-03T08:00:00+08:00" }),
    ] {
        tell(app, field).await.refused(422, "unknown_field");
    }
    tell(app, json!({ "channel_code": "walk_in" })).await.refused(422, "invalid_enum");
    tell(app, json!({ "customer_id": app.fixture.other_customer })).await.refused(422, "not_found");
    let ticket = tell(app, json!({})).await.expect(201);
    assert_eq!(ticket["customer_id"], json!(app.fixture.customer));
    assert_eq!(ticket["received_at"], "2026-03-02T08:00:00+08:00");
    assert_eq!(ticket["due_at"], "2026-03-03T08:00:00+08:00");
    for hidden in ["assignee_id", "opinion", "observers", "policy_code", "responsible_org_unit_id"] {
        assert!(ticket.get(hidden).is_none(), "{hidden} in {ticket}");
    }
}
}

scenario! {
async fn another_customers_case_does_not_exist(app) {
    let theirs = register(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let mine = register(app, json!({})).await;
    read(app, "customer", &theirs).await.refused(404, "not_found");
    for action in ["chase", "rate", "reopen", "withdraw"] {
        let body = match action {
            "chase" => json!({}),
            "rate" => json!({ "rating": 5 }),
            _ => json!({ "reason": "不满意" }),
        };
        act(app, "customer", &theirs, action, body).await.refused(404, "not_found");
    }
    let comments = format!("/v1/tickets/{}/comments", id(&theirs));
    app.get("customer", &comments).await.refused(404, "not_found");
    app.post("customer", &comments, json!({ "text": "你好" })).await.refused(404, "not_found");
    let list = app.get("customer", "/v1/tickets").await.expect(200);
    let seen: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|row| &row["id"]).collect();
    assert_eq!(seen, [&mine["id"]]);
    app.get("customer", &format!("/v1/tickets/{}/deadlines", id(&mine))).await.refused(403, "forbidden");
}
}

scenario! {
async fn he_reads_the_comments_meant_for_him(app) {
    let ticket = register(app, json!({})).await;
    let path = format!("/v1/tickets/{}/comments", id(&ticket));
    let say = async |who: &str, body: Value| app.post(who, &path, body).await;
    let silent = say("cs_agent", json!({ "text": "客户情绪激动" })).await.expect(201);
    assert_eq!(silent["visibility"], "internal");
    app.later(chrono::TimeDelta::minutes(1));
    say("cs_agent", json!({ "text": "已安排师傅上门", "visibility": "customer" })).await.expect(201);
    app.later(chrono::TimeDelta::minutes(1));
    say("customer", json!({ "text": "内部", "visibility": "internal" })).await.refused(422, "invalid_enum");
    let mine = say("customer", json!({ "text": "请下午来" })).await.expect(201);
    assert_eq!(mine["visibility"], "customer");
    let texts = async |who: &str| {
        let list = app.get(who, &path).await.expect(200);
        let items = list["items"].as_array().unwrap().clone();
        items.into_iter().map(|row| row["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(texts("customer").await, ["已安排师傅上门", "请下午来"]);
    assert_eq!(texts("cs_agent2").await, ["客户情绪激动", "已安排师傅上门", "请下午来"]);
    let history = app.get("customer", &format!("/v1/tickets/{}/history", id(&ticket))).await;
    assert!(!String::from_utf8(history.bytes).unwrap().contains("客户情绪激动"));
}
}

scenario! {
async fn he_follows_the_steps_and_knows_the_handler(app) {
    let ticket = replied(app, json!({})).await;
    let path = format!("/v1/tickets/{}/progress", id(&ticket));
    let progress = app.get("customer", &path).await.expect(200);
    let steps = progress["steps"].as_array().unwrap();
    let steps: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["registered", "assigned", "started", "resolved", "replied"]);
    assert_eq!(progress["handler"]["number"], "cs_agent");
    assert_eq!(progress["callback_due_at"], "2026-03-04T08:00:00+08:00");
    let list = app.get("customer", &format!("/v1/callbacks?ticket_id={}", id(&ticket))).await.expect(200);
    let row = &list["items"][0];
    assert_eq!(row["due_at"], "2026-03-04T08:00:00+08:00");
    assert!(row.get("attempts").is_none() && row.get("caller_id").is_none(), "{row}");
}
}

scenario! {
async fn he_chases_every_four_hours(app) {
    let ticket = tell(app, json!({})).await.expect(201);
    act(app, "customer", &ticket, "chase", json!({})).await.expect(200);
    app.later(chrono::TimeDelta::seconds(4 * 3_600 - 1));
    act(app, "customer", &ticket, "chase", json!({})).await.refused(409, "chased_recently");
    app.later(chrono::TimeDelta::seconds(1));
    let chased = act(app, "customer", &ticket, "chase", json!({})).await.expect(200);
    assert_eq!(chased["chase_count"], 2);
    app.later(hours(4));
    act(app, "customer", &ticket, "chase", json!({})).await.expect(200);
    let history = app.get("company_leader", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200);
    assert_eq!(history["items"].as_array().unwrap().last().unwrap()["data"]["lead_informed"], true);
}
}

scenario! {
/// A desk's reminder does not keep the customer from his own.
async fn the_desks_reminder_is_not_his(app) {
    let ticket = register(app, json!({})).await;
    act(app, "cs_agent", &ticket, "chase", json!({})).await.expect(200);
    act(app, "cs_agent2", &ticket, "escalate", json!({ "reason": "客户着急" })).await.expect(200);
    app.later(hours(1));
    act(app, "customer", &ticket, "chase", json!({})).await.expect(200);
    app.later(hours(1));
    act(app, "customer", &ticket, "chase", json!({})).await.refused(409, "chased_recently");
    act(app, "cs_agent", &ticket, "chase", json!({})).await.expect(200);
}
}

scenario! {
async fn he_rates_once_a_cycle(app) {
    let ticket = started(app, json!({})).await;
    let rate = async |rating: i64| act(app, "customer", &ticket, "rate", json!({ "rating": rating })).await;
    rate(5).await.refused(409, "invalid_state");
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    rate(6).await.refused(422, "out_of_range");
    assert_eq!(rate(2).await.expect(200)["rating"], 2);
    app.later(hours(1));
    rate(5).await.refused(409, "already_rated");
    let waiting = callback(app, &ticket).await;
    let path = format!("/v1/callbacks/{waiting}");
    assert_eq!(app.get("cs_agent2", &path).await.expect(200)["priority"], "high");
    app.post("cs_agent2", &format!("{path}/complete"), said("not_satisfied")).await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    assert_eq!(rate(4).await.expect(200)["rating"], 4);
}
}

scenario! {
async fn he_reopens_until_the_tenth_day(app) {
    let (first, second) = (closed(app, json!({})).await, closed(app, json!({})).await);
    app.at("2026-03-12T23:59:59+08:00");
    let again = act(app, "customer", &first, "reopen", json!({ "reason": "窗户又漏风" })).await.expect(200);
    assert_eq!((&again["status"], &again["cycle"]), (&json!("in_progress"), &json!(2)));
    assert_eq!(again["reopen_count"], 1);
    assert_eq!(again["due_at"], "2026-03-14T23:59:59+08:00");
    app.at("2026-03-13T00:00:00+08:00");
    let late = act(app, "customer", &second, "reopen", json!({ "reason": "窗户又漏风" })).await;
    late.refused(409, "reopen_window_closed");
}
}

scenario! {
async fn he_takes_his_case_back_until_it_is_solved(app) {
    let ticket = tell(app, json!({})).await.expect(201);
    let back = act(app, "customer", &ticket, "withdraw", json!({ "reason": "已自行解决" })).await.expect(200);
    assert_eq!((&back["status"], &back["due_at"]), (&json!("withdrawn"), &json!(null)));
    let ticket = replied(app, json!({})).await;
    let late = act(app, "customer", &ticket, "withdraw", json!({ "reason": "不需要了" })).await;
    late.refused(409, "invalid_state");
    let ticket = register(app, json!({})).await;
    act(app, "cs_agent", &ticket, "withdraw", json!({ "reason": "客户要求" })).await.refused(422, "required");
    assert_eq!(clock(app, &ticket, "handle").await["outcome"], "running");
    let proof = document(app, "cs_agent").await;
    let body = json!({ "reason": "客户要求", "proof_document_id": proof });
    act(app, "cs_agent", &ticket, "withdraw", body).await.expect(200);
    assert_eq!(clock(app, &ticket, "handle").await["outcome"], "void");
}
}

scenario! {
/// Whose unit was sold reports nothing in it any more.
async fn he_reports_in_the_unit_he_owns(app) {
    let owners = format!("/v1/units/{}/owners", app.fixture.unit);
    let owned = |to: Value| json!({ "customer_id": app.fixture.customer, "from": "2025-06-01", "to": to });
    app.post("cs_clerk", &owners, owned(Value::Null)).await.expect(201);
    let window = json!({ "kind": "repair", "category_code": "house_quality.door_window", "place_kind": "unit",
        "unit_id": app.fixture.unit });
    tell(app, window.clone()).await.expect(201);
    app.post("cs_clerk", &owners, owned(json!("2026-02-28"))).await.expect(201);
    let sold = tell(app, window).await.refused(422, "not_found");
    assert_eq!(sold["errors"][0]["pointer"], "/unit_id");
}
}

scenario! {
/// Who had two files reads the cases of both once they are one, and those of his own when they are apart again.
async fn he_reads_the_cases_of_a_file_merged_into_his(app) {
    let other = app.fixture.other_customer;
    let case = register(app, json!({ "customer_id": other })).await;
    read(app, "customer", &case).await.refused(404, "not_found");
    let file = format!("/v1/customers/{other}");
    let into = json!({ "target_id": app.fixture.customer, "reason": "同一人" });
    app.post("cs_supervisor", &format!("{file}/merge"), into).await.expect(200);
    assert_eq!(read(app, "customer", &case).await.expect(200)["customer_id"], json!(other));
    app.post("cs_supervisor", &format!("{file}/unmerge"), json!({})).await.expect(200);
    read(app, "customer", &case).await.refused(404, "not_found");
}
}
