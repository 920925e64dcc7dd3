//! Heat-use inspection: from finding to paying, rectifying or letting be (HS-10, HS-12).

use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id, with};
use crate::tickets::desk::document;

async fn act(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/inspection-cases/{}/{action}", id(row)), body).await
}

async fn on_agreement(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/heat-agreements/{}/{action}", id(row)), body).await
}

async fn on_bill(app: &TestApp, who: &str, bill: &Value, action: &str) -> Answer {
    app.post(who, &format!("/v1/heat-bills/{}/{action}", bill.as_str().unwrap()), json!({})).await
}

async fn case_of(app: &TestApp, row: &Value) -> Value {
    app.get(INSPECTOR, &format!("/v1/inspection-cases/{}", id(row))).await.expect(200)
}

/// A home of 98.56 m² and the season 2011-2012.
async fn home_of_2011(app: &TestApp) -> (Value, Value) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    area(app, &home, json!({})).await;
    let season = season_2011(app).await;
    (home, season)
}

/// A case refused after its notice, measured by two persons: 21.40 m² of basement, 2.35 m, heated.
async fn refused(app: &TestApp, home: &Value, fields: Value) -> Value {
    let case = measured(app, home, fields).await;
    act(app, INSPECTOR, &case, "register", json!({})).await.expect(200);
    act(app, INSPECTOR, &case, "refuse", json!({})).await.refused(409, "notice_missing");
    let proof = document(app, INSPECTOR).await;
    let notice = json!({ "kind": "rectification", "days": 15, "proof_document_id": proof });
    let told = act(app, INSPECTOR, &case, "notices", notice).await.expect(200);
    let term = told["term_on"].as_str().unwrap();
    app.at(&format!("{term}T23:59:59+08:00"));
    let running = act(app, INSPECTOR, &case, "refuse", json!({})).await.refused(409, "notice_running");
    assert_eq!(running["rule"], "HS-R61");
    app.later(chrono::TimeDelta::seconds(1));
    act(app, INSPECTOR, &case, "refuse", json!({})).await.expect(200)
}

/// The supplement of a case that was refused, measured again by another person and billed.
async fn supplement(app: &TestApp, case: &Value) -> Value {
    act(app, MANAGER, case, "bill", json!({})).await.refused(409, "not_verified");
    let again = measurement(app, json!({ "by": app.fixture.staff["heating_service_manager"] })).await;
    act(app, INSPECTOR, case, "measurements", json!({ "measurements": [again] })).await.expect(200);
    let billed = act(app, MANAGER, case, "bill", json!({})).await.expect(200);
    assert_eq!(billed["status"], "billed");
    app.get(COLLECTOR, &format!("/v1/heat-bills/{}", billed["supplement_bill_id"].as_str().unwrap())).await.expect(200)
}

scenario! {
async fn hs_e16_theft_without_proof_is_charged_from_the_first_day_of_the_season(app) {
    let (home, _) = home_of_2011(app).await;
    let case = refused(app, &home, json!({ "kind": "theft", "place": "地下室" })).await;
    let bill = supplement(app, &case).await;
    assert_eq!((&bill["kind"], &bill["status"], &bill["total"]), (&json!("supplement"), &json!("draft"), &json!("599.20")));
    let line = &bill["lines"][0];
    assert_eq!((&line["area_m2"], &line["days"], &line["season_days"]), (&json!("21.40"), &json!(152), &json!(152)));
    // Nobody else issues what the manager has not approved.
    on_bill(app, COLLECTOR, &bill["id"], "issue").await.refused(409, "invalid_state");
    let approved = on_bill(app, MANAGER, &bill["id"], "approve").await.expect(200);
    assert_eq!(approved["status"], "approved");
    on_bill(app, MANAGER, &bill["id"], "approve").await.refused(409, "invalid_state");
    on_bill(app, COLLECTOR, &bill["id"], "issue").await.expect(200);
    act(app, MANAGER, &case, "close", json!({})).await.refused(409, "invalid_state");
    paid(app, &home, "599.19").await.expect(201);
    assert_eq!(case_of(app, &case).await["status"], "billed");
    paid(app, &home, "0.01").await.expect(201);
    assert_eq!(case_of(app, &case).await["status"], "collected");
    let closed = act(app, MANAGER, &case, "close", json!({})).await.expect(200);
    assert_eq!((&closed["status"], &closed["close_reason"]), (&json!("closed"), &json!("collected")));
}
}

