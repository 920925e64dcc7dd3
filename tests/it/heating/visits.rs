//! Visits to the far ends: what is credited and what is not, problems with their tickets, monthly summaries (HS-06).

use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id, with};

pub const OFFICER: &str = "visit_officer";

/// A boiler house with five homes at its far ends, visited by the officer since November 2010; the station's id and
/// its homes.
pub async fn network(app: &TestApp) -> (String, Vec<Value>) {
    let place = station(app, json!({ "type": "boiler_house" })).await;
    let body = json!({ "station_id": place, "officer_id": app.fixture.staff[OFFICER], "from": "2010-11-01" });
    app.post(MANAGER, "/v1/visit-assignments", body).await.expect(201);
    let mut homes = Vec::new();
    for n in 1..=5 {
        let home = json!({ "station_id": place, "room_no": format!("1-1-10{n}"), "far_end": true,
            "customer_id": app.fixture.customer });
        homes.push(household(app, home).await);
    }
    (place, homes)
}

/// A line of somebody met, who signed.
pub fn line(home: &Value, fields: Value) -> Value {
    with(json!({ "household_id": home["id"], "result": "met", "evidence": "signature" }), &fields)
}

/// A visit of the officer to these homes.
pub async fn visit(app: &TestApp, place: &str, at: &str, lines: Vec<Value>) -> Answer {
    let body = json!({ "station_id": place, "visited_at": at, "lines": lines });
    app.post(OFFICER, "/v1/visits", body).await
}

/// Every home met at ten on a day; the visit.
pub async fn all_met(app: &TestApp, place: &str, homes: &[Value], day: &str) -> Value {
    let lines = homes.iter().map(|home| line(home, json!({}))).collect();
    visit(app, place, &format!("{day}T10:00:00+08:00"), lines).await.expect(201)
}

/// A visit of today that found a leak; the problem.
pub async fn leak_found(app: &TestApp) -> Value {
    let (place, homes) = network(app).await;
    let told = json!({ "kind": "leak", "text": "立管阀门渗水" });
    let lines = vec![line(&homes[0], json!({ "problem": told }))];
    let row = visit(app, &place, "2026-03-02T07:00:00+08:00", lines).await.expect(201);
    let list = app.get(MANAGER, &format!("/v1/visit-problems?visit_id={}", id(&row))).await.expect(200);
    list["items"][0].clone()
}

scenario! {
async fn hs_e04_five_weeks_met_and_five_visits_are_not_six(app) {
    season_2011(app).await;
    let (place, homes) = network(app).await;
    for day in ["2011-12-01", "2011-12-06", "2011-12-14", "2011-12-20", "2011-12-28"] {
        let row = all_met(app, &place, &homes, day).await;
        assert_eq!((&row["credited"], &row["reasons"], &row["visited_on"]), (&json!(true), &json!([]), &json!(day)));
    }
    let four = homes[..4].iter().map(|home| line(home, json!({}))).collect();
    let short = visit(app, &place, "2011-12-22T10:00:00+08:00", four).await.expect(201);
    assert_eq!((&short["credited"], &short["reasons"], &short["met"]), (&json!(false), &json!(["below_5"]), &json!(4)));
    let report = app.get(OFFICER, "/v1/reports/heating/visit-compliance?month=2011-12").await.expect(200);
    let columns = report["columns"].as_array().unwrap();
    let place_of = |key: &str| columns.iter().position(|column| column["key"] == key).unwrap();
    let row = &report["rows"][0];
    for (key, wanted) in
        [("weeks_due", json!(5)), ("weeks_met", json!(5)), ("credited", json!(5)), ("needed", json!(6)), ("ok", json!(0))]
    {
        assert_eq!(row[place_of(key)]["value"], wanted, "{key}");
    }
    let drill = row[place_of("credited")]["drill"].as_str().unwrap();
    assert_eq!(app.get(OFFICER, drill).await.expect(200)["items"].as_array().unwrap().len(), 5);
    let below = app.get(MANAGER, "/v1/visits?month=2011-12&credited=false&reason=below_5").await.expect(200);
    assert_eq!(below["items"][0]["id"], short["id"]);
    app.get(MANAGER, "/v1/visits?reason=too_cold").await.refused(400, "invalid_parameter");
}
}

