//! PF-15: which report is due from whom, frozen as it was submitted.

use actix_web::http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::kit::{TestApp, id};
use crate::tickets::desk::*;

const LIST: &str = "/v1/report-submissions";
const CUSTOMERS: &str = "tickets/service-customer-statistics";

async fn one(app: &TestApp, who: &str, report: &str, period: &str) -> Value {
    let list = app.get(who, &format!("{LIST}?report={report}&period={period}&include_total=true")).await.expect(200);
    assert_eq!(list["total"], 1, "{report} {period}: {list}");
    list["items"][0].clone()
}

async fn set(app: &TestApp, key: &str, value: Value, from: &str) {
    let body = json!({ "value": value, "valid_from": from, "reason": "制度调整", "retroactive_reason": "补录" });
    app.by("system_admin", Method::PUT, &format!("/v1/parameters/{key}")).json(body).send().await.expect(200);
}

async fn act(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> crate::kit::Answer {
    app.post(who, &format!("{LIST}/{}/{action}", id(row)), body).await
}

scenario! {
async fn pf_e16_a_due_day_on_a_holiday_and_a_report_submitted_once(app) {
    app.at("2024-05-01T09:00:00+08:00");
    let row = one(app, "cs_supervisor", CUSTOMERS, "2024-04").await;
    assert_eq!((&row["due_on"], &row["status"], &row["on_time"]), (&json!("2024-05-05"), &json!("due"), &Value::Null));
    assert_eq!(row["covers"], json!({ "from": "2024-04-01", "to": "2024-04-30" }));
    set(app, "platform.reports.holiday_rule", json!("previous_working_day"), "2024-05-01").await;
    assert_eq!(one(app, "cs_supervisor", CUSTOMERS, "2024-04").await["due_on"], "2024-05-06");
    app.later(hours(1));
    set(app, "platform.reports.holiday_rule", json!("strict"), "2024-05-01").await;
    assert_eq!(one(app, "cs_supervisor", CUSTOMERS, "2024-04").await["due_on"], "2024-05-05");

    app.at("2024-05-05T23:59:59+08:00");
    let waits = app.get("cs_supervisor", "/v1/work-items?kind=report_due").await.expect(200);
    let item = waits["items"].as_array().unwrap().iter().find(|item| item["subject"]["id"] == row["id"]).unwrap();
    assert_eq!((&item["due_at"], &item["overdue"]), (&row["due_at"], &json!(false)));
    let done = act(app, "cs_supervisor", &row, "submit", json!({ "comment": "四月" })).await.expect(200);
    assert_eq!((&done["status"], &done["on_time"]), (&json!("submitted"), &json!(true)));
    let digest = hex::encode(Sha256::digest(done["figures"].to_string().as_bytes()));
    assert_eq!(done["figures_sha256"], json!(digest));
    act(app, "cs_supervisor", &row, "submit", json!({})).await.refused(409, "already_submitted");
    let waits = app.get("cs_supervisor", "/v1/work-items?kind=report_due").await.expect(200);
    assert!(!waits.to_string().contains(row["id"].as_str().unwrap()));
    let waits = app.get("cs_manager", "/v1/work-items?kind=report_acceptance").await.expect(200);
    assert_eq!(waits["items"][0]["subject"]["id"], row["id"]);
    act(app, "cs_manager", &row, "accept", json!({})).await.expect(200);
    act(app, "cs_supervisor", &row, "submit", json!({})).await.refused(409, "already_submitted");
    act(app, "cs_manager", &row, "return", json!({ "comment": "重报" })).await.refused(409, "invalid_state");
}
}

scenario! {
async fn pf_e16_a_second_late_is_late_and_comes_back_when_sent_back(app) {
    app.at("2024-05-06T00:00:00+08:00");
    let row = one(app, "cs_supervisor", CUSTOMERS, "2024-04").await;
    assert_eq!(row["overdue"], true);
    let late = act(app, "cs_supervisor", &row, "submit", json!({})).await.expect(200);
    assert_eq!(late["on_time"], false);
    let may = async |who: &str, action: &str| {
        let seen = app.get(who, &format!("{LIST}/{}", id(&row))).await.expect(200);
        let acts = seen["allowed_actions"].as_array().unwrap();
        acts.iter().find(|act| act["action"] == action).unwrap()["allowed"].clone()
    };
    for action in ["accept", "return"] {
        assert_eq!((may("cs_manager", action).await, may("cs_supervisor", action).await), (json!(true), json!(false)));
    }
    act(app, "cs_manager", &row, "return", json!({ "comment": "x" })).await.refused(422, "too_short");
    let back = act(app, "cs_manager", &row, "return", json!({ "comment": "漏报一类" })).await.expect(200);
    assert_eq!((&back["status"], &back["decision_comment"]), (&json!("returned"), &json!("漏报一类")));
    act(app, "cs_supervisor", &row, "submit", json!({})).await.expect(200);
    let history = app.get("cs_manager", &format!("{LIST}/{}/history", id(&row))).await.expect(200);
    let types: Vec<&str> = history["items"].as_array().unwrap().iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    for kind in ["report_submission.submitted", "report_submission.returned"] {
        assert!(types.contains(&kind), "{types:?}");
    }
}
}

scenario! {
/// TK-E05: the 5th for the month before; the 22nd for the 21st to the 20th; Monday noon for the week.
async fn tk_e05_the_calendar_of_the_desk(app) {
    app.at("2012-01-03T09:00:00+08:00");
    assert_eq!(one(app, "cs_supervisor", CUSTOMERS, "2011-12").await["due_on"], "2012-01-05");
    let quality = one(app, "team_leader", "tickets/quality-analysis", "2012-01").await;
    assert_eq!(quality["covers"], json!({ "from": "2011-12-21", "to": "2012-01-20" }));
    assert_eq!(quality["due_on"], "2012-01-22");
    act(app, "team_leader", &quality, "submit", json!({})).await.refused(409, "period_not_over");
    set(app, "platform.reports.holiday_rule", json!("previous_working_day"), "2012-01-03").await;
    assert_eq!(one(app, "team_leader", "tickets/quality-analysis", "2012-01").await["due_on"], "2012-01-21");
    let week = one(app, "cs_director", "tickets/weekly-desk", "2012-W01").await;
    assert_eq!(week["due_at"], "2012-01-09T12:00:00+08:00");
    // What begins while nobody looks is there as soon as somebody does.
    app.at("2012-02-20T09:00:00+08:00");
    for week in ["2012-W02", "2012-W03", "2012-W04", "2012-W05", "2012-W06", "2012-W07", "2012-W08"] {
        one(app, "cs_director", "tickets/weekly-desk", week).await;
    }
    let report = app.get("cs_director", "/v1/reports/tickets/report-calendar?from=2012-01-01&to=2012-01-31").await.expect(200);
    let rows = report["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row[1]["value"] == "2011-12" && row[3]["value"] == "2012-01-05" && row[6]["value"] == 46), "{report}");
    let drill = app.get("cs_director", rows[0][7]["drill"].as_str().unwrap()).await.expect(200);
    assert_eq!(drill["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
/// What was submitted stays; later facts change the live report only. Whose turn it is says the schedule.
async fn pf_15_submitted_figures_are_frozen_and_the_schedule_says_whose_turn_it_is(app) {
    closed(app, json!({})).await;
    app.at("2026-03-09T09:00:00+08:00");
    let row = one(app, "cs_director", "tickets/weekly-desk", "2026-W10").await;
    act(app, "cs_agent", &row, "submit", json!({})).await.refused(403, "forbidden");
    act(app, "team_leader", &row, "submit", json!({})).await.refused(409, "above_authority");
    let live = async || app.get("cs_director", "/v1/reports/tickets/weekly-desk?from=2026-03-02&to=2026-03-08").await.expect(200);
    let before = live().await;
    let done = act(app, "cs_director", &row, "submit", json!({})).await.expect(200);
    assert_eq!(done["figures"]["rows"], before["rows"]);
    assert_eq!(done["figures"]["rows"][0][2]["value"], 1);
    let body = report(app, json!({ "received_at": "2026-03-08T20:00:00+08:00", "description": "补录的窗户漏风" }));
    app.post("cs_agent", "/v1/tickets", body).await.expect(201);
    assert_ne!(live().await["rows"], before["rows"]);
    let kept = app.get("cs_director", &format!("{LIST}/{}", id(&row))).await.expect(200);
    assert_eq!((&kept["figures"], &kept["figures_sha256"]), (&done["figures"], &done["figures_sha256"]));
    act(app, "cs_director", &row, "accept", json!({})).await.refused(409, "separation_of_duties");
    act(app, "cs_manager", &row, "accept", json!({})).await.refused(409, "above_authority");
    act(app, "company_leader", &row, "accept", json!({})).await.expect(200);
    // Of another unit or another domain's reader: not there.
    app.get("heating_service_manager", &format!("{LIST}/{}", id(&row))).await.refused(404, "not_found");
    let none = app.get("finance_officer", LIST).await.expect(200);
    assert_eq!(none["items"], json!([]));
}
}

scenario! {
/// A row of the schedule more, and its report is due; on the day after it the leader hears of it each day once.
async fn pf_15_the_schedule_is_data(app) {
    let key = "platform.reports.schedule";
    let rows = app.get("system_admin", &format!("/v1/parameters/{key}")).await.expect(200);
    let mut rows = rows["value"].clone();
    rows.as_array_mut().unwrap().push(json!({ "report": "tickets/callbacks", "period": "month", "due": 3,
        "from": ["information_officer"], "to": ["cs_manager"] }));
    set(app, key, rows, "2026-03-01").await;
    let row = one(app, "information_officer", "tickets/callbacks", "2026-02").await;
    assert_eq!(row["due_at"], "2026-03-03T23:59:59+08:00");
    let on_time = app.get("information_officer", &format!("{LIST}?status=due&due_at_lt=2026-03-04T00:00:00%2B08:00")).await.expect(200);
    assert!(on_time.to_string().contains("tickets/callbacks"));
    act(app, "information_officer", &row, "submit", json!({})).await.expect(200);
}
}

scenario! {
/// Who watches over quality, settles fees and keeps the parts reports too (TK-R40, spec tickets §8).
async fn pf_15_quality_fees_and_parts_are_reported(app) {
    for (report, period, by, to, due_at) in [
        ("quality-monitoring", "2026-W09", "quality_inspector", "cs_director", "2026-03-02T12:00:00+08:00"),
        ("quality-monitoring", "2026-02", "quality_inspector", "cs_director", "2026-03-05T23:59:59+08:00"),
        ("settlement", "2026-02", "fee_settlement_clerk", "cs_manager", "2026-03-05T23:59:59+08:00"),
        ("parts-month", "2026-02", "parts_clerk", "cs_manager", "2026-03-05T23:59:59+08:00"),
        ("parts-loss", "2026-02", "parts_clerk", "cs_manager", "2026-03-05T23:59:59+08:00"),
    ] {
        let row = one(app, to, &format!("tickets/{report}"), period).await;
        assert_eq!(row["due_at"], due_at, "{report}");
        act(app, "team_leader", &row, "submit", json!({})).await.refused(409, "above_authority");
        let done = act(app, by, &row, "submit", json!({})).await.expect(200);
        assert_eq!((&done["on_time"], &done["status"]), (&json!(true), &json!("submitted")), "{report}");
        act(app, to, &row, "accept", json!({})).await.expect(200);
    }
}
}

scenario! {
/// A report that is due each week and each month arises for both, and each period keeps its own day.
async fn pf_15_a_report_of_weeks_and_of_months(app) {
    let due = async |period: &str| one(app, "cs_director", "tickets/quality-monitoring", period).await["due_at"].clone();
    assert_eq!(due("2026-W09").await, "2026-03-02T12:00:00+08:00");
    assert_eq!(due("2026-03").await, "2026-04-05T23:59:59+08:00");
    app.at("2026-03-23T09:00:00+08:00");
    for (period, at) in [
        ("2026-02", "2026-03-05T23:59:59+08:00"),
        ("2026-03", "2026-04-05T23:59:59+08:00"),
        ("2026-W10", "2026-03-09T12:00:00+08:00"),
        ("2026-W11", "2026-03-16T12:00:00+08:00"),
        ("2026-W12", "2026-03-23T12:00:00+08:00"),
    ] {
        assert_eq!(due(period).await, at, "{period}");
    }
    // What is late by days is added up in days.
    let calendar = app.get("cs_director", "/v1/reports/tickets/report-calendar?month=2026-03").await.expect(200);
    let late = |row: &Value| row[6]["value"].as_i64().unwrap();
    let days: i64 = calendar["rows"].as_array().unwrap().iter().map(late).sum();
    assert!(days > 1);
    assert_eq!(late(&calendar["totals"]), days);
}
}
