//! Calls of the laboratory: each act brought to where it is allowed.

use serde_json::json;

use super::{Ready, ready};
use crate::heating::desk::*;
use crate::heating::lab_desk::*;
use crate::kit::{TestApp, id};

/// Samples.
pub async fn samples(app: &TestApp, path: &str) -> Option<Ready> {
    let action = path.rsplit('/').next().unwrap();
    if path == "/v1/lab-samples" {
        let body = json!({ "kind": "coal", "sampling_place": "二号煤场", "seal_no": "F-200", "mass_g": "900.00" });
        return ready(SAMPLER, path, body);
    }
    let at = |row: &serde_json::Value| format!("/v1/lab-samples/{}/{action}", id(row));
    match action {
        "receive" => {
            let row = submitted(app, json!({})).await;
            ready(ANALYST, at(&row), json!({ "seal_no": "F-100", "mass_g": "1000.00" }))
        }
        "reject" => ready(ANALYST, at(&submitted(app, json!({})).await), json!({ "reason": "封签破损" })),
        "determinations" => {
            let row = coal(app, &["Aad"]).await;
            let body = json!({ "item": "Aad", "value": "9.88", "instrument_ids": [apparatus(app, "balance").await] });
            ready(ANALYST, at(&row), body)
        }
        "review" | "return" => {
            let row = coal(app, &["Aad"]).await;
            determined(app, &row, "Aad", &["9.88", "9.73"]).await;
            let body = if action == "review" {
                json!({ "note": "一致" })
            } else {
                json!({ "items": ["Aad"], "reason": "复测" })
            };
            ready(REVIEWER, at(&row), body)
        }
        _ => None,
    }
}

/// Determinations.
pub async fn determinations(app: &TestApp, path: &str) -> Option<Ready> {
    let calorimeter = calorimeter(app).await;
    let row = coal(app, &["Qgr"]).await;
    let body = json!({ "item": "Qgr", "value": "22084", "instrument_ids": [calorimeter] });
    let row = enter(app, &row, body).await.expect(201);
    if path.ends_with("/release-hold") {
        checked(app, &calorimeter, &FAILED).await.expect(201);
    }
    ready(REVIEWER, path.replace("{id}", &id(&row)), json!({ "reason": "复核" }))
}

/// Reports and what is kept.
pub async fn reports(app: &TestApp, path: &str) -> Option<Ready> {
    let sample = reviewed(app).await;
    match path {
        "/v1/lab-reports" => {
            ready(REVIEWER, path, json!({ "kind": "coal", "samples": [sample["id"]], "receiver": "采购部" }))
        }
        "/v1/lab-reports/{id}/issue" => {
            let draft = report_drafted(app, &sample).await;
            ready(REVIEWER, path.replace("{id}", &id(&draft)), json!({ "receiver": "采购部" }))
        }
        "/v1/lab-reports/{id}/archive" => {
            retained(app, &sample).await;
            let report = issued(app, &sample).await;
            ready(REVIEWER, path.replace("{id}", &id(&report)), json!({ "archive_no": "2026-1" }))
        }
        "/v1/retention-samples" => {
            ready(ANALYST, path, json!({ "sample_id": sample["id"], "mass_g": "100.00", "place": "存样柜" }))
        }
        _ => {
            let body = json!({ "sample_id": sample["id"], "mass_g": "100.00", "place": "存样柜",
                "stored_at": "2026-01-01T08:00:00+08:00" });
            let row = app.post(ANALYST, "/v1/retention-samples", body).await.expect(201);
            ready(ANALYST, path.replace("{id}", &id(&row)), json!({}))
        }
    }
}

/// Cross-checks.
pub async fn cross_checks(app: &TestApp, path: &str) -> Option<Ready> {
    let sample = coal(app, &["Mad", "Aad"]).await;
    determined(app, &sample, "Mad", &["3.12", "3.28"]).await;
    determined(app, &sample, "Aad", &["27.35", "27.46"]).await;
    let body = json!({ "sample_id": sample["id"] });
    if path == "/v1/cross-checks" {
        return ready(ANALYST, path, body);
    }
    let row = format!("/v1/cross-checks/{}", id(&app.post(ANALYST, "/v1/cross-checks", body).await.expect(201)));
    let steps = [
        ("send", ANALYST, json!({ "laboratory_id": laboratory(app).await, "external_no": "SJ-1" })),
        ("compare", ANALYST, json!({ "lines": [{ "item": "Aad", "theirs_d": "28.30" }] })),
        ("review", REVIEWER, json!({ "note": "符合" })),
    ];
    let action = path.rsplit('/').next().unwrap();
    for (step, who, body) in steps {
        if step == action {
            return ready(who, format!("{row}/{step}"), body);
        }
        app.post(who, &format!("{row}/{step}"), body).await.expect(200);
    }
    None
}

/// Checks and maintenance of instruments, glassware.
pub async fn equipment(app: &TestApp, path: &str) -> Option<Ready> {
    if path == "/v1/lab-equipment" {
        return ready(ANALYST, path, json!({ "name": name(), "spec": "250 mL", "in": 3 }));
    }
    let path = path.replace("{id}", &calorimeter(app).await);
    let body = if path.ends_with("/maintenance") {
        json!({ "kind": "routine", "done_on": "2026-03-02", "done_by": "化验员", "text": "清洁" })
    } else {
        let standard = json!({ "name": "苯甲酸", "certified": "26470", "unit": "J/g", "valid_until": "2027-01-01" });
        json!({ "standard": standard, "runs": ["26470", "26475", "26465", "26470", "26470"] })
    };
    ready(ANALYST, path, body)
}
