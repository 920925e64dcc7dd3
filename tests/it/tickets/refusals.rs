//! What the desk refuses (tickets §13), where no other scenario says so, and figures of the worked examples.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::id;

scenario! {
/// TK-R07: what the procedure asks for is attached before the case counts as solved.
async fn a_case_without_its_papers_is_not_solved(app) {
    let procedure = json!({ "code": "with_proof", "name": "须附证明", "required_document_kinds": ["proof"] });
    app.post("cs_supervisor", "/v1/ticket-procedures", procedure.clone()).await.expect(201);
    follow_procedure(app, &procedure["code"]).await;
    let ticket = started(app, json!({ "category_code": "heating.leak" })).await;
    let refused = act(app, "cs_agent", &ticket, "resolve", solution()).await.refused(409, "document_missing");
    assert!(refused["detail"].as_str().unwrap().contains("proof"), "{refused}");
    let proof = document(app, "cs_agent").await;
    let path = format!("/v1/tickets/{}", id(&ticket));
    let call = app.by("cs_agent", Method::PATCH, &path).if_match(ticket["version"].as_i64().unwrap());
    call.json(json!({ "document_ids": [proof] })).send().await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
}
}

scenario! {
/// TK-R03: up by whoever classifies, down only by a leader with a reason.
async fn severity_goes_down_only_by_a_leader_with_a_reason(app) {
    let ticket = register(app, json!({})).await;
    let raised = act(app, "cs_agent", &ticket, "classify", json!({ "severity": "major" })).await.expect(200);
    assert_eq!((&raised["severity"], raised["leader_informed_at"].is_string()), (&json!("major"), true));
    app.later(hours(1));
    let lower = json!({ "severity": "normal" });
    let reasoned = json!({ "severity": "normal", "reason": "现场核实无安全隐患" });
    act(app, "cs_agent", &ticket, "classify", lower.clone()).await.refused(422, "required");
    act(app, "cs_agent", &ticket, "classify", reasoned.clone()).await.refused(409, "above_authority");
    act(app, "team_leader", &ticket, "classify", lower).await.refused(422, "required");
    let lowered = act(app, "team_leader", &ticket, "classify", reasoned).await.expect(200);
    assert_eq!(lowered["severity"], "normal");
    let started = started(app, json!({})).await;
    let late = act(app, "cs_agent", &started, "classify", json!({ "severity": "serious" })).await;
    assert_eq!(late.status, 409, "an agent classifies only what is still registered: {}", late.body);
}
}

scenario! {
/// A complaint is dismissed by a leader, never by the desk alone; its clocks are void.
async fn a_complaint_is_not_dismissed_by_the_desk(app) {
    let complaint = register(app, json!({ "kind": "complaint", "category_code": "house_quality" })).await;
    let body = json!({ "reason_code": "not_our_scope", "explanation": "不属于本公司", "told_to": "本人" });
    act(app, "cs_agent", &complaint, "dismiss", body.clone()).await.refused(409, "above_authority");
    let mut unknown = body.clone();
    unknown["reason_code"] = json!("no_such_reason");
    act(app, "team_leader", &complaint, "dismiss", unknown).await.refused(422, "invalid_enum");
    let over = act(app, "team_leader", &complaint, "dismiss", body.clone()).await.expect(200);
    assert_eq!((&over["status"], &over["due_at"]), (&json!("out_of_scope"), &json!(null)));
    assert_eq!((&over["dismissal"], &over["withdrawal"]), (&body, &json!(null)));
    assert_eq!(clock(app, &complaint, "handle").await["outcome"], "void");
    app.later(hours(1));
    act(app, "team_leader", &complaint, "dismiss", body.clone()).await.refused(409, "invalid_state");
    let repair = register(app, json!({})).await;
    act(app, "cs_agent", &repair, "dismiss", body).await.expect(200);
}
}

