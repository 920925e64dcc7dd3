//! Evaluation: schemes, scores, confirmation by others, ranks, rectifications (HS-07).

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::*;
use super::visits::{all_met, network};
use crate::kit::{Answer, TestApp, id, with};
use crate::tickets::desk::document;

pub const INSPECTOR: &str = "heating_inspector";
pub const LEADER: &str = "company_leader";

/// A boiler house of a branch nobody of the fixture works in.
pub async fn inspected(app: &TestApp) -> String {
    let code = name();
    let unit = json!({ "code": code, "name": "第一分公司", "kind": "branch", "parent_id": app.fixture.units["GROUP"] });
    let branch = id(&app.post("system_admin", "/v1/org-units", unit).await.expect(201));
    station(app, json!({ "type": "boiler_house", "branch_id": branch })).await
}

/// The items a scheme usually has, a hundred points.
fn items() -> Value {
    json!([
        { "code": "checklist", "title": "现场检查", "kind": "checklist", "weight": "55.00" },
        { "code": "complaint", "title": "净投诉", "kind": "computed", "weight": "15.00" },
        { "code": "timely", "title": "及时答复", "kind": "computed", "weight": "10.00" },
        { "code": "visits", "title": "走访", "kind": "computed", "weight": "10.00" },
        { "code": "temperature", "title": "室温合格", "kind": "computed", "weight": "10.00" },
    ])
}

/// A scheme of the season of today, of a season of its own.
pub async fn scheme(app: &TestApp) -> Value {
    let row = season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let body = json!({ "season": row["id"], "items": items(), "incentives": [
        { "rank_from": 1, "rank_to": 1, "amount": "2000.00" }, { "rank_from": 2, "rank_to": 3, "amount": "-500.00" }] });
    app.post(MANAGER, "/v1/evaluation-schemes", body).await.expect(201)
}

/// A published one.
pub async fn published(app: &TestApp) -> Value {
    let row = scheme(app).await;
    app.post(MANAGER, &format!("/v1/evaluation-schemes/{}/publish", id(&row)), json!({})).await.expect(200)
}

/// A station's February, inspected by the inspector.
pub async fn begun(app: &TestApp, place: &str, scheme: &Value) -> Value {
    let body = json!({ "station_id": place, "month": "2026-02", "scheme_id": scheme["id"],
        "team": [app.fixture.staff[INSPECTOR]], "inspected_on": "2026-02-25" });
    app.post(MANAGER, "/v1/evaluations", body).await.expect(201)
}

pub async fn act(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/evaluations/{}/{action}", id(row)), body).await
}

/// What the team deducted from the checklist.
pub fn deducted(points: &str) -> Value {
    json!({ "scores": [{ "code": "checklist", "deduction": points, "text": "泵房卫生不达标" }] })
}

/// A failed checklist's rectification.
pub async fn to_put_right(app: &TestApp) -> Value {
    let row = begun(app, &inspected(app).await, &published(app).await).await;
    act(app, INSPECTOR, &row, "score", deducted("27.50")).await.expect(200);
    let list = app.get(MANAGER, &format!("/v1/rectifications?evaluation_id={}", id(&row))).await.expect(200);
    list["items"][0].clone()
}

/// It is put right by the head of the station.
pub async fn put_right(app: &TestApp, who: &str, row: &Value) -> Answer {
    let body = json!({ "photos": [document(app, who).await], "note": "已整改" });
    app.post(who, &format!("/v1/rectifications/{}/done", id(row)), body).await
}

fn score_of<'a>(row: &'a Value, code: &str) -> &'a Value {
    let scores = row["scores"].as_array().unwrap();
    &scores.iter().find(|score| score["code"] == code).unwrap()["score"]
}

