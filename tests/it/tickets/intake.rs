//! Taking a report down: calls, combinations, duplicates, merging, search, pages (TK-01).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id};

fn call(answered_at: Option<&str>, ring_count: Option<i64>) -> Value {
    json!({ "direction": "in", "channel_code": "hotline", "external_number": "13800135678",
        "ring_started_at": "2026-03-02T07:59:00.000+08:00", "answered_at": answered_at, "ring_count": ring_count,
        "result": if answered_at.is_some() { "answered" } else { "lost" } })
}

scenario! {
/// TK-E03: without a ring count the wait tells it; 15 seconds are four rings and too late.
async fn tk_e03_rings_are_counted_from_the_wait(app) {
    for (answered_at, rings, within) in [
        ("2026-03-02T07:59:14.900+08:00", 3, true),
        ("2026-03-02T07:59:15.000+08:00", 4, false),
        ("2026-03-02T07:59:00.000+08:00", 1, true),
    ] {
        let taken = app.post("cs_agent", "/v1/calls", call(Some(answered_at), None)).await.expect(201);
        assert_eq!((&taken["rings"], &taken["within_limit"]), (&json!(rings), &json!(within)), "{answered_at}");
    }
    let counted = app.post("cs_agent", "/v1/calls", call(Some("2026-03-02T07:59:20+08:00"), Some(3))).await.expect(201);
    assert_eq!((&counted["rings"], &counted["within_limit"]), (&json!(3), &json!(true)));
    let lost = app.post("cs_agent", "/v1/calls", call(None, None)).await.expect(201);
    assert_eq!(lost["within_limit"], false);
    let early = call(Some("2026-03-02T07:58:59+08:00"), None);
    app.post("cs_agent", "/v1/calls", early).await.refused(422, "call_inconsistent");
}
}

fn at_home(category: &str) -> Value {
    json!({ "kind": "consultation", "category_code": category })
}

scenario! {
/// TK-E03: same customer, same unit, same top category, 71 hours apart: eight points.
async fn tk_e03_duplicates_are_listed_with_their_score(app) {
    let first = register(app, at_home("heating.fee")).await;
    app.later(hours(71));
    let second = register(app, at_home("heating.leak")).await;
    let found = second["possible_duplicates"].as_array().unwrap();
    assert_eq!((found.len(), &found[0]["id"], &found[0]["score"]), (1, &first["id"], &json!(8)));
    let list = app.get("cs_agent", &format!("/v1/tickets/{}/duplicates", id(&second))).await.expect(200);
    assert_eq!(list["items"], second["possible_duplicates"]);
    app.later(chrono::TimeDelta::seconds(3_601));
    let third = register(app, at_home("heating.fee")).await;
    let found = third["possible_duplicates"].as_array().unwrap();
    assert_eq!((found.len(), &found[0]["id"]), (1, &second["id"]), "the first lies outside the window");
    let mut elsewhere = at_home("title");
    elsewhere["unit_id"] = json!(app.fixture.other_unit);
    elsewhere["customer_id"] = json!(app.fixture.other_customer);
    let other = register(app, elsewhere).await;
    assert_eq!(other["possible_duplicates"], json!([]));
}
}

async fn refused(app: &TestApp, with: Value, code: &str) {
    app.post("cs_agent", "/v1/tickets", report(app, with)).await.refused(422, code);
}

