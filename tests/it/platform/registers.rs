//! PF-E07, E08, E18, E20: protected customers, rooms, suppliers, posts.

use actix_web::http::Method;
use serde_json::json;

use crate::kit::id;
use crate::tickets::desk::{callback, replied};

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
    assert!(!history.to_string().contains("13800135678"));
}
}

scenario! {
async fn pf_e07_the_contact_behind_ones_own_case_is_clear(app) {
    let ticket = replied(app, json!({})).await;
    let waiting = callback(app, &ticket).await;
    let ask = json!({ "resource": "callback", "id": waiting, "reason": "回访" });
    let clear = app.post("cs_agent2", "/v1/contacts/reveal", ask.clone()).await.expect(200);
    assert_eq!((&clear["name"], &clear["phone"]), (&json!("王小明"), &json!("13800135678")));
    app.post("cs_agent", "/v1/contacts/reveal", ask).await.refused(404, "not_found");
    let held = json!({ "resource": "ticket", "id": id(&ticket), "reason": "上门" });
    app.post("cs_agent", "/v1/contacts/reveal", held.clone()).await.expect(200);
    app.post("cs_agent2", "/v1/contacts/reveal", held).await.refused(404, "not_found");
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
    app.post("cs_supervisor", &format!("{path}/merge"), merge.clone()).await.expect(200);
    app.later(chrono::TimeDelta::days(30));
    app.post("cs_supervisor", &format!("{path}/unmerge"), json!({ "reason": "弄错了" })).await.expect(200);
    app.post("cs_supervisor", &format!("{path}/merge"), merge).await.expect(200);
    app.later(chrono::TimeDelta::days(31));
    let late = app.post("cs_supervisor", &format!("{path}/unmerge"), json!({ "reason": "弄错了" })).await;
    late.refused(409, "unmerge_window_closed");
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
