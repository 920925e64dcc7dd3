//! PF-12, PF-E14: facts reach another system in order, at least once, signed, and nobody inside is called.

use std::time::Duration;

use actix_web::http::Method;
use chrono::TimeDelta;
use outbound::webhooks::deliver_due;
use serde_json::{Value, json};

use crate::kit::receiver::{Received, Receiver};
use crate::kit::{TestApp, id};
use crate::tickets::desk::{act, hours, register, solution};

const PATH: &str = "/v1/webhooks";
const TYPES: [&str; 4] = ["ticket.registered", "ticket.assigned", "ticket.started", "ticket.resolved"];

async fn open(app: &TestApp, url: &str, types: &[&str]) -> (String, String) {
    let answer = app.post("system_admin", PATH, json!({ "url": url, "types": types })).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.expect(201);
    (id(&body), body["secret"].as_str().unwrap().to_owned())
}

async fn deliver(app: &TestApp) -> usize {
    app.store.seal_now().await.unwrap();
    deliver_due(&app.store, &app.state.caller).await.unwrap()
}

async fn get(app: &TestApp, webhook: &str) -> Value {
    app.get("system_admin", &format!("{PATH}/{webhook}")).await.expect(200)
}

async fn deliveries(app: &TestApp, webhook: &str) -> Vec<Value> {
    let path = format!("{PATH}/{webhook}/deliveries?limit=200&sort=created_at");
    app.get("system_admin", &path).await.expect(200)["items"].as_array().unwrap().clone()
}

async fn patch(app: &TestApp, webhook: &str, body: Value) -> crate::kit::Answer {
    let version = get(app, webhook).await["version"].as_i64().unwrap();
    let path = format!("{PATH}/{webhook}");
    app.by("system_admin", Method::PATCH, &path).if_match(version).json(body).send().await
}

/// One ticket: registered, assigned, started, resolved.
async fn four_facts(app: &TestApp) -> String {
    let ticket = register(app, json!({})).await;
    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    act(app, "cs_agent", &ticket, "start", json!({})).await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    id(&ticket)
}

fn types_of(messages: &[Received], ticket: &str) -> Vec<String> {
    let of_ticket = messages.iter().map(Received::body).filter(|body| body["resource_id"] == ticket);
    of_ticket.map(|body| body["type"].as_str().unwrap().to_owned()).collect()
}

