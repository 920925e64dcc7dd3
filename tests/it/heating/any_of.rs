//! A comma in a filter means any of, also where the filter looks beyond the row itself.

use serde_json::json;

use super::desk::*;
use crate::kit::TestApp;

async fn found(app: &TestApp, path: &str) -> usize {
    app.get(MANAGER, path).await.expect(200)["items"].as_array().unwrap().len()
}

scenario! {
async fn several_stations_branches_and_months_are_asked_for_at_once(app) {
    let places = [station(app, json!({})).await, station(app, json!({})).await];
    for place in &places {
        let home = household(app, json!({ "station_id": place })).await;
        let asked = json!({ "household_id": home["id"] });
        app.post(HOTLINE, "/v1/temperature-cases", asked).await.expect(201);
        outage(app, place, json!({})).await;
    }
    let (one, both) = (places[0].as_str(), places.join(","));
    for list in ["temperature-cases", "outages", "households"] {
        assert_eq!(found(app, &format!("/v1/{list}?station_id={one}")).await, 1, "{list}");
        assert_eq!(found(app, &format!("/v1/{list}?station_id={both}")).await, 2, "{list}");
        app.get(MANAGER, &format!("/v1/{list}?station_id={one},x")).await.refused(400, "invalid_parameter");
    }
    let (branch, other) = (app.fixture.units["HEAT"], app.fixture.units["DESK"]);
    assert_eq!(found(app, &format!("/v1/households?branch_id={other},{branch}")).await, 2);
    assert_eq!(found(app, &format!("/v1/households?branch_id={other}")).await, 0);
    let months = |months: &str| format!("/v1/visit-assignments?station_id={one}&month={months}");
    let officer = json!({ "station_id": one, "officer_id": app.fixture.staff["visit_officer"], "from": "2026-01-05",
        "to": "2026-01-20" });
    app.post(MANAGER, "/v1/visit-assignments", officer).await.expect(201);
    assert_eq!(found(app, &months("2025-12,2026-01")).await, 1);
    assert_eq!(found(app, &months("2025-12,2026-02")).await, 0);
    for list in ["visits", "visit-problems", "rectifications"] {
        assert_eq!(found(app, &format!("/v1/{list}?month=2025-12,2026-01")).await, 0, "{list}");
        app.get(MANAGER, &format!("/v1/{list}?month=2025-12,spring")).await.refused(400, "invalid_parameter");
    }
}
}
