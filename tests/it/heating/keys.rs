//! What every row of the heating service carries: its keys in other systems, and when it was changed last.

use chrono::TimeDelta;
use serde_json::json;

use super::desk::*;
use crate::kit::{id, with};

scenario! {
async fn every_row_carries_its_keys_and_its_instants(app) {
    let (home, _, _) = cold_home(app).await;
    let held = json!({ "customer_id": app.fixture.customer, "from": "2010-05-01", "cause": "sale" });
    app.post(MANAGER, &format!("/v1/households/{}/ownerships", id(&home)), held).await.expect(201);
    paid(app, &home, "10.00").await.expect(201);
    for path in [
        "/v1/heating-seasons", "/v1/heating-stations", "/v1/households", "/v1/area-items", "/v1/ownerships",
        "/v1/heat-prices", "/v1/heat-bills", "/v1/heat-receipts", "/v1/temperature-cases", "/v1/temperature-readings",
        "/v1/instruments",
    ] {
        let list = app.get(MANAGER, path).await.expect(200);
        let row = &list["items"][0];
        assert!(row["external_ids"].is_array(), "{path}: {row}");
        assert!(row["created_at"].is_string() && row["updated_at"].is_string(), "{path}: {row}");
    }
}
}

scenario! {
async fn an_ended_area_says_when_it_was_ended(app) {
    let home = household(app, json!({})).await;
    let first = area(app, &home, json!({})).await;
    assert_eq!(first["updated_at"], first["created_at"]);
    app.later(TimeDelta::hours(1));
    area(app, &home, json!({ "replaces_id": first["id"], "from": "2025-12-01", "area_m2": "90.00" })).await;
    let ended = app.get(MANAGER, &format!("/v1/area-items/{}", id(&first))).await.expect(200);
    assert_eq!((&ended["to"], &ended["updated_at"]), (&json!("2025-11-30"), &json!("2026-03-02T09:00:00+08:00")));
}
}

scenario! {
async fn stations_seasons_instruments_and_receipts_keep_their_keys_of_other_systems(app) {
    let key = |text: &str| json!([{ "system": "scada", "id": text }]);
    let place = station(app, json!({ "external_ids": key("S-1") })).await;
    let shown = app.get(MANAGER, &format!("/v1/heating-stations/{place}")).await.expect(200);
    assert_eq!(shown["external_ids"], key("S-1"));
    let again = json!({ "code": name(), "org_unit_id": app.fixture.units["STATION"], "name": "北陵二站",
        "type": "service_station", "branch_id": app.fixture.units["HEAT"], "external_ids": key("S-1") });
    app.post(MANAGER, "/v1/heating-stations", again).await.refused(409, "already_exists");
    let season = json!({ "number": "2025-2026", "region": name(), "starts_on": "2025-11-01", "ends_on": "2026-03-31",
        "external_ids": key("N-1") });
    assert_eq!(app.post(MANAGER, "/v1/heating-seasons", season).await.expect(201)["external_ids"], key("N-1"));
    let finder = json!({ "number": name(), "name": "测距仪", "kind": "range_finder",
        "org_unit_id": app.fixture.units["HEAT"], "external_ids": key("I-1") });
    assert_eq!(app.post(MANAGER, "/v1/instruments", finder).await.expect(201)["external_ids"], key("I-1"));
    let home = household(app, json!({ "station_id": place })).await;
    let receipt = json!({ "household_id": home["id"], "method": "transfer", "voucher_no": name(), "amount": "100.00",
        "external_ids": key("B-1") });
    assert_eq!(app.post(COLLECTOR, "/v1/heat-receipts", receipt).await.expect(201)["external_ids"], key("B-1"));
}
}

scenario! {
/// What other systems bring: the control room an outage, the counter a stop, the mine a sample.
async fn what_other_systems_bring_keeps_their_key(app) {
    let key = |text: &str| json!([{ "system": "scada", "id": text }]);
    let home = household(app, json!({})).await;
    let place = home["station_id"].clone();
    let paper = crate::tickets::desk::document(app, MANAGER).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    let staff = app.fixture.staff[HEAD];
    let made = [
        (HEAD, "/v1/outages", json!({ "kind": "stopped", "cause": "pipe_leak", "station_ids": [place] })),
        (HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })),
        (COLLECTOR, "/v1/stop-applications",
            json!({ "household_id": home["id"], "season": season["id"], "kind": "stop", "reason": "房屋空置" })),
        (INSPECTOR, "/v1/inspection-cases", json!({ "household_id": home["id"], "kind": "theft" })),
        (INSPECTOR, "/v1/heat-agreements", json!({ "household_id": home["id"], "kind": "gifted_area",
            "charge_from": "2026-11-01", "items": [{ "kind": "gifted", "area_m2": "6.00", "height_m": "2.80" }] })),
        ("coal_sampler", "/v1/lab-samples",
            json!({ "kind": "coal", "sampling_place": "二号煤场", "seal_no": "F-900", "mass_g": "900.00" })),
        (MANAGER, "/v1/service-assets", json!({ "kind": "notice_sign", "station_id": place, "place": "小区东门" })),
        (MANAGER, "/v1/training-sessions", json!({ "topic": "测温规程", "on": "2026-03-01", "trainer": "培训师",
            "attendees": [{ "staff_id": staff, "score": 90, "passed": true }] })),
        (MANAGER, "/v1/station-rules",
            json!({ "title": "测温规程", "kind": "service", "document_id": paper, "valid_from": "2026-03-01" })),
    ];
    for (who, path, body) in made {
        let row = app.post(who, path, with(body, &json!({ "external_ids": key(path) }))).await.expect(201);
        assert_eq!(row["external_ids"], key(path), "{path}");
    }
}
}
