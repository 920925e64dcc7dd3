//! Rosters: coverage, publishing, swaps, musters, duty logs, who is on duty (TK-09).

use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{self, Answer, TestApp, id};

const AGENTS: &[&str] = &["cs_agent", "cs_agent2", "cs_agent3", "service_rep"];

fn people(app: &TestApp, names: &[&str]) -> Value {
    json!(names.iter().map(|name| app.fixture.staff[*name]).collect::<Vec<_>>())
}

/// The desk's rota of four on the pattern of the example, to be changed by `with`.
pub fn rota(app: &TestApp, with: Value) -> Value {
    let body = json!({ "org_unit_id": app.fixture.units["DESK"], "from": "2026-03-02", "days": 21,
        "staff_ids": people(app, AGENTS), "pattern": ["a", "b", "c", "off"] });
    kit::with(body, &with)
}

pub async fn draft(app: &TestApp, with: Value) -> Value {
    app.post("team_leader", "/v1/rosters", rota(app, with)).await.expect(201)
}

async fn publish(app: &TestApp, who: &str, roster: &Value) -> Answer {
    app.post(who, &format!("/v1/rosters/{}/publish", id(roster)), json!({})).await
}

/// A roster in force, its gaps answered for.
pub async fn published(app: &TestApp, with: Value) -> Value {
    let roster = draft(app, with).await;
    let accept = format!("/v1/rosters/{}/accept-gap", id(&roster));
    app.post("cs_director", &accept, json!({ "gap_reason": "夜间转公司总值班电话" })).await.expect(200);
    publish(app, "team_leader", &roster).await.expect(200)
}

/// The shifts of a roster for somebody.
pub async fn shifts(app: &TestApp, roster: &Value, name: &str) -> Vec<Value> {
    let path = format!("/v1/shifts?roster_id={}&staff_id={}&limit=200", id(roster), app.fixture.staff[name]);
    app.get("team_leader", &path).await.expect(200)["items"].as_array().unwrap().clone()
}

async fn define(app: &TestApp, code: &str, from: &str, to: &str) -> Answer {
    let body = json!({ "code": code, "from": from, "to": to, "place": "office" });
    app.post("team_leader", "/v1/shift-definitions", body).await
}

scenario! {
/// TK-E04: coverage, gap and overlap of a day; published only once the gap is answered for.
async fn tk_e04_a_gap_must_be_answered_for(app) {
    let roster = draft(app, json!({ "days": 1, "pattern": ["a", "b", "c"], "staff_ids": people(app, &AGENTS[..3]) })).await;
    assert!(roster["number"].as_str().unwrap().starts_with("RS-20260302-"));
    let path = format!("/v1/rosters/{}/coverage?date=2026-03-02", id(&roster));
    let day = app.get("team_leader", &path).await.expect(200);
    assert_eq!((&day["covered_minutes"], &day["required_minutes"]), (&json!(780), &json!(900)));
    assert_eq!(day["coverage_percent"], "86.67");
    assert_eq!(day["gaps"], json!([{ "date": "2026-03-02", "from": "22:00", "to": "24:00", "minutes": 120 }]));
    assert_eq!(day["overlaps"], json!([{ "date": "2026-03-02", "from": "12:00", "to": "17:00", "minutes": 300 }]));
    let refused = publish(app, "team_leader", &roster).await.refused(409, "coverage_gap");
    assert_eq!(refused["context"]["gaps"][0]["from"], "22:00");
    let accept = format!("/v1/rosters/{}/accept-gap", id(&roster));
    app.post("team_leader", &accept, json!({ "gap_reason": "无人" })).await.refused(403, "forbidden");
    app.post("sales_supervisor", &accept, json!({ "gap_reason": "无人" })).await.refused(409, "above_authority");
    app.post("cs_director", &accept, json!({ "gap_reason": "夜间转公司总值班电话" })).await.expect(200);
    let roster = publish(app, "team_leader", &roster).await.expect(200);
    assert_eq!((&roster["status"], &roster["gap_reason"]), (&json!("published"), &json!("夜间转公司总值班电话")));
    publish(app, "team_leader", &roster).await.refused(409, "invalid_state");
    app.get("team_leader", &format!("/v1/rosters/{}/coverage?date=2026-03-03", id(&roster))).await.refused(400, "invalid_parameter");
}
}

