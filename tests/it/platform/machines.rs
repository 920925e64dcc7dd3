//! Machines sign in and out in the words of RFC 6749 and RFC 7009; their secrets are replaced (PF-01).

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{PASSWORD, TestApp, id};

async fn told(app: &TestApp, path: &str, kind: &str) -> Vec<Value> {
    let history = app.get("system_admin", &format!("{path}/history")).await.expect(200);
    history["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == kind).cloned().collect()
}

scenario! {
async fn a_refused_grant_is_named_as_machines_know_it(app) {
    for (form, status, code) in [
        ("grant_type=password&username=a&password=b", 400, "unsupported_grant_type"),
        ("grant_type=client_credentials", 400, "invalid_request"),
        ("grant_type=client_credentials&client_id=nobody&client_secret=x", 401, "invalid_client"),
        ("grant_type=refresh_token&refresh_token=x", 401, "invalid_grant"),
    ] {
        let refused = app.call(Method::POST, "/v1/auth/token").form(form).send().await.refused(status, code);
        assert_eq!(refused["error"], code);
    }
    let wrong = json!({ "login": "cs_agent", "password": "wrong" });
    let refused = app.call(Method::POST, "/v1/auth/login").json(wrong).send().await.refused(401, "invalid_credentials");
    assert!(refused.get("error").is_none(), "{refused}");
}
}

scenario! {
async fn a_token_is_revoked_by_form_and_by_json(app) {
    for by_form in [true, false] {
        let body = json!({ "login": "cs_agent", "password": PASSWORD });
        let tokens = app.call(Method::POST, "/v1/auth/login").json(body).send().await.expect(200);
        let token = tokens["refresh_token"].as_str().unwrap();
        let call = app.call(Method::POST, "/v1/auth/revoke");
        let call = match by_form {
            true => call.form(&format!("token={token}&token_type_hint=refresh_token")),
            false => call.json(json!({ "token": token })),
        };
        call.send().await.expect(204);
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        app.call(Method::GET, "/v1/me").header("Authorization", &bearer).send().await.refused(401, "unauthenticated");
        let renew = format!("grant_type=refresh_token&refresh_token={token}");
        app.call(Method::POST, "/v1/auth/token").form(&renew).send().await.refused(401, "invalid_grant");
    }
    let revoke = || app.call(Method::POST, "/v1/auth/revoke");
    revoke().form("hint=x&token=y").send().await.refused(422, "unknown_field");
    revoke().bytes("text/plain", b"token=y").send().await.refused(415, "unsupported_media_type");
    app.call(Method::POST, "/v1/auth/login").form("login=cs_agent").send().await.refused(415, "unsupported_media_type");
}
}

scenario! {
/// Why a secret was replaced or a client disabled stands in the journal; what nobody knows in the body is refused.
async fn a_client_is_given_a_new_secret_for_a_reason(app) {
    let client = json!({ "client_id": "crm", "name": "CRM", "role": "integration_client" });
    let made = app.post("system_admin", "/v1/clients", client).await.expect(201);
    let hook = app.post("system_admin", "/v1/webhooks", json!({ "url": "http://127.0.0.1:9/hook" })).await.expect(201);
    let paths = [format!("/v1/clients/{}", id(&made)), format!("/v1/webhooks/{}", id(&hook))];
    for path in &paths {
        let body = json!({ "secret": "mine" });
        let refused = app.post("system_admin", &format!("{path}/rotate-secret"), body).await.refused(422, "unknown_field");
        assert_eq!(refused["errors"][0]["pointer"], "/secret");
    }
    let path = &paths[0];
    app.post("system_admin", &format!("{path}/rotate-secret"), json!({ "reason": "密钥泄露" })).await.expect(200);
    app.post("system_admin", &format!("{path}/disable"), json!({ "reason": "接口停用" })).await.expect(200);
    for (kind, reason) in [("client.secret_rotated", "密钥泄露"), ("client.disabled", "接口停用")] {
        let facts = told(app, path, kind).await;
        assert_eq!((facts.len(), &facts[0]["reason"]), (1, &json!(reason)), "{kind}");
    }
}
}

scenario! {
async fn any_version_is_not_modified(app) {
    let path = format!("/v1/org-units/{}", app.fixture.units["DESK"]);
    for known in ["*", "\"v1\"", "W/\"v1\", \"v9\""] {
        let answer = app.by("cs_agent", Method::GET, &path).header("If-None-Match", known).send().await;
        assert_eq!((answer.status, answer.header("etag")), (304, Some("\"v1\"")), "{known}");
    }
    app.by("cs_agent", Method::GET, &path).header("If-None-Match", "\"v9\"").send().await.expect(200);
}
}

scenario! {
/// A merge patch that takes away what must be there is told what is missing.
async fn what_must_be_there_is_not_patched_away(app) {
    let path = format!("/v1/org-units/{}", app.fixture.units["DESK"]);
    let body = json!({ "name": null, "kind": null, "parent_id": null });
    let refused = app.by("hr_officer", Method::PATCH, &path).if_match(1).json(body).send().await.refused(422, "required");
    let pointers: Vec<&Value> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/kind", "/name"]);
}
}

scenario! {
async fn a_client_is_let_in_from_its_networks_only(app) {
    let open = async |client: &str, networks: Value| {
        let body = json!({ "client_id": client, "name": "CRM", "role": "integration_client", "ip_allow": networks });
        app.post("system_admin", "/v1/clients", body).await
    };
    let made = open("crm", json!(["10.1.0.0/16", "2001:db8::/32", "203.0.113.7"])).await.expect(201);
    assert_eq!(made["ip_allow"], json!(["10.1.0.0/16", "2001:db8::/32", "203.0.113.7"]));
    let secret = made["client_secret"].as_str().unwrap();
    let form = format!("grant_type=client_credentials&client_id=crm&client_secret={secret}");
    app.call(Method::POST, "/v1/auth/token").form(&form).send().await.refused(401, "invalid_client");
    for wrong in ["10.1.0.0/33", "10.1.0.0/", "crm.example.com"] {
        let refused = open("other", json!(["203.0.113.7", wrong])).await.refused(422, "invalid_format");
        assert_eq!(refused["errors"][0]["pointer"], "/ip_allow/1", "{wrong}");
    }
}
}

scenario! {
/// A client's tokens reach what its scopes name, or the part of them they were asked for (RFC 6749 §3.3).
async fn a_token_is_confined_to_its_scope(app) {
    let (read, create) = ("platform.customer:read", "platform.customer:create");
    let body = |client: &str, scopes: Value| {
        json!({ "client_id": client, "name": "CRM", "role": "integration_client", "scopes": scopes })
    };
    let wrong = body("crm", json!([read, "platform.client:manage", "anything"]));
    let refused = app.post("system_admin", "/v1/clients", wrong).await.refused(422, "invalid_enum");
    let pointers: Vec<&Value> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/scopes/1", "/scopes/2"]);
    let made = app.post("system_admin", "/v1/clients", body("crm", json!([read, create]))).await.expect(201);
    let secret = made["client_secret"].as_str().unwrap();
    let ask = async |scope: &str| {
        let form = format!("grant_type=client_credentials&client_id=crm&client_secret={secret}{scope}");
        app.call(Method::POST, "/v1/auth/token").form(&form).send().await
    };
    let refused = ask("&scope=platform.customer%3Aread%20tickets.ticket%3Acreate").await.refused(400, "invalid_scope");
    assert_eq!(refused["error"], "invalid_scope");
    let (whole, part) = (ask("").await.expect(200), ask("&scope=platform.customer%3Aread").await.expect(200));
    assert_eq!((&whole["scope"], &part["scope"]), (&json!(format!("{read} {create}")), &json!(read)));
    let call = |tokens: &Value, method: Method, path: &str| {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        app.call(method, path).header("Authorization", &bearer)
    };
    let customer = json!({ "kind": "person", "name": "赵六" });
    for tokens in [&whole, &part] {
        call(tokens, Method::GET, "/v1/customers").send().await.expect(200);
        call(tokens, Method::GET, "/v1/me").send().await.expect(200);
        let refused = call(tokens, Method::GET, "/v1/events").send().await.refused(403, "forbidden");
        assert_eq!(refused["context"]["permission"], "platform.event:read");
    }
    call(&whole, Method::POST, "/v1/customers").json(customer.clone()).send().await.expect(201);
    call(&part, Method::POST, "/v1/customers").json(customer.clone()).send().await.refused(403, "forbidden");
    // What the client loses its tokens lose at once.
    let change = app.by("system_admin", Method::PATCH, &format!("/v1/clients/{}", id(&made))).if_match(1);
    change.json(json!({ "scopes": [read] })).send().await.expect(200);
    call(&whole, Method::POST, "/v1/customers").json(customer).send().await.refused(403, "forbidden");
    call(&whole, Method::GET, "/v1/customers").send().await.expect(200);
}
}

scenario! {
/// A client without scopes has all of its role, and may ask for less.
async fn a_client_without_scopes_may_ask_for_less(app) {
    let client = json!({ "client_id": "crm", "name": "CRM", "role": "integration_client" });
    let made = app.post("system_admin", "/v1/clients", client).await.expect(201);
    let secret = made["client_secret"].as_str().unwrap();
    let form = |scope: &str| format!("grant_type=client_credentials&client_id=crm&client_secret={secret}{scope}");
    let all = app.call(Method::POST, "/v1/auth/token").form(&form("")).send().await.expect(200);
    assert!(all.get("scope").is_none(), "{all}");
    let less = form("&scope=platform.event%3Aread");
    let less = app.call(Method::POST, "/v1/auth/token").form(&less).send().await.expect(200);
    let bearer = format!("Bearer {}", less["access_token"].as_str().unwrap());
    let call = |path: &str| app.call(Method::GET, path).header("Authorization", &bearer);
    call("/v1/events").send().await.expect(200);
    call("/v1/customers").send().await.refused(403, "forbidden");
    let mine = call("/v1/me/permissions").send().await.expect(200);
    let mine = mine["permissions"].as_array().unwrap();
    assert!(mine.contains(&json!("platform.event:read")) && !mine.contains(&json!("platform.customer:read")));
    let beyond = form("&scope=platform.client%3Amanage");
    app.call(Method::POST, "/v1/auth/token").form(&beyond).send().await.refused(400, "invalid_scope");
}
}
