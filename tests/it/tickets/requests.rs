//! Service requests step by step, and what happens at the counter (TK-15, TK-R37).

use serde_json::{Value, json};

use crate::kit::{self, TestApp, id};

/// Who takes which step.
pub const STEPS: &[(&str, &str)] = &[
    ("check", "cs_agent"),
    ("receive-goods", "warehouse_keeper"),
    ("inspect", "warehouse_keeper"),
    ("allocate", "order_clerk"),
    ("pick", "picker"),
    ("deliver", "courier"),
    ("complete", "cs_agent"),
];

/// A request of a type, to be changed by `with`.
pub fn request(app: &TestApp, of: &str, with: Value) -> Value {
    let body = json!({ "type": of, "customer_id": app.fixture.customer, "reason_code": "leaking",
        "lines": [{ "item": "角阀", "quantity": 3, "price": "28.50" }, { "item": "软管", "quantity": 1, "price": "14.50" }] });
    kit::with(body, &with)
}

/// Registers a request and leads it through these steps.
pub async fn led(app: &TestApp, of: &str, with: Value, steps: &[&str]) -> String {
    let made = app.post("cs_agent", "/v1/service-requests", request(app, of, with)).await.expect(201);
    let path = format!("/v1/service-requests/{}", id(&made));
    for step in steps {
        let approver = match of {
            "quality_return" => "regional_service_rep",
            "order" => "order_clerk",
            _ => "cs_supervisor",
        };
        let who = STEPS.iter().find(|(action, _)| action == step).map_or(approver, |(_, who)| *who);
        app.post(who, &format!("{path}/{step}"), json!({})).await.expect(200);
    }
    path
}

scenario! {
async fn tk_e18_goods_come_before_their_inspection_and_urgent_picking_first(app) {
    let exchange = led(app, "exchange", json!({}), &["check", "approve"]).await;
    let early = app.post("warehouse_keeper", &format!("{exchange}/inspect"), json!({})).await;
    assert_eq!(early.refused(409, "invalid_state")["rule"], "TK-R37");

    let to_pick = ["check", "approve", "allocate"];
    let normal = led(app, "order", json!({}), &to_pick).await;
    let urgent = led(app, "order", json!({ "urgent": true }), &to_pick).await;
    app.post("picker", &format!("{normal}/pick"), json!({})).await.refused(409, "urgent_first");
    let list = app.get("picker", "/v1/service-requests?status=allocated").await.expect(200);
    assert_eq!(format!("/v1/service-requests/{}", id(&list["items"][0])), urgent, "urgent ones lead the list");
    app.post("picker", &format!("{urgent}/pick"), json!({})).await.expect(200);
    app.post("picker", &format!("{normal}/pick"), json!({})).await.expect(200);
}
}

