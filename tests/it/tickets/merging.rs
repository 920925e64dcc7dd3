//! Tickets merged into one that is merged itself: they end and are told together (TK-R05).

use serde_json::{Value, json};

use super::desk::*;
use super::repair_desk::{drafted, on_order};
use crate::kit::{TestApp, id};

async fn merge(app: &TestApp, ticket: &Value, target: &Value) -> Value {
    let body = json!({ "target_ticket_id": target["id"], "reason": "同一事项" });
    app.post("cs_supervisor", &format!("/v1/tickets/{}/merge", id(ticket)), body).await.expect(200)
}

/// One merged into another, and that into the last.
async fn chain(app: &TestApp) -> [Value; 3] {
    let first = register(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let (second, last) = (register(app, json!({})).await, started(app, json!({})).await);
    merge(app, &first, &second).await;
    merge(app, &second, &last).await;
    [first, second, last]
}

scenario! {
/// The clocks stop when the last target's stop, and each customer is called back.
async fn what_is_merged_by_way_of_another_ends_with_the_last(app) {
    let [first, second, last] = chain(app).await;
    app.later(hours(2));
    act(app, "cs_agent", &last, "resolve", solution()).await.expect(200);
    for ticket in [&first, &second] {
        let handle = clock(app, ticket, "handle").await;
        assert_eq!((&handle["outcome"], &handle["elapsed_seconds"]), (&json!("met"), &json!(7_200)));
    }
    act(app, "cs_agent", &last, "reply", answer()).await.expect(200);
    let path = format!("/v1/callbacks?ticket_id={}&status=pending", id(&last));
    let list = app.get("cs_agent2", &path).await.expect(200);
    let mut called: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|one| one["customer_id"].as_str().unwrap()).collect();
    called.sort_unstable();
    let mut wanted = [app.fixture.customer.to_string(), app.fixture.other_customer.to_string()];
    wanted.sort_unstable();
    assert_eq!(called, wanted);
}
}

scenario! {
/// What was merged into a question that is answered at once ends with it (TK-R05).
async fn what_was_merged_ends_with_an_answer_at_intake(app) {
    let asked = json!({ "kind": "consultation", "category_code": "title" });
    let (first, second) = (register(app, asked.clone()).await, register(app, asked).await);
    merge(app, &first, &second).await;
    app.later(hours(1));
    let body = json!({ "solution": "已说明办理流程", "reply": answer() });
    act(app, "cs_agent", &second, "answer-at-intake", body).await.expect(200);
    app.later(hours(1));
    for name in ["handle", "stage"] {
        let stopped = clock(app, &first, name).await;
        assert_ne!(stopped["outcome"], "running", "{name}");
        assert_eq!(stopped["elapsed_seconds"], 3_600, "{name}");
    }
}
}

scenario! {
/// The limit of the last is the earliest of them all; with one taken out again, its own run on with it.
async fn limits_and_clocks_go_with_the_one_they_were_merged_into(app) {
    let leak = register(app, json!({ "category_code": "house_quality.water_leak" })).await;
    let (second, last) = (register(app, json!({})).await, started(app, json!({})).await);
    merge(app, &leak, &second).await;
    merge(app, &second, &last).await;
    let read = async |ticket: &Value| app.get("cs_agent", &format!("/v1/tickets/{}", id(ticket))).await.expect(200);
    assert_eq!(read(&last).await["effective_due_at"], leak["due_at"]);
    app.later(hours(1));
    act(app, "cs_agent", &last, "resolve", solution()).await.expect(200);
    app.later(hours(1));
    act(app, "cs_supervisor", &second, "unmerge", json!({ "reason": "不同事项" })).await.expect(200);
    for ticket in [&leak, &second] {
        let handle = clock(app, ticket, "handle").await;
        assert_eq!((&handle["outcome"], &handle["elapsed_seconds"]), (&json!("running"), &json!(7_200)));
    }
    assert_eq!(read(&second).await["effective_due_at"], leak["due_at"]);
}
}

scenario! {
/// TK-R21: the repairs of what was merged into a case are done before it counts as solved.
async fn a_case_waits_for_the_repairs_of_what_was_merged_into_it(app) {
    let (twin, target) = (started(app, json!({})).await, started(app, json!({})).await);
    let order = drafted(app, &twin, json!({})).await;
    merge(app, &twin, &target).await;
    act(app, "cs_agent", &target, "resolve", solution()).await.refused(409, "repair_open");
    let seen = app.get("cs_agent", &format!("/v1/tickets/{}", id(&target))).await.expect(200);
    let acts = seen["allowed_actions"].as_array().unwrap();
    let resolve = acts.iter().find(|act| act["action"] == "resolve").unwrap();
    assert_eq!(resolve["reasons"][0]["code"], "repair_open", "{resolve}");
    on_order(app, "cs_agent", &order, "cancel", json!({ "reason": "重复报修" })).await.expect(200);
    act(app, "cs_agent", &target, "resolve", solution()).await.expect(200);
}
}
