//! Engineering repair (TK-05): orders from draft to closing, what is refused, who sees what.

use chrono::TimeDelta;
use serde_json::json;

use super::desk::{act, answer, document, hours, register};
use super::repair_desk::*;
use crate::kit::id;

scenario! {
async fn an_order_goes_from_draft_to_closed_and_holds_its_ticket_open(app) {
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, "宏远建筑", "contractor").await;
    let order = drafted(app, &ticket, json!({})).await;
    assert_eq!((&order["status"], &order["proposed_bearer"]), (&json!("drafted"), &json!("customer")));
    assert!(order["number"].as_str().unwrap().starts_with("RO-20260302-"));
    let to = json!({ "supplier_id": firm, "bearer": "company" });
    on_order(app, "cs_specialist", &order, "dispatch", to).await.expect(200);
    let accepted = up_to(app, &order, "accept").await;
    assert_eq!(accepted["on_behalf_of_provider"], true);
    on_order(app, "cs_agent", &order, "schedule", window(app, 1, 4)).await.expect(200);
    let again = on_order(app, "engineering_officer", &order, "schedule", window(app, 2, 3)).await.expect(200);
    let statuses: Vec<_> = again["appointments"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!(statuses, ["cancelled", "proposed"]);
    let confirmed = on_order(app, "cs_agent", &order, "confirm-appointment", json!({})).await.expect(200);
    assert_eq!(confirmed["appointments"][1]["on_behalf"], true);
    app.later(hours(5));
    let arrived = on_order(app, "engineering_officer", &order, "arrive", json!({})).await.expect(200);
    assert_eq!(arrived["punctual"], true, "the last instant of the window is punctual");
    resolve(app, &ticket).await.refused(409, "repair_open");
    act(app, "customer", &ticket, "withdraw", json!({ "reason": "不修了" })).await.refused(409, "repair_open");
    on_order(app, "engineering_officer", &order, "begin", json!({})).await.expect(200);
    let mut body = finished(app, "engineering_officer").await;
    let photos = body["photos"].take();
    body["photos"] = json!([]);
    on_order(app, "engineering_officer", &order, "finish", body.clone()).await.refused(422, "photo_required");
    body["photos"] = photos;
    let done = on_order(app, "engineering_officer", &order, "finish", body).await.expect(200);
    assert_eq!((&done["amount"], &done["lines"][1]["amount"]), (&json!("13250.00"), &json!("5400.00")));
    on_order(app, "engineering_officer", &order, "evaluate", judged("passed")).await.refused(409, "separation_of_duties");
    let back = on_order(app, "cs_agent", &order, "evaluate", judged("failed")).await.expect(200);
    assert_eq!((&back["status"], &back["rework_count"]), (&json!("working"), &json!(1)));
    let rework = json!({ "result": "补做一遍", "photos": [document(app, "engineering_officer").await], "lines": [] });
    on_order(app, "engineering_officer", &order, "finish", rework).await.expect(200);
    on_order(app, "cs_agent", &order, "evaluate", judged("passed")).await.expect(200);
    let closed = on_order(app, "cs_specialist", &order, "close", closing(app, "wear").await).await.expect(200);
    assert_eq!((&closed["status"], &closed["amount"]), (&json!("closed"), &json!("13250.00")));
    resolve(app, &ticket).await.expect(200);
    let history = app.get("cs_agent", &format!("/v1/repair-orders/{}/history", id(&order))).await.expect(200);
    let types: Vec<&str> = history["items"].as_array().unwrap().iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    for event in ["created", "dispatched", "accepted", "scheduled", "arrived", "finished", "evaluated", "closed"] {
        assert!(types.contains(&format!("repair_order.{event}").as_str()), "{event} in {types:?}");
    }
    let path = format!("/v1/tickets/{}?expand=repair_orders", id(&ticket));
    let seen = app.get("cs_agent", &path).await.expect(200);
    assert_eq!(seen["repair_orders"][0]["id"], order["id"]);
    let path = format!("/v1/repair-orders/{}?expand=ticket,unit,provider", id(&order));
    let seen = app.get("cs_agent", &path).await.expect(200);
    assert_eq!((&seen["provider"]["name"], &seen["ticket"]["id"]), (&json!("宏远建筑"), &ticket["id"]));
}
}

