//! What waits for whom beside the case itself (spec tickets §10): each kind appears at its instant for who has to act,
//! with its limit and the act that settles it, and is gone when that is done; who is reminded hears of it once.

use serde_json::{Value, json};

use super::assessments::violation;
use super::desk::*;
use super::incidents::burst;
use super::network_desk::*;
use super::reminders::remind;
use super::repair_desk::*;
use super::{leave, portfolio, quality, requests, rosters};
use crate::kit::{TestApp, id};

/// What waits of a kind for somebody.
async fn waits(app: &TestApp, who: &str, kind: &str) -> Vec<Value> {
    let list = app.get(who, &format!("/v1/work-items?limit=200&kind={kind}")).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

/// The one item of a kind that waits for somebody, about this row.
async fn waiting(app: &TestApp, who: &str, kind: &str, about: &str) -> Value {
    let items = waits(app, who, kind).await;
    let found = items.iter().find(|item| item["subject"]["id"] == about);
    found.unwrap_or_else(|| panic!("{who} has no {kind} about {about}: {items:?}")).clone()
}

async fn nothing(app: &TestApp, who: &str, kind: &str) {
    assert_eq!(waits(app, who, kind).await, Vec::<Value>::new(), "{who} {kind}");
}

/// Kinds of the messages somebody has about a row.
async fn told(app: &TestApp, who: &str, about: &str) -> Vec<String> {
    let list = app.get(who, "/v1/notifications?limit=200").await.expect(200);
    let items = list["items"].as_array().unwrap().iter().filter(|item| item["resource_id"] == about);
    items.map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

scenario! {
/// From the draft to the filed order, each step waits for whoever takes it.
async fn tk_10_a_repair_waits_for_the_next_hand(app) {
    let (_, firm) = outlet_of(app, "便民维修").await;
    let ticket = case(app, json!({})).await;
    let order = drafted(app, &ticket, json!({})).await;
    let about = id(&order);
    let draft = waiting(app, "cs_specialist", "repair_dispatch", &about).await;
    assert_eq!((&draft["due_at"], &draft["overdue"]), (&json!(null), &json!(false)));
    waiting(app, "engineering_officer", "repair_dispatch", &about).await;
    nothing(app, "cs_agent", "repair_dispatch").await;
    let to = json!({ "supplier_id": firm, "bearer": "company" });
    let order = app.post("cs_specialist", draft["act_url"].as_str().unwrap(), to).await.expect(200);
    nothing(app, "cs_specialist", "repair_dispatch").await;
    for who in ["service_outlet", "cs_specialist"] {
        let item = waiting(app, who, "repair_acceptance", &about).await;
        assert_eq!(item["due_at"], order["respond_by"], "{who}");
    }
    nothing(app, "cs_clerk", "repair_acceptance").await;

    // Silent until his time is over: who dispatched and who leads hear of it, once.
    app.at("2026-03-02T11:59:59+08:00");
    remind(app).await;
    assert!(!told(app, "cs_specialist", &about).await.contains(&"work_due".to_owned()));
    app.at("2026-03-02T12:00:00+08:00");
    for _ in 0..2 {
        remind(app).await;
    }
    for who in ["cs_specialist", "team_leader", "cs_supervisor"] {
        assert_eq!(told(app, who, &about).await, ["work_due"], "{who}");
    }

    on_order(app, "service_outlet", &order, "accept", json!({})).await.expect(200);
    nothing(app, "cs_specialist", "repair_acceptance").await;
    let work = waiting(app, "service_outlet", "repair_work", &about).await;
    assert_eq!(work["act_url"], json!(format!("/v1/repair-orders/{about}/schedule")));
    let scheduled = on_order(app, "service_outlet", &order, "schedule", window(app, 1, 2)).await.expect(200);
    nothing(app, "service_outlet", "repair_work").await;
    for who in ["service_outlet", "cs_specialist"] {
        let item = waiting(app, who, "repair_appointment", &about).await;
        assert_eq!(item["due_at"], scheduled["appointments"][0]["window_to"], "{who}");
    }
    on_order(app, "service_outlet", &order, "arrive", json!({})).await.expect(200);
    nothing(app, "cs_specialist", "repair_appointment").await;
    on_order(app, "service_outlet", &order, "quote", json!({ "amount": "300.00" })).await.expect(200);
    waiting(app, "cs_agent", "quote_answer", &about).await;
    waiting(app, "customer", "quote_answer", &about).await;
    on_order(app, "customer", &order, "answer-quote", json!({ "accepted": true })).await.expect(200);
    nothing(app, "customer", "quote_answer").await;
    on_order(app, "service_outlet", &order, "begin", json!({})).await.expect(200);
    on_order(app, "service_outlet", &order, "finish", finished(app, "service_outlet").await).await.expect(200);
    waiting(app, "cs_agent2", "repair_evaluation", &about).await;
    nothing(app, "service_outlet", "repair_evaluation").await;
    on_order(app, "cs_agent", &order, "evaluate", judged("passed")).await.expect(200);
    nothing(app, "cs_agent2", "repair_evaluation").await;
    waiting(app, "cs_clerk", "repair_close", &about).await;
    on_order(app, "cs_specialist", &order, "close", closing(app, "wear").await).await.expect(200);
    nothing(app, "cs_clerk", "repair_close").await;
}
}

scenario! {
/// A claim waits for its notice, the contractor's reply, the manager; cash for the cash office.
async fn tk_10_claims_and_cash_wait_until_they_are_settled(app) {
    let (order, _) = recourse(app, "8").await;
    let claim = json!({ "repair_order_id": order["id"] });
    let claim = id(&app.post("cs_specialist", "/v1/defect-claims", claim).await.expect(201));
    waiting(app, "engineering_officer", "claim_notice", &claim).await;
    let notice = json!({ "notice_document_id": document(app, "cs_specialist").await });
    app.post("cs_specialist", &format!("/v1/defect-claims/{claim}/notify"), notice).await.expect(200);
    nothing(app, "engineering_officer", "claim_notice").await;
    let item = waiting(app, "cs_specialist", "claim_reply", &claim).await;
    assert_eq!(item["due_at"], "2026-03-09T23:59:59+08:00");
    nothing(app, "cs_manager", "claim_confirmation").await;
    app.at("2026-03-07T23:59:59+08:00");
    remind(app).await;
    app.at("2026-03-08T09:00:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "cs_specialist", &claim).await, ["work_near_due"]);
    app.at("2026-03-10T00:00:00+08:00");
    waiting(app, "cs_manager", "claim_confirmation", &claim).await;
    nothing(app, "engineering_officer", "claim_confirmation").await;
    app.at("2026-03-11T09:00:00+08:00");
    remind(app).await;
    assert!(told(app, "cs_manager", &claim).await.contains(&"work_due".to_owned()));
    app.post("cs_manager", &format!("/v1/defect-claims/{claim}/confirm"), json!({})).await.expect(200);
    nothing(app, "cs_manager", "claim_confirmation").await;
    nothing(app, "cs_specialist", "claim_reply").await;

    let paid = paid_by_customer(app, "300.00").await;
    let receipt = json!({ "repair_order_id": paid["id"], "amount": "300.00", "method": "cash", "receipt_number": "SJ-9" });
    let receipt = id(&app.post("cs_agent", "/v1/site-receipts", receipt).await.expect(201));
    let item = waiting(app, "cs_agent", "receipt_hand_in", &receipt).await;
    assert_eq!(item["due_at"], "2026-03-12T09:00:00+08:00");
    waiting(app, "cs_specialist", "receipt_hand_in", &receipt).await;
    nothing(app, "cs_agent2", "receipt_hand_in").await;
    app.at("2026-03-12T09:00:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "cs_agent", &receipt).await, ["work_due"]);
    assert_eq!(told(app, "cs_specialist", &receipt).await, ["work_due"]);
    app.post("cs_agent", &format!("/v1/site-receipts/{receipt}/hand-in"), json!({})).await.expect(200);
    nothing(app, "cs_agent", "receipt_hand_in").await;
    waiting(app, "cash_office_clerk", "receipt_confirmation", &receipt).await;
    app.post("cash_office_clerk", &format!("/v1/site-receipts/{receipt}/confirm"), json!({})).await.expect(200);
    nothing(app, "finance_officer", "receipt_confirmation").await;
}
}

scenario! {
async fn tk_10_the_network_waits_by_role_and_limit(app) {
    let (outlet, firm) = outlet_of(app, "便民维修").await;
    let part = priced_part(app, "FM-01", "38.50").await;
    moved(app, &part, "purchase", place("supplier"), place("warehouse"), "100").await.expect(201);
    let team = json!({ "kind": "team", "ref": app.fixture.units["DESK"] });
    let request = json!({ "location": team, "lines": [{ "part_id": part, "requested": "5" }] });
    let request = id(&app.post("repair_team_leader", "/v1/part-requests", request).await.expect(201));
    let act = async |who: &str, verb: &str| {
        app.post(who, &format!("/v1/part-requests/{request}/{verb}"), json!({})).await.expect(200);
    };
    nothing(app, "parts_clerk", "part_request_approval").await;
    act("repair_team_leader", "submit").await;
    waiting(app, "parts_clerk", "part_request_approval", &request).await;
    act("parts_clerk", "approve").await;
    nothing(app, "parts_clerk", "part_request_approval").await;
    waiting(app, "warehouse_keeper", "part_request_issue", &request).await;
    act("warehouse_keeper", "issue").await;
    nothing(app, "warehouse_keeper", "part_request_issue").await;
    waiting(app, "repair_team_leader", "part_request_receipt", &request).await;
    act("repair_team_leader", "receive").await;
    nothing(app, "repair_team_leader", "part_request_receipt").await;

    let gone = |quantity: &str| json!({ "location": place("warehouse"), "reason": "受潮锈蚀",
        "lines": [{ "part_id": part, "quantity": quantity }] });
    let small = id(&app.post("warehouse_keeper", "/v1/write-offs", gone("1")).await.expect(201));
    let large = id(&app.post("warehouse_keeper", "/v1/write-offs", gone("20")).await.expect(201));
    waiting(app, "parts_clerk", "write_off_approval", &small).await;
    waiting(app, "cs_manager", "write_off_approval", &large).await;
    for who in ["parts_clerk", "cs_manager"] {
        assert_eq!(waits(app, who, "write_off_approval").await.len(), 1, "{who}");
    }
    let own = id(&app.post("parts_clerk", "/v1/write-offs", gone("2")).await.expect(201));
    assert!(!json!(waits(app, "parts_clerk", "write_off_approval").await).to_string().contains(&own), "his own");
    app.post("parts_clerk", &format!("/v1/write-offs/{small}/approve"), json!({})).await.expect(200);
    nothing(app, "parts_clerk", "write_off_approval").await;

    tariff(app, "SX-01", "400.00").await;
    let orders = closed_orders(app, &firm, 1).await;
    let claim = id(&claim(app, &outlet, &orders, "400.00").await);
    waiting(app, "service_outlet", "fee_claim_submission", &claim).await;
    nothing(app, "regional_service_rep", "fee_claim_review").await;
    let step = async |who: &str, verb: &str, body: Value| {
        app.post(who, &format!("/v1/repair-fee-claims/{claim}/{verb}"), body).await.expect(200);
    };
    step("service_outlet", "submit", json!({})).await;
    waiting(app, "regional_service_rep", "fee_claim_review", &claim).await;
    let check = json!({ "repair_order_id": orders[0]["id"], "result": "confirmed" });
    step("regional_service_rep", "checks", check).await;
    step("regional_service_rep", "first-review", json!({})).await;
    nothing(app, "regional_service_rep", "fee_claim_review").await;
    waiting(app, "fee_settlement_clerk", "fee_claim_audit", &claim).await;
    step("fee_settlement_clerk", "audit", json!({})).await;
    nothing(app, "cs_manager", "fee_claim_approval").await;
    waiting(app, "fee_settlement_clerk", "fee_claim_settlement", &claim).await;
    step("fee_settlement_clerk", "settle", json!({ "cash_amount": "400.00", "goods_amount": "0.00" })).await;
    let notice = waiting(app, "fee_settlement_clerk", "fee_notice", &claim).await;
    assert_eq!(notice["due_at"], "2026-03-05T23:59:59+08:00");
    app.at("2026-03-05T08:00:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "fee_settlement_clerk", &claim).await, ["work_near_due"]);
    step("fee_settlement_clerk", "notify", json!({ "notice_document_id": document(app, "fee_settlement_clerk").await })).await;
    nothing(app, "fee_settlement_clerk", "fee_notice").await;

    let body = json!({ "outlet_id": outlet, "month": "2026-02" });
    let agreed = id(&app.post("parts_clerk", "/v1/part-reconciliations", body).await.expect(201));
    let item = waiting(app, "service_outlet", "part_reconciliation", &agreed).await;
    assert_eq!(item["due_at"], "2026-03-05T23:59:59+08:00");
    nothing(app, "parts_clerk", "part_reconciliation").await;
    app.post("service_outlet", &format!("/v1/part-reconciliations/{agreed}/confirm"), json!({})).await.expect(200);
    nothing(app, "service_outlet", "part_reconciliation").await;
}
}

scenario! {
async fn tk_10_quality_waits_for_its_inspector(app) {
    let day = json!({ "from": "2026-03-03", "days": 1, "pattern": ["a"], "staff_ids": [app.fixture.staff["cs_agent"]] });
    rosters::published(app, day).await;
    let failed = json!({ "topic": "采暖政策", "audience": "individual", "staff_ids": [app.fixture.staff["cs_agent2"]],
        "planned_on": "2026-03-04" });
    let training = id(&app.post("quality_inspector", "/v1/trainings", failed.clone()).await.expect(201));
    let item = waiting(app, "quality_inspector", "training_results", &training).await;
    assert_eq!(item["due_at"], "2026-03-04T23:59:59+08:00");
    let row = |score: i64| json!({ "rows": [{ "staff_id": app.fixture.staff["cs_agent2"], "attended": true, "exam_score": score }] });
    app.post("quality_inspector", &format!("/v1/trainings/{training}/record-results"), row(79)).await.expect(200);
    nothing(app, "quality_inspector", "training_results").await;
    waiting(app, "cs_director", "training_closing", &training).await;
    let again = waiting(app, "quality_inspector", "retraining", &training).await;
    assert_eq!(again["due_at"], "2026-03-31T23:59:59+08:00");
    assert!(again["subject"]["title"].as_str().unwrap().contains("cs_agent2"));
    nothing(app, "team_leader", "retraining").await;
    app.later(hours(1));
    let second = id(&app.post("quality_inspector", "/v1/trainings", failed).await.expect(201));
    app.post("quality_inspector", &format!("/v1/trainings/{second}/record-results"), row(80)).await.expect(200);
    nothing(app, "quality_inspector", "retraining").await;

    let draft = quality::heard(app, json!({})).await;
    let draft = id(&app.post("quality_inspector", "/v1/monitored-calls", draft).await.expect(201));
    waiting(app, "quality_inspector", "monitored_call_publication", &draft).await;
    let path = format!("/v1/monitored-calls/{draft}");
    app.post("quality_inspector", &format!("{path}/publish"), json!({})).await.expect(200);
    nothing(app, "quality_inspector", "monitored_call_publication").await;
    nothing(app, "cs_director", "quality_appeal").await;
    app.post("cs_agent", &format!("{path}/appeal"), json!({ "text": "客户当时很满意" })).await.expect(200);
    for who in ["cs_director", "quality_inspector"] {
        assert_eq!(waiting(app, who, "quality_appeal", &draft).await["due_at"], "2026-03-07T23:59:59+08:00", "{who}");
    }
    app.post("cs_director", &format!("{path}/decide-appeal"), json!({ "result": "rejected" })).await.expect(200);
    nothing(app, "quality_inspector", "quality_appeal").await;

    // One of five is monitored: from the 20th on the rest is asked for, of who worked this month.
    app.at("2026-03-19T23:59:59+08:00");
    nothing(app, "quality_inspector", "monitored_calls").await;
    app.at("2026-03-20T00:00:00+08:00");
    let agent = app.fixture.staff["cs_agent"].to_string();
    let item = waiting(app, "quality_inspector", "monitored_calls", &agent).await;
    assert_eq!((&item["due_at"], &item["since"]), (&json!("2026-03-31T23:59:59+08:00"), &json!("2026-03-20T00:00:00+08:00")));
    assert_eq!(waits(app, "quality_inspector", "monitored_calls").await.len(), 1, "nobody else had a shift");
    nothing(app, "cs_director", "monitored_calls").await;
    for _ in 0..4 {
        app.later(hours(1));
        quality::published(app).await;
    }
    nothing(app, "quality_inspector", "monitored_calls").await;

    let week = json!({ "iso_week": "2026-W12", "findings": "服务用语需规范" });
    let week = id(&app.post("quality_inspector", "/v1/quality-summaries", week).await.expect(201));
    let item = waiting(app, "quality_inspector", "quality_summary", &week).await;
    assert_eq!(item["due_at"], "2026-03-23T12:00:00+08:00");
    app.post("quality_inspector", &format!("/v1/quality-summaries/{week}/submit"), json!({})).await.expect(200);
    nothing(app, "quality_inspector", "quality_summary").await;
}
}

scenario! {
async fn tk_10_requests_and_violations_wait_for_the_next_step(app) {
    let made = app.post("cs_agent", "/v1/service-requests", requests::request(app, "exchange", json!({}))).await.expect(201);
    let about = id(&made);
    for (step, who, others) in [
        ("check", "cs_agent2", "cs_supervisor"),
        ("approve", "cs_supervisor", "cs_manager"),
        ("receive-goods", "warehouse_keeper", "cs_agent"),
        ("inspect", "technical_support", "courier"),
        ("allocate", "order_clerk", "picker"),
        ("pick", "picker", "order_clerk"),
        ("deliver", "courier", "picker"),
        ("complete", "cs_agent2", "courier"),
    ] {
        let item = waiting(app, who, "service_request", &about).await;
        assert_eq!(item["act_url"], json!(format!("/v1/service-requests/{about}/{step}")));
        nothing(app, others, "service_request").await;
        app.post(who, item["act_url"].as_str().unwrap(), json!({})).await.expect(200);
    }
    nothing(app, "cs_agent2", "service_request").await;

    let path = violation(app, "2026-03-02").await;
    let about = path.rsplit('/').next().unwrap().to_owned();
    waiting(app, "cs_supervisor", "violation_decision", &about).await;
    waiting(app, "cs_director", "violation_decision", &about).await;
    app.post("cs_supervisor", &format!("{path}/confirm"), json!({})).await.expect(200);
    nothing(app, "cs_director", "violation_decision").await;
    let own = json!({ "staff_id": app.fixture.staff["cs_agent"], "rule_code": "muster_late", "occurred_on": "2026-03-02", "evidence": "点名迟到" });
    app.post("cs_supervisor", "/v1/violations", own).await.expect(201);
    nothing(app, "cs_supervisor", "violation_decision").await;
}
}

scenario! {
/// Who begins at midnight is mustered the evening before: it waits while it can still be punctual.
async fn tk_10_a_shift_of_midnight_is_mustered_before(app) {
    let staff = json!([app.fixture.staff["cs_agent"]]);
    rosters::published(app, json!({ "from": "2026-03-04", "days": 1, "pattern": ["h1"], "staff_ids": staff })).await;
    app.at("2026-03-02T23:59:59+08:00");
    nothing(app, "team_leader", "muster").await;
    app.at("2026-03-03T23:30:00+08:00");
    let muster = waits(app, "team_leader", "muster").await;
    assert_eq!((muster.len(), &muster[0]["due_at"]), (1, &json!("2026-03-03T23:50:00+08:00")));
    app.at("2026-03-03T23:50:00+08:00");
    let held = json!({ "org_unit_id": app.fixture.units["DESK"], "definition_code": "h1", "date": "2026-03-04",
        "rows": [{ "staff_id": app.fixture.staff["cs_agent"], "result": "present" }] });
    assert_eq!(app.post("team_leader", "/v1/musters", held).await.expect(201)["punctual"], true);
    nothing(app, "team_leader", "muster").await;
}
}

scenario! {
/// The shifts of a unit of heat are its head's to hear of, not the desk's, who may not know of them.
async fn tk_10_shifts_of_heating_are_told_to_heating(app) {
    let staff = ["heating_hotline_agent", "heating_branch_manager", "visit_officer"].map(|name| app.fixture.staff[name]);
    let day = json!({ "org_unit_id": app.fixture.units["HEAT"], "from": "2026-03-03", "days": 1, "pattern": ["h1", "h2", "h3"],
        "staff_ids": staff });
    let roster = app.post("heating_service_manager", "/v1/rosters", rosters::rota(app, day)).await.expect(201);
    let publish = format!("/v1/rosters/{}/publish", id(&roster));
    app.post("heating_service_manager", &publish, json!({})).await.expect(200);
    let path = format!("/v1/shifts?roster_id={}&definition_code=h2", id(&roster));
    let shift = id(&app.get("heating_service_manager", &path).await.expect(200)["items"][0]);
    app.at("2026-03-03T08:00:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "heating_service_manager", &shift).await, ["work_due"]);
    for who in ["team_leader", "cs_director"] {
        assert_eq!(told(app, who, &shift).await, Vec::<String>::new(), "{who}");
    }
}
}

scenario! {
/// At night a reminder waits for the morning; of an urgent order, and of a case that presses, it comes at once.
async fn tk_10_what_is_urgent_is_told_at_night(app) {
    let (_, firm) = outlet_of(app, "便民维修").await;
    let ticket = case(app, json!({})).await;
    let to = json!({ "supplier_id": firm, "bearer": "company" });
    app.at("2026-03-02T20:00:00+08:00");
    let urgent = drafted(app, &ticket, json!({ "urgent": true })).await;
    let normal = drafted(app, &ticket, json!({})).await;
    for order in [&urgent, &normal] {
        on_order(app, "cs_specialist", order, "dispatch", to.clone()).await.expect(200);
    }
    let heard = async |order: &Value| told(app, "team_leader", &id(order)).await.len();
    for (now, of_urgent, of_normal) in [
        ("2026-03-02T20:29:59+08:00", 0, 0),
        ("2026-03-03T00:30:00+08:00", 1, 0),
        ("2026-03-03T08:00:00+08:00", 1, 1),
    ] {
        app.at(now);
        remind(app).await;
        assert_eq!((heard(&urgent).await, heard(&normal).await), (of_urgent, of_normal), "{now}");
    }
}
}

scenario! {
/// A muster is due when it is punctual at the latest, a log half an hour after the shift, gaps before the first day.
async fn tk_10_the_day_of_a_shift(app) {
    let day = json!({ "from": "2026-03-03", "days": 1, "pattern": ["a"], "staff_ids": [app.fixture.staff["cs_agent"]] });
    let roster = rosters::draft(app, day).await;
    let about = id(&roster);
    let gap = waiting(app, "cs_director", "roster_gap", &about).await;
    assert_eq!(gap["due_at"], "2026-03-03T00:00:00+08:00");
    nothing(app, "sales_supervisor", "roster_gap").await;
    app.post("cs_director", gap["act_url"].as_str().unwrap(), json!({ "gap_reason": "夜间转总值班" })).await.expect(200);
    nothing(app, "cs_director", "roster_gap").await;
    app.post("team_leader", &format!("/v1/rosters/{about}/publish"), json!({})).await.expect(200);

    app.at("2026-03-03T08:00:00+08:00");
    let muster = waits(app, "team_leader", "muster").await;
    assert_eq!((muster.len(), &muster[0]["due_at"]), (1, &json!("2026-03-03T08:50:00+08:00")));
    let shift = muster[0]["subject"]["id"].as_str().unwrap().to_owned();
    app.at("2026-03-03T08:50:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "team_leader", &shift).await, ["work_due"]);
    assert_eq!(told(app, "cs_director", &shift).await, ["work_due"]);
    let list = app.get("team_leader", "/v1/notifications?limit=200").await.expect(200);
    let said = list["items"].as_array().unwrap().iter().find(|item| item["resource_id"] == shift.as_str()).unwrap();
    assert!(said["body"].as_str().unwrap().contains("2026-03-03 a"), "which shift: {said}");
    let held = json!({ "org_unit_id": app.fixture.units["DESK"], "definition_code": "a", "date": "2026-03-03",
        "rows": [{ "staff_id": app.fixture.staff["cs_agent"], "result": "present" }] });
    app.post("team_leader", "/v1/musters", held).await.expect(201);
    nothing(app, "team_leader", "muster").await;

    app.at("2026-03-03T16:59:59+08:00");
    nothing(app, "team_leader", "duty_log").await;
    app.at("2026-03-03T17:00:00+08:00");
    let log = waits(app, "team_leader", "duty_log").await;
    assert_eq!((log.len(), &log[0]["due_at"]), (1, &json!("2026-03-03T17:30:00+08:00")));
    assert_eq!(log[0]["act_url"], "/v1/duty-logs");
    let kept = json!({ "date": "2026-03-03", "definition_code": "a", "entries": [{ "kind": "event", "text": "一切正常" }] });
    let kept = id(&app.post("team_leader", "/v1/duty-logs", kept).await.expect(201));
    assert_eq!(waiting(app, "team_leader", "duty_log", &kept).await["due_at"], "2026-03-03T17:30:00+08:00");
    nothing(app, "cs_supervisor", "duty_log").await;
    app.post("team_leader", &format!("/v1/duty-logs/{kept}/close"), json!({})).await.expect(200);
    nothing(app, "team_leader", "duty_log").await;
    waiting(app, "cs_supervisor", "duty_log", &kept).await;
    app.post("cs_supervisor", &format!("/v1/duty-logs/{kept}/accept"), json!({})).await.expect(200);
    nothing(app, "cs_supervisor", "duty_log").await;
}
}

scenario! {
/// The owner is reminded before his first contact and his promise are due; cs_supervisor hears what was missed.
async fn tk_10_first_contacts_and_promises_are_reminded_of(app) {
    let customer = portfolio::customer(app, 1).await;
    portfolio::assign(app, std::slice::from_ref(&customer), &["cs_agent"]).await;
    let entry = waits(app, "cs_agent", "first_contact").await[0]["subject"]["id"].as_str().unwrap().to_owned();
    app.at("2026-03-07T23:59:58+08:00");
    remind(app).await;
    assert!(told(app, "cs_agent", &entry).await.is_empty());
    app.at("2026-03-08T09:00:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "cs_agent", &entry).await, ["work_near_due"]);
    // By the customer's number alone: what is told is kept.
    let list = app.get("cs_agent", "/v1/notifications?limit=200").await.expect(200);
    let said = list["items"].as_array().unwrap().iter().find(|item| item["resource_id"] == entry.as_str()).unwrap();
    let file = app.get("cs_manager", &format!("/v1/customers/{customer}")).await.expect(200);
    let body = said["body"].as_str().unwrap();
    assert!(body.contains(file["number"].as_str().unwrap()) && !body.contains(file["name"].as_str().unwrap()), "{body}");
    app.at("2026-03-10T08:00:00+08:00");
    remind(app).await;
    assert!(told(app, "cs_agent", &entry).await.contains(&"work_due".to_owned()));
    assert_eq!(told(app, "cs_supervisor", &entry).await, ["work_due"]);

    let promise = json!({ "next_promise_at": "2026-03-11T10:00:00+08:00" });
    app.post("cs_agent", "/v1/contact-logs", portfolio::contact(&customer, promise)).await.expect(201);
    nothing(app, "cs_agent", "first_contact").await;
    let owed = waits(app, "cs_agent", "promise").await[0].clone();
    assert_eq!(owed["due_at"], "2026-03-11T10:00:00+08:00");
    let owed = owed["subject"]["id"].as_str().unwrap().to_owned();
    app.at("2026-03-11T10:00:01+08:00");
    ::tickets::follow_up::tell_missed(app.store.clone()).await.unwrap();
    remind(app).await;
    assert_eq!(told(app, "cs_supervisor", &owed).await, ["promise_missed"]);
    let mut mine = told(app, "cs_agent", &owed).await;
    mine.sort();
    assert_eq!(mine, ["work_due", "work_near_due"]);
}
}

scenario! {
/// People, requests and incidents of one branch are nothing to another.
async fn another_branch_knows_nothing_of_our_people(app) {
    let roster = rosters::published(app, json!({ "from": "2026-03-03", "days": 1 })).await;
    let shift = rosters::shifts(app, &roster, "cs_agent").await[0].clone();
    let muster = json!({ "org_unit_id": app.fixture.units["DESK"], "definition_code": "a", "date": "2026-03-03",
        "rows": [{ "staff_id": app.fixture.staff["cs_agent"], "result": "present" }] });
    let muster = app.post("team_leader", "/v1/musters", muster).await.expect(201);
    let log = json!({ "date": "2026-03-03", "definition_code": "a" });
    let log = app.post("team_leader", "/v1/duty-logs", log).await.expect(201);
    let away = app.post("cs_agent", "/v1/leave-requests", leave::away(app, json!({}))).await.expect(201);
    let incident = app.post("team_leader", "/v1/incidents", burst(app, json!({}))).await.expect(201);
    let call = quality::published(app).await;
    let training = json!({ "topic": "采暖政策", "audience": "individual", "staff_ids": [app.fixture.staff["cs_agent"]] });
    let training = app.post("quality_inspector", "/v1/trainings", training).await.expect(201);
    let week = json!({ "iso_week": "2026-W09", "findings": "服务用语需规范" });
    let week = app.post("quality_inspector", "/v1/quality-summaries", week).await.expect(201);
    let request = requests::request(app, "application", json!({}));
    let request = app.post("cs_agent", "/v1/service-requests", request).await.expect(201);
    let violation = violation(app, "2026-03-02").await;
    for (list, row) in [
        ("/v1/rosters", id(&roster)),
        ("/v1/shifts", id(&shift)),
        ("/v1/musters", id(&muster)),
        ("/v1/duty-logs", id(&log)),
        ("/v1/leave-requests", id(&away)),
        ("/v1/incidents", id(&incident)),
        ("/v1/monitored-calls", call.rsplit('/').next().unwrap().to_owned()),
        ("/v1/trainings", id(&training)),
        ("/v1/quality-summaries", id(&week)),
        ("/v1/service-requests", id(&request)),
        ("/v1/violations", violation.rsplit('/').next().unwrap().to_owned()),
    ] {
        for who in ["heating_service_manager", "heating_hotline_agent"] {
            app.get(who, &format!("{list}/{row}")).await.refused(404, "not_found");
            app.get(who, &format!("{list}/{row}/history")).await.refused(404, "not_found");
            let all = app.get(who, &format!("{list}?limit=200")).await.expect(200);
            assert!(!all.to_string().contains(&row), "{who} lists {list}/{row}");
        }
        app.get("cs_supervisor", &format!("{list}/{row}")).await.expect(200);
    }
}
}
