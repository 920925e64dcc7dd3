//! Trainings and the rules of the stations (HS-14), and what was printed of a year (HS-15).

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id, with};
use crate::tickets::desk::document;

const RULES: &str = "/v1/station-rules";
const TRAININGS: &str = "/v1/training-sessions";
const FIGURES: &str = "/v1/published-figures";

/// Twelve people of the house.
fn people(app: &TestApp) -> Vec<String> {
    let mut people: Vec<(&String, String)> = app.fixture.staff.iter().map(|(who, id)| (who, id.to_string())).collect();
    people.sort();
    people.into_iter().take(12).map(|(_, id)| id).collect()
}

scenario! {
async fn hs_e20_eleven_of_twelve_passed(app) {
    let place = station(app, json!({})).await;
    let people = people(app);
    let came = |n: usize, person: &String| json!({ "staff_id": person, "score": 55 + 5 * (n.min(9)), "passed": n > 0 });
    let attendees: Vec<Value> = people.iter().enumerate().map(|(n, person)| came(n, person)).collect();
    let body = json!({ "topic": "室温测量规范", "station_id": place, "on": "2026-02-20", "trainer": "客服部", "attendees": attendees });
    let held = app.post(MANAGER, TRAININGS, body.clone()).await.expect(201);
    assert_eq!((&held["attended"], &held["passed"], &held["pass_rate"]), (&json!(12), &json!(11), &json!("91.67")));
    assert_eq!(held["attendees"].as_array().unwrap().len(), 12);
    let report = app.get(MANAGER, "/v1/reports/heating/training?by=topic").await.expect(200);
    let row: Vec<&Value> = report["rows"][0].as_array().unwrap().iter().map(|cell| &cell["value"]).collect();
    assert_eq!(row, [&json!("室温测量规范"), &json!(1), &json!(12), &json!(11), &json!("91.67")]);
    let drill = app.get(MANAGER, report["rows"][0][1]["drill"].as_str().unwrap()).await.expect(200);
    assert_eq!(drill["items"][0]["id"], held["id"]);
    let before = app.get(MANAGER, "/v1/reports/heating/training?as_of=2026-02-19").await.expect(200);
    assert_eq!((&before["rows"], &before["totals"][4]["value"]), (&json!([]), &Value::Null));
    refused_trainings(app, &body).await;
    let of_station = app.get(HEAD, &format!("{TRAININGS}?station_id={place}")).await.expect(200);
    assert_eq!(of_station["items"].as_array().unwrap().len(), 1);
    app.post(HEAD, TRAININGS, body).await.refused(403, "forbidden");
}
}

async fn refused_trainings(app: &TestApp, body: &Value) {
    let person = app.fixture.staff[HEAD].to_string();
    let refused = async |fields: Value, code: &str| {
        app.post(MANAGER, TRAININGS, with(body.clone(), &fields)).await.refused(422, code)
    };
    refused(json!({ "on": "2026-03-03" }), "date_in_future").await;
    refused(json!({ "attendees": [] }), "too_few_items").await;
    let one = json!({ "staff_id": person, "passed": true });
    let twice = refused(json!({ "attendees": [one, one] }), "repeated_items").await;
    assert_eq!(twice["errors"][0]["pointer"], "/attendees/1/staff_id");
    refused(json!({ "attendees": [with(one.clone(), &json!({ "score": 101 }))] }), "score_out_of_range").await;
    refused(json!({ "attendees": [{ "staff_id": uuid::Uuid::now_v7(), "passed": true }] }), "not_found").await;
    refused(json!({ "rule_id": uuid::Uuid::now_v7() }), "not_found").await;
}

