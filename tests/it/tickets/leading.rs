//! Leading a case to who solves it: transfers, escalation, bulk, and what may be done now (TK-04).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id};

async fn transfer(app: &TestApp, who: &str, ticket: &Value, to: &str) -> crate::kit::Answer {
    let body = json!({ "staff_id": app.fixture.staff[to], "reason": "不在职责范围" });
    act(app, who, ticket, "transfer", body).await
}

scenario! {
/// TK-E11: after two transfers a supervisor leads the case on.
async fn tk_e11_the_third_transfer_is_the_supervisors(app) {
    let ticket = started(app, json!({})).await;
    transfer(app, "cs_agent", &ticket, "cs_agent").await.refused(422, "unchanged");
    transfer(app, "cs_agent2", &ticket, "cs_agent3").await.refused(409, "above_authority");
    let once = transfer(app, "cs_agent", &ticket, "cs_agent2").await.expect(200);
    assert_eq!((&once["status"], &once["transfer_count"]), (&json!("assigned"), &json!(1)));
    app.later(hours(1));
    transfer(app, "cs_agent2", &ticket, "cs_agent3").await.expect(200);
    app.later(hours(1));
    transfer(app, "cs_agent3", &ticket, "cs_agent").await.refused(409, "transfer_limit");
    transfer(app, "team_leader", &ticket, "cs_agent").await.refused(409, "transfer_limit");
    let third = transfer(app, "cs_supervisor", &ticket, "cs_agent").await.expect(200);
    assert_eq!((&third["transfer_count"], &third["assignee_id"]), (&json!(3), &json!(app.fixture.staff["cs_agent"])));
    assert_eq!(third["first_asked_staff_id"], json!(app.fixture.staff["cs_agent"]));
}
}

scenario! {
/// A return counts like a transfer.
async fn a_return_counts_towards_the_limit(app) {
    let ticket = register(app, json!({})).await;
    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
    for _ in 0..2 {
        app.later(hours(1));
        act(app, "team_leader", &ticket, "assign", to.clone()).await.expect(200);
        let back = act(app, "cs_agent", &ticket, "return", json!({ "reason": "信息不全" })).await.expect(200);
        assert_eq!((&back["status"], &back["assignee_id"]), (&json!("registered"), &json!(null)));
    }
    app.later(hours(1));
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    transfer(app, "cs_agent", &ticket, "cs_agent2").await.refused(409, "transfer_limit");
}
}

