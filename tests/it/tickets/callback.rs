//! Callbacks: whom, how often, and who may let one go (TK-06).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use super::repair_desk::{case, dispatched, judged, on_order, resolve, supplier, up_to};
use crate::kit::{Answer, TestApp, id};

async fn complete(app: &TestApp, who: &str, callback: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/callbacks/{callback}/complete"), body).await
}

async fn attempt(app: &TestApp, callback: &str) -> Value {
    let path = format!("/v1/callbacks/{callback}/attempts");
    app.post("team_leader", &path, json!({ "result": "no_answer" })).await.expect(200)
}

async fn waive(app: &TestApp, who: &str, callback: &str) -> Answer {
    app.post(who, &format!("/v1/callbacks/{callback}/waive"), json!({ "reason": "多次联系不上" })).await
}

fn unreachable() -> Value {
    json!({ "outcome": "unreachable" })
}

scenario! {
/// Who answered is masked; his name in clear takes a reason and is written down.
async fn who_answered_is_shown_for_a_reason(app) {
    let ticket = replied(app, json!({})).await;
    let path = format!("/v1/callbacks/{}", callback(app, &ticket).await);
    let done = app.post("cs_agent2", &format!("{path}/complete"), said("satisfied")).await.expect(200);
    assert_ne!(done["answered_by"]["name"], "王小明");
    let body = json!({ "reason": "核对回访" });
    app.post("quality_inspector", &format!("{path}/reveal"), body.clone()).await.refused(403, "forbidden");
    let clear = app.post("cs_supervisor", &format!("{path}/reveal"), body).await.expect(200);
    assert_eq!(clear, json!({ "id": done["id"], "name": "王小明" }));
    app.store.seal_now().await.unwrap();
    let entries = app.get("system_admin", "/v1/journal-entries?limit=200&resource=callback").await.expect(200);
    let revealed = entries["items"].as_array().unwrap().iter().find(|fact| fact["type"] == "callback.revealed").unwrap();
    assert_eq!((&revealed["reason"], &revealed["data"]["fields"]), (&json!("核对回访"), &json!(["name"])));
    assert!(!entries.to_string().contains("王小明"));
}
}

scenario! {
/// Each fact of a callback says what came of it, also that of its waiver (spec tickets §9).
async fn the_facts_of_a_callback_say_its_outcome(app) {
    let ticket = replied(app, json!({})).await;
    let path = format!("/v1/callbacks/{}", callback(app, &ticket).await);
    app.post("cs_agent2", &format!("{path}/complete"), json!({ "outcome": "declined" })).await.expect(200);
    app.post("team_leader", &format!("{path}/waive"), json!({ "reason": "客户不愿接听" })).await.expect(200);
    let history = app.get("team_leader", &format!("{path}/history")).await.expect(200);
    let outcomes: Vec<(&Value, &Value)> = history["items"].as_array().unwrap().iter()
        .map(|fact| (&fact["type"], &fact["data"]["outcome"])).collect();
    let declined = json!("declined");
    let wanted = [("callback.created", &Value::Null), ("callback.done", &declined), ("callback.waived", &declined)];
    assert_eq!(outcomes.len(), wanted.len(), "{history}");
    for ((kind, outcome), (wanted_kind, wanted_outcome)) in outcomes.into_iter().zip(wanted) {
        assert_eq!((kind.as_str(), outcome), (Some(wanted_kind), wanted_outcome));
    }
}
}

