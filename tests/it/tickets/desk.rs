//! Building blocks of a day at the desk.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::kit::{self, TestApp, id};

/// A report as the desk takes it down, to be changed by `with`.
pub fn report(app: &TestApp, with: Value) -> Value {
    let body = json!({
        "channel_code": "walk_in", "kind": "repair", "category_code": "house_quality.door_window", "place_kind": "unit",
        "description": "卧室窗户关不严,夜里漏风", "customer_id": app.fixture.customer, "unit_id": app.fixture.unit,
    });
    kit::with(body, &with)
}

/// Registers a ticket as cs_agent.
pub async fn register(app: &TestApp, with: Value) -> Value {
    app.post("cs_agent", "/v1/tickets", report(app, with)).await.expect(201)
}

/// An act of somebody on a ticket.
pub async fn act(app: &TestApp, who: &str, ticket: &Value, action: &str, body: Value) -> crate::kit::Answer {
    let path = format!("/v1/tickets/{}/{action}", id(ticket));
    let key = format!("{}-{action}-{}", id(ticket), app.now().timestamp_micros());
    app.by(who, Method::POST, &path).key(&key).json(body).send().await
}

/// Registered, assigned to cs_agent and started by him.
pub async fn started(app: &TestApp, with: Value) -> Value {
    let ticket = register(app, with).await;
    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    act(app, "cs_agent", &ticket, "start", json!({})).await.expect(200)
}

/// A solution good enough.
pub fn solution() -> Value {
    json!({ "solution": "更换密封条并调整合页", "root_cause_code": "wear" })
}

/// An answer to the customer good enough.
pub fn answer() -> Value {
    json!({ "method": "phone", "spoke_to": "本人", "identity_check": { "method": "phone_number", "passed": true },
        "introduced": true, "content": "已更换密封条,请查看", "response": "accepted" })
}

/// Started, resolved and answered by cs_agent.
pub async fn replied(app: &TestApp, with: Value) -> Value {
    let ticket = started(app, with).await;
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200)
}

/// The only pending callback of a ticket.
pub async fn callback(app: &TestApp, ticket: &Value) -> String {
    let list =
        app.get("cs_agent2", &format!("/v1/callbacks?ticket_id={}&status=pending", id(ticket))).await.expect(200);
    id(&list["items"][0])
}

/// What the customer himself says in a callback.
pub fn said(outcome: &str) -> Value {
    let mut body = json!({ "outcome": outcome, "answered_by": { "relation": "self", "name": "王小明" },
        "identity_check": { "method": "phone_number", "passed": true }, "introduced": true, "convenient": true });
    if outcome == "not_satisfied" {
        body["opinion"] = json!("窗户还是漏风");
    }
    body
}

/// The clock of a name in the explained deadlines.
pub async fn clock(app: &TestApp, ticket: &Value, name: &str) -> Value {
    let path = format!("/v1/tickets/{}/deadlines", id(ticket));
    let explained = app.get("team_leader", &path).await.expect(200);
    let found = explained["clocks"].as_array().unwrap().iter().rfind(|clock| clock["clock"] == name);
    found.unwrap_or_else(|| panic!("no clock {name} in {explained}")).clone()
}

/// A small file, attached by id.
pub async fn document(app: &TestApp, who: &str) -> String {
    let content = format!("proof {}", app.now().timestamp_micros());
    let call = app.by(who, Method::POST, "/v1/documents").file("证明.txt", "text/plain", content.as_bytes());
    let answer = call.send().await;
    id(&answer.expect(201))
}

/// Hours as a time delta.
pub fn hours(n: i64) -> TimeDelta {
    TimeDelta::hours(n)
}

/// Answered by cs_agent and closed by a content customer whom cs_agent2 called back.
pub async fn closed(app: &TestApp, with: Value) -> Value {
    let ticket = replied(app, with).await;
    let path = format!("/v1/callbacks/{}/complete", callback(app, &ticket).await);
    app.post("cs_agent2", &path, said("satisfied")).await.expect(200);
    app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200)
}

/// Lets repairs of heating in homes follow a procedure.
pub async fn follow_procedure(app: &TestApp, code: &Value) {
    let path = "/v1/ticket-classifications?kind=repair&category_code=heating&place_kind=unit";
    let rows = app.get("cs_supervisor", path).await.expect(200);
    let row = rows["items"].as_array().unwrap().iter().find(|row| row["category_code"] == "heating").unwrap();
    let path = format!("/v1/ticket-classifications/{}", id(row));
    let call = app.by("cs_supervisor", Method::PATCH, &path).if_match(row["version"].as_i64().unwrap());
    call.json(json!({ "procedure_code": code })).send().await.expect(200);
}
