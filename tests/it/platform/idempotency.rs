//! PF-E01, PF-E02: the same call twice, and calls on a stale version.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::id;
use crate::tickets::desk::report;

scenario! {
async fn pf_e01_the_same_key_answers_the_same_once(app) {
    let body = json!({ "kind": "person", "name": "赵六", "phones": ["13700001111"] });
    let create = |body: serde_json::Value| app.by("cs_specialist", Method::POST, "/v1/customers").key("a1").json(body);
    let mut wrong = body.clone();
    wrong["phones"] = json!(["137"]);
    create(wrong).send().await.refused(422, "phone_invalid");
    let first = create(body.clone()).send().await;
    assert_eq!(first.status, 201, "{}", first.body);
    let again = create(body.clone()).send().await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((again.status, &again.bytes, again.header("etag")), (201, &first.bytes, first.header("etag")));
    let mut calls = Vec::new();
    for _ in 0..50 {
        calls.push(create(body.clone()).send());
    }
    for answer in futures_util::future::join_all(calls).await {
        assert_eq!(answer.bytes, first.bytes);
        assert_eq!(answer.header("idempotency-replayed"), Some("true"));
    }
    let mut other = body.clone();
    other["name"] = json!("赵七");
    create(other).send().await.refused(422, "idempotency_key_reused");
    let list = app.get("cs_specialist", "/v1/customers?phone=13700001111").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    app.store.seal_now().await.unwrap();
    let told = app.get("general_manager", "/v1/events?types=customer.created").await.expect(200);
    let mine = told["items"].as_array().unwrap().iter().filter(|event| event["resource_id"] == first.body["id"]);
    assert_eq!(mine.count(), 1);
    app.later(chrono::TimeDelta::days(7));
    create(body).send().await.refused(409, "possible_duplicate");
}
}

scenario! {
/// Fifty at once under a key nobody used yet: one does it, the others are given its answer.
async fn pf_e01_fifty_at_once_make_one(app) {
    app.token("cs_specialist").await;
    let body = json!({ "kind": "person", "name": "赵六", "phones": ["13700001111"] });
    let create = || app.by("cs_specialist", Method::POST, "/v1/customers").key("a1").json(body.clone()).send();
    let answers = futures_util::future::join_all((0..50).map(|_| create())).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.bytes), (201, &answers[0].bytes), "{}", answer.body);
    }
    let first = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none());
    assert_eq!(first.count(), 1);
    let list = app.get("cs_specialist", "/v1/customers?phone=13700001111").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
async fn pf_e02_a_stale_version_changes_nothing(app) {
    let ticket = app.post("cs_agent", "/v1/tickets", report(app, json!({}))).await.expect(201);
    let path = format!("/v1/tickets/{}", id(&ticket));
    let patch = |version: Option<i64>, title: &str| {
        let call = app.by("cs_agent", Method::PATCH, &path).json(json!({ "title": title }));
        match version {
            Some(version) => call.if_match(version),
            None => call,
        }
    };
    patch(None, "窗").send().await.refused(428, "precondition_required");
    let version = ticket["version"].as_i64().unwrap();
    let changed = patch(Some(version), "窗户漏风").send().await;
    assert_eq!(changed.header("etag"), Some(format!("\"v{}\"", version + 1).as_str()));
    patch(Some(version), "门").send().await.refused(412, "stale");
    let calls: Vec<_> = (0..10).map(|n| patch(Some(version + 1), &format!("标题 {n}")).send()).collect();
    let answers = futures_util::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 412).count(), 9);
    patch(Some(version + 2), "").send().await.refused(422, "required");
}
}

scenario! {
async fn a_patch_without_fields_changes_nothing_and_any_version_may_be_meant(app) {
    let ticket = app.post("cs_agent", "/v1/tickets", report(app, json!({}))).await.expect(201);
    let path = format!("/v1/tickets/{}", id(&ticket));
    let patch = |body: Value| app.by("cs_agent", Method::PATCH, &path).header("If-Match", "*").json(body).send();
    assert_eq!(patch(json!({})).await.expect(200)["version"], ticket["version"]);
    let changed = patch(json!({ "title": "窗户漏风" })).await.expect(200);
    assert_eq!(changed["version"].as_i64(), ticket["version"].as_i64().map(|version| version + 1));
}
}

scenario! {
/// More writers than connections: each waits its turn, none waits for what another holds.
async fn many_writers_do_not_wait_for_each_other_in_a_circle(app) {
    app.token("cs_agent").await;
    app.store.forget_remembered();
    let calls = (0..24).map(|n| {
        let body = report(app, json!({ "description": format!("第{n}户:卧室窗户漏风") }));
        app.by("cs_agent", Method::POST, "/v1/tickets").key(&format!("crowd-{n}")).json(body).send()
    });
    let answers = futures_util::future::join_all(calls).await;
    let numbers: std::collections::HashSet<String> =
        answers.into_iter().map(|answer| answer.expect(201)["number"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers.len(), 24);
}
}
