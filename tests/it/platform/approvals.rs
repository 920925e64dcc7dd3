//! PF-E05, E06, E09: signatures in order, by different people, cleared by an edit.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{Answer, TestApp, id};
use crate::tickets::desk::{act, document, hours, started};

async fn submit(app: &TestApp, who: &str, ticket: &Value, amount: &str) -> Value {
    let opinion = json!({ "text": "经现场核实,窗框安装存在缺陷,建议整体更换", "proposed_reply": "三日内免费更换窗框",
        "compensation_amount": amount });
    act(app, who, ticket, "submit-opinion", opinion).await.expect(200)
}

async fn approve(app: &TestApp, who: &str, ticket: &Value) -> Answer {
    act(app, who, ticket, "approve", json!({})).await
}

async fn post(app: &TestApp, who: &str, role: &str) {
    let path = format!("/v1/staff/{}", app.fixture.staff[who]);
    let version = app.get("hr_officer", &path).await.expect(200)["version"].as_i64().unwrap();
    let body = json!({ "role": role, "from": "2010-01-01" });
    let call = app.by("hr_officer", Method::POST, &format!("{path}/posts")).key(&format!("{who}-{role}"));
    let answer = call.if_match(version).json(body).send().await;
    assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
}

/// Desk head, company's leader, desk head again: three signatures by three people.
async fn three_steps(app: &TestApp) {
    let order = document(app, "system_admin").await;
    let step = |code: &str, roles: Value| json!({ "code": code, "title": code, "roles": roles });
    let body = json!({ "subject_kind": "ticket_opinion", "valid_from": "2026-03-02", "document_id": order,
        "steps": [step("first", json!(["cs_director", "cs_manager"])), step("second", json!(["company_leader"])),
            step("third", json!(["cs_manager"]))] });
    app.post("system_admin", "/v1/approval-routes", body).await.expect(201);
}

fn allowed<'a>(ticket: &'a Value, action: &str) -> &'a Value {
    let actions = ticket["allowed_actions"].as_array().unwrap();
    actions.iter().find(|known| known["action"] == action).unwrap()
}

scenario! {
/// Persons are compared, not tokens: the second post of the first signer does not sign again.
async fn pf_e06_one_person_signs_once(app) {
    post(app, "cs_manager", "company_leader").await;
    let ticket = started(app, json!({ "severity": "major" })).await;
    submit(app, "cs_agent", &ticket, "0.00").await;
    approve(app, "cs_manager/cs_manager", &ticket).await.expect(200);
    app.later(hours(1));
    let path = format!("/v1/tickets/{}", id(&ticket));
    let shown = app.get("cs_manager/company_leader", &path).await.expect(200);
    let said = allowed(&shown, "approve");
    assert_eq!((&said["allowed"], &said["reasons"][0]["code"]), (&json!(false), &json!("separation_of_duties")));
    approve(app, "cs_manager/company_leader", &ticket).await.refused(409, "separation_of_duties");
    approve(app, "company_leader", &ticket).await.expect(200);
}
}

scenario! {
/// Who stands in for the applicant is as little free to decide as he is.
async fn pf_e06_a_delegate_of_the_applicant_does_not_decide(app) {
    post(app, "cs_agent", "cs_director").await;
    let delegation = json!({ "to_staff_id": app.fixture.staff["cs_agent3"], "role": "cs_director",
        "from": "2026-03-02", "to": "2026-03-08", "reason": "出差" });
    app.post("cs_agent/cs_director", "/v1/delegations", delegation).await.expect(201);
    let ticket = started_by_agent(app).await;
    submit(app, "cs_agent/cs_agent", &ticket, "0.00").await;
    approve(app, "cs_agent3/cs_director", &ticket).await.refused(409, "separation_of_duties");
    approve(app, "cs_director", &ticket).await.expect(200);
}
}

async fn started_by_agent(app: &TestApp) -> Value {
    let body = crate::tickets::desk::report(app, json!({ "severity": "serious" }));
    let ticket = app.post("cs_agent/cs_agent", "/v1/tickets", body).await.expect(201);
    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    act(app, "cs_agent/cs_agent", &ticket, "start", json!({})).await.expect(200)
}

