//! Lists of the desk narrowed as the book says.

use serde_json::{Value, json};

use super::desk::*;
use super::{incidents, leave, rosters};
use crate::kit::{TestApp, id};

/// How many rows a list has for somebody.
async fn rows(app: &TestApp, who: &str, path: &str) -> usize {
    app.get(who, path).await.expect(200)["items"].as_array().unwrap().len()
}

scenario! {
/// The callbacks of everybody who suffered by one cause.
async fn callbacks_are_found_by_their_incident(app) {
    let incident = app.post("team_leader", "/v1/incidents", incidents::burst(app, json!({}))).await.expect(201);
    let struck = replied(app, json!({ "category_code": "heating.leak" })).await;
    assert_eq!(struck["incident_id"], incident["id"]);
    replied(app, json!({})).await;
    let path = format!("/v1/callbacks?incident_id={}", id(&incident));
    let found = app.get("cs_supervisor", &path).await.expect(200);
    let tickets: Vec<&Value> = found["items"].as_array().unwrap().iter().map(|row| &row["ticket_id"]).collect();
    assert_eq!(tickets, [&struck["id"]]);
    assert_eq!(rows(app, "cs_supervisor", &format!("/v1/callbacks?incident_id={}", id(&struck))).await, 0);
    app.get("cs_supervisor", "/v1/callbacks?incident_id=IN-1").await.refused(400, "invalid_parameter");
}
}

scenario! {
/// By the limit that runs: nothing is due of a ticket without one. What is solved and not told yet was not answered at once.
async fn tickets_are_found_by_what_they_show(app) {
    let waiting = register(app, json!({})).await;
    let over = closed(app, json!({})).await;
    let solved = started(app, json!({})).await;
    act(app, "cs_agent", &solved, "resolve", solution()).await.expect(200);
    assert_eq!(over["due_at"], Value::Null);
    assert_eq!(waiting["created_by"], over["created_by"], "the same agent took both down");
    assert!(waiting["created_by"].is_string());
    let found = async |filter: &str, ticket: &Value| {
        let list = app.get("cs_supervisor", &format!("/v1/tickets?{filter}")).await.expect(200);
        list["items"].as_array().unwrap().iter().any(|row| row["id"] == ticket["id"])
    };
    let from = format!("due_at_gte={}", waiting["due_at"].as_str().unwrap().replace('+', "%2B"));
    let before = from.replace("_gte", "_lt");
    assert!(found(from.as_str(), &waiting).await);
    assert!(!found(from.as_str(), &over).await);
    assert!(!found(before.as_str(), &waiting).await);
    assert!(!found("due_at_gte=2020-01-01T00:00:00%2B08:00", &over).await);
    assert!(found("answered_at_intake=false", &solved).await);
    assert!(!found("answered_at_intake=true", &solved).await);
    app.get("cs_supervisor", "/v1/tickets?due_at_gte=tomorrow").await.refused(400, "invalid_parameter");
}
}

scenario! {
/// By the day of the shift that is given away, the days of a leave, and who wrote a summary of which month.
async fn people_records_are_found_by_their_days(app) {
    let roster = rosters::published(app, json!({})).await;
    let mine = rosters::shifts(app, &roster, "cs_agent").await;
    let mine = mine.iter().find(|shift| shift["date"] == "2026-03-06").unwrap();
    let swap = json!({ "own_shift_id": mine["id"], "other_staff_id": app.fixture.staff["cs_agent2"] });
    app.post("cs_agent", "/v1/shift-swaps", swap).await.expect(201);
    app.post("cs_agent", "/v1/leave-requests", leave::away(app, json!({}))).await.expect(201);
    let summary = json!({ "iso_week": "2026-W09", "findings": "开头语不规范较多",
        "plan": [{ "topic": "服务用语", "audience": "all" }] });
    app.post("quality_inspector", "/v1/quality-summaries", summary).await.expect(201);
    let me = app.fixture.staff["quality_inspector"];
    for (path, found) in [
        ("/v1/shift-swaps?date_gte=2026-03-06&date_lt=2026-03-07".to_owned(), 1),
        ("/v1/shift-swaps?date_lt=2026-03-06".to_owned(), 0),
        ("/v1/leave-requests?date_gte=2026-03-04&date_lt=2026-03-05".to_owned(), 1),
        ("/v1/leave-requests?date_gte=2026-03-05".to_owned(), 0),
        ("/v1/leave-requests?date_lt=2026-03-04".to_owned(), 0),
        // The ninth week ends on the first of March.
        (format!("/v1/quality-summaries?month=2026-03&inspector_id={me}"), 1),
        ("/v1/quality-summaries?month=2026-02".to_owned(), 0),
    ] {
        assert_eq!(rows(app, "cs_supervisor", &path).await, found, "{path}");
    }
}
}

