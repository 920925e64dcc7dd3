//! Calls of the heating service: each act brought to where it is allowed.

use serde_json::{Value, json};

use super::{Ready, change, ready};
use crate::heating::desk::*;
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

/// Seasons, prices, stations.
pub async fn seasons(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let action = path.rsplit('/').next().unwrap();
    match (method, path) {
        ("POST", "/v1/heating-seasons") => {
            let body =
                json!({ "number": "2030-2031", "region": name(), "starts_on": "2030-11-01", "ends_on": "2031-03-31" });
            ready(MANAGER, path, body)
        }
        ("PATCH", "/v1/heating-seasons/{id}") => {
            let row = format!("/v1/heating-seasons/{}", id(&season_2011(app).await));
            change(app, MANAGER, row, json!({ "refund_rule_set": "SD" })).await
        }
        ("POST", "/v1/heating-seasons/{id}/open" | "/v1/heating-seasons/{id}/close") => {
            let row = format!("/v1/heating-seasons/{}", id(&season_2011(app).await));
            if action == "close" {
                app.post(MANAGER, &format!("{row}/open"), json!({})).await.expect(200);
            }
            ready(MANAGER, format!("{row}/{action}"), json!({}))
        }
        ("POST", "/v1/heat-prices") => {
            let row = season(app, "2031-2032", "2031-11-01", "2032-03-31").await;
            ready("finance_officer", path, json!({ "season": row["id"], "use": "public", "price_per_m2": "30.00" }))
        }
        ("POST", "/v1/heat-prices/{id}/approve") => {
            let row = season(app, "2031-2032", "2031-11-01", "2032-03-31").await;
            let body = json!({ "season": row["id"], "use": "public", "price_per_m2": "30.00" });
            let row = app.post("finance_officer", "/v1/heat-prices", body).await.expect(201);
            ready("company_leader", format!("/v1/heat-prices/{}/approve", id(&row)), json!({}))
        }
        ("POST", "/v1/heating-stations") => {
            let body = json!({ "code": name(), "org_unit_id": app.fixture.units["STATION"], "name": "锅炉房",
                "type": "boiler_house", "branch_id": app.fixture.units["HEAT"] });
            ready(MANAGER, path, body)
        }
        ("PATCH", "/v1/heating-stations/{id}") => {
            let row = format!("/v1/heating-stations/{}", station(app, json!({})).await);
            change(app, MANAGER, row, json!({ "far_end_note": "七号楼" })).await
        }
        ("POST", "/v1/visit-assignments") => {
            let body = json!({ "station_id": station(app, json!({})).await,
                "officer_id": app.fixture.staff["visit_officer"], "from": "2026-03-02" });
            ready(MANAGER, path, body)
        }
        _ => None,
    }
}

/// Households and their parts.
pub async fn households(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let opened =
        |place: String| json!({ "station_id": place, "room_no": "9-1-101", "building": "9号楼", "use": "public" });
    let home = household(app, json!({})).await;
    let of = |part: &str| format!("/v1/households/{}/{part}", id(&home));
    match (method, path) {
        ("POST", "/v1/households") => ready(MANAGER, path, opened(station(app, json!({})).await)),
        ("POST", "/v1/households/bulk") => {
            ready(MANAGER, path, json!({ "rows": [opened(station(app, json!({})).await)] }))
        }
        ("PUT", _) => {
            let path = format!("/v1/households/by-external-id/crm/{}", name());
            ready(MANAGER, path, opened(station(app, json!({})).await))
        }
        ("PATCH", "/v1/households/{id}") => {
            change(app, MANAGER, format!("/v1/households/{}", id(&home)), json!({ "far_end": true })).await
        }
        ("POST", "/v1/households/{id}/area-items") => {
            ready(MANAGER, of("area-items"), json!({ "kind": "certificate", "area_m2": "80.00", "from": "2020-01-01" }))
        }
        ("POST", "/v1/households/{id}/ownerships") => {
            let body = json!({ "customer_id": app.fixture.customer, "from": "2020-01-01", "cause": "handover" });
            ready(MANAGER, of("ownerships"), body)
        }
        ("POST", "/v1/households/{id}/alterations") => {
            ready(MANAGER, of("alterations"), json!({ "kind": "floor_heating" }))
        }
        ("POST", "/v1/alterations/{id}/restore") => {
            let row = app.post(MANAGER, &of("alterations"), json!({ "kind": "pipe_moved" })).await.expect(201);
            ready(MANAGER, format!("/v1/alterations/{}/restore", id(&row)), json!({}))
        }
        _ => None,
    }
}

async fn billable(app: &TestApp) -> (Value, Value) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    (home, season_2011(app).await)
}

