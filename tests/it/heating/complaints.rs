//! Complaints: counted with their ticket, classed by two people, reconciled with the official lines (HS-03).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp, id, with};
use crate::tickets::desk::document;

/// A complaint about heat of a home whose unit is the fixture's.
pub async fn complained(app: &TestApp, fields: Value) -> Value {
    let body =
        json!({ "kind": "complaint", "category_code": "heating.room_temperature", "description": "家中不热,投诉多次" });
    crate::tickets::desk::register(app, with(body, &fields)).await
}

/// The complaint of a ticket.
pub async fn complaint_of(app: &TestApp, ticket: &Value) -> Value {
    let list = app.get(MANAGER, &format!("/v1/heat-complaints?ticket_id={}", id(ticket))).await.expect(200);
    list["items"][0].clone()
}

async fn home(app: &TestApp) -> Value {
    household(
        app,
        json!({ "room_no": null, "building": null, "address": null, "unit_id": app.fixture.unit,
        "customer_id": app.fixture.customer }),
    )
    .await
}

async fn act(app: &TestApp, who: &str, row: &Value, action: &str, body: Value) -> Answer {
    app.post(who, &format!("/v1/heat-complaints/{}/{action}", id(row)), body).await
}

async fn desk(app: &TestApp, who: &str, ticket: &Value, action: &str, body: Value) -> Value {
    app.post(who, &format!("/v1/tickets/{}/{action}", id(ticket)), body).await.expect(200)
}

/// Proposes a class with a paper of the hotline's.
async fn proposed(app: &TestApp, row: &Value, fields: Value) -> Answer {
    let proof = document(app, HOTLINE).await;
    act(app, HOTLINE, row, "propose", with(json!({ "proof_document_id": proof }), &fields)).await
}

scenario! {
async fn a_complaint_counts_with_its_ticket_until_two_people_say_otherwise(app) {
    let home = home(app).await;
    let first = complained(app, json!({})).await;
    let row = complaint_of(app, &first).await;
    assert_eq!((&row["class"], &row["state"], &row["counts"]), (&json!("counted"), &json!("counted"), &json!(true)), "{row}");
    assert_eq!((&row["household_id"], &row["station_id"]), (&home["id"], &home["station_id"]));
    assert_eq!(row["received_at"], first["received_at"]);
    // A repair about heat is none, nor is a complaint about something else.
    for other in [json!({ "kind": "repair" }), json!({ "category_code": "house_quality.door_window" })] {
        let ticket = complained(app, other).await;
        assert_eq!(complaint_of(app, &ticket).await, Value::Null);
    }
    let bare = act(app, HOTLINE, &row, "propose", json!({ "class": "unfounded" })).await;
    assert_eq!(bare.refused(422, "required")["errors"][0]["pointer"], "/proof_document_id");
    assert_eq!(proposed(app, &row, json!({ "class": "counted" })).await.refused(422, "invalid_enum")["errors"][0]["pointer"], "/class");
    act(app, MANAGER, &row, "decide", json!({})).await.refused(409, "invalid_state");
    let open = proposed(app, &row, json!({ "class": "unfounded" })).await.expect(200);
    // Only proposed, it counts as before.
    assert_eq!((&open["class"], &open["state"], &open["counts"]), (&json!("unfounded"), &json!("proposed"), &json!(true)));
    act(app, HOTLINE, &row, "decide", json!({})).await.refused(403, "forbidden");
    act(app, MANAGER, &row, "decide", json!({ "accepted": false })).await.refused(422, "reason_required");
    let no = act(app, MANAGER, &row, "decide", json!({ "accepted": false, "reason": "证据不足" })).await.expect(200);
    assert_eq!((&no["class"], &no["state"], &no["reason"]), (&json!("counted"), &json!("counted"), &json!("证据不足")));
    proposed(app, &row, json!({ "class": "transferred" })).await.expect(200);
    let gone = act(app, MANAGER, &row, "decide", json!({})).await.expect(200);
    assert_eq!((&gone["class"], &gone["state"], &gone["counts"]), (&json!("transferred"), &json!("decided"), &json!(false)));
    // The first decided class stands.
    proposed(app, &row, json!({ "class": "unfounded" })).await.refused(409, "invalid_state");
    let net = app.get(HOTLINE, &format!("/v1/heat-complaints?counts=true&station_id={}", id2(&home, "station_id"))).await.expect(200);
    assert_eq!(net["items"].as_array().unwrap().len(), 0);
}
}