scenario! {
async fn pf_e14_an_hour_away_loses_nothing_and_keeps_the_order(app) {
    let receiver = Receiver::start().await;
    let (webhook, old) = open(app, &receiver.url, &TYPES).await;
    receiver.answer(503);
    let mut tickets = Vec::new();
    for _ in 0..3 {
        tickets.push(four_facts(app).await);
    }
    for _ in 0..60 {
        deliver(app).await;
        app.later(TimeDelta::minutes(1));
    }
    let tried = receiver.received();
    assert!(tried.iter().all(|message| message.body()["type"] == "ticket.registered"), "later facts wait for the first");
    assert_eq!(tried.len(), 3 * 4, "at once, after 5 s, 5 min and 30 min");
    let seen = get(app, &webhook).await;
    assert_eq!((&seen["active"], &seen["failing"]), (&json!(true), &json!(true)));
    let failing = app.get("system_admin", "/v1/webhooks?failing=true").await.expect(200);
    assert_eq!(failing["items"].as_array().unwrap().len(), 1);

    receiver.answer(200);
    let new = app.post("system_admin", &format!("{PATH}/{webhook}/rotate-secret"), json!({})).await.expect(200);
    let new = new["secret"].as_str().unwrap().to_owned();
    assert!(new.starts_with("whsec_") && new != old);
    app.later(hours(2));
    assert_eq!(deliver(app).await, 12);
    let got = receiver.accepted();
    for ticket in &tickets {
        assert_eq!(types_of(&got, ticket), TYPES);
    }
    assert!(got.iter().all(|message| message.is_signed_with(&old) && message.is_signed_with(&new)));
    assert_eq!(get(app, &webhook).await["failing"], false);
    let kept = deliveries(app, &webhook).await;
    assert_eq!(kept.len(), 12);
    assert!(kept.iter().all(|one| one["status"] == "delivered"));
    let first = kept.iter().find(|one| one["type"] == "ticket.registered").unwrap();
    let statuses: Vec<_> = first["attempts"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!(statuses, [503, 503, 503, 503, 200]);
    assert_eq!(deliver(app).await, 0);

    app.later(hours(24));
    receiver.forget();
    register(app, json!({})).await;
    assert_eq!(deliver(app).await, 1);
    let last = &receiver.accepted()[0];
    assert!(last.is_signed_with(&new) && !last.is_signed_with(&old), "the overlap is over");
}
}

scenario! {
/// A message is the fact as the feed shows it: masked, and nothing the owner may not know of.
async fn a_message_is_the_event_of_the_feed(app) {
    let receiver = Receiver::start().await;
    open(app, &receiver.url, &[]).await;
    let ticket = register(app, json!({})).await;
    app.post("cs_specialist", "/v1/customers", json!({ "kind": "person", "name": "赵六", "phones": ["13700001111"] })).await.expect(201);
    deliver(app).await;
    let got = receiver.accepted();
    let registered = got.iter().map(Received::body).find(|body| body["type"] == "ticket.registered").unwrap();
    let after = registered["position"].as_i64().unwrap() - 1;
    let feed = app.get("general_manager", &format!("/v1/events?after={after}&limit=1")).await.expect(200);
    assert_eq!(registered, feed["items"][0]);
    assert_eq!(registered["resource_id"], ticket["id"]);
    assert!(got.iter().any(|message| message.body()["type"] == "customer.created"));
    assert!(got.iter().all(|message| !message.text.contains("赵六") && !message.text.contains("13700001111")));
    assert!(got.iter().all(|message| !message.body()["type"].as_str().unwrap().starts_with("webhook.")), "audit facts stay inside");
}
}

scenario! {
async fn a_failing_resource_holds_up_no_other(app) {
    let receiver = Receiver::start().await;
    open(app, &receiver.url, &TYPES).await;
    let (stuck, free) = (four_facts(app).await, four_facts(app).await);
    receiver.spurn(Some(&stuck));
    deliver(app).await;
    assert_eq!(types_of(&receiver.accepted(), &free), TYPES);
    assert!(types_of(&receiver.accepted(), &stuck).is_empty());
    receiver.spurn(None);
    app.later(TimeDelta::seconds(5));
    deliver(app).await;
    assert_eq!(types_of(&receiver.accepted(), &stuck), TYPES);
}
}

scenario! {
/// The process dies while sending: the lease ends, the message comes again under the same id.
async fn who_dies_while_sending_loses_nothing(app) {
    let receiver = Receiver::start().await;
    open(app, &receiver.url, &TYPES).await;
    register(app, json!({})).await;
    app.store.seal_now().await.unwrap();
    receiver.take_time(Duration::from_secs(5));
    let dying = deliver_due(&app.store, &app.state.caller);
    assert!(tokio::time::timeout(Duration::from_millis(1500), dying).await.is_err());
    receiver.take_time(Duration::ZERO);
    assert_eq!(deliver(app).await, 0, "somebody may still be at it");
    app.later(TimeDelta::seconds(61));
    assert_eq!(deliver(app).await, 1);
    let got = receiver.received();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].id(), got[1].id());
}
}

scenario! {
async fn two_processes_send_each_message_once(app) {
    let receiver = Receiver::start().await;
    open(app, &receiver.url, &TYPES).await;
    let mut tickets = Vec::new();
    for _ in 0..4 {
        tickets.push(four_facts(app).await);
    }
    app.store.seal_now().await.unwrap();
    receiver.take_time(Duration::from_millis(20));
    let other = app.second_store().await;
    let caller = &app.state.caller;
    let (one, two) = futures_util::future::join(deliver_due(&app.store, caller), deliver_due(&other, caller)).await;
    let rest = deliver(app).await;
    assert_eq!(one.unwrap() + two.unwrap() + rest, 16);
    for ticket in &tickets {
        assert_eq!(types_of(&receiver.received(), ticket), TYPES);
    }
    other.close().await.unwrap();
}
}

