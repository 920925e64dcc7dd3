//! Valves of unpaid and stopped homes: listed, checked, closed, opened again (HS-11).

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id, with};
use crate::tickets::desk::document;
use crate::tickets::reminders::tell;

async fn act(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/valve-checks/{}/{action}", id(row)), body).await
}

/// Homes of one station that owe the fee of the season 2025-2026, which runs.
async fn debtors(app: &TestApp, count: usize) -> (Value, Vec<Value>) {
    let place = station(app, json!({})).await;
    let season = priced(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let mut homes = Vec::new();
    for n in 0..count {
        let home = household(app, json!({ "station_id": place, "room_no": format!("5-1-{}", 101 + n) })).await;
        area(app, &home, json!({})).await;
        billed(app, &season, &home).await;
        homes.push(home);
    }
    (season, homes)
}

async fn lines(app: &TestApp, list: &Value) -> Vec<Value> {
    let page = app.get(INSPECTOR, &format!("/v1/valve-checks?list_id={}", id(list))).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

async fn line_of(app: &TestApp, list: &Value, home: &Value) -> Value {
    lines(app, list).await.into_iter().find(|line| line["household_id"] == home["id"]).unwrap()
}

async fn orders(app: &TestApp, home: &Value) -> Vec<Value> {
    let page = app.get(HEAD, &format!("/v1/reopenings?household_id={}", id(home))).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

/// What an import of valve checks came to: taken over, unchanged, refused.
async fn imported(app: &TestApp, file: &str) -> [Value; 3] {
    let call = app.by(INSPECTOR, Method::POST, "/v1/imports").key(&format!("import-{}", name()));
    let body = call.parts(&[("kind", "valve_checks")], "rows.csv", "text/csv", file.as_bytes()).send().await.body;
    ["ok", "unchanged", "refused"].map(|key| body[key].clone())
}

/// The total of a column.
fn total(report: &Value, column: &str) -> Value {
    let columns = report["columns"].as_array().unwrap();
    let place = columns.iter().position(|known| known["key"] == column).unwrap();
    report["totals"][place]["value"].clone()
}

async fn waits(app: &TestApp, who: &str, kind: &str) -> bool {
    let list = app.get(who, &format!("/v1/work-items?kind={kind}")).await.expect(200);
    !list["items"].as_array().unwrap().is_empty()
}

scenario! {
async fn hs_r63_a_list_holds_who_owes_or_is_stopped_the_riskiest_first(app) {
    let (season, homes) = debtors(app, 3).await;
    let place = &homes[0]["station_id"];
    household(app, json!({ "station_id": place, "room_no": "5-1-201" })).await;
    let cold = household(app, json!({ "station_id": place, "room_no": "5-1-202", "connected_on": null })).await;
    // The second had a valve open before, the third an alteration.
    let found = json!({ "household_id": homes[1]["id"], "kind": "theft" });
    app.post(INSPECTOR, "/v1/inspection-cases", found).await.expect(201);
    let altered = json!({ "kind": "radiator_added" });
    app.post(MANAGER, &format!("/v1/households/{}/alterations", id(&homes[2])), altered).await.expect(201);
    let list = valve_list(app, &season, json!({})).await;
    assert_eq!((&list["lines"], &list["season"]), (&json!(3), &json!("2025-2026")));
    let shown = lines(app, &list).await;
    let risks: Vec<(&Value, &Value, &Value)> =
        shown.iter().map(|line| (&line["household_id"], &line["risk"], &line["ground"])).collect();
    let unpaid = json!("unpaid");
    // No seal is recorded of any: 30, and 40 for the theft, 20 for the alteration.
    assert_eq!(risks, [(&homes[1]["id"], &json!(70), &unpaid), (&homes[2]["id"], &json!(50), &unpaid),
        (&homes[0]["id"], &json!(30), &unpaid)], "{cold}");
    let risky = app.get(INSPECTOR, &format!("/v1/valve-checks?risk_gte=50&season={}", id(&season))).await.expect(200);
    assert_eq!(risky["items"].as_array().unwrap().len(), 2);
    // Who waits is on the earlier list.
    assert_eq!(valve_list(app, &season, json!({})).await["lines"], 0);
    app.post(MANAGER, "/v1/valve-check-lists", json!({})).await.refused(403, "forbidden");
    app.post(INSPECTOR, "/v1/valve-check-lists", json!({ "season": "1999-2000" })).await.refused(422, "not_found");
    // Paying after listing excuses; it does not count as checked.
    paid(app, &homes[0], "2759.68").await.expect(201);
    let excused = line_of(app, &list, &homes[0]).await;
    assert_eq!((&excused["status"], &excused["result"], &excused["note"]), (&json!("excused"), &json!("excused"), &json!("paid")));
    act(app, INSPECTOR, &excused, "check", seen(app, json!({})).await).await.refused(409, "invalid_state");
}
}

scenario! {
async fn lists_and_runs_of_bills_are_watched_as_operations(app) {
    let (season, homes) = debtors(app, 2).await;
    let answer = app.post(INSPECTOR, "/v1/valve-check-lists", json!({ "season": season["id"] })).await;
    let location = answer.header("location").unwrap().to_owned();
    let list = answer.expect(202);
    let watched = app.get(INSPECTOR, &location).await.expect(200);
    assert_eq!((&watched["kind"], &watched["status"]), (&json!("valve_check_list"), &json!("done")));
    assert_eq!((&watched["progress"]["done"], &watched["progress"]["percent"]), (&json!(2), &json!(100)));
    assert_eq!(watched["result_url"], format!("/v1/valve-check-lists/{}", id(&list)));
    app.get(HEAD, &location).await.refused(404, "not_found");
    let body = json!({ "season": season["id"], "station_id": homes[0]["station_id"] });
    let answer = app.post(COLLECTOR, "/v1/heat-bill-runs", body).await;
    let location = answer.header("location").unwrap().to_owned();
    answer.expect(202);
    let watched = app.get(COLLECTOR, &location).await.expect(200);
    assert_eq!((&watched["kind"], &watched["status"]), (&json!("heat_bill_run"), &json!("done")));
    assert_eq!((&watched["resource_id"], &watched["progress"]["total"]), (&season["id"], &json!(2)));
}
}

scenario! {
async fn a_stopped_home_is_checked_whatever_it_pays(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    stopped(app, &home, &season).await;
    app.at("2026-12-01T09:00:00+08:00");
    let list = valve_list(app, &season, json!({ "criteria": ["stopped"] })).await;
    let line = line_of(app, &list, &home).await;
    assert_eq!((&line["ground"], &line["risk"]), (&json!("stopped"), &json!(0)));
    let seal = shown(app, &home).await["seal_no"].clone();
    let closed = act(app, INSPECTOR, &line, "check", seen(app, json!({ "seal_no": seal })).await).await.expect(200);
    assert_eq!((&closed["status"], &closed["seal_no"]), (&json!("closed"), &seal));
    assert_eq!(shown(app, &home).await["valve"], "sealed");
    paid(app, &home, "10.00").await.expect(201);
    assert!(orders(app, &home).await.is_empty());
    // Listed again, its seal is broken: theft, in the same write.
    let listed = json!({ "household_id": home["id"], "season": season["id"] });
    let again = app.post(INSPECTOR, "/v1/valve-checks", listed.clone()).await.expect(201);
    // The line it has stands as it is, also for several who ask at once.
    for same in join_all((0..4).map(|_| app.post(INSPECTOR, "/v1/valve-checks", listed.clone()))).await {
        let same = same.expect(201);
        assert_eq!((&same["id"], &same["version"]), (&again["id"], &again["version"]));
    }
    let open = seen(app, json!({ "result": "not_closed", "seal_no": null, "seal_broken": true })).await;
    let open = act(app, INSPECTOR, &again, "check", open).await.expect(200);
    let case = app.get(INSPECTOR, &format!("/v1/inspection-cases/{}", open["case_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&case["kind"], &case["status"], &case["valve_check_id"]), (&json!("theft"), &json!("found"), &open["id"]));
    assert_eq!(shown(app, &home).await["valve"], "open");
    // Its heat was billed to nobody: the whole season is recovered.
    let path = format!("/v1/inspection-cases/{}", id(&case));
    app.post(INSPECTOR, &format!("{path}/register"), json!({})).await.expect(200);
    let proof = document(app, INSPECTOR).await;
    app.post(INSPECTOR, &format!("{path}/notices"), json!({ "kind": "informing", "proof_document_id": proof })).await.expect(200);
    app.at("2027-01-05T09:00:00+08:00");
    app.post(INSPECTOR, &format!("{path}/refuse"), json!({})).await.expect(200);
    let billed = app.post(MANAGER, &format!("{path}/bill"), json!({})).await.expect(200);
    let bill = app.get(COLLECTOR, &format!("/v1/heat-bills/{}", billed["supplement_bill_id"].as_str().unwrap())).await.expect(200);
    assert_eq!(bill["total"], "2759.68");
}
}

scenario! {
async fn what_a_valve_check_refuses(app) {
    let (season, homes) = debtors(app, 2).await;
    let list = valve_list(app, &season, json!({})).await;
    let (one, two) = (line_of(app, &list, &homes[0]).await, line_of(app, &list, &homes[1]).await);
    let closed = seen(app, json!({})).await;
    for (fields, pointer, code) in [
        (json!({ "seal_no": null }), "/seal_no", "required"),
        (json!({ "photos": [] }), "/photos", "required"),
        (json!({ "result": "cut", "seal_no": null }), "/seal_no", "required"),
        (json!({ "result": "excused", "seal_no": null }), "/note", "reason_required"),
        (json!({ "checked_at": "2030-01-01T00:00:00+08:00" }), "/checked_at", "date_in_future"),
    ] {
        let refused = act(app, INSPECTOR, &one, "check", with(closed.clone(), &fields)).await.refused(422, code);
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    act(app, HEAD, &one, "check", closed.clone()).await.refused(403, "forbidden");
    act(app, INSPECTOR, &one, "check", closed.clone()).await.expect(200);
    let home = shown(app, &homes[0]).await;
    assert_eq!((&home["valve"], &home["seal_no"]), (&json!("closed"), &closed["seal_no"]));
    act(app, INSPECTOR, &two, "check", closed).await.refused(409, "seal_in_use");

    let nobody = json!({ "result": "no_access" });
    act(app, INSPECTOR, &two, "check", nobody.clone()).await.expect(200);
    act(app, INSPECTOR, &two, "notify-branch", json!({})).await.refused(409, "no_access_rounds");
    act(app, INSPECTOR, &two, "check", nobody.clone()).await.expect(200);
    let third = act(app, INSPECTOR, &two, "check", nobody).await.expect(200);
    assert_eq!((&third["status"], &third["no_access_count"], &third["round"]), (&json!("no_access"), &json!(3), &json!(1)));
    act(app, INSPECTOR, &two, "notify-branch", json!({})).await.expect(200);
    act(app, INSPECTOR, &two, "recheck", json!({ "result": "no_access" })).await.refused(409, "invalid_state");
    let using = household(app, json!({})).await;
    let body = json!({ "household_id": using["id"], "season": season["id"] });
    app.post(INSPECTOR, "/v1/valve-checks", body).await.refused(422, "required");
}
}

scenario! {
async fn hs_e08_an_open_valve_is_told_rectified_and_seen_again(app) {
    let (season, homes) = debtors(app, 3).await;
    let list = valve_list(app, &season, json!({})).await;
    let line = line_of(app, &list, &homes[0]).await;
    let open = seen(app, json!({ "result": "not_closed", "seal_no": null })).await;
    let open = act(app, INSPECTOR, &line, "check", open).await.expect(200);
    let case = app.get(INSPECTOR, &format!("/v1/inspection-cases/{}", open["case_id"].as_str().unwrap())).await.expect(200);
    assert_eq!(case["kind"], "unclosed_valve");
    let told = act(app, INSPECTOR, &line, "notify-branch", json!({})).await.expect(200);
    assert_eq!((&told["status"], &told["rectify_by"]), (&json!("notified"), &json!("2026-03-05T08:00:00+08:00")));
    app.at("2026-03-02T09:00:00+08:00");
    tell(app).await;
    let inbox = app.get(BRANCH, "/v1/notifications?limit=200").await.expect(200);
    let about = inbox["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "valve_told");
    assert_eq!(about.map(|item| &item["resource_id"]).collect::<Vec<_>>(), [&line["id"]], "{inbox}");
    assert!(waits(app, HEAD, "valve_to_rectify").await);
    act(app, INSPECTOR, &line, "rectify", json!({})).await.refused(403, "forbidden");
    let done = act(app, HEAD, &line, "rectify", json!({ "note": "已关" })).await.expect(200);
    assert_eq!(done["status"], "rectified");
    assert!(!waits(app, HEAD, "valve_to_rectify").await);
    // Whoever rectified does not look again.
    let post = json!({ "role": INSPECTOR, "from": "2010-01-01" });
    app.post("hr_officer", &format!("/v1/staff/{}/posts", app.fixture.staff[HEAD]), post).await;
    let both = "heating_station_head/heating_inspector";
    act(app, both, &line, "recheck", json!({ "result": "no_access" })).await.refused(409, "separation_of_duties");
    let open = seen(app, json!({ "result": "not_closed", "seal_no": null })).await;
    let open = act(app, INSPECTOR, &line, "recheck", open).await.expect(200);
    assert_eq!((&open["status"], &open["round"]), (&json!("not_closed"), &json!(2)));
    act(app, INSPECTOR, &line, "notify-branch", json!({})).await.expect(200);
    act(app, BRANCH, &line, "rectify", json!({})).await.expect(200);
    let shut = act(app, INSPECTOR, &line, "recheck", seen(app, json!({})).await).await.expect(200);
    assert_eq!((&shut["status"], &shut["first_result"]), (&json!("closed"), &json!("not_closed")));
    // A second is cut, a third not reached: 1 of 2 was open when first seen, 2 of 3 were seen.
    let cut = seen(app, json!({ "result": "cut" })).await;
    let rows = json!({ "rows": [
        with(cut.clone(), &json!({ "household_id": homes[1]["id"], "list_id": list["id"] })),
        { "household_id": homes[2]["id"], "list_id": list["id"], "result": "no_access" },
        with(cut, &json!({ "household_id": homes[2]["id"], "list_id": list["id"] })),
    ] });
    let round = app.post(INSPECTOR, "/v1/valve-checks/bulk", rows).await.expect(207);
    let done: Vec<&Value> = round["results"].as_array().unwrap().iter().map(|row| &row["ok"]).collect();
    assert_eq!(done, [&json!(true), &json!(true), &json!(false)], "{round}");
    assert_eq!(shown(app, &homes[1]).await["valve"], "cut");
    let path = format!("/v1/reports/heating/valve-check?season={}", season["number"].as_str().unwrap());
    let report = app.get(INSPECTOR, &path).await.expect(200);
    for (key, value) in [
        ("listed", json!(3)), ("excused", json!(0)), ("checked", json!(2)), ("closed", json!(1)), ("cut", json!(1)),
        ("not_closed", json!(0)), ("not_closed_first", json!(1)), ("no_access", json!(1)), ("rate", json!("50.00")),
        ("coverage", json!("66.67")), ("rectified", json!(1)), ("rechecked", json!(1)),
    ] {
        assert_eq!(total(&report, key), value, "{key}");
    }
    assert_eq!(report["rows"].as_array().unwrap().len(), 1);
}
}

/// A figure of all stations, and how many checks the list behind it shows.
async fn opened(app: &TestApp, report: &Value, key: &str) -> (Value, usize) {
    let place = report["columns"].as_array().unwrap().iter().position(|column| column["key"] == key).unwrap();
    let cell = &report["totals"][place];
    let list = app.get(INSPECTOR, cell["drill"].as_str().unwrap()).await.expect(200);
    (cell["value"].clone(), list["items"].as_array().unwrap().len())
}

scenario! {
/// A home listed again in a season is one home still, in the figure and in the list behind it.
async fn hs_r64_figures_and_their_lists_count_a_home_once(app) {
    let (season, homes) = debtors(app, 3).await;
    let list = valve_list(app, &season, json!({})).await;
    let lines = [line_of(app, &list, &homes[0]).await, line_of(app, &list, &homes[1]).await];
    act(app, INSPECTOR, &lines[0], "check", seen(app, json!({})).await).await.expect(200);
    let again = json!({ "household_id": homes[0]["id"], "season": season["id"] });
    app.post(INSPECTOR, "/v1/valve-checks", again).await.expect(201);
    // Seen open, and nobody at home when looked at again: what was seen counts.
    let open = seen(app, json!({ "result": "not_closed", "seal_no": null })).await;
    act(app, INSPECTOR, &lines[1], "check", open).await.expect(200);
    act(app, INSPECTOR, &lines[1], "notify-branch", json!({})).await.expect(200);
    act(app, HEAD, &lines[1], "rectify", json!({})).await.expect(200);
    act(app, INSPECTOR, &lines[1], "recheck", json!({ "result": "no_access" })).await.expect(200);
    let path = format!("/v1/reports/heating/valve-check?season={}", season["number"].as_str().unwrap());
    let report = app.get(INSPECTOR, &path).await.expect(200);
    for (key, homes) in [
        ("listed", 3), ("excused", 0), ("checked", 2), ("closed", 1), ("cut", 0), ("not_closed", 1),
        ("not_closed_first", 1), ("no_access", 0), ("rectified", 1), ("rechecked", 1),
    ] {
        assert_eq!(opened(app, &report, key).await, (json!(homes), homes), "{key}");
    }
    app.get(INSPECTOR, "/v1/valve-checks?counts_as=opened").await.refused(400, "invalid_parameter");
}
}

scenario! {
/// The seal is gone after the first look: found open again it is still the theft it was.
async fn a_theft_found_open_again_stays_one_case(app) {
    let (season, homes) = debtors(app, 1).await;
    let list = valve_list(app, &season, json!({})).await;
    let shut = line_of(app, &list, &homes[0]).await;
    act(app, INSPECTOR, &shut, "check", seen(app, json!({})).await).await.expect(200);
    let body = json!({ "household_id": homes[0]["id"], "season": season["id"] });
    let line = app.post(INSPECTOR, "/v1/valve-checks", body).await.expect(201);
    let open = async || seen(app, json!({ "result": "not_closed", "seal_no": null })).await;
    let first = act(app, INSPECTOR, &line, "check", open().await).await.expect(200);
    act(app, INSPECTOR, &line, "notify-branch", json!({})).await.expect(200);
    act(app, HEAD, &line, "rectify", json!({})).await.expect(200);
    let second = act(app, INSPECTOR, &line, "recheck", open().await).await.expect(200);
    assert_eq!((&second["round"], &second["case_id"]), (&json!(2), &first["case_id"]));
    let cases = app.get(INSPECTOR, &format!("/v1/inspection-cases?household_id={}", id(&homes[0]))).await.expect(200);
    let kinds: Vec<&Value> = cases["items"].as_array().unwrap().iter().map(|case| &case["kind"]).collect();
    assert_eq!(kinds, ["theft"]);
}
}

scenario! {
async fn hs_r65_a_closed_home_that_pays_is_opened_by_the_station(app) {
    let (season, homes) = debtors(app, 1).await;
    let home = &homes[0];
    let list = valve_list(app, &season, json!({})).await;
    let line = line_of(app, &list, home).await;
    act(app, INSPECTOR, &line, "check", seen(app, json!({})).await).await.expect(200);
    paid(app, home, "2759.67").await.expect(201);
    assert!(orders(app, home).await.is_empty(), "a fen is owed");
    paid(app, home, "0.01").await.expect(201);
    let order = orders(app, home).await[0].clone();
    assert_eq!((&order["cause"], &order["status"], &order["due_at"]), (&json!("payment"), &json!("ordered"), &json!("2026-03-03T08:00:00+08:00")));
    assert_eq!(line_of(app, &list, home).await["status"], "closed", "it was checked");
    assert!(waits(app, HEAD, "valve_to_reopen").await);
    let path = format!("/v1/reopenings/{}/complete", id(&order));
    app.post(INSPECTOR, &path, json!({})).await.refused(403, "forbidden");
    app.post(HEAD, &path, json!({})).await.expect(200);
    let now = shown(app, home).await;
    assert_eq!((&now["valve"], &now["seal_no"]), (&json!("open"), &Value::Null));
    app.post(HEAD, &path, json!({})).await.refused(409, "invalid_state");
    assert!(!waits(app, HEAD, "valve_to_reopen").await);
}
}

scenario! {
/// Whose payment is taken back is not opened, until he pays again.
async fn hs_r65_a_payment_that_is_taken_back_opens_no_valve(app) {
    let (season, homes) = debtors(app, 1).await;
    let home = &homes[0];
    let list = valve_list(app, &season, json!({})).await;
    let line = line_of(app, &list, home).await;
    act(app, INSPECTOR, &line, "check", seen(app, json!({})).await).await.expect(200);
    let receipt = paid(app, home, "2759.68").await.expect(201);
    let order = orders(app, home).await[0].clone();
    assert_eq!(order["status"], "ordered");
    let back = format!("/v1/heat-receipts/{}/reverse", id(&receipt));
    app.post(MANAGER, &back, json!({ "reason": "支票退票" })).await.expect(200);
    assert_eq!(orders(app, home).await[0]["status"], "cancelled");
    assert!(!waits(app, HEAD, "valve_to_reopen").await);
    app.post(HEAD, &format!("/v1/reopenings/{}/complete", id(&order)), json!({})).await.refused(409, "invalid_state");
    paid(app, home, "2759.68").await.expect(201);
    assert_eq!(orders(app, home).await.len(), 2);
    assert!(waits(app, HEAD, "valve_to_reopen").await);
}
}

scenario! {
async fn hs_r65_a_resumption_that_is_paid_orders_the_valve_open(app) {
    let home = household(app, json!({})).await;
    area(app, &home, json!({})).await;
    let season = priced(app, "2026-2027", "2026-11-01", "2027-03-31").await;
    stopped(app, &home, &season).await;
    app.at("2027-01-08T09:00:00+08:00");
    let list = valve_list(app, &season, json!({})).await;
    let row = applied(app, HOTLINE, &home, &season, "resume").await.expect(201);
    step(app, BRANCH, &row, "approve", json!({ "effective_from": "2027-01-08" })).await.expect(200);
    assert!(orders(app, &home).await.is_empty(), "it is not paid");
    paid(app, &home, "2759.68").await.expect(201);
    let order = orders(app, &home).await[0].clone();
    assert_eq!((&order["cause"], &order["source_id"]), (&json!("resume"), &row["id"]));
    app.post(HEAD, &format!("/v1/reopenings/{}/complete", id(&order)), json!({})).await.refused(409, "invalid_state");
    step(app, HEAD, &row, "open-valve", json!({})).await.expect(200);
    assert_eq!(orders(app, &home).await[0]["status"], "completed");
    let excused = line_of(app, &list, &home).await;
    assert_eq!((&excused["status"], &excused["note"]), (&json!("excused"), &json!("resumed")));
}
}

scenario! {
async fn checks_written_on_paper_are_taken_over_once(app) {
    let (season, homes) = debtors(app, 2).await;
    valve_list(app, &season, json!({})).await;
    let row = |home: &Value, rest: &str| format!("{},2025-2026,{rest}\n", home["number"].as_str().unwrap());
    let file = format!("household_number,season,result,seal_no\n{}{}", row(&homes[0], "closed,QF-77"), row(&homes[1], "no_access,"));
    assert_eq!(imported(app, &file).await, [json!(2), json!(0), json!(0)]);
    assert_eq!(shown(app, &homes[0]).await["seal_no"], "QF-77");
    assert_eq!(imported(app, &file).await, [json!(0), json!(2), json!(0)]);
    let used = format!("household_number,season,result,seal_no\n{}", row(&homes[1], "closed,QF-77"));
    assert_eq!(imported(app, &used).await, [json!(0), json!(0), json!(1)]);
}
}

scenario! {
/// What was seen by a day stays seen on it, whatever a later visit finds.
async fn a_later_visit_leaves_what_was_seen_before(app) {
    let (season, homes) = debtors(app, 1).await;
    let list = valve_list(app, &season, json!({})).await;
    let line = line_of(app, &list, &homes[0]).await;
    let open = seen(app, json!({ "result": "not_closed", "seal_no": null })).await;
    act(app, INSPECTOR, &line, "check", open).await.expect(200);
    act(app, INSPECTOR, &line, "notify-branch", json!({})).await.expect(200);
    app.at("2026-03-03T09:00:00+08:00");
    act(app, HEAD, &line, "rectify", json!({})).await.expect(200);
    let shut = act(app, INSPECTOR, &line, "recheck", seen(app, json!({})).await).await.expect(200);
    assert_eq!((&shut["first_checked_at"], &shut["checked_at"]),
        (&json!("2026-03-02T08:00:00+08:00"), &json!("2026-03-03T09:00:00+08:00")));
    let number = season["number"].as_str().unwrap();
    for (day, not_closed, closed) in [("2026-03-02", 1, 0), ("2026-03-03", 0, 1)] {
        let path = format!("/v1/reports/heating/valve-check?season={number}&as_of={day}");
        let report = app.get(INSPECTOR, &path).await.expect(200);
        let told = ["checked", "not_closed", "closed", "not_closed_first"].map(|column| total(&report, column));
        assert_eq!(told, [json!(1), json!(not_closed), json!(closed), json!(1)], "{day}");
        let opens = report["totals"].as_array().unwrap().iter().any(|cell| cell["drill"].is_string());
        assert_eq!(opens, day == "2026-03-03", "the list of today shows nothing of {day}");
        let path = format!("/v1/reports/heating/annual-summary?year=2026&as_of={day}");
        let year = app.get(MANAGER, &path).await.expect(200);
        let figure = year["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == "valve_checked_households");
        assert_eq!(figure.unwrap()[2]["value"], "1.00", "{day}");
    }
}
}

scenario! {
/// A check made on paper and entered the day after counts on the day it was made.
async fn a_check_entered_later_counts_on_its_own_day(app) {
    let (season, homes) = debtors(app, 1).await;
    let made = json!({ "household_id": homes[0]["id"], "season": season["id"], "checked_at": "2026-03-01T10:00:00+08:00" });
    app.post(INSPECTOR, "/v1/valve-checks", with(seen(app, json!({})).await, &made)).await.expect(201);
    let number = season["number"].as_str().unwrap();
    for (day, checked) in [("2026-02-28", 0), ("2026-03-01", 1), ("2026-03-02", 1)] {
        let path = format!("/v1/reports/heating/valve-check?season={number}&as_of={day}");
        let report = app.get(INSPECTOR, &path).await.expect(200);
        assert_eq!((total(&report, "listed"), total(&report, "checked")), (json!(checked), json!(checked)), "{day}");
    }
}
}

scenario! {
/// A line nobody has checked has no instant to be sorted by: upwards it comes before the others, downwards after them,
/// and once on pages of any size.
async fn lines_are_paged_by_their_check_whether_made_or_not(app) {
    let (season, homes) = debtors(app, 3).await;
    let list = valve_list(app, &season, json!({})).await;
    let checked = line_of(app, &list, &homes[1]).await;
    act(app, INSPECTOR, &checked, "check", seen(app, json!({})).await).await.expect(200);
    let mut all: Vec<String> = lines(app, &list).await.iter().map(id).collect();
    all.sort();
    for (sort, place) in [("checked_at", 2), ("-checked_at", 0), ("checked_at,-number", 2), ("-checked_at,number", 0)] {
        let path = format!("/v1/valve-checks?list_id={}&sort={sort}&limit=1", id(&list));
        let (mut found, mut next) = (Vec::new(), path.clone());
        loop {
            let page = app.get(INSPECTOR, &next).await.expect(200);
            found.extend(page["items"].as_array().unwrap().iter().map(id));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("{path}&cursor={cursor}");
        }
        assert_eq!(found.iter().position(|line| *line == id(&checked)), Some(place), "{sort}");
        found.sort();
        assert_eq!(found, all, "{sort}");
    }
}
}
