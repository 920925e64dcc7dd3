//! What is refused first: a row that is not the caller's, what is wrong in the body, a stale version, the state.

use actix_web::http::Method;
use kernel::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::*;
use super::repair_desk::*;
use super::{knowledge, network_desk};
use crate::kit::{TestApp, id, with};

async fn complete(app: &TestApp, callback: &str, body: Value) -> crate::kit::Answer {
    app.post("cs_agent2", &format!("/v1/callbacks/{callback}/complete"), body).await
}

scenario! {
/// Nothing of this can be done to a ticket just registered; a body that is wrong in itself is told all the same.
async fn acts_on_tickets_tell_a_wrong_body_before_the_state(app) {
    let ticket = register(app, json!({})).await;
    let rude = with(answer(), &json!({ "introduced": false }));
    act(app, "cs_agent", &ticket, "reply", rude).await.refused(422, "must_be_true");
    act(app, "cs_agent", &ticket, "reply", answer()).await.refused(409, "invalid_state");
    let ahead = json!({ "solution_at": Timestamp::from(app.now() + hours(1)) });
    act(app, "cs_agent", &ticket, "resolve", with(solution(), &ahead)).await.refused(422, "date_in_future");
    let unknown = json!({ "root_cause_code": "bad_luck" });
    act(app, "cs_agent", &ticket, "resolve", with(solution(), &unknown)).await.refused(422, "invalid_enum");
    act(app, "cs_agent", &ticket, "resolve", solution()).await.refused(409, "invalid_state");
    act(app, "team_leader", &ticket, "transfer", json!({ "reason": "换人处理" })).await.refused(422, "required");
    let done = replied(app, json!({})).await;
    app.later(hours(1));
    let nobody = json!({ "staff_id": app.fixture.unit, "reason": "换人处理" });
    act(app, "team_leader", &done, "transfer", nobody.clone()).await.refused(422, "not_found");
    act(app, "team_leader", &done, "assign", nobody).await.refused(422, "not_found");
    let known = json!({ "staff_id": app.fixture.staff["cs_agent2"], "reason": "换人处理" });
    act(app, "team_leader", &done, "transfer", known.clone()).await.refused(409, "invalid_state");
    act(app, "team_leader", &done, "assign", known).await.refused(409, "invalid_state");
    let ended = register(app, json!({})).await;
    act(app, "customer", &ended, "withdraw", json!({ "reason": "不修了" })).await.expect(200);
    let part = json!({ "title": "另一事项", "description": "厨房墙面开裂" });
    let other = with(part.clone(), &json!({ "category_code": "garden" }));
    act(app, "cs_agent", &ended, "split", other).await.refused(422, "classification_invalid");
    act(app, "cs_agent", &ended, "split", part).await.refused(409, "invalid_state");
    act(app, "cs_agent", &done, "withdraw", json!({ "reason": "不修了" })).await.refused(422, "required");
    act(app, "customer", &done, "withdraw", json!({ "reason": "不修了" })).await.refused(409, "invalid_state");
    let proof = document(app, "cs_agent").await;
    let pause = json!({ "reason_code": "no_access", "until": Timestamp::from(app.now() + hours(25)), "proof_document_id": proof });
    let path = format!("/v1/tickets/{}/pauses", id(&done));
    app.post("cs_agent", &path, pause.clone()).await.refused(422, "pause_too_long");
    let shorter = json!({ "until": Timestamp::from(app.now() + hours(24)) });
    app.post("cs_agent", &path, with(pause, &shorter)).await.refused(409, "invalid_state");
}
}

scenario! {
async fn callbacks_tell_a_wrong_body_before_the_state(app) {
    let ticket = replied(app, json!({})).await;
    let made = callback(app, &ticket).await;
    complete(app, &made, said("satisfied")).await.expect(200);
    complete(app, &made, json!({ "outcome": "satisfied" })).await.refused(422, "required");
    complete(app, &made, said("satisfied")).await.refused(409, "invalid_state");
}
}

