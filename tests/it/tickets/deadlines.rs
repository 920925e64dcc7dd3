//! Clocks to the second: reply, re-targeting, office hours over a holiday, pauses, policy lint (TK-03).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id};

/// A pause asked for by the holder, cs_agent.
async fn pause(app: &TestApp, ticket: &Value, reason: &str, until: &str) -> Answer {
    let proof = document(app, "cs_agent").await;
    let body = json!({ "reason_code": reason, "until": until, "proof_document_id": proof });
    app.post("cs_agent", &format!("/v1/tickets/{}/pauses", id(ticket)), body).await
}

async fn decide(app: &TestApp, who: &str, pause: &Value, action: &str) -> Answer {
    app.post(who, &format!("/v1/ticket-pauses/{}/{action}", id(pause)), json!({})).await
}

/// Registered and assigned to cs_agent, not started.
async fn assigned(app: &TestApp, with: Value) -> Value {
    let ticket = register(app, with).await;
    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200)
}

scenario! {
/// TK-E02: the reply runs 48 hours from the solution, on every second.
async fn tk_e02_the_reply_is_due_48_hours_after_the_solution(app) {
    for (replied, outcome) in [("2015-08-09T17:00:00+08:00", "met"), ("2015-08-09T17:00:01+08:00", "missed")] {
        app.at("2015-08-07T16:00:00+08:00");
        let ticket = started(app, json!({})).await;
        app.at("2015-08-07T18:00:00+08:00");
        let mut body = solution();
        body["solution_at"] = json!("2015-08-07T17:00:00+08:00");
        act(app, "cs_agent", &ticket, "resolve", body).await.expect(200);
        let reply = clock(app, &ticket, "reply").await;
        assert_eq!(reply["due_at"], "2015-08-09T17:00:00+08:00");
        assert_eq!(reply["targets"][0]["target_seconds"], 172_800);
        app.at(replied);
        act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
        let reply = clock(app, &ticket, "reply").await;
        assert_eq!(reply["outcome"], outcome);
    }
}
}

scenario! {
async fn a_solution_lies_between_receipt_and_now(app) {
    let ticket = started(app, json!({})).await;
    app.later(hours(1));
    for (at, code) in [("2026-03-02T07:59:59+08:00", "date_order"), ("2026-03-02T09:00:01+08:00", "date_in_future")] {
        let mut body = solution();
        body["solution_at"] = json!(at);
        act(app, "cs_agent", &ticket, "resolve", body).await.refused(422, code);
    }
}
}

async fn classify(app: &TestApp, ticket: &Value, category: &str) -> Value {
    act(app, "team_leader", ticket, "classify", json!({ "category_code": category })).await.expect(200)
}

fn annul(due_at: &str) -> Value {
    json!({ "clock": "handle", "cycle": 1, "due_at": due_at, "reason": "误分类" })
}

scenario! {
/// TK-E07: a breach made by re-targeting stays a fact, and may be annulled.
async fn tk_e07_a_breach_is_a_fact(app) {
    let complaint = json!({ "kind": "complaint", "category_code": "heating.other" });
    let ticket = started(app, complaint).await;
    assert_eq!(ticket["due_at"], "2026-03-03T08:00:00+08:00");
    app.at("2026-03-02T13:00:00+08:00");
    classify(app, &ticket, "heating.leak").await;
    let handle = clock(app, &ticket, "handle").await;
    assert_eq!(handle["targets"][1]["target_seconds"], 14_400);
    assert_eq!(handle["targets"][1]["cause"], "reclassified");
    assert_eq!(handle["targets"][1]["set_version"], 1);
    assert_eq!(handle["due_at"], "2026-03-02T12:00:00+08:00");
    let breach = &handle["breaches"][0];
    assert_eq!((&breach["due_at"], &breach["cause"]), (&json!("2026-03-02T12:00:00+08:00"), &json!("retarget")));
    let early = act(app, "cs_director", &ticket, "annul-breach", annul("2026-03-02T12:00:00+08:00")).await;
    early.refused(409, "breach_is_real");
    app.at("2026-03-02T14:00:00+08:00");
    let back = classify(app, &ticket, "heating.other").await;
    assert_eq!(back["due_at"], "2026-03-03T08:00:00+08:00");
    app.at("2026-03-02T20:00:00+08:00");
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    assert_eq!(clock(app, &ticket, "handle").await["outcome"], "missed");
    act(app, "cs_manager", &ticket, "annul-breach", annul("2026-03-02T12:00:00+08:00")).await.refused(403, "forbidden");
    let wrong = act(app, "cs_director", &ticket, "annul-breach", annul("2026-03-02T12:00:01+08:00")).await;
    wrong.refused(422, "not_found");
    act(app, "cs_director", &ticket, "annul-breach", annul("2026-03-02T12:00:00+08:00")).await.expect(200);
    let handle = clock(app, &ticket, "handle").await;
    assert_eq!((&handle["outcome"], handle["breaches"].as_array().unwrap().len()), (&json!("met"), 1));
    assert_eq!(handle["breaches"][0]["annulled"]["reason"], "误分类");
}
}

