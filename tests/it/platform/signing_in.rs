//! What signing in, passwords and delegations refuse (platform §17).

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{self, Answer, PASSWORD, TestApp, id};
use crate::tickets::desk::report;

/// A person of the desk with an account that was just opened.
async fn newcomer(app: &TestApp, password: &str) -> Answer {
    let person = json!({ "number": "N1", "name": "新人", "org_unit_id": app.fixture.units["DESK"] });
    let person = app.post("hr_officer", "/v1/staff", person).await.expect(201);
    let post = json!({ "role": "cs_agent", "from": "2026-03-01" });
    app.post("hr_officer", &format!("/v1/staff/{}/posts", id(&person)), post).await.expect(200);
    let account = json!({ "login": "newcomer", "password": password, "staff_id": id(&person) });
    app.by("system_admin", Method::POST, "/v1/accounts").json(account).send().await
}

scenario! {
async fn the_first_password_is_changed_before_anything_else(app) {
    newcomer(app, PASSWORD).await.expect(201);
    app.get("newcomer", "/v1/tickets").await.refused(403, "password_change_required");
    app.post("newcomer", "/v1/tickets", report(app, json!({}))).await.refused(403, "password_change_required");
    // Also what the role would not open anyway.
    app.get("newcomer", "/v1/accounts").await.refused(403, "password_change_required");
    app.get("newcomer", "/v1/me").await.refused(403, "password_change_required");
    let change = async |old: &str, new: &str| {
        let body = json!({ "old_password": old, "new_password": new });
        app.by("newcomer", Method::POST, "/v1/me/password").json(body).send().await
    };
    change("not the old one", "walnut ferry 81 lamp").await.refused(422, "wrong_password");
    for weak in ["ninechars", "my-newcomer-1", "password123", PASSWORD] {
        change(PASSWORD, weak).await.refused(422, "password_weak");
    }
    let changed = change(PASSWORD, "walnut ferry 81 lamp").await;
    assert!(changed.status < 300, "{}", changed.body);
    app.get("newcomer", "/v1/tickets").await.expect(200);
    let other = json!({ "login": "newcomer", "password": PASSWORD });
    app.call(Method::POST, "/v1/auth/login").json(other).send().await.refused(401, "invalid_credentials");
}
}

scenario! {
async fn an_account_is_not_opened_with_a_weak_password(app) {
    for weak in ["ninechars", "newcomer-2026", "1234567890"] {
        let body = json!({ "login": "newcomer", "password": weak, "staff_id": app.fixture.staff["cs_agent"] });
        app.by("system_admin", Method::POST, "/v1/accounts").json(body).send().await.refused(422, "password_weak");
    }
}
}

