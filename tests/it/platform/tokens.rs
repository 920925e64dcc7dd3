//! PF-E17: whose signature opens the door, and what is written down when it does not.

use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use crate::kit::{Answer, PASSWORD, TestApp};

async fn sign_in(app: &TestApp) -> Value {
    let body = json!({ "login": "cs_agent", "password": PASSWORD });
    app.call(Method::POST, "/v1/auth/login").json(body).send().await.expect(200)
}

async fn me(app: &TestApp, token: &str) -> Answer {
    app.call(Method::GET, "/v1/me").header("Authorization", &format!("Bearer {token}")).send().await
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

async fn told(app: &TestApp, kind: &str) -> usize {
    let list = app.get("system_admin", "/v1/journal-entries").await.expect(200);
    list["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == kind).count()
}

scenario! {
async fn pf_e17_a_rotated_key_opens_until_its_tokens_are_over(app) {
    let before = sign_in(app).await;
    app.state.identity.rotate_keys(&app.store).await.unwrap();
    let after = sign_in(app).await;
    let head = |tokens: &Value| access(tokens).split('.').next().unwrap().to_owned();
    assert_ne!(head(&before), head(&after), "signed with the newest key");
    for tokens in [&before, &after] {
        me(app, access(tokens)).await.expect(200);
    }
    let keys = app.call(Method::GET, "/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    app.later(chrono::TimeDelta::seconds(15 * 60 + 4));
    me(app, access(&after)).await.expect(200);
    app.later(chrono::TimeDelta::seconds(1));
    let expired = me(app, access(&after)).await;
    assert!(expired.header("www-authenticate").is_some());
    expired.refused(401, "unauthenticated");
}
}

scenario! {
async fn pf_e17_a_forged_head_opens_nothing(app) {
    let tokens = sign_in(app).await;
    let [head, claims, signature] = access(&tokens).split('.').collect::<Vec<_>>().try_into().unwrap();
    let head: Value = serde_json::from_slice(&BASE64.decode(head).unwrap()).unwrap();
    let with = |change: &[(&str, Value)]| {
        let mut head = head.clone();
        change.iter().for_each(|(name, value)| head[*name] = value.clone());
        BASE64.encode(head.to_string())
    };
    let none = with(&[("alg", json!("none"))]);
    let mut claimed: Value = serde_json::from_slice(&BASE64.decode(claims).unwrap()).unwrap();
    claimed["role"] = json!("general_manager");
    let forged = [
        format!("{none}.{claims}.{signature}"),
        format!("{none}.{claims}."),
        format!("{}.{claims}.{signature}", with(&[("alg", json!("HS256"))])),
        format!("{}.{claims}.{signature}", with(&[("kid", json!("unknown"))])),
        format!("{}.{claims}.{signature}", with(&[("typ", json!("JWT"))])),
        format!("{}.{}.{signature}", BASE64.encode(head.to_string()), BASE64.encode(claimed.to_string())),
    ];
    for token in &forged {
        me(app, token).await.refused(401, "unauthenticated");
    }
    me(app, access(&tokens)).await.expect(200);
}
}

scenario! {
async fn pf_e17_a_second_use_is_written_down(app) {
    let tokens = sign_in(app).await;
    let form = format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap());
    let renew = async || app.call(Method::POST, "/v1/auth/token").form(&form).send().await;
    renew().await.expect(200);
    assert_eq!(told(app, "token.reuse_detected").await, 0);
    renew().await.refused(401, "invalid_grant");
    assert_eq!(told(app, "token.reuse_detected").await, 1);
    let journal = app.get("system_admin", "/v1/journal-entries").await.expect(200).to_string();
    assert!(!journal.contains(tokens["refresh_token"].as_str().unwrap()));
}
}
