//! The reports of complaints, outages and room temperature (heating §8).

use serde_json::{Value, json};

use super::complaints::complaint_of;
use super::desk::*;
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

async fn report(app: &TestApp, who: &str, path: &str) -> Value {
    app.get(who, &format!("/v1/reports/heating/{path}")).await.expect(200)
}

/// The value of a column in a row, or in the totals.
fn cell<'a>(report: &'a Value, cells: &'a Value, key: &str) -> &'a Value {
    let columns = report["columns"].as_array().unwrap();
    let at = columns.iter().position(|column| column["key"] == key).unwrap_or_else(|| panic!("no {key}"));
    &cells[at]["value"]
}

fn total<'a>(report: &'a Value, key: &str) -> &'a Value {
    cell(report, &report["totals"], key)
}

scenario! {
async fn hs_e10_what_is_decided_is_deducted_from_the_complaints_of_a_season(app) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let before = season(app, "2024-2025", "2024-11-01", "2025-03-31").await;
    let body = json!({ "number": "2025-2026", "region": before["region"], "starts_on": "2025-11-01", "ends_on": "2026-03-31" });
    let season = app.post(MANAGER, "/v1/heating-seasons", body).await.expect(201);
    let place = format!("/v1/heating-stations/{}", home["station_id"].as_str().unwrap());
    let areas = json!({ "network_areas": [{ "season": season["id"], "network_area_m2": "462318.55" }] });
    patch(app, MANAGER, &place, areas).await.expect(200);
    let mut rows = Vec::new();
    for _ in 0..31 {
        let body = json!({ "channel_code": "walk_in", "kind": "complaint", "category_code": "heating.other",
            "place_kind": "station_area", "station_org_unit_id": app.fixture.units["STATION"],
            "description": "片区供热不足,投诉", "customer_id": app.fixture.customer });
        let ticket = app.post(HOTLINE, "/v1/tickets", body).await.expect(201);
        rows.push(complaint_of(app, &ticket).await);
        app.later(chrono::TimeDelta::seconds(1));
    }
    let proof = document(app, HOTLINE).await;
    let classes = ["duplicate"; 4].into_iter().chain(["withdrawn"; 3]).chain(["unfounded"; 2]).chain(["transferred"]);
    for (row, class) in rows[1..].iter().zip(classes) {
        let original = if class == "duplicate" { rows[0]["id"].clone() } else { Value::Null };
        let body = json!({ "class": class, "duplicate_of": original, "proof_document_id": proof });
        let path = format!("/v1/heat-complaints/{}", id(row));
        app.post(HOTLINE, &format!("{path}/propose"), body).await.expect(200);
        app.post(MANAGER, &format!("{path}/decide"), json!({})).await.expect(200);
    }
    let told = report(app, MANAGER, "net-complaints?season=2025-2026").await;
    for (key, wanted) in [("gross", 31), ("duplicate", 4), ("withdrawn", 3), ("unfounded", 2), ("transferred", 1), ("net", 21)] {
        assert_eq!(total(&told, key), wanted, "{key}");
    }
    assert_eq!((total(&told, "network_area_m2"), total(&told, "per_10000_m2")), (&json!("462318.55"), &json!("0.45")));
    assert_eq!((total(&told, "last_season"), total(&told, "change")), (&json!(0), &json!(21)));
    // Each figure opens its list.
    let row = told["rows"].as_array().unwrap().iter().find(|row| *cell(&told, row, "gross") == 31).unwrap();
    let columns = told["columns"].as_array().unwrap();
    let net = columns.iter().position(|column| column["key"] == "net").unwrap();
    let list = app.get(MANAGER, &format!("{}&include_total=true", row[net]["drill"].as_str().unwrap())).await.expect(200);
    assert_eq!(list["total"], 21);
    let days = report(app, MANAGER, "net-complaints?season=2025-2026&by=day").await;
    // 2 March is the 122nd day of the season.
    let last = days["rows"].as_array().unwrap().last().unwrap();
    assert_eq!((&last[0]["value"], cell(&days, last, "net")), (&json!("122"), &json!(21)));
    // A station sees its part, a customer nothing.
    report(app, HEAD, "net-complaints?season=2025-2026").await;
    app.get("customer", "/v1/reports/heating/net-complaints").await.refused(403, "forbidden");
}
}

