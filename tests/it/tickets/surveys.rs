//! TK-07: surveys opened by another person, answered once by token, counted, and silent where they promise it.

use actix_web::http::Method;
use chrono::TimeDelta;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::portfolio::customer;
use crate::kit::receiver::Receiver;
use crate::kit::{self, Answer, TestApp, id};
use crate::platform::notifications::{channels, tell};

pub const SURVEYS: &str = "/v1/surveys";
pub const INVITATIONS: &str = "/v1/survey-invitations";
const ANSWERS: &str = "/v1/survey-answers";

/// A survey as it is drafted for these customers, to be changed by `with`.
pub fn draft(app: &TestApp, customers: &[String], with: Value) -> Value {
    let closes = kernel::time::Timestamp::from(app.now() + TimeDelta::days(30));
    let body = json!({
        "name": "交付后满意度调查", "channel": "sms", "closes_at": closes, "audience": { "customer_ids": customers },
        "questions": [
            { "code": "service", "type": "scale5", "required": true, "text": "您对服务满意吗" },
            { "code": "recommend", "type": "nps", "required": false },
            { "code": "remark", "type": "text" },
        ],
    });
    kit::with(body, &with)
}

/// Drafted by a specialist, opened by the manager; answers the survey.
pub async fn opened(app: &TestApp, customers: &[String], with: Value) -> Value {
    let made = app.post("cs_specialist", SURVEYS, draft(app, customers, with)).await.expect(201);
    app.post("cs_manager", &format!("{SURVEYS}/{}/open", id(&made)), json!({})).await.expect(200)
}

pub async fn invitations(app: &TestApp, survey: &Value, query: &str) -> Vec<Value> {
    let path = format!("{SURVEYS}/{}/invitations?limit=200{query}", id(survey));
    app.get("cs_manager", &path).await.expect(200)["items"].as_array().unwrap().clone()
}

pub fn token(invitation: &Value) -> &str {
    invitation["token"].as_str().unwrap_or_else(|| panic!("no token in {invitation}"))
}

async fn answer(app: &TestApp, token: &str, answers: Value) -> Answer {
    let path = format!("{ANSWERS}/{token}");
    app.call(Method::POST, &path).json(json!({ "answers": answers })).send().await
}

async fn ask(app: &TestApp, token: &str) -> Answer {
    app.call(Method::GET, &format!("{ANSWERS}/{token}")).send().await
}

async fn results(app: &TestApp, survey: &Value, query: &str) -> Value {
    app.get("cs_manager", &format!("{SURVEYS}/{}/results{query}", id(survey))).await.expect(200)
}

pub async fn customers(app: &TestApp, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for n in 0..count {
        made.push(customer(app, 5_000 + n).await);
    }
    made
}

scenario! {
/// 16 sent, 10 answered; CSAT 70.00, mean 3.70, NPS 20.00.
async fn tk_e13_response_csat_and_nps(app) {
    let people = customers(app, 16).await;
    let survey = opened(app, &people, json!({})).await;
    let invited = invitations(app, &survey, "").await;
    assert_eq!(invited.len(), 16);
    let scale = [5, 5, 4, 4, 4, 3, 2, 5, 1, 4];
    let nps = [10, 9, 9, 8, 7, 6, 10, 3, 0, 9];
    for (invitation, (scale, nps)) in invited.iter().zip(scale.into_iter().zip(nps)) {
        let answered = answer(app, token(invitation), json!({ "service": scale, "recommend": nps })).await.expect(201);
        assert_eq!(answered["status"], "answered");
    }
    let figures = results(app, &survey, "").await;
    assert_eq!((&figures["sent"], &figures["answered"]), (&json!(16), &json!(10)));
    assert_eq!(figures["response"], "62.50");
    assert_eq!((&figures["csat"], &figures["mean"], &figures["nps"]), (&json!("70.00"), &json!("3.70"), &json!("20.00")));
    let questions = results(app, &survey, "?by=question").await;
    let remark = &questions["groups"][2];
    assert_eq!((&remark["n"], &remark["csat"], &remark["texts"]), (&json!(0), &json!(null), &json!([])));
    assert_eq!((&questions["groups"][0]["n"], &questions["hidden_groups"]), (&json!(10), &json!(0)));
    assert_eq!(questions["groups"][0]["counts"]["5"], 3);
    let report = app.get("cs_supervisor", "/v1/reports/tickets/surveys?month=2026-03").await.expect(200);
    let row: Vec<&Value> = report["rows"][0].as_array().unwrap().iter().map(|cell| &cell["value"]).collect();
    assert_eq!((row[3], row[6], row[9], row[10]), (&json!(16), &json!("62.50"), &json!("3.70"), &json!("70.00")));
    results_are_for_the_house(app, &survey).await;
}
}

