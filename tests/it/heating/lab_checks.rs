//! Instruments of the laboratory and the comparison with another one (HS-09).

use serde_json::{Value, json};

use super::desk::*;
use super::lab_desk::*;
use crate::kit::{id, with};
use crate::tickets::reminders::remind;

scenario! {
async fn hs_e07_two_laboratories_are_compared_on_the_dry_basis(app) {
    let sample = received(app, json!({ "items": ["Mad", "Aad", "St", "Qgr"] })).await;
    for (item, values) in [("Mad", ["3.12", "3.28"]), ("Aad", ["27.35", "27.46"]), ("St", ["0.84", "0.88"]), ("Qgr", ["22038", "22130"])] {
        determined(app, &sample, item, &values).await;
    }
    let check = app.post(ANALYST, "/v1/cross-checks", json!({ "sample_id": sample["id"] })).await.expect(201);
    let path = format!("/v1/cross-checks/{}", id(&check));
    let lines = json!({ "lines": [{ "item": "Qgr", "theirs_d": "22.56" }, { "item": "Aad", "theirs_d": "28.90" },
        { "item": "St", "theirs_d": "0.80" }, { "item": "Mad", "theirs_d": "3.10" }] });
    app.post(ANALYST, &format!("{path}/compare"), lines.clone()).await.refused(409, "invalid_state");
    app.post(ANALYST, &format!("{path}/send"), json!({})).await.refused(422, "required");
    let sent = json!({ "laboratory_id": laboratory(app).await, "external_no": "SJ-88" });
    app.post(ANALYST, &format!("{path}/send"), sent).await.expect(200);
    let wrong = json!({ "lines": [{ "item": "Qgr", "theirs_d": "22560" }] });
    app.post(ANALYST, &format!("{path}/compare"), wrong).await.refused(422, "decimals");
    let vad = json!({ "lines": [{ "item": "Vad", "theirs_d": "29.00" }] });
    app.post(ANALYST, &format!("{path}/compare"), vad).await.refused(409, "not_averaged");
    let compared = app.post(ANALYST, &format!("{path}/compare"), lines).await.expect(200);
    assert_eq!((&compared["status"], &compared["verdict"]), (&json!("compared"), &json!("fail")));
    for (n, ours, r, deviation, verdict) in [(0_usize, "22.81", json!("0.30"), "0.25", "pass"), (1, "28.31", json!("0.50"), "-0.59", "fail"),
        (2, "0.89", json!("0.15"), "0.09", "pass"), (3, "3.20", Value::Null, "0.10", "no_limit")]
    {
        let line = &compared["lines"][n];
        let told = (&line["ours_d"], &line["R"], &line["deviation"], &line["verdict"]);
        assert_eq!(told, (&json!(ours), &r, &json!(deviation), &json!(verdict)), "{line}");
    }
    let failed = app.get(REVIEWER, "/v1/cross-checks?verdict=fail&item=Aad").await.expect(200);
    assert_eq!(failed["items"][0]["id"], check["id"]);
    let waits = app.get(REVIEWER, "/v1/work-items?kind=lab_cross_check").await.expect(200);
    assert_eq!(waits["items"][0]["subject"]["id"], check["id"]);
    app.post(ANALYST, &format!("{path}/review"), json!({})).await.refused(403, "forbidden");
    app.post(REVIEWER, &format!("{path}/review"), json!({ "note": "复检灰分" })).await.expect(200);
    assert_eq!(app.get(REVIEWER, "/v1/work-items?kind=lab_cross_check").await.expect(200)["items"], json!([]));
}
}

