//! Homes as of a day: how they stand, and who holds them (HS-R02, HS-R03).

use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id};

async fn listed(app: &TestApp, query: &str) -> Value {
    app.get(MANAGER, &format!("/v1/households?{query}")).await.expect(200)["items"].clone()
}

scenario! {
async fn homes_are_listed_as_they_stand_on_a_day(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    stopped(app, &home, &season).await;
    assert_eq!(listed(app, "status=stopped").await, json!([]));
    // The day counts wherever it stands in the query.
    for query in ["as_of=2026-12-01&status=stopped", "status=stopped&as_of=2026-12-01"] {
        let found = listed(app, query).await;
        assert_eq!((&found[0]["id"], &found[0]["status"], &found[0]["flags"]["stopped"]), (&home["id"], &json!("stopped"), &json!(true)));
    }
    assert_eq!(listed(app, "as_of=2026-12-01&status=using").await, json!([]));
    assert_eq!(listed(app, "as_of=2010-04-30").await[0]["status"], "not_connected");
    assert_eq!(shown(app, &home).await["status"], "using");
    // One home as well.
    let path = format!("/v1/households/{}", id(&home));
    let then = app.get(MANAGER, &format!("{path}?as_of=2026-12-01&expand=station")).await.expect(200);
    assert_eq!((&then["status"], &then["station"]["id"]), (&json!("stopped"), &home["station_id"]));
    app.get(MANAGER, &format!("{path}?as_of=2026-13-01")).await.refused(400, "invalid_parameter");
    app.get(MANAGER, "/v1/households?as_of=2026-13-01").await.refused(400, "invalid_parameter");
}
}

scenario! {
async fn a_home_whose_tenant_left_is_held_by_nobody(app) {
    let home = household(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let tenancy = json!({ "customer_id": app.fixture.customer, "from": "2026-02-01", "to": "2026-03-10", "cause": "tenancy" });
    let path = format!("/v1/households/{}", id(&home));
    app.post(MANAGER, &format!("{path}/ownerships"), tenancy).await.expect(201);
    let of_tenant = format!("customer_id={}", app.fixture.customer);
    app.at("2026-03-10T23:00:00+08:00");
    assert_eq!(shown(app, &home).await["customer_id"], json!(app.fixture.customer));
    assert_eq!(listed(app, &of_tenant).await[0]["id"], home["id"]);
    app.at("2026-03-11T00:00:00+08:00");
    assert_eq!(shown(app, &home).await["customer_id"], Value::Null);
    assert_eq!(listed(app, &of_tenant).await, json!([]));
    let context = app.get(MANAGER, &format!("{path}/context")).await.expect(200);
    assert_eq!(context["holder"], Value::Null);
    // The next one holds it from the day after.
    let next = json!({ "from": "2026-03-11", "cause": "sale", "customer_id": app.fixture.other_customer });
    app.post(MANAGER, &format!("{path}/ownerships"), next).await.expect(201);
    assert_eq!(shown(app, &home).await["customer_id"], json!(app.fixture.other_customer));
}
}

scenario! {
async fn a_season_that_is_over_waits_to_be_closed(app) {
    let over = priced(app, "2024-2025", "2024-11-01", "2025-03-31").await;
    let runs = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    for season in [&over, &runs] {
        app.post(MANAGER, &format!("/v1/heating-seasons/{}/open", id(season)), json!({})).await.expect(200);
    }
    let waits = async || app.get(MANAGER, "/v1/work-items?kind=season_to_close").await.expect(200)["items"].clone();
    let found = waits().await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!((&found[0]["subject"]["id"], &found[0]["overdue"]), (&over["id"], &json!(true)));
    app.post(MANAGER, &format!("/v1/heating-seasons/{}/close", id(&over)), json!({})).await.expect(200);
    assert_eq!(waits().await, json!([]));
}
}