scenario! {
async fn a_scheme_comes_to_a_hundred_points(app) {
    let row = season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let body = json!({ "season": row["id"], "items": items() });
    let mut short = items();
    short[0]["weight"] = json!("54.50");
    let refused = app.post(MANAGER, "/v1/evaluation-schemes", with(body.clone(), &json!({ "items": short }))).await;
    let refused = refused.refused(422, "weights_total");
    assert_eq!((&refused["errors"][0]["pointer"], &refused["title"]), (&json!("/items"), &json!("权重之和须为 100.00")));
    let page = app.call(Method::GET, refused["type"].as_str().unwrap()).header("Accept", "application/json").send().await;
    assert_eq!(page.expect(200)["status"], 422);
    let mut strange = items();
    strange[4]["code"] = json!("tea");
    app.post(MANAGER, "/v1/evaluation-schemes", with(body.clone(), &json!({ "items": strange }))).await.refused(422, "required");
    let mut named = items();
    named[4] = json!({ "code": "warm", "title": "室温", "kind": "computed", "weight": "10.00",
        "parameters": { "figure": "temperature", "floor": "85.00" } });
    let row = app.post(MANAGER, "/v1/evaluation-schemes", with(body.clone(), &json!({ "items": named }))).await.expect(201);
    assert_eq!((&row["edition"], &row["status"]), (&json!(1), &json!("draft")));
    let path = format!("/v1/evaluation-schemes/{}/publish", id(&row));
    app.post(MANAGER, &path, json!({})).await.expect(200);
    app.post(MANAGER, &path, json!({})).await.refused(409, "invalid_state");
    app.post(INSPECTOR, "/v1/evaluation-schemes", body.clone()).await.refused(403, "forbidden");
    // Without items those that are usual.
    let usual = app.post(MANAGER, "/v1/evaluation-schemes", json!({ "season": body["season"] })).await.expect(201);
    assert_eq!((&usual["edition"], usual["items"].as_array().unwrap().len()), (&json!(2), 5));
}
}