/// Bills and receipts.
pub async fn money(app: &TestApp, path: &str) -> Option<Ready> {
    let (home, season) = billable(app).await;
    let receipt = json!({ "household_id": home["id"], "method": "cash", "voucher_no": name(), "amount": "10.00" });
    match path {
        "/v1/heat-bill-runs" => {
            ready(COLLECTOR, path, json!({ "season": season["id"], "station_id": home["station_id"] }))
        }
        "/v1/heat-bills/{id}/approve" => super::inspection::supplement(app).await,
        "/v1/heat-bills/{id}/issue" => {
            let row = drafted(app, &season, &home).await;
            ready(COLLECTOR, format!("/v1/heat-bills/{}/issue", id(&row)), json!({}))
        }
        "/v1/heat-bills/{id}/reverse" => {
            let row = billed(app, &season, &home).await;
            ready(MANAGER, format!("/v1/heat-bills/{}/reverse", id(&row)), json!({ "reason": "面积有误" }))
        }
        "/v1/heat-receipts" => ready(COLLECTOR, path, receipt),
        "/v1/heat-receipts/{id}/reverse" => {
            let row = paid(app, &home, "10.00").await.expect(201);
            ready(MANAGER, format!("/v1/heat-receipts/{}/reverse", id(&row)), json!({ "reason": "误收" }))
        }
        _ => None,
    }
}

/// Applications to stop and to resume.
pub async fn stops(app: &TestApp, path: &str) -> Option<Ready> {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let action = path.rsplit('/').next().unwrap();
    if action == "open-valve" {
        // In the season of the day, so that a day of heat is left.
        let season = priced(app, "2025-2026", "2026-03-03", "2026-03-31").await;
        stopped(app, &home, &season).await;
        let row = applied(app, COLLECTOR, &home, &season, "resume").await.expect(201);
        step(app, BRANCH, &row, "approve", json!({ "effective_from": "2026-03-03" })).await.expect(200);
        paid(app, &home, "5000.00").await.expect(201);
        return ready(HEAD, format!("/v1/stop-applications/{}/open-valve", id(&row)), json!({}));
    }
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    let body = json!({ "household_id": home["id"], "season": season["id"], "kind": "stop", "reason": "空置" });
    if action == "stop-applications" {
        return ready(COLLECTOR, path, body);
    }
    let row = app.post(COLLECTOR, "/v1/stop-applications", body).await.expect(201);
    let at = |action: &str| format!("/v1/stop-applications/{}/{action}", id(&row));
    match action {
        "withdraw" => return ready(COLLECTOR, at(action), json!({ "reason": "改变主意" })),
        "reject" => return ready(BRANCH, at(action), json!({ "reason": "不符合条件" })),
        "accept" => return ready(COLLECTOR, at(action), json!({})),
        _ => {}
    }
    step(app, COLLECTOR, &row, "accept", json!({})).await.expect(200);
    if action == "approve" {
        return ready(BRANCH, at(action), json!({}));
    }
    step(app, BRANCH, &row, "approve", json!({})).await.expect(200);
    ready(HEAD, at(action), json!({ "seal_no": name(), "photos": [document(app, HEAD).await] }))
}

/// Instruments.
pub async fn instruments(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let row = async || format!("/v1/instruments/{}", thermometer(app, "2026-12-31").await);
    let passed = json!({ "kind": "calibration", "performed_on": "2026-02-05", "performed_by": "市计量所", "result": "pass",
        "valid_until": "2027-02-04" });
    match (method, path) {
        ("POST", "/v1/instruments") => {
            let body = json!({ "number": name(), "name": "天平", "kind": "balance", "org_unit_id": app.fixture.units["HEAT"] });
            ready(MANAGER, path, body)
        }
        ("PATCH", _) => change(app, MANAGER, row().await, json!({ "place": "化验室" })).await,
        ("POST", "/v1/instruments/{id}/calibrate") => ready(MANAGER, row().await + "/calibrate", passed),
        ("POST", "/v1/instruments/{id}/take-out") => {
            ready(MANAGER, row().await + "/take-out", json!({ "reason": "维修" }))
        }
        ("POST", "/v1/instruments/{id}/return") => {
            let row = row().await;
            app.post(MANAGER, &format!("{row}/take-out"), json!({ "reason": "维修" })).await.expect(200);
            ready(MANAGER, row + "/return", json!({}))
        }
        _ => None,
    }
}

