//! Coal and ash: two values that agree, blindness, review, reports (HS-08).

use serde_json::{Value, json};

use super::desk::*;
use super::lab_desk::*;
use crate::kit::{TestApp, id, with};

fn some(text: &str) -> Value {
    json!(text)
}

scenario! {
async fn hs_e05_two_three_and_four_values(app) {
    let two = coal(app, &["Aad"]).await;
    determine(app, &two, "Aad", "9.88").await.expect(201);
    assert_eq!(result(app, &two, "Aad").await["state"], "need_second");
    let second = determine(app, &two, "Aad", "9.73").await.expect(201);
    assert_eq!((&second["seq"], &second["round"], &second["value"]), (&json!(2), &json!(1), &json!("9.73")));
    let row = result(app, &two, "Aad").await;
    assert_eq!((&row["T"], &row["rule"], &row["mean"]), (&json!("0.20"), &json!("mean_2"), &json!("9.80")));
    assert_eq!((&row["state"], &row["first_pair_pass"]), (&json!("averaged"), &json!(true)));
    // What is wrong with the value itself is said before that none is needed.
    determine(app, &two, "Aad", "9.8").await.refused(422, "decimals");
    let complete = determine(app, &two, "Aad", "9.80").await.refused(409, "result_complete");
    assert_eq!(complete["rule"], "HS-R40");

    let three = coal(app, &["Aad"]).await;
    determined(app, &three, "Aad", &["9.88", "9.65"]).await;
    assert_eq!(result(app, &three, "Aad").await["state"], "need_third");
    determined(app, &three, "Aad", &["9.73"]).await;
    assert_eq!(told(app, &three, "Aad").await, (some("averaged"), some("mean_3"), some("9.75")));

    let four = coal(app, &["Aad"]).await;
    determined(app, &four, "Aad", &["9.88", "9.65", "9.63"]).await;
    assert_eq!(result(app, &four, "Aad").await["state"], "need_fourth");
    determined(app, &four, "Aad", &["9.69"]).await;
    assert_eq!(told(app, &four, "Aad").await, (some("averaged"), some("mean_4"), some("9.71")));
    let all = app.get(ANALYST, &format!("/v1/lab-samples/{}/determinations", id(&four))).await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 4);
}
}

scenario! {
async fn four_values_that_do_not_agree_begin_another_round(app) {
    let sample = coal(app, &["Aad"]).await;
    determined(app, &sample, "Aad", &["10.00", "9.50", "9.75", "9.25"]).await;
    assert_eq!(result(app, &sample, "Aad").await["state"], "discarded");
    let feed = events(app, "lab_result.discarded").await;
    assert_eq!(feed[0]["data"]["blind_code"], sample["blind_code"]);
    let again = determine(app, &sample, "Aad", "9.60").await.expect(201);
    assert_eq!((&again["round"], &again["seq"]), (&json!(2), &json!(1)));
    determined(app, &sample, "Aad", &["9.62"]).await;
    assert_eq!(told(app, &sample, "Aad").await, (some("averaged"), some("mean_2"), some("9.61")));
    let seen = app.get(ANALYST, &format!("/v1/lab-samples/{}", id(&sample))).await.expect(200);
    assert_eq!(seen["status"], "averaged");
}
}

/// What was told of this kind, as the head of the house reads it.
async fn events(app: &TestApp, kind: &str) -> Vec<Value> {
    app.store.seal_now().await.unwrap();
    let feed = app.get("general_manager", &format!("/v1/events?after=0&types={kind}")).await.expect(200);
    feed["items"].as_array().unwrap().clone()
}

/// The worked sample: every item of coal.
async fn worked(app: &TestApp) -> Value {
    let sample = received(app, json!({})).await;
    let pairs = [
        ("Mad", ["3.12", "3.28"]),
        ("Aad", ["27.35", "27.46"]),
        ("Vad", ["28.10", "28.45"]),
        ("Mt", ["9.6", "9.6"]),
        ("Had", ["3.65", "3.65"]),
    ];
    for (item, values) in pairs {
        determined(app, &sample, item, &values).await;
    }
    sample
}

