//! TK-08: whose customer somebody is, the first contact, promises kept and missed.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::desk::hours;
use crate::kit::{self, Answer, TestApp, id};

pub const PLANS: &str = "/v1/portfolio-plans";
pub const ENTRIES: &str = "/v1/portfolio-entries";
pub const LOGS: &str = "/v1/contact-logs";
pub const PROMISES: &str = "/v1/follow-ups";

/// A new customer with a phone of his own.
pub async fn customer(app: &TestApp, n: usize) -> String {
    let body = json!({ "kind": "person", "name": "赵敏", "phones": [format!("1362000{n:04}")] });
    id(&app.post("cs_specialist", "/v1/customers", body).await.expect(201))
}

/// Gives customers to the agents and answers the applied plan.
pub async fn assign(app: &TestApp, customers: &[String], agents: &[&str]) -> Value {
    let agents: Vec<_> = agents.iter().map(|agent| app.fixture.staff[*agent]).collect();
    let plan = json!({ "customer_ids": customers, "agent_ids": agents });
    let plan = app.post("cs_supervisor", PLANS, plan).await.expect(201);
    app.post("cs_supervisor", &format!("{PLANS}/{}/apply", id(&plan)), json!({})).await.expect(200)
}

/// A contact as it is written down, to be changed by `with`.
pub fn contact(customer: &str, with: Value) -> Value {
    let body = json!({ "customer_id": customer, "method": "phone", "direction": "out", "reached": true,
        "content": "介绍了自己和公司,了解收房后的使用情况" });
    kit::with(body, &with)
}

async fn log(app: &TestApp, who: &str, customer: &str, with: Value) -> Answer {
    app.post(who, LOGS, contact(customer, with)).await
}

async fn skill(app: &TestApp, who: &str, level: i64) {
    let path = format!("/v1/staff/{}", app.fixture.staff[who]);
    let version = app.get("hr_officer", &path).await.expect(200)["version"].as_i64().unwrap();
    let skills = json!({ "skills": [{ "category": "customer_care", "level": level }] });
    app.by("hr_officer", Method::PATCH, &path).if_match(version).json(skills).send().await.expect(200);
}

