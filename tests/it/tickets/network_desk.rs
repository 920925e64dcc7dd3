//! Building blocks of the repair network: outlets with orders, parts that move.

use serde_json::{Value, json};

use super::desk::document;
use super::repair_desk::{case, closing, dispatched, judged, on_order, supplier};
use crate::kit::{Answer, TestApp, id};

/// An outlet of the region, and the supplier it is.
pub async fn outlet_of(app: &TestApp, name: &str) -> (String, String) {
    let firm = supplier(app, name, "outlet").await;
    let body = json!({ "supplier_id": firm, "region_org_unit_id": app.fixture.units["DESK"] });
    (id(&app.post("regional_service_rep", "/v1/service-outlets", body).await.expect(201)), firm)
}

/// An outlet of the region.
pub async fn outlet(app: &TestApp, name: &str) -> String {
    outlet_of(app, name).await.0
}

/// A part with a price from the beginning of the year on.
pub async fn priced_part(app: &TestApp, code: &str, price: &str) -> String {
    let body = json!({ "code": code, "name": "散热器阀门", "unit": "个", "recovery_required": true });
    let part = id(&app.post("parts_clerk", "/v1/parts", body).await.expect(201));
    let body = json!({ "part_id": part, "price": price, "valid_from": "2026-01-01" });
    app.post("parts_clerk", "/v1/part-prices", body).await.expect(201);
    part
}

/// A place without a name of its own.
pub fn place(kind: &str) -> Value {
    json!({ "kind": kind })
}

/// The place of an outlet.
pub fn at_outlet(outlet: &str) -> Value {
    json!({ "kind": "outlet", "ref": outlet })
}

/// A movement by the clerk.
pub async fn moved(app: &TestApp, part: &str, kind: &str, from: Value, to: Value, quantity: &str) -> Answer {
    let body = json!({ "part_id": part, "kind": kind, "from_location": from, "to_location": to, "quantity": quantity });
    app.post("parts_clerk", "/v1/part-movements", body).await
}

/// A fee of a tariff from the beginning of the year on.
pub async fn tariff(app: &TestApp, code: &str, fee: &str) -> Value {
    let body = json!({ "code": code, "name": "上下水维修", "fee": fee, "valid_from": "2026-01-01" });
    app.post("cs_manager", "/v1/repair-tariffs", body).await.expect(201)
}

/// An order an outlet has begun.
pub async fn begun_by_outlet(app: &TestApp, firm: &str) -> Value {
    let ticket = case(app, json!({})).await;
    begun_for(app, &ticket, firm).await
}

async fn begun_for(app: &TestApp, ticket: &Value, firm: &str) -> Value {
    let order = dispatched(app, ticket, json!({ "supplier_id": firm })).await;
    for action in ["accept", "arrive"] {
        on_order(app, "service_outlet", &order, action, json!({})).await.expect(200);
    }
    on_order(app, "service_outlet", &order, "begin", json!({})).await.expect(200)
}

/// So many orders an outlet has done, closed.
pub async fn closed_orders(app: &TestApp, firm: &str, n: usize) -> Vec<Value> {
    let ticket = case(app, json!({})).await;
    let (photo, signed) = (document(app, "service_outlet").await, closing(app, "wear").await);
    let mut orders = Vec::new();
    for _ in 0..n {
        let order = begun_for(app, &ticket, firm).await;
        let labour = json!({ "kind": "labour", "quantity": "1", "unit_price": "100.00" });
        let done = json!({ "result": "已修好", "photos": [photo], "lines": [labour] });
        on_order(app, "service_outlet", &order, "finish", done).await.expect(200);
        on_order(app, "cs_agent", &order, "evaluate", judged("passed")).await.expect(200);
        orders.push(on_order(app, "cs_specialist", &order, "close", signed.clone()).await.expect(200));
    }
    orders
}

/// A claim for these orders, drafted by the outlet.
pub async fn claim(app: &TestApp, outlet: &str, orders: &[Value], each: &str) -> Value {
    let line = |order: &Value| json!({ "repair_order_id": order["id"], "tariff_code": "SX-01", "claimed": each });
    let body = json!({ "outlet_id": outlet, "month": "2026-03", "lines": orders.iter().map(line).collect::<Vec<_>>() });
    app.post("service_outlet", "/v1/repair-fee-claims", body).await.expect(201)
}
