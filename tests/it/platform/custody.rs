//! PF-E12: originals under one holder, handed over by two people; the seal register.

use std::collections::HashMap;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{Answer, TestApp, id};
use crate::tickets::desk::{document, hours};

async fn entered(app: &TestApp, who: &str, originals: i64, copies: i64) -> Value {
    let body = json!({ "title": "购房合同", "kind": "contract_original", "originals": originals, "copies": copies,
        "place": "三号柜", "subject": { "resource": "project", "id": app.fixture.project } });
    app.post(who, "/v1/custody-items", body).await.expect(201)
}

async fn act(app: &TestApp, who: &str, item: &Value, verb: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/custody-items/{}/{verb}", id(item)), body).await
}

async fn shown(app: &TestApp, who: &str, item: &Value) -> Value {
    app.get(who, &format!("/v1/custody-items/{}", id(item))).await.expect(200)
}

fn staff(app: &TestApp, who: &str) -> Value {
    json!(app.fixture.staff[who])
}

fn counts(originals: i64, copies: i64) -> Value {
    json!({ "originals": originals, "copies": copies })
}

async fn give(app: &TestApp, from: &str, to: &str, item: &Value, originals: i64, copies: i64) -> Answer {
    let body = json!({ "to_staff_id": app.fixture.staff[to], "originals": originals, "copies": copies });
    act(app, from, item, "hand-over", body).await
}

scenario! {
/// Who stands in for the holder gives in his name, and so neither takes nor borrows what he gives.
async fn a_substitute_does_not_give_to_himself(app) {
    let item = entered(app, "cs_specialist", 1, 0).await;
    let lent = json!({ "to_staff_id": app.fixture.staff["cs_agent"], "role": "cs_specialist", "from": "2026-03-02",
        "to": "2026-03-03", "reason": "外出培训" });
    app.post("cs_specialist", "/v1/delegations", lent).await.expect(201);
    let substitute = "cs_agent/cs_specialist";
    give(app, substitute, "cs_agent", &item, 1, 0).await.refused(409, "separation_of_duties");
    let loan = json!({ "to_staff_id": app.fixture.staff["cs_agent"], "back_by": "2026-03-03" });
    act(app, substitute, &item, "lend", loan).await.refused(409, "separation_of_duties");
    give(app, substitute, "cs_clerk", &item, 1, 0).await.expect(200);
}
}

scenario! {
async fn pf_e12_the_giver_holds_until_both_have_signed(app) {
    let (a, b) = ("cs_specialist", "cs_clerk");
    let item = entered(app, a, 2, 1).await;
    assert_eq!((&item["state"], &item["holder_staff_id"]), (&json!("held"), &staff(app, a)));
    give(app, a, a, &item, 2, 1).await.refused(409, "separation_of_duties");
    give(app, a, b, &item, 2, 1).await.expect(200);
    let on_its_way = shown(app, b, &item).await;
    assert_eq!((&on_its_way["state"], &on_its_way["holder_staff_id"]), (&json!("in_transfer"), &staff(app, a)));
    assert_eq!(on_its_way["hand_over"]["to_staff_id"], staff(app, b));
    act(app, a, &item, "receive", counts(2, 1)).await.refused(409, "separation_of_duties");
    act(app, "cs_agent", &item, "receive", counts(2, 1)).await.refused(409, "not_receiver");
    let refused = act(app, b, &item, "receive", counts(1, 1)).await.refused(422, "copies_missing");
    assert_eq!((&refused["rule"], &refused["errors"][0]["pointer"]), (&json!("PF-E12"), &json!("/originals")));
    assert_eq!(shown(app, b, &item).await["holder_staff_id"], staff(app, a));
    app.later(hours(2));
    let held = act(app, b, &item, "receive", counts(2, 1)).await.expect(200);
    assert_eq!((&held["state"], &held["holder_staff_id"]), (&json!("held"), &staff(app, b)));
    let [_, gave, took] = held["movements"].as_array().unwrap().as_slice() else { panic!("{held}") };
    assert_eq!((&gave["act"], &gave["at"]), (&json!("handed_over"), &json!("2026-03-02T08:00:00+08:00")));
    assert_eq!((&took["act"], &took["at"]), (&json!("received"), &json!("2026-03-02T10:00:00+08:00")));
    assert!(took["from_name"].is_string() && took["to_name"].is_string(), "both names: {took}");
    give(app, a, "cs_agent", &item, 2, 1).await.refused(409, "not_holder");
    app.store.seal_now().await.unwrap();
    let types = "custody_item.created,custody_item.handed_over,custody_item.received";
    let feed = app.get("general_manager", &format!("/v1/events?after=0&types={types}")).await.expect(200);
    assert_eq!(feed["items"].as_array().unwrap().len(), 3);
}
}

