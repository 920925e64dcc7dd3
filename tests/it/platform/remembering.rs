//! What processes remember of master data: decided on as it is, never as it was or as it would have been.

use kernel::fault::{self, Fault};
use registers::staff::commands::{EndPost, StaffFields, end_post};
use serde_json::{Value, json};
use store::parameters::{self, NewValue};
use store::{Answer, Context, Done, Store, Work};

use crate::kit::{TestApp, id};
use crate::tickets::desk::{register, report};

const DAYS: &str = "platform.customer.unmerge_days";

/// Sets a parameter from today on.
async fn set(work: &Work, value: i64) -> Result<(), Fault> {
    let new = NewValue {
        value: json!(value),
        valid_from: kernel::time::business_day(work.now),
        reason: "试".to_owned(),
        retroactive_reason: None,
        project_id: None,
    };
    parameters::set(work, DAYS, &new).await.map(|_| ())
}

/// The parameter as a read of a process sees it.
async fn read(store: &Store) -> i64 {
    parameters::integer(&store.reading(Context::system("test")), DAYS).await.unwrap()
}

/// The parameter as a write of a process decides on it.
async fn decided(store: &Store) -> i64 {
    let look = async |work: &Work| {
        work.unchanged();
        Answer::json(Done::Ok, &parameters::integer(work, DAYS).await?)
    };
    let answer = store.write(Context::system("test"), look).await.unwrap();
    serde_json::from_slice(&answer.body).unwrap()
}

scenario! {
async fn a_write_decides_on_what_another_process_has_committed(app) {
    let desk = |category: &str| report(app, json!({ "category_code": category }));
    register(app, json!({})).await;
    assert_eq!(decided(&app.store).await, 30);
    let other = app.second_store().await;
    let agent = app.fixture.staff["cs_agent"];
    app.token("cs_agent").await;

    // A new category, then a lost post, each in the other process only.
    let category = json!({ "code": "house_quality.door_window.new_one", "name": "新类" });
    let made = async move |work: &Work| {
        let input = serde_json::from_value(category.clone()).map_err(Fault::internal)?;
        tickets::catalogue::category::create(work, &input).await?;
        set(work, 12).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    app.post("cs_agent", "/v1/tickets", desk("house_quality.door_window.new_one")).await.refused(422, "classification_invalid");
    other.write(Context::system("test"), made).await.unwrap();
    app.post("cs_agent", "/v1/tickets", desk("house_quality.door_window.new_one")).await.expect(201);
    assert_eq!(decided(&app.store).await, 12);

    let over = EndPost { post_id: None, role: Some(access::JobRole::CsAgent), to: None, reason: None };
    let ended = async move |work: &Work| {
        end_post(work, agent, &over).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    other.write(Context::system("test"), ended).await.unwrap();
    app.post("cs_agent", "/v1/tickets", desk("house_quality.door_window.new_one")).await.refused(403, "forbidden");
    app.get("cs_agent", "/v1/tickets").await.refused(403, "forbidden");
}
}

#[actix_web::test]
async fn without_a_key_and_without_a_caller_a_write_asks() {
    let app = TestApp::postgres().await;
    let other = app.second_store().await;
    assert_eq!((decided(&app.store).await, decided(&other).await), (30, 30));
    let change = async |work: &Work| set(work, 7).await.map(|()| Answer::no_content());
    other.write(Context::system("test"), change).await.unwrap();
    assert_eq!(decided(&app.store).await, 7);
    // What the sealer learns reads see as well.
    let change = async |work: &Work| set(work, 8).await.map(|()| Answer::no_content());
    other.write(Context::system("test"), change).await.unwrap();
    app.store.seal_now().await.unwrap();
    assert_eq!(read(&app.store).await, 8);
}

scenario! {
async fn a_write_sees_its_own_change_and_leaves_nothing_when_it_is_undone(app) {
    let store = &app.store;
    assert_eq!(read(store).await, 30);
    let refused = async |work: &Work| {
        set(work, 5).await?;
        assert_eq!(parameters::integer(work, DAYS).await?, 5);
        Err::<Answer, _>(Fault::new(&fault::FORBIDDEN))
    };
    store.write(Context::system("test"), refused).await.unwrap_err();
    assert_eq!((read(store).await, decided(store).await), (30, 30));

    let part = async |work: &Work| {
        let part = work.attempt(async |work| {
            set(work, 6).await?;
            assert_eq!(parameters::integer(work, DAYS).await?, 6);
            Err::<(), _>(Fault::new(&fault::FORBIDDEN))
        });
        part.await.unwrap_err();
        work.unchanged();
        assert_eq!(parameters::integer(work, DAYS).await?, 30);
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(Context::system("test"), part).await.unwrap();
    assert_eq!((read(store).await, decided(store).await), (30, 30));

    // A dry run moves no edition, so the change after it is seen.
    let dry = Context { dry_run: true, ..(*Context::system("test")).clone() };
    let tried = async |work: &Work| set(work, 9).await.map(|()| Answer::no_content());
    store.write(dry.into(), tried).await.unwrap();
    assert_eq!(read(store).await, 30);
    let done = async |work: &Work| set(work, 9).await.map(|()| Answer::no_content());
    store.write(Context::system("test"), done).await.unwrap();
    assert_eq!((read(store).await, decided(store).await), (9, 9));
}
}

scenario! {
/// Commands that share a commit: those that are refused leave nothing, those that change are seen by all.
async fn changes_side_by_side_are_seen_once_committed(app) {
    let store = &app.store;
    for round in 1..20_i64 {
        let one = |n: i64| {
            let change = async move |work: &Work| {
                set(work, round * 10 + n).await?;
                if n == 3 { Err(Fault::new(&fault::FORBIDDEN)) } else { Ok(Answer::no_content()) }
            };
            async move { store.write(Context::system("test"), change).await.map(|_| read(store)) }
        };
        let reads = futures_util::future::join_all([one(1), one(3), one(2)]).await;
        for seen in reads.into_iter().flatten() {
            assert_eq!(seen.await / 10, round);
        }
        let last = decided(store).await;
        assert!([round * 10 + 1, round * 10 + 2].contains(&last) && read(store).await == last, "{last}");
    }
}
}

scenario! {
async fn what_was_made_a_moment_ago_can_be_used(app) {
    let made = json!({ "code": "house_quality.door_window.brand_new", "name": "新类" });
    app.post("cs_agent", "/v1/tickets", report(app, json!({ "category_code": "house_quality.door_window.brand_new" }))).await.refused(422, "classification_invalid");
    app.post("cs_supervisor", "/v1/ticket-categories", made).await.expect(201);
    register(app, json!({ "category_code": "house_quality.door_window.brand_new" })).await;
}
}

scenario! {
/// A change of a person shows in the tickets he handles.
async fn a_new_name_is_shown_at_once(app) {
    let ticket = crate::tickets::desk::started(app, json!({})).await;
    let path = format!("/v1/tickets/{}", id(&ticket));
    let before = app.get("team_leader", &path).await.expect(200)["handler"]["name"].clone();
    let agent = app.fixture.staff["cs_agent"];
    let renamed = async move |work: &Work| {
        let row = store::resource::take::<registers::staff::Staff>(work, agent).await?;
        let mut fields = StaffFields::from(&row);
        fields.name = "改名".to_owned();
        registers::staff::commands::update(work, &row, fields).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    app.store.write(Context::system("test"), renamed).await.unwrap();
    let after = app.get("team_leader", &path).await.expect(200)["handler"]["name"].clone();
    assert_ne!((before, &after), (json!("改名"), &Value::Null));
    assert_eq!(after, json!("改名"));
}
}
