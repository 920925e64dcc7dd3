//! Knowledge articles (TK-13): four eyes before publishing, revisions, the last day, where they helped.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{register, started};
use crate::kit::{self, TestApp, id};

/// A draft of cs_agent.
pub async fn draft(app: &TestApp, with: Value) -> Value {
    let body = json!({ "kind": "article", "title": "暖气片不热怎么办", "body": "先检查阀门是否全开,再放气,仍不热请报修。",
        "category_codes": ["heating.room_temperature"], "visibility": "customer" });
    app.post("cs_agent", "/v1/knowledge-articles", kit::with(body, &with)).await.expect(201)
}

pub async fn published(app: &TestApp, with: Value) -> Value {
    let row = draft(app, with).await;
    let path = format!("/v1/knowledge-articles/{}", id(&row));
    app.post("cs_agent", &format!("{path}/submit"), json!({})).await.expect(200);
    app.post("cs_supervisor", &format!("{path}/publish"), json!({})).await.expect(200)
}

scenario! {
async fn an_article_is_published_by_another_person_than_its_writer(app) {
    let row = draft(app, json!({ "kind": "technical_notice" })).await;
    assert_eq!((&row["status"], &row["revision"]), (&json!("draft"), &json!(1)));
    assert!(row["number"].as_str().unwrap().starts_with("KB-20260302-"));
    let path = format!("/v1/knowledge-articles/{}", id(&row));
    app.post("cs_supervisor", &format!("{path}/publish"), json!({})).await.refused(409, "invalid_state");
    // The supervisor writes a part of it and may no longer publish it.
    let edit = app.by("cs_supervisor", Method::PATCH, &path).if_match(1).json(json!({ "title": "暖气片不热的处理办法" }));
    let row = edit.send().await.expect(200);
    assert_eq!(row["revision"], 2);
    app.post("cs_agent", &format!("{path}/submit"), json!({})).await.expect(200);
    let late = app.by("cs_agent", Method::PATCH, &path).if_match(3).json(json!({ "title": "又改标题" }));
    late.send().await.refused(409, "invalid_state");
    let refused = app.post("cs_supervisor", &format!("{path}/publish"), json!({})).await.refused(409, "separation_of_duties");
    assert_eq!(refused["rule"], "TK-R36");
    app.post("cs_manager", &format!("{path}/return"), json!({ "reason": "缺少步骤图" })).await.expect(200);
    app.post("cs_agent", &format!("{path}/submit"), json!({})).await.expect(200);
    let row = app.post("cs_manager", &format!("{path}/publish"), json!({})).await.expect(200);
    assert_eq!((&row["status"], &row["publisher_id"]), (&json!("published"), &json!(app.fixture.staff["cs_manager"])));
    let texts = app.get("cs_agent", &format!("{path}/revisions")).await.expect(200);
    let titles: Vec<&str> = texts["items"].as_array().unwrap().iter().map(|text| text["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["暖气片不热的处理办法", "暖气片不热怎么办"]);
    app.store.seal_now().await.unwrap();
    let told = app.get("cs_agent", "/v1/events?types=knowledge_article.published").await.expect(200);
    assert_eq!(told["items"].as_array().unwrap().len(), 1);
    app.post("technical_support", &format!("{path}/retire"), json!({})).await.expect(200);
    app.post("cs_agent", &format!("{path}/use"), json!({ "ticket_id": kit::id(&register(app, json!({})).await) }))
        .await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_customer_finds_what_is_meant_for_him_until_its_last_day(app) {
    let shown = published(app, json!({ "valid_until": "2026-03-03" })).await;
    let inside = published(app, json!({ "title": "内部:室温投诉的答复口径", "visibility": "internal" })).await;
    draft(app, json!({ "title": "草稿:暖气片不热" })).await;
    let found = async |who: &str, query: &str| {
        let page = app.get(who, &format!("/v1/knowledge-articles?{query}")).await.expect(200);
        page["items"].as_array().unwrap().iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(found("customer", "q=%E6%9A%96%E6%B0%94%E7%89%87").await, [id(&shown)]);
    assert_eq!(found("customer", "category_code=heating").await, [id(&shown)]);
    assert_eq!(found("cs_agent", "status=published&sort=created_at").await, [id(&shown), id(&inside)]);
    assert_eq!(found("cs_agent", "q=%E5%8F%A3%E5%BE%84&visibility=internal").await, [id(&inside)]);
    app.get("customer", &format!("/v1/knowledge-articles/{}", id(&inside))).await.refused(404, "not_found");
    app.at("2026-03-03T23:59:59+08:00");
    assert_eq!(found("customer", "q=%E6%9A%96%E6%B0%94%E7%89%87").await, [id(&shown)]);
    app.at("2026-03-04T00:00:00+08:00");
    assert!(found("customer", "q=%E6%9A%96%E6%B0%94%E7%89%87").await.is_empty());
    app.get("customer", &format!("/v1/knowledge-articles/{}", id(&shown))).await.refused(404, "not_found");
    let row = app.get("cs_agent", &format!("/v1/knowledge-articles/{}", id(&shown))).await.expect(200);
    assert_eq!((&row["expired"], &row["status"]), (&json!(true), &json!("expired")));
    assert_eq!(found("cs_agent", "status=expired").await, [id(&shown)]);
    assert_eq!(found("cs_agent", "status=published").await, [id(&inside)]);
    assert_eq!(found("cs_agent", "expired=true").await, [id(&shown)]);
    let use_it = json!({ "ticket_id": id(&register(app, json!({})).await) });
    app.post("cs_agent", &format!("/v1/knowledge-articles/{}/use", id(&shown)), use_it).await.refused(409, "article_expired");
}
}

scenario! {
async fn an_article_remembers_the_tickets_it_helped_with(app) {
    let article = published(app, json!({})).await;
    let ticket = started(app, json!({})).await;
    let path = format!("/v1/knowledge-articles/{}/use", id(&article));
    let body = json!({ "ticket_id": id(&ticket) });
    assert_eq!(app.post("cs_agent", &path, body.clone()).await.expect(200)["uses"], 1);
    assert_eq!(app.post("cs_agent2", &path, body).await.expect(200)["uses"], 1);
    let helped = app.get("cs_agent", &format!("/v1/knowledge-articles?ticket_id={}", id(&ticket))).await.expect(200);
    assert_eq!(id(&helped["items"][0]), id(&article));
    app.post("cs_agent", &path, json!({ "ticket_id": "01890000-0000-7000-8000-000000000000" })).await.expect(422);
}
}

scenario! {
async fn a_draft_says_what_is_wrong_with_it(app) {
    let body = json!({ "kind": "article", "title": "好", "body": "短", "category_codes": ["nowhere"] });
    let refused = app.post("cs_agent", "/v1/knowledge-articles", body).await.expect(422);
    let pointers: Vec<&str> = refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/body", "/title"]);
    let body = json!({ "kind": "article", "title": "标题", "body": "正文至少五个字", "category_codes": ["nowhere"] });
    let refused = app.post("cs_agent", "/v1/knowledge-articles", body).await.expect(422);
    assert_eq!(refused["errors"][0]["pointer"], "/category_codes/0");
}
}

scenario! {
async fn an_article_waits_for_its_reviewer_and_before_its_end_for_its_author(app) {
    let kinds = async |who: &str| {
        let page = app.get(who, "/v1/work-items?kind=article_review,article_ending").await.expect(200);
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|item| (item["kind"].as_str().unwrap().to_owned(), id(&item["subject"]))).collect::<Vec<_>>()
    };
    let row = draft(app, json!({ "valid_until": "2026-03-31" })).await;
    let path = format!("/v1/knowledge-articles/{}", id(&row));
    app.post("cs_agent", &format!("{path}/submit"), json!({})).await.expect(200);
    assert_eq!(kinds("cs_supervisor").await, [("article_review".to_owned(), id(&row))]);
    assert!(kinds("cs_agent").await.is_empty());
    app.post("cs_supervisor", &format!("{path}/publish"), json!({})).await.expect(200);
    assert!(kinds("cs_supervisor").await.is_empty());
    app.at("2026-03-17T09:00:00+08:00");
    assert_eq!(kinds("cs_agent").await, [("article_ending".to_owned(), id(&row))]);
    app.post("cs_manager", &format!("{path}/retire"), json!({})).await.expect(200);
    assert!(kinds("cs_agent").await.is_empty());
}
}
