//! Calls on papers: documents, custody, seals, approval routes, calendars.

use serde_json::{Value, json};

use super::{Ready, change, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

pub async fn calls(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    match path.split('/').nth(2).unwrap_or_default() {
        "documents" => documents(app, method, path).await,
        "custody-items" => custody(app, method, path).await,
        _ => others(app, method, path).await,
    }
}

async fn others(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let admin = "system_admin";
    match (method, path) {
        ("POST", "/v1/approval-routes") => {
            let step = json!({ "code": "head", "title": "负责人", "roles": ["cs_manager"] });
            let body = json!({ "subject_kind": "ticket_opinion", "valid_from": "2026-12-01", "steps": [step],
                "document_id": document(app, admin).await });
            ready(admin, path, body)
        }
        ("POST", "/v1/seal-entries") => {
            let body = json!({ "document_id": document(app, "cs_clerk").await, "seal_kind": "contract",
                "purpose": "购房合同盖章", "copies": 4, "applicant_id": app.fixture.staff["cs_specialist"],
                "approver_id": app.fixture.staff["cs_manager"], "stamped_on": "2026-03-02" });
            ready("cs_clerk", path, body)
        }
        ("POST", "/v1/calendars/{code}/versions") => {
            let day = json!({ "date": "2027-01-01", "kind": "holiday", "name": "元旦" });
            let body = json!({ "year": 2027, "valid_from": "2026-03-02", "days": [day] });
            ready(admin, "/v1/calendars/mainland/versions", body)
        }
        _ => None,
    }
}

async fn documents(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let (admin, office) = ("system_admin", "administration");
    let paper = format!("/v1/documents/{}", document(app, admin).await);
    let act = |body: Value| ready(admin, path.replace("/v1/documents/{id}", &paper), body);
    if matches!(path, "/v1/documents/{id}/approve" | "/v1/documents/{id}/reject" | "/v1/documents/{id}/return") {
        app.post(admin, &format!("{paper}/submit-approval"), json!({})).await.expect(200);
    }
    let decided = |verb: &str, body: Value| ready(office, format!("{paper}/{verb}"), body);
    match (method, path) {
        ("PATCH", "/v1/documents/{id}") => change(app, admin, paper, json!({ "name": "新名" })).await,
        ("POST", "/v1/documents/{id}/links") => {
            act(json!({ "resource": "customer", "id": app.fixture.customer, "role": "附件" }))
        }
        ("POST", "/v1/documents/{id}/circulate") => act(json!({ "readers": [app.fixture.staff["cs_agent"]] })),
        ("POST", "/v1/documents/{id}/mark-read") => {
            let readers = json!({ "readers": [app.fixture.staff["cs_agent"]] });
            app.post(admin, &format!("{paper}/circulate"), readers).await.expect(200);
            ready("cs_agent", format!("{paper}/mark-read"), json!({}))
        }
        ("POST", "/v1/documents/{id}/submit-approval") => act(json!({ "direction": "outgoing" })),
        ("POST", "/v1/documents/{id}/approve") => decided("approve", json!({ "comment": "同意" })),
        ("POST", "/v1/documents/{id}/reject") => decided("reject", json!({ "comment": "不同意" })),
        ("POST", "/v1/documents/{id}/return") => decided("return", json!({ "comment": "请补充附件" })),
        _ => None,
    }
}

async fn custody(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let clerk = "cs_clerk";
    let body = json!({ "title": "购房合同", "kind": "contract_original", "originals": 2, "copies": 1 });
    if method == "POST" && path == "/v1/custody-items" {
        return ready(clerk, path, body);
    }
    let item = format!("/v1/custody-items/{}", id(&make(app, clerk, "/v1/custody-items", body).await));
    let to = app.fixture.staff["document_controller"];
    let given = json!({ "to_staff_id": to, "originals": 2, "copies": 1 });
    let lent = json!({ "to_staff_id": to, "back_by": "2026-03-09" });
    match path.rsplit('/').next().unwrap_or_default() {
        "{id}" => change(app, clerk, item, json!({ "place": "档案柜三" })).await,
        "hand-over" => ready(clerk, item + "/hand-over", given),
        "receive" => {
            app.post(clerk, &format!("{item}/hand-over"), given).await.expect(200);
            ready("document_controller", item + "/receive", json!({ "originals": 2, "copies": 1 }))
        }
        "refuse" => {
            app.post(clerk, &format!("{item}/hand-over"), given).await.expect(200);
            ready("document_controller", item + "/refuse", json!({ "reason": "缺页" }))
        }
        "transfer" => {
            keeper_beside(app).await;
            ready(clerk, item + "/transfer", json!({ "to_staff_id": app.fixture.staff["cs_agent3"] }))
        }
        "lend" => ready(clerk, item + "/lend", lent),
        "return-loan" => {
            app.post(clerk, &format!("{item}/lend"), lent).await.expect(200);
            ready(clerk, item + "/return-loan", json!({}))
        }
        "report-lost" => ready(clerk, item + "/report-lost", json!({ "reason": "搬迁时遗失" })),
        _ => None,
    }
}

/// cs_agent3 is a clerk too.
async fn keeper_beside(app: &TestApp) {
    let path = format!("/v1/staff/{}/posts", app.fixture.staff["cs_agent3"]);
    let post = json!({ "role": "cs_clerk", "from": "2010-01-01" });
    let answer = app.post("hr_officer", &path, post).await;
    assert!(matches!(answer.status, 200 | 201 | 409), "{}", answer.body);
}
