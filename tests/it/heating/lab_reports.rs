//! Reports of the laboratory, its archives, and the history taken over from files.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use super::lab_desk::*;
use crate::kit::{TestApp, id};

async fn report(app: &TestApp, who: &str, name: &str) -> Value {
    app.get(who, &format!("/v1/reports/heating/{name}")).await.expect(200)
}

/// The value of a column in a row.
fn cell<'a>(report: &'a Value, row: usize, column: &str) -> &'a Value {
    let place = report["columns"].as_array().unwrap().iter().position(|it| it["key"] == column).unwrap();
    &report["rows"][row][place]["value"]
}

scenario! {
async fn coal_is_reported_by_basis_and_poor_coal_is_told(app) {
    let sample = received(app, json!({ "items": ["Mt", "Mad", "Aad", "Had", "Qgr"] })).await;
    for (item, value) in [("Mt", "9.6"), ("Mad", "3.20"), ("Aad", "27.40"), ("Had", "3.65"), ("Qgr", "20000")] {
        determined(app, &sample, item, &[value, value]).await;
    }
    act(app, REVIEWER, &sample, "review", json!({})).await.expect(200);
    assert_eq!(report(app, REVIEWER, "coal-report").await["rows"], json!([]));
    let issued = issued(app, &sample).await;
    let told = report(app, MANAGER, "coal-report").await;
    for (column, value) in [("number", json!("CS-2026-0001")), ("report", issued["number"].clone()), ("mt", json!("9.6")),
        ("ad", json!("28.31")), ("fcad", Value::Null), ("qgr_ad", json!("20.00")), ("qnet_ar_mj", json!("17.75"))]
    {
        assert_eq!(cell(&told, 0, column), &value, "{column}");
    }
    let note = told["notes"][0]["zh"].as_str().unwrap();
    assert!(note.contains("18.00") && note.contains("CS-2026-0001"), "{note}");
    app.get(ANALYST, "/v1/reports/heating/coal-report").await.refused(403, "forbidden");
    app.get(SAMPLER, "/v1/reports/heating/coal-report").await.refused(403, "forbidden");
}
}

scenario! {
async fn the_quality_of_determinations_names_no_sample(app) {
    let agreed = coal(app, &["Aad"]).await;
    determined(app, &agreed, "Aad", &["9.88", "9.73"]).await;
    let third = coal(app, &["Aad"]).await;
    determined(app, &third, "Aad", &["9.88", "9.65", "9.73"]).await;
    let gone = coal(app, &["Aad"]).await;
    determined(app, &gone, "Aad", &["10.00", "9.50", "9.75", "9.25"]).await;
    let told = report(app, ANALYST, "lab-quality").await;
    for (column, value) in [("item", json!("Aad")), ("samples", json!(3)), ("determinations", json!(9)), ("averaged", json!(2)),
        ("first_pairs", json!(1)), ("first_pair_rate", json!("50.00")), ("thirds", json!(2)), ("fourths", json!(1)), ("discards", json!(1))]
    {
        assert_eq!(cell(&told, 0, column), &value, "{column}");
    }
    assert!(!told.to_string().contains("CS-2026"), "{told}");
    let drill = told["rows"][0][2]["drill"].as_str().unwrap();
    assert_eq!(app.get(ANALYST, drill).await.expect(200)["items"].as_array().unwrap().len(), 9);
}
}

scenario! {
async fn a_sample_of_two_items_is_one_sample_of_the_quality(app) {
    let sample = coal(app, &["Aad", "Mad"]).await;
    for (item, values) in [("Aad", ["9.88", "9.73"]), ("Mad", ["3.12", "3.28"])] {
        determined(app, &sample, item, &values).await;
    }
    let told = report(app, REVIEWER, "lab-quality").await;
    assert_eq!((cell(&told, 0, "samples"), cell(&told, 1, "samples")), (&json!(1), &json!(1)));
    assert_eq!((&told["totals"][1]["value"], &told["totals"][2]["value"]), (&json!(1), &json!(4)));
}
}

