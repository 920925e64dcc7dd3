//! pgbench with the statements the service sends, on the same cluster, against a copy of the database the
//! service was given: same tables, same rows, but no service that works on what pgbench writes.

use std::path::Path;

use anyhow::{Context, bail};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tokio::process::Command;

use crate::data;
use crate::load::Measured;
use crate::process::Folder;
use crate::work::Kind;

/// Makes a database of the cluster anew, from another when one is named; answers its URL.
pub async fn database(cluster: &str, name: &str, template: Option<&str>) -> anyhow::Result<String> {
    let db = Database::connect(cluster).await?;
    db.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await?;
    let template = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
    db.execute_unprepared(&format!("CREATE DATABASE {name}{template}")).await?;
    db.close().await?;
    Ok(cluster.replacen("/postgres?", &format!("/{name}?"), 1))
}

/// The tables a registration writes, and where the rows of the ticket `$id` are.
const WRITTEN: &[(&str, &str)] = &[
    ("idempotency", "caller = (SELECT created_by FROM ticket WHERE id = $id)"),
    ("person_key", "id = $id"),
    ("ticket", "id = $id"),
    ("search_text", "id = $id"),
    ("ticket_person", "ticket_id = $id"),
    ("sla_clock", "ticket_id = $id"),
    ("sla_target", "clock_id IN (SELECT id FROM sla_clock WHERE ticket_id = $id)"),
    ("sla_segment", "ticket_id = $id"),
    ("journal", "resource_id = $id"),
];

/// Keeps the rows the service wrote for one ticket, to write the like of them again.
pub async fn keep_example(db: &DatabaseConnection, id: &str) -> anyhow::Result<()> {
    for (table, place) in WRITTEN {
        let place = place.replace("$id", &format!("'{id}'::uuid"));
        db.execute_unprepared(&format!("CREATE TABLE bench_{table} AS SELECT * FROM {table} WHERE {place}")).await?;
    }
    db.execute_unprepared("ALTER TABLE bench_journal DROP COLUMN position, DROP COLUMN prev_hash, DROP COLUMN hash")
        .await?;
    Ok(())
}

/// How pgbench takes part in a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The service's statements; a create is one transaction of a statement a table.
    Statements,
    /// A create is one statement for all tables: the least PostgreSQL can be asked.
    OneStatement,
}

/// pgbench, ready to run.
pub struct Pgbench {
    folder: Folder,
    host: String,
    seconds: u64,
}

impl Pgbench {
    /// Writes the scripts.
    pub async fn prepare(cluster: &str, tickets: u32, seconds: u64) -> anyhow::Result<Self> {
        let host = cluster.split("host=").nth(1).context("the URL names no socket folder")?.to_owned();
        let db = Database::connect(&cluster.replacen("/postgres?", "/pgbench?", 1)).await?;
        let folder = Folder::new("pgbench")?;
        let id = data::ticket_id_sql(":n::int");
        let who = data::assignees(&db).await?;
        let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text);
        write("read", format!("\\set n random(1, {tickets})\nSELECT * FROM ticket WHERE id = {id};\n"))?;
        write(
            "page",
            format!(
                "\\set n random(1, {})\nSELECT * FROM ticket WHERE status = 'assigned' \
                 AND assignee_id = ('{{{}}}'::uuid[])[:n::int] ORDER BY due_sort, id LIMIT 51;\n",
                who.len(),
                who.join(",")
            ),
        )?;
        let mut inserts = Vec::new();
        for (table, _) in WRITTEN {
            inserts.push(insert(&db, table).await?);
        }
        db.close().await?;
        let number = "\\set a random(1, 9000000000000000000)\n";
        write("create", format!("{number}BEGIN;\n{};\n{KEEP}COMMIT;\n", inserts.join(";\n")))?;
        let (last, parts) = inserts.split_last().context("no tables")?;
        let parts: Vec<String> = parts.iter().enumerate().map(|(n, part)| format!("w{n} AS ({part})")).collect();
        write("at-once", format!("{number}WITH {} {last};\n", parts.join(", ")))?;
        Ok(Self { folder, host, seconds })
    }

    /// Runs one cell; `None` where pgbench has no part.
    pub async fn cell(&self, kind: Kind, manner: Manner, clients: usize) -> anyhow::Result<Option<Measured>> {
        let scripts: &[(&str, u32)] = match (kind, manner) {
            (Kind::Read, Manner::Statements) => &[("read", 1)],
            (Kind::Page, Manner::Statements) => &[("page", 1)],
            (Kind::Create, Manner::Statements) => &[("create", 1)],
            (Kind::Create, Manner::OneStatement) => &[("at-once", 1)],
            (Kind::Mixed, Manner::Statements) => &[("read", 7), ("page", 2), ("create", 1)],
            _ => return Ok(None),
        };
        let folder = self.folder.path();
        let (warm, seconds) = (warm_up(clients), self.seconds);
        let mut command = Command::new("pgbench");
        command.args(["-n", "-M", "prepared", "-U", "postgres", "-h", &self.host, "-j", "2", "-l"]);
        command.args(["-c", &clients.to_string(), "-T", &(warm + seconds).to_string()]).current_dir(folder);
        for (script, weight) in scripts {
            command.args(["-f", &format!("{script}@{weight}")]);
        }
        let output = command.arg("pgbench").kill_on_drop(true).output().await.context("pgbench")?;
        if !output.status.success() {
            bail!("pgbench: {}", String::from_utf8_lossy(&output.stderr));
        }
        let done = logged(folder).with_context(|| format!("pgbench's logs in {}", folder.display()))?;
        let began = done.iter().map(|(at, took)| at - took).min().context("pgbench did nothing")?;
        let (from, to) = (began + warm * 1_000_000, began + (warm + seconds) * 1_000_000);
        let times: Vec<f64> = done.iter().filter(|(at, _)| (from..to).contains(at)).map(millis).collect();
        let measured = Measured { requests: times.len(), seconds: seconds as f64, ..Measured::default() };
        Ok(Some(measured.with_times(times)))
    }
}

