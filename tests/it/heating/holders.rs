//! Homes that change hands: who still sees them, and who gets a refund (HS-01, HS-12).

use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id, with};
use crate::tickets::desk::document;

async fn held(app: &TestApp, home: &Value, fields: Value) -> Value {
    let body = with(json!({ "from": "2010-05-01", "cause": "sale" }), &fields);
    app.post(MANAGER, &format!("/v1/households/{}/ownerships", id(home)), body).await.expect(201)
}

scenario! {
async fn a_tenant_sees_the_home_until_his_last_day(app) {
    let home = household(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let tenancy = json!({ "customer_id": app.fixture.customer, "from": "2026-02-01", "to": "2026-03-10", "cause": "tenancy" });
    held(app, &home, tenancy).await;
    let path = format!("/v1/households/{}", id(&home));
    app.get("customer", &path).await.expect(200);
    let cut = format!("/v1/outages/{}", id(&outage(app, home["station_id"].as_str().unwrap(), json!({})).await));
    app.at("2026-03-10T23:00:00+08:00");
    app.get("customer", &path).await.expect(200);
    app.get("customer", &cut).await.expect(200);
    app.at("2026-03-11T00:00:00+08:00");
    app.get("customer", &path).await.refused(404, "not_found");
    app.get("customer", &format!("{path}/ledger")).await.refused(404, "not_found");
    app.get("customer", &cut).await.refused(404, "not_found");
}
}

scenario! {
async fn each_holder_gets_what_his_days_are_worth(app) {
    let (home, season, _) = cold_home(app).await;
    held(app, &home, json!({ "customer_id": app.fixture.customer })).await;
    let paper = document(app, MANAGER).await;
    let sold = json!({ "customer_id": app.fixture.other_customer, "from": "2026-02-27", "takes_arrears": true, "document_id": paper });
    held(app, &home, sold).await;
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    let mut told = Vec::new();
    for _ in 0..2 {
        let refund = app.post(HOTLINE, "/v1/heat-refunds", body.clone()).await.expect(201);
        told.push((refund["customer_id"].clone(), refund["amount"].clone()));
        app.post(MANAGER, &format!("/v1/heat-refunds/{}/approve", id(&refund)), json!({})).await.expect(200);
        app.post(COLLECTOR, &format!("/v1/heat-refunds/{}/credit", id(&refund)), json!({})).await.expect(200);
    }
    // 17.5, 16.0 and 15.9 were the seller's: 1.8 days of 3.8, that came to 69.45.
    assert_eq!(told, [
        (json!(app.fixture.customer), json!("32.90")), (json!(app.fixture.other_customer), json!("36.55")) ]);
    app.post(HOTLINE, "/v1/heat-refunds", body).await.refused(409, "nothing_to_refund");
}
}

scenario! {
async fn a_credit_never_goes_beyond_the_bills_that_are_left(app) {
    let (home, season, _) = cold_home(app).await;
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    let refund = app.post(HOTLINE, "/v1/heat-refunds", body).await.expect(201);
    app.post(MANAGER, &format!("/v1/heat-refunds/{}/approve", id(&refund)), json!({})).await.expect(200);
    let bills = app.get(COLLECTOR, &format!("/v1/heat-bills?household_id={}", id(&home))).await.expect(200);
    let bill = id(&bills["items"][0]);
    app.post(MANAGER, &format!("/v1/heat-bills/{bill}/reverse"), json!({ "reason": "面积有误" })).await.expect(200);
    let credit = format!("/v1/heat-refunds/{}/credit", id(&refund));
    let refused = app.post(COLLECTOR, &credit, json!({})).await.refused(409, "refund_exceeds_fee");
    assert_eq!((&refused["rule"], &refused["context"]["limit"]), (&json!("HS-R73"), &json!("0.00")));
    billed(app, &season, &home).await;
    app.post(COLLECTOR, &credit, json!({})).await.expect(200);
}
}

scenario! {
async fn a_receipt_taken_back_after_a_pay_out_leaves_its_whole_debt(app) {
    let (home, season, _) = cold_home(app).await;
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    let refund = app.post(HOTLINE, "/v1/heat-refunds", body).await.expect(201);
    let path = format!("/v1/heat-refunds/{}", id(&refund));
    app.post(MANAGER, &format!("{path}/approve"), json!({})).await.expect(200);
    app.post(COLLECTOR, &format!("{path}/credit"), json!({})).await.expect(200);
    let receipt = paid(app, &home, "2759.68").await.expect(201);
    assert_eq!(receipt["unallocated"], "69.45");
    let pay = json!({ "method": "cash", "voucher_no": name(), "request_document_id": document(app, "finance_officer").await });
    app.post("finance_officer", &format!("{path}/pay-out"), pay).await.expect(200);
    let account = ledger(app, &home).await;
    assert_eq!((&account["balance"], &account["outstanding"], &account["credit_balance"]), (&json!("0.00"), &json!("0.00"), &json!("0.00")));
    let shown = app.get(COLLECTOR, &format!("/v1/heat-receipts/{}", id(&receipt))).await.expect(200);
    assert_eq!((&shown["unallocated"], &shown["allocations"][0]["amount"]), (&json!("0.00"), &json!("2759.68")));
    let back = json!({ "reason": "支票退票" });
    app.post(MANAGER, &format!("/v1/heat-receipts/{}/reverse", id(&receipt)), back).await.expect(200);
    let account = ledger(app, &home).await;
    assert_eq!((&account["balance"], &account["outstanding"], &account["credit_balance"]),
        (&json!("2759.68"), &json!("2759.68"), &json!("0.00")));
}
}

scenario! {
/// The application is of the home, why it was made is the applicant's own.
async fn a_later_holder_does_not_read_why_the_last_one_applied(app) {
    app.at("2011-10-10T09:00:00+08:00");
    let season = season_2011(app).await;
    let home = household(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let made = applied(app, COLLECTOR, &home, &season, "stop").await.expect(201);
    assert_eq!(made["reason"], "房屋空置");
    let path = format!("/v1/stop-applications/{}", id(&made));
    held(app, &home, json!({ "customer_id": app.fixture.customer, "from": "2011-10-10" })).await;
    let seen = app.get("customer", &path).await.expect(200);
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("submitted"), &Value::Null), "{seen}");
    assert_eq!(app.get(COLLECTOR, &path).await.expect(200)["reason"], "房屋空置");
}
}

scenario! {
/// Who sold his home is not forgotten before he has what is due to him.
async fn a_seller_who_waits_for_a_refund_is_not_erased(app) {
    let (home, season, _) = cold_home(app).await;
    held(app, &home, json!({ "customer_id": app.fixture.customer })).await;
    let paper = document(app, MANAGER).await;
    let sold = json!({ "customer_id": app.fixture.other_customer, "from": "2026-02-27", "takes_arrears": true, "document_id": paper });
    held(app, &home, sold).await;
    let erase = async || {
        let path = format!("/v1/customers/{}/erase", app.fixture.customer);
        app.post("cs_manager", &path, json!({ "reason": "本人要求" })).await
    };
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    let refund = app.post(HOTLINE, "/v1/heat-refunds", body).await.expect(201);
    assert_eq!(refund["customer_id"], json!(app.fixture.customer));
    erase().await.refused(409, "customer_in_use");
    app.post(MANAGER, &format!("/v1/heat-refunds/{}/approve", id(&refund)), json!({})).await.expect(200);
    erase().await.refused(409, "customer_in_use");
    app.post(COLLECTOR, &format!("/v1/heat-refunds/{}/credit", id(&refund)), json!({})).await.expect(200);
    erase().await.expect(200);
}
}
