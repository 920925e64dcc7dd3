//! Monitored calls, their appeals, trainings and weekly summaries (TK-10, TK-R30).

use serde_json::{Value, json};

use super::desk::document;
use crate::kit::{self, TestApp, id};

/// A call that somebody answered.
pub async fn answered_by(app: &TestApp, login: &str) -> Value {
    let body = json!({ "direction": "in", "channel_code": "hotline", "agent_id": app.fixture.staff[login],
        "ring_started_at": "2026-03-01T09:00:00+08:00", "answered_at": "2026-03-01T09:00:05+08:00",
        "result": "answered" });
    app.post("team_leader", "/v1/calls", body).await.expect(201)
}

/// What the inspector heard in a call of cs_agent, to be changed by `with`.
pub async fn heard(app: &TestApp, with: Value) -> Value {
    let call = answered_by(app, "cs_agent").await;
    let body = json!({ "call_id": call["id"], "scores": { "service_language": 90, "attitude": 85, "tone": 80,
        "need_summary": 75, "adaptability": 95 } });
    kit::with(body, &with)
}

/// A monitored call of cs_agent, published.
pub async fn published(app: &TestApp) -> String {
    let draft = app.post("quality_inspector", "/v1/monitored-calls", heard(app, json!({})).await).await.expect(201);
    let path = format!("/v1/monitored-calls/{}", id(&draft));
    app.post("quality_inspector", &format!("{path}/publish"), json!({})).await.expect(200);
    path
}

scenario! {
async fn tk_e14_weights_make_the_total_and_appeals_have_five_days(app) {
    let weights = [("service_language", 25), ("attitude", 25), ("tone", 10), ("need_summary", 20), ("adaptability", 20)];
    let criteria: Vec<Value> =
        weights.iter().map(|(code, weight)| json!({ "code": code, "weight_percent": weight })).collect();
    let card = json!({ "criteria": criteria, "fatal_codes": ["abuse"] });
    let card = app.post("cs_director", "/v1/scorecards", card).await.expect(201);
    assert_eq!(card["version"], 2);
    let made = app.post("quality_inspector", "/v1/monitored-calls", heard(app, json!({})).await).await.expect(201);
    assert_eq!((&made["total"], &made["total_in_force"]), (&json!("85.75"), &json!("85.75")));
    assert_eq!(made["scorecard_id"], card["id"]);
    let fatal = heard(app, json!({ "fatal": ["abuse"] })).await;
    let fatal = app.post("quality_inspector", "/v1/monitored-calls", fatal).await.expect(201);
    assert_eq!(fatal["total"], "0.00");

    // Published on 2 March: the 7th is the last day.
    let (first, second) = (published(app).await, published(app).await);
    app.at("2026-03-07T23:59:59+08:00");
    let appealed = app.post("cs_agent", &format!("{first}/appeal"), json!({ "text": "客户当时很满意" })).await.expect(200);
    assert_eq!(appealed["status"], "appealed");
    app.at("2026-03-08T00:00:00+08:00");
    let late = app.post("cs_agent", &format!("{second}/appeal"), json!({ "text": "客户当时很满意" })).await;
    late.refused(409, "appeal_window_closed");
    let again = app.post("cs_agent", &format!("{first}/appeal"), json!({ "text": "再次申诉一遍" })).await;
    again.refused(409, "already_appealed");
}
}

scenario! {
/// The days to appeal are those of the day of publication, whatever is decided later.
async fn the_days_to_appeal_are_those_of_the_publication(app) {
    let (first, second) = (published(app).await, published(app).await);
    let fewer = json!({ "value": 1, "valid_from": "2026-03-03", "reason": "缩短申诉期" });
    let path = "/v1/parameters/tickets.qa.appeal_days";
    app.by("system_admin", actix_web::http::Method::PUT, path).json(fewer).send().await.expect(200);
    app.at("2026-03-07T23:59:59+08:00");
    app.post("cs_agent", &format!("{first}/appeal"), json!({ "text": "客户当时很满意" })).await.expect(200);
    app.at("2026-03-08T00:00:00+08:00");
    let late = app.post("cs_agent", &format!("{second}/appeal"), json!({ "text": "客户当时很满意" })).await;
    late.refused(409, "appeal_window_closed");
}
}

