//! Warranty, recourse claims and money taken on the spot (TK-R19, R20, R23).

use serde_json::{Value, json};

use super::desk::document;
use super::repair_desk::*;
use crate::heating::desk::season;
use crate::kit::{Answer, TestApp, id};

async fn notify(app: &TestApp, claim: &Value) -> Answer {
    let body = json!({ "notice_document_id": document(app, "cs_specialist").await });
    app.post("cs_specialist", &format!("/v1/defect-claims/{}/notify", id(claim)), body).await
}

scenario! {
async fn tk_e12_who_pays_follows_the_day_of_receipt_and_the_claim_the_reply_window(app) {
    app.at("2027-03-15T09:00:00+08:00");
    let (building, unit) = home(app, "12", "2022-03-15", "2022-06-30").await;
    let contractor = supplier(app, "宏远建筑", "contractor").await;
    coverage(app, &building, "waterproofing", &contractor).await;
    for (on, bearer) in [("2027-03-15", "contractor"), ("2027-03-16", "company"), ("2027-06-30", "company"), ("2027-07-01", "customer")] {
        let path = format!("/v1/warranty-checks?unit_id={unit}&part_code=waterproofing&on={on}");
        let check = app.get("cs_agent", &path).await.expect(200);
        assert_eq!(check["proposed_bearer"], bearer, "{on}: {check}");
        assert_eq!((&check["contractor"]["until"], &check["customer"]["until"]), (&json!("2027-03-15"), &json!("2027-06-30")));
    }
    let ticket = case(app, json!({ "unit_id": unit, "category_code": "house_quality.water_leak" })).await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": contractor, "bearer": "contractor" })).await;
    assert_eq!((&order["proposed_bearer"], &order["warranty"]["supplier_id"]), (&json!("contractor"), &json!(contractor)));
    on_order(app, "engineering_officer", &order, "refuse", json!({ "reason": "称已过保修期" })).await.expect(200);
    let other = supplier(app, "便民维修", "contractor").await;
    on_order(app, "cs_specialist", &order, "dispatch", json!({ "supplier_id": other, "bearer": "company" })).await.expect(200);
    closed_order(app, &order, "construction_defect").await;

    let propose = json!({ "repair_order_id": order["id"] });
    let claim = app.post("cs_specialist", "/v1/defect-claims", propose.clone()).await.expect(201);
    assert_eq!((&claim["amount"], &claim["supplier_id"]), (&json!("13250.00"), &json!(contractor)));
    app.post("engineering_officer", "/v1/defect-claims", propose).await.refused(409, "claim_exists");
    app.at("2027-04-01T10:00:00+08:00");
    let notified = notify(app, &claim).await.expect(200);
    assert_eq!((&notified["notified_on"], &notified["reply_until"]), (&json!("2027-04-01"), &json!("2027-04-08")));
    let confirm = format!("/v1/defect-claims/{}/confirm", id(&claim));
    app.at("2027-04-08T23:59:59+08:00");
    app.post("cs_manager", &confirm, json!({})).await.refused(409, "reply_window_open");
    app.at("2027-04-09T00:00:00+08:00");
    let reply = json!({ "result": "accepted", "text": "同意" });
    app.post("cs_specialist", &format!("/v1/defect-claims/{}/record-reply", id(&claim)), reply).await.refused(409, "reply_window_closed");
    let confirmed = app.post("cs_manager", &confirm, json!({})).await.expect(200);
    assert_eq!((&confirmed["status"], &confirmed["reason"]), (&json!("confirmed"), &json!("no_retention")));
}
}