scenario! {
/// By the shift they are about, who was on it, who is to be trained by whom.
async fn people_records_are_found_by_shift_and_person(app) {
    let roster = rosters::published(app, json!({})).await;
    let mine = rosters::shifts(app, &roster, "cs_agent").await;
    let mine = mine.iter().find(|shift| shift["date"] == "2026-03-06").unwrap();
    let code = mine["definition_code"].as_str().unwrap();
    let swap = json!({ "own_shift_id": mine["id"], "other_staff_id": app.fixture.staff["cs_agent2"] });
    app.post("cs_agent", "/v1/shift-swaps", swap).await.expect(201);
    let log = json!({ "date": mine["date"], "definition_code": code });
    app.post("team_leader", "/v1/duty-logs", log).await.expect(201);
    let training = json!({ "topic": "服务用语", "audience": "all" });
    app.post("quality_inspector", "/v1/trainings", training).await.expect(201);
    let (me, inspector) = (app.fixture.staff["cs_agent"], app.fixture.staff["quality_inspector"]);
    for (path, found) in [
        (format!("/v1/shift-swaps?definition_code={code}"), 1),
        ("/v1/shift-swaps?definition_code=h1".to_owned(), 0),
        (format!("/v1/rosters?definition_code=h1,{code}"), 1),
        ("/v1/rosters?definition_code=h1".to_owned(), 0),
        (format!("/v1/duty-logs?staff_id={me}"), 1),
        (format!("/v1/duty-logs?staff_id={inspector}"), 0),
        (format!("/v1/trainings?inspector_id={inspector}"), 1),
        (format!("/v1/trainings?inspector_id={me}"), 0),
        ("/v1/assessment-rules?rule_code=muster_late".to_owned(), 1),
        ("/v1/portfolio-entries?status=live,ended".to_owned(), 0),
    ] {
        assert_eq!(rows(app, "cs_supervisor", &path).await, found, "{path}");
    }
    app.get("cs_supervisor", "/v1/portfolio-entries?status=lost").await.refused(400, "invalid_parameter");
}
}

scenario! {
async fn what_has_a_number_is_found_by_it(app) {
    let incident = app.post("team_leader", "/v1/incidents", incidents::burst(app, json!({}))).await.expect(201);
    let ticket = replied(app, json!({})).await;
    register(app, json!({})).await;
    let waits = format!("/v1/callbacks?ticket_id={}", id(&ticket));
    let callback = app.get("cs_supervisor", &waits).await.expect(200)["items"][0].clone();
    for (who, list, row) in [
        ("company_leader", "/v1/tickets", &ticket),
        ("cs_supervisor", "/v1/callbacks", &callback),
        ("team_leader", "/v1/incidents", &incident),
    ] {
        let found = app.get(who, &format!("{list}?number={}", row["number"].as_str().unwrap())).await.expect(200);
        let ids: Vec<&Value> = found["items"].as_array().unwrap().iter().map(|row| &row["id"]).collect();
        assert_eq!(ids, [&row["id"]], "{list}");
    }
}
}
