//! Calls about complaints and their reconciliation: each act brought to where it is allowed.

use serde_json::{Value, json};

use super::{Ready, ready};
use crate::heating::complaints::complaint_of;
use crate::heating::desk::*;
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

async fn complained(app: &TestApp) -> Value {
    station(app, json!({})).await;
    let body = json!({ "channel_code": "walk_in", "kind": "complaint", "category_code": "heating.other",
        "place_kind": "station_area", "station_org_unit_id": app.fixture.units["STATION"],
        "description": "片区供热不足,投诉", "customer_id": app.fixture.customer });
    complaint_of(app, &app.post(HOTLINE, "/v1/tickets", body).await.expect(201)).await
}

/// Complaints.
pub async fn complaints(app: &TestApp, path: &str) -> Option<Ready> {
    let row = format!("/v1/heat-complaints/{}", id(&complained(app).await));
    let proof = document(app, HOTLINE).await;
    let body = json!({ "class": "unfounded", "proof_document_id": proof, "reason": "现场室温达标" });
    if path.ends_with("/propose") {
        return ready(HOTLINE, row + "/propose", body);
    }
    app.post(HOTLINE, &format!("{row}/propose"), body).await.expect(200);
    ready(MANAGER, row + "/decide", json!({ "accepted": false, "reason": "证据不足" }))
}

fn line() -> Value {
    json!({ "channel": "12345", "external_no": name(), "received_at": "2026-03-01T08:00:00+08:00", "content": "家中不热" })
}

/// Official lines and reconciliations.
pub async fn reconciliations(app: &TestApp, path: &str) -> Option<Ready> {
    let period = json!({ "channel": "12345", "from": "2026-03-01", "to": "2026-03-01" });
    match path {
        "/v1/official-lines" => return ready(HOTLINE, path, line()),
        "/v1/complaint-reconciliations" => return ready(HOTLINE, path, period),
        _ => {}
    }
    app.post(HOTLINE, "/v1/official-lines", line()).await.expect(201);
    let row = app.post(HOTLINE, "/v1/complaint-reconciliations", period).await.expect(201);
    let row = format!("/v1/complaint-reconciliations/{}", id(&row));
    if path.ends_with("/close") {
        return ready(MANAGER, row + "/close", json!({}));
    }
    let lines = app.get(HOTLINE, &format!("{row}/lines?class=only_official")).await.expect(200);
    let note = json!({ "line_id": lines["items"][0]["id"], "action": "note", "note": "非本公司区域" });
    ready(HOTLINE, row + "/match", note)
}
