//! PF-16: what waits, for whom, in due order, derived from data alone.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::kit::{TestApp, id};
use crate::tickets::desk::*;

/// The items of a list, page by page.
async fn items(app: &TestApp, who: &str, query: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(who, &format!("/v1/work-items?limit=2{query}{cursor}")).await.expect(200);
        let part = page["items"].as_array().unwrap();
        assert!(part.len() <= 2);
        found.extend(part.clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

fn kinds(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["kind"].as_str().unwrap()).collect()
}

fn of<'a>(items: &'a [Value], kind: &str, subject: &Value) -> Option<&'a Value> {
    items.iter().find(|item| item["kind"] == kind && item["subject"]["id"] == subject["id"])
}

fn unit(app: &TestApp, code: &str) -> String {
    format!("&waiting_for=unit:{}", app.fixture.units[code])
}

scenario! {
async fn pf_16_a_case_waits_for_whoever_has_to_act_on_it(app) {
    let ticket = register(app, json!({})).await;
    let lead = items(app, "team_leader", "").await;
    let waits = of(&lead, "ticket_unassigned", &ticket).unwrap();
    assert_eq!((&waits["domain"], &waits["overdue"]), (&json!("tickets"), &json!(false)));
    assert_eq!(waits["subject"]["number"], ticket["number"]);
    assert_eq!(waits["due_at"], ticket["due_at"]);
    assert_eq!(waits["url"], json!(format!("/v1/tickets/{}", id(&ticket))));
    assert!(items(app, "cs_agent2", "").await.is_empty(), "who may not hand out has nothing to do yet");

    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    assert!(of(&items(app, "team_leader", "").await, "ticket_unassigned", &ticket).is_none());
    let mine = items(app, "cs_agent", "").await;
    assert_eq!(of(&mine, "ticket_handle", &ticket).unwrap()["holder_id"], json!(app.fixture.staff["cs_agent"]));
    assert!(of(&mine, "ticket_stage", &ticket).unwrap()["due_at"].is_string());
    assert!(items(app, "cs_agent2", "").await.is_empty());
    let desk = items(app, "team_leader", &unit(app, "DESK")).await;
    assert!(of(&desk, "ticket_handle", &ticket).is_some() && of(&desk, "ticket_stage", &ticket).is_some());
    let path = format!("/v1/work-items?limit=1&include_total=true{}", unit(app, "DESK"));
    let first = app.get("team_leader", &path).await.expect(200);
    assert_eq!((&first["total"], first["items"].as_array().unwrap().len()), (&json!(desk.len()), 1));
    let next = format!("{path}&cursor={}", first["next_cursor"].as_str().unwrap());
    assert_eq!(app.get("team_leader", &next).await.expect(200)["total"], first["total"], "of the whole list");

    act(app, "cs_agent", &ticket, "start", json!({})).await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    let mine = items(app, "cs_agent", "").await;
    assert_eq!(kinds(&mine), ["ticket_reply"]);
    assert_eq!(mine[0]["act_url"], json!(format!("/v1/tickets/{}/reply", id(&ticket))));
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    assert!(items(app, "cs_agent", "").await.is_empty(), "who solved it does not call back");
    let other = items(app, "cs_agent2", "").await;
    assert_eq!(kinds(&other), ["callback"]);
    let path = other[0]["act_url"].as_str().unwrap().to_owned();
    app.post("cs_agent2", &path, said("satisfied")).await.expect(200);
    for who in ["cs_agent", "cs_agent2", "team_leader"] {
        let left = json!(items(app, who, "").await).to_string();
        assert!(!left.contains(ticket["id"].as_str().unwrap()), "{who}: a closed case waits for nobody");
    }
}
}

scenario! {
async fn pf_16_pauses_and_opinions_wait_for_their_approvers(app) {
    let ticket = started(app, json!({ "severity": "serious" })).await;
    let proof = document(app, "cs_agent").await;
    let body = json!({ "reason_code": "awaiting_customer", "until": "2026-03-03T08:00:00+08:00", "proof_document_id": proof });
    let pause = app.post("cs_agent", &format!("/v1/tickets/{}/pauses", id(&ticket)), body).await.expect(201);
    let lead = items(app, "team_leader", "").await;
    let waits = of(&lead, "pause_approval", &pause).unwrap();
    assert_eq!((&waits["due_at"], &waits["subject"]["number"]), (&pause["until"], &ticket["number"]));
    app.post("team_leader", waits["act_url"].as_str().unwrap(), json!({})).await.expect(200);
    assert!(of(&items(app, "cs_agent", "").await, "pause_ending", &pause).is_some());
    app.at("2026-03-03T08:00:00+08:00");
    assert!(of(&items(app, "cs_agent", "").await, "pause_ending", &pause).is_none(), "it ended by itself");

    let opinion = json!({ "text": "经现场核实,窗框安装存在缺陷", "proposed_reply": "三日内免费更换窗框" });
    act(app, "cs_agent", &ticket, "submit-opinion", opinion).await.expect(200);
    let head = items(app, "cs_director", "&kind=opinion_approval").await;
    let waits = of(&head, "opinion_approval", &ticket).unwrap();
    assert_eq!(waits["act_url"], json!(format!("/v1/tickets/{}/approve", id(&ticket))));
    assert!(items(app, "company_leader", "&kind=opinion_approval").await.is_empty(), "not his turn");
    let lent = json!({ "to_staff_id": app.fixture.staff["cs_specialist"], "role": "cs_manager", "from": "2026-03-03",
        "to": "2026-03-05", "reason": "出差" });
    app.post("cs_manager", "/v1/delegations", lent).await.expect(201);
    let lent = items(app, "cs_specialist/cs_manager", "&kind=opinion_approval").await;
    assert!(of(&lent, "opinion_approval", &ticket).is_some(), "by delegation");
    let own = items(app, "cs_specialist/cs_specialist", "&kind=opinion_approval").await;
    assert!(of(&own, "opinion_approval", &ticket).is_some(), "by delegation, whatever the token");
    app.post("cs_director", waits["act_url"].as_str().unwrap(), json!({})).await.expect(200);
    assert!(items(app, "cs_director", "&kind=opinion_approval").await.is_empty());
}
}

