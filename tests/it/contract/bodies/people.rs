//! Calls on incidents and supervisions.

use serde_json::json;

use super::{Ready, change, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::desk::register;
use crate::tickets::incidents::burst;

pub async fn calls(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    match path.split('/').nth(2).unwrap_or_default() {
        "incidents" => incidents(app, method, path).await,
        _ => supervisions(app, method, path).await,
    }
}

async fn incidents(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let lead = "team_leader";
    if (method, path) == ("POST", "/v1/incidents") {
        return ready(lead, path, burst(app, json!({})));
    }
    let row = format!("/v1/incidents/{}", id(&make(app, lead, "/v1/incidents", burst(app, json!({}))).await));
    let end = json!({ "solution": "更换主管并恢复供热", "root_cause_code": "wear", "restored_at": "2026-03-02T08:00:00+08:00" });
    match (method, path) {
        ("PATCH", _) => change(app, lead, row, json!({ "customer_text": "正在抢修" })).await,
        (_, "/v1/incidents/{id}/restore") => ready(lead, row + "/restore", end),
        (_, "/v1/incidents/{id}/close") => {
            app.post(lead, &format!("{row}/restore"), end).await.expect(200);
            ready(lead, row + "/close", json!({}))
        }
        (_, "/v1/incidents/{id}/cancel") => ready(lead, row + "/cancel", json!({ "reason": "误报" })),
        _ => None,
    }
}

async fn supervisions(app: &TestApp, _: &str, path: &str) -> Option<Ready> {
    let ticket = register(app, json!({})).await;
    let body = json!({ "to_org_unit_id": app.fixture.units["DESK"], "text": "请说明超时原因" });
    let made = make(app, "cs_director", &format!("/v1/tickets/{}/supervisions", id(&ticket)), body).await;
    let (row, action) = (format!("/v1/supervisions/{}", id(&made)), path.rsplit('/').next()?);
    let answer = json!({ "answer": "已安排人员今日上门处理" });
    let (who, body) = match action {
        "answer" => ("cs_agent", answer.clone()),
        "close" => ("cs_director", json!({})),
        "send-back" => ("cs_director", json!({ "reason": "没有说明原因" })),
        _ => return None,
    };
    if action != "answer" {
        app.post("cs_agent", &format!("{row}/answer"), answer).await.expect(200);
    }
    ready(who, format!("{row}/{action}"), body)
}
