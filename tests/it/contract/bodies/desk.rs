//! Calls on the desk: each act on a case brought to where it is allowed.

use serde_json::{Value, json};

use super::{Ready, change, make, ready};
use crate::kit::{self, TestApp, id};
use crate::tickets::desk::{
    act, answer, callback, closed, document, follow_procedure, register, replied, report, said, solution, started,
};
use crate::tickets::incidents::burst;

fn taken(with: Value) -> Value {
    let body = json!({ "direction": "in", "channel_code": "hotline", "external_number": "13800135678",
        "ring_started_at": "2026-03-02T07:59:00+08:00", "answered_at": "2026-03-02T07:59:05+08:00", "result": "answered" });
    kit::with(body, &with)
}

pub async fn calls(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let call = async || format!("/v1/calls/{}", id(&make(app, "cs_agent", "/v1/calls", taken(json!({}))).await));
    match (method, path) {
        ("POST", "/v1/calls") => ready("cs_agent", path, taken(json!({}))),
        ("POST", "/v1/calls/bulk") => ready("cs_agent", path, json!({ "rows": [taken(json!({}))] })),
        ("PUT", "/v1/calls/by-external-id/{system}/{external_id}") => {
            ready("cs_agent", "/v1/calls/by-external-id/pbx/k-1", taken(json!({})))
        }
        ("POST", "/v1/calls/{id}/link") => {
            let ticket = register(app, json!({})).await;
            ready("cs_agent", call().await + "/link", json!({ "ticket_id": ticket["id"] }))
        }
        ("POST", "/v1/calls/{id}/unlink") => {
            let (ticket, path) = (register(app, json!({})).await, call().await);
            let body = json!({ "ticket_id": ticket["id"] });
            app.post("cs_agent", &format!("{path}/link"), body.clone()).await.expect(200);
            ready("cs_agent", path + "/unlink", body)
        }
        ("POST", "/v1/callbacks/{id}/attempts") => {
            let waiting = callback(app, &replied(app, json!({})).await).await;
            ready("cs_agent2", format!("/v1/callbacks/{waiting}/attempts"), json!({ "result": "no_answer" }))
        }
        ("POST", "/v1/callbacks/{id}/complete") => {
            let waiting = callback(app, &replied(app, json!({})).await).await;
            ready("cs_agent2", format!("/v1/callbacks/{waiting}/complete"), said("satisfied"))
        }
        ("POST", "/v1/callbacks/{id}/waive") => {
            let waiting = format!("/v1/callbacks/{}", callback(app, &replied(app, json!({})).await).await);
            app.post("cs_agent2", &format!("{waiting}/complete"), json!({ "outcome": "declined" })).await.expect(200);
            ready("cs_manager", waiting + "/waive", json!({ "reason": "客户拒绝回访" }))
        }
        ("POST", "/v1/ticket-pauses/{id}/approve" | "/v1/ticket-pauses/{id}/refuse" | "/v1/ticket-pauses/{id}/end") => {
            let ticket = started(app, json!({})).await;
            let pause = make(app, "cs_agent", &format!("/v1/tickets/{}/pauses", id(&ticket)), pause(app).await).await;
            let row = format!("/v1/ticket-pauses/{}", id(&pause));
            let action = path.rsplit('/').next().unwrap();
            if action == "end" {
                app.post("team_leader", &format!("{row}/approve"), json!({})).await.expect(200);
            }
            ready("team_leader", format!("{row}/{action}"), json!({ "comment": "同意" }))
        }
        ("POST", "/v1/tickets") => ready("cs_agent", path, report(app, json!({}))),
        ("POST", "/v1/tickets/bulk") => {
            let row = json!({ "ticket_id": register(app, json!({})).await["id"], "action": "observe" });
            ready("team_leader", path, json!({ "rows": [row] }))
        }
        ("PUT", "/v1/tickets/by-external-id/{system}/{external_id}") => {
            ready("cs_agent", "/v1/tickets/by-external-id/oa/t-1", report(app, json!({})))
        }
        _ => on_ticket(app, method, path).await,
    }
}

async fn pause(app: &TestApp) -> Value {
    let proof = document(app, "cs_agent").await;
    let until = kernel::time::Timestamp::from(app.now() + chrono::TimeDelta::hours(2));
    json!({ "reason_code": "third_party", "until": until, "proof_document_id": proof })
}

