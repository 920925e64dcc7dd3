//! What is wrong with a body is told before a stale version and before the state of the row.

use actix_web::http::Method;
use serde_json::json;

use super::desk::*;
use super::lab_desk::{ANALYST, REVIEWER, apparatus, coal, determined, enter, laboratory};
use crate::kit::{TestApp, id, with};

/// An act refused for its body, whatever the version and the state.
async fn told(app: &TestApp, who: &str, path: &str, body: serde_json::Value, code: &str) {
    let stale = app.by(who, Method::POST, path).key(&name()).if_match(99).json(body.clone()).send().await;
    stale.refused(422, code);
    app.post(who, path, body).await.refused(422, code);
}

scenario! {
async fn of_a_valve_a_case_and_an_agreement(app) {
    let home = household(app, json!({})).await;
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let check = json!({ "household_id": home["id"], "season": season["id"], "ground": "unpaid" });
    let check = app.post(INSPECTOR, "/v1/valve-checks", check).await.expect(201);
    let valve = format!("/v1/valve-checks/{}", id(&check));
    told(app, INSPECTOR, &format!("{valve}/recheck"), json!({ "result": "closed" }), "required").await;
    told(app, HEAD, &format!("{valve}/rectify"), json!({ "rectified_at": "2026-03-03T08:00:00+08:00" }), "date_in_future").await;
    let case = format!("/v1/inspection-cases/{}", id(&found(app, &home, json!({})).await));
    let paper = json!({ "kind": "informing", "proof_document_id": uuid::Uuid::nil() });
    told(app, INSPECTOR, &format!("{case}/notices"), paper, "not_found").await;
    told(app, INSPECTOR, &format!("{case}/agree"), json!({ "agreement_id": uuid::Uuid::nil() }), "not_found").await;
    told(app, MANAGER, &format!("{case}/bill"), json!({ "due_on": "2026-03-01" }), "out_of_range").await;
    let draft = json!({ "household_id": home["id"], "kind": "demolition", "charge_from": "2025-12-05" });
    let draft = app.post(INSPECTOR, "/v1/heat-agreements", draft).await.expect(201);
    let agreement = format!("/v1/heat-agreements/{}", id(&draft));
    told(app, INSPECTOR, &format!("{agreement}/sign"), json!({ "document_id": uuid::Uuid::nil() }), "not_found").await;
    let early = json!({ "reason": "恢复原状", "ended_on": "2025-12-04" });
    told(app, INSPECTOR, &format!("{agreement}/end"), early, "date_order").await;
}
}

scenario! {
/// Of a result that takes no more values.
async fn of_a_value(app) {
    let sample = coal(app, &["Mad", "Aad"]).await;
    determined(app, &sample, "Mad", &["3.12", "3.28"]).await;
    let tools = [apparatus(app, "balance").await];
    let raw = json!({ "mass_g": "1.0000", "loss_g": "0.0312" });
    for (body, code) in [
        (json!({ "item": "Mad", "value": "3.13", "raw": raw }), "raw_mismatch"),
        (json!({ "item": "Mad", "value": "3.12", "raw": { "mass_g": "1.0000" } }), "required"),
        (json!({ "item": "Vad", "value": "28.10" }), "not_in_sample"),
    ] {
        enter(app, &sample, with(body, &json!({ "instrument_ids": tools }))).await.refused(422, code);
    }
    let fits = json!({ "item": "Mad", "value": "3.12", "raw": raw, "instrument_ids": tools });
    enter(app, &sample, fits).await.refused(409, "result_complete");
}
}

scenario! {
async fn of_the_laboratory(app) {
    let sample = coal(app, &["Aad"]).await;
    let back = json!({ "items": ["Vad"], "reason": "复查" });
    told(app, REVIEWER, &format!("/v1/lab-samples/{}/return", id(&sample)), back, "not_in_sample").await;
    let split = json!({ "sample_id": sample["id"], "laboratory_id": laboratory(app).await });
    let check = app.post(ANALYST, "/v1/cross-checks", split).await.expect(201);
    let theirs = json!({ "lines": [{ "item": "Aad", "theirs_d": "27.4" }] });
    told(app, ANALYST, &format!("/v1/cross-checks/{}/compare", id(&check)), theirs, "decimals").await;
    // A laboratory that is blacklisted is chosen no more.
    let other = laboratory(app).await;
    let listed = json!({ "reason": "数据造假" });
    app.post("cost_manager", &format!("/v1/suppliers/{other}/blacklist"), listed).await.expect(200);
    let path = format!("/v1/cross-checks/{}/send", id(&check));
    app.post(ANALYST, &path, json!({ "laboratory_id": other })).await.refused(409, "supplier_not_active");
    app.post(ANALYST, &path, json!({})).await.expect(200);
}
}
