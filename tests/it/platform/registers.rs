//! PF-E07, E08, E18, E20: protected customers, rooms, suppliers, posts.

use actix_web::http::Method;
use serde_json::json;

use crate::heating::desk::household;
use crate::kit::id;
use crate::tickets::desk::{callback, register, replied};
use crate::tickets::portfolio::contact;

scenario! {
async fn pf_e07_personal_data_is_masked_and_revealed_with_a_reason(app) {
    let path = format!("/v1/customers/{}", app.fixture.customer);
    for who in ["service_rep", "cs_specialist"] {
        let seen = app.get(who, &path).await.expect(200).to_string();
        assert!(seen.contains("王*") && seen.contains("138****5678") && !seen.contains("13800135678"), "{seen}");
    }
    let reveal = format!("{path}/reveal");
    let ask = json!({ "fields": ["name", "phones"], "reason": "核对联系方式" });
    app.post("service_rep", &reveal, ask.clone()).await.refused(403, "forbidden");
    app.post("cs_specialist", &reveal, json!({ "fields": ["name"] })).await.refused(422, "required");
    let clear = app.post("cs_specialist", &reveal, ask).await;
    assert_eq!(clear.header("cache-control"), Some("no-store"));
    assert!(clear.expect(200).to_string().contains("13800135678"));
    let history = app.get("cs_specialist", &format!("{path}/history")).await.expect(200);
    let revealed: Vec<_> = history["items"].as_array().unwrap().iter().filter(|e| e["type"] == "customer.revealed").collect();
    assert_eq!(revealed.len(), 1);
    assert_eq!(revealed[0]["actor_id"], json!(app.fixture.staff["cs_specialist"]));
    assert_eq!((&revealed[0]["data"]["fields"], &revealed[0]["reason"]), (&json!(["name", "phones"]), &json!("核对联系方式")));
    assert!(!history.to_string().contains("13800135678"));
    // He himself reads his own file in clear.
    let own = app.get("customer", &path).await.expect(200).to_string();
    assert!(own.contains("王小明") && own.contains("13800135678"), "{own}");
}
}