fn id2(row: &Value, field: &str) -> String {
    row[field].as_str().unwrap().to_owned()
}

scenario! {
async fn a_duplicate_points_at_an_earlier_complaint_of_the_same_home(app) {
    home(app).await;
    let first = complaint_of(app, &complained(app, json!({})).await).await;
    app.later(chrono::TimeDelta::hours(1));
    let second = complaint_of(app, &complained(app, json!({})).await).await;
    app.later(chrono::TimeDelta::hours(1));
    let third = complaint_of(app, &complained(app, json!({})).await).await;
    let repeats = |original: &Value| json!({ "class": "duplicate", "duplicate_of": original["id"] });
    proposed(app, &second, json!({ "class": "duplicate" })).await.refused(422, "required");
    // A later one, itself, a duplicate, one nobody knows.
    let later = proposed(app, &first, repeats(&second)).await.refused(422, "duplicate_target");
    assert_eq!(later["errors"][0]["pointer"], "/duplicate_of");
    proposed(app, &first, repeats(&first)).await.refused(422, "duplicate_target");
    proposed(app, &second, repeats(&first)).await.expect(200);
    act(app, MANAGER, &second, "decide", json!({})).await.expect(200);
    proposed(app, &third, repeats(&second)).await.refused(422, "duplicate_target");
    proposed(app, &third, repeats(&first)).await.expect(200);
    act(app, MANAGER, &third, "decide", json!({})).await.expect(200);
    // Eight days later it is another matter.
    app.at("2026-03-10T00:00:00+08:00");
    let late = complaint_of(app, &complained(app, json!({})).await).await;
    proposed(app, &late, repeats(&first)).await.refused(422, "duplicate_target");
    // The original is taken back: the oldest duplicate counts again, the other repeats it.
    proposed(app, &first, json!({ "class": "withdrawn" })).await.expect(200);
    act(app, MANAGER, &first, "decide", json!({})).await.expect(200);
    let shown = async |row: &Value| app.get(MANAGER, &format!("/v1/heat-complaints/{}", id(row))).await.expect(200);
    let second = shown(&second).await;
    assert_eq!((&second["class"], &second["counts"], &second["duplicate_of"]), (&json!("counted"), &json!(true), &Value::Null));
    let third = shown(&third).await;
    assert_eq!((&third["class"], &third["duplicate_of"]), (&json!("duplicate"), &second["id"]));
}
}

scenario! {
async fn what_becomes_of_the_ticket_proposes_the_class(app) {
    home(app).await;
    let first = complained(app, json!({})).await;
    app.later(chrono::TimeDelta::minutes(10));
    let second = complained(app, json!({})).await;
    // Merged: a duplicate, until it is taken apart again.
    desk(app, "cs_supervisor", &second, "merge", json!({ "target_ticket_id": first["id"], "reason": "同一事项" })).await;
    let row = complaint_of(app, &second).await;
    assert_eq!((&row["class"], &row["state"]), (&json!("duplicate"), &json!("proposed")), "{row}");
    assert_eq!(row["duplicate_of"], complaint_of(app, &first).await["id"]);
    assert!(row["proof"].as_str().unwrap().contains(second["number"].as_str().unwrap()));
    desk(app, "cs_supervisor", &second, "unmerge", json!({ "reason": "不是同一事项" })).await;
    let row = complaint_of(app, &second).await;
    assert_eq!((&row["class"], &row["state"], &row["duplicate_of"]), (&json!("counted"), &json!("counted"), &Value::Null));
    // Classified away: transferred, until it comes back.
    desk(app, "team_leader", &second, "classify", json!({ "category_code": "house_quality.door_window" })).await;
    assert_eq!(complaint_of(app, &second).await["class"], "transferred");
    desk(app, "team_leader", &second, "classify", json!({ "category_code": "heating.other" })).await;
    assert_eq!(complaint_of(app, &second).await["state"], "counted");
    // Classified into it: counted from then on.
    let repair = complained(app, json!({ "kind": "repair" })).await;
    desk(app, "team_leader", &repair, "classify", json!({ "kind": "complaint" })).await;
    assert_eq!(complaint_of(app, &repair).await["state"], "counted");
    // Taken back by the customer: a second person decides.
    desk(app, "customer", &first, "withdraw", json!({ "reason": "已自行解决" })).await;
    let row = complaint_of(app, &first).await;
    assert_eq!((&row["class"], &row["state"], &row["counts"]), (&json!("withdrawn"), &json!("proposed"), &json!(true)));
    act(app, MANAGER, &row, "decide", json!({})).await.expect(200);
    assert_eq!(complaint_of(app, &first).await["counts"], false);
}
}