scenario! {
async fn a_claim_needs_a_contractor_who_was_asked_in_vain(app) {
    let (building, unit) = home(app, "9", "2022-03-15", "2022-06-30").await;
    let contractor = supplier(app, "宏远建筑", "contractor").await;
    coverage(app, &building, "waterproofing", &contractor).await;
    let ticket = case(app, json!({ "unit_id": unit })).await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": contractor, "bearer": "contractor" })).await;
    let propose = |order: &Value| json!({ "repair_order_id": order["id"] });
    closed_order(app, &order, "wear").await;
    let refused = app.post("cs_specialist", "/v1/defect-claims", propose(&order)).await.refused(409, "not_claimable");
    let detail = refused["detail"].as_str().unwrap();
    for missing in ["cause", "contractor_repaired_himself", "contractor_not_asked"] {
        assert!(detail.contains(missing), "{missing}: {detail}");
    }
    assert!(!detail.contains("contractor_not_covered"), "{detail}");

    let (order, _) = recourse(app, "8").await;
    let claim = app.post("engineering_officer", "/v1/defect-claims", propose(&order)).await.expect(201);
    notify(app, &claim).await.expect(200);
    let path = format!("/v1/defect-claims/{}", id(&claim));
    let reply = json!({ "result": "objected", "text": "认为属于使用不当" });
    app.post("cs_specialist", &format!("{path}/record-reply"), reply).await.expect(200);
    app.post("cs_manager", &format!("{path}/confirm"), json!({})).await.refused(422, "required");
    let decision = json!({ "decision_text": "检测报告证明为施工缺陷" });
    let confirmed = app.post("cs_manager", &format!("{path}/confirm"), decision).await.expect(200);
    assert_eq!(confirmed["status"], "confirmed");
    app.post("cs_manager", &format!("{path}/withdraw"), json!({ "reason": "不再追索" })).await.refused(409, "invalid_state");

    let (order, _) = recourse(app, "7").await;
    let claim = app.post("cs_specialist", "/v1/defect-claims", propose(&order)).await.expect(201);
    let path = format!("/v1/defect-claims/{}/withdraw", id(&claim));
    app.post("engineering_officer", &path, json!({ "reason": "不再追索" })).await.refused(409, "above_authority");
    app.post("cs_specialist", &path, json!({ "reason": "双方另行约定" })).await.expect(200);
    app.post("cs_specialist", "/v1/defect-claims", propose(&order)).await.expect(201);
}
}

scenario! {
async fn money_on_the_spot_is_handed_in_and_confirmed_by_another(app) {
    let order = paid_by_customer(app, "300.00").await;
    let receipt = |amount: &str, number: &str| {
        json!({ "repair_order_id": order["id"], "amount": amount, "method": "cash", "receipt_number": number })
    };
    app.post("cs_agent", "/v1/site-receipts", receipt("300.01", "SJ-1")).await.refused(409, "overpaid");
    let made = app.post("cs_agent", "/v1/site-receipts", receipt("200.00", "SJ-1")).await.expect(201);
    app.post("cs_agent", "/v1/site-receipts", receipt("50.00", "SJ-1")).await.refused(409, "already_exists");
    app.post("cs_agent", "/v1/site-receipts", receipt("100.01", "SJ-2")).await.refused(409, "overpaid");
    app.post("cs_agent", "/v1/site-receipts", receipt("100.00", "SJ-2")).await.expect(201);
    let path = format!("/v1/site-receipts/{}", id(&made));
    app.get("cashier", &path).await.expect(200);
    app.post("cash_office_clerk", &format!("{path}/confirm"), json!({})).await.refused(409, "invalid_state");
    app.post("cs_specialist", &format!("{path}/hand-in"), json!({})).await.refused(409, "above_authority");
    app.later(chrono::TimeDelta::hours(25));
    let handed = app.post("cs_agent", &format!("{path}/hand-in"), json!({})).await.expect(200);
    assert_eq!((&handed["status"], &handed["late"]), (&json!("handed_in"), &json!(true)));
    for (query, found) in [
        (format!("ticket_id={}", order["ticket_id"].as_str().unwrap()), 2),
        (format!("supplier_id={}", order["supplier_id"].as_str().unwrap()), 2),
        (format!("supplier_id={}", id(&order)), 0),
        (format!("building_id={}", id(&order)), 0),
        (format!("cost_contract_id={}", id(&order)), 0),
        ("late=true".to_owned(), 2),
        ("late=false".to_owned(), 0),
        ("late=true&status=made".to_owned(), 1),
        ("handed_in_at_gte=2026-01-01T00:00:00Z".to_owned(), 1),
        ("confirmed_at_gte=2026-01-01T00:00:00Z".to_owned(), 0),
    ] {
        let list = app.get("cash_office_clerk", &format!("/v1/site-receipts?{query}")).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), found, "{query}");
    }
    let confirmed = app.post("cash_office_clerk", &format!("{path}/confirm"), json!({})).await.expect(200);
    assert_eq!(confirmed["confirmed_by"], json!(app.fixture.staff["cash_office_clerk"]));
    let call = app.by("cs_agent", actix_web::http::Method::POST, "/v1/site-receipts").json(receipt("1.00", "SJ-3"));
    call.send().await.refused(400, "idempotency_key_required");
}
}

