//! PF-10: keys as the book names them, and values within their bounds, whatever they are.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{Answer, TestApp};

async fn set(app: &TestApp, key: &str, value: Value) -> Answer {
    let body = json!({ "value": value, "valid_from": "2026-03-02", "reason": "试行" });
    app.by("system_admin", Method::PUT, &format!("/v1/parameters/{key}")).json(body).send().await
}

scenario! {
/// Keys of the platform stand with or without their domain; answers name the whole key.
async fn pf_10_keys_of_the_platform_need_no_domain(app) {
    let (short, whole) = ("identity.lock_failures", "platform.identity.lock_failures");
    for key in [short, whole] {
        let shown = app.get("system_admin", &format!("/v1/parameters/{key}")).await.expect(200);
        assert_eq!((&shown["key"], &shown["value"]), (&json!(whole), &json!(5)));
    }
    assert_eq!(set(app, short, json!(6)).await.expect(200)["key"], whole);
    set(app, whole, json!(7)).await.expect(200);
    set(app, short, json!(0)).await.refused(422, "out_of_range");
    for key in [short, whole] {
        let shown = app.get("system_admin", &format!("/v1/parameters/{key}")).await.expect(200);
        assert_eq!(shown["value"], 7);
        let history = app.get("system_admin", &format!("/v1/parameters/{key}/history")).await.expect(200);
        let values: Vec<&Value> = history["items"].as_array().unwrap().iter().map(|row| &row["value"]).collect();
        assert_eq!(values, [&json!(6), &json!(7)]);
    }
    let list = |prefix: &str| format!("/v1/parameters?prefix={prefix}");
    let named = app.get("system_admin", &list("identity.")).await.expect(200);
    assert_eq!(named["items"], app.get("system_admin", &list("platform.identity.")).await.expect(200)["items"]);
    assert_eq!(named["items"].as_array().unwrap().len(), 6);
    for key in ["identity.no_such", "platform.platform.identity.lock_failures", "intake.duplicate_window_hours"] {
        app.get("system_admin", &format!("/v1/parameters/{key}")).await.refused(404, "not_found");
        set(app, key, json!(6)).await.refused(404, "not_found");
    }
}
}

scenario! {
/// A parameter has a version too: it moves with each value, and `If-Match` holds a change to it.
async fn a_parameter_is_changed_at_the_version_somebody_saw(app) {
    let path = "/v1/parameters/identity.lock_failures";
    let tag = async || {
        let shown = app.get("system_admin", path).await;
        (shown.header("etag").map(str::to_owned), shown.body["version"].clone())
    };
    let put = async |version: i64, value: Value| {
        let body = json!({ "value": value, "valid_from": "2026-03-02", "reason": "试行" });
        app.by("system_admin", Method::PUT, path).if_match(version).json(body).send().await
    };
    assert_eq!(tag().await, (Some("\"v1\"".to_owned()), json!(1)));
    put(2, json!(6)).await.refused(412, "stale");
    put(2, json!(0)).await.refused(422, "out_of_range");
    let changed = put(1, json!(6)).await;
    assert_eq!(changed.header("etag"), Some("\"v2\""), "{}", changed.body);
    put(1, json!(7)).await.refused(412, "stale");
    assert_eq!(tag().await, (Some("\"v2\"".to_owned()), json!(2)));
    let list = app.get("system_admin", "/v1/parameters?prefix=identity.lock_").await.expect(200);
    let versions: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|item| &item["version"]).collect();
    assert_eq!(versions, [&json!(2), &json!(1), &json!(1)]);
}
}