scenario! {
async fn hs_e14_a_failed_check_takes_the_calorimeter_out(app) {
    let calorimeter = calorimeter(app).await;
    let reported = coal(app, &["Qgr"]).await;
    for value in ["22038", "22130"] {
        enter(app, &reported, json!({ "item": "Qgr", "value": value, "instrument_ids": [calorimeter] })).await.expect(201);
    }
    act(app, REVIEWER, &reported, "review", json!({})).await.expect(200);
    issued(app, &reported).await;
    let sample = coal(app, &["Qgr"]).await;
    for value in ["22038", "22130"] {
        enter(app, &sample, json!({ "item": "Qgr", "value": value, "instrument_ids": [calorimeter] })).await.expect(201);
    }
    let short = checked(app, &calorimeter, &["26520", "26520"]).await.refused(422, "too_few");
    assert_eq!(short["errors"][0]["pointer"], "/runs");
    let failed = checked(app, &calorimeter, &FAILED).await.expect(201);
    assert_eq!((&failed["mean"], &failed["limit"], &failed["result"]), (&json!("26520.40"), &json!("50.00"), &json!("fail")));
    let path = format!("/v1/instruments/{calorimeter}");
    let out = app.get(ANALYST, &path).await.expect(200);
    assert_eq!((&out["status"], &out["usable"]), (&json!("out_of_service"), &json!(false)));
    let held = app.get(REVIEWER, &format!("/v1/determinations?instrument_id={calorimeter}&hold=true")).await.expect(200);
    assert_eq!(held["items"].as_array().unwrap().len(), 2);
    assert!(held["items"].as_array().unwrap().iter().all(|row| row["sample_id"] == sample["id"]));
    act(app, REVIEWER, &sample, "review", json!({})).await.refused(409, "quality_hold");
    let waits = app.get(REVIEWER, "/v1/work-items?kind=lab_doubted").await.expect(200);
    assert_eq!(waits["items"].as_array().unwrap().len(), 2);
    let late = json!({ "item": "Qgr", "value": "22084", "instrument_ids": [calorimeter] });
    enter(app, &coal(app, &["Qgr"]).await, late).await.refused(409, "instrument_not_valid");
    // It comes back only after a calibration that passed.
    app.post(ANALYST, &format!("{path}/return"), json!({})).await.refused(409, "instrument_not_valid");
    let passed = json!({ "kind": "heat_capacity", "performed_on": "2026-03-02", "performed_by": "化验室",
        "runs": ["10520", "10525", "10518", "10522", "10520"] });
    let back = app.post(ANALYST, &format!("{path}/calibrate"), passed).await.expect(200);
    assert_eq!((&back["heat_capacity_until"], &back["failed_at"]), (&json!("2026-06-02"), &Value::Null));
    assert_eq!(app.post(ANALYST, &format!("{path}/return"), json!({})).await.expect(200)["usable"], true);
    let right = checked(app, &calorimeter, &["26520", "26520", "26520", "26520", "26520"]).await.expect(201);
    assert_eq!((&right["deviation"], &right["result"]), (&json!("50.00"), &json!("pass")));
    for row in held["items"].as_array().unwrap().iter().chain(waits["items"].as_array().unwrap().iter().map(|it| &it["subject"])) {
        let release = format!("/v1/determinations/{}/release-hold", id(row));
        app.post(REVIEWER, &release, json!({ "reason": "复测一致" })).await.expect(200);
    }
    assert_eq!(app.get(REVIEWER, "/v1/work-items?kind=lab_doubted").await.expect(200)["items"], json!([]));
    act(app, REVIEWER, &sample, "review", json!({})).await.expect(200);
}
}

scenario! {
async fn only_what_came_after_the_last_passed_check_is_held(app) {
    let calorimeter = calorimeter(app).await;
    let enter_one = async |sample: &Value| {
        enter(app, sample, json!({ "item": "Qgr", "value": "22038", "instrument_ids": [calorimeter] })).await.expect(201);
    };
    let before = coal(app, &["Qgr"]).await;
    enter_one(&before).await;
    app.at("2026-03-02T10:00:00+08:00");
    checked(app, &calorimeter, &["26470", "26475", "26465", "26470", "26470"]).await.expect(201);
    app.at("2026-03-02T11:00:00+08:00");
    let after = coal(app, &["Qgr"]).await;
    enter_one(&after).await;
    checked(app, &calorimeter, &FAILED).await.expect(201);
    let held = app.get(REVIEWER, "/v1/determinations?hold=true").await.expect(200);
    assert_eq!(held["items"].as_array().unwrap().iter().map(|row| &row["sample_id"]).collect::<Vec<_>>(), [&after["id"]]);
}
}