scenario! {
/// The body before the version, the version before the state; and all that is wrong in a body at once.
async fn acts_on_orders_tell_a_wrong_body_before_version_and_state(app) {
    let ticket = case(app, json!({})).await;
    let order = drafted(app, &ticket, json!({})).await;
    let nothing = json!({ "amount": "0.00" });
    on_order(app, "engineering_officer", &order, "quote", nothing.clone()).await.refused(422, "out_of_range");
    let quote = json!({ "amount": "60.00" });
    on_order(app, "engineering_officer", &order, "quote", quote.clone()).await.refused(409, "invalid_state");
    let path = format!("/v1/repair-orders/{}/quote", id(&order));
    let stale = || app.by("engineering_officer", Method::POST, &path).if_match(7);
    stale().json(nothing.clone()).send().await.refused(422, "out_of_range");
    assert_eq!(stale().json(quote).send().await.status, 412);
    on_order(app, "cs_agent", &order, "schedule", window(app, 1, 5)).await.refused(422, "window_too_long");
    on_order(app, "cs_agent", &order, "schedule", window(app, 1, 4)).await.refused(409, "invalid_state");
    let bare = json!({ "result": "已更换", "photos": [], "lines": [
        { "kind": "labour", "part_id": Uuid::now_v7(), "quantity": "1", "unit_price": "60.00" } ] });
    let refused = on_order(app, "engineering_officer", &order, "finish", bare).await.refused(422, "unknown_field");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/lines/0/part_id", "/photos"]);
    on_order(app, "cs_agent", &order, "cancel", json!({ "reason": "业主自修" })).await.expect(200);
    let nobody = json!({ "bearer": "company" });
    on_order(app, "cs_specialist", &order, "dispatch", nobody).await.refused(422, "exactly_one");
    let unknown = format!("/v1/repair-orders/{}/quote", Uuid::now_v7());
    app.post("engineering_officer", &unknown, nothing).await.refused(404, "not_found");
}
}

scenario! {
/// What is not the caller's does not exist, whatever he says of it.
async fn a_wrong_body_tells_nothing_of_a_promise_there_is_not(app) {
    let body = json!({ "notice_text": "配件未到", "apology": false, "new_promise_at": Timestamp::from(app.now() + hours(1)) });
    let path = format!("/v1/follow-ups/{}/postpone", Uuid::now_v7());
    app.post("cs_agent", &path, body).await.refused(404, "not_found");
}
}

scenario! {
/// What the network and the knowledge base are told of what there is not, before they say where a row stands.
async fn the_network_and_articles_tell_a_wrong_body_before_the_state(app) {
    let (outlet, firm) = network_desk::outlet_of(app, "便民维修").await;
    let part = network_desk::priced_part(app, "FM-01", "38.50").await;
    let asked = json!({ "location": network_desk::at_outlet(&outlet), "lines": [{ "part_id": part, "requested": "6" }] });
    let request = id(&app.post("service_outlet", "/v1/part-requests", asked).await.expect(201));
    let issue = format!("/v1/part-requests/{request}/issue");
    let other = json!({ "lines": [{ "part_id": Uuid::now_v7(), "quantity": "1" }] });
    app.post("parts_clerk", &issue, other).await.refused(422, "not_found");
    app.post("parts_clerk", &issue, json!({})).await.refused(409, "invalid_state");

    network_desk::tariff(app, "SX-01", "400.00").await;
    let orders = network_desk::closed_orders(app, &firm, 1).await;
    let claim = format!("/v1/repair-fee-claims/{}", id(&network_desk::claim(app, &outlet, &orders, "400.00").await));
    let check = |order: &Value| json!({ "repair_order_id": order, "result": "confirmed" });
    let checks = format!("{claim}/checks");
    app.post("regional_service_rep", &checks, check(&json!(Uuid::now_v7()))).await.refused(422, "not_found");
    app.post("regional_service_rep", &checks, check(&orders[0]["id"])).await.refused(409, "invalid_state");
    let notify = format!("{claim}/notify");
    let unknown = json!({ "notice_document_id": Uuid::now_v7() });
    app.post("fee_settlement_clerk", &notify, unknown).await.refused(422, "not_found");
    let notice = json!({ "notice_document_id": document(app, "fee_settlement_clerk").await });
    app.post("fee_settlement_clerk", &notify, notice).await.refused(409, "invalid_state");

    let article = knowledge::draft(app, json!({})).await;
    let used = format!("/v1/knowledge-articles/{}/use", id(&article));
    app.post("cs_agent", &used, json!({ "ticket_id": Uuid::now_v7() })).await.refused(422, "not_found");
    let ticket = register(app, json!({})).await;
    app.post("cs_agent", &used, json!({ "ticket_id": ticket["id"] })).await.refused(409, "invalid_state");
}
}