scenario! {
async fn an_upheld_appeal_puts_another_total_in_force_and_keeps_the_old(app) {
    let path = published(app).await;
    app.post("cs_agent", &format!("{path}/appeal"), json!({ "text": "录音不完整" })).await.expect(200);
    let decide = format!("{path}/decide-appeal");
    app.post("cs_director", &decide, json!({ "result": "upheld" })).await.refused(422, "required");
    app.post("cs_director", &decide, json!({ "result": "upheld", "new_total": "100.01" })).await.refused(422, "out_of_range");
    app.post("cs_manager", &decide, json!({ "result": "rejected" })).await.refused(403, "forbidden");
    let body = json!({ "result": "upheld", "new_total": "92.50", "comment": "补听后更正" });
    let decided = app.post("cs_director", &decide, body).await.expect(200);
    assert_eq!((&decided["status"], &decided["total"]), (&json!("upheld"), &json!("85.00")));
    assert_eq!((&decided["total_in_force"], &decided["appeal"]["new_total"]), (&json!("92.50"), &json!("92.50")));
    app.post("cs_director", &decide, json!({ "result": "rejected" })).await.refused(409, "invalid_state");
    app.post("cs_agent", &format!("{path}/appeal"), json!({ "text": "还是不同意" })).await.refused(409, "already_appealed");
}
}

scenario! {
async fn what_an_inspector_may_not_do(app) {
    let own = answered_by(app, "quality_inspector").await;
    let own = heard(app, json!({ "call_id": own["id"] })).await;
    app.post("quality_inspector", "/v1/monitored-calls", own).await.refused(409, "separation_of_duties");
    let high = heard(app, json!({ "scores": { "service_language": 101, "tone": 80, "humour": 3 } })).await;
    let refused = app.post("quality_inspector", "/v1/monitored-calls", high).await;
    let refused = refused.refused(422, "required");
    let errors: Vec<(&str, &str)> = refused["errors"].as_array().unwrap().iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
    assert!(errors.contains(&("/scores/service_language", "score_out_of_range")), "{errors:?}");
    assert!(errors.contains(&("/scores/humour", "unknown_field")), "{errors:?}");
    assert!(errors.contains(&("/scores/attitude", "required")), "{errors:?}");
    let other = heard(app, json!({ "agent_id": app.fixture.staff["cs_agent2"] })).await;
    app.post("quality_inspector", "/v1/monitored-calls", other).await.refused(422, "agent_mismatch");
    let light = json!({ "criteria": [{ "code": "tone", "weight_percent": 99 }] });
    app.post("cs_director", "/v1/scorecards", light).await.refused(422, "weights_not_100");
}
}

scenario! {
async fn an_agent_sees_his_own_scores_once_they_are_published(app) {
    let draft = app.post("quality_inspector", "/v1/monitored-calls", heard(app, json!({})).await).await.expect(201);
    let path = format!("/v1/monitored-calls/{}", id(&draft));
    app.get("cs_agent", &path).await.refused(404, "not_found");
    app.post("cs_agent", &format!("{path}/appeal"), json!({ "text": "不同意评分" })).await.refused(404, "not_found");
    app.post("quality_inspector", &format!("{path}/publish"), json!({})).await.expect(200);
    app.get("cs_agent", &path).await.expect(200);
    app.get("cs_agent2", &path).await.refused(404, "not_found");
    app.get("heating_service_manager", &path).await.refused(404, "not_found");
    let led = app.post("team_leader", &format!("{path}/appeal"), json!({ "text": "替他提出申诉" })).await;
    led.refused(409, "above_authority");
    let mine = app.get("cs_agent", "/v1/monitored-calls?month=2026-03").await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    app.get("cs_agent", "/v1/monitored-calls?month=2026-13").await.refused(400, "invalid_parameter");
}
}

scenario! {
async fn without_a_shift_an_agent_is_exempt_from_monitoring(app) {
    published(app).await;
    let progress = app.get("quality_inspector", "/v1/monitored-calls/progress?month=2026-03").await.expect(200);
    let agent = progress["items"].as_array().unwrap().iter().find(|item| item["number"] == "cs_agent").unwrap().clone();
    assert_eq!((&agent["count"], &agent["status"]), (&json!(1), &json!("exempt")));
    let own = app.get("cs_agent2", "/v1/monitored-calls/progress").await.expect(200);
    let numbers: Vec<&Value> = own["items"].as_array().unwrap().iter().map(|item| &item["number"]).collect();
    assert_eq!(numbers, [&json!("cs_agent2")]);
}
}