scenario! {
async fn hs_e06_a_sample_on_every_basis(app) {
    let sample = worked(app).await;
    let bomb = apparatus(app, "calorimeter").await;
    let heat = |value: &str, qb: &str| json!({ "item": "Qgr", "value": value, "raw": { "qb_j_g": qb }, "instrument_ids": [bomb] });
    let early = enter(app, &sample, heat("22038", "22146")).await.refused(409, "sulphur_missing");
    assert_eq!(early["rule"], "HS-R41");
    determined(app, &sample, "St", &["0.84", "0.88"]).await;
    let wrong = enter(app, &sample, heat("22039", "22146")).await.refused(422, "raw_mismatch");
    assert_eq!(wrong["errors"][0]["pointer"], "/value");
    enter(app, &sample, heat("22038", "22146")).await.expect(201);
    // Without a value it is worked out from the reading.
    let second = enter(app, &sample, with(heat("", "22238"), &json!({ "value": null }))).await.expect(201);
    assert_eq!(second["value"], "22130");
    let row = result(app, &sample, "Qgr").await;
    assert_eq!((&row["T"], &row["mean"]), (&json!("120"), &json!("22084")));
    for (item, mean) in [("Mad", "3.20"), ("Aad", "27.40"), ("St", "0.86"), ("Vad", "28.28")] {
        assert_eq!(result(app, &sample, item).await["mean"], mean, "{item}");
    }
    act(app, REVIEWER, &sample, "review", json!({})).await.expect(200);
    let report = issued(app, &sample).await;
    let figures = &report["samples"][0]["figures"];
    for (name, value) in [("Ad", "28.31"), ("Aar", "25.59"), ("St_d", "0.89"), ("FCad", "41.12"), ("Qgr_ad_j_g", "22084"),
        ("Qgr_ad", "22.08"), ("Qgr_d", "22.81"), ("Qnet_ar", "19.70"), ("Qnet_ar_j_g", "19701"), ("Qnet_ar_kcal_kg", "4711")]
    {
        assert_eq!(figures[name], value, "{name}");
    }
    assert_eq!((&figures["below_supply_limit"], &figures["rules"]["Aad"]), (&json!(false), &json!("mean_2")));
}
}

scenario! {
async fn values_have_the_decimals_of_their_item_and_belong_to_the_sample(app) {
    let sample = coal(app, &["Aad", "Mad"]).await;
    for (item, value, code) in [("Aad", "9.8", "decimals"), ("Aad", "9.880", "decimals"), ("Aad", "x", "number_format"),
        ("Aad", "100.01", "out_of_range"), ("Vad", "28.10", "not_in_sample")]
    {
        determine(app, &sample, item, value).await.refused(422, code);
    }
    let scales = apparatus(app, "balance").await;
    let raw = json!({ "item": "Mad", "value": "3.12", "raw": { "mass_g": "1.0000", "loss_g": "0.0312" }, "instrument_ids": [scales] });
    enter(app, &sample, raw.clone()).await.expect(201);
    enter(app, &sample, with(raw, &json!({ "value": "3.13" }))).await.refused(422, "raw_mismatch");
    let method = json!({ "item": "Mad", "value": "3.12", "method": "GB/T 211", "instrument_ids": [scales] });
    enter(app, &sample, method.clone()).await.refused(409, "method_fixed");
    enter(app, &sample, with(method, &json!({ "item": "Aad", "value": "9.88" }))).await.refused(422, "unknown_method");
    let expired = thermometer(app, "2026-02-28").await;
    let late = json!({ "item": "Aad", "value": "9.88", "instrument_ids": [expired] });
    enter(app, &sample, late).await.refused(409, "instrument_not_valid");
    let mixed = json!({ "kind": "slag", "sampling_place": "炉渣坑", "seal_no": "F-1", "mass_g": "500", "items": ["Aad"] });
    app.post(SAMPLER, "/v1/lab-samples", mixed).await.refused(422, "invalid_enum");
    app.post(REVIEWER, &format!("/v1/lab-samples/{}/determinations", id(&sample)), json!({})).await.refused(403, "forbidden");
}
}

