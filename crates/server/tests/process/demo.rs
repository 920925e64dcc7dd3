//! The demo as a newcomer meets it: no list and no report of the contract is empty for somebody who may see it.

use std::cell::RefCell;
use std::collections::HashMap;

use access::JobRole;
use chrono::Days;
use kernel::time::{Clock, SystemClock, business_day};
use serde_json::Value;

use crate::house::{House, PASSWORD, Server};

/// Answers that are no lists: facts of the caller, and questions about one thing.
const NO_LISTS: &[&str] = &[
    "/v1/calendars/{code}/add",
    "/v1/me",
    "/v1/me/permissions",
    "/v1/parameters/{key}",
    "/v1/part-ledger-check",
    "/v1/sandbox/clock",
    "/v1/warranty-checks",
];

const INSTALLED: &str = "what the house begins with is installed, and nobody has changed it";

/// Lists that are empty, and why that is right.
const EMPTY: &[(&str, &str)] = &[
    ("/v1/notification-templates/{id}/history", INSTALLED),
    ("/v1/parameters/{key}/history", INSTALLED),
    ("/v1/sla-policy-sets/{id}/history", INSTALLED),
    ("/v1/ticket-catalogues/{id}/history", INSTALLED),
    ("/v1/ticket-categories/{id}/history", INSTALLED),
    ("/v1/ticket-classifications/{id}/history", INSTALLED),
    ("/v1/ticket-procedures/{id}/history", INSTALLED),
    ("/v1/warranty-parts/{id}/history", INSTALLED),
    ("/v1/webhooks/{id}/deliveries", "nobody listens at the demo's address, so its webhook is not switched on"),
];

/// The domain whose rows the demo does not tell yet.
const NOT_TOLD: &str = "heating.";

/// What the demo has of some lists, from and to how many; what time makes overdue may be one more.
const TOLD: &[(&str, u64, u64)] = &[
    ("/v1/tickets", 250, 270),
    ("/v1/tickets?reopen_count_gte=1", 9, 9),
    ("/v1/tickets?status=merged", 6, 6),
    ("/v1/tickets?paused=true", 4, 4),
    ("/v1/tickets?breached=true", 12, 13),
    ("/v1/tickets?severity=serious,major", 5, 5),
    ("/v1/calls", 590, 610),
    ("/v1/repair-orders", 48, 48),
    ("/v1/defect-claims", 3, 3),
];
/// States, kinds and outcomes that are all told.
const EVERY: &[(&str, &[&str])] = &[
    (
        "/v1/tickets?status=",
        &[
            "registered",
            "assigned",
            "in_progress",
            "pending_approval",
            "resolved",
            "replied",
            "closed",
            "out_of_scope",
            "withdrawn",
            "merged",
        ],
    ),
    ("/v1/tickets?kind=", &["consultation", "complaint", "suggestion", "application", "repair"]),
    ("/v1/callbacks?outcome=", &["satisfied", "not_satisfied", "declined", "unreachable"]),
];

/// One GET of the contract.
struct Operation {
    path: String,
    roles: Vec<String>,
    parameters: Vec<String>,
}

/// A demo that is served, and who is signed in.
struct Demo {
    server: Server,
    operations: Vec<Operation>,
    tokens: RefCell<HashMap<String, String>>,
}

impl Demo {
    fn of(house: &House) -> Self {
        let mut load = house.command(&["demo", "--no-serve"]);
        assert!(load.env("HEARTHDESK_DEMO_PASSWORD", PASSWORD).status().unwrap().success(), "the demo does not load");
        let server = house.serve();
        let document = server.call("GET", "/openapi.json", &[], None).unwrap().1;
        let operations = document["paths"].as_object().unwrap().iter().filter_map(|(path, item)| operation(path, item));
        Self { operations: operations.collect(), server, tokens: RefCell::default() }
    }

    fn get(&self, role: &str, path: &str) -> Value {
        let known = self.tokens.borrow().get(role).cloned();
        let token = known.unwrap_or_else(|| self.server.token(role));
        self.tokens.borrow_mut().insert(role.to_owned(), token.clone());
        let (status, body) = self.server.call("GET", path, &[("Authorization", &token)], None).unwrap();
        assert_eq!(status, 200, "{role} GET {path}: {body}");
        body
    }

    /// The rows of the first reader who sees some.
    fn rows(&self, operation: &Operation, path: &str) -> Vec<Value> {
        let seen = operation.roles.iter().map(|role| items(&self.get(role, path)));
        seen.into_iter().find(|rows| !rows.is_empty()).unwrap_or_default()
    }