scenario! {
/// TK-R24: who was reached is not waived.
async fn a_callback_that_was_made_is_not_waived(app) {
    let target = started(app, json!({})).await;
    let twin = register(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let merge = json!({ "target_ticket_id": target["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &twin, "merge", merge).await.expect(200);
    act(app, "cs_agent", &target, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &target, "reply", answer()).await.expect(200);
    let made = format!("/v1/callbacks/{}", callback(app, &target).await);
    app.post("cs_agent2", &format!("{made}/complete"), said("satisfied")).await.expect(200);
    let reason = json!({ "reason": "不必回访" });
    app.post("cs_supervisor", &format!("{made}/waive"), reason.clone()).await.refused(409, "not_waivable");
    let waiting = format!("/v1/callbacks/{}", callback(app, &target).await);
    app.post("cs_supervisor", &format!("{waiting}/waive"), reason).await.refused(409, "invalid_state");
}
}

scenario! {
/// TK-R07: opinions about heating go to the head of heating service.
async fn heating_opinions_go_to_heating(app) {
    let ticket = started(app, json!({ "category_code": "heating.room_temperature", "severity": "serious" })).await;
    let opinion = json!({ "text": "经现场测温,室温不达标,建议退费", "proposed_reply": "三日内办理退费" });
    act(app, "cs_agent", &ticket, "submit-opinion", opinion).await.expect(200);
    let refused = act(app, "cs_manager", &ticket, "approve", json!({})).await.refused(409, "not_your_turn");
    assert!(refused.to_string().contains("heating_service_manager"), "{refused}");
}
}

fn policy(position: i32, code: &str, seconds: i64) -> Value {
    json!({ "position": position, "code": code, "name": code, "calendar_code": "continuous",
        "handle_target_seconds": seconds, "reply_target_seconds": 172_800, "callback_target_seconds": 172_800 })
}

scenario! {
/// TK-R13, R15: a clock keeps the set in force at its start; on order only the running ones are looked at again.
async fn a_new_set_is_for_clocks_that_begin_under_it(app) {
    let (before, done) = (started(app, json!({})).await, started(app, json!({})).await);
    act(app, "cs_agent", &done, "resolve", solution()).await.expect(200);
    let set = json!({ "name": "春季", "valid_from": "2026-03-02T10:00:00+08:00", "policies": [policy(99, "default", 7_200)] });
    let set = app.post("cs_director", "/v1/sla-policy-sets", set).await.expect(201);
    app.post("cs_director", &format!("/v1/sla-policy-sets/{}/activate", id(&set)), json!({})).await.expect(200);
    app.at("2026-03-02T11:00:00+08:00");
    let after = register(app, json!({})).await;
    assert_eq!(after["due_at"], "2026-03-02T13:00:00+08:00");
    let retarget = async |who: &str| app.post(who, "/v1/sla-clocks/retarget", json!({ "reason": "日历更新" })).await;
    retarget("team_leader").await.refused(403, "forbidden");
    retarget("cs_director").await.expect(200);
    let kept = clock(app, &before, "handle").await;
    assert_eq!((&kept["due_at"], kept["targets"].as_array().unwrap().len()), (&json!("2026-03-04T08:00:00+08:00"), 1));
    assert_eq!(clock(app, &done, "handle").await["outcome"], "met");
}
}

scenario! {
/// TK-E03: 188 of 200 within three rings.
async fn tk_e03_the_rate_is_over_all_calls(app) {
    let call = |result: &str, rings: Option<i64>| {
        let answered = (result == "answered").then_some("2026-03-02T07:59:30+08:00");
        json!({ "direction": "in", "channel_code": "hotline", "external_number": "13700001111", "result": result,
            "ring_started_at": "2026-03-02T07:59:00+08:00", "answered_at": answered, "ring_count": rings })
    };
    let mut rows = vec![call("answered", Some(3)); 188];
    rows.extend(vec![call("answered", Some(4)); 9]);
    rows.extend(vec![call("lost", None); 3]);
    let bulk = app.by("cs_agent", Method::POST, "/v1/calls/bulk").key("calls").json(json!({ "rows": rows })).send().await;
    bulk.expect(200);
    let report = app.get("cs_supervisor", "/v1/reports/tickets/calls?month=2026-03").await.expect(200);
    let column = |key: &str| {
        let columns = report["columns"].as_array().unwrap();
        let n = columns.iter().position(|known| known["key"] == key).unwrap();
        report["totals"][n]["value"].clone()
    };
    assert_eq!((column("incoming"), column("answer_in_3_rate")), (json!(200), json!("94.00")));
    assert_eq!((column("within_rings"), column("later"), column("lost")), (json!(188), json!(9), json!(3)));
}
}

scenario! {
/// A person's file is not erased while a case of his runs; afterwards the case stays and the name is gone.
async fn a_running_case_keeps_its_person(app) {
    let ticket = register(app, json!({})).await;
    let path = format!("/v1/customers/{}", app.fixture.customer);
    let erase = async || app.post("cs_manager", &format!("{path}/erase"), json!({ "reason": "本人要求" })).await;
    erase().await.refused(409, "customer_in_use");
    let body = json!({ "reason_code": "not_our_scope", "explanation": "不属于本公司", "told_to": "本人" });
    act(app, "team_leader", &ticket, "dismiss", body).await.expect(200);
    assert_eq!(erase().await.expect(200)["status"], "erased");
    app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    let read = app.get("cs_specialist", &path).await.expect(200).to_string();
    assert!(!read.contains('王') && !read.contains("5678"), "{read}");
    let found = app.get("cs_specialist", "/v1/customers?phone=13800135678").await.expect(200);
    assert_eq!(found["items"], json!([]));
    let ask = json!({ "fields": ["name", "phones"], "reason": "核对" });
    let revealed = app.post("cs_specialist", &format!("{path}/reveal"), ask).await;
    assert!(!revealed.body.to_string().contains("13800135678"), "{}", revealed.body);
    assert!(revealed.status < 500, "{}", revealed.body);
}
}

scenario! {
/// The checklist is ticked by whoever describes the ticket – the desk, the holder, who leads – until it has ended.
async fn a_checklist_is_ticked_by_the_desk_and_the_holder(app) {
    let ticket = register(app, json!({})).await;
    let to = json!({ "org_unit_id": app.fixture.units["TEAM"], "staff_id": app.fixture.staff["cs_agent"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    let tick = async |who: &str, ticket: &Value| {
        let path = format!("/v1/tickets/{}/checklist", id(ticket));
        app.by(who, Method::PUT, &path).json(json!({ "ticked": [] })).send().await
    };
    tick("engineering_officer", &ticket).await.refused(409, "above_authority");
    tick("cs_agent2", &ticket).await.expect(200);
    let over = closed(app, json!({})).await;
    tick("cs_agent2", &over).await.refused(409, "invalid_state");
}
}
