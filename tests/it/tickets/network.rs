//! The repair network (TK-12): fee claims from draft to notice, the stock ledger, what is refused.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::desk::document;
use super::network_desk::*;
use super::repair_desk::{closing, judged, on_order};
use crate::kit::{TestApp, id};

async fn at_place(app: &TestApp, part: &str, location: &str) -> Value {
    let path = format!("/v1/part-stock?part_id={part}&location={location}");
    app.get("parts_clerk", &path).await.expect(200)["items"][0]["quantity"].clone()
}

scenario! {
async fn tk_e15_a_ledger_that_balances(app) {
    let (outlet, part) = (outlet(app, "便民维修").await, priced_part(app, "FM-01", "38.50").await);
    let here = format!("outlet:{outlet}");
    moved(app, &part, "purchase", place("supplier"), place("warehouse"), "100").await.expect(201);
    let issue = moved(app, &part, "issue", place("warehouse"), at_outlet(&outlet), "30").await.expect(201);
    moved(app, &part, "consume", at_outlet(&outlet), place("consumed"), "22").await.expect(201);
    moved(app, &part, "recover_old", place("consumed"), place("recovered"), "20").await.expect(201);
    let back = json!({ "part_id": part, "kind": "return_unused", "quantity": "5", "issue_id": issue["id"],
        "from_location": at_outlet(&outlet), "to_location": place("warehouse") });
    app.post("parts_clerk", "/v1/part-movements", back).await.expect(201);
    let gone = json!({ "location": at_outlet(&outlet), "reason": "运输途中损坏", "lines": [{ "part_id": part, "quantity": "1" }] });
    let gone = app.post("warehouse_keeper", "/v1/write-offs", gone).await.expect(201);
    assert_eq!(gone["value"], "38.50");
    app.post("parts_clerk", &format!("/v1/write-offs/{}/approve", id(&gone)), json!({})).await.expect(200);
    let count = json!({ "location": place("warehouse"), "lines": [{ "part_id": part, "counted": "74" }] });
    let count = app.post("warehouse_keeper", "/v1/stock-counts", count).await.expect(201);
    assert_eq!((&count["lines"][0]["expected"], &count["lines"][0]["difference"]), (&json!("75.000"), &json!("-1.000")));
    app.post("parts_clerk", &format!("/v1/stock-counts/{}/approve", id(&count)), json!({})).await.expect(200);

    assert_eq!((at_place(app, &part, "warehouse").await, at_place(app, &part, &here).await), (json!("74.000"), json!("2.000")));
    let check = app.get("parts_clerk", "/v1/part-ledger-check").await.expect(200);
    assert_eq!((&check["balanced"], &check["parts"][0]["residual"]), (&json!(true), &json!("0.000")));
    // 30 charged, 5 credited, at 38.50.
    let seen = app.get("service_outlet", &format!("/v1/service-outlets/{outlet}")).await.expect(200);
    assert_eq!(seen["account_balance"], "962.50");
    let path = format!("/v1/service-outlets/{outlet}/payments");
    app.post("finance_officer", &path, json!({ "amount": "962.50" })).await.expect(201);
    let entries = app.get("finance_officer", &format!("/v1/service-outlets/{outlet}/account-entries")).await.expect(200);
    let kinds: Vec<&str> = entries["items"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["payment", "return_credit", "parts_charge"]);
}
}

scenario! {
/// Whoever stands for a region takes outlets into that region alone; the manager into any.
async fn an_outlet_belongs_to_the_region_of_who_takes_it_in(app) {
    let firm = crate::tickets::repair_desk::supplier(app, "城北维修站", "outlet").await;
    let body = json!({ "supplier_id": firm, "region_org_unit_id": app.fixture.units["HEAT"] });
    let refused = app.post("regional_service_rep", "/v1/service-outlets", body.clone()).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/region_org_unit_id");
    app.post("cs_manager", "/v1/service-outlets", body).await.expect(201);
}
}