scenario! {
async fn the_archives_leave_no_gap_and_mark_what_was_refused(app) {
    received(app, json!({})).await;
    let broken = submitted(app, json!({})).await;
    act(app, ANALYST, &broken, "reject", json!({ "reason": "封签破损" })).await.expect(200);
    received(app, json!({ "kind": "slag" })).await;
    let all = report(app, REVIEWER, "sample-archive").await;
    let numbers: Vec<&Value> = (0..3).map(|row| cell(&all, row, "number")).collect();
    assert_eq!(numbers.iter().filter(|number| number.as_str().unwrap().starts_with("CS-2026-000")).count(), 2);
    let coal = report(app, REVIEWER, "sample-archive?by=coal").await;
    assert_eq!((cell(&coal, 1, "number"), cell(&coal, 1, "rejected")), (&json!("CS-2026-0002"), &json!("封签破损")));
    let sample = reviewed(app).await;
    issued(app, &sample).await;
    let reports = report(app, REVIEWER, "report-archive").await;
    assert_eq!((cell(&reports, 0, "number"), cell(&reports, 0, "samples")), (&json!("LR-2026-0001"), &json!(1)));
    let flasks = json!({ "name": "锥形瓶", "spec": "250 mL", "in": 10, "broken": 1 });
    app.post(ANALYST, "/v1/lab-equipment", flasks).await.expect(201);
    let glass = report(app, REVIEWER, "glassware-archive").await;
    assert_eq!((cell(&glass, 0, "in"), cell(&glass, 0, "balance")), (&json!(10), &json!("9.00")));
    let calorimeter = calorimeter(app).await;
    let equipment = report(app, REVIEWER, "equipment-archive").await;
    let last = equipment["rows"].as_array().unwrap().len() - 1;
    assert_eq!((cell(&equipment, last, "calibrations"), cell(&equipment, last, "valid_until")), (&json!(1), &json!("2026-12-31")));
    let due = report(app, ANALYST, "instrument-due?as_of=2026-12-01").await;
    assert_eq!((cell(&due, 0, "days_left"), cell(&due, 0, "last")), (&json!(30), &json!("2026-01-05")));
    assert_eq!(app.get(ANALYST, &format!("/v1/instruments/{calorimeter}")).await.expect(200)["usable"], true);
}
}

async fn import(app: &TestApp, who: &str, file: &str) -> crate::kit::Answer {
    let key = format!("import-{}", name());
    let call = app.by(who, Method::POST, "/v1/imports").key(&key);
    call.parts(&[("kind", "lab_history")], "rows.csv", "text/csv", file.as_bytes()).send().await
}

scenario! {
async fn the_history_of_the_laboratory_goes_through_its_rules(app) {
    let scales = apparatus(app, "balance").await;
    let number = app.get(ANALYST, &format!("/v1/instruments/{scales}")).await.expect(200)["number"].clone();
    let number = number.as_str().unwrap();
    let head = "sample,kind,sampling_place,seal_no,mass_g,sampled_at,items,item,values,instrument_number";
    let row = |item: &str, values: &str| {
        format!("2011-7,coal,一号煤场,F-7,1000.00,2011-12-01T09:00:00+08:00,\"Aad,Mad\",{item},{values},{number}\n")
    };
    let file = format!("{head}\n{}{}", row("Aad", "9.88;9.65;9.73"), row("Mad", "3.12;3.28"));
    let first = import(app, MANAGER, &file).await.expect(201);
    assert_eq!((&first["ok"], &first["refused"]), (&json!(2), &json!(0)), "{first}");
    assert_eq!(import(app, MANAGER, &file).await.expect(201)["unchanged"], 2);
    let sample = app.get(REVIEWER, "/v1/lab-samples?number=CS-2011-0001").await.expect(200)["items"][0].clone();
    assert_eq!((&sample["status"], &sample["received_at"]), (&json!("averaged"), &json!("2011-12-01T09:00:00+08:00")));
    assert_eq!(told(app, &sample, "Aad").await, (json!("averaged"), json!("mean_3"), json!("9.75")));
    // The old number stands beside the new one, and the analyst sees neither.
    assert_eq!(sample["external_ids"], json!([{ "system": "lab_history", "id": "2011-7" }]));
    let blind = app.get(ANALYST, &format!("/v1/lab-samples/{}", id(&sample))).await.expect(200);
    assert_eq!((blind.get("external_ids"), blind.get("number")), (None, None));
    // A third value of a pair that agrees is one too many in a file as well.
    let more = format!("{head}\n{}", row("Mad", "3.12;3.28;3.20").replace("2011-7", "2011-8"));
    assert_eq!(import(app, MANAGER, &more).await.expect(207)["refused"], 1);
    let coarse = format!("{head}\n{}", row("Mad", "3.1;3.28").replace("2011-7", "2011-9"));
    let refused = import(app, MANAGER, &coarse).await.expect(207);
    assert_eq!((&refused["errors"][0]["column"], &refused["errors"][0]["code"]), (&json!("values"), &json!("decimals")));
    import(app, ANALYST, &file).await.refused(409, "above_authority");
    assert_eq!(id(&sample).len(), 36);
}
}
