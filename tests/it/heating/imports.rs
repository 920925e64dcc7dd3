//! Who brings which file of the heating service (PF-14).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id};

const KINDS: [&str; 8] = [
    "area_items",
    "heat_receipts",
    "heating_history",
    "households",
    "lab_history",
    "official_complaints",
    "temperature_readings",
    "valve_checks",
];

/// A file that is only tried.
async fn tried(app: &TestApp, who: &str, kind: &str, file: &str) -> Answer {
    let fields = [("kind", kind), ("dry_run", "true")];
    app.by(who, Method::POST, "/v1/imports").parts(&fields, "rows.csv", "text/csv", file.as_bytes()).send().await
}

scenario! {
async fn each_file_is_brought_by_the_roles_it_is_for(app) {
    let brings: [(&str, &[&str]); 7] = [
        (MANAGER, &KINDS),
        (COLLECTOR, &["heat_receipts"]),
        (INSPECTOR, &["valve_checks"]),
        (HOTLINE, &["official_complaints"]),
        (HEAD, &[]),
        ("visit_officer", &[]),
        ("coal_analyst", &[]),
    ];
    for (who, wanted) in brings {
        let list = app.get(who, "/v1/import-kinds").await.expect(200);
        let of_heat = |kind: &&Value| KINDS.contains(&kind["kind"].as_str().unwrap());
        let kinds: Vec<&Value> = list["items"].as_array().unwrap().iter().filter(of_heat).collect();
        assert_eq!(kinds.len(), KINDS.len());
        let open = kinds.iter().filter(|kind| kind["allowed"] == true).map(|kind| kind["kind"].as_str().unwrap());
        let mut open: Vec<&str> = open.collect();
        open.sort_unstable();
        assert_eq!(open, wanted, "{who}");
        assert!(kinds.iter().all(|kind| kind["permission"] == "heating.import:run"));
        for kind in KINDS.iter().filter(|kind| !wanted.contains(*kind)) {
            tried(app, who, kind, "a\n1\n").await.refused(409, "above_authority");
        }
    }
    let mine = app.get(INSPECTOR, "/v1/me/permissions").await.expect(200);
    assert!(mine.to_string().contains("heating.import:run"), "{mine}");
}
}

scenario! {
async fn the_collector_brings_receipts_and_no_households(app) {
    let home = household(app, json!({})).await;
    let number = home["number"].as_str().unwrap();
    let receipts = format!("household_number,method,voucher_no,amount\n{number},cash,SK-{number},100.00\n");
    let told = tried(app, COLLECTOR, "heat_receipts", &receipts).await;
    assert_eq!((told.status, &told.body["ok"]), (200, &json!(1)), "{}", told.body);
    let homes = "station_code,room_no,use\nX,1-1-101,residential\n";
    tried(app, COLLECTOR, "households", homes).await.refused(409, "above_authority");
}
}