scenario! {
/// Who was to read the old version is asked to read the new.
async fn hs_e20_a_replaced_rule_is_read_again_by_the_stations_readers(app) {
    let place = station(app, json!({})).await;
    let (head, officer) = (app.fixture.staff[HEAD].to_string(), app.fixture.staff["visit_officer"].to_string());
    let first = document(app, MANAGER).await;
    let body = json!({ "title": "测温管理办法", "kind": "service", "document_id": first, "valid_from": "2025-10-01",
        "station_ids": [place], "readers": [head, officer] });
    let old = app.post(MANAGER, RULES, body.clone()).await.expect(201);
    assert_eq!((&old["readers"][0]["read_at"], &old["replaced_by"]), (&Value::Null, &Value::Null));
    app.post(HEAD, &format!("/v1/documents/{first}/mark-read"), json!({})).await.expect(200);
    let read = app.get(HEAD, &format!("{RULES}/{}", id(&old))).await.expect(200);
    let his = read["readers"].as_array().unwrap().iter().find(|reader| reader["staff_id"] == json!(head)).unwrap().clone();
    assert!(his["read_at"].is_string());

    app.later(chrono::TimeDelta::seconds(1));
    let second = document(app, MANAGER).await;
    let newer = json!({ "title": "测温管理办法(修订)", "document_id": second, "valid_from": "2026-03-01", "replaces": old["id"],
        "station_ids": [], "readers": [] });
    let newer = with(body, &newer);
    app.post(MANAGER, RULES, with(newer.clone(), &json!({ "document_id": first }))).await.refused(422, "same_document");
    app.post(MANAGER, RULES, with(newer.clone(), &json!({ "valid_from": "2025-09-30" }))).await.refused(422, "date_order");
    let made = app.post(MANAGER, RULES, newer.clone()).await.expect(201);
    assert_eq!((&made["replaces"], &made["station_ids"]), (&old["id"], &json!([place])));
    let asked: Vec<&Value> = made["readers"].as_array().unwrap().iter().collect();
    assert!(asked.iter().all(|reader| reader["read_at"].is_null()), "{asked:?}");
    assert!([&head, &officer].iter().all(|who| asked.iter().any(|reader| reader["staff_id"] == json!(who))));
    let replaced = app.get(MANAGER, &format!("{RULES}/{}", id(&old))).await.expect(200);
    assert_eq!(replaced["replaced_by"], made["id"]);
    app.post(MANAGER, RULES, newer).await.refused(409, "already_replaced");
    let force = app.get(HEAD, &format!("{RULES}?station_id={place}&in_force=true")).await.expect(200);
    assert_eq!((force["items"].as_array().unwrap().len(), &force["items"][0]["id"]), (1, &made["id"]));
    // The reader sees the paper and says that he read it.
    app.post(HEAD, &format!("/v1/documents/{second}/mark-read"), json!({})).await.expect(200);
    let waiting = app.get("visit_officer", &format!("/v1/documents/{second}")).await.expect(200);
    assert_eq!(waiting["id"], json!(second));
}
}

scenario! {
/// One paper may hold several rules; who enters them at once waits for one another.
async fn rules_of_one_paper_are_entered_at_once(app) {
    let paper = document(app, MANAGER).await;
    let calls = (0..6).map(|n| {
        let body = json!({ "title": format!("制度{n}"), "kind": "safety", "document_id": paper, "valid_from": "2026-03-01",
            "readers": [app.fixture.staff[HEAD]] });
        app.post(MANAGER, RULES, body)
    });
    for answer in join_all(calls).await {
        assert_eq!(answer.expect(201)["readers"].as_array().unwrap().len(), 1);
    }
}
}