scenario! {
/// Pages are in due order and complete whatever their size; filters narrow them; cursors belong to one list.
async fn pf_16_pages_are_in_due_order_and_complete(app) {
    for category in ["house_quality.water_leak", "house_quality.door_window", "house_quality.wall", "heating.leak"] {
        started(app, json!({ "category_code": category })).await;
        app.later(hours(1));
    }
    app.at("2026-03-02T13:30:00+08:00");
    let all = items(app, "cs_agent", "").await;
    let ids: HashSet<&str> = all.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), all.len(), "nothing twice");
    let due: Vec<&str> = all.iter().map(|item| item["due_at"].as_str().unwrap_or("9999")).collect();
    assert!(due.is_sorted(), "{due:?}");
    let whole = app.get("cs_agent", "/v1/work-items?limit=200").await.expect(200);
    assert_eq!(json!(all), whole["items"], "small pages are the large one in parts");
    assert_eq!(whole["next_cursor"], Value::Null);

    let late = items(app, "cs_agent", "&overdue=true").await;
    assert_eq!(kinds(&late), ["ticket_handle"], "a leak of four hours");
    assert_eq!(late[0]["overdue"], true);
    let rest = items(app, "cs_agent", "&overdue=false").await;
    assert_eq!(late.len() + rest.len(), all.len());
    let soon = items(app, "cs_agent", "&due_at_lt=2026-03-02T15:30:00%2B08:00").await;
    assert_eq!(soon.len(), 2);
    assert_eq!(items(app, "cs_agent", "&domain=tickets&kind=ticket_handle,callback").await.len(), 4);
    assert!(items(app, "cs_agent", "&domain=cost").await.is_empty());

    let first = app.get("cs_agent", "/v1/work-items?limit=1").await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    app.get("cs_agent", &format!("/v1/work-items?overdue=true&cursor={cursor}")).await.refused(400, "invalid_cursor");
    app.get("cs_agent2", &format!("/v1/work-items?cursor={cursor}")).await.refused(400, "invalid_cursor");
    app.get("cs_agent", "/v1/work-items?cursor=AAAA").await.refused(400, "invalid_cursor");
    app.get("cs_agent", "/v1/work-items?limit=201").await.refused(400, "invalid_limit");
    app.get("cs_agent", "/v1/work-items?kind=dreams").await.refused(400, "invalid_parameter");
    app.get("cs_agent", "/v1/work-items?domain=dreams").await.refused(400, "invalid_parameter");
    app.get("cs_agent", "/v1/work-items?waiting_for=you").await.refused(400, "invalid_parameter");
    app.get("cs_agent", "/v1/work-items?color=red").await.refused(400, "unknown_parameter");
}
}

scenario! {
/// A unit's list is for those of the unit who may read its cases.
async fn pf_16_scope_and_role_decide_what_waits_for_whom(app) {
    let ticket = started(app, json!({})).await;
    for (who, code) in [("team_leader", "HEAT"), ("cs_agent", "GROUP"), ("customer", "DESK")] {
        app.get(who, &format!("/v1/work-items?{}", &unit(app, code)[1..])).await.refused(404, "not_found");
    }
    app.get("company_leader", "/v1/work-items?waiting_for=unit:01890000-0000-7000-8000-000000000000")
        .await
        .refused(404, "not_found");
    for (who, code) in [("team_leader", "DESK"), ("company_leader", "GROUP")] {
        assert!(of(&items(app, who, &unit(app, code)).await, "ticket_handle", &ticket).is_some(), "{who} {code}");
    }
    assert!(items(app, "finance_officer", &unit(app, "DESK")).await.is_empty(), "he reads no tickets");
    for who in ["customer", "system_admin", "company_leader", "executive_reader"] {
        assert!(items(app, who, "").await.is_empty(), "{who} holds nothing");
    }
}
}
