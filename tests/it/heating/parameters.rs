//! Parameters whose values have a shape, and fields that name what is not there.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id};

async fn set(app: &TestApp, key: &str, value: Value) -> Answer {
    let body = json!({ "value": value, "valid_from": "2026-03-02", "reason": "本市规定" });
    app.by(MANAGER, Method::PUT, &format!("/v1/parameters/{key}")).json(body).send().await
}

#[track_caller]
fn refused_at(answer: Answer, code: &str, pointer: &str) {
    let body = answer.refused(422, code);
    assert_eq!(body["errors"][0]["pointer"], pointer, "{body}");
}

scenario! {
async fn a_value_nothing_can_go_by_is_refused(app) {
    for (key, value, code) in [
        ("heating.outage.external_liability", "nobody", "out_of_range"),
        ("heating.visit.remind_week", "soon", "invalid_format"),
        ("heating.visit.remind_week", "Fri", "invalid_format"),
        ("heating.refund.rule_set", "HRB", "out_of_range"),
    ] {
        refused_at(set(app, key, json!(value)).await, code, "/value");
    }
    for (key, value) in [("heating.outage.external_liability", "company"), ("heating.visit.remind_week", "Thu 09:30"),
        ("heating.refund.rule_set", "SD")]
    {
        set(app, key, json!(value)).await.expect(200);
    }
    // Another city's rule set is entered first, then it may be the usual one.
    let own = json!({ "HRB": [{ "below": "18.0", "percent": "100.00" }] });
    set(app, "heating.refund.rule_sets", own).await.expect(200);
    set(app, "heating.refund.rule_set", json!("HRB")).await.expect(200);
    let body = json!({ "number": "2026-2027", "starts_on": "2026-11-01", "ends_on": "2027-03-31" });
    let season = app.post(MANAGER, "/v1/heating-seasons", body.clone()).await.expect(201);
    assert_eq!(season["refund_rule_set"], "HRB");
    let mut other = body;
    other["region"] = json!("另一地区");
    other["refund_rule_set"] = json!("LN");
    refused_at(app.post(MANAGER, "/v1/heating-seasons", other).await, "not_found", "/refund_rule_set");
}
}

scenario! {
/// A paper that is not there is told at the field that names it.
async fn a_missing_paper_is_told_at_its_field(app) {
    let home = household(app, json!({})).await;
    let season = season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let thermometer = thermometer(app, "2026-12-31").await;
    let missing = uuid::Uuid::now_v7();
    let (home_path, paper) = (format!("/v1/households/{}", id(&home)), json!(missing));
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let case_path = format!("/v1/temperature-cases/{}", id(&case));
    let cold = reading(&thermometer, json!({ "t_c": "17.0" }));
    let shown = reading(&thermometer, json!({ "photos": [paper] }));
    refused_at(app.post(HEAD, &format!("{case_path}/measure"), json!({ "readings": [cold.clone(), shown] })).await,
        "not_found", "/readings/1/photos");
    let slip = json!({ "readings": [cold.clone()], "feedback_document_id": paper });
    refused_at(app.post(HEAD, &format!("{case_path}/measure"), slip).await, "not_found", "/feedback_document_id");
    app.post(HEAD, &format!("{case_path}/measure"), json!({ "readings": [cold] })).await.expect(200);
    for (who, path, body, pointer) in [
        (MANAGER, format!("{home_path}/area-items"),
            json!({ "kind": "certificate", "area_m2": "98.56", "from": "2010-05-01", "document_id": paper }), "/document_id"),
        (MANAGER, format!("{home_path}/ownerships"), json!({ "customer_id": app.fixture.customer, "from": "2026-03-01",
            "cause": "sale", "document_id": paper }), "/document_id"),
        (MANAGER, format!("{home_path}/alterations"),
            json!({ "kind": "pipe_moved", "permitted": true, "permit_document_id": paper }), "/permit_document_id"),
        ("finance_officer", "/v1/heat-prices".to_owned(), json!({ "season": season["id"], "use": "residential",
            "price_per_m2": "28.00", "document_id": paper }), "/document_id"),
        (MANAGER, format!("{case_path}/judge"), json!({ "liability": "company", "proof_document_id": paper }), "/proof_document_id"),
        (INSPECTOR, "/v1/inspection-cases".to_owned(),
            json!({ "household_id": home["id"], "kind": "theft", "photos": [paper] }), "/photos"),
    ] {
        refused_at(app.post(who, &path, body).await, "not_found", pointer);
    }
}
}

scenario! {
async fn a_month_that_is_none_is_a_bad_filter(app) {
    for (who, list) in [("cs_manager", "/v1/repair-fee-claims"), (MANAGER, "/v1/visit-summaries"), (MANAGER, "/v1/evaluations")] {
        for month in ["soon", "2026-13", "2026-03,soon"] {
            app.get(who, &format!("{list}?month={month}")).await.refused(400, "invalid_parameter");
        }
        app.get(who, &format!("{list}?month=2026-03,2026-04")).await.expect(200);
    }
}
}

scenario! {
/// What was late by the limit of its day stays late by it.
async fn a_limit_that_changes_later_leaves_what_was_reported(app) {
    let place = station(app, json!({})).await;
    let row = outage(app, &place, json!({})).await;
    app.at("2026-03-02T08:16:00+08:00");
    let path = format!("/v1/outages/{}", id(&row));
    app.post(HEAD, &format!("{path}/report-branch"), json!({})).await.expect(200);
    app.at("2026-03-03T08:00:00+08:00");
    let body = json!({ "value": 60, "valid_from": "2026-03-03", "reason": "本市规定" });
    let changed = app.by(MANAGER, Method::PUT, "/v1/parameters/heating.outage.branch_min").json(body).send().await;
    changed.expect(200);
    let told = app.get(MANAGER, &path).await.expect(200);
    assert_eq!((&told["levels"]["branch_delay_minutes"], &told["levels"]["branch_due_at"]),
        (&json!(1), &json!("2026-03-02T08:15:00+08:00")));
}
}

scenario! {
async fn a_price_no_table_has_must_be_named(app) {
    let season = season(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    set(app, "heating.fee.price", json!({ "residential": "30.00" })).await.expect(200);
    let price = async |purpose: &str| {
        app.post("finance_officer", "/v1/heat-prices", json!({ "season": season["id"], "use": purpose })).await
    };
    assert_eq!(price("residential").await.expect(201)["price_per_m2"], "30.00");
    refused_at(price("public").await, "required", "/price_per_m2");
}
}

scenario! {
/// HS-R51: how many runs a check needs is said by the value of its own day.
async fn a_check_of_yesterday_goes_by_what_was_valid_then(app) {
    set(app, "heating.instrument.runs", json!(6)).await.expect(200);
    set(app, "heating.instrument.benzoic_limit", json!(10)).await.expect(200);
    let row = thermometer(app, "2026-12-31").await;
    let check = async |at: &str, runs: usize| {
        let standard = json!({ "name": "苯甲酸", "certified": "26470", "unit": "J/g", "valid_until": "2027-01-01" });
        let body = json!({ "standard": standard, "runs": vec!["26500"; runs], "checked_at": at });
        app.post(MANAGER, &format!("/v1/instruments/{row}/standard-checks"), body).await
    };
    assert_eq!(check("2026-03-01T10:00:00+08:00", 5).await.expect(201)["result"], "pass");
    refused_at(check("2026-03-02T00:00:00+08:00", 5).await, "too_few", "/runs");
    assert_eq!(check("2026-03-02T00:00:00+08:00", 6).await.expect(201)["result"], "fail");
}
}