scenario! {
async fn pf_e07_a_list_is_revealed_with_one_reason(app) {
    let ask = |ids: serde_json::Value| json!({ "ids": ids, "fields": ["phones"], "reason": "回访名单" });
    let both = json!([app.fixture.customer, app.fixture.other_customer]);
    let clear = app.post("cs_specialist", "/v1/customers/reveal", ask(both)).await.expect(200).to_string();
    assert!(clear.contains("13800135678") && clear.contains("13900135679") && !clear.contains("王小明"), "{clear}");
    for customer in [app.fixture.customer, app.fixture.other_customer] {
        let history = app.get("cs_specialist", &format!("/v1/customers/{customer}/history")).await.expect(200);
        let told = history["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == "customer.revealed");
        assert_eq!(told.count(), 1);
    }
    let many = json!(vec![app.fixture.customer; 51]);
    app.post("cs_specialist", "/v1/customers/reveal", ask(many)).await.refused(422, "too_many_items");
    app.post("service_rep", "/v1/customers/reveal", ask(json!([app.fixture.customer]))).await.refused(403, "forbidden");
}
}

scenario! {
async fn pf_e07_the_contact_behind_ones_own_case_is_clear(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    let ask = json!({ "resource": "callback", "id": waiting, "reason": "回访" });
    let clear = app.post("cs_agent2", "/v1/contacts/reveal", ask.clone()).await.expect(200);
    assert_eq!((&clear["name"], &clear["phone"]), (&json!("王小明"), &json!("13800135678")));
    app.post("cs_agent", "/v1/contacts/reveal", ask.clone()).await.refused(404, "not_found");
    let told = app.get("system_admin", "/v1/journal-entries?limit=200").await.expect(200);
    let revealed = told["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == "contact.revealed");
    assert_eq!(revealed.count(), 1, "{told}");
    assert!(!told.to_string().contains("13800135678"));
    let held = json!({ "resource": "ticket", "id": id(&ticket), "reason": "上门" });
    app.post("cs_agent", "/v1/contacts/reveal", held.clone()).await.expect(200);
    app.post("cs_agent2", "/v1/contacts/reveal", held.clone()).await.refused(404, "not_found");
    let path = format!("/v1/callbacks/{waiting}/complete");
    app.post("cs_agent2", &path, crate::tickets::desk::said("satisfied")).await.expect(200);
    app.post("cs_agent2", "/v1/contacts/reveal", ask).await.refused(404, "not_found");
    app.post("cs_agent", "/v1/contacts/reveal", held).await.refused(404, "not_found");
}
}

scenario! {
async fn pf_e08_a_known_phone_is_a_possible_duplicate(app) {
    let body = json!({ "kind": "person", "name": "王大明", "phones": ["+86 138-0013-5678"] });
    let refusal = app.post("cs_specialist", "/v1/customers", body.clone()).await.refused(409, "possible_duplicate");
    assert!(!refusal.to_string().contains("13800135678"));
    let mut forced = body;
    forced["force_reason"] = json!("父子同用一个电话");
    let second = app.post("cs_specialist", "/v1/customers", forced).await.expect(201);
    let merge = json!({ "target_id": app.fixture.customer, "reason": "同一人" });
    let path = format!("/v1/customers/{}", id(&second));
    let before = app.get("cs_supervisor", &path).await.expect(200);
    app.post("cs_supervisor", &format!("{path}/merge"), json!({ "target_id": id(&second), "reason": "同一人" })).await
        .refused(422, "merge_into_itself");
    app.post("cs_supervisor", &format!("{path}/merge"), merge.clone()).await.expect(200);
    // The days are those of the day of the merge (PF-10), whatever is valid later.
    let fewer = json!({ "value": 10, "valid_from": "2026-03-10", "reason": "收紧" });
    let parameter = "/v1/parameters/platform.customer.unmerge_days";
    app.by("system_admin", Method::PUT, parameter).json(fewer).send().await.expect(200);
    app.later(chrono::TimeDelta::days(30));
    let mut after = app.post("cs_supervisor", &format!("{path}/unmerge"), json!({ "reason": "弄错了" })).await.expect(200);
    for moved in ["version", "updated_at"] {
        after[moved] = before[moved].clone();
    }
    assert_eq!(after, before, "as before the merge");
    let found = app.get("cs_supervisor", "/v1/customers?phone=13800135678").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 2, "each answers for his phone again");
    app.post("cs_supervisor", &format!("{path}/merge"), merge).await.expect(200);
    app.later(chrono::TimeDelta::days(11));
    let late = app.post("cs_supervisor", &format!("{path}/unmerge"), json!({ "reason": "弄错了" })).await;
    late.refused(409, "unmerge_window_closed");
}
}

scenario! {
/// What was registered for a file that was merged away is found under the one that stays, until they are apart again.
async fn pf_e08_cases_of_a_merged_file_are_found_under_the_other(app) {
    let (kept, gone) = (app.fixture.customer, app.fixture.other_customer);
    let case = register(app, json!({ "customer_id": gone })).await;
    let log = app.post("cs_agent", "/v1/contact-logs", contact(&gone.to_string(), json!({}))).await.expect(201);
    let found = async |list: &str, row: &serde_json::Value| {
        let list = app.get("cs_supervisor", &format!("{list}?customer_id={kept}")).await.expect(200);
        list["items"].as_array().unwrap().iter().any(|item| item["id"] == row["id"])
    };
    let seen = async || (found("/v1/tickets", &case).await, found("/v1/contact-logs", &log).await);
    assert_eq!(seen().await, (false, false));
    let path = format!("/v1/customers/{gone}");
    let merge = json!({ "target_id": kept, "reason": "同一人" });
    app.post("cs_supervisor", &format!("{path}/merge"), merge).await.expect(200);
    assert_eq!(seen().await, (true, true));
    app.post("cs_supervisor", &format!("{path}/unmerge"), json!({ "reason": "弄错了" })).await.expect(200);
    assert_eq!(seen().await, (false, false));
    app.get("cs_supervisor", "/v1/tickets?customer_id=x").await.refused(400, "invalid_parameter");
}
}

scenario! {
/// Whose file was merged into another signs in as before and sees what is the other's too, until they are apart again.
async fn pf_e08_the_account_of_a_merged_file_opens_the_other(app) {
    let (gone, kept) = (app.fixture.customer, app.fixture.other_customer);
    let case = register(app, json!({ "customer_id": kept })).await;
    let ticket = format!("/v1/tickets/{}", id(&case));
    app.get("customer", &ticket).await.refused(404, "not_found");
    let path = format!("/v1/customers/{gone}");
    let merge = json!({ "target_id": kept, "reason": "同一人" });
    app.post("cs_supervisor", &format!("{path}/merge"), merge).await.expect(200);
    app.get("customer", &ticket).await.expect(200);
    assert_eq!(app.get("customer", "/v1/me").await.expect(200)["customer_id"], json!(kept));
    app.post("cs_supervisor", &format!("{path}/unmerge"), json!({})).await.expect(200);
    app.get("customer", &ticket).await.refused(404, "not_found");
}
}

scenario! {
/// Merged again and again, the last file has the cases of them all, and so has whoever signs in for the first.
async fn pf_e08_the_last_of_many_files_has_the_cases_of_all(app) {
    let case = register(app, json!({ "customer_id": app.fixture.customer })).await;
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let home = format!("/v1/households/{}", id(&home));
    let address = app.get("customer", &home).await.expect(200)["address"].clone();
    let mut last = app.fixture.customer.to_string();
    for name in ["王一", "王二", "王三", "王四"] {
        let next = app.post("cs_specialist", "/v1/customers", json!({ "kind": "person", "name": name })).await.expect(201);
        let merge = json!({ "target_id": next["id"], "reason": "同一人" });
        app.post("cs_supervisor", &format!("/v1/customers/{last}/merge"), merge).await.expect(200);
        last = id(&next);
    }
    let found = app.get("cs_supervisor", &format!("/v1/tickets?customer_id={last}")).await.expect(200);
    assert_eq!(found["items"][0]["id"], case["id"]);
    app.get("customer", &format!("/v1/tickets/{}", id(&case))).await.expect(200);
    assert_eq!(app.get("customer", &home).await.expect(200)["address"], address, "still clear to himself");
}
}

scenario! {
/// Whoever may not know the other file hears only that there is one.
async fn pf_e08_a_duplicate_out_of_sight_stays_unnamed(app) {
    let body = json!({ "kind": "person", "name": "王大明", "phones": ["13800135678"] });
    let seen = app.post("cs_specialist", "/v1/customers", body.clone()).await.refused(409, "possible_duplicate");
    assert!(seen.to_string().contains(&app.fixture.customer.to_string()), "{seen}");
    let hidden = app.post("property_consultant", "/v1/customers", body).await.refused(409, "possible_duplicate");
    assert!(!hidden.to_string().contains(&app.fixture.customer.to_string()), "{hidden}");
}
}

scenario! {
async fn pf_e18_one_room_has_one_number(app) {
    let body = |room: &str| json!({ "building_id": app.fixture.building, "room_no": room, "use": "residence" });
    app.post("system_admin", "/v1/units", body("3幢2单元1201室")).await.refused(409, "unit_exists");
    app.post("system_admin", "/v1/units", body("3幢2单元1301室")).await.expect(201);
    app.post("system_admin", "/v1/units", body("三楼东")).await.refused(422, "room_invalid");
    let project = app.get("cs_agent", &format!("/v1/projects/{}", app.fixture.project)).await;
    let tag = project.header("etag").unwrap().to_owned();
    let path = format!("/v1/projects/{}", app.fixture.project);
    let again = app.by("cs_agent", Method::GET, &path).header("If-None-Match", &tag).send().await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
}
}

scenario! {
async fn pf_e20_a_credit_code_is_checked_and_unique(app) {
    let body = |uscc: &str| json!({ "kinds": ["contractor"], "name": "宏远建筑", "uscc": uscc });
    app.post("cost_manager", "/v1/suppliers", body("91350100M000100Y44")).await.refused(422, "uscc_invalid");
    app.post("cost_manager", "/v1/suppliers", body("91350100M000100Y43")).await.expect(201);
    app.post("cost_manager", "/v1/suppliers", body("91350100M000100Y43")).await.refused(409, "possible_duplicate");
}
}

scenario! {
/// A post that was taken away stops working at once, not when the token expires.
async fn a_removed_post_stops_at_once(app) {
    app.get("cs_agent", "/v1/me").await.expect(200);
    let path = format!("/v1/staff/{}/end-post", app.fixture.staff["cs_agent"]);
    app.post("hr_officer", &path, json!({ "role": "cs_agent" })).await.expect(200);
    app.get("cs_agent", "/v1/me").await.refused(403, "forbidden");
}
}