async fn results_are_for_the_house(app: &TestApp, survey: &Value) {
    let path = format!("{SURVEYS}/{}/results", id(survey));
    app.get("customer", &path).await.refused(403, "forbidden");
    app.get("cs_manager", &format!("{path}?by=customer")).await.refused(400, "invalid_parameter");
    app.get("heating_service_manager", &path).await.refused(404, "not_found");
}

scenario! {
/// Once a token, not after the end; a token nobody has is nothing.
async fn a_token_answers_once(app) {
    let people = customers(app, 3).await;
    let survey = opened(app, &people, json!({})).await;
    let invited = invitations(app, &survey, "").await;
    let first = token(&invited[0]).to_owned();
    assert!(first.len() >= 22, "at least 128 bits");
    assert_eq!(ask(app, &first).await.expect(200)["status"], "open");
    assert_eq!(invitations(app, &survey, "&status=opened").await.len(), 1);
    answer(app, &first, json!({})).await.refused(422, "required");
    answer(app, &first, json!({ "service": 6 })).await.refused(422, "out_of_range");
    answer(app, &first, json!({ "service": 5, "colour": "red" })).await.refused(422, "unknown_field");
    answer(app, &first, json!({ "service": 5 })).await.expect(201);
    answer(app, &first, json!({ "service": 1 })).await.refused(409, "already_answered");
    assert_eq!(ask(app, &first).await.expect(200)["status"], "answered");
    answer(app, "nobody-has-this-token-at-all-0000", json!({ "service": 5 })).await.refused(404, "not_found");
    ask(app, "nobody-has-this-token-at-all-0000").await.refused(404, "not_found");
    let kept = invitations(app, &survey, "&status=answered").await;
    assert_eq!((kept.len(), &kept[0]["answers"]["service"], &kept[0]["proxy"]), (1, &json!(5), &json!(false)));
    // Two weeks are the invitation's own limit.
    app.later(TimeDelta::days(14) - TimeDelta::seconds(1));
    answer(app, token(&invited[1]), json!({ "service": 4 })).await.expect(201);
    app.later(TimeDelta::seconds(1));
    answer(app, token(&invited[2]), json!({ "service": 4 })).await.refused(409, "survey_closed");
    assert_eq!(invitations(app, &survey, "&status=expired").await.len(), 1);
    assert_eq!(ask(app, token(&invited[2])).await.expect(200)["status"], "closed");
}
}

scenario! {
async fn a_closed_survey_takes_no_answers(app) {
    let people = customers(app, 2).await;
    let survey = opened(app, &people, json!({})).await;
    let invited = invitations(app, &survey, "").await;
    app.post("cs_manager", &format!("{SURVEYS}/{}/close", id(&survey)), json!({})).await.expect(200);
    answer(app, token(&invited[0]), json!({ "service": 4 })).await.refused(409, "survey_closed");
    let second = opened(app, &people, json!({ "closes_at": "2026-03-02T09:00:00+08:00" })).await;
    assert_eq!(invitations(app, &second, "&status=skipped").await[0]["skip_reason"], "cooldown");
    app.at("2026-03-02T09:00:00+08:00");
    let over = app.get("cs_manager", &format!("{SURVEYS}/{}", id(&second))).await.expect(200);
    assert_eq!((&over["status"], &over["closed_at"]), (&json!("closed"), &json!("2026-03-02T09:00:00+08:00")));
    app.post("cs_director", &format!("{SURVEYS}/{}/close", id(&second)), json!({})).await.refused(409, "invalid_state");
    let closed = app.get("cs_manager", &format!("{SURVEYS}?status=closed")).await.expect(200);
    assert_eq!(closed["items"].as_array().unwrap().len(), 2);
}
}