scenario! {
/// PF-01: an account is of exactly one person.
async fn an_account_is_of_one_person(app) {
    let (staff, customer) = (app.fixture.staff["cs_agent"], app.fixture.customer);
    for (owners, pointer, code) in [
        (json!({}), "/staff_id", "required"),
        (json!({ "staff_id": staff, "customer_id": customer }), "/customer_id", "only_one"),
    ] {
        let body = kit::with(json!({ "login": "newcomer", "password": PASSWORD }), &owners);
        let refused = app.post("system_admin", "/v1/accounts", body).await.refused(422, code);
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
}
}

scenario! {
async fn a_person_of_two_posts_chooses_one_he_holds(app) {
    let path = format!("/v1/staff/{}/posts", app.fixture.staff["cs_agent"]);
    app.post("hr_officer", &path, json!({ "role": "team_leader", "from": "2026-03-01" })).await.expect(200);
    let login = async |body: Value| app.call(Method::POST, "/v1/auth/login").json(body).send().await;
    let problem = login(json!({ "login": "cs_agent", "password": PASSWORD })).await.refused(400, "role_required");
    assert_eq!(problem["context"]["choices"], json!(["cs_agent", "team_leader"]), "{problem}");
    let other = json!({ "login": "cs_agent", "password": PASSWORD, "role": "general_manager" });
    login(other).await.refused(403, "role_not_held");
    let fits = json!({ "login": "cs_agent", "password": PASSWORD, "role": "team_leader" });
    assert_eq!(login(fits).await.expect(200)["role"], "team_leader");
}
}

scenario! {
async fn a_grant_that_is_not_offered_is_refused(app) {
    let ask = async |form: &str| app.call(Method::POST, "/v1/auth/token").form(form).send().await;
    ask("grant_type=password&username=a&password=b").await.refused(400, "unsupported_grant_type");
    ask("refresh_token=x").await.refused(400, "invalid_request");
    ask("grant_type=client_credentials&client_id=nobody&client_secret=x").await.refused(401, "invalid_client");
    ask("grant_type=refresh_token&refresh_token=x").await.refused(401, "invalid_grant");
}
}

scenario! {
async fn a_delegation_is_to_another_in_order_of_a_role_held(app) {
    let ask = async |with: Value| {
        let body = json!({ "to_staff_id": app.fixture.staff["cs_agent2"], "role": "cs_manager",
            "from": "2026-03-02", "to": "2026-03-04", "reason": "出差" });
        app.post("cs_manager", "/v1/delegations", kit::with(body, &with)).await
    };
    ask(json!({ "to_staff_id": app.fixture.staff["cs_manager"] })).await.refused(422, "delegation_invalid");
    ask(json!({ "from": "2026-03-05" })).await.refused(422, "delegation_invalid");
    ask(json!({ "role": "cs_director" })).await.refused(422, "delegation_invalid");
    ask(json!({ "from": "2026-02-01", "to": "2026-03-01" })).await.refused(422, "delegation_invalid");
    ask(json!({ "from_staff_id": app.fixture.staff["cs_director"], "role": "cs_director" })).await
        .refused(409, "above_authority");
    ask(json!({ "reason": " " })).await.refused(422, "required");
    let made = ask(json!({ "reason": "假" })).await.expect(201);
    let revoke = format!("/v1/delegations/{}/revoke", id(&made));
    app.post("cs_agent2/cs_agent", &revoke, json!({})).await.refused(409, "above_authority");
    app.get("cs_agent2/cs_manager", "/v1/me").await.expect(200);
    app.post("cs_manager", &revoke, json!({ "reason": "提前回来" })).await.expect(200);
    let history = app.get("cs_manager", &format!("/v1/delegations/{}/history", id(&made))).await.expect(200);
    let last = history["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["type"], &last["reason"]), (&json!("delegation.revoked"), &json!("提前回来")));
    app.get("cs_agent2/cs_manager", "/v1/me").await.refused(403, "forbidden");
    app.post("cs_manager", &revoke, json!({})).await.refused(409, "invalid_state");
}
}

scenario! {
/// PF-03: a delegate reaches what his principal reaches by all posts of the role; both see the loan.
async fn a_delegate_has_every_post_of_the_role(app) {
    app.later(chrono::TimeDelta::minutes(1));
    let path = format!("/v1/staff/{}/posts", app.fixture.staff["sales_supervisor"]);
    let post = json!({ "role": "sales_supervisor", "org_unit_id": app.fixture.units["HEAT"], "from": "2026-03-01" });
    app.post("hr_officer", &path, post).await.expect(200);
    let body = json!({ "to_staff_id": app.fixture.staff["cs_agent2"], "role": "sales_supervisor", "from": "2026-03-02",
        "to": "2026-03-04", "reason": "出差" });
    let lent = app.post("sales_supervisor", "/v1/delegations", body).await.expect(201);
    let delegate = "cs_agent2/sales_supervisor";
    let me = app.get(delegate, "/v1/me").await.expect(200);
    let roles = me["roles"].as_array().unwrap().iter().filter(|role| role["role"] == "sales_supervisor");
    let units: Vec<&Value> = roles.map(|role| &role["org_unit_id"]).collect();
    assert_eq!(units, [&json!(app.fixture.units["DESK"]), &json!(app.fixture.units["HEAT"])]);
    for unit in ["DESK", "STATION"] {
        let path = format!("/v1/work-items?waiting_for=unit:{}", app.fixture.units[unit]);
        app.get(delegate, &path).await.expect(200);
    }
    for who in ["sales_supervisor", delegate] {
        let me = app.get(who, "/v1/me").await.expect(200);
        assert_eq!((me["delegations"].as_array().unwrap().len(), id(&me["delegations"][0])), (1, id(&lent)), "{who}");
    }
    assert_eq!(app.get("cs_agent", "/v1/me").await.expect(200)["delegations"], json!([]));
    app.post("sales_supervisor", &format!("/v1/delegations/{}/revoke", id(&lent)), json!({})).await.expect(200);
    assert_eq!(app.get("sales_supervisor", "/v1/me").await.expect(200)["delegations"], json!([]));
}
}