scenario! {
async fn a_part_handed_over_becomes_an_item_of_the_receiver(app) {
    let (a, b) = ("cs_specialist", "cs_clerk");
    let item = entered(app, a, 3, 2).await;
    give(app, a, b, &item, 4, 0).await.refused(422, "copies_missing");
    give(app, a, b, &item, 3, 1).await.refused(422, "copies_missing");
    give(app, a, b, &item, 0, 1).await.refused(422, "out_of_range");
    give(app, a, b, &item, 1, 2).await.expect(200);
    let part = act(app, b, &item, "receive", counts(1, 2)).await.expect(200);
    assert_eq!((&part["split_from_id"], &part["holder_staff_id"]), (&item["id"], &staff(app, b)));
    assert_eq!((&part["originals"], &part["copies"]), (&json!(1), &json!(2)));
    let rest = shown(app, a, &item).await;
    assert_eq!((&rest["originals"], &rest["copies"], &rest["state"]), (&json!(2), &json!(0), &json!("held")));
    assert_eq!(rest["holder_staff_id"], staff(app, a));
}
}

scenario! {
async fn papers_are_refused_lent_given_back_and_lost(app) {
    let (a, b) = ("cs_specialist", "cs_clerk");
    let item = entered(app, a, 1, 0).await;
    give(app, a, b, &item, 1, 0).await.expect(200);
    let back = act(app, b, &item, "refuse", json!({ "reason": "缺少签字页" })).await.expect(200);
    assert_eq!((&back["state"], &back["holder_staff_id"], &back["hand_over"]), (&json!("held"), &staff(app, a), &Value::Null));
    let lend = |back_by: &str| json!({ "to_staff_id": app.fixture.staff["cs_manager"], "back_by": back_by });
    act(app, a, &item, "lend", lend("2026-03-01")).await.refused(422, "date_order");
    let lent = act(app, a, &item, "lend", lend("2026-03-09")).await.expect(200);
    assert_eq!((&lent["state"], &lent["back_by"]), (&json!("lent"), &json!("2026-03-09")));
    act(app, a, &item, "lend", lend("2026-03-10")).await.refused(409, "invalid_state");
    // What is wrong in the body is told before the state.
    act(app, a, &item, "lend", lend("2026-03-01")).await.refused(422, "date_order");
    let nobody = json!({ "to_staff_id": uuid::Uuid::now_v7() });
    act(app, a, &item, "transfer", nobody).await.refused(422, "not_found");
    let late = app.get(a, "/v1/custody-items?state=lent&back_by_lt=2026-03-10&holder_staff_id=me").await.expect(200);
    assert_eq!(late["items"].as_array().unwrap().len(), 1);
    act(app, a, &item, "return-loan", json!({})).await.expect(200);
    act(app, b, &item, "report-lost", json!({ "reason": "找不到" })).await.refused(409, "not_holder");
    let lost = act(app, a, &item, "report-lost", json!({ "reason": "搬迁时遗失" })).await.expect(200);
    assert_eq!((&lost["state"], &lost["originals"]), (&json!("lost"), &json!(1)));
    give(app, a, b, &item, 1, 0).await.refused(409, "invalid_state");
    let acts = lost["movements"].as_array().unwrap().iter().map(|m| m["act"].as_str().unwrap().to_owned());
    assert_eq!(acts.collect::<Vec<_>>(), ["created", "handed_over", "refused", "lent", "returned", "lost"]);
}
}

