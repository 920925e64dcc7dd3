//! Leave: handed over item by item, approved within limits, passed on when it begins (TK-R18).

use serde_json::{Value, json};
use tickets::leave::handover;

use super::desk::*;
use super::{portfolio, reports, rosters};
use crate::kit::{self, Answer, TestApp, id};

/// cs_agent is away for twelve hours on Wednesday; cs_agent2 stands in.
pub fn away(app: &TestApp, with: Value) -> Value {
    let body = json!({ "from_at": "2026-03-04T08:00:00+08:00", "to_at": "2026-03-04T20:00:00+08:00", "reason": "家中有事",
        "substitute_id": app.fixture.staff["cs_agent2"] });
    kit::with(body, &with)
}

async fn act_on(app: &TestApp, who: &str, leave: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/leave-requests/{}/{action}", id(leave)), body).await
}

async fn requested(app: &TestApp, with: Value) -> Value {
    app.post("cs_agent", "/v1/leave-requests", away(app, with)).await.expect(201)
}

scenario! {
/// Everything is handed over before the leave is approved; at its beginning the cases pass on, the clocks run on.
async fn a_leave_passes_cases_to_the_substitute(app) {
    let ticket = started(app, json!({})).await;
    let leave = requested(app, json!({})).await;
    let items = leave["handover_items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["kind"], &items[0]["name"]), (1, &json!("ticket"), &ticket["number"]));
    act_on(app, "team_leader", &leave, "approve", json!({})).await.refused(409, "invalid_state");
    act_on(app, "cs_agent3", &leave, "accept-handover", json!({})).await.refused(404, "not_found");
    act_on(app, "team_leader", &leave, "accept-handover", json!({})).await.refused(409, "above_authority");
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({})).await.expect(200);
    // Another case came meanwhile: it is not handed over.
    let later = started(app, json!({})).await;
    let open = act_on(app, "team_leader", &leave, "approve", json!({})).await.refused(409, "handover_incomplete");
    assert_eq!(open["context"]["items"], json!([later["number"]]));
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({ "item_ids": [later["id"]] })).await.expect(200);
    let approved = act_on(app, "team_leader", &leave, "approve", json!({})).await.expect(200);
    assert_eq!((&approved["status"], &approved["passed_on_at"]), (&json!("approved"), &json!(null)));
    let handed = |leave: &Value| -> Vec<Value> {
        leave["handover_items"].as_array().unwrap().iter().map(|item| item["name"].clone()).collect()
    };
    assert!(handed(&approved).contains(&ticket["number"]) && handed(&approved).len() == 2, "{approved}");
    let lent = app.get("hr_officer", &format!("/v1/delegations?from_staff_id={}", app.fixture.staff["cs_agent"])).await.expect(200);
    let lent = &lent["items"][0];
    assert_eq!((&lent["to_staff_id"], &lent["role"]), (&json!(app.fixture.staff["cs_agent2"]), &json!("cs_agent")));
    assert_eq!((&lent["from"], &lent["to"]), (&json!("2026-03-04"), &json!("2026-03-04")));
    assert_eq!(handover::begin_due(&app.store).await.unwrap(), 0);
    let due = clock(app, &ticket, "handle").await["due_at"].clone();
    app.at("2026-03-04T08:00:00+08:00");
    let other = app.second_store().await;
    let (one, two) = tokio::join!(handover::begin_due(&app.store), handover::begin_due(&other));
    one.unwrap();
    two.unwrap();
    let passed = app.get("team_leader", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    let substitute = json!(app.fixture.staff["cs_agent2"]);
    assert_eq!((&passed["assignee_id"], &passed["first_asked_staff_id"], &passed["status"]), (&substitute, &substitute, &json!("in_progress")));
    assert_eq!(clock(app, &ticket, "handle").await["due_at"], due, "the clocks do not notice");
    let history = app.get("team_leader", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200);
    let passes = history["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == "ticket.handover").count();
    assert_eq!(passes, 1, "{history}");
    let over = app.get("cs_agent2", &format!("/v1/leave-requests/{}", id(&leave))).await.expect(200);
    assert_eq!(handed(&over), handed(&approved), "what passed is still told");
    app.later(hours(1));
    let deadlines = app.get("team_leader", &format!("/v1/tickets/{}/deadlines", id(&ticket))).await.expect(200);
    assert!(deadlines.to_string().contains("handover"));
    act_on(app, "cs_agent", &leave, "cancel", json!({})).await.refused(409, "invalid_state");
    // Off duty while away; the team leader is told why.
    let new = register(app, json!({})).await;
    let to = json!({ "staff_id": app.fixture.staff["cs_agent"] });
    let refused = act(app, "team_leader", &new, "assign", to).await.refused(409, "assignee_off_duty");
    assert_eq!(refused["context"]["duty"], "on_leave");
}
}

scenario! {
/// What was handed over stays readable once the leave is decided, as it was then (TK-R18).
async fn tk_r18_the_hand_over_list_outlives_the_decision(app) {
    let ticket = started(app, json!({})).await;
    let customer = app.fixture.customer.to_string();
    let promise = json!({ "next_promise_at": "2026-03-04T08:00:00+08:00" });
    app.post("cs_agent", "/v1/contact-logs", portfolio::contact(&customer, promise)).await.expect(201);
    let leave = requested(app, json!({})).await;
    let accepted = act_on(app, "cs_agent2", &leave, "accept-handover", json!({})).await.expect(200);
    let items = accepted["handover_items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{accepted}");
    assert!(items.iter().all(|item| item["accepted"] == true), "{accepted}");
    let approved = act_on(app, "team_leader", &leave, "approve", json!({})).await.expect(200);
    assert_eq!(approved["handover_items"], accepted["handover_items"]);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    app.at("2026-03-04T08:00:00+08:00");
    handover::begin_due(&app.store).await.unwrap();
    let read = app.get("cs_agent2", &format!("/v1/leave-requests/{}", id(&leave))).await.expect(200);
    assert_eq!((&read["passed_on_at"], &read["handover_items"]), (&json!("2026-03-04T08:00:00+08:00"), &accepted["handover_items"]));
    let later = json!({ "from_at": "2026-03-06T08:00:00+08:00", "to_at": "2026-03-06T20:00:00+08:00" });
    let refused = requested(app, later.clone()).await;
    act_on(app, "cs_agent2", &refused, "accept-handover", json!({})).await.expect(200);
    let refused = act_on(app, "team_leader", &refused, "refuse", json!({ "comment": "人手不足" })).await.expect(200);
    let cancelled = requested(app, later).await;
    let cancelled = act_on(app, "cs_agent", &cancelled, "cancel", json!({})).await.expect(200);
    let list = app.get("cs_agent2", "/v1/leave-requests?sort=from_at").await.expect(200);
    assert_eq!(list["items"][0]["handover_items"], accepted["handover_items"], "{list}");
    for decided in [refused, cancelled] {
        assert_eq!(decided["handover_items"], json!([]), "{decided}");
    }
}
}

scenario! {
/// A paused case stays paused.
async fn a_paused_case_is_handed_over_paused(app) {
    let ticket = started(app, json!({})).await;
    let proof = document(app, "cs_agent").await;
    let pause = json!({ "reason_code": "third_party", "until": "2026-03-05T08:00:00+08:00", "proof_document_id": proof });
    let pause = app.post("cs_agent", &format!("/v1/tickets/{}/pauses", id(&ticket)), pause).await.expect(201);
    app.post("team_leader", &format!("/v1/ticket-pauses/{}/approve", id(&pause)), json!({})).await.expect(200);
    let projected = app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200)["projected_due_at"].clone();
    let leave = requested(app, json!({})).await;
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({})).await.expect(200);
    act_on(app, "cs_supervisor", &leave, "approve", json!({})).await.expect(200);
    app.at("2026-03-04T08:30:00+08:00");
    handover::begin_due(&app.store).await.unwrap();
    let passed = app.get("cs_agent2", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    assert_eq!((&passed["paused"], &passed["projected_due_at"]), (&json!(true), &projected));
    assert_eq!(passed["assignee_id"], json!(app.fixture.staff["cs_agent2"]));
    app.at("2026-03-05T09:00:00+08:00");
    let resumed = app.get("cs_agent2", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    assert_eq!((&resumed["paused"], &resumed["due_at"]), (&json!(false), &projected));
}
}

scenario! {
/// A shift of a draft cannot be swapped: it waits for nobody, and the draft shows its slot uncovered.
async fn shifts_of_a_draft_do_not_hold_a_leave_up(app) {
    let roster = rosters::draft(app, json!({})).await;
    let leave = requested(app, json!({ "to_at": "2026-03-04T22:00:00+08:00" })).await;
    assert_eq!(leave["handover_items"], json!([]));
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({})).await.expect(200);
    let approved = act_on(app, "team_leader", &leave, "approve", json!({})).await.expect(200);
    let status = async || {
        let mine = rosters::shifts(app, &roster, "cs_agent").await;
        let wednesday = mine.iter().find(|shift| shift["date"] == "2026-03-04").unwrap();
        (wednesday["status"].clone(), wednesday["id"].clone())
    };
    let (on_leave, shift) = status().await;
    assert_eq!((on_leave, &approved["uncovered_shift_ids"]), (json!("on_leave"), &json!([shift])));
    act_on(app, "cs_agent", &leave, "cancel", json!({})).await.expect(200);
    assert_eq!(status().await.0, "planned");
}
}

