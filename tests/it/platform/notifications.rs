//! PF-13, PF-E21: people are told once, at a fit hour, in their own words.

use std::time::Duration;

use actix_web::http::Method;
use chrono::TimeDelta;
use outbound::channel::{Channels, Gateway, Mail};
use outbound::notification::entity::{Channel, Column, Entity, Model, Status, attempt};
use outbound::notifications::deliver_due;
use outbound::webhooks;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::kit::mailbox::Mailbox;
use crate::kit::receiver::Receiver;
use crate::kit::{TestApp, id};
use crate::tickets::desk::{act, answer, hours, register, replied, solution, started};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const INBOX: &str = "/v1/notifications";
const TEMPLATES: &str = "/v1/notification-templates";

pub fn channels(app: &TestApp, gateway: Option<&Receiver>, mailbox: Option<&Mailbox>) -> Channels {
    Channels {
        mail: mailbox.map(|mailbox| Mail::new(&mailbox.url, "Desk <desk@example.com>").unwrap()),
        gateway: gateway.map(|gateway| Gateway::new(&gateway.url, SECRET).unwrap()),
        sandbox: false,
        caller: app.state.caller.clone(),
    }
}

pub async fn tell(app: &TestApp, channels: &Channels) -> usize {
    app.store.seal_now().await.unwrap();
    deliver_due(&app.store, channels).await.unwrap()
}

async fn inbox(app: &TestApp, who: &str, query: &str) -> Vec<Value> {
    let list = app.get(who, &format!("{INBOX}{query}")).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

async fn kept(app: &TestApp, channel: Channel) -> Vec<Model> {
    Entity::find().filter(Column::Channel.eq(channel)).all(app.store.reader()).await.unwrap()
}

scenario! {
async fn an_assignee_finds_his_ticket_in_his_inbox_and_nobody_else_does(app) {
    let none = channels(app, None, None);
    let ticket = register(app, json!({})).await;
    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
    act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    tell(app, &none).await;
    tell(app, &none).await;
    let mine = inbox(app, "cs_agent", "?unread=true&kind=ticket_assigned").await;
    assert_eq!(mine.len(), 1);
    assert!(mine[0]["subject"].as_str().unwrap().contains(ticket["number"].as_str().unwrap()), "{}", mine[0]);
    assert_eq!((&mine[0]["resource"], &mine[0]["resource_id"]), (&json!("ticket"), &ticket["id"]));
    let english = app.by("cs_agent", Method::GET, INBOX).header("Accept-Language", "en").send().await.expect(200);
    assert!(english["items"][0]["body"].as_str().unwrap().starts_with("Ticket TK-"));
    for who in ["system_admin", "general_manager", "cs_agent2", "customer"] {
        assert!(inbox(app, who, "").await.is_empty(), "{who}");
    }
    let read = format!("{INBOX}/{}/read", id(&mine[0]));
    app.post("cs_agent2", &read, json!({})).await.refused(404, "not_found");
    assert!(app.post("cs_agent", &read, json!({})).await.expect(200)["read_at"].is_string());
    app.post("cs_agent", &read, json!({})).await.expect(200);
    assert!(inbox(app, "cs_agent", "?unread=true").await.is_empty());
    assert_eq!(inbox(app, "cs_agent", "?unread=false").await.len(), 1);
}
}

scenario! {
/// An escalation reaches the leader of its level; an approval those whose turn it is, then who asked for it.
async fn leaders_and_signers_are_told(app) {
    let none = channels(app, None, None);
    let ticket = started(app, json!({})).await;
    act(app, "cs_agent", &ticket, "escalate", json!({ "reason": "客户情绪激动" })).await.expect(200);
    tell(app, &none).await;
    let told = inbox(app, "team_leader", "?kind=ticket_escalated").await;
    assert_eq!((told.len(), &told[0]["urgent"]), (1, &json!(true)));
    assert!(inbox(app, "cs_supervisor", "?kind=ticket_escalated").await.is_empty());
    app.later(TimeDelta::seconds(1));
    act(app, "cs_agent", &ticket, "escalate", json!({ "reason": "仍未解决" })).await.expect(200);
    tell(app, &none).await;
    assert_eq!(inbox(app, "cs_supervisor", "?kind=ticket_escalated").await.len(), 1);
    assert_eq!(inbox(app, "team_leader", "?kind=ticket_escalated").await.len(), 1);

    act(app, "cs_agent", &ticket, "submit-opinion", opinion()).await.expect(200);
    tell(app, &none).await;
    assert!(inbox(app, "cs_agent", "?kind=approval_waiting").await.is_empty(), "the applicant does not decide");
    let waits = app.get("cs_director", "/v1/approvals?waiting_for=me").await.expect(200);
    assert_eq!(waits["items"].as_array().unwrap().len(), 1);
    let told = inbox(app, "cs_director", "?kind=approval_waiting").await;
    assert_eq!((told.len(), &told[0]["resource"]), (1, &json!("approval")));
    act(app, "cs_director", &ticket, "approve", json!({})).await.expect(200);
    tell(app, &none).await;
    let told = inbox(app, "cs_agent", "?kind=approval_decided").await;
    assert_eq!(told.len(), 1);
    assert!(told[0]["body"].as_str().unwrap().contains("approve"), "{}", told[0]);
}
}

fn opinion() -> Value {
    json!({ "text": "经现场核实,窗框安装存在缺陷,建议整体更换", "proposed_reply": "三日内免费更换窗框",
        "compensation_amount": "0.00" })
}

/// A major case, answered once the company's leader agreed.
async fn replied_major(app: &TestApp) -> Value {
    let ticket = started(app, json!({ "severity": "major" })).await;
    act(app, "cs_agent", &ticket, "submit-opinion", opinion()).await.expect(200);
    act(app, "cs_director", &ticket, "approve", json!({})).await.expect(200);
    app.post("company_leader", &format!("/v1/tickets/{}/approve", id(&ticket)), json!({})).await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200)
}

