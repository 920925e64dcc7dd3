//! Rules of the registers (platform §4): rows a body names are there, days are in order, null takes away.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{PASSWORD, TestApp, id};
use crate::tickets::desk::report;

async fn hired(app: &TestApp) -> String {
    let body = json!({ "number": "R1", "name": "新人", "org_unit_id": app.fixture.units["DESK"] });
    let person = app.post("hr_officer", "/v1/staff", body).await.expect(201);
    format!("/v1/staff/{}", id(&person))
}

scenario! {
/// The same owner twice is refused for days he has it already, and for no others.
async fn an_earlier_ownership_is_entered_later(app) {
    let path = format!("/v1/units/{}/owners", app.fixture.unit);
    let owned = |from: &str, to: Value| json!({ "customer_id": app.fixture.other_customer, "from": from, "to": to });
    app.post("cs_clerk", &path, owned("2025-06-01", Value::Null)).await.expect(201);
    app.post("cs_clerk", &path, owned("2019-05-01", json!("2025-06-01"))).await.refused(409, "already_exists");
    app.post("cs_clerk", &path, owned("2019-05-01", json!("2023-04-30"))).await.expect(201);
    app.post("cs_clerk", &path, owned("2023-04-30", json!("2024-01-31"))).await.refused(409, "already_exists");
    app.post("cs_clerk", &path, owned("2023-05-01", json!("2025-05-31"))).await.expect(201);
}
}

scenario! {
/// Who sells says so once more, with his last day.
async fn an_ownership_said_again_with_its_last_day_ends(app) {
    let path = format!("/v1/units/{}/owners", app.fixture.unit);
    let owned = |to: Value| json!({ "customer_id": app.fixture.other_customer, "from": "2025-06-01", "to": to });
    let open = app.post("cs_clerk", &path, owned(Value::Null)).await.expect(201);
    app.post("cs_clerk", &path, owned(Value::Null)).await.refused(409, "already_exists");
    let ended = app.post("cs_clerk", &path, owned(json!("2026-02-28"))).await.expect(201);
    assert_eq!((&ended["id"], &ended["to"], &ended["version"]), (&open["id"], &json!("2026-02-28"), &json!(2)));
    app.post("cs_clerk", &path, owned(json!("2026-03-31"))).await.refused(409, "already_exists");
    let unit = app.get("cs_clerk", &format!("/v1/units/{}", app.fixture.unit)).await.expect(200);
    assert_eq!((&unit["owners"][0]["to"], unit["owners"].as_array().unwrap().len()), (&json!("2026-02-28"), 1));
}
}

scenario! {
/// As of customers: what a patch does not name stays, null removes it.
async fn null_removes_contacts_and_account_of_a_supplier(app) {
    let body = json!({ "kinds": ["contractor"], "name": "某建筑公司", "contacts": [{ "name": " 王强 ", "phone": "13800138000" }],
        "bank_account": { "bank": "某银行", "holder": "某建筑公司", "number": "6222020200112230000" } });
    let row = app.post("system_admin", "/v1/suppliers", body).await.expect(201);
    assert_eq!(row["contacts"][0]["name"], "王*");
    let path = format!("/v1/suppliers/{}", id(&row));
    let patch = async |version: i64, body: Value| {
        app.by("system_admin", Method::PATCH, &path).if_match(version).json(body).send().await
    };
    let kept = patch(1, json!({ "name": "某建设公司" })).await.expect(200);
    assert_eq!((&kept["contacts"], &kept["bank_account"]), (&row["contacts"], &row["bank_account"]));
    let blank = patch(2, json!({ "contacts": [{ "name": "  ", "phone": "13800138000" }] })).await.refused(422, "required");
    assert_eq!(blank["errors"][0]["pointer"], "/contacts/0/name");
    let gone = patch(2, json!({ "contacts": null, "bank_account": null })).await.expect(200);
    assert_eq!((&gone["contacts"], &gone["bank_account"]), (&json!([]), &Value::Null));
}
}

scenario! {
async fn a_post_does_not_end_before_it_begins(app) {
    let path = hired(app).await;
    let post = json!({ "role": "cs_agent", "from": "2026-04-01" });
    app.post("hr_officer", &format!("{path}/posts"), post).await.expect(200);
    let end = async |to: &str| {
        app.post("hr_officer", &format!("{path}/end-post"), json!({ "role": "cs_agent", "to": to })).await
    };
    let refused = end("2026-03-31").await.refused(422, "date_order");
    assert_eq!(refused["errors"][0]["pointer"], "/to");
    let ended = end("2026-04-01").await.expect(200);
    assert_eq!(ended["posts"][0]["to"], "2026-04-01");
}
}

