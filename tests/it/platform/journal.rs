//! The journal against those who would change it: checkpoints, verification, proofs, the jobs that sign.

use identity::session::refresh;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};
use serde_json::json;
use store::journal::checkpoint::{copy_to, read_copies};
use store::journal::verify::{Extent, Verdict};

use crate::kit::TestApp;
use crate::tickets::desk::register;

/// Tickets registered and sealed; the last position.
async fn some_facts(app: &TestApp) -> i64 {
    for n in 0..5 {
        register(app, json!({ "description": format!("第{n}处渗水") })).await;
    }
    app.store.seal_now().await.unwrap();
    whole(app).await
}

async fn whole(app: &TestApp) -> i64 {
    match app.store.verify_journal(Extent::default()).await.unwrap() {
        Verdict::Whole { entries, .. } => entries,
        broken => panic!("{broken:?}"),
    }
}

/// What somebody with the database's own rights can do.
async fn tamper(app: &TestApp, sql: &str) {
    let writer = app.store.writer();
    let unlock = match app.store.is_sqlite() {
        true => ["DROP TRIGGER IF EXISTS journal_no_update", "DROP TRIGGER IF EXISTS journal_no_delete"],
        false => ["ALTER TABLE journal DISABLE TRIGGER ALL", "SELECT 1"],
    };
    for statement in unlock.into_iter().chain([sql]) {
        writer.execute_unprepared(statement).await.unwrap();
    }
}

scenario! {
async fn an_edited_entry_is_named(app) {
    let last = some_facts(app).await;
    tamper(app, &format!("UPDATE journal SET reason = 'x' WHERE position = {}", last - 2)).await;
    let verdict = app.store.verify_journal(Extent::default()).await.unwrap();
    assert_eq!(verdict, Verdict::Broken { position: last - 2, why: "altered" });
    let before = Extent { to: Some(last - 3), ..Extent::default() };
    assert!(matches!(app.store.verify_journal(before).await.unwrap(), Verdict::Whole { .. }));
    let after = Extent { from: Some(last - 1), ..Extent::default() };
    assert!(matches!(app.store.verify_journal(after).await.unwrap(), Verdict::Whole { entries: 2, .. }));
}
}

scenario! {
async fn a_deleted_and_a_moved_entry_are_named(app) {
    let last = some_facts(app).await;
    tamper(app, &format!("DELETE FROM journal WHERE position = {}", last - 1)).await;
    let verdict = app.store.verify_journal(Extent::default()).await.unwrap();
    assert_eq!(verdict, Verdict::Broken { position: last - 1, why: "missing" });
    tamper(app, &format!("UPDATE journal SET position = {} WHERE position = {last}", last - 1)).await;
    let verdict = app.store.verify_journal(Extent::default()).await.unwrap();
    assert_eq!(verdict, Verdict::Broken { position: last - 1, why: "not chained to the entry before" });
}
}

scenario! {
/// A chain cut at its end is whole in itself; only what was signed over it tells.
async fn a_cut_tail_shows_against_the_second_place(app) {
    let last = some_facts(app).await;
    let made = app.store.checkpoint().await.unwrap().expect("something to sign");
    assert_eq!((made.first_position, made.position), (1, last));
    assert_eq!(app.store.checkpoint().await.unwrap(), None, "nothing new, nothing signed");
    let file = app.files().join("checkpoints.jsonl");
    std::fs::create_dir_all(app.files()).unwrap();
    copy_to(&app.store, &file).await.unwrap();
    let more = some_facts(app).await;
    let second = app.store.checkpoint().await.unwrap().expect("more to sign");
    assert_eq!((second.first_position, second.position), (last + 1, more));
    assert_eq!(second.previous, made.digest());
    copy_to(&app.store, &file).await.unwrap();
    copy_to(&app.store, &file).await.unwrap();
    let copies = read_copies(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(copies, [made, second], "each once, in order");
    let extent = || Extent { checkpoints: copies.clone(), ..Extent::default() };
    assert!(matches!(app.store.verify_journal(extent()).await.unwrap(), Verdict::Whole { checkpoints: 2, .. }));
    for (from, to) in [(1, last - 1), (1, last), (2, more - 1), (last + 1, more)] {
        let part = Extent { from: Some(from), to: Some(to), ..extent() };
        assert!(matches!(app.store.verify_journal(part).await.unwrap(), Verdict::Whole { .. }), "{from} to {to}");
    }
    // A line torn by a crash is written anew.
    let whole = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() - 40]).unwrap();
    copy_to(&app.store, &file).await.unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), whole);
    tamper(app, &format!("DELETE FROM journal WHERE position > {last}")).await;
    let verdict = app.store.verify_journal(extent()).await.unwrap();
    assert_eq!(verdict, Verdict::Broken { position: last + 1, why: "missing, though a checkpoint covers it" });
}
}

