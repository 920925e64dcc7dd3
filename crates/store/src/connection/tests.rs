//! Transactions against a SQLite file: what is dropped, undone or refused leaves nothing.

use std::path::PathBuf;

use futures_util::FutureExt;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use uuid::Uuid;

use super::*;

struct File(PathBuf);

impl File {
    async fn new() -> (Self, Pool) {
        let file = Self(std::env::temp_dir().join(format!("hearthdesk-connection-{}.db", Uuid::now_v7())));
        let options = SqliteConnectOptions::new().filename(&file.0).create_if_missing(true);
        let pool = Pool::new(Target::Sqlite(options), 2);
        pool.execute_unprepared("CREATE TABLE t (n INTEGER PRIMARY KEY)").await.unwrap();
        (file, pool)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn insert(n: i32) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO t (n) VALUES (?)", [n.into()])
}

/// An insert that takes its time: nobody who polls it once finds it done.
fn slow_insert() -> Statement {
    let counted =
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000) SELECT max(n) FROM c";
    Statement::from_string(DbBackend::Sqlite, format!("INSERT INTO t (n) {counted}"))
}

async fn rows(pool: &Pool) -> Vec<i32> {
    let all = Statement::from_string(DbBackend::Sqlite, "SELECT n FROM t ORDER BY n");
    let all = pool.query_all_raw(all).await.unwrap();
    all.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_undone_and_its_connection_closed() {
    let (_file, pool) = File::new().await;
    let work = Connection::new(&pool);
    work.begin().await;
    work.db().execute_raw(insert(1)).await.unwrap();
    work.later(insert(2)).await;
    assert_eq!(pool.size().0, 1);
    drop(work);
    assert_eq!(pool.size(), (0, 0));
    let next = Connection::new(&pool);
    next.begin().await;
    next.db().execute_raw(insert(3)).await.unwrap();
    next.commit().await.unwrap();
    assert_eq!(rows(&pool).await, [3]);
}

#[tokio::test]
async fn a_statement_cut_off_in_a_transaction_lets_it_not_commit() {
    let (_file, pool) = File::new().await;
    let work = Connection::new(&pool);
    work.begin().await;
    work.later(insert(1)).await;
    let db = work.db();
    let mut cut = Box::pin(db.execute_raw(slow_insert()));
    assert!((&mut cut).now_or_never().is_none());
    drop(cut);
    work.commit().await.unwrap_err();
    work.rollback().await.ok();
    drop(work);
    assert_eq!(rows(&pool).await, Vec::<i32>::new());
}

#[tokio::test]
async fn parts_are_undone_alone_sent_or_not() {
    let (_file, pool) = File::new().await;
    let work = Connection::new(&pool);
    work.begin().await;
    work.later(insert(1)).await;
    // Undone before anything of it was sent.
    work.savepoint().await;
    work.later(insert(2)).await;
    work.undo().await.unwrap();
    // Undone after a part was sent and more waits; within it one that was kept.
    work.savepoint().await;
    work.db().execute_raw(insert(3)).await.unwrap();
    work.savepoint().await;
    work.later(insert(4)).await;
    work.release().await.unwrap();
    work.later(insert(5)).await;
    work.undo().await.unwrap();
    // Kept.
    work.savepoint().await;
    work.later(insert(6)).await;
    work.release().await.unwrap();
    // Nothing in it.
    work.savepoint().await;
    work.release().await.unwrap();
    // Refused late: the part is to be undone, then the rest may be kept.
    work.savepoint().await;
    work.later(insert(7)).await;
    work.later(insert(7)).await;
    work.release().await.unwrap_err();
    work.release().await.unwrap_err();
    work.undo().await.unwrap();
    work.later(insert(8)).await;
    work.commit().await.unwrap();
    drop(work);
    assert_eq!(rows(&pool).await, [1, 6, 8]);
    assert_eq!(pool.size(), (1, 1));
}

#[tokio::test]
async fn a_failed_statement_outside_a_part_refuses_the_commit() {
    let (_file, pool) = File::new().await;
    let work = Connection::new(&pool);
    work.begin().await;
    work.db().execute_raw(insert(1)).await.unwrap();
    work.db().execute_raw(insert(1)).await.unwrap_err();
    work.db().execute_raw(insert(2)).await.unwrap();
    work.savepoint().await;
    work.undo().await.unwrap();
    work.commit().await.unwrap_err();
    work.rollback().await.unwrap();
    assert_eq!(rows(&pool).await, Vec::<i32>::new());
}

#[test]
fn parts_of_one_statement_count_their_values_on() {
    let part = |sql: &str, n: i32| Statement::from_sql_and_values(DbBackend::Postgres, sql, [n.into()]);
    let all = joined(vec![
        part("INSERT INTO a VALUES ($1, $1)", 1),
        part("UPDATE b SET x = $1", 2),
        part("INSERT INTO c VALUES ($1)", 3),
    ]);
    let all = all.unwrap();
    assert_eq!(
        all.sql,
        "WITH c0 AS (INSERT INTO a VALUES ($1, $1)), c1 AS (UPDATE b SET x = $2) INSERT INTO c VALUES ($3)"
    );
    assert_eq!(all.values.unwrap().0, [1.into(), 2.into(), 3.into()]);
}
