//! The reports of a season: money, stops, areas, the service and the season at a glance (heating §8).

use serde_json::{Value, json};

use super::desk::*;
use super::visits::{OFFICER, all_met, network};
use crate::kit::{TestApp, id};

fn values(row: &Value) -> Vec<Value> {
    row.as_array().unwrap().iter().map(|cell| cell["value"].clone()).collect()
}

async fn report(app: &TestApp, who: &str, query: &str) -> Value {
    app.get(who, &format!("/v1/reports/heating/{query}")).await.expect(200)
}

/// The rows a figure's list shows.
async fn drilled(app: &TestApp, who: &str, cell: &Value) -> usize {
    let list = app.get(who, cell["drill"].as_str().unwrap_or_else(|| panic!("no list: {cell}"))).await.expect(200);
    list["items"].as_array().unwrap().len()
}

scenario! {
async fn what_was_billed_and_paid_and_what_is_owed(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let empty = report(app, COLLECTOR, "fee-collection?season=2025-2026").await;
    assert_eq!((&empty["rows"], &empty["totals"][6]["value"]), (&json!([]), &Value::Null));
    billed(app, &season, &home).await;
    paid(app, &home, "1000.00").await.expect(201);
    let shown = report(app, COLLECTOR, "fee-collection?season=2025-2026").await;
    let row = &shown["rows"][0];
    let wanted =
        json!(["北陵中心站", 1, "2759.68", "1000.00", "0.00", "1759.68", "36.24"]);
    assert_eq!(json!(values(row)), wanted);
    assert_eq!(values(&shown["totals"])[1..], values(row)[1..]);
    assert_eq!(drilled(app, COLLECTOR, &row[1]).await, 1);
    // The due day was 2025-10-31: 122 days ago.
    let owed = report(app, "finance_officer", "arrears-aging?season=2025-2026").await;
    let row = &owed["rows"][0];
    assert_eq!(json!(values(row)[1..]), json!(["0.00", "0.00", "0.00", "1759.68", "1759.68", "1759.68"]));
    assert_eq!((drilled(app, COLLECTOR, &row[4]).await, drilled(app, COLLECTOR, &row[3]).await), (1, 0));
    // As it stood the evening before, nothing was billed.
    let before = report(app, COLLECTOR, "arrears-aging?season=2025-2026&as_of=2026-03-01").await;
    assert_eq!(before["rows"], json!([]));
    app.get("visit_officer", "/v1/reports/heating/fee-collection").await.refused(403, "forbidden");
    app.get(COLLECTOR, "/v1/reports/heating/stops").await.refused(403, "forbidden");
    app.get(MANAGER, "/v1/reports/heating/fee-collection?season=1999-2000").await.refused(400, "invalid_parameter");
}
}

scenario! {
/// A credited refund is no money received: it makes less to be received.
async fn a_credit_lowers_what_is_to_be_collected(app) {
    let (home, _, _) = cold_home(app).await;
    let refund = json!({ "household_id": home["id"], "season": "2025-2026" });
    let refund = app.post(HOTLINE, "/v1/heat-refunds", refund).await.expect(201);
    let path = format!("/v1/heat-refunds/{}", id(&refund));
    app.post(MANAGER, &format!("{path}/approve"), json!({})).await.expect(200);
    app.post(COLLECTOR, &format!("{path}/credit"), json!({})).await.expect(200);
    let row = report(app, COLLECTOR, "fee-collection?season=2025-2026").await["rows"][0].clone();
    assert_eq!((&row[3]["value"], &row[4]["value"]), (&json!("0.00"), &refund["amount"]));
    assert_eq!(row[6]["value"], "0.00");
}
}

scenario! {
async fn stops_of_a_season_by_station(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    stopped(app, &home, &season).await;
    let second = household(app, json!({ "station_id": home["station_id"], "room_no": "3-2-1202" })).await;
    applied(app, COLLECTOR, &second, &season, "stop").await.expect(201);
    let shown = report(app, BRANCH, "stops?season=2026-2027").await;
    assert_eq!(json!(values(&shown["rows"][0])), json!(["北陵中心站", 2, 1, 1, 0, 0, "0.00"]));
    assert_eq!((drilled(app, BRANCH, &shown["rows"][0][1]).await, drilled(app, BRANCH, &shown["rows"][0][3]).await), (2, 1));
}
}