    /// The rows of a list below the rows of another, of the first of those that has some.
    fn parts(&self, operation: &Operation) -> Vec<Value> {
        let (parent, rest) = operation.path.split_once("/{").unwrap();
        let rest = rest.split_once('}').unwrap().1;
        let parent = self.operations.iter().find(|known| known.path == parent).unwrap();
        for role in &operation.roles {
            let path = if parent.parameters.iter().any(|name| name == "limit") { "?limit=200" } else { "" };
            if !parent.roles.contains(role) {
                continue;
            }
            for row in items(&self.get(role, &format!("{}{path}", parent.path))) {
                let key = ["id", "code", "key"].iter().find_map(|name| row[name].as_str()).unwrap();
                let window = if rest == "/days" { "?from=2026-01-01&to=2026-02-28" } else { "" };
                let rows = items(&self.get(role, &format!("{}/{key}{rest}{window}", parent.path)));
                if !rows.is_empty() {
                    return rows;
                }
            }
        }
        Vec::new()
    }

    /// The rows of a report by default, else of its longest period.
    fn report(&self, operation: &Operation) -> Vec<Value> {
        let rows = self.rows(operation, &operation.path);
        if !rows.is_empty() {
            return rows;
        }
        let today = business_day(SystemClock.now());
        let from = today - Days::new(80);
        let has = |name: &str| operation.parameters.iter().any(|known| known == name);
        let query = match () {
            () if has("from") => format!("?from={from}&to={today}"),
            () if has("month") => format!("?month={}", (today - Days::new(31)).format("%Y-%m")),
            () => return Vec::new(),
        };
        self.rows(operation, &format!("{}{query}", operation.path))
    }
}

fn operation(path: &str, item: &Value) -> Option<Operation> {
    let get = item.get("get").filter(|_| path.starts_with("/v1/") && !NO_LISTS.contains(&path))?;
    if get["x-permission"].as_str().is_none_or(|permission| permission.starts_with(NOT_TOLD)) {
        return None;
    }
    let names =
        |list: &Value| list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let roles: Vec<String> = names(&get["x-roles"]);
    let mut readers: Vec<String> = match roles.iter().any(|role| role == "any") {
        true => vec!["company_leader".to_owned(), "cs_agent".to_owned()],
        false => roles.into_iter().filter(|role| !role.parse::<JobRole>().is_ok_and(JobRole::is_client)).collect(),
    };
    // Who sees most comes first.
    let first = ["company_leader", "general_manager", "cs_director", "cs_manager", "system_admin"];
    readers.sort_by_key(|role| first.iter().position(|known| known == role).unwrap_or(first.len()));
    let parameters = get["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.filter_map(|parameter| parameter["name"].as_str()).map(str::to_owned).collect();
    Some(Operation { path: path.to_owned(), roles: readers, parameters })
}

fn items(body: &Value) -> Vec<Value> {
    let rows = body.get("items").or_else(|| body.get("rows"));
    rows.and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The lists are as long as they are said to be.
fn all_is_told(demo: &Demo) {
    let total = |path: &str| {
        let with = if path.contains('?') { '&' } else { '?' };
        demo.get("company_leader", &format!("{path}{with}limit=1&include_total=true"))["total"].as_u64().unwrap()
    };
    for (path, least, most) in TOLD {
        let found = total(path);
        assert!((*least..=*most).contains(&found), "{path}: {found}, not {least} to {most}");
    }
    for (path, codes) in EVERY {
        for code in *codes {
            assert!(total(&format!("{path}{code}")) > 0, "{path}{code}: none");
        }
    }
}

fn nothing_is_empty(house: &House) {
    let demo = Demo::of(house);
    all_is_told(&demo);
    let (mut lists, mut reports, mut empty) = (0, 0, Vec::new());
    for operation in demo.operations.iter().filter(|operation| !operation.roles.contains(&"public".to_owned())) {
        let path = &operation.path;
        if EMPTY.iter().any(|(known, _)| known == path) {
            continue;
        }
        let rows = match path.matches('{').count() {
            0 if path.starts_with("/v1/reports/") => {
                reports += 1;
                demo.report(operation)
            }
            0 => demo.rows(operation, path),
            1 if !path.ends_with('}') && !is_file(path) => demo.parts(operation),
            _ => continue,
        };
        lists += 1;
        if rows.is_empty() {
            empty.push(path.as_str());
        }
    }
    assert!(lists > 140 && reports > 15, "only {lists} lists and {reports} reports were walked");
    assert!(empty.is_empty(), "empty on the demo: {empty:#?}");
    // The login of each account is its role, and needs no other word.
    for role in JobRole::all().filter(|role| !role.is_client()) {
        demo.get(role.code(), "/v1/me");
    }
    house.assert_journal_whole();
}

/// Whether the answer is no JSON, or one thing and no list.
fn is_file(path: &str) -> bool {
    const ONE: &[&str] = &[
        "/assignment-explanation",
        "/bundle",
        "/checklist",
        "/content",
        "/coverage",
        "/deadlines",
        "/progress",
        "/recording",
        "/results",
    ];
    ONE.iter().any(|end| path.ends_with(end))
}

#[test]
fn nothing_is_empty_on_the_demo_on_sqlite() {
    nothing_is_empty(&House::empty_sqlite());
}

#[actix_web::test]
async fn nothing_is_empty_on_the_demo_on_postgres() {
    nothing_is_empty(&House::empty_postgres().await);
}