scenario! {
async fn the_readings_of_a_visit_are_one_case(app) {
    let homes = [household(app, json!({ "customer_id": app.fixture.customer })).await, household(app, json!({})).await];
    let numbers = homes.each_ref().map(|home| home["number"].as_str().unwrap());
    let thermometer = thermometer(app, "2026-12-31").await;
    let thermometer = app.get(MANAGER, &format!("/v1/instruments/{thermometer}")).await.expect(200)["number"].clone();
    let thermometer = thermometer.as_str().unwrap();
    let head = "household_number,room,height_m,closed_minutes,t_c,instrument_number,measured_at,user_signature\n";
    let row = |home: usize, room: &str, t_c: &str, minute: &str| {
        format!("{},{room},1.40,60,{t_c},{thermometer},2026-03-02T07:{minute}:00+08:00,signed\n", numbers[home])
    };
    let rows = [row(0, "bedroom", "19.0", "10"), row(0, "living_room", "17.5", "20"), row(1, "bedroom", "18.4", "40")];
    let file = [head, &rows.concat()].concat();
    let bring = async || {
        let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&format!("import-{}", name()));
        let fields = [("kind", "temperature_readings")];
        call.parts(&fields, "rows.csv", "text/csv", file.as_bytes()).send().await.expect(201)
    };
    let first = bring().await;
    assert_eq!((&first["ok"], &first["unchanged"]), (&json!(3), &json!(0)), "{first}");
    let cases = async || {
        let list = app.get(HEAD, "/v1/temperature-cases?origin=survey&sort=requested_at").await.expect(200);
        list["items"].as_array().unwrap().clone()
    };
    let [cold, warm]: [Value; 2] = cases().await.try_into().unwrap();
    assert_eq!((&cold["household_id"], &warm["household_id"]), (&homes[0]["id"], &homes[1]["id"]));
    // The coldest room decides, and there is one ticket.
    assert_eq!((&cold["visits"], &cold["lowest_c"], &cold["status"]), (&json!(1), &json!("17.5"), &json!("unqualified")));
    assert!(cold["ticket_id"].is_string());
    assert_eq!(warm["status"], "closed");
    let shown = app.get(HEAD, &format!("/v1/temperature-cases/{}", id(&cold))).await.expect(200);
    assert_eq!(shown["readings"].as_array().unwrap().len(), 2);
    let again = bring().await;
    assert_eq!((&again["ok"], &again["unchanged"]), (&json!(0), &json!(3)), "{again}");
    assert_eq!(cases().await.len(), 2);
}
}

scenario! {
async fn a_home_is_known_again_by_its_key_in_another_system(app) {
    let place = station(app, json!({})).await;
    let code = app.get(MANAGER, &format!("/v1/heating-stations/{place}")).await.expect(200)["code"].clone();
    let code = code.as_str().unwrap();
    let head = "station_code,room_no,building,use,connected_on,far_end,external_system,external_id\n";
    let row = |room: &str, far_end: &str, key: &str| {
        format!("{code},{room},五号楼,residential,2010-05-01,{far_end},billing,{key}\n")
    };
    let bring = async |rows: &[String]| {
        let file = [head, &rows.concat()].concat();
        let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&format!("import-{}", name()));
        call.parts(&[("kind", "households")], "rows.csv", "text/csv", file.as_bytes()).send().await.expect(201)
    };
    // The third row means the home of the first, which the file itself has made.
    let rows = [row("5-1-301", "false", "K-1"), row("5-1-302", "false", "K-2"), row("5-1-301", "true", "K-1")];
    let first = bring(&rows[..]).await;
    assert_eq!((&first["ok"], &first["unchanged"]), (&json!(3), &json!(0)), "{first}");
    let list = app.get(MANAGER, &format!("/v1/households?station_id={place}")).await.expect(200);
    let homes = list["items"].as_array().unwrap();
    let told: Vec<(&Value, &Value)> = homes.iter().map(|home| (&home["external_ids"], &home["far_end"])).collect();
    let key = |id: &str| json!([{ "system": "billing", "id": id }]);
    assert_eq!(told, [(&key("K-1"), &json!(true)), (&key("K-2"), &json!(false))]);
    let again = bring(&rows[1..]).await;
    assert_eq!((&again["ok"], &again["unchanged"]), (&json!(0), &json!(2)), "{again}");
}
}

