//! What is refused first in the registers and papers: what is wrong in the body, a stale version, the state.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{Answer, TestApp, id};
use crate::tickets::desk::{document, register};

/// An act that names a version long gone.
async fn stale(app: &TestApp, who: &str, path: &str, body: Value) -> Answer {
    app.by(who, Method::POST, path).if_match(99).json(body).send().await
}

scenario! {
async fn blacklisting_tells_a_wrong_body_before_version_and_state(app) {
    let supplier = json!({ "kinds": ["contractor"], "name": "某建筑公司" });
    let supplier = app.post("system_admin", "/v1/suppliers", supplier).await.expect(201);
    let path = format!("/v1/suppliers/{}/blacklist", id(&supplier));
    let (ahead, body) = (json!({ "reason": "拖延工期", "since": "2026-03-03" }), json!({ "reason": "拖延工期" }));
    stale(app, "cost_manager", &path, ahead.clone()).await.refused(422, "date_in_future");
    assert_eq!(stale(app, "cost_manager", &path, body.clone()).await.status, 412);
    app.post("cost_manager", &path, body.clone()).await.expect(200);
    app.by("cost_manager", Method::POST, &path).json(ahead).send().await.refused(422, "date_in_future");
    app.by("cost_manager", Method::POST, &path).json(body).send().await.refused(409, "invalid_state");
}
}

scenario! {
/// Also where the rule stands in the command behind the version.
async fn a_patch_tells_a_wrong_body_before_a_stale_version(app) {
    let supplier = json!({ "kinds": ["contractor"], "name": "某建筑公司" });
    let supplier = app.post("system_admin", "/v1/suppliers", supplier).await.expect(201);
    let path = format!("/v1/suppliers/{}", id(&supplier));
    let patch = async |name: &str| {
        app.by("cost_manager", Method::PATCH, &path).if_match(99).json(json!({ "name": name })).send().await
    };
    patch("某\u{202e}公司").await.refused(422, "text_invalid");
    assert_eq!(patch("某集团").await.status, 412);
    assert_eq!(app.get("cost_manager", &path).await.expect(200)["version"], 1);
}
}

scenario! {
/// All that is wrong with a post at once, and before the version.
async fn posts_tell_a_wrong_body_before_the_version(app) {
    let path = format!("/v1/staff/{}", app.fixture.staff["cs_agent"]);
    let (start, end) = (format!("{path}/posts"), format!("{path}/end-post"));
    let nowhere = "01890000-0000-7000-8000-000000000000";
    let wrong = json!({ "role": "customer", "org_unit_id": nowhere, "from": "2026-03-02", "to": "2026-03-01" });
    let refused = stale(app, "hr_officer", &start, wrong).await.refused(422, "invalid_enum");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert!(["/role", "/to", "/org_unit_id"].iter().all(|pointer| pointers.contains(&json!(pointer))), "{refused}");
    let right = json!({ "role": "courier", "from": "2026-03-02" });
    assert_eq!(stale(app, "hr_officer", &start, right).await.status, 412);
    stale(app, "hr_officer", &end, json!({ "role": "cashier" })).await.refused(422, "not_found");
    assert_eq!(stale(app, "hr_officer", &end, json!({ "role": "cs_agent" })).await.status, 412);
}
}

scenario! {
async fn papers_tell_a_wrong_body_before_the_version(app) {
    let paper = document(app, "general_manager").await;
    let ticket = register(app, json!({})).await;
    let nowhere = "01890000-0000-7000-8000-000000000000";
    let link = |id: &str| json!({ "resource": "ticket", "id": id });
    let path = format!("/v1/documents/{paper}");
    let (links, circulate) = (format!("{path}/links"), format!("{path}/circulate"));
    stale(app, "general_manager", &links, link(nowhere)).await.refused(422, "not_found");
    assert_eq!(stale(app, "general_manager", &links, link(&id(&ticket))).await.status, 412);
    stale(app, "general_manager", &circulate, json!({ "readers": [nowhere] })).await.refused(422, "not_found");
    let readers = json!({ "readers": [app.fixture.staff["cs_agent"]] });
    assert_eq!(stale(app, "general_manager", &circulate, readers).await.status, 412);
}
}

scenario! {
/// Parts of a case: comments, pauses, chases.
async fn parts_of_a_case_tell_a_wrong_body_before_the_version(app) {
    let path = format!("/v1/tickets/{}", id(&register(app, json!({})).await));
    let (comments, supervisions) = (format!("{path}/comments"), format!("{path}/supervisions"));
    stale(app, "cs_agent", &comments, json!({ "text": "  " })).await.refused(422, "required");
    assert_eq!(stale(app, "cs_agent", &comments, json!({ "text": "已联系" })).await.status, 412);
    stale(app, "cs_director", &supervisions, json!({ "text": "请说明" })).await.refused(422, "required");
    let asked = json!({ "text": "请说明", "to_staff_id": app.fixture.staff["cs_agent"] });
    assert_eq!(stale(app, "cs_director", &supervisions, asked).await.status, 412);
    let proof = document(app, "cs_agent").await;
    let pause = json!({ "reason_code": "nonsense", "until": "2026-03-02T12:00:00+08:00", "proof_document_id": proof });
    stale(app, "cs_agent", &format!("{path}/pauses"), pause).await.refused(422, "invalid_enum");
}
}

scenario! {
async fn a_new_project_tells_an_unknown_unit_before_a_taken_code(app) {
    let project = json!({ "code": "HP-9", "name": "和平二期" });
    app.post("system_admin", "/v1/projects", project.clone()).await.expect(201);
    let mut again = project;
    again["org_unit_id"] = json!("01890000-0000-7000-8000-000000000000");
    app.post("system_admin", "/v1/projects", again).await.refused(422, "not_found");
}
}
