//! What cold homes get back (HS-12).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id};
use crate::tickets::desk::document;

async fn act(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/heat-refunds/{}/{action}", id(row)), body).await
}

scenario! {
async fn hs_e03_cold_days_are_credited_by_the_rule_set_and_paid_out_once(app) {
    let (home, season, _) = cold_home(app).await;
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    // A key does no harm where nothing is kept.
    let preview = app.by(HOTLINE, Method::POST, "/v1/heat-refunds/preview").key("tries").json(body.clone()).send().await;
    let preview = preview.expect(200);
    // Six days from 24 February: 17.5, 16.0, 15.9, 13.1, 12.9 and warm on the last.
    assert_eq!((&preview["day_equivalents"], &preview["days"].as_array().unwrap().len()), (&json!("3.80"), &5), "{preview}");
    // 98.56 × 28.00 / 151 days × 3.8.
    assert_eq!((&preview["total"], &preview["amount"], &preview["billed"]), (&json!("69.45"), &json!("69.45"), &json!("2759.68")));
    let refund = app.post(HOTLINE, "/v1/heat-refunds", body.clone()).await.expect(201);
    assert_eq!((&refund["status"], &refund["rule_set"]), (&json!("proposed"), &json!("LN")));
    app.post(HOTLINE, "/v1/heat-refunds", body.clone()).await.refused(409, "refund_under_way");
    act(app, COLLECTOR, &refund, "credit", json!({})).await.refused(409, "invalid_state");
    act(app, MANAGER, &refund, "approve", json!({})).await.expect(200);
    act(app, COLLECTOR, &refund, "credit", json!({})).await.expect(200);
    let account = ledger(app, &home).await;
    assert_eq!((&account["credits"], &account["outstanding"]), (&json!("69.45"), &json!("2690.23")));
    // It is gone into the bill: nothing can be paid out.
    let paper = document(app, "finance_officer").await;
    let pay = json!({ "method": "transfer", "voucher_no": "TF-1", "request_document_id": paper });
    act(app, "finance_officer", &refund, "pay-out", pay.clone()).await.refused(409, "refund_exceeds_fee");
    paid(app, &home, "2759.68").await.expect(201);
    let out = act(app, "finance_officer", &refund, "pay-out", pay.clone()).await.expect(200);
    assert_eq!((&out["status"], &out["paid_out"]), (&json!("paid_out"), &json!("69.45")));
    act(app, "finance_officer", &refund, "pay-out", pay).await.refused(409, "invalid_state");
    let account = ledger(app, &home).await;
    assert_eq!((&account["balance"], &account["credit_balance"], &account["pay_outs"]), (&json!("0.00"), &json!("0.00"), &json!("69.45")));
    app.post(HOTLINE, "/v1/heat-refunds", body).await.refused(409, "nothing_to_refund");
}
}

scenario! {
async fn a_refund_needs_a_company_at_fault_a_bill_and_three_people(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    app.post(HOTLINE, "/v1/heat-refunds", body.clone()).await.refused(409, "nothing_to_refund");
    let thermometer = thermometer(app, "2026-12-31").await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let path = format!("/v1/temperature-cases/{}", id(&case));
    app.post(HEAD, &format!("{path}/measure"), json!({ "readings": [reading(&thermometer, json!({ "t_c": "15.0" }))] })).await.expect(200);
    app.post(HOTLINE, "/v1/heat-refunds", body.clone()).await.refused(409, "nothing_to_refund");
    let proof = document(app, MANAGER).await;
    app.post(MANAGER, &format!("{path}/judge"), json!({ "liability": "company", "proof_document_id": proof })).await.expect(200);
    // Nothing was billed: nothing can be given back.
    app.post(HOTLINE, "/v1/heat-refunds", body.clone()).await.refused(409, "refund_exceeds_fee");
    billed(app, &season, &home).await;
    let refund = app.post(HOTLINE, "/v1/heat-refunds", body.clone()).await.expect(201);
    let no = act(app, MANAGER, &refund, "reject", json!({ "reason": "证据不足" })).await.expect(200);
    assert_eq!((&no["status"], &no["reason"]), (&json!("rejected"), &json!("证据不足")));
    app.post(HOTLINE, "/v1/heat-refunds", body).await.expect(201);
}
}

