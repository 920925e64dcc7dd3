//! Histories and the audit trail in pages: cursors are the house's own, and belong to one list and caller.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{TestApp, id};
use crate::tickets::desk::{document, register};

/// Every cursor but the one of this very list is refused.
async fn refuses_others(app: &TestApp, who: &str, list: &str, cursor: &str) {
    let mut edited = cursor.to_owned();
    let last = edited.pop().unwrap();
    edited.push(if last == 'A' { 'B' } else { 'A' });
    for other in ["1", "", "x", edited.get(1..).unwrap(), &edited] {
        app.get(who, &format!("{list}cursor={other}")).await.refused(400, "invalid_cursor");
    }
}

async fn all(app: &TestApp, who: &str, list: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(who, &format!("{list}{cursor}")).await.expect(200);
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

scenario! {
async fn a_history_comes_in_pages_of_fifty(app) {
    let ticket = register(app, json!({})).await;
    let path = format!("/v1/tickets/{}", id(&ticket));
    for n in 0..60 {
        let patch = app.by("cs_agent", Method::PATCH, &path).header("If-Match", "*").json(json!({ "title": format!("第{n}次") }));
        patch.send().await.expect(200);
    }
    let history = format!("{path}/history");
    let first = app.get("cs_agent", &history).await;
    let link = first.header("link").map(str::to_owned);
    let first = first.expect(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert!(link.is_some_and(|link| link.contains(cursor)), "and as a link");
    let whole = app.get("cs_agent", &format!("{history}?limit=200")).await.expect(200);
    assert_eq!(json!(all(app, "cs_agent", &format!("{history}?limit=7")).await), whole["items"]);

    refuses_others(app, "cs_agent", &format!("{history}?"), cursor).await;
    let another = register(app, json!({ "description": "阳台渗水,墙面起皮" })).await;
    for (who, list) in [("cs_agent", format!("/v1/tickets/{}/history", id(&another))), ("cs_agent2", history)] {
        app.get(who, &format!("{list}?cursor={cursor}")).await.refused(400, "invalid_cursor");
    }
}
}

scenario! {
async fn the_audit_trail_is_paged_by_cursors_of_its_filters(app) {
    register(app, json!({})).await;
    register(app, json!({ "description": "阳台渗水,墙面起皮" })).await;
    let list = "/v1/journal-entries?resource=ticket&";
    let page = app.get("executive_reader", &format!("{list}limit=1")).await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = app.get("executive_reader", &format!("{list}limit=2&cursor={cursor}")).await.expect(200);
    assert!(next["items"][0]["seq"].as_i64() < page["items"][0]["seq"].as_i64());
    refuses_others(app, "executive_reader", list, cursor).await;
    for (who, list) in [("executive_reader", "/v1/journal-entries?"), ("system_admin", list)] {
        app.get(who, &format!("{list}cursor={cursor}")).await.refused(400, "invalid_cursor");
    }
}
}

scenario! {
/// A comma means any of, whatever a filter looks at.
async fn a_filter_takes_several_values(app) {
    for who in ["cs_clerk", "cs_specialist", "cs_agent"] {
        let papers = json!({ "title": "购房合同", "kind": "contract_original", "originals": 1,
            "subject": { "resource": "project", "id": app.fixture.project } });
        app.post(who, "/v1/custody-items", papers).await.expect(201);
    }
    let clerk = app.fixture.staff["cs_clerk"];
    let project = app.fixture.project;
    let count = async |who: &str, list: &str| {
        let page = app.get(who, &format!("{list}&limit=200")).await.expect(200);
        page["items"].as_array().unwrap().len()
    };
    for (list, found) in [
        (format!("holder_staff_id={clerk}"), 1),
        (format!("holder_staff_id=me,{clerk}"), 2),
        (format!("subject=unit,project:{project}"), 3),
        (format!("subject=unit,project:{clerk}"), 0),
        (format!("subject={clerk},{project}"), 3),
    ] {
        assert_eq!(count("cs_specialist", &format!("/v1/custody-items?{list}")).await, found, "{list}");
    }
    let wrong = app.get("cs_specialist", "/v1/custody-items?holder_staff_id=me,nobody").await.refused(400, "invalid_parameter");
    assert_eq!(wrong["context"]["parameter"], "holder_staff_id");
    let trail = "/v1/journal-entries?type=custody_item.created";
    assert_eq!(count("system_admin", trail).await, 3);
    let of = |actors: String| format!("{trail},nothing.done&resource=ticket,custody_item&actor={actors}");
    assert_eq!(count("system_admin", &of(format!("{clerk},{}", app.fixture.staff["cs_agent"]))).await, 2);
    app.get("system_admin", "/v1/journal-entries?actor=me").await.refused(400, "invalid_parameter");
    let missing = "01890000-0000-7000-8000-000000000000";
    assert_eq!(count("cs_specialist", &format!("/v1/documents?resource_id={missing},{project}")).await, 0);
    let paper = document(app, "cs_specialist").await;
    let link = json!({ "resource": "project", "id": project });
    app.post("cs_specialist", &format!("/v1/documents/{paper}/links"), link).await.expect(200);
    for (resource, found) in [
        ("project".to_owned(), 1),
        (format!("unit,project:{project}"), 1),
        (project.to_string(), 1),
        (format!("unit:{project}"), 0),
    ] {
        assert_eq!(count("cs_specialist", &format!("/v1/documents?resource={resource}")).await, found, "{resource}");
    }
    let about = format!("/v1/journal-entries?type=document.uploaded&resource=document:{paper}");
    assert_eq!(count("system_admin", &about).await, 1);
}
}