scenario! {
async fn what_a_report_may_not_say(app) {
    refused(app, json!({ "kind": "repair", "category_code": "payment" }), "classification_invalid").await;
    refused(app, json!({ "channel_code": "hotline" }), "call_required").await;
    refused(app, json!({ "unit_id": null }), "unit_required").await;
    refused(app, json!({ "received_at": "2026-03-01T07:00:00+08:00" }), "received_at_too_old").await;
    refused(app, json!({ "received_at": "2026-03-02T08:06:00+08:00" }), "date_in_future").await;
    refused(app, json!({ "description": "漏水" }), "too_short").await;
    refused(app, json!({ "customer_id": null }), "required").await;
    refused(app, json!({ "assignee_id": app.fixture.staff["cs_agent"] }), "unknown_field").await;
    let earliest = register(app, json!({ "received_at": "2026-03-01T08:00:00+08:00" })).await;
    assert_eq!(earliest["received_at"], "2026-03-01T08:00:00+08:00");
    let ahead = register(app, json!({ "received_at": "2026-03-02T08:05:00+08:00" })).await;
    assert_eq!(ahead["received_at"], "2026-03-02T08:00:00+08:00", "a little ahead counts as now");
    let taken = app.post("cs_agent", "/v1/calls", call(Some("2026-03-02T07:59:05+08:00"), None)).await.expect(201);
    let ticket = register(app, json!({ "channel_code": "hotline", "call_ids": [taken["id"]] })).await;
    let linked = app.get("cs_agent", &format!("/v1/calls/{}", id(&taken))).await.expect(200);
    assert_eq!(linked["ticket_ids"], json!([ticket["id"]]));
}
}

async fn merge(app: &TestApp, ticket: &Value, target: &Value) -> crate::kit::Answer {
    let body = json!({ "target_ticket_id": target["id"], "reason": "同一事项" });
    app.post("cs_supervisor", &format!("/v1/tickets/{}/merge", id(ticket)), body).await
}

scenario! {
async fn a_merge_has_a_living_target_and_can_be_undone(app) {
    let (first, second) = (register(app, json!({})).await, register(app, json!({})).await);
    let third = started(app, json!({})).await;
    merge(app, &first, &first).await.refused(409, "merge_target_invalid");
    let merged = merge(app, &first, &second).await.expect(200);
    assert_eq!((&merged["status"], &merged["merged_into_id"]), (&json!("merged"), &second["id"]));
    merge(app, &third, &first).await.refused(409, "merge_target_invalid");
    merge(app, &first, &third).await.refused(409, "invalid_state");
    let closed = closed(app, json!({})).await;
    merge(app, &third, &closed).await.refused(409, "merge_target_invalid");
    let again = merge(app, &third, &second).await.expect(200);
    app.at("2026-04-01T23:59:59+08:00");
    let back = act(app, "cs_supervisor", &third, "unmerge", json!({ "reason": "不同事项" })).await.expect(200);
    assert_eq!((&back["status"], &back["merged_into_id"]), (&json!("in_progress"), &json!(null)));
    assert_eq!(back["assignee_id"], again["assignee_id"]);
    app.at("2026-04-02T00:00:00+08:00");
    let late = act(app, "cs_supervisor", &first, "unmerge", json!({ "reason": "不同事项" })).await;
    late.refused(409, "unmerge_window_closed");
}
}

scenario! {
/// The clocks of a merged ticket run on, and after the merge is undone they are as if it had never been.
async fn an_undone_merge_leaves_no_trace_on_the_clocks(app) {
    let (ticket, target) = (started(app, json!({})).await, started(app, json!({})).await);
    merge(app, &ticket, &target).await.expect(200);
    app.later(hours(2));
    act(app, "cs_agent", &target, "resolve", solution()).await.expect(200);
    let stopped = clock(app, &ticket, "handle").await;
    assert_eq!((&stopped["outcome"], &stopped["elapsed_seconds"]), (&json!("met"), &json!(7_200)));
    app.later(hours(1));
    act(app, "cs_supervisor", &ticket, "unmerge", json!({ "reason": "不同事项" })).await.expect(200);
    let handle = clock(app, &ticket, "handle").await;
    assert_eq!((&handle["outcome"], &handle["elapsed_seconds"]), (&json!("running"), &json!(10_800)));
    assert_eq!(handle["due_at"], "2026-03-04T08:00:00+08:00");
}
}