scenario! {
/// TK-E04: four people on 21 days, and the rest between two shifts.
async fn tk_e04_four_people_on_21_days(app) {
    let roster = published(app, json!({})).await;
    for (name, count) in [("cs_agent", [6, 5, 5]), ("cs_agent2", [5, 6, 5]), ("cs_agent3", [5, 5, 6]), ("service_rep", [5, 5, 5])] {
        let mine = shifts(app, &roster, name).await;
        let of = |code: &str| mine.iter().filter(|shift| shift["definition_code"] == code).count();
        assert_eq!([of("a"), of("b"), of("c")], count, "{name}");
    }
    define(app, "late", "16:00", "24:00").await.expect(201);
    let pair = json!({ "days": 2, "from": "2026-04-01", "pattern": ["late", "a"], "staff_ids": people(app, &AGENTS[..2]) });
    let tight = draft(app, pair).await;
    let refused = publish(app, "team_leader", &tight).await.refused(409, "rest_violation");
    assert_eq!(refused["context"]["staff_id"], json!(app.fixture.staff["cs_agent"]));
    // c ends at 22:00, a begins at 09:00: eleven hours are enough.
    let even = draft(app, json!({ "days": 2, "from": "2026-05-01", "pattern": ["c", "a"], "staff_ids": people(app, &AGENTS[..1]) })).await;
    publish(app, "team_leader", &even).await.refused(409, "coverage_gap");
    // The roster next to it counts.
    define(app, "early", "08:00", "16:00").await.expect(201);
    let next = draft(app, json!({ "days": 1, "from": "2026-03-23", "pattern": ["early"], "staff_ids": people(app, &AGENTS[..1]) })).await;
    publish(app, "team_leader", &next).await.refused(409, "coverage_gap");
    let twice = draft(app, json!({ "days": 1, "pattern": ["early"], "staff_ids": people(app, &AGENTS[..1]) })).await;
    publish(app, "team_leader", &twice).await.refused(409, "double_booked");
}
}

scenario! {
/// An end of the required hours that a unit does not name is the usual one.
async fn a_unit_may_need_somebody_until_earlier(app) {
    let desk = app.fixture.units["DESK"].to_string();
    let hours = json!({ "value": { "org_units": { (desk): { "to": "22:00" } } }, "valid_from": "2026-03-02", "reason": "试行" });
    let set = app.by("system_admin", actix_web::http::Method::PUT, "/v1/parameters/tickets.roster.required");
    set.json(hours).send().await.expect(200);
    let roster = draft(app, json!({ "days": 1, "pattern": ["a", "b", "c"], "staff_ids": people(app, &AGENTS[..3]) })).await;
    let path = format!("/v1/rosters/{}/coverage?date=2026-03-02", id(&roster));
    let day = app.get("team_leader", &path).await.expect(200);
    assert_eq!((&day["required_minutes"], &day["coverage_percent"]), (&json!(780), &json!("100.00")));
    publish(app, "team_leader", &roster).await.expect(200);
}
}

scenario! {
async fn the_heating_hotline_is_covered_day_and_night(app) {
    let body = json!({ "org_unit_id": app.fixture.units["HEAT"], "from": "2026-03-02", "days": 1, "pattern": ["h1", "h2", "h3"],
        "staff_ids": people(app, &["heating_hotline_agent", "heating_branch_manager", "visit_officer"]) });
    let roster = app.post("heating_service_manager", "/v1/rosters", body.clone()).await.expect(201);
    assert_eq!(roster["trade"], "heating");
    let day = app.get("heating_service_manager", &format!("/v1/rosters/{}/coverage", id(&roster))).await.expect(200);
    assert_eq!((&day["coverage_percent"], &day["required_minutes"], &day["gaps"]), (&json!("100.00"), &json!(1440), &json!([])));
    publish(app, "heating_service_manager", &roster).await.expect(200);
    app.get("team_leader", &format!("/v1/rosters/{}", id(&roster))).await.refused(404, "not_found");
    app.get("visit_officer", &format!("/v1/rosters/{}", id(&roster))).await.expect(200);
    let desk = rota(app, json!({}));
    app.post("heating_service_manager", "/v1/rosters", desk).await.refused(422, "not_found");
    app.post("sales_supervisor", "/v1/rosters", rota(app, json!({}))).await.refused(409, "above_authority");
    let laboratory = kit::with(body, &json!({ "staff_ids": people(app, &["coal_sampler"]), "pattern": ["h2"] }));
    let roster = app.post("heating_service_manager", "/v1/rosters", laboratory).await.expect(201);
    assert_eq!(roster["trade"], "heating");
}
}