scenario! {
async fn tk_e15_fourteen_lines_are_checked_cut_and_settled(app) {
    let (outlet, firm) = outlet_of(app, "便民维修").await;
    tariff(app, "SX-01", "400.00").await;
    let orders = closed_orders(app, &firm, 14).await;
    let claim = claim(app, &outlet, &orders, "400.00").await;
    let path = format!("/v1/repair-fee-claims/{}", id(&claim));
    assert_eq!(claim["totals"]["claimed"], "5600.00");
    app.post("service_outlet", &format!("{path}/submit"), json!({})).await.expect(200);
    let check = |order: &Value, result: &str| json!({ "repair_order_id": order["id"], "result": result });
    app.post("regional_service_rep", &format!("{path}/checks"), check(&orders[0], "confirmed")).await.expect(200);
    app.post("regional_service_rep", &format!("{path}/checks"), check(&orders[1], "no_answer")).await.expect(200);
    app.post("regional_service_rep", &format!("{path}/first-review"), json!({})).await.refused(409, "spot_checks_missing");
    app.post("regional_service_rep", &format!("{path}/checks"), check(&orders[1], "confirmed")).await.expect(200);
    let above = json!({ "lines": [{ "repair_order_id": orders[0]["id"], "first": "400.01" }] });
    app.post("regional_service_rep", &format!("{path}/first-review"), above).await.refused(422, "amount_above_limit");
    let silent = json!({ "lines": [{ "repair_order_id": orders[0]["id"], "first": "399.99" }] });
    app.post("regional_service_rep", &format!("{path}/first-review"), silent).await.refused(422, "cut_reason_required");
    let cut = json!({ "lines": [{ "repair_order_id": orders[0]["id"], "first": "300.00", "cut_reason": "工时虚高" }] });
    let first = app.post("regional_service_rep", &format!("{path}/first-review"), cut).await.expect(200);
    assert_eq!(first["totals"]["first"], "5500.00");
    let checks = |n: usize| check(&orders[n], "confirmed");
    app.post("fee_settlement_clerk", &format!("{path}/checks"), checks(0)).await.refused(409, "already_checked");
    for n in [2, 3] {
        app.post("fee_settlement_clerk", &format!("{path}/checks"), checks(n)).await.expect(200);
    }
    let cuts = json!({ "lines": [{ "repair_order_id": orders[5]["id"], "audited": "0.00", "cut_reason": "重复维修" },
        { "repair_order_id": orders[6]["id"], "audited": "299.99", "cut_reason": "超出标准" }] });
    app.post("fee_settlement_clerk", &format!("{path}/audit"), cuts.clone()).await.refused(409, "spot_checks_missing");
    app.post("fee_settlement_clerk", &format!("{path}/checks"), checks(4)).await.expect(200);
    let audited = app.post("fee_settlement_clerk", &format!("{path}/audit"), cuts).await.expect(200);
    assert_eq!(audited["totals"]["audited"], "4999.99");
    app.post("cs_manager", &format!("{path}/approve"), json!({})).await.refused(409, "approval_not_needed");
    let split = |cash: &str, goods: &str| json!({ "cash_amount": cash, "goods_amount": goods });
    app.post("fee_settlement_clerk", &format!("{path}/settle"), split("3000.00", "2000.00")).await.refused(422, "split_mismatch");
    let settled = app.post("fee_settlement_clerk", &format!("{path}/settle"), split("2999.99", "2000.00")).await.expect(200);
    assert_eq!(settled["notice_by"], "2026-03-05");
    let seen = app.get("fee_settlement_clerk", &format!("/v1/service-outlets/{outlet}")).await.expect(200);
    assert_eq!(seen["account_balance"], "-2000.00");
    let list = app.get("fee_settlement_clerk", "/v1/service-outlets").await.expect(200);
    assert_eq!(list["items"][0]["account_balance"], "-2000.00");
    crate::tickets::network_desk::outlet(app, "城西维修站").await;
    let list = app.get("fee_settlement_clerk", "/v1/service-outlets").await.expect(200);
    let owed: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|row| &row["account_balance"]).collect();
    assert!(owed.len() == 2 && owed.contains(&&json!("-2000.00")) && owed.contains(&&json!("0.00")), "{owed:?}");
    let notice = json!({ "notice_document_id": document(app, "fee_settlement_clerk").await });
    let closed = app.post("fee_settlement_clerk", &format!("{path}/notify"), notice).await.expect(200);
    assert_eq!((&closed["status"], &closed["notice_late"]), (&json!("closed"), &json!(false)));
}
}

