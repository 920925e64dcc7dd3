//! PF-E13 and the refusals of uploads.

use std::path::Path;

use actix_web::http::Method;
use serde_json::Value;

use crate::kit::{Answer, Call, TestApp, id};

fn form<'a>(app: &'a TestApp, name: &str, media: &str, content: &[u8]) -> Call<'a> {
    app.by("cs_agent", Method::POST, "/v1/documents").file(name, media, content)
}

async fn upload(app: &TestApp, name: &str, media: &str, content: &[u8]) -> Answer {
    form(app, name, media, content).send().await
}

fn pdf() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.resize(3 * 1024 * 1024, b' ');
    bytes
}

fn stored(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { stored(&entry.path()) } else { 1 }).sum()
}

fn digest(document: &Value) -> &str {
    let newest = document["versions"].as_array().and_then(|versions| versions.first()).unwrap_or(document);
    newest["sha256"].as_str().unwrap()
}

scenario! {
async fn pf_e13_a_file_is_what_it_is_and_lies_there_once(app) {
    upload(app, "照片.png", "image/png", &pdf()).await.refused(415, "type_mismatch");
    assert_eq!(stored(&app.files()), 0, "nothing is left of a refused upload");
    let first = upload(app, "合同.pdf", "application/pdf", &pdf()).await.expect(201);
    let second = upload(app, "合同副本.pdf", "application/pdf", &pdf()).await.expect(201);
    assert_ne!(first["id"], second["id"]);
    assert_eq!(digest(&first), digest(&second));
    assert_eq!(stored(&app.files()), 1);
}
}

scenario! {
async fn a_file_above_the_limit_is_refused(app) {
    let path = "/v1/parameters/platform.documents.max_mib";
    let body = serde_json::json!({ "value": 2, "valid_from": "2026-03-02", "reason": "限制" });
    app.by("system_admin", Method::PUT, path).json(body).send().await.expect(200);
    upload(app, "合同.pdf", "application/pdf", &pdf()).await.refused(413, "too_large");
    assert_eq!(stored(&app.files()), 0);
}
}

scenario! {
/// An upload under a key is the same when its fields and its content are.
async fn an_upload_sent_twice_is_one_document(app) {
    let send = async |name: &str, content: &[u8]| form(app, name, "text/plain", content).key("scan-1").send().await;
    let first = send("说明.txt", b"one").await;
    assert_eq!(first.status, 201, "{}", first.body);
    let again = send("说明.txt", b"one").await;
    assert_eq!((&again.bytes, again.header("idempotency-replayed")), (&first.bytes, Some("true")));
    send("说明.txt", b"two").await.refused(422, "idempotency_key_reused");
    send("其他.txt", b"one").await.refused(422, "idempotency_key_reused");
    let list = app.get("cs_agent", "/v1/documents").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let content = app.get("cs_agent", &format!("/v1/documents/{}/content", id(&first.body))).await;
    assert_eq!((content.status, content.bytes.as_slice()), (200, b"one".as_slice()));
}
}

scenario! {
async fn an_empty_file_is_refused(app) {
    upload(app, "a.txt", "text/plain", b"").await.refused(422, "file_empty");
}
}
