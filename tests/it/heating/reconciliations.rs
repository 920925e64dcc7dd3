//! What a reconciliation finds, refuses and keeps, beyond the ordinary way (HS-R19).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::complaints::{complained, complaint_of};
use super::desk::*;
use crate::kit::{TestApp, id};

/// The home of the fixture's unit, so that its complaints have a station.
async fn placed(app: &TestApp) {
    let home = json!({ "room_no": null, "building": null, "address": null, "unit_id": app.fixture.unit,
        "customer_id": app.fixture.customer });
    household(app, home).await;
}

async fn listed(app: &TestApp, fields: Value) {
    let body = json!({ "channel": "12345", "external_no": "SY-9", "content": "家中不热" });
    app.post(HOTLINE, "/v1/official-lines", crate::kit::with(body, &fields)).await.expect(201);
}

async fn reconciled(app: &TestApp, from: &str, to: &str) -> Value {
    let body = json!({ "channel": "12345", "from": from, "to": to });
    app.post(HOTLINE, "/v1/complaint-reconciliations", body).await.expect(201)
}

scenario! {
async fn a_number_is_found_on_whatever_day_ours_came_in(app) {
    placed(app).await;
    let body = json!({ "kind": "complaint", "category_code": "heating.other", "channel_code": "government",
        "authority_number": "SY-9", "description": "热线转办不热" });
    let ticket = crate::tickets::desk::register(app, body).await;
    listed(app, json!({ "received_at": "2026-02-20T10:00:00+08:00" })).await;
    let row = reconciled(app, "2026-02-15", "2026-02-25").await;
    let classes = json!({ "matched_equal": 1, "matched_different": 0, "only_official": 0, "only_ours": 0, "proposed": 0 });
    assert_eq!((&row["lines"], &row["by_class"]), (&json!(1), &classes), "{row}");
    let lines = app.get(HOTLINE, &format!("/v1/complaint-reconciliations/{}/lines", id(&row))).await.expect(200);
    assert_eq!(lines["items"][0]["complaint_id"], complaint_of(app, &ticket).await["id"]);
}
}

scenario! {
async fn a_refused_pair_leaves_ours_to_the_days_it_is_of(app) {
    placed(app).await;
    complained(app, json!({ "customer_id": null, "requester": { "name": "钱七", "phone": "13700137001" } })).await;
    listed(app, json!({ "received_at": "2026-03-01T20:00:00+08:00", "phone": "13700137001" })).await;
    let row = reconciled(app, "2026-03-01", "2026-03-01").await;
    let path = format!("/v1/complaint-reconciliations/{}", id(&row));
    let proposal = app.get(HOTLINE, &format!("{path}/lines?proposed=true")).await.expect(200)["items"][0].clone();
    let no = json!({ "line_id": proposal["id"], "action": "reject", "note": "另一户" });
    let row = app.post(HOTLINE, &format!("{path}/match"), no).await.expect(200);
    let classes = json!({ "matched_equal": 0, "matched_different": 0, "only_official": 1, "only_ours": 0, "proposed": 0 });
    assert_eq!(row["by_class"], classes, "{row}");
    let line = app.get(HOTLINE, &format!("{path}/lines")).await.expect(200)["items"][0].clone();
    assert_eq!((&line["our_class"], &line["complaint_id"]), (&Value::Null, &Value::Null), "{line}");
}
}

scenario! {
async fn a_closed_reconciliation_keeps_the_rate_it_was_closed_with(app) {
    let limits = json!({ "received_at": "2026-03-02T07:00:00+08:00", "reply_due_at": "2026-03-02T12:00:00+08:00" });
    listed(app, limits).await;
    app.at("2026-03-02T12:00:01+08:00");
    let row = reconciled(app, "2026-03-02", "2026-03-02").await;
    let path = format!("/v1/complaint-reconciliations/{}", id(&row));
    let closed = app.post(MANAGER, &format!("{path}/close"), json!({})).await.expect(200);
    assert_eq!(closed["official_reply_rate"], "0.00", "{closed}");
    // A line that is none of its is told before that it is closed.
    let strange = json!({ "line_id": uuid::Uuid::now_v7() });
    app.post(HOTLINE, &format!("{path}/match"), strange).await.refused(422, "not_found");
    app.post(HOTLINE, &format!("{path}/match"), json!({})).await.refused(409, "invalid_state");
    let file = "channel,external_no,received_at,content,replied_at\n\
                12345,SY-9,2026-03-02T07:00:00+08:00,家中不热,2026-03-02T11:00:00+08:00\n";
    let call = app.by(HOTLINE, Method::POST, "/v1/imports").key(&name());
    let fields = [("kind", "official_complaints")];
    call.parts(&fields, "rows.csv", "text/csv", file.as_bytes()).send().await.expect(201);
    assert_eq!(app.get(HOTLINE, &path).await.expect(200)["official_reply_rate"], "0.00");
    let again = reconciled(app, "2026-03-02", "2026-03-02").await;
    assert_eq!(again["official_reply_rate"], "100.00");
}
}

scenario! {
async fn one_of_ours_is_paired_with_one_line(app) {
    placed(app).await;
    complained(app, json!({ "customer_id": null, "requester": { "name": "钱七", "phone": "13700137001" } })).await;
    for number in ["SY-1", "SY-2"] {
        let at = json!({ "external_no": number, "received_at": "2026-03-02T07:00:00+08:00", "phone": "13700137001" });
        listed(app, at).await;
    }
    let row = reconciled(app, "2026-03-02", "2026-03-02").await;
    let path = format!("/v1/complaint-reconciliations/{}", id(&row));
    let line = async |filter: &str| {
        app.get(HOTLINE, &format!("{path}/lines?{filter}")).await.expect(200)["items"][0].clone()
    };
    let (proposal, bare) = (line("proposed=true").await, line("class=only_official").await);
    let pair = json!({ "line_id": bare["id"], "action": "pair", "complaint_id": proposal["complaint_id"] });
    let refused = app.post(HOTLINE, &format!("{path}/match"), pair.clone()).await.refused(422, "repeated_items");
    assert_eq!(refused["errors"][0]["pointer"], "/complaint_id");
    let no = json!({ "line_id": proposal["id"], "action": "reject", "note": "另一件" });
    app.post(HOTLINE, &format!("{path}/match"), no).await.expect(200);
    let row = app.post(HOTLINE, &format!("{path}/match"), pair).await.expect(200);
    let classes = json!({ "matched_equal": 1, "matched_different": 0, "only_official": 1, "only_ours": 0, "proposed": 0 });
    assert_eq!(row["by_class"], classes, "{row}");
    // Each figure of the report opens the lines it counts.
    let report = app.get(MANAGER, "/v1/reports/heating/reconciliation?from=2026-03-01&to=2026-03-31").await.expect(200);
    let of_line = report["rows"].as_array().unwrap().iter().find(|row| row[0]["value"] == "12345").unwrap();
    for (cell, count) in of_line.as_array().unwrap()[1..7].iter().zip([2, 1, 0, 1, 0, 0]) {
        let list = app.get(MANAGER, cell["drill"].as_str().unwrap()).await.expect(200);
        assert_eq!((&cell["value"], list["items"].as_array().unwrap().len()), (&json!(count), count), "{cell}");
    }
    for wrong in ["within=2026-13-01", "channel=911"] {
        let path = format!("/v1/complaint-reconciliation-lines?{wrong}");
        app.get(MANAGER, &path).await.refused(400, "invalid_parameter");
    }
}
}
