//! Dry runs: the whole check and the same answer, nothing kept, no key wanted – wherever the flag stands.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{Answer, TestApp, id};
use crate::tickets::desk::register;

const FILE: &[u8] = b"kinds,name\nbank,x\n";

fn said(answer: &Answer) -> Option<&str> {
    answer.header("x-dry-run")
}

async fn count(app: &TestApp, who: &str, path: &str) -> usize {
    app.get(who, path).await.expect(200)["items"].as_array().unwrap().len()
}

scenario! {
async fn a_dry_run_of_many_rows_needs_no_key_and_says_what_it_was(app) {
    let path = "/v1/customers/bulk";
    let send = async |path: &str, flag: Value| {
        let body = json!({ "rows": [{ "kind": "person", "name": "赵六" }], "dry_run": flag });
        app.by("cs_specialist", Method::POST, path).json(body).send().await
    };
    let before = count(app, "cs_specialist", "/v1/customers").await;
    let asked = format!("{path}?dry_run=true");
    for tried in [send(&asked, json!(false)).await, send(path, json!(true)).await, send(&asked, json!(true)).await] {
        assert_eq!((tried.status, said(&tried)), (200, Some("true")), "{}", tried.body);
        assert_eq!((&tried.body["dry_run"], &tried.body["results"][0]["ok"]), (&json!(true), &json!(true)));
    }
    send(path, json!(false)).await.refused(400, "idempotency_key_required");
    send(&format!("{path}?dry_run=false"), json!(false)).await.refused(400, "idempotency_key_required");
    send(path, json!("true")).await.refused(400, "idempotency_key_required");
    assert_eq!(count(app, "cs_specialist", "/v1/customers").await, before);

    let ticket = register(app, json!({})).await;
    let row = json!({ "ticket_id": ticket["id"], "action": "comment", "body": { "text": "已联系" } });
    let body = json!({ "rows": [row], "dry_run": true });
    let tried = app.by("team_leader", Method::POST, "/v1/tickets/bulk").json(body).send().await;
    assert_eq!((tried.status, said(&tried)), (200, Some("true")), "{}", tried.body);
    assert_eq!(count(app, "cs_agent", &format!("/v1/tickets/{}/comments", id(&ticket))).await, 0);
}
}

scenario! {
async fn a_dry_run_of_a_file_needs_no_key_and_says_what_it_was(app) {
    let send = async |path: &str, fields: &[(&str, &str)]| {
        let fields = [fields, &[("kind", "suppliers")]].concat();
        app.by("cost_manager", Method::POST, path).parts(&fields, "a.csv", "text/csv", FILE).send().await
    };
    let tries = [send("/v1/imports?dry_run=true", &[]).await, send("/v1/imports", &[("dry_run", "true")]).await];
    for tried in tries {
        assert_eq!((tried.status, said(&tried)), (200, Some("true")), "{}", tried.body);
        assert_eq!((&tried.body["dry_run"], &tried.body["ok"]), (&json!(true), &json!(1)));
    }
    send("/v1/imports", &[("dry_run", "false")]).await.refused(400, "idempotency_key_required");
    assert_eq!(count(app, "cost_manager", "/v1/suppliers").await, 0);
}
}

scenario! {
async fn parts_and_rows_of_other_systems_are_tried_as_well(app) {
    let ticket = register(app, json!({})).await;
    let comments = format!("/v1/tickets/{}/comments", id(&ticket));
    let tried = app.post("cs_agent", &format!("{comments}?dry_run=true"), json!({ "text": "已联系" })).await;
    assert_eq!((tried.status, said(&tried)), (201, Some("true")), "{}", tried.body);
    let wrong = app.post("cs_agent", &format!("{comments}?dry_run=true"), json!({})).await;
    wrong.refused(422, "required");
    assert_eq!(count(app, "cs_agent", &comments).await, 0);
    let kept = app.post("cs_agent", &comments, json!({ "text": "已联系" })).await;
    assert_eq!((kept.status, said(&kept)), (201, None));

    let owners = format!("/v1/units/{}/owners", app.fixture.other_unit);
    let owner = json!({ "customer_id": app.fixture.customer, "from": "2026-03-01" });
    let before = count(app, "cs_clerk", &owners).await;
    let tried = app.post("cs_clerk", &format!("{owners}?dry_run=true"), owner).await;
    assert_eq!((tried.status, said(&tried)), (201, Some("true")), "{}", tried.body);
    assert_eq!(count(app, "cs_clerk", &owners).await, before);

    let path = "/v1/customers/by-external-id/crm/C-1";
    let body = json!({ "kind": "person", "name": "赵六" });
    let put = |path: String| app.by("cs_specialist", Method::PUT, &path).json(body.clone()).send();
    let tried = put(format!("{path}?dry_run=true")).await;
    assert_eq!((tried.status, said(&tried)), (201, Some("true")), "{}", tried.body);
    assert_eq!(put(path.to_owned()).await.status, 201, "still new");
}
}