/// A query value as it stands in a path.
fn quoted(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn found(app: &TestApp, q: &str) -> Vec<Value> {
    let list = app.get("cs_agent", &format!("/v1/tickets?q={}", quoted(q))).await.expect(200);
    list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

scenario! {
async fn search_finds_words_numbers_and_phones(app) {
    let window = register(app, json!({})).await;
    let stranger = json!({ "customer_id": null, "requester": { "name": "周小雨", "phone": "13700002222" },
        "title": "电梯异响", "description": "三号楼电梯运行时有异响" });
    let lift = register(app, stranger).await;
    assert_eq!(lift["requester"]["name"].as_str().map(|name| name.contains("小雨")), Some(false), "{lift}");
    assert_eq!(found(app, "窗户").await, [window["id"].clone()]);
    assert_eq!(found(app, "电梯").await, [lift["id"].clone()]);
    assert_eq!(found(app, window["number"].as_str().unwrap()).await, [window["id"].clone()]);
    assert_eq!(found(app, "13700002222").await, [lift["id"].clone()]);
    assert_eq!(found(app, "周小雨").await, [lift["id"].clone()]);
    assert_eq!(found(app, "13800135678").await, [window["id"].clone()], "a known customer's phone");
    assert_eq!(found(app, "锅炉").await, Vec::<Value>::new());
    assert_eq!(found(app, "1370000").await, Vec::<Value>::new(), "no part of a phone");
}
}

scenario! {
async fn clear_data_is_shown_for_a_reason_and_written_down(app) {
    let stranger = json!({ "customer_id": null, "requester": { "name": "周小雨", "phone": "13700002222" } });
    let ticket = register(app, stranger).await;
    let path = format!("/v1/tickets/{}", id(&ticket));
    let body = json!({ "reason": "回访核对" });
    app.post("quality_inspector", &format!("{path}/reveal"), body.clone()).await.refused(403, "forbidden");
    app.post("cs_agent", &format!("{path}/reveal"), json!({})).await.refused(422, "required");
    let clear = app.post("cs_agent", &format!("{path}/reveal"), body).await.expect(200);
    assert_eq!((&clear["name"], &clear["phone"]), (&json!("周小雨"), &json!("13700002222")));
    let only = json!({ "fields": ["name"], "reason": "核对姓名" });
    let name = app.post("cs_agent", &format!("{path}/reveal"), only).await.expect(200);
    assert_eq!(name, json!({ "name": "周小雨" }));
    let other = json!({ "fields": ["bank_account"], "reason": "核对" });
    app.post("cs_agent", &format!("{path}/reveal"), other).await.refused(422, "invalid_enum");
    let history = app.get("cs_agent", &format!("{path}/history")).await.expect(200);
    let entries = history["items"].as_array().unwrap();
    let readings = entries.iter().filter(|entry| entry["type"] == "ticket.requester_revealed");
    let asked: Vec<&Value> = readings.map(|entry| &entry["data"]["fields"]).collect();
    assert!(asked.contains(&&json!(["name"])) && asked.len() == 2, "{history}");
    let reading = entries.iter().find(|entry| entry["type"] == "ticket.requester_revealed").unwrap();
    assert_eq!((&reading["reason"], &reading["actor_role"]), (&json!("回访核对"), &json!("cs_agent")));
    assert!(!history.to_string().contains("13700002222") && !history.to_string().contains("周小雨"));
}
}

scenario! {
/// Of a customer on file the ticket shows, for a reason, how he is reached.
async fn the_customer_behind_a_ticket_is_shown_for_a_reason(app) {
    let ticket = register(app, json!({})).await;
    let body = json!({ "fields": ["phone", "company"], "reason": "回访核对" });
    let clear = app.post("cs_agent", &format!("/v1/tickets/{}/reveal", id(&ticket)), body).await.expect(200);
    assert_eq!(clear, json!({ "phone": "13800135678" }));
    let history = app.get("cs_agent", &format!("/v1/tickets/{}/history", id(&ticket))).await.expect(200).to_string();
    assert!(history.contains("requester_revealed") && !history.contains("13800135678"), "{history}");
}
}

scenario! {
async fn pages_hold_still_while_rows_arrive(app) {
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(register(app, json!({})).await["id"].clone());
        app.later(hours(1));
    }
    ids.reverse();
    let first = app.get("cs_agent", "/v1/tickets?limit=2").await.expect(200);
    register(app, json!({})).await;
    let mut pages = vec![first];
    while let Some(cursor) = pages.last().unwrap()["next_cursor"].as_str() {
        let path = format!("/v1/tickets?limit=2&cursor={cursor}");
        pages.push(app.get("cs_agent", &path).await.expect(200));
    }
    let rows = pages.iter().flat_map(|page| page["items"].as_array().unwrap());
    let seen: Vec<Value> = rows.map(|row| row["id"].clone()).collect();
    assert_eq!((seen, pages.len()), (ids, 3));
    let cursor = pages[0]["next_cursor"].as_str().unwrap();
    let edited = format!("{}{}", if cursor.starts_with('A') { 'B' } else { 'A' }, &cursor[1..]);
    app.get("cs_agent", &format!("/v1/tickets?limit=2&cursor={edited}")).await.refused(400, "invalid_cursor");
    let other = format!("/v1/tickets?limit=2&sort=number&cursor={cursor}");
    app.get("cs_agent", &other).await.refused(400, "invalid_cursor");
    app.get("cs_agent", "/v1/tickets?limit=201").await.refused(400, "invalid_limit");
    app.by("cs_agent", Method::GET, "/v1/tickets?colour=red").send().await.refused(400, "unknown_parameter");
}
}

scenario! {
/// Another customer at the same number: two points, whether he has a file or only said his name (TK-R05).
async fn tk_r05_the_same_phone_is_a_hint_across_files(app) {
    let known = register(app, json!({})).await;
    app.later(hours(1));
    let relative = json!({ "customer_id": null, "requester": { "name": "王父", "phone": "13800135678" }, "unit_id": app.fixture.other_unit });
    let by_name = register(app, relative).await;
    let found = &by_name["possible_duplicates"][0];
    assert_eq!((&found["id"], &found["score"]), (&known["id"], &json!(5)), "{by_name}");
    let path = format!("/v1/tickets/{}/duplicates", id(&known));
    let seen = app.get("cs_agent", &path).await.expect(200);
    assert_eq!((&seen["items"][0]["id"], &seen["items"][0]["score"]), (&by_name["id"], &json!(5)));
    let twin = json!({ "kind": "person", "name": "王小红", "phones": ["13800135678"], "force_reason": "同一家庭" });
    let twin = id(&app.post("cs_specialist", "/v1/customers", twin).await.expect(201));
    app.later(hours(1));
    let third = register(app, json!({ "customer_id": twin, "unit_id": app.fixture.other_unit })).await;
    let scores: Vec<i64> = third["possible_duplicates"].as_array().unwrap().iter().map(|one| one["score"].as_i64().unwrap()).collect();
    assert_eq!(scores, [8, 5], "the same home and number first, then the number alone");
    assert!(!third.to_string().contains("13800135678"));
}
}

scenario! {
/// TK-R05: a stage that was over before the merge stays over.
async fn a_stage_left_before_the_merge_does_not_run_on_after_it(app) {
    let (ticket, target) = (started(app, json!({})).await, started(app, json!({})).await);
    assert_eq!(clock(app, &ticket, "stage").await["outcome"], "met");
    merge(app, &ticket, &target).await.expect(200);
    app.later(hours(1));
    act(app, "cs_supervisor", &ticket, "unmerge", json!({ "reason": "不同事项" })).await.expect(200);
    app.later(hours(24));
    let stage = clock(app, &ticket, "stage").await;
    assert_eq!((&stage["stage"], &stage["outcome"]), (&json!("assigned"), &json!("met")));
}
}

scenario! {
/// Spec §4: while nobody is named, the responsible unit holds a case and describes it; then only who is named.
async fn a_unit_describes_what_nobody_holds(app) {
    let ticket = register(app, json!({})).await;
    let unit = json!({ "org_unit_id": app.fixture.units["TEAM"] });
    let ticket = act(app, "team_leader", &ticket, "assign", unit).await.expect(200);
    assert_eq!(ticket["assignee_id"], json!(null));
    let path = format!("/v1/tickets/{}", id(&ticket));
    let described = async |cause: &str| {
        let version = app.get("cs_agent", &path).await.expect(200)["version"].as_i64().unwrap();
        let call = app.by("engineering_officer", Method::PATCH, &path).if_match(version);
        call.json(json!({ "cause": cause })).send().await
    };
    described("密封条老化").await.expect(200);
    app.later(hours(1));
    let named = json!({ "staff_id": app.fixture.staff["cs_agent"] });
    act(app, "team_leader", &ticket, "assign", named).await.expect(200);
    described("合页松动").await.refused(409, "above_authority");
}
}

scenario! {
/// TK-R05: where three points suffice, the same category at the same time is a hint.
async fn tk_r05_a_low_score_lists_the_same_category(app) {
    let other = json!({ "customer_id": app.fixture.other_customer, "unit_id": app.fixture.other_unit });
    let first = register(app, other.clone()).await;
    let near = register(app, crate::kit::with(other, &json!({ "category_code": "house_quality.wall" }))).await;
    let listed = async |least: i64| {
        let body = json!({ "value": least, "valid_from": "2026-03-02", "reason": "试行" });
        let path = "/v1/parameters/tickets.intake.duplicate_min_score";
        app.later(hours(1));
        app.by("system_admin", Method::PUT, path).json(body).send().await.expect(200);
        let ticket = register(app, json!({})).await;
        let found = ticket["possible_duplicates"].as_array().unwrap().iter().map(|other| other["id"].clone());
        let found: Vec<Value> = found.collect();
        [&first, &near].map(|other| found.contains(&other["id"]))
    };
    assert_eq!(listed(4).await, [false, false]);
    assert_eq!(listed(3).await, [true, false]);
    assert_eq!(listed(2).await, [true, true]);
}
}

scenario! {
/// One ticket a key of another system, also when it is sent several times at once.
async fn a_ticket_sent_twice_at_once_is_one(app) {
    let body = report(app, json!({}));
    app.token("cs_agent").await;
    let send = |n: usize| {
        let call = app.by("cs_agent", Method::PUT, "/v1/tickets/by-external-id/oa/t-77");
        call.key(&format!("t-77-{n}")).json(body.clone()).send()
    };
    let answers = futures_util::future::join_all((0..4).map(send)).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 201]);
    assert!(answers.iter().all(|answer| answer.body["id"] == answers[0].body["id"]));
}
}

