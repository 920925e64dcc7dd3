//! Shorthands of the laboratory: samples, instruments, values, reports.

use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id, with};

pub const SAMPLER: &str = "coal_sampler";
pub const ANALYST: &str = "coal_analyst";
pub const REVIEWER: &str = "coal_reviewer";

/// A sample of coal on its way.
pub async fn submitted(app: &TestApp, fields: Value) -> Value {
    let body = json!({ "kind": "coal", "sampling_place": "一号煤场东侧", "batch": "B-7", "seal_no": "F-100",
        "mass_g": "1000.00" });
    app.post(SAMPLER, "/v1/lab-samples", with(body, &fields)).await.expect(201)
}

/// A sample the analyst received, as he sees it.
pub async fn received(app: &TestApp, fields: Value) -> Value {
    let row = submitted(app, fields).await;
    let body = json!({ "seal_no": row["seal_no"], "mass_g": row["mass_g"] });
    app.post(ANALYST, &format!("/v1/lab-samples/{}/receive", id(&row)), body).await.expect(200)
}

/// A sample of coal received for these items.
pub async fn coal(app: &TestApp, items: &[&str]) -> Value {
    received(app, json!({ "items": items })).await
}

/// An instrument in service that needs no calibration.
pub async fn apparatus(app: &TestApp, kind: &str) -> String {
    let body = json!({ "number": name(), "name": "化验仪器", "kind": kind, "org_unit_id": app.fixture.units["HEAT"],
        "needs_calibration": false });
    id(&app.post(MANAGER, "/v1/instruments", body).await.expect(201))
}

/// Enters a value on an instrument of its own.
pub async fn determine(app: &TestApp, sample: &Value, item: &str, value: &str) -> Answer {
    let body = json!({ "instrument_ids": [apparatus(app, "balance").await] });
    enter(app, sample, with(body, &json!({ "item": item, "value": value }))).await
}

/// Enters a value.
pub async fn enter(app: &TestApp, sample: &Value, body: Value) -> Answer {
    app.post(ANALYST, &format!("/v1/lab-samples/{}/determinations", id(sample)), body).await
}

/// Enters values that stand, in order.
pub async fn determined(app: &TestApp, sample: &Value, item: &str, values: &[&str]) {
    for value in values {
        determine(app, sample, item, value).await.expect(201);
    }
}

/// The last result of an item.
pub async fn result(app: &TestApp, sample: &Value, item: &str) -> Value {
    let path = format!("/v1/lab-samples/{}/results?item={item}&sort=-created_at", id(sample));
    app.get(REVIEWER, &path).await.expect(200)["items"][0].clone()
}

/// State, rule and mean of the last result of an item.
pub async fn told(app: &TestApp, sample: &Value, item: &str) -> (Value, Value, Value) {
    let row = result(app, sample, item).await;
    (row["state"].clone(), row["rule"].clone(), row["mean"].clone())
}

/// An act on a sample.
pub async fn act(app: &TestApp, who: &str, sample: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/lab-samples/{}/{action}", id(sample)), body).await
}

/// A sample of coal with averaged and reviewed ash.
pub async fn reviewed(app: &TestApp) -> Value {
    let sample = coal(app, &["Aad"]).await;
    determined(app, &sample, "Aad", &["9.88", "9.73"]).await;
    act(app, REVIEWER, &sample, "review", json!({})).await.expect(200)
}

/// A report of a reviewed sample, still a draft.
pub async fn report_drafted(app: &TestApp, sample: &Value) -> Value {
    let body = json!({ "kind": "coal", "samples": [sample["id"]], "receiver": "生产技术部" });
    app.post(REVIEWER, "/v1/lab-reports", body).await.expect(201)
}

/// A report that is out, of a reviewed sample.
pub async fn issued(app: &TestApp, sample: &Value) -> Value {
    let draft = report_drafted(app, sample).await;
    app.post(REVIEWER, &format!("/v1/lab-reports/{}/issue", id(&draft)), json!({})).await.expect(200)
}

/// What is kept of a sample.
pub async fn retained(app: &TestApp, sample: &Value) -> Value {
    let body = json!({ "sample_id": sample["id"], "mass_g": "100.00", "place": "存样柜2层" });
    app.post(ANALYST, "/v1/retention-samples", body).await.expect(201)
}

/// Another laboratory.
pub async fn laboratory(app: &TestApp) -> String {
    let body = json!({ "kinds": ["other"], "name": format!("市煤检中心{}", name()) });
    id(&app.post("cost_manager", "/v1/suppliers", body).await.expect(201))
}

/// A calorimeter verified until the end of 2026.
pub async fn calorimeter(app: &TestApp) -> String {
    let body = json!({ "number": name(), "name": "热量分析仪", "kind": "calorimeter", "org_unit_id": app.fixture.units["HEAT"] });
    let row = id(&app.post(ANALYST, "/v1/instruments", body).await.expect(201));
    let passed = json!({ "kind": "verification", "performed_on": "2026-01-05", "performed_by": "市计量所", "result": "pass",
        "valid_until": "2026-12-31" });
    app.post(ANALYST, &format!("/v1/instruments/{row}/calibrate"), passed).await.expect(200);
    row
}

/// Checks an instrument with benzoic acid.
pub async fn checked(app: &TestApp, instrument: &str, runs: &[&str]) -> Answer {
    let standard = json!({ "name": "苯甲酸", "certified": "26470", "uncertainty": "20", "unit": "J/g", "valid_until": "2027-01-01" });
    let body = json!({ "standard": standard, "runs": runs });
    app.post(ANALYST, &format!("/v1/instruments/{instrument}/standard-checks"), body).await
}

/// Runs of 26,520.4 J/g on the mean: just too many.
pub const FAILED: [&str; 5] = ["26520", "26521", "26520", "26521", "26520"];
