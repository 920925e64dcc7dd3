//! A wrong body is told before a stale version and a wrong state.

use actix_web::http::Method;
use serde_json::json;

use super::complaints::{complained, complaint_of};
use super::desk::*;
use super::visits::{OFFICER, network};
use crate::kit::id;
use crate::tickets::desk::document;

scenario! {
async fn an_outage_is_restored_by_a_right_body_first(app) {
    let place = station(app, json!({})).await;
    let row = outage(app, &place, json!({})).await;
    let root = root_cause(app).await;
    app.at("2026-03-02T10:00:00+08:00");
    let path = format!("/v1/outages/{}", id(&row));
    let back = |at: &str| json!({ "restored_at": at, "solution": "更换阀门", "root_cause_code": root });
    let (wrong, right) = (back("2026-03-02T08:00:00+08:00"), back("2026-03-02T09:00:00+08:00"));
    let restore = format!("{path}/restore");
    let stale = async |body: &serde_json::Value| {
        app.by(HEAD, Method::POST, &restore).if_match(99).json(body.clone()).send().await
    };
    stale(&wrong).await.refused(422, "date_order");
    assert_eq!(stale(&right).await.status, 412);
    app.post(HEAD, &restore, right.clone()).await.expect(200);
    app.post(HEAD, &restore, wrong).await.refused(422, "date_order");
    app.post(HEAD, &restore, right).await.refused(409, "invalid_state");
    let forecast = format!("{path}/forecast");
    let early = json!({ "expected_restore_at": "2026-03-02T07:00:00+08:00" });
    app.post(HEAD, &forecast, early).await.refused(422, "date_order");
    let later = json!({ "expected_restore_at": "2026-03-02T12:00:00+08:00" });
    app.post(HEAD, &forecast, later).await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_class_nobody_may_propose_is_told_of_a_decided_complaint_too(app) {
    let home = json!({ "room_no": null, "building": null, "address": null, "unit_id": app.fixture.unit,
        "customer_id": app.fixture.customer });
    household(app, home).await;
    let row = complaint_of(app, &complained(app, json!({})).await).await;
    let path = format!("/v1/heat-complaints/{}", id(&row));
    let proof = document(app, HOTLINE).await;
    let propose = async |class: &str| {
        let body = json!({ "class": class, "proof_document_id": proof });
        app.post(HOTLINE, &format!("{path}/propose"), body).await
    };
    propose("transferred").await.expect(200);
    app.post(MANAGER, &format!("{path}/decide"), json!({})).await.expect(200);
    propose("counted").await.refused(422, "invalid_enum");
    propose("unfounded").await.refused(409, "invalid_state");
    let unsaid = json!({ "accepted": false });
    app.post(MANAGER, &format!("{path}/decide"), unsaid).await.refused(422, "reason_required");
}
}

scenario! {
async fn a_visit_and_a_summary_are_right_by_themselves_first(app) {
    let home = household(app, json!({})).await;
    let thermometer = thermometer(app, "2026-12-31").await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let path = format!("/v1/temperature-cases/{}", id(&case));
    app.post(HOTLINE, &format!("{path}/cancel"), json!({ "reason": "用户撤回" })).await.expect(200);
    app.at("2026-03-02T22:00:00+08:00");
    let visit = |agreed: bool| json!({ "readings": [reading(&thermometer, json!({}))], "user_agreed_hour": agreed });
    app.post(HEAD, &format!("{path}/measure"), visit(false)).await.refused(422, "outside_hours");
    app.post(HEAD, &format!("{path}/measure"), visit(true)).await.refused(409, "invalid_state");
    let (place, _) = network(app).await;
    let month = json!({ "station_id": place, "month": "2026-02" });
    let row = app.post(OFFICER, "/v1/visit-summaries", month).await.expect(201);
    let submit = format!("/v1/visit-summaries/{}/submit", id(&row));
    app.post(OFFICER, &submit, json!({})).await.expect(200);
    let strange = json!({ "causes": [{ "visit_problem_id": home["id"], "cause": "管道老化" }] });
    let refused = app.post(OFFICER, &submit, strange).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/causes/0/visit_problem_id");
    app.post(OFFICER, &submit, json!({})).await.refused(409, "invalid_state");
}
}

scenario! {
async fn what_is_entered_is_right_by_itself_before_it_is_there_twice(app) {
    let known = season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let again = async |starts_on: &str, ends_on: &str| {
        let body = json!({ "number": "2025-2026", "region": known["region"], "starts_on": starts_on, "ends_on": ends_on });
        app.post(MANAGER, "/v1/heating-seasons", body).await
    };
    again("2026-03-31", "2025-11-01").await.refused(422, "date_order");
    again("2025-11-01", "2026-03-31").await.refused(409, "season_exists");
    let line = async |replied_at: &str| {
        let body = json!({ "channel": "12345", "external_no": "SY-7", "received_at": "2026-03-02T07:30:00+08:00",
            "content": "家中不热", "replied_at": replied_at });
        app.post(HOTLINE, "/v1/official-lines", body).await
    };
    line("2026-03-02T07:45:00+08:00").await.expect(201);
    line("2026-03-02T07:00:00+08:00").await.refused(422, "date_order");
    line("2026-03-02T07:50:00+08:00").await.refused(409, "already_exists");
    let place = station(app, json!({ "type": "boiler_house" })).await;
    patch(app, MANAGER, &format!("/v1/heating-stations/{place}"), json!({ "status": "closed" })).await.expect(200);
    let plan = async |day: &str| {
        let body = json!({ "station_id": place, "month": "2026-03", "dates": [day] });
        app.post(MANAGER, "/v1/visit-plans", body).await
    };
    plan("2026-04-01").await.refused(422, "outside_month");
    plan("2026-03-05").await.refused(409, "station_closed");
}
}
