//! A call that succeeds for each operation that takes an idempotency key.

mod assets;
mod care;
mod complaints;
mod desk;
mod filing;
mod heating;
mod inspection;
mod network;
mod outbound;
mod papers;
mod people;
mod quality;
mod registers;
mod repairs;
mod rosters;
mod submissions;
mod visits;

use serde_json::{Value, json};

use crate::kit::{TestApp, id};

/// Somebody, where, and what he sends.
pub struct Ready {
    pub who: &'static str,
    pub path: String,
    pub body: Value,
    /// The version a change is made for.
    pub version: Option<i64>,
}

fn ready(who: &'static str, path: impl Into<String>, body: Value) -> Option<Ready> {
    Some(Ready { who, path: path.into(), body, version: None })
}

/// A change of a row as it stands.
async fn change(app: &TestApp, who: &'static str, path: String, body: Value) -> Option<Ready> {
    let row = app.get(who, &path).await.expect(200);
    Some(Ready { who, path, body, version: row["version"].as_i64() })
}

/// The path of the first row of a list.
async fn first(app: &TestApp, who: &str, list: &str) -> String {
    let page = app.get(who, list).await.expect(200);
    format!("{}/{}", list.split('?').next().unwrap(), id(&page["items"][0]))
}

async fn make(app: &TestApp, who: &str, path: &str, body: Value) -> Value {
    app.post(who, path, body).await.expect(201)
}

/// What makes the call of an operation succeed; none when nobody has written it down.
pub async fn call(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    match path.split('/').nth(2).unwrap_or_default() {
        "accounts" | "clients" | "delegations" | "org-units" | "staff" | "parameters" | "sandbox" => {
            registers::people(app, method, path).await
        }
        "projects" | "phases" | "buildings" | "units" | "suppliers" => registers::places(app, method, path).await,
        "customers" => registers::customers(app, method, path).await,
        "webhooks" | "notifications" | "notification-templates" => outbound::telling(app, method, path).await,
        "report-submissions" => submissions::submissions(app, method, path).await,
        "approval-routes" | "documents" | "custody-items" | "seal-entries" | "calendars" => {
            papers::calls(app, method, path).await
        }
        "case-archives" | "knowledge-articles" => filing::calls(app, method, path).await,
        "repair-orders" | "warranty-parts" | "warranty-coverages" | "defect-claims" | "site-receipts" => {
            repairs::calls(app, method, path).await
        }
        "incidents" | "supervisions" => people::calls(app, method, path).await,
        "shift-definitions" | "rosters" | "shifts" | "shift-swaps" | "musters" | "duty-logs" | "leave-requests" => {
            rosters::calls(app, method, path).await
        }
        "service-outlets"
        | "repair-tariffs"
        | "repair-fee-claims"
        | "parts"
        | "part-prices"
        | "part-plans"
        | "part-requests"
        | "part-movements"
        | "stock-counts"
        | "write-offs"
        | "part-reconciliations" => network::calls(app, method, path).await,
        "tickets" | "callbacks" | "calls" | "ticket-pauses" => desk::calls(app, method, path).await,
        "portfolio-plans" | "portfolio-entries" | "contact-logs" | "follow-ups" => {
            care::portfolio(app, method, path).await
        }
        "scorecards" | "monitored-calls" | "quality-summaries" | "trainings" => {
            quality::monitoring(app, method, path).await
        }
        "service-requests" | "counter-records" => quality::requests(app, method, path).await,
        "assessment-rules" | "violations" | "monthly-assessments" => quality::assessing(app, method, path).await,
        "heating-seasons" | "heat-prices" | "heating-stations" | "visit-assignments" => {
            heating::seasons(app, method, path).await
        }
        "households" | "alterations" => heating::households(app, method, path).await,
        "heat-bills" | "heat-bill-runs" | "heat-receipts" => heating::money(app, path).await,
        "inspection-cases" | "heat-agreements" => inspection::cases(app, path).await,
        "valve-check-lists" | "valve-checks" | "reopenings" => inspection::valves(app, path).await,
        "stop-applications" => heating::stops(app, path).await,
        "heating-proposals" => heating::proposals(app, path).await,
        "outages" => heating::outages(app, path).await,
        "visits" | "visit-plans" | "visit-problems" | "visit-summaries" => visits::visits(app, path).await,
        "evaluation-schemes" | "evaluations" | "rectifications" => visits::evaluations(app, path).await,
        "heat-complaints" => complaints::complaints(app, path).await,
        "complaint-reconciliations" | "official-lines" => complaints::reconciliations(app, path).await,
        "heat-refunds" => heating::refunds(app, path).await,
        "instruments" => heating::instruments(app, method, path).await,
        "temperature-cases" | "temperature-readings" => heating::temperature(app, path).await,
        "service-assets"
        | "service-card-movements"
        | "asset-intake"
        | "training-sessions"
        | "station-rules"
        | "published-figures" => assets::calls(app, method, path).await,
        "surveys" | "survey-invitations" | "survey-answers" => care::surveys(app, method, path).await,
        "message-templates" | "outreach-campaigns" => care::outreach(app, method, path).await,
        _ => catalogues(app, method, path).await,
    }
}

