//! PIPL: who is erased is gone from what was kept for retries too, and nobody is erased whom something still binds.

use actix_web::http::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::heating::desk::{COLLECTOR, area, billed, household, paid, season_2011};
use crate::kit::{Answer, PASSWORD, TestApp, id};
use crate::tickets::desk::report;
use crate::tickets::requests::{led, request};

async fn erase(app: &TestApp, customer: &str) -> Answer {
    app.post("cs_manager", &format!("/v1/customers/{customer}/erase"), json!({ "reason": "本人要求" })).await
}

async fn stored(app: &TestApp) -> i64 {
    let backend = app.store.writer().get_database_backend();
    let count = Statement::from_string(backend, "SELECT COUNT(*) FROM idempotency WHERE answer IS NOT NULL");
    app.store.writer().query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

scenario! {
async fn answers_kept_for_retries_go_with_an_erased_customer(app) {
    let create = async |key: &str, name: &str, phone: &str| {
        let body = json!({ "kind": "person", "name": name, "phones": [phone] });
        app.by("cs_specialist", Method::POST, "/v1/customers").key(key).json(body).send().await
    };
    let before = stored(app).await;
    let gone = create("gone", "赵六", "13700001111").await.expect(201);
    create("stays", "钱七", "13700002222").await.expect(201);
    let rows = json!({ "rows": [{ "kind": "person", "name": "孙八", "phones": ["13700003333"] }] });
    app.by("cs_specialist", Method::POST, "/v1/customers/bulk").key("bulk").json(rows).send().await.expect(200);
    assert_eq!(stored(app).await, before + 3);
    erase(app, &id(&gone)).await.expect(200);
    // One is gone, the answer of the erasure itself came to it.
    assert_eq!(stored(app).await, before + 3);
    let again = create("gone", "赵六", "13700001111").await;
    assert_eq!((again.status, again.body["id"] == gone["id"]), (201, false), "{}", again.body);
    let other = create("stays", "钱七", "13700002222").await;
    assert_eq!(other.header("idempotency-replayed"), Some("true"));
}
}

scenario! {
/// Who holds a heated home has a contract that runs; who held one and owes has not ended it.
async fn a_holder_of_a_heated_home_is_not_erased(app) {
    app.at("2011-10-10T09:00:00+08:00");
    let customer = app.fixture.customer.to_string();
    let season = season_2011(app).await;
    let home = household(app, json!({ "customer_id": customer })).await;
    area(app, &home, json!({})).await;
    erase(app, &customer).await.refused(409, "customer_in_use");
    let bill = billed(app, &season, &home).await;
    let sold = json!({ "customer_id": app.fixture.other_customer, "from": "2011-10-10", "cause": "sale" });
    app.post(COLLECTOR, &format!("/v1/households/{}/ownerships", id(&home)), sold).await.expect(201);
    erase(app, &customer).await.refused(409, "customer_in_use");
    paid(app, &home, bill["total"].as_str().unwrap()).await.expect(201);
    assert_eq!(erase(app, &customer).await.expect(200)["status"], "erased");
    erase(app, &app.fixture.other_customer.to_string()).await.refused(409, "customer_in_use");
}
}

scenario! {
async fn nobody_signs_in_as_who_is_erased(app) {
    let customer = app.fixture.customer.to_string();
    let file = format!("/v1/customers/{customer}");
    app.get("customer", &file).await.expect(200);
    erase(app, &customer).await.expect(200);
    app.get("customer", &file).await.refused(401, "unauthenticated");
    let body = json!({ "login": "customer", "password": PASSWORD });
    app.call(Method::POST, "/v1/auth/login").json(body).send().await.refused(401, "invalid_credentials");
    let accounts = app.get("system_admin", &format!("/v1/accounts?customer_id={customer}")).await.expect(200);
    let account = &accounts["items"][0];
    assert_eq!((&account["status"], &account["login"]), (&json!("disabled"), &json!(format!("erased-{}", id(account)))));
    let named = app.get("system_admin", "/v1/accounts?login=customer").await.expect(200);
    assert_eq!(named["items"], json!([]));
}
}

scenario! {
/// What he asked for and is not done yet binds as well: goods or money may be due to him.
async fn nobody_is_erased_while_a_request_of_his_waits(app) {
    let customer = app.fixture.customer.to_string();
    let waiting = led(app, "application", json!({}), &["check", "approve"]).await;
    erase(app, &customer).await.refused(409, "customer_in_use");
    app.post("cs_agent", &format!("{waiting}/complete"), json!({})).await.expect(200);
    erase(app, &customer).await.expect(200);
}
}

scenario! {
/// Whom nobody can reach any more is nobody to begin something with.
async fn nothing_begins_with_who_is_erased(app) {
    let gone = app.fixture.customer.to_string();
    let home = household(app, json!({ "customer_id": app.fixture.other_customer })).await;
    erase(app, &gone).await.expect(200);
    let since = json!({ "customer_id": gone, "from": "2026-03-02", "cause": "sale" });
    let owner = json!({ "customer_id": gone, "from": "2026-01-01" });
    for (who, path, body) in [
        ("cs_agent", "/v1/tickets".to_owned(), report(app, json!({}))),
        ("cs_agent", "/v1/service-requests".to_owned(), request(app, "application", json!({}))),
        (COLLECTOR, format!("/v1/households/{}/ownerships", id(&home)), since),
        ("cs_clerk", format!("/v1/units/{}/owners", app.fixture.unit), owner),
    ] {
        let refused = app.post(who, &path, body).await.refused(422, "not_found");
        assert_eq!(refused["errors"][0]["pointer"], "/customer_id", "{path}");
    }
}
}

scenario! {
/// A file that was merged away gets no home any more; that its ownership ended can still be said.
async fn a_merged_file_gets_no_home(app) {
    let (gone, kept) = (app.fixture.other_customer, app.fixture.customer);
    let owners = format!("/v1/units/{}/owners", app.fixture.unit);
    let owned = |to: Option<&str>| json!({ "customer_id": gone, "from": "2025-06-01", "to": to });
    app.post("cs_clerk", &owners, owned(None)).await.expect(201);
    let into = json!({ "target_id": kept, "reason": "同一人" });
    app.post("cs_supervisor", &format!("/v1/customers/{gone}/merge"), into).await.expect(200);
    let again = json!({ "customer_id": gone, "from": "2026-03-01" });
    app.post("cs_clerk", &format!("/v1/units/{}/owners", app.fixture.other_unit), again).await.refused(422, "not_found");
    app.post("cs_clerk", &owners, owned(Some("2026-02-28"))).await.expect(201);
}
}