scenario! {
async fn hs_e16_a_later_start_is_charged_only_when_it_is_proven(app) {
    let (home, season) = home_of_2011(app).await;
    let case = refused(app, &home, json!({ "kind": "theft", "proven_from": "2011-12-05" })).await;
    let bill = supplement(app, &case).await;
    assert_eq!((&bill["total"], &bill["lines"][0]["days"]), (&json!("465.17"), &json!(118)));
    // The area stands in the register from that day on, booked by the case.
    let items = app.get(MANAGER, &format!("/v1/households/{}/area-items", id(&home))).await.expect(200);
    let booked = items["items"].as_array().unwrap().iter().find(|item| item["source_id"] == case["id"]).unwrap();
    assert_eq!((&booked["from"], &booked["origin"], &booked["charge_reason"]), (&json!("2011-12-05"), &json!("case"), &json!("heated")));
    // What the supplement charges, the season's bill does not charge again.
    let season_bill = drafted(app, &season, &home).await;
    let drafts = app.get(COLLECTOR, &format!("/v1/heat-bills?household_id={}&kind=season", id(&home))).await.expect(200);
    assert_eq!(drafts["items"][0]["total"], "2759.68", "{season_bill}");
    // Taken back, the case is to be billed again.
    on_bill(app, MANAGER, &bill["id"], "approve").await.expect(200);
    on_bill(app, COLLECTOR, &bill["id"], "issue").await.expect(200);
    let reason = json!({ "reason": "重新核定" });
    app.post(MANAGER, &format!("/v1/heat-bills/{}/reverse", id(&bill)), reason).await.expect(200);
    let back = case_of(app, &case).await;
    assert_eq!((&back["status"], &back["supplement_bill_id"]), (&json!("refused"), &Value::Null));
}
}