scenario! {
/// A survey whose time is over is closed by itself, once, at that time.
async fn a_survey_that_is_over_is_closed_by_itself(app) {
    let people = customers(app, 1).await;
    let survey = opened(app, &people, json!({ "closes_at": "2026-03-12T09:00:00+08:00" })).await;
    let path = format!("{SURVEYS}/{}", id(&survey));
    let closings = async || {
        tickets::survey::close_due(app.store.clone()).await.unwrap();
        let history = app.get("cs_manager", &format!("{path}/history")).await.expect(200);
        history["items"].as_array().unwrap().iter().filter(|entry| entry["type"] == "survey.closed").count()
    };
    app.at("2026-03-12T08:59:59+08:00");
    assert_eq!(closings().await, 0);
    app.at("2026-03-12T09:30:00+08:00");
    assert_eq!((closings().await, closings().await), (1, 1));
    let over = app.get("cs_manager", &path).await.expect(200);
    assert_eq!((&over["status"], &over["closed_at"]), (&json!("closed"), &json!("2026-03-12T09:00:00+08:00")));
    assert_eq!(invitations(app, &survey, "").await[0]["status"], "expired");
}
}

scenario! {
/// The author does not open; questions stand still once it is open.
async fn another_person_opens_a_survey(app) {
    let people = customers(app, 1).await;
    let nobody = draft(app, &[uuid::Uuid::now_v7().to_string()], json!({}));
    let refused = app.post("cs_manager", SURVEYS, nobody).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/audience/customer_ids/0");
    let made = app.post("cs_manager", SURVEYS, draft(app, &people, json!({}))).await.expect(201);
    let path = format!("{SURVEYS}/{}", id(&made));
    app.post("cs_manager", &format!("{path}/open"), json!({})).await.refused(409, "separation_of_duties");
    app.post("cs_specialist", &format!("{path}/open"), json!({})).await.refused(403, "forbidden");
    let patch = |version: i64, body: Value| app.by("cs_specialist", Method::PATCH, &path).if_match(version).json(body).send();
    let question = json!([{ "code": "one", "type": "yes_no", "required": true }]);
    patch(1, json!({ "questions": question })).await.expect(200);
    let twice = json!([{ "code": "one", "type": "yes_no" }, { "code": "one", "type": "text" }]);
    patch(2, json!({ "questions": twice })).await.refused(422, "repeated_items");
    app.post("cs_director", &format!("{path}/open"), json!({})).await.expect(200);
    patch(3, json!({ "questions": question })).await.refused(409, "invalid_state");
    let late = draft(app, &people, json!({ "closes_at": "2026-03-02T08:00:00+08:00" }));
    app.post("cs_specialist", SURVEYS, late).await.refused(422, "date_order");
}
}

scenario! {
/// Opted out before no address before cooldown.
async fn who_cannot_or_will_not_be_asked_is_skipped(app) {
    let people = customers(app, 2).await;
    let silent = json!({ "kind": "person", "name": "周一", "phones": ["13620008001"], "consents": { "opted_out_channels": ["sms"] } });
    let silent = id(&app.post("cs_specialist", "/v1/customers", silent).await.expect(201));
    let without = json!({ "kind": "person", "name": "周二" });
    let without = id(&app.post("cs_specialist", "/v1/customers", without).await.expect(201));
    let all = [people.clone(), vec![silent.clone(), without.clone()]].concat();
    let first = opened(app, &all, json!({})).await;
    let reason = |list: &[Value], customer: &str| {
        list.iter().find(|row| row["customer_id"] == customer).map(|row| (row["status"].clone(), row["skip_reason"].clone())).unwrap()
    };
    let list = invitations(app, &first, "").await;
    assert_eq!(reason(&list, &silent), (json!("skipped"), json!("opted_out")));
    assert_eq!(reason(&list, &without), (json!("skipped"), json!("no_address")));
    assert_eq!(reason(&list, &people[0]), (json!("sent"), Value::Null));
    assert!(list.iter().all(|row| row["status"] != "skipped" || row["token"].is_null()));
    let figures = results(app, &first, "").await;
    assert_eq!(figures["skipped_by_reason"], json!({ "opted_out": 1, "no_address": 1 }));
    assert_eq!((&figures["invited"], &figures["sent"]), (&json!(4), &json!(2)));
    // Thirty times 24 hours later he may be asked again.
    app.later(TimeDelta::days(30) - TimeDelta::seconds(1));
    let list = invitations(app, &opened(app, &people, json!({})).await, "").await;
    assert_eq!(reason(&list, &people[0]), (json!("skipped"), json!("cooldown")));
    app.later(TimeDelta::seconds(1));
    let list = invitations(app, &opened(app, &people, json!({})).await, "").await;
    assert_eq!(reason(&list, &people[0]).0, "sent");
}
}