scenario! {
/// The file is judged and described as it would be, and lies nowhere afterwards.
async fn a_document_is_tried_without_its_file(app) {
    let upload = |path: &str, media: &str| app.by("cs_agent", Method::POST, path).file("a.txt", media, b"only tried");
    let tried = upload("/v1/documents?dry_run=true", "text/plain").send().await;
    assert_eq!((tried.status, said(&tried)), (201, Some("true")), "{}", tried.body);
    let sha256 = tried.body["sha256"].as_str().unwrap().to_owned();
    let place = documents::file::path(&app.files(), &sha256);
    let list = format!("/v1/documents?sha256={sha256}");
    assert_eq!((count(app, "cs_agent", &list).await, place.exists()), (0, false));
    upload("/v1/documents?dry_run=true", "image/png").send().await.refused(415, "type_mismatch");
    let kept = upload("/v1/documents", "text/plain").send().await.expect(201);
    assert_eq!((&kept["sha256"], place.exists()), (&json!(sha256), true));
    let path = format!("/v1/documents/{}", id(&kept));
    let newer = app.by("cs_agent", Method::POST, &format!("{path}/versions?dry_run=true"));
    let newer = newer.parts(&[("note", "改正日期")], "b.txt", "text/plain", b"tried again").send().await;
    assert_eq!((newer.status, said(&newer)), (201, Some("true")), "{}", newer.body);
    assert_eq!(newer.body["versions"].as_array().unwrap().len(), 2);
    let known = app.get("cs_agent", &path).await.expect(200);
    assert_eq!((known["versions"].as_array().unwrap().len(), &known["version"]), (1, &kept["version"]));
}
}

scenario! {
/// What shows a secret, and the clock itself, are tried like anything else.
async fn secrets_and_the_clock_are_tried_as_well(app) {
    let client = json!({ "client_id": "crm", "name": "接口", "role": "integration_client" });
    let hook = json!({ "url": "http://127.0.0.1:9/hook" });
    for (path, body) in [("/v1/clients", client), ("/v1/webhooks", hook)] {
        let before = count(app, "system_admin", path).await;
        let tried = app.post("system_admin", &format!("{path}?dry_run=true"), body.clone()).await;
        assert_eq!((tried.status, said(&tried)), (201, Some("true")), "{}", tried.body);
        assert_eq!(count(app, "system_admin", path).await, before, "{path}");
        let made = app.post("system_admin", path, body).await.expect(201);
        let row = format!("{path}/{}", id(&made));
        let tried = app.post("system_admin", &format!("{row}/rotate-secret?dry_run=true"), json!({})).await;
        assert_eq!((tried.status, said(&tried)), (200, Some("true")), "{}", tried.body);
        assert_eq!(app.get("system_admin", &row).await.expect(200)["version"], made["version"]);
    }
    let clock = json!({ "now": "2026-03-02T09:00:00+08:00" });
    let tried = app.by("cs_agent", Method::PUT, "/v1/sandbox/clock?dry_run=true").json(clock).send().await;
    assert_eq!((tried.status, said(&tried)), (200, Some("true")), "{}", tried.body);
    let now = app.get("cs_agent", "/v1/sandbox/clock").await.expect(200);
    assert_eq!(now["now"], "2026-03-02T08:00:00+08:00");
}
}