scenario! {
/// A non-urgent SMS arising at 21:00:00 goes at 08:00, an urgent one at once.
async fn pf_e21_what_is_not_urgent_waits_for_the_morning(app) {
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    app.at("2026-03-02T20:59:59+08:00");
    replied(app, json!({})).await;
    tell(app, &to).await;
    assert_eq!(gateway.received().len(), 1, "a second before");
    gateway.forget();
    app.at("2026-03-02T21:00:00+08:00");
    let calm = replied(app, json!({})).await;
    let urgent = replied_major(app).await;
    tell(app, &to).await;
    let got = gateway.received();
    assert_eq!(got.len(), 1);
    assert!(got[0].text.contains(urgent["number"].as_str().unwrap()));
    app.at("2026-03-03T07:59:59+08:00");
    assert_eq!(tell(app, &to).await, 0);
    app.at("2026-03-03T08:00:00+08:00");
    assert_eq!(tell(app, &to).await, 1);
    let got = gateway.received();
    let body = got[1].body();
    assert!(got[1].text.contains(calm["number"].as_str().unwrap()));
    assert_eq!((&body["channel"], &body["to"]), (&json!("sms"), &json!("13800135678")));
    assert!(body["text"].as_str().unwrap().contains("已更换密封条"), "{body}");
    assert!(got[1].is_signed_with(SECRET));
    assert_eq!(got[1].id(), body["id"]);
}
}