scenario! {
/// Closed before it began, a survey asked nobody.
async fn a_survey_that_sent_nothing_leaves_no_cooldown(app) {
    let people = customers(app, 1).await;
    let early = opened(app, &people, json!({ "opens_at": "2026-03-04T10:00:00+08:00" })).await;
    assert_eq!(invitations(app, &early, "").await[0]["status"], "queued");
    app.later(TimeDelta::hours(1));
    app.post("cs_manager", &format!("{SURVEYS}/{}/close", id(&early)), json!({})).await.expect(200);
    let next = opened(app, &people, json!({})).await;
    assert_eq!(invitations(app, &next, "").await[0]["status"], "sent");
    app.at("2026-03-05T10:00:00+08:00");
    assert_eq!(results(app, &early, "").await["sent"], 0);
    let never = &invitations(app, &early, "").await[0];
    assert_eq!((&never["status"], &never["sent_at"]), (&json!("expired"), &Value::Null));
}
}

scenario! {
/// What an agent writes down is marked and no part of the NPS; groups too small are not broken out.
async fn a_proxy_is_marked_and_small_groups_are_not_shown(app) {
    let mut people = customers(app, 5).await;
    let other = json!({ "kind": "person", "name": "周三", "phones": ["13620008003"], "project_id": app.fixture.project });
    people.push(id(&app.post("cs_specialist", "/v1/customers", other).await.expect(201)));
    let survey = opened(app, &people, json!({})).await;
    let list = invitations(app, &survey, "").await;
    let theirs = |customer: &str| list.iter().find(|row| row["customer_id"] == customer).unwrap();
    for customer in &people[..4] {
        answer(app, token(theirs(customer)), json!({ "service": 5, "recommend": 10 })).await.expect(201);
    }
    let path = format!("{INVITATIONS}/{}/answer-by-proxy", id(theirs(&people[4])));
    app.post("team_leader", &path, json!({ "answers": { "service": 2 } })).await.refused(403, "forbidden");
    let told = app.post("cs_agent", &path, json!({ "answers": { "service": 2, "recommend": 0 } })).await.expect(200);
    assert_eq!((&told["proxy"], &told["recorded_by"]), (&json!(true), &json!(app.fixture.staff["cs_agent"])));
    app.post("cs_agent", &path, json!({ "answers": { "service": 2 } })).await.refused(409, "already_answered");
    answer(app, token(theirs(&people[5])), json!({ "service": 1, "recommend": 0 })).await.expect(201);
    let figures = results(app, &survey, "?by=project").await;
    assert_eq!((&figures["answered"], &figures["proxy"]), (&json!(6), &json!(1)));
    assert_eq!(figures["nps"], "60.00", "four of five without the proxy recommend, one does not");
    let groups = figures["groups"].as_array().unwrap();
    assert_eq!((groups.len(), &figures["hidden_groups"]), (1, &json!(1)));
    assert_eq!((&groups[0]["n"], &groups[0]["csat"]), (&json!(5), &json!("80.00")));
    assert!(!figures.to_string().contains("和平花园"));
    let units = results(app, &survey, "?by=org_unit").await;
    assert_eq!(units["groups"][0]["name"], "客户服务部");
}
}

scenario! {
/// Nothing anybody can read tells who answered an anonymous survey.
async fn nobody_sees_who_answered_an_anonymous_survey(app) {
    let people = customers(app, 3).await;
    let survey = opened(app, &people, json!({ "anonymous": true })).await;
    let before = invitations(app, &survey, "").await;
    let path = format!("{INVITATIONS}/{}", id(&before[1]));
    let (one, history) = (app.get("cs_manager", &path).await, app.get("cs_manager", &format!("{path}/history")).await);
    ask(app, token(&before[1])).await.expect(200);
    let sent = app.call(Method::POST, &format!("{ANSWERS}/{}", token(&before[1])));
    sent.header("X-Request-Id", "tell-tale").json(json!({ "answers": { "service": 1, "remark": "不便透露" } })).send().await.expect(201);
    answer(app, token(&before[1]), json!({ "service": 5 })).await.refused(409, "already_answered");
    assert_eq!(invitations(app, &survey, "").await, before, "the list is the same as before");
    let again = app.get("cs_manager", &path).await;
    assert_eq!((again.header("etag"), &again.body), (one.header("etag"), &one.body));
    assert_eq!(app.get("cs_manager", &format!("{path}/history")).await.body, history.body);
    for status in ["answered", "opened"] {
        assert!(invitations(app, &survey, &format!("&status={status}")).await.is_empty());
    }
    app.store.seal_now().await.unwrap();
    let trail = app.get("system_admin", "/v1/journal-entries?limit=200").await.expect(200);
    let facts = trail["items"].as_array().unwrap();
    let fact = facts.iter().find(|fact| fact["type"] == "survey_invitation.answered").unwrap();
    assert_eq!((&fact["resource"], &fact["resource_id"]), (&json!("survey"), &survey["id"]));
    let text = fact.to_string();
    for tell_tale in ["tell-tale", &people[1], &id(&before[1]), "不便透露"] {
        assert!(!text.contains(tell_tale), "{text}");
    }
    assert_eq!(results(app, &survey, "").await["answered"], 1);
    let proxy = format!("{INVITATIONS}/{}/answer-by-proxy", id(&before[0]));
    app.post("cs_agent", &proxy, json!({ "answers": { "service": 2 } })).await.refused(409, "survey_anonymous");
}
}

