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