/// Seconds that do not count: each of pgbench's connections plans its statements first, those of the service
/// have done so long ago.
fn warm_up(clients: usize) -> u64 {
    1 + clients as u64 / 100
}

fn millis((_, took): &(u64, u64)) -> f64 {
    *took as f64 / 1e3
}

/// When each transaction was done and how long it took, in microseconds, from pgbench's logs, which go.
fn logged(folder: &Path) -> anyhow::Result<Vec<(u64, u64)>> {
    let mut done = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pgbench_log.")) {
            done.extend(std::fs::read_to_string(&path)?.lines().filter_map(transaction));
            std::fs::remove_file(path)?;
        }
    }
    Ok(done)
}

/// `client transaction took script seconds micros`.
fn transaction(line: &str) -> Option<(u64, u64)> {
    let field = |n: usize| line.split(' ').nth(n)?.parse::<u64>().ok();
    Some((field(4)? * 1_000_000 + field(5)?, field(2)?))
}

/// Keeps the answer under the key, as the service does last.
const KEEP: &str = "UPDATE idempotency SET done = b.done, version = b.version, location = b.location, \
    answer = b.answer FROM bench_idempotency b WHERE idempotency.caller = b.caller \
    AND idempotency.operation = b.operation AND idempotency.key = 'PB-' || :a::text;\n";

/// A statement that writes the example's rows of a table under keys of its own, now.
async fn insert(db: &DatabaseConnection, table: &str) -> anyhow::Result<String> {
    // The same number and instant give the same id, so that rows written apart still belong together.
    let own = |column: &str| {
        format!(
            "(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7' || \
             substr(md5(:a::text || b.{column}::text), 1, 19))::uuid"
        )
    };
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (name, kind) in data::columns(db, &format!("bench_{table}")).await? {
        values.push(match (name.as_str(), kind.as_str()) {
            // Given by the database.
            ("seq", "int8") => continue,
            ("id" | "ticket_id" | "clock_id" | "resource_id" | "requester_id", _) => own(&name),
            ("number", "text") => "'PB-' || to_char(now(), 'YYYYMMDDHH24MISSUS') || :a::text".to_owned(),
            ("key", _) => "'PB-' || :a::text".to_owned(),
            (name, "timestamptz") => format!("b.{name} + (now() - (SELECT created_at FROM bench_ticket))"),
            (name, _) => format!("b.{name}"),
        });
        names.push(name);
    }
    Ok(format!("INSERT INTO {table} ({}) SELECT {} FROM bench_{table} b", names.join(", "), values.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logged_transaction_is_read() {
        assert_eq!(transaction("0 199 2241 0 1175850568 995598"), Some((1_175_850_568_995_598, 2_241)));
        assert_eq!(transaction("0 199 skipped 0 1175850568 995598"), None);
    }
}
