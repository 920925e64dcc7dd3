//! Calls on public assets and cards, trainings, rules and printed figures.

use serde_json::{Value, json};

use super::{Ready, change, ready};
use crate::heating::desk::*;
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

/// A sign of a station of its own.
async fn asset(app: &TestApp) -> Value {
    let body = json!({ "kind": "notice_sign", "station_id": station(app, json!({})).await, "place": "1号楼门厅",
        "installed_on": "2026-03-01" });
    app.post(MANAGER, "/v1/service-assets", body).await.expect(201)
}

pub async fn calls(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    match (method, path) {
        ("POST", "/v1/service-assets") => {
            let place = station(app, json!({})).await;
            ready(MANAGER, path, json!({ "kind": "public_phone", "station_id": place, "place": "大门" }))
        }
        ("PATCH", "/v1/service-assets/{id}") => {
            let row = format!("/v1/service-assets/{}", id(&asset(app).await));
            change(app, MANAGER, row, json!({ "place": "2号楼门厅" })).await
        }
        ("POST", "/v1/service-assets/{id}/remove") => {
            let row = id(&asset(app).await);
            ready(MANAGER, format!("/v1/service-assets/{row}/remove"), json!({ "reason": "破损" }))
        }
        ("POST", "/v1/service-card-movements") => ready(MANAGER, path, json!({ "kind": "printed", "count": 100 })),
        ("POST", "/v1/asset-intake/{token}") => {
            let token = asset(app).await["intake_token"].as_str()?.to_owned();
            let body = json!({ "category": "leak", "text": "一楼管道漏水", "name": "王女士", "phone": "13800001234" });
            ready(MANAGER, format!("/v1/asset-intake/{token}"), body)
        }
        ("POST", "/v1/training-sessions") => {
            let body = json!({ "topic": "测温规范", "on": "2026-03-01", "trainer": "培训中心",
                "attendees": [{ "staff_id": app.fixture.staff[HEAD], "passed": true }] });
            ready(MANAGER, path, body)
        }
        ("POST", "/v1/station-rules") => {
            let paper = document(app, MANAGER).await;
            let body = json!({ "title": "交接班制度", "kind": "process", "document_id": paper, "valid_from": "2026-03-01",
                "readers": [app.fixture.staff[HEAD]] });
            ready(MANAGER, path, body)
        }
        ("POST", "/v1/published-figures") => {
            let body = json!({ "year": 2025, "as_of": "2025-12-20", "key": "outages_total", "value": "40",
                "qualifier": "exact", "text": "40次", "source": "computed" });
            ready(MANAGER, path, body)
        }
        _ => None,
    }
}