scenario! {
async fn archives_are_received_by_archivists_and_transferred_among_them(app) {
    let item = entered(app, "cs_clerk", 1, 0).await;
    let path = format!("/v1/custody-items/{}", id(&item));
    let patch = |who: &'static str, body: Value| app.by(who, Method::PATCH, &path).if_match(1).json(body).send();
    patch("cs_agent", json!({ "archive_no": "HT-2026-0018" })).await.refused(409, "not_holder");
    patch("cs_clerk", json!({ "holder_staff_id": app.fixture.staff["cs_agent"] })).await.refused(422, "computed_field");
    patch("cs_clerk", json!({ "archive_no": "HT-2026-0018" })).await.expect(200);
    give(app, "cs_clerk", "cs_agent", &item, 1, 0).await.expect(200);
    act(app, "cs_agent", &item, "receive", counts(1, 0)).await.refused(409, "above_authority");
    act(app, "cs_agent", &item, "refuse", json!({ "reason": "无权接收" })).await.expect(200);
    let to = |who: &str| json!({ "to_staff_id": app.fixture.staff[who] });
    act(app, "cs_clerk", &item, "transfer", to("cs_agent3")).await.refused(409, "keeper_of_another_kind");
    let post = json!({ "role": "cs_clerk", "from": "2010-01-01" });
    app.post("hr_officer", &format!("/v1/staff/{}/posts", app.fixture.staff["cs_agent3"]), post).await;
    act(app, "cs_clerk", &item, "transfer", to("cs_agent3")).await.expect(200);
    let held = act(app, "cs_agent3/cs_clerk", &item, "receive", counts(1, 0)).await.expect(200);
    assert_eq!(held["holder_staff_id"], staff(app, "cs_agent3"));
}
}

/// A small generator of numbers, the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

scenario! {
/// Whatever people do with papers, none appears and none is gone.
async fn the_sum_of_originals_never_changes(app) {
    let people = ["cs_specialist", "cs_clerk", "document_controller", "cost_archivist"];
    let mut dice = Dice(20_260_302);
    entered(app, people[0], 5, 3).await;
    entered(app, people[1], 2, 0).await;
    let mut done: HashMap<&str, u32> = HashMap::new();
    for _ in 0..120 {
        let items = app.get("general_manager", "/v1/custody-items?limit=200").await.expect(200);
        let items = items["items"].as_array().unwrap();
        let sum = |name: &str| items.iter().map(|item| item[name].as_i64().unwrap()).sum::<i64>();
        assert_eq!((sum("originals"), sum("copies")), (7, 3), "{items:#?}");
        assert!(items.iter().all(|item| item["originals"].as_i64() > Some(0) && item["copies"].as_i64() >= Some(0)));
        let item = &items[dice.below(items.len() as u64) as usize];
        let (mut who, to) = (people[dice.below(4) as usize], people[dice.below(4) as usize]);
        let whose = [&item["hand_over"]["to_staff_id"], &item["holder_staff_id"]].into_iter().find(|id| id.is_string());
        if dice.below(3) > 0 {
            who = people.into_iter().find(|person| Some(&staff(app, person)) == whose).unwrap();
        }
        let (originals, copies) = (1 + dice.below(3) as i64, dice.below(3) as i64);
        let to = app.fixture.staff[to];
        let (verb, body) = match dice.below(12) {
            0..4 => ("hand-over", json!({ "to_staff_id": to, "originals": originals, "copies": copies })),
            4..8 => ("receive", match item["hand_over"].is_object() {
                true => counts(item["hand_over"]["originals"].as_i64().unwrap(), item["hand_over"]["copies"].as_i64().unwrap()),
                false => counts(originals, copies),
            }),
            8 => ("refuse", json!({ "reason": "不收" })),
            9 => ("lend", json!({ "to_staff_id": to, "back_by": "2026-03-09" })),
            10 => ("return-loan", json!({})),
            _ => ("receive", counts(originals, copies)),
        };
        let answer = act(app, who, item, verb, body).await;
        assert!(matches!(answer.status, 200 | 404 | 409 | 422), "{verb}: {} {}", answer.status, answer.body);
        if answer.status == 200 {
            *done.entry(verb).or_default() += 1;
        }
    }
    assert!(done.contains_key("hand-over") && done.contains_key("receive"), "the dice did little: {done:?}");
}
}

fn seal(app: &TestApp, paper: &str, on: &str) -> Value {
    json!({ "document_id": paper, "seal_kind": "company", "purpose": "报送住建局", "copies": 2,
        "applicant_id": app.fixture.staff["permits_specialist"], "approver_id": app.fixture.staff["general_manager"],
        "stamped_on": on })
}

