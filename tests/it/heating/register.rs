//! Seasons, stations and households with their areas, holders and alterations (HS-01).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{TestApp, id, with};
use crate::tickets::desk::document;

async fn preview(app: &TestApp, home: &Value, season: &Value) -> Value {
    let path = format!("/v1/households/{}/fee-preview?season={}", id(home), id(season));
    app.get(COLLECTOR, &path).await.expect(200)
}

scenario! {
async fn hs_e01_the_fee_of_a_season_and_of_who_joins_in_it(app) {
    let season = season_2011(app).await;
    assert_eq!((&season["days"], &season["standard_c"], &season["fee_due_on"], &season["refund_rule_set"]),
        (&json!(152), &json!("18.0"), &json!("2011-10-31"), &json!("LN")));
    let before = crate::heating::desk::season(app, "2010-2011", "2010-11-01", "2011-03-31").await;
    assert_eq!(before["days"], 151);
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let fee = preview(app, &home, &season).await;
    assert_eq!((&fee["total"], &fee["price_per_m2"], &fee["lines"][0]["days"], &fee["exception"]),
        (&json!("2759.68"), &json!("28.00"), &json!(152), &Value::Null));
    let joined = household(app, json!({ "connected_on": "2012-01-10" })).await;
    area(app, &joined, json!({})).await;
    let fee = preview(app, &joined, &season).await;
    assert_eq!((&fee["total"], &fee["lines"][0]["days"]), (&json!("1488.77"), &json!(82)));
    // Without a price there is no fee.
    assert_eq!(preview(app, &home, &before).await["exception"], "no_price");
    app.get(COLLECTOR, &format!("/v1/households/{}/fee-preview?season=1999", id(&home))).await
        .refused(400, "invalid_parameter");
}
}

