//! Calls of engineering repair: each act on an order, claim or receipt brought to where it is allowed.

use serde_json::json;

use super::{Ready, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;
use crate::tickets::repair_desk::*;

pub async fn calls(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let name = format!("{}", uuid::Uuid::now_v7().simple());
    match (method, path) {
        ("POST", "/v1/repair-orders") => {
            let body = json!({ "ticket_id": case(app, json!({})).await["id"], "part_code": "plumbing", "description": "水管漏水" });
            ready("cs_agent", path, body)
        }
        ("POST", "/v1/warranty-parts") => {
            ready("cs_manager", path, json!({ "code": "lift", "name": "电梯", "months": 24 }))
        }
        ("POST", "/v1/warranty-coverages") => {
            let firm = supplier(app, &name, "contractor").await;
            let body = json!({ "building_id": app.fixture.building, "part_code": "electrical", "supplier_id": firm });
            ready("engineering_officer", path, body)
        }
        ("POST", "/v1/defect-claims") => {
            let (order, _) = recourse(app, &name[28..]).await;
            ready("cs_specialist", path, json!({ "repair_order_id": order["id"] }))
        }
        ("POST", "/v1/site-receipts") => {
            let order = paid_by_customer(app, "300.00").await;
            let body =
                json!({ "repair_order_id": order["id"], "amount": "300.00", "method": "card", "receipt_number": name });
            ready("cs_agent", path, body)
        }
        _ if path.starts_with("/v1/repair-orders/") => on_an_order(app, path).await,
        _ if path.starts_with("/v1/defect-claims/") => on_a_claim(app, path, &name[28..]).await,
        _ => on_a_receipt(app, path, &name).await,
    }
}

async fn on_an_order(app: &TestApp, path: &str) -> Option<Ready> {
    let action = path.rsplit('/').next().unwrap();
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, &id(&ticket), "contractor").await;
    let officer = "engineering_officer";
    let (who, body) = match action {
        "dispatch" => ("cs_specialist", json!({ "supplier_id": firm, "bearer": "company" })),
        "refuse" => (officer, json!({ "reason": "人手不足" })),
        "schedule" => (officer, window(app, 1, 2)),
        "confirm-appointment" => ("customer", json!({})),
        "no-access" => (officer, json!({ "photo": document(app, officer).await })),
        "quote" => (officer, json!({ "amount": "100.00" })),
        "answer-quote" => ("customer", json!({ "accepted": true })),
        "accept" | "arrive" | "begin" => (officer, json!({})),
        "finish" => (officer, finished(app, officer).await),
        "evaluate" => ("cs_agent", judged("passed")),
        "close" => ("cs_specialist", closing(app, "wear").await),
        "cancel" => ("cs_agent", json!({ "reason": "业主自行解决" })),
        _ => return None,
    };
    let order = match action {
        "dispatch" => drafted(app, &ticket, json!({})).await,
        _ => dispatched(app, &ticket, json!({ "supplier_id": firm })).await,
    };
    let before = match action {
        "schedule" | "arrive" => Some("accept"),
        "confirm-appointment" | "no-access" | "quote" | "answer-quote" => Some("schedule"),
        "begin" => Some("arrive"),
        "finish" => Some("begin"),
        "evaluate" | "close" => Some("finish"),
        _ => None,
    };
    if let Some(before) = before {
        up_to(app, &order, before).await;
    }
    if action == "answer-quote" {
        on_order(app, officer, &order, "quote", json!({ "amount": "100.00" })).await.expect(200);
    }
    if action == "close" {
        on_order(app, "cs_agent", &order, "evaluate", judged("passed")).await.expect(200);
    }
    ready(who, format!("/v1/repair-orders/{}/{action}", id(&order)), body)
}

async fn on_a_claim(app: &TestApp, path: &str, code: &str) -> Option<Ready> {
    let action = path.rsplit('/').next().unwrap();
    let (order, _) = recourse(app, code).await;
    let claim = make(app, "cs_specialist", "/v1/defect-claims", json!({ "repair_order_id": order["id"] })).await;
    let row = format!("/v1/defect-claims/{}", id(&claim));
    let notice = json!({ "notice_document_id": document(app, "cs_specialist").await });
    let reply = json!({ "result": "accepted", "text": "同意" });
    if action != "notify" {
        app.post("cs_specialist", &format!("{row}/notify"), notice.clone()).await.expect(200);
    }
    if action == "confirm" {
        app.post("cs_specialist", &format!("{row}/record-reply"), reply.clone()).await.expect(200);
    }
    let (who, body) = match action {
        "notify" => ("cs_specialist", notice),
        "record-reply" => ("cs_specialist", reply),
        "confirm" => ("cs_manager", json!({ "decision_text": "情况属实" })),
        "withdraw" => ("cs_specialist", json!({ "reason": "双方另行约定" })),
        _ => return None,
    };
    ready(who, format!("{row}/{action}"), body)
}

async fn on_a_receipt(app: &TestApp, path: &str, number: &str) -> Option<Ready> {
    let action = path.rsplit('/').next().unwrap();
    let order = paid_by_customer(app, "300.00").await;
    let body =
        json!({ "repair_order_id": order["id"], "amount": "300.00", "method": "cash", "receipt_number": number });
    let row = format!("/v1/site-receipts/{}", id(&make(app, "cs_agent", "/v1/site-receipts", body).await));
    match action {
        "hand-in" => ready("cs_agent", row + "/hand-in", json!({})),
        "confirm" => {
            app.post("cs_agent", &format!("{row}/hand-in"), json!({})).await.expect(200);
            ready("cash_office_clerk", row + "/confirm", json!({}))
        }
        _ => None,
    }
}