scenario! {
async fn hs_e13_a_month_is_scored_by_its_records(app) {
    let scheme = published(app).await;
    let (place, homes) = network(app).await;
    let other = inspected(app).await;
    for day in ["2026-02-03", "2026-02-10", "2026-02-11", "2026-02-17", "2026-02-18", "2026-02-24"] {
        assert_eq!(all_met(app, &place, &homes, day).await["credited"], true);
    }
    // The inspector works in the branch of the first station.
    let body = json!({ "station_id": place, "month": "2026-02", "scheme_id": scheme["id"], "team": [app.fixture.staff[INSPECTOR]] });
    let refused = app.post(MANAGER, "/v1/evaluations", body.clone()).await.refused(422, "team_of_branch");
    assert_eq!(refused["errors"][0]["pointer"], "/team/0");
    let body = with(body, &json!({ "team": [app.fixture.staff[LEADER]] }));
    let row = app.post(MANAGER, "/v1/evaluations", body.clone()).await.expect(201);
    app.post(MANAGER, "/v1/evaluations", body).await.refused(409, "evaluation_exists");
    act(app, MANAGER, &row, "confirm", json!({})).await.refused(409, "invalid_state");
    act(app, INSPECTOR, &row, "score", json!({ "scores": [] })).await.refused(422, "items_missing");
    let computed = json!({ "scores": [{ "code": "visits", "deduction": "0" }, { "code": "checklist", "deduction": "5.50" }] });
    act(app, INSPECTOR, &row, "score", computed).await.refused(422, "not_found");
    let scored = act(app, INSPECTOR, &row, "score", deducted("5.50")).await.expect(200);
    assert_eq!((score_of(&scored, "checklist"), score_of(&scored, "visits")), (&json!("49.50"), &Value::Null));
    let confirmed = act(app, MANAGER, &row, "confirm", json!({})).await.expect(200);
    let figures = &confirmed["figures"];
    assert_eq!((&figures["weeks_met"], &figures["weeks_due"], &figures["visits"]), (&json!(4), &json!(4), &json!(6)));
    // What has no data is left out: (49.50 + 10.00) of 65 points.
    assert_eq!((score_of(&confirmed, "visits"), score_of(&confirmed, "timely")), (&json!("10.00"), &Value::Null));
    assert_eq!((&confirmed["total"], &confirmed["rank"], &confirmed["incentive"]), (&json!("91.54"), &json!(1), &Value::Null));
    let second = begun(app, &other, &scheme).await;
    act(app, INSPECTOR, &second, "score", deducted("0.00")).await.expect(200);
    let second = act(app, MANAGER, &second, "confirm", json!({})).await.expect(200);
    // Full marks of the checklist, nothing of the visits: 55.00 of 65.
    assert_eq!((&second["total"], &second["rank"]), (&json!("84.62"), &json!(2)));
    act(app, MANAGER, &second, "publish", json!({})).await.refused(403, "forbidden");
    let told = act(app, LEADER, &second, "publish", json!({})).await.expect(200);
    assert_eq!((&told["status"], &told["incentive"]), (&json!("published"), &json!("-500.00")));
    let first = app.get(MANAGER, "/v1/evaluations?month=2026-02&rank=1").await.expect(200);
    assert_eq!(first["items"][0]["id"], row["id"]);
    let report = app.get(MANAGER, "/v1/reports/heating/evaluation-ranking?month=2026-02").await.expect(200);
    assert_eq!(report["rows"].as_array().unwrap().len(), 2);
    // Of a whole season: the same months, and nothing of another season.
    let heard = "/v1/reports/heating/evaluation-ranking?season=";
    let whole = app.get(MANAGER, &format!("{heard}2025-2026")).await.expect(200);
    assert_eq!((&whole["rows"], &whole["period"]), (&report["rows"], &Value::Null));
    season(app, "2024-2025", "2024-11-01", "2025-03-31").await;
    let before = app.get(MANAGER, &format!("{heard}2024-2025")).await.expect(200);
    assert_eq!(before["rows"], json!([]));
    for wrong in ["2025-2026&month=2026-02", "1999-2000"] {
        app.get(MANAGER, &format!("{heard}{wrong}")).await.refused(400, "invalid_parameter");
    }
}
}

scenario! {
async fn a_published_rank_stands_whoever_is_confirmed_later(app) {
    let scheme = published(app).await;
    let scored = async |points: &str| {
        let row = begun(app, &inspected(app).await, &scheme).await;
        act(app, INSPECTOR, &row, "score", deducted(points)).await.expect(200);
        act(app, MANAGER, &row, "confirm", json!({})).await.expect(200)
    };
    let (low, good) = (scored("10.00").await, scored("5.00").await);
    assert_eq!(good["rank"], 1);
    // Not published yet: the better one takes its place.
    let shown = async |row: &Value| app.get(MANAGER, &format!("/v1/evaluations/{}", id(row))).await.expect(200);
    assert_eq!(shown(&low).await["rank"], 2);
    let told = act(app, LEADER, &good, "publish", json!({})).await.expect(200);
    assert_eq!(told["incentive"], "2000.00");
    let best = scored("0.00").await;
    assert_eq!((&best["rank"], &shown(&low).await["rank"]), (&json!(1), &json!(3)));
    let stands = shown(&good).await;
    assert_eq!((&stands["rank"], &stands["incentive"], &stands["version"]), (&json!(1), &json!("2000.00"), &told["version"]));
}
}

scenario! {
/// Each ranks them all: who confirms at once waits for the others.
async fn stations_confirmed_at_once_are_ranked_together(app) {
    let scheme = published(app).await;
    let mut rows = Vec::new();
    for points in ["10.00", "5.00", "0.00"] {
        let row = begun(app, &inspected(app).await, &scheme).await;
        rows.push(act(app, INSPECTOR, &row, "score", deducted(points)).await.expect(200));
    }
    for confirmed in join_all(rows.iter().map(|row| act(app, MANAGER, row, "confirm", json!({})))).await {
        confirmed.expect(200);
    }
    for (row, rank) in rows.iter().zip([3, 2, 1]) {
        assert_eq!(app.get(MANAGER, &format!("/v1/evaluations/{}", id(row))).await.expect(200)["rank"], rank);
    }
}
}

