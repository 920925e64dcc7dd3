//! Why a role may or may not do something to a row (platform §3).

use serde_json::{Value, json};

use crate::heating::desk::{HEAD, HOTLINE, household};
use crate::kit::{TestApp, id};
use crate::tickets::desk::{document, register, started};
use crate::tickets::requests::request;

async fn rule(app: &TestApp, role: &str, permission: &str, resource: &str, id: &str) -> Value {
    let body = json!({ "role": role, "permission": permission, "resource": { "resource": resource, "id": id } });
    app.post("system_admin", "/v1/access/explain", body).await.expect(200)["rule"].clone()
}

scenario! {
/// It is the role that is judged, and neither who asks nor who exactly would do it.
async fn the_role_is_judged_and_not_who_asks(app) {
    let ticket = register(app, json!({})).await;
    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
    crate::tickets::desk::act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    let ticket = id(&ticket);
    assert_eq!(rule(app, "cs_agent", "tickets.ticket:start", "ticket", &ticket).await, Value::Null);
    assert_eq!(rule(app, "finance_officer", "tickets.ticket:start", "ticket", &ticket).await, "permission");
    let running = id(&started(app, json!({})).await);
    assert_eq!(rule(app, "cs_agent", "tickets.ticket:start", "ticket", &running).await, "state");
}
}

scenario! {
async fn rows_of_every_domain_are_explained(app) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    assert_eq!(rule(app, HEAD, "heating.temperature:measure", "temperature_case", &id(&case)).await, Value::Null);
    assert_eq!(rule(app, HEAD, "heating.temperature:remedy", "temperature_case", &id(&case)).await, "state");
    assert_eq!(rule(app, HEAD, "heating.household:read", "household", &id(&home)).await, Value::Null);
    let papers = json!({ "title": "图纸", "kind": "drawing", "originals": 1 });
    let papers = app.post("cs_specialist", "/v1/custody-items", papers).await.expect(201);
    assert_eq!(rule(app, "cs_specialist", "platform.custody:hand_over", "custody_item", &id(&papers)).await, Value::Null);
    assert_eq!(rule(app, "cs_specialist", "platform.custody:receive", "custody_item", &id(&papers)).await, "state");
    let photo = document(app, "cs_agent").await;
    assert_eq!(rule(app, "system_admin", "platform.document:read", "document", &photo).await, Value::Null);
    let nothing = uuid::Uuid::now_v7().to_string();
    assert_eq!(rule(app, HEAD, "heating.outage:read", "outage", &nothing).await, "scope");
    let body = json!({ "permission": "platform.staff:read", "resource": { "resource": "weather", "id": nothing } });
    app.post("system_admin", "/v1/access/explain", body).await.refused(422, "invalid_enum");
}
}

scenario! {
/// Every resource there is can be asked about; of a row that is nowhere the scope refuses.
async fn every_resource_is_explained(app) {
    let nothing = uuid::Uuid::now_v7();
    let known: Vec<_> = app.state.api.judges.keys().collect();
    assert!(known.len() > 90, "{known:?}");
    for resource in known {
        let body = json!({ "permission": "platform.me:read", "resource": { "resource": resource, "id": nothing } });
        let told = app.post("system_admin", "/v1/access/explain", body).await.expect(200);
        assert_eq!(told["rule"], "scope", "{resource}");
    }
    let asked = request(app, "application", json!({}));
    let asked = app.post("cs_agent", "/v1/service-requests", asked).await.expect(201);
    assert_eq!(rule(app, "cs_agent", "tickets.service_request:complete", "service_request", &id(&asked)).await, "state");
}
}

scenario! {
/// PF-04: who measures a home may call its holder; nobody else, and not when the case is over.
async fn the_holder_behind_an_open_temperature_case_is_clear(app) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let ask = json!({ "resource": "temperature_case", "id": id(&case), "reason": "约测温时间" });
    let clear = app.post(HEAD, "/v1/contacts/reveal", ask.clone()).await.expect(200);
    assert_eq!((&clear["name"], &clear["phone"]), (&json!("王小明"), &json!("13800135678")));
    assert!(clear["address"].as_str().unwrap().contains("1201"));
    app.post("cs_agent", "/v1/contacts/reveal", ask.clone()).await.refused(404, "not_found");
    let journal = app.get("system_admin", "/v1/journal-entries?limit=200").await.expect(200);
    let told = journal["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == "contact.revealed");
    assert_eq!(told.count(), 1);
    assert!(!journal.to_string().contains("13800135678"));
    let cancel = json!({ "reason": "用户撤回" });
    app.post(HOTLINE, &format!("/v1/temperature-cases/{}/cancel", id(&case)), cancel).await.expect(200);
    app.post(HEAD, "/v1/contacts/reveal", ask).await.refused(404, "not_found");
}
}
