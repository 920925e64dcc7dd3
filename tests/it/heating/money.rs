//! Bills, receipts and the ledger (HS-12).

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id};

/// A household of 98.56 m².
async fn home(app: &TestApp) -> Value {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    area(app, &home, json!({})).await;
    home
}

/// The balance is what the entries add up to, and what the parts say.
async fn ledger_sums(app: &TestApp, home: &Value) -> Value {
    let ledger = ledger(app, home).await;
    let fen = |value: &Value| value.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    let entries = ledger["entries"].as_array().unwrap();
    let mut balance = 0;
    for entry in entries {
        balance += fen(&entry["amount"]);
        assert_eq!(fen(&entry["balance"]), balance, "{ledger}");
    }
    assert_eq!(fen(&ledger["balance"]), balance);
    let parts = fen(&ledger["bills"]) - fen(&ledger["receipts"]) - fen(&ledger["credits"]) + fen(&ledger["pay_outs"]);
    assert_eq!(parts, balance);
    assert_eq!(fen(&ledger["outstanding"]) - fen(&ledger["credit_balance"]), balance, "{ledger}");
    ledger
}

scenario! {
async fn a_run_drafts_once_and_lists_who_gets_no_bill(app) {
    let season = season_2011(app).await;
    let home = home(app).await;
    let place = home["station_id"].clone();
    let bare = household(app, json!({ "station_id": place, "room_no": "3-2-1202" })).await;
    let cold = household(app, json!({ "station_id": place, "room_no": "3-2-1203", "connected_on": null })).await;
    let run = json!({ "season": season["id"], "station_id": place });
    let tried = app.post(COLLECTOR, "/v1/heat-bill-runs?dry_run=true", run.clone()).await.expect(202);
    assert_eq!(tried["drafted"], 1);
    let first = app.post(COLLECTOR, "/v1/heat-bill-runs", run.clone()).await.expect(202);
    assert_eq!((&first["households"], &first["drafted"], &first["unchanged"]), (&json!(3), &json!(1), &json!(0)));
    let reasons: Vec<(&Value, &Value)> =
        first["exceptions"].as_array().unwrap().iter().map(|e| (&e["household_id"], &e["reason"])).collect();
    assert_eq!(reasons, [(&bare["id"], &json!("no_area")), (&cold["id"], &json!("not_connected"))]);
    let again = app.post(COLLECTOR, "/v1/heat-bill-runs", run.clone()).await.expect(202);
    assert_eq!((&again["drafted"], &again["unchanged"]), (&json!(0), &json!(1)));
    // A draft follows the area until it is issued.
    area(app, &home, json!({ "kind": "extension", "area_m2": "13.20", "height_m": "2.80", "has_heating_facility": true })).await;
    assert_eq!(app.post(COLLECTOR, "/v1/heat-bill-runs", run).await.expect(202)["redrafted"], 1);
    let bill = drafted(app, &season, &home).await;
    assert_eq!((&bill["total"], &bill["status"], &bill["outstanding"]), (&json!("3129.28"), &json!("draft"), &json!("0.00")));
    // A draft is not the customer's business.
    app.get("customer", &format!("/v1/heat-bills/{}", id(&bill))).await.refused(404, "not_found");
    app.post(COLLECTOR, &format!("/v1/heat-bills/{}/issue", id(&bill)), json!({})).await.expect(200);
    let shown = app.get("customer", &format!("/v1/heat-bills/{}", id(&bill))).await.expect(200);
    assert_eq!((&shown["status"], &shown["overdue"]), (&json!("issued"), &json!(true)));
}
}

scenario! {
async fn money_goes_to_the_oldest_due_bill_and_what_is_left_waits(app) {
    let home = home(app).await;
    let before = priced(app, "2010-2011", "2010-11-01", "2011-03-31").await;
    let season = season_2011(app).await;
    let old = billed(app, &before, &home).await;
    let new = billed(app, &season, &home).await;
    assert_eq!((&old["total"], &new["total"]), (&json!("2759.68"), &json!("2759.68")));
    assert_eq!((&shown(app, &home).await["status"], &shown(app, &home).await["overdue"]), (&json!("arrears"), &json!("5519.36")));
    let listed = app.get(COLLECTOR, "/v1/households?overdue_gte=5519.36&sort=-overdue").await.expect(200);
    assert_eq!(listed["items"][0]["id"], home["id"]);
    assert_eq!(app.get(COLLECTOR, "/v1/households?overdue_gte=5519.37").await.expect(200)["items"], json!([]));

    let receipt = paid(app, &home, "3000.00").await.expect(201);
    assert_eq!(receipt["allocations"], json!([
        { "bill_id": old["id"], "amount": "2759.68" }, { "bill_id": new["id"], "amount": "240.32" } ]));
    let ledger = ledger_sums(app, &home).await;
    assert_eq!((&ledger["balance"], &ledger["overdue"]), (&json!("2519.36"), &json!("2519.36")));
    let rest = paid(app, &home, "5000.00").await.expect(201);
    assert_eq!(rest["unallocated"], "2480.64");
    assert_eq!((&shown(app, &home).await["status"], &shown(app, &home).await["balance"]), (&json!("using"), &json!("-2480.64")));
    let next = priced(app, "2012-2013", "2012-11-01", "2013-03-31").await;
    let third = billed(app, &next, &home).await;
    assert_eq!((&third["paid"], &third["outstanding"]), (&json!("2480.64"), &json!("279.04")));
    ledger_sums(app, &home).await;

    // Taken back: its bills are open again, and what is free goes to the oldest.
    let reason = json!({ "reason": "支票退票" });
    let back = app.post(MANAGER, &format!("/v1/heat-receipts/{}/reverse", id(&receipt)), reason.clone()).await.expect(200);
    assert_eq!((&back["status"], &back["allocations"]), (&json!("reversed"), &json!([])));
    app.post(MANAGER, &format!("/v1/heat-receipts/{}/reverse", id(&receipt)), reason.clone()).await.refused(409, "invalid_state");
    let ledger = ledger_sums(app, &home).await;
    assert_eq!((&ledger["balance"], &ledger["receipts"]), (&json!("3279.04"), &json!("5000.00")));
    let open = app.get(COLLECTOR, &format!("/v1/heat-bills/{}", id(&old))).await.expect(200);
    assert_eq!(open["outstanding"], "2759.68");

    // A reversed bill frees what paid it.
    let back = app.post(MANAGER, &format!("/v1/heat-bills/{}/reverse", id(&new)), json!({ "reason": "面积有误" })).await.expect(200);
    assert_eq!((&back["status"], &back["paid"]), (&json!("reversed"), &json!("0.00")));
    let ledger = ledger_sums(app, &home).await;
    assert_eq!((&ledger["balance"], &ledger["credit_balance"]), (&json!("519.36"), &json!("0.00")));
    let bill = billed(app, &season, &home).await;
    assert_ne!(bill["id"], new["id"]);
    ledger_sums(app, &home).await;
}
}

