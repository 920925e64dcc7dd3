//! What the desk chooses from, as it is kept, and what becomes of open tickets when it changes (TK-01, TK-R01).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id};

fn combination(with: Value) -> Value {
    let body = json!({ "kind": "suggestion", "category_code": "house_quality.wall", "place_kind": "parking",
        "handler_roles": ["cs_agent"] });
    crate::kit::with(body, &with)
}

async fn created(app: &TestApp, path: &str, body: Value) -> Answer {
    app.post("cs_supervisor", path, body).await
}

scenario! {
/// Spec §3: who answers is a unit or a rule; a named unit needs no rule beside it.
async fn a_named_unit_needs_no_rule(app) {
    let path = "/v1/ticket-classifications";
    created(app, path, combination(json!({ "responsible": {} }))).await.refused(422, "required");
    let named = combination(json!({ "responsible": { "org_unit_id": app.fixture.units["TEAM"] } }));
    let made = created(app, path, named).await.expect(201);
    let unit = json!({ "rule": "org_unit", "org_unit_id": app.fixture.units["TEAM"] });
    assert_eq!(made["responsible"], unit);
    let both = json!({ "place_kind": "none", "responsible": { "rule": "desk", "org_unit_id": app.fixture.units["TEAM"] } });
    created(app, path, combination(both)).await.refused(422, "invalid");
}
}

scenario! {
/// TK-R01: the combination is asked for on receipt; tickets there already go on when it is no longer offered.
async fn tk_r01_a_combination_no_longer_offered_leaves_its_tickets_alone(app) {
    let (ticket, waiting) = (started(app, json!({})).await, register(app, json!({})).await);
    let path = "/v1/ticket-classifications?kind=repair&place_kind=unit&limit=200";
    for row in app.get("cs_supervisor", path).await.expect(200)["items"].as_array().unwrap() {
        let path = format!("/v1/ticket-classifications/{}", id(row));
        let call = app.by("cs_supervisor", Method::PATCH, &path).if_match(row["version"].as_i64().unwrap());
        call.json(json!({ "active": false })).send().await.expect(200);
    }
    app.post("cs_agent", "/v1/tickets", report(app, json!({}))).await.refused(422, "classification_invalid");
    for ticket in [&ticket, &waiting] {
        let path = format!("/v1/tickets/{}", id(ticket));
        app.get("cs_agent", &path).await.expect(200);
        app.get("cs_agent", &format!("{path}/checklist")).await.expect(200);
        app.get("team_leader", &format!("{path}/assignment-explanation")).await.expect(200);
    }
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "team_leader", &waiting, "auto-assign", json!({})).await.expect(200);
    act(app, "team_leader", &waiting, "classify", json!({ "severity": "serious" })).await.expect(200);
    app.later(hours(1));
    let other = json!({ "category_code": "house_quality.wall" });
    act(app, "team_leader", &waiting, "classify", other).await.refused(422, "classification_invalid");
}
}