scenario! {
async fn who_does_not_pass_an_exam_is_to_be_trained_again(app) {
    let (one, two) = (app.fixture.staff["cs_agent"], app.fixture.staff["cs_agent2"]);
    let individual = json!({ "topic": "采暖政策", "audience": "individual" });
    app.post("quality_inspector", "/v1/trainings", individual).await.refused(422, "required");
    let plan = json!({ "topic": "采暖政策", "audience": "individual", "staff_ids": [one, two, app.fixture.staff["cs_agent3"]] });
    let training = app.post("quality_inspector", "/v1/trainings", plan).await.expect(201);
    let path = format!("/v1/trainings/{}", id(&training));
    app.post("cs_director", &format!("{path}/close"), json!({})).await.refused(409, "invalid_state");
    let row = |staff: uuid::Uuid, score: i64| json!({ "staff_id": staff, "attended": true, "exam_score": score });
    let record = format!("{path}/record-results");
    let high = json!({ "rows": [row(one, 101)] });
    app.post("quality_inspector", &record, high).await.refused(422, "score_out_of_range");
    let held = app.post("quality_inspector", &record, json!({ "rows": [row(one, 80), row(two, 79)] })).await.expect(200);
    let passed = |staff: uuid::Uuid| {
        let rows = held["rows"].as_array().unwrap();
        rows.iter().find(|row| row["staff_id"] == json!(staff)).unwrap()["passed"].clone()
    };
    assert_eq!((passed(one), passed(two)), (json!(true), json!(false)));
    assert_eq!(passed(app.fixture.staff["cs_agent3"]), false, "who was invited and is not named did not come");
    assert_eq!(app.post("cs_director", &format!("{path}/close"), json!({})).await.expect(200)["status"], "closed");
    app.get("cs_agent", &path).await.expect(200);
}
}

scenario! {
async fn a_week_has_one_summary_of_a_unit(app) {
    let summary = json!({ "iso_week": "2026-W09", "findings": "开头语不规范较多",
        "plan": [{ "topic": "服务用语", "audience": "all" }] });
    let made = app.post("quality_inspector", "/v1/quality-summaries", summary.clone()).await.expect(201);
    app.post("quality_inspector", "/v1/quality-summaries", summary.clone()).await.refused(409, "already_exists");
    for (week, code) in [("2026-W54", "invalid_format"), ("2026-W11", "date_in_future")] {
        let other = kit::with(summary.clone(), &json!({ "iso_week": week }));
        app.post("quality_inspector", "/v1/quality-summaries", other).await.refused(422, code);
    }
    let path = format!("/v1/quality-summaries/{}/submit", id(&made));
    assert_eq!(app.post("quality_inspector", &path, json!({})).await.expect(200)["status"], "submitted");
    app.post("quality_inspector", &path, json!({})).await.refused(409, "invalid_state");
}
}

scenario! {
/// A recording is no easier to hear as a document: the same permission, and each listening in the journal.
async fn a_recording_read_as_a_document_is_listened_to(app) {
    let recording = document(app, "cs_agent").await;
    let read = async |who: &str| app.get(who, &format!("/v1/documents/{recording}/content")).await.status;
    assert_eq!(read("cs_agent").await, 200, "not yet a recording");
    let body = json!({ "direction": "in", "channel_code": "hotline", "ring_started_at": "2026-03-01T09:00:00+08:00",
        "answered_at": "2026-03-01T09:00:05+08:00", "result": "answered", "recording_document_id": recording });
    app.post("cs_agent", "/v1/calls", body).await.expect(201);
    assert_eq!((read("cs_agent").await, read("quality_inspector").await), (404, 200));
    app.store.seal_now().await.unwrap();
    let entries = app.get("system_admin", "/v1/journal-entries?limit=200&resource=call").await.expect(200);
    let listened = |entry: &&Value| entry["type"] == "call.listened";
    assert_eq!(entries["items"].as_array().unwrap().iter().filter(listened).count(), 1);
}
}

scenario! {
async fn listening_to_a_recording_is_journaled(app) {
    let body = json!({ "direction": "in", "channel_code": "hotline", "ring_started_at": "2026-03-01T09:00:00+08:00",
        "answered_at": "2026-03-01T09:00:05+08:00", "result": "answered",
        "recording_document_id": document(app, "cs_agent").await });
    let call = app.post("cs_agent", "/v1/calls", body).await.expect(201);
    let path = format!("/v1/calls/{}", id(&call));
    app.get("cs_agent", &format!("{path}/recording")).await.refused(403, "forbidden");
    let heard = app.get("quality_inspector", &format!("{path}/recording")).await;
    assert_eq!((heard.status, heard.bytes.starts_with(b"proof")), (200, true));
    app.store.seal_now().await.unwrap();
    let entries = app.get("system_admin", "/v1/journal-entries?limit=200&resource=call").await.expect(200);
    let listened = |entry: &&Value| entry["type"] == "call.listened";
    assert_eq!(entries["items"].as_array().unwrap().iter().filter(listened).count(), 1);
    let silent = answered_by(app, "cs_agent").await;
    let silent = app.get("quality_inspector", &format!("/v1/calls/{}/recording", id(&silent))).await;
    silent.refused(404, "not_found");
}
}
