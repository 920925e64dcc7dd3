//! What days a report is asked for, and what the season is measured by (heating §8).

use serde_json::json;

use super::desk::*;
use crate::kit::{Answer, TestApp};

async fn asked(app: &TestApp, query: &str) -> Answer {
    app.get(MANAGER, &format!("/v1/reports/heating/{query}")).await
}

scenario! {
async fn a_week_names_the_days_of_a_report(app) {
    let week = asked(app, "service-report?week=2026-W06").await.expect(200);
    assert_eq!(week["period"], json!({ "from": "2026-02-02", "to": "2026-02-08" }));
    let row = &week["rows"][0];
    assert_eq!((&row[0]["value"], week["rows"].as_array().unwrap().len()), (&json!("2026-W06"), 1));
    for wrong in ["week=2026-W54", "week=2026-06", "week=2026-W06&month=2026-02", "week=2026-W06&from=2026-02-02"] {
        asked(app, &format!("service-report?{wrong}")).await.refused(400, "invalid_parameter");
    }
    // What is of a season has no weeks.
    asked(app, "season-dashboard?week=2026-W06").await.refused(400, "unknown_parameter");
}
}

scenario! {
/// Six visits, the last of them warm: as the statistics say, not as the case came to stand (HS-R14).
async fn the_pass_rate_of_the_season_counts_visits(app) {
    let (home, ..) = cold_home(app).await;
    let board = asked(app, "season-dashboard").await.expect(200);
    let tile = |key: &str| {
        let row = board["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == key);
        row.unwrap_or_else(|| panic!("no {key} on {board}"))[2]["value"].clone()
    };
    assert_eq!((tile("pass_rate"), tile("warm")), (json!("16.67"), json!("1.00")), "{home}");
}
}

scenario! {
/// A date belongs to the season that holds it (HS-R01), also where a report names no season.
async fn a_report_as_of_a_day_is_of_the_season_of_that_day(app) {
    season_2011(app).await;
    priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let place = station(app, json!({})).await;
    household(app, json!({ "station_id": place })).await;
    outage(app, &place, json!({ "started_at": "2011-12-10T08:00:00+08:00" })).await;
    for (query, count) in [("outages", 0), ("outages?as_of=2011-12-20", 1), ("outages?as_of=2011-12-09", 0)] {
        let list = asked(app, query).await.expect(200);
        assert_eq!(list["rows"].as_array().unwrap().len(), count, "{query}");
    }
}
}