scenario! {
/// As the rows of a long file are looked at in parts.
async fn the_readings_of_a_visit_in_two_parts_are_one_case(app) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let number = home["number"].as_str().unwrap();
    let thermometer = thermometer(app, "2026-12-31").await;
    let thermometer = app.get(MANAGER, &format!("/v1/instruments/{thermometer}")).await.expect(200)["number"].clone();
    let thermometer = thermometer.as_str().unwrap();
    let bring = async |room: &str, t_c: &str, at: &str| {
        let head = "household_number,room,height_m,closed_minutes,t_c,instrument_number,measured_at,user_signature\n";
        let file = format!("{head}{number},{room},1.40,60,{t_c},{thermometer},{at}:00+08:00,signed\n");
        let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&format!("import-{}", name()));
        let fields = [("kind", "temperature_readings")];
        let told = call.parts(&fields, "rows.csv", "text/csv", file.as_bytes()).send().await.expect(201);
        assert_eq!((&told["ok"], &told["refused"]), (&json!(1), &json!(0)), "{told}");
    };
    let cases = async || {
        let list = app.get(HEAD, "/v1/temperature-cases?origin=survey&sort=requested_at").await.expect(200);
        list["items"].as_array().unwrap().clone()
    };
    bring("bedroom", "19.0", "2026-03-02T07:10").await;
    let [warm]: [Value; 1] = cases().await.try_into().unwrap();
    assert_eq!((&warm["status"], &warm["close_reason"]), (&json!("closed"), &json!("survey_qualified")));
    // A warmer room of the same visit changes nothing, a colder one decides; an earlier one began it.
    bring("living_room", "20.0", "2026-03-02T07:20").await;
    let [warm]: [Value; 1] = cases().await.try_into().unwrap();
    assert_eq!((&warm["status"], &warm["lowest_c"], &warm["ticket_id"]), (&json!("closed"), &json!("19.0"), &Value::Null));
    bring("living_room", "17.5", "2026-03-02T06:50").await;
    let [cold]: [Value; 1] = cases().await.try_into().unwrap();
    assert_eq!((&cold["status"], &cold["lowest_c"], &cold["visits"]), (&json!("unqualified"), &json!("17.5"), &json!(1)));
    assert_eq!((&cold["close_reason"], &cold["requested_at"]), (&Value::Null, &json!("2026-03-02T06:50:00+08:00")));
    assert!(cold["ticket_id"].is_string());
    let shown = app.get(HEAD, &format!("/v1/temperature-cases/{}", id(&cold))).await.expect(200);
    assert_eq!(shown["readings"].as_array().unwrap().len(), 3);
    // Another day is another visit.
    bring("bedroom", "18.5", "2026-03-01T10:00").await;
    assert_eq!(cases().await.len(), 2);
}
}

scenario! {
async fn the_holders_a_file_names_are_entered_once(app) {
    let place = station(app, json!({})).await;
    let code = app.get(MANAGER, &format!("/v1/heating-stations/{place}")).await.expect(200)["code"].clone();
    let code = code.as_str().unwrap();
    let head = "station_code,room_no,building,use,certificate_area_m2,connected_on,holder_name,holder_phone\n";
    let row = |room: &str, name: &str, phone: &str| {
        format!("{code},{room},五号楼,residential,80.00,2010-05-01,{name},{phone}\n")
    };
    let bring = async |partial: &str, rows: &[String]| {
        let file = [head, &rows.concat()].concat();
        let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&format!("import-{}", name()));
        let fields = [("kind", "households"), ("partial", partial)];
        call.parts(&fields, "rows.csv", "text/csv", file.as_bytes()).send().await
    };
    let holders = async || {
        let list = app.get(MANAGER, &format!("/v1/households?station_id={place}")).await.expect(200);
        list["items"].as_array().unwrap().iter().map(|home| home["customer_id"].clone()).collect::<Vec<_>>()
    };
    // One person holds two homes; of another the file knows no phone.
    let rows = [
        row("5-1-301", "钱多多", "13940015678"),
        row("5-1-302", "钱多多", "13940015678"),
        row("5-1-303", "孙无名", ""),
    ];
    let first = bring("false", &rows[..]).await.expect(201);
    assert_eq!((&first["ok"], &first["refused"]), (&json!(3), &json!(0)), "{first}");
    let found = holders().await;
    assert_eq!(found[0], found[1]);
    assert!(found.iter().all(Value::is_string) && found[2] != found[0], "{found:?}");
    let again = bring("false", &rows[..]).await.expect(201);
    assert_eq!((&again["ok"], &again["unchanged"]), (&json!(0), &json!(3)), "{again}");
    assert_eq!(holders().await, found);
    // The phone is another's.
    let taken = bring("true", &[row("5-1-304", "李四", "13940015678")]).await;
    assert_eq!((&taken.body["refused"], &taken.body["errors"][0]["code"]), (&json!(1), &json!("possible_duplicate")), "{}", taken.body);
    assert_eq!(holders().await, found);
}
}