scenario! {
async fn the_analyst_works_blind_until_the_report(app) {
    let place = station(app, json!({ "phone": "024-86001234", "far_end_note": "末端为7号楼" })).await;
    for who in [SAMPLER, REVIEWER] {
        let path = format!("/v1/heating-stations/{place}");
        let known = app.get(who, &path).await.expect(200);
        assert_eq!((&known["name"], &known["phone"], &known["far_end_note"]), (&json!("北陵中心站"), &json!(null), &json!(null)));
        app.get(who, &format!("{path}/history")).await.refused(404, "not_found");
    }
    let supplier = laboratory(app).await;
    let full = submitted(app, json!({ "station_id": place, "supplier_id": supplier, "items": ["Aad"] })).await;
    assert_eq!(full["number"].as_str().unwrap(), "CS-2026-0001");
    assert_eq!(full["blind_code"].as_str().unwrap().len(), 6);
    let path = format!("/v1/lab-samples/{}", id(&full));
    let hidden = ["number", "sampling_place", "station_id", "supplier_id", "batch", "sampled_at", "sampled_by"];
    let list = app.get(ANALYST, &format!("/v1/lab-samples?blind_code={}", full["blind_code"].as_str().unwrap())).await.expect(200);
    for seen in [&list["items"][0], &app.get(ANALYST, &path).await.expect(200)] {
        assert_eq!((&seen["blind_code"], &seen["seal_no"]), (&full["blind_code"], &json!("F-100")));
        assert!(hidden.iter().all(|field| seen.get(field).is_none()), "{seen}");
    }
    for filter in ["supplier_id", "station_id"] {
        let refused = app.get(ANALYST, &format!("/v1/lab-samples?{filter}={supplier}")).await.refused(400, "unknown_parameter");
        assert_eq!(refused["context"]["parameter"], filter);
    }
    let since = "/v1/lab-samples?received_at_gte=2026-03-01T00:00:00Z";
    app.get(ANALYST, since).await.refused(400, "unknown_parameter");
    app.get(REVIEWER, since).await.expect(200);
    let found = app.get(REVIEWER, &format!("/v1/lab-samples?supplier_id={supplier}&station_id={place}")).await.expect(200);
    assert_eq!(found["items"][0]["number"], full["number"]);
    act(app, ANALYST, &full, "receive", json!({ "seal_no": "F-100", "mass_g": "1000" })).await.expect(200);
    determined(app, &full, "Aad", &["9.88", "9.73"]).await;
    // Nothing of its origin in the history or the feed he reads; the sampler sees no result.
    app.store.seal_now().await.unwrap();
    let told = [format!("{path}/history"), "/v1/events?after=0&resources=lab_sample,determination,lab_result".to_owned()];
    for told in told {
        let text = app.get(ANALYST, &told).await.expect(200).to_string();
        let sampler = app.fixture.staff[SAMPLER].to_string();
        for secret in [full["number"].as_str().unwrap(), "一号煤场", "B-7", &place, &supplier, &sampler] {
            assert!(!text.contains(secret), "{told} tells {secret}");
        }
    }
    let results = app.get(SAMPLER, &format!("{path}/results")).await.expect(200);
    assert_eq!(results["items"], json!([]));
    app.get(SAMPLER, &format!("{path}/determinations")).await.refused(403, "forbidden");
    act(app, REVIEWER, &full, "review", json!({})).await.expect(200);
    let draft = report_drafted(app, &full).await;
    app.get(ANALYST, &format!("/v1/lab-reports/{}", id(&draft))).await.refused(404, "not_found");
    app.post(REVIEWER, &format!("/v1/lab-reports/{}/issue", id(&draft)), json!({})).await.expect(200);
    let open = app.get(ANALYST, &path).await.expect(200);
    assert_eq!((&open["number"], &open["status"]), (&full["number"], &json!("reported")));
    assert_eq!(app.get(SAMPLER, &format!("{path}/results")).await.expect(200)["items"][0]["mean"], "9.80");
}
}

scenario! {
async fn a_broken_seal_or_a_wrong_mass_is_not_received(app) {
    let sample = submitted(app, json!({})).await;
    let receive = async |seal: &str, mass: &str| {
        act(app, ANALYST, &sample, "receive", json!({ "seal_no": seal, "mass_g": mass })).await
    };
    receive("F-101", "1000").await.refused(409, "seal_mismatch");
    receive("F-100", "1010.01").await.refused(409, "mass_mismatch");
    receive("F-100", "989.99").await.refused(409, "mass_mismatch");
    receive("F-100", "1010.00").await.expect(200);
    receive("F-100", "1010.00").await.refused(409, "invalid_state");
    let broken = submitted(app, json!({ "kind": "slag", "items": ["C_slag"] })).await;
    assert_eq!(broken["number"], "AS-2026-0001");
    let gone = act(app, ANALYST, &broken, "reject", json!({ "reason": "封签破损" })).await.expect(200);
    assert_eq!(gone["status"], "rejected");
    determine(app, &broken, "C_slag", "4.50").await.refused(409, "invalid_state");
    // Its number stays.
    assert_eq!(submitted(app, json!({ "kind": "fly_ash" })).await["number"], "AS-2026-0002");
}
}

