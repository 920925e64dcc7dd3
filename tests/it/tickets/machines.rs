//! Machines at the desk: the telephone system tells of calls and the tickets they belong to, a website of new cases.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id};

/// A machine of some projects, signed in.
async fn machine(app: &TestApp, role: &str, projects: Value) -> String {
    let client = json!({ "client_id": "pbx", "name": "接口", "role": role, "project_ids": projects });
    let made = app.by("system_admin", Method::POST, "/v1/clients").json(client).send().await.expect(201);
    let secret = made["client_secret"].as_str().unwrap();
    let form = format!("grant_type=client_credentials&client_id=pbx&client_secret={secret}");
    let tokens = app.call(Method::POST, "/v1/auth/token").form(&form).send().await.expect(200);
    format!("Bearer {}", tokens["access_token"].as_str().unwrap())
}

async fn tell(app: &TestApp, bearer: &str, path: &str, body: Value) -> Answer {
    app.call(Method::POST, path).header("Authorization", bearer).json(body).send().await
}

scenario! {
/// It links calls with whatever ticket it is told of (roles: call ↔ ticket link).
async fn the_telephone_system_links_calls_with_tickets(app) {
    let (first, second) = (register(app, json!({})).await, register(app, json!({})).await);
    let bearer = machine(app, "telephone_client", json!([])).await;
    let call = json!({ "direction": "in", "channel_code": "hotline", "ring_started_at": "2026-03-02T07:59:00+08:00",
        "answered_at": "2026-03-02T07:59:05+08:00", "result": "answered", "ticket_ids": [first["id"]] });
    let call = tell(app, &bearer, "/v1/calls", call).await.expect(201);
    assert_eq!(call["ticket_ids"], json!([first["id"]]));
    let link = format!("/v1/calls/{}/link", id(&call));
    let linked = tell(app, &bearer, &link, json!({ "ticket_id": second["id"] })).await.expect(200);
    assert_eq!(linked["ticket_ids"].as_array().unwrap().len(), 2);
    // What others recorded of those tickets is not its own.
    let theirs = json!({ "direction": "in", "channel_code": "hotline", "ring_started_at": "2026-03-02T07:50:00+08:00",
        "result": "lost", "ticket_ids": [first["id"]] });
    app.post("cs_agent", "/v1/calls", theirs).await.expect(201);
    let seen = app.call(Method::GET, "/v1/calls").header("Authorization", &bearer).send().await.expect(200);
    assert_eq!(seen["items"].as_array().unwrap().len(), 1, "{seen}");
    let nobodys = json!({ "ticket_id": "01890000-0000-7000-8000-000000000000" });
    tell(app, &bearer, &link, nobodys).await.refused(422, "not_found");
    let path = format!("/v1/tickets/{}", id(&first));
    let read = app.call(Method::GET, &path).header("Authorization", &bearer).send().await;
    read.refused(403, "forbidden");
}
}

scenario! {
/// An interface registers cases of its own projects, whichever way the place is named (roles: scope = its `project_ids`).
async fn an_interface_registers_cases_of_its_own_projects(app) {
    let project = json!({ "code": "XC", "name": "新城" });
    let other = app.post("system_admin", "/v1/projects", project).await.expect(201);
    let building = json!({ "project_id": other["id"], "code": "9", "name": "9号楼" });
    let tower = app.post("system_admin", "/v1/buildings", building).await.expect(201);
    let bearer = machine(app, "integration_client", json!([app.fixture.project])).await;
    let case = |place: Value| {
        let body = json!({ "channel_code": "web", "kind": "complaint", "category_code": "property_service",
            "place_kind": "none", "description": "楼道灯坏了一周没人修",
            "requester": { "name": "周小雨", "phone": "13700002222" } });
        crate::kit::with(body, &place)
    };
    for (place, pointer) in [
        (json!({ "project_id": other["id"] }), "/project_id"),
        (json!({ "building_id": tower["id"] }), "/building_id"),
    ] {
        let refused = tell(app, &bearer, "/v1/tickets", case(place)).await.refused(422, "not_found");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let own = case(json!({ "building_id": app.fixture.building }));
    let made = tell(app, &bearer, "/v1/tickets", own.clone()).await.expect(201);
    assert_eq!(made["project_id"], json!(app.fixture.project));
    // What it wrote under its own key it writes anew.
    let put = async |body: Value| {
        let call = app.call(Method::PUT, "/v1/tickets/by-external-id/site/77");
        call.header("Authorization", &bearer).json(body).send().await
    };
    let written = put(own.clone()).await.expect(201);
    let anew = put(crate::kit::with(own, &json!({ "description": "楼道灯修好了又坏" }))).await.expect(200);
    assert_eq!((&anew["id"], &anew["description"]), (&written["id"], &json!("楼道灯修好了又坏")));
}
}