async fn entry_of(app: &TestApp, customer: &str) -> Value {
    let list = app.get("cs_supervisor", &format!("{ENTRIES}?customer_id={customer}&live=true")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    list["items"][0].clone()
}

async fn promise_of(app: &TestApp, customer: &str, status: &str) -> Value {
    let list =
        app.get("cs_supervisor", &format!("{PROMISES}?customer_id={customer}&status={status}")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    list["items"][0].clone()
}

scenario! {
/// A contact while the entry ends: both are written down, whichever comes first.
async fn tk_r26_a_contact_at_the_end_of_an_entry_is_kept(app) {
    let customers = [customer(app, 1).await, customer(app, 2).await];
    assign(app, &customers, &["cs_agent"]).await;
    for customer in &customers {
        let end = format!("{ENTRIES}/{}/end", id(&entry_of(app, customer).await));
        let (said, ended) =
            tokio::join!(log(app, "cs_agent", customer, json!({})), app.post("cs_supervisor", &end, json!({})));
        assert_eq!((said.expect(201)["reached"].clone(), ended.expect(200)["id"].is_string()), (json!(true), true));
    }
}
}

scenario! {
/// A level 2 with 10 customers, B 3 with 12, C 4 with 20; six new ones go B B B C B A.
async fn tk_e13_customers_are_given_by_count_and_ability(app) {
    let people = [("cs_agent", 2, 10), ("cs_agent2", 3, 12), ("cs_agent3", 4, 20)];
    let mut n = 0;
    for (who, level, count) in people {
        skill(app, who, level).await;
        let mut customers = Vec::new();
        for _ in 0..count {
            n += 1;
            customers.push(customer(app, n).await);
        }
        assign(app, &customers, &[who]).await;
    }
    let mut new = Vec::new();
    for _ in 0..6 {
        n += 1;
        new.push(customer(app, n).await);
    }
    let agents = people.map(|(who, ..)| app.fixture.staff[who]);
    // By number, whatever the order they are named in.
    let turned: Vec<&String> = new.iter().rev().collect();
    let plan = app.post("cs_manager", PLANS, json!({ "customer_ids": turned, "agent_ids": agents })).await.expect(201);
    let [a, b, c] = agents.map(|agent| json!(agent));
    let given: Vec<(&Value, &Value)> = plan["allocations"].as_array().unwrap().iter()
        .map(|row| (&row["customer_id"], &row["agent_id"])).collect();
    let expected = [&b, &b, &b, &c, &b, &a];
    let new: Vec<Value> = new.iter().map(|customer| json!(customer)).collect();
    assert_eq!(given, new.iter().zip(expected).collect::<Vec<_>>());
    let after: Vec<i64> = plan["agents"].as_array().unwrap().iter().map(|row| row["customers_after"].as_i64().unwrap()).collect();
    assert_eq!(after, [11, 16, 21]);
    app.post("cs_supervisor", &format!("{PLANS}/{}/apply", id(&plan)), json!({})).await.expect(200);
    let owner = app.get("cs_agent", &format!("/v1/customers/{}", new[5].as_str().unwrap())).await.expect(200);
    assert_eq!(owner["owner_staff_id"], a);
}
}

scenario! {
/// A plan holds only while nobody's customers changed.
async fn a_plan_goes_stale(app) {
    let (one, two) = (customer(app, 1).await, customer(app, 2).await);
    let agent = app.fixture.staff["cs_agent"];
    let plan = async |customer: &str| {
        let body = json!({ "customer_ids": [customer], "agent_ids": [agent] });
        format!("{PLANS}/{}", id(&app.post("cs_supervisor", PLANS, body).await.expect(201)))
    };
    let (first, second, third) = (plan(&one).await, plan(&two).await, plan(&two).await);
    app.post("cs_supervisor", &format!("{third}/cancel"), json!({})).await.expect(200);
    app.post("cs_supervisor", &format!("{third}/apply"), json!({})).await.refused(409, "invalid_state");
    app.post("cs_supervisor", &format!("{first}/apply"), json!({})).await.expect(200);
    app.post("cs_supervisor", &format!("{second}/apply"), json!({})).await.refused(409, "plan_stale");
    let entry = entry_of(app, &one).await;
    // Ending one and giving another leaves the count as it was; the plan is stale all the same.
    let fourth = plan(&two).await;
    app.post("cs_supervisor", &format!("{ENTRIES}/{}/end", id(&entry)), json!({ "reason": "客户迁出" })).await.expect(200);
    let again = plan(&one).await;
    app.post("cs_supervisor", &format!("{again}/apply"), json!({})).await.expect(200);
    app.post("cs_supervisor", &format!("{fourth}/apply"), json!({})).await.refused(409, "plan_stale");
    app.post("cs_supervisor", &format!("{ENTRIES}/{}/end", id(&entry)), json!({})).await.refused(409, "invalid_state");
    let body = json!({ "customer_ids": [one], "agent_ids": [agent] });
    app.post("cs_supervisor", PLANS, body).await.refused(409, "customer_assigned");
    let body = json!({ "filter": {}, "agent_ids": [agent] });
    let rest = app.post("cs_supervisor", PLANS, body).await.expect(201);
    let named: Vec<&Value> = rest["allocations"].as_array().unwrap().iter().map(|row| &row["customer_id"]).collect();
    assert!(!named.contains(&&json!(one)) && named.contains(&&json!(two)), "only those without an owner");
    app.post("cs_agent", PLANS, json!({ "filter": {}, "agent_ids": [agent] })).await.refused(403, "forbidden");
    app.post("cs_supervisor", PLANS, json!({ "agent_ids": [agent] })).await.refused(422, "required");
    app.post("cs_supervisor", PLANS, json!({ "customer_ids": [agent], "agent_ids": [agent] })).await.refused(422, "not_found");
}
}

scenario! {
async fn nobody_gets_more_than_the_most(app) {
    let body = json!({ "value": 1, "valid_from": "2026-03-02", "reason": "试行" });
    let path = "/v1/parameters/tickets.portfolio.max_customers";
    app.by("cs_manager", Method::PUT, path).json(body).send().await.expect(200);
    let customers = [customer(app, 1).await, customer(app, 2).await, customer(app, 3).await];
    let agents = ["cs_agent", "cs_agent2"].map(|who| app.fixture.staff[who]);
    let plan = json!({ "customer_ids": customers, "agent_ids": agents });
    let plan = app.post("cs_supervisor", PLANS, plan).await.expect(201);
    assert_eq!(plan["allocations"].as_array().unwrap().len(), 2);
    assert_eq!(plan["unassigned_customer_ids"], json!([customers[2]]));
}
}

scenario! {
/// A contact told late is judged by what was in force on its day.
async fn a_promise_lies_as_far_ahead_as_its_day_allows(app) {
    let body = json!({ "value": 72, "valid_from": "2026-03-02", "reason": "放宽约定时限" });
    let path = "/v1/parameters/tickets.portfolio.promise_max_hours";
    app.by("cs_manager", Method::PUT, path).json(body).send().await.expect(200);
    let one = customer(app, 1).await;
    let before = json!({ "at": "2026-03-01T17:00:00+08:00", "next_promise_at": "2026-03-03T17:01:00+08:00" });
    log(app, "cs_agent", &one, before).await.refused(422, "promise_too_far");
    let today = json!({ "next_promise_at": kernel::time::Timestamp::from(app.now() + hours(72)) });
    log(app, "cs_agent", &one, today).await.expect(201);
}
}

scenario! {
/// Assigned on 26 December: the first contact is due on 2 January, that whole day included.
async fn tk_e02_the_first_contact_is_due_in_a_week(app) {
    app.at("2011-12-26T10:00:00+08:00");
    let customers = [customer(app, 1).await, customer(app, 2).await, customer(app, 3).await];
    assign(app, &customers, &["cs_agent"]).await;
    let entry = entry_of(app, &customers[0]).await;
    assert_eq!(entry["first_contact_due_on"], "2012-01-02");
    assert_eq!((&entry["first_contact_in_time"], &entry["first_contact_overdue"]), (&Value::Null, &json!(false)));
    app.at("2012-01-02T23:59:00+08:00");
    // Nobody reached, too little said, or somebody else: none of these is a first contact.
    log(app, "cs_agent", &customers[0], json!({ "reached": false })).await.expect(201);
    log(app, "cs_agent", &customers[0], json!({ "content": "已联系" })).await.expect(201);
    log(app, "cs_agent2", &customers[0], json!({})).await.expect(201);
    assert_eq!(entry_of(app, &customers[0]).await["first_contact_at"], Value::Null);
    log(app, "cs_agent", &customers[0], json!({})).await.expect(201);
    let entry = entry_of(app, &customers[0]).await;
    assert_eq!(entry["first_contact_at"], "2012-01-02T23:59:00+08:00");
    assert_eq!(entry["first_contact_in_time"], true);
    app.at("2012-01-03T00:00:00+08:00");
    assert_eq!(entry_of(app, &customers[1]).await["first_contact_overdue"], true);
    log(app, "cs_agent", &customers[1], json!({})).await.expect(201);
    let late = entry_of(app, &customers[1]).await;
    assert_eq!((&late["first_contact_in_time"], &late["first_contact_overdue"]), (&json!(false), &json!(false)));
    let count = async |query: &str| {
        let list = app.get("cs_supervisor", &format!("{ENTRIES}?{query}&include_total=true")).await.expect(200);
        list["total"].as_i64().unwrap()
    };
    assert_eq!(count("never_contacted=true").await, 1);
    assert_eq!(count("first_contact_in_time=true").await, 1);
    assert_eq!(count("first_contact_in_time=false").await, 2, "late, and never though the day is over");
    assert_eq!(count("first_contact_due_on_lt=2012-01-02").await, 0);
    // What is told later may have happened in time.
    log(app, "cs_agent", &customers[1], json!({ "at": "2011-12-30T09:00:00+08:00" })).await.expect(201);
    assert_eq!(entry_of(app, &customers[1]).await["first_contact_in_time"], true);
}
}

scenario! {
async fn who_stands_in_makes_the_first_contact(app) {
    let one = customer(app, 1).await;
    assign(app, std::slice::from_ref(&one), &["cs_agent"]).await;
    let [from, to] = ["cs_agent", "cs_agent2"].map(|who| app.fixture.staff[who]);
    let lent = json!({ "from_staff_id": from, "to_staff_id": to, "role": "cs_agent", "from": "2026-03-02", "to": "2026-03-03", "reason": "休假" });
    app.post("hr_officer", "/v1/delegations", lent).await.expect(201);
    log(app, "cs_agent2/cs_agent", &one, json!({})).await.expect(201);
    assert!(entry_of(app, &one).await["first_contact_at"].is_string());
}
}

scenario! {
/// 48 hours to the minute.
async fn tk_e02_a_promise_lies_at_most_48_hours_ahead(app) {
    app.at("2015-08-07T17:00:00+08:00");
    let one = customer(app, 1).await;
    let made = log(app, "cs_agent", &one, json!({ "at": "2015-08-07T17:00:00+08:00", "next_promise_at": "2015-08-09T17:00:00+08:00" })).await.expect(201);
    assert_eq!(made["next_promise_at"], "2015-08-09T17:00:00+08:00");
    let far = log(app, "cs_agent", &one, json!({ "at": "2015-08-07T17:00:00+08:00", "next_promise_at": "2015-08-09T17:01:00+08:00" })).await;
    far.refused(422, "promise_too_far");
    // A clock three minutes ahead counts as now, and so does what is promised by it.
    let ahead = log(app, "cs_agent", &one, json!({ "at": "2015-08-07T17:03:00+08:00", "next_promise_at": "2015-08-09T17:01:00+08:00" })).await;
    ahead.refused(422, "promise_too_far");
    log(app, "cs_agent", &one, json!({ "next_promise_at": "2015-08-07T17:00:00+08:00" })).await.refused(422, "date_order");
    log(app, "cs_agent", &one, json!({ "at": "2015-08-07T17:06:00+08:00" })).await.refused(422, "date_in_future");
    log(app, "cs_agent", &one, json!({ "customer_id": app.fixture.staff["cs_agent"] })).await.refused(422, "not_found");
    log(app, "cs_agent", &one, json!({ "content": "  " })).await.refused(422, "required");
    let path = format!("{LOGS}/{}", id(&made));
    let patch = app.by("cs_agent", Method::PATCH, &path).if_match(1).json(json!({ "content": "改" })).send().await;
    patch.refused(405, "method_not_allowed");
}
}

scenario! {
/// Kept by a contact that reached the customer at the very instant; missed a second later, and for ever.
async fn a_promise_is_kept_or_missed(app) {
    let (one, two) = (customer(app, 1).await, customer(app, 2).await);
    for customer in [&one, &two] {
        log(app, "cs_agent", customer, json!({ "next_promise_at": "2026-03-03T08:00:00+08:00" })).await.expect(201);
    }
    app.at("2026-03-03T08:00:00+08:00");
    log(app, "cs_agent", &one, json!({ "reached": false })).await.expect(201);
    assert_eq!(promise_of(app, &one, "open").await["missed"], false);
    let waiting = app.get("cs_supervisor", &format!("{PROMISES}?missed=false&include_total=true")).await.expect(200);
    assert_eq!(waiting["total"], 2, "what is open still is not missed");
    log(app, "cs_agent2", &one, json!({})).await.expect(201);
    let kept = promise_of(app, &one, "kept").await;
    assert_eq!((&kept["kept_at"], &kept["missed"]), (&json!("2026-03-03T08:00:00+08:00"), &json!(false)));
    app.at("2026-03-03T08:00:01+08:00");
    let missed = promise_of(app, &two, "missed").await;
    assert_eq!(missed["missed"], true);
    log(app, "cs_agent", &two, json!({})).await.expect(201);
    assert_eq!(promise_of(app, &two, "missed").await["kept_at"], Value::Null);
    // Told once, by whichever process, and told only.
    for _ in 0..2 {
        tickets::follow_up::tell_missed(app.store.clone()).await.unwrap();
    }
    let history = app.get("cs_agent", &format!("{PROMISES}/{}/history", id(&missed))).await.expect(200);
    let told = history["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == "follow_up.missed").count();
    assert_eq!(told, 1);
    // A call of yesterday told only today did keep it.
    log(app, "cs_agent", &two, json!({ "at": "2026-03-02T18:00:00+08:00" })).await.expect(201);
    assert_eq!(promise_of(app, &two, "kept").await["kept_at"], "2026-03-02T18:00:00+08:00");
}
}

scenario! {
async fn a_missed_promise_is_put_off_with_an_apology(app) {
    let one = customer(app, 1).await;
    assign(app, std::slice::from_ref(&one), &["cs_agent"]).await;
    log(app, "cs_agent", &one, json!({ "next_promise_at": "2026-03-03T08:00:00+08:00" })).await.expect(201);
    let first = promise_of(app, &one, "open").await;
    let path = format!("{PROMISES}/{}/postpone", id(&first));
    app.at("2026-03-03T09:00:00+08:00");
    let body = json!({ "notice_text": "配件未到,非常抱歉", "apology": true, "new_promise_at": "2026-03-05T09:00:00+08:00" });
    let without = |field: &str, value: Value| kit::with(body.clone(), &json!({ field: value }));
    app.post("cs_agent", &path, without("apology", json!(false))).await.refused(422, "apology_required");
    app.post("cs_agent", &path, without("new_promise_at", json!("2026-03-05T09:00:01+08:00"))).await.refused(422, "promise_too_far");
    app.post("cs_agent2", &path, body.clone()).await.refused(409, "above_authority");
    app.post("cs_manager", &path, body.clone()).await.refused(403, "forbidden");
    let seen = app.get("cs_agent2", &format!("{PROMISES}/{}", id(&first))).await.expect(200);
    let act = seen["allowed_actions"].as_array().unwrap().iter().find(|act| act["action"] == "postpone").unwrap();
    assert_eq!(act["reasons"][0]["code"], "above_authority");
    let put_off = app.post("cs_agent", &path, body.clone()).await.expect(200);
    assert_eq!((&put_off["status"], &put_off["missed"]), (&json!("postponed"), &json!(true)));
    app.post("cs_agent", &path, body).await.refused(409, "invalid_state");
    let next = promise_of(app, &one, "open").await;
    assert_eq!((&next["postpones_id"], &next["promised_at"]), (&first["id"], &json!("2026-03-05T09:00:00+08:00")));
    app.later(hours(24));
    log(app, "cs_agent", &one, json!({})).await.expect(201);
    assert_eq!(promise_of(app, &one, "kept").await["id"], next["id"]);
    let missed = app.get("cs_supervisor", &format!("{PROMISES}?missed=true&include_total=true")).await.expect(200);
    assert_eq!(missed["total"], 1, "put off and kept later, the first stays missed");
    // A lead puts off and cancels for others.
    log(app, "cs_agent", &one, json!({ "next_promise_at": "2026-03-05T09:00:00+08:00" })).await.expect(201);
    let third = promise_of(app, &one, "open").await;
    let cancel = format!("{PROMISES}/{}/cancel", id(&third));
    app.post("cs_agent", &cancel, json!({ "reason": "客户不再需要" })).await.refused(403, "forbidden");
    app.post("team_leader", &cancel, json!({ "reason": "客户不再需要" })).await.expect(200);
    app.get("cs_supervisor", &format!("{PROMISES}?status=lost")).await.refused(400, "invalid_parameter");
}
}

scenario! {
/// Sixteen at once give the same customer away; he is given once.
async fn one_customer_has_one_owner(app) {
    let one = customer(app, 1).await;
    let mut plans = Vec::new();
    for who in ["cs_agent", "cs_agent2", "cs_agent3", "service_rep"] {
        let body = json!({ "customer_ids": [one], "agent_ids": [app.fixture.staff[who]] });
        plans.push(id(&app.post("cs_supervisor", PLANS, body).await.expect(201)));
    }
    let all = plans.iter().map(|plan| async move {
        app.post("cs_supervisor", &format!("{PLANS}/{plan}/apply"), json!({})).await
    });
    let answers = futures_util::future::join_all(all).await;
    let late: Vec<&Answer> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert_eq!(late.len(), 3);
    assert!(late.iter().all(|answer| answer.body["code"] == "plan_stale"), "for customers of other agents too");
    entry_of(app, &one).await;
}
}

scenario! {
/// A consultant keeps his own customers; a customer and other branches see none of it.
async fn a_portfolio_is_seen_by_its_own(app) {
    let one = customer(app, 1).await;
    assign(app, std::slice::from_ref(&one), &["cs_agent"]).await;
    let entry = format!("{ENTRIES}/{}", id(&entry_of(app, &one).await));
    let made = log(app, "cs_agent", &one, json!({ "next_promise_at": "2026-03-03T08:00:00+08:00" })).await.expect(201);
    let promise = format!("{PROMISES}/{}", id(&promise_of(app, &one, "open").await));
    let made = format!("{LOGS}/{}", id(&made));
    for path in [&entry, &made, &promise] {
        app.get("cs_director", path).await.expect(200);
        app.get("general_manager", path).await.expect(200);
        for who in ["heating_service_manager", "property_consultant"] {
            app.get(who, path).await.refused(404, "not_found");
        }
        app.get("customer", path).await.refused(403, "forbidden");
    }
    let own = json!({ "kind": "person", "name": "孙九", "phones": ["13620009999"] });
    let own = id(&app.post("property_consultant", "/v1/customers", own).await.expect(201));
    log(app, "property_consultant", &own, json!({ "method": "visit", "direction": "in" })).await.expect(201);
    log(app, "property_consultant", &one, json!({})).await.refused(422, "not_found");
    let seen = app.get("property_consultant", &format!("{LOGS}?method=visit")).await.expect(200);
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
/// A promise of two minutes by delegation, and a contact at the instant it was made, keep nothing by themselves.
async fn the_contact_that_makes_a_promise_does_not_keep_it(app) {
    let one = customer(app, 1).await;
    log(app, "cs_agent", &one, json!({ "next_promise_at": "2026-03-02T10:00:00+08:00" })).await.expect(201);
    assert_eq!(promise_of(app, &one, "open").await["kept_at"], Value::Null);
    app.later(TimeDelta::seconds(1));
    log(app, "cs_agent", &one, json!({})).await.expect(201);
    promise_of(app, &one, "kept").await;
}
}

scenario! {
/// A promise is kept once, also when two contacts are written down at the same time.
async fn contacts_at_once_keep_a_promise_once(app) {
    let one = customer(app, 1).await;
    assign(app, std::slice::from_ref(&one), &["cs_agent"]).await;
    log(app, "cs_agent", &one, json!({ "next_promise_at": "2026-03-03T08:00:00+08:00" })).await.expect(201);
    app.later(hours(1));
    app.get("cs_agent", "/v1/me").await.expect(200);
    let contacts = (0..2).map(|_| log(app, "cs_agent", &one, json!({})));
    for answer in futures_util::future::join_all(contacts).await {
        answer.expect(201);
    }
    promise_of(app, &one, "kept").await;
    let made = |who: &str| format!("{LOGS}?agent_id={}&include_total=true", app.fixture.staff[who]);
    assert_eq!(app.get("cs_supervisor", &made("cs_agent")).await.expect(200)["total"], 3);
    assert_eq!(app.get("cs_supervisor", &made("cs_agent2")).await.expect(200)["total"], 0);
}
}

scenario! {
/// TK-R26: two files of one person are one person; a contact with the file that stays keeps what the other was promised.
async fn tk_r26_a_promise_outlives_the_merge_of_its_file(app) {
    let (merged, stays) = (customer(app, 90).await, customer(app, 91).await);
    assign(app, std::slice::from_ref(&merged), &["cs_agent"]).await;
    let promise = json!({ "reached": false, "next_promise_at": "2026-03-03T08:00:00+08:00" });
    log(app, "cs_agent", &merged, promise).await.expect(201);
    let into = json!({ "target_id": stays, "reason": "同一人" });
    app.post("cs_manager", &format!("/v1/customers/{merged}/merge"), into).await.expect(200);
    let again = json!({ "customer_ids": [stays], "agent_ids": [app.fixture.staff["cs_agent2"]] });
    app.post("cs_supervisor", PLANS, again).await.refused(409, "customer_assigned");
    app.later(hours(1));
    log(app, "cs_agent", &stays, json!({})).await.expect(201);
    promise_of(app, &merged, "kept").await;
    assert!(entry_of(app, &merged).await["first_contact_at"].is_string());
}
}
