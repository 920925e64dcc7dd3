//! The agent's own opinion, the leaders' approval, then the answer (TK-02).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id};

fn opinion() -> Value {
    json!({ "text": "经现场核实,窗框安装存在缺陷,建议整体更换", "proposed_reply": "三日内免费更换窗框" })
}

fn serious_complaint() -> Value {
    json!({ "kind": "complaint", "category_code": "house_quality", "severity": "serious" })
}

async fn submit(app: &TestApp, ticket: &Value) -> Value {
    act(app, "cs_agent", ticket, "submit-opinion", opinion()).await.expect(200)
}

async fn approve(app: &TestApp, who: &str, ticket: &Value) -> crate::kit::Answer {
    act(app, who, ticket, "approve", json!({})).await
}

scenario! {
/// TK-E10: a serious complaint is answered after the approval; raised to major it needs both leaders anew.
async fn tk_e10_the_answer_waits_for_the_leaders(app) {
    let ticket = started(app, serious_complaint()).await;
    assert_eq!(ticket["severity"], "serious");
    act(app, "cs_agent", &ticket, "resolve", solution()).await.refused(409, "approval_required");
    assert_eq!(submit(app, &ticket).await["status"], "pending_approval");
    app.later(hours(1));
    let decided = approve(app, "cs_manager", &ticket).await.expect(200);
    assert_eq!((&decided["status"], &decided["opinion"]["status"]), (&json!("in_progress"), &json!("approved")));
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    let major = json!({ "severity": "major" });
    act(app, "team_leader", &ticket, "classify", major).await.expect(200);
    app.later(hours(1));
    act(app, "cs_agent", &ticket, "reply", answer()).await.refused(409, "approval_required");
    assert_eq!(submit(app, &ticket).await["status"], "pending_approval");
    approve(app, "company_leader", &ticket).await.refused(409, "not_your_turn");
    assert_eq!(approve(app, "cs_manager", &ticket).await.expect(200)["status"], "pending_approval");
    act(app, "cs_agent", &ticket, "reply", answer()).await.refused(409, "invalid_state");
    assert_eq!(approve(app, "company_leader", &ticket).await.expect(200)["status"], "resolved");
    let replied = act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    assert_eq!(replied["status"], "replied");
}
}

scenario! {
/// A serious complaint that stays serious is answered with one approval.
async fn tk_e10_serious_needs_one_approval(app) {
    let ticket = started(app, serious_complaint()).await;
    submit(app, &ticket).await;
    approve(app, "cs_manager", &ticket).await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
}
}

scenario! {
async fn compensation_above_the_limit_goes_to_the_company(app) {
    for (amount, after) in [("2000.00", "in_progress"), ("2000.01", "pending_approval")] {
        let ticket = started(app, json!({})).await;
        let mut body = opinion();
        body["compensation_amount"] = json!(amount);
        act(app, "cs_agent", &ticket, "submit-opinion", body).await.expect(200);
        assert_eq!(approve(app, "cs_manager", &ticket).await.expect(200)["status"], after, "{amount}");
    }
}
}

scenario! {
async fn a_refusal_voids_the_decisions(app) {
    let ticket = started(app, json!({ "severity": "major" })).await;
    submit(app, &ticket).await;
    approve(app, "cs_manager", &ticket).await.expect(200);
    act(app, "company_leader", &ticket, "reject", json!({ "comment": "不" })).await.refused(422, "too_short");
    let back = act(app, "company_leader", &ticket, "reject", json!({ "comment": "赔偿依据不足" })).await.expect(200);
    assert_eq!(back["status"], "in_progress");
    act(app, "cs_agent", &ticket, "resolve", solution()).await.refused(409, "approval_required");
    app.later(hours(1));
    submit(app, &ticket).await;
    act(app, "cs_agent2", &ticket, "withdraw-opinion", json!({})).await.refused(409, "above_authority");
    act(app, "cs_agent", &ticket, "withdraw-opinion", json!({})).await.expect(200);
    app.later(hours(1));
    let again = submit(app, &ticket).await;
    assert_eq!(again["opinion"]["version"], 3, "{again}");
    approve(app, "company_leader", &ticket).await.refused(409, "not_your_turn");
}
}

/// A second post of the agent, as cs_manager.
async fn second_post(app: &TestApp) {
    let path = format!("/v1/staff/{}/posts", app.fixture.staff["cs_agent"]);
    let version = app.get("hr_officer", path.trim_end_matches("/posts")).await.expect(200)["version"].as_i64().unwrap();
    let body = json!({ "role": "cs_manager", "from": "2010-01-01" });
    let call = app.by("hr_officer", Method::POST, &path).key("second-post").if_match(version).json(body);
    let answer = call.send().await;
    assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
}

scenario! {
async fn who_wrote_or_held_does_not_approve(app) {
    let ticket = started(app, json!({ "severity": "serious" })).await;
    submit(app, &ticket).await;
    second_post(app).await;
    approve(app, "cs_agent2", &ticket).await.refused(403, "forbidden");
    approve(app, "cs_agent/cs_manager", &ticket).await.refused(409, "separation_of_duties");
    approve(app, "company_leader", &ticket).await.refused(409, "not_your_turn");
    approve(app, "cs_director", &ticket).await.expect(200);
}
}