scenario! {
async fn pf_10_texts_have_bounds_too(app) {
    for value in ["banana", "", "Strict"] {
        set(app, "reports.holiday_rule", json!(value)).await.refused(422, "out_of_range");
    }
    set(app, "reports.holiday_rule", json!(1)).await.refused(422, "invalid_type");
    set(app, "reports.holiday_rule", json!("previous_working_day")).await.expect(200);
    let shown = app.get("system_admin", "/v1/parameters/reports.holiday_rule").await.expect(200);
    assert_eq!((&shown["kind"], &shown["codes"]), (&json!("code"), &json!(["strict", "previous_working_day"])));

    for value in ["never", "21:00", "21:00-25:00", "21-8", ""] {
        set(app, "notifications.quiet", json!(value)).await.refused(422, "invalid_format");
    }
    set(app, "notifications.quiet", json!("22:00-07:30")).await.expect(200);
    set(app, "tickets.report.weekly_due", json!("Someday 12:00")).await.refused(422, "invalid_format");
    set(app, "tickets.report.weekly_due", json!("Tuesday 10:00")).await.expect(200);
    set(app, "tickets.report.daily_due", json!("noon")).await.refused(422, "invalid_format");
}
}

scenario! {
/// A row of the schedule nobody could read would be a report nobody has to hand in.
async fn pf_15_a_row_of_the_schedule_is_read_before_it_is_kept(app) {
    let key = "reports.schedule";
    let row = json!({ "report": "tickets/callbacks", "period": "month", "due": 3, "from": ["information_officer"],
        "to": ["cs_manager"] });
    for (field, value) in [
        ("report", json!("callbacks")),
        ("report", json!("tickets/no-such-report")),
        ("report", json!("tickets/desk-now")),
        ("period", json!("fortnight")),
        ("period", json!("month_to")),
        ("due", json!(31)),
        ("due", json!("tickets.report.no_such_due")),
        ("from", json!([])),
        ("to", json!(["the_boss"])),
        ("to", Value::Null),
    ] {
        let mut wrong = row.clone();
        wrong[field] = value;
        let refused = set(app, key, json!([row, wrong])).await.refused(422, "invalid_format");
        assert_eq!(refused["errors"][0]["pointer"], "/value/1", "{wrong}");
    }
    set(app, key, json!({ "report": "tickets/callbacks" })).await.refused(422, "invalid_type");
    let given = app.get("system_admin", &format!("/v1/parameters/{key}")).await.expect(200);
    set(app, key, given["default"].clone()).await.expect(200);
    set(app, key, json!([row])).await.expect(200);
}
}

scenario! {
async fn pf_10_what_seasons_and_visits_start_from_has_bounds(app) {
    for (key, wrong, right) in [
        ("heating.fee.due_month_day", "02-29", "11-15"),
        ("heating.fee.due_month_day", "autumn", "10-31"),
        ("heating.temp.visit_from", "6 am", "06:30"),
        ("heating.temp.visit_to", "24:30", "22:00"),
        ("heating.temp.next_morning", "", "07:30"),
    ] {
        set(app, key, json!(wrong)).await.refused(422, "invalid_format");
        set(app, key, json!(right)).await.expect(200);
    }
}
}

scenario! {
/// Amounts and shares are not negative, but for the one that is a deduction.
async fn pf_10_an_amount_stays_above_zero(app) {
    for key in ["tickets.opinion.compensation_limit", "heating.temp.height_m", "heating.stop.basic_fee_percent"] {
        let refused = set(app, key, json!("-0.01")).await.refused(422, "out_of_range");
        assert_eq!(refused["errors"][0]["pointer"], "/value", "{key}");
        set(app, key, json!("1.00")).await.expect(200);
    }
    set(app, "tickets.assessment.default_penalty", json!("20.00")).await.refused(422, "out_of_range");
    for taken in ["0.00", "-20.00"] {
        set(app, "tickets.assessment.default_penalty", json!(taken)).await.expect(200);
    }
    set(app, "tickets.assessment.reward", json!(100)).await.refused(422, "money_format");
    set(app, "heating.temp.height_m", json!(1.4)).await.refused(422, "number_format");
}
}

