//! Reports that are due.

use serde_json::{Value, json};

use super::{Ready, ready};
use crate::kit::{TestApp, id};

const LIST: &str = "/v1/report-submissions";

async fn due(app: &TestApp, report: &str, period: &str) -> String {
    let list = app.get("cs_director", &format!("{LIST}?report={report}&period={period}")).await.expect(200);
    format!("{LIST}/{}", id(&list["items"][0]))
}

async fn submitted(app: &TestApp, report: &str, period: &str, by: &str) -> String {
    let path = due(app, report, period).await;
    let row: Value = app.get("cs_director", &path).await.expect(200);
    if row["status"] == "due" || row["status"] == "returned" {
        app.post(by, &format!("{path}/submit"), json!({})).await.expect(200);
    }
    path
}

pub async fn submissions(app: &TestApp, _method: &str, path: &str) -> Option<Ready> {
    let month = "tickets/monthly-statistics";
    let customers = "tickets/service-customer-statistics";
    match path {
        "/v1/report-submissions/{id}/submit" => {
            ready("cs_director", due(app, "tickets/weekly-desk", "2026-W09").await + "/submit", json!({}))
        }
        "/v1/report-submissions/{id}/accept" => {
            let path = submitted(app, month, "2026-02", "information_officer").await;
            ready("cs_manager", path + "/accept", json!({}))
        }
        "/v1/report-submissions/{id}/return" => {
            let path = submitted(app, customers, "2026-02", "cs_supervisor").await;
            ready("cs_manager", path + "/return", json!({ "comment": "请补充说明" }))
        }
        _ => None,
    }
}
