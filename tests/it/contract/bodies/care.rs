//! Calls on what the desk does for customers of its own accord: portfolio, surveys, outreach.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{Ready, first, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::portfolio::{ENTRIES, LOGS, PLANS, PROMISES, assign, contact, customer};

pub async fn portfolio(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    static CUSTOMERS: AtomicUsize = AtomicUsize::new(0);
    let one = customer(app, CUSTOMERS.fetch_add(1, Ordering::Relaxed)).await;
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
