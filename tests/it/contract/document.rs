//! The document itself.

use std::collections::HashSet;

use serde_json::Value;

fn document() -> Value {
    api::describe(true).unwrap().value()
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
fn every_parameter_says_what_it_is_and_types_are_named_by_the_house() {
    let document = document();
    each(&document, |method, path, operation| {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let said = parameter["description"].as_str().is_some_and(|text| text.len() > 5);
            assert!(said, "{method} {path}: {parameter}");
        }
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(
            !summary.starts_with("Creates a o") && !summary.starts_with("Creates a i"),
            "{method} {path}: {summary}"
        );
    });
    assert!(document["components"]["schemas"].get("BTreeMap").is_none());
    let view = &document["components"]["schemas"]["UnitView"]["properties"];
    for field in ["id", "version", "created_at"] {
        assert!(view[field]["description"].is_string(), "{field}: {view}");
    }
}

/// A body may stay away where none of its fields is asked for.
#[test]
fn a_body_is_required_where_a_field_of_it_is() {
    let document = document();
    each(&document, |method, path, operation| {
        let Some((media, content)) =
            operation["requestBody"]["content"].as_object().and_then(|them| them.iter().next())
        else {
            return;
        };
        let name = content["schema"]["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let schema = document["components"]["schemas"].get(name).unwrap_or(&content["schema"]);
        let asks = schema["required"].as_array().is_some_and(|names| !names.is_empty());
        let required = asks || schema["type"] != "object" || !media.ends_with("json");
        assert_eq!(operation["requestBody"]["required"], required, "{method} {path}");
    });
}

#[test]
fn every_code_has_a_label() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let Some(codes) = schema["enum"].as_array() else { continue };
        if name == "JobRole" {
            continue;
        }
        let labels = schema["x-labels"].as_array().unwrap_or_else(|| panic!("{name} has no labels"));
        let labelled: Vec<&Value> = labels.iter().map(|label| &label["code"]).collect();
        assert_eq!(labelled, codes.iter().collect::<Vec<_>>(), "{name}");
    }
}

/// What customers do not see of a row is flattened into it and may lack, so nothing in it is required.
#[test]
fn what_only_the_house_sees_is_not_required() {
    let schemas = document()["components"]["schemas"].clone();
    for (name, field) in [
        ("CallbackView", "attempts"),
        ("OutageView", "affected_count"),
        ("RepairOrderView", "dispatches"),
        ("TicketView", "observers"),
    ] {
        let parts = schemas[name]["allOf"].as_array().unwrap();
        let house = parts.iter().find(|part| part["properties"].get(field).is_some());
        let house = house.unwrap_or_else(|| panic!("{name} has no {field}"));
        assert!(house.get("required").is_none(), "{name}: {house}");
    }
    for (name, schema) in schemas.as_object().unwrap() {
        let choice = schema["allOf"].as_array().into_iter().flatten().find(|part| part.get("oneOf").is_some());
        assert_eq!(choice, None, "{name}: a row is never null instead of its fields");
    }
}

#[test]
fn answers_are_declared_as_they_come() {
    let document = document();
    let answer = |method: &str, path: &str, status: &str| document["paths"][path][method]["responses"][status].clone();
    let report = answer("get", "/v1/reports/tickets/timeliness", "200");
    let mut media: Vec<&String> = report["content"].as_object().unwrap().keys().collect();
    media.sort();
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(media, ["application/json", xlsx, "image/svg+xml", "text/csv"]);
    assert!(answer("get", "/v1/reports/tickets/timeliness", "406").is_object());
    let file = answer("get", "/v1/documents/{id}/content", "200");
    assert!(file["content"].get("*/*").is_some(), "a file is of any type");
    let days = &document["paths"]["/v1/calendars/{code}/days"]["get"]["parameters"];
    let needed = days.as_array().unwrap().iter().filter(|parameter| parameter["required"] == true).count();
    assert_eq!(needed, 3, "code, from and to");
    for path in ["/v1/accounts", "/v1/documents", "/v1/tickets", "/v1/tickets/{id}/supervisions"] {
        let made = answer("post", path, "201");
        assert!(made["headers"].get("ETag").is_some() && made["headers"].get("Location").is_some(), "{path}");
        let name = made["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_default();
        assert!(name.ends_with("WithActions"), "{path}: {name}");
    }
}

#[test]
fn every_permission_has_an_operation() {
    let mut used = HashSet::new();
    each(&document(), |_, _, operation| {
        used.insert(operation["x-permission"].as_str().unwrap().to_owned());
    });
    // Files of a kind are sent to one operation for all.
    used.extend(heating_service::imports::KINDS.iter().map(|kind| kind.permission.to_owned()));
    // Held for acts inside another operation (bulk rows, part of a row's owners).
    for grant in access::policy::table() {
        assert!(used.contains(grant.permission), "{} names no operation", grant.permission);
    }
}
