//! Calls on quality monitoring, requests and the monthly assessment.

use serde_json::json;

use super::{Ready, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::quality::{heard, published};
use crate::tickets::requests::{STEPS, led, request};
use crate::tickets::{assessments, rosters};

pub async fn monitoring(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let inspector = "quality_inspector";
    let training = json!({ "topic": "服务用语", "audience": "all" });
    let planned =
        async || format!("/v1/trainings/{}", id(&make(app, inspector, "/v1/trainings", training.clone()).await));
    let results =
        json!({ "rows": [{ "staff_id": app.fixture.staff["cs_agent"], "attended": true, "exam_score": 90 }] });
    let summary = |week: &str| json!({ "iso_week": week, "findings": "开头语不规范较多" });
    match (method, path) {
        ("POST", "/v1/scorecards") => ready(
            "cs_director",
            path,
            json!({ "name": "新评分表", "criteria": [{ "code": "tone", "weight_percent": 100 }] }),
        ),
        ("POST", "/v1/monitored-calls") => ready(inspector, path, heard(app, json!({ "notes": "态度好" })).await),
        ("POST", "/v1/monitored-calls/{id}/publish") => {
            let draft = make(app, inspector, "/v1/monitored-calls", heard(app, json!({})).await).await;
            ready(inspector, format!("/v1/monitored-calls/{}/publish", id(&draft)), json!({}))
        }
        ("POST", "/v1/monitored-calls/{id}/appeal") => {
            ready("cs_agent", published(app).await + "/appeal", json!({ "text": "录音不完整" }))
        }
        ("POST", "/v1/monitored-calls/{id}/decide-appeal") => {
            let row = published(app).await;
            app.post("cs_agent", &format!("{row}/appeal"), json!({ "text": "录音不完整" })).await.expect(200);
            ready("cs_director", row + "/decide-appeal", json!({ "result": "rejected", "comment": "评分无误" }))
        }
        ("POST", "/v1/quality-summaries") => ready(inspector, path, summary("2026-W08")),
        ("POST", "/v1/quality-summaries/{id}/submit") => {
            let draft = make(app, inspector, "/v1/quality-summaries", summary("2026-W07")).await;
            ready(inspector, format!("/v1/quality-summaries/{}/submit", id(&draft)), json!({}))
        }
        ("POST", "/v1/trainings") => ready(inspector, path, training),
        ("POST", "/v1/trainings/{id}/record-results") => ready(inspector, planned().await + "/record-results", results),
        ("POST", "/v1/trainings/{id}/close") => {
            let row = planned().await;
            app.post(inspector, &format!("{row}/record-results"), results).await.expect(200);
            ready("cs_director", row + "/close", json!({}))
        }
        _ => None,
    }
}

pub async fn requests(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let before: &[&str] = match path.rsplit('/').next()? {
        "service-requests" => return ready("cs_agent", path, request(app, "return", json!({ "description": "漏水" }))),
        "counter-records" => {
            let body = json!({ "kind": "lost_goods", "item": "电饭锅", "note": "盘点时发现" });
            return ready("service_desk", path, body);
        }
        "check" | "cancel" => &[],
        "approve" | "refuse" => &["check"],
        "receive-goods" => &["check", "approve"],
        "inspect" => &["check", "approve", "receive-goods"],
        "allocate" => &["check", "approve", "receive-goods", "inspect"],
        "pick" => &["check", "approve", "receive-goods", "inspect", "allocate"],
        "deliver" => &["check", "approve", "receive-goods", "inspect", "allocate", "pick"],
        "complete" => &["check", "approve", "receive-goods", "inspect", "allocate", "pick", "deliver"],
        "refund" => &["check", "approve", "receive-goods", "inspect"],
        _ => return None,
    };
    let action = path.rsplit('/').next()?;
    let (of, body) = match action {
        "refund" => ("return", json!({ "amount": "50.00" })),
        "refuse" | "cancel" => ("exchange", json!({ "reason": "条件不符" })),
        "inspect" => ("exchange", json!({ "result": "完好" })),
        _ => ("exchange", json!({ "comment": "已办" })),
    };
    let who = match action {
        "approve" | "refuse" => "cs_supervisor",
        "refund" => "cashier",
        "cancel" => "cs_agent",
        _ => STEPS.iter().find(|(step, _)| *step == action)?.1,
    };
    let row = led(app, of, json!({}), before).await;
    (method == "POST").then(|| ready(who, format!("{row}/{action}"), body))?
}

pub async fn assessing(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    match (method, path) {
        ("POST", "/v1/assessment-rules") => {
            let body = json!({ "code": "uniform", "role_codes": ["cs_agent"], "text": "未着工装", "penalty": "-5.00" });
            ready("cs_director", path, body)
        }
        ("POST", "/v1/violations") => {
            let body = json!({ "staff_id": app.fixture.staff["cs_agent"], "rule_code": "muster_late",
                "occurred_on": "2026-03-01", "evidence": "点名记录" });
            ready("team_leader", path, body)
        }
        ("POST", "/v1/violations/{id}/dispute") => {
            let row = assessments::violation(app, "2026-03-01").await;
            ready("cs_agent", row + "/dispute", json!({ "text": "当时在休息" }))
        }
        ("POST", "/v1/violations/{id}/confirm" | "/v1/violations/{id}/drop") => {
            let row = assessments::violation(app, "2026-03-01").await;
            ready("cs_supervisor", row + "/" + path.rsplit('/').next()?, json!({ "reason": "已核实" }))
        }
        ("POST", "/v1/monthly-assessments") => ready("cs_director", path, json!({ "month": "2026-02" })),
        ("POST", "/v1/monthly-assessments/{id}/publish") => {
            rosters::published(app, json!({ "from": "2026-01-05", "days": 7 })).await;
            let built = json!({ "month": "2026-01", "org_unit_id": app.fixture.units["DESK"] });
            let built = make(app, "cs_director", "/v1/monthly-assessments", built).await;
            ready("cs_director", format!("/v1/monthly-assessments/{}/publish", id(&built["items"][0])), json!({}))
        }
        _ => None,
    }
}