scenario! {
async fn a_visit_is_not_credited_for_many_reasons(app) {
    season_2011(app).await;
    let (place, homes) = network(app).await;
    let (other, theirs) = network(app).await;
    let near = household(app, json!({ "station_id": place, "room_no": "2-1-201" })).await;
    let lines = vec![
        line(&near, json!({})),
        line(&theirs[0], json!({})),
        line(&homes[0], json!({ "result": "absent", "evidence": "none" })),
        line(&homes[1], json!({ "result": "refused" })),
        line(&homes[2], json!({ "evidence": "none", "t_c": "18.5", "opinion": "温度可以" })),
        line(&homes[3], json!({ "evidence": "photo" })),
    ];
    let row = visit(app, &place, "2011-12-05T10:00:00+08:00", lines).await.expect(201);
    let reasons: Vec<&Value> = row["lines"].as_array().unwrap().iter().map(|line| &line["reasons"]).collect();
    let wanted = json!([["not_far_end"], ["other_station"], ["absent"], ["refused"], ["no_evidence"], []]);
    assert_eq!(json!(reasons), wanted);
    assert_eq!((&row["counted"], &row["met"], &row["reasons"]), (&json!(1), &json!(4), &json!(["below_5"])));
    // One credited a station a day.
    all_met(app, &place, &homes, "2011-12-07").await;
    let second = all_met(app, &place, &homes, "2011-12-07").await;
    assert_eq!(second["reasons"], json!(["second_same_day"]));
    assert_eq!(all_met(app, &other, &theirs, "2011-12-07").await["credited"], true);
    let summer = all_met(app, &place, &homes, "2012-07-04").await;
    assert_eq!(summer["reasons"], json!(["outside_season"]));
    // The head of the station is not its officer.
    let lines: Vec<Value> = homes.iter().map(|home| line(home, json!({}))).collect();
    let body = json!({ "station_id": place, "visited_at": "2011-12-08T10:00:00+08:00", "lines": lines });
    let own = app.post(HEAD, "/v1/visits", body.clone()).await.expect(201);
    assert_eq!(own["reasons"], json!(["not_assigned"]));
    let for_him = with(body, &json!({ "officer_id": app.fixture.staff[OFFICER] }));
    assert_eq!(app.post(HEAD, "/v1/visits", for_him).await.expect(201)["credited"], true);
    // A service station is no target.
    let desk = station(app, json!({})).await;
    let home = household(app, json!({ "station_id": desk, "room_no": "9-1-901", "far_end": true })).await;
    let body = json!({ "station_id": desk, "visited_at": "2011-12-09T10:00:00+08:00", "lines": [line(&home, json!({}))] });
    let row = app.post(HEAD, "/v1/visits", body).await.expect(201);
    assert_eq!(row["reasons"], json!(["below_5", "not_assigned", "not_target"]));
}
}

scenario! {
async fn a_visit_refuses_what_cannot_be(app) {
    let (place, homes) = network(app).await;
    let twice = vec![line(&homes[0], json!({})), line(&homes[0], json!({ "result": "absent" }))];
    let refused = visit(app, &place, "2026-03-02T07:00:00+08:00", twice).await.refused(422, "duplicate_household");
    assert_eq!(refused["errors"][0]["pointer"], "/lines/1/household_id");
    let one = vec![line(&homes[0], json!({}))];
    visit(app, &place, "2026-03-03T07:00:00+08:00", one.clone()).await.refused(422, "date_in_future");
    let nobody = vec![json!({ "household_id": uuid::Uuid::now_v7(), "result": "met" })];
    visit(app, &place, "2026-03-02T07:00:00+08:00", nobody).await.refused(422, "not_found");
    // He speaks for himself, and only of his stations.
    let body = json!({ "station_id": place, "officer_id": app.fixture.staff[HEAD], "lines": one });
    app.post(OFFICER, "/v1/visits", body).await.refused(422, "not_found");
    let strange = station(app, json!({ "type": "boiler_house" })).await;
    visit(app, &strange, "2026-03-02T07:00:00+08:00", one.clone()).await.refused(422, "not_found");
    app.post(MANAGER, "/v1/visits", json!({ "station_id": place, "lines": one })).await.refused(403, "forbidden");
    let row = all_met(app, &place, &homes, "2026-03-01").await;
    app.get("customer", &format!("/v1/visits/{}", id(&row))).await.refused(403, "forbidden");
}
}

