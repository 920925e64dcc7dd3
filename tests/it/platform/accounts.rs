//! Accounts and clients as administrators see them (platform §2): lock-outs, what may be done, codes for customers.

use actix_web::http::Method;
use outbound::notification::entity::{Entity, Status};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::notifications::{channels, tell};
use crate::kit::receiver::Receiver;
use crate::kit::{Answer, PASSWORD, TestApp, id};

async fn login(app: &TestApp, password: &str) -> Answer {
    let body = json!({ "login": "cs_agent", "password": password });
    app.call(Method::POST, "/v1/auth/login").json(body).send().await
}

async fn account(app: &TestApp) -> Value {
    let list = app.get("system_admin", "/v1/accounts?login=cs_agent").await.expect(200);
    let path = format!("/v1/accounts/{}", id(&list["items"][0]));
    app.get("system_admin", &path).await.expect(200)
}

async fn logins(app: &TestApp, status: &str) -> Vec<String> {
    let list = app.get("system_admin", &format!("/v1/accounts?limit=200&status={status}")).await.expect(200);
    list["items"].as_array().unwrap().iter().map(|row| row["login"].as_str().unwrap().to_owned()).collect()
}

fn allowed(row: &Value) -> Vec<&str> {
    let acts = row["allowed_actions"].as_array().unwrap_or_else(|| panic!("no acts: {row}"));
    acts.iter().filter(|act| act["allowed"] == true).map(|act| act["action"].as_str().unwrap()).collect()
}

scenario! {
/// PF-E03: a lock-out shows, is found, and is over by itself.
async fn a_lock_out_shows(app) {
    for n in 1..=4 {
        login(app, "wrong").await.refused(401, "invalid_credentials");
        let row = account(app).await;
        assert_eq!((&row["status"], &row["failed_attempts"]), (&json!("active"), &json!(n)));
    }
    login(app, "wrong").await.refused(401, "invalid_credentials");
    let row = account(app).await;
    assert_eq!((&row["status"], &row["failed_attempts"]), (&json!("locked"), &json!(5)));
    assert_eq!(logins(app, "locked").await, ["cs_agent"]);
    assert!(!logins(app, "active").await.contains(&"cs_agent".to_owned()));
    assert!(logins(app, "active,locked").await.contains(&"cs_agent".to_owned()));
    app.get("system_admin", "/v1/accounts?status=asleep").await.refused(400, "invalid_parameter");
    login(app, PASSWORD).await.refused(401, "invalid_credentials");
    app.later(chrono::TimeDelta::minutes(15));
    assert_eq!(account(app).await["status"], "active");
    assert!(logins(app, "locked").await.is_empty());
    login(app, PASSWORD).await.expect(200);
    assert_eq!(account(app).await["failed_attempts"], 0);
}
}

scenario! {
async fn an_account_says_what_may_be_done_with_it(app) {
    let row = account(app).await;
    assert_eq!(allowed(&row), ["lock", "unlock", "disable", "reset-password"]);
    let path = format!("/v1/accounts/{}", id(&row));
    let locked = app.post("system_admin", &format!("{path}/lock"), json!({})).await.expect(200);
    assert_eq!((&locked["status"], allowed(&locked)), (&json!("locked"), vec!["unlock", "disable", "reset-password"]));
    let refused = app.post("system_admin", &format!("{path}/lock"), json!({})).await.refused(409, "invalid_state");
    assert_eq!(refused["context"]["allowed_from"], json!(["active"]), "{refused}");
    let gone = app.post("system_admin", &format!("{path}/disable"), json!({})).await.expect(200);
    assert_eq!(allowed(&gone), ["reset-password"]);
    app.post("system_admin", &format!("{path}/unlock"), json!({})).await.refused(409, "invalid_state");
}
}

scenario! {
/// Why somebody was given another password stands in the journal.
async fn a_password_is_reset_for_a_reason(app) {
    let row = account(app).await;
    let path = format!("/v1/accounts/{}", id(&row));
    let body = json!({ "reason": "本人遗忘密码" });
    app.post("system_admin", &format!("{path}/reset-password"), body).await.expect(200);
    let history = app.get("system_admin", &format!("{path}/history")).await.expect(200);
    let told = history["items"].as_array().unwrap().iter().find(|fact| fact["type"] == "account.password_changed");
    assert_eq!(told.unwrap()["reason"], "本人遗忘密码");
}
}

scenario! {
async fn a_client_is_disabled_once(app) {
    let body = json!({ "client_id": "crm", "name": "CRM", "role": "integration_client" });
    let made = app.by("system_admin", Method::POST, "/v1/clients").json(body).send().await.expect(201);
    let path = format!("/v1/clients/{}", id(&made));
    assert_eq!(allowed(&app.get("system_admin", &path).await.expect(200)), ["rotate-secret", "disable"]);
    let gone = app.post("system_admin", &format!("{path}/disable"), json!({})).await.expect(200);
    assert_eq!((&gone["status"], allowed(&gone)), (&json!("disabled"), Vec::new()));
    app.post("system_admin", &format!("{path}/disable"), json!({})).await.refused(409, "invalid_state");
    let history = app.get("system_admin", &format!("{path}/history")).await.expect(200);
    let told = history["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == "client.disabled");
    assert_eq!(told.count(), 1);
}
}

scenario! {
/// §2: the code goes to the customer's phone, whatever the hour, and stands nowhere else.
async fn a_customer_is_sent_his_code(app) {
    app.at("2026-03-02T23:00:00+08:00");
    let gateway = Receiver::start().await;
    let by_sms = channels(app, Some(&gateway), None);
    tell(app, &by_sms).await;
    let asked = json!({ "phone": "13900135679" });
    let house = app.in_production().await;
    let sent = house.call(Method::POST, "/v1/auth/customer-code").json(asked).send().await.expect(200);
    assert!(sent.get("code").is_none());
    tell(app, &by_sms).await;
    let told = Entity::find().all(app.store.reader()).await.unwrap();
    assert_eq!((told.len(), told[0].urgent, told[0].status), (1, true, Status::Sent));
    let message = gateway.received().iter().map(|request| request.body().to_string()).collect::<String>();
    assert!(message.contains("13900135679") && message.contains("验证码"), "{message}");
    let at = message.find("您的验证码是 ").unwrap() + "您的验证码是 ".len();
    let code = &message[at..at + 6];
    let journal = app.get("system_admin", "/v1/journal-entries?limit=200").await.expect(200);
    let issued: Vec<_> = journal["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == "customer_code.issued").collect();
    assert_eq!(issued.len(), 1);
    assert!(!issued[0].to_string().contains(code), "{}", issued[0]);
    let opened = json!({ "phone": "13900135679", "code": code, "login": "lilei", "password": "walnut ferry 81 lamp" });
    house.call(Method::POST, "/v1/auth/customer-register").json(opened).send().await.expect(201);
}
}

scenario! {
/// §2: how long an answer takes tells nobody whose number it is.
async fn a_code_is_not_asked_for_faster_of_a_stranger(app) {
    for phone in ["13900135679", "13700009999"] {
        let begun = std::time::Instant::now();
        let asked = json!({ "phone": phone });
        app.call(Method::POST, "/v1/auth/customer-code").json(asked).send().await.expect(200);
        assert!(begun.elapsed() >= std::time::Duration::from_millis(250), "{phone}");
    }
}
}