scenario! {
/// What was planned around a leave comes back with it, but for what another leave has too.
async fn a_cancelled_leave_gives_back_what_was_planned_since(app) {
    let evening = json!({ "from_at": "2026-03-04T19:00:00+08:00", "to_at": "2026-03-04T22:00:00+08:00" });
    let mut leaves = Vec::new();
    for with in [json!({ "to_at": "2026-03-04T22:00:00+08:00" }), evening] {
        let leave = requested(app, with).await;
        act_on(app, "cs_agent2", &leave, "accept-handover", json!({})).await.expect(200);
        leaves.push(act_on(app, "team_leader", &leave, "approve", json!({})).await.expect(200));
    }
    let roster = rosters::draft(app, json!({})).await;
    let status = async || {
        let mine = rosters::shifts(app, &roster, "cs_agent").await;
        mine.iter().find(|shift| shift["date"] == "2026-03-04").unwrap()["status"].clone()
    };
    for (leave, left) in leaves.iter().zip(["on_leave", "planned"]) {
        assert_eq!(status().await, "on_leave");
        act_on(app, "cs_agent", leave, "cancel", json!({})).await.expect(200);
        assert_eq!(status().await, left);
    }
}
}

scenario! {
/// Shifts are swapped, or left uncovered by who may; long leaves are not the team leader's.
async fn shifts_are_swapped_or_named_uncovered(app) {
    let roster = rosters::published(app, json!({})).await;
    let mine = rosters::shifts(app, &roster, "cs_agent").await;
    let wednesday = mine.iter().find(|shift| shift["date"] == "2026-03-04").unwrap();
    let leave = requested(app, json!({ "from_at": "2026-03-04T00:00:00+08:00", "to_at": "2026-03-05T00:00:01+08:00" })).await;
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({})).await.expect(200);
    act_on(app, "team_leader", &leave, "approve", json!({})).await.refused(409, "above_authority");
    let open = act_on(app, "cs_supervisor", &leave, "approve", json!({})).await.refused(409, "handover_incomplete");
    assert_eq!(open["context"]["items"], json!(["2026-03-04 c"]));
    let body = json!({ "uncovered_shift_ids": [wednesday["id"]] });
    let short = requested(app, json!({})).await;
    act_on(app, "cs_agent2", &short, "accept-handover", json!({})).await.expect(200);
    act_on(app, "team_leader", &short, "approve", body.clone()).await.refused(409, "above_authority");
    act_on(app, "cs_supervisor", &leave, "approve", body).await.expect(200);
    let shift = app.get("cs_agent", &format!("/v1/shifts/{}", id(wednesday))).await.expect(200);
    assert_eq!(shift["status"], "on_leave");
    let day = app.get("team_leader", &format!("/v1/rosters/{}/coverage?date=2026-03-04", id(&roster))).await.expect(200);
    assert_eq!(day["gaps"][0]["from"], "20:00", "the slot is uncovered");
    // Not begun yet: it can be taken back.
    act_on(app, "cs_agent2", &leave, "cancel", json!({})).await.refused(409, "above_authority");
    act_on(app, "cs_agent", &leave, "cancel", json!({})).await.expect(200);
    let shift = app.get("cs_agent", &format!("/v1/shifts/{}", id(wednesday))).await.expect(200);
    assert_eq!(shift["status"], "planned");
    let lent = app.get("hr_officer", &format!("/v1/delegations?from_staff_id={}", app.fixture.staff["cs_agent"])).await.expect(200);
    assert!(lent["items"][0]["revoked_at"].is_string());
}
}