scenario! {
async fn hs_e11_outages_are_counted_by_cause(app) {
    season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let place = station(app, json!({})).await;
    for n in 0..40 {
        let cause = ["water_outage", "power_outage", "equipment_failure", "pipe_leak"][if n < 25 { n % 2 } else { 2 + n % 2 }];
        outage(app, &place, json!({ "cause": cause, "started_at": "2026-03-01T08:00:00+08:00" })).await;
    }
    let gone = outage(app, &place, json!({})).await;
    app.post(MANAGER, &format!("/v1/outages/{}/cancel", id(&gone)), json!({ "reason": "误报" })).await.expect(200);
    for path in ["outage-summary?season=2025-2026", "outage-summary?by=year", "outage-summary?year=2026"] {
        let told = report(app, MANAGER, path).await;
        assert_eq!((total(&told, "total"), total(&told, "external"), total(&told, "internal")), (&json!(40), &json!(25), &json!(15)));
        assert_eq!((total(&told, "external_share"), total(&told, "internal_share")), (&json!("62.50"), &json!("37.50")));
        assert_eq!(total(&told, "mean_minutes"), &Value::Null);
    }
    let before = report(app, MANAGER, "outage-summary?year=2025").await;
    assert_eq!((total(&before, "total"), &before["period"]["to"]), (&json!(0), &json!("2025-12-31")));
    for path in ["outages?year=2026&season=2025-2026", "outages?year=2026&by=season", "outages?year=2027"] {
        app.get(MANAGER, &format!("/v1/reports/heating/{path}")).await.refused(400, "invalid_parameter");
    }
    let list = report(app, MANAGER, "outages?season=2025-2026").await;
    let rows = list["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 40);
    assert_eq!(cell(&list, &rows[0], "station_at"), "2026-03-02T08:00:00+08:00");
    for column in [0, 16] {
        app.get("company_leader", rows[0][column]["drill"].as_str().unwrap()).await.expect(200);
    }
}
}

scenario! {
async fn homes_are_counted_by_how_warm_they_were_found(app) {
    let (home, _, case) = cold_home(app).await;
    let told = report(app, HEAD, "temperature-statistics?from=2026-02-01&to=2026-03-02").await;
    let row = told["rows"].as_array().unwrap().iter().find(|row| *cell(&told, row, "readings") != 0).unwrap();
    for (key, wanted) in [("households", json!(1)), ("readings", json!(6)), ("verdicts", json!(6)), ("qualified", json!(1)),
        ("pass_rate", json!("16.67")), ("below_now", json!(0)), ("call_backs_due", json!(1)), ("call_backs_done", json!(0))]
    {
        assert_eq!(cell(&told, row, key), &wanted, "{key}");
    }
    let measured = app.get(HEAD, row[2]["drill"].as_str().unwrap()).await.expect(200);
    assert_eq!(measured["items"][0]["id"], case["id"]);
    app.post(HOTLINE, &format!("/v1/temperature-cases/{}/call-back", id(&case)), json!({ "satisfied": true })).await.expect(200);
    let told = report(app, MANAGER, "temperature-statistics?from=2026-02-01&to=2026-03-02").await;
    assert_eq!(total(&told, "call_backs_done"), 1, "{} {told}", id(&home));
    // Nothing measured gives no rate.
    let none = report(app, MANAGER, "temperature-statistics?month=2026-01").await;
    assert_eq!(total(&none, "pass_rate"), &Value::Null);
}
}
