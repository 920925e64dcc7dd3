//! The document itself.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use crate::kit::TestApp;

fn document() -> Value {
    api::build(true).unwrap().contract.document().clone()
}

/// Calls `check` with method, path and operation.
pub fn each(document: &Value, mut check: impl FnMut(&str, &str, &Value)) {
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            check(method, path, operation);
        }
    }
}

#[test]
fn the_committed_contract_is_the_one_served() {
    let committed = std::fs::read_to_string("../openapi/openapi.json").expect("openapi/openapi.json: run make openapi");
    let committed: Value = serde_json::from_str(&committed).unwrap();
    assert!(committed == document(), "openapi/openapi.json is behind the code: run make openapi");
}

#[test]
fn every_operation_says_who_may_and_what_it_answers() {
    let mut ids = HashSet::new();
    let tags = document()["tags"].clone();
    let described = |tag: &&Value| tag["description"].as_str().is_some_and(|text| !text.is_empty());
    assert_eq!(tags.as_array().unwrap().iter().find(|tag| !described(tag)), None, "a tag without a description");
    each(&document(), |method, path, operation| {
        let at = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{at}: the operation id {id} is taken");
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{at} has no summary");
        assert!(operation["tags"][0].as_str().is_some_and(|tag| !tag.is_empty()), "{at} has no tag");
        assert!(access::policy::grant(operation["x-permission"].as_str().unwrap()).is_some(), "{at}");
        assert!(!operation["x-roles"].as_array().unwrap().is_empty(), "{at}: nobody may");
        let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
        assert!(statuses.iter().any(|status| status.starts_with('2')), "{at} never succeeds");
        assert!(statuses.iter().any(|status| status.starts_with('4')), "{at} never refuses");
    });
}

#[test]
fn every_permission_has_an_operation() {
    let mut used = HashSet::new();
    each(&document(), |_, _, operation| {
        used.insert(operation["x-permission"].as_str().unwrap().to_owned());
    });
    // Held for acts inside another operation (bulk rows, part of a row's owners).
    for grant in access::policy::table() {
        assert!(used.contains(grant.permission), "{} names no operation", grant.permission);
    }
}

/// The schemas a value refers to, and those they refer to.
fn referred(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next())
                && found.insert(name.to_owned())
            {
                referred(document, &document["components"]["schemas"][name], found);
            }
            map.values().for_each(|value| referred(document, value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| referred(document, value, found)),
        _ => {}
    }
}

/// `TicketStatus` as `ticket_status`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (n, c) in name.char_indices() {
        if c.is_ascii_uppercase() && n > 0 {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// Every code of the desk and the platform has its label in both languages, under the name of its schema; a new enum
/// needs rows in `api::v1::meta`.
#[actix_web::test]
async fn every_code_has_its_labels() {
    let document = document();
    let mut used = BTreeSet::new();
    each(&document, |_, _, operation| {
        let permission = operation["x-permission"].as_str().unwrap();
        if permission.starts_with("tickets.") || permission.starts_with("platform.") {
            referred(&document, operation, &mut used);
        }
    });
    let app = TestApp::sqlite().await;
    let labels = app.get("cs_agent", "/v1/meta/enums").await.expect(200);
    let labels: BTreeMap<String, Vec<Value>> = serde_json::from_value(labels["enums"].clone()).unwrap();
    let mut missing = Vec::new();
    for name in &used {
        let codes = document["components"]["schemas"][name]["enum"].as_array();
        for code in codes.into_iter().flatten().filter_map(Value::as_str) {
            let rows = labels.get(&snake(name)).map_or(&[][..], Vec::as_slice);
            let row = rows.iter().find(|row| row["code"] == code);
            let said = |lang: &str| row.is_some_and(|row| !row[lang].as_str().unwrap_or_default().is_empty());
            if !said("zh") || !said("en") {
                missing.push(format!("{}.{code}", snake(name)));
            }
        }
    }
    assert!(missing.is_empty(), "no labels: {missing:?}");
    for (name, rows) in &labels {
        let codes: HashSet<&str> = rows.iter().map(|row| row["code"].as_str().unwrap()).collect();
        assert_eq!(codes.len(), rows.len(), "{name} has a code twice");
    }
}