scenario! {
async fn a_calibration_that_fails_the_same_day_leaves_what_a_check_vouched_for(app) {
    let calorimeter = calorimeter(app).await;
    let enter_one = async |sample: &Value| {
        enter(app, sample, json!({ "item": "Qgr", "value": "22038", "instrument_ids": [calorimeter] })).await.expect(201);
    };
    enter_one(&coal(app, &["Qgr"]).await).await;
    app.at("2026-03-02T10:00:00+08:00");
    checked(app, &calorimeter, &["26470", "26475", "26465", "26470", "26470"]).await.expect(201);
    app.at("2026-03-02T11:00:00+08:00");
    let after = coal(app, &["Qgr"]).await;
    enter_one(&after).await;
    let path = format!("/v1/instruments/{calorimeter}");
    let failed = json!({ "kind": "calibration", "performed_on": "2026-03-02", "performed_by": "市计量所", "result": "fail" });
    let out = app.post(ANALYST, &format!("{path}/calibrate"), failed).await.expect(200);
    let held = app.get(REVIEWER, "/v1/determinations?hold=true").await.expect(200);
    assert_eq!(held["items"].as_array().unwrap().iter().map(|row| &row["sample_id"]).collect::<Vec<_>>(), [&after["id"]]);
    // What it may not do it says before it is asked for.
    let back = out["allowed_actions"].as_array().unwrap().iter().find(|act| act["action"] == "return").unwrap();
    assert_eq!((&back["allowed"], &back["reasons"][0]["code"]), (&json!(false), &json!("instrument_not_valid")));
}
}

scenario! {
async fn a_heat_capacity_is_judged_by_its_runs_and_ends_with_a_repair(app) {
    let calorimeter = calorimeter(app).await;
    let path = format!("/v1/instruments/{calorimeter}");
    let body = json!({ "kind": "heat_capacity", "performed_on": "2025-11-30", "performed_by": "化验室",
        "runs": ["10520", "10525", "10518", "10522", "10520"] });
    let few = with(body.clone(), &json!({ "runs": ["10520", "10520"] }));
    app.post(ANALYST, &format!("{path}/calibrate"), few).await.refused(422, "too_few");
    let until = app.post(ANALYST, &format!("{path}/calibrate"), body.clone()).await.expect(200);
    // Three months from the last of November: the last of February, which is over.
    assert_eq!((&until["heat_capacity_until"], &until["usable"]), (&json!("2026-02-28"), &json!(false)));
    let now = with(body.clone(), &json!({ "performed_on": "2026-03-02" }));
    let until = app.post(ANALYST, &format!("{path}/calibrate"), now).await.expect(200);
    assert_eq!((&until["heat_capacity_until"], &until["usable"]), (&json!("2026-06-02"), &json!(true)));
    let list = app.get(ANALYST, &format!("{path}/calibrations")).await.expect(200);
    let heat = list["items"].as_array().unwrap().iter().find(|row| row["kind"] == "heat_capacity").unwrap();
    assert_eq!((&heat["value"], &heat["rsd_percent"], &heat["result"]), (&json!(10521), &json!("0.03"), &json!("pass")));
    let repair = json!({ "kind": "repair", "done_on": "2026-03-02", "done_by": "厂家", "text": "更换氧弹密封圈" });
    app.post(ANALYST, &format!("{path}/maintenance"), repair).await.expect(201);
    let after = app.get(ANALYST, &path).await.expect(200);
    assert_eq!((&after["heat_capacity_until"], &after["usable"]), (&json!("2026-03-01"), &json!(false)));
    let wide = with(body, &json!({ "performed_on": "2026-03-02", "runs": ["9950", "10050", "10000", "10020", "9980"] }));
    let failed = app.post(ANALYST, &format!("{path}/calibrate"), wide).await.expect(200);
    assert_eq!(failed["status"], "out_of_service");
    let oven = apparatus(app, "drying_oven").await;
    let routine = json!({ "kind": "routine", "done_on": "2026-03-02", "done_by": "化验员", "text": "清洁" });
    app.post(ANALYST, &format!("/v1/instruments/{oven}/maintenance"), routine).await.expect(201);
    let done = app.get(ANALYST, &format!("/v1/instruments/{oven}/maintenance")).await.expect(200);
    assert_eq!(done["items"][0]["text"], "清洁");
}
}