scenario! {
/// A leave of a part of a shift takes that part alone, of duty, coverage and hours (TK-R27, TK-R29).
async fn tk_r29_a_leave_of_part_of_a_shift_takes_that_part(app) {
    let roster = rosters::published(app, json!({})).await;
    let mine = rosters::shifts(app, &roster, "cs_agent").await;
    let tuesday = mine.iter().find(|shift| shift["date"] == "2026-03-03").unwrap();
    let afternoon = json!({ "from_at": "2026-03-03T14:00:00+08:00", "to_at": "2026-03-03T18:00:00+08:00" });
    let leave = requested(app, afternoon).await;
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({})).await.expect(200);
    let open = act_on(app, "cs_supervisor", &leave, "approve", json!({})).await.refused(409, "handover_incomplete");
    assert_eq!(open["context"]["items"], json!(["2026-03-03 b"]));
    let body = json!({ "uncovered_shift_ids": [tuesday["id"]] });
    act_on(app, "cs_supervisor", &leave, "approve", body).await.expect(200);
    let shift = app.get("cs_agent", &format!("/v1/shifts/{}", id(tuesday))).await.expect(200);
    assert_eq!(shift["status"], "planned");
    let day = app.get("team_leader", &format!("/v1/rosters/{}/coverage?date=2026-03-03", id(&roster))).await.expect(200);
    assert_eq!(day["gaps"][0], json!({ "date": "2026-03-03", "from": "17:00", "to": "18:00", "minutes": 60 }));
    let works = async |at: &str| {
        let duty = app.get("cs_agent", &format!("/v1/on-duty?at=2026-03-03T{at}%2B08:00")).await.expect(200);
        duty["items"].as_array().unwrap().iter().any(|one| one["number"] == "cs_agent")
    };
    for (at, on) in [("13:59:59", true), ("14:00:00", false), ("17:59:59", false), ("18:00:00", true), ("20:00:00", false)] {
        assert_eq!(works(at).await, on, "{at}");
    }
    let month = reports::report(app, "cs_director", "roster-coverage?month=2026-03&by=person").await;
    assert_eq!(reports::total(&month, "hours"), "374.00", "four hours less than the rota");
}
}

