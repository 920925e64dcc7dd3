//! Rows under the keys other systems have for them (PF-04, PF-05): what a path may name, and what is left as it was.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{Answer, TestApp, id, with};

/// An integration of one project, signed in.
async fn integration(app: &TestApp) -> String {
    let client = json!({ "client_id": "crm", "name": "CRM", "role": "integration_client",
        "project_ids": [app.fixture.project] });
    let made = app.by("system_admin", Method::POST, "/v1/clients").json(client).send().await.expect(201);
    let secret = made["client_secret"].as_str().unwrap();
    let form = format!("grant_type=client_credentials&client_id=crm&client_secret={secret}");
    let tokens = app.call(Method::POST, "/v1/auth/token").form(&form).send().await.expect(200);
    format!("Bearer {}", tokens["access_token"].as_str().unwrap())
}

async fn put(app: &TestApp, bearer: &str, body: Value) -> Answer {
    let call = app.call(Method::PUT, "/v1/customers/by-external-id/crm/C-7").header("Authorization", bearer);
    call.json(body).send().await
}

scenario! {
/// A plus is a plus, and all that is written between two slashes is one name.
async fn a_key_in_a_path_is_taken_as_it_stands(app) {
    let written = [("A+B", "A+B"), ("a&b", "a&b"), ("%E6%88%BF-1", "房-1"), ("x%2Fy", "x/y"), ("50%25", "50%")];
    for (n, (written, meant)) in written.into_iter().enumerate() {
        let path = format!("/v1/units/by-external-id/erp/{written}");
        let room = format!("3-2-17{:02}", n + 1);
        let body = json!({ "building_id": app.fixture.building, "room_no": room, "use": "residence" });
        let put = || app.by("system_admin", Method::PUT, &path).json(body.clone());
        let made = put().send().await.expect(201);
        assert_eq!(made["external_ids"], json!([{ "system": "erp", "id": meant }]), "{written}");
        assert_eq!(id(&put().send().await.expect(200)), id(&made), "{written}");
    }
}
}

scenario! {
async fn a_key_in_a_path_has_the_limits_of_one_in_a_body(app) {
    let put = async |key: &str| {
        let path = format!("/v1/customers/by-external-id/{key}");
        let body = json!({ "kind": "person", "name": "赵六" });
        app.by("cs_specialist", Method::PUT, &path).json(body).send().await
    };
    for (key, pointer, code) in [
        (format!("{}/1", "s".repeat(41)), "/system", "too_long"),
        (format!("crm/{}", "1".repeat(121)), "/external_id", "too_long"),
        ("crm/%20".to_owned(), "/external_id", "required"),
        ("crm/a%07b".to_owned(), "/external_id", "text_invalid"),
        ("%E2%80%AEcrm/1".to_owned(), "/system", "text_invalid"),
    ] {
        let refused = put(&key).await.refused(422, code);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{key}");
    }
    // What is no text at all names nothing.
    for key in ["crm/a%00b", "crm/a%zz", "crm/%ff"] {
        put(key).await.refused(404, "not_found");
    }
}
}