scenario! {
async fn seals_are_numbered_without_a_gap_also_at_once(app) {
    let paper = document(app, "cs_clerk").await;
    let path = "/v1/seal-entries";
    let first = app.post("cs_clerk", path, seal(app, &paper, "2025-12-31")).await.expect(201);
    assert_eq!(first["number"], "SE-2025-000001");
    app.token("administration").await;
    let calls = (0..24).map(|n| {
        // Every third one is only tried: it takes its turn and leaves no gap.
        let (at, body) = match n % 3 {
            0 => (format!("{path}?dry_run=true"), seal(app, &paper, "2026-03-02")),
            _ => (path.to_owned(), seal(app, &paper, "2026-03-02")),
        };
        let who = if n % 2 == 0 { "cs_clerk" } else { "administration" };
        app.by(who, Method::POST, &at).key(&format!("seal-{n}")).json(body).send()
    });
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    let list = app.get("cs_clerk", &format!("{path}?stamped_on=2026-03-02&sort=number&limit=200")).await.expect(200);
    let numbers = list["items"].as_array().unwrap().iter().map(|row| row["number"].as_str().unwrap().to_owned());
    let wanted: Vec<String> = (1..=16).map(|n| format!("SE-2026-{n:06}")).collect();
    assert_eq!(numbers.collect::<Vec<_>>(), wanted);
}
}

scenario! {
async fn the_seal_register_refuses_what_it_cannot_vouch_for(app) {
    let paper = document(app, "cs_clerk").await;
    let send = |who: &'static str, body: Value| async move { app.post(who, "/v1/seal-entries", body).await };
    send("cs_agent", seal(app, &paper, "2026-03-02")).await.refused(403, "forbidden");
    send("cs_clerk", seal(app, &paper, "2026-03-03")).await.refused(422, "date_in_future");
    let mut body = seal(app, &paper, "2026-03-02");
    body["approver_id"] = body["applicant_id"].clone();
    send("cs_clerk", body).await.refused(409, "separation_of_duties");
    let mut body = seal(app, &paper, "2026-03-02");
    body["document_id"] = json!(app.fixture.project);
    send("cs_clerk", body).await.refused(422, "not_found");
    let mut body = seal(app, &paper, "2026-03-02");
    body["seal_kind"] = json!("private");
    send("cs_clerk", body).await.refused(422, "invalid_enum");
    let made = send("cs_clerk", seal(app, &paper, "2026-03-02")).await.expect(201);
    let path = format!("/v1/seal-entries/{}", id(&made));
    app.by("cs_clerk", Method::PATCH, &path).if_match(1).json(json!({})).send().await.refused(405, "method_not_allowed");
    let history = app.get("cs_clerk", &format!("{path}/history")).await.expect(200);
    let types: Vec<&Value> = history["items"].as_array().unwrap().iter().map(|entry| &entry["type"]).collect();
    assert_eq!(types, [&json!("seal_entry.recorded")]);
    use sea_orm::ConnectionTrait;
    let changed = app.store.writer().execute_unprepared("UPDATE seal_entry SET copies = 9").await;
    assert!(changed.is_err(), "the database keeps the register too");
}
}

scenario! {
/// What is on its way waits for its receiver, what was lent for its holder until it is back.
async fn papers_on_their_way_are_on_the_work_list(app) {
    let (a, b) = ("cs_specialist", "cs_clerk");
    let waiting = async |who: &str| {
        let list = app.get(who, "/v1/work-items?domain=platform").await.expect(200);
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|item| (item["kind"].clone(), item["overdue"].clone())).collect::<Vec<_>>()
    };
    let item = entered(app, a, 1, 0).await;
    give(app, a, b, &item, 1, 0).await.expect(200);
    assert_eq!(waiting(b).await, [(json!("custody_receipt"), json!(false))]);
    assert_eq!(waiting(a).await, []);
    act(app, b, &item, "receive", counts(1, 0)).await.expect(200);
    let lent = json!({ "to_staff_id": app.fixture.staff["cs_manager"], "back_by": "2026-03-03" });
    act(app, b, &item, "lend", lent).await.expect(200);
    assert_eq!(waiting(b).await, [(json!("custody_loan"), json!(false))]);
    app.at("2026-03-04T00:00:00+08:00");
    assert_eq!(waiting(b).await, [(json!("custody_loan"), json!(true))]);
    act(app, b, &item, "return-loan", json!({})).await.expect(200);
    let paper = document(app, a).await;
    let readers = json!({ "readers": [app.fixture.staff[b]] });
    app.post(a, &format!("/v1/documents/{paper}/circulate"), readers).await.expect(200);
    assert_eq!(waiting(b).await, [(json!("document_unread"), json!(false))]);
    app.post(a, &format!("/v1/documents/{paper}/submit-approval"), json!({})).await.expect(200);
    assert_eq!(waiting("administration").await, [(json!("document_approval"), json!(false))]);
}
}
