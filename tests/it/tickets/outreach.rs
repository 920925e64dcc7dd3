//! TK-14: templates and campaigns approved by others, recipients frozen, each told once or with a reason not.

use actix_web::http::Method;
use chrono::TimeDelta;
use futures_util::future::join;
use outbound::notifications::deliver_due;
use serde_json::{Value, json};

use super::portfolio::{LOGS, contact, customer};
use crate::kit::receiver::Receiver;
use crate::kit::{self, Answer, TestApp, id};
use crate::platform::notifications::{channels, tell};

pub const TEMPLATES: &str = "/v1/message-templates";
pub const CAMPAIGNS: &str = "/v1/outreach-campaigns";

/// An approved text.
pub async fn template(app: &TestApp, code: &str, channel: &str, text: &str) -> Value {
    let body = json!({ "code": code, "channel": channel, "text": text });
    let made = app.post("cs_agent", TEMPLATES, body).await.expect(201);
    app.post("cs_manager", &format!("{TEMPLATES}/{}/approve", id(&made)), json!({})).await.expect(200)
}

/// A draft of a campaign for these customers, to be changed by `with`.
pub async fn drafted(app: &TestApp, customers: &[String], with: Value) -> Value {
    let body = json!({ "kind": "notice", "template_code": "greeting", "audience": { "customer_ids": customers } });
    app.post("cs_agent", CAMPAIGNS, kit::with(body, &with)).await.expect(201)
}

pub async fn turn(app: &TestApp, who: &str, campaign: &Value, action: &str) -> Answer {
    app.post(who, &format!("{CAMPAIGNS}/{}/{action}", id(campaign)), json!({})).await
}

/// Drafted, approved and started.
pub async fn started(app: &TestApp, customers: &[String], with: Value) -> Value {
    let campaign = drafted(app, customers, with).await;
    turn(app, "cs_manager", &campaign, "approve").await.expect(200);
    turn(app, "cs_agent", &campaign, "start").await.expect(200)
}

pub async fn deliveries(app: &TestApp, campaign: &Value, query: &str) -> Vec<Value> {
    let path = format!("{CAMPAIGNS}/{}/deliveries?limit=200{query}", id(campaign));
    app.get("cs_agent", &path).await.expect(200)["items"].as_array().unwrap().clone()
}

async fn person(app: &TestApp, with: Value) -> String {
    let body = kit::with(json!({ "kind": "person", "name": "王小二" }), &with);
    let answer = app.post("cs_specialist", "/v1/customers", body.clone()).await;
    if answer.status == 409 {
        let forced = kit::with(body, &json!({ "force_reason": "一家两口共用号码" }));
        return id(&app.post("cs_specialist", "/v1/customers", forced).await.expect(201));
    }
    id(&answer.expect(201))
}

fn seen(list: &[Value], customer: &str) -> (Value, Value) {
    let row = list.iter().find(|row| row["customer_id"] == customer).unwrap_or_else(|| panic!("no {customer}"));
    (row["status"].clone(), row["reason"].clone())
}

scenario! {
/// A line at home is called; it gets no short message.
async fn a_landline_gets_calls_only(app) {
    let home = person(app, json!({ "phones": ["0451-87654321"] })).await;
    template(app, "greeting", "sms", "您好,提醒您及时收房").await;
    let sent = started(app, std::slice::from_ref(&home), json!({})).await;
    assert_eq!(seen(&deliveries(app, &sent, "").await, &home), (json!("suppressed"), json!("no_address")));
    template(app, "by_phone", "phone", "您好,提醒您及时收房").await;
    let called = started(app, std::slice::from_ref(&home), json!({ "template_code": "by_phone" })).await;
    assert_eq!(seen(&deliveries(app, &called, "").await, &home), (json!("queued"), json!(null)));
}
}