scenario! {
/// What another system does not say of a customer – whose he is, where he belongs, what he agreed to – stays.
async fn an_upsert_leaves_what_it_does_not_say(app) {
    let bearer = integration(app).await;
    let body = json!({ "kind": "person", "name": "周敏", "phones": ["13700007777"] });
    let made = put(app, &bearer, body.clone()).await.expect(201);
    assert_eq!(made["project_id"], json!(app.fixture.project));
    let path = format!("/v1/customers/{}", id(&made));
    let ours = json!({ "consents": { "opted_out_channels": ["sms"] }, "owner_staff_id": app.fixture.staff["cs_agent"] });
    let call = app.by("cs_specialist", Method::PATCH, &path).if_match(made["version"].as_i64().unwrap());
    let ours = call.json(ours).send().await.expect(200);
    let again = with(body.clone(), &json!({ "category": "owner", "external_ids": [{ "system": "erp", "id": "E-7" }] }));
    let kept = put(app, &bearer, again).await.expect(200);
    for field in ["id", "project_id", "owner_staff_id", "consents", "phones"] {
        assert_eq!(kept[field], ours[field], "{field}");
    }
    assert_eq!(kept["category"], "owner");
    assert_eq!(kept["external_ids"], json!([{ "system": "crm", "id": "C-7" }, { "system": "erp", "id": "E-7" }]));
    let said = put(app, &bearer, with(body, &json!({ "consents": { "marketing": true } }))).await.expect(200);
    assert_eq!(said["consents"], json!({ "marketing": true, "opted_out_channels": [] }));
    // Of phones, addresses and tags too: an empty list is said, an absent one is not.
    let tagged = json!({ "kind": "person", "name": "周敏", "addresses": ["通江路 1 号"], "tags": ["vip"] });
    let tagged = put(app, &bearer, tagged).await.expect(200);
    let silent = put(app, &bearer, json!({ "kind": "person", "name": "周敏" })).await.expect(200);
    for field in ["phones", "addresses", "tags", "category"] {
        assert_eq!(silent[field], tagged[field], "{field}");
    }
    assert_eq!((&silent["category"], &silent["tags"]), (&json!("owner"), &json!(["vip"])));
    assert_eq!(silent["phones"], kept["phones"]);
    let emptied = json!({ "kind": "person", "name": "周敏", "phones": [], "tags": [] });
    let emptied = put(app, &bearer, emptied).await.expect(200);
    assert_eq!((&emptied["phones"], &emptied["tags"]), (&json!([]), &json!([])));
    assert_eq!(emptied["addresses"], tagged["addresses"]);
    let unit = json!({ "building_id": app.fixture.building, "room_no": "3-2-1801", "use": "residence",
        "external_ids": [{ "system": "oa", "id": "U-1" }] });
    let path = "/v1/units/by-external-id/erp/U-1";
    let call = || app.by("system_admin", Method::PUT, path).json(unit.clone());
    let both = json!([{ "system": "erp", "id": "U-1" }, { "system": "oa", "id": "U-1" }]);
    assert_eq!(call().send().await.expect(201)["external_ids"], both);
    assert_eq!(call().send().await.expect(200)["external_ids"], both);
    let measured = json!({ "floor": 18, "registered_area_m2": "89.37", "delivered_on": "2025-08-06" });
    let put = app.by("system_admin", Method::PUT, path).json(with(unit.clone(), &measured));
    let told = put.send().await.expect(200);
    let silent = call().send().await.expect(200);
    for field in ["floor", "registered_area_m2", "delivered_on"] {
        assert_eq!((&silent[field], &told[field]), (&measured[field], &measured[field]), "{field}");
    }
}
}

scenario! {
/// What is said once more is no change: the version stays, and nobody is told of anything.
async fn an_upsert_that_says_nothing_new_changes_nothing(app) {
    let bearer = integration(app).await;
    let body = json!({ "kind": "person", "name": "周敏", "phones": ["13700007777"], "addresses": ["通江路 1 号"],
        "id_document": { "type": "passport", "number": "E12345678" }, "tags": ["vip"],
        "external_ids": [{ "system": "erp", "id": "E-7" }] });
    let made = put(app, &bearer, body.clone()).await.expect(201);
    assert_eq!(put(app, &bearer, body.clone()).await.expect(200)["version"], made["version"]);
    let moved = put(app, &bearer, with(body, &json!({ "phones": ["13700008888"] }))).await.expect(200);
    assert_eq!((&moved["version"], &moved["phones"]), (&json!(2), &json!(["137****8888"])));
    let unit = json!({ "building_id": app.fixture.building, "room_no": "3-2-1901", "use": "residence", "floor": 19,
        "registered_area_m2": "89.37" });
    let call = json!({ "direction": "in", "channel_code": "hotline", "external_number": "13800135678",
        "ring_started_at": "2026-03-02T07:59:00+08:00", "answered_at": "2026-03-02T07:59:05+08:00", "result": "answered" });
    for (who, path, body, news) in [
        ("system_admin", "/v1/units/by-external-id/erp/U-2", unit, json!({ "floor": 18 })),
        ("cs_agent", "/v1/calls/by-external-id/pbx/K-2", call, json!({ "external_number": "13800135679" })),
    ] {
        let put = async |body: Value| app.by(who, Method::PUT, path).json(body).send().await;
        let made = put(body.clone()).await.expect(201);
        assert_eq!(put(body.clone()).await.expect(200)["version"], made["version"], "{path}");
        assert_eq!(put(with(body, &news)).await.expect(200)["version"], 2, "{path}");
    }
}
}

scenario! {
/// A machine that may read a customer hears what becomes of him.
async fn a_machine_hears_of_the_customers_it_may_read(app) {
    let bearer = integration(app).await;
    let made = app.post("cs_specialist", "/v1/customers", json!({ "kind": "person", "name": "赵六" })).await.expect(201);
    app.store.seal_now().await.unwrap();
    let read = async |path: &str| app.call(Method::GET, path).header("Authorization", &bearer).send().await.expect(200);
    read(&format!("/v1/customers/{}", id(&made))).await;
    let feed = read("/v1/events?after=0&types=customer.created").await;
    assert!(feed["items"].as_array().unwrap().iter().any(|item| item["resource_id"] == made["id"]), "{feed}");
}
}