scenario! {
async fn after_three_days_of_failing_it_is_switched_off_and_says_so(app) {
    let receiver = Receiver::start().await;
    let (webhook, _) = open(app, &receiver.url, &TYPES).await;
    receiver.answer(500);
    let ticket = four_facts(app).await;
    for _ in 0..11 {
        deliver(app).await;
        assert_eq!(get(app, &webhook).await["active"], true);
        app.later(hours(6));
    }
    app.later(hours(6));
    deliver(app).await;
    let seen = get(app, &webhook).await;
    assert_eq!((&seen["active"], &seen["disabled_reason"]), (&json!(false), &json!("failing")));
    app.store.seal_now().await.unwrap();
    let told = app.get("system_admin", "/v1/events?types=webhook.disabled").await.expect(200);
    assert_eq!(told["items"][0]["resource_id"], json!(webhook));
    app.post("system_admin", &format!("{PATH}/{webhook}/test"), json!({})).await.refused(409, "invalid_state");

    let missed = register(app, json!({})).await;
    app.later(hours(48));
    receiver.answer(200);
    assert_eq!(deliver(app).await, 0);
    patch(app, &webhook, json!({ "active": true })).await.expect(200);
    assert_eq!(deliver(app).await, 5);
    assert_eq!(types_of(&receiver.accepted(), &ticket), TYPES);
    assert_eq!(types_of(&receiver.accepted(), &id(&missed)), ["ticket.registered"]);
}
}

scenario! {
async fn a_replay_sends_again_under_the_same_ids(app) {
    let receiver = Receiver::start().await;
    let (webhook, _) = open(app, &receiver.url, &TYPES).await;
    let before = get(app, &webhook).await["position"].as_i64().unwrap();
    four_facts(app).await;
    deliver(app).await;
    let first: Vec<String> = receiver.accepted().iter().map(Received::id).collect();
    receiver.forget();
    let replay = format!("{PATH}/{webhook}/replay");
    app.post("system_admin", &replay, json!({ "from": before + 1 })).await.expect(200);
    assert_eq!(deliver(app).await, 4);
    let second: Vec<String> = receiver.accepted().iter().map(Received::id).collect();
    assert_eq!(first, second);
    app.post("system_admin", &replay, json!({ "from": 0 })).await.refused(422, "out_of_range");
    app.post("system_admin", &replay, json!({ "from": 1_000_000 })).await.refused(422, "out_of_range");
    app.post("system_admin", &replay, json!({})).await.refused(422, "required");
}
}

scenario! {
async fn a_test_message_comes_at_once_and_redirects_are_not_followed(app) {
    let receiver = Receiver::start().await;
    let (webhook, secret) = open(app, &receiver.url, &TYPES).await;
    let test = format!("{PATH}/{webhook}/test");
    app.post("system_admin", &test, json!({})).await.expect(200);
    assert_eq!(deliver(app).await, 1);
    let got = &receiver.received()[0];
    assert_eq!((&got.body()["type"], &got.body()["resource_id"]), (&json!("webhook.test"), &json!(webhook)));
    assert!(got.is_signed_with(&secret));
    receiver.answer(302);
    app.post("system_admin", &test, json!({})).await.expect(200);
    assert_eq!(deliver(app).await, 1);
    assert!(receiver.received().iter().all(|message| message.path == "/hook"));
    let last = deliveries(app, &webhook).await.pop().unwrap();
    assert_eq!((&last["status"], &last["attempts"][0]["status"]), (&json!("pending"), &json!(302)));
}
}

scenario! {
async fn addresses_inside_are_refused(app) {
    let create = |url: &str| app.post("system_admin", PATH, json!({ "url": url }));
    for url in [
        "http://10.0.0.8/hook",
        "https://10.0.0.8/hook",
        "https://[::1]/hook",
        "https://[::ffff:192.168.1.1]/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://0x0a000008/hook",
        "http://no-such-name.invalid/hook",
    ] {
        let refusal = create(url).await.refused(422, "address_refused");
        assert_eq!(refusal["errors"][0]["pointer"], "/url", "{url}");
    }
    // It leads nowhere now; where it leads is looked at again by each call.
    create("https://no-such-name.invalid/hook").await.expect(201);
    for url in ["ftp://example.com/hook", "not an address", "https://user:word@example.com/hook"] {
        create(url).await.refused(422, "invalid_format");
    }
    let receiver = Receiver::start().await;
    let (webhook, _) = open(app, &receiver.url, &TYPES).await;
    patch(app, &webhook, json!({ "url": "http://10.0.0.8/hook" })).await.refused(422, "address_refused");
    let body = json!({ "url": receiver.url, "types": ["ticket.assigned", "Ticket", "ticket.assigned"], "color": 1 });
    app.post("system_admin", PATH, body).await.refused(422, "unknown_field");
    let body = json!({ "url": receiver.url, "types": ["ticket.assigned", "Ticket", "ticket.assigned"] });
    let refusal = app.post("system_admin", PATH, body).await.refused(422, "invalid_format");
    let pointers: Vec<_> = refusal["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/types/1", "/types/2"]);
    app.by("system_admin", Method::POST, PATH).key("x").json(json!({ "url": receiver.url })).send().await.refused(400, "idempotency_key_not_taken");
    app.post("cs_manager", PATH, json!({ "url": receiver.url })).await.refused(403, "forbidden");
}
}