scenario! {
async fn a_roster_names_known_people_and_shifts(app) {
    let post = async |with: Value| app.post("team_leader", "/v1/rosters", rota(app, with)).await;
    post(json!({ "pattern": ["a", "z"] })).await.refused(422, "invalid_enum");
    post(json!({ "staff_ids": ["01890000-0000-7000-8000-000000000000"] })).await.refused(422, "not_found");
    post(json!({ "staff_ids": people(app, &["cs_agent", "cs_agent"]) })).await.refused(422, "duplicate");
    post(json!({ "days": 0 })).await.refused(422, "out_of_range");
    post(json!({ "pattern": [] })).await.expect(422);
    define(app, "a", "09:00", "17:00").await.refused(409, "already_exists");
    define(app, "x", "17:00", "09:00").await.refused(422, "date_order");
    define(app, "x", "17:00", "25:00").await.expect(422);
    let night = json!({ "code": "night", "from": "22:00", "to": "06:00", "crosses_midnight": true, "place": "home" });
    app.post("team_leader", "/v1/shift-definitions", night).await.expect(201);
    let roster = draft(app, json!({ "days": 2, "pattern": ["night"], "staff_ids": people(app, &["cs_agent"]) })).await;
    let days = app.get("team_leader", &format!("/v1/rosters/{}/coverage", id(&roster))).await.expect(200);
    // Over midnight counts on both days: 22–24 inside the window of each, 00–06 outside it.
    assert_eq!(days["days"][1]["covered_minutes"], 120);
}
}

scenario! {
/// TK-R29: until a swap is applied the planned person answers, afterwards the taker.
async fn a_swap_needs_the_other_and_the_leader_in_time(app) {
    let roster = published(app, json!({})).await;
    // Friday the 6th: cs_agent has a, cs_agent2 b.
    let on = async |name: &str, date: &str| {
        shifts(app, &roster, name).await.into_iter().find(|shift| shift["date"] == date).unwrap()
    };
    let (mine, theirs) = (on("cs_agent", "2026-03-06").await, on("cs_agent2", "2026-03-06").await);
    assert_eq!((&mine["definition_code"], &theirs["definition_code"]), (&json!("a"), &json!("b")));
    let body = json!({ "own_shift_id": mine["id"], "other_shift_id": theirs["id"] });
    app.post("cs_agent2", "/v1/shift-swaps", body.clone()).await.refused(422, "not_own");
    app.post("cs_agent", "/v1/shift-swaps", json!({ "own_shift_id": mine["id"] })).await.refused(422, "required");
    let swap = app.post("cs_agent", "/v1/shift-swaps", body).await.expect(201);
    let act = async |who: &str, action: &str| {
        app.post(who, &format!("/v1/shift-swaps/{}/{action}", id(&swap)), json!({})).await
    };
    act("team_leader", "approve").await.refused(409, "invalid_state");
    act("cs_agent", "consent").await.refused(409, "above_authority");
    act("cs_agent3", "consent").await.refused(404, "not_found");
    assert!(act("cs_agent2", "consent").await.expect(200)["consented_at"].is_string());
    app.at("2026-03-06T05:00:01+08:00");
    act("team_leader", "approve").await.refused(409, "swap_too_late");
    app.at("2026-03-06T05:00:00.400+08:00");
    assert_eq!(act("team_leader", "approve").await.expect(200)["status"], "applied");
    let after = app.get("team_leader", &format!("/v1/shifts/{}", id(&mine))).await.expect(200);
    assert_eq!(after["staff_id"], json!(app.fixture.staff["cs_agent"]));
    assert_eq!(after["responsible_staff_id"], json!(app.fixture.staff["cs_agent2"]));
    let duty = app.get("cs_agent", "/v1/on-duty?at=2026-03-06T10:00:00%2B08:00").await.expect(200);
    let names: Vec<&str> = duty["items"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap()).collect();
    assert_eq!(names, ["cs_agent2"]);
}
}

