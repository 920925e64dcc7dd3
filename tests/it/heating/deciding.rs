//! What was applied for or proposed stands on the work list of whoever has the next word (PF-16).

use serde_json::{Value, json};

use super::desk::*;
use super::evaluations;
use crate::kit::{TestApp, id, with};

/// How many of a kind wait for somebody, and for somebody else.
async fn waits(app: &TestApp, one: (&str, &str), other: (&str, &str)) -> (usize, usize) {
    let count = async |(who, kind): (&str, &str)| {
        let list = app.get(who, &format!("/v1/work-items?kind={kind}")).await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    (count(one).await, count(other).await)
}

scenario! {
async fn a_stop_waits_for_the_collector_and_then_for_the_branch(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    let (accept, approve) = ((COLLECTOR, "stop_to_accept"), (BRANCH, "stop_to_approve"));
    assert_eq!(waits(app, accept, approve).await, (0, 0));
    let row = applied(app, HOTLINE, &home, &season, "stop").await.expect(201);
    assert_eq!(waits(app, accept, approve).await, (1, 0));
    let item = app.get(COLLECTOR, "/v1/work-items?kind=stop_to_accept").await.expect(200)["items"][0].clone();
    assert_eq!((&item["subject"]["number"], &item["due_at"]), (&row["number"], &json!(null)));
    assert_eq!(item["org_unit_id"], json!(app.fixture.units["STATION"]));
    app.post(COLLECTOR, item["act_url"].as_str().unwrap(), json!({})).await.expect(200);
    assert_eq!(waits(app, accept, approve).await, (0, 1));
    step(app, BRANCH, &row, "approve", json!({})).await.expect(200);
    assert_eq!(waits(app, approve, (HEAD, "stop_to_seal")).await, (0, 1));
    // What nobody decided in its season is not decided any more.
    let second = household(app, json!({ "station_id": home["station_id"], "room_no": "3-2-1202" })).await;
    applied(app, COLLECTOR, &second, &season, "stop").await.expect(201);
    assert_eq!(waits(app, accept, approve).await, (1, 0));
    app.at("2027-04-01T08:00:00+08:00");
    assert_eq!(waits(app, accept, approve).await, (0, 0));
}
}

scenario! {
async fn a_refund_waits_for_two_more_people(app) {
    let (home, ..) = cold_home(app).await;
    let body = json!({ "household_id": home["id"], "season": "2025-2026" });
    let refund = app.post(HOTLINE, "/v1/heat-refunds", body).await.expect(201);
    let (approve, credit) = ((MANAGER, "refund_to_approve"), (COLLECTOR, "refund_to_credit"));
    assert_eq!(waits(app, approve, credit).await, (1, 0));
    app.post(MANAGER, &format!("/v1/heat-refunds/{}/approve", id(&refund)), json!({})).await.expect(200);
    assert_eq!(waits(app, approve, credit).await, (0, 1));
    app.post(COLLECTOR, &format!("/v1/heat-refunds/{}/credit", id(&refund)), json!({})).await.expect(200);
    assert_eq!(waits(app, approve, credit).await, (0, 0));
}
}

scenario! {
async fn a_price_waits_for_the_leader(app) {
    let season = season(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    let body = json!({ "season": season["id"], "use": "residential", "price_per_m2": "28.00" });
    let row = app.post("finance_officer", "/v1/heat-prices", body.clone()).await.expect(201);
    let second = app.post("finance_officer", "/v1/heat-prices", body.clone()).await.expect(201);
    let of_shops = with(body, &json!({ "use": "commercial" }));
    app.post("finance_officer", "/v1/heat-prices", of_shops).await.expect(201);
    let (leader, drafter) = (("company_leader", "heat_price_to_approve"), ("finance_officer", "heat_price_to_approve"));
    assert_eq!(waits(app, leader, drafter).await, (3, 0));
    let approve = |price: &Value| format!("/v1/heat-prices/{}/approve", id(price));
    app.post("company_leader", &approve(&row), json!({})).await.expect(200);
    // The other draft of homes cannot be approved any more: nobody is asked to.
    app.post("company_leader", &approve(&second), json!({})).await.refused(409, "price_exists");
    assert_eq!(waits(app, leader, drafter).await, (1, 0));
}
}

scenario! {
async fn an_evaluation_waits_for_who_did_not_inspect_and_for_the_leader(app) {
    let scheme = evaluations::published(app).await;
    let (confirm, publish) = ((MANAGER, "evaluation_to_confirm"), ("company_leader", "evaluation_to_publish"));
    let own = json!({ "station_id": evaluations::inspected(app).await, "month": "2026-02", "scheme_id": scheme["id"],
        "team": [app.fixture.staff[MANAGER]] });
    let own = app.post(MANAGER, "/v1/evaluations", own).await.expect(201);
    evaluations::act(app, MANAGER, &own, "score", evaluations::deducted("1.00")).await.expect(200);
    assert_eq!(waits(app, confirm, publish).await, (0, 0), "he inspected it himself");
    let row = evaluations::begun(app, &evaluations::inspected(app).await, &scheme).await;
    assert_eq!(waits(app, confirm, publish).await, (0, 0), "nobody scored it");
    evaluations::act(app, INSPECTOR, &row, "score", evaluations::deducted("1.00")).await.expect(200);
    assert_eq!(waits(app, confirm, publish).await, (1, 0));
    evaluations::act(app, MANAGER, &row, "confirm", json!({})).await.expect(200);
    assert_eq!(waits(app, confirm, publish).await, (0, 1));
    evaluations::act(app, "company_leader", &row, "publish", json!({})).await.expect(200);
    assert_eq!(waits(app, confirm, publish).await, (0, 0));
}
}