scenario! {
async fn the_complained_person_does_not_decide(app) {
    let boss = app.fixture.staff["cs_manager"];
    let complaint = json!({ "kind": "complaint", "category_code": "house_quality", "severity": "serious",
        "complained_staff_id": boss });
    let ticket = started(app, complaint).await;
    submit(app, &ticket).await;
    approve(app, "cs_manager", &ticket).await.refused(409, "separation_of_duties");
    approve(app, "cs_director", &ticket).await.expect(200);
}
}

scenario! {
async fn sixteen_approvals_at_once_count_once(app) {
    let ticket = started(app, json!({ "severity": "serious" })).await;
    submit(app, &ticket).await;
    app.token("cs_manager").await;
    let path = format!("/v1/tickets/{}/approve", id(&ticket));
    let calls = (0..16).map(|n| {
        app.by("cs_manager", Method::POST, &path).key(&format!("approval-{n}")).json(json!({})).send()
    });
    let answers = futures_util::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for refused in answers.into_iter().filter(|answer| answer.status != 200) {
        refused.refused(409, "invalid_state");
    }
    let history = app.get("cs_manager", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200);
    let signed = history["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == "ticket.opinion_approved");
    assert_eq!(signed.count(), 1);
}
}

scenario! {
async fn a_procedure_is_followed_before_the_case_counts_as_solved(app) {
    follow_procedure(app, &json!("leak_repair")).await;
    let ticket = started(app, json!({ "category_code": "heating.leak" })).await;
    act(app, "cs_agent", &ticket, "resolve", solution()).await.refused(409, "checklist_open");
    let list = format!("/v1/tickets/{}/checklist", id(&ticket));
    let shown = app.get("cs_agent", &list).await.expect(200);
    assert_eq!(shown["procedure_code"], "leak_repair");
    let tick = async |items: Value| {
        let read = app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
        let call = app.by("cs_agent", Method::PUT, &list).if_match(read["version"].as_i64().unwrap());
        call.json(json!({ "ticked": items })).send().await
    };
    tick(json!(["shut_off", "dance"])).await.refused(422, "invalid_enum");
    tick(json!(["shut_off", "photo", "repair"])).await.expect(200);
    let open = act(app, "cs_agent", &ticket, "resolve", solution()).await.refused(409, "checklist_open");
    assert!(open["detail"].as_str().unwrap().contains("pressure_test"), "{open}");
    tick(json!(["shut_off", "photo", "repair", "pressure_test"])).await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
}
}

scenario! {
/// TK-R07: who only raised the severity held nothing, and decides.
async fn who_reclassified_may_approve(app) {
    let ticket = started(app, json!({})).await;
    let serious = json!({ "severity": "serious" });
    act(app, "cs_manager", &ticket, "classify", serious).await.expect(200);
    submit(app, &ticket).await;
    assert_eq!(approve(app, "cs_manager", &ticket).await.expect(200)["status"], "in_progress");
    // While an opinion waits it goes before the leaders anew, as its writer's.
    let waiting = started(app, serious_complaint()).await;
    submit(app, &waiting).await;
    act(app, "cs_manager", &waiting, "classify", json!({ "severity": "major" })).await.expect(200);
    assert_eq!(approve(app, "cs_manager", &waiting).await.expect(200)["status"], "pending_approval");
    assert_eq!(approve(app, "company_leader", &waiting).await.expect(200)["status"], "in_progress");
}
}

scenario! {
/// TK-R05, R07: a merge lets a running approval rest; undone, it goes on and leads back to where it was asked for.
async fn a_merged_ticket_waits_for_no_approval(app) {
    let ticket = started(app, serious_complaint()).await;
    submit(app, &ticket).await;
    let inbox = async || {
        let list = app.get("cs_manager", "/v1/approvals?waiting_for=me").await.expect(200);
        let work = app.get("cs_manager", "/v1/work-items?kind=opinion_approval").await.expect(200);
        let count = |list: &Value| list["items"].as_array().unwrap().len();
        (count(&list), count(&work))
    };
    assert_eq!(inbox().await, (1, 1));
    let target = started(app, serious_complaint()).await;
    let merge = json!({ "target_ticket_id": target["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &ticket, "merge", merge).await.expect(200);
    assert_eq!(inbox().await, (0, 0));
    let back = act(app, "cs_supervisor", &ticket, "unmerge", json!({ "reason": "不同事项" })).await.expect(200);
    assert_eq!(back["status"], "pending_approval");
    assert_eq!(inbox().await, (1, 1));
    assert_eq!(approve(app, "cs_manager", &ticket).await.expect(200)["status"], "in_progress");
}
}

scenario! {
/// A solved case whose opinion waits has no limit of its own left; its calendar is not missing.
async fn an_opinion_on_a_solved_case_misses_no_calendar(app) {
    let ticket = started(app, json!({})).await;
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    let waiting = submit(app, &ticket).await;
    assert_eq!((&waiting["status"], &waiting["due_at"]), (&json!("pending_approval"), &json!(null)));
    assert_eq!(waiting["warnings"], json!(null), "{waiting}");
}
}