scenario! {
async fn hs_e17_whoever_determined_does_not_review(app) {
    let post = json!({ "role": "coal_analyst", "from": "2026-03-01" });
    app.post("hr_officer", &format!("/v1/staff/{}/posts", app.fixture.staff[REVIEWER]), post).await.expect(200);
    let sample = coal(app, &["Aad"]).await;
    let body = json!({ "item": "Aad", "value": "9.88", "instrument_ids": [apparatus(app, "balance").await] });
    let path = format!("/v1/lab-samples/{}/determinations", id(&sample));
    let own = app.post("coal_reviewer/coal_analyst", &path, body).await.expect(201);
    let retract = format!("/v1/determinations/{}/retract", id(&own));
    app.post(ANALYST, &retract, json!({ "reason": "读错" })).await.refused(403, "forbidden");
    let gone = app.post("coal_reviewer/coal_reviewer", &retract, json!({ "reason": "称量有误" })).await.expect(200);
    assert_eq!((&gone["status"], &gone["reason"]), (&json!("retracted"), &json!("称量有误")));
    determined(app, &sample, "Aad", &["9.88", "9.73"]).await;
    let shown = app.get("coal_reviewer/coal_reviewer", &format!("/v1/lab-samples/{}", id(&sample))).await.expect(200);
    for action in ["review", "return"] {
        let act = shown["allowed_actions"].as_array().unwrap().iter().find(|act| act["action"] == action).unwrap();
        assert_eq!((&act["allowed"], &act["reasons"][0]["code"]), (&json!(false), &json!("separation_of_duties")));
    }
    let review = format!("/v1/lab-samples/{}/review", id(&sample));
    let refused = app.post("coal_reviewer/coal_reviewer", &review, json!({})).await.refused(409, "separation_of_duties");
    assert_eq!(refused["rule"], "HS-R44");
    // Nor does he send it back to be determined once more.
    let back = json!({ "items": ["Aad"], "reason": "复验" });
    let path = format!("/v1/lab-samples/{}/return", id(&sample));
    app.post("coal_reviewer/coal_reviewer", &path, back).await.refused(409, "separation_of_duties");
}
}

scenario! {
async fn a_return_begins_another_round_of_the_items_named(app) {
    let sample = coal(app, &["Aad", "Mad"]).await;
    determined(app, &sample, "Aad", &["9.88", "9.73"]).await;
    act(app, REVIEWER, &sample, "review", json!({})).await.refused(409, "invalid_state");
    determined(app, &sample, "Mad", &["3.12", "3.28"]).await;
    let back = json!({ "items": ["Vad"], "reason": "与历史偏差大" });
    act(app, REVIEWER, &sample, "return", back.clone()).await.refused(422, "not_in_sample");
    let returned = act(app, REVIEWER, &sample, "return", with(back, &json!({ "items": ["Aad"] }))).await.expect(200);
    assert_eq!(returned["status"], "testing");
    let row = result(app, &sample, "Aad").await;
    assert_eq!((&row["round"], &row["state"], &row["mean"]), (&json!(2), &json!("need_second"), &Value::Null));
    determine(app, &sample, "Mad", "3.20").await.refused(409, "result_complete");
    determined(app, &sample, "Aad", &["9.90", "9.94"]).await;
    assert_eq!(told(app, &sample, "Aad").await, (some("averaged"), some("mean_2"), some("9.92")));
    assert_eq!(result(app, &sample, "Mad").await["round"], 1);
    act(app, REVIEWER, &sample, "review", json!({ "note": "复验一致" })).await.expect(200);
}
}

