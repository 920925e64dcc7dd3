//! Connections and transactions under failures: nothing half done is kept, nothing broken is used again.

use futures_util::FutureExt;
use kernel::fault::{self, Fault};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, QueryOrder, Statement};
use serde_json::json;
use store::journal::{Fact, entity as journal};
use store::protected::person_key;
use store::{Answer, Context, Store, Work};
use uuid::Uuid;

use crate::kit::TestApp;
use crate::tickets::desk::register;

fn key(work: &Work, n: u128) -> person_key::Model {
    person_key::Model { id: Uuid::from_u128(n), wrapped: "x".to_owned(), created_at: work.now }
}

async fn keys(store: &Store, ids: &[u128]) -> Vec<bool> {
    let mut found = Vec::new();
    for id in ids {
        found.push(person_key::Entity::find_by_id(Uuid::from_u128(*id)).one(store.reader()).await.unwrap().is_some());
    }
    found
}

fn fact(n: i64) -> Fact {
    Fact::new("test.done", "test", None).with("n", n)
}

scenario! {
/// A row nobody waited for cannot be written: the command fails whole, whatever it made of the error.
async fn a_row_sent_along_that_fails_takes_the_command_with_it(app) {
    let twice = async |work: &Work| {
        work.insert_later(&key(work, 1)).await;
        work.insert_later(&key(work, 2)).await;
        work.insert_later(&key(work, 2)).await;
        let hidden = person_key::Entity::find().count(&work.db()).await;
        assert!(hidden.is_err());
        work.record(fact(1));
        Ok::<_, Fault>(Answer::no_content())
    };
    app.store.write(Context::system("test"), twice).await.unwrap_err();
    let at_the_end = async |work: &Work| {
        work.record(fact(2));
        work.insert_later(&key(work, 3)).await;
        work.insert_later(&key(work, 3)).await;
        Ok::<_, Fault>(Answer::no_content())
    };
    app.store.write(Context::system("test"), at_the_end).await.unwrap_err();
    assert_eq!(keys(&app.store, &[1, 2, 3]).await, [false; 3]);
    register(app, json!({})).await;
}
}

scenario! {
/// Of an attempt that fails with what waited nothing stays; the command around it goes on.
async fn an_attempt_that_fails_late_is_undone_alone(app) {
    let store = &app.store;
    let command = async |work: &Work| {
        work.insert_later(&key(work, 11)).await;
        let part = work.attempt(async |work| {
            work.insert_later(&key(work, 12)).await;
            work.insert_later(&key(work, 13)).await;
            work.insert_later(&key(work, 13)).await;
            work.record(fact(1));
            Ok(())
        });
        part.await.unwrap_err();
        let part = work.attempt(async |work| {
            work.insert_later(&key(work, 14)).await;
            work.record(fact(2));
            Err::<(), _>(Fault::new(&fault::FORBIDDEN))
        });
        part.await.unwrap_err();
        let part = work.attempt(async |work| {
            work.insert_later(&key(work, 15)).await;
            work.record(fact(3));
            Ok(())
        });
        part.await?;
        work.insert_later(&key(work, 16)).await;
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(Context::system("test"), command).await.unwrap();
    assert_eq!(keys(store, &[11, 12, 13, 14, 15, 16]).await, [true, false, false, false, true, true]);
    let kept = journal::Entity::find().all(store.reader()).await.unwrap();
    let kept: Vec<_> = kept.into_iter().filter(|entry| entry.kind == "test.done").map(|entry| entry.data).collect();
    assert_eq!(kept, [r#"{"n":3}"#]);
}
}

scenario! {
async fn a_panic_leaves_nothing_behind(app) {
    let store = &app.store;
    for round in 0..8 {
        let panics = async move |work: &Work| {
            work.insert_later(&key(work, 21)).await;
            if round % 2 == 0 {
                person_key::Entity::find().count(&work.db()).await?;
            }
            assert!(round > 100, "the command breaks");
            Ok::<_, Fault>(Answer::no_content())
        };
        store.write(Context::system("test"), panics).await.unwrap_err();
    }
    assert_eq!(keys(store, &[21]).await, [false]);
    register(app, json!({})).await;
}
}

scenario! {
/// A query given up halfway: its connection is not used for another's answer.
async fn a_query_given_up_leaves_no_answer_to_the_next_one(app) {
    let db = app.store.reader();
    for n in 0..12_i32 {
        let ask = |n: i32| Statement::from_string(db.get_database_backend(), format!("SELECT {n}"));
        let mut given_up = Box::pin(db.query_one_raw(ask(n)));
        if (&mut given_up).now_or_never().is_none() {
            tokio::task::yield_now().await;
            let _ = (&mut given_up).now_or_never();
        }
        drop(given_up);
        let answer = db.query_one_raw(ask(n + 100)).await.unwrap().unwrap();
        let answer = answer.try_get_by_index::<i32>(0).or_else(|_| answer.try_get_by_index::<i64>(0).map(|n| n as i32));
        assert_eq!(answer.unwrap(), n + 100);
    }
    let pools = app.store.pools();
    assert!(pools.iter().all(|pool| pool.size <= 3 && pool.idle <= pool.size), "{pools:?}");
}
}

scenario! {
/// Entries come in the order they were recorded, however many there are.
async fn many_facts_keep_their_order(app) {
    let many = async |work: &Work| {
        for n in 0..1_700 {
            work.record(fact(n));
            if n % 700 == 699 {
                work.spill().await?;
            }
        }
        Ok::<_, Fault>(Answer::no_content())
    };
    app.store.write(Context::system("test"), many).await.unwrap();
    let all = journal::Entity::find().order_by_asc(journal::Column::Seq).all(app.store.reader()).await.unwrap();
    let order: Vec<_> = all.into_iter().filter(|entry| entry.kind == "test.done").map(|entry| entry.data).collect();
    assert_eq!(order, (0..1_700).map(|n| format!(r#"{{"n":{n}}}"#)).collect::<Vec<_>>());
}
}

/// PostgreSQL ends every connection of the service: the next calls open new ones and hear nothing of it.
#[actix_web::test]
async fn broken_connections_are_replaced() {
    let app = TestApp::postgres().await;
    register(&app, json!({})).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    app.store.writer().execute_unprepared(cut).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    app.get("cs_agent", "/v1/tickets").await.expect(200);
    register(&app, json!({})).await;
    // Cut off while they were just in use: one call may hear of it, not those after it.
    app.store.writer().execute_unprepared(cut).await.unwrap();
    app.store.reader().execute_unprepared("SELECT 1").await.unwrap_err();
    for _ in 0..4 {
        app.store.reader().execute_unprepared("SELECT 1").await.unwrap();
    }
    assert!(app.store.pools().iter().all(|pool| pool.size <= 3));
}
