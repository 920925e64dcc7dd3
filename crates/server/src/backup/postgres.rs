//! PostgreSQL: every table of ours by `COPY`, in one REPEATABLE READ snapshot.
//!
//! Not by `pg_dump`: it would have to be installed beside the service in the server's own major version, while
//! `COPY` text is read by every one, and the schema is the migrations', which the binary brings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, bail};
use futures_util::StreamExt;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use tokio::io::AsyncWriteExt;

use super::{DATABASE, Dump, Piece, Table, manifest};

/// What a copy must not depend on: the time a big table takes, and how the server shows dates.
const SESSION: &str = "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; \
    SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET client_encoding = 'UTF8'; SET extra_float_digits = 3";

async fn connect(url: &str) -> anyhow::Result<PgConnection> {
    let mut db = PgConnection::connect(url).await.context("connecting to PostgreSQL")?;
    db.execute(SESSION).await?;
    Ok(db)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

/// Copies every table as of one instant.
pub(super) async fn dump(url: &str, folder: &Path) -> anyhow::Result<Dump> {
    std::fs::create_dir(folder.join(DATABASE))?;
    let mut db = connect(url).await?;
    db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let mut migrations = Vec::new();
    for row in db.fetch_all("SELECT version FROM seaql_migrations ORDER BY applied_at, version").await? {
        migrations.push(row.try_get::<String, _>(0)?);
    }
    let last = "SELECT position, hash FROM journal WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1";
    let (position, head) = match db.fetch_optional(last).await? {
        Some(row) => (row.try_get(0)?, row.try_get(1)?),
        None => (0, String::new()),
    };
    let tables = tables(&mut db).await?;
    let mut pieces = Vec::new();
    for table in &tables {
        let copy = format!("COPY {} ({}) TO STDOUT", quoted(&table.name), list(&table.columns));
        let mut file = tokio::fs::File::create_new(folder.join(&table.path)).await?;
        let mut rows = db.copy_out_raw(&copy).await?;
        while let Some(chunk) = rows.next().await {
            file.write_all(&chunk?).await?;
        }
        file.sync_all().await?;
        pieces.push(Piece::of(folder, table.path.clone())?);
    }
    db.execute("ROLLBACK").await?;
    db.close().await?;
    Ok(Dump { kind: manifest::Database::Postgresql, migrations, position, head, tables, pieces })
}

/// Our tables with their columns, each after those it refers to.
async fn tables(db: &mut PgConnection) -> anyhow::Result<Vec<Table>> {
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let all = "SELECT c.table_name::text, c.column_name::text FROM information_schema.columns c \
        JOIN information_schema.tables t USING (table_schema, table_name) \
        WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER' \
        AND c.table_name <> 'seaql_migrations' ORDER BY c.table_name, c.ordinal_position";
    for row in db.fetch_all(all).await? {
        columns.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
    }
    let mut needs: BTreeSet<(String, String)> = BTreeSet::new();
    let references = "SELECT a.relname::text, b.relname::text FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid \
        JOIN pg_class b ON b.oid = k.confrelid WHERE k.contype = 'f' AND a.oid <> b.oid \
        AND k.connamespace = current_schema()::regnamespace";
    for row in db.fetch_all(references).await? {
        needs.insert((row.try_get(0)?, row.try_get(1)?));
    }
    let order = ordered(columns.keys().cloned().collect(), &needs)?;
    let table = |name: String| Table {
        path: format!("{DATABASE}/{name}.copy"),
        columns: columns.remove(&name).unwrap_or_default(),
        name,
    };
    Ok(order.into_iter().map(table).collect())
}

/// Names in an order in which each stands after what it needs.
fn ordered(mut left: Vec<String>, needs: &BTreeSet<(String, String)>) -> anyhow::Result<Vec<String>> {
    let mut order: Vec<String> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |name: &String| needs.iter().any(|(who, what)| who == name && left.contains(what));
        let (later, now): (Vec<String>, Vec<String>) = left.iter().cloned().partition(waits);
        if now.is_empty() {
            bail!("these tables refer to each other in a circle: {}", later.join(", "));
        }
        order.extend(now);
        left = later;
    }
    Ok(order)
}

/// Refuses a target that has tables.
pub(super) async fn refuse_existing(url: &str) -> anyhow::Result<()> {
    let mut db = connect(url).await?;
    let row = db.fetch_one("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").await?;
    let tables: i64 = row.try_get(0)?;
    db.close().await?;
    if tables > 0 {
        bail!("the database has {tables} tables: restore into an empty one");
    }
    Ok(())
}

/// Fills the migrated tables, all or none.
pub(super) async fn load(url: &str, folder: &Path, tables: &[Table]) -> anyhow::Result<()> {
    let mut db = connect(url).await?;
    db.execute("BEGIN").await?;
    // What migrations entered is in the backup too.
    let names: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
    db.execute(AssertSqlSafe(format!("TRUNCATE {}", names.join(", ")))).await?;
    for table in tables {
        let copy = format!("COPY {} ({}) FROM STDIN", quoted(&table.name), list(&table.columns));
        let file = tokio::fs::File::open(folder.join(&table.path)).await?;
        let mut rows = db.copy_in_raw(&copy).await?;
        rows.read_from(file).await?;
        rows.finish().await.with_context(|| format!("filling {}", table.name))?;
    }
    continue_identities(&mut db).await?;
    db.execute("COMMIT").await?;
    db.close().await?;
    Ok(())
}

/// Lets identity columns go on after the highest value they have.
async fn continue_identities(db: &mut PgConnection) -> anyhow::Result<()> {
    let identities = "SELECT table_name::text, column_name::text FROM information_schema.columns \
        WHERE table_schema = current_schema() AND is_identity = 'YES'";
    for row in db.fetch_all(identities).await? {
        let (table, column): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (name, key) = (quoted(&table), quoted(&column));
        let text = name.replace('\'', "''");
        let next = format!(
            "SELECT setval(pg_get_serial_sequence('{text}', '{}'), max({key})) FROM {name} HAVING max({key}) IS NOT NULL",
            column.replace('\'', "''")
        );
        db.execute(AssertSqlSafe(next)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stand_after_what_they_refer_to() {
        let text = |name: &str| name.to_owned();
        let needs = BTreeSet::from([(text("a"), text("c")), (text("c"), text("b"))]);
        assert_eq!(ordered(vec![text("a"), text("b"), text("c")], &needs).unwrap(), ["b", "c", "a"]);
        let circle = BTreeSet::from([(text("a"), text("b")), (text("b"), text("a"))]);
        assert!(ordered(vec![text("a"), text("b")], &circle).is_err());
    }
}