scenario! {
async fn a_late_case_stays_late(app) {
    let ticket = started(app, json!({ "category_code": "house_quality.water_leak" })).await;
    assert_eq!(ticket["due_at"], "2026-03-02T12:00:00+08:00");
    app.at("2026-03-02T12:00:01+08:00");
    let mut body = solution();
    body["delay_reason_code"] = json!("contractor_late");
    act(app, "cs_agent", &ticket, "resolve", body).await.expect(200);
    let breach = clock(app, &ticket, "handle").await["breaches"][0].clone();
    assert_eq!(breach["cause"], "time");
    assert_eq!(breach["charged_staff_id"], json!(app.fixture.staff["cs_agent"]));
    let refused = act(app, "cs_director", &ticket, "annul-breach", annul("2026-03-02T12:00:00+08:00")).await;
    refused.refused(409, "breach_is_real");
}
}

scenario! {
async fn who_reclassified_does_not_annul(app) {
    let ticket = started(app, json!({ "kind": "complaint", "category_code": "heating.other" })).await;
    app.at("2026-03-02T13:00:00+08:00");
    let leak = json!({ "category_code": "heating.leak" });
    act(app, "cs_director", &ticket, "classify", leak).await.expect(200);
    app.later(hours(1));
    let back = json!({ "category_code": "heating.other" });
    act(app, "cs_director", &ticket, "classify", back).await.expect(200);
    let refused = act(app, "cs_director", &ticket, "annul-breach", annul("2026-03-02T12:00:00+08:00")).await;
    refused.refused(409, "separation_of_duties");
}
}