scenario! {
async fn an_expired_standard_checks_nothing_and_glass_does_not_go_below_none(app) {
    let calorimeter = calorimeter(app).await;
    let standard = json!({ "name": "标准煤", "certified": "22000", "uncertainty": "30", "unit": "J/g", "valid_until": "2026-03-01" });
    let body = json!({ "standard": standard, "runs": ["22000", "22000", "22000", "22000", "22000"] });
    let path = format!("/v1/instruments/{calorimeter}/standard-checks");
    app.post(ANALYST, &path, body.clone()).await.refused(409, "standard_expired");
    let valid = with(standard, &json!({ "valid_until": "2026-03-02" }));
    let edge = with(body, &json!({ "standard": valid, "runs": ["22030", "22030", "22030", "22030", "22030"] }));
    let passed = app.post(ANALYST, &path, edge).await.expect(201);
    assert_eq!((&passed["limit"], &passed["result"]), (&json!("30.00"), &json!("pass")));
    let flasks = json!({ "name": "锥形瓶", "spec": "250 mL", "in": 10 });
    let came = app.post(ANALYST, "/v1/lab-equipment", flasks.clone()).await.expect(201);
    assert_eq!((&came["in"], &came["balance"]), (&json!(10), &json!(10)));
    let gone = with(flasks.clone(), &json!({ "in": 0, "out": 8, "broken": 1 }));
    assert_eq!(app.post(ANALYST, "/v1/lab-equipment", gone).await.expect(201)["balance"], 1);
    app.post(ANALYST, "/v1/lab-equipment", with(flasks.clone(), &json!({ "in": 0, "broken": 2 }))).await.refused(409, "equipment_short");
    app.post(ANALYST, "/v1/lab-equipment", with(flasks, &json!({ "in": 0 }))).await.refused(422, "required");
}
}

scenario! {
/// HS-R45: a round belongs to its item; once another was begun nobody waits for the one before.
async fn a_round_that_was_left_is_not_waited_for(app) {
    let sample = coal(app, &["Aad"]).await;
    determined(app, &sample, "Aad", &["9.88", "9.73"]).await;
    let path = format!("/v1/lab-samples/{}/determinations", id(&sample));
    let first = app.get(REVIEWER, &path).await.expect(200)["items"][0].clone();
    act(app, REVIEWER, &sample, "return", json!({ "items": ["Aad"], "reason": "复查" })).await.expect(200);
    let retract = format!("/v1/determinations/{}/retract", id(&first));
    app.post(REVIEWER, &retract, json!({ "reason": "称量有误" })).await.expect(200);
    let list = app.get(ANALYST, "/v1/work-items?kind=lab_duplicate").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    determined(app, &sample, "Aad", &["9.80", "9.82"]).await;
    let list = app.get(ANALYST, "/v1/work-items?kind=lab_duplicate").await.expect(200);
    assert_eq!(list["items"], json!([]));
}
}

scenario! {
async fn the_work_list_of_the_laboratory_knows_blind_codes_alone(app) {
    let waits = async |who: &str, kind: &str| {
        app.get(who, &format!("/v1/work-items?kind={kind}")).await.expect(200)["items"].as_array().unwrap().clone()
    };
    let row = submitted(app, json!({ "items": ["Aad"] })).await;
    let item = waits(ANALYST, "lab_receive").await.remove(0);
    assert_eq!((&item["subject"]["title"], &item["subject"]["number"]), (&row["blind_code"], &Value::Null));
    assert!(waits(REVIEWER, "lab_receive").await.is_empty());
    act(app, ANALYST, &row, "receive", json!({ "seal_no": "F-100", "mass_g": "1000" })).await.expect(200);
    assert_eq!(waits(ANALYST, "lab_begin").await[0]["due_at"], "2026-03-03T08:00:00+08:00");
    determine(app, &row, "Aad", "9.88").await.expect(201);
    let item = waits(ANALYST, "lab_duplicate").await.remove(0);
    assert_eq!(item["subject"]["title"], format!("{} Aad", row["blind_code"].as_str().unwrap()));
    assert_eq!((&item["due_at"], &item["subject"]["id"]), (&json!("2026-03-03T08:00:00+08:00"), &row["id"]));
    assert!(waits(ANALYST, "lab_begin").await.is_empty());
    determine(app, &row, "Aad", "9.73").await.expect(201);
    assert!(waits(ANALYST, "lab_duplicate").await.is_empty());
    assert_eq!(waits(REVIEWER, "lab_review").await[0]["due_at"], "2026-03-03T08:00:00+08:00");
    act(app, REVIEWER, &row, "review", json!({})).await.expect(200);
    assert_eq!(waits(REVIEWER, "lab_report").await[0]["due_at"], "2026-03-04T08:00:00+08:00");
    issued(app, &row).await;
    assert!(waits(REVIEWER, "lab_report").await.is_empty());
}
}