scenario! {
async fn hs_e02_what_is_charged_and_why_not(app) {
    let season = season_2011(app).await;
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    for (kind, size, height, heated) in
        [("extension", "13.20", "2.80", true), ("basement", "21.40", "2.35", true), ("basement", "15.00", "2.10", false)]
    {
        let fields = json!({ "kind": kind, "area_m2": size, "height_m": height, "has_heating_facility": heated });
        area(app, &home, fields).await;
    }
    let fee = preview(app, &home, &season).await;
    assert_eq!((&fee["total"], &fee["charged_area_m2"]), (&json!("3728.48"), &json!("133.16")));
    let reasons: Vec<&str> = fee["areas"].as_array().unwrap().iter().map(|a| a["charge_reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["certificate", "heated", "heated", "below_height"]);
    let shown = shown(app, &home).await;
    assert_eq!(shown["charged_area_m2"], "133.16");
    // At the limit itself the switch decides.
    let low = area(app, &home, json!({ "kind": "gifted", "area_m2": "2.00", "height_m": "2.20", "has_heating_facility": true })).await;
    assert_eq!((&low["charged"], &low["charge_reason"]), (&json!(true), &json!("heated")));
    let value = json!({ "value": false, "valid_from": "2026-03-02", "reason": "本市规定" });
    app.by(MANAGER, Method::PUT, "/v1/parameters/heating.area.height_inclusive").json(value).send().await.expect(200);
    let low = app.get(MANAGER, &format!("/v1/area-items/{}", id(&low))).await.expect(200);
    assert_eq!((&low["charged"], &low["charge_reason"]), (&json!(false), &json!("below_height")));
}
}

scenario! {
async fn a_season_is_opened_with_prices_and_its_dates_are_frozen(app) {
    let row = season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let path = format!("/v1/heating-seasons/{}", id(&row));
    let open = format!("{path}/open");
    let refused = app.post(MANAGER, &open, json!({})).await.refused(409, "price_missing");
    assert_eq!(refused["context"]["uses"].as_array().unwrap().len(), 4);
    patch(app, MANAGER, &path, json!({ "ends_on": "2026-04-05" })).await.expect(200);
    for purpose in ["residential", "commercial", "public", "auxiliary"] {
        price(app, &row, purpose, "28.00").await;
    }
    let body = json!({ "season": row["id"], "use": "public", "price_per_m2": "30.00" });
    let second = app.post("finance_officer", "/v1/heat-prices", body).await.expect(201);
    app.post("company_leader", &format!("/v1/heat-prices/{}/approve", id(&second)), json!({})).await
        .refused(409, "price_exists");
    let opened = app.post(MANAGER, &open, json!({})).await.expect(200);
    assert_eq!((&opened["status"], &opened["days"]), (&json!("open"), &json!(156)));
    patch(app, MANAGER, &path, json!({ "ends_on": "2026-04-06" })).await.refused(409, "dates_frozen");
    // What really happened is a fact and changes no day.
    let begun = patch(app, MANAGER, &path, json!({ "actual_start_at": "2025-10-28T08:00:00+08:00" })).await.expect(200);
    assert_eq!((&begun["days"], &begun["starts_on"]), (&json!(156), &json!("2025-11-01")));
    app.post(MANAGER, &open, json!({})).await.refused(409, "invalid_state");
    app.post(MANAGER, &format!("{path}/close"), json!({})).await.refused(409, "season_running");
    app.at("2026-04-06T00:00:00+08:00");
    let closed = app.post(MANAGER, &format!("{path}/close"), json!({})).await.expect(200);
    assert_eq!(closed["status"], "closed");
    patch(app, MANAGER, &path, json!({ "fee_due_on": "2026-01-01" })).await.refused(409, "invalid_state");
    let again = json!({ "number": "2025-2026", "region": row["region"], "starts_on": "2026-11-01", "ends_on": "2027-03-31" });
    app.post(MANAGER, "/v1/heating-seasons", again.clone()).await.refused(409, "season_exists");
    let across = with(again, &json!({ "number": "x", "starts_on": "2026-04-05" }));
    app.post(MANAGER, "/v1/heating-seasons", across).await.refused(409, "season_overlap");
}
}

scenario! {
async fn a_station_knows_its_branch_its_network_and_its_households(app) {
    let season = season_2011(app).await;
    let parent = station(app, json!({ "area": "长白" })).await;
    let areas = json!([{ "season": season["id"], "network_area_m2": "462318.55" }]);
    let own = station(app, json!({ "type": "exchange_station", "parent_station_id": parent, "network_areas": areas })).await;
    let row = app.get(MANAGER, &format!("/v1/heating-stations/{own}")).await.expect(200);
    assert_eq!((&row["network_areas"][0]["season"], &row["network_areas"][0]["network_area_m2"]),
        (&json!("2011-2012"), &json!("462318.55")));
    let body = json!({ "code": name(), "org_unit_id": app.fixture.units["STATION"], "name": "别处", "type": "boiler_house",
        "branch_id": app.fixture.units["HCZY"], "parent_station_id": parent });
    app.post(MANAGER, "/v1/heating-stations", body.clone()).await.refused(422, "branch_mismatch");
    let twice = with(body, &json!({ "code": row["code"], "parent_station_id": null }));
    app.post(MANAGER, "/v1/heating-stations", twice).await.refused(409, "already_exists");
    household(app, json!({ "station_id": own, "far_end": true })).await;
    household(app, json!({ "station_id": own, "room_no": "3-2-1202", "connected_on": null })).await;
    let context = app.get(HEAD, &format!("/v1/heating-stations/{own}/context")).await.expect(200);
    assert_eq!((&context["households"], &context["far_end_households"]), (&json!(2), &json!(1)));
    assert_eq!(context["by_status"], json!({ "not_connected": 1, "stopped": 0, "arrears": 0, "using": 1 }));
    let past = app.get(HEAD, &format!("/v1/heating-stations/{own}/context?as_of=2010-04-30")).await.expect(200);
    assert_eq!(past["by_status"]["not_connected"], 2);
    let closed = json!({ "status": "closed" });
    patch(app, MANAGER, &format!("/v1/heating-stations/{own}"), closed).await.expect(200);
    let late = json!({ "station_id": own, "room_no": "3-2-1203", "building": "3号楼", "use": "residential" });
    app.post(MANAGER, "/v1/households", late).await.refused(409, "station_closed");
}
}

scenario! {
async fn a_household_shows_its_address_to_its_holder_only(app) {
    let place = station(app, json!({})).await;
    let home = household(app, json!({ "station_id": place, "customer_id": app.fixture.customer })).await;
    assert!(home["number"].as_str().unwrap().starts_with("RH-0"));
    assert_eq!((&home["address"], &home["status"], home.get("room_no")),
        (&json!("和平花园3号楼****"), &json!("using"), None));
    assert_eq!(home["flags"], json!({ "not_connected": false, "stopped": false, "arrears": false, "using": true }));
    let path = format!("/v1/households/{}", id(&home));
    let own = app.get("customer", &path).await.expect(200);
    assert_eq!((&own["address"], &own["room_no"]), (&json!("沈阳市皇姑区北陵大街1号3号楼2单元1201室"), &json!("3-2-1201")));
    let context = app.get("customer", &format!("{path}/context")).await.expect(200);
    assert_eq!((context.get("open_alterations"), &context["holder"]["name"]), (None, &json!("王小明")));
    let context = app.get(HOTLINE, &format!("{path}/context")).await.expect(200);
    assert_eq!((&context["open_alterations"], &context["station"]["id"]), (&json!([]), &json!(place)));
    // The same room of one station is one household, however it is written.
    let again = json!({ "station_id": place, "room_no": "3幢2单元1201室", "building": "3号楼", "use": "residential" });
    app.post(MANAGER, "/v1/households", again).await.refused(409, "room_taken");
    let found = app.get(HOTLINE, &format!("/v1/households?room_no={}&expand=holder,station,area_items", quoted("3幢2单元1201室"))).await.expect(200);
    assert_eq!((&found["items"][0]["id"], &found["items"][0]["holder"]["name"]), (&home["id"], &json!("王*")));
    let named = format!("q={}", quoted("和平花园"));
    for filter in ["status=using,arrears", &named, "use=residential", "valve=open", "far_end=false"] {
        let list = app.get(HOTLINE, &format!("/v1/households?station_id={place}&{filter}")).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{filter}");
    }
    let none = app.get(HOTLINE, &format!("/v1/households?station_id={place}&status=stopped,not_connected")).await.expect(200);
    assert_eq!(none["items"], json!([]));
    app.get(HOTLINE, "/v1/households?status=sold").await.refused(400, "invalid_parameter");
    // Nobody else's, and no history for him.
    let other = household(app, json!({ "customer_id": app.fixture.other_customer })).await;
    for part in ["", "/context", "/ledger", "/fee-preview"] {
        app.get("customer", &format!("/v1/households/{}{part}", id(&other))).await.refused(404, "not_found");
    }
    assert_eq!(app.get("customer", "/v1/households").await.expect(200)["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
async fn a_home_changes_hands_without_gap_and_without_arrears(app) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let path = format!("/v1/households/{}/ownerships", id(&home));
    let sold = json!({ "customer_id": app.fixture.other_customer, "from": "2012-06-01", "cause": "sale" });
    let early = with(sold.clone(), &json!({ "from": "2010-05-01" }));
    app.post(COLLECTOR, &path, early).await.refused(409, "ownership_overlap");
    app.post(COLLECTOR, &path, with(sold.clone(), &json!({ "from": "2026-03-03" }))).await.refused(422, "date_in_future");
    let season = season_2011(app).await;
    area(app, &home, json!({})).await;
    billed(app, &season, &home).await;
    let refused = app.post(COLLECTOR, &path, sold.clone()).await.refused(409, "arrears_open");
    assert_eq!((&refused["context"]["overdue"], &refused["rule"]), (&json!("2759.68"), &json!("HS-R03")));
    let takes = with(sold.clone(), &json!({ "takes_arrears": true }));
    app.post(COLLECTOR, &path, takes.clone()).await.refused(422, "required");
    let paper = json!({ "document_id": document(app, COLLECTOR).await });
    app.post(COLLECTOR, &path, with(takes, &paper)).await.expect(201);
    assert_eq!(shown(app, &home).await["customer_id"], json!(app.fixture.other_customer));
    let periods = app.get(COLLECTOR, &path).await.expect(200);
    assert_eq!((&periods["items"][0]["to"], &periods["items"][1]["to"]), (&json!("2012-05-31"), &Value::Null));
    let then = app.get(COLLECTOR, &format!("{path}?as_of=2012-05-31")).await.expect(200);
    assert_eq!((then["items"].as_array().unwrap().len(), &then["items"][0]["customer_id"]), (1, &json!(app.fixture.customer)));
    app.get("customer", &format!("/v1/households/{}", id(&home))).await.refused(404, "not_found");
}
}

scenario! {
async fn areas_are_replaced_and_alterations_restored(app) {
    let home = household(app, json!({})).await;
    let first = area(app, &home, json!({})).await;
    let path = format!("/v1/households/{}/area-items", id(&home));
    let body = json!({ "kind": "certificate", "area_m2": "101.20", "from": "2015-01-01" });
    app.post(MANAGER, &path, body.clone()).await.refused(409, "area_overlap");
    let next = app.post(MANAGER, &path, with(body, &json!({ "replaces_id": first["id"] }))).await.expect(201);
    assert_eq!(next["charged"], true);
    let then = app.get(MANAGER, &format!("{path}?as_of=2014-12-31")).await.expect(200);
    assert_eq!((&then["items"][0]["to"], then["items"].as_array().unwrap().len()), (&json!("2014-12-31"), 1));
    // One certificate stands at a time, also in the season it changed in.
    let season = priced(app, "2014-2015", "2014-11-01", "2015-03-31").await;
    let fee = preview(app, &home, &season).await;
    assert_eq!((fee["lines"].as_array().unwrap().len(), &fee["charged_area_m2"]), (2, &json!("101.20")));
    let wrong = json!({ "kind": "gifted", "area_m2": "89.375", "height_m": "2.345", "from": "2015-01-01" });
    let errors = app.post(MANAGER, &path, wrong).await.expect(422)["errors"].clone();
    let pointers: Vec<&str> = errors.as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/area_m2", "/height_m"]);
    let flat = json!({ "kind": "gifted", "area_m2": "8.00", "from": "2015-01-01" });
    app.post(MANAGER, &path, flat).await.refused(422, "required");

    let path = format!("/v1/households/{}/alterations", id(&home));
    let found = json!({ "kind": "wall_opened", "found_at": "2026-03-01T10:00:00+08:00" });
    let found = app.post("heating_inspector", &path, found).await.expect(201);
    assert_eq!(found["status"], "open");
    let restore = format!("/v1/alterations/{}/restore", id(&found));
    app.post(MANAGER, &restore, json!({ "restored_at": "2026-02-01T10:00:00+08:00" })).await.refused(422, "date_order");
    let done = app.post(MANAGER, &restore, json!({})).await.expect(200);
    assert_eq!(done["status"], "restored");
    app.post(MANAGER, &restore, json!({})).await.refused(409, "invalid_state");
    let open = app.get(MANAGER, &format!("{path}?open=true")).await.expect(200);
    assert_eq!(open["items"], json!([]));
    let there = app.get(MANAGER, &format!("{path}?as_of=2026-03-01")).await.expect(200);
    assert_eq!(there["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
async fn a_station_and_its_officer_see_their_own(app) {
    let mine = household(app, json!({})).await;
    let elsewhere = station(app, json!({ "org_unit_id": app.fixture.units["TEAM"], "branch_id": app.fixture.units["HCZY"] })).await;
    let theirs = household(app, json!({ "station_id": elsewhere })).await;
    for (who, home, seen) in [
        (HEAD, &mine, true), (HEAD, &theirs, false), (BRANCH, &mine, true), (BRANCH, &theirs, false),
        (COLLECTOR, &theirs, false), (HOTLINE, &theirs, true), ("visit_officer", &mine, false),
    ] {
        let answer = app.get(who, &format!("/v1/households/{}", id(home))).await;
        assert_eq!(answer.status, if seen { 200 } else { 404 }, "{who}");
    }
    let assign = json!({ "station_id": mine["station_id"], "officer_id": app.fixture.staff["visit_officer"], "from": "2026-03-01" });
    app.post(BRANCH, "/v1/visit-assignments", assign.clone()).await.expect(201);
    app.get("visit_officer", &format!("/v1/households/{}", id(&mine))).await.expect(200);
    app.get("visit_officer", &format!("/v1/heating-stations/{elsewhere}")).await.refused(404, "not_found");
    // Another from the next day on: the first is so until today.
    let other = with(assign, &json!({ "officer_id": app.fixture.staff[HEAD], "from": "2026-03-03" }));
    app.post(BRANCH, "/v1/visit-assignments", other.clone()).await.expect(201);
    app.post(BRANCH, "/v1/visit-assignments", other).await.refused(409, "assignment_overlap");
    app.get("visit_officer", &format!("/v1/households/{}", id(&mine))).await.expect(200);
    app.at("2026-03-03T08:00:00+08:00");
    app.get("visit_officer", &format!("/v1/households/{}", id(&mine))).await.refused(404, "not_found");
}
}

async fn import(app: &TestApp, kind: &str, file: &str) -> Value {
    let key = format!("import-{}", name());
    let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&key);
    call.parts(&[("kind", kind)], "rows.csv", "text/csv", file.as_bytes()).send().await.expect(201)
}

scenario! {
/// What a refused row would have made is not there for the next one.
async fn a_room_named_several_times_in_a_file_is_one_household(app) {
    let place = station(app, json!({})).await;
    let code = app.get(MANAGER, &format!("/v1/heating-stations/{place}")).await.expect(200)["code"].clone();
    let code = code.as_str().unwrap();
    let row = |from: &str| format!("{code},5-1-302,五号楼,residential,98.56,2010-05-01,{from}\n");
    let head = "station_code,room_no,building,use,certificate_area_m2,connected_on,area_from\n";
    let file = [head, &row("2030-01-01"), &row("2010-05-01"), &row("2010-05-01")].concat();
    let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&name());
    let fields = [("kind", "households"), ("partial", "true")];
    let told = call.parts(&fields, "rows.csv", "text/csv", file.as_bytes()).send().await.expect(207);
    assert_eq!((&told["ok"], &told["unchanged"], &told["refused"]), (&json!(1), &json!(1), &json!(1)), "{told}");
    assert_eq!(told["errors"][0]["code"], "date_in_future");
    let list = app.get(MANAGER, &format!("/v1/households?station_id={place}")).await.expect(200);
    assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["charged_area_m2"]), (1, &json!("98.56")));
}
}

scenario! {
async fn households_are_taken_over_once_and_a_changed_area_begins_anew(app) {
    let place = station(app, json!({})).await;
    let code = app.get(MANAGER, &format!("/v1/heating-stations/{place}")).await.expect(200)["code"].clone();
    let code = code.as_str().unwrap();
    let head = "station_code,room_no,building,address,use,certificate_area_m2,extra_areas,holder_name,holder_phone,connected_on,far_end,area_from";
    let row = |area: &str, from: &str| format!(
        "{head}\n{code},5-1-301,五号楼,沈阳市皇姑区北陵大街5号楼,residential,{area},extension:13.20:2.80:true,赵六,13800130001,2010-05-01,true,{from}\n");
    let first = import(app, "households", &row("98.56", "2010-05-01")).await;
    assert_eq!((&first["ok"], &first["unchanged"], &first["refused"]), (&json!(1), &json!(0), &json!(0)), "{first}");
    let again = import(app, "households", &row("98.56", "2010-05-01")).await;
    assert_eq!((&again["ok"], &again["unchanged"]), (&json!(0), &json!(1)), "{again}");
    let list = app.get(MANAGER, &format!("/v1/households?station_id={place}")).await.expect(200);
    let home = &list["items"][0];
    assert_eq!((&home["charged_area_m2"], &home["far_end"]), (&json!("111.76"), &json!(true)));
    let grown = import(app, "households", &row("100.00", "2020-01-01")).await;
    assert_eq!(grown["ok"], 1, "{grown}");
    let items = app.get(MANAGER, &format!("/v1/households/{}/area-items?kind=certificate", id(home))).await.expect(200);
    assert_eq!((&items["items"][0]["to"], &items["items"][1]["area_m2"]), (&json!("2019-12-31"), &json!("100.00")));
    let number = home["number"].as_str().unwrap();
    let areas = format!("household_number,kind,area_m2,height_m,has_heating_facility,from\n{number},basement,21.40,2.35,true,2015-01-01\n");
    assert_eq!(import(app, "area_items", &areas).await["ok"], 1);
    assert_eq!(import(app, "area_items", &areas).await["unchanged"], 1);
    let wrong = format!("{head}\nNOWHERE,5-1-301,,,palace,98.565,,,,,,\n");
    let key = format!("import-{}", name());
    let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&key);
    let refused = call.parts(&[("kind", "households")], "rows.csv", "text/csv", wrong.as_bytes()).send().await.expect(207);
    assert_eq!(refused["refused"], 1, "{refused}");
}
}

scenario! {
async fn a_season_is_refunded_by_rules_there_are(app) {
    let body = json!({ "number": "2026-2027", "region": name(), "starts_on": "2026-11-01", "ends_on": "2027-03-31" });
    let strange = with(body.clone(), &json!({ "refund_rule_set": "XX" }));
    let refused = app.post(MANAGER, "/v1/heating-seasons", strange).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/refund_rule_set");
    let row = app.post(MANAGER, "/v1/heating-seasons", with(body, &json!({ "refund_rule_set": "SY2009" }))).await.expect(201);
    let path = format!("/v1/heating-seasons/{}", id(&row));
    patch(app, MANAGER, &path, json!({ "refund_rule_set": "XX" })).await.refused(422, "not_found");
    assert_eq!(patch(app, MANAGER, &path, json!({ "refund_rule_set": "SD" })).await.expect(200)["refund_rule_set"], "SD");
}
}

scenario! {
async fn a_price_nobody_names_is_the_usual_one(app) {
    let row = season(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    for (purpose, price) in [("residential", "28.00"), ("public", "32.00")] {
        let draft = app.post("finance_officer", "/v1/heat-prices", json!({ "season": row["id"], "use": purpose })).await.expect(201);
        assert_eq!(draft["price_per_m2"], price);
    }
    let free = json!({ "season": row["id"], "use": "public", "price_per_m2": "0.00" });
    app.post("finance_officer", "/v1/heat-prices", free).await.refused(422, "out_of_range");
}
}

scenario! {
async fn a_station_head_knows_the_stations_below_his_own(app) {
    let own = station(app, json!({ "type": "boiler_house" })).await;
    let elsewhere = app.fixture.units["HEAT"];
    let below = station(app, json!({ "type": "exchange_station", "org_unit_id": elsewhere, "parent_station_id": own })).await;
    let last = station(app, json!({ "org_unit_id": elsewhere, "parent_station_id": below })).await;
    let other = station(app, json!({ "org_unit_id": elsewhere })).await;
    for place in [&own, &below, &last] {
        app.get(HEAD, &format!("/v1/heating-stations/{place}")).await.expect(200);
    }
    app.get(HEAD, &format!("/v1/heating-stations/{other}")).await.refused(404, "not_found");
}
}

scenario! {
async fn a_part_of_a_household_is_a_change_of_it(app) {
    let home = household(app, json!({})).await;
    let version = home["version"].as_i64().unwrap();
    let path = format!("/v1/households/{}", id(&home));
    let parts = [
        ("area-items", json!({ "kind": "certificate", "area_m2": "98.56", "from": "2010-05-01" })),
        ("alterations", json!({ "kind": "radiator_added", "permitted": false })),
    ];
    for (n, (part, body)) in (0..).zip(parts) {
        let add = |seen: i64| {
            app.by(MANAGER, Method::POST, &format!("{path}/{part}")).if_match(seen).json(body.clone()).send()
        };
        add(version + n + 100).await.refused(412, "stale");
        add(version + n).await.expect(201);
        assert_eq!(app.get(MANAGER, &path).await.expect(200)["version"], version + n + 1, "{part}");
    }
}
}
