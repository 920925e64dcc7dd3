//! Districts with seasons of their own: what belongs to the one is not the other's (HS-01, HS-05, HS-12).

use serde_json::{Value, json};

use super::desk::*;
use super::visits::network;
use crate::kit::{TestApp, id};

/// A priced season 2025-2026 of a district.
async fn of_district(app: &TestApp, district: &str, starts_on: &str, ends_on: &str) -> Value {
    let body = json!({ "number": "2025-2026", "region": district, "starts_on": starts_on, "ends_on": ends_on });
    let row = app.post(MANAGER, "/v1/heating-seasons", body).await.expect(201);
    for purpose in ["residential", "commercial", "public", "auxiliary"] {
        price(app, &row, purpose, "28.00").await;
    }
    row
}

/// A home of 98.56 m² in a district.
async fn home_in(app: &TestApp, district: &str) -> Value {
    let place = station(app, json!({ "area": district })).await;
    let home = household(app, json!({ "station_id": place })).await;
    area(app, &home, json!({})).await;
    home
}

/// A season of the east, one of the west that runs longer, and a home in each.
async fn two_districts(app: &TestApp) -> [(Value, Value); 2] {
    let (east, west) = (name(), name());
    [
        (of_district(app, &east, "2025-11-01", "2026-03-31").await, home_in(app, &east).await),
        (of_district(app, &west, "2025-10-20", "2026-04-10").await, home_in(app, &west).await),
    ]
}

scenario! {
async fn a_district_is_billed_by_its_own_season(app) {
    let [(east, home), (west, other)] = two_districts(app).await;
    let run = app.post(COLLECTOR, "/v1/heat-bill-runs", json!({ "season": east["id"] })).await.expect(202);
    assert_eq!((&run["households"], &run["drafted"]), (&json!(1), &json!(1)));
    let drafts = app.get(COLLECTOR, &format!("/v1/heat-bills?season={}", id(&east))).await.expect(200);
    assert_eq!((drafts["items"].as_array().unwrap().len(), &drafts["items"][0]["household_id"]), (1, &home["id"]));
    // By its number each home finds the season of its district, and no other's by its id.
    let fee = |home: &Value, season: &str| format!("/v1/households/{}/fee-preview?season={season}", id(home));
    assert_eq!(app.get(COLLECTOR, &fee(&other, "2025-2026")).await.expect(200)["season_id"], west["id"]);
    app.get(COLLECTOR, &fee(&other, &id(&east))).await.refused(400, "invalid_parameter");
    applied(app, COLLECTOR, &other, &east, "stop").await.refused(422, "not_found");
    let place = json!({ "area": west["region"], "network_areas": [{ "season": "2025-2026", "network_area_m2": "12000.00" }] });
    let place = app.get(MANAGER, &format!("/v1/heating-stations/{}", station(app, place).await)).await.expect(200);
    assert_eq!(place["network_areas"][0]["season_id"], west["id"]);
    // Between seasons the last one of the district stands.
    app.at("2026-05-04T08:00:00+08:00");
    let last = app.get(COLLECTOR, &format!("/v1/households/{}/fee-preview", id(&other))).await.expect(200);
    assert_eq!(last["season_id"], west["id"]);
}
}

scenario! {
/// The season of all the others stands beside that of a district: no home is billed for both.
async fn beside_a_season_for_all_that_of_a_district_heats_no_other(app) {
    let east = name();
    let own = of_district(app, &east, "2025-10-20", "2026-04-10").await;
    let common = of_district(app, "default", "2025-11-01", "2026-03-31").await;
    let (home, other) = (home_in(app, &east).await, home_in(app, &name()).await);
    for (season, home) in [(&own, &home), (&common, &other)] {
        let run = app.post(COLLECTOR, "/v1/heat-bill-runs", json!({ "season": season["id"] })).await.expect(202);
        assert_eq!((&run["households"], &run["drafted"]), (&json!(1), &json!(1)), "{run}");
        let drafts = app.get(COLLECTOR, &format!("/v1/heat-bills?season={}", id(season))).await.expect(200);
        assert_eq!(drafts["items"][0]["household_id"], home["id"]);
        app.post(COLLECTOR, &format!("/v1/heat-bills/{}/issue", id(&drafts["items"][0])), json!({})).await.expect(200);
    }
    // Both owe; each valve is checked in the season of its home.
    for (season, home) in [(&own, &home), (&common, &other)] {
        assert_eq!(valve_list(app, season, json!({})).await["lines"], 1);
        let check = json!({ "household_id": home["id"] });
        let line = app.post(INSPECTOR, "/v1/valve-checks", check).await.expect(201);
        assert_eq!((&line["season_id"], &line["ground"]), (&season["id"], &json!("unpaid")));
    }
    let fee = |season: &str| format!("/v1/households/{}/fee-preview?season={season}", id(&other));
    assert_eq!(app.get(COLLECTOR, &fee("2025-2026")).await.expect(200)["season_id"], common["id"]);
    app.get(COLLECTOR, &fee(&id(&own))).await.refused(400, "invalid_parameter");
    // Nor does the district's season heat a home that lies in no district.
    let nowhere = household(app, json!({})).await;
    let fee = |season: &Value| format!("/v1/households/{}/fee-preview?season={}", id(&nowhere), id(season));
    assert_eq!(app.get(COLLECTOR, &fee(&common)).await.expect(200)["season_id"], common["id"]);
    app.get(COLLECTOR, &fee(&own)).await.refused(400, "invalid_parameter");
    applied(app, COLLECTOR, &nowhere, &own, "stop").await.refused(422, "not_found");
    let check = json!({ "household_id": nowhere["id"], "season": own["id"] });
    app.post(INSPECTOR, "/v1/valve-checks", check).await.refused(422, "not_found");
    // A unit with stations in the district and outside it goes by the season for all.
    let list = json!({ "org_unit_id": app.fixture.units["HEAT"] });
    let list = app.post(INSPECTOR, "/v1/valve-check-lists", list).await.expect(202);
    assert_eq!(list["season_id"], common["id"]);
}
}

