//! The registers of inspection: which case an agreement belongs to (HS-R62).

use serde_json::json;

use super::desk::*;
use crate::kit::id;
use crate::tickets::desk::document;

scenario! {
/// Drafted for a case and signed before the case is settled by it.
async fn an_agreement_stands_beside_the_case_it_was_drafted_for(app) {
    let home = household(app, json!({})).await;
    let case = found(app, &home, json!({})).await;
    let item = json!({ "kind": "basement", "area_m2": "21.40", "height_m": "2.35" });
    let body = json!({ "household_id": home["id"], "case_id": case["id"], "kind": "supplement", "items": [item],
        "charge_from": "2025-12-05" });
    let paper = app.post(INSPECTOR, "/v1/heat-agreements", body).await.expect(201);
    let path = format!("/v1/heat-agreements/{}", id(&paper));
    app.post(MANAGER, &format!("{path}/approve"), json!({})).await.expect(200);
    let signed = json!({ "document_id": document(app, INSPECTOR).await });
    app.post(INSPECTOR, &format!("{path}/sign"), signed).await.expect(200);
    let register = "/v1/reports/heating/agreement-register?from=2026-03-01&to=2026-03-31";
    let report = app.get(INSPECTOR, register).await.expect(200);
    let row = &report["rows"][0];
    assert_eq!((&row[0]["value"], &row[6]["value"]), (&case["number"], &paper["number"]));
}
}
