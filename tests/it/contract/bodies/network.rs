//! Calls of the repair network: each act on a claim, request, count or write-off brought to where it is allowed.

use serde_json::{Value, json};

use super::{Ready, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;
use crate::tickets::network_desk::*;
use crate::tickets::repair_desk::supplier;

fn name() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

pub async fn calls(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let clerk = "parts_clerk";
    let outlet_body = async || {
        let firm = supplier(app, &name(), "outlet").await;
        json!({ "supplier_id": firm, "region_org_unit_id": app.fixture.units["DESK"] })
    };
    match (method, path) {
        ("POST", "/v1/service-outlets") => ready("cs_manager", path, outlet_body().await),
        ("POST", "/v1/service-outlets/{id}/reviews") => {
            let body = json!({ "score": 5, "text": "现场整洁" });
            ready("cs_manager", format!("/v1/service-outlets/{}/reviews", outlet(app, &name()).await), body)
        }
        ("POST", "/v1/service-outlets/{id}/payments") => {
            let body = json!({ "amount": "100.00", "note": "银行回单" });
            ready("finance_officer", format!("/v1/service-outlets/{}/payments", outlet(app, &name()).await), body)
        }
        ("POST", "/v1/repair-tariffs") => {
            let body = json!({ "code": name(), "name": "上下水维修", "fee": "400.00", "valid_from": "2026-01-01" });
            ready("cs_manager", path, body)
        }
        ("POST", "/v1/parts") => ready(clerk, path, json!({ "code": name(), "name": "阀门", "unit": "个" })),
        ("POST", "/v1/part-prices") => {
            let part = priced_part(app, &name(), "1.00").await;
            ready(clerk, path, json!({ "part_id": part, "price": "2.00", "valid_from": "2026-03-01" }))
        }
        ("POST", "/v1/part-plans") => {
            let part = priced_part(app, &name(), "1.00").await;
            ready(clerk, path, json!({ "month": "2026-04", "lines": [{ "part_id": part, "planned": "10" }] }))
        }
        ("POST", "/v1/part-reconciliations") => {
            ready(clerk, path, json!({ "outlet_id": outlet(app, &name()).await, "month": "2026-03" }))
        }
        ("POST", "/v1/part-reconciliations/{id}/confirm") => {
            let body = json!({ "outlet_id": outlet(app, &name()).await, "month": "2026-03" });
            let row = id(&make(app, clerk, "/v1/part-reconciliations", body).await);
            ready("service_outlet", format!("/v1/part-reconciliations/{row}/confirm"), json!({}))
        }
        ("POST", "/v1/part-movements") => {
            let part = priced_part(app, &name(), "1.00").await;
            let body = json!({ "part_id": part, "kind": "purchase", "quantity": "5",
                "from_location": place("supplier"), "to_location": place("warehouse") });
            ready(clerk, path, body)
        }
        ("POST", "/v1/part-movements/{id}/reverse") => {
            let part = priced_part(app, &name(), "1.00").await;
            let row = moved(app, &part, "purchase", place("supplier"), place("warehouse"), "5").await.expect(201);
            ready(clerk, format!("/v1/part-movements/{}/reverse", id(&row)), json!({ "reason": "登记有误" }))
        }
        _ if path.starts_with("/v1/repair-fee-claims") => on_a_claim(app, path).await,
        _ if path.starts_with("/v1/part-requests") => on_a_request(app, path).await,
        _ => on_a_loss(app, path).await,
    }
}

async fn on_a_claim(app: &TestApp, path: &str) -> Option<Ready> {
    let (outlet, firm) = outlet_of(app, &name()).await;
    let orders = closed_orders(app, &firm, 2).await;
    let fees = app.get("cs_manager", "/v1/repair-tariffs?code=SX-01").await.expect(200);
    if fees["items"].as_array().unwrap().is_empty() {
        tariff(app, "SX-01", "4000.00").await;
    }
    let (rep, clerk) = ("regional_service_rep", "fee_settlement_clerk");
    let line = |order: &Value| json!({ "repair_order_id": order["id"], "tariff_code": "SX-01", "claimed": "3000.00" });
    if path == "/v1/repair-fee-claims" {
        let lines: Vec<Value> = orders.iter().map(line).collect();
        return ready("service_outlet", path, json!({ "outlet_id": outlet, "month": "2026-03", "lines": lines }));
    }
    let row = format!("/v1/repair-fee-claims/{}", id(&claim(app, &outlet, &orders, "3000.00").await));
    let check = |order: &Value| json!({ "repair_order_id": order["id"], "result": "confirmed" });
    let split = json!({ "cash_amount": "6000.00", "goods_amount": "0.00" });
    let steps = [
        ("service_outlet", "submit", json!({})),
        (rep, "checks", check(&orders[0])),
        (rep, "first-review", json!({})),
        (clerk, "checks", check(&orders[1])),
        (clerk, "audit", json!({})),
        ("cs_manager", "approve", json!({ "comment": "同意" })),
        (clerk, "settle", split),
        (clerk, "notify", json!({ "notice_document_id": document(app, clerk).await })),
    ];
    let action = path.rsplit('/').next().unwrap();
    for (who, step, body) in steps {
        if step == action {
            return ready(who, format!("{row}/{step}"), body);
        }
        app.post(who, &format!("{row}/{step}"), body).await.expect(200);
        if action == "send-back" {
            return ready(rep, format!("{row}/send-back"), json!({ "reason": "缺少维修单" }));
        }
    }
    None
}

async fn on_a_request(app: &TestApp, path: &str) -> Option<Ready> {
    let (outlet, part) = (outlet(app, &name()).await, priced_part(app, &name(), "1.00").await);
    moved(app, &part, "purchase", place("supplier"), place("warehouse"), "10").await.expect(201);
    let body = json!({ "location": at_outlet(&outlet), "lines": [{ "part_id": part, "requested": "6" }] });
    if path == "/v1/part-requests" {
        return ready("service_outlet", path, body);
    }
    let row = format!("/v1/part-requests/{}", id(&make(app, "service_outlet", "/v1/part-requests", body).await));
    let action = path.rsplit('/').next().unwrap();
    let steps = [
        ("service_outlet", "submit", json!({})),
        ("parts_clerk", "approve", json!({})),
        ("warehouse_keeper", "issue", json!({})),
        ("service_outlet", "receive", json!({})),
    ];
    for (who, step, body) in steps {
        if step == action {
            return ready(who, format!("{row}/{step}"), body);
        }
        app.post(who, &format!("{row}/{step}"), body).await.expect(200);
        if action == "refuse" {
            return ready("parts_clerk", format!("{row}/refuse"), json!({ "reason": "本月计划已用完" }));
        }
    }
    None
}

/// Counts and write-offs: found by the warehouse, decided by the clerk.
async fn on_a_loss(app: &TestApp, path: &str) -> Option<Ready> {
    let part = priced_part(app, &name(), "1.00").await;
    moved(app, &part, "purchase", place("supplier"), place("warehouse"), "10").await.expect(201);
    let list = path.split("/{id}").next().unwrap();
    let body = match list {
        "/v1/stock-counts" => {
            json!({ "location": place("warehouse"), "lines": [{ "part_id": part, "counted": "9" }] })
        }
        "/v1/write-offs" => json!({ "location": place("warehouse"), "reason": "进水报废",
            "lines": [{ "part_id": part, "quantity": "1" }] }),
        _ => return None,
    };
    if path == list {
        return ready("warehouse_keeper", path, body);
    }
    let row = format!("{list}/{}", id(&make(app, "warehouse_keeper", list, body).await));
    match path.rsplit('/').next().unwrap() {
        "approve" => ready("parts_clerk", row + "/approve", json!({})),
        "refuse" => ready("parts_clerk", row + "/refuse", json!({ "reason": "原因不清" })),
        _ => None,
    }
}