scenario! {
/// TK-E08: office hours, a make-up day, and a pause that ends by itself inside the National Day holiday.
async fn tk_e08_a_pause_over_the_national_day_holiday(app) {
    app.at("2024-09-27T16:00:00+08:00");
    let application = json!({ "kind": "application", "category_code": "title", "place_kind": "none", "unit_id": null });
    let ticket = assigned(app, application).await;
    assert_eq!(ticket["due_at"], "2024-10-10T16:00:00+08:00");
    app.at("2024-09-29T10:00:00+08:00");
    pause(app, &ticket, "third_party", "2024-10-06T10:00:01+08:00").await.refused(422, "pause_too_long");
    let asked = pause(app, &ticket, "third_party", "2024-10-06T10:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.expect(200);
    for at in ["09-29T10:00:00", "09-29T16:30:00", "10-03T12:00:00", "10-06T09:59:59"] {
        app.at(&format!("2024-{at}+08:00"));
        let path = format!("/v1/tickets/{}", id(&ticket));
        let read = app.get("team_leader", &path).await.expect(200);
        assert_eq!((&read["paused"], &read["due_at"]), (&json!(true), &json!(null)), "{at}");
        assert_eq!(read["projected_due_at"], "2024-10-12T15:00:00+08:00");
        let handle = clock(app, &ticket, "handle").await;
        assert_eq!((&handle["remaining_seconds"], &handle["due_at"]), (&json!(118_800), &json!(null)), "{at}");
        assert_eq!(handle["projected_due_at"], "2024-10-12T15:00:00+08:00");
    }
    app.at("2024-10-08T09:00:00+08:00");
    let explained = app.get("team_leader", &format!("/v1/tickets/{}/deadlines", id(&ticket))).await.expect(200);
    explained_as_in_the_book(&explained);
    act(app, "cs_agent", &ticket, "start", json!({})).await.expect(200);
    app.at("2024-10-12T15:00:00+08:00");
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    let handle = clock(app, &ticket, "handle").await;
    assert_eq!((&handle["outcome"], &handle["elapsed_seconds"]), (&json!("met"), &json!(126_000)));
}
}

/// Every figure of the worked example.
fn explained_as_in_the_book(explained: &Value) {
    assert_eq!(explained["effective_due_at"], "2024-10-12T15:00:00+08:00");
    let clocks = explained["clocks"].as_array().unwrap();
    assert_eq!(clocks.len(), 1, "{explained}");
    let handle = &clocks[0];
    assert_eq!((&handle["clock"], &handle["cycle"]), (&json!("handle"), &json!(1)));
    let policy = json!({ "set_version": 1, "code": "request", "position": 60, "matched": ["kind=application"] });
    assert_eq!(handle["policy"], policy);
    let target = &handle["targets"][0];
    assert_eq!((&target["seq"], &target["target_seconds"]), (&json!(1), &json!(126_000)));
    assert_eq!((&target["calendar_code"], &target["calendar_version"]), (&json!("office"), &json!(1)));
    assert_eq!(target["cause"], "registered");
    assert_eq!((&handle["elapsed_seconds"], &handle["remaining_seconds"]), (&json!(7_200), &json!(118_800)));
    assert_eq!((&handle["due_at"], &handle["outcome"]), (&json!("2024-10-12T15:00:00+08:00"), &json!("running")));
    let [first, second, third] = handle["segments"].as_array().unwrap().as_slice() else { panic!("{handle}") };
    assert_eq!((&first["kind"], &first["stage"]), (&json!("running"), &json!("assigned")));
    assert_eq!(first["from"], "2024-09-27T16:00:00+08:00");
    assert_eq!((&first["to"], &first["counted_seconds"]), (&json!("2024-09-29T10:00:00+08:00"), &json!(7_200)));
    let piece = |kind: &str, seconds: i64| json!({ "kind": kind, "seconds": seconds });
    assert_eq!(first["pieces"], json!([piece("running", 3_600), piece("off_hours", 144_000), piece("running", 3_600)]));
    assert_eq!((&second["kind"], &second["to"]), (&json!("paused"), &json!("2024-10-06T10:00:00+08:00")));
    assert_eq!((&second["counted_seconds"], &second["pause"]["reason_code"]), (&json!(0), &json!("third_party")));
    assert_eq!(second["pause"]["end_cause"], "until");
    assert!(second["pause"]["approved_by"].is_string());
    assert_eq!((&third["kind"], &third["counted_seconds"]), (&json!("running"), &json!(0)));
    assert_eq!(third["pieces"], json!([piece("off_hours", 169_200)]));
    assert_eq!(handle["breaches"], json!([]));
    assert_eq!(handle["arithmetic"], "7200 + 0 + 0 = 7200 of 126000");
    assert_eq!(handle["what_if"], json!([{ "change": "severity=major", "due_at": "2024-09-28T16:00:00+08:00" }]));
}

scenario! {
/// PF §7: a limit that is only projected says too that it was reckoned with a year whose notice is not published.
async fn a_projected_limit_in_a_provisional_year_says_so(app) {
    app.at("2026-12-28T09:00:00+08:00");
    let ticket = assigned(app, json!({ "kind": "application", "category_code": "contract" })).await;
    let asked = pause(app, &ticket, "third_party", "2027-01-04T09:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.expect(200);
    let handle = clock(app, &ticket, "handle").await;
    assert_eq!(handle["due_at"], json!(null));
    assert_eq!(handle["projected_due_at"], "2027-01-08T17:00:00+08:00");
    assert_eq!(handle["calendar_provisional"], true);
}
}

scenario! {
/// A pause past its `until` has ended: so say the list of the active ones, that of the ended, and what may be done.
async fn tk_r14_lists_tell_a_pause_that_ended_by_itself(app) {
    let ticket = assigned(app, json!({})).await;
    let asked = pause(app, &ticket, "no_access", "2026-03-02T10:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.expect(200);
    let shown = async |status: &str| {
        let list = app.get("team_leader", &format!("/v1/ticket-pauses?status={status}")).await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    app.at("2026-03-02T09:59:59+08:00");
    assert_eq!((shown("active").await, shown("ended").await), (1, 0));
    app.at("2026-03-02T10:00:00+08:00");
    assert_eq!((shown("active").await, shown("ended").await, shown("active,ended").await), (0, 1, 1));
    let read = app.get("cs_agent", &format!("/v1/ticket-pauses/{}", id(&asked))).await.expect(200);
    let end = read["allowed_actions"].as_array().unwrap().iter().find(|act| act["action"] == "end").unwrap();
    assert_eq!((&read["status"], &end["allowed"]), (&json!("ended"), &json!(false)));
    app.get("team_leader", "/v1/ticket-pauses?status=over").await.refused(400, "invalid_parameter");
}
}

scenario! {
/// The facts of a pause say in which state it left the ticket, and when that is due now (spec tickets §9).
async fn the_facts_of_a_pause_say_state_and_limit(app) {
    let ticket = assigned(app, json!({})).await;
    let asked = pause(app, &ticket, "no_access", "2026-03-02T10:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.expect(200);
    let paused = app.get("team_leader", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    app.later(hours(1));
    decide(app, "cs_agent", &asked, "end").await.expect(200);
    let resumed = app.get("team_leader", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    let history = app.get("team_leader", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200);
    let said = |kind: &str| history["items"].as_array().unwrap().iter().find(|fact| fact["type"] == kind).unwrap()["data"].clone();
    for (kind, due) in [("ticket.paused", &paused["projected_due_at"]), ("ticket.resumed", &resumed["due_at"])] {
        let data = said(kind);
        assert!(due.is_string(), "{kind}");
        assert_eq!((&data["status_before"], &data["due_at"]), (&json!("assigned"), due), "{kind}");
    }
}
}

scenario! {
async fn one_pause_at_a_time_with_a_reason_that_holds(app) {
    let ticket = assigned(app, json!({})).await;
    pause(app, &ticket, "no_access", "2026-03-03T08:00:01+08:00").await.refused(422, "pause_too_long");
    let asked = pause(app, &ticket, "no_access", "2026-03-02T10:00:00+08:00").await.expect(201);
    pause(app, &ticket, "no_access", "2026-03-02T10:00:00+08:00").await.refused(409, "already_paused");
    decide(app, "cs_agent2", &asked, "approve").await.refused(403, "forbidden");
    app.at("2026-03-02T10:00:00+08:00");
    decide(app, "team_leader", &asked, "approve").await.refused(409, "pause_expired");
    decide(app, "team_leader", &asked, "refuse").await.expect(200);
    let again = pause(app, &ticket, "no_access", "2026-03-02T12:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &again, "approve").await.expect(200);
    pause(app, &ticket, "no_access", "2026-03-02T11:00:00+08:00").await.refused(409, "already_paused");
    app.at("2026-03-02T11:00:00+08:00");
    let ended = decide(app, "cs_agent", &again, "end").await.expect(200);
    assert_eq!((&ended["status"], &ended["end_cause"]), (&json!("ended"), &json!("by_hand")));
    decide(app, "cs_agent", &again, "end").await.refused(409, "invalid_state");
    let leak = assigned(app, json!({ "category_code": "heating.leak" })).await;
    pause(app, &leak, "awaiting_parts", "2026-03-02T20:00:00+08:00").await.refused(409, "pause_reason_not_allowed");
    pause(app, &leak, "no_access", "2026-03-02T20:00:00+08:00").await.expect(201);
}
}

scenario! {
/// TK-R14: what has become urgent since it was asked for does not stand still for a reason that is not.
async fn a_pause_is_not_approved_for_what_has_become_urgent(app) {
    let ticket = assigned(app, json!({})).await;
    let asked = pause(app, &ticket, "awaiting_parts", "2026-03-02T20:00:00+08:00").await.expect(201);
    let leak = act(app, "team_leader", &ticket, "classify", json!({ "category_code": "heating.leak" })).await.expect(200);
    assert_eq!(leak["urgent"], true);
    decide(app, "team_leader", &asked, "approve").await.refused(409, "pause_reason_not_allowed");
    decide(app, "team_leader", &asked, "refuse").await.expect(200);
}
}

scenario! {
/// A request is decided on although its reason is offered no more.
async fn a_pause_outlives_its_reason(app) {
    let ticket = assigned(app, json!({})).await;
    let asked = pause(app, &ticket, "third_party", "2026-03-03T08:00:00+08:00").await.expect(201);
    let list = app.get("cs_supervisor", "/v1/ticket-catalogues?list=pause_reason&code=third_party").await.expect(200);
    let reason = &list["items"][0];
    let path = format!("/v1/ticket-catalogues/{}", id(reason));
    let call = app.by("cs_supervisor", Method::PATCH, &path).if_match(reason["version"].as_i64().unwrap());
    call.json(json!({ "active": false })).send().await.expect(200);
    pause(app, &ticket, "third_party", "2026-03-03T08:00:00+08:00").await.refused(422, "invalid_enum");
    decide(app, "team_leader", &asked, "approve").await.expect(200);
}
}

scenario! {
async fn pauses_together_stay_within_a_week(app) {
    let ticket = assigned(app, json!({})).await;
    let first = pause(app, &ticket, "third_party", "2026-03-06T12:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &first, "approve").await.expect(200);
    app.at("2026-03-06T12:00:00+08:00");
    let ask = async |until: &str| pause(app, &ticket, "awaiting_customer", until).await.expect(201);
    let more = ask("2026-03-09T08:00:01+08:00").await;
    decide(app, "team_leader", &more, "approve").await.refused(409, "pause_total_exceeded");
    decide(app, "team_leader", &more, "refuse").await.expect(200);
    let rest = ask("2026-03-09T08:00:00+08:00").await;
    decide(app, "team_leader", &rest, "approve").await.expect(200);
}
}

scenario! {
/// A pause that ends by itself is told of without any act, once; the clock runs on from its `until`.
async fn a_pause_over_by_itself_is_told_of(app) {
    let ticket = started(app, json!({})).await;
    let asked = pause(app, &ticket, "awaiting_customer", "2026-03-02T12:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.expect(200);
    let seen = async || app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    let due_at = seen().await["projected_due_at"].clone();
    app.at("2026-03-02T11:59:59+08:00");
    assert_eq!(::tickets::pause::expiring::end_due(&app.store).await.unwrap(), 0);
    app.at("2026-03-02T12:00:30+08:00");
    assert_eq!(::tickets::pause::expiring::end_due(&app.store).await.unwrap(), 1);
    assert_eq!(::tickets::pause::expiring::end_due(&app.store).await.unwrap(), 0, "written once");
    app.store.seal_now().await.unwrap();
    let facts = app.get("cs_director", "/v1/events?after=0&types=ticket.resumed").await.expect(200)["items"].clone();
    assert_eq!(facts.as_array().unwrap().len(), 1, "{facts}");
    assert_eq!((&facts[0]["resource_id"], &facts[0]["data"]["cause"]), (&ticket["id"], &json!("until")));
    assert_eq!(facts[0]["data"]["resumed_at"], "2026-03-02T12:00:00+08:00");
    assert_eq!(facts[0]["data"]["status_before"], "in_progress");
    let ended = app.get("cs_agent", &format!("/v1/ticket-pauses/{}", id(&asked))).await.expect(200);
    assert_eq!((&ended["status"], &ended["end_cause"]), (&json!("ended"), &json!("until")));
    assert_eq!(ended["ended_at"], "2026-03-02T12:00:00+08:00");
    assert_eq!(seen().await["due_at"], due_at);
    decide(app, "team_leader", &asked, "end").await.refused(409, "invalid_state");
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
}
}

scenario! {
/// An act that comes before the job tells of the pause's end itself, ahead of its own fact.
async fn an_act_after_a_pause_tells_of_its_end_first(app) {
    let ticket = started(app, json!({})).await;
    let asked = pause(app, &ticket, "awaiting_customer", "2026-03-02T12:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.expect(200);
    app.at("2026-03-02T12:00:05+08:00");
    let to = json!({ "staff_id": app.fixture.staff["cs_agent2"], "reason": "换人处理" });
    act(app, "team_leader", &ticket, "transfer", to).await.expect(200);
    assert_eq!(::tickets::pause::expiring::end_due(&app.store).await.unwrap(), 0);
    app.store.seal_now().await.unwrap();
    let path = "/v1/events?after=0&types=ticket.resumed,ticket.transferred";
    let facts = app.get("cs_director", path).await.expect(200)["items"].clone();
    let kinds: Vec<_> = facts.as_array().unwrap().iter().map(|fact| fact["type"].clone()).collect();
    assert_eq!(kinds, ["ticket.resumed", "ticket.transferred"], "{facts}");
    assert!(facts[1]["data"]["due_at"].is_string(), "{facts}");
    let (before, after) = (&facts[0]["data"]["status_before"], &facts[0]["data"]["status_after"]);
    assert_eq!((before, after), (&json!("in_progress"), &json!("in_progress")), "before the transfer");
}
}

scenario! {
async fn a_pause_needs_two_people_and_the_right_leader(app) {
    let ticket = register(app, json!({})).await;
    let to = json!({ "staff_id": app.fixture.staff["team_leader"] });
    act(app, "cs_supervisor", &ticket, "assign", to).await.expect(200);
    let proof = document(app, "team_leader").await;
    let until = "2026-03-03T08:00:00+08:00";
    let body = json!({ "reason_code": "force_majeure", "until": until, "proof_document_id": proof });
    let path = format!("/v1/tickets/{}/pauses", id(&ticket));
    let asked = app.post("team_leader", &path, body).await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.refused(409, "separation_of_duties");
    decide(app, "cs_supervisor", &asked, "approve").await.refused(409, "above_authority");
    decide(app, "cs_manager", &asked, "approve").await.expect(200);
}
}

scenario! {
/// The limit of the authority counts when it comes first; other channels have none.
async fn the_authoritys_limit_counts_when_it_is_earlier(app) {
    let due = json!({ "authority_number": "12345-0007", "authority_due_at": "2026-03-02T18:00:00+08:00" });
    let plain = report(app, due.clone());
    app.post("cs_agent", "/v1/tickets", plain).await.refused(422, "authority_only");
    let mut body = due;
    body["channel_code"] = json!("government");
    let ticket = register(app, body).await;
    assert_eq!(ticket["due_at"], "2026-03-04T08:00:00+08:00");
    assert_eq!(ticket["effective_due_at"], "2026-03-02T18:00:00+08:00");
    let overdue = async || app.get("cs_agent", "/v1/tickets?overdue=true").await.expect(200)["items"].clone();
    app.at("2026-03-02T18:00:00+08:00");
    assert_eq!(overdue().await, json!([]));
    app.at("2026-03-02T18:00:01+08:00");
    assert_eq!(overdue().await[0]["id"], ticket["id"]);
}
}

scenario! {
/// The limit of a merged ticket counts for the one it was merged into.
async fn a_merged_tickets_limit_counts_for_its_target(app) {
    let early = register(app, json!({})).await;
    app.later(hours(2));
    let target = register(app, json!({})).await;
    let body = json!({ "target_ticket_id": target["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &early, "merge", body).await.expect(200);
    let read = app.get("cs_agent", &format!("/v1/tickets/{}", id(&target))).await.expect(200);
    assert_eq!(read["due_at"], "2026-03-04T10:00:00+08:00");
    assert_eq!(read["effective_due_at"], "2026-03-04T08:00:00+08:00");
}
}

scenario! {
/// A trial changes nothing.
async fn a_preview_tells_and_keeps_nothing(app) {
    let ticket = assigned(app, json!({})).await;
    let path = format!("/v1/tickets/{}", id(&ticket));
    let leak = json!({ "category_code": "heating.leak" });
    let preview = app.post("cs_agent", &format!("{path}/deadline-preview"), leak).await.expect(200);
    assert_eq!(preview["policy"]["code"], "leak");
    assert_eq!(preview["due_at"], "2026-03-02T12:00:00+08:00");
    let pause = json!({ "pause": { "until": "2026-03-03T08:00:00+08:00" } });
    let preview = app.post("cs_agent", &format!("{path}/deadline-preview"), pause).await.expect(200);
    assert_eq!(preview["due_at"], "2026-03-05T08:00:00+08:00");
    let attempt = async |body: Value| app.post("cs_agent", &format!("{path}/deadline-preview"), body).await;
    let parts = |until: &str| json!({ "until": until, "reason_code": "awaiting_parts" });
    attempt(json!({ "pause": { "until": "2026-03-02T08:00:00+08:00" } })).await.refused(422, "date_order");
    attempt(json!({ "pause": parts("2026-03-07T08:00:01+08:00") })).await.refused(422, "pause_too_long");
    let reasoned = attempt(json!({ "pause": parts("2026-03-07T08:00:00+08:00") })).await.expect(200);
    assert_eq!(reasoned["due_at"], "2026-03-09T08:00:00+08:00");
    let urgent = json!({ "category_code": "heating.leak", "pause": parts("2026-03-03T08:00:00+08:00") });
    attempt(urgent).await.refused(409, "pause_reason_not_allowed");
    let read = app.get("cs_agent", &path).await.expect(200);
    assert_eq!(read["version"], ticket["version"]);
    assert_eq!(read["due_at"], "2026-03-04T08:00:00+08:00");
}
}

scenario! {
/// TK-R14: a pause lasts until it is ended, is over, or the case is solved or handed on – not until the next act.
async fn tk_r14_starting_does_not_end_a_pause(app) {
    let ticket = assigned(app, json!({})).await;
    app.later(hours(1));
    let asked = pause(app, &ticket, "third_party", "2026-03-03T09:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.expect(200);
    app.later(hours(2));
    let started = act(app, "cs_agent", &ticket, "start", json!({})).await.expect(200);
    assert_eq!((&started["paused"], &started["due_at"]), (&json!(true), &json!(null)));
    app.later(hours(2));
    let handle = clock(app, &ticket, "handle").await;
    let last = handle["segments"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["begun_by"]), (&json!("paused"), &json!("started")));
    assert_eq!((&handle["elapsed_seconds"], &handle["due_at"]), (&json!(3_600), &json!(null)));
    decide(app, "cs_supervisor", &asked, "end").await.expect(200);
    app.later(hours(1));
    assert_eq!(clock(app, &ticket, "handle").await["elapsed_seconds"], 7_200);
}
}

scenario! {
/// TK-R14: a pause that outlasts the stage it began in is over at its `until` all the same.
async fn tk_r14_a_pause_carried_on_ends_by_itself(app) {
    let ticket = assigned(app, json!({})).await;
    let asked = pause(app, &ticket, "third_party", "2026-03-02T12:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.expect(200);
    app.later(hours(1));
    act(app, "cs_agent", &ticket, "start", json!({})).await.expect(200);
    app.at("2026-03-02T13:00:00+08:00");
    let handle = clock(app, &ticket, "handle").await;
    assert_eq!((&handle["elapsed_seconds"], &handle["outcome"]), (&json!(3_600), &json!("running")));
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    let after = app.get("cs_agent", &format!("/v1/ticket-pauses/{}", id(&asked))).await.expect(200);
    assert_eq!((&after["status"], &after["end_cause"]), (&json!("ended"), &json!("until")));
}
}

scenario! {
/// TK-R11: near due is what has counted the second reminder percent; the list and the row say the same.
async fn tk_r11_the_list_and_the_row_agree_on_near_due(app) {
    let ticket = started(app, json!({ "kind": "complaint", "category_code": "house_quality" })).await;
    let limits = ["2026-03-03T03:11:59+08:00", "2026-03-03T03:12:00+08:00", "2026-03-03T08:00:01+08:00"];
    for (at, near, overdue) in [(limits[0], false, false), (limits[1], true, false), (limits[2], true, true)] {
        app.at(at);
        let row = app.get("team_leader", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
        assert_eq!((&row["near_due"], &row["overdue"]), (&json!(near), &json!(overdue)), "{at}");
        let list = app.get("team_leader", "/v1/tickets?near_due=true").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), usize::from(near), "{at}");
    }
}
}

scenario! {
/// TK-R10: a pause stops the ticket's own limit, not that of the authority nor of a ticket merged into it.
async fn tk_r10_other_limits_run_on_while_a_ticket_is_paused(app) {
    let government = json!({ "channel_code": "government", "authority_number": "12345-778",
        "authority_due_at": "2026-03-03T18:00:00+08:00" });
    let ticket = assigned(app, government).await;
    let asked = pause(app, &ticket, "third_party", "2026-03-05T08:00:00+08:00").await.expect(201);
    decide(app, "team_leader", &asked, "approve").await.expect(200);
    let limits = async || {
        let read = app.get("team_leader", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
        let explained = app.get("team_leader", &format!("/v1/tickets/{}/deadlines", id(&ticket))).await.expect(200);
        assert_eq!((&read["paused"], &read["due_at"]), (&json!(true), &json!(null)));
        assert_eq!(read["effective_due_at"], explained["effective_due_at"]);
        read["effective_due_at"].clone()
    };
    assert_eq!(limits().await, "2026-03-03T18:00:00+08:00");
    let twin = register(app, json!({ "kind": "complaint", "category_code": "house_quality" })).await;
    let merge = json!({ "target_ticket_id": ticket["id"], "reason": "同一事项" });
    act(app, "cs_supervisor", &twin, "merge", merge).await.expect(200);
    assert_eq!(limits().await, "2026-03-03T08:00:00+08:00");
}
}