scenario! {
async fn the_refusals_of_orders(app) {
    let registered = register(app, json!({})).await;
    let body = json!({ "ticket_id": registered["id"], "part_code": "plumbing", "description": "水管漏水" });
    app.post("cs_agent", "/v1/repair-orders", body).await.refused(409, "invalid_state");
    let ticket = case(app, json!({})).await;
    let body = json!({ "ticket_id": ticket["id"], "part_code": "roof_garden", "description": "水管漏水" });
    app.post("cs_agent", "/v1/repair-orders", body).await.refused(422, "not_found");
    let order = drafted(app, &ticket, json!({})).await;
    let both = json!({ "supplier_id": app.fixture.project, "org_unit_id": app.fixture.units["TEAM"], "bearer": "company" });
    on_order(app, "cs_specialist", &order, "dispatch", both).await.refused(422, "exactly_one");
    let firm = supplier(app, "黑名单公司", "contractor").await;
    let listed = json!({ "reason": "多次违约" });
    app.post("cost_manager", &format!("/v1/suppliers/{firm}/blacklist"), listed).await.expect(200);
    let to = json!({ "supplier_id": firm, "bearer": "company" });
    on_order(app, "cs_specialist", &order, "dispatch", to).await.refused(409, "supplier_not_active");
    on_order(app, "engineering_officer", &order, "accept", json!({})).await.refused(409, "invalid_state");

    let order = paid_by_customer(app, "13249.99").await;
    let body = finished(app, "engineering_officer").await;
    on_order(app, "engineering_officer", &order, "finish", body.clone()).await.refused(409, "quote_exceeded");
    on_order(app, "engineering_officer", &order, "quote", json!({ "amount": "13250.00" })).await.expect(200);
    on_order(app, "engineering_officer", &order, "finish", body.clone()).await.refused(409, "quote_exceeded");
    on_order(app, "cs_agent", &order, "answer-quote", json!({ "accepted": true })).await.expect(200);
    on_order(app, "customer", &order, "answer-quote", json!({ "accepted": false })).await.refused(409, "quote_not_open");
    on_order(app, "engineering_officer", &order, "finish", body).await.expect(200);

    let ticket = case(app, json!({})).await;
    let firm = supplier(app, "门窗公司", "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm, "bearer": "customer" })).await;
    on_order(app, "repair_team_leader", &order, "accept", json!({})).await.refused(409, "above_authority");
    up_to(app, &order, "accept").await;
    on_order(app, "engineering_officer", &order, "schedule", window(app, 1, 5)).await.refused(422, "window_too_long");
    on_order(app, "engineering_officer", &order, "schedule", window(app, -1, 2)).await.refused(422, "date_order");
    on_order(app, "engineering_officer", &order, "arrive", json!({})).await.expect(200);
    on_order(app, "engineering_officer", &order, "begin", json!({})).await.refused(409, "quote_not_accepted");
    on_order(app, "cs_agent", &order, "cancel", json!({ "reason": "业主改变主意" })).await.refused(422, "required");
    let visit = json!({ "reason": "业主改变主意", "bearer": "customer", "travel_line": { "quantity": "1", "unit_price": "60.00" } });
    let cancelled = on_order(app, "cs_agent", &order, "cancel", visit).await.expect(200);
    assert_eq!((&cancelled["status"], &cancelled["amount"]), (&json!("cancelled"), &json!("60.00")));
    resolve(app, &ticket).await.expect(200);
}
}

scenario! {
async fn a_provider_who_does_not_answer_is_silent_at_read_time(app) {
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, "慢半拍公司", "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    let path = format!("/v1/repair-orders/{}", id(&order));
    app.later(TimeDelta::minutes(240));
    assert_eq!(app.get("cs_agent", &path).await.expect(200)["provider_silent"], false);
    app.later(TimeDelta::seconds(1));
    assert_eq!(app.get("cs_agent", &path).await.expect(200)["provider_silent"], true);
    let list = app.get("cs_agent", "/v1/repair-orders?provider_silent=true").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    on_order(app, "cs_agent", &order, "cancel", json!({ "reason": "维修方不接单" })).await.expect(200);
    app.later(hours(24));
    assert_eq!(app.get("cs_agent", &path).await.expect(200)["provider_silent"], true, "the fact stays");
    let urgent = drafted(app, &ticket, json!({ "urgent": true })).await;
    let to = json!({ "supplier_id": firm, "bearer": "company" });
    on_order(app, "cs_specialist", &urgent, "dispatch", to).await.expect(200);
    app.later(TimeDelta::minutes(30) + TimeDelta::seconds(1));
    let list = app.get("cs_agent", "/v1/repair-orders?provider_silent=true&status=dispatched").await.expect(200);
    assert_eq!(list["items"][0]["id"], urgent["id"]);
    assert!(app.get("cs_agent", "/v1/repair-orders?provider_silent=false").await.expect(200)["items"].as_array().unwrap().is_empty());
}
}

scenario! {
async fn nobody_at_home_counts_as_a_visit_and_asks_for_another_window(app) {
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, "宏远建筑", "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    up_to(app, &order, "schedule").await;
    on_order(app, "engineering_officer", &order, "no-access", json!({})).await.refused(422, "required");
    let photo = json!({ "photo": document(app, "engineering_officer").await });
    let missed = on_order(app, "engineering_officer", &order, "no-access", photo).await.expect(200);
    assert_eq!((&missed["status"], &missed["visits"][0]["result"]), (&json!("accepted"), &json!("no_access")));
    assert_eq!(missed["appointments"][0]["status"], "no_access");
    on_order(app, "engineering_officer", &order, "schedule", window(app, 24, 2)).await.expect(200);
    app.later(hours(27));
    let late = on_order(app, "engineering_officer", &order, "arrive", json!({})).await.expect(200);
    assert_eq!(late["punctual"], false);
}
}

scenario! {
async fn an_outlet_sees_its_orders_and_of_their_tickets_only_what_it_needs(app) {
    let firm = supplier(app, "便民维修", "outlet").await;
    let body = json!({ "supplier_id": firm, "region_org_unit_id": app.fixture.units["DESK"], "categories": ["plumbing"] });
    let outlet = app.post("regional_service_rep", "/v1/service-outlets", body).await.expect(201);
    assert_eq!(outlet["name"], "便民维修");
    let review = json!({ "score": 4, "text": "现场整洁,配件台账齐全" });
    app.post("cs_manager", &format!("/v1/service-outlets/{}/reviews", id(&outlet)), review).await.expect(201);
    let seen = app.get("service_outlet", &format!("/v1/service-outlets/{}", id(&outlet))).await.expect(200);
    assert_eq!(seen["reviews"][0]["score"], 4);

    let other = case(app, json!({ "severity": "serious" })).await;
    let ticket = case(app, json!({})).await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    app.get("service_outlet", &format!("/v1/tickets/{}", id(&other))).await.refused(404, "not_found");
    let path = format!("/v1/tickets/{}", id(&ticket));
    let seen = app.get("service_outlet", &path).await.expect(200);
    let mut fields: Vec<&String> = seen.as_object().unwrap().keys().filter(|name| *name != "allowed_actions").collect();
    fields.sort();
    assert_eq!(fields, ["address", "contact", "description", "id", "number", "version"]);
    assert_eq!(seen["contact"], json!({ "name": "王*", "phone": "138****5678" }));
    assert_eq!(seen["address"], "和平花园 3号楼 3-2-1201");
    for part in ["history", "progress"] {
        app.get("service_outlet", &format!("{path}/{part}")).await.refused(404, "not_found");
    }
    let list = app.get("service_outlet", "/v1/repair-orders?expand=ticket").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert!(list["items"][0]["ticket"]["severity"].is_null());

    let reveal = json!({ "resource": "repair_order", "id": order["id"], "reason": "约上门时间" });
    let clear = app.by("service_outlet", actix_web::http::Method::POST, "/v1/contacts/reveal").json(reveal.clone());
    assert_eq!(clear.send().await.expect(200)["phone"], "13800135678");
    app.post("engineering_officer", "/v1/contacts/reveal", reveal.clone()).await.refused(404, "not_found");
    on_order(app, "engineering_officer", &order, "accept", json!({})).await.refused(409, "above_authority");
    on_order(app, "service_outlet", &order, "accept", json!({})).await.expect(200);
    on_order(app, "cs_agent", &order, "cancel", json!({ "reason": "业主自行解决" })).await.expect(200);
    app.post("service_outlet", "/v1/contacts/reveal", reveal).await.refused(404, "not_found");
}
}

scenario! {
/// Who may not read callbacks gets none with the tickets of his orders either.
async fn what_is_shown_within_a_ticket_needs_its_own_permission(app) {
    let firm = supplier(app, "便民维修", "outlet").await;
    let body = json!({ "supplier_id": firm, "region_org_unit_id": app.fixture.units["DESK"], "categories": ["plumbing"] });
    app.post("regional_service_rep", "/v1/service-outlets", body).await.expect(201);
    let ticket = case(app, json!({})).await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    for action in ["accept", "arrive", "begin"] {
        on_order(app, "service_outlet", &order, action, json!({})).await.expect(200);
    }
    let done = finished(app, "service_outlet").await;
    on_order(app, "service_outlet", &order, "finish", done).await.expect(200);
    on_order(app, "cs_agent", &order, "evaluate", judged("passed")).await.expect(200);
    on_order(app, "cs_specialist", &order, "close", closing(app, "wear").await).await.expect(200);
    resolve(app, &ticket).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);

    let path = format!("/v1/tickets/{}?expand=callbacks,repair_orders", id(&ticket));
    for (who, callbacks) in [("cs_agent2", 1), ("service_outlet", 0)] {
        let seen = app.get(who, &path).await.expect(200);
        let count = |name: &str| seen[name].as_array().unwrap().len();
        assert_eq!((count("callbacks"), count("repair_orders")), (callbacks, 1), "{who}");
    }
    app.get("service_outlet", "/v1/callbacks").await.refused(403, "forbidden");
}
}

