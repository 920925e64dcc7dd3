//! What the customer reads of his own cases, and what stays with the house (TK-R08).

use serde_json::{Value, json};

use super::desk::*;
use super::repair_desk::{case, dispatched, supplier, up_to};
use crate::kit::{TestApp, id};

async fn steps(app: &TestApp, ticket: &Value) -> Vec<String> {
    let progress = app.get("customer", &format!("/v1/tickets/{}/progress", id(ticket))).await.expect(200);
    let steps = progress["steps"].as_array().unwrap().iter();
    steps.map(|step| step["step"].as_str().unwrap().to_owned()).collect()
}

scenario! {
/// Of a case another customer's was merged into, each sees his own callback alone.
async fn tk_r08_callbacks_of_other_customers_stay_with_the_house(app) {
    let theirs = register(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let mine = started(app, json!({})).await;
    let body = json!({ "target_ticket_id": mine["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &theirs, "merge", body).await.expect(200);
    act(app, "cs_agent", &mine, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &mine, "reply", answer()).await.expect(200);
    let path = format!("/v1/callbacks?ticket_id={}", id(&mine));
    let all = app.get("cs_agent2", &path).await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let own = app.get("customer", &path).await.expect(200);
    let [only] = &own["items"].as_array().unwrap()[..] else { panic!("{own}") };
    assert_eq!(only["customer_id"], json!(app.fixture.customer));
    let other = all["items"].as_array().unwrap().iter().find(|one| one["id"] != only["id"]).unwrap();
    app.get("customer", &format!("/v1/callbacks/{}", id(other))).await.refused(404, "not_found");
}
}

scenario! {
/// Who was merged into another's case reads when he is called back, and nothing of the other.
async fn tk_r08_a_merged_case_says_when_its_customer_is_called(app) {
    let theirs = started(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let mine = register(app, json!({})).await;
    let body = json!({ "target_ticket_id": theirs["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &mine, "merge", body).await.expect(200);
    act(app, "cs_agent", &theirs, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &theirs, "reply", answer()).await.expect(200);
    let progress = app.get("customer", &format!("/v1/tickets/{}/progress", id(&mine))).await.expect(200);
    assert_eq!(progress["callback_due_at"], "2026-03-04T08:00:00+08:00");
    app.get("customer", &format!("/v1/tickets/{}/progress", id(&theirs))).await.refused(404, "not_found");
    let own = app.get("customer", "/v1/callbacks").await.expect(200);
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "{own}");
}
}

scenario! {
/// A paper shown in a comment for the customer is his to read; one of an internal comment is not.
async fn tk_r08_he_reads_the_papers_shown_to_him(app) {
    let ticket = register(app, json!({})).await;
    let path = format!("/v1/tickets/{}/comments", id(&ticket));
    for (visibility, status) in [("internal", 404), ("customer", 200)] {
        let paper = document(app, "cs_agent").await;
        let body = json!({ "text": "请看附件", "visibility": visibility, "document_ids": [paper] });
        app.post("cs_agent", &path, body).await.expect(201);
        let read = app.get("customer", &format!("/v1/documents/{paper}/content")).await;
        assert_eq!(read.status, status, "{visibility}");
        app.later(hours(1));
    }
}
}

scenario! {
/// The steps are those of the case: reminders and ratings are none, and what the desk notes when it chases is not shown.
async fn tk_r08_the_steps_are_those_of_the_case(app) {
    let ticket = replied(app, json!({})).await;
    act(app, "customer", &ticket, "chase", json!({ "text": "请尽快" })).await.expect(200);
    act(app, "cs_agent2", &ticket, "chase", json!({ "text": "客户威胁投诉媒体" })).await.expect(200);
    act(app, "customer", &ticket, "rate", json!({ "rating": 4 })).await.expect(200);
    assert_eq!(steps(app, &ticket).await, ["registered", "assigned", "started", "resolved", "replied"]);
    let history = app.get("customer", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200).to_string();
    assert!(history.contains("请尽快") && !history.contains("客户威胁投诉媒体"), "{history}");
    assert!(!history.contains("\"told"), "{history}");
}
}

scenario! {
/// Why staff assigned as they did is not the customer's; a part split off begins with its registration.
async fn tk_r08_reasons_of_staff_stay_with_the_house(app) {
    let ticket = register(app, json!({})).await;
    let to = json!({ "staff_id": app.fixture.staff["cs_agent"], "reason": "客户难缠" });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    let history = app.get("customer", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200).to_string();
    assert!(history.contains("ticket.assigned") && !history.contains("客户难缠"), "{history}");
    let body = json!({ "title": "窗台渗水", "description": "窗台下方墙面渗水" });
    let part = act(app, "cs_agent", &ticket, "split", body).await.expect(200);
    assert_eq!(steps(app, &part).await, ["registered"]);
}
}

scenario! {
/// Of the order for his home he reads what happened, not who is paid how much for whose fault.
async fn tk_r08_who_pays_for_a_repair_stays_with_the_house(app) {
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, "宏远建筑", "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    up_to(app, &order, "finish").await;
    let path = format!("/v1/repair-orders/{}/history", id(&order));
    let history = app.get("customer", &path).await.expect(200);
    let types: Vec<&Value> = history["items"].as_array().unwrap().iter().map(|entry| &entry["type"]).collect();
    assert!(types.contains(&&json!("repair_order.finished")), "{history}");
    let entries = history["items"].as_array().unwrap();
    for word in ["supplier_id", "cause", "bearer", "proposed_bearer", "amount"] {
        assert!(entries.iter().all(|entry| entry["data"].get(word).is_none()), "{word} in {history}");
    }
    assert!(app.get("cs_agent", &path).await.expect(200).to_string().contains(&firm));
}
}