scenario! {
/// Whoever books on a household or takes its bill back waits for the others; afterwards every fen is where it belongs.
async fn a_household_is_booked_on_by_several_at_once(app) {
    let home = home(app).await;
    let before = priced(app, "2010-2011", "2010-11-01", "2011-03-31").await;
    let season = season_2011(app).await;
    let old = billed(app, &before, &home).await;
    let new = drafted(app, &season, &home).await;
    let receipt = paid(app, &home, "100.00").await.expect(201);
    let reason = json!({ "reason": "面积有误" });
    let reverse = format!("/v1/heat-bills/{}/reverse", id(&old));
    let issue = format!("/v1/heat-bills/{}/issue", id(&new));
    let take_back = format!("/v1/heat-receipts/{}/reverse", id(&receipt));
    let (booked, reversed, issued, taken_back) = tokio::join!(
        join_all((0..3).map(|_| paid(app, &home, "1000.00"))),
        join_all((0..2).map(|_| app.post(MANAGER, &reverse, reason.clone()))),
        join_all((0..2).map(|_| app.post(COLLECTOR, &issue, json!({})))),
        join_all((0..2).map(|_| app.post(MANAGER, &take_back, reason.clone()))),
    );
    for receipt in booked {
        receipt.expect(201);
    }
    for answers in [reversed, issued, taken_back] {
        let mut heard: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        heard.sort_unstable();
        assert_eq!(heard, [200, 409]);
    }
    let ledger = ledger_sums(app, &home).await;
    assert_eq!((&ledger["bills"], &ledger["receipts"], &ledger["balance"]), (&json!("2759.68"), &json!("3000.00"), &json!("-240.32")));
}
}

scenario! {
async fn a_voucher_is_booked_once(app) {
    let home = home(app).await;
    let body = json!({ "household_id": home["id"], "method": "transfer", "voucher_no": "HK-1", "amount": "100.00" });
    app.post(COLLECTOR, "/v1/heat-receipts", body.clone()).await.expect(201);
    app.post(COLLECTOR, "/v1/heat-receipts", body.clone()).await.refused(409, "duplicate_voucher");
    let cash = crate::kit::with(body.clone(), &json!({ "method": "cash" }));
    app.post(COLLECTOR, "/v1/heat-receipts", cash).await.expect(201);
    for (field, value, code) in [
        ("amount", "0.00", "out_of_range"), ("amount", "-1.00", "out_of_range"), ("amount", "1.005", "too_many_decimals"),
        ("paid_at", "2026-03-02T09:00:00+08:00", "date_in_future"),
    ] {
        let wrong = crate::kit::with(body.clone(), &json!({ field: value, "voucher_no": name() }));
        let refused = app.post(COLLECTOR, "/v1/heat-receipts", wrong).await.refused(422, code);
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"));
    }
    assert_eq!(ledger_sums(app, &home).await["balance"], "-200.00");
}
}

scenario! {
async fn bills_that_fall_due_are_told_once(app) {
    let home = home(app).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    billed(app, &season, &home).await;
    app.at("2026-10-31T23:59:59+08:00");
    assert_eq!(heating_service::bill::overdue::tell(&app.store).await.unwrap(), 0);
    assert_eq!(shown(app, &home).await["status"], "using");
    app.at("2026-11-01T00:00:00+08:00");
    assert_eq!(shown(app, &home).await["status"], "arrears");
    let owing = app.get(COLLECTOR, "/v1/households?status=arrears&sort=-overdue").await.expect(200);
    assert_eq!(owing["items"][0]["id"], home["id"]);
    assert_eq!(heating_service::bill::overdue::tell(&app.store).await.unwrap(), 0, "the list told it");
    let bills = app.get(COLLECTOR, "/v1/heat-bills?overdue=true").await.expect(200);
    assert_eq!(bills["items"].as_array().unwrap().len(), 1);
}
}