scenario! {
async fn a_team_of_the_house_is_its_own_provider_and_does_not_judge_itself(app) {
    let ticket = case(app, json!({})).await;
    let team = json!({ "org_unit_id": app.fixture.units["DESK"] });
    let order = dispatched(app, &ticket, team).await;
    let accepted = on_order(app, "repair_technician", &order, "accept", json!({})).await.expect(200);
    assert_eq!(accepted["on_behalf_of_provider"], false);
    on_order(app, "engineering_officer", &order, "arrive", json!({})).await.refused(409, "above_authority");
    on_order(app, "repair_technician", &order, "arrive", json!({})).await.expect(200);
    on_order(app, "repair_technician", &order, "begin", json!({})).await.expect(200);
    let done = finished(app, "repair_technician").await;
    on_order(app, "repair_technician", &order, "finish", done).await.expect(200);
    on_order(app, "cs_agent", &order, "evaluate", judged("passed")).await.refused(409, "separation_of_duties");
    on_order(app, "engineering_officer", &order, "evaluate", judged("passed")).await.expect(200);
    let seen = app.get("repair_technician", "/v1/tickets").await.expect(200);
    assert_eq!(seen["items"].as_array().unwrap().len(), 1, "technicians see the tickets of their orders");
}
}

scenario! {
async fn the_customer_follows_his_order_and_sees_nothing_of_the_house(app) {
    let order = paid_by_customer(app, "200.00").await;
    let path = format!("/v1/repair-orders/{}", id(&order));
    let seen = app.get("customer", &path).await.expect(200);
    assert_eq!((&seen["status"], &seen["quote"]["amount"]), (&json!("working"), &json!("200.00")));
    for hidden in ["supplier_id", "warranty", "dispatches", "provider_silent"] {
        assert!(seen[hidden].is_null(), "{hidden}");
    }
    let theirs = json!({ "customer_id": app.fixture.other_customer });
    let ticket = case(app, theirs).await;
    let order = drafted(app, &ticket, json!({})).await;
    app.get("customer", &format!("/v1/repair-orders/{}", id(&order))).await.refused(404, "not_found");
}
}

