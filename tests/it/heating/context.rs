//! All about a home in one call, its slip, its contact, and what waits about outages (HS-R16, heating §10).

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::complaints::complaint_of;
use super::desk::*;
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;
use crate::tickets::reminders::remind;

scenario! {
async fn a_call_about_a_home_shows_what_was_measured_outages_and_tickets(app) {
    let (home, _, case) = cold_home(app).await;
    let place = home["station_id"].as_str().unwrap();
    let ahead = json!({ "customer_text": "预计今晚恢复", "expected_restore_at": "2026-03-02T20:00:00+08:00" });
    let row = outage(app, place, ahead).await;
    let path = format!("/v1/households/{}/context", id(&home));
    let told = app.get(HOTLINE, &path).await.expect(200);
    let verdicts: Vec<&Value> = told["last_verdicts"].as_array().unwrap().iter().map(|one| &one["lowest_c"]).collect();
    assert_eq!(verdicts, [&json!("18.0"), &json!("12.9"), &json!("13.1")], "{told}");
    assert_eq!(told["last_verdicts"][0]["verdict"], "qualified");
    assert_eq!((&told["open_cases"][0]["id"], &told["weather"]), (&case["id"], &Value::Null));
    // Rounds that proved nothing hide no verdict.
    let thermometer = thermometer(app, "2026-12-31").await;
    let early = json!({ "closed_minutes": 59, "measured_at": "2026-03-02T07:00:00+08:00" });
    let rows: Vec<Value> = (0..4)
        .map(|_| json!({ "household_id": home["id"], "readings": [reading(&thermometer, early.clone())] }))
        .collect();
    let round = app.by(HEAD, Method::POST, "/v1/temperature-cases/bulk").key(&name()).json(json!({ "rows": rows }));
    round.send().await.expect(200);
    let again = app.get(HOTLINE, &path).await.expect(200);
    assert_eq!(again["last_verdicts"], told["last_verdicts"]);
    let open = &told["open_outages"][0];
    assert_eq!((&open["id"], &open["customer_text"]), (&row["id"], &json!("预计今晚恢复")));
    assert_eq!(open["expected_restore_at"], "2026-03-02T20:00:00+08:00");
    // Found cold, it became a ticket.
    assert_eq!((&told["open_tickets"][0]["id"], &told["last_tickets"][0]["kind"]), (&case["ticket_id"], &json!("repair")));
    let station = app.get(MANAGER, &format!("/v1/heating-stations/{place}/context")).await.expect(200);
    assert_eq!((&station["open_outages"][0]["id"], &station["open_tickets"]), (&row["id"], &json!(1)));
    // The holder himself reads it without alterations and cases.
    let own = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let his = app.get("customer", &format!("/v1/households/{}/context", id(&own))).await.expect(200);
    assert_eq!((his.get("open_cases"), his.get("open_alterations"), &his["open_tickets"]), (None, None, &json!([])));
    app.get("customer", &path).await.refused(404, "not_found");
}
}

scenario! {
/// A home found cold has no limit until somebody remedies it.
async fn a_case_tells_a_limit_only_where_something_is_due(app) {
    let home = household(app, json!({})).await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let path = format!("/v1/households/{}/context", id(&home));
    let open = async || app.get(HOTLINE, &path).await.expect(200)["open_cases"][0].clone();
    assert_eq!(open().await["due_at"], case["due_at"]);
    let cold = reading(&thermometer(app, "2026-12-31").await, json!({ "t_c": "15.0" }));
    app.post(HEAD, &format!("/v1/temperature-cases/{}/measure", id(&case)), json!({ "readings": [cold] })).await.expect(200);
    let now = open().await;
    assert_eq!((&now["status"], &now["due_at"]), (&json!("unqualified"), &Value::Null));
}
}

scenario! {
async fn the_open_inspections_of_a_home_are_told_to_the_desk_alone(app) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let case = found(app, &home, json!({ "kind": "demolition" })).await;
    let path = format!("/v1/households/{}/context", id(&home));
    let told = app.get(HOTLINE, &path).await.expect(200)["open_inspection_cases"][0].clone();
    assert_eq!((&told["id"], &told["kind"], &told["status"]), (&case["id"], &json!("demolition"), &json!("found")));
    assert_eq!(app.get("customer", &path).await.expect(200).get("open_inspection_cases"), None);
}
}

