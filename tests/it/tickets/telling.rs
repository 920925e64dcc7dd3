//! Who must be told, and is: every "informed" and "told" of the rules (TK-R03, R17, R19, R21, R25).

use outbound::notification::entity::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::desk::*;
use super::reminders::tell;
use super::repair_desk::*;
use crate::kit::{TestApp, id};

/// How many messages of a kind somebody has about a row.
async fn told(app: &TestApp, who: &str, kind: &str, about: &Value) -> usize {
    tell(app).await;
    let list = app.get(who, &format!("/v1/notifications?limit=200&kind={kind}")).await.expect(200);
    list["items"].as_array().unwrap().iter().filter(|item| item["resource_id"] == about["id"]).count()
}

scenario! {
/// A serious case is told to the heads of its department at once: registered so, raised to it, lifted by reopening.
async fn tk_r03_heads_hear_of_grave_cases(app) {
    let serious = register(app, json!({ "severity": "serious" })).await;
    let normal = register(app, json!({})).await;
    for who in ["cs_director", "cs_manager"] {
        assert_eq!(told(app, who, "ticket_grave", &serious).await, 1, "{who}");
        assert_eq!(told(app, who, "ticket_grave", &normal).await, 0, "{who}");
    }
    assert_eq!(told(app, "heating_service_manager", "ticket_grave", &serious).await, 0, "heating only");
    act(app, "cs_supervisor", &normal, "classify", json!({ "severity": "major" })).await.expect(200);
    assert_eq!(told(app, "cs_director", "ticket_grave", &normal).await, 1);
    app.later(hours(1));
    let down = json!({ "severity": "normal", "reason": "经核实影响不大" });
    act(app, "cs_supervisor", &normal, "classify", down).await.expect(200);
    assert_eq!(told(app, "cs_director", "ticket_grave", &normal).await, 1, "lowering is no alarm");
}
}

scenario! {
async fn tk_r17_chases_are_told_to_the_holder_and_from_the_third_on_to_those_who_lead(app) {
    let ticket = started(app, json!({})).await;
    for (n, led) in [(1, 0), (2, 0), (3, 1), (4, 2)] {
        app.later(hours(1));
        act(app, "cs_agent2", &ticket, "chase", json!({})).await.expect(200);
        assert_eq!(told(app, "cs_agent", "ticket_chased", &ticket).await, n, "the holder");
        for who in ["team_leader", "cs_supervisor"] {
            assert_eq!(told(app, who, "ticket_chased", &ticket).await, led, "{who} after {n}");
        }
    }
}
}

scenario! {
async fn tk_r25_contested_answers_and_low_ratings_are_told_to_those_who_lead(app) {
    let ticket = started(app, json!({})).await;
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    let mut contested = answer();
    contested["response"] = json!("contested");
    act(app, "cs_agent", &ticket, "reply", contested).await.expect(200);
    assert_eq!(told(app, "team_leader", "ticket_contested", &ticket).await, 1);
    let content = replied(app, json!({})).await;
    assert_eq!(told(app, "team_leader", "ticket_contested", &content).await, 0);
    act(app, "customer", &content, "rate", json!({ "rating": 2 })).await.expect(200);
    assert_eq!(told(app, "cs_supervisor", "ticket_rated_low", &content).await, 1);
    let fine = replied(app, json!({})).await;
    act(app, "customer", &fine, "rate", json!({ "rating": 3 })).await.expect(200);
    assert_eq!(told(app, "cs_supervisor", "ticket_rated_low", &fine).await, 0);
}
}

scenario! {
/// Where the house lets it, a good rating of the customer himself stands for his callback (TK-R25).
async fn tk_r25_a_good_rating_counts_where_the_house_lets_it(app) {
    let before = replied(app, json!({})).await;
    act(app, "customer", &before, "rate", json!({ "rating": 5 })).await.expect(200);
    callback(app, &before).await;
    let body = json!({ "value": true, "valid_from": "2026-03-02", "reason": "试行" });
    let path = "/v1/parameters/tickets.callback.self_rating_counts";
    app.by("system_admin", actix_web::http::Method::PUT, path).json(body).send().await.expect(200);
    let low = replied(app, json!({})).await;
    assert_eq!(act(app, "customer", &low, "rate", json!({ "rating": 3 })).await.expect(200)["status"], "replied");
    let good = replied(app, json!({})).await;
    let rated = act(app, "customer", &good, "rate", json!({ "rating": 4 })).await.expect(200);
    assert_eq!(rated["status"], "closed");
    let list = app.get("cs_agent2", &format!("/v1/callbacks?ticket_id={}", id(&good))).await.expect(200);
    let row = &list["items"][0];
    assert_eq!((&row["status"], &row["outcome"], &row["score"]), (&json!("done"), &json!("satisfied"), &json!(4)));
    assert_eq!((&row["proxy"], &row["answered_by"]["relation"]), (&json!(false), &json!("self")));
}
}