scenario! {
async fn pf_e21_a_gateway_that_was_down_gets_it_once(app) {
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    gateway.answer(503);
    replied(app, json!({})).await;
    for _ in 0..60 {
        tell(app, &to).await;
        app.later(TimeDelta::minutes(1));
    }
    let tried = gateway.received();
    assert_eq!(tried.len(), 4, "at once, after 5 s, 5 min and 30 min");
    gateway.answer(200);
    app.later(hours(2));
    assert_eq!(tell(app, &to).await, 1);
    app.later(hours(2));
    assert_eq!(tell(app, &to).await, 0);
    assert_eq!(gateway.accepted().len(), 1);
    assert!(gateway.received().iter().all(|message| message.id() == tried[0].id()), "the gateway can tell a repetition");
    let row = kept(app, Channel::Sms).await.pop().unwrap();
    assert_eq!((row.status, row.attempts), (Status::Sent, 5));
    let tries = attempt::Entity::find().filter(attempt::Column::NotificationId.eq(row.id)).all(app.store.reader());
    let mut results: Vec<_> = tries.await.unwrap().into_iter().map(|tried| (tried.n, tried.result)).collect();
    results.sort();
    assert_eq!((results[0].1.as_str(), results[4].1.as_str()), ("http_503", "sent"));
}
}

scenario! {
async fn pf_e21_two_processes_tell_once(app) {
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    for _ in 0..5 {
        replied(app, json!({})).await;
    }
    app.store.seal_now().await.unwrap();
    gateway.take_time(Duration::from_millis(20));
    let other = app.second_store().await;
    let (one, two) = futures_util::future::join(deliver_due(&app.store, &to), deliver_due(&other, &to)).await;
    let rest = tell(app, &to).await;
    assert_eq!(one.unwrap() + two.unwrap() + rest, 5);
    assert_eq!(gateway.received().len(), 5);
    assert_eq!(inbox(app, "cs_agent", "?kind=ticket_assigned").await.len(), 5);
    other.close().await.unwrap();
}
}

scenario! {
/// Who does not want SMS gets none; what is kept of a message to a customer holds nothing personal.
async fn consent_is_asked_and_nothing_personal_is_kept(app) {
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    gateway.answer(503);
    replied(app, json!({})).await;
    tell(app, &to).await;
    assert_eq!(gateway.received().len(), 1);
    let path = format!("/v1/customers/{}", app.fixture.customer);
    let version = app.get("cs_specialist", &path).await.expect(200)["version"].as_i64().unwrap();
    let consents = json!({ "consents": { "marketing": false, "opted_out_channels": ["sms"] } });
    app.by("cs_specialist", Method::PATCH, &path).if_match(version).json(consents).send().await.expect(200);
    replied(app, json!({})).await;
    gateway.answer(200);
    app.later(TimeDelta::minutes(1));
    tell(app, &to).await;
    assert_eq!(gateway.received().len(), 1, "also one that waited is not sent any more");
    let rows = kept(app, Channel::Sms).await;
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!((row.status, row.reason.as_deref()), (Status::Suppressed, Some("opted_out")));
        assert!(row.texts.is_none());
    }
}
}

scenario! {
async fn a_channel_that_is_not_configured_is_said_to_be_so(app) {
    let none = channels(app, None, None);
    replied(app, json!({})).await;
    tell(app, &none).await;
    let rows = kept(app, Channel::Sms).await;
    assert_eq!((rows.len(), rows[0].reason.as_deref()), (1, Some("not_configured")));
    let later = Receiver::start().await;
    assert_eq!(tell(app, &channels(app, Some(&later), None)).await, 0, "nothing old is sent later");
}
}

/// A webhook nobody answers for three days.
async fn disabled_webhook(app: &TestApp) {
    let receiver = Receiver::start().await;
    receiver.answer(500);
    let body = json!({ "url": receiver.url, "types": ["ticket.registered"] });
    app.post("system_admin", "/v1/webhooks", body).await.expect(201);
    register(app, json!({})).await;
    app.store.seal_now().await.unwrap();
    for _ in 0..13 {
        webhooks::deliver_due(&app.store, &app.state.caller).await.unwrap();
        app.later(hours(6));
    }
}