scenario! {
async fn retracting_works_the_round_out_anew(app) {
    let sample = coal(app, &["St", "Qgr"]).await;
    determined(app, &sample, "St", &["0.84"]).await;
    let second = determine(app, &sample, "St", "0.88").await.expect(201);
    let bomb = apparatus(app, "calorimeter").await;
    for qb in ["22146", "22238"] {
        enter(app, &sample, json!({ "item": "Qgr", "raw": { "qb_j_g": qb }, "instrument_ids": [bomb] })).await.expect(201);
    }
    act(app, REVIEWER, &sample, "review", json!({})).await.expect(200);
    let retract = format!("/v1/determinations/{}/retract", id(&second));
    app.post(REVIEWER, &retract, json!({ "reason": "坩埚破裂" })).await.expect(200);
    let row = result(app, &sample, "St").await;
    assert_eq!((&row["state"], &row["T"], &row["first_pair_pass"]), (&json!("need_second"), &Value::Null, &Value::Null));
    let seen = app.get(REVIEWER, &format!("/v1/lab-samples/{}", id(&sample))).await.expect(200);
    assert_eq!((&seen["status"], &seen["reviewed_by"]), (&json!("testing"), &Value::Null));
    let held = app.get(REVIEWER, &format!("/v1/determinations?sample_id={}&hold=true", id(&sample))).await.expect(200);
    let held: Vec<String> = held["items"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(held.len(), 2);
    let release = async |row: &str| {
        app.post(REVIEWER, &format!("/v1/determinations/{row}/release-hold"), json!({ "reason": "硫值复核" })).await
    };
    release(&held[0]).await.refused(409, "sulphur_missing");
    determined(app, &sample, "St", &["0.88"]).await;
    act(app, REVIEWER, &sample, "review", json!({})).await.refused(409, "quality_hold");
    for row in &held {
        assert_eq!(release(row).await.expect(200)["hold"], false);
    }
    release(&held[0]).await.refused(409, "not_held");
    act(app, REVIEWER, &sample, "review", json!({})).await.expect(200);
}
}

scenario! {
async fn heat_that_comes_out_otherwise_is_not_released(app) {
    let sample = coal(app, &["St", "Qgr"]).await;
    let first = determine(app, &sample, "St", "0.84").await.expect(201);
    determined(app, &sample, "St", &["0.88"]).await;
    let bomb = apparatus(app, "calorimeter").await;
    let heat = enter(app, &sample, json!({ "item": "Qgr", "raw": { "qb_j_g": "22146" }, "instrument_ids": [bomb] })).await.expect(201);
    app.post(REVIEWER, &format!("/v1/determinations/{}/retract", id(&first)), json!({ "reason": "读错" })).await.expect(200);
    determined(app, &sample, "St", &["0.93"]).await;
    let release = format!("/v1/determinations/{}/release-hold", id(&heat));
    app.post(REVIEWER, &release, json!({ "reason": "复核" })).await.refused(409, "value_changed");
}
}

scenario! {
async fn a_report_is_issued_corrected_and_archived(app) {
    let sample = coal(app, &["Aad"]).await;
    let body = json!({ "kind": "coal", "samples": [sample["id"]] });
    app.post(REVIEWER, "/v1/lab-reports", body.clone()).await.refused(409, "not_reviewed");
    determined(app, &sample, "Aad", &["9.88", "9.73"]).await;
    act(app, REVIEWER, &sample, "review", json!({})).await.expect(200);
    app.post(REVIEWER, "/v1/lab-reports", with(body.clone(), &json!({ "kind": "ash" }))).await.refused(422, "kind_mismatch");
    let draft = app.post(REVIEWER, "/v1/lab-reports", body.clone()).await.expect(201);
    assert_eq!((&draft["number"], &draft["status"]), (&json!("LR-2026-0001"), &json!("draft")));
    let refused = app.post(REVIEWER, "/v1/lab-reports", body.clone()).await.refused(409, "report_exists");
    assert_eq!(refused["context"]["number"], "LR-2026-0001");
    let path = format!("/v1/lab-reports/{}", id(&draft));
    app.post(REVIEWER, &format!("{path}/issue"), json!({})).await.refused(422, "required");
    app.post(REVIEWER, &format!("{path}/issue"), json!({ "receiver": "生产技术部" })).await.expect(200);
    let determination = app.get(REVIEWER, &format!("/v1/determinations?sample_id={}", id(&sample))).await.expect(200);
    let retract = format!("/v1/determinations/{}/retract", id(&determination["items"][0]));
    app.post(REVIEWER, &retract, json!({ "reason": "读错" })).await.refused(409, "result_reported");
    let corrected = app.post(REVIEWER, "/v1/lab-reports", with(body, &json!({ "replaces": draft["id"], "receiver": "采购部" })));
    let corrected = corrected.await.expect(201);
    assert_eq!((&corrected["revision"], &corrected["replaces"]), (&json!(2), &draft["id"]));
    let second = format!("/v1/lab-reports/{}", id(&corrected));
    app.post(REVIEWER, &format!("{second}/issue"), json!({})).await.expect(200);
    assert_eq!(app.get(REVIEWER, &path).await.expect(200)["status"], "superseded");
    let archive = json!({ "archive_no": "2026-煤-001" });
    app.post(REVIEWER, &format!("{second}/archive"), archive.clone()).await.refused(409, "retention_missing");
    retained(app, &sample).await;
    let kept = app.post(REVIEWER, &format!("{second}/archive"), archive).await.expect(200);
    assert_eq!((&kept["status"], &kept["archive_no"]), (&json!("archived"), &json!("2026-煤-001")));
    let seen = app.get(ANALYST, &format!("/v1/lab-samples/{}", id(&sample))).await.expect(200);
    assert_eq!(seen["status"], "archived");
}
}

scenario! {
async fn a_retained_sample_is_kept_for_its_days(app) {
    let sample = coal(app, &["Aad"]).await;
    let more = json!({ "sample_id": sample["id"], "mass_g": "1000.01", "place": "存样柜2层" });
    // Nobody keeps more than there is.
    app.post(ANALYST, "/v1/retention-samples", more).await.refused(422, "out_of_range");
    let coal = retained(app, &sample).await;
    assert_eq!((&coal["keep_until"], &coal["status"]), (&json!("2026-05-01"), &json!("stored")));
    let dispose = &coal["allowed_actions"][0];
    assert_eq!((&dispose["allowed"], &dispose["reasons"][0]["code"]), (&json!(false), &json!("retention_running")));
    let ash = received(app, json!({ "kind": "fly_ash", "items": ["C_slag"] })).await;
    assert_eq!(retained(app, &ash).await["keep_until"], "2026-04-01");
    let due = app.get(ANALYST, "/v1/retention-samples?keep_until_lt=2026-04-02").await.expect(200);
    assert_eq!(due["items"].as_array().unwrap().len(), 1);
    let dispose = format!("/v1/retention-samples/{}/dispose", id(&coal));
    app.at("2026-04-30T20:00:00+08:00");
    app.post(ANALYST, &dispose, json!({})).await.refused(409, "retention_running");
    app.at("2026-05-01T08:00:00+08:00");
    assert_eq!(app.post(ANALYST, &dispose, json!({})).await.expect(200)["status"], "disposed");
    app.post(ANALYST, &dispose, json!({})).await.refused(409, "invalid_state");
}
}

scenario! {
async fn heat_follows_sulphur_that_was_returned(app) {
    let sample = coal(app, &["St", "Qgr"]).await;
    determined(app, &sample, "St", &["0.84", "0.88"]).await;
    let bomb = apparatus(app, "calorimeter").await;
    for qb in ["22146", "22238"] {
        enter(app, &sample, json!({ "item": "Qgr", "raw": { "qb_j_g": qb }, "instrument_ids": [bomb] })).await.expect(201);
    }
    let back = json!({ "items": ["St"], "reason": "复验" });
    let held = async || {
        let path = format!("/v1/determinations?sample_id={}&item=Qgr&hold=true", id(&sample));
        app.get(REVIEWER, &path).await.expect(200)["items"].as_array().unwrap().len()
    };
    // The same mean again: the heat stands.
    act(app, REVIEWER, &sample, "return", back.clone()).await.expect(200);
    determined(app, &sample, "St", &["0.85", "0.87"]).await;
    assert_eq!(held().await, 0);
    // Another mean: what was corrected by the old one is held.
    act(app, REVIEWER, &sample, "return", back).await.expect(200);
    determined(app, &sample, "St", &["0.92", "0.94"]).await;
    assert_eq!(held().await, 2);
    let refused = act(app, REVIEWER, &sample, "review", json!({})).await.refused(409, "quality_hold");
    assert_eq!(refused["context"]["items"], json!(["Qgr"]));
}
}
