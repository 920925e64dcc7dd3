//! Keeping the journal: purged only when exported and under a checkpoint, and compared with the rows it tells of.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use serde_json::{Value, json};
use store::journal::verify::{Extent, Verdict};

use crate::kit::{TestApp, id};
use crate::tickets::desk::{closed, register};

async fn verdict(app: &TestApp) -> Verdict {
    app.store.verify_journal(Extent::default()).await.unwrap()
}

async fn seal_and_sign(app: &TestApp) {
    app.store.seal_now().await.unwrap();
    app.store.checkpoint().await.unwrap();
}

scenario! {
async fn old_entries_leave_the_journal_exported_and_under_a_checkpoint(app) {
    let file = app.state.folder.join(format!("export-{}.jsonl", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&app.state.folder).unwrap();
    register(app, json!({})).await;
    seal_and_sign(app).await;
    assert_eq!(app.store.purge_journal(&file).await.unwrap(), None, "nothing is old enough");
    app.later(TimeDelta::days(190) + TimeDelta::seconds(1));
    assert_eq!(app.store.purge_journal(&file).await.unwrap(), None, "an entry that stays is missing");
    let kept = register(app, json!({})).await;
    seal_and_sign(app).await;
    let Verdict::Whole { entries: before, .. } = verdict(app).await else { panic!("{:?}", verdict(app).await) };
    let gone = app.store.purge_journal(&file).await.unwrap().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!((gone.from, text.lines().count() as i64), (1, gone.to));
    assert_eq!(documents::bundle::sha256(text.as_bytes()), gone.sha256);
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((&first["position"], &first["previous"]), (&json!("1"), &json!("")));
    // The chain goes on after the checkpoint and says what happened.
    let Verdict::Whole { entries, .. } = verdict(app).await else { panic!("{:?}", verdict(app).await) };
    assert_eq!(entries, before - gone.to + 1);
    assert_eq!(app.store.purged_to().await.unwrap(), gone.to);
    app.store.prove(gone.to).await.unwrap_err();
    let history = app.get("cs_agent", &format!("/v1/tickets/{}/history", id(&kept))).await.expect(200);
    assert!(!history["items"].as_array().unwrap().is_empty());
    assert!(app.store.writer().execute_unprepared("DELETE FROM journal").await.is_err(), "the guard stands again");
    assert_eq!(app.store.purge_journal(&file).await.unwrap(), None, "what stays is young");
}
}

scenario! {
async fn a_head_cut_off_without_a_purge_is_named(app) {
    register(app, json!({})).await;
    seal_and_sign(app).await;
    register(app, json!({})).await;
    app.store.seal_now().await.unwrap();
    let to = app.store.checkpoints_after(0).await.unwrap()[0].position;
    let writer = app.store.writer();
    let unlock = if app.store.is_sqlite() { "DROP TRIGGER journal_no_delete" } else { "ALTER TABLE journal DISABLE TRIGGER ALL" };
    for sql in [unlock, &format!("DELETE FROM journal WHERE position <= {to}"),
        &format!("INSERT INTO setting (name, value) VALUES ('journal.purged_to', '{to}')")] {
        writer.execute_unprepared(sql).await.unwrap();
    }
    assert_eq!(verdict(app).await, Verdict::Broken { position: to, why: "purged, and the chain does not say so" });
}
}

scenario! {
/// What the write door did agrees with the journal; what went past it is named.
async fn a_row_changed_or_taken_past_the_write_door_is_named(app) {
    let ticket = closed(app, json!({})).await;
    let stray = async || app.store.find_stray(&app.state.api.versioned).await.unwrap();
    assert_eq!(stray().await, None);
    let writer = app.store.writer();
    let bump = |by: &str| format!("UPDATE ticket SET version = version {by} 1 WHERE number = '{}'", ticket["number"].as_str().unwrap());
    writer.execute_unprepared(&bump("+")).await.unwrap();
    let found = stray().await.unwrap();
    assert_eq!((found.resource, json!(found.id)), ("ticket", ticket["id"].clone()));
    assert_eq!(found.version, Some(found.journaled + 1));
    writer.execute_unprepared(&bump("-")).await.unwrap();
    assert_eq!(stray().await, None);
    let body = json!({ "kind": "article", "title": "停水口径", "body": "周六停水检修。" });
    let article = app.post("cs_agent", "/v1/knowledge-articles", body).await.expect(201);
    let number = article["number"].as_str().unwrap();
    let own = format!("SELECT id FROM knowledge_article WHERE number = '{number}'");
    for table in ["knowledge_revision", "knowledge_category"] {
        writer.execute_unprepared(&format!("DELETE FROM {table} WHERE article_id IN ({own})")).await.unwrap();
    }
    writer.execute_unprepared(&format!("DELETE FROM knowledge_article WHERE number = '{number}'")).await.unwrap();
    let found = stray().await.unwrap();
    assert_eq!((found.resource, found.version), ("knowledge_article", None));
}
}

scenario! {
/// Notifications do not stay for ever; what nobody has read does.
async fn old_notifications_are_forgotten(app) {
    let ticket = register(app, json!({})).await;
    let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent2"] });
    crate::tickets::desk::act(app, "team_leader", &ticket, "assign", to).await.expect(200);
    app.store.seal_now().await.unwrap();
    outbound::notification::derive(&app.store).await.unwrap();
    let inbox = async || app.get("cs_agent2", "/v1/notifications").await.expect(200)["items"].as_array().unwrap().len();
    assert_eq!(inbox().await, 1);
    let purge = async || {
        let purge = async |work: &store::Work| {
            outbound::notification::purge(work).await?;
            Ok::<_, kernel::fault::Fault>(store::Answer::no_content())
        };
        store::jobs::tidy(&app.store, "purge_notifications", purge).await.unwrap();
    };
    app.later(TimeDelta::days(91));
    purge().await;
    assert_eq!(inbox().await, 1, "an unread message stays");
    let message = app.get("cs_agent2", "/v1/notifications").await.expect(200)["items"][0].clone();
    app.post("cs_agent2", &format!("/v1/notifications/{}/read", id(&message)), json!({})).await.expect(200);
    purge().await;
    assert_eq!(inbox().await, 1, "it was read just now");
    app.later(TimeDelta::days(91));
    purge().await;
    assert_eq!(inbox().await, 0);
    assert_eq!(app.store.find_stray(&app.state.api.versioned).await.unwrap(), None);
}
}

scenario! {
/// Which index serves a question is chosen by what is in the tables, also in SQLite, and choosing anew disturbs nobody.
async fn statistics_of_tables_are_kept(app) {
    for _ in 0..3 {
        register(app, json!({})).await;
    }
    app.store.refresh_statistics().await.unwrap();
    if app.store.is_sqlite() {
        let known = "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'ticket'";
        let row = Statement::from_string(DbBackend::Sqlite, known);
        let row = app.store.writer().query_one_raw(row).await.unwrap().unwrap();
        assert!(row.try_get_by_index::<i64>(0).unwrap() > 0);
    }
    app.store.refresh_statistics().await.unwrap();
    register(app, json!({})).await;
    let list = app.get("cs_agent", "/v1/tickets?include_total=true").await.expect(200);
    assert_eq!(list["total"], 4);
}
}

scenario! {
/// Next to no file is merged into another: the few that are, are found by their index all the same.
async fn merged_files_are_found_by_their_index(app) {
    if !app.store.is_sqlite() {
        return; // PostgreSQL counts apart how many name none.
    }
    let counted = app.store.writer().begin().await.unwrap();
    counted.execute_unprepared("ANALYZE customer").await.unwrap();
    let plan = "EXPLAIN QUERY PLAN SELECT id FROM customer WHERE merged_into_id = x'00'";
    let plan = counted.query_one_raw(Statement::from_string(DbBackend::Sqlite, plan)).await.unwrap().unwrap();
    let plan = plan.try_get::<String>("", "detail").unwrap();
    counted.rollback().await.unwrap();
    assert!(plan.contains("INDEX customer_merged_into_id"), "{plan}");
}
}
