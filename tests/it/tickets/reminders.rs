//! The reminder ladder of the clocks and the reminders of what waits (spec tickets §10, PF-E19): each step once,
//! to whom the table says, and nothing of the list depends on it.

use actix_web::http::Method;
use futures_util::future::join;
use outbound::channel::Channels;
use outbound::notifications::deliver_due;
use serde_json::{Value, json};
use server::jobs;

use super::desk::*;
use crate::kit::{TestApp, id};

/// Runs the jobs that remind, and tells people.
pub async fn remind(app: &TestApp) {
    jobs::remind_of_deadlines(app.store.clone()).await.unwrap();
    jobs::remind_of_work(app.store.clone()).await.unwrap();
    tell(app).await;
}

pub async fn tell(app: &TestApp) {
    let none = Channels { mail: None, gateway: None, caller: app.state.caller.clone(), sandbox: false };
    app.store.seal_now().await.unwrap();
    deliver_due(&app.store, &none).await.unwrap();
}

/// How many reminders of each kind somebody has about a resource: near, breached, passed.
async fn told(app: &TestApp, who: &str, about: &Value) -> [usize; 3] {
    let list = app.get(who, "/v1/notifications?limit=200").await.expect(200);
    let of = |kind: &str| {
        let items = list["items"].as_array().unwrap().iter();
        items.filter(|item| item["kind"] == kind && item["resource_id"] == about["id"]).count()
    };
    [of("deadline_near"), of("deadline_breached"), of("deadline_passed")]
}

async fn events(app: &TestApp, kind: &str, about: &Value) -> Vec<Value> {
    let list = app.get("cs_director", &format!("/v1/events?limit=200&types={kind}")).await.expect(200);
    let items = list["items"].as_array().unwrap().iter();
    items.filter(|event| event["resource_id"] == about["id"]).cloned().collect()
}

scenario! {
async fn pf_e19_stopped_jobs_hide_nothing_and_catch_up_once(app) {
    let leak = started(app, json!({ "category_code": "house_quality.water_leak" })).await;
    // Due at 12:00; nothing reminds for more than a day.
    app.at("2026-03-03T10:00:00+08:00");
    let list = app.get("cs_agent", "/v1/work-items?overdue=true&kind=ticket_handle").await.expect(200);
    assert_eq!(list["items"][0]["subject"]["id"], leak["id"], "the list needs no job");
    assert_eq!(list["items"][0]["overdue"], true);
    tell(app).await;
    assert_eq!(told(app, "cs_agent", &leak).await, [0, 0, 0]);

    // Two servers begin at once, and go on.
    let second = app.second_store().await;
    let (one, two) = join(jobs::remind_of_deadlines(app.store.clone()), jobs::remind_of_deadlines(second)).await;
    one.unwrap();
    two.unwrap();
    for _ in 0..3 {
        remind(app).await;
        app.later(chrono::TimeDelta::minutes(5));
    }
    // 50 and 80, 100, 150 and 200: the agent holds it and was first asked.
    assert_eq!(told(app, "cs_agent", &leak).await, [2, 1, 2]);
    assert_eq!(told(app, "team_leader", &leak).await, [1, 1, 0]);
    assert_eq!(told(app, "cs_supervisor", &leak).await, [0, 1, 0]);
    assert_eq!(told(app, "cs_director", &leak).await, [0, 0, 1]);
    assert_eq!(told(app, "cs_manager", &leak).await, [0, 0, 1]);
    assert_eq!(told(app, "company_leader", &leak).await, [0, 0, 1]);
    assert_eq!(told(app, "heating_service_manager", &leak).await, [0, 0, 0], "heating only");
    let breached = events(app, "ticket.breached", &leak).await;
    assert_eq!(breached.len(), 1);
    let data = &breached[0]["data"];
    assert_eq!((&data["clock"], &data["due_at"]), (&json!("handle"), &json!("2026-03-02T12:00:00+08:00")));
    assert_eq!(events(app, "ticket.deadline_near", &leak).await.len(), 2);
}
}