scenario! {
async fn hs_e16_an_agreement_opens_the_area_and_is_billed_as_agreed(app) {
    let (home, _) = home_of_2011(app).await;
    let case = measured(app, &home, json!({ "kind": "basement_extension", "programme": "basement_height_check" })).await;
    act(app, INSPECTOR, &case, "register", json!({})).await.expect(200);
    let item = json!({ "kind": "basement", "area_m2": "21.40", "height_m": "2.10", "has_heating_facility": false });
    let body = json!({ "household_id": home["id"], "case_id": case["id"], "kind": "supplement", "items": [item],
        "charge_from": "2011-12-05" });
    let none = with(body.clone(), &json!({ "items": [] }));
    app.post(INSPECTOR, "/v1/heat-agreements", none).await.refused(422, "required");
    let old = with(body.clone(), &json!({ "charge_from": "2009-10-31" }));
    let refused = app.post(INSPECTOR, "/v1/heat-agreements", old).await.refused(422, "recovery_too_old");
    assert_eq!(refused["errors"][0]["pointer"], "/charge_from");
    let paper = app.post(INSPECTOR, "/v1/heat-agreements", body).await.expect(201);
    assert_eq!((&paper["status"], &paper["area_m2"]), (&json!("draft"), &json!("21.40")));
    let waits = app.get(MANAGER, "/v1/work-items?kind=agreement_to_approve").await.expect(200);
    assert_eq!(waits["items"][0]["subject"]["id"], paper["id"]);
    let tie = json!({ "agreement_id": paper["id"] });
    act(app, INSPECTOR, &case, "agree", tie.clone()).await.refused(409, "agreement_not_approved");
    let signed = json!({ "document_id": document(app, INSPECTOR).await });
    on_agreement(app, INSPECTOR, &paper, "sign", signed.clone()).await.refused(409, "invalid_state");
    on_agreement(app, INSPECTOR, &paper, "approve", json!({})).await.refused(403, "forbidden");
    on_agreement(app, MANAGER, &paper, "approve", json!({})).await.expect(200);
    act(app, INSPECTOR, &case, "agree", tie.clone()).await.refused(422, "required");
    on_agreement(app, INSPECTOR, &paper, "sign", signed).await.expect(200);
    let items = app.get(MANAGER, &format!("/v1/area-items?agreement_id={}", id(&paper))).await.expect(200);
    let item = &items["items"][0];
    assert_eq!((&item["charged"], &item["charge_reason"], &item["from"]), (&json!(true), &json!("agreement"), &json!("2011-12-05")));
    let agreed = act(app, INSPECTOR, &case, "agree", tie).await.expect(200);
    assert_eq!(agreed["status"], "agreement_signed");
    let billed = act(app, MANAGER, &case, "bill", json!({})).await.expect(200);
    let bill = app.get(COLLECTOR, &format!("/v1/heat-bills/{}", billed["supplement_bill_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&bill["total"], &bill["lines"][0]["days"]), (&json!("465.17"), &json!(118)));
    // Its end closes what it opened.
    on_agreement(app, INSPECTOR, &paper, "end", json!({ "reason": "恢复原状", "ended_on": "2011-12-01" })).await.refused(422, "date_order");
    let ended = on_agreement(app, INSPECTOR, &paper, "end", json!({ "reason": "恢复原状", "ended_on": "2012-03-31" })).await.expect(200);
    assert_eq!(ended["status"], "ended");
    let items = app.get(MANAGER, &format!("/v1/area-items?agreement_id={}", id(&paper))).await.expect(200);
    assert_eq!(items["items"][0]["to"], "2012-03-31");
}
}

scenario! {
async fn earlier_seasons_are_recovered_each_at_its_own_price_and_not_too_old(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let region = name();
    let mut seasons = Vec::new();
    for (number, from, to, rate) in [
        ("2009-2010", "2009-11-01", "2010-03-31", "25.00"),
        ("2010-2011", "2010-11-01", "2011-03-31", "26.00"),
        ("2011-2012", "2011-11-01", "2012-03-31", "28.00"),
    ] {
        let body = json!({ "number": number, "region": region, "starts_on": from, "ends_on": to });
        let row = app.post(MANAGER, "/v1/heating-seasons", body).await.expect(201);
        price(app, &row, "residential", rate).await;
        seasons.push(row);
    }
    let case = refused(app, &home, json!({ "kind": "area_increase", "proven_from": "2010-03-01" })).await;
    let bill = supplement(app, &case).await;
    assert_eq!((&bill["season"], &bill["total"]), (&json!("2011-2012"), &json!("599.20")));
    let all = app.get(COLLECTOR, &format!("/v1/heat-bills?source_id={}&sort=number", id(&case))).await.expect(200);
    let totals: Vec<(&Value, &Value)> =
        all["items"].as_array().unwrap().iter().map(|bill| (&bill["season"], &bill["total"])).collect();
    // 21.40 m² × 25.00 × 31 of 151 days, the second season whole.
    assert_eq!(totals, [(&json!("2009-2010"), &json!("109.83")), (&json!("2010-2011"), &json!("556.40")),
        (&json!("2011-2012"), &json!("599.20"))]);
    let other = household(app, json!({ "room_no": "3-2-1299", "station_id": home["station_id"] })).await;
    let old = refused(app, &other, json!({ "kind": "theft", "proven_from": "2009-10-31" })).await;
    let again = measurement(app, json!({ "by": app.fixture.staff["heating_service_manager"] })).await;
    act(app, INSPECTOR, &old, "measurements", json!({ "measurements": [again] })).await.expect(200);
    let refusal = act(app, MANAGER, &old, "bill", json!({})).await.refused(422, "recovery_too_old");
    assert_eq!(refusal["rule"], "HS-R60");
    let narrowed = act(app, MANAGER, &old, "bill", json!({ "charge_from": "2011-11-01" })).await.expect(200);
    assert_eq!(narrowed["supplement_bill_ids"].as_array().unwrap().len(), 1);
}
}

scenario! {
async fn what_an_inspection_refuses(app) {
    let (home, _) = home_of_2011(app).await;
    let case = found(app, &home, json!({})).await;
    let again = json!({ "household_id": home["id"], "kind": "basement_extension" });
    let refused = app.post(INSPECTOR, "/v1/inspection-cases", again).await.refused(409, "case_open");
    assert_eq!(refused["context"]["inspection_case_id"], case["id"]);
    found(app, &home, json!({ "kind": "gifted_area" })).await;
    app.post(MANAGER, "/v1/inspection-cases", json!({})).await.refused(403, "forbidden");
    app.get("customer", &format!("/v1/inspection-cases/{}", id(&case))).await.refused(403, "forbidden");
    let future = json!({ "household_id": home["id"], "kind": "theft", "found_at": "2030-01-01T00:00:00+08:00" });
    app.post(INSPECTOR, "/v1/inspection-cases", future).await.refused(422, "date_in_future");
    act(app, INSPECTOR, &case, "register", json!({})).await.refused(409, "invalid_state");

    let body = measurement(app, json!({})).await;
    let send = async |fields: Value| {
        act(app, INSPECTOR, &case, "measurements", json!({ "measurements": [with(body.clone(), &fields)] })).await
    };
    for (fields, pointer, code) in [
        (json!({ "area_m2": "21.405" }), "area_m2", "too_many_decimals"),
        (json!({ "height_m": "2.345" }), "height_m", "too_many_decimals"),
        (json!({ "user_signature": "refused" }), "witness_staff_id", "required"),
        (json!({ "at": "2030-01-01T00:00:00+08:00" }), "at", "date_in_future"),
    ] {
        let refused = send(fields).await.refused(422, code);
        assert_eq!(refused["errors"][0]["pointer"], format!("/measurements/0/{pointer}"));
    }
    let expired = range_finder(app, "2026-03-01").await;
    let refused = send(json!({ "instrument_id": expired })).await.refused(409, "instrument_not_valid");
    assert_eq!(refused["rule"], "HS-R50");
    let thermometer = thermometer(app, "2026-12-31").await;
    send(json!({ "instrument_id": thermometer })).await.refused(409, "instrument_not_valid");
    assert_eq!(case_of(app, &case).await["measurements"], json!([]));
    send(json!({ "photos": [] })).await.expect(200);
    act(app, INSPECTOR, &case, "register", json!({})).await.refused(422, "required");
    let photo = document(app, INSPECTOR).await;
    act(app, INSPECTOR, &case, "register", json!({ "photos": [photo] })).await.expect(200);
    // Nothing to bill: the manager says why.
    act(app, MANAGER, &case, "close", json!({ "reason": "nothing_to_bill" })).await.refused(422, "reason_required");
    let closed = act(app, MANAGER, &case, "close", json!({ "reason": "nothing_to_bill", "text": "层高不足" })).await.expect(200);
    assert_eq!((&closed["close_reason"], &closed["close_text"]), (&json!("nothing_to_bill"), &json!("层高不足")));
    found(app, &home, json!({})).await;
}
}

scenario! {
async fn who_inspects_does_not_approve(app) {
    let (home, _) = home_of_2011(app).await;
    let case = refused(app, &home, json!({ "kind": "theft" })).await;
    let again = measurement(app, json!({ "by": app.fixture.staff["heating_service_manager"] })).await;
    act(app, INSPECTOR, &case, "measurements", json!({ "measurements": [again] })).await.expect(200);
    // The inspector leads the service as well.
    let post = json!({ "role": MANAGER, "from": "2010-01-01" });
    app.post("hr_officer", &format!("/v1/staff/{}/posts", app.fixture.staff[INSPECTOR]), post).await;
    let both = "heating_inspector/heating_service_manager";
    let refusal = act(app, both, &case, "bill", json!({})).await.refused(409, "separation_of_duties");
    assert_eq!(refusal["rule"], "HS-R61");
    let body = json!({ "household_id": home["id"], "kind": "demolition", "charge_from": "2011-12-20" });
    let inspector = "heating_inspector/heating_inspector";
    let paper = app.post(inspector, "/v1/heat-agreements", body).await.expect(201);
    on_agreement(app, both, &paper, "approve", json!({})).await.refused(409, "separation_of_duties");
    let billed = act(app, MANAGER, &case, "bill", json!({})).await.expect(200);
    let bill = format!("/v1/heat-bills/{}", billed["supplement_bill_id"].as_str().unwrap());
    let shown = app.get(both, &bill).await.expect(200);
    let approve = &shown["allowed_actions"][0];
    assert_eq!((&approve["action"], &approve["reasons"][0]["code"]), (&json!("approve"), &json!("separation_of_duties")));
    on_bill(app, both, &billed["supplement_bill_id"], "approve").await.refused(409, "separation_of_duties");
    on_bill(app, MANAGER, &billed["supplement_bill_id"], "approve").await.expect(200);
}
}

scenario! {
async fn a_demolition_is_restored_or_let_be_and_costs_nothing(app) {
    let (home, _) = home_of_2011(app).await;
    let case = found(app, &home, json!({ "kind": "demolition" })).await;
    let alteration = app.get(INSPECTOR, &format!("/v1/alterations/{}", case["alteration_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&alteration["status"], &alteration["case_id"]), (&json!("open"), &case["id"]));
    act(app, INSPECTOR, &case, "register", json!({})).await.refused(422, "required");
    let shown = json!({ "photos": [document(app, INSPECTOR).await] });
    act(app, INSPECTOR, &case, "register", shown.clone()).await.expect(200);
    act(app, INSPECTOR, &case, "rectify", json!({})).await.refused(422, "required");
    let photo = document(app, INSPECTOR).await;
    act(app, INSPECTOR, &case, "rectify", json!({ "photos": [photo] })).await.expect(200);
    let restored = app.get(INSPECTOR, &format!("/v1/alterations/{}", id(&alteration))).await.expect(200);
    assert_eq!(restored["status"], "restored");
    act(app, MANAGER, &case, "close", json!({})).await.expect(200);

    let case = found(app, &home, json!({ "kind": "demolition" })).await;
    act(app, INSPECTOR, &case, "register", shown).await.expect(200);
    let body = json!({ "household_id": home["id"], "kind": "demolition", "charge_from": "2011-12-20" });
    let paper = app.post(INSPECTOR, "/v1/heat-agreements", body).await.expect(201);
    on_agreement(app, MANAGER, &paper, "approve", json!({})).await.expect(200);
    let tie = json!({ "agreement_id": paper["id"], "document_id": document(app, INSPECTOR).await });
    let agreed = act(app, INSPECTOR, &case, "agree", tie).await.expect(200);
    assert_eq!(agreed["status"], "agreement_signed");
    let paper = app.get(INSPECTOR, &format!("/v1/heat-agreements/{}", id(&paper))).await.expect(200);
    assert_eq!(paper["status"], "signed");
    act(app, MANAGER, &case, "bill", json!({})).await.refused(409, "nothing_to_bill");
    let open = app.get(INSPECTOR, &format!("/v1/households/{}/alterations?open=true", id(&home))).await.expect(200);
    assert_eq!(open["items"], json!([]));
    let why = json!({ "text": "协议保留,不计费" });
    act(app, MANAGER, &case, "close", why).await.expect(200);
}
}

scenario! {
async fn inspectors_collectors_and_registers_see_what_waits_and_what_came_in(app) {
    let (home, _) = home_of_2011(app).await;
    let kinds = async |who: &str| -> Vec<String> {
        let list = app.get(who, "/v1/work-items?limit=100").await.expect(200);
        list["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
    };
    let has = |kinds: Vec<String>, kind: &str| kinds.iter().any(|known| known == kind);
    let case = measured(app, &home, json!({ "kind": "basement_extension" })).await;
    act(app, INSPECTOR, &case, "register", json!({})).await.expect(200);
    let proof = document(app, INSPECTOR).await;
    act(app, INSPECTOR, &case, "notices", json!({ "kind": "informing", "proof_document_id": proof })).await.expect(200);
    assert!(has(kinds(INSPECTOR).await, "inspection_term"));
    app.later(chrono::TimeDelta::days(16));
    act(app, INSPECTOR, &case, "refuse", json!({})).await.expect(200);
    assert!(!has(kinds(INSPECTOR).await, "inspection_term"));
    let bill = supplement(app, &case).await;
    assert!(has(kinds(MANAGER).await, "supplement_to_approve"));
    on_bill(app, MANAGER, &bill["id"], "approve").await.expect(200);
    assert!(!has(kinds(MANAGER).await, "supplement_to_approve"));
    assert!(has(kinds(COLLECTOR).await, "supplement_to_issue"));
    on_bill(app, COLLECTOR, &bill["id"], "issue").await.expect(200);
    assert!(!has(kinds(COLLECTOR).await, "supplement_to_issue"));
    assert!(has(kinds(COLLECTOR).await, "supplement_unpaid"));
    assert!(has(kinds(INSPECTOR).await, "supplement_unpaid"));
    let waits = app.get(COLLECTOR, "/v1/work-items?kind=supplement_unpaid").await.expect(200);
    // Whoever is reminded of it is looked for from the station of the home.
    assert_eq!(waits["items"][0]["org_unit_id"], json!(app.fixture.units["STATION"]));
    paid(app, &home, "600.00").await.expect(201);
    assert!(!has(kinds(COLLECTOR).await, "supplement_unpaid"));

    let register = |name: &str| format!("/v1/reports/heating/{name}?from=2011-12-01&to=2011-12-31");
    let report = app.get(INSPECTOR, &register("inspection-register")).await.expect(200);
    let row = report["rows"][0].as_array().unwrap();
    let values: Vec<&Value> = row.iter().map(|cell| &cell["value"]).collect();
    assert_eq!((values[0], values[1], values[2]), (&case["number"], &home["number"], &json!("basement_extension")));
    assert_eq!((values[3], values[4], values[5]), (&json!("21.40"), &json!("2.35"), &json!("2026-03-02")));
    assert_eq!((values[7], values[8]), (&json!("599.20"), &json!("599.20")));
    let totals = report["totals"].as_array().unwrap();
    assert_eq!((&totals[3]["value"], &totals[8]["value"]), (&json!("21.40"), &json!("599.20")));
    // Another case about the same basement measures no other area.
    measured(app, &home, json!({ "kind": "theft" })).await;
    let both = app.get(INSPECTOR, &register("inspection-register")).await.expect(200);
    assert_eq!((both["rows"].as_array().unwrap().len(), &both["totals"][3]["value"]), (2, &json!("21.40")));
    let basements = app.get(MANAGER, &register("basement-register")).await.expect(200);
    assert_eq!(basements["rows"].as_array().unwrap().len(), 1);
    let demolitions = app.get(HOTLINE, &register("demolition-register")).await.expect(200);
    assert_eq!(demolitions["rows"], json!([]));
    app.get(INSPECTOR, &register("agreement-register")).await.expect(200);
    app.get(COLLECTOR, &register("inspection-register")).await.refused(403, "forbidden");
}
}

scenario! {
/// What a case recovers goes by the season it was found in, also where its paper is drafted years later.
async fn the_agreement_of_a_case_goes_by_the_season_it_was_found_in(app) {
    let (home, season) = home_of_2011(app).await;
    let case = measured(app, &home, json!({})).await;
    let later = json!({ "number": "2025-2026", "region": season["region"], "starts_on": "2025-11-01", "ends_on": "2026-03-31" });
    app.post(MANAGER, "/v1/heating-seasons", later).await.expect(201);
    let item = json!({ "kind": "basement", "area_m2": "21.40", "height_m": "2.35" });
    let body = json!({ "household_id": home["id"], "kind": "supplement", "items": [item], "charge_from": "2011-12-05" });
    app.post(INSPECTOR, "/v1/heat-agreements", body.clone()).await.refused(422, "recovery_too_old");
    app.post(INSPECTOR, "/v1/heat-agreements", with(body, &json!({ "case_id": case["id"] }))).await.expect(201);
}
}

scenario! {
async fn nothing_is_charged_from_a_day_that_nothing_proves(app) {
    let (home, _) = home_of_2011(app).await;
    let case = refused(app, &home, json!({ "kind": "theft" })).await;
    let again = measurement(app, json!({ "by": app.fixture.staff["heating_service_manager"] })).await;
    act(app, INSPECTOR, &case, "measurements", json!({ "measurements": [again] })).await.expect(200);
    for (from, code) in [("2008-11-01", "recovery_too_old"), ("2010-11-01", "no_proof"), ("2011-12-05", "no_proof")] {
        act(app, MANAGER, &case, "bill", json!({ "charge_from": from })).await.refused(422, code);
    }
    act(app, MANAGER, &case, "bill", json!({ "charge_from": "2011-11-01" })).await.expect(200);
}
}
