//! Public assets and cards, and the tickets their codes open (HS-13).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id, with};

const ASSETS: &str = "/v1/service-assets";
const CARDS: &str = "/v1/service-card-movements";

async fn asset(app: &TestApp, station: &str, fields: Value) -> Value {
    let body =
        json!({ "kind": "notice_sign", "station_id": station, "place": "1号楼门厅", "installed_on": "2026-02-01" });
    app.post(MANAGER, ASSETS, with(body, &fields)).await.expect(201)
}

async fn cards(app: &TestApp, kind: &str, count: i64, fields: Value) -> Answer {
    app.post(MANAGER, CARDS, with(json!({ "kind": kind, "count": count }), &fields)).await
}

fn values(row: &Value) -> Vec<Value> {
    row.as_array().unwrap().iter().map(|cell| cell["value"].clone()).collect()
}

scenario! {
async fn hs_e18_no_more_cards_are_issued_than_there_are(app) {
    let place = station(app, json!({})).await;
    let printed = cards(app, "printed", 66_693, json!({ "on": "2026-02-01" })).await.expect(201);
    assert_eq!((&printed["balance"], &printed["station_id"]), (&json!(66_693), &Value::Null));
    let early = json!({ "on": "2026-01-31", "station_id": place });
    let refused = cards(app, "issued", 1, early).await.refused(409, "card_stock");
    assert_eq!((&refused["rule"], &refused["context"]["free"]), (&json!("HS-R78"), &json!(0)));
    let issued = cards(app, "issued", 66_693, json!({ "station_id": place })).await.expect(201);
    assert_eq!((&issued["balance"], &issued["on"]), (&json!(0), &json!("2026-03-02")));
    cards(app, "issued", 1, json!({ "station_id": place })).await.refused(409, "card_stock");
    cards(app, "voided", 1, json!({})).await.refused(409, "card_stock");
    // Nor on a day whose cards went out later.
    cards(app, "issued", 1, json!({ "on": "2026-02-15" })).await.refused(409, "card_stock");
    cards(app, "returned", 3, json!({ "station_id": place })).await.expect(201);
    assert_eq!(cards(app, "voided", 2, json!({})).await.expect(201)["balance"], 1);
    cards(app, "printed", 0, json!({})).await.refused(422, "out_of_range");
    cards(app, "printed", 1, json!({ "on": "2026-03-03" })).await.refused(422, "date_in_future");
    cards(app, "printed", 1, json!({ "station_id": uuid::Uuid::now_v7() })).await.refused(422, "not_found");
    let list = app.get(MANAGER, &format!("{CARDS}?kind=issued&station_id={place}")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let before = app.get(MANAGER, &format!("{CARDS}?as_of=2026-03-01")).await.expect(200);
    assert_eq!(before["items"].as_array().unwrap().len(), 1, "what was printed");
    app.store.seal_now().await.unwrap();
    let facts = app.get(MANAGER, "/v1/events?after=0&types=service_cards.issued").await.expect(200);
    assert_eq!(facts["items"][0]["data"]["count"], 66_693, "{facts}");
    the_report_says_the_same(app, &place).await;
}
}

async fn the_report_says_the_same(app: &TestApp, place: &str) {
    asset(app, place, json!({})).await;
    let phone = asset(app, place, json!({ "kind": "public_phone", "number": "024-1", "text": "024-86000000" })).await;
    app.post(HEAD, &format!("{ASSETS}/{}/remove", id(&phone)), json!({ "removed_on": "2026-02-20" })).await.expect(200);
    let report = app.get("company_leader", "/v1/reports/heating/assets-cards").await.expect(200);
    let row = report["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == "北陵中心站").unwrap().clone();
    assert_eq!(
        values(&row)[1..],
        [json!(0), json!(0), json!(1), json!(0), json!(66_693), json!(3), json!(0), json!(-66_690)]
    );
    assert_eq!(values(&report["totals"])[8], 1, "the company's own stock is in");
    let shown = app.get(MANAGER, row[3]["drill"].as_str().unwrap()).await.expect(200);
    assert_eq!(shown["items"].as_array().unwrap().len(), 1);
    let before = app.get(MANAGER, "/v1/reports/heating/assets-cards?as_of=2026-02-19").await.expect(200);
    assert_eq!(values(&before["totals"])[1], 1, "the phone was still there");
    app.get("cs_agent", "/v1/reports/heating/assets-cards").await.refused(403, "forbidden");
}

scenario! {
async fn an_asset_is_there_until_it_is_removed(app) {
    let place = station(app, json!({})).await;
    let row = asset(app, &place, json!({ "number": "TS-1" })).await;
    assert_eq!((&row["status"], row["intake_token"].as_str().map(str::len)), (&json!("installed"), Some(48)));
    let again = json!({ "kind": "notice_sign", "number": "TS-1", "station_id": place, "place": "门厅" });
    app.post(MANAGER, ASSETS, again.clone()).await.refused(409, "already_exists");
    app.post(MANAGER, ASSETS, with(again.clone(), &json!({ "kind": "station_board" }))).await.expect(201);
    let future = json!({ "number": "TS-2", "installed_on": "2026-03-03" });
    app.post(MANAGER, ASSETS, with(again.clone(), &future)).await.refused(422, "date_in_future");
    app.post(HOTLINE, ASSETS, again).await.refused(403, "forbidden");
    // Who does not change assets prints no codes.
    let path = format!("{ASSETS}/{}", id(&row));
    assert_eq!(app.get(HOTLINE, &path).await.expect(200)["intake_token"], Value::Null);
    let moved = patch(app, HEAD, &path, json!({ "place": "2号楼门厅", "text": "供热服务电话" })).await.expect(200);
    assert_eq!((&moved["place"], &moved["text"]), (&json!("2号楼门厅"), &json!("供热服务电话")));
    let remove = format!("{path}/remove");
    app.post(MANAGER, &remove, json!({ "removed_on": "2026-01-31" })).await.refused(422, "date_order");
    app.post(MANAGER, &remove, json!({ "removed_on": "2026-03-03" })).await.refused(422, "date_in_future");
    let gone = app.post(MANAGER, &remove, json!({ "removed_on": "2026-03-01" })).await.expect(200);
    assert_eq!((&gone["status"], &gone["intake_token"]), (&json!("removed"), &Value::Null));
    app.post(MANAGER, &remove, json!({})).await.refused(409, "invalid_state");
    for (day, n) in [("2026-01-31", 0), ("2026-02-01", 1), ("2026-02-28", 1), ("2026-03-01", 0)] {
        let list = app.get(MANAGER, &format!("{ASSETS}?kind=notice_sign&station_id={place}&as_of={day}")).await;
        assert_eq!(list.expect(200)["items"].as_array().unwrap().len(), n, "{day}");
    }
}
}

scenario! {
/// No sign-in: the code shows the station's name and registers a ticket of the station.
async fn the_code_of_an_asset_opens_a_ticket_form(app) {
    let place = station(app, json!({})).await;
    let row = asset(app, &place, json!({ "number": "TS-9" })).await;
    let path = format!("/v1/asset-intake/{}", row["intake_token"].as_str().unwrap());
    let shown = app.call(Method::GET, &path).send().await.expect(200);
    assert_eq!(shown, json!({ "station": "北陵中心站" }));
    let send = async |fields: Value| {
        let body = json!({ "category": "leak", "text": "一楼管道漏水", "name": "王女士", "phone": "13800001234" });
        app.call(Method::POST, &path).json(with(body, &fields)).send().await
    };
    send(json!({ "text": "漏水了" })).await.refused(422, "too_short");
    send(json!({ "text": "    漏水    " })).await.refused(422, "too_short");
    send(json!({ "category": "fee" })).await.refused(422, "invalid_enum");
    send(json!({ "station": "别的站" })).await.refused(422, "unknown_field");
    for (category, kind, code) in [
        ("leak", "repair", "heating.leak"),
        ("room_temperature", "repair", "heating.room_temperature"),
        ("other", "consultation", "heating.other"),
    ] {
        let taken = send(json!({ "category": category })).await.expect(201);
        assert_eq!(taken["station"], "北陵中心站");
        let list = format!("/v1/tickets?category_code={code}&channel_code=web");
        let ticket = app.get("company_leader", &list).await.expect(200)["items"][0].clone();
        assert_eq!(ticket["number"], taken["ticket_number"]);
        assert_eq!((&ticket["kind"], &ticket["category_code"], &ticket["channel_code"]), (&json!(kind), &json!(code), &json!("web")));
        assert_eq!((&ticket["place_kind"], &ticket["tags"]), (&json!("station_area"), &json!(["TS-9"])));
        assert_eq!(ticket["station_org_unit_id"], json!(app.fixture.units["STATION"]));
    }
    app.call(Method::GET, "/v1/asset-intake/nobody-has-this-token").send().await.refused(404, "not_found");
    app.post(MANAGER, &format!("{ASSETS}/{}/remove", id(&row)), json!({})).await.expect(200);
    app.call(Method::GET, &path).send().await.refused(404, "not_found");
    send(json!({})).await.refused(404, "not_found");
}
}

scenario! {
/// Two who are not signed in and happen to choose one key are two all the same.
async fn strangers_do_not_share_a_key(app) {
    let place = station(app, json!({})).await;
    let body = json!({ "category": "leak", "text": "一楼管道漏水", "name": "王女士", "phone": "13800001234" });
    let mut numbers = Vec::new();
    for number in ["TS-1", "TS-2"] {
        let row = asset(app, &place, json!({ "number": number })).await;
        let path = format!("/v1/asset-intake/{}", row["intake_token"].as_str().unwrap());
        let call = app.call(Method::POST, &path).key("k-1").json(body.clone());
        numbers.push(call.send().await.expect(201)["ticket_number"].clone());
    }
    assert_ne!(numbers[0], numbers[1]);
}
}

scenario! {
/// What is only tried registers nothing.
async fn a_report_by_code_can_be_tried(app) {
    let place = station(app, json!({})).await;
    let row = asset(app, &place, json!({})).await;
    let path = format!("/v1/asset-intake/{}?dry_run=true", row["intake_token"].as_str().unwrap());
    let body = json!({ "category": "leak", "text": "一楼管道漏水", "name": "王女士", "phone": "13800001234" });
    let tried = app.call(Method::POST, &path).json(body).send().await;
    assert_eq!((tried.status, tried.header("x-dry-run")), (201, Some("true")), "{}", tried.body);
    let list = app.get("company_leader", "/v1/tickets?channel_code=web").await.expect(200);
    assert_eq!(list["items"], json!([]));
}
}
