//! What lies outside a caller's scope looks to him like what does not exist.

use access::{JobRole, policy};
use actix_web::http::Method;
use chrono::NaiveDate;
use identity::account::commands::{Owner, open};
use kernel::fault::Fault;
use registers::staff::commands::{CreateStaff, StartPost};
use serde_json::{Value, json};
use store::{Answer, Context, Work};
use uuid::Uuid;

use super::walk::{NOWHERE, Operation, is_upload, operations};
use crate::kit::{PASSWORD, TestApp, id};
use crate::tickets::desk::{self, act, callback, document, replied};
use crate::tickets::outreach::{started, template};
use crate::tickets::portfolio::{assign, contact};
use crate::tickets::repair_desk::drafted;
use crate::tickets::surveys::opened;

/// Rows of the desk and of its project, by the path they lie under.
struct Rows(Vec<(&'static str, String)>);

impl Rows {
    async fn make(app: &TestApp) -> Self {
        let theirs = json!({ "customer_id": app.fixture.other_customer });
        let ticket = replied(app, theirs).await;
        let serious = json!({ "severity": "serious", "customer_id": app.fixture.other_customer });
        let waiting = desk::started(app, serious).await;
        let opinion = json!({ "text": "经现场核实,建议整体更换窗框", "proposed_reply": "三日内更换" });
        act(app, "cs_agent", &waiting, "submit-opinion", opinion).await.expect(200);
        let approval = app.get("cs_manager", "/v1/approvals").await.expect(200);
        let held = desk::started(app, json!({})).await;
        let pause = json!({ "reason_code": "third_party", "until": "2026-03-03T08:00:00+08:00",
            "proof_document_id": document(app, "cs_agent").await });
        let pause = app.post("cs_agent", &format!("/v1/tickets/{}/pauses", id(&held)), pause).await.expect(201);
        let call = json!({ "direction": "in", "channel_code": "hotline", "external_number": "13700009999",
            "ring_started_at": "2026-03-02T07:59:00+08:00", "result": "lost" });
        let call = app.post("cs_agent", "/v1/calls", call).await.expect(201);
        let phase = json!({ "code": "P1", "name": "一期", "project_id": app.fixture.project });
        let phase = app.post("system_admin", "/v1/phases", phase).await.expect(201);
        let papers = json!({ "title": "购房合同", "kind": "contract_original", "originals": 1 });
        let papers = app.post("cs_clerk", "/v1/custody-items", papers).await.expect(201);
        let stamped = json!({ "document_id": document(app, "cs_clerk").await, "seal_kind": "contract",
            "purpose": "购房合同盖章", "copies": 1, "applicant_id": app.fixture.staff["cs_specialist"],
            "approver_id": app.fixture.staff["cs_manager"], "stamped_on": "2026-03-02" });
        let stamped = app.post("cs_clerk", "/v1/seal-entries", stamped).await.expect(201);
        let theirs = json!({ "customer_id": app.fixture.other_customer });
        let order = drafted(app, &desk::started(app, theirs).await, json!({})).await;
        let mut rows = care(app).await;
        rows.extend([
            ("/v1/repair-orders/", id(&order)),
            ("/v1/tickets/", id(&ticket)),
            ("/v1/callbacks/", callback(app, &ticket).await),
            ("/v1/ticket-pauses/", id(&pause)),
            ("/v1/calls/", id(&call)),
            ("/v1/approvals/", id(&approval["items"][0])),
            ("/v1/documents/", document(app, "cs_agent").await),
            ("/v1/custody-items/", id(&papers)),
            ("/v1/seal-entries/", id(&stamped)),
            ("/v1/projects/", app.fixture.project.to_string()),
            ("/v1/phases/", id(&phase)),
            ("/v1/buildings/", app.fixture.building.to_string()),
            ("/v1/units/", app.fixture.other_unit.to_string()),
        ]);
        Self(rows)
    }

    fn of(&self, operation: &Operation) -> Option<&str> {
        let under = |(path, _): &&(&str, String)| operation.path.starts_with(&format!("{path}{NOWHERE}"));
        self.0.iter().find(under).map(|(_, row)| row.as_str())
    }
}

/// What the desk does for another customer of its own accord.
async fn care(app: &TestApp) -> Vec<(&'static str, String)> {
    let other = app.fixture.other_customer.to_string();
    assign(app, std::slice::from_ref(&other), &["cs_agent"]).await;
    let first = async |list: &str| id(&app.get("cs_supervisor", list).await.expect(200)["items"][0]);
    let promise = json!({ "next_promise_at": "2026-03-03T08:00:00+08:00" });
    let log = app.post("cs_agent", "/v1/contact-logs", contact(&other, promise)).await.expect(201);
    let survey = opened(app, std::slice::from_ref(&other), json!({})).await;
    template(app, "greeting", "sms", "您好").await;
    let campaign = started(app, &[other], json!({})).await;
    vec![
        ("/v1/portfolio-entries/", first("/v1/portfolio-entries").await),
        ("/v1/portfolio-plans/", first("/v1/portfolio-plans").await),
        ("/v1/contact-logs/", id(&log)),
        ("/v1/follow-ups/", first("/v1/follow-ups").await),
        ("/v1/surveys/", id(&survey)),
        ("/v1/survey-invitations/", first("/v1/survey-invitations").await),
        ("/v1/outreach-campaigns/", id(&campaign)),
        ("/v1/deliveries/", first("/v1/deliveries").await),
    ]
}

/// A customer of the desk's project.
async fn customer_of_ours(app: &TestApp) -> String {
    let ours = json!({ "kind": "person", "name": "钱十", "project_id": app.fixture.project });
    id(&app.post("cs_specialist", "/v1/customers", ours).await.expect(201))
}

/// A project that is none of the desk's.
async fn elsewhere(app: &TestApp) -> Uuid {
    let body = json!({ "code": "XC", "name": "新城", "org_unit_id": app.fixture.units["HEAT"] });
    let project = app.post("system_admin", "/v1/projects", body).await.expect(201);
    id(&project).parse().unwrap()
}

/// Somebody of every job role that does not see everything, in another branch and for another project.
async fn strangers(app: &TestApp, project: Uuid) -> Vec<(JobRole, String)> {
    let roles: Vec<JobRole> = JobRole::all().filter(|role| role.is_staff() && !role.sees_all()).collect();
    let hash = identity::hash_password(PASSWORD).await.unwrap();
    let unit = app.fixture.units["HEAT"];
    let list = roles.clone();
    let hire = async move |work: &Work| {
        for role in &list {
            hire(work, *role, unit, project, &hash).await?;
        }
        Ok::<_, Fault>(Answer::no_content())
    };
    app.store.write(Context::system("strangers"), hire).await.unwrap();
    roles.into_iter().map(|role| (role, login(role))).collect()
}

fn login(role: JobRole) -> String {
    format!("other-{}", role.code())
}

async fn hire(work: &Work, role: JobRole, unit: Uuid, project: Uuid, hash: &str) -> Result<(), Fault> {
    let person = CreateStaff {
        number: login(role),
        name: "外人".to_owned(),
        phone: None,
        email: None,
        org_unit_id: unit,
        skills: Vec::new(),
        daily_capacity: None,
        external_ids: Vec::new(),
    };
    let person = registers::staff::commands::create(work, &person).await?;
    let post = StartPost {
        role,
        org_unit_id: None,
        project_ids: vec![project],
        discipline: None,
        scope: None,
        from: NaiveDate::from_ymd_opt(2000, 1, 1).unwrap(),
        to: None,
    };
    registers::staff::commands::start_post(work, person.id, &post).await?;
    open(work, &login(role), hash, Owner::Staff(person.id), false).await?;
    Ok(())
}

/// Asks for a row and for one that exists nowhere; both answers must be one.
async fn sees_nothing(app: &TestApp, token: &str, who: &str, operation: &Operation, row: &str) {
    let mut bodies = Vec::new();
    for path in [operation.path.replace(NOWHERE, row), operation.path.clone()] {
        let mut call = app.call(operation.method.clone(), &path).header("Authorization", &format!("Bearer {token}"));
        if operation.method != Method::GET {
            call = call.json(json!({}));
        }
        if operation.key_required {
            call = call.key("walk-scope");
        }
        if operation.if_match {
            call = call.if_match(1);
        }
        let answer = call.send().await;
        assert_eq!(answer.status, 404, "{who} {} {path}: {}", operation.method, answer.body);
        let mut body = answer.refused(404, "not_found");
        for field in ["instance", "request_id"] {
            body[field] = Value::Null;
        }
        bodies.push(body);
    }
    assert_eq!(bodies[0], bodies[1], "{who} {} {}", operation.method, operation.path);
}

scenario! {
/// Two of the roles that hold each permission, of a sibling branch and project.
async fn another_branch_sees_nothing_of_ours(app) {
    let mut rows = Rows::make(app).await;
    rows.0.push(("/v1/customers/", customer_of_ours(app).await));
    let strangers = strangers(app, elsewhere(app).await).await;
    let mut walked = 0;
    for operation in operations(app).iter().filter(|operation| !is_upload(operation)) {
        let Some(row) = rows.of(operation) else { continue };
        let holds = |(role, _): &&(JobRole, String)| policy::allows(&operation.permission, *role);
        let holders: Vec<_> = strangers.iter().filter(holds).collect();
        // The first and the last in the book's order: rarely of the same group.
        for (_, who) in holders.first().into_iter().chain(holders.last()) {
            sees_nothing(app, &app.token(who).await, who, operation, row).await;
            walked += 1;
        }
    }
    assert!(walked > 120, "only {walked} calls were walked");
}
}

scenario! {
async fn a_customer_sees_nothing_of_another(app) {
    let mut rows = Rows::make(app).await;
    rows.0.push(("/v1/customers/", app.fixture.other_customer.to_string()));
    // His own paused case is not another's.
    rows.0.retain(|(path, _)| *path != "/v1/ticket-pauses/");
    let token = app.token("customer").await;
    let mut walked = 0;
    for operation in operations(app).iter().filter(|operation| !is_upload(operation)) {
        let Some(row) = rows.of(operation).filter(|_| policy::allows(&operation.permission, JobRole::Customer)) else {
            continue;
        };
        sees_nothing(app, &token, "customer", operation, row).await;
        walked += 1;
    }
    assert!(walked > 15, "only {walked} operations were walked");
}
}

scenario! {
async fn a_client_sees_nothing_beyond_its_projects(app) {
    let mut rows = Rows::make(app).await;
    let project = elsewhere(app).await;
    rows.0.push(("/v1/customers/", customer_of_ours(app).await));
    let mut walked = 0;
    for role in JobRole::all().filter(|role| role.is_client()) {
        let body = json!({ "client_id": role.code(), "name": "接口", "role": role.code(), "project_ids": [project] });
        let made = app.by("system_admin", Method::POST, "/v1/clients").json(body).send().await.expect(201);
        let secret = made["client_secret"].as_str().unwrap();
        let form = format!("grant_type=client_credentials&client_id={}&client_secret={secret}", role.code());
        let tokens = app.call(Method::POST, "/v1/auth/token").form(&form).send().await.expect(200);
        let token = tokens["access_token"].as_str().unwrap();
        for operation in operations(app).iter().filter(|operation| !is_upload(operation)) {
            let Some(row) = rows.of(operation).filter(|_| policy::allows(&operation.permission, role)) else { continue };
            sees_nothing(app, token, role.code(), operation, row).await;
            walked += 1;
        }
    }
    assert!(walked > 15, "only {walked} operations were walked");
}
}

scenario! {
/// A consultant knows the customers he made or looks after, and no others.
async fn a_consultant_knows_his_own_customers_only(app) {
    let row = app.fixture.customer.to_string();
    let token = app.token("property_consultant").await;
    let mut walked = 0;
    for operation in operations(app).iter().filter(|o| o.path.starts_with(&format!("/v1/customers/{NOWHERE}"))) {
        if policy::allows(&operation.permission, JobRole::PropertyConsultant) {
            sees_nothing(app, &token, "property_consultant", operation, &row).await;
            walked += 1;
        }
    }
    assert!(walked > 3, "only {walked} operations were walked");
    let own = json!({ "kind": "person", "name": "孙九" });
    let own = app.post("property_consultant", "/v1/customers", own).await.expect(201);
    app.get("property_consultant", &format!("/v1/customers/{}", id(&own))).await.expect(200);
}
}

scenario! {
/// Who stands in for a consultant knows his customers, and those entered meanwhile stay the consultant's.
async fn a_consultants_customers_are_known_to_who_stands_in_for_him(app) {
    let own = json!({ "kind": "person", "name": "孙九" });
    let own = app.post("property_consultant", "/v1/customers", own).await.expect(201);
    let lent = json!({ "to_staff_id": app.fixture.staff["cs_agent2"], "role": "property_consultant", "from": "2026-03-02",
        "to": "2026-03-04", "reason": "休假" });
    app.post("property_consultant", "/v1/delegations", lent).await.expect(201);
    let delegate = "cs_agent2/property_consultant";
    app.get(delegate, &format!("/v1/customers/{}", id(&own))).await.expect(200);
    app.get(delegate, &format!("/v1/customers/{}", app.fixture.customer)).await.refused(404, "not_found");
    let new = json!({ "kind": "person", "name": "吴十一" });
    let new = app.post(delegate, "/v1/customers", new).await.expect(201);
    assert_eq!(new["owner_staff_id"], json!(app.fixture.staff["property_consultant"]));
    app.get("property_consultant", &format!("/v1/customers/{}", id(&new))).await.expect(200);
}
}