scenario! {
async fn the_complained_person_neither_holds_nor_calls_back(app) {
    let person = app.fixture.staff["cs_agent2"];
    let complaint = json!({ "kind": "complaint", "category_code": "house_quality", "complained_staff_id": person });
    let ticket = register(app, complaint).await;
    let to = json!({ "staff_id": person });
    act(app, "team_leader", &ticket, "assign", to).await.refused(409, "separation_of_duties");
    let to = json!({ "org_unit_id": app.fixture.units["DESK"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    act(app, "cs_agent2", &ticket, "start", json!({})).await.refused(409, "separation_of_duties");
    act(app, "cs_agent", &ticket, "start", json!({})).await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    let path = format!("/v1/callbacks/{}/complete", callback(app, &ticket).await);
    app.post("cs_agent2", &path, said("satisfied")).await.refused(409, "separation_of_duties");
    app.post("cs_agent3", &path, said("satisfied")).await.expect(200);
}
}

scenario! {
async fn escalation_ends_at_the_company(app) {
    let ticket = started(app, json!({})).await;
    for level in 1..=4 {
        app.later(hours(1));
        let higher = act(app, "cs_agent", &ticket, "escalate", json!({ "reason": "客户要求" })).await.expect(200);
        assert_eq!((&higher["escalation_level"], &higher["assignee_id"]), (&json!(level), &ticket["assignee_id"]));
    }
    app.later(hours(1));
    let top = act(app, "cs_agent", &ticket, "escalate", json!({ "reason": "客户要求" })).await;
    top.refused(409, "top_level_reached");
}
}

scenario! {
async fn one_of_two_who_start_wins(app) {
    let ticket = register(app, json!({})).await;
    let to = json!({ "org_unit_id": app.fixture.units["DESK"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    let agents = ["cs_agent", "cs_agent2", "cs_agent3", "team_leader"];
    for who in agents {
        app.token(who).await;
    }
    let path = format!("/v1/tickets/{}/start", id(&ticket));
    let calls = agents.map(|who| app.by(who, Method::POST, &path).key(who).json(json!({})).send());
    let answers = futures_util::future::join_all(calls).await;
    let won: Vec<usize> = (0..agents.len()).filter(|n| answers[*n].status == 200).collect();
    let [won] = won.as_slice() else { panic!("{won:?} started") };
    let read = app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    assert_eq!(read["assignee_id"], json!(app.fixture.staff[agents[*won]]));
    for lost in answers.into_iter().filter(|answer| answer.status != 200) {
        lost.refused(409, "invalid_state");
    }
}
}

scenario! {
async fn many_at_once_answer_row_by_row(app) {
    let (first, second) = (register(app, json!({})).await, started(app, json!({})).await);
    let to = json!({ "staff_id": app.fixture.staff["cs_agent2"] });
    let rows = json!([
        { "ticket_id": first["id"], "action": "assign", "body": to },
        { "ticket_id": second["id"], "action": "assign", "body": to },
        { "ticket_id": "01890000-0000-7000-8000-000000000000", "action": "chase" },
        { "ticket_id": second["id"], "action": "comment", "body": { "text": "请尽快联系客户" } },
        { "ticket_id": second["id"], "action": "chase" },
    ]);
    let bulk = async |who: &str, key: &str, body: Value| {
        app.by(who, Method::POST, "/v1/tickets/bulk").key(key).json(body).send().await
    };
    bulk("cs_agent", "b0", json!({ "rows": rows })).await.refused(403, "forbidden");
    bulk("team_leader", "b1", json!({ "rows": rows, "atomic": true })).await.refused(409, "invalid_state");
    let dry = bulk("team_leader", "b2", json!({ "rows": rows, "dry_run": true })).await.expect(207);
    assert_eq!(dry["dry_run"], true);
    let asked = app.by("team_leader", Method::POST, "/v1/tickets/bulk?dry_run=true").key("b2a");
    assert_eq!(asked.json(json!({ "rows": rows })).send().await.expect(207)["dry_run"], true);
    let read = async |ticket: &Value| app.get("cs_agent", &format!("/v1/tickets/{}", id(ticket))).await.expect(200);
    assert_eq!(read(&first).await["status"], "registered", "nothing was kept");
    let answer = bulk("team_leader", "b3", json!({ "rows": rows })).await.expect(207);
    let results = answer["results"].as_array().unwrap();
    let codes: Vec<&str> = results.iter().map(|row| row["code"].as_str().unwrap_or("ok")).collect();
    assert_eq!(codes, ["ok", "invalid_state", "not_found", "ok", "ok"]);
    assert_eq!(read(&first).await["assignee_id"], json!(app.fixture.staff["cs_agent2"]));
    assert_eq!(read(&second).await["chase_count"], 1);
    let fine = json!([{ "ticket_id": first["id"], "action": "observe" }]);
    bulk("team_leader", "b4", json!({ "rows": fine })).await.expect(200);
    let refused = json!([{ "ticket_id": first["id"], "action": "close" }]);
    bulk("team_leader", "b5", json!({ "rows": refused })).await.refused(422, "invalid_enum");
}
}

/// A body that each act takes.
fn body(app: &TestApp, action: &str, target: &Value, proof: &str) -> Value {
    let reason = json!({ "reason": "按规定办理" });
    match action {
        "assign" => json!({ "staff_id": app.fixture.staff["cs_agent2"] }),
        "transfer" => json!({ "staff_id": app.fixture.staff["cs_agent3"], "reason": "转办" }),
        "submit-opinion" => json!({ "text": "经现场核实,建议整体更换窗框", "proposed_reply": "三日内更换" }),
        "reject" => json!({ "comment": "依据不足,退回" }),
        "resolve" => solution(),
        "reply" => answer(),
        "answer-at-intake" => json!({ "solution": "已当场说明", "reply": answer() }),
        "dismiss" => json!({ "reason_code": "not_our_scope", "explanation": "不属于本公司", "told_to": "本人" }),
        "withdraw" => json!({ "reason": "客户撤回", "proof_document_id": proof }),
        "merge" => json!({ "target_ticket_id": target["id"], "reason": "同一事项" }),
        "classify" => json!({ "category_code": "house_quality.wall" }),
        "rate" => json!({ "rating": 5 }),
        "split" => json!({ "title": "另一事项", "description": "厨房墙面开裂" }),
        "annul-breach" => {
            json!({ "clock": "handle", "cycle": 1, "due_at": "2026-03-02T08:00:00+08:00", "reason": "分类有误" })
        }
        "return" | "reopen" | "unmerge" | "escalate" | "detach-incident" => reason,
        _ => json!({}),
    }
}

scenario! {
/// What `allowed_actions` refuses is refused with the same code, and what it allows is not refused.
async fn what_is_allowed_is_what_happens(app) {
    let target = register(app, json!({})).await;
    for state in ["registered", "in_progress", "replied", "closed"] {
        for who in ["cs_agent", "cs_agent2", "team_leader", "cs_manager", "customer"] {
            let proof = document(app, who).await;
            let make = async || match state {
                "registered" => register(app, json!({})).await,
                "in_progress" => started(app, json!({})).await,
                "replied" => replied(app, json!({})).await,
                _ => closed(app, json!({})).await,
            };
            let mut ticket = make().await;
            let read = app.get(who, &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
            for act_now in read["allowed_actions"].as_array().unwrap() {
                let action = act_now["action"].as_str().unwrap();
                let path = format!("/v1/tickets/{}/{action}", id(&ticket));
                let call = app.by(who, Method::POST, &path).key(&format!("{who}-{state}-{action}"));
                let answer = call.json(body(app, action, &target, &proof)).send().await;
                let told = format!("{who} {action} in {state}: {act_now} but {} {}", answer.status, answer.body);
                if act_now["allowed"] == true {
                    assert!(matches!(answer.status, 200 | 201 | 422), "{told}");
                    ticket = make().await;
                } else {
                    assert!(matches!(answer.status, 403 | 409), "{told}");
                    assert_eq!(answer.body["code"], act_now["reasons"][0]["code"], "{told}");
                }
            }
        }
    }
}
}

scenario! {
/// A part of an answered case begins anew, with the receipt and place of the whole.
async fn a_part_becomes_a_case_of_its_own(app) {
    let whole = started(app, json!({})).await;
    let mut solved = solution();
    solved["cause_analysis"] = json!("密封条出厂时尺寸偏小");
    act(app, "cs_agent", &whole, "resolve", solved).await.expect(200);
    act(app, "cs_agent", &whole, "reply", answer()).await.expect(200);
    act(app, "customer", &whole, "rate", json!({ "rating": 2 })).await.expect(200);
    app.later(hours(1));
    let body = json!({ "title": "暖气漏水", "description": "客厅暖气片接口漏水", "category_code": "heating.leak" });
    let answer = act(app, "cs_agent", &whole, "split", body).await;
    assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
    let part = app.get("cs_agent", &format!("/v1/tickets/{}", id(&answer.body))).await.expect(200);
    assert_eq!((&part["split_from_id"], &part["status"]), (&whole["id"], &json!("registered")));
    assert_eq!((&part["received_at"], &part["unit_id"]), (&whole["received_at"], &whole["unit_id"]));
    assert_eq!((&part["due_at"], &part["urgent"]), (&json!("2026-03-02T12:00:00+08:00"), &json!(true)));
    assert_eq!(part["policy_code"], "leak");
    for fresh in ["assignee_id", "solution", "cause_analysis", "reply", "replied_at", "resolved_at", "rating"] {
        assert_eq!(part[fresh], json!(null), "{fresh}");
    }
    assert_ne!(part["number"], whole["number"]);
}
}

scenario! {
async fn every_act_is_told_in_the_history(app) {
    let ticket = closed(app, json!({})).await;
    let history = app.get("cs_agent", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200);
    let entries = history["items"].as_array().unwrap();
    let told: Vec<&str> = entries.iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    let verbs = ["registered", "assigned", "started", "resolved", "replied", "closed"];
    assert_eq!(told, verbs.map(|verb| format!("ticket.{verb}")));
    assert_eq!(entries[1]["actor_role"], "team_leader");
    assert_eq!(entries[2]["changes"]["status"], json!(["assigned", "in_progress"]));
    let versions: Vec<i64> = entries.iter().map(|entry| entry["version"].as_i64().unwrap()).collect();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6]);
}
}

scenario! {
/// Spec §4: a transfer names another unit or person.
async fn a_transfer_to_where_it_is_is_none(app) {
    let ticket = started(app, json!({})).await;
    let desk = json!({ "org_unit_id": app.fixture.units["DESK"], "reason": "转办" });
    act(app, "cs_agent", &ticket, "transfer", desk).await.refused(422, "unchanged");
    transfer(app, "cs_agent", &ticket, "cs_agent").await.refused(422, "unchanged");
    let read = app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    assert_eq!((&read["transfer_count"], &read["assignee_id"]), (&json!(0), &json!(app.fixture.staff["cs_agent"])));
}
}

scenario! {
/// Who sees only the part of a case sees the papers it took along.
async fn a_part_takes_its_papers_along(app) {
    let paper = document(app, "cs_agent").await;
    let whole = register(app, json!({ "document_ids": [&paper] })).await;
    let body = json!({ "title": "另一扇窗", "description": "次卧窗户也关不严" });
    let part = act(app, "cs_agent", &whole, "split", body).await.expect(200);
    let path = format!("/v1/documents/{paper}");
    assert_eq!(app.get("heating_station_head", &path).await.status, 404);
    let to = json!({ "org_unit_id": app.fixture.units["STATION"], "force_reason": "站内处理" });
    act(app, "team_leader", &part, "assign", to).await.expect(200);
    app.get("heating_station_head", &path).await.expect(200);
}
}