scenario! {
/// The valves of a branch that has one district and stations in none are checked in the season for all.
async fn a_station_in_no_district_is_in_none_of_its_neighbours(app) {
    let east = name();
    let own = of_district(app, &east, "2025-10-20", "2026-04-10").await;
    let common = of_district(app, "default", "2025-11-01", "2026-03-31").await;
    station(app, json!({ "area": east })).await;
    let body = json!({ "org_unit_id": app.fixture.units["HEAT"] });
    let list = async || app.post(INSPECTOR, "/v1/valve-check-lists", body.clone()).await.expect(202);
    assert_eq!(list().await["season_id"], own["id"]);
    station(app, json!({})).await;
    assert_eq!(list().await["season_id"], common["id"]);
}
}

scenario! {
/// Also where a district's season was entered first, the others are judged by the season for all.
async fn the_figures_of_the_others_go_by_the_season_for_all(app) {
    for (region, starts_on, ends_on, standard) in
        [(name(), "2025-10-20", "2026-04-10", "20.0"), ("default".to_owned(), "2025-11-01", "2026-03-31", "18.0")]
    {
        let body = json!({ "number": "2025-2026", "region": region, "starts_on": starts_on, "ends_on": ends_on,
            "standard_c": standard });
        app.post(MANAGER, "/v1/heating-seasons", body).await.expect(201);
        app.later(chrono::TimeDelta::seconds(1));
    }
    let (_, homes) = network(app).await;
    let case = json!({ "household_id": homes[0]["id"] });
    let case = app.post(HOTLINE, "/v1/temperature-cases", case).await.expect(201);
    let taken = reading(&thermometer(app, "2026-12-31").await, json!({ "t_c": "19.0" }));
    let measure = format!("/v1/temperature-cases/{}/measure", id(&case));
    let warm = app.post(HEAD, &measure, json!({ "readings": [taken] })).await.expect(200);
    assert_eq!(warm["verdict"], "qualified");
    let total = async |report: &str, key: &str| {
        let told = app.get(MANAGER, &format!("/v1/reports/heating/{report}")).await.expect(200);
        let place = told["columns"].as_array().unwrap().iter().position(|column| column["key"] == key).unwrap();
        told["totals"][place]["value"].clone()
    };
    assert_eq!(total("temperature-statistics?month=2026-03", "qualified").await, 1);
    // Nobody is to be visited before the season for all begins.
    assert_eq!(total("visit-compliance?month=2025-10", "weeks_due").await, 0);
    assert_eq!(total("visit-compliance?month=2025-12", "weeks_due").await, 4);
}
}

scenario! {
async fn a_season_that_ends_leaves_the_cases_of_another_district_open(app) {
    let [(east, home), (_, other)] = two_districts(app).await;
    app.post(MANAGER, &format!("/v1/heating-seasons/{}/open", id(&east)), json!({})).await.expect(200);
    app.at("2026-03-30T10:00:00+08:00");
    let mut cases = Vec::new();
    for home in [&home, &other] {
        cases.push(app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201));
    }
    app.at("2026-04-01T08:00:00+08:00");
    app.post(MANAGER, &format!("/v1/heating-seasons/{}/close", id(&east)), json!({})).await.expect(200);
    let mut states = Vec::new();
    for case in &cases {
        let now = app.get(HOTLINE, &format!("/v1/temperature-cases/{}", id(case))).await.expect(200);
        states.push((now["status"].clone(), now["close_reason"].clone()));
    }
    assert_eq!(states, [(json!("closed"), json!("season_end")), (json!("requested"), Value::Null)]);
}
}

scenario! {
/// A station without a district of its own lies in that of the station above it.
async fn the_statistics_judge_by_the_season_of_the_district_above(app) {
    let east = name();
    for (region, standard) in [(name(), "18.0"), (east.clone(), "20.0")] {
        let body = json!({ "number": "2025-2026", "region": region, "starts_on": "2025-11-01", "ends_on": "2026-03-31",
            "standard_c": standard });
        app.post(MANAGER, "/v1/heating-seasons", body).await.expect(201);
        app.later(chrono::TimeDelta::seconds(1));
    }
    let above = station(app, json!({ "area": east })).await;
    let place = station(app, json!({ "parent_station_id": above })).await;
    let home = household(app, json!({ "station_id": place })).await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let taken = reading(&thermometer(app, "2026-12-31").await, json!({ "t_c": "19.0" }));
    let measure = format!("/v1/temperature-cases/{}/measure", id(&case));
    let cold = app.post(HEAD, &measure, json!({ "readings": [taken] })).await.expect(200);
    assert_eq!(cold["verdict"], "unqualified");
    let told = app.get(MANAGER, "/v1/reports/heating/temperature-statistics?month=2026-03").await.expect(200);
    let columns = told["columns"].as_array().unwrap();
    let total = |key: &str| {
        let place = columns.iter().position(|column| column["key"] == key).unwrap();
        told["totals"][place]["value"].clone()
    };
    assert_eq!((total("verdicts"), total("qualified"), total("pass_rate")), (json!(1), json!(0), json!("0.00")));
}
}