scenario! {
async fn real_work_of_the_day_stands_for_evidence(app) {
    let (place, homes) = network(app).await;
    let thermometer = thermometer(app, "2026-12-31").await;
    let case = app.post(OFFICER, "/v1/temperature-cases", json!({ "household_id": homes[0]["id"], "origin": "visit" }));
    let case = case.await.expect(201);
    let taken = json!({ "readings": [reading(&thermometer, json!({}))] });
    app.post(OFFICER, &format!("/v1/temperature-cases/{}/measure", id(&case)), taken).await.expect(200);
    let found = app.get(OFFICER, "/v1/visits/work-candidates?date=2026-03-02").await.expect(200);
    let candidate = &found["items"][0];
    assert_eq!((&candidate["household_id"], &candidate["work"]["resource"]), (&homes[0]["id"], &json!("temperature_case")));
    assert_eq!(app.get(OFFICER, "/v1/visits/work-candidates?date=2026-03-01").await.expect(200)["items"], json!([]));
    let named = json!({ "evidence": "none", "work": candidate["work"] });
    let agrees = vec![line(&homes[0], named.clone()), line(&homes[1], named.clone())];
    let row = visit(app, &place, "2026-03-02T08:00:00+08:00", agrees).await.expect(201);
    assert_eq!((&row["lines"][0]["counted"], &row["lines"][0]["work"]), (&json!(true), &candidate["work"]));
    assert_eq!(row["lines"][1]["reasons"], json!(["work_other_household"]));
    let early = visit(app, &place, "2026-03-01T08:00:00+08:00", vec![line(&homes[0], named.clone())]).await.expect(201);
    assert_eq!(early["lines"][0]["reasons"], json!(["work_other_day"]));
    let body = json!({ "station_id": place, "lines": [line(&homes[0], named)] });
    let other = app.post(HEAD, "/v1/visits", body).await.expect(201);
    assert_eq!(other["lines"][0]["reasons"], json!(["work_by_other"]));
    let none = json!({ "work": { "resource": "temperature_case", "id": uuid::Uuid::now_v7() } });
    let refused = visit(app, &place, "2026-03-02T08:00:00+08:00", vec![line(&homes[0], none)]).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/lines/0/work/id");
    let strange = json!({ "work": { "resource": "tea", "id": uuid::Uuid::now_v7() } });
    visit(app, &place, "2026-03-02T08:00:00+08:00", vec![line(&homes[0], strange)]).await.refused(422, "invalid_enum");
}
}

