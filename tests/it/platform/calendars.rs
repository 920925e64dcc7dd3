//! Calendar versions (PF-E04, PF-09): a published year, who may bring it, and what it moves; targets keep their
//! own version (TK-R13).

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{Answer, TestApp, id};
use crate::tickets::desk::{act, clock, register};

const VERSIONS: &str = "/v1/calendars/mainland/versions";

fn day(date: &str, kind: &str) -> Value {
    json!({ "date": date, "kind": kind, "name": "节日" })
}

async fn publish(app: &TestApp, year: i64, valid_from: &str, days: Value) -> Answer {
    let body = json!({ "year": year, "valid_from": valid_from, "days": days });
    app.post("system_admin", VERSIONS, body).await
}

scenario! {
async fn pf_e04_a_published_year_is_no_longer_provisional(app) {
    let add = async |from: &str| {
        let path = format!("/v1/calendars/mainland/add?from={from}&working_days=1");
        app.get("cs_agent", &path).await.expect(200)
    };
    let before = add("2027-04-30").await;
    assert_eq!((&before["date"], &before["calendar_provisional"]), (&json!("2027-05-05"), &json!(true)));
    let days = json!([day("2027-05-03", "holiday"), day("2027-05-08", "make_up_workday")]);
    let made = publish(app, 2027, "2026-03-10", days).await.expect(201);
    assert_eq!((&made["version"], &made["year"], &made["moved"]), (&json!(2), &json!(2027), &json!([])));
    assert_eq!(add("2027-04-30").await, before, "not valid yet");
    app.at("2026-03-10T00:00:00+08:00");
    let after = add("2027-04-30").await;
    assert_eq!((&after["date"], &after["calendar_provisional"]), (&json!("2027-05-04"), &json!(false)));
    assert_eq!(after["calendar_version"], 2);
    assert_eq!(add("2027-05-07").await["date"], "2027-05-08", "a make-up day");
    let shown = app.get("cs_agent", "/v1/calendars/office").await.expect(200);
    assert_eq!((&shown["version"], &shown["versions"][0]["year"]), (&json!(2), &json!(2027)));
    assert!(!shown["provisional_years"].as_array().unwrap().contains(&json!(2027)));
    app.store.seal_now().await.unwrap();
    let feed = app.get("system_admin", "/v1/events?after=0&types=calendar.published").await.expect(200);
    assert_eq!(feed["items"][0]["data"]["year"], 2027);
}
}

scenario! {
async fn a_year_is_published_whole_and_in_order(app) {
    let holiday = || json!([day("2027-01-01", "holiday")]);
    let body = json!({ "year": 2027, "valid_from": "2026-03-02", "days": holiday() });
    app.post("cs_director", VERSIONS, body.clone()).await.refused(403, "forbidden");
    app.post("system_admin", "/v1/calendars/lunar/versions", body.clone()).await.refused(404, "not_found");
    app.post("system_admin", "/v1/calendars/continuous/versions", body).await.refused(404, "not_found");
    publish(app, 2027, "2026-03-02", json!([day("2027-01-04", "make_up_workday")])).await.refused(422, "day_kind_mismatch");
    publish(app, 2027, "2026-03-02", json!([day("2029-01-01", "holiday")])).await.refused(422, "out_of_range");
    let twice = json!([day("2027-01-01", "holiday"), day("2027-01-01", "holiday")]);
    publish(app, 2027, "2026-03-02", twice).await.refused(422, "repeated_items");
    let at = async |version: i64| {
        let body = json!({ "year": 2027, "valid_from": "2026-03-05", "days": holiday() });
        app.by("system_admin", Method::POST, VERSIONS).if_match(version).json(body).send().await
    };
    assert_eq!(app.get("cs_agent", "/v1/calendars/office").await.header("etag"), Some("\"v1\""));
    at(2).await.refused(412, "stale");
    assert_eq!(at(1).await.header("etag"), Some("\"v2\""));
    at(1).await.refused(412, "stale");
    assert_eq!(app.get("cs_agent", "/v1/calendars/mainland").await.header("etag"), Some("\"v2\""));
    let english = app.by("cs_agent", Method::GET, "/v1/calendars/office").header("Accept-Language", "en");
    assert_eq!(english.send().await.expect(200)["title"], "Office hours");
    publish(app, 2028, "2026-03-04", json!([day("2028-01-03", "holiday")])).await.refused(422, "date_order");
    let tried = json!({ "year": 2033, "valid_from": "2026-03-05", "days": [day("2033-01-03", "holiday")] });
    app.post("system_admin", &format!("{VERSIONS}?dry_run=true"), tried.clone()).await.expect(201);
    app.get("cs_agent", "/v1/calendars/mainland/days?from=2033-01-01&to=2033-01-02").await.refused(422, "calendar_year_missing");
    app.post("system_admin", VERSIONS, tried).await.expect(201);
    app.at("2026-03-05T00:00:00+08:00");
    app.get("cs_agent", "/v1/calendars/mainland/days?from=2033-01-01&to=2033-01-02").await.expect(200);
}
}