scenario! {
async fn a_post_is_held_once_at_a_time(app) {
    let path = format!("{}/posts", hired(app).await);
    let give = async |from: &str, to: Value, unit: &str| {
        let post = json!({ "role": "cs_agent", "org_unit_id": app.fixture.units[unit], "from": from, "to": to });
        app.post("hr_officer", &path, post).await
    };
    give("2026-04-01", json!("2026-04-30"), "DESK").await.expect(200);
    give("2026-04-30", Value::Null, "DESK").await.refused(409, "already_exists");
    give("2026-03-01", json!("2026-04-01"), "DESK").await.refused(409, "already_exists");
    give("2026-05-01", Value::Null, "DESK").await.expect(200);
    give("2026-04-01", Value::Null, "HEAT").await.expect(200);
}
}

scenario! {
async fn posts_and_clients_name_projects_there_are(app) {
    let path = hired(app).await;
    let some = json!([app.fixture.project, app.fixture.unit]);
    let flat = json!({ "role": "engineering_officer", "project_ids": some, "from": "2026-03-01" });
    let refused = app.post("hr_officer", &format!("{path}/posts"), flat).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/project_ids/1");
    let scoped = json!({ "role": "engineering_officer", "scope": { "project_ids": some }, "from": "2026-03-01" });
    let refused = app.post("hr_officer", &format!("{path}/posts"), scoped).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/scope/project_ids/1");
    let client = json!({ "client_id": "crm", "name": "CRM", "role": "integration_client", "project_ids": some });
    let refused = app.post("system_admin", "/v1/clients", client).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/project_ids/1");
}
}

scenario! {
/// Full-width digits, as input methods write them, are the digits they show.
async fn a_number_is_found_as_it_is_typed(app) {
    let paper = json!({ "type": "id_card", "number": "２１０１０５198002290017" });
    let person = json!({ "kind": "person", "name": "孙七", "id_document": paper });
    app.post("cs_specialist", "/v1/customers", person.clone()).await.expect(201);
    let wide = "%EF%BC%92%EF%BC%91%EF%BC%90%EF%BC%91%EF%BC%90%EF%BC%95198002290017";
    for typed in ["210105198002290017", wide] {
        for filter in ["id_number", "q"] {
            let found = app.get("cs_specialist", &format!("/v1/customers?{filter}={typed}")).await.expect(200);
            assert_eq!(found["items"].as_array().unwrap().len(), 1, "{filter}={typed}");
        }
    }
    app.post("cs_specialist", "/v1/customers", person).await.refused(409, "possible_duplicate");
}
}

scenario! {
/// Blanks around a text do not make it long enough, whatever the resource.
async fn a_blank_text_says_nothing(app) {
    let short = report(app, json!({ "description": "\u{3000} \n 漏水 " }));
    let refused = app.post("cs_agent", "/v1/tickets", short).await.refused(422, "too_short");
    assert_eq!(refused["errors"][0]["pointer"], "/description");
    let path = format!("/v1/customers/{}/merge", app.fixture.customer);
    let merged = json!({ "target_id": app.fixture.other_customer, "reason": "   " });
    let refused = app.post("cs_supervisor", &path, merged).await.refused(422, "required");
    assert_eq!((&refused["errors"][0]["pointer"], refused["errors"].as_array().unwrap().len()), (&json!("/reason"), 1));
}
}

scenario! {
/// Nobody signs in as somebody who left, or whose file is gone.
async fn no_account_is_opened_for_who_is_gone(app) {
    let path = hired(app).await;
    let left = app.by("hr_officer", Method::PATCH, &path).if_match(1).json(json!({ "status": "inactive" }));
    let left = left.send().await.expect(200);
    let erased = app.fixture.other_customer;
    let why = json!({ "reason": "本人要求" });
    app.post("cs_manager", &format!("/v1/customers/{erased}/erase"), why).await.expect(200);
    for (field, person) in [("staff_id", left["id"].clone()), ("customer_id", json!(erased))] {
        let mut body = json!({ "login": "newcomer", "password": PASSWORD });
        body[field] = person;
        let refused = app.post("system_admin", "/v1/accounts", body).await.refused(422, "not_found");
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"));
    }
}
}
