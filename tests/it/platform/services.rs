//! PF-E04, E10, E11: calendars, the feed and the journal, parameters by date.

use actix_web::http::Method;
use serde_json::{Value, json};
use store::journal::verify::{Extent, Verdict};

use crate::tickets::desk::report;

scenario! {
async fn pf_e04_working_days_know_the_make_up_days(app) {
    let add = |from: &str, rest: &str| {
        let path = format!("/v1/calendars/mainland/add?from={from}&{rest}");
        async move { app.get("cs_agent", &path).await }
    };
    for (from, rest, date, provisional) in [
        ("2024-04-26", "working_days=1", "2024-04-28", false),
        ("2024-04-30", "working_days=3", "2024-05-08", false),
        ("2024-04-30", "working_days=6", "2024-05-11", false),
        ("2024-04-20", "days=15", "2024-05-05", false),
        ("2023-08-31", "months=6", "2024-02-29", false),
        ("2027-04-30", "working_days=1", "2027-05-05", true),
    ] {
        let answer = add(from, rest).await.expect(200);
        assert_eq!((&answer["date"], &answer["calendar_provisional"]), (&json!(date), &json!(provisional)), "{from} {rest}");
    }
    for from in ["2033-01-01", "2033-12-31", "2010-12-31"] {
        add(from, "working_days=1").await.refused(422, "calendar_year_missing");
    }
    let days = app.get("cs_agent", "/v1/calendars/mainland/days?from=2027-01-01&to=2027-12-31").await.expect(200);
    let days = days["items"].as_array().unwrap();
    assert_eq!(days.len(), 365);
    assert_eq!(days.iter().filter(|day| day["working"] == true).count(), 248, "{}", days[0]);
}
}

scenario! {
async fn pf_e10_the_feed_skips_nothing_and_the_chain_is_whole(app) {
    app.store.seal_now().await.unwrap();
    let feed = |after: i64| async move {
        app.store.seal_now().await.unwrap();
        app.get("general_manager", &format!("/v1/events?after={after}")).await.expect(200)
    };
    let mut after = 0;
    loop {
        let page = feed(after).await;
        let items = page["items"].as_array().unwrap().len();
        after = page["next_after"].as_i64().unwrap();
        if items == 0 {
            break;
        }
    }
    let writers = (0..24).map(|_| app.post("cs_agent", "/v1/tickets", report(app, json!({}))));
    let numbers: Vec<Value> = futures_util::future::join_all(writers).await.into_iter().map(|a| a.expect(201)["id"].clone()).collect();
    let mut seen = Vec::new();
    let mut last = after;
    loop {
        let page = feed(last).await;
        let items = page["items"].as_array().unwrap().clone();
        if items.is_empty() {
            assert_eq!(page["next_after"], last, "an empty answer repeats after");
            break;
        }
        for item in items {
            let position = item["position"].as_i64().unwrap();
            assert!(position > last, "positions ascend");
            last = position;
            if item["type"] == "ticket.registered" {
                seen.push(item["id"].clone());
            }
        }
    }
    assert_eq!(seen.len(), numbers.len());
    match app.store.verify_journal(Extent::default()).await.unwrap() {
        Verdict::Whole { entries, .. } => assert!(entries >= last),
        broken => panic!("{broken:?}"),
    }
}
}

scenario! {
async fn the_journal_cannot_be_rewritten(app) {
    use sea_orm::ConnectionTrait;
    app.post("cs_agent", "/v1/tickets", report(app, json!({}))).await.expect(201);
    app.store.seal_now().await.unwrap();
    let writer = app.store.writer();
    for sql in ["UPDATE journal SET reason = 'x' WHERE position = 1", "DELETE FROM journal WHERE position = 1"] {
        assert!(writer.execute_unprepared(sql).await.is_err(), "{sql}");
    }
}
}

scenario! {
async fn pf_e11_a_parameter_holds_from_its_day(app) {
    app.at("2024-05-20T09:00:00+08:00");
    let path = "/v1/parameters/tickets.reopen.window_days";
    let put = |body: Value| app.by("system_admin", Method::PUT, path).json(body);
    put(json!({ "value": 7, "valid_from": "2024-06-01", "reason": "试行" })).send().await.expect(200);
    for (on, value) in [("2024-05-31", 10), ("2024-06-01", 7)] {
        let answer = app.get("cs_agent", &format!("{path}?on={on}")).await.expect(200);
        assert_eq!(answer["value"], value, "{on}");
    }
    let project = json!({ "value": 5, "valid_from": "2024-06-01", "reason": "试点", "project_id": app.fixture.project });
    put(project).send().await.expect(200);
    app.at("2024-07-10T09:00:00+08:00");
    for (on, value) in [("2024-05-31", 10), ("2024-06-01", 7)] {
        let answer = app.get("cs_agent", &format!("{path}?on={on}")).await.expect(200);
        assert_eq!(answer["value"], value, "{on}, asked in July");
        let here = format!("{path}?on={on}&project_id={}", app.fixture.project);
        let answer = app.get("cs_agent", &here).await.expect(200);
        assert_eq!(answer["value"], if value == 7 { 5 } else { 10 }, "the project wins on {on}");
    }
    let history = app.get("cs_agent", &format!("{path}/history")).await.expect(200);
    assert_eq!(history["items"].as_array().unwrap().len(), 2, "{history}");
    app.at("2024-06-10T09:00:00+08:00");
    put(json!({ "value": 8, "valid_from": "2024-05-25", "reason": "补录" })).send().await.refused(422, "reason_required");
    put(json!({ "value": 100_000, "valid_from": "2024-07-01", "reason": "太大" })).send().await.refused(422, "out_of_range");
    app.get("cs_agent", "/v1/parameters/tickets.no.such").await.refused(404, "not_found");
}
}