scenario! {
/// A takeover that would leave too little rest is refused for the taker.
async fn a_swap_must_leave_rest(app) {
    let roster = published(app, json!({})).await;
    let mine = shifts(app, &roster, "cs_agent").await;
    let b = mine.iter().find(|shift| shift["date"] == "2026-03-07").unwrap();
    assert_eq!(b["definition_code"], "b");
    // service_rep has a on Sunday: from 20:00 to 09:00 are thirteen hours; cs_agent2 has c the same evening.
    let ask = async |other: &str| {
        let body = json!({ "own_shift_id": b["id"], "other_staff_id": app.fixture.staff[other] });
        let swap = app.post("cs_agent", "/v1/shift-swaps", body).await.expect(201);
        app.post(other, &format!("/v1/shift-swaps/{}/consent", id(&swap)), json!({})).await.expect(200);
        app.post("team_leader", &format!("/v1/shift-swaps/{}/approve", id(&swap)), json!({})).await
    };
    ask("cs_agent2").await.refused(409, "rest_violation");
    ask("service_rep").await.refused(409, "double_booked");
    ask("cs_agent3").await.expect(200);
    ask_again(app, b).await;
}
}

async fn ask_again(app: &TestApp, shift: &Value) {
    let body = json!({ "own_shift_id": shift["id"], "other_staff_id": app.fixture.staff["cs_agent2"] });
    app.post("cs_agent", "/v1/shift-swaps", body).await.refused(422, "not_own");
}

scenario! {
/// On duty, empty posts and assignments read one answer.
async fn who_is_not_on_duty_gets_nothing(app) {
    let ticket = register(app, json!({})).await;
    let roster = published(app, json!({})).await;
    let to = json!({ "staff_id": app.fixture.staff["cs_agent2"] });
    app.at("2026-03-02T09:00:00+08:00");
    // Monday: cs_agent a, cs_agent2 b (from noon), cs_agent3 c, service_rep off.
    let refused = act(app, "team_leader", &ticket, "assign", to.clone()).await.refused(409, "assignee_off_duty");
    assert_eq!(refused["context"]["duty"], "off_shift");
    let forced = kit::with(to.clone(), &json!({ "force_reason": "客户指定" }));
    act(app, "team_leader", &ticket, "assign", forced).await.expect(200);
    app.at("2026-03-02T12:00:00+08:00");
    let again = register(app, json!({})).await;
    act(app, "team_leader", &again, "assign", to.clone()).await.expect(200);
    let shift = shifts(app, &roster, "cs_agent2").await[0].clone();
    let stop = format!("/v1/shifts/{}", id(&shift));
    app.post("cs_supervisor", &format!("{stop}/stop-work"), json!({ "reason": "顶撞客户" })).await.refused(403, "forbidden");
    app.post("team_leader", &format!("{stop}/stop-work"), json!({ "reason": "顶撞客户" })).await.expect(200);
    app.later(hours(1));
    let third = register(app, json!({})).await;
    let refused = act(app, "team_leader", &third, "assign", to.clone()).await.refused(409, "assignee_off_duty");
    assert_eq!(refused["context"]["duty"], "stopped");
    app.post("team_leader", &format!("{stop}/lift"), json!({})).await.expect(200);
    act(app, "team_leader", &third, "assign", to).await.expect(200);
    // Not rostered elsewhere: the project team counts as on duty.
    let engineer = json!({ "staff_id": app.fixture.staff["engineering_officer"] });
    let fourth = register(app, json!({})).await;
    act(app, "team_leader", &fourth, "assign", engineer).await.expect(200);
}
}