scenario! {
async fn a_leave_is_asked_for_in_order(app) {
    let post = async |with: Value| app.post("cs_agent", "/v1/leave-requests", away(app, with)).await;
    post(json!({ "to_at": "2026-03-04T07:00:00+08:00" })).await.refused(422, "date_order");
    post(json!({ "substitute_id": app.fixture.staff["cs_agent"] })).await.refused(422, "own");
    post(json!({ "substitute_id": "01890000-0000-7000-8000-000000000000" })).await.refused(422, "not_found");
    let leave = requested(app, json!({})).await;
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({ "item_ids": [id(&leave)] })).await.refused(422, "not_found");
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({})).await.expect(200);
    act_on(app, "heating_service_manager", &leave, "approve", json!({})).await.refused(404, "not_found");
    act_on(app, "sales_supervisor", &leave, "approve", json!({})).await.refused(409, "above_authority");
    act_on(app, "cs_agent2", &leave, "approve", json!({})).await.refused(403, "forbidden");
    let refused = act_on(app, "team_leader", &leave, "refuse", json!({ "comment": "当日人手不足" })).await.expect(200);
    assert_eq!((&refused["status"], &refused["comment"]), (&json!("refused"), &json!("当日人手不足")));
    let own = app.post("team_leader", "/v1/leave-requests", away(app, json!({}))).await.expect(201);
    act_on(app, "cs_agent2", &own, "accept-handover", json!({})).await.expect(200);
    act_on(app, "team_leader", &own, "approve", json!({})).await.refused(409, "separation_of_duties");
}
}