scenario! {
/// The decision keeps both persons; the principal's end of post ends the delegate's at once.
async fn pf_e05_a_decision_names_actor_and_principal(app) {
    app.at("2024-05-06T08:00:00+08:00");
    let body = json!({ "to_staff_id": app.fixture.staff["cs_specialist"], "role": "cs_manager", "from": "2024-05-06",
        "to": "2024-05-08", "reason": "出差" });
    app.post("cs_manager", "/v1/delegations", body).await.expect(201);
    let ticket = started(app, json!({ "severity": "serious" })).await;
    submit(app, "cs_agent", &ticket, "0.00").await;
    app.at("2024-05-08T10:00:00+08:00");
    approve(app, "cs_specialist/cs_manager", &ticket).await.expect(200);
    let list = app.get("cs_director", &format!("/v1/tickets/{}/history?limit=200", id(&ticket))).await.expect(200);
    let entries = list["items"].as_array().unwrap();
    let signed = entries.iter().find(|entry| entry["type"] == "ticket.opinion_approved").unwrap();
    assert_eq!(signed["actor_id"], json!(app.fixture.staff["cs_specialist"]));
    assert_eq!(signed["on_behalf_of"], json!(app.fixture.staff["cs_manager"]));
    let list = app.get("cs_director", &format!("/v1/approvals?resource_id={}", id(&ticket))).await.expect(200);
    let decision = &list["items"][0]["decisions"][0];
    assert_eq!(decision["actor"], json!(app.fixture.staff["cs_specialist"]));
    assert_eq!(decision["on_behalf_of"], json!(app.fixture.staff["cs_manager"]));
    let other = started(app, json!({ "severity": "serious" })).await;
    submit(app, "cs_agent", &other, "0.00").await;
    let waiting = app.get("cs_specialist/cs_manager", "/v1/approvals?waiting_for=me").await.expect(200);
    assert_eq!(waiting["items"][0]["resource_id"], other["id"], "what waits for him by delegation");
    assert_eq!(waiting["items"][0]["decide_url"], json!(format!("/v1/tickets/{}/approve", id(&other))));
    let staff = app.get("hr_officer", &format!("/v1/staff/{}", app.fixture.staff["cs_manager"])).await.expect(200);
    let ended = json!({ "post_id": staff["posts"][0]["id"], "to": "2024-05-07" });
    let path = format!("/v1/staff/{}/end-post", app.fixture.staff["cs_manager"]);
    app.post("hr_officer", &path, ended).await.expect(200);
    approve(app, "cs_specialist/cs_manager", &other).await.refused(403, "forbidden");
}
}

scenario! {
async fn pf_e09_steps_are_signed_in_order(app) {
    three_steps(app).await;
    let ticket = started(app, json!({ "severity": "serious" })).await;
    submit(app, "cs_agent", &ticket, "100.00").await;
    let refused = approve(app, "company_leader", &ticket).await.refused(409, "not_your_turn");
    assert!(refused.to_string().contains("cs_director"), "names whose turn it is: {refused}");
    approve(app, "cs_director", &ticket).await.expect(200);
    approve(app, "cs_manager", &ticket).await.refused(409, "not_your_turn");
    approve(app, "company_leader", &ticket).await.expect(200);
    // The applicant changes the amount: no signature is left and the first step comes again.
    act(app, "cs_agent", &ticket, "withdraw-opinion", json!({})).await.expect(200);
    app.later(hours(1));
    submit(app, "cs_agent", &ticket, "200.00").await;
    approve(app, "cs_manager", &ticket).await.expect(200);
    approve(app, "company_leader", &ticket).await.expect(200);
    app.later(hours(1));
    approve(app, "cs_manager", &ticket).await.refused(409, "separation_of_duties");
    app.store.seal_now().await.unwrap();
    let feed = app.get("cs_director", "/v1/events?after=0&types=approval.cleared").await.expect(200);
    assert_eq!(feed["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
async fn pf_e09_sixteen_signatures_of_two_people_count_once(app) {
    three_steps(app).await;
    let ticket = started(app, json!({ "severity": "serious" })).await;
    submit(app, "cs_agent", &ticket, "0.00").await;
    let path = format!("/v1/tickets/{}/approve", id(&ticket));
    for who in ["cs_manager", "cs_director"] {
        app.token(who).await;
    }
    let calls = (0..16).map(|n| {
        let who = if n % 2 == 0 { "cs_manager" } else { "cs_director" };
        app.by(who, Method::POST, &path).key(&format!("both-{n}")).json(json!({})).send()
    });
    let answers = futures_util::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 15);
}
}
