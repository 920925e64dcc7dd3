//! Calls on rosters and what belongs to them.

use serde_json::{Value, json};

use super::{Ready, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::leave::away;
use crate::tickets::rosters::{draft, published, rota, shifts};

const LEAD: &str = "team_leader";

/// A roster of one agent on a day no other uses.
fn alone(app: &TestApp, from: &str) -> Value {
    json!({ "from": from, "days": 1, "pattern": ["a"], "staff_ids": [app.fixture.staff["cs_agent"]] })
}

pub async fn calls(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    if method != "POST" {
        return None;
    }
    match path.split('/').nth(2).unwrap_or_default() {
        "shift-swaps" => swaps(app, path).await,
        "musters" | "duty-logs" => logs(app, path).await,
        "leave-requests" => leaves(app, path).await,
        _ => rosters(app, path).await,
    }
}

async fn rosters(app: &TestApp, path: &str) -> Option<Ready> {
    let reason = json!({ "gap_reason": "夜间转公司总值班电话" });
    match path {
        "/v1/shift-definitions" => {
            ready(LEAD, path, json!({ "code": "m", "from": "06:00", "to": "09:00", "place": "home" }))
        }
        "/v1/rosters" => ready(LEAD, path, rota(app, alone(app, "2026-04-01"))),
        "/v1/rosters/{id}/publish" => {
            let row = format!("/v1/rosters/{}", id(&draft(app, alone(app, "2026-04-02")).await));
            app.post("cs_director", &format!("{row}/accept-gap"), reason).await.expect(200);
            ready(LEAD, row + "/publish", json!({}))
        }
        "/v1/rosters/{id}/accept-gap" => {
            let row = draft(app, alone(app, "2026-04-03")).await;
            ready("cs_director", format!("/v1/rosters/{}/accept-gap", id(&row)), reason)
        }
        "/v1/shifts/{id}/stop-work" | "/v1/shifts/{id}/lift" => {
            let lifts = path.ends_with("lift");
            let roster = published(app, alone(app, if lifts { "2026-04-04" } else { "2026-04-05" })).await;
            let row = format!("/v1/shifts/{}", id(&shifts(app, &roster, "cs_agent").await[0]));
            let why = json!({ "reason": "顶撞客户" });
            if lifts {
                app.post(LEAD, &format!("{row}/stop-work"), why.clone()).await.expect(200);
            }
            ready(LEAD, format!("{row}/{}", if lifts { "lift" } else { "stop-work" }), why)
        }
        _ => None,
    }
}

async fn swaps(app: &TestApp, path: &str) -> Option<Ready> {
    let action = path.rsplit('/').next()?;
    let day = match action {
        "shift-swaps" => "2026-04-11",
        "cancel" => "2026-04-12",
        "consent" => "2026-04-13",
        "decline" => "2026-04-14",
        "approve" => "2026-04-15",
        _ => "2026-04-16",
    };
    let roster = published(app, alone(app, day)).await;
    let shift = shifts(app, &roster, "cs_agent").await[0]["id"].clone();
    let body = json!({ "own_shift_id": shift, "other_staff_id": app.fixture.staff["cs_agent2"] });
    if action == "shift-swaps" {
        return ready("cs_agent", path, body);
    }
    let row = format!("/v1/shift-swaps/{}", id(&make(app, "cs_agent", "/v1/shift-swaps", body).await));
    let decides = matches!(action, "approve" | "refuse");
    if decides {
        app.post("cs_agent2", &format!("{row}/consent"), json!({})).await.expect(200);
    }
    let who = match action {
        "cancel" => "cs_agent",
        "consent" | "decline" => "cs_agent2",
        _ => LEAD,
    };
    ready(who, format!("{row}/{action}"), if decides { json!({ "comment": "已协调" }) } else { json!({}) })
}

async fn logs(app: &TestApp, path: &str) -> Option<Ready> {
    let muster = json!({ "org_unit_id": app.fixture.units["DESK"], "definition_code": "a", "talk_points": "注意首问负责",
        "rows": [{ "staff_id": app.fixture.staff["cs_agent"], "result": "present" }] });
    let entry = json!({ "kind": "event", "text": "接班,设备正常" });
    let log = |code: &str| json!({ "definition_code": code, "entries": [entry] });
    let row = async |code: &str| format!("/v1/duty-logs/{}", id(&make(app, LEAD, "/v1/duty-logs", log(code)).await));
    match path {
        "/v1/musters" => ready(LEAD, path, muster),
        "/v1/duty-logs" => ready(LEAD, path, log("a")),
        "/v1/duty-logs/{id}/entries" => ready(LEAD, row("b").await + "/entries", entry.clone()),
        "/v1/duty-logs/{id}/close" => ready(LEAD, row("c").await + "/close", json!({})),
        "/v1/duty-logs/{id}/accept" => {
            let row = row("h1").await;
            app.post(LEAD, &format!("{row}/close"), json!({})).await.expect(200);
            ready("cs_supervisor", row + "/accept", json!({}))
        }
        _ => None,
    }
}

async fn leaves(app: &TestApp, path: &str) -> Option<Ready> {
    let substitute = json!({ "substitute_id": app.fixture.staff["cs_agent2"], "from_at": "2026-05-04T08:00:00+08:00",
        "to_at": "2026-05-04T20:00:00+08:00" });
    if path == "/v1/leave-requests" {
        return ready("hr_officer", path, away(app, substitute));
    }
    // Somebody who holds no case.
    let made = make(app, "cs_clerk", "/v1/leave-requests", away(app, substitute)).await;
    let (row, action) = (format!("/v1/leave-requests/{}", id(&made)), path.rsplit('/').next()?);
    if matches!(action, "approve" | "refuse") {
        app.post("cs_agent2", &format!("{row}/accept-handover"), json!({})).await.expect(200);
    }
    let (who, body) = match action {
        "accept-handover" => ("cs_agent2", json!({})),
        "approve" | "refuse" => (LEAD, json!({ "comment": "已安排" })),
        _ => ("cs_clerk", json!({})),
    };
    ready(who, format!("{row}/{action}"), body)
}