scenario! {
async fn areas_of_a_day_charged_and_not(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let more = async |kind: &str, m2: &str, height: &str, heated: bool| {
        let fields = json!({ "kind": kind, "area_m2": m2, "height_m": height, "has_heating_facility": heated });
        area(app, &home, fields).await
    };
    more("extension", "13.20", "2.80", true).await;
    more("basement", "21.40", "2.35", true).await;
    more("basement", "15.00", "2.10", false).await;
    more("gifted", "6.00", "2.80", false).await;
    household(app, json!({ "connected_on": null })).await;
    let shown = report(app, HEAD, "season-charged-area").await;
    let row = &shown["rows"][0];
    assert_eq!(json!(values(row)), json!(["residential", 1, "98.56", "34.60", "133.16", "15.00", "6.00"]));
    assert_eq!(drilled(app, HEAD, &row[1]).await, 1);
    let before = report(app, HEAD, "season-charged-area?as_of=2010-04-30").await;
    assert_eq!(before["rows"], json!([]));
    // The list behind it is that of the day, too.
    for (day, homes) in [("2010-04-30", 0), ("2010-05-01", 1)] {
        let total = report(app, HEAD, &format!("season-charged-area?as_of={day}")).await["totals"][1].clone();
        assert_eq!((&total["value"], drilled(app, HEAD, &total).await), (&json!(homes), homes), "{day}");
    }
}
}

