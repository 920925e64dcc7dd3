//! What the registers say of their rows (platform §4): keys elsewhere, scope of posts, names, what may be done next.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{TestApp, id, with};

async fn hired(app: &TestApp, number: &str, fields: Value) -> Value {
    let body = json!({ "number": number, "name": "新人", "org_unit_id": app.fixture.units["DESK"] });
    app.post("hr_officer", "/v1/staff", with(body, &fields)).await.expect(201)
}

async fn patch(app: &TestApp, who: &str, path: &str, version: &Value, body: Value) -> crate::kit::Answer {
    app.by(who, Method::PATCH, path).if_match(version.as_i64().unwrap()).json(body).send().await
}

async fn told(app: &TestApp, path: &str, kind: &str) -> Vec<Value> {
    let history = app.get("system_admin", &format!("{path}/history")).await.expect(200);
    history["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == kind).cloned().collect()
}

/// Whether an act of the row is allowed, with the first reason when not.
fn may(row: &Value, action: &str) -> (bool, Value) {
    let acts = row["allowed_actions"].as_array().unwrap_or_else(|| panic!("no acts: {row}"));
    let act = acts.iter().find(|act| act["action"] == action).unwrap_or_else(|| panic!("no {action}: {row}"));
    (act["allowed"] == true, act["reasons"][0]["code"].clone())
}

async fn found(app: &TestApp, who: &str, path: &str) -> Vec<Value> {
    app.get(who, path).await.expect(200)["items"].as_array().unwrap().clone()
}

scenario! {
async fn a_post_names_its_scope_as_one_object(app) {
    let person = hired(app, "P1", json!({})).await;
    let path = format!("/v1/staff/{}/posts", id(&person));
    let scope = json!({ "org_unit_id": app.fixture.units["TEAM"], "project_ids": [app.fixture.project], "discipline": "civil" });
    let post = json!({ "role": "engineering_officer", "scope": scope, "from": "2026-03-01" });
    let row = app.post("hr_officer", &path, post).await.expect(200);
    assert_eq!(row["posts"][0]["scope"], scope);
    assert_eq!(row["posts"][0]["org_unit_id"], scope["org_unit_id"]);
    app.later(chrono::TimeDelta::minutes(1));
    let flat = json!({ "role": "cs_agent", "org_unit_id": app.fixture.units["DESK"], "from": "2026-03-01" });
    let row = app.post("hr_officer", &path, flat).await.expect(200);
    let second = json!({ "org_unit_id": app.fixture.units["DESK"], "project_ids": [], "discipline": null });
    assert_eq!(row["posts"][1]["scope"], second);
    let nowhere = json!({ "role": "cs_agent", "scope": { "org_unit_id": uuid::Uuid::now_v7() }, "from": "2026-03-01" });
    let refused = app.post("hr_officer", &path, nowhere).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/scope/org_unit_id");
}
}

scenario! {
async fn every_register_row_carries_its_keys_elsewhere(app) {
    let key = |name: &str| json!([{ "system": "erp", "id": name }]);
    let unit = json!({ "code": "X1", "name": "一部", "kind": "department", "external_ids": key("u1") });
    let phase = json!({ "project_id": app.fixture.project, "code": "2", "name": "二期", "external_ids": key("p1") });
    let supplier = json!({ "kinds": ["contractor"], "name": "某建筑公司", "external_ids": key("s1") });
    let person = json!({ "number": "X1", "name": "新人", "org_unit_id": app.fixture.units["DESK"], "external_ids": key("e1") });
    for (who, path, body) in [
        ("hr_officer", "/v1/org-units", unit), ("system_admin", "/v1/phases", phase),
        ("system_admin", "/v1/suppliers", supplier), ("hr_officer", "/v1/staff", person),
    ] {
        let keys = body["external_ids"].clone();
        let row = app.post(who, path, body).await.expect(201);
        assert_eq!(row["external_ids"], keys, "{path}");
        let again = app.get("system_admin", &format!("{path}/{}", id(&row))).await.expect(200);
        assert_eq!(again["external_ids"], keys, "{path}");
        let listed = found(app, "system_admin", &format!("{path}?limit=200")).await;
        assert!(listed.iter().any(|row| row["external_ids"] == keys), "{path}");
    }
    let taken = json!({ "code": "X2", "name": "二部", "kind": "department", "external_ids": key("u1") });
    app.post("hr_officer", "/v1/org-units", taken).await.refused(409, "already_exists");
}
}

scenario! {
/// §17: a name is one line in NFC, trimmed, not empty.
async fn a_name_is_one_clean_line(app) {
    let fixture = &app.fixture;
    let cases = [
        ("hr_officer", "/v1/org-units", "name", json!({ "code": "N1", "kind": "department" })),
        ("hr_officer", "/v1/staff", "name", json!({ "number": "N1", "org_unit_id": fixture.units["DESK"] })),
        ("system_admin", "/v1/projects", "name", json!({ "code": "N1" })),
        ("system_admin", "/v1/phases", "name", json!({ "project_id": fixture.project, "code": "N1" })),
        ("system_admin", "/v1/buildings", "name", json!({ "project_id": fixture.project, "code": "N1" })),
        ("cs_specialist", "/v1/custody-items", "title", json!({ "kind": "drawing", "originals": 1 })),
    ];
    for (who, path, field, mut body) in cases {
        for (wrong, code) in [("甲\n乙", "text_invalid"), ("甲\t乙", "text_invalid"), ("甲\u{61c}乙", "text_invalid"), ("   ", "required")] {
            body[field] = json!(wrong);
            let refused = app.post(who, path, body.clone()).await.refused(422, code);
            assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"), "{path} {wrong:?}");
        }
        body[field] = json!("  Cafe\u{301} ");
        let row = app.post(who, path, body).await.expect(201);
        assert_eq!(row[field], "Caf\u{e9}", "{path}");
    }
}
}

scenario! {
async fn what_is_typed_is_found_as_it_stands(app) {
    hired(app, "Q1", json!({ "name": "Smith 100%" })).await;
    hired(app, "Q_2", json!({ "name": "Jones" })).await;
    let names = async |q: &str| {
        let rows = found(app, "hr_officer", &format!("/v1/staff?q={q}")).await;
        rows.into_iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("%25").await, ["Smith 100%"]);
    assert_eq!(names("sMITH").await, ["Smith 100%"]);
    assert_eq!(names("q_").await, ["Jones"]);
    let unit = json!({ "code": "lab_1", "name": "Laboratory", "kind": "department" });
    app.post("hr_officer", "/v1/org-units", unit).await.expect(201);
    for q in ["LABOR", "Lab_", "lab_1"] {
        assert_eq!(found(app, "hr_officer", &format!("/v1/org-units?q={q}")).await.len(), 1, "{q}");
    }
    assert!(found(app, "hr_officer", "/v1/org-units?q=%25").await.is_empty());
}
}

scenario! {
/// Full or half width, large or small letters: names, codes and numbers are compared in one form.
async fn keys_are_compared_in_one_form(app) {
    let company = json!({ "kind": "company", "name": "Ａｃｍｅ（北京） Ltd" });
    app.post("cs_specialist", "/v1/customers", company).await.expect(201);
    for q in ["acme(%E5%8C%97%E4%BA%AC)ltd", "ACME%EF%BC%88%E5%8C%97%E4%BA%AC%EF%BC%89LTD"] {
        assert_eq!(found(app, "cs_specialist", &format!("/v1/customers?q={q}")).await.len(), 1, "{q}");
    }
    let passport = |number: &str| {
        json!({ "kind": "person", "name": "周一", "id_document": { "type": "passport", "number": number } })
    };
    app.post("cs_specialist", "/v1/customers", passport("Ｅ１２345678")).await.expect(201);
    app.post("cs_specialist", "/v1/customers", passport("e12345678")).await.refused(409, "possible_duplicate");
    let (desk, project) = (app.fixture.units["DESK"], app.fixture.project);
    for (who, path, body) in [
        ("hr_officer", "/v1/org-units", json!({ "code": "ｄｅｓｋ", "name": "又一部", "kind": "department" })),
        ("hr_officer", "/v1/staff", json!({ "number": "CS_Agent", "name": "甲", "org_unit_id": desk })),
        ("system_admin", "/v1/projects", json!({ "code": "hp", "name": "又一个" })),
        ("system_admin", "/v1/buildings", json!({ "project_id": project, "code": "３", "name": "又一幢" })),
    ] {
        app.post(who, path, body).await.refused(409, "already_exists");
    }
    let phase = json!({ "project_id": project, "code": "Ｐ２", "name": "二期" });
    assert_eq!(app.post("system_admin", "/v1/phases", phase).await.expect(201)["code"], "P2");
}
}

scenario! {
async fn a_comma_means_any_of(app) {
    let tagged = |name: &str, phone: &str, tag: &str| json!({ "kind": "person", "name": name, "phones": [phone], "tags": [tag] });
    app.post("cs_specialist", "/v1/customers", tagged("赵一", "13700000001", "owner")).await.expect(201);
    app.post("cs_specialist", "/v1/customers", tagged("钱二", "13700000002", "tenant")).await.expect(201);
    let count = async |path: &str| found(app, "cs_specialist", path).await.len();
    assert_eq!(count("/v1/customers?tag=owner,tenant").await, 2);
    assert_eq!(count("/v1/customers?tag=owner").await, 1);
    assert_eq!(count("/v1/customers?phone=13700000001,13700000002").await, 2);
    app.get("cs_specialist", "/v1/customers?phone=13700000001,x").await.refused(400, "invalid_parameter");
    for (unit, customer) in
        [(app.fixture.unit, app.fixture.other_customer), (app.fixture.other_unit, app.fixture.customer)]
    {
        let owner = json!({ "customer_id": customer, "from": "2026-01-01" });
        app.post("cs_clerk", &format!("/v1/units/{unit}/owners"), owner).await.expect(201);
    }
    let (one, other) = (app.fixture.unit, app.fixture.other_unit);
    assert_eq!(count(&format!("/v1/customers?unit_id={one},{other}")).await, 2);
    app.get("cs_specialist", &format!("/v1/customers?unit_id={one},x")).await.refused(400, "invalid_parameter");
    assert_eq!(found(app, "system_admin", "/v1/units?room_no=3-2-1201,3-2-1202").await.len(), 2);
    for (number, category) in [("S1", "repair"), ("S2", "heating")] {
        hired(app, number, json!({ "skills": [{ "category": category, "level": 3 }] })).await;
    }
    assert_eq!(found(app, "hr_officer", "/v1/staff?skill=repair,heating").await.len(), 2);
    assert_eq!(found(app, "hr_officer", "/v1/staff?skill=repair").await.len(), 1);
}
}

scenario! {
async fn null_removes_what_is_known(app) {
    let person = hired(app, "R1", json!({ "phone": "13700000009", "email": "new@example.com" })).await;
    let path = format!("/v1/staff/{}", id(&person));
    let kept = patch(app, "hr_officer", &path, &person["version"], json!({ "name": "旧人" })).await.expect(200);
    assert_eq!((&kept["phone"], &kept["email"]), (&person["phone"], &person["email"]));
    let body = json!({ "phone": null, "email": null });
    let bare = patch(app, "hr_officer", &path, &kept["version"], body).await.expect(200);
    assert_eq!((&bare["phone"], &bare["email"]), (&Value::Null, &Value::Null));
    let paper = json!({ "type": "id_card", "number": "11010519491231002X" });
    let file = json!({ "kind": "person", "name": "孙三", "phones": ["13700000003"], "addresses": ["沈阳市皇姑区北陵大街1号"],
        "id_document": paper });
    let file = app.post("cs_specialist", "/v1/customers", file).await.expect(201);
    assert!(file["id_document"].is_object());
    let path = format!("/v1/customers/{}", id(&file));
    let body = json!({ "id_document": null, "addresses": null });
    let file = patch(app, "cs_specialist", &path, &file["version"], body).await.expect(200);
    assert_eq!((&file["id_document"], &file["addresses"]), (&Value::Null, &json!([])));
    assert_eq!(file["phones"], json!(["137****0003"]));
    let nameless = patch(app, "cs_specialist", &path, &file["version"], json!({ "name": null })).await;
    assert_eq!(nameless.refused(422, "required")["errors"][0]["pointer"], "/name");
}
}

scenario! {
/// An identity card is judged by the kind beside its number, and told with all else that is wrong.
async fn a_wrong_identity_card_is_told_with_the_rest(app) {
    let body = json!({ "kind": "person", "name": "孙三", "phones": ["1380013567"], "uscc": "91350100M000100Y44",
        "id_document": { "type": "id_card", "number": "110105491231002" } });
    let refused = app.post("cs_specialist", "/v1/customers", body).await.expect(422);
    let wrong: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|it| (&it["pointer"], &it["code"])).collect();
    let [card, phone, code] = ["id_invalid", "phone_invalid", "uscc_invalid"].map(|it| json!(it));
    let [at_card, at_phone, at_code] = ["/id_document/number", "/phones/0", "/uscc"].map(|it| json!(it));
    assert_eq!(wrong, [(&at_card, &card), (&at_phone, &phone), (&at_code, &code)]);
    let passport = json!({ "kind": "person", "name": "孙三", "id_document": { "type": "passport", "number": "110105491231002" } });
    app.post("cs_specialist", "/v1/customers", passport).await.expect(201);
}
}