scenario! {
/// 70 units one segment, 71 and 134 two, 135 three.
async fn tk_e17_segments_are_counted_in_utf16_units(app) {
    let one = customer(app, 1).await;
    for (n, (units, segments)) in [(70, 1), (71, 2), (134, 2), (135, 3)].into_iter().enumerate() {
        let code = format!("units_{n}");
        let made = template(app, &code, "sms", &"字".repeat(units)).await;
        let tried = app.by("cs_agent", Method::POST, &format!("{TEMPLATES}/{}/preview", id(&made))).json(json!({})).send().await;
        assert_eq!(tried.expect(200)["segments"], segments);
        let campaign = started(app, std::slice::from_ref(&one), json!({ "template_code": code })).await;
        assert_eq!(deliveries(app, &campaign, "").await[0]["segments"], segments, "{units}");
    }
}
}

scenario! {
/// Two customers with one phone: one delivery, the other suppressed.
async fn tk_e17_one_phone_gets_it_once(app) {
    template(app, "greeting", "sms", "{{customer_name}}您好,小区明日停水").await;
    let phone = json!({ "phones": ["13620007001"] });
    let (one, two) = (person(app, phone.clone()).await, person(app, phone).await);
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    // By customer number, whatever the order they are named in.
    let campaign = started(app, &[two.clone(), one.clone()], json!({})).await;
    let list = deliveries(app, &campaign, "").await;
    assert_eq!(seen(&list, &one), (json!("sent"), Value::Null));
    assert_eq!(seen(&list, &two), (json!("suppressed"), json!("duplicate_address")));
    assert_eq!(tell(app, &to).await, 1);
    let got = gateway.received();
    assert_eq!((got.len(), &got[0].body()["text"]), (1, &json!("王小二您好,小区明日停水")));
    assert_eq!(deliveries(app, &campaign, "&reason=duplicate_address").await.len(), 1);
    let row = &deliveries(app, &campaign, "&status=sent").await[0];
    assert_eq!((&row["attempts"][0]["result"], row["sent_at"].is_string()), (&json!("sent"), true));
    let over = app.get("cs_agent", &format!("{CAMPAIGNS}/{}", id(&campaign))).await.expect(200);
    assert_eq!(over["status"], "finished");
    for _ in 0..2 {
        tickets::campaign::tell_finished(app.store.clone()).await.unwrap();
    }
    let history = app.get("cs_agent", &format!("{CAMPAIGNS}/{}/history", id(&campaign))).await.expect(200);
    let facts = history["items"].as_array().unwrap().iter().filter(|fact| fact["type"] == "outreach_campaign.finished");
    assert_eq!(facts.count(), 1);
    let listed = app.get("cs_agent", &format!("{CAMPAIGNS}?status=finished")).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
/// Started at 21:00:00 it is held to 08:00, at 20:59:59 it goes.
async fn tk_e17_the_quiet_hours_hold_it_back(app) {
    template(app, "greeting", "sms", "您好").await;
    let (one, two) = (customer(app, 1).await, customer(app, 2).await);
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    app.at("2026-03-02T20:59:59+08:00");
    let early = started(app, &[one], json!({})).await;
    assert_eq!(deliveries(app, &early, "").await[0]["status"], "sent");
    assert_eq!(tell(app, &to).await, 1);
    app.at("2026-03-02T21:00:00+08:00");
    let late = started(app, &[two], json!({})).await;
    let row = &deliveries(app, &late, "&status=held").await[0];
    assert_eq!((&row["status"], &row["due_at"]), (&json!("held"), &json!("2026-03-03T08:00:00+08:00")));
    assert_eq!(tell(app, &to).await, 0);
    app.at("2026-03-03T07:59:59+08:00");
    assert_eq!(tell(app, &to).await, 0);
    app.at("2026-03-03T08:00:00+08:00");
    assert_eq!(tell(app, &to).await, 1);
    assert_eq!(deliveries(app, &late, "").await[0]["status"], "sent");
    assert_eq!(gateway.received().len(), 2);
}
}

scenario! {
/// The first reason that applies, in the order of the rule.
async fn suppressed_for_the_first_reason_that_applies(app) {
    template(app, "greeting", "sms", "{{customer_name}}新春快乐,{{agent_name}}敬上").await;
    let owner = app.fixture.staff["cs_agent"];
    let yes = |out: Value| json!({ "marketing": true, "opted_out_channels": out });
    let with = async |n: usize, with: Value| {
        let base = json!({ "phones": [format!("1362000{n:04}")], "consents": yes(json!([])), "owner_staff_id": owner });
        person(app, kit::with(base, &with)).await
    };
    let all = [
        with(1, json!({ "consents": { "marketing": false, "opted_out_channels": ["sms"] } })).await,
        with(2, json!({ "phones": [], "consents": yes(json!(["sms"])) })).await,
        with(3, json!({ "phones": [] })).await,
        with(4, json!({})).await,
        with(4, json!({})).await,
        with(5, json!({ "owner_staff_id": null })).await,
    ];
    let campaign = drafted(app, &all, json!({ "kind": "festival" })).await;
    let expected = ["no_consent", "opted_out", "no_address", "", "duplicate_address", "bad_data"];
    let tried = app.get("cs_agent", &format!("{CAMPAIGNS}/{}/audience", id(&campaign))).await.expect(200);
    assert_eq!((&tried["total"], &tried["reached"], &tried["suppressed_by_reason"]["bad_data"]), (&json!(6), &json!(1), &json!(1)));
    turn(app, "cs_director", &campaign, "approve").await.expect(200);
    turn(app, "cs_agent", &campaign, "start").await.expect(200);
    let list = deliveries(app, &campaign, "").await;
    for (customer, reason) in all.iter().zip(expected) {
        let reason = if reason.is_empty() { Value::Null } else { json!(reason) };
        assert_eq!(seen(&list, customer).1, reason);
    }
    let report = app.get("cs_supervisor", "/v1/reports/tickets/outreach?month=2026-03").await.expect(200);
    let figures: Vec<&Value> = report["rows"][0].as_array().unwrap().iter().map(|cell| &cell["value"]).collect();
    assert_eq!((figures[3], figures[4]), (&json!(6), &json!(5)));
    // Marketing comes once in seven times 24 hours; a notice always.
    let again = async |kind: &str| {
        let campaign = started(app, std::slice::from_ref(&all[3]), json!({ "kind": kind })).await;
        seen(&deliveries(app, &campaign, "").await, &all[3]).1
    };
    app.later(TimeDelta::days(7) - TimeDelta::seconds(1));
    assert_eq!(again("festival").await, "frequency");
    assert_eq!(again("notice").await, Value::Null);
    app.later(TimeDelta::seconds(1));
    assert_eq!(again("festival").await, Value::Null);
}
}

scenario! {
/// What a cancelled campaign took back before it went was told nobody.
async fn a_campaign_taken_back_before_it_went_does_not_count(app) {
    template(app, "greeting", "sms", "{{customer_name}}您好,祝您新春快乐").await;
    let body = json!({ "phones": ["13620007009"], "consents": { "marketing": true } });
    let one = person(app, body).await;
    let festival = json!({ "kind": "festival" });
    app.at("2026-03-02T21:00:00+08:00");
    let first = started(app, std::slice::from_ref(&one), festival.clone()).await;
    assert_eq!(deliveries(app, &first, "").await[0]["status"], "held");
    turn(app, "cs_agent", &first, "cancel").await.expect(200);
    let second = started(app, std::slice::from_ref(&one), festival.clone()).await;
    assert_eq!(seen(&deliveries(app, &second, "").await, &one), (json!("held"), Value::Null));
    let third = started(app, std::slice::from_ref(&one), festival).await;
    assert_eq!(seen(&deliveries(app, &third, "").await, &one).1, "frequency");
}
}

scenario! {
async fn a_template_knows_its_placeholders(app) {
    let body = |text: &str| json!({ "code": "greeting", "channel": "sms", "text": text });
    app.post("cs_agent", TEMPLATES, body("{{phone}}您好")).await.refused(422, "unknown_placeholder");
    app.post("cs_agent", TEMPLATES, body("{{customer_name您好")).await.refused(422, "invalid_format");
    app.post("courier", TEMPLATES, body("您好")).await.refused(403, "forbidden");
    let made = app.post("team_leader", TEMPLATES, body("{{customer_name}}您好,应缴{{amount}}元")).await.expect(201);
    let path = format!("{TEMPLATES}/{}", id(&made));
    let preview = async |body: Value| {
        app.post("cs_agent", &format!("{path}/preview"), body).await.expect(200)
    };
    let tried = preview(json!({ "customer_id": app.fixture.customer, "values": { "amount": "12.50" } })).await;
    assert_eq!(tried["text"], "王*您好,应缴12.50元", "the name stays masked");
    assert_eq!(preview(json!({ "customer_id": app.fixture.customer })).await["missing"], json!(["amount"]));
    let patch = |version: i64, text: &str| app.by("cs_agent", Method::PATCH, &path).if_match(version).json(json!({ "text": text })).send();
    patch(1, "{{phone}}").await.refused(422, "unknown_placeholder");
    patch(1, "{{customer_name}}您好").await.expect(200);
    app.post("cs_manager", &format!("{path}/approve"), json!({})).await.expect(200);
    patch(3, "另一文本").await.refused(409, "invalid_state");
    let second = app.post("cs_agent", TEMPLATES, body("第二版")).await.expect(201);
    assert_eq!(second["revision"], 2);
}
}

scenario! {
/// Who wrote it does not approve it; promotions are the marketing director's; unapproved nothing starts.
async fn another_person_approves(app) {
    let one = [customer(app, 1).await];
    let made = app.post("cs_agent", TEMPLATES, json!({ "code": "greeting", "channel": "sms", "text": "您好" })).await.expect(201);
    let campaign = drafted(app, &one, json!({})).await;
    turn(app, "cs_agent", &campaign, "start").await.refused(409, "invalid_state");
    turn(app, "cs_manager", &campaign, "approve").await.refused(409, "template_not_approved");
    app.post("cs_agent", &format!("{TEMPLATES}/{}/approve", id(&made)), json!({})).await.refused(403, "forbidden");
    app.post("cs_manager", &format!("{TEMPLATES}/{}/approve", id(&made)), json!({})).await.expect(200);
    turn(app, "cs_agent", &campaign, "approve").await.refused(403, "forbidden");
    turn(app, "marketing_director", &campaign, "approve").await.refused(409, "above_authority");
    turn(app, "cs_manager", &campaign, "approve").await.expect(200);
    turn(app, "cs_agent2", &campaign, "start").await.refused(409, "above_authority");
    turn(app, "team_leader", &campaign, "start").await.expect(200);
    turn(app, "cs_agent", &campaign, "start").await.refused(409, "invalid_state");
    let promotion = drafted(app, &one, json!({ "kind": "promotion" })).await;
    turn(app, "cs_manager", &promotion, "approve").await.refused(409, "above_authority");
    turn(app, "marketing_director", &promotion, "approve").await.expect(200);
    let heating = async |kind: &str| {
        let body = json!({ "kind": kind, "template_code": "greeting" });
        app.post("heating_hotline_agent", CAMPAIGNS, body).await.expect(201)
    };
    let (elsewhere, notice) = (heating("promotion").await, heating("notice").await);
    turn(app, "marketing_director", &elsewhere, "approve").await.expect(200);
    app.get("marketing_director", &format!("{CAMPAIGNS}/{}", id(&notice))).await.refused(404, "not_found");
    app.post("cs_agent", CAMPAIGNS, json!({ "kind": "notice", "template_code": "none" })).await.refused(422, "not_found");
    let nobody = json!({ "kind": "notice", "template_code": "greeting",
        "audience": { "customer_ids": [app.fixture.customer, uuid::Uuid::now_v7()] } });
    let refused = app.post("cs_agent", CAMPAIGNS, nobody).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/audience/customer_ids/1");
}
}

scenario! {
/// A second post makes no second person.
async fn an_author_with_a_second_post_does_not_approve(app) {
    template(app, "greeting", "sms", "您好").await;
    let campaign = drafted(app, &[customer(app, 1).await], json!({})).await;
    let post = json!({ "role": "cs_manager", "from": "2026-03-01" });
    let path = format!("/v1/staff/{}/posts", app.fixture.staff["cs_agent"]);
    app.post("hr_officer", &path, post).await.expect(200);
    turn(app, "cs_agent/cs_manager", &campaign, "approve").await.refused(409, "separation_of_duties");
}
}

scenario! {
/// A designer adds artwork to a draft and changes nothing else.
async fn a_designer_adds_artwork(app) {
    template(app, "greeting", "sms", "您好").await;
    let campaign = drafted(app, &[customer(app, 1).await], json!({})).await;
    let path = format!("{CAMPAIGNS}/{}", id(&campaign));
    let picture = crate::tickets::desk::document(app, "graphic_designer").await;
    let patch = |version: i64, body: Value| app.by("graphic_designer", Method::PATCH, &path).if_match(version).json(body).send();
    patch(1, json!({ "name": "改名" })).await.refused(409, "above_authority");
    let changed = patch(1, json!({ "document_ids": [picture] })).await.expect(200);
    assert_eq!(changed["document_ids"], json!([picture]));
}
}

scenario! {
/// Paused, nothing more goes; resumed, the rest goes once; cancelled, it never goes.
async fn a_campaign_is_paused_resumed_and_cancelled(app) {
    template(app, "greeting", "sms", "您好").await;
    let people = [customer(app, 1).await, customer(app, 2).await];
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    app.at("2026-03-02T22:00:00+08:00");
    let campaign = started(app, &people, json!({})).await;
    tell(app, &to).await;
    turn(app, "cs_agent", &campaign, "pause").await.expect(200);
    app.at("2026-03-03T09:00:00+08:00");
    assert_eq!(tell(app, &to).await, 0);
    assert_eq!(deliveries(app, &campaign, "&status=queued").await.len(), 2);
    turn(app, "cs_agent", &campaign, "resume").await.expect(200);
    assert_eq!(deliveries(app, &campaign, "&status=sent").await.len(), 2);
    assert_eq!(tell(app, &to).await, 2);
    turn(app, "cs_agent", &campaign, "pause").await.refused(409, "invalid_state");
    let second = started(app, &people, json!({ "planned_at": "2026-03-04T09:00:00+08:00" })).await;
    assert_eq!(deliveries(app, &second, "&status=held").await.len(), 2);
    turn(app, "team_leader", &second, "cancel").await.expect(200);
    app.at("2026-03-04T10:00:00+08:00");
    tell(app, &to).await;
    let list = deliveries(app, &second, "&status=suppressed").await;
    assert_eq!((list.len(), &list[0]["reason"]), (2, &json!("cancelled")));
    assert_eq!(gateway.received().len(), 2);
    assert_eq!(deliveries(app, &second, "&reason=cancelled").await.len(), 2);
}
}

scenario! {
/// With two processes, a broken gateway and a message that is refused for good: each once.
async fn each_customer_is_told_once(app) {
    template(app, "greeting", "sms", "您好").await;
    let mut people = Vec::new();
    for n in 0..5 {
        people.push(customer(app, n).await);
    }
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    gateway.answer(503);
    let campaign = started(app, &people, json!({})).await;
    tell(app, &to).await;
    assert_eq!(deliveries(app, &campaign, "&status=sent").await.len(), 5, "the ladder goes on");
    gateway.answer(200);
    gateway.forget();
    gateway.take_time(std::time::Duration::from_millis(20));
    app.later(TimeDelta::seconds(6));
    let other = app.second_store().await;
    let (one, two) = join(deliver_due(&app.store, &to), deliver_due(&other, &to)).await;
    let rest = tell(app, &to).await;
    assert_eq!(one.unwrap() + two.unwrap() + rest, 5);
    assert_eq!(gateway.received().len(), 5);
    other.close().await.unwrap();
    gateway.answer(422);
    let refused = started(app, &people[..1], json!({})).await;
    tell(app, &to).await;
    let row = &deliveries(app, &refused, "&status=failed").await[0];
    assert_eq!(row["reason"], "http_422");
}
}

scenario! {
/// A call is a task; its result is the contact log.
async fn a_call_is_a_task_whose_result_is_a_contact_log(app) {
    template(app, "greeting", "phone", "{{customer_name}}您好").await;
    let (one, two) = (customer(app, 1).await, customer(app, 2).await);
    let campaign = started(app, &[one.clone(), two.clone()], json!({})).await;
    let list = deliveries(app, &campaign, "&status=queued").await;
    assert_eq!(list.len(), 2);
    let log = async |with: Value| app.post("cs_agent", LOGS, contact(&one, with)).await;
    log(json!({ "reached": false })).await.expect(201);
    let task = list.iter().find(|row| row["customer_id"] == one).unwrap();
    let path = format!("/v1/deliveries/{}", id(task));
    let tried = app.get("cs_agent", &path).await.expect(200);
    assert_eq!((&tried["status"], &tried["attempts"][0]["result"]), (&json!("queued"), &json!("not_reached")));
    log(json!({ "delivery_id": id(list.iter().find(|row| row["customer_id"] == two).unwrap()) })).await.refused(422, "not_found");
    let made = log(json!({ "delivery_id": task["id"] })).await.expect(201);
    assert_eq!(made["delivery_id"], task["id"]);
    assert_eq!(app.get("cs_agent", &path).await.expect(200)["status"], "answered");
    log(json!({ "delivery_id": task["id"] })).await.refused(409, "invalid_state");
    assert_eq!(log(json!({})).await.expect(201)["delivery_id"], Value::Null, "nothing waits any more");
    turn(app, "cs_agent", &campaign, "cancel").await.expect(200);
    let left = deliveries(app, &campaign, "&status=suppressed").await;
    assert_eq!((left.len(), &left[0]["customer_id"], &left[0]["reason"]), (1, &json!(two), &json!("cancelled")));
}
}

scenario! {
/// The texts are sealed, gone once sent, and nothing of them is in the journal.
async fn what_was_written_to_somebody_is_not_kept(app) {
    template(app, "greeting", "sms", "{{customer_name}}您好").await;
    let one = person(app, json!({ "name": "诸葛孔明", "phones": ["13620007009"] })).await;
    let gateway = Receiver::start().await;
    let campaign = started(app, &[one], json!({})).await;
    tell(app, &channels(app, Some(&gateway), None)).await;
    assert_eq!(gateway.received()[0].body()["text"], "诸葛孔明您好");
    use outbound::letter::entity::Entity;
    use sea_orm::EntityTrait;
    let letters = Entity::find().all(app.store.reader()).await.unwrap();
    assert!(letters.iter().all(|letter| letter.body_sealed.is_none()));
    let path = format!("/v1/deliveries/{}/history", id(&deliveries(app, &campaign, "").await[0]));
    let history = app.get("cs_agent", &path).await.expect(200);
    assert!(!history.to_string().contains("诸葛孔明"));
    app.get("heating_service_manager", &format!("{CAMPAIGNS}/{}", id(&campaign))).await.refused(404, "not_found");
    app.get("customer", CAMPAIGNS).await.refused(403, "forbidden");
}
}