scenario! {
async fn the_laboratory_reads_its_own_rules_and_a_station_those_that_hold_for_it(app) {
    let place = station(app, json!({})).await;
    let other = station(app, json!({ "org_unit_id": app.fixture.units["HEAT"] })).await;
    let rule = async |kind: &str, stations: Value| {
        app.later(chrono::TimeDelta::seconds(1));
        let paper = document(app, MANAGER).await;
        let body = json!({ "title": "制度", "kind": kind, "document_id": paper, "valid_from": "2026-03-01",
            "station_ids": stations, "readers": [app.fixture.staff[HEAD]] });
        id(&app.post(MANAGER, RULES, body).await.expect(201))
    };
    let mine = rule("safety", json!([place])).await;
    let all = rule("process", json!([])).await;
    let theirs = rule("safety", json!([other])).await;
    let lab = rule("laboratory", json!([other])).await;
    let seen = async |who: &str| {
        let list = app.get(who, RULES).await.expect(200);
        let ids = list["items"].as_array().unwrap().iter().map(id);
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    };
    assert_eq!(seen(HEAD).await, [mine, all]);
    assert_eq!(seen("coal_analyst").await, [lab]);
    app.get(HEAD, &format!("{RULES}/{theirs}")).await.refused(404, "not_found");
    app.post(HEAD, RULES, json!({})).await.refused(403, "forbidden");
    let nowhere = json!({ "title": "制度", "kind": "safety", "document_id": uuid::Uuid::now_v7(), "valid_from": "2026-03-01" });
    app.post(MANAGER, RULES, nowhere).await.refused(422, "not_found");
}
}

scenario! {
async fn a_printed_figure_stands_once_and_one_by_hand_is_proved(app) {
    let body = json!({ "year": 2025, "as_of": "2025-12-20", "key": "measured_households", "value": "10000",
        "qualifier": "just_below", "text": "近万户", "source": "computed" });
    let made = app.post(MANAGER, FIGURES, body.clone()).await.expect(201);
    assert_eq!((&made["value"], &made["qualifier"]), (&json!("10000.00"), &json!("just_below")));
    app.post(MANAGER, FIGURES, body.clone()).await.refused(409, "already_exists");
    let refused = async |fields: Value, code: &str| {
        app.post(MANAGER, FIGURES, with(body.clone(), &fields)).await.refused(422, code)
    };
    refused(json!({ "as_of": "2024-12-20" }), "out_of_range").await;
    refused(json!({ "year": 2026, "as_of": "2026-03-03" }), "date_in_future").await;
    refused(json!({ "key": "measured_homes" }), "invalid_enum").await;
    refused(json!({ "value": "-1" }), "out_of_range").await;
    refused(json!({ "value": "1.005" }), "too_many_decimals").await;
    refused(json!({ "value": "many" }), "number_format").await;
    refused(json!({ "value": 10000 }), "number_format").await;
    let bids = json!({ "key": "system_bids", "value": "3", "qualifier": "exact", "text": "3项" });
    refused(bids.clone(), "invalid_enum").await;
    let by_hand = with(bids, &json!({ "source": "by_hand" }));
    let unproved = refused(by_hand.clone(), "required").await;
    assert_eq!(unproved["errors"][0]["pointer"], "/document_id");
    let proved = with(by_hand, &json!({ "document_id": document(app, MANAGER).await }));
    app.post(MANAGER, FIGURES, with(body.clone(), &proved)).await.expect(201);
    let year = app.get("company_leader", &format!("{FIGURES}?year=2025")).await.expect(200);
    assert_eq!(year["items"].as_array().unwrap().len(), 2);
    app.post(HOTLINE, FIGURES, body).await.refused(403, "forbidden");
}
}

scenario! {
async fn a_rule_that_names_neither_stations_nor_readers_is_read_in_every_station(app) {
    station(app, json!({})).await;
    let rule = async |kind: &str| {
        app.later(chrono::TimeDelta::seconds(1));
        let paper = document(app, MANAGER).await;
        let body = json!({ "title": "制度", "kind": kind, "document_id": paper, "valid_from": "2026-03-01" });
        let made = app.post(MANAGER, RULES, body).await.expect(201);
        let readers = made["readers"].as_array().unwrap().iter().map(|reader| reader["staff_id"].as_str().unwrap().to_owned());
        readers.collect::<Vec<String>>()
    };
    let person = |who: &str| app.fixture.staff[who].to_string();
    assert_eq!(rule("safety").await, [person(HEAD)]);
    let mut wanted = ["coal_analyst", "coal_sampler", "coal_reviewer"].map(person);
    wanted.sort();
    let mut asked = rule("laboratory").await;
    asked.sort();
    assert_eq!(asked, wanted);
}
}