scenario! {
async fn a_slip_is_printed_and_a_contact_revealed_while_the_case_is_open(app) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let thermometer = thermometer(app, "2026-12-31").await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let path = format!("/v1/temperature-cases/{}", id(&case));
    let visit = json!({ "readings": [reading(&thermometer, json!({}))] });
    app.post(HEAD, &format!("{path}/measure"), visit).await.expect(200);
    let slip = app.by(HEAD, Method::GET, &format!("{path}/feedback-slip")).send().await;
    assert_eq!((slip.status, slip.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let page = String::from_utf8(slip.bytes).unwrap();
    assert!(page.contains(case["number"].as_str().unwrap()) && page.contains("18.5") && page.contains("王*"), "{page}");
    assert!(!page.contains("王小明") && !page.contains("1201"), "{page}");
    let ask = json!({ "resource": "temperature_case", "id": case["id"], "reason": "回访" });
    let clear = app.post(HOTLINE, "/v1/contacts/reveal", ask.clone()).await.expect(200);
    assert_eq!((&clear["name"], &clear["phone"]), (&json!("王小明"), &json!("13800135678")), "{clear}");
    app.post(HOTLINE, &format!("{path}/call-back"), json!({ "satisfied": true })).await.expect(200);
    app.post(HOTLINE, &format!("{path}/close"), json!({})).await.expect(200);
    app.post(HOTLINE, "/v1/contacts/reveal", ask).await.refused(404, "not_found");
}
}

async fn waits(app: &TestApp, who: &str, kind: &str) -> Vec<Value> {
    let list = app.get(who, &format!("/v1/work-items?kind={kind}")).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

scenario! {
async fn a_level_that_is_late_is_told_to_the_next_and_stays_open(app) {
    let place = station(app, json!({})).await;
    let row = outage(app, &place, json!({ "expected_restore_at": "2026-03-02T08:40:00+08:00" })).await;
    let waiting = waits(app, HEAD, "outage_branch").await;
    assert_eq!((&waiting[0]["subject"]["id"], &waiting[0]["due_at"]), (&row["id"], &json!("2026-03-02T08:15:00+08:00")));
    assert_eq!(waits(app, BRANCH, "outage_company").await.len(), 0);
    app.at("2026-03-02T08:16:00+08:00");
    remind(app).await;
    let inbox = app.get(BRANCH, "/v1/notifications?limit=200").await.expect(200);
    let about = inbox["items"].as_array().unwrap().iter().filter(|item| item["resource_id"] == row["id"]);
    assert_eq!(about.count(), 1, "{inbox}");
    assert_eq!(waits(app, HEAD, "outage_branch").await.len(), 1);
    app.post(HEAD, &format!("/v1/outages/{}/report-branch", id(&row)), json!({})).await.expect(200);
    assert_eq!(waits(app, HEAD, "outage_branch").await.len(), 0);
    assert_eq!(waits(app, BRANCH, "outage_company").await[0]["due_at"], "2026-03-02T08:46:00+08:00");
    assert_eq!(waits(app, HOTLINE, "outage_forecast").await[0]["due_at"], "2026-03-02T08:40:00+08:00");
    app.post(BRANCH, &format!("/v1/outages/{}/report-company", id(&row)), json!({})).await.expect(200);
    let told = waits(app, MANAGER, "outage_acknowledge").await;
    assert_eq!((&told[0]["subject"]["id"], &told[0]["due_at"]), (&row["id"], &Value::Null));
    app.post(MANAGER, told[0]["act_url"].as_str().unwrap(), json!({})).await.expect(200);
    assert_eq!(waits(app, MANAGER, "outage_acknowledge").await.len(), 0);
}
}

scenario! {
/// The hotline works for every station, though its unit stands beside them (heating §3).
async fn what_waits_for_the_hotline_waits_wherever_its_unit_lies(app) {
    let post = json!({ "role": "heating_hotline_agent", "from": "2010-01-01" });
    app.post("hr_officer", &format!("/v1/staff/{}/posts", app.fixture.staff["cs_agent"]), post).await.expect(200);
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let thermometer = thermometer(app, "2026-12-31").await;
    let case = app.post(HOTLINE, "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    assert_eq!(waits(app, HEAD, "temperature_visit").await[0]["subject"]["id"], case["id"]);
    assert_eq!(waits(app, HOTLINE, "temperature_visit").await, [] as [Value; 0]);
    let visit = json!({ "readings": [reading(&thermometer, json!({}))] });
    app.post(HEAD, &format!("/v1/temperature-cases/{}/measure", id(&case)), visit).await.expect(200);
    let beside = waits(app, "cs_agent/heating_hotline_agent", "temperature_call_back").await;
    assert_eq!(beside[0]["subject"]["id"], case["id"]);
}
}

scenario! {
async fn a_proposed_class_waits_for_the_manager(app) {
    household(app, json!({ "customer_id": app.fixture.customer })).await;
    let body = json!({ "channel_code": "walk_in", "kind": "complaint", "category_code": "heating.other",
        "place_kind": "station_area", "station_org_unit_id": app.fixture.units["STATION"],
        "description": "片区供热不足,投诉", "customer_id": app.fixture.customer });
    let row = complaint_of(app, &app.post(HOTLINE, "/v1/tickets", body).await.expect(201)).await;
    let path = format!("/v1/heat-complaints/{}", id(&row));
    let proof = document(app, HOTLINE).await;
    app.post(HOTLINE, &format!("{path}/propose"), json!({ "class": "unfounded", "proof_document_id": proof })).await.expect(200);
    assert_eq!(waits(app, MANAGER, "complaint_to_decide").await[0]["subject"]["id"], row["id"]);
    app.post(MANAGER, &format!("{path}/decide"), json!({})).await.expect(200);
    assert_eq!(waits(app, MANAGER, "complaint_to_decide").await.len(), 0);
}
}

scenario! {
async fn whoever_pays_his_arrears_is_told_to_stand_otherwise(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    billed(app, &season, &home).await;
    assert_eq!(shown(app, &home).await["status"], "arrears");
    paid(app, &home, "2759.68").await.expect(201);
    let list = app.get(MANAGER, &format!("/v1/households/{}/history", id(&home))).await.expect(200);
    let told: Vec<&Value> = list["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == "household.status_changed").collect();
    let last = told.iter().find(|entry| entry["data"]["status"] == "using").unwrap_or_else(|| panic!("{list}"));
    assert_eq!(last["data"]["status_before"], "arrears");
}
}

scenario! {
async fn a_home_whose_bill_falls_due_is_told_to_stand_in_arrears_once(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    billed(app, &season, &home).await;
    assert_eq!(shown(app, &home).await["status"], "using");
    app.at("2026-11-01T08:00:00+08:00");
    for _ in 0..2 {
        app.get(MANAGER, "/v1/households?sort=-overdue").await.expect(200);
    }
    let list = app.get(MANAGER, &format!("/v1/households/{}/history", id(&home))).await.expect(200);
    let told: Vec<(&Value, &Value)> = list["items"].as_array().unwrap().iter()
        .filter(|entry| entry["type"] == "household.status_changed")
        .map(|entry| (&entry["data"]["status_before"], &entry["data"]["status"])).collect();
    assert_eq!(told, [(&json!("using"), &json!("arrears"))], "{list}");
}
}

scenario! {
/// Sealed before the season a home stands otherwise from its first day on, and again after its last: each is told once.
async fn a_stop_is_told_to_begin_and_to_end_with_the_season(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    stopped(app, &home, &season).await;
    let told = async || {
        let list = app.get(MANAGER, &format!("/v1/households/{}/history", id(&home))).await.expect(200);
        let told = list["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == "household.status_changed");
        told.map(|entry| entry["data"]["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let turn = async || heating_service::stop::turning::tell(&app.store).await.unwrap();
    assert_eq!((turn().await, told().await.len()), (0, 0));
    app.at("2026-10-31T23:59:59+08:00");
    assert_eq!((turn().await, told().await.len()), (0, 0));
    app.at("2026-11-01T00:00:00+08:00");
    assert_eq!((turn().await, turn().await, told().await), (1, 0, vec!["stopped".to_owned()]));
    app.at("2027-03-31T23:59:59+08:00");
    assert_eq!(turn().await, 0);
    app.at("2027-04-01T00:00:00+08:00");
    assert_eq!((turn().await, turn().await), (1, 0));
    let mut all = told().await;
    all.sort();
    assert_eq!(all, ["stopped", "using"]);
}
}

scenario! {
/// The days of a season that is not open yet may be put off, also when valves are sealed: a home stands stopped, and is
/// told to, from its first day on.
async fn a_stop_of_a_season_that_is_put_off_is_told_when_that_begins(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    stopped(app, &home, &season).await;
    let path = format!("/v1/heating-seasons/{}", id(&season));
    patch(app, MANAGER, &path, json!({ "starts_on": "2026-11-05" })).await.expect(200);
    let told = async |now: &str| {
        app.at(now);
        heating_service::stop::turning::tell(&app.store).await.unwrap();
        let list = app.get(MANAGER, &format!("/v1/households/{}/history", id(&home))).await.expect(200);
        let told = list["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == "household.status_changed");
        (told.count(), shown(app, &home).await["status"].clone())
    };
    assert_eq!(told("2026-11-01T08:00:00+08:00").await, (0, json!("using")));
    assert_eq!(told("2026-11-04T23:59:59+08:00").await, (0, json!("using")));
    assert_eq!(told("2026-11-05T00:00:00+08:00").await, (1, json!("stopped")));
    assert_eq!(told("2026-11-06T08:00:00+08:00").await, (1, json!("stopped")));
    // Two processes at once tell it once.
    app.at("2027-04-01T08:00:00+08:00");
    let both = [heating_service::stop::turning::tell(&app.store), heating_service::stop::turning::tell(&app.store)];
    for told in join_all(both).await {
        told.unwrap();
    }
    assert_eq!(told("2027-04-01T08:00:00+08:00").await, (2, json!("using")));
}
}

/// Who may see the holder behind a piece of work, by an attempt of each.
async fn seen_by(app: &TestApp, resource: &str, row: &str) -> Vec<&'static str> {
    let ask = json!({ "resource": resource, "id": row, "reason": "约上门时间" });
    let mut seen = Vec::new();
    for who in [INSPECTOR, HEAD, BRANCH] {
        let answer = app.post(who, "/v1/contacts/reveal", ask.clone()).await;
        assert!([200, 404].contains(&answer.status), "{who}: {}", answer.body);
        if answer.status == 200 {
            assert_eq!(answer.body["phone"], "13800135678");
            seen.push(who);
        }
    }
    seen
}

scenario! {
async fn the_holder_behind_ones_own_open_work_is_clear(app) {
    let season = season_2011(app).await;
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    area(app, &home, json!({})).await;
    billed(app, &season, &home).await;
    let case = found(app, &home, json!({})).await;
    assert_eq!(seen_by(app, "inspection_case", &id(&case)).await, [INSPECTOR]);
    let check = app.post(INSPECTOR, "/v1/valve-checks", json!({ "household_id": home["id"], "season": season["id"] })).await.expect(201);
    assert_eq!(seen_by(app, "valve_check", &id(&check)).await, [INSPECTOR]);
    let path = format!("/v1/valve-checks/{}", id(&check));
    let open = json!({ "result": "not_closed", "photos": [document(app, INSPECTOR).await] });
    app.post(INSPECTOR, &format!("{path}/check"), open).await.expect(200);
    app.post(INSPECTOR, &format!("{path}/notify-branch"), json!({})).await.expect(200);
    assert_eq!(seen_by(app, "valve_check", &id(&check)).await, [HEAD, BRANCH]);
}
}