scenario! {
async fn who_leaves_loses_each_post_as_a_fact(app) {
    let person = hired(app, "L1", json!({})).await;
    let path = format!("/v1/staff/{}", id(&person));
    for role in ["cs_agent", "team_leader"] {
        let post = json!({ "role": role, "from": "2026-03-01" });
        app.post("hr_officer", &format!("{path}/posts"), post).await.expect(200);
    }
    let row = app.get("hr_officer", &path).await.expect(200);
    assert!(may(&row, "posts").0);
    let gone = patch(app, "hr_officer", &path, &row["version"], json!({ "status": "inactive" })).await.expect(200);
    assert_eq!((&gone["posts"], may(&gone, "posts")), (&json!([]), (false, json!("invalid_state"))));
    let mut roles: Vec<_> = told(app, &path, "staff.post_ended").await.iter().map(|fact| fact["data"]["role"].clone()).collect();
    roles.sort_by_key(Value::to_string);
    assert_eq!(roles, [json!("cs_agent"), json!("team_leader")]);
    let theirs = json!({ "kind": "person", "name": "孙三", "owner_staff_id": person["id"] });
    let refused = app.post("cs_specialist", "/v1/customers", theirs).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/owner_staff_id");
    let post = json!({ "role": "cs_agent", "from": "2026-03-01" });
    app.post("hr_officer", &format!("{path}/posts"), post).await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_building_entered_as_accepted_was_accepted(app) {
    let body = json!({ "project_id": app.fixture.project, "code": "9", "name": "9号楼", "accepted_on": "2025-12-01" });
    let row = app.post("system_admin", "/v1/buildings", body).await.expect(201);
    assert_eq!(told(app, &format!("/v1/buildings/{}", id(&row)), "building.accepted").await.len(), 1);
}
}

scenario! {
async fn an_owner_is_found_where_his_location_says(app) {
    let path = format!("/v1/units/{}/owners", app.fixture.unit);
    let body = json!({ "customer_id": app.fixture.other_customer, "from": "2026-01-01" });
    let made = app.post("system_admin", &path, body).await;
    assert_eq!(made.header("location"), Some(path.as_str()));
    made.expect(201);
    app.get("system_admin", &path).await.expect(200);
}
}

scenario! {
/// A row says what may be done with it, and what it does not allow is refused.
async fn rows_say_what_may_be_done_with_them(app) {
    let supplier = json!({ "kinds": ["contractor"], "name": "某建筑公司" });
    let supplier = app.post("system_admin", "/v1/suppliers", supplier).await.expect(201);
    let path = format!("/v1/suppliers/{}", id(&supplier));
    let seen = app.get("cost_manager", &path).await.expect(200);
    assert_eq!((may(&seen, "blacklist"), may(&seen, "unblacklist")), ((true, Value::Null), (false, json!("invalid_state"))));
    let listed = app.post("cost_manager", &format!("{path}/blacklist"), json!({ "reason": "拖延工期" })).await.expect(200);
    assert_eq!((may(&listed, "blacklist").0, may(&listed, "unblacklist").0), (false, true));
    let again = app.post("cost_manager", &format!("{path}/blacklist"), json!({ "reason": "拖延工期" })).await;
    again.refused(409, "invalid_state");

    let file = app.get("cs_supervisor", &format!("/v1/customers/{}", app.fixture.customer)).await.expect(200);
    assert_eq!((may(&file, "merge"), may(&file, "unmerge").1), ((true, Value::Null), json!("invalid_state")));
    let own = app.get("customer", &format!("/v1/customers/{}", app.fixture.customer)).await.expect(200);
    assert!(own.get("allowed_actions").is_none());

    let lent = json!({ "to_staff_id": app.fixture.staff["cs_agent2"], "role": "cs_agent", "from": "2026-03-02",
        "to": "2026-03-05", "reason": "休假" });
    let lent = app.post("cs_agent", "/v1/delegations", lent).await.expect(201);
    assert!(may(&lent, "revoke").0);
    app.later(chrono::TimeDelta::minutes(1));
    let back = app.post("cs_agent", &format!("/v1/delegations/{}/revoke", id(&lent)), json!({})).await.expect(200);
    assert_eq!(back["created_by"], json!(app.fixture.staff["cs_agent"]));
    assert_eq!((&back["created_at"], &back["updated_at"]), (&lent["created_at"], &back["revoked_at"]));
    assert_eq!(may(&back, "revoke"), (false, json!("invalid_state")));
}
}