/// An application: 35 open hours of office time.
async fn application(app: &TestApp) -> Value {
    register(app, json!({ "kind": "application", "category_code": "title" })).await
}

async fn due(app: &TestApp, ticket: &Value) -> Value {
    app.get("cs_agent", &format!("/v1/tickets/{}", id(ticket))).await.expect(200)["due_at"].clone()
}

scenario! {
/// A year that was published already and is published anew changes nothing until it is ordered.
async fn tk_r13_a_target_keeps_its_calendar_version_until_retargeted(app) {
    let ticket = application(app).await;
    let stopped = application(app).await;
    let first = due(app, &ticket).await;
    assert_eq!(first, "2026-03-06T17:00:00+08:00");
    act(app, "cs_agent", &stopped, "withdraw", json!({ "reason": "客户撤回", "proof_document_id":
        crate::tickets::desk::document(app, "cs_agent").await })).await.expect(200);
    app.at("2026-03-02T12:00:00+08:00");
    let made = publish(app, 2026, "2026-03-02", json!([day("2026-03-04", "holiday")])).await.expect(201);
    assert_eq!(made["moved"], json!([]));
    assert_eq!(due(app, &ticket).await, first);
    assert_eq!(clock(app, &ticket, "handle").await["targets"].as_array().unwrap().len(), 1);
    let preview = |body: Value| async {
        app.post("team_leader", &format!("/v1/tickets/{}/deadline-preview", id(&ticket)), body).await
    };
    let own = preview(json!({})).await.expect(200);
    assert_eq!((&own["calendar_version"], &own["due_at"]), (&json!(1), &first));
    let newer = preview(json!({ "calendar_version": 2 })).await.expect(200);
    assert_eq!((&newer["calendar_version"], &newer["due_at"]), (&json!(2), &json!("2026-03-09T17:00:00+08:00")));
    preview(json!({ "calendar_version": 3 })).await.refused(422, "not_found");
    let other = json!({ "filter": { "kind": "repair" }, "reason": "调休通知" });
    let none = app.post("cs_director", "/v1/sla-clocks/retarget", other).await.expect(200);
    assert_eq!(none["tickets"], 0);
    let strange = json!({ "filter": { "colour": "red" }, "reason": "调休通知" });
    app.post("cs_director", "/v1/sla-clocks/retarget", strange).await.refused(400, "unknown_parameter");
    let order = json!({ "filter": { "kind": "application" }, "reason": "调休通知" });
    let moved = app.post("cs_director", "/v1/sla-clocks/retarget", order).await.expect(200);
    assert_eq!((&moved["tickets"], &moved["clocks"]), (&json!(1), &json!(1)));
    assert_eq!(due(app, &ticket).await, "2026-03-09T17:00:00+08:00");
    let handle = clock(app, &ticket, "handle").await;
    let [old, new] = handle["targets"].as_array().unwrap().as_slice() else { panic!("{handle}") };
    assert_eq!((&old["calendar_version"], &new["calendar_version"]), (&json!(1), &json!(2)));
    assert_eq!((&new["cause"], &new["seq"]), (&json!("calendar"), &json!(2)));
    let young = application(app).await;
    assert_eq!(clock(app, &young, "handle").await["targets"][0]["calendar_version"], 2);
}
}

scenario! {
/// What a guess of the year counted is counted again when the notice is there, and the answer lists it.
async fn pf_e04_a_published_year_moves_what_was_counted_provisionally(app) {
    app.at("2026-12-28T09:00:00+08:00");
    let ticket = application(app).await;
    let settled = application(app).await;
    let first = due(app, &ticket).await;
    let handle = clock(app, &ticket, "handle").await;
    assert_eq!((&first, &handle["calendar_provisional"]), (&json!("2027-01-04T17:00:00+08:00"), &json!(true)));
    for (verb, who, body) in [
        ("assign", "team_leader", json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] })),
        ("start", "cs_agent", json!({})),
        ("resolve", "cs_agent", crate::tickets::desk::solution()),
    ] {
        act(app, who, &settled, verb, body).await.expect(200);
    }
    app.at("2026-12-28T10:00:00+08:00");
    let days = json!([day("2027-01-01", "holiday"), day("2027-01-04", "holiday")]);
    let made = publish(app, 2027, "2026-12-28", days).await.expect(201);
    let moved = made["moved"].as_array().unwrap();
    assert_eq!(moved.len(), 1, "{made}");
    assert_eq!((&moved[0]["id"], &moved[0]["due_before"]), (&ticket["id"], &first));
    assert_eq!(moved[0]["due_after"], "2027-01-05T17:00:00+08:00");
    assert_eq!(due(app, &ticket).await, moved[0]["due_after"]);
    let handle = clock(app, &ticket, "handle").await;
    assert_eq!((&handle["due_at"], &handle["calendar_provisional"]), (&moved[0]["due_after"], &json!(false)));
    assert_eq!(handle["targets"].as_array().unwrap().len(), 1, "no new target: the version had no notice");
    assert_eq!(clock(app, &settled, "handle").await["outcome"], "met");
}
}