scenario! {
async fn coverages_of_one_part_follow_each_other(app) {
    let (building, unit) = home(app, "6", "2024-05-28", "2024-06-30").await;
    let (first, second) = (supplier(app, "甲公司", "contractor").await, supplier(app, "乙公司", "contractor").await);
    let body = |firm: &str, on: &str| json!({ "building_id": building, "part_code": "plumbing", "supplier_id": firm, "accepted_on": on, "months": 12 });
    app.post("engineering_officer", "/v1/warranty-coverages", body(&first, "2024-05-28")).await.expect(201);
    app.post("cs_manager", "/v1/warranty-coverages", body(&second, "2025-05-28")).await.refused(409, "coverage_overlap");
    app.post("cs_manager", "/v1/warranty-coverages", body(&second, "2025-05-29")).await.expect(201);
    for (on, firm) in [("2025-05-28", &first), ("2025-05-29", &second)] {
        let path = format!("/v1/warranty-checks?unit_id={unit}&part_code=plumbing&on={on}");
        assert_eq!(&app.get("cs_agent", &path).await.expect(200)["supplier_id"], firm, "{on}");
    }
    let parts = app.get("cs_agent", "/v1/warranty-parts").await.expect(200);
    assert_eq!(parts["items"].as_array().unwrap().len(), 6);
    app.get("cs_agent", "/v1/warranty-checks?part_code=plumbing").await.refused(400, "invalid_parameter");
    // A unit lies in one building, and in no other.
    let (elsewhere, _) = home(app, "7", "2024-05-28", "2024-06-30").await;
    let path = format!("/v1/warranty-checks?unit_id={unit}&part_code=plumbing&building_id=");
    app.get("cs_agent", &format!("{path}{building}")).await.expect(200);
    app.get("cs_agent", &format!("{path}{elsewhere}")).await.refused(400, "invalid_parameter");
    let path = format!("/v1/warranty-checks?building_id={building}&part_code=structure&on=2074-05-28");
    let check = app.get("cs_agent", &path).await.expect(200);
    assert_eq!((&check["customer"]["covered"], &check["proposed_bearer"]), (&json!(true), &json!("company")));
    let path = format!("/v1/warranty-checks?building_id={building}&part_code=structure&on=2074-05-29");
    assert_eq!(app.get("cs_agent", &path).await.expect(200)["proposed_bearer"], "maintenance_fund");
}
}

scenario! {
/// TK-R20, links row 36: a warranty by heating seasons ends with the season as the heating service has it on file.
async fn tk_r20_seasons_end_as_the_heating_service_says(app) {
    let (_, unit) = home(app, "20", "2022-03-15", "2022-06-30").await;
    let path = format!("/v1/warranty-checks?unit_id={unit}&part_code=heating_cooling&on=2024-04-05");
    let check = async || app.get("cs_agent", &path).await.expect(200)["customer"].clone();
    let customer = check().await;
    assert_eq!((&customer["until"], &customer["covered"]), (&json!("2024-03-31"), &json!(false)), "by default");
    season(app, "2022-2023", "2022-10-25", "2023-04-10").await;
    season(app, "2023-2024", "2023-10-25", "2024-04-05").await;
    let customer = check().await;
    assert_eq!((&customer["until"], &customer["covered"]), (&json!("2024-04-05"), &json!(true)));
    // Beside those of districts that for all holds, though it was entered later.
    let common = json!({ "number": "2023-2024", "region": "default", "starts_on": "2023-11-01", "ends_on": "2024-04-02" });
    app.post("heating_service_manager", "/v1/heating-seasons", common).await.expect(201);
    assert_eq!(check().await["until"], "2024-04-02");
}
}

scenario! {
/// All that is wrong with a receipt is told at once.
async fn a_receipt_for_nothing_of_nothing_is_told_both(app) {
    let body = json!({ "amount": "0.00", "method": "cash", "receipt_number": "SJ-9" });
    let refused = app.post("cs_agent", "/v1/site-receipts", body).await.refused(422, "out_of_range");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/amount", "/repair_order_id"]);
}
}
