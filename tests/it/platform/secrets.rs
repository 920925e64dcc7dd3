//! What is opened under a key without keeping a secret, and what shows one once.

use actix_web::http::Method;
use registers::customer;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::kit::id;

scenario! {
/// An account is opened under a key; what is kept of the call tells its password to nobody.
async fn an_account_is_tried_and_opened_once_under_its_key(app) {
    let person = json!({ "number": "N1", "name": "新人", "org_unit_id": app.fixture.units["DESK"] });
    let person = app.post("hr_officer", "/v1/staff", person).await.expect(201);
    let send = async |path: &str, password: &str| {
        let body = json!({ "login": "newcomer", "password": password, "staff_id": person["id"] });
        app.by("system_admin", Method::POST, path).key("opens").json(body).send().await
    };
    let tried = send("/v1/accounts?dry_run=true", "otter brass 61 fern").await;
    assert_eq!((tried.status, tried.header("x-dry-run")), (201, Some("true")), "{}", tried.body);
    // The kit sends what succeeds under a key twice and compares.
    let opened = send("/v1/accounts", "otter brass 61 fern").await;
    assert_eq!((opened.status, opened.header("cache-control")), (201, Some("no-store")));
    assert!(!opened.body.to_string().contains("otter"), "{}", opened.body);
    send("/v1/accounts", "otter brass 62 fern").await.refused(422, "idempotency_key_reused");
    let asked = json!({ "permission": "platform.account:create" });
    let explained = app.by("cs_agent", Method::POST, "/v1/access/explain").key("asks").json(asked).send().await;
    assert_eq!((explained.status, &explained.body["rule"]), (200, &json!("permission")));
}
}

scenario! {
async fn a_secret_is_shown_beside_the_row_it_belongs_to(app) {
    let client = json!({ "client_id": "crm", "name": "接口", "role": "integration_client" });
    let hook = json!({ "url": "http://127.0.0.1:9/hook" });
    for (path, body, secret) in [("/v1/clients", client, "client_secret"), ("/v1/webhooks", hook, "secret")] {
        let made = app.post("system_admin", path, body).await;
        assert_eq!((made.status, made.header("etag")), (201, Some("\"v1\"")), "{}", made.body);
        let row = format!("{path}/{}", id(&made.body));
        assert_eq!(made.header("location"), Some(row.as_str()));
        let mut shown = made.body.clone();
        assert!(shown.as_object_mut().unwrap().remove(secret).is_some_and(|secret| secret.is_string()), "{path}");
        let mut known = app.get("system_admin", &row).await.expect(200);
        known.as_object_mut().unwrap().remove("allowed_actions");
        assert_eq!(shown, known, "{path}");
        let rotated = app.by("system_admin", Method::POST, &format!("{row}/rotate-secret")).send().await.expect(200);
        assert_eq!(id(&rotated), id(&made.body));
        assert_ne!(rotated[secret], made.body[secret]);
    }
}
}

scenario! {
/// PF-04: encrypted again with new keys, everything personal reads and is found as before.
async fn customers_are_encrypted_again(app) {
    let row = async || {
        let select = customer::Entity::find_by_id(app.fixture.customer);
        select.one(app.store.reader()).await.unwrap().unwrap()
    };
    let path = format!("/v1/customers/{}", app.fixture.customer);
    let clear = async || {
        let body = json!({ "fields": ["name", "phones"], "reason": "核对" });
        app.by("cs_specialist", Method::POST, &format!("{path}/reveal")).json(body).send().await.expect(200)
    };
    let shown = clear().await;
    for _ in 0..2 {
        let before = row().await;
        assert_eq!(server::keys::reencrypt(&app.store).await.unwrap(), 2);
        let after = row().await;
        assert_ne!(before.phones_sealed, after.phones_sealed);
        assert_eq!((before.version, before.phones_masked), (after.version, after.phones_masked));
        assert_eq!(clear().await, shown);
    }
    let call = app.by("cs_specialist", Method::PATCH, &path).if_match(1).json(json!({ "phones": ["13700007777"] }));
    assert_eq!(call.send().await.expect(200)["phones"], json!(["137****7777"]));
    assert_eq!((&clear().await["name"], &clear().await["phones"]), (&shown["name"], &json!(["13700007777"])));
    let found = app.get("cs_specialist", "/v1/customers?phone=13700007777").await.expect(200);
    assert_eq!(found["items"][0]["id"], json!(app.fixture.customer));
    let journal = app.get("system_admin", "/v1/journal-entries?limit=200").await.expect(200);
    let told = journal["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == "person_key.renewed");
    assert_eq!(told.map(|fact| &fact["data"]["files"]).collect::<Vec<_>>(), [&json!(2), &json!(2)]);
    app.post("cs_manager", &format!("{path}/erase"), json!({ "reason": "本人要求" })).await.expect(200);
    assert_eq!(server::keys::reencrypt(&app.store).await.unwrap(), 1);
}
}