scenario! {
async fn who_inspected_does_not_confirm(app) {
    let scheme = published(app).await;
    let body = json!({ "station_id": inspected(app).await, "month": "2026-02", "team": [app.fixture.staff[MANAGER]] });
    // The published scheme of the month stands when none is named.
    let row = app.post(MANAGER, "/v1/evaluations", body).await.expect(201);
    assert_eq!(row["scheme_id"], scheme["id"]);
    act(app, MANAGER, &row, "score", deducted("1.00")).await.expect(200);
    let shown = app.get(MANAGER, &format!("/v1/evaluations/{}", id(&row))).await.expect(200);
    let confirm = shown["allowed_actions"].as_array().unwrap().iter().find(|it| it["action"] == "confirm").unwrap();
    assert_eq!(confirm["reasons"][0]["code"], "separation_of_duties");
    act(app, MANAGER, &row, "confirm", json!({})).await.refused(409, "separation_of_duties");
    let desk = station(app, json!({})).await;
    let body = json!({ "station_id": desk, "month": "2026-02", "team": [app.fixture.staff[LEADER]] });
    app.post(MANAGER, "/v1/evaluations", body).await.refused(409, "not_target");
    let draft = self::scheme(app).await;
    let body = json!({ "station_id": inspected(app).await, "month": "2026-02", "scheme_id": draft["id"], "team": [app.fixture.staff[LEADER]] });
    app.post(MANAGER, "/v1/evaluations", body).await.refused(422, "not_published");
}
}

