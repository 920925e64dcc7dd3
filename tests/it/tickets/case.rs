//! A case from the first call to the closed file.

use serde_json::json;

use super::desk::*;
use crate::kit::id;

scenario! {
/// TK-E01: a leak of 21:30 is due four hours on; the limit itself is met, a second later is missed.
async fn tk_e01_a_leak_is_due_after_four_hours(app) {
    for (resolved, outcome) in [("2011-11-16T01:30:00+08:00", "met"), ("2011-11-16T01:30:01+08:00", "missed")] {
        app.at("2011-11-15T21:30:00+08:00");
        let leak = json!({ "category_code": "heating.leak", "place_kind": "unit" });
        let ticket = started(app, leak).await;
        assert_eq!(ticket["due_at"], "2011-11-16T01:30:00+08:00");
        assert_eq!(ticket["urgent"], true);
        app.at(resolved);
        let mut body = solution();
        if outcome == "missed" {
            act(app, "cs_agent", &ticket, "resolve", solution()).await.refused(422, "delay_reason_required");
            let reasons = app.get("cs_agent", "/v1/ticket-catalogues?list=delay_reason").await.expect(200);
            body["delay_reason_code"] = reasons["items"][0]["code"].clone();
        }
        act(app, "cs_agent", &ticket, "resolve", body).await.expect(200);
        let handle = clock(app, &ticket, "handle").await;
        assert_eq!(handle["outcome"], outcome);
        assert_eq!(handle["over_seconds"], if outcome == "missed" { json!(1) } else { json!(null) });
    }
}
}

scenario! {
/// TK-E06: not content reopens; no closing without a callback; the replier may not call back.
async fn tk_e06_a_callback_is_a_four_eyes_process(app) {
    let ticket = replied(app, json!({})).await;
    act(app, "cs_agent2", &ticket, "close", json!({})).await.refused(409, "callback_missing");
    let first = callback(app, &ticket).await;
    let path = format!("/v1/callbacks/{first}/complete");
    app.post("cs_agent", &path, said("satisfied")).await.refused(409, "separation_of_duties");
    app.later(hours(1));
    app.post("cs_agent2", &path, said("not_satisfied")).await.expect(200);
    let again = app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    assert_eq!((&again["status"], &again["cycle"], &again["reopen_count"]), (&json!("in_progress"), &json!(2), &json!(1)));
    assert_eq!(again["assignee_id"], json!(app.fixture.staff["cs_agent"]));
    assert_eq!(clock(app, &ticket, "handle").await["cycle"], 2);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    let second = callback(app, &ticket).await;
    app.post("cs_agent2", &format!("/v1/callbacks/{second}/complete"), said("satisfied")).await.expect(200);
    let closed = app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    assert_eq!((&closed["status"], &closed["close_reason"]), (&json!("closed"), &json!("satisfied")));
}
}
