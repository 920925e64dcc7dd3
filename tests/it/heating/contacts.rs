//! The person behind one's own open work (heating §3): a visit, an inspection case, a valve check.

use serde_json::{Value, json};

use super::desk::*;
use super::visits::{OFFICER, leak_found, line, network, visit};
use crate::kit::{Answer, TestApp, id};

async fn reveal(app: &TestApp, who: &str, resource: &str, of: &Value, home: Option<&Value>) -> Answer {
    let mut body = json!({ "resource": resource, "id": of, "reason": "预约上门时间" });
    if let Some(home) = home {
        body["household_id"] = home["id"].clone();
    }
    app.post(who, "/v1/contacts/reveal", body).await
}

#[track_caller]
fn is_clear(answer: Answer) {
    let contact = answer.expect(200);
    assert_eq!((&contact["name"], &contact["phone"]), (&json!("王小明"), &json!("13800135678")), "{contact}");
}

async fn own_home(app: &TestApp) -> Value {
    household(app, json!({ "customer_id": app.fixture.customer })).await
}

scenario! {
async fn an_inspector_reads_the_holder_of_his_open_case_alone(app) {
    let home = own_home(app).await;
    let case = found(app, &home, json!({ "kind": "demolition" })).await;
    is_clear(reveal(app, INSPECTOR, "inspection_case", &case["id"], None).await);
    // Not his, though he may read it.
    reveal(app, HEAD, "inspection_case", &case["id"], None).await.refused(404, "not_found");
    let told = app.get("system_admin", "/v1/journal-entries?limit=200").await.expect(200);
    let revealed = told["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == "contact.revealed");
    assert_eq!(revealed.count(), 1);
    assert!(!told.to_string().contains("13800135678"));
}
}

scenario! {
async fn a_valve_to_be_checked_tells_who_lives_there_until_it_is_checked(app) {
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let home = own_home(app).await;
    area(app, &home, json!({})).await;
    billed(app, &season, &home).await;
    valve_list(app, &season, json!({})).await;
    let check = app.get(INSPECTOR, &format!("/v1/valve-checks?household_id={}", id(&home))).await.expect(200)["items"][0].clone();
    is_clear(reveal(app, INSPECTOR, "valve_check", &check["id"], None).await);
    // The station has nothing to do there yet.
    reveal(app, HEAD, "valve_check", &check["id"], None).await.refused(404, "not_found");
    let path = format!("/v1/valve-checks/{}/check", id(&check));
    let closed = seen(app, json!({})).await;
    app.post(INSPECTOR, &path, closed).await.expect(200);
    reveal(app, INSPECTOR, "valve_check", &check["id"], None).await.refused(404, "not_found");
}
}

scenario! {
async fn an_officer_reads_the_homes_of_his_visit_while_something_waits_there(app) {
    let problem = leak_found(app).await;
    is_clear(reveal(app, OFFICER, "visit", &problem["visit_id"], None).await);
    reveal(app, MANAGER, "visit", &problem["visit_id"], None).await.refused(403, "forbidden");
    // The day after the problem still waits; once it is solved nothing does.
    app.at("2026-03-03T08:00:00+08:00");
    is_clear(reveal(app, OFFICER, "visit", &problem["visit_id"], None).await);
    let solved = json!({ "cause": "阀门老化", "solution": "已更换阀门" });
    app.post(OFFICER, &format!("/v1/visit-problems/{}/solve", id(&problem)), solved).await.expect(200);
    reveal(app, OFFICER, "visit", &problem["visit_id"], None).await.refused(404, "not_found");
}
}

scenario! {
async fn of_several_homes_of_a_visit_one_is_named(app) {
    let (place, homes) = network(app).await;
    let lines = homes[..2].iter().map(|home| line(home, json!({}))).collect();
    let row = visit(app, &place, "2026-03-02T07:00:00+08:00", lines).await.expect(201);
    let refused = reveal(app, OFFICER, "visit", &row["id"], None).await.refused(422, "required");
    assert_eq!(refused["errors"][0]["pointer"], "/household_id", "{refused}");
    is_clear(reveal(app, OFFICER, "visit", &row["id"], Some(&homes[1])).await);
    // A home he did not visit.
    reveal(app, OFFICER, "visit", &row["id"], Some(&homes[4])).await.refused(404, "not_found");
}
}
