//! Every operation × every job role, and what every operation refuses alike.

use access::{JobRole, policy};
use actix_web::http::Method;
use serde_json::{Value, json};

use super::document::each;
use crate::kit::TestApp;

/// An id nothing has.
pub const NOWHERE: &str = "01890000-0000-7000-8000-000000000000";

pub struct Operation {
    pub method: Method,
    pub path: String,
    pub permission: String,
    public: bool,
    pub key_required: bool,
    pub if_match: bool,
    media: Option<String>,
}

/// Every operation of the contract, with paths that lead nowhere.
pub fn operations(app: &TestApp) -> Vec<Operation> {
    let mut list = Vec::new();
    each(&app.state.api.document().value(), |method, path, operation| {
        let parameter = |name: &str| {
            let all = operation["parameters"].as_array().unwrap();
            all.iter().any(|p| p["name"] == name && p["required"] == true)
        };
        let media = operation["requestBody"]["content"].as_object().and_then(|map| map.keys().next().cloned());
        list.push(Operation {
            method: method.to_uppercase().parse().unwrap(),
            path: concrete(path),
            permission: operation["x-permission"].as_str().unwrap().to_owned(),
            public: operation["x-roles"] == json!(["public"]),
            key_required: operation["x-idempotency-key"] == "required",
            if_match: parameter("If-Match"),
            media,
        });
    });
    list
}

/// A path with placeholders filled by what exists nowhere.
fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{id}" => NOWHERE,
            part if part.starts_with('{') => "unknown",
            part => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

pub fn is_upload(operation: &Operation) -> bool {
    operation.media.as_deref() == Some("multipart/form-data")
}

scenario! {
/// 403 comes exactly for the roles outside the row of the policy.
async fn every_operation_admits_exactly_its_roles(app) {
    let operations = operations(app);
    let roles = JobRole::all().filter(|role| role.is_staff() || *role == JobRole::Customer);
    for role in roles {
        for operation in operations.iter().filter(|operation| !operation.public && operation.path != "/v1/events") {
            let mut call = app.by(role.code(), operation.method.clone(), &operation.path).key("walk").if_match(1);
            if operation.method == Method::GET {
                call = app.by(role.code(), operation.method.clone(), &operation.path);
            } else {
                call = call.json(json!({ "nonsense": true }));
            }
            let answer = call.send().await;
            let refused = answer.status == 403;
            let allowed = policy::allows(&operation.permission, role);
            assert_eq!(refused, !allowed, "{role:?} {} {}: {} {}", operation.method, operation.path, answer.status, answer.body);
            assert!(answer.status < 500, "{role:?} {} {}: {}", operation.method, operation.path, answer.body);
        }
    }
}
}

scenario! {
async fn every_operation_but_the_public_ones_wants_a_token(app) {
    for operation in operations(app).iter().filter(|operation| !operation.public) {
        let answer = app.call(operation.method.clone(), &operation.path).send().await;
        assert_eq!(answer.status, 401, "{} {}", operation.method, operation.path);
        assert!(answer.header("www-authenticate").is_some());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let answer = app.call(operation.method.clone(), &operation.path).header("Authorization", "Bearer x.y.z").send().await;
        assert_eq!(answer.status, 401, "{} {}", operation.method, operation.path);
    }
}
}

/// Somebody who holds the permission.
fn holder(operation: &Operation) -> &'static str {
    let roles = policy::roles(&operation.permission);
    let staff = roles.iter().find(|role| role.is_staff());
    staff.or(roles.first()).map_or("cs_agent", |role| role.code())
}

scenario! {
async fn every_operation_refuses_what_it_does_not_know(app) {
    for operation in operations(app).iter().filter(|operation| !operation.public && !is_upload(operation)) {
        let who = holder(operation);
        let at = format!("{} {}", operation.method, operation.path);
        let path = format!("{}?surely_unknown=1", operation.path);
        let mut call = app.by(who, operation.method.clone(), &path);
        if operation.key_required {
            call = call.key("walk-unknown-parameter");
        }
        let answer = call.send().await;
        assert_eq!(answer.status, 400, "{at} takes an unknown parameter: {}", answer.body);
        assert_eq!(answer.body["code"], "unknown_parameter", "{at}");
        if operation.media.as_deref().is_some_and(|media| media.contains("json")) {
            let mut call = app.by(who, operation.method.clone(), &operation.path).bytes("application/json", b"{\"a\":");
            if operation.key_required {
                call = call.key("walk-malformed");
            }
            call.send().await.refused(400, "malformed_json");
            let mut call = app.by(who, operation.method.clone(), &operation.path).bytes("text/plain", b"hello");
            if operation.key_required {
                call = call.key("walk-media");
            }
            call.send().await.refused(415, "unsupported_media_type");
        }
        if operation.key_required {
            let answer = app.by(who, operation.method.clone(), &operation.path).json(json!({})).send().await;
            assert_eq!(answer.body["code"], "idempotency_key_required", "{at}");
        }
    }
}
}

scenario! {
async fn what_is_not_there_is_404_before_the_body_is_judged(app) {
    for operation in operations(app).iter().filter(|o| o.path.contains(NOWHERE) && !o.public && !is_upload(o)) {
        let who = holder(operation);
        let mut call = app.by(who, operation.method.clone(), &operation.path);
        if operation.method != Method::GET {
            call = call.json(json!({ "nonsense": true }));
        }
        if operation.key_required {
            call = call.key("walk-missing");
        }
        if operation.if_match {
            call = call.if_match(1);
        }
        let answer = call.send().await;
        assert_eq!(answer.status, 404, "{} {}: {}", operation.method, operation.path, answer.body);
    }
}
}

scenario! {
async fn an_unknown_method_is_405_and_names_the_others(app) {
    let answer = app.call(Method::DELETE, "/v1/tickets").send().await;
    assert_eq!(answer.header("allow"), Some("GET, POST, HEAD"));
    answer.refused(405, "method_not_allowed");
    app.call(Method::GET, "/v1/nowhere").send().await.refused(404, "not_found");
    let problem: Value = app.call(Method::GET, "/problems/callback_missing").header("Accept", "application/json").send().await.expect(200);
    assert_eq!(problem["status"], 409);
}
}
