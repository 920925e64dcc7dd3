//! What the heating register refuses, and to whom.

use actix_web::http::Method;
use serde_json::json;

use super::desk::*;
use crate::kit::id;

scenario! {
async fn a_household_says_where_it_is(app) {
    let place = station(app, json!({})).await;
    let body = json!({ "station_id": place, "use": "residential" });
    let refused = app.post(MANAGER, "/v1/households", body).await.refused(422, "required");
    assert_eq!(refused["errors"][0]["pointer"], "/room_no");
    let of_unit = json!({ "station_id": place, "use": "residential", "unit_id": app.fixture.unit });
    let home = app.post(MANAGER, "/v1/households", of_unit).await.expect(201);
    assert_eq!((&home["building"], &home["unit_id"]), (&json!("3号楼"), &json!(app.fixture.unit)));
    let other = station(app, json!({})).await;
    let again = json!({ "station_id": other, "use": "residential", "unit_id": app.fixture.unit });
    app.post(MANAGER, "/v1/households", again).await.refused(409, "unit_taken");
    let nowhere = json!({ "station_id": uuid::Uuid::now_v7(), "room_no": "1-1-101", "building": "1号楼", "use": "public" });
    app.post(MANAGER, "/v1/households", nowhere).await.refused(422, "not_found");
    app.post(HOTLINE, "/v1/households", json!({})).await.refused(403, "forbidden");
}
}

scenario! {
async fn another_system_keeps_its_own_key(app) {
    let place = station(app, json!({})).await;
    let body = json!({ "station_id": place, "room_no": "7-1-101", "building": "7号楼", "use": "commercial" });
    let path = format!("/v1/households/by-external-id/billing/{}", name());
    let put = async |body: serde_json::Value| app.by(MANAGER, Method::PUT, &path).key(&name()).json(body).send().await;
    let made = put(body.clone()).await.expect(201);
    let same = put(body.clone()).await.expect(200);
    assert_eq!((&same["id"], &same["external_ids"][0]["system"]), (&made["id"], &json!("billing")));
    assert_eq!(same["version"], made["version"], "nothing new was said");
    let far = put(crate::kit::with(body.clone(), &json!({ "far_end": true }))).await.expect(200);
    assert_eq!(far["far_end"], true);
    put(crate::kit::with(body, &json!({ "room_no": "7-1-102" }))).await.refused(422, "immutable");
}
}

scenario! {
async fn money_needs_a_key_and_its_own_people(app) {
    let home = household(app, json!({})).await;
    let body = json!({ "household_id": home["id"], "method": "cash", "voucher_no": "1", "amount": "1.00" });
    let bare = app.by(COLLECTOR, Method::POST, "/v1/heat-receipts").json(body.clone()).send().await;
    bare.refused(400, "idempotency_key_required");
    app.post(MANAGER, "/v1/heat-receipts", body.clone()).await.refused(403, "forbidden");
    let receipt = app.post(COLLECTOR, "/v1/heat-receipts", body).await.expect(201);
    let reverse = format!("/v1/heat-receipts/{}/reverse", id(&receipt));
    app.post(COLLECTOR, &reverse, json!({ "reason": "误收" })).await.refused(403, "forbidden");
    app.post(HOTLINE, "/v1/heat-bill-runs", json!({ "season": "2011-2012" })).await.refused(403, "forbidden");
    app.post(COLLECTOR, "/v1/heat-bill-runs", json!({ "season": "2011-2012" })).await.refused(422, "not_found");
}
}

scenario! {
async fn a_field_that_stands_twice_is_refused(app) {
    let home = id(&household(app, json!({})).await);
    let body = format!("{{\"household_id\": \"{home}\", \"origin\": \"customer\", \"origin\": \"visit\"}}");
    let call = app.by(HOTLINE, Method::POST, "/v1/temperature-cases").bytes("application/json", body.as_bytes());
    let refused = call.send().await.refused(422, "repeated_field");
    assert_eq!(refused["errors"][0]["pointer"], "/origin");
}
}
