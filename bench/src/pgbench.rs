//! pgbench with the statements the service sends, against the tables the service filled.

use std::path::Path;

use anyhow::{Context, bail};
use sea_orm::{ConnectionTrait, Database, Statement};
use tokio::process::Command;

use crate::load::Measured;
use crate::{Line, Options};

const READ: &str = "\\set n random(1, 500)\nSELECT * FROM ticket WHERE number = 'BN-' || :n;\n";
const PAGE: &str = "SELECT * FROM ticket WHERE status = 'assigned' AND assignee_id = '{assignee}' \
    ORDER BY due_sort, id LIMIT 50;\n";

/// Runs read, page, create and mixed at every number of clients.
pub async fn measure(url: &str, options: &Options, lines: &mut Vec<Line>) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("hearthdesk-pgbench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let db = Database::connect(url).await?;
    let one = |sql: String| Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(one("SELECT assignee_id::text FROM ticket WHERE number = 'BN-7'".to_owned())).await?;
    let assignee: String = row.context("no copied ticket")?.try_get_by_index(0)?;
    let mut create = String::from("BEGIN;\n");
    // As one registration: the key, the number, the ticket, its clocks, its search text, its facts, the answer.
    create += "INSERT INTO idempotency (id, caller, operation, key, request_hash, expires_at) \
        VALUES (gen_random_uuid(), gen_random_uuid(), 'create_ticket', gen_random_uuid()::text, 'x', now());\n";
    let tables =
        [("ticket", 1), ("sla_clock", 2), ("sla_target", 2), ("sla_segment", 1), ("search_text", 1), ("journal", 1)];
    for (table, copies) in tables {
        create += &copy(&db, table, copies).await?;
    }
    create += "COMMIT;\n";
    db.close().await?;
    let scripts = [("read", READ.to_owned()), ("page", PAGE.replace("{assignee}", &assignee)), ("create", create)];
    for (name, text) in &scripts {
        std::fs::write(folder.join(name), text)?;
    }
    for (workload, weights) in [
        ("read", &[("read", 1)][..]),
        ("page", &[("page", 1)]),
        ("create", &[("create", 1)]),
        ("mixed", &[("read", 7), ("page", 2), ("create", 1)]),
    ] {
        if !options.wants(workload) {
            continue;
        }
        for clients in &options.clients {
            let measured = run(url, &folder, weights, *clients, options.seconds).await?;
            lines.push(Line { side: "pgbench", workload, clients: *clients, measured });
        }
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// A statement that copies a row of a table under keys of its own.
async fn copy(db: &sea_orm::DatabaseConnection, table: &str, copies: usize) -> anyhow::Result<String> {
    let sql = format!(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
    );
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for row in rows {
        let (name, kind): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        values.push(match (name.as_str(), kind.as_str()) {
            // Given by the database, or later by the sealer.
            ("seq", "bigint") | ("position" | "prev_hash" | "hash", _) => continue,
            ("id", "uuid") => "gen_random_uuid()".to_owned(),
            ("number", "text") => "'PB-' || gen_random_uuid()".to_owned(),
            ("seq", _) => "(random() * 2000000000)::int".to_owned(),
            (name, _) => format!("s.{name}"),
        });
        names.push(name);
    }
    let (names, values) = (names.join(", "), values.join(", "));
    Ok(format!("INSERT INTO {table} ({names}) SELECT {values} FROM (SELECT * FROM {table} LIMIT 1) s;\n")
        .repeat(copies))
}

async fn run(
    url: &str,
    folder: &Path,
    weights: &[(&str, u32)],
    clients: usize,
    seconds: u64,
) -> anyhow::Result<Measured> {
    let host = url.split("host=").nth(1).context("the URL names no socket folder")?;
    let mut command = Command::new("pgbench");
    command.args(["-n", "-M", "prepared", "-U", "postgres", "-h", host, "-j", "2"]);
    command.args(["-c", &clients.to_string(), "-T", &seconds.to_string()]);
    for (script, weight) in weights {
        command.arg("-f").arg(format!("{}@{weight}", folder.join(script).display()));
    }
    let output = command.arg("bench").output().await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let figure = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split('=').nth(1)?.split_whitespace().next()?.parse::<f64>().ok()
    };
    let Some(rate) = figure("tps") else { bail!("pgbench: {}", String::from_utf8_lossy(&output.stderr)) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a count")]
    let measured = {
        let requests = (rate * seconds as f64) as usize;
        Measured {
            requests,
            seconds: seconds as f64,
            p50: figure("latency average").unwrap_or_default(),
            ..Measured::default()
        }
    };
    Ok(measured)
}