scenario! {
async fn the_service_of_a_month_and_the_season_at_a_glance(app) {
    let home = household(app, json!({})).await;
    let ticket = json!({ "channel_code": "walk_in", "kind": "repair", "category_code": "heating.leak",
        "place_kind": "station_area", "station_org_unit_id": app.fixture.units["STATION"],
        "description": "楼道管道漏水,请尽快处理", "requester": { "name": "赵女士", "phone": "13700001111" } });
    app.post(HOTLINE, "/v1/tickets", ticket).await.expect(201);
    outage(app, home["station_id"].as_str().unwrap(), json!({})).await;
    let shown = report(app, "company_leader", "service-report?month=2026-03&by=week").await;
    let labels: Vec<Value> = shown["rows"].as_array().unwrap().iter().map(|row| row[0]["value"].clone()).collect();
    assert_eq!(json!(labels), json!(["2026-W09", "2026-W10", "2026-W11", "2026-W12", "2026-W13", "2026-W14"]));
    let week = values(&shown["rows"][1]);
    assert_eq!((&week[1], &week[2], &week[3], &week[12]), (&json!(1), &json!(1), &json!(0), &json!(1)));
    assert_eq!(drilled(app, "company_leader", &shown["rows"][1][2]).await, 1);
    // The limits are those of the policy set in force, wherever it comes to be changed.
    assert_eq!(shown["notes"][0]["zh"], "处理时限:跑冒漏4小时,投诉24小时");

    let board = report(app, MANAGER, "season-dashboard").await;
    let tile = |key: &str| {
        let row = board["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == key);
        row.unwrap_or_else(|| panic!("no {key} on {board}")).clone()
    };
    assert_eq!(tile("households_using")[2]["value"], "1.00");
    assert_eq!((&tile("outages_today")[2]["value"], &tile("overdue")[2]["value"]), (&json!("1.00"), &json!("0.00")));
    assert_eq!(drilled(app, MANAGER, &tile("outages_today")[2]).await, 1);
    let drawn = app.get(MANAGER, "/v1/reports/heating/season-dashboard?format=svg").await;
    assert_eq!((drawn.status, drawn.header("content-type")), (200, Some("image/svg+xml")));
}
}

scenario! {
/// HS-R79: what a month's score goes by, of a station and of a person.
async fn what_a_station_and_a_person_are_assessed_by(app) {
    season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let (place, homes) = network(app).await;
    assert_eq!(all_met(app, &place, &homes, "2026-03-01").await["credited"], true);
    let officer = app.fixture.staff[OFFICER].to_string();
    let attendee = |who: &str, score: i64, passed: bool| json!({ "staff_id": app.fixture.staff[who], "score": score, "passed": passed });
    let session = json!({ "topic": "测温规程", "on": "2026-03-02", "trainer": "培训师", "station_id": place,
        "attendees": [attendee(OFFICER, 92, true), attendee(HEAD, 55, false)] });
    app.post(MANAGER, "/v1/training-sessions", session).await.expect(201);
    let complaint = json!({ "channel_code": "walk_in", "kind": "complaint", "category_code": "heating.other",
        "place_kind": "station_area", "station_org_unit_id": app.fixture.units["STATION"],
        "description": "片区供热不足,投诉", "customer_id": app.fixture.customer });
    app.post(HOTLINE, "/v1/tickets", complaint).await.expect(201);

    let shown = report(app, "company_leader", "assessment?month=2026-03").await;
    let row = &shown["rows"][0];
    assert_eq!((&row[3]["value"], &row[4]["value"], &row[5]["value"]), (&json!(1), &json!(1), &json!(1)), "{shown}");
    for column in [3, 4] {
        assert_eq!(drilled(app, "company_leader", &row[column]).await, 1, "{column}");
    }
    let persons = report(app, "company_leader", "assessment?month=2026-03&by=person").await;
    let name = app.get("hr_officer", &format!("/v1/staff/{officer}")).await.expect(200)["name"].clone();
    let own = persons["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == name).unwrap();
    assert_eq!((&own[3]["value"], &own[4]["value"], &own[5]["value"]), (&Value::Null, &json!(1), &json!(1)), "{persons}");
    let before = report(app, "company_leader", "assessment?month=2026-02").await;
    assert_eq!((&before["rows"][0][4]["value"], &before["rows"][0][5]["value"]), (&json!(0), &json!(0)));
    // Visits stand in the report of the service as well.
    let service = report(app, "company_leader", "service-report?month=2026-03&by=month").await;
    assert_eq!((&service["columns"][14]["key"], &service["totals"][14]["value"]), (&json!("visits"), &json!(1)));
    assert_eq!(drilled(app, "company_leader", &service["rows"][0][14]).await, 1);
    app.get(COLLECTOR, "/v1/reports/heating/assessment").await.refused(403, "forbidden");
}
}

scenario! {
/// As many days ahead as people are reminded.
async fn the_board_counts_the_instruments_that_are_due(app) {
    thermometer(app, "2026-04-01").await;
    thermometer(app, "2026-04-02").await;
    let due = async || {
        let board = report(app, MANAGER, "season-dashboard").await;
        let row = board["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == "due_instruments").cloned().unwrap();
        (row[2]["value"].clone(), drilled(app, MANAGER, &row[2]).await)
    };
    assert_eq!(due().await, (json!("1.00"), 1));
    let body = json!({ "value": [31, 7], "valid_from": "2026-03-02", "reason": "提前送检" });
    let call = app.by(MANAGER, actix_web::http::Method::PUT, "/v1/parameters/heating.instrument.remind_days");
    call.json(body).send().await.expect(200);
    assert_eq!(due().await, (json!("2.00"), 2));
}
}

scenario! {
/// Until the next season begins.
async fn the_board_of_a_season_that_is_over_stands_still(app) {
    household(app, json!({ "connected_on": "2025-06-01" })).await;
    season(app, "2024-2025", "2024-11-01", "2025-03-31").await;
    let tile = async |key: &str| {
        let board = report(app, MANAGER, "season-dashboard").await;
        let row = board["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == key).cloned();
        row.unwrap_or_else(|| panic!("no {key} on {board}"))[2].clone()
    };
    let off = tile("households_not_connected").await;
    assert_eq!((&off["value"], drilled(app, MANAGER, &off).await), (&json!("1.00"), 1));
    assert_eq!(tile("households_using").await["value"], "0.00");
    season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    assert_eq!(tile("households_using").await["value"], "1.00");
}
}

scenario! {
/// What is paid afterwards shows beside what was kept.
async fn the_board_of_a_closed_season_is_kept(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2024-2025", "2024-11-01", "2025-03-31").await;
    let path = format!("/v1/heating-seasons/{}", id(&season));
    app.post(MANAGER, &format!("{path}/open"), json!({})).await.expect(200);
    billed(app, &season, &home).await;
    let owed = async |who: &str| {
        let board = report(app, who, "season-dashboard").await;
        let row = board["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == "overdue").cloned().unwrap();
        (row[2]["value"].clone(), row[4]["value"].clone(), board["notes"].as_array().unwrap().len())
    };
    assert_eq!(owed(MANAGER).await, (json!("2759.68"), Value::Null, 0));
    app.post(MANAGER, &format!("{path}/close"), json!({})).await.expect(200);
    paid(app, &home, "1000.00").await.expect(201);
    // The head of a station and the manager of a branch see what was kept of their part.
    for who in [MANAGER, "company_leader", HOTLINE, HEAD, BRANCH] {
        assert_eq!(owed(who).await, (json!("2759.68"), json!("1759.68"), 1), "{who}");
    }
    let drawn = app.get(MANAGER, "/v1/reports/heating/season-dashboard?format=svg").await;
    assert_eq!((drawn.status, drawn.header("content-type")), (200, Some("image/svg+xml")));
}
}
