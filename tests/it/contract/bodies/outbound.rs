//! Calls on what tells others: webhooks, notifications and their texts.

use serde_json::json;

use super::{Ready, change, first, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::desk::{act, register};

pub async fn telling(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let admin = "system_admin";
    let webhook = async || {
        app.store.seal_now().await.unwrap();
        let made = make(app, admin, "/v1/webhooks", json!({ "url": "http://127.0.0.1:9/hook" })).await;
        format!("/v1/webhooks/{}", id(&made))
    };
    match (method, path) {
        ("PATCH", "/v1/webhooks/{id}") => {
            change(app, admin, webhook().await, json!({ "url": "http://127.0.0.1:9/other" })).await
        }
        ("POST", "/v1/webhooks/{id}/test") => ready(admin, webhook().await + "/test", json!({})),
        ("POST", "/v1/webhooks/{id}/replay") => ready(admin, webhook().await + "/replay", json!({ "from": 1 })),
        ("POST", "/v1/notifications/{id}/read") => {
            let ticket = register(app, json!({})).await;
            let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
            act(app, "team_leader", &ticket, "assign", to).await.expect(200);
            app.store.seal_now().await.unwrap();
            ::outbound::notification::derive(&app.store).await.unwrap();
            ready("cs_agent", first(app, "cs_agent", "/v1/notifications").await + "/read", json!({}))
        }
        ("POST", "/v1/notification-templates") => {
            let body =
                json!({ "kind": "ticket_replied", "channel": "sms", "lang": "zh", "body": "诉求{{number}}已答复" });
            ready(admin, path, body)
        }
        _ => None,
    }
}