scenario! {
/// The provider hears of his order, the customer of the price, the heads of the third failure.
async fn tk_r21_repairs_tell_their_provider_their_customer_and_the_heads(app) {
    let ticket = case(app, json!({})).await;
    let order = dispatched(app, &ticket, json!({ "org_unit_id": app.fixture.units["DESK"] })).await;
    assert_eq!(told(app, "repair_team_leader", "repair_dispatched", &order).await, 1);
    assert_eq!(told(app, "cs_agent2", "repair_dispatched", &order).await, 0);
    let firm = supplier(app, "宏远建筑", "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    assert_eq!(told(app, "engineering_officer", "repair_dispatched", &order).await, 1, "for the contractor");
    up_to(app, &order, "arrive").await;
    on_order(app, "engineering_officer", &order, "quote", json!({ "amount": "300.00" })).await.expect(200);
    tell(app).await;
    let quoted = Entity::find().filter(Column::Kind.eq("repair_quoted"));
    let quoted = quoted.filter(Column::RecipientId.eq(app.fixture.customer));
    assert_eq!(quoted.count(app.store.reader()).await.unwrap(), 1);
    on_order(app, "engineering_officer", &order, "begin", json!({})).await.expect(200);
    for (n, heads) in [(1, 0), (2, 0), (3, 1), (4, 1)] {
        let done = finished(app, "engineering_officer").await;
        on_order(app, "engineering_officer", &order, "finish", done).await.expect(200);
        on_order(app, "cs_agent", &order, "evaluate", judged("failed")).await.expect(200);
        assert_eq!(told(app, "cs_director", "repair_reworked", &order).await, heads, "after failure {n}");
        app.later(hours(1));
    }
}
}

scenario! {
/// Every fact of a ticket says what it is about and when it is due, as it stands after it (spec tickets §9).
async fn tk_9_facts_of_a_ticket_say_where_it_stands(app) {
    let ticket = started(app, json!({ "kind": "complaint" })).await;
    let leak = json!({ "kind": "repair", "category_code": "house_quality.water_leak" });
    let after = act(app, "cs_supervisor", &ticket, "classify", leak).await.expect(200);
    app.store.seal_now().await.unwrap();
    let list = app.get("general_manager", "/v1/events?limit=200&resources=ticket").await.expect(200);
    let of = |kind: &str| {
        let items = list["items"].as_array().unwrap();
        items.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("no {kind}"))["data"].clone()
    };
    let registered = of("ticket.registered");
    assert_eq!((&registered["number"], &registered["kind"]), (&ticket["number"], &json!("complaint")));
    assert_eq!(registered["due_at"], ticket["due_at"], "of the clock it began");
    assert_eq!((&registered["unit_id"], &registered["project_id"]), (&ticket["unit_id"], &ticket["project_id"]));
    let classified = of("ticket.classified");
    assert_eq!((&classified["kind"], &classified["category_code"]), (&json!("repair"), &json!("house_quality.water_leak")));
    assert_eq!((&classified["due_at"], &classified["cycle"]), (&after["due_at"], &json!(1)));
    let begun = of("ticket.started");
    assert_eq!((&begun["status_before"], &begun["status_after"]), (&json!("assigned"), &json!("in_progress")));
}
}

scenario! {
/// What is told of a callback belongs where its ticket does.
async fn callbacks_are_told_within_the_scope_of_their_ticket(app) {
    replied(app, json!({})).await;
    app.store.seal_now().await.unwrap();
    let count = async |who: &str| {
        let list = app.get(who, "/v1/events?limit=200&resources=callback").await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(count("cs_agent2").await, 1);
    assert_eq!(count("heating_hotline_agent").await, 0);
}
}

scenario! {
/// Merged into an answered case, a ticket stops with it and its own customer is called back too (TK-R05, R24).
async fn tk_r05_merged_into_an_answered_case(app) {
    let target = replied(app, json!({})).await;
    app.later(hours(1));
    let late = started(app, json!({ "customer_id": app.fixture.other_customer, "unit_id": app.fixture.other_unit })).await;
    let body = json!({ "target_ticket_id": target["id"], "reason": "同一故障" });
    act(app, "cs_supervisor", &late, "merge", body).await.expect(200);
    let stopped = clock(app, &late, "handle").await;
    assert_eq!(stopped["outcome"], "met", "{stopped}");
    let list = app.get("cs_agent2", &format!("/v1/callbacks?ticket_id={}&status=pending", id(&target))).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "one a customer");
}
}