scenario! {
/// Three counted attempts on two days, four hours apart; then somebody else may waive.
async fn unreachable_is_proven_and_waived_by_another(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    for at in ["2026-03-02T09:00:00+08:00", "2026-03-02T12:59:59+08:00", "2026-03-02T13:00:00+08:00"] {
        app.at(at);
        attempt(app, &waiting).await;
    }
    complete(app, "team_leader", &waiting, unreachable()).await.refused(409, "unreachable_not_proven");
    app.at("2026-03-02T17:00:00+08:00");
    let row = attempt(app, &waiting).await;
    let attempts = row["attempts"].as_array().unwrap();
    let counted: Vec<bool> = attempts.iter().map(|attempt| attempt["counted"].as_bool().unwrap()).collect();
    assert_eq!(counted, [true, false, true, true]);
    complete(app, "team_leader", &waiting, unreachable()).await.refused(409, "unreachable_not_proven");
    app.at("2026-03-03T09:00:00+08:00");
    attempt(app, &waiting).await;
    let done = complete(app, "team_leader", &waiting, unreachable()).await.expect(200);
    assert_eq!((&done["status"], &done["outcome"]), (&json!("done"), &json!("unreachable")));
    let path = format!("/v1/tickets/{}", id(&ticket));
    assert_eq!(app.get("cs_agent", &path).await.expect(200)["status"], "replied");
    act(app, "cs_agent", &ticket, "close", json!({})).await.refused(409, "callback_missing");
    waive(app, "cs_agent2", &waiting).await.refused(403, "forbidden");
    waive(app, "team_leader", &waiting).await.refused(409, "separation_of_duties");
    waive(app, "cs_supervisor", &waiting).await.expect(200);
    let closed = app.get("cs_agent", &path).await.expect(200);
    assert_eq!((&closed["status"], &closed["close_reason"]), (&json!("closed"), &json!("waived")));
}
}

scenario! {
/// PF-10: for what belongs to a project its own value goes before the company's.
async fn a_project_has_limits_of_its_own(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    attempt(app, &waiting).await;
    complete(app, "team_leader", &waiting, unreachable()).await.refused(409, "unreachable_not_proven");
    for key in ["max_attempts", "min_days"] {
        let path = format!("/v1/parameters/tickets.callback.{key}");
        let own = json!({ "value": 1, "valid_from": "2026-03-02", "reason": "小项目", "project_id": ticket["project_id"] });
        app.by("cs_manager", Method::PUT, &path).json(own).send().await.expect(200);
    }
    complete(app, "team_leader", &waiting, unreachable()).await.expect(200);
}
}

scenario! {
async fn two_attempts_prove_nothing(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    attempt(app, &waiting).await;
    app.later(hours(24));
    attempt(app, &waiting).await;
    complete(app, "team_leader", &waiting, unreachable()).await.refused(409, "unreachable_not_proven");
    waive(app, "cs_supervisor", &waiting).await.refused(409, "invalid_state");
}
}

/// A major case approved by both leaders and answered.
async fn major(app: &TestApp) -> Value {
    let ticket = started(app, json!({ "severity": "major" })).await;
    let opinion = json!({ "text": "经现场核实,建议整体更换窗框", "proposed_reply": "三日内免费更换" });
    act(app, "cs_agent", &ticket, "submit-opinion", opinion).await.expect(200);
    act(app, "cs_manager", &ticket, "approve", json!({})).await.expect(200);
    act(app, "company_leader", &ticket, "approve", json!({})).await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200)
}

fn by_spouse(outcome: &str) -> Value {
    let mut body = said(outcome);
    body["answered_by"] = json!({ "relation": "spouse", "name": "李红" });
    body
}

scenario! {
async fn a_proxy_is_marked_and_not_enough_for_a_major_case(app) {
    let ticket = major(app).await;
    let waiting = callback(app, &ticket).await;
    complete(app, "cs_agent2", &waiting, by_spouse("satisfied")).await.refused(409, "proxy_not_accepted");
    let done = complete(app, "cs_agent2", &waiting, by_spouse("not_satisfied")).await.expect(200);
    assert_eq!((&done["proxy"], &done["outcome"]), (&json!(true), &json!("not_satisfied")));
    let again = app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    assert_eq!((&again["status"], &again["cycle"]), (&json!("in_progress"), &json!(2)));
    let plain = replied(app, json!({})).await;
    let waiting = callback(app, &plain).await;
    let done = complete(app, "cs_agent2", &waiting, by_spouse("satisfied")).await.expect(200);
    assert_eq!((&done["proxy"], &done["status"]), (&json!(true), &json!("done")));
    assert_eq!(done["answered_by"]["relation"], "spouse");
    assert_ne!(done["answered_by"]["name"], "李红", "the name is masked");
    assert_eq!(done["identity_check"]["passed"], true);
    let closed = app.get("cs_agent", &format!("/v1/tickets/{}", id(&plain))).await.expect(200);
    assert_eq!(closed["status"], "closed");
}
}