scenario! {
async fn a_failed_item_is_put_right_and_verified_by_another(app) {
    let row = to_put_right(app).await;
    assert_eq!((&row["item"], &row["status"], &row["due_on"]), (&json!("checklist"), &json!("open"), &json!("2026-03-17")));
    let ticket = app.get(HOTLINE, &format!("/v1/tickets/{}", row["ticket_id"].as_str().unwrap())).await.expect(200);
    let said = [&ticket["kind"], &ticket["category_code"], &ticket["place_kind"], &ticket["channel_code"]];
    assert_eq!(said, ["suggestion", "heating.other", "station_area", "system"]);
    assert_eq!(ticket["requester_org_unit_id"], json!(app.fixture.units["STATION"]));
    app.token(HEAD).await;
    let post = json!({ "role": "heating_inspector", "from": "2010-01-01" });
    app.post("hr_officer", &format!("/v1/staff/{}/posts", app.fixture.staff[HEAD]), post).await.expect(200);
    let path = format!("/v1/rectifications/{}/verify", id(&row));
    app.post(INSPECTOR, &path, json!({})).await.refused(409, "invalid_state");
    let bare = json!({ "photos": [] });
    app.post(HEAD, &format!("/v1/rectifications/{}/done", id(&row)), bare).await.refused(422, "too_few_items");
    let waits = async |who: &str, kind: &str| {
        let list = app.get(who, &format!("/v1/work-items?kind={kind}")).await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    assert_eq!((waits(HEAD, "rectification").await, waits(INSPECTOR, "rectification_to_verify").await), (1, 0));
    let done = put_right(app, HEAD, &row).await.expect(200);
    assert_eq!((waits(HEAD, "rectification").await, waits(INSPECTOR, "rectification_to_verify").await), (0, 1));
    assert_eq!(done["status"], "done");
    app.post("heating_station_head/heating_inspector", &path, json!({})).await.refused(409, "separation_of_duties");
    app.post(INSPECTOR, &path, json!({ "accepted": false })).await.refused(422, "reason_required");
    let back = app.post(INSPECTOR, &path, json!({ "accepted": false, "reason": "仍有积水" })).await.expect(200);
    assert_eq!((&back["status"], &back["refusal"]), (&json!("open"), &json!("仍有积水")));
    put_right(app, HEAD, &row).await.expect(200);
    let verified = app.post(INSPECTOR, &path, json!({})).await.expect(200);
    assert_eq!(verified["status"], "verified");
}
}

scenario! {
async fn an_old_scheme_is_measured_by_the_season_of_the_month(app) {
    let old = season(app, "2024-2025", "2024-11-01", "2025-03-31").await;
    let body = json!({ "season": old["id"], "items": items() });
    let row = app.post(MANAGER, "/v1/evaluation-schemes", body).await.expect(201);
    app.post(MANAGER, &format!("/v1/evaluation-schemes/{}/publish", id(&row)), json!({})).await.expect(200);
    let now = season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let place = inspected(app).await;
    let areas = json!({ "network_areas": [{ "season": now["id"], "network_area_m2": "10000.00" }] });
    patch(app, MANAGER, &format!("/v1/heating-stations/{place}"), areas).await.expect(200);
    let body = json!({ "station_id": place, "month": "2026-02", "team": [app.fixture.staff[INSPECTOR]],
        "inspected_on": "2026-02-25" });
    let row = app.post(MANAGER, "/v1/evaluations", body).await.expect(201);
    act(app, INSPECTOR, &row, "score", deducted("5.50")).await.expect(200);
    let confirmed = act(app, MANAGER, &row, "confirm", json!({})).await.expect(200);
    // Of the old season the station has no network area.
    assert_eq!(confirmed["figures"]["net_complaints"], "0.00");
}
}

scenario! {
/// HS-R36: later changes show beside, not inside.
async fn what_comes_to_light_after_the_confirmation_shows_beside_it(app) {
    let scheme = published(app).await;
    let (place, homes) = network(app).await;
    for day in ["2026-02-03", "2026-02-10", "2026-02-11", "2026-02-17", "2026-02-24"] {
        all_met(app, &place, &homes, day).await;
    }
    let body = json!({ "station_id": place, "month": "2026-02", "scheme_id": scheme["id"], "team": [app.fixture.staff[LEADER]] });
    let row = app.post(MANAGER, "/v1/evaluations", body).await.expect(201);
    act(app, INSPECTOR, &row, "score", deducted("5.50")).await.expect(200);
    let path = format!("/v1/evaluations/{}", id(&row));
    let beside = async || app.get(MANAGER, &format!("{path}/figures")).await.expect(200);
    let before = beside().await;
    assert_eq!((&before["figures"], &before["figures_now"]["visits"], &before["changed"]), (&Value::Null, &json!(5), &json!(false)));
    let confirmed = act(app, MANAGER, &row, "confirm", json!({})).await.expect(200);
    let same = beside().await;
    assert_eq!((&same["figures"], &same["figures_now"]), (&confirmed["figures"], &confirmed["figures"]));
    assert_eq!((&same["total"], &same["total_now"], &same["changed"]), (&confirmed["total"], &confirmed["total"], &json!(false)));
    all_met(app, &place, &homes, "2026-02-18").await;
    let later = beside().await;
    assert_eq!((&later["figures"]["visits"], &later["figures_now"]["visits"]), (&json!(5), &json!(6)));
    // (49.50 + 10.00) of 65 points; by five visits it was (49.50 + 9.17).
    assert_eq!((&later["total"], &later["total_now"], &later["changed"]), (&json!("90.26"), &json!("91.54"), &json!(true)));
    let shown = app.get(MANAGER, &path).await.expect(200);
    assert_eq!((&shown["figures"], &shown["total"], &shown["version"]), (&confirmed["figures"], &confirmed["total"], &confirmed["version"]));
    app.get("customer", &format!("{path}/figures")).await.refused(403, "forbidden");
}
}