scenario! {
async fn what_falls_due_waits_for_the_analyst(app) {
    let waits = async |kind: &str| {
        app.get(ANALYST, &format!("/v1/work-items?kind={kind}")).await.expect(200)["items"].as_array().unwrap().clone()
    };
    let soon = thermometer(app, "2026-04-01").await;
    thermometer(app, "2026-04-02").await;
    let due = waits("instrument_due").await;
    assert_eq!(due.len(), 1);
    assert_eq!((&due[0]["subject"]["id"], &due[0]["due_at"]), (&json!(soon), &json!("2026-04-01T23:59:59+08:00")));
    let kept = retained(app, &coal(app, &["Aad"]).await).await;
    assert!(waits("lab_retention").await.is_empty());
    app.at("2026-05-01T08:00:00+08:00");
    assert_eq!(waits("lab_retention").await[0]["subject"]["id"], kept["id"]);
    // Left lying, it is told to the analyst and to the manager.
    app.at("2026-05-02T09:00:00+08:00");
    remind(app).await;
    for who in [ANALYST, MANAGER] {
        let inbox = app.get(who, "/v1/notifications?limit=200").await.expect(200);
        let about = inbox["items"].as_array().unwrap().iter().filter(|item| item["resource_id"] == kept["id"]);
        assert_eq!(about.count(), 1, "{who}: {inbox}");
    }
}
}

scenario! {
async fn an_instrument_that_comes_due_is_told_once_for_each_last_day(app) {
    let soon = thermometer(app, "2026-04-01").await;
    thermometer(app, "2026-04-02").await;
    let tell = async || heating_service::instrument::due::tell(&app.store).await.unwrap();
    assert_eq!((tell().await, tell().await), (1, 0));
    let path = format!("/v1/instruments/{soon}");
    let told = app.get(ANALYST, &format!("{path}/history")).await.expect(200);
    let due: Vec<&Value> =
        told["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == "instrument.due").collect();
    assert_eq!((due.len(), &due[0]["data"]["valid_until"]), (1, &json!("2026-04-01")), "{told}");
    // The next day comes near the other one does.
    app.at("2026-03-03T08:00:00+08:00");
    assert_eq!(tell().await, 1);
    // Calibrated again it has another last day.
    let passed = json!({ "kind": "verification", "performed_on": "2026-03-02", "performed_by": "市计量所", "result": "pass",
        "valid_until": "2026-05-01" });
    app.post(ANALYST, &format!("{path}/calibrate"), passed).await.expect(200);
    assert_eq!(tell().await, 0);
    app.at("2026-04-10T08:00:00+08:00");
    assert_eq!((tell().await, tell().await), (1, 0));
}
}

scenario! {
/// HS-R46: an instrument stands in the catalogue of each year it was used in, whenever it was entered.
async fn the_catalogue_of_a_year_holds_what_was_used_in_it(app) {
    let entered = async |fields: Value| {
        let body = json!({ "number": name(), "name": "干燥箱", "kind": "drying_oven", "org_unit_id": app.fixture.units["HEAT"] });
        app.post(ANALYST, "/v1/instruments", with(body, &fields)).await.expect(201)["number"].clone()
    };
    let old = entered(json!({ "in_service_on": "2024-05-01" })).await;
    app.at("2026-03-02T09:00:00+08:00");
    let new = entered(json!({ "in_service_on": null })).await;
    for (year, wanted) in [(2023, vec![]), (2024, vec![&old]), (2026, vec![&old, &new])] {
        let path = format!("/v1/reports/heating/equipment-archive?year={year}");
        let report = app.get(REVIEWER, &path).await.expect(200);
        let shown: Vec<&Value> = report["rows"].as_array().unwrap().iter().map(|row| &row[0]["value"]).collect();
        assert_eq!(shown, wanted, "{year}");
    }
}
}