scenario! {
async fn each_type_ends_completed_by_its_own_steps(app) {
    let ways: [(&str, &[&str]); 5] = [
        ("application", &["check", "approve", "complete"]),
        ("exchange", &["check", "approve", "receive-goods", "inspect", "allocate", "pick", "deliver", "complete"]),
        ("quality_return", &["check", "approve", "receive-goods", "inspect", "complete"]),
        ("presale_repair", &["receive-goods", "inspect", "deliver", "complete"]),
        ("order", &["check", "approve", "allocate", "pick", "deliver", "complete"]),
    ];
    for (of, way) in ways {
        let path = led(app, of, json!({}), way).await;
        let done = app.get("cs_agent", &path).await.expect(200);
        assert_eq!((&done["status"], &done["next_step"]), (&json!("completed"), &Value::Null), "{of}");
    }
    let presale = led(app, "presale_repair", json!({}), &[]).await;
    app.post("cs_agent", &format!("{presale}/check"), json!({})).await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_refund_is_at_most_the_total_of_the_lines(app) {
    let path = led(app, "return", json!({}), &["check", "approve", "receive-goods", "inspect"]).await;
    assert_eq!(app.get("cs_agent", &path).await.expect(200)["total"], "100.00");
    let refund = format!("{path}/refund");
    app.post("cashier", &refund, json!({ "amount": "100.01" })).await.refused(409, "refund_too_high");
    app.post("cashier", &refund, json!({ "amount": "0.00" })).await.refused(422, "out_of_range");
    let done = app.post("cashier", &refund, json!({ "amount": "100.00" })).await.expect(200);
    assert_eq!((&done["status"], &done["refunded"]), (&json!("refunded"), &json!("100.00")));
    app.post("cs_agent", &format!("{path}/complete"), json!({})).await.expect(200);
}
}

scenario! {
async fn who_approves_depends_on_the_type(app) {
    let order = led(app, "order", json!({}), &["check"]).await;
    app.post("cs_supervisor", &format!("{order}/approve"), json!({})).await.refused(409, "above_authority");
    let refused = app.post("order_clerk", &format!("{order}/refuse"), json!({ "reason": "缺货" })).await.expect(200);
    assert_eq!((&refused["status"], &refused["decision"]["approved"]), (&json!("refused"), &json!(false)));
    app.post("order_clerk", &format!("{order}/approve"), json!({})).await.refused(409, "invalid_state");
    let application = led(app, "application", json!({ "lines": [] }), &["check"]).await;
    app.post("order_clerk", &format!("{application}/approve"), json!({})).await.refused(409, "above_authority");
    app.post("cs_manager", &format!("{application}/approve"), json!({})).await.expect(200);
    // Of another unit than the desk: he sees applications, and nothing else of it.
    let technical = led(app, "application", json!({ "lines": [] }), &["check"]).await;
    app.post("engineering_officer", &format!("{technical}/approve"), json!({})).await.expect(200);
    app.get("engineering_officer", &order).await.refused(404, "not_found");
    let bare = request(app, "return", json!({ "lines": [] }));
    app.post("cs_agent", "/v1/service-requests", bare).await.refused(422, "required");
    for of in ["return", "exchange", "quality_return"] {
        let strange = request(app, of, json!({ "reason_code": "too_heavy" }));
        app.post("cs_agent", "/v1/service-requests", strange).await.refused(422, "invalid_enum");
    }
}
}

scenario! {
async fn a_customer_asks_for_himself_and_may_think_again(app) {
    let mut body = request(app, "application", json!({}));
    body.as_object_mut().unwrap().remove("customer_id");
    let made = app.post("customer", "/v1/service-requests", body.clone()).await.expect(201);
    assert_eq!(made["customer_id"], json!(app.fixture.customer));
    body["customer_id"] = json!(app.fixture.other_customer);
    app.post("customer", "/v1/service-requests", body).await.refused(422, "not_found");
    let other = request(app, "application", json!({ "customer_id": app.fixture.other_customer }));
    let other = app.post("cs_agent", "/v1/service-requests", other).await.expect(201);
    app.get("customer", &format!("/v1/service-requests/{}", id(&other))).await.refused(404, "not_found");
    let path = format!("/v1/service-requests/{}/cancel", id(&made));
    assert_eq!(app.post("customer", &path, json!({ "reason": "不需要了" })).await.expect(200)["status"], "cancelled");
}
}

scenario! {
/// What a customer asks for himself belongs to no unit: whoever serves him leads it on.
async fn what_a_customer_asks_for_is_led_on_by_the_desk(app) {
    let body = json!({ "type": "application", "description": "申请开具购房证明" });
    let made = app.post("customer", "/v1/service-requests", body).await.expect(201);
    let path = format!("/v1/service-requests/{}", id(&made));
    app.post("cs_agent", &format!("{path}/check"), json!({})).await.expect(200);
    app.post("cs_supervisor", &format!("{path}/approve"), json!({})).await.expect(200);
    app.post("cs_agent", &format!("{path}/complete"), json!({})).await.expect(200);
    assert_eq!(app.get("customer", &path).await.expect(200)["status"], "completed");
}
}

scenario! {
async fn takings_show_what_is_missing_in_the_till(app) {
    let takings = json!({ "kind": "takings", "declared": { "cash": "1250.00", "card": "300.00" }, "counted_cash": "1230.50" });
    let made = app.post("cashier", "/v1/counter-records", takings).await.expect(201);
    assert_eq!(made["difference"], "-19.50");
    app.post("cashier", "/v1/counter-records", json!({ "kind": "outing" })).await.refused(422, "required");
    let strange = json!({ "kind": "lost_goods", "item": "电饭锅", "counted_cash": "1.00" });
    app.post("service_desk", "/v1/counter-records", strange).await.refused(422, "unknown_field");
    let back = json!({ "kind": "outing", "out_at": "2026-03-02T07:30:00+08:00", "back_at": "2026-03-02T07:00:00+08:00" });
    app.post("cashier", "/v1/counter-records", back).await.refused(422, "date_order");
    let list = app.get("finance_officer", "/v1/counter-records?month=2026-03").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
/// Money for a request is taken on the spot as for a repair, up to what its lines come to (TK-R19).
async fn money_for_a_request_is_taken_on_the_spot(app) {
    let path = led(app, "order", json!({}), &["check", "approve"]).await;
    let request = path.rsplit('/').next().unwrap();
    let receipt = |amount: &str, number: &str| {
        json!({ "service_request_id": request, "amount": amount, "method": "wechat", "receipt_number": number })
    };
    app.post("cs_agent", "/v1/site-receipts", receipt("100.01", "SJ-7")).await.refused(409, "overpaid");
    let made = app.post("cs_agent", "/v1/site-receipts", receipt("60.00", "SJ-7")).await.expect(201);
    assert_eq!((&made["service_request_id"], &made["repair_order_id"]), (&json!(request), &json!(null)));
    app.post("cs_agent", "/v1/site-receipts", receipt("40.01", "SJ-8")).await.refused(409, "overpaid");
    let list = app.get("cs_agent2", &format!("/v1/site-receipts?service_request_id={request}")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    app.get("heating_hotline_agent", &format!("/v1/site-receipts/{}", id(&made))).await.refused(404, "not_found");
    let neither = json!({ "amount": "1.00", "method": "cash", "receipt_number": "SJ-9" });
    app.post("cs_agent", "/v1/site-receipts", neither).await.refused(422, "exactly_one");
    app.post("cs_agent", &format!("{path}/cancel"), json!({ "reason": "客户不要了" })).await.expect(200);
    app.post("cs_agent", "/v1/site-receipts", receipt("1.00", "SJ-9")).await.refused(409, "overpaid");
}
}