scenario! {
async fn a_total_above_the_limit_needs_the_manager_and_a_denied_line_pays_nothing(app) {
    let (outlet, firm) = outlet_of(app, "便民维修").await;
    tariff(app, "SX-01", "2500.01").await;
    let orders = closed_orders(app, &firm, 3).await;
    let claim = claim(app, &outlet, &orders, "2500.01").await;
    let again = json!({ "outlet_id": outlet, "month": "2026-03", "lines": [
        { "repair_order_id": orders[0]["id"], "tariff_code": "SX-01", "claimed": "1.00" }] });
    app.post("service_outlet", "/v1/repair-fee-claims", again.clone()).await.refused(409, "already_claimed");
    let mut april = again;
    april["month"] = json!("2026-04");
    app.post("service_outlet", "/v1/repair-fee-claims", april).await.refused(422, "line_not_claimable");
    let other = json!({ "outlet_id": outlet, "month": "2026-03", "lines": [
        { "repair_order_id": orders[0]["id"], "tariff_code": "SX-99", "claimed": "1.00" }] });
    app.post("service_outlet", "/v1/repair-fee-claims", other).await.refused(422, "line_not_claimable");
    let path = format!("/v1/repair-fee-claims/{}", id(&claim));
    app.post("regional_service_rep", &format!("{path}/submit"), json!({})).await.expect(200);
    let check = |n: usize, result: &str| json!({ "repair_order_id": orders[n]["id"], "result": result });
    app.post("regional_service_rep", &format!("{path}/first-review"), json!({})).await.refused(409, "separation_of_duties");
    let back = json!({ "reason": "请由网点本人提交" });
    app.post("regional_service_rep", &format!("{path}/send-back"), back).await.expect(200);
    app.post("service_outlet", &format!("{path}/submit"), json!({})).await.expect(200);
    app.post("regional_service_rep", &format!("{path}/checks"), check(0, "not_confirmed")).await.expect(200);
    // One of three denied: the share is half, so two.
    app.post("regional_service_rep", &format!("{path}/first-review"), json!({})).await.refused(409, "spot_checks_missing");
    app.post("regional_service_rep", &format!("{path}/checks"), check(1, "confirmed")).await.expect(200);
    app.post("regional_service_rep", &format!("{path}/checks"), check(0, "confirmed")).await.expect(200);
    let all = json!({ "lines": [{ "repair_order_id": orders[0]["id"], "first": "2500.01" }] });
    let first = app.post("regional_service_rep", &format!("{path}/first-review"), all).await.expect(200);
    assert_eq!((&first["lines"][0]["first"], &first["totals"]["first"]), (&json!("0.00"), &json!("5000.02")));
    app.post("fee_settlement_clerk", &format!("{path}/checks"), check(2, "confirmed")).await.expect(200);
    let audited = app.post("fee_settlement_clerk", &format!("{path}/audit"), json!({})).await.expect(200);
    assert!(!allowed(&audited, "settle"), "{audited}");
    let split = json!({ "cash_amount": "5000.02", "goods_amount": "0.00" });
    app.post("fee_settlement_clerk", &format!("{path}/settle"), split.clone()).await.refused(409, "approval_required");
    app.post("cs_manager", &format!("{path}/approve"), json!({})).await.expect(200);
    app.post("fee_settlement_clerk", &format!("{path}/settle"), split).await.expect(200);
}
}

