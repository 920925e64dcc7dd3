//! What other domains propose to the register, and a person confirms (HS-01).

use actix_web::http::Method;
use heating_service::proposal::commands::{Proposed, propose};
use heating_service::proposal::entity::{Kind, Payload};
use kernel::fault::Fault;
use serde_json::json;
use store::{Answer, Context, Work};
use uuid::Uuid;

use super::desk::*;
use crate::kit::{TestApp, id};

/// A unit of the one building.
pub async fn unit(app: &TestApp, room: &str) -> String {
    let body = json!({ "building_id": app.fixture.building, "room_no": room, "use": "residence" });
    id(&app.post("system_admin", "/v1/units", body).await.expect(201))
}

async fn proposed(app: &TestApp, new: Proposed) -> String {
    let found = std::rc::Rc::new(std::cell::Cell::new(Uuid::nil()));
    let told = found.clone();
    let write = async move |work: &Work| {
        told.set(propose(work, new.clone()).await?.id);
        work.unchanged();
        Ok::<_, Fault>(Answer::no_content())
    };
    app.store.write(Context::system("propose"), write).await.unwrap();
    found.get().to_string()
}

/// What follows from a delivered unit: a household for the buyer.
pub async fn delivered(app: &TestApp, unit: &str, station: Option<String>) -> String {
    proposed(app, of_unit(app, unit, station, Uuid::now_v7())).await
}

fn of_unit(app: &TestApp, unit: &str, station: Option<String>, source_id: Uuid) -> Proposed {
    let payload = Payload {
        customer_id: Some(app.fixture.customer),
        from: "2024-08-06".parse().ok(),
        warranty_until: "2026-03-31".parse().ok(),
        area_m2: None,
    };
    Proposed {
        kind: Kind::Household,
        household_id: None,
        unit_id: unit.parse().ok(),
        station_id: station.and_then(|id| id.parse().ok()),
        payload,
        event: "unit.delivered",
        resource: "contract",
        source_id,
    }
}

scenario! {
async fn lk_e06_a_delivered_unit_becomes_a_household_when_the_station_confirms(app) {
    let (contract, home) = (Uuid::now_v7(), app.fixture.unit.to_string());
    let row = proposed(app, of_unit(app, &home, None, contract)).await;
    assert_eq!(proposed(app, of_unit(app, &home, None, contract)).await, row, "one a contract");
    let list = app.get(HEAD, "/v1/heating-proposals?status=proposed&kind=household").await.expect(200);
    assert_eq!((&list["items"][0]["id"], &list["items"][0]["source"]["event"]), (&json!(row), &json!("unit.delivered")));
    let waits = async |who: &str| app.get(who, "/v1/work-items?kind=heating_proposal").await.expect(200)["items"].clone();
    for who in [HEAD, COLLECTOR] {
        assert_eq!(waits(who).await[0]["subject"]["id"], json!(row), "{who}");
    }
    assert_eq!(app.get(MANAGER, "/v1/households").await.expect(200)["items"], json!([]));
    let confirm = format!("/v1/heating-proposals/{row}/confirm");
    let lacking = app.post(HEAD, &confirm, json!({})).await.refused(422, "required");
    assert_eq!(lacking["errors"][0]["pointer"], "/station_id");
    let place = station(app, json!({})).await;
    let done = app.post(HEAD, &confirm, json!({ "station_id": place })).await.expect(200);
    assert_eq!(done["status"], "confirmed");
    let made = app.get(MANAGER, &format!("/v1/households/{}", done["result_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&made["unit_id"], &made["customer_id"], &made["warranty_until"], &made["status"]),
        (&json!(home), &json!(app.fixture.customer), &json!("2026-03-31"), &json!("not_connected")));
    app.post(HEAD, &confirm, json!({})).await.refused(409, "invalid_state");
    assert_eq!(waits(HEAD).await, json!([]));

    // Sold on: the rules of a change by hand hold.
    let mut sold = of_unit(app, &home, Some(place.clone()), Uuid::now_v7());
    sold.kind = Kind::Ownership;
    sold.payload = Payload { customer_id: Some(app.fixture.other_customer), from: "2025-01-01".parse().ok(), ..Payload::default() };
    let row = proposed(app, sold.clone()).await;
    // `If-Match` is about the proposal; the household is at another version.
    let confirm = format!("/v1/heating-proposals/{row}/confirm");
    let far = patch(app, MANAGER, &format!("/v1/households/{}", id(&made)), json!({ "far_end": true })).await.expect(200);
    assert_eq!(far["version"], 2);
    let seen = |version: i64| app.by(COLLECTOR, Method::POST, &confirm).key(&name()).if_match(version).json(json!({})).send();
    seen(2).await.refused(412, "stale");
    seen(1).await.expect(200);
    assert_eq!(shown(app, &made).await["customer_id"], json!(app.fixture.other_customer));
    // Given back: nobody holds it.
    sold.source_id = Uuid::now_v7();
    sold.payload = Payload { from: "2026-01-01".parse().ok(), ..Payload::default() };
    let row = proposed(app, sold.clone()).await;
    app.post(COLLECTOR, &format!("/v1/heating-proposals/{row}/confirm"), json!({})).await.expect(200);
    assert_eq!(shown(app, &made).await["customer_id"], json!(null));
    // Surveyed: the certificate.
    sold.source_id = Uuid::now_v7();
    sold.kind = Kind::CertificateItem;
    sold.payload = Payload { area_m2: kernel::fixed::Area::parse("101.20").ok(), from: "2026-02-01".parse().ok(), ..Payload::default() };
    let row = proposed(app, sold.clone()).await;
    let confirm = format!("/v1/heating-proposals/{row}/confirm");
    app.by(HEAD, Method::POST, &confirm).key(&name()).if_match(1).json(json!({})).send().await.expect(200);
    assert_eq!(shown(app, &made).await["charged_area_m2"], "101.20");
    sold.source_id = Uuid::now_v7();
    let row = proposed(app, sold).await;
    let no = app.post(HEAD, &format!("/v1/heating-proposals/{row}/reject"), json!({ "reason": "重复" })).await.expect(200);
    assert_eq!((&no["status"], &no["reason"]), (&json!("rejected"), &json!("重复")));
    app.get(HOTLINE, "/v1/heating-proposals").await.refused(403, "forbidden");
}
}
