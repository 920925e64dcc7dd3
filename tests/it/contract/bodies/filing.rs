//! Calls on filed cases and knowledge articles.

use serde_json::json;

use super::{Ready, change, ready};
use crate::kit::{TestApp, id};
use crate::tickets::desk::{act, closed, register};
use crate::tickets::knowledge::{draft, published};

pub async fn calls(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let article = |row: &serde_json::Value| format!("/v1/knowledge-articles/{}", id(row));
    let submitted = async || {
        let path = article(&draft(app, json!({})).await);
        app.post("cs_agent", &format!("{path}/submit"), json!({})).await.expect(200);
        path
    };
    match (method, path) {
        ("POST", "/v1/case-archives/{id}/verify") => {
            let archive = act(app, "cs_clerk", &closed(app, json!({})).await, "archive", json!({})).await.expect(201);
            ready("cs_supervisor", format!("/v1/case-archives/{}/verify", id(&archive)), json!({}))
        }
        ("POST", "/v1/knowledge-articles") => {
            let body = json!({ "kind": "bulletin", "title": "停水通知口径", "body": "周六八时至十二时停水检修。" });
            ready("cs_agent", path, body)
        }
        ("PATCH", "/v1/knowledge-articles/{id}") => {
            change(app, "cs_agent", article(&draft(app, json!({})).await), json!({ "title": "暖气不热怎么办" })).await
        }
        ("POST", "/v1/knowledge-articles/{id}/submit") => {
            ready("cs_agent", article(&draft(app, json!({})).await) + "/submit", json!({}))
        }
        ("POST", "/v1/knowledge-articles/{id}/publish") => {
            ready("cs_supervisor", submitted().await + "/publish", json!({}))
        }
        ("POST", "/v1/knowledge-articles/{id}/return") => {
            ready("cs_supervisor", submitted().await + "/return", json!({ "reason": "请补充步骤" }))
        }
        ("POST", "/v1/knowledge-articles/{id}/retire") => {
            ready("cs_supervisor", article(&published(app, json!({})).await) + "/retire", json!({}))
        }
        ("POST", "/v1/knowledge-articles/{id}/use") => {
            let body = json!({ "ticket_id": id(&register(app, json!({})).await) });
            ready("cs_agent", article(&published(app, json!({})).await) + "/use", body)
        }
        _ => None,
    }
}