scenario! {
async fn a_forged_checkpoint_is_not_believed(app) {
    let last = some_facts(app).await;
    let mut forged = app.store.checkpoint().await.unwrap().unwrap();
    forged.head = "0".repeat(64);
    let extent = Extent { checkpoints: vec![forged], ..Extent::default() };
    let verdict = app.store.verify_journal(extent).await.unwrap();
    assert_eq!(verdict, Verdict::Broken { position: last, why: "the checkpoint's signature is wrong" });
}
}

scenario! {
/// Whoever has the bundle and the public key needs nothing else.
async fn a_third_party_can_check_a_proof(app) {
    let last = some_facts(app).await;
    assert!(app.store.prove(last).await.is_err(), "not signed yet");
    app.store.checkpoint().await.unwrap();
    let key = app.store.checkpoint_key().unwrap();
    for position in [1, last / 2, last] {
        let proof = app.store.prove(position).await.unwrap();
        assert_eq!(proof.refuted(Some(&key)), None, "{position}");
        let written = serde_json::to_string(&proof).unwrap();
        let mut other: store::journal::proof::Proof = serde_json::from_str(&written).unwrap();
        let reason = other.entry.iter_mut().find(|(name, _)| name == "reason").unwrap();
        reason.1 = Some("改过的理由".to_owned());
        assert_eq!(other.refuted(Some(&key)), Some("the entry is not under the signed root"));
        let mut renamed = proof.clone();
        let [a, b] = ["actor_role", "operation"].map(|name| proof.entry.iter().position(|(n, _)| n == name).unwrap());
        (renamed.entry[a].0, renamed.entry[b].0) = ("operation".to_owned(), "actor_role".to_owned());
        assert_eq!(renamed.refuted(Some(&key)), Some("the fields are not those of an entry"));
        let mut moved = proof.clone();
        moved.position += 1;
        assert!(moved.refuted(None).is_some());
        assert_eq!(proof.refuted(Some(&"00".repeat(32))), Some("signed by another key"));
    }
    assert!(app.store.prove(last + 1).await.is_err());
    let list = app.get("system_admin", "/v1/journal-checkpoints").await.expect(200);
    assert_eq!((&list["items"][0]["position"], list["items"].as_array().unwrap().len()), (&json!(last), 1));
    app.get("cs_agent", "/v1/journal-checkpoints").await.refused(403, "forbidden");
}
}

scenario! {
/// Due by business time, once a period, whoever asks.
async fn jobs_run_once_a_period(app) {
    use server::jobs::JOBS;
    use store::jobs::run_due;
    some_facts(app).await;
    assert_eq!(run_due(&app.store, JOBS).await, JOBS.len());
    assert_eq!(run_due(&app.store, JOBS).await, 0);
    assert_eq!(app.store.checkpoints_after(0).await.unwrap().len(), 1);
    some_facts(app).await;
    app.later(chrono::TimeDelta::seconds(299));
    let sooner = JOBS.iter().filter(|job| job.every < 300).count();
    assert_eq!(run_due(&app.store, JOBS).await, sooner, "those with shorter periods");
    app.later(chrono::TimeDelta::seconds(1));
    let both = futures_util::future::join(run_due(&app.store, JOBS), run_due(&app.store, JOBS)).await;
    assert_eq!(both.0 + both.1, 1, "one of two runners takes it");
    assert_eq!(app.store.checkpoints_after(0).await.unwrap().len(), 2);
    app.later(chrono::TimeDelta::days(40));
    let tokens = async || refresh::Entity::find().count(app.store.reader()).await.unwrap();
    let before = tokens().await;
    assert_eq!(run_due(&app.store, JOBS).await, JOBS.len());
    assert!(before > 0 && tokens().await == 0, "tokens over for more than a week are forgotten");
    app.get("cs_agent", "/v1/me").await.expect(200);
    app.later(chrono::TimeDelta::days(2));
    run_due(&app.store, JOBS).await;
    assert!(tokens().await > 0, "the others are kept");
    app.at("2012-01-01T00:00:00+08:00");
    assert_eq!(run_due(&app.store, JOBS).await, JOBS.len(), "a clock moved back puts nothing off for years");
    assert_eq!(run_due(&app.store, JOBS).await, 0);
}
}