scenario! {
async fn withdrawing_a_ticket_calls_off_what_nobody_has_come_for(app) {
    let ticket = case(app, json!({})).await;
    let order = drafted(app, &ticket, json!({})).await;
    act(app, "customer", &ticket, "withdraw", json!({ "reason": "已自行修好" })).await.expect(200);
    let seen = app.get("cs_agent", &format!("/v1/repair-orders/{}", id(&order))).await.expect(200);
    assert_eq!(seen["status"], "cancelled");
}
}

scenario! {
/// Spec §7: who works on an order reads its ticket, also the leader of a unit elsewhere.
async fn a_provider_reads_the_tickets_of_his_orders(app) {
    let ticket = case(app, json!({})).await;
    let path = format!("/v1/tickets/{}", id(&ticket));
    app.get("heating_station_head", &path).await.refused(404, "not_found");
    dispatched(app, &ticket, json!({ "org_unit_id": app.fixture.units["STATION"] })).await;
    assert_eq!(app.get("heating_station_head", &path).await.expect(200)["number"], ticket["number"]);
}
}

scenario! {
/// TK-R19: photos left out are photos missing, like an empty list.
async fn tk_r19_an_order_is_finished_with_photos(app) {
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, "门窗公司", "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    up_to(app, &order, "begin").await;
    for body in [json!({ "result": "已修好" }), json!({ "result": "已修好", "photos": [], "lines": [] })] {
        on_order(app, "engineering_officer", &order, "finish", body).await.refused(422, "photo_required");
    }
    let body = json!({ "result": "已修好", "photos": [document(app, "engineering_officer").await] });
    on_order(app, "engineering_officer", &order, "finish", body).await.expect(200);
}
}

scenario! {
/// Who sees an order sees its photos, whatever unit took them; who does not sees none.
async fn photos_of_an_order_are_seen_with_it(app) {
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, "宏远建筑", "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    up_to(app, &order, "begin").await;
    let body = finished(app, "engineering_officer").await;
    let photo = format!("/v1/documents/{}", body["photos"][0].as_str().unwrap());
    assert_eq!(app.get("cs_agent2", &photo).await.status, 404);
    on_order(app, "engineering_officer", &order, "finish", body).await.expect(200);
    app.get("cs_agent2", &photo).await.expect(200);
    assert_ne!(app.get("heating_station_head", &photo).await.status, 200);
    let mut lost = finished(app, "engineering_officer").await;
    lost["photos"] = json!([uuid::Uuid::now_v7()]);
    on_order(app, "cs_agent", &order, "evaluate", judged("failed")).await.expect(200);
    let refused = on_order(app, "engineering_officer", &order, "finish", lost).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/photos");
}
}
