//! The same call twice, for every operation that takes an idempotency key.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::bodies;
use super::document::each;
use crate::kit::TestApp;

/// Operations that compute and keep nothing, or take their body in parts (told apart in their own tests).
const APART: &[&str] = &[
    "POST /v1/access/explain",
    "POST /v1/documents",
    "POST /v1/documents/{id}/versions",
    "POST /v1/heat-refunds/preview",
    "POST /v1/imports",
    "POST /v1/message-templates/{id}/preview",
    "POST /v1/sla-policy-sets/match",
    "POST /v1/sla-policy-sets/{id}/lint",
    "POST /v1/tickets/{id}/deadline-preview",
];

/// Method, path and body schema of every operation that takes a key.
fn keyed(app: &TestApp) -> Vec<(Method, String, Value)> {
    let document = app.state.api.document().value();
    let mut list = Vec::new();
    each(&document, |method, path, operation| {
        let takes = operation["parameters"].as_array().unwrap().iter().any(|p| p["name"] == "Idempotency-Key");
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let schema = schema
            .as_str()
            .map_or(Value::Null, |name| document.pointer(name.trim_start_matches('#')).cloned().unwrap_or_default());
        if takes && !APART.contains(&format!("{} {path}", method.to_uppercase()).as_str()) {
            list.push((method.to_uppercase().parse().unwrap(), path.to_owned(), schema));
        }
    });
    list
}

/// Another body of the same shape: two more letters in a free text. None when the schema has no free text.
fn other(body: &Value, schema: &Value) -> Option<Value> {
    let properties = schema["properties"].as_object()?;
    let free = |name: &&String| {
        let property = &properties[name.as_str()];
        let text = property["type"] == "string" || property["type"] == json!(["string", "null"]);
        let chosen = property["pattern"].as_str().is_some_and(|pattern| pattern.contains('|'));
        text && !chosen && property.get("format").is_none() && property.get("enum").is_none()
    };
    let known = properties.keys().filter(|name| body.get(name.as_str()).is_some_and(Value::is_string)).find(free);
    let name = known.or_else(|| properties.keys().find(free))?;
    let mut other = body.clone();
    other[name] = json!(format!("{}ab", body[name].as_str().unwrap_or_default()));
    Some(other)
}

scenario! {
/// The first answer is given again byte by byte, and the key stands for no other body. What nobody knows
/// in body or query is refused although the rest would succeed.
async fn every_operation_under_a_key_answers_the_same_once(app) {
    let (mut unwritten, mut walked) = (Vec::new(), 0);
    for (n, (method, path, schema)) in keyed(app).into_iter().enumerate() {
        let at = format!("{method} {path}");
        let Some(ready) = bodies::call(app, method.as_str(), &path).await else {
            unwritten.push(at);
            continue;
        };
        let key = format!("retry-{n}");
        let send_to = async |path: &str, body: &Value| {
            let call = app.by(ready.who, method.clone(), path).key(&key).json(body.clone());
            match ready.version {
                Some(version) => call.if_match(version).send().await,
                None => call.send().await,
            }
        };
        let send = async |body: &Value| send_to(&ready.path, body).await;
        let mut strange = ready.body.clone();
        strange["surely_unknown"] = json!(1);
        let refused = send(&strange).await;
        let errors = (refused.status, &refused.body["errors"][0]["pointer"], &refused.body["errors"][0]["code"]);
        assert_eq!(errors, (422, &json!("/surely_unknown"), &json!("unknown_field")), "{at}: {}", refused.body);
        let refused = send_to(&format!("{}?surely_unknown=1", ready.path), &ready.body).await;
        assert_eq!((refused.status, &refused.body["code"]), (400, &json!("unknown_parameter")), "{at}");
        if method == Method::PATCH {
            let patch = || app.by(ready.who, Method::PATCH, &ready.path).json(ready.body.clone());
            patch().send().await.refused(428, "precondition_required");
            patch().if_match(9_999).send().await.refused(412, "stale");
        }
        // The kit itself sends what succeeded a second time and compares every byte.
        let first = send(&ready.body).await;
        assert!(first.status < 300, "{at}: {} {}", first.status, first.body);
        let again = send(&ready.body).await;
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "{at}");
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "{at}");
        if let Some(body) = other(&ready.body, &schema) {
            let reused = send(&body).await;
            assert_eq!(reused.body["code"], "idempotency_key_reused", "{at}: {} {}", reused.status, reused.body);
            assert_eq!(reused.status, 422, "{at}");
        }
        walked += 1;
    }
    assert!(unwritten.is_empty(), "say in contract/bodies what makes these succeed: {unwritten:#?}");
    assert!(walked > 80, "only {walked} operations were walked");
    // Whatever an operation does to a row, the journal names its version.
    assert_eq!(app.store.find_stray(&app.state.api.versioned).await.unwrap(), None);
}
}

scenario! {
/// Sign-in, secrets and revealed data are never kept under a key.
async fn what_must_not_be_kept_takes_no_key(app) {
    let mut walked = 0;
    let mut list = Vec::new();
    each(&app.state.api.document().value(), |method, path, operation| {
        let takes = operation["parameters"].as_array().unwrap().iter().any(|p| p["name"] == "Idempotency-Key");
        if method != "get" && !takes {
            list.push((method.to_uppercase(), path.to_owned(), operation["x-permission"].clone()));
        }
    });
    for (method, path, permission) in list {
        let roles = access::policy::roles(permission.as_str().unwrap());
        let who = roles.iter().find(|role| role.is_staff()).map_or("cs_agent", |role| role.code());
        let path = path.replace("{id}", "01890000-0000-7000-8000-000000000000");
        let call = app.by(who, method.parse().unwrap(), &path).key("kept").json(json!({}));
        call.send().await.refused(400, "idempotency_key_not_taken");
        walked += 1;
    }
    assert!(walked > 10, "only {walked} operations were walked");
}
}