scenario! {
/// TK-R04: calls into an empty post are unstaffed, by the channel's unit and the shift as it was worked.
async fn calls_into_an_empty_post_are_unstaffed(app) {
    published(app, json!({})).await;
    let channels = app.get("cs_supervisor", "/v1/channels?code=hotline").await.expect(200);
    let path = format!("/v1/channels/{}", id(&channels["items"][0]));
    let call = app.by("cs_supervisor", actix_web::http::Method::PATCH, &path).if_match(1);
    call.json(json!({ "default_org_unit_id": app.fixture.units["DESK"] })).send().await.expect(200);
    app.at("2026-03-03T08:00:00+08:00");
    let ring = async |at: &str| {
        let body = json!({ "direction": "in", "channel_code": "hotline", "ring_started_at": at, "result": "lost" });
        app.post("cs_agent", "/v1/calls", body).await.expect(201)
    };
    let check = async |at: &str, staffed: bool| assert_eq!(ring(at).await["staffed"], json!(staffed), "{at}");
    check("2026-03-02T08:59:59+08:00", false).await;
    check("2026-03-02T09:00:00+08:00", true).await;
    check("2026-03-02T21:59:59+08:00", true).await;
    check("2026-03-02T22:00:00+08:00", false).await;
    check("2026-03-01T22:00:00+08:00", true).await;
    let empty = app.get("cs_agent", "/v1/calls?staffed=false").await.expect(200);
    assert_eq!(empty["items"].as_array().unwrap().len(), 2);
    assert_eq!(app.get("cs_agent", "/v1/calls?staffed=true").await.expect(200)["items"].as_array().unwrap().len(), 3);
}
}

scenario! {
async fn a_muster_takes_the_absent_off_duty(app) {
    let roster = published(app, json!({})).await;
    let line = |name: &str, result: &str| json!({ "staff_id": app.fixture.staff[name], "result": result });
    let body = |code: &str, rows: Value| json!({ "org_unit_id": app.fixture.units["DESK"], "definition_code": code, "rows": rows,
        "talk_points": "近期供热投诉增多,注意首问负责" });
    app.at("2026-03-02T08:50:00.400+08:00");
    app.post("team_leader", "/v1/musters", body("a", json!([line("cs_agent2", "present")]))).await.refused(422, "not_found");
    app.post("team_leader", "/v1/musters", body("zz", json!([line("cs_agent", "present")]))).await.refused(422, "invalid_enum");
    let muster = app.post("team_leader", "/v1/musters", body("a", json!([line("cs_agent", "absent")]))).await.expect(201);
    assert_eq!((&muster["punctual"], &muster["date"]), (&json!(true), &json!("2026-03-02")));
    app.post("team_leader", "/v1/musters", body("a", json!([line("cs_agent", "present")]))).await.refused(409, "already_exists");
    assert_eq!(shifts(app, &roster, "cs_agent").await[0]["status"], "absent");
    app.at("2026-03-02T09:00:00+08:00");
    let ticket = register(app, json!({})).await;
    let to = json!({ "staff_id": app.fixture.staff["cs_agent"] });
    assert_eq!(act(app, "team_leader", &ticket, "assign", to).await.refused(409, "assignee_off_duty")["context"]["duty"], "absent");
    app.at("2026-03-02T11:50:01+08:00");
    let late = app.post("team_leader", "/v1/musters", body("b", json!([line("cs_agent2", "late")]))).await.expect(201);
    assert_eq!(late["punctual"], false);
    let mine = app.get("cs_agent", "/v1/musters").await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1, "everybody sees his own");
}
}

scenario! {
async fn a_duty_log_is_handed_to_the_next_leader(app) {
    let body = json!({ "definition_code": "a", "entries": [{ "kind": "event", "text": "接班,设备正常" }] });
    let log = app.post("team_leader", "/v1/duty-logs", body.clone()).await.expect(201);
    app.post("team_leader", "/v1/duty-logs", body).await.refused(409, "already_exists");
    let path = format!("/v1/duty-logs/{}", id(&log));
    let write = json!({ "kind": "system_problem", "text": "录音系统中断五分钟" });
    let written = app.post("team_leader", &format!("{path}/entries"), write.clone()).await.expect(200);
    assert_eq!(written["entries"].as_array().unwrap().len(), 2);
    app.post("cs_supervisor", &format!("{path}/accept"), json!({})).await.refused(409, "invalid_state");
    app.later(hours(9));
    app.post("team_leader", &format!("{path}/close"), json!({})).await.expect(200);
    app.post("team_leader", &format!("{path}/entries"), write).await.refused(409, "invalid_state");
    app.post("team_leader", &format!("{path}/accept"), json!({})).await.refused(409, "separation_of_duties");
    assert_eq!(app.post("cs_supervisor", &format!("{path}/accept"), json!({})).await.expect(200)["status"], "accepted");
    app.get("heating_hotline_agent", &path).await.refused(404, "not_found");
}
}
