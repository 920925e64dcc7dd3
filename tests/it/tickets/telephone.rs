//! The telephone system: it tells of calls and of the tickets they belong to, and reads none.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id};

/// A telephone system of no project, signed in.
async fn exchange(app: &TestApp) -> String {
    let client = json!({ "client_id": "pbx", "name": "呼叫系统", "role": "telephone_client" });
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
    let bearer = exchange(app).await;
    let call = json!({ "direction": "in", "channel_code": "hotline", "ring_started_at": "2026-03-02T07:59:00+08:00",
        "answered_at": "2026-03-02T07:59:05+08:00", "result": "answered", "ticket_ids": [first["id"]] });
    let call = tell(app, &bearer, "/v1/calls", call).await.expect(201);
    assert_eq!(call["ticket_ids"], json!([first["id"]]));
    let link = format!("/v1/calls/{}/link", id(&call));
    let linked = tell(app, &bearer, &link, json!({ "ticket_id": second["id"] })).await.expect(200);
    assert_eq!(linked["ticket_ids"].as_array().unwrap().len(), 2);
    let nobodys = json!({ "ticket_id": "01890000-0000-7000-8000-000000000000" });
    tell(app, &bearer, &link, nobodys).await.refused(422, "not_found");
    let path = format!("/v1/tickets/{}", id(&first));
    let read = app.call(Method::GET, &path).header("Authorization", &bearer).send().await;
    read.refused(403, "forbidden");
}
}
