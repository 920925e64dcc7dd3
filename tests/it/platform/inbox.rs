//! PF-08, PF-16: a paper waits for whoever signs it, wherever he works and by whatever right he holds the role.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{TestApp, id};

const INBOX: &str = "/v1/approvals?waiting_for=me";

/// A paper of the heating company before its first signer, the office of the group's branch.
async fn waiting(app: &TestApp) -> Value {
    let upload = app.by("visit_officer", Method::POST, "/v1/documents");
    let made = upload.file("来文.txt", "text/plain", b"letter").send().await.expect(201);
    let path = format!("/v1/documents/{}/submit-approval", id(&made));
    app.post("visit_officer", &path, json!({ "direction": "outgoing" })).await.expect(200)
}

async fn listed(app: &TestApp, who: &str, path: &str) -> Vec<Value> {
    app.get(who, path).await.expect(200)["items"].as_array().unwrap().clone()
}

scenario! {
async fn pf_08_a_signer_of_another_unit_finds_the_paper_in_his_inbox(app) {
    let paper = waiting(app).await;
    let inbox = listed(app, "administration", INBOX).await;
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0]["resource_id"], paper["id"]);
    let approve = format!("/v1/documents/{}/approve", id(&paper));
    assert_eq!(inbox[0]["decide_url"], json!(approve));
    app.get("administration", &format!("/v1/approvals/{}", id(&inbox[0]))).await.expect(200);
    let work = listed(app, "administration", "/v1/work-items?kind=document_approval").await;
    assert_eq!((work.len(), &work[0]["act_url"]), (1, &json!(approve)));
    for who in ["general_manager", "cs_agent", "visit_officer"] {
        assert!(listed(app, who, INBOX).await.is_empty(), "{who}: not his turn");
    }
    assert!(listed(app, "cs_agent", "/v1/approvals").await.is_empty(), "nor anything he should know of");
    app.post("administration", &approve, json!({})).await.expect(200);
    assert!(listed(app, "administration", INBOX).await.is_empty());
    assert_eq!(listed(app, "general_manager", INBOX).await.len(), 1);
}
}

scenario! {
/// With the token of his own post he sees it coming; he signs with the one of the role lent to him.
async fn pf_08_what_waits_for_a_lent_role_waits_for_the_delegate(app) {
    let paper = waiting(app).await;
    let mut lent = json!({ "to_staff_id": app.fixture.staff["cs_specialist"], "role": "administration",
        "from": "2026-03-02", "to": "2026-03-03", "reason": "出差" });
    app.post("administration", "/v1/delegations", lent.clone()).await.expect(201);
    let own = "cs_specialist/cs_specialist";
    assert_eq!(listed(app, own, INBOX).await[0]["resource_id"], paper["id"]);
    assert_eq!(listed(app, own, "/v1/work-items?kind=document_approval").await.len(), 1);
    app.get(own, &format!("/v1/documents/{}", id(&paper))).await.expect(200);
    let approve = format!("/v1/documents/{}/approve", id(&paper));
    app.post(own, &approve, json!({})).await.refused(409, "not_your_turn");
    app.at("2026-03-03T08:00:00+08:00");
    app.post("cs_specialist/administration", &approve, json!({})).await.expect(200);
    assert!(listed(app, own, INBOX).await.is_empty());

    let another = waiting(app).await;
    assert_eq!(listed(app, own, INBOX).await[0]["resource_id"], another["id"]);
    app.at("2026-03-04T08:00:00+08:00");
    assert!(listed(app, own, INBOX).await.is_empty(), "the days are over");
    lent["from"] = json!("2026-03-04");
    lent["to"] = json!("2026-03-05");
    let again = app.post("administration", "/v1/delegations", lent).await.expect(201);
    assert_eq!(listed(app, own, INBOX).await.len(), 1);
    app.post("administration", &format!("/v1/delegations/{}/revoke", id(&again)), json!({})).await.expect(200);
    assert!(listed(app, own, INBOX).await.is_empty(), "taken back");
}
}

scenario! {
/// A principal who has a part in the matter lends no right to decide on it.
async fn pf_08_the_applicants_delegate_has_nothing_waiting(app) {
    let upload = app.by("administration", Method::POST, "/v1/documents");
    let made = upload.file("请示.txt", "text/plain", b"own").send().await.expect(201);
    let path = format!("/v1/documents/{}/submit-approval", id(&made));
    app.post("administration", &path, json!({ "direction": "outgoing" })).await.expect(200);
    let lent = json!({ "to_staff_id": app.fixture.staff["cs_specialist"], "role": "administration",
        "from": "2026-03-02", "to": "2026-03-03", "reason": "出差" });
    app.post("administration", "/v1/delegations", lent).await.expect(201);
    assert!(listed(app, "cs_specialist/cs_specialist", INBOX).await.is_empty());
    assert!(listed(app, "cs_specialist/administration", INBOX).await.is_empty());
}
}
