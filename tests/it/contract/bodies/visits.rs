//! Calls about visits and evaluation: each act brought to where it is allowed.

use serde_json::json;

use super::{Ready, ready};
use crate::heating::desk::*;
use crate::heating::evaluations::{self, INSPECTOR, LEADER, act, begun, deducted, inspected, put_right, to_put_right};
use crate::heating::visits::{OFFICER, leak_found, line, network};
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

/// Visits, their plans, problems and summaries.
pub async fn visits(app: &TestApp, path: &str) -> Option<Ready> {
    match path {
        "/v1/visits" => {
            let (place, homes) = network(app).await;
            return ready(OFFICER, path, json!({ "station_id": place, "lines": [line(&homes[0], json!({}))] }));
        }
        "/v1/visit-plans" => {
            let (place, _) = network(app).await;
            return ready(MANAGER, path, json!({ "station_id": place, "month": "2026-03", "dates": ["2026-03-05"] }));
        }
        _ => {}
    }
    let problem = leak_found(app).await;
    let month = json!({ "station_id": problem["station_id"], "month": "2026-03" });
    match path {
        "/v1/visit-problems" => {
            let body =
                json!({ "visit_id": problem["visit_id"], "household_id": problem["household_id"], "kind": "other" });
            return ready(OFFICER, path, body);
        }
        "/v1/visit-problems/{id}/solve" => {
            return ready(
                HEAD,
                format!("/v1/visit-problems/{}/solve", id(&problem)),
                json!({ "solution": "更换阀门" }),
            );
        }
        "/v1/visit-summaries" => return ready(OFFICER, path, month),
        _ => {}
    }
    let row = app.post(OFFICER, "/v1/visit-summaries", month).await.expect(201);
    let row = format!("/v1/visit-summaries/{}", id(&row));
    let why = json!({ "causes": [{ "visit_problem_id": problem["id"], "cause": "阀门老化" }] });
    if path.ends_with("/submit") {
        return ready(OFFICER, row + "/submit", why);
    }
    app.post(OFFICER, &format!("{row}/submit"), why).await.expect(200);
    ready(MANAGER, row + "/accept", json!({}))
}

/// Schemes, evaluations, rectifications.
pub async fn evaluations(app: &TestApp, path: &str) -> Option<Ready> {
    let action = path.rsplit('/').next().unwrap();
    if path.starts_with("/v1/rectifications") {
        let row = to_put_right(app).await;
        let at = format!("/v1/rectifications/{}/{action}", id(&row));
        if action == "done" {
            return ready(HEAD, at, json!({ "photos": [document(app, HEAD).await] }));
        }
        put_right(app, HEAD, &row).await.expect(200);
        return ready(INSPECTOR, at, json!({}));
    }
    if path.starts_with("/v1/evaluation-schemes") {
        let row = evaluations::scheme(app).await;
        if action == "publish" {
            return ready(MANAGER, format!("/v1/evaluation-schemes/{}/publish", id(&row)), json!({}));
        }
        return ready(MANAGER, path, json!({ "season": row["season_id"], "items": row["items"] }));
    }
    let (place, scheme) = (inspected(app).await, evaluations::published(app).await);
    if path == "/v1/evaluations" {
        let team = [app.fixture.staff[INSPECTOR]];
        return ready(
            MANAGER,
            path,
            json!({ "station_id": place, "month": "2026-02", "scheme_id": scheme["id"], "team": team }),
        );
    }
    let row = begun(app, &place, &scheme).await;
    let steps =
        [("score", INSPECTOR, deducted("5.50")), ("confirm", MANAGER, json!({})), ("publish", LEADER, json!({}))];
    for (step, who, body) in steps {
        if step == action {
            return ready(who, format!("/v1/evaluations/{}/{step}", id(&row)), body);
        }
        act(app, who, &row, step, body).await.expect(200);
    }
    None
}