scenario! {
/// The token goes out in the message, and nowhere else: production shows none, the database keeps its SHA-256.
async fn the_message_brings_the_token(app) {
    let people = customers(app, 1).await;
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    let survey = opened(app, &people, json!({})).await;
    let invited = invitations(app, &survey, "").await;
    assert_eq!(tell(app, &to).await, 1);
    let text = gateway.received()[0].body()["text"].as_str().unwrap().to_owned();
    assert!(text.contains(token(&invited[0])) && text.contains("交付后满意度调查"), "{text}");
    let production = app.in_production().await;
    let path = format!("{SURVEYS}/{}/invitations", id(&survey));
    let shown = production.get("cs_manager", &path).await.expect(200);
    assert!(shown["items"][0].get("token").is_none(), "{shown}");
    let row = tickets::survey_invitation::entity::Entity::find().one(app.store.reader()).await.unwrap().unwrap();
    assert_eq!(row.token_sha256.unwrap(), tickets::survey_invitation::token::digest(token(&invited[0])));
    // What could not be delivered is no part of the response.
    gateway.answer(422);
    let other = opened(app, &[customer(app, 6_001).await], json!({})).await;
    tell(app, &to).await;
    assert_eq!(invitations(app, &other, "&status=undeliverable").await.len(), 1);
    let figures = results(app, &other, "").await;
    assert_eq!((&figures["undeliverable"], &figures["response"]), (&json!(1), &Value::Null));
    let history = app.get("cs_manager", &format!("{INVITATIONS}/{}/history", id(&invited[0]))).await.expect(200);
    assert!(!history.to_string().contains(token(&invited[0])));
}
}

scenario! {
/// After three and seven days, once each; at night it waits for the morning.
async fn who_did_not_answer_is_reminded(app) {
    let people = customers(app, 2).await;
    let gateway = Receiver::start().await;
    let to = channels(app, Some(&gateway), None);
    app.at("2026-03-02T22:00:00+08:00");
    let survey = opened(app, &people, json!({})).await;
    let invited = invitations(app, &survey, "").await;
    assert_eq!(invited[0]["status"], "queued");
    assert_eq!(tell(app, &to).await, 0);
    app.at("2026-03-03T08:00:00+08:00");
    assert_eq!(tell(app, &to).await, 2);
    answer(app, token(&invited[0]), json!({ "service": 5 })).await.expect(201);
    let remind = async || {
        tickets::survey::remind(app.store.clone()).await.unwrap();
        tell(app, &to).await
    };
    app.at("2026-03-06T07:59:59+08:00");
    assert_eq!(remind().await, 0);
    app.at("2026-03-06T08:00:00+08:00");
    assert_eq!((remind().await, remind().await), (1, 0));
    app.at("2026-03-10T08:00:00+08:00");
    assert_eq!((remind().await, remind().await), (1, 0));
    let last = gateway.received().last().unwrap().body()["text"].as_str().unwrap().to_owned();
    assert!(last.contains(token(&invited[1])), "{last}");
    app.at("2026-03-15T08:00:00+08:00");
    assert_eq!(remind().await, 0);
}
}