scenario! {
/// Mail goes to the address of the member of staff; a busy server gets it later, a wrong address never again.
async fn mail_reaches_the_administrator_of_a_dead_webhook(app) {
    let path = format!("/v1/staff/{}", app.fixture.staff["system_admin"]);
    let version = app.get("hr_officer", &path).await.expect(200)["version"].as_i64().unwrap();
    let email = |text: &str| app.by("hr_officer", Method::PATCH, &path).if_match(version).json(json!({ "email": text }));
    email("no address").send().await.refused(422, "email_invalid");
    let seen = email("Admin.One@Example.com").send().await.expect(200);
    assert_eq!(seen["email"], "A***@example.com");

    let mailbox = Mailbox::start().await;
    let to = channels(app, None, Some(&mailbox));
    disabled_webhook(app).await;
    mailbox.refuse("451 busy");
    assert_eq!(tell(app, &to).await, 1);
    assert!(mailbox.letters().is_empty());
    app.later(TimeDelta::seconds(5));
    assert_eq!(tell(app, &to).await, 1);
    app.later(hours(1));
    assert_eq!(tell(app, &to).await, 0);
    let letters = mailbox.letters();
    assert_eq!(letters.len(), 1);
    let row = kept(app, Channel::Email).await.pop().unwrap();
    assert!(letters[0].contains("To: Admin.One@example.com"), "{}", letters[0]);
    assert!(letters[0].contains(&format!("Message-ID: <{}@example.com>", row.id)), "{}", letters[0]);
    assert_eq!(inbox(app, "system_admin", "?kind=webhook_disabled").await.len(), 1);

    disabled_webhook(app).await;
    mailbox.refuse("550 no such user Admin.One@example.com");
    tell(app, &to).await;
    let rows = kept(app, Channel::Email).await;
    let failed = rows.iter().find(|row| row.status == Status::Failed).unwrap();
    assert_eq!(failed.reason.as_deref(), Some("smtp_550"), "the server's words are not kept");
    assert_eq!(mailbox.letters().len(), 1);
}
}

scenario! {
async fn templates_come_in_versions_and_know_their_variables(app) {
    let all = app.get("cs_supervisor", &format!("{TEMPLATES}?kind=ticket_assigned&channel=in_app&lang=zh")).await.expect(200);
    assert_eq!((all["items"].as_array().unwrap().len(), &all["items"][0]["number"]), (1, &json!(1)));
    let body = |subject: Value, body: &str| json!({ "kind": "ticket_assigned", "channel": "in_app", "lang": "zh", "subject": subject, "body": body });
    let post = |body: Value| app.post("cs_supervisor", TEMPLATES, body);
    post(body(json!("{{number}}"), "请 {{name}} 处理")).await.refused(422, "unknown_placeholder");
    post(body(json!("{{number"), "请处理")).await.refused(422, "invalid_format");
    post(body(Value::Null, "请处理")).await.refused(422, "required");
    post(json!({ "kind": "weather", "channel": "sms", "lang": "zh", "body": "雨" })).await.refused(422, "invalid_enum");
    post(json!({ "kind": "ticket_replied", "channel": "sms", "lang": "zh", "subject": "x", "body": "雨" })).await.refused(422, "unknown_field");
    app.post("cs_agent", TEMPLATES, body(json!("x"), "x")).await.refused(403, "forbidden");
    let second = post(body(json!("{{number}} 归您"), "类别 {{category}}")).await.expect(201);
    assert_eq!(second["number"], 2);
    let ticket = started(app, json!({})).await;
    tell(app, &channels(app, None, None)).await;
    let mine = inbox(app, "cs_agent", "").await;
    assert_eq!(mine[0]["subject"], json!(format!("{} 归您", ticket["number"].as_str().unwrap())));
    assert_eq!(mine[0]["body"], "类别 house_quality.door_window");
    assert_eq!(Entity::find().count(app.store.reader()).await.unwrap(), 1);
}
}