scenario! {
/// TK-R33: a movement told late never makes the stock of a past day less than nothing.
async fn what_is_told_late_was_there_then_and_since(app) {
    let (outlet, part) = (outlet(app, "便民维修").await, priced_part(app, "FM-01", "38.50").await);
    let told = async |kind: &str, from: Value, to: Value, quantity: &str, on: &str| {
        let body = json!({ "part_id": part, "kind": kind, "from_location": from, "to_location": to, "quantity": quantity, "moved_on": on });
        app.post("parts_clerk", "/v1/part-movements", body).await
    };
    let bought = async |on: &str| told("purchase", place("supplier"), place("warehouse"), "5", on).await.expect(201);
    let issued = async |quantity: &str, on: &str| told("issue", place("warehouse"), at_outlet(&outlet), quantity, on).await;
    bought("2026-02-20").await;
    issued("5", "2026-02-19").await.refused(409, "insufficient_stock");
    issued("5", "2026-02-22").await.expect(201);
    bought("2026-03-02").await;
    // There were five on the 21st, and none on the 22nd.
    let refused = issued("3", "2026-02-21").await.refused(409, "insufficient_stock");
    assert_eq!(refused["context"]["on"], "2026-02-22");
    issued("3", "2026-03-01").await.refused(409, "insufficient_stock");
    issued("3", "2026-03-02").await.expect(201);
    let then = app.get("parts_clerk", &format!("/v1/part-stock?part_id={part}&location=warehouse&as_of=2026-02-22")).await.expect(200);
    assert_eq!(then["items"][0]["quantity"], "0.000");
}
}

scenario! {
async fn the_refusals_of_the_ledger(app) {
    let (outlet, part) = (outlet(app, "便民维修").await, priced_part(app, "FM-01", "38.50").await);
    moved(app, &part, "purchase", place("supplier"), place("warehouse"), "5").await.expect(201);
    moved(app, &part, "issue", place("warehouse"), at_outlet(&outlet), "6").await.refused(409, "insufficient_stock");
    moved(app, &part, "issue", place("warehouse"), place("consumed"), "1").await.refused(422, "location_invalid");
    moved(app, &part, "write_off", place("warehouse"), place("written_off"), "1").await.refused(422, "invalid_enum");
    moved(app, &part, "recover_old", place("consumed"), place("recovered"), "1").await.refused(409, "insufficient_stock");
    let issue = moved(app, &part, "issue", place("warehouse"), at_outlet(&outlet), "3").await.expect(201);
    let reverse = |row: &Value| format!("/v1/part-movements/{}/reverse", id(row));
    let why = json!({ "reason": "发错网点" });
    let reversal = app.post("parts_clerk", &reverse(&issue), why.clone()).await.expect(200);
    assert_eq!((&reversal["kind"], &reversal["reverses_id"]), (&json!("reversal"), &issue["id"]));
    app.post("parts_clerk", &reverse(&issue), why.clone()).await.refused(409, "not_reversible");
    app.post("parts_clerk", &reverse(&reversal), why).await.refused(409, "not_reversible");
    let seen = app.get("parts_clerk", &format!("/v1/service-outlets/{outlet}")).await.expect(200);
    assert_eq!((&seen["account_balance"], at_place(app, &part, "warehouse").await), (&json!("0.00"), json!("5.000")));

    let dear = priced_part(app, "ZJ-09", "500.01").await;
    moved(app, &dear, "purchase", place("supplier"), place("warehouse"), "2").await.expect(201);
    let gone = json!({ "location": place("warehouse"), "reason": "进水报废", "lines": [{ "part_id": dear, "quantity": "1" }] });
    let own = app.post("parts_clerk", "/v1/write-offs", gone.clone()).await.expect(201);
    app.post("parts_clerk", &format!("/v1/write-offs/{}/approve", id(&own)), json!({})).await.refused(409, "separation_of_duties");
    let other = app.post("warehouse_keeper", "/v1/write-offs", gone).await.expect(201);
    for (who, row, may) in [("parts_clerk", &own, false), ("parts_clerk", &other, false), ("cs_manager", &other, true)] {
        let seen = app.get(who, &format!("/v1/write-offs/{}", id(row))).await.expect(200);
        assert_eq!(allowed(&seen, "approve"), may, "{who}: {seen}");
    }
    let path = format!("/v1/write-offs/{}/approve", id(&other));
    app.post("parts_clerk", &path, json!({})).await.refused(409, "above_authority");
    app.post("cs_manager", &path, json!({})).await.expect(200);
}
}