scenario! {
/// What he promised customers until two days after his leave is handed over with it, and passes on with it (TK-R18).
async fn tk_r18_promises_are_handed_over(app) {
    let customer = app.fixture.customer.to_string();
    let promise = json!({ "next_promise_at": "2026-03-04T08:00:00+08:00" });
    app.post("cs_agent", "/v1/contact-logs", portfolio::contact(&customer, promise)).await.expect(201);
    let other = app.fixture.other_customer.to_string();
    let soon = json!({ "next_promise_at": "2026-03-02T09:00:00+08:00" });
    app.post("cs_agent", "/v1/contact-logs", portfolio::contact(&other, soon)).await.expect(201);
    let leave = requested(app, json!({})).await;
    let promises = |leave: &Value| {
        let items = leave["handover_items"].as_array().unwrap().iter();
        items.filter(|item| item["kind"] == "promise").cloned().collect::<Vec<_>>()
    };
    assert_eq!(promises(&leave).len(), 2);
    // The nearer one is missed meanwhile: that stays his.
    app.at("2026-03-02T09:00:01+08:00");
    let leave = app.get("cs_agent2", &format!("/v1/leave-requests/{}", id(&leave))).await.expect(200);
    let [owed] = &promises(&leave)[..] else { panic!("{leave}") };
    assert_eq!((&owed["due_at"], &owed["accepted"]), (&json!("2026-03-04T08:00:00+08:00"), &json!(false)));
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({ "item_ids": [] })).await.expect(200);
    let open = act_on(app, "team_leader", &leave, "approve", json!({})).await.refused(409, "handover_incomplete");
    assert_eq!(open["context"]["items"], json!([owed["name"]]));
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({ "item_ids": [owed["id"]] })).await.expect(200);
    act_on(app, "team_leader", &leave, "approve", json!({})).await.expect(200);
    app.at("2026-03-04T08:00:00+08:00");
    handover::begin_due(&app.store).await.unwrap();
    let path = format!("/v1/follow-ups/{}", owed["id"].as_str().unwrap());
    let passed = app.get("cs_agent2", &path).await.expect(200);
    assert_eq!((&passed["agent_id"], &passed["status"]), (&json!(app.fixture.staff["cs_agent2"]), &json!("open")));
    let history = app.get("team_leader", &format!("{path}/history")).await.expect(200);
    assert!(history.to_string().contains("follow_up.handover"), "{history}");
    let missed = app.get("team_leader", &format!("/v1/follow-ups?customer_id={other}")).await.expect(200);
    assert_eq!(missed["items"][0]["agent_id"], json!(app.fixture.staff["cs_agent"]));
}
}

scenario! {
async fn a_role_held_in_two_posts_is_lent_once(app) {
    let second = json!({ "role": "cs_agent", "org_unit_id": app.fixture.units["TEAM"], "from": "2026-03-01" });
    app.post("hr_officer", &format!("/v1/staff/{}/posts", app.fixture.staff["cs_agent"]), second).await.expect(200);
    let leave = requested(app, json!({})).await;
    act_on(app, "cs_agent2", &leave, "accept-handover", json!({})).await.expect(200);
    act_on(app, "team_leader", &leave, "approve", json!({})).await.expect(200);
    let lent = app.get("hr_officer", &format!("/v1/delegations?from_staff_id={}", app.fixture.staff["cs_agent"])).await.expect(200);
    assert_eq!(lent["items"].as_array().unwrap().len(), 1, "{lent}");
}
}
