//! Files taken over row by row (PF-14).

use std::io::Write;

use actix_web::http::Method;
use rust_xlsxwriter::{Formula, Workbook};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::kit::{Answer, TestApp, id};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook of texts; one that begins with `=` is a formula, one that is a number a number.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (n, row) in (0..).zip(rows) {
        for (m, text) in (0..).zip(*row) {
            match text.parse::<f64>() {
                Ok(number) if text.len() < 6 => sheet.write_number(n, m, number).unwrap(),
                _ if text.starts_with('=') => sheet.write_formula(n, m, Formula::new(*text).set_result("7")).unwrap(),
                _ => sheet.write_string(n, m, *text).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

/// Sends a file under a key of its own.
pub async fn send(app: &TestApp, who: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    let key = format!("import-{}", uuid::Uuid::now_v7());
    let (name, media) = if file.starts_with(b"PK") { ("rows.xlsx", XLSX) } else { ("rows.csv", "text/csv") };
    app.by(who, Method::POST, "/v1/imports").key(&key).parts(fields, name, media, file).send().await
}

async fn count(app: &TestApp, who: &str, list: &str) -> u64 {
    let page = app.get(who, &format!("{list}{}include_total=true", if list.contains('?') { "&" } else { "?" })).await;
    page.expect(200)["total"].as_u64().unwrap()
}

pub fn counts(body: &Value) -> (i64, i64, i64) {
    (body["ok"].as_i64().unwrap(), body["unchanged"].as_i64().unwrap(), body["refused"].as_i64().unwrap())
}

/// Does what waits, as the process beside the calls would.
async fn run_waiting(app: &TestApp) -> usize {
    let tools = api::v1::imports::tools(&app.state.clone().into_inner());
    imports::run_waiting(&app.store, &tools).await.unwrap()
}

const SUPPLIERS: &[&[&str]] = &[
    &["kinds", "name", "uscc", "contact_name", "contact_phone"],
    &["contractor", "和平建筑公司", "91350100M000100Y43", "王工", "13800138000"],
    &["bank;other", "河川银行", "", "", ""],
    &["contractor", "错码公司", "91350100M000100Y44", "", ""],
    &["outlet", "东区维修网点", "", "", ""],
    &["material", "甘肃材料公司", "91621000MA7XXXXX1H", "", ""],
];

scenario! {
async fn pf_e15_a_file_is_tried_refused_taken_in_part_and_then_says_nothing_new(app) {
    let who = "cost_manager";
    let file = workbook(SUPPLIERS);
    let before = count(app, who, "/v1/suppliers").await;
    let wrong = json!([{ "row": 3, "line": 4, "column": "uscc", "code": "uscc_invalid" }]);

    let tried = send(app, who, &[("kind", "suppliers"), ("dry_run", "true")], &file).await.expect(207);
    assert_eq!((counts(&tried), &tried["errors"]), ((4, 0, 1), &wrong), "{tried}");
    assert_eq!((&tried["id"], &tried["status"], &tried["dry_run"]), (&Value::Null, &json!("refused"), &json!(true)));
    assert_eq!(count(app, who, "/v1/imports").await, 0);

    let refused = send(app, who, &[("kind", "suppliers")], &file).await.expect(207);
    assert_eq!((counts(&refused), &refused["status"], &refused["errors"]), ((4, 0, 1), &json!("refused"), &wrong));
    assert_eq!(count(app, who, "/v1/suppliers").await, before);

    let applied = send(app, who, &[("kind", "suppliers"), ("partial", "true")], &file).await.expect(207);
    assert_eq!((counts(&applied), &applied["status"]), ((4, 0, 1), &json!("applied")));
    assert_eq!(count(app, who, "/v1/suppliers").await, before + 4);

    let again = send(app, who, &[("kind", "suppliers"), ("partial", "true")], &file).await.expect(207);
    assert_eq!(counts(&again), (0, 4, 1));
    assert_eq!(count(app, who, "/v1/suppliers").await, before + 4);

    let kept = app.get(who, &format!("/v1/imports/{}", id(&applied))).await.expect(200);
    assert_eq!(kept, applied);
    let rows = app.get(who, &format!("/v1/imports/{}/rows", id(&applied))).await.expect(200);
    let states: Vec<&str> = rows["items"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["ok", "ok", "refused", "ok", "ok"]);
    assert_eq!(rows["items"][2]["errors"], json!([{ "column": "uscc", "code": "uscc_invalid" }]));
    let supplier = rows["items"][0]["resource_id"].as_str().unwrap();
    let supplier = app.get(who, &format!("/v1/suppliers/{supplier}")).await.expect(200);
    assert_eq!(supplier["contacts"][0]["phone"], "138****8000");
    // Who sends a file sees what came of it; others do not.
    app.get("cost_general_officer", &format!("/v1/imports/{}", id(&applied))).await.refused(404, "not_found");
    assert_eq!(count(app, who, "/v1/imports?kind=suppliers&status=applied").await, 2);
}
}

scenario! {
async fn a_changed_cell_changes_its_row_and_blank_cells_leave_things_as_they_are(app) {
    let who = "cost_manager";
    let first = "供应商类别,名称,统一社会信用代码,联系人,联系电话\r\n施工,x,,,\r\n";
    let refused = send(app, who, &[("kind", "suppliers")], first.as_bytes()).await.expect(207);
    assert_eq!((&refused["errors"][0]["column"], &refused["errors"][0]["line"]), (&json!("kinds"), &json!(2)), "{refused}");
    let csv = |name: &str, contact: &str| format!("\u{feff}kinds,name,uscc,contact_name,contact_phone\ncontractor,{name},91350100M000100Y43,{contact}\n");
    send(app, who, &[("kind", "suppliers")], csv("和平建筑", "王工,13800138000").as_bytes()).await.expect(201);
    let renamed = send(app, who, &[("kind", "suppliers")], csv("和平建工", ",").as_bytes()).await.expect(201);
    assert_eq!(counts(&renamed), (1, 0, 0));
    let row = app.get(who, "/v1/suppliers?uscc=91350100M000100Y43").await.expect(200)["items"][0].clone();
    assert_eq!((&row["name"], &row["contacts"][0]["phone"]), (&json!("和平建工"), &json!("138****8000")));
    let called = send(app, who, &[("kind", "suppliers")], csv("和平建工", "李工,13800138001").as_bytes()).await.expect(201);
    assert_eq!(counts(&called), (1, 0, 0));
    let same = send(app, who, &[("kind", "suppliers")], csv("和平建工", "李工,13800138001").as_bytes()).await.expect(201);
    assert_eq!(counts(&same), (0, 1, 0));
}
}

scenario! {
async fn the_house_is_built_from_files(app) {
    let units = "code,name,kind,parent_code\nHCZY2,河川二部,branch,GROUP\nTEAM2,滨河项目部,project_team,HCZY2\n";
    let body = send(app, "hr_officer", &[("kind", "org_units")], units.as_bytes()).await.expect(201);
    assert_eq!(counts(&body), (2, 0, 0));
    assert_eq!(counts(&send(app, "hr_officer", &[("kind", "org_units")], units.as_bytes()).await.expect(201)), (0, 2, 0));
    let ring = "code,name,kind,parent_code\nHCZY2,河川二部,branch,TEAM2\nX1,无上级,branch,NOWHERE\n";
    let body = send(app, "hr_officer", &[("kind", "org_units")], ring.as_bytes()).await.expect(207);
    assert_eq!(body["errors"], json!([
        { "row": 1, "line": 2, "column": "parent_code", "code": "cycle" },
        { "row": 2, "line": 3, "column": "parent_code", "code": "not_found" }]));

    let people = "工号,姓名,电话,机构编码,技能,岗位,任职日期\nS-001,赵六,13700137000,TEAM2,heating:4、house_quality:2,cs_agent,2026/3/1\n";
    let body = send(app, "hr_officer", &[("kind", "staff")], people.as_bytes()).await.expect(201);
    assert_eq!(counts(&body), (1, 0, 0));
    assert_eq!(counts(&send(app, "hr_officer", &[("kind", "staff")], people.as_bytes()).await.expect(201)), (0, 1, 0));
    let row = app.get("hr_officer", "/v1/staff?number=S-001").await.expect(200)["items"][0].clone();
    assert_eq!((&row["posts"][0]["role"], &row["skills"][0]["level"], &row["phone"]), (&json!("cs_agent"), &json!(4), &json!("137****7000")));

    let houses = workbook(&[&["project_code", "code", "name", "floors"], &["HP", "8", "8号楼", "18"], &["HP", "9", "9号楼", "=9+9"]]);
    let body = send(app, "sales_manager", &[("kind", "buildings"), ("partial", "true")], &houses).await.expect(207);
    assert_eq!(counts(&body), (1, 0, 1));
    assert_eq!(body["errors"], json!([{ "row": 2, "line": 3, "column": "floors", "code": "invalid_type" }]), "a formula is no number");

    let customer = app.get("cs_agent", &format!("/v1/customers/{}", app.fixture.customer)).await.expect(200);
    let number = customer["number"].as_str().unwrap();
    let homes = format!("project_code,building_code,room_no,use,registered_area_m2,floor,owner_customer_number,owner_from\nHP,8,8幢1单元301室,residence,89.37,3,{number},2026-01-15\nHP,8,8-1-302,residence,89.375,3,,\n");
    let body = send(app, "sales_manager", &[("kind", "units"), ("partial", "true")], homes.as_bytes()).await.expect(207);
    assert_eq!(body["errors"], json!([{ "row": 2, "line": 3, "column": "registered_area_m2", "code": "too_many_decimals" }]));
    let again = send(app, "sales_manager", &[("kind", "units"), ("partial", "true")], homes.as_bytes()).await.expect(207);
    assert_eq!((counts(&body), counts(&again)), ((1, 0, 1), (0, 1, 1)));
    let home = app.get("sales_manager", "/v1/units?room_no=8-1-301").await.expect(200)["items"][0].clone();
    assert_eq!((&home["registered_area_m2"], &home["owners"][0]["source"]), (&json!("89.37"), &json!("import")));
}
}

scenario! {
async fn customers_are_known_by_number_or_by_phone_and_name(app) {
    let who = "cs_clerk";
    let csv = "kind,name,phones,id_type,id_number,uscc,tags,external_id\n\
        person,孙七,13611112222,,11010519491231002X,,vip;老业主,\n\
        person,周八,13611113333,,,,,C-1\n\
        person,吴九,13611112222,,,,,\n\
        company,甘肃某公司,,,,91621000MA7XXXXX1H,,\n\
        person,郑十,1361111,,110105194912310021,,,\n";
    let body = send(app, who, &[("kind", "customers"), ("partial", "true")], csv.as_bytes()).await.expect(207);
    assert_eq!(counts(&body), (3, 0, 2), "{body}");
    let codes: Vec<(&Value, &Value)> = body["errors"].as_array().unwrap().iter().map(|e| (&e["column"], &e["code"])).collect();
    assert_eq!(codes, [(&Value::Null, &json!("possible_duplicate")), (&json!("phones"), &json!("phone_invalid"))]);
    let again = send(app, who, &[("kind", "customers"), ("partial", "true")], csv.as_bytes()).await.expect(207);
    assert_eq!(counts(&again), (0, 3, 2));
    let moved = "kind,name,phones,external_id\nperson,周八,13611114444,C-1\n";
    assert_eq!(counts(&send(app, who, &[("kind", "customers")], moved.as_bytes()).await.expect(201)), (1, 0, 0));
    assert_eq!(count(app, who, "/v1/customers?phone=13611114444").await, 1);
    assert_eq!(count(app, who, "/v1/customers?phone=13611113333").await, 0);
    let bad = "kind,name,id_number\nperson,郑十,110105194912310021\n";
    let body = send(app, who, &[("kind", "customers"), ("dry_run", "true")], bad.as_bytes()).await.expect(207);
    assert_eq!(body["errors"][0], json!({ "row": 1, "line": 2, "column": "id_number", "code": "id_invalid" }));
    // No number, name or phone stands in the journal or the import.
    let page = app.get("system_admin", "/v1/journal-entries?limit=200").await.expect(200).to_string();
    assert!(!page.contains("13611112222") && !page.contains("孙七"));
}
}

scenario! {
async fn calls_and_tickets_come_from_an_older_system(app) {
    let calls = "direction,channel_code,external_number,ring_started_at,answered_at,ended_at,result,external_system,external_id\n\
        in,hotline,13800135678,2026-03-02 07:30:00,2026-03-02 07:30:08,2026-03-02 07:33:00,answered,pbx,77\n\
        in,hotline,13800135678,2026-03-02 07:40:00,,,answered,pbx,78\n\
        in,hotline,,2026-03-02 07:50,,,lost,,\n";
    let body = send(app, "team_leader", &[("kind", "calls"), ("partial", "true")], calls.as_bytes()).await.expect(207);
    assert_eq!(counts(&body), (2, 0, 1), "{body}");
    assert_eq!(body["errors"][0]["code"], "call_inconsistent");
    assert_eq!(counts(&send(app, "team_leader", &[("kind", "calls"), ("partial", "true")], calls.as_bytes()).await.expect(207)), (0, 2, 1));
    let row = app.get("team_leader", "/v1/calls?sort=ring_started_at").await.expect(200)["items"][0].clone();
    let call = row["number"].as_str().unwrap();
    let tickets = format!("channel_code,kind,category_code,place_kind,description,requester_name,requester_phone,project_code,building_code,room_no,received_at,call_numbers,external_id\n\
        hotline,repair,heating.leak,unit,客厅暖气片漏水两处,钱三,13511112222,HP,3,3-2-1201,2026-03-02 07:31,{call},T-1\n");
    let body = send(app, "cs_agent", &[("kind", "tickets")], tickets.as_bytes()).await.expect(201);
    assert_eq!(counts(&body), (1, 0, 0));
    assert_eq!(counts(&send(app, "cs_agent", &[("kind", "tickets")], tickets.as_bytes()).await.expect(201)), (0, 1, 0));
}
}

scenario! {
/// Who reports from a home need not know which station heats it; a file need not either.
async fn a_report_of_a_file_is_of_the_station_that_heats_its_home(app) {
    let home = json!({ "room_no": null, "building": null, "address": null, "unit_id": app.fixture.unit });
    crate::heating::desk::household(app, home).await;
    let tickets = "channel_code,kind,category_code,place_kind,description,requester_name,requester_phone,project_code,building_code,room_no,external_id\n\
        walk_in,repair,heating.leak,unit,客厅暖气片漏水两处,钱三,13511112222,HP,3,3-2-1201,T-1\n\
        walk_in,repair,house_quality.door_window,unit,卧室窗户关不严漏风,钱三,13511112222,HP,3,3-2-1201,T-2\n";
    assert_eq!(counts(&send(app, "cs_agent", &[("kind", "tickets")], tickets.as_bytes()).await.expect(201)), (2, 0, 0));
    for (category, station) in [("heating.leak", json!(app.fixture.units["STATION"])), ("house_quality.door_window", Value::Null)] {
        let list = app.get("cs_agent", &format!("/v1/tickets?category_code={category}")).await.expect(200);
        assert_eq!(list["items"][0]["station_org_unit_id"], station, "{list}");
    }
}
}

scenario! {
async fn what_a_file_may_not_be_is_refused_before_a_row_is_read(app) {
    let who = "cost_manager";
    let fields: &[(&str, &str)] = &[("kind", "suppliers")];
    let head = "kinds,name\n";
    send(app, who, fields, b"kinds,name,colour,name\nbank,x,red,y\n").await.refused(422, "unknown_column");
    send(app, who, fields, b"kinds,uscc\nbank,\n").await.refused(422, "missing_column");
    send(app, who, fields, head.as_bytes()).await.refused(422, "no_rows");
    send(app, who, fields, b"").await.refused(422, "file_empty");
    send(app, who, fields, b"kinds,name\nbank,\xba\xd3\xb4\xa8\n").await.refused(422, "not_utf8");
    send(app, who, fields, b"\xff\xfek\0i\0").await.refused(422, "not_utf8");
    send(app, who, fields, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").await.refused(415, "old_spreadsheet");
    send(app, who, fields, b"PK\x03\x04 no archive").await.refused(422, "file_unreadable");
    send(app, who, fields, b"%PDF-1.7\0\0").await.refused(415, "unsupported_media_type");
    send(app, who, &[("kind", "planets")], b"a\nb\n").await.refused(422, "invalid_enum");
    send(app, who, &[("kind", "suppliers"), ("colour", "red")], head.as_bytes()).await.refused(422, "unknown_field");
    send(app, who, &[("kind", "suppliers"), ("partial", "perhaps")], b"kinds,name\nbank,x\n").await.refused(422, "invalid_type");
    send(app, who, &[("kind", "staff")], b"number\n1\n").await.refused(409, "above_authority");
    let file = b"kinds,name\nbank,x\n";
    let keyless = app.by(who, Method::POST, "/v1/imports").parts(fields, "a.csv", "text/csv", file).send().await;
    keyless.refused(400, "idempotency_key_required");
    send(app, "customer", fields, file).await.refused(403, "forbidden");
    let body = send(app, who, fields, b"kinds,name\nbank,x,surplus\n").await.expect(207);
    assert_eq!(body["errors"][0]["code"], "surplus_cells");
    let body = send(app, who, fields, "kinds,name\nbank,\"名\u{202e}称\"\n".as_bytes()).await.expect(207);
    assert_eq!(body["errors"][0], json!({ "row": 1, "line": 2, "column": "name", "code": "text_invalid" }));
    // A formula is text where text is meant.
    let body = send(app, who, fields, &workbook(&[&["kinds", "name"], &["bank", "=\"河川\"&\"银行\""]])).await.expect(201);
    assert_eq!(counts(&body), (1, 0, 0));
    assert_eq!(app.get(who, "/v1/suppliers").await.expect(200)["items"][0]["name"], "=\"河川\"&\"银行\"");
}
}

/// An archive whose one part unpacks to many times its size.
fn bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1024 * 1024];
    for _ in 0..40 {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

scenario! {
async fn too_much_of_anything_is_413(app) {
    let who = "cost_manager";
    let fields: &[(&str, &str)] = &[("kind", "suppliers")];
    let bomb = bomb();
    assert!(bomb.len() < 1024 * 1024);
    send(app, who, fields, &bomb).await.refused(413, "too_large");
    // One whose directory lies about the size is counted while it is unpacked.
    let mut liar = bomb.clone();
    let real = (40_u32 * 1024 * 1024).to_le_bytes();
    let places: Vec<usize> = (0..liar.len() - 4).filter(|n| liar[*n..*n + 4] == real).collect();
    assert!(!places.is_empty());
    for place in places {
        liar[place..place + 4].copy_from_slice(&1000_u32.to_le_bytes());
    }
    let answer = send(app, who, fields, &liar).await;
    assert!([413, 422].contains(&answer.status), "{} {}", answer.status, answer.body);
    let set = json!({ "value": 3, "valid_from": "2026-03-02", "reason": "试运行" });
    let put = app.by("system_admin", Method::PUT, "/v1/parameters/platform.imports.max_rows").key("rows").json(set);
    put.send().await.expect(200);
    send(app, who, fields, b"kinds,name\nbank,a\nbank,b\nbank,c\n").await.expect(201);
    send(app, who, fields, b"kinds,name\nbank,a\nbank,b\nbank,c\nbank,d\n").await.refused(413, "too_large");
}
}

fn many(rows: usize, broken: Option<usize>) -> Vec<u8> {
    let mut csv = "kinds,name\n".to_owned();
    for n in 1..=rows {
        csv += &format!("{},供应商{n}\n", if broken == Some(n) { "planet" } else { "contractor" });
    }
    csv.into_bytes()
}

scenario! {
async fn a_long_file_is_accepted_and_done_beside_the_calls(app) {
    let who = "cost_manager";
    let accepted = send(app, who, &[("kind", "suppliers")], &many(450, None)).await;
    let place = accepted.header("location").unwrap().to_owned();
    let body = accepted.expect(202);
    assert_eq!((&body["status"], &body["operation_url"]), (&json!("queued"), &json!(place)));
    let operation = app.get(who, &place).await.expect(200);
    assert_eq!((&operation["status"], &operation["progress"]), (&json!("queued"), &json!({ "done": 0, "total": 450, "percent": 0 })));
    app.get("cost_general_officer", &place).await.refused(404, "not_found");
    assert_eq!(run_waiting(app).await, 1);
    let operation = app.get(who, &place).await.expect(200);
    assert_eq!((&operation["status"], &operation["progress"]["percent"]), (&json!("done"), &json!(100)));
    let done = app.get(who, operation["result_url"].as_str().unwrap()).await.expect(200);
    assert_eq!((counts(&done), &done["status"]), ((450, 0, 0), &json!("applied")));
    assert_eq!(count(app, who, "/v1/suppliers").await, 450);
    let history = app.get(who, &format!("/v1/imports/{}/history", id(&done))).await.expect(200);
    let kinds: Vec<&str> = history["items"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["import.accepted", "import.applied"]);

    let refused = send(app, who, &[("kind", "suppliers")], &many(460, Some(455))).await.expect(202);
    assert_eq!(run_waiting(app).await, 1);
    let refused = app.get(who, &format!("/v1/imports/{}", id(&refused))).await.expect(200);
    assert_eq!((counts(&refused), &refused["status"]), ((9, 450, 1), &json!("refused")));
    assert_eq!(count(app, who, "/v1/suppliers").await, 450);

    let part = send(app, who, &[("kind", "suppliers"), ("partial", "true")], &many(460, Some(455))).await.expect(202);
    assert_eq!(run_waiting(app).await, 1);
    let part = app.get(who, &format!("/v1/imports/{}", id(&part))).await.expect(200);
    assert_eq!((counts(&part), &part["status"]), ((9, 450, 1), &json!("applied")));
    assert_eq!(part["errors"], json!([{ "row": 455, "line": 456, "column": "kinds", "code": "invalid_enum" }]));
    assert_eq!(count(app, who, "/v1/suppliers").await, 459);
    assert_eq!(run_waiting(app).await, 0);
    let left = std::fs::read_dir(app.state.folder.join("imports")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "no file stays");
}
}

scenario! {
async fn a_caller_who_lost_his_post_meanwhile_imports_nothing(app) {
    let who = "cost_manager";
    let body = send(app, who, &[("kind", "suppliers")], &many(300, None)).await.expect(202);
    let staff = app.fixture.staff[who];
    app.post("hr_officer", &format!("/v1/staff/{staff}/end-post"), json!({ "role": who })).await.expect(200);
    assert_eq!(run_waiting(app).await, 1);
    let operation = app.get("system_admin", body["operation_url"].as_str().unwrap()).await.expect(200);
    assert_eq!((&operation["status"], &operation["error_code"]), (&json!("failed"), &json!("forbidden")));
    assert_eq!(count(app, "cost_general_officer", "/v1/suppliers").await, 0);
}
}

scenario! {
async fn a_run_that_fell_silent_is_taken_over_and_nothing_is_there_twice(app) {
    let who = "cost_manager";
    let body = send(app, who, &[("kind", "suppliers")], &many(300, None)).await.expect(202);
    // A process takes it and is killed.
    assert!(store::operations::claim(&app.store, "import").await.unwrap().is_some());
    assert_eq!(run_waiting(app).await, 0, "its lease still holds");
    app.later(chrono::TimeDelta::minutes(2));
    assert_eq!(run_waiting(app).await, 1);
    let done = app.get(who, &format!("/v1/imports/{}", id(&body))).await.expect(200);
    assert_eq!((counts(&done), count(app, who, "/v1/suppliers").await), ((300, 0, 0), 300));
}
}

scenario! {
async fn the_kinds_tell_their_columns(app) {
    let kinds = app.get("cs_agent", "/v1/import-kinds").await.expect(200);
    let names: Vec<&str> = kinds["items"].as_array().unwrap().iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
    for name in ["org_units", "staff", "customers", "buildings", "units", "suppliers", "tickets", "calls"] {
        assert!(names.contains(&name), "{name}");
    }
    let suppliers = kinds["items"].as_array().unwrap().iter().find(|kind| kind["kind"] == "suppliers").unwrap();
    assert_eq!((&suppliers["required"], &suppliers["allowed"]), (&json!(["kinds", "name"]), &json!(false)));
    assert_eq!(suppliers["columns"][0], json!({ "name": "kinds", "title_zh": "供应商类别", "cell": "codes", "alias": "kind" }));
}
}