scenario! {
/// The secret is shown once and kept sealed; it enters neither journal nor lists.
async fn a_secret_is_shown_once(app) {
    let receiver = Receiver::start().await;
    let (webhook, secret) = open(app, &receiver.url, &TYPES).await;
    let new = app.post("system_admin", &format!("{PATH}/{webhook}/rotate-secret"), json!({})).await.expect(200);
    let new = new["secret"].as_str().unwrap().to_owned();
    for path in [PATH.to_owned(), format!("{PATH}/{webhook}"), format!("{PATH}/{webhook}/history"), "/v1/journal-entries".to_owned()] {
        let text = app.get("system_admin", &path).await.expect(200).to_string();
        assert!(!text.contains(&secret) && !text.contains(&new) && !text.contains("secret_sealed"), "{path}");
    }
}
}

/// A machine signed in with its secret.
async fn machine(app: &TestApp, name: &str, projects: &[uuid::Uuid]) -> (String, String) {
    let body = json!({ "client_id": name, "name": name, "role": "integration_client", "project_ids": projects });
    let made = app.post("system_admin", "/v1/clients", body).await.expect(201);
    let secret = made["client_secret"].as_str().unwrap();
    let form = format!("grant_type=client_credentials&client_id={name}&client_secret={secret}");
    let token = app.call(Method::POST, "/v1/auth/token").form(&form).send().await.expect(200);
    (id(&made), format!("Bearer {}", token["access_token"].as_str().unwrap()))
}

scenario! {
/// A machine hears of its projects only, knows its own webhooks only, and hears nothing once it is disabled.
async fn a_machine_has_webhooks_of_its_own_scope(app) {
    let receiver = Receiver::start().await;
    let (_, stranger) = machine(app, "stranger", &[]).await;
    let (client, token) = machine(app, "crm", &[app.fixture.project]).await;
    let body = json!({ "url": receiver.url, "types": ["ticket.registered"] });
    let call = app.call(Method::POST, PATH).header("Authorization", &token).json(body.clone());
    let webhook = id(&call.send().await.expect(201));
    app.call(Method::POST, PATH).header("Authorization", &stranger).json(body).send().await.expect(201);
    let path = format!("{PATH}/{webhook}");
    for path in [path.clone(), format!("{path}/deliveries")] {
        app.call(Method::GET, &path).header("Authorization", &stranger).send().await.refused(404, "not_found");
        app.call(Method::GET, &path).header("Authorization", &token).send().await.expect(200);
    }
    let mine = app.call(Method::GET, PATH).header("Authorization", &token).send().await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);

    let inside = register(app, json!({})).await;
    register(app, json!({ "kind": "application", "category_code": "title", "place_kind": "none", "unit_id": null })).await;
    deliver(app).await;
    let got: Vec<_> = receiver.accepted().iter().map(|message| message.body()["resource_id"].clone()).collect();
    assert_eq!(got, [inside["id"].clone()]);

    app.post("system_admin", &format!("/v1/clients/{client}/disable"), json!({ "reason": "停用" })).await.expect(200);
    register(app, json!({})).await;
    assert_eq!(deliver(app).await, 0);
    let seen = app.get("system_admin", &path).await.expect(200);
    assert_eq!((&seen["active"], &seen["disabled_reason"]), (&json!(false), &json!("owner_gone")));
}
}