scenario! {
/// The steps come at their instants, once a clock and target; the limit itself is still kept.
async fn tk_10_each_step_comes_at_its_instant_once_a_target(app) {
    let ticket = started(app, json!({ "kind": "complaint", "category_code": "house_quality.door_window" })).await;
    for (now, agent, leader) in [
        ("2026-03-02T19:59:59+08:00", [0, 0, 0], [0, 0, 0]),
        ("2026-03-02T20:00:00+08:00", [1, 0, 0], [0, 0, 0]),
        // 80 percent at 03:12, a quiet hour: the inbox shows it at 08:00.
        ("2026-03-03T03:30:00+08:00", [1, 0, 0], [0, 0, 0]),
        ("2026-03-03T08:00:00+08:00", [2, 0, 0], [1, 0, 0]),
        ("2026-03-03T08:00:01+08:00", [2, 1, 0], [1, 1, 0]),
        ("2026-03-03T20:00:00+08:00", [2, 1, 1], [1, 1, 0]),
    ] {
        app.at(now);
        remind(app).await;
        remind(app).await;
        assert_eq!(told(app, "cs_agent", &ticket).await, agent, "{now}");
        assert_eq!(told(app, "team_leader", &ticket).await, leader, "{now}");
    }
    // 200 percent of a case that is neither urgent nor serious is told to nobody.
    app.at("2026-03-04T09:00:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "company_leader", &ticket).await, [0, 0, 0]);
    // A new target begins the ladder anew.
    let leak = json!({ "kind": "repair", "category_code": "house_quality.water_leak" });
    act(app, "cs_supervisor", &ticket, "classify", leak).await.expect(200);
    remind(app).await;
    remind(app).await;
    assert_eq!(told(app, "cs_agent", &ticket).await, [4, 2, 3]);
    assert_eq!(told(app, "company_leader", &ticket).await, [0, 0, 1]);
}
}

scenario! {
/// Stopped in time: nothing more. Stopped late while nobody looked: the breach is told, the rest is not.
async fn tk_10_what_has_stopped_is_reminded_of_no_more(app) {
    let kept = started(app, json!({ "category_code": "house_quality.water_leak" })).await;
    let missed = started(app, json!({ "category_code": "house_quality.water_leak" })).await;
    app.at("2026-03-02T12:00:00+08:00");
    act(app, "cs_agent", &kept, "resolve", solution()).await.expect(200);
    app.at("2026-03-02T13:00:00+08:00");
    let mut late = solution();
    late["delay_reason_code"] = json!("contractor_late");
    act(app, "cs_agent", &missed, "resolve", late).await.expect(200);
    app.at("2026-03-02T14:00:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "cs_agent", &kept).await, [0, 0, 0]);
    assert_eq!(told(app, "cs_agent", &missed).await, [0, 1, 0]);
    // The reply clock of 48 hours runs for both.
    app.at("2026-03-03T13:30:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "cs_agent", &kept).await, [1, 0, 0]);
}
}

scenario! {
/// A pause moves the steps; before it ends its holder is reminded once, and its heads when it has ended.
async fn tk_10_a_pause_is_reminded_of_and_moves_the_steps(app) {
    let ticket = started(app, json!({})).await;
    let proof = document(app, "cs_agent").await;
    let body = json!({ "reason_code": "awaiting_customer", "until": "2026-03-03T16:00:00+08:00", "proof_document_id": proof });
    let pause = app.post("cs_agent", &format!("/v1/tickets/{}/pauses", id(&ticket)), body).await.expect(201);
    app.post("team_leader", &format!("/v1/ticket-pauses/{}/approve", id(&pause)), json!({})).await.expect(200);
    let works = async |who: &str| {
        let list = app.by(who, Method::GET, "/v1/notifications?limit=200").send().await.expect(200);
        let items = list["items"].as_array().unwrap().iter();
        items.filter(|item| item["resource_id"] == pause["id"]).map(|item| item["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    app.at("2026-03-03T13:59:59+08:00");
    remind(app).await;
    assert!(works("cs_agent").await.is_empty());
    // Half of 48 hours would be used up at 08:00 had it not been paused at once.
    assert_eq!(told(app, "cs_agent", &ticket).await, [0, 0, 0]);
    for now in ["2026-03-03T14:00:00+08:00", "2026-03-03T15:00:00+08:00"] {
        app.at(now);
        remind(app).await;
        assert_eq!(works("cs_agent").await, ["work_near_due"], "{now}");
    }
    app.at("2026-03-03T16:00:00+08:00");
    // Those who are reminded hear of it also when its end was written down before.
    assert_eq!(::tickets::pause::expiring::end_due(&app.store).await.unwrap(), 1);
    remind(app).await;
    remind(app).await;
    assert_eq!(works("cs_director").await, ["work_due"]);
    assert_eq!(works("cs_agent").await, ["work_near_due"]);
    app.at("2026-03-04T16:00:00+08:00");
    remind(app).await;
    assert_eq!(told(app, "cs_agent", &ticket).await, [1, 0, 0], "half of the time, without the pause");
}
}
