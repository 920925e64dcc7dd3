//! Supervisions: asked, answered, sent back, closed; issued by themselves for what was missed (TK-04).

use serde_json::{Value, json};
use tickets::supervision::missed;

use super::desk::*;
use crate::kit::{TestApp, id};

async fn issued(app: &TestApp, ticket: &Value) -> Value {
    let body = json!({ "to_org_unit_id": app.fixture.units["DESK"], "text": "请说明超时原因" });
    app.post("cs_director", &format!("/v1/tickets/{}/supervisions", id(ticket)), body).await.expect(201)
}

async fn of(app: &TestApp, ticket: &Value) -> Vec<Value> {
    let list = app.get("cs_director", &format!("/v1/supervisions?ticket_id={}", id(ticket))).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

scenario! {
async fn a_supervision_is_answered_sent_back_and_closed(app) {
    let ticket = started(app, json!({})).await;
    let supervision = issued(app, &ticket).await;
    assert!(supervision["number"].as_str().unwrap().starts_with("SV-20260302-"));
    assert_eq!((&supervision["status"], &supervision["answer_due_at"]), (&json!("issued"), &json!("2026-03-03T08:00:00+08:00")));
    let path = format!("/v1/supervisions/{}", id(&supervision));
    let act = async |who: &str, action: &str, body: Value| app.post(who, &format!("{path}/{action}"), body).await;
    let told = json!({ "answer": "已安排人员今日上门处理" });
    act("cs_director", "close", json!({})).await.refused(409, "invalid_state");
    act("cs_agent", "answer", json!({ "answer": "太短" })).await.expect(422);
    act("cs_agent", "answer", told.clone()).await.expect(200);
    act("cs_supervisor", "close", json!({})).await.refused(409, "above_authority");
    let back = act("cs_manager", "send-back", json!({ "reason": "没有说明原因" })).await.expect(200);
    assert_eq!((&back["status"], &back["answer"]), (&json!("issued"), &json!(null)));
    act("team_leader", "answer", told).await.expect(200);
    assert_eq!(act("cs_director", "close", json!({})).await.expect(200)["status"], "closed");
    let history = app.get("cs_director", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200);
    assert!(history.to_string().contains("ticket.supervised"));
    let parts = app.get("cs_agent", &format!("/v1/tickets/{}/supervisions", id(&ticket))).await.expect(200);
    assert_eq!(parts["items"][0]["id"], supervision["id"]);
}
}

scenario! {
async fn a_supervision_names_one_addressee_and_an_open_case(app) {
    let ticket = started(app, json!({})).await;
    let path = format!("/v1/tickets/{}/supervisions", id(&ticket));
    let (unit, person) = (app.fixture.units["DESK"], app.fixture.staff["cs_agent2"]);
    app.post("cs_director", &path, json!({ "text": "请说明" })).await.refused(422, "required");
    let both = json!({ "text": "请说明", "to_org_unit_id": unit, "to_staff_id": person });
    app.post("cs_director", &path, both).await.refused(422, "only_one");
    let late = json!({ "text": "请说明", "to_org_unit_id": unit, "answer_due_at": "2026-03-02T08:00:00+08:00" });
    app.post("cs_director", &path, late).await.refused(422, "date_order");
    app.post("cs_agent", &path, json!({ "text": "请说明", "to_org_unit_id": unit })).await.refused(403, "forbidden");
    let to = app.post("company_leader", &path, json!({ "text": "请说明", "to_staff_id": person })).await.expect(201);
    let answer = format!("/v1/supervisions/{}/answer", id(&to));
    let told = json!({ "answer": "客户要求改约,已重新约定时间" });
    app.post("cs_agent", &answer, told.clone()).await.refused(409, "above_authority");
    app.post("cs_agent2", &answer, told).await.expect(200);
    let done = closed(app, json!({})).await;
    let path = format!("/v1/tickets/{}/supervisions", id(&done));
    app.post("cs_director", &path, json!({ "text": "请说明", "to_org_unit_id": unit })).await.refused(409, "invalid_state");
}
}

scenario! {
/// Two processes look at the same missed clock: one supervision, whoever comes first and however often.
async fn a_missed_urgent_clock_asks_for_an_account_once(app) {
    let leak = started(app, json!({ "category_code": "heating.leak" })).await;
    let calm = started(app, json!({})).await;
    let serious = started(app, json!({ "severity": "serious" })).await;
    app.later(hours(5));
    missed::issue_due(&app.store).await.unwrap();
    app.later(hours(100));
    let other = app.second_store().await;
    let (one, two) = tokio::join!(missed::issue_due(&app.store), missed::issue_due(&other));
    one.unwrap();
    two.unwrap();
    missed::issue_due(&app.store).await.unwrap();
    for (ticket, count) in [(&leak, 1), (&calm, 0), (&serious, 1)] {
        assert_eq!(of(app, ticket).await.len(), count, "{ticket}");
    }
    let own = &of(app, &leak).await[0];
    assert_eq!((&own["automatic"], &own["issued_by"]), (&json!(true), &json!(null)));
    assert_eq!(own["to_org_unit_id"], leak["responsible_org_unit_id"]);
}
}

scenario! {
/// Resolved late before any job looked: the account is asked for all the same.
async fn a_late_solution_of_an_urgent_case_is_asked_about(app) {
    let leak = started(app, json!({ "category_code": "heating.leak" })).await;
    app.later(hours(5));
    let reasons = app.get("cs_agent", "/v1/ticket-catalogues?list=delay_reason").await.expect(200);
    let mut body = solution();
    body["delay_reason_code"] = reasons["items"][0]["code"].clone();
    act(app, "cs_agent", &leak, "resolve", body).await.expect(200);
    missed::issue_due(&app.store).await.unwrap();
    let asked = of(app, &leak).await;
    assert_eq!((asked.len(), &asked[0]["automatic"], &asked[0]["issued_by"]), (1, &json!(true), &Value::Null));
}
}

scenario! {
/// What came by itself through somebody's late solution is not his to close.
async fn nobody_closes_the_account_of_his_own_late_case(app) {
    let leak = register(app, json!({ "category_code": "heating.leak" })).await;
    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["team_leader"] });
    act(app, "cs_supervisor", &leak, "assign", to).await.expect(200);
    act(app, "team_leader", &leak, "start", json!({})).await.expect(200);
    app.later(hours(5));
    let late = crate::kit::with(solution(), &json!({ "delay_reason_code": "workload" }));
    act(app, "team_leader", &leak, "resolve", late).await.expect(200);
    let path = format!("/v1/supervisions/{}", id(&of(app, &leak).await[0]));
    let told = json!({ "answer": "已说明原因并安排改进措施" });
    app.post("team_leader", &format!("{path}/answer"), told).await.expect(200);
    app.post("team_leader", &format!("{path}/close"), json!({})).await.refused(409, "above_authority");
    for (who, waits) in [("team_leader", 0), ("cs_director", 1)] {
        let list = app.get(who, "/v1/work-items?kind=supervision_review").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), waits, "{who}: {list}");
    }
    app.post("cs_director", &format!("{path}/close"), json!({})).await.expect(200);
}
}