/// An act on a ticket brought to where it is allowed.
async fn on_ticket(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let action = path.rsplit('/').next().unwrap();
    let agent = "cs_agent";
    let reason = json!({ "reason": "按规定办理" });
    let opinion = json!({ "text": "经现场核实,建议整体更换窗框", "proposed_reply": "三日内更换" });
    let question = json!({ "kind": "consultation", "category_code": "title" });
    let assigned = async || {
        let ticket = register(app, json!({})).await;
        let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff[agent] });
        act(app, "team_leader", &ticket, "assign", to).await.expect(200)
    };
    let submitted = async || {
        let ticket = started(app, json!({ "severity": "serious" })).await;
        act(app, agent, &ticket, "submit-opinion", opinion.clone()).await.expect(200)
    };
    let resolved = async || {
        let ticket = started(app, json!({})).await;
        act(app, agent, &ticket, "resolve", solution()).await.expect(200)
    };
    let target = async || json!({ "target_ticket_id": register(app, json!({})).await["id"], "reason": "同一事项" });
    let (who, ticket, body) = match action {
        "{id}" if method == "PATCH" => {
            let path = format!("/v1/tickets/{}", id(&register(app, json!({})).await));
            return change(app, agent, path, json!({ "title": "窗户漏风" })).await;
        }
        "answer-at-intake" => {
            (agent, register(app, question).await, json!({ "solution": "已当场说明", "reply": answer() }))
        }
        "assign" => ("team_leader", register(app, json!({})).await, json!({ "staff_id": app.fixture.staff[agent] })),
        "auto-assign" => ("team_leader", register(app, json!({})).await, json!({})),
        "start" => (agent, assigned().await, json!({})),
        "return" => (agent, assigned().await, reason),
        "transfer" => {
            let body = json!({ "staff_id": app.fixture.staff["cs_agent2"], "reason": "不在职责范围" });
            (agent, assigned().await, body)
        }
        "submit-opinion" => (agent, started(app, json!({})).await, opinion),
        "approve" => ("cs_manager", submitted().await, json!({ "comment": "同意" })),
        "reject" => ("cs_manager", submitted().await, json!({ "comment": "依据不足,退回" })),
        "withdraw-opinion" => (agent, submitted().await, json!({})),
        "resolve" => (agent, started(app, json!({})).await, solution()),
        "reply" => (agent, resolved().await, answer()),
        "reply-attempts" => (agent, resolved().await, json!({ "result": "no_answer" })),
        "archive" => ("cs_clerk", closed(app, json!({})).await, json!({})),
        "close" => {
            auto_close(app, false).await;
            let ticket = closed(app, json!({})).await;
            auto_close(app, true).await;
            (agent, ticket, json!({}))
        }
        "reopen" => (agent, closed(app, json!({})).await, reason),
        "dismiss" => {
            let body = json!({ "reason_code": "not_our_scope", "explanation": "不属于本公司", "told_to": "本人" });
            ("team_leader", register(app, json!({})).await, body)
        }
        "withdraw" => ("customer", register(app, json!({})).await, reason),
        "merge" => ("cs_supervisor", register(app, json!({})).await, target().await),
        "unmerge" => {
            let ticket = register(app, json!({})).await;
            act(app, "cs_supervisor", &ticket, "merge", target().await).await.expect(200);
            app.later(chrono::TimeDelta::seconds(1));
            ("cs_supervisor", ticket, reason)
        }
        "classify" => ("team_leader", register(app, json!({})).await, json!({ "category_code": "house_quality.wall" })),
        "chase" => ("customer", register(app, json!({})).await, json!({ "text": "请尽快" })),
        "comments" => (agent, register(app, json!({})).await, json!({ "text": "已联系客户" })),
        "escalate" => (agent, started(app, json!({})).await, reason),
        "observe" => ("team_leader", register(app, json!({})).await, json!({})),
        "supervisions" => {
            let body = json!({ "to_org_unit_id": app.fixture.units["DESK"], "text": "请说明超时原因" });
            ("cs_director", register(app, json!({})).await, body)
        }
        "detach-incident" => {
            let ticket = register(app, json!({ "category_code": "heating.leak" })).await;
            make(app, "team_leader", "/v1/incidents", burst(app, json!({}))).await;
            ("team_leader", ticket, reason)
        }
        "pauses" => (agent, started(app, json!({})).await, pause(app).await),
        "rate" => ("customer", replied(app, json!({})).await, json!({ "rating": 5, "text": "满意" })),
        "split" => {
            (agent, replied(app, json!({})).await, json!({ "title": "另一事项", "description": "厨房墙面开裂" }))
        }
        "annul-breach" => return annulment(app).await,
        "checklist" => return checklist(app).await,
        _ => return None,
    };
    ready(who, format!("/v1/tickets/{}/{action}", id(&ticket)), body)
}

async fn auto_close(app: &TestApp, on: bool) {
    let body = json!({ "value": on, "valid_from": "2026-03-02", "reason": "试行" });
    let path = "/v1/parameters/tickets.callback.auto_close";
    app.by("system_admin", actix_web::http::Method::PUT, path).json(body).send().await.expect(200);
}

/// A breach made by an hour under a wrong category.
async fn annulment(app: &TestApp) -> Option<Ready> {
    let ticket = started(app, json!({ "kind": "complaint", "category_code": "heating.other" })).await;
    let due = app.now() + chrono::TimeDelta::hours(4);
    app.later(chrono::TimeDelta::hours(5));
    for category in ["heating.leak", "heating.other"] {
        act(app, "team_leader", &ticket, "classify", json!({ "category_code": category })).await.expect(200);
        app.later(chrono::TimeDelta::hours(1));
    }
    let due = kernel::time::Timestamp::from(due);
    let body = json!({ "clock": "handle", "cycle": 1, "due_at": due, "reason": "改派期间误分类" });
    ready("cs_director", format!("/v1/tickets/{}/annul-breach", id(&ticket)), body)
}

async fn checklist(app: &TestApp) -> Option<Ready> {
    follow_procedure(app, &json!("leak_repair")).await;
    let ticket = started(app, json!({ "category_code": "heating.leak" })).await;
    ready("cs_agent", format!("/v1/tickets/{}/checklist", id(&ticket)), json!({ "ticked": ["shut_off"] }))
}