scenario! {
/// A customer sees the surveys he was asked in and his own invitation.
async fn a_customer_sees_his_own_invitation(app) {
    let mine = app.fixture.customer.to_string();
    let other = customers(app, 1).await;
    let survey = opened(app, &[mine.clone(), other[0].clone()], json!({ "channel": "app" })).await;
    let foreign = opened(app, &[customer(app, 6_002).await], json!({})).await;
    let list = app.get("customer", SURVEYS).await.expect(200);
    assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["audience"]), (1, &Value::Null));
    let invited = app.get("customer", &format!("{SURVEYS}/{}/invitations", id(&survey))).await.expect(200);
    assert_eq!(invited["items"].as_array().unwrap().len(), 1, "{invited}");
    assert_eq!(invited["items"][0]["customer_id"], mine);
    app.get("customer", &format!("{SURVEYS}/{}", id(&foreign))).await.refused(404, "not_found");
    // The invitation is in his inbox, the other has no account.
    tell(app, &channels(app, None, None)).await;
    let inbox = app.get("customer", "/v1/notifications").await.expect(200);
    let message = &inbox["items"][0];
    assert_eq!(message["subject"], "交付后满意度调查");
    assert!(message["body"].as_str().unwrap().contains(token(&invited["items"][0])));
    let skipped = invitations(app, &survey, "&status=skipped").await;
    assert_eq!(skipped[0]["skip_reason"], "no_address");
    // Merged into another, his file brings its messages along.
    let kept = app.post("cs_specialist", "/v1/customers", json!({ "kind": "person", "name": "王晓明" })).await.expect(201);
    let merge = json!({ "target_id": kept["id"], "reason": "同一人" });
    app.post("cs_supervisor", &format!("/v1/customers/{mine}/merge"), merge).await.expect(200);
    assert_eq!(app.get("customer", "/v1/notifications").await.expect(200)["items"][0], *message);
}
}

scenario! {
/// In production the public pages are held back by address.
async fn answers_are_rate_limited(app) {
    let production = app.in_production().await;
    let calls = futures_util::future::join_all((0..60).map(|_| ask(&production, "nobody-has-this"))).await;
    let refused = calls.iter().filter(|answer| answer.status == 429).count();
    assert!(refused > 0);
}
}

scenario! {
/// TK-R25: `min_group` keeps small groups of people apart; a question is none, but words without a name may tell one.
async fn tk_r25_few_answers_still_are_the_answers_to_a_question(app) {
    let people = customers(app, 2).await;
    for (one, anonymous, texts) in [(&people[..1], false, json!(["窗户漏风"])), (&people[1..], true, Value::Null)] {
        let survey = opened(app, one, json!({ "anonymous": anonymous })).await;
        let list = invitations(app, &survey, "").await;
        let said = json!({ "service": 4, "recommend": 9, "remark": "窗户漏风" });
        answer(app, token(&list[0]), said).await.expect(201);
        let groups = results(app, &survey, "?by=question").await["groups"].clone();
        assert_eq!((&groups[0]["n"], &groups[0]["mean"], &groups[0]["counts"]["4"]), (&json!(1), &json!("4.00"), &json!(1)));
        assert_eq!(groups[2].get("texts").cloned().unwrap_or_default(), texts, "{anonymous}");
    }
}
}

scenario! {
/// What is only tried is not kept: the answer can still be given.
async fn an_answer_can_be_tried(app) {
    let people = customers(app, 1).await;
    let survey = opened(app, &people, json!({})).await;
    let invited = invitations(app, &survey, "").await;
    let path = format!("{ANSWERS}/{}?dry_run=true", token(&invited[0]));
    let tried = app.call(Method::POST, &path).json(json!({ "answers": { "service": 5 } })).send().await;
    assert_eq!((tried.status, tried.header("x-dry-run")), (201, Some("true")), "{}", tried.body);
    answer(app, token(&invited[0]), json!({ "service": 5 })).await.expect(201);
}
}

scenario! {
/// A customer finds what a file merged into his was asked.
async fn a_customer_finds_the_survey_of_a_file_merged_into_his(app) {
    let people = customers(app, 1).await;
    let survey = opened(app, &people, json!({})).await;
    let path = format!("{SURVEYS}/{}", id(&survey));
    app.get("customer", &path).await.refused(404, "not_found");
    let into = json!({ "target_id": app.fixture.customer, "reason": "同一人" });
    app.post("cs_supervisor", &format!("/v1/customers/{}/merge", people[0]), into).await.expect(200);
    app.get("customer", &path).await.expect(200);
    let invited = app.get("customer", INVITATIONS).await.expect(200);
    assert_eq!(invited["items"][0]["survey_id"], survey["id"]);
}
}