scenario! {
async fn a_problem_has_its_ticket_until_it_is_solved(app) {
    let problem = leak_found(app).await;
    let ticket = app.get(HOTLINE, &format!("/v1/tickets/{}", problem["ticket_id"].as_str().unwrap())).await.expect(200);
    let said = [&ticket["channel_code"], &ticket["kind"], &ticket["category_code"], &ticket["place_kind"]];
    assert_eq!(said, ["system", "repair", "heating.leak", "station_area"]);
    assert_eq!(ticket["customer_id"], json!(app.fixture.customer));
    assert_eq!(ticket["external_ids"][0]["id"], problem["id"]);
    let fee = json!({ "visit_id": problem["visit_id"], "household_id": problem["household_id"], "kind": "fee" });
    let fee = app.post(OFFICER, "/v1/visit-problems", fee).await.expect(201);
    let path = format!("/v1/tickets/{}", fee["ticket_id"].as_str().unwrap());
    let ticket = app.get(HOTLINE, &path).await.expect(200);
    assert_eq!((&ticket["kind"], &ticket["category_code"]), (&json!("consultation"), &json!("heating.fee")));
    let nobody = json!({ "visit_id": problem["visit_id"], "household_id": uuid::Uuid::now_v7(), "kind": "fee" });
    app.post(OFFICER, "/v1/visit-problems", nobody).await.refused(422, "not_found");
    let solve = format!("/v1/visit-problems/{}/solve", id(&problem));
    let before = json!({ "solution": "更换阀门", "solved_at": "2026-02-28T08:00:00+08:00" });
    app.post(HEAD, &solve, before).await.refused(422, "date_order");
    let solved = app.post(HEAD, &solve, json!({ "solution": "更换阀门", "cause": "阀门老化" })).await.expect(200);
    assert_eq!((&solved["status"], &solved["cause"]), (&json!("solved"), &json!("阀门老化")));
    app.post(HEAD, &solve, json!({ "solution": "更换阀门" })).await.refused(409, "invalid_state");
    let open = app.get(MANAGER, "/v1/visit-problems?solved=false&month=2026-03").await.expect(200);
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
async fn a_month_is_summed_up_once_every_problem_has_a_cause(app) {
    let problem = leak_found(app).await;
    let body = json!({ "station_id": problem["station_id"], "month": "2026-03" });
    let row = app.post(OFFICER, "/v1/visit-summaries", body.clone()).await.expect(201);
    assert_eq!((&row["problems"][0]["kind"], &row["problems"][0]["count"]), (&json!("leak"), &json!(1)));
    app.post(OFFICER, "/v1/visit-summaries", body.clone()).await.refused(409, "summary_exists");
    let next = with(body, &json!({ "month": "2026-04" }));
    app.post(OFFICER, "/v1/visit-summaries", next).await.refused(422, "date_in_future");
    let path = |action: &str| format!("/v1/visit-summaries/{}/{action}", id(&row));
    let refused = app.post(OFFICER, &path("submit"), json!({})).await.refused(409, "cause_missing");
    assert_eq!(refused["context"]["numbers"], json!([problem["number"]]));
    app.post(MANAGER, &path("accept"), json!({})).await.refused(409, "invalid_state");
    let why = json!({ "causes": [{ "visit_problem_id": problem["id"], "cause": "阀门老化" }], "measures": "检修同批阀门" });
    app.post(HEAD, &path("submit"), why.clone()).await.refused(403, "forbidden");
    let submitted = app.post(OFFICER, &path("submit"), why).await.expect(200);
    assert_eq!((&submitted["status"], &submitted["problems"][0]["causes"][0]["cause"]), (&json!("submitted"), &json!("阀门老化")));
    assert_eq!(waiting(app, MANAGER, "visit_summary_to_accept").await[0]["subject"]["id"], row["id"]);
    let accepted = app.post(MANAGER, &path("accept"), json!({})).await.expect(200);
    assert_eq!(waiting(app, MANAGER, "visit_summary_to_accept").await, [] as [Value; 0]);
    assert_eq!((&accepted["status"], &accepted["measures"]), (&json!("accepted"), &json!("检修同批阀门")));
    let report = app.get(MANAGER, "/v1/reports/heating/visit-problems?month=2026-03").await.expect(200);
    assert_eq!(report["rows"].as_array().unwrap().len(), 1);
}
}

scenario! {
async fn a_month_of_visits_is_planned(app) {
    let (place, _) = network(app).await;
    let body = json!({ "station_id": place, "month": "2026-03", "dates": ["2026-03-12", "2026-03-05"] });
    let row = app.post(MANAGER, "/v1/visit-plans", body.clone()).await.expect(201);
    assert_eq!(row["dates"], json!(["2026-03-05", "2026-03-12"]));
    let outside = with(body.clone(), &json!({ "dates": ["2026-04-01"] }));
    app.post(MANAGER, "/v1/visit-plans", outside).await.refused(422, "outside_month");
    let again = app.post(MANAGER, "/v1/visit-plans", with(body, &json!({ "dates": ["2026-03-19"] }))).await.expect(201);
    assert_eq!((&again["id"], &again["dates"]), (&row["id"], &json!(["2026-03-19"])));
    let officer = app.fixture.staff[OFFICER];
    let list = app.get(OFFICER, &format!("/v1/visit-plans?officer_id={officer}&month=2026-03")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let list = app.get(OFFICER, &format!("/v1/visit-assignments?officer_id={officer}&month=2026-03")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    app.post(OFFICER, "/v1/visit-plans", json!({})).await.refused(403, "forbidden");
}
}

async fn waiting(app: &TestApp, who: &str, kind: &str) -> Vec<Value> {
    let list = app.get(who, &format!("/v1/work-items?kind={kind}")).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

scenario! {
async fn what_is_missing_waits_for_the_officer(app) {
    season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let (place, homes) = network(app).await;
    let due = |items: &[Value]| items.iter().map(|item| item["due_at"].clone()).collect::<Vec<_>>();
    assert_eq!(due(&waiting(app, OFFICER, "visit_week").await), ["2026-03-06T12:00:00+08:00"]);
    assert_eq!(due(&waiting(app, OFFICER, "visit_month").await), ["2026-03-20T12:00:00+08:00"]);
    assert_eq!(due(&waiting(app, OFFICER, "visit_summary").await), ["2026-03-03T23:59:59+08:00"]);
    assert_eq!(waiting(app, HEAD, "visit_week").await, [] as [Value; 0]);
    let lines = homes.iter().map(|home| line(home, json!({}))).collect();
    visit(app, &place, "2026-03-02T07:30:00+08:00", lines).await.expect(201);
    assert_eq!(waiting(app, OFFICER, "visit_week").await, [] as [Value; 0]);
    assert_eq!(waiting(app, OFFICER, "visit_month").await.len(), 1);
    let row = app.post(OFFICER, "/v1/visit-summaries", json!({ "station_id": place, "month": "2026-02" })).await.expect(201);
    assert_eq!(waiting(app, OFFICER, "visit_summary").await.len(), 1);
    app.post(OFFICER, &format!("/v1/visit-summaries/{}/submit", id(&row)), json!({})).await.expect(200);
    assert_eq!(waiting(app, OFFICER, "visit_summary").await, [] as [Value; 0]);
    app.at("2026-03-09T08:00:00+08:00");
    assert_eq!(due(&waiting(app, OFFICER, "visit_week").await), ["2026-03-13T12:00:00+08:00"]);
    for day in ["2026-03-03", "2026-03-04", "2026-03-05"] {
        all_met(app, &place, &homes, day).await;
    }
    assert_eq!(waiting(app, OFFICER, "visit_month").await, [] as [Value; 0]);
    // A month nobody summed up waits on when the next is over as well.
    app.at("2026-05-04T08:00:00+08:00");
    let left = waiting(app, OFFICER, "visit_summary").await;
    assert_eq!(due(&left), ["2026-04-03T23:59:59+08:00"]);
    assert_eq!((&left[0]["subject"]["id"], &left[0]["overdue"]), (&json!(place), &json!(true)));
}
}