/// Whether a row says that this caller may do this now.
fn allowed(row: &Value, action: &str) -> bool {
    let acts = row["allowed_actions"].as_array().unwrap();
    acts.iter().find(|act| act["action"] == action).unwrap()["allowed"] == true
}

scenario! {
async fn an_outlet_asks_for_parts_uses_them_and_agrees_on_what_is_left(app) {
    let ((outlet, firm), part) = (outlet_of(app, "便民维修").await, priced_part(app, "FM-01", "38.50").await);
    moved(app, &part, "purchase", place("supplier"), place("warehouse"), "10").await.expect(201);
    let body = json!({ "location": at_outlet(&outlet), "lines": [{ "part_id": part, "requested": "6" }] });
    let request = app.post("service_outlet", "/v1/part-requests", body).await.expect(201);
    let path = format!("/v1/part-requests/{}", id(&request));
    app.post("service_outlet", &format!("{path}/submit"), json!({})).await.expect(200);
    let twice = json!({ "lines": [{ "part_id": part, "approved": "4" }, { "part_id": part, "approved": "6" }] });
    app.post("parts_clerk", &format!("{path}/approve"), twice).await.refused(422, "repeated_items");
    let granted = json!({ "lines": [{ "part_id": part, "approved": "4" }] });
    app.post("parts_clerk", &format!("{path}/approve"), granted).await.expect(200);
    let give = |n: &str| json!({ "lines": [{ "part_id": part, "quantity": n }] });
    app.post("warehouse_keeper", &format!("{path}/issue"), give("5")).await.refused(409, "issue_above_approved");
    let partly = app.post("warehouse_keeper", &format!("{path}/issue"), give("1")).await.expect(200);
    assert_eq!(partly["status"], "partly_issued");
    app.post("warehouse_keeper", &format!("{path}/issue"), json!({})).await.expect(200);
    app.post("service_outlet", &format!("{path}/receive"), json!({})).await.expect(200);

    let order = begun_by_outlet(app, &firm).await;
    let line = |n: &str| json!({ "kind": "part", "part_id": part, "quantity": n, "unit_price": "50.00" });
    let done = |photo: String, n: &str| json!({ "result": "更换阀门", "photos": [photo], "lines": [line(n)] });
    let photo = document(app, "service_outlet").await;
    on_order(app, "service_outlet", &order, "finish", done(photo.clone(), "5")).await.refused(409, "insufficient_stock");
    on_order(app, "service_outlet", &order, "finish", done(photo, "3")).await.expect(200);
    assert_eq!(at_place(app, &part, &format!("outlet:{outlet}")).await, "1.000");
    on_order(app, "cs_agent", &order, "evaluate", judged("passed")).await.expect(200);
    on_order(app, "cs_specialist", &order, "close", closing(app, "wear").await).await.expect(200);

    app.later(TimeDelta::days(40));
    let month = json!({ "outlet_id": outlet, "month": "2026-03" });
    let open = app.post("parts_clerk", "/v1/part-reconciliations", month).await.expect(201);
    assert_eq!(open["lines"][0]["ours"], "1.000");
    let path = format!("/v1/part-reconciliations/{}/confirm", id(&open));
    let twice = json!({ "lines": [{ "part_id": part, "theirs": "0" }, { "part_id": part, "theirs": "1" }] });
    app.post("service_outlet", &path, twice).await.refused(422, "repeated_items");
    let theirs = json!({ "lines": [{ "part_id": part, "theirs": "0" }] });
    assert_eq!(app.post("service_outlet", &path, theirs).await.expect(200)["status"], "disputed");
    // The clerk finds that it was used after all, and writes it down late.
    let used = json!({ "part_id": part, "kind": "consume", "from_location": at_outlet(&outlet), "to_location": place("consumed"),
        "quantity": "1", "moved_on": "2026-03-31" });
    app.post("parts_clerk", "/v1/part-movements", used).await.expect(201);
    let agreed = app.post("service_outlet", &path, json!({})).await.expect(200);
    assert_eq!((&agreed["status"], &agreed["lines"][0]["ours"]), (&json!("confirmed"), &json!("0.000")));
    let then = format!("/v1/part-stock?part_id={part}&as_of=2026-03-01");
    assert!(app.get("parts_clerk", &then).await.expect(200)["items"].as_array().unwrap().is_empty());
}
}