async fn catalogues(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let lead = "cs_supervisor";
    let policy = json!({ "position": 99, "code": "default", "name": "其他", "calendar_code": "continuous",
        "handle_target_seconds": 14_400, "reply_target_seconds": 172_800, "callback_target_seconds": 172_800 });
    let set = json!({ "name": "春季", "valid_from": "2026-03-05T00:00:00+08:00", "policies": [policy] });
    let draft = async || {
        format!("/v1/sla-policy-sets/{}", id(&make(app, "cs_director", "/v1/sla-policy-sets", set.clone()).await))
    };
    match (method, path) {
        ("POST", "/v1/channels") => ready(lead, path, json!({ "code": "weibo", "name": "微博", "medium": "im" })),
        ("PATCH", "/v1/channels/{id}") => {
            change(app, lead, first(app, lead, "/v1/channels").await, json!({ "name": "新渠道名" })).await
        }
        ("POST", "/v1/ticket-catalogues") => {
            ready(lead, path, json!({ "list": "root_cause", "code": "frost", "name": "冻害" }))
        }
        ("PATCH", "/v1/ticket-catalogues/{id}") => {
            let row = first(app, lead, "/v1/ticket-catalogues?list=root_cause").await;
            change(app, lead, row, json!({ "name": "新名称" })).await
        }
        ("POST", "/v1/ticket-categories") => ready(lead, path, json!({ "code": "other.garden", "name": "绿化" })),
        ("PATCH", "/v1/ticket-categories/{id}") => {
            change(app, lead, first(app, lead, "/v1/ticket-categories").await, json!({ "name": "新类别名" })).await
        }
        ("POST", "/v1/ticket-classifications") => {
            let body = json!({ "kind": "suggestion", "category_code": "house_quality.wall", "place_kind": "parking",
                "handler_roles": ["cs_agent"], "responsible": { "rule": "desk" } });
            ready(lead, path, body)
        }
        ("PATCH", "/v1/ticket-classifications/{id}") => {
            let row = first(app, lead, "/v1/ticket-classifications").await;
            change(app, lead, row, json!({ "warranty_part_code": "fitout" })).await
        }
        ("POST", "/v1/ticket-procedures") => ready(lead, path, json!({ "code": "visit", "name": "上门" })),
        ("PATCH", "/v1/ticket-procedures/{id}") => {
            change(app, lead, first(app, lead, "/v1/ticket-procedures").await, json!({ "name": "新程序名" })).await
        }
        ("POST", "/v1/sla-policy-sets") => ready("cs_director", path, set),
        ("PATCH", "/v1/sla-policy-sets/{id}") => {
            change(app, "cs_director", draft().await, json!({ "name": "初春" })).await
        }
        ("POST", "/v1/sla-policy-sets/{id}/activate") => ready("cs_director", draft().await + "/activate", json!({})),
        ("POST", "/v1/sla-clocks/retarget") => {
            let holder = access::policy::roles("tickets.sla_clock:retarget").first().map_or("", |role| role.code());
            ready(holder, path, json!({ "reason": "日历更新" }))
        }
        _ => None,
    }
}
