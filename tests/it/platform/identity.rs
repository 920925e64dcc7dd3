//! PF-E03, E05, E17: lock-out, delegation, refresh tokens.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{PASSWORD, TestApp};

async fn login(app: &TestApp, password: &str) -> crate::kit::Answer {
    let body = json!({ "login": "cs_agent", "password": password });
    app.call(Method::POST, "/v1/auth/login").json(body).send().await
}

scenario! {
async fn pf_e03_five_wrong_passwords_lock_for_a_quarter_of_an_hour(app) {
    for minute in ["00", "03", "06", "09", "12"] {
        // Within the second: a clock that goes on is never exactly on it.
        app.at(&format!("2026-03-02T09:{minute}:00.400+08:00"));
        login(app, "wrong").await.refused(401, "invalid_credentials");
    }
    app.at("2026-03-02T09:26:59+08:00");
    let locked = login(app, PASSWORD).await.refused(401, "invalid_credentials");
    let unknown = app.call(Method::POST, "/v1/auth/login").json(json!({ "login": "nobody", "password": "x" })).send().await;
    let mut unknown = unknown.refused(401, "invalid_credentials");
    unknown["request_id"] = locked["request_id"].clone();
    assert_eq!(locked, unknown);
    app.at("2026-03-02T09:27:00+08:00");
    login(app, PASSWORD).await.expect(200);
    for at in ["10:00:00", "10:03:00", "10:06:00", "10:09:00", "10:15:01"] {
        app.at(&format!("2026-03-02T{at}+08:00"));
        login(app, "wrong").await.refused(401, "invalid_credentials");
    }
    login(app, PASSWORD).await.expect(200);
}
}

scenario! {
async fn pf_e17_a_refresh_token_used_twice_ends_the_family(app) {
    let tokens: Value = login(app, PASSWORD).await.expect(200);
    let form = |tokens: &Value| format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap());
    let renew = |form: String| async move { app.call(Method::POST, "/v1/auth/token").form(&form).send().await };
    let next = renew(form(&tokens)).await.expect(200);
    renew(form(&tokens)).await.refused(401, "invalid_grant");
    renew(form(&next)).await.refused(401, "invalid_grant");
    let bearer = format!("Bearer {}", next["access_token"].as_str().unwrap());
    app.call(Method::GET, "/v1/me").header("Authorization", &bearer).send().await.refused(401, "unauthenticated");
}
}

scenario! {
async fn pf_e05_a_delegate_acts_for_his_principal_until_the_day_is_over(app) {
    app.at("2024-05-05T09:00:00+08:00");
    let body = json!({ "to_staff_id": app.fixture.staff["cs_agent"], "role": "cs_manager", "from": "2024-05-06",
        "to": "2024-05-08", "reason": "出差" });
    app.post("cs_manager", "/v1/delegations", body).await.expect(201);
    app.at("2024-05-08T23:55:00+08:00");
    let me = app.get("cs_agent/cs_manager", "/v1/me").await.expect(200);
    assert_eq!(me["on_behalf_of"], json!(app.fixture.staff["cs_manager"]));
    let token = app.token("cs_agent/cs_manager").await;
    app.at("2024-05-09T00:00:00+08:00");
    let bearer = format!("Bearer {token}");
    let call = app.call(Method::POST, "/v1/tickets/01890000-0000-7000-8000-000000000000/observe").json(json!({}));
    call.header("Authorization", &bearer).send().await.refused(403, "forbidden");
}
}

scenario! {
/// A role lent to somebody who holds it himself is chosen by its principal; without one his own post goes first.
async fn pf_e05_a_role_lent_beside_ones_own_is_chosen_by_its_principal(app) {
    let principal = app.fixture.staff["cs_agent"];
    let body = json!({ "to_staff_id": app.fixture.staff["cs_agent2"], "role": "cs_agent", "from": "2026-03-02",
        "to": "2026-03-04", "reason": "休假" });
    app.post("cs_agent", "/v1/delegations", body).await.expect(201);
    let enter = async |more: Value| {
        let body = crate::kit::with(json!({ "login": "cs_agent2", "password": PASSWORD }), &more);
        app.call(Method::POST, "/v1/auth/login").json(body).send().await
    };
    let principal_of = async |tokens: Value| {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let me = app.call(Method::GET, "/v1/me").header("Authorization", &bearer).send().await.expect(200);
        me["on_behalf_of"].clone()
    };
    assert_eq!(principal_of(enter(json!({ "role": "cs_agent" })).await.expect(200)).await, Value::Null);
    for more in [json!({ "role": "cs_agent", "on_behalf_of": principal }), json!({ "on_behalf_of": principal })] {
        assert_eq!(principal_of(enter(more).await.expect(200)).await, json!(principal));
    }
    let other = json!({ "on_behalf_of": app.fixture.staff["cs_manager"] });
    enter(other).await.refused(403, "role_not_held");
}
}