scenario! {
/// TK-R24: a proxy's word for what became grave only afterwards finishes nothing; it is waived, there is nobody left to call.
async fn a_proxys_word_for_what_became_grave_is_waived(app) {
    let target = started(app, json!({})).await;
    let twin = register(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let into = json!({ "target_ticket_id": target["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &twin, "merge", into).await.expect(200);
    act(app, "cs_agent", &target, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &target, "reply", answer()).await.expect(200);
    let list = app.get("cs_agent2", &format!("/v1/callbacks?ticket_id={}", id(&target))).await.expect(200);
    let (first, second) = (id(&list["items"][0]), id(&list["items"][1]));
    complete(app, "cs_agent2", &first, by_spouse("satisfied")).await.expect(200);
    act(app, "cs_supervisor", &target, "classify", json!({ "severity": "serious" })).await.expect(200);
    complete(app, "cs_agent2", &second, said("satisfied")).await.expect(200);
    act(app, "cs_agent", &target, "close", json!({})).await.refused(409, "callback_missing");
    waive(app, "cs_supervisor", &second).await.refused(409, "not_waivable");
    assert_eq!(to_waive(app, "cs_supervisor").await, [json!(first)]);
    waive(app, "cs_supervisor", &first).await.expect(200);
    assert_eq!(to_waive(app, "cs_supervisor").await, [] as [Value; 0]);
    let closed = app.get("cs_agent", &format!("/v1/tickets/{}", id(&target))).await.expect(200);
    assert_eq!((&closed["status"], &closed["close_reason"]), (&json!("closed"), &json!("waived")));
}
}

/// The callbacks that wait for this caller to waive them.
async fn to_waive(app: &TestApp, who: &str) -> Vec<Value> {
    let list = app.get(who, "/v1/work-items?limit=200&kind=callback_waiver").await.expect(200);
    list["items"].as_array().unwrap().iter().map(|item| item["subject"]["id"].clone()).collect()
}

scenario! {
/// TK-R24: what was said of an answer stays said when the case, begun anew, becomes grave.
async fn an_answer_of_an_earlier_cycle_is_waived_no_more(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    complete(app, "cs_agent2", &waiting, by_spouse("satisfied")).await.expect(200);
    act(app, "cs_agent", &ticket, "reopen", json!({ "reason": "窗户又漏风" })).await.expect(200);
    act(app, "cs_supervisor", &ticket, "classify", json!({ "severity": "serious" })).await.expect(200);
    waive(app, "cs_supervisor", &waiting).await.refused(409, "not_waivable");
    assert_eq!(to_waive(app, "cs_supervisor").await, [] as [Value; 0]);
}
}

scenario! {
async fn the_second_reopening_makes_a_case_serious(app) {
    let ticket = replied(app, json!({})).await;
    for (cycle, severity) in [(2, "normal"), (3, "serious")] {
        let waiting = callback(app, &ticket).await;
        complete(app, "cs_agent2", &waiting, said("not_satisfied")).await.expect(200);
        let again = app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
        assert_eq!((&again["cycle"], &again["severity"]), (&json!(cycle), &json!(severity)));
        app.later(hours(1));
        if severity == "normal" {
            act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
            act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
        }
    }
    act(app, "cs_agent", &ticket, "resolve", solution()).await.refused(409, "approval_required");
}
}

scenario! {
async fn a_callback_is_a_proper_conversation(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    for (field, value, code) in [
        ("answered_by", json!(null), "required"),
        ("identity_check", json!({ "method": "phone_number", "passed": false }), "must_be_true"),
        ("introduced", json!(false), "must_be_true"),
        ("convenient", json!(false), "must_be_true"),
    ] {
        let mut body = said("satisfied");
        body[field] = value;
        complete(app, "cs_agent2", &waiting, body).await.refused(422, code);
    }
    let mut body = said("not_satisfied");
    body["opinion"] = json!("  ");
    complete(app, "cs_agent2", &waiting, body).await.refused(422, "required");
}
}

scenario! {
/// Declined finishes nothing; who handled the case may not even try to call.
async fn declined_leaves_the_case_answered(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    let path = format!("/v1/callbacks/{waiting}/attempts");
    app.post("cs_agent", &path, json!({ "result": "busy" })).await.refused(409, "separation_of_duties");
    complete(app, "cs_agent2", &waiting, json!({ "outcome": "declined" })).await.expect(200);
    act(app, "cs_agent2", &ticket, "close", json!({})).await.refused(409, "callback_missing");
    waive(app, "cs_manager", &waiting).await.expect(200);
}
}

scenario! {
/// One callback for each distinct customer of the case and of those merged into it.
async fn each_customer_of_a_merged_case_is_called(app) {
    let target = started(app, json!({})).await;
    for customer in [app.fixture.customer, app.fixture.other_customer] {
        let twin = register(app, json!({ "customer_id": customer })).await;
        let body = json!({ "target_ticket_id": target["id"], "reason": "同一事项" });
        act(app, "cs_supervisor", &twin, "merge", body).await.expect(200);
    }
    act(app, "cs_agent", &target, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &target, "reply", answer()).await.expect(200);
    let path = format!("/v1/callbacks?ticket_id={}", id(&target));
    let list = app.get("cs_agent2", &path).await.expect(200);
    let rows = list["items"].as_array().unwrap();
    let mut customers: Vec<&str> = rows.iter().map(|row| row["customer_id"].as_str().unwrap()).collect();
    customers.sort_unstable();
    let mut expected = [app.fixture.customer.to_string(), app.fixture.other_customer.to_string()];
    expected.sort_unstable();
    assert_eq!(customers, expected);
    complete(app, "cs_agent2", &id(&list["items"][0]), said("satisfied")).await.expect(200);
    act(app, "cs_agent", &target, "close", json!({})).await.refused(409, "callback_missing");
    complete(app, "cs_agent2", &id(&list["items"][1]), said("satisfied")).await.expect(200);
    let closed = app.get("cs_agent", &format!("/v1/tickets/{}", id(&target))).await.expect(200);
    assert_eq!(closed["status"], "closed");
}
}

scenario! {
/// TK-R24: two files of one person are one customer, who is called once.
async fn one_person_of_two_files_is_called_once(app) {
    let target = started(app, json!({})).await;
    let twin = register(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let body = json!({ "target_ticket_id": target["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &twin, "merge", body).await.expect(200);
    let file = format!("/v1/customers/{}/merge", app.fixture.other_customer);
    let into = json!({ "target_id": app.fixture.customer, "reason": "同一人" });
    app.post("cs_supervisor", &file, into).await.expect(200);
    act(app, "cs_agent", &target, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &target, "reply", answer()).await.expect(200);
    let list = app.get("cs_agent2", &format!("/v1/callbacks?ticket_id={}", id(&target))).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
}
}

scenario! {
/// A question answered at once is called back by somebody else, too.
async fn an_answer_at_intake_is_called_back(app) {
    let body = json!({ "solution": "已说明办理流程", "reply": answer() });
    let complaint = register(app, json!({ "kind": "complaint", "category_code": "house_quality" })).await;
    let refused = act(app, "cs_agent", &complaint, "answer-at-intake", body.clone()).await;
    refused.refused(409, "above_authority");
    let question = register(app, json!({ "kind": "consultation", "category_code": "title" })).await;
    app.later(hours(1));
    let replied = act(app, "cs_agent", &question, "answer-at-intake", body).await.expect(200);
    assert_eq!((&replied["status"], &replied["resolved_at"]), (&json!("replied"), &replied["replied_at"]));
    assert_eq!(clock(app, &question, "handle").await["elapsed_seconds"], 3_600);
    assert_eq!(clock(app, &question, "reply").await["outcome"], "met");
    let waiting = callback(app, &question).await;
    complete(app, "cs_agent", &waiting, said("satisfied")).await.refused(409, "separation_of_duties");
    complete(app, "cs_agent2", &waiting, said("satisfied")).await.expect(200);
    let closed = app.get("cs_agent", &format!("/v1/tickets/{}", id(&question))).await.expect(200);
    assert_eq!(closed["status"], "closed");
    assert_eq!(clock(app, &question, "callback").await["outcome"], "met");
}
}

scenario! {
/// An answer that reached nobody is kept; the reply clock runs on.
async fn a_failed_answer_is_kept(app) {
    let ticket = started(app, json!({})).await;
    let tried = json!({ "result": "no_answer" });
    act(app, "cs_agent", &ticket, "reply-attempts", tried.clone()).await.refused(409, "invalid_state");
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    let kept = act(app, "cs_agent", &ticket, "reply-attempts", tried).await;
    assert!(matches!(kept.status, 200 | 201), "{}", kept.body);
    assert_eq!(clock(app, &ticket, "reply").await["outcome"], "running");
    let history = app.get("cs_agent", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200);
    let last = history["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["type"], &last["data"]["result"]), (&json!("ticket.reply_attempted"), &json!("no_answer")));
}
}

scenario! {
/// TK-R09: the callback clock runs until the last callback is done; a waiver that comes later is not late.
async fn tk_r09_the_callback_clock_stops_with_the_last_callback(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    app.later(hours(1));
    complete(app, "cs_agent2", &waiting, json!({ "outcome": "declined" })).await.expect(200);
    assert_eq!(clock(app, &ticket, "callback").await["outcome"], "met");
    app.later(hours(72));
    waive(app, "cs_supervisor", &waiting).await.expect(200);
    let over = clock(app, &ticket, "callback").await;
    assert_eq!((&over["outcome"], &over["elapsed_seconds"]), (&json!("met"), &json!(3_600)));
}
}

scenario! {
/// TK-R05, R09: who is to be called back because his ticket joined an answered one keeps the clock running.
async fn tk_r09_a_late_callback_keeps_the_clock_running(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    complete(app, "cs_agent2", &waiting, json!({ "outcome": "declined" })).await.expect(200);
    assert_eq!(clock(app, &ticket, "callback").await["outcome"], "met");
    let twin = register(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let merge = json!({ "target_ticket_id": ticket["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &twin, "merge", merge).await.expect(200);
    assert_eq!(clock(app, &ticket, "callback").await["outcome"], "running");
}
}

scenario! {
/// TK-R24: who worked on an order of the ticket does not call its customer back, in no cycle.
async fn who_repaired_in_an_earlier_cycle_does_not_call_back(app) {
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, "宏远建筑", "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    up_to(app, &order, "finish").await;
    on_order(app, "cs_agent", &order, "evaluate", judged("passed")).await.expect(200);
    let path = format!("/v1/staff/{}/posts", app.fixture.staff["engineering_officer"]);
    let version = app.get("hr_officer", path.trim_end_matches("/posts")).await.expect(200)["version"].as_i64().unwrap();
    let post = json!({ "role": "cs_agent", "org_unit_id": app.fixture.units["DESK"], "from": "2010-01-01" });
    let call = app.by("hr_officer", Method::POST, &path).key("second-post").if_match(version).json(post);
    let posted = call.send().await;
    assert!(matches!(posted.status, 200 | 201), "{}", posted.body);
    resolve(app, &ticket).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    let first = callback(app, &ticket).await;
    complete(app, "cs_agent2", &first, said("not_satisfied")).await.expect(200);
    app.later(hours(1));
    resolve(app, &ticket).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    let second = callback(app, &ticket).await;
    complete(app, "engineering_officer/cs_agent", &second, said("satisfied")).await.refused(409, "separation_of_duties");
    let waits = app.get("engineering_officer/cs_agent", "/v1/work-items?kind=callback").await.expect(200);
    assert_eq!(waits["items"], json!([]));
    complete(app, "cs_agent2", &second, said("satisfied")).await.expect(200);
}
}

scenario! {
/// Whoever is last closes the ticket, also when both are called back at the same time.
async fn callbacks_at_once_close_the_ticket(app) {
    let target = started(app, json!({})).await;
    let twin = register(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let merge = json!({ "target_ticket_id": target["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &twin, "merge", merge).await.expect(200);
    act(app, "cs_agent", &target, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &target, "reply", answer()).await.expect(200);
    let path = format!("/v1/callbacks?ticket_id={}&status=pending", id(&target));
    let list = app.get("cs_agent2", &path).await.expect(200);
    let paths: Vec<String> =
        list["items"].as_array().unwrap().iter().map(|one| format!("/v1/callbacks/{}/complete", id(one))).collect();
    assert_eq!(paths.len(), 2);
    let calls = paths.iter().map(|path| app.post("cs_agent2", path, said("satisfied")));
    for answer in futures_util::future::join_all(calls).await {
        answer.expect(200);
    }
    let ticket = app.get("cs_agent", &format!("/v1/tickets/{}", id(&target))).await.expect(200);
    assert_eq!((&ticket["status"], &ticket["close_reason"]), (&json!("closed"), &json!("satisfied")));
}
}