scenario! {
async fn the_house_proposes_what_a_cold_home_is_due_and_a_person_takes_it_over(app) {
    let (home, season, case) = cold_home(app).await;
    let list = format!("/v1/heat-refunds?household_id={}", id(&home));
    let found = app.get(MANAGER, &list).await.expect(200);
    let draft = &found["items"][0];
    assert_eq!((&draft["status"], &draft["amount"], &draft["days"][0]["source_id"]), (&json!("proposed"), &json!("69.45"), &case["id"]));
    assert_eq!(draft["proposed_by"], "00000000-0000-0000-0000-000000000000");
    // Looked at again nothing is added.
    assert_eq!(app.get(MANAGER, &list).await.expect(200)["items"].as_array().unwrap().len(), 1);
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    let own = app.post(HOTLINE, "/v1/heat-refunds", body.clone()).await.expect(201);
    assert_eq!((&own["id"], &own["amount"]), (&draft["id"], &draft["amount"]));
    assert_ne!(own["proposed_by"], draft["proposed_by"]);
    app.post(HOTLINE, "/v1/heat-refunds", body).await.refused(409, "refund_under_way");
    act(app, MANAGER, &own, "approve", json!({})).await.expect(200);
    act(app, COLLECTOR, &own, "credit", json!({})).await.expect(200);
}
}

scenario! {
async fn what_the_house_proposed_is_withdrawn_when_another_answers_for_the_cold(app) {
    let (home, _, case) = cold_home(app).await;
    let list = format!("/v1/heat-refunds?household_id={}", id(&home));
    assert_eq!(app.get(MANAGER, &list).await.expect(200)["items"][0]["status"], "proposed");
    let judged = json!({ "liability": "household", "proof_document_id": document(app, MANAGER).await });
    app.post(MANAGER, &format!("/v1/temperature-cases/{}/judge", id(&case)), judged).await.expect(200);
    let found = app.get(MANAGER, &list).await.expect(200);
    let (status, reason) = (&found["items"][0]["status"], &found["items"][0]["reason"]);
    assert_eq!((status, reason), (&json!("rejected"), &json!("nothing_to_refund")));
}
}

scenario! {
/// HS-R12: 24 and 25 February at 17.5, from 26 February to today at 12.9.
async fn a_visit_that_is_sent_late_rules_from_its_own_day(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let thermometer = thermometer(app, "2026-12-31").await;
    let asked = json!({ "household_id": home["id"], "requested_at": "2026-02-24T09:00:00+08:00" });
    let case = app.post(HOTLINE, "/v1/temperature-cases", asked).await.expect(201);
    let path = format!("/v1/temperature-cases/{}", id(&case));
    for (day, t_c) in [("26", "12.9"), ("24", "17.5")] {
        let taken = reading(&thermometer, json!({ "t_c": t_c, "measured_at": format!("2026-02-{day}T10:00:00+08:00") }));
        app.post(HEAD, &format!("{path}/measure"), json!({ "readings": [taken] })).await.expect(200);
    }
    let judged = json!({ "liability": "company", "proof_document_id": document(app, MANAGER).await });
    app.post(MANAGER, &format!("{path}/judge"), judged).await.expect(200);
    let body = json!({ "household_id": home["id"], "season": season["id"] });
    let preview = app.post(HOTLINE, "/v1/heat-refunds/preview", body).await.expect(200);
    assert_eq!((&preview["day_equivalents"], preview["days"].as_array().unwrap().len()), (&json!("5.80"), 7), "{preview}");
}
}
