//! The order of the checks: out of scope, then everything wrong with the body, then the state.

use actix_web::http::Method;
use serde_json::json;

use super::desk::report;
use super::knowledge;
use super::network_desk::{claim, closed_orders, outlet, outlet_of, tariff};
use super::repair_desk::recourse;
use crate::kit::{id, with};

scenario! {
/// A refund of nothing for a request nobody knows is not found.
async fn a_request_is_found_before_its_refund_is_judged(app) {
    let path = format!("/v1/service-requests/{}/refund", uuid::Uuid::now_v7());
    app.post("finance_officer", &path, json!({ "amount": "0.00" })).await.refused(404, "not_found");
}
}

scenario! {
/// Each of these rows is in another state; the body is wrong all the same.
async fn a_wrong_body_is_told_before_a_wrong_state(app) {
    let article = knowledge::published(app, json!({})).await;
    let path = format!("/v1/knowledge-articles/{}", id(&article));
    let change = app.by("cs_agent", Method::PATCH, &path).if_match(article["version"].as_i64().unwrap());
    change.json(json!({ "title": "  短  " })).send().await.refused(422, "too_short");

    let log = app.post("team_leader", "/v1/duty-logs", json!({ "definition_code": "a" })).await.expect(201);
    let path = format!("/v1/duty-logs/{}", id(&log));
    app.post("team_leader", &format!("{path}/close"), json!({})).await.expect(200);
    let later = json!({ "kind": "event", "text": "系统恢复", "at": "2026-03-03T08:00:00+08:00" });
    app.post("team_leader", &format!("{path}/entries"), later).await.refused(422, "date_in_future");

    let (order, _) = recourse(app, "32").await;
    let propose = json!({ "repair_order_id": order["id"] });
    let defect = app.post("cs_specialist", "/v1/defect-claims", propose).await.expect(201);
    let reply = json!({ "result": "accepted", "text": "同意", "received_on": "2026-03-09" });
    let path = format!("/v1/defect-claims/{}/record-reply", id(&defect));
    app.post("cs_specialist", &path, reply).await.refused(422, "date_in_future");
}
}

scenario! {
/// TK-R31: an order is granted one amount, and never less than nothing.
async fn a_review_names_each_order_once(app) {
    let (outlet, firm) = outlet_of(app, "便民维修").await;
    tariff(app, "SX-01", "400.00").await;
    let orders = closed_orders(app, &firm, 1).await;
    let claim = claim(app, &outlet, &orders, "400.00").await;
    let path = format!("/v1/repair-fee-claims/{}/first-review", id(&claim));
    let line = |first: &str| json!({ "repair_order_id": orders[0]["id"], "first": first, "cut_reason": "工时虚高" });
    let twice = json!({ "lines": [line("300.00"), line("200.00")] });
    let refused = app.post("regional_service_rep", &path, twice).await.refused(422, "repeated_items");
    assert_eq!(refused["errors"][0]["pointer"], "/lines/1/repair_order_id");
    app.post("regional_service_rep", &path, json!({ "lines": [line("300.00")] })).await.refused(409, "invalid_state");
}
}

scenario! {
/// The body before the version.
async fn a_wrong_body_is_told_before_a_stale_version(app) {
    let path = format!("/v1/service-outlets/{}/reviews", outlet(app, "便民维修").await);
    let stale = || app.by("regional_service_rep", Method::POST, &path).if_match(9);
    let review = json!({ "score": 4, "text": "服务及时" });
    let ahead = with(review.clone(), &json!({ "reviewed_on": "2026-03-09" }));
    stale().json(ahead).send().await.refused(422, "date_in_future");
    assert_eq!(stale().json(review).send().await.status, 412);
}
}

scenario! {
/// Whoever reports has a name, on one line and without blanks around it.
async fn a_requester_has_a_name(app) {
    let reported = async |name: &str| {
        let fields = json!({ "customer_id": null, "requester": { "name": name, "phone": "13900139000" } });
        app.post("cs_agent", "/v1/tickets", report(app, fields)).await
    };
    for (name, code) in [("  ", "required"), ("周\n敏", "text_invalid")] {
        let refused = reported(name).await.refused(422, code);
        assert_eq!(refused["errors"][0]["pointer"], "/requester/name");
    }
    assert_eq!(reported(" 周敏 ").await.expect(201)["requester"]["name"], "周*");
}
}