scenario! {
/// A fact of the desk takes back what one proposed: a person's proposal waits for its decision, and what is no complaint
/// any more stays transferred.
async fn a_fact_takes_back_what_a_fact_proposed(app) {
    home(app).await;
    let first = complained(app, json!({})).await;
    app.later(chrono::TimeDelta::minutes(10));
    let second = complained(app, json!({})).await;
    proposed(app, &complaint_of(app, &first).await, json!({ "class": "transferred" })).await.expect(200);
    desk(app, "team_leader", &first, "classify", json!({ "severity": "serious" })).await;
    let row = complaint_of(app, &first).await;
    assert_eq!((&row["class"], &row["state"]), (&json!("transferred"), &json!("proposed")), "{row}");
    desk(app, "team_leader", &second, "classify", json!({ "kind": "repair" })).await;
    desk(app, "cs_supervisor", &second, "merge", json!({ "target_ticket_id": first["id"], "reason": "同一事项" })).await;
    assert_eq!(complaint_of(app, &second).await["class"], "transferred");
    desk(app, "cs_supervisor", &second, "unmerge", json!({ "reason": "不是同一事项" })).await;
    let row = complaint_of(app, &second).await;
    assert_eq!((&row["class"], &row["state"]), (&json!("transferred"), &json!("proposed")), "{row}");
}
}

scenario! {
async fn a_proposer_does_not_decide_his_own_proposal(app) {
    home(app).await;
    let row = complaint_of(app, &complained(app, json!({})).await).await;
    let person = format!("/v1/staff/{}", app.fixture.staff[HOTLINE]);
    let version = app.get("hr_officer", &person).await.expect(200)["version"].as_i64().unwrap();
    let second = json!({ "role": "heating_service_manager", "from": "2010-01-01" });
    let call = app.by("hr_officer", Method::POST, &format!("{person}/posts")).key("second-post");
    assert!(call.if_match(version).json(second).send().await.status < 300);
    let (hotline, manager) = ("heating_hotline_agent/heating_hotline_agent", "heating_hotline_agent/heating_service_manager");
    let proof = document(app, hotline).await;
    act(app, hotline, &row, "propose", json!({ "class": "unfounded", "proof_document_id": proof })).await.expect(200);
    let own = act(app, manager, &row, "decide", json!({})).await.refused(409, "separation_of_duties");
    assert_eq!(own["rule"], "HS-R17");
    act(app, MANAGER, &row, "decide", json!({})).await.expect(200);
}
}

async fn import(app: &TestApp, file: &str) -> Value {
    let call = app.by(HOTLINE, Method::POST, "/v1/imports").key(&format!("import-{}", name()));
    call.parts(&[("kind", "official_complaints")], "rows.csv", "text/csv", file.as_bytes()).send().await.expect(201)
}

const HEADINGS: &str = "channel,external_no,received_at,phone,content,official_state,reply_due_at,replied_at";

