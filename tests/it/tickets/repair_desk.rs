//! Building blocks of engineering repair: orders brought to where a test needs them.

use serde_json::{Value, json};

use super::desk::{act, document, register, solution};
use crate::kit::{Answer, TestApp, id, with};

/// A contractor, ready to be chosen.
pub async fn supplier(app: &TestApp, name: &str, kind: &str) -> String {
    let body = json!({ "kinds": [kind], "name": name });
    id(&app.post("system_admin", "/v1/suppliers", body).await.expect(201))
}

/// A building accepted on a day with a home delivered on another: (building, unit).
pub async fn home(app: &TestApp, code: &str, accepted_on: &str, delivered_on: &str) -> (String, String) {
    let body = json!({ "project_id": app.fixture.project, "code": code, "name": format!("{code}号楼"),
        "accepted_on": accepted_on, "design_life_years": 50 });
    let building = id(&app.post("system_admin", "/v1/buildings", body).await.expect(201));
    let body =
        json!({ "building_id": building, "room_no": "1-1-101", "use": "residence", "delivered_on": delivered_on });
    let unit = id(&app.post("system_admin", "/v1/units", body).await.expect(201));
    (building, unit)
}

/// A coverage of a part of a building.
pub async fn coverage(app: &TestApp, building: &str, part: &str, supplier: &str) -> Value {
    let body = json!({ "building_id": building, "part_code": part, "supplier_id": supplier });
    app.post("engineering_officer", "/v1/warranty-coverages", body).await.expect(201)
}

/// A ticket of the desk for the project's team, begun by cs_agent; the desk and the team see it.
pub async fn case(app: &TestApp, fields: Value) -> Value {
    let ticket = register(app, fields).await;
    let to = json!({ "org_unit_id": app.fixture.units["TEAM"], "staff_id": app.fixture.staff["cs_agent"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    act(app, "cs_agent", &ticket, "start", json!({})).await.expect(200)
}

/// A drafted order of a ticket.
pub async fn drafted(app: &TestApp, ticket: &Value, fields: Value) -> Value {
    let body = json!({ "ticket_id": ticket["id"], "part_code": "waterproofing", "description": "卫生间防水重做" });
    app.post("cs_agent", "/v1/repair-orders", with(body, &fields)).await.expect(201)
}

/// An act of somebody on an order.
pub async fn on_order(app: &TestApp, who: &str, order: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/repair-orders/{}/{action}", id(order)), body).await
}

/// Dispatched to a provider.
pub async fn dispatched(app: &TestApp, ticket: &Value, to: Value) -> Value {
    let order = drafted(app, ticket, json!({})).await;
    on_order(app, "cs_specialist", &order, "dispatch", with(json!({ "bearer": "company" }), &to)).await.expect(200)
}

/// The acts of a contractor, done for him by engineering_officer, up to and with one of them.
pub async fn up_to(app: &TestApp, order: &Value, last: &str) -> Value {
    for action in ["accept", "schedule", "arrive", "begin", "finish"] {
        let body = match action {
            "schedule" => window(app, 0, 2),
            "finish" => finished(app, "engineering_officer").await,
            _ => json!({}),
        };
        let done = on_order(app, "engineering_officer", order, action, body).await.expect(200);
        if action == last {
            return done;
        }
    }
    unreachable!("{last} is none of a provider's acts")
}

/// A window from so many hours on.
pub fn window(app: &TestApp, from: i64, hours: i64) -> Value {
    let at = |hours: i64| kernel::time::Timestamp::from(app.now() + chrono::TimeDelta::hours(hours));
    json!({ "window_from": at(from), "window_to": at(from + hours) })
}

/// What a provider says when he is done: 7,850.00 and 5,400.00.
pub async fn finished(app: &TestApp, who: &str) -> Value {
    json!({ "result": "防水层已重做,闭水试验合格", "photos": [document(app, who).await], "lines": [
        { "kind": "part", "text": "防水材料", "quantity": "1", "unit_price": "7850.00" },
        { "kind": "labour", "quantity": "13.5", "unit_price": "400.00" } ] })
}

/// A judgement of a repair.
pub fn judged(result: &str) -> Value {
    json!({ "result": result, "scores": { "quality": 5, "timeliness": 4, "attitude": 5 }, "text": "闭水试验二十四小时无渗漏" })
}

/// What an order is closed with.
pub async fn closing(app: &TestApp, cause: &str) -> Value {
    json!({ "bearer": "company", "cause": cause, "document_id": document(app, "cs_specialist").await })
}

/// An order finished, judged and closed for a cause.
pub async fn closed_order(app: &TestApp, order: &Value, cause: &str) -> Value {
    up_to(app, order, "finish").await;
    on_order(app, "cs_agent", order, "evaluate", judged("passed")).await.expect(200);
    on_order(app, "cs_specialist", order, "close", closing(app, cause).await).await.expect(200)
}

/// A closed order another firm did after the contractor had refused; (order, contractor).
pub async fn recourse(app: &TestApp, code: &str) -> (Value, String) {
    let (building, unit) = home(app, code, "2022-03-15", "2022-06-30").await;
    let contractor = supplier(app, &format!("宏远建筑{code}"), "contractor").await;
    coverage(app, &building, "waterproofing", &contractor).await;
    let other = supplier(app, &format!("便民维修{code}"), "contractor").await;
    let ticket = case(app, json!({ "unit_id": unit, "category_code": "house_quality.water_leak" })).await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": contractor, "bearer": "contractor" })).await;
    on_order(app, "engineering_officer", &order, "refuse", json!({ "reason": "称已过保修期" })).await.expect(200);
    let again = json!({ "supplier_id": other, "bearer": "company" });
    on_order(app, "cs_specialist", &order, "dispatch", again).await.expect(200);
    (closed_order(app, &order, "construction_defect").await, contractor)
}

/// An order the customer pays, with an accepted quote, begun.
pub async fn paid_by_customer(app: &TestApp, quote: &str) -> Value {
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, &format!("门窗维修{}", id(&ticket)), "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm, "bearer": "customer" })).await;
    up_to(app, &order, "arrive").await;
    on_order(app, "engineering_officer", &order, "quote", json!({ "amount": quote })).await.expect(200);
    on_order(app, "customer", &order, "answer-quote", json!({ "accepted": true })).await.expect(200);
    on_order(app, "engineering_officer", &order, "begin", json!({})).await.expect(200)
}

/// Tries to solve the ticket.
pub async fn resolve(app: &TestApp, ticket: &Value) -> Answer {
    act(app, "cs_agent", ticket, "resolve", solution()).await
}
