//! Calls on what the desk does for customers of its own accord: portfolio, surveys, outreach.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{Ready, change, first, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::outreach::{CAMPAIGNS, TEMPLATES, drafted, started, template, turn};
use crate::tickets::portfolio::{ENTRIES, LOGS, PLANS, PROMISES, assign, contact, customer};
use crate::tickets::surveys::{INVITATIONS, SURVEYS, draft, invitations, opened, token};

/// A customer nobody else made.
async fn somebody(app: &TestApp) -> String {
    static CUSTOMERS: AtomicUsize = AtomicUsize::new(0);
    customer(app, CUSTOMERS.fetch_add(1, Ordering::Relaxed)).await
}

pub async fn portfolio(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let one = somebody(app).await;
    let plan = json!({ "customer_ids": [one], "agent_ids": [app.fixture.staff["cs_agent"]] });
    let lead = "cs_supervisor";
    match (method, path) {
        ("POST", PLANS) => ready(lead, path, plan),
        ("POST", "/v1/portfolio-plans/{id}/apply" | "/v1/portfolio-plans/{id}/cancel") => {
            let plan = make(app, lead, PLANS, plan).await;
            ready(lead, path.replace("{id}", &id(&plan)), json!({}))
        }
        ("POST", "/v1/portfolio-entries/{id}/end") => {
            assign(app, &[one], &["cs_agent2"]).await;
            let entry = first(app, lead, &format!("{ENTRIES}?live=true")).await;
            ready(lead, entry + "/end", json!({ "reason": "客户迁出" }))
        }
        ("POST", LOGS) => ready("cs_agent", path, contact(&one, json!({}))),
        ("POST", "/v1/follow-ups/{id}/postpone") => {
            let body =
                json!({ "notice_text": "配件未到,非常抱歉", "apology": true, "new_promise_at": in_hours(app, 30) });
            ready("team_leader", promise(app, &one).await + "/postpone", body)
        }
        ("POST", "/v1/follow-ups/{id}/cancel") => {
            ready("team_leader", promise(app, &one).await + "/cancel", json!({ "reason": "客户不再需要" }))
        }
        _ => None,
    }
}

fn in_hours(app: &TestApp, hours: i64) -> Value {
    json!(kernel::time::Timestamp::from(app.now() + chrono::TimeDelta::hours(hours)))
}

async fn promise(app: &TestApp, customer: &str) -> String {
    make(app, "cs_agent", LOGS, contact(customer, json!({ "next_promise_at": in_hours(app, 20) }))).await;
    first(app, "cs_agent", &format!("{PROMISES}?customer_id={customer}")).await
}

pub async fn surveys(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let people = [somebody(app).await];
    let answers = json!({ "answers": { "service": 4, "remark": "很好" } });
    let invited = async || {
        let survey = opened(app, &people, json!({})).await;
        invitations(app, &survey, "").await.remove(0)
    };
    match (method, path) {
        ("POST", SURVEYS) => ready("cs_specialist", path, draft(app, &people, json!({}))),
        ("PATCH", "/v1/surveys/{id}") => {
            let made = make(app, "cs_specialist", SURVEYS, draft(app, &people, json!({}))).await;
            change(app, "cs_specialist", format!("{SURVEYS}/{}", id(&made)), json!({ "name": "改名的调查" })).await
        }
        ("POST", "/v1/surveys/{id}/open") => {
            let made = make(app, "cs_specialist", SURVEYS, draft(app, &people, json!({}))).await;
            ready("cs_manager", path.replace("{id}", &id(&made)), json!({}))
        }
        ("POST", "/v1/surveys/{id}/close") => {
            let survey = opened(app, &people, json!({})).await;
            ready("cs_manager", path.replace("{id}", &id(&survey)), json!({}))
        }
        ("POST", "/v1/survey-invitations/{id}/answer-by-proxy") => {
            ready("cs_agent", format!("{INVITATIONS}/{}/answer-by-proxy", id(&invited().await)), answers)
        }
        ("POST", "/v1/survey-answers/{token}") => {
            ready("cs_agent", path.replace("{token}", token(&invited().await)), answers)
        }
        _ => None,
    }
}

pub async fn outreach(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let people = [somebody(app).await];
    let text = json!({ "code": "reminder", "channel": "sms", "text": "您好" });
    match (method, path) {
        ("POST", TEMPLATES) => ready("cs_agent", path, text),
        ("PATCH", "/v1/message-templates/{id}") => {
            let made = make(app, "cs_agent", TEMPLATES, text).await;
            change(app, "cs_agent", format!("{TEMPLATES}/{}", id(&made)), json!({ "text": "您好啊" })).await
        }
        ("POST", "/v1/message-templates/{id}/approve") => {
            let made = make(app, "cs_agent", TEMPLATES, text).await;
            ready("cs_manager", path.replace("{id}", &id(&made)), json!({}))
        }
        _ => {
            template(app, "greeting", "sms", "您好").await;
            campaigns(app, method, path, &people).await
        }
    }
}

async fn campaigns(app: &TestApp, method: &str, path: &str, people: &[String]) -> Option<Ready> {
    if method == "PATCH" {
        let made = drafted(app, people, json!({})).await;
        return change(app, "cs_agent", format!("{CAMPAIGNS}/{}", id(&made)), json!({ "name": "改名的活动" })).await;
    }
    if path == CAMPAIGNS {
        return ready("cs_agent", path, json!({ "kind": "notice", "template_code": "greeting", "name": "停水通知" }));
    }
    // In the quiet hours, so that something is left to hold back.
    let night = async || started(app, people, json!({ "planned_at": in_hours(app, 50) })).await;
    let (who, campaign) = match path.rsplit('/').next().unwrap() {
        "approve" => ("cs_manager", drafted(app, people, json!({})).await),
        "start" => {
            let made = drafted(app, people, json!({})).await;
            turn(app, "cs_manager", &made, "approve").await.expect(200);
            ("cs_agent", made)
        }
        "pause" | "cancel" => ("cs_agent", night().await),
        "resume" => {
            let made = night().await;
            turn(app, "cs_agent", &made, "pause").await.expect(200);
            ("cs_agent", made)
        }
        _ => return None,
    };
    ready(who, path.replace("{id}", &id(&campaign)), json!({}))
}
