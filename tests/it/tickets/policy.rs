//! Policy sets: lint before activation (TK-03).

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{TestApp, id};

fn policy(position: i32, code: &str, conditions: Value) -> Value {
    json!({ "position": position, "code": code, "name": code, "conditions": conditions, "calendar_code": "continuous",
        "handle_target_seconds": 14_400, "reply_target_seconds": 172_800, "callback_target_seconds": 172_800 })
}

fn heating(position: i32) -> Value {
    policy(position, "heating", json!({ "category_codes": ["heating"] }))
}

fn leak(position: i32) -> Value {
    policy(position, "leak", json!({ "category_codes": ["heating.leak"] }))
}

async fn draft(app: &TestApp, policies: Value) -> crate::kit::Answer {
    let body = json!({ "name": "供热季", "valid_from": "2026-03-05T00:00:00+08:00", "policies": policies });
    app.post("cs_director", "/v1/sla-policy-sets", body).await
}

async fn activate(app: &TestApp, who: &str, set: &Value) -> crate::kit::Answer {
    app.by(who, Method::POST, &format!("/v1/sla-policy-sets/{}/activate", id(set))).json(json!({})).send().await
}

scenario! {
/// TK-E09: a policy that nothing reaches keeps a set from being activated.
async fn tk_e09_an_unreachable_policy_is_refused(app) {
    let set = draft(app, json!([heating(10), leak(20), policy(99, "default", json!({}))])).await.expect(201);
    let refused = activate(app, "cs_director", &set).await.refused(409, "policy_lint");
    let errors = refused["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{refused}");
    assert_eq!((&errors[0]["code"], &errors[0]["pointer"]), (&json!("policy_unreachable"), &json!("/policies/1")));
    assert!(errors[0]["detail"].as_str().unwrap().contains("20"), "{refused}");
    let path = format!("/v1/sla-policy-sets/{}", id(&set));
    let body = json!({ "policies": [leak(10), heating(20), policy(99, "default", json!({}))] });
    let version = set["version"].as_i64().unwrap();
    app.by("cs_director", Method::PATCH, &path).if_match(version).json(body).send().await.expect(200);
    let lint = app.post("cs_director", &format!("{path}/lint"), json!({})).await.expect(200);
    assert_eq!((&lint["clean"], lint["warnings"].as_array().unwrap().len()), (&json!(true), 1), "{lint}");
    assert_eq!(lint["warnings"][0]["code"], "policy_overlap");
    let asked = json!({ "policies": [leak(10)] });
    app.post("cs_director", &format!("{path}/lint"), asked).await.refused(422, "unknown_field");
    activate(app, "system_admin", &set).await.refused(403, "forbidden");
    let active = activate(app, "cs_director", &set).await.expect(200);
    assert_eq!(active["status"], "active");
    activate(app, "cs_director", &set).await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_set_says_what_it_means(app) {
    let empty = policy(10, "empty", json!({ "kinds": [] }));
    draft(app, json!([empty, policy(99, "default", json!({}))])).await.refused(422, "empty_condition");
    let set = draft(app, json!([leak(10), heating(10)])).await.expect(201);
    let refused = activate(app, "cs_director", &set).await.refused(409, "policy_lint");
    let codes: Vec<&str> = refused["errors"].as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"position_taken") && codes.contains(&"policy_no_default"), "{refused}");
    let late = draft(app, json!([policy(99, "default", json!({}))])).await.expect(201);
    app.at("2026-03-05T00:00:01+08:00");
    activate(app, "cs_director", &late).await.refused(409, "valid_from_past");
}
}

scenario! {
/// The default set: the lowest position that fits wins, and the answer says why earlier ones do not.
async fn a_trial_names_the_winner(app) {
    for (severity, winner) in [("normal", "complaint"), ("major", "major")] {
        let body = json!({ "kind": "complaint", "category_code": "staff_conduct", "severity": severity,
            "channel_code": "walk_in" });
        let found = app.post("team_leader", "/v1/sla-policy-sets/match", body).await.expect(200);
        assert_eq!(found["policy"]["code"], winner, "{found}");
    }
    let by_any_way = json!({ "kind": "repair", "category_code": "heating.leak", "severity": "normal" });
    let found = app.post("team_leader", "/v1/sla-policy-sets/match", by_any_way).await.expect(200);
    assert_eq!(found["policy"]["code"], "leak", "{found}");
}
}