scenario! {
/// A list or table keeps the shape of its default; what is wrong is told at its place.
async fn pf_10_a_table_is_read_before_it_is_kept(app) {
    for (key, value, pointer, code) in [
        ("tickets.sla.reminder_percents", json!([50, "80"]), "/value/1", "invalid_type"),
        ("tickets.survey.reminder_days", json!("3"), "/value", "invalid_type"),
        ("tickets.dispatch.weights", json!({ "major": -1 }), "/value/major", "out_of_range"),
        ("tickets.roster.required", json!({ "from": "9" }), "/value/from", "invalid_format"),
        ("heating.fee.price", json!({ "other": "32.005" }), "/value/other", "too_many_decimals"),
        ("heating.refund.rule_sets", json!({ "HRB": [{ "below": 18 }] }), "/value/HRB/0/below", "number_format"),
        ("heating.temp.rooms", json!(["bedroom", "cellar"]), "/value/1", "invalid_format"),
        ("heating.lab.precision", json!("item,method\nAad,GB/T 212"), "/value", "invalid_format"),
    ] {
        let refused = set(app, key, value).await.refused(422, code);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{key}");
    }
    for (key, value) in [
        ("tickets.sla.reminder_percents", json!([60, 120])),
        ("tickets.dispatch.weights", json!({ "major": 5 })),
        ("heating.refund.rule_sets", json!({ "HRB": [{ "below": "18.0", "percent": "40.00" }] })),
        ("heating.temp.rooms", json!(["bedroom", "kitchen"])),
    ] {
        assert_eq!(set(app, key, value.clone()).await.expect(200)["value"], value, "{key}");
    }
}
}

scenario! {
/// What stands in a table has bounds as what stands alone: hours, temperatures, points, days.
async fn pf_10_what_a_table_holds_lies_within_bounds(app) {
    let desk = app.fixture.units["DESK"];
    let windows = |of: Value| json!({ "org_units": { (desk.to_string()): of } });
    let sets = |range: Value| json!({ "HRB": [range] });
    let (hours, rules) = ("tickets.roster.required", "heating.refund.rule_sets");
    let of_desk = format!("/value/org_units/{desk}");
    for (key, value, pointer, code) in [
        (hours, windows(json!({ "from": "9 am" })), format!("{of_desk}/from"), "invalid_format"),
        (hours, windows(json!({ "from": "22:00", "to": "21:00" })), format!("{of_desk}/to"), "out_of_range"),
        (hours, windows(json!({ "to": "08:00" })), format!("{of_desk}/to"), "out_of_range"),
        (hours, windows(json!("09:00-18:00")), of_desk.clone(), "invalid_type"),
        (hours, json!({ "org_units": { "DESK": {} } }), "/value/org_units/DESK".to_owned(), "invalid_format"),
        (hours, json!({ "from": "20:00", "to": "09:00" }), "/value/to".to_owned(), "out_of_range"),
        (rules, sets(json!({ "below": "180.0", "percent": "40.00" })), "/value/HRB/0/below".to_owned(), "out_of_range"),
        (rules, sets(json!({ "below": "18.0", "percent": "140.00" })), "/value/HRB/0/percent".to_owned(), "out_of_range"),
        (rules, sets(json!({ "below": "18.0" })), "/value/HRB/0/percent".to_owned(), "required"),
        (
            rules,
            sets(json!({ "from": "18.0", "below": "16.0", "percent": "40.00" })),
            "/value/HRB/0/below".to_owned(),
            "out_of_range",
        ),
        ("heating.valve.risk_weights", json!([40, 130, 20, 10]), "/value/1".to_owned(), "out_of_range"),
        ("heating.lab.retention_days", json!({ "coal": 0, "ash": 30 }), "/value/coal".to_owned(), "out_of_range"),
        ("heating.complaint.rate_base", json!({ "area_m2": 0 }), "/value/area_m2".to_owned(), "out_of_range"),
        ("tickets.sla.reminder_percents", json!([50, 1001]), "/value/1".to_owned(), "out_of_range"),
    ] {
        let refused = set(app, key, value).await.refused(422, code);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{key}");
    }
    set(app, hours, windows(json!({ "from": "08:00", "to": "22:00" }))).await.expect(200);
    set(app, rules, sets(json!({ "from": "14.0", "below": "18.0", "percent": "100.00" }))).await.expect(200);
    set(app, "heating.valve.risk_weights", json!([50, 20, 20, 10])).await.expect(200);
}
}