scenario! {
async fn official_lines_are_taken_over_once_and_reconciled(app) {
    let home = home(app).await;
    // One of ours carries the line's number, one only its phone and day, one is only ours.
    let body = json!({ "kind": "complaint", "category_code": "heating.other", "channel_code": "government",
        "authority_number": "SY-1", "description": "热线转办不热" });
    let numbered = crate::tickets::desk::register(app, body).await;
    let phoned = complained(app, json!({ "customer_id": null, "requester": { "name": "钱七", "phone": "13700137001" } })).await;
    let ours = complained(app, json!({ "customer_id": app.fixture.other_customer })).await;
    let line = |number: &str, phone: &str, state: &str| {
        format!("12345,{number},2026-03-02T07:30:00+08:00,{phone},家中不热,{state},2026-03-04T07:30:00+08:00,\n")
    };
    let file = format!("{HEADINGS}\n{}{}{}", line("SY-1", "", "计入"), line("SY-2", "13700137001", ""), line("SY-3", "13600136001", ""));
    assert_eq!(import(app, &file).await["ok"], 3);
    assert_eq!(import(app, &file).await["unchanged"], 3);
    // Again, only state and reply are taken over.
    app.later(chrono::TimeDelta::minutes(30));
    let changed = format!("{HEADINGS}\n12345,SY-3,2026-03-02T07:00:00+08:00,,别的内容,已办结,,2026-03-02T08:10:00+08:00\n");
    assert_eq!(import(app, &changed).await["ok"], 1);
    let list = app.get(HOTLINE, "/v1/official-lines?external_no=SY-3").await.expect(200);
    let third = &list["items"][0];
    assert_eq!((&third["content"], &third["official_state"], &third["phone"]), (&json!("家中不热"), &json!("已办结"), &json!("136****6001")), "{third}");
    let history = app.get(HOTLINE, &format!("/v1/official-lines/{}/history", id(third))).await.expect(200);
    assert_eq!(history["items"].as_array().unwrap().len(), 2);

    let period = json!({ "channel": "12345", "from": "2026-03-01", "to": "2026-03-02" });
    let wrong = json!({ "channel": "12345", "from": "2026-03-02", "to": "2026-03-01" });
    app.post(HOTLINE, "/v1/complaint-reconciliations", wrong).await.refused(422, "date_order");
    let row = app.post(HOTLINE, "/v1/complaint-reconciliations", period).await.expect(201);
    let classes = json!({ "matched_equal": 1, "matched_different": 0, "only_official": 1, "only_ours": 1, "proposed": 1 });
    assert_eq!((&row["lines"], &row["by_class"]), (&json!(3), &classes), "{row}");
    let path = format!("/v1/complaint-reconciliations/{}", id(&row));
    let line = async |filter: &str| app.get(HOTLINE, &format!("{path}/lines?{filter}")).await.expect(200)["items"][0].clone();
    let own = line("class=only_ours").await;
    assert_eq!(own["complaint_id"], complaint_of(app, &ours).await["id"]);
    assert_eq!(line("class=matched_equal").await["complaint_id"], complaint_of(app, &numbered).await["id"]);
    // What is only proposed keeps it open.
    let open = app.post(MANAGER, &format!("{path}/close"), json!({})).await.refused(409, "lines_open");
    assert_eq!((&open["context"]["proposed"], &open["rule"]), (&json!(1), &json!("HS-R19")), "{open}");
    let proposal = line("proposed=true").await;
    assert_eq!(proposal["complaint_id"], complaint_of(app, &phoned).await["id"]);
    app.post(HOTLINE, &format!("{path}/match"), json!({ "line_id": proposal["id"] })).await.expect(200);
    // The one nobody registered gets its ticket with one call.
    let only = line("class=only_official").await;
    let missing = json!({ "line_id": only["id"], "action": "register_missing" });
    app.post(HOTLINE, &format!("{path}/match"), missing.clone()).await.refused(422, "required");
    let missing = with(missing, &json!({ "station_id": home["station_id"] }));
    app.post(HOTLINE, &format!("{path}/match"), missing.clone()).await.expect(200);
    let found = app.get(HOTLINE, "/v1/heat-complaints?external_no=SY-3").await.expect(200);
    assert_eq!((&found["items"][0]["received_at"], &found["items"][0]["counts"]), (&json!("2026-03-02T07:30:00+08:00"), &json!(true)));
    app.post(HOTLINE, &format!("{path}/match"), missing).await.refused(422, "invalid_enum");
    // It was answered there and is not yet here: two that differ need a note.
    let different = line("class=matched_different").await;
    assert_eq!((&different["differences"], &different["official_line"]["external_no"]), (&json!(["replied_at"]), &json!("SY-3")));
    let open = app.post(MANAGER, &format!("{path}/close"), json!({})).await.refused(409, "lines_open");
    assert_eq!(open["context"]["unexplained"], 1);
    let note = json!({ "line_id": different["id"], "action": "note", "note": "官方先行答复" });
    app.post(HOTLINE, &format!("{path}/match"), note.clone()).await.expect(200);
    app.post(HOTLINE, &format!("{path}/close"), json!({})).await.refused(403, "forbidden");
    // The limits of the replies lie after the period.
    let closed = app.post(MANAGER, &format!("{path}/close"), json!({})).await.expect(200);
    assert_eq!((&closed["state"], &closed["official_reply_rate"]), (&json!("closed"), &Value::Null), "{closed}");
    let classes = json!({ "matched_equal": 2, "matched_different": 1, "only_official": 0, "only_ours": 1, "proposed": 0 });
    assert_eq!(closed["by_class"], classes);
    app.post(HOTLINE, &format!("{path}/match"), note).await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_reply_of_an_official_line_counts_where_it_is_due(app) {
    let told = async |number: &str, replied_at: Value| {
        let body = json!({ "channel": "12345", "external_no": number, "received_at": "2026-03-02T07:00:00+08:00",
            "content": "家中不热", "reply_due_at": "2026-03-02T12:00:00+08:00", "replied_at": replied_at });
        app.post(HOTLINE, "/v1/official-lines", body).await
    };
    told("A-1", json!("2026-03-02T07:30:00+08:00")).await.expect(201);
    told("A-2", Value::Null).await.expect(201);
    let period = json!({ "channel": "12345", "from": "2026-03-02", "to": "2026-03-02" });
    let row = app.post(HOTLINE, "/v1/complaint-reconciliations", period).await.expect(201);
    assert_eq!(row["official_reply_rate"], "100.00");
    let path = format!("/v1/complaint-reconciliations/{}", id(&row));
    // Whoever complained left no phone: the station asks for him.
    let lines = app.get(HOTLINE, &format!("{path}/lines?class=only_official")).await.expect(200);
    let missing = json!({ "line_id": lines["items"][0]["id"], "action": "register_missing",
        "station_id": station(app, json!({})).await });
    let matched = app.post(HOTLINE, &format!("{path}/match"), missing).await.expect(200);
    assert_eq!(matched["by_class"]["only_official"], 1, "{matched}");
    app.at("2026-03-02T12:00:01+08:00");
    assert_eq!(app.get(HOTLINE, &path).await.expect(200)["official_reply_rate"], "50.00");
    // Also a line that is known has no reply before the complaint, or ahead of time.
    let again = async |replied_at: &str| {
        let file = format!("{HEADINGS}\n12345,A-2,2026-03-02T07:00:00+08:00,,家中不热,,,{replied_at}\n");
        let call = app.by(HOTLINE, Method::POST, "/v1/imports").key(&name());
        let fields = [("kind", "official_complaints")];
        call.parts(&fields, "rows.csv", "text/csv", file.as_bytes()).send().await
    };
    for (replied_at, code) in [("2026-03-02T06:59:59+08:00", "date_order"), ("2026-03-03T08:00:00+08:00", "date_in_future")] {
        let refused = again(replied_at).await.expect(207);
        assert_eq!((&refused["errors"][0]["column"], &refused["errors"][0]["code"]), (&json!("replied_at"), &json!(code)));
    }
    again("2026-03-02T11:59:00+08:00").await.expect(201);
    assert_eq!(app.get(HOTLINE, &path).await.expect(200)["official_reply_rate"], "100.00");
    // The lines name no station: whoever sees a part of the company sees none of them, nor what they come to.
    let report = "/v1/reports/heating/reconciliation?month=2026-03";
    for (who, due, rate) in [(MANAGER, 2, json!("100.00")), (BRANCH, 0, Value::Null), (HEAD, 0, Value::Null)] {
        let totals = app.get(who, report).await.expect(200)["totals"].clone();
        assert_eq!((&totals[7]["value"], &totals[8]["value"]), (&json!(due), &rate), "{who}: {totals}");
    }
}
}

scenario! {
async fn lk_e09_a_warranty_home_cold_twice_in_a_season_is_repaired_by_the_developer(app) {
    season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let home = household(app, json!({ "room_no": null, "building": null, "address": null, "unit_id": app.fixture.unit,
        "customer_id": app.fixture.customer, "warranty_until": "2027-03-31" })).await;
    let cold = async || complained(app, json!({ "kind": "repair" })).await;
    let repairs = async || {
        let path = format!("/v1/tickets?category_code=house_quality.plumbing&unit_id={}", app.fixture.unit);
        app.get("customer", &path).await.expect(200)["items"].as_array().unwrap().clone()
    };
    let first = cold().await;
    assert_eq!(repairs().await.len(), 0);
    app.at("2026-03-20T09:00:00+08:00");
    let second = cold().await;
    let made = repairs().await;
    assert_eq!(made.len(), 1);
    assert_eq!((&made[0]["kind"], &made[0]["channel_code"], &made[0]["customer_id"]), (&json!("repair"), &json!("system"), &json!(app.fixture.customer)));
    let text = made[0]["description"].as_str().unwrap();
    assert!([&first, &second].iter().all(|ticket| text.contains(ticket["number"].as_str().unwrap())), "{text}");
    let repair = app.get("company_leader", &format!("/v1/tickets/{}", id(&made[0]))).await.expect(200);
    assert_eq!(repair["tags"], json!([first["number"], second["number"]]));
    cold().await;
    assert_eq!(repairs().await.len(), 1);
    let history = app.get(MANAGER, &format!("/v1/households/{}/history", id(&home))).await.expect(200);
    let told = history["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == "household.warranty_repeat");
    assert_eq!(told.count(), 1, "{history}");
}
}

scenario! {
/// Whoever holds two homes and names neither may speak of the other one.
async fn a_cold_report_that_names_no_home_is_not_the_first_of_one(app) {
    season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    let home = household(app, json!({ "room_no": null, "building": null, "address": null, "unit_id": app.fixture.unit,
        "customer_id": app.fixture.customer, "warranty_until": "2027-03-31" })).await;
    let beside = json!({ "station_id": home["station_id"], "room_no": "3-2-1202", "customer_id": app.fixture.customer });
    household(app, beside).await;
    let repairs = async || {
        let path = format!("/v1/tickets?category_code=house_quality.plumbing&unit_id={}", app.fixture.unit);
        app.get("customer", &path).await.expect(200)["items"].as_array().unwrap().len()
    };
    complained(app, json!({ "kind": "repair", "place_kind": "station_area", "unit_id": null })).await;
    complained(app, json!({ "kind": "repair" })).await;
    assert_eq!(repairs().await, 0);
    complained(app, json!({ "kind": "repair" })).await;
    assert_eq!(repairs().await, 1);
}
}

scenario! {
/// The repair is for who holds the home, also when the unit's owner reports the cold.
async fn the_developers_repair_is_for_the_holder(app) {
    season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    household(app, json!({ "room_no": null, "building": null, "address": null, "unit_id": app.fixture.unit,
        "customer_id": app.fixture.other_customer, "warranty_until": "2027-03-31" })).await;
    let owner = json!({ "customer_id": app.fixture.customer, "from": "2025-06-01" });
    app.post("cs_clerk", &format!("/v1/units/{}/owners", app.fixture.unit), owner).await.expect(201);
    for _ in 0..2 {
        let cold = json!({ "channel_code": "app", "kind": "repair", "category_code": "heating.room_temperature",
            "place_kind": "unit", "unit_id": app.fixture.unit, "description": "出租房室温不达标" });
        app.post("customer", "/v1/tickets", cold).await.expect(201);
    }
    let path = format!("/v1/tickets?category_code=house_quality.plumbing&unit_id={}", app.fixture.unit);
    let made = app.get("company_leader", &path).await.expect(200);
    assert_eq!(made["items"][0]["customer_id"], json!(app.fixture.other_customer), "{made}");
}
}

scenario! {
async fn hs_e09_an_open_outage_changes_nothing_about_a_leak(app) {
    let place = station(app, json!({})).await;
    outage(app, &place, json!({ "started_at": "2026-03-02T07:00:00+08:00" })).await;
    app.at("2026-03-10T21:30:00+08:00");
    let body = json!({ "channel_code": "walk_in", "kind": "repair", "category_code": "heating.leak",
        "place_kind": "station_area", "station_org_unit_id": app.fixture.units["STATION"],
        "description": "楼道管道漏水", "customer_id": app.fixture.customer });
    let ticket = app.post(HOTLINE, "/v1/tickets", body).await.expect(201);
    assert_eq!(ticket["due_at"], "2026-03-11T01:30:00+08:00", "{ticket}");
    assert_ne!(ticket["incident_id"], Value::Null);
    let path = format!("/v1/tickets/{}", id(&ticket));
    app.at("2026-03-11T01:30:00+08:00");
    assert_eq!(app.get(HOTLINE, &path).await.expect(200)["overdue"], false);
    app.at("2026-03-11T01:30:01+08:00");
    assert_eq!(app.get(HOTLINE, &path).await.expect(200)["overdue"], true);
}
}

scenario! {
async fn a_customer_asks_for_a_measurement_by_app_or_web(app) {
    let home = home(app).await;
    let asked = |channel: &str| json!({ "household_id": home["id"], "channel_code": channel });
    let path = "/v1/temperature-cases";
    let refused = app.post("customer", path, asked("hotline")).await.refused(422, "invalid_enum");
    assert_eq!(refused["errors"][0]["pointer"], "/channel_code");
    app.post(HOTLINE, path, asked("web")).await.refused(422, "unknown_field");
    let case = app.post("customer", path, asked("web")).await.expect(201);
    let ticket = app.get(HEAD, &format!("/v1/tickets/{}", case["ticket_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&ticket["channel_code"], &ticket["kind"]), (&json!("web"), &json!("application")));
}
}

scenario! {
async fn a_cold_home_is_a_ticket_and_each_names_the_other(app) {
    let home = home(app).await;
    let asked = json!({ "household_id": home["id"] });
    let case = app.post("customer", "/v1/temperature-cases", asked).await.expect(201);
    let ticket = app.get(HEAD, &format!("/v1/tickets/{}", case["ticket_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&ticket["kind"], &ticket["category_code"], &ticket["channel_code"]), (&json!("application"), &json!("heating.room_temperature"), &json!("app")));
    assert_eq!(ticket["external_ids"][0], json!({ "system": "heating_temperature_case", "id": case["id"] }), "{ticket}");
    // Found cold: it has its ticket already.
    let thermometer = thermometer(app, "2026-12-31").await;
    let visit = json!({ "readings": [reading(&thermometer, json!({ "t_c": "17.9" }))] });
    let path = format!("/v1/temperature-cases/{}/measure", id(&case));
    let cold = app.post(HEAD, &path, visit.clone()).await.expect(200);
    assert_eq!((&cold["status"], &cold["ticket_id"]), (&json!("unqualified"), &case["ticket_id"]));
    // One that the station found has none before it is measured.
    let other = household(app, json!({ "room_no": "9-9-901" })).await;
    let case = app.post(HEAD, "/v1/temperature-cases", json!({ "household_id": other["id"] })).await.expect(201);
    assert_eq!(case["ticket_id"], Value::Null);
    let cold = app.post(HEAD, &format!("/v1/temperature-cases/{}/measure", id(&case)), visit).await.expect(200);
    let ticket = app.get(HEAD, &format!("/v1/tickets/{}", cold["ticket_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&ticket["kind"], &ticket["channel_code"], &ticket["place_kind"]), (&json!("repair"), &json!("system"), &json!("station_area")));
    assert_eq!(ticket["requester_org_unit_id"], json!(app.fixture.units["STATION"]));
}
}
