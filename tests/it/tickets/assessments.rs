//! Violations and the monthly assessment (TK-15, TK-R38).

use serde_json::{Value, json};

use super::rosters;
use crate::kit::{TestApp, id};

/// A violation of cs_agent on a day, recorded by team_leader.
pub async fn violation(app: &TestApp, day: &str) -> String {
    let body = json!({ "staff_id": app.fixture.staff["cs_agent"], "rule_code": "phone_in_service",
        "occurred_on": day, "evidence": "监控录像 10:15" });
    let made = app.post("team_leader", "/v1/violations", body).await.expect(201);
    format!("/v1/violations/{}", id(&made))
}

scenario! {
async fn a_violation_is_decided_by_a_second_person(app) {
    let path = violation(app, "2026-03-02").await;
    assert_eq!(app.get("cs_agent", &path).await.expect(200)["penalty"], "-10.00");
    app.get("cs_agent2", &path).await.refused(404, "not_found");
    app.post("cs_supervisor", &format!("{path}/dispute"), json!({ "text": "不是我" })).await.refused(409, "above_authority");
    let disputed = app.post("cs_agent", &format!("{path}/dispute"), json!({ "text": "当时在休息" })).await.expect(200);
    assert_eq!(disputed["status"], "disputed");
    app.post("cs_supervisor", &format!("{path}/confirm"), json!({})).await.expect(200);
    app.post("cs_director", &format!("{path}/drop"), json!({ "reason": "证据不足" })).await.refused(409, "invalid_state");

    let record = |staff: &str, rule: &str, day: &str| {
        json!({ "staff_id": app.fixture.staff[staff], "rule_code": rule, "occurred_on": day, "evidence": "记录" })
    };
    let own = record("team_leader", "muster_late", "2026-03-02");
    app.post("team_leader", "/v1/violations", own).await.refused(409, "separation_of_duties");
    let unknown = record("cs_agent", "singing", "2026-03-02");
    app.post("team_leader", "/v1/violations", unknown).await.refused(422, "invalid_enum");
    let ahead = record("cs_agent", "muster_late", "2026-03-03");
    app.post("team_leader", "/v1/violations", ahead).await.refused(422, "date_in_future");
    let by_supervisor = app.post("cs_supervisor", "/v1/violations", record("cs_agent", "muster_late", "2026-03-02")).await;
    let path = format!("/v1/violations/{}/confirm", id(&by_supervisor.expect(201)));
    app.post("cs_supervisor", &path, json!({})).await.refused(409, "separation_of_duties");
    let wrong = violation(app, "2026-03-01").await;
    let dropped = app.post("cs_director", &format!("{wrong}/drop"), json!({})).await.expect(200);
    assert_eq!(dropped["status"], "dropped");
}
}

scenario! {
async fn a_rule_has_versions_and_the_day_decides(app) {
    let rule = |from: &str, penalty: &str| {
        json!({ "code": "phone_in_service", "valid_from": from, "role_codes": ["cs_agent"], "text": "服务时间使用手机",
            "penalty": penalty })
    };
    app.post("cs_director", "/v1/assessment-rules", rule("2026-03-02", "-20.00")).await.expect(201);
    app.post("cs_director", "/v1/assessment-rules", rule("2026-03-02", "-30.00")).await.refused(409, "already_exists");
    app.post("cs_director", "/v1/assessment-rules", rule("2026-04-01", "5.00")).await.refused(422, "out_of_range");
    let (before, after) = (violation(app, "2026-03-01").await, violation(app, "2026-03-02").await);
    assert_eq!(app.get("cs_agent", &before).await.expect(200)["penalty"], "-10.00");
    assert_eq!(app.get("cs_agent", &after).await.expect(200)["penalty"], "-20.00");
}
}

/// The assessment of cs_agent in what was built.
fn of_agent(app: &TestApp, built: &Value) -> Value {
    let agent = json!(app.fixture.staff["cs_agent"]);
    built["items"].as_array().unwrap().iter().find(|item| item["staff_id"] == agent).unwrap().clone()
}

async fn build(app: &TestApp, month: &str) -> Value {
    let body = json!({ "month": month, "org_unit_id": app.fixture.units["DESK"] });
    app.post("cs_director", "/v1/monthly-assessments", body).await.expect(201)
}

scenario! {
/// Nobody sent a version: who comes second computes the drafts anew.
async fn a_month_is_built_by_several_at_once(app) {
    rosters::published(app, json!({ "from": "2026-02-16" })).await;
    let body = json!({ "month": "2026-02" });
    let calls = (0..4).map(|_| app.post("cs_director", "/v1/monthly-assessments", body.clone()));
    for answer in futures_util::future::join_all(calls).await {
        assert!(!answer.expect(201)["items"].as_array().unwrap().is_empty());
    }
    let drafts = app.get("cs_director", "/v1/monthly-assessments?month=2026-02&include_total=true").await.expect(200);
    assert_eq!(drafts["total"], build(app, "2026-02").await["items"].as_array().unwrap().len());
}
}