/// Temperature cases and their readings.
pub async fn temperature(app: &TestApp, path: &str) -> Option<Ready> {
    let home = household(app, json!({})).await;
    let thermometer = thermometer(app, "2026-12-31").await;
    let asked = json!({ "household_id": home["id"] });
    let visit = |t_c: &str| json!({ "readings": [reading(&thermometer, json!({ "t_c": t_c }))] });
    match path {
        "/v1/temperature-cases" => return ready(HOTLINE, path, asked),
        "/v1/temperature-cases/bulk" => {
            let row = json!({ "household_id": home["id"], "readings": [reading(&thermometer, json!({}))] });
            return ready(HEAD, path, json!({ "rows": [row] }));
        }
        _ => {}
    }
    let case =
        format!("/v1/temperature-cases/{}", id(&app.post(HOTLINE, "/v1/temperature-cases", asked).await.expect(201)));
    let action = path.rsplit('/').next().unwrap();
    let t_c = match action {
        "cancel" => return ready(HOTLINE, case + "/cancel", json!({ "reason": "用户撤回" })),
        "measure" => return ready(HEAD, case + "/measure", visit("18.0")),
        "remedy" | "judge" => "16.0",
        _ => "18.0",
    };
    let measured = app.post(HEAD, &format!("{case}/measure"), visit(t_c)).await.expect(200);
    match action {
        "retract" => {
            let row = id(&measured["readings"][0]);
            ready(MANAGER, format!("/v1/temperature-readings/{row}/retract"), json!({ "reason": "读错" }))
        }
        "remedy" => ready(HEAD, case + "/remedy", json!({ "kind": "flush", "text": "冲洗管路" })),
        "judge" => {
            let proof = document(app, MANAGER).await;
            ready(MANAGER, case + "/judge", json!({ "liability": "company", "proof_document_id": proof }))
        }
        "call-back-attempt" => ready(HOTLINE, case + "/call-back-attempt", json!({ "result": "busy" })),
        "call-back" => ready(HOTLINE, case + "/call-back", json!({ "satisfied": true })),
        "close" => {
            app.post(HOTLINE, &format!("{case}/call-back"), json!({ "satisfied": true })).await.expect(200);
            ready(HOTLINE, case + "/close", json!({}))
        }
        _ => None,
    }
}

/// Refunds.
pub async fn refunds(app: &TestApp, path: &str) -> Option<Ready> {
    let (home, season, _) = cold_home(app).await;
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    if path == "/v1/heat-refunds" {
        return ready(HOTLINE, path, body);
    }
    let row = format!("/v1/heat-refunds/{}", id(&app.post(HOTLINE, "/v1/heat-refunds", body).await.expect(201)));
    let action = path.rsplit('/').next().unwrap();
    match action {
        "approve" => return ready(MANAGER, row + "/approve", json!({})),
        "reject" => return ready(MANAGER, row + "/reject", json!({ "reason": "证据不足" })),
        _ => {}
    }
    app.post(MANAGER, &format!("{row}/approve"), json!({})).await.expect(200);
    if action == "credit" {
        return ready(COLLECTOR, row + "/credit", json!({}));
    }
    app.post(COLLECTOR, &format!("{row}/credit"), json!({})).await.expect(200);
    paid(app, &home, "5000.00").await.expect(201);
    let paper = document(app, "finance_officer").await;
    let pay = json!({ "method": "transfer", "voucher_no": name(), "request_document_id": paper });
    ready("finance_officer", row + "/pay-out", pay)
}

/// What other domains propose.
pub async fn proposals(app: &TestApp, path: &str) -> Option<Ready> {
    let place = station(app, json!({})).await;
    let room = format!("3-1-{}", 1000 + uuid::Uuid::now_v7().as_u128() % 9000);
    let unit = crate::heating::proposals::unit(app, &room).await;
    let row = crate::heating::proposals::delivered(app, &unit, Some(place)).await;
    let path = path.replace("{id}", &row);
    let confirms = path.ends_with("/confirm");
    let body = if confirms { json!({}) } else { json!({ "reason": "不属本站" }) };
    ready(HEAD, path, body)
}

/// Outages.
pub async fn outages(app: &TestApp, path: &str) -> Option<Ready> {
    let place = station(app, json!({})).await;
    if path == "/v1/outages" {
        return ready(HEAD, path, json!({ "kind": "reduced", "cause": "power_outage", "station_ids": [place] }));
    }
    let started = json!({ "started_at": "2026-03-01T08:00:00+08:00" });
    let row = format!("/v1/outages/{}", id(&outage(app, &place, started).await));
    let back = json!({ "restored_at": "2026-03-01T12:00:00+08:00", "solution": "已恢复供热",
        "root_cause_code": root_cause(app).await });
    let notice = json!({ "text": "突发停供", "channels": ["sms"] });
    let steps = [
        ("notify", HOTLINE, notice),
        ("start-repair", HEAD, json!({})),
        ("forecast", HEAD, json!({ "expected_restore_at": "2026-03-02T12:00:00+08:00" })),
        ("report-branch", HEAD, json!({})),
        ("report-company", BRANCH, json!({})),
        ("acknowledge", MANAGER, json!({})),
        ("restore", HEAD, back),
        ("review", MANAGER, json!({ "text": "老化漏水" })),
    ];
    let action = path.rsplit('/').next().unwrap();
    if action == "cancel" {
        return ready(MANAGER, row + "/cancel", json!({ "reason": "误报" }));
    }
    for (step, who, body) in steps {
        if step == action {
            return ready(who, format!("{row}/{step}"), body);
        }
        app.post(who, &format!("{row}/{step}"), body).await.expect(200);
    }
    None
}
