//! Calls of inspection and valve checks: each act brought to where it is allowed.

use serde_json::{Value, json};

use super::{Ready, ready};
use crate::heating::desk::*;
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

/// A home with an area, in a season that is priced.
async fn home(app: &TestApp) -> Value {
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let place = station(app, json!({ "area": season["region"] })).await;
    let home = household(app, json!({ "station_id": place })).await;
    area(app, &home, json!({})).await;
    home
}

/// An agreement of a home, at a step of its way.
async fn agreement(app: &TestApp, home: &Value, steps: &[&str]) -> String {
    let item = json!({ "kind": "basement", "area_m2": "21.40", "height_m": "2.35" });
    let body =
        json!({ "household_id": home["id"], "kind": "supplement", "items": [item], "charge_from": "2025-12-05" });
    let row =
        format!("/v1/heat-agreements/{}", id(&app.post(INSPECTOR, "/v1/heat-agreements", body).await.expect(201)));
    for step in steps {
        let (who, body) = match *step {
            "approve" => (MANAGER, json!({})),
            _ => (INSPECTOR, json!({ "document_id": document(app, INSPECTOR).await })),
        };
        app.post(who, &format!("{row}/{step}"), body).await.expect(200);
    }
    row
}

/// A case of a home, at a step of its way.
async fn case(app: &TestApp, home: &Value, steps: &[&str]) -> String {
    let row = format!(
        "/v1/inspection-cases/{}",
        id(&measured(app, home, json!({ "found_at": "2026-02-20T08:00:00+08:00" })).await)
    );
    for step in steps {
        let body = match *step {
            "agree" => json!({ "agreement_id": signed(app, home).await }),
            "notices" => json!({ "kind": "informing", "days": 1, "served_at": "2026-02-20T09:00:00+08:00",
                "proof_document_id": document(app, INSPECTOR).await }),
            _ => json!({}),
        };
        app.post(INSPECTOR, &format!("{row}/{step}"), body).await.expect(200);
    }
    row
}

async fn signed(app: &TestApp, home: &Value) -> Value {
    let row = agreement(app, home, &["approve", "sign"]).await;
    app.get(INSPECTOR, &row).await.expect(200)["id"].clone()
}

/// The supplement of a case, to be approved.
pub async fn supplement(app: &TestApp) -> Option<Ready> {
    let row = case(app, &home(app).await, &["register", "agree"]).await;
    let billed = app.post(MANAGER, &format!("{row}/bill"), json!({})).await.expect(200);
    let bill = billed["supplement_bill_id"].as_str().unwrap();
    ready(MANAGER, format!("/v1/heat-bills/{bill}/approve"), json!({}))
}

/// Inspection cases and agreements.
pub async fn cases(app: &TestApp, path: &str) -> Option<Ready> {
    let home = home(app).await;
    let action = path.rsplit('/').next().unwrap();
    if path.starts_with("/v1/heat-agreements") {
        return agreements(app, &home, path, action).await;
    }
    let at = |row: String| format!("{row}/{action}");
    let paper = document(app, INSPECTOR).await;
    match action {
        "inspection-cases" => ready(INSPECTOR, path, json!({ "household_id": home["id"], "kind": "theft" })),
        "measurements" => {
            let body = json!({ "measurements": [measurement(app, json!({})).await] });
            ready(INSPECTOR, at(case(app, &home, &[]).await), body)
        }
        "register" => ready(INSPECTOR, at(case(app, &home, &[]).await), json!({ "photos": [paper] })),
        "notices" => {
            let body = json!({ "kind": "rectification", "proof_document_id": paper });
            ready(INSPECTOR, at(case(app, &home, &["register"]).await), body)
        }
        "agree" => {
            let body = json!({ "agreement_id": signed(app, &home).await });
            ready(INSPECTOR, at(case(app, &home, &["register"]).await), body)
        }
        "rectify" => {
            let body = json!({ "measurements": [measurement(app, json!({})).await] });
            ready(INSPECTOR, at(case(app, &home, &["register"]).await), body)
        }
        "refuse" => {
            let row = case(app, &home, &["register", "notices"]).await;
            ready(INSPECTOR, at(row), json!({ "reason": "拒不整改" }))
        }
        "bill" => ready(MANAGER, at(case(app, &home, &["register", "agree"]).await), json!({})),
        "close" => ready(MANAGER, at(case(app, &home, &["register"]).await), json!({ "text": "层高不足" })),
        _ => None,
    }
}

async fn agreements(app: &TestApp, home: &Value, path: &str, action: &str) -> Option<Ready> {
    match action {
        "heat-agreements" => {
            let body = json!({ "household_id": home["id"], "kind": "demolition", "charge_from": "2025-12-05" });
            ready(INSPECTOR, path, body)
        }
        "approve" => ready(MANAGER, agreement(app, home, &[]).await + "/approve", json!({})),
        "sign" => {
            let body = json!({ "document_id": document(app, INSPECTOR).await });
            ready(INSPECTOR, agreement(app, home, &["approve"]).await + "/sign", body)
        }
        "end" => {
            let row = agreement(app, home, &["approve", "sign"]).await;
            ready(INSPECTOR, row + "/end", json!({ "reason": "恢复原状" }))
        }
        _ => None,
    }
}

/// Lists of valves, their checks, orders to open them again.
pub async fn valves(app: &TestApp, path: &str) -> Option<Ready> {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = season_2011(app).await;
    billed(app, &season, &home).await;
    let line = json!({ "household_id": home["id"], "season": season["id"] });
    match path {
        "/v1/valve-check-lists" => return ready(INSPECTOR, path, json!({ "season": season["id"] })),
        "/v1/valve-checks" => return ready(INSPECTOR, path, line),
        "/v1/valve-checks/bulk" => return ready(INSPECTOR, path, json!({ "rows": [line] })),
        _ => {}
    }
    let row = app.post(INSPECTOR, "/v1/valve-checks", line).await.expect(201);
    let row = format!("/v1/valve-checks/{}", id(&row));
    let action = path.rsplit('/').next().unwrap();
    if action == "check" {
        return ready(INSPECTOR, row + "/check", seen(app, json!({})).await);
    }
    if action == "complete" {
        let closed = seen(app, json!({})).await;
        app.post(INSPECTOR, &format!("{row}/check"), closed).await.expect(200);
        paid(app, &home, "2759.68").await.expect(201);
        let orders = format!("/v1/reopenings?household_id={}", id(&home));
        let order = app.get(HEAD, &orders).await.expect(200)["items"][0].clone();
        return ready(HEAD, format!("/v1/reopenings/{}/complete", id(&order)), json!({}));
    }
    let open = seen(app, json!({ "result": "not_closed", "seal_no": null })).await;
    let steps = [
        ("check", INSPECTOR, open),
        ("notify-branch", INSPECTOR, json!({})),
        ("rectify", HEAD, json!({ "note": "已关栓" })),
        ("recheck", INSPECTOR, seen(app, json!({})).await),
    ];
    for (step, who, body) in steps {
        if step == action {
            return ready(who, format!("{row}/{step}"), body);
        }
        app.post(who, &format!("{row}/{step}"), body).await.expect(200);
    }
    None
}