scenario! {
/// A `PUT` by another system's key describes its ticket anew: what it leaves out stays, an ended case is as it was.
async fn a_ticket_sent_again_is_described_anew(app) {
    let send = async |with: Value, key: &str| {
        let call = app.by("cs_agent", Method::PUT, "/v1/tickets/by-external-id/oa/t-78");
        call.key(key).json(report(app, with)).send().await
    };
    let first = send(json!({ "cause": "密封条老化" }), "t-78-1").await.expect(201);
    let same = send(json!({}), "t-78-2").await.expect(200);
    assert_eq!((&same["id"], &same["version"]), (&first["id"], &first["version"]));
    let told = json!({ "description": "卧室和客厅的窗户都关不严", "tags": ["窗户"] });
    let again = send(told, "t-78-3").await.expect(200);
    assert_eq!((&again["id"], &again["description"]), (&first["id"], &json!("卧室和客厅的窗户都关不严")));
    assert_eq!((&again["title"], &again["cause"]), (&again["description"], &json!("密封条老化")));
    assert_eq!((&again["tags"], &again["kind"]), (&json!(["窗户"]), &first["kind"]));
    let named = send(json!({ "title": "窗户漏风", "severity": "major" }), "t-78-4").await.expect(200);
    assert_eq!((&named["title"], &named["severity"]), (&json!("窗户漏风"), &first["severity"]));
    let gone = json!({ "reason_code": "not_our_scope", "explanation": "不属于本公司", "told_to": "本人" });
    act(app, "cs_agent", &first, "dismiss", gone).await.expect(200);
    send(json!({ "title": "窗户漏风" }), "t-78-5").await.expect(200);
    send(json!({ "title": "窗户" }), "t-78-6").await.refused(409, "invalid_state");
    let unknown = json!({ "document_ids": [app.fixture.customer] });
    send(unknown, "t-78-7").await.refused(422, "not_found");
}
}