scenario! {
/// Twenty at once for ten parts: ten get one, and nothing is ever below zero.
async fn parallel_issues_never_take_more_than_there_is(app) {
    let (outlet, part) = (outlet(app, "便民维修").await, priced_part(app, "FM-01", "38.50").await);
    moved(app, &part, "purchase", place("supplier"), place("warehouse"), "10").await.expect(201);
    app.token("parts_clerk").await;
    let one = || moved(app, &part, "issue", place("warehouse"), at_outlet(&outlet), "1");
    let answers = futures_util::future::join_all((0..20).map(|_| one())).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(409)), (10, 10));
    assert_eq!(at_place(app, &part, "warehouse").await, "0.000");
    let check = app.get("parts_clerk", "/v1/part-ledger-check").await.expect(200);
    assert_eq!(check["balanced"], true);
}
}

scenario! {
/// A hundred movements by dice, legal and not: the ledger balances after each of them.
async fn the_ledger_balances_after_any_sequence(app) {
    let (outlet, part) = (outlet(app, "便民维修").await, priced_part(app, "FM-01", "1.00").await);
    let mut seed = 20_260_302_u64;
    let mut roll = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    let mut done: Vec<Value> = Vec::new();
    for _ in 0..100 {
        let quantity = format!("{}.{}", 1 + roll(9), roll(10));
        let answer = match roll(6) {
            0 => moved(app, &part, "purchase", place("supplier"), place("warehouse"), &quantity).await,
            1 => moved(app, &part, "issue", place("warehouse"), at_outlet(&outlet), &quantity).await,
            2 => moved(app, &part, "consume", at_outlet(&outlet), place("consumed"), &quantity).await,
            3 => moved(app, &part, "recover_old", place("consumed"), place("recovered"), &quantity).await,
            4 => moved(app, &part, "scrap", place("recovered"), place("scrapped"), &quantity).await,
            _ if done.is_empty() => continue,
            _ => {
                let row = &done[roll(done.len() as u64) as usize];
                app.post("parts_clerk", &format!("/v1/part-movements/{}/reverse", id(row)), json!({ "reason": "登记有误" })).await
            }
        };
        assert!([200, 201, 409].contains(&answer.status), "{}", answer.body);
        if answer.status < 300 {
            done.push(answer.body);
        }
        let stock = app.get("parts_clerk", "/v1/part-stock").await.expect(200);
        let mut sum = 0;
        for item in stock["items"].as_array().unwrap() {
            let milli: i64 = item["quantity"].as_str().unwrap().replace('.', "").parse().unwrap();
            let guarded = ["warehouse", "outlet", "consumed", "recovered"].contains(&item["location"]["kind"].as_str().unwrap());
            assert!(milli >= 0 || !guarded, "{item}");
            sum += milli;
        }
        assert_eq!(sum, 0);
    }
    assert!(done.len() > 30, "only {} movements were legal", done.len());
    let check = app.get("parts_clerk", "/v1/part-ledger-check").await.expect(200);
    assert_eq!(check["balanced"], true, "{check}");
}
}