scenario! {
async fn a_month_is_a_reward_or_its_penalties_and_late_ones_count_in_the_next(app) {
    rosters::published(app, json!({ "from": "2026-02-16" })).await;
    let clean = of_agent(app, &build(app, "2026-02").await);
    assert_eq!((&clean["penalty_total"], &clean["reward"], &clean["net"]), (&json!("0.00"), &json!("100.00"), &json!("100.00")));
    let publish = |row: &Value| format!("/v1/monthly-assessments/{}/publish", id(row));
    let open = violation(app, "2026-02-27").await;
    app.post("cs_director", &publish(&clean), json!({})).await.refused(409, "open_disputes");
    app.post("cs_supervisor", &format!("{open}/drop"), json!({ "reason": "误记" })).await.expect(200);
    app.get("cs_agent", &format!("/v1/monthly-assessments/{}", id(&clean))).await.refused(404, "not_found");
    app.post("cs_director", &publish(&clean), json!({})).await.expect(200);
    app.post("cs_director", &publish(&clean), json!({})).await.refused(409, "invalid_state");

    // Found out after publication: it counts in March and keeps its day.
    let late = violation(app, "2026-02-20").await;
    app.post("cs_supervisor", &format!("{late}/confirm"), json!({})).await.expect(200);
    let own = violation(app, "2026-03-02").await;
    app.post("cs_supervisor", &format!("{own}/confirm"), json!({})).await.expect(200);
    let march = of_agent(app, &build(app, "2026-03").await);
    assert_eq!((&march["penalty_total"], &march["reward"], &march["net"]), (&json!("-20.00"), &json!("0.00"), &json!("-20.00")));
    app.post("hr_officer", &publish(&march), json!({})).await.expect(200);
    assert_eq!(app.get("cs_agent", &late).await.expect(200)["assessment_id"], march["id"]);
    let february = of_agent(app, &build(app, "2026-02").await);
    assert_eq!(february["net"], "100.00", "what is published stays");
    app.post("cs_director", "/v1/monthly-assessments", json!({ "month": "2026-04" })).await.refused(422, "date_in_future");
}
}

scenario! {
/// TK-R38: what was found out after publication counts in the next month not published, and in no other.
async fn tk_r38_a_late_violation_counts_in_one_month(app) {
    rosters::published(app, json!({ "from": "2026-02-16" })).await;
    rosters::published(app, json!({ "from": "2026-04-01" })).await;
    let february = of_agent(app, &build(app, "2026-02").await);
    app.post("cs_director", &format!("/v1/monthly-assessments/{}/publish", id(&february)), json!({})).await.expect(200);
    let late = violation(app, "2026-02-20").await;
    app.post("cs_supervisor", &format!("{late}/confirm"), json!({})).await.expect(200);
    app.at("2026-04-02T09:00:00+08:00");
    let april = async || of_agent(app, &build(app, "2026-04").await)["net"].clone();
    assert_eq!(april().await, "100.00", "March, not built yet, is the next");
    let march = of_agent(app, &build(app, "2026-03").await);
    assert_eq!((&march["net"], april().await), (&json!("-10.00"), json!("100.00")));
    app.post("cs_director", &format!("/v1/monthly-assessments/{}/publish", id(&march)), json!({})).await.expect(200);
    assert_eq!(april().await, "100.00");
}
}

scenario! {
/// TK-R38: a month somebody was not assessed in – he had no shift – hands its violations to the next.
async fn tk_r38_a_violation_of_a_month_without_assessment_counts_in_the_next(app) {
    rosters::published(app, json!({ "from": "2026-04-01" })).await;
    let unassessed = violation(app, "2026-02-20").await;
    app.post("cs_supervisor", &format!("{unassessed}/confirm"), json!({})).await.expect(200);
    let march = build(app, "2026-03").await;
    assert_eq!(march["items"], json!([]), "nobody has a shift in March");
    app.at("2026-04-02T09:00:00+08:00");
    let april = of_agent(app, &build(app, "2026-04").await);
    assert_eq!((&april["penalty_total"], &april["reward"]), (&json!("-10.00"), &json!("0.00")));
    app.post("cs_director", &format!("/v1/monthly-assessments/{}/publish", id(&april)), json!({})).await.expect(200);
    assert_eq!(app.get("cs_agent", &unassessed).await.expect(200)["assessment_id"], april["id"]);
}
}
