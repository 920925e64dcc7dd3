//! Mass data: the demo's tickets copied by SQL under ids, numbers, instants, homes and assignees of their own.
//!
//! Copies have no ledger and no search text: no measured list reads them.

use anyhow::Context;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::service::LOGIN;

/// Homes the tickets are spread over; with the demo's few every new ticket would look like a duplicate.
pub const UNITS: u32 = 20_000;
/// Staff the tickets are assigned to, so that each has more than a page in every status.
const STAFF: u32 = 20;
/// Days the copies were received in.
const DAYS: u32 = 400;

const TICKET: &str = "0190a0000000700080000000";
const UNIT: &str = "0190a0000000700090000000";

fn uuid(start: &str, n: usize) -> String {
    let (a, b, c, d) = (&start[..8], &start[8..12], &start[12..16], &start[16..20]);
    format!("{a}-{b}-{c}-{d}-{}{n:08x}", &start[20..])
}

/// The id of the n-th copied ticket, from 1.
pub fn ticket_id(n: usize) -> String {
    uuid(TICKET, n)
}

/// The id of the n-th copied home, from 1.
pub fn unit_id(n: usize) -> String {
    uuid(UNIT, n)
}

/// What a client of the database makes the n-th ticket's id of: `{n}` stands for its number.
pub fn ticket_id_sql(n: &str) -> String {
    format!("('{TICKET}' || lpad(to_hex({n}), 8, '0'))::uuid")
}

/// Runs a query of one column of text.
pub async fn texts(db: &DatabaseConnection, sql: &str) -> anyhow::Result<Vec<String>> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql.to_owned())).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Names and types of a table's columns; types are in the words of the database.
pub async fn columns(db: &DatabaseConnection, table: &str) -> anyhow::Result<Vec<(String, String)>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => format!(
            "SELECT column_name || ' ' || udt_name FROM information_schema.columns \
             WHERE table_name = '{table}' ORDER BY ordinal_position"
        ),
        _ => format!("SELECT name || ' ' || type FROM pragma_table_info('{table}')"),
    };
    let split = |text: String| text.split_once(' ').map(|(name, kind)| (name.to_owned(), kind.to_owned()));
    texts(db, &sql).await?.into_iter().map(|text| split(text).context("a column without a type")).collect()
}

/// The words in which the two databases differ.
struct Dialect {
    postgres: bool,
}

impl Dialect {
    fn numbers(&self, from: u32, to: u32) -> String {
        match self.postgres {
            true => format!("(SELECT generate_series({from}, {to}) AS n)"),
            false => format!(
                "(WITH RECURSIVE c(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM c WHERE n < {to}) SELECT n FROM c)"
            ),
        }
    }
    fn id(&self, start: &str, n: &str) -> String {
        match self.postgres {
            true => format!("('{start}' || lpad(to_hex({n}), 8, '0'))::uuid"),
            false => format!("unhex('{start}' || printf('%08x', {n}))"),
        }
    }
    /// The instant in a column, so many seconds earlier, in the form the service writes.
    fn earlier(&self, column: &str, seconds: &str) -> String {
        match self.postgres {
            true => format!("{column} - {seconds} * interval '1 second'"),
            false => format!(
                "strftime('%Y-%m-%d', {column}, '-' || {seconds} || ' seconds') || substr({column}, 11, 1) || \
                 strftime('%H:%M:%S', {column}, '-' || {seconds} || ' seconds') || substr({column}, 20)"
            ),
        }
    }
}

/// Homes like the first one, under room numbers of their own.
pub async fn add_units(db: &DatabaseConnection) -> anyhow::Result<()> {
    let dialect = Dialect { postgres: db.get_database_backend() == DbBackend::Postgres };
    let columns = columns(db, "unit").await?;
    let value = |name: &str| match name {
        "id" => dialect.id(UNIT, "n.n"),
        "room_no" => "'B-' || n.n".to_owned(),
        name => format!("u.{name}"),
    };
    let values: Vec<String> = columns.iter().map(|(name, _)| value(name)).collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let sql = format!(
        "INSERT INTO unit ({}) SELECT {} FROM (SELECT * FROM unit ORDER BY id LIMIT 1) u CROSS JOIN {} n",
        names.join(", "),
        values.join(", "),
        dialect.numbers(1, UNITS)
    );
    db.execute_unprepared(&sql).await?;
    Ok(())
}

/// Copies numbered `from` to `to` of the tickets in every state whoever measures may see, oldest number last received.
pub async fn add_tickets(db: &DatabaseConnection, from: u32, to: u32) -> anyhow::Result<()> {
    let dialect = Dialect { postgres: db.get_database_backend() == DbBackend::Postgres };
    let columns = columns(db, "ticket").await?;
    // The same spread whether there are a hundred thousand or a million: what is behind the first many goes on.
    let age = format!("((n.n % 100000) * {})", DAYS * 86_400 / 100_000);
    let instants = ["created_at", "updated_at", "received_at", "due_at", "due_sort", "near_due_at", "closed_at"];
    let value = |name: &str| match name {
        "id" => dialect.id(TICKET, "n.n"),
        "number" => "'BN-' || n.n".to_owned(),
        "unit_id" => dialect.id(UNIT, &format!("(n.n % {UNITS} + 1)")),
        "assignee_id" => "s.id".to_owned(),
        name if instants.contains(&name) => dialect.earlier(&format!("t.{name}"), &age),
        name => format!("t.{name}"),
    };
    let values: Vec<String> = columns.iter().map(|(name, _)| value(name)).collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let placed = |table: &str, order: &str, condition: &str| {
        format!("(SELECT x.*, row_number() OVER (ORDER BY {order}) - 1 AS place FROM {table} x WHERE {condition})")
    };
    let known = format!(
        "x.assignee_id IS NOT NULL AND x.merged_into_id IS NULL AND x.number NOT LIKE 'BN-%' \
         AND x.received_org_unit_id = (SELECT s.org_unit_id FROM staff s JOIN account a ON a.staff_id = s.id \
         WHERE a.login = '{LOGIN}')"
    );
    let few = format!("x.number IN (SELECT number FROM staff ORDER BY number LIMIT {STAFF})");
    let (tickets, staff) = (placed("ticket", "x.number", &known), placed("staff", "x.number", &few));
    let many = |list: &str| format!("(SELECT count(*) FROM {list} m)");
    let sql = format!(
        "INSERT INTO ticket ({}) SELECT {} FROM {} n JOIN {tickets} t ON t.place = n.n % {} \
         JOIN {staff} s ON s.place = (n.n / {}) % {}",
        names.join(", "),
        values.join(", "),
        dialect.numbers(from, to),
        many(&tickets),
        many(&tickets),
        many(&staff),
    );
    db.execute_unprepared(&sql).await?;
    // What autovacuum or the service's own job would do in time.
    db.execute_unprepared(if dialect.postgres { "VACUUM ANALYZE" } else { "ANALYZE" }).await?;
    Ok(())
}

/// Ids of staff who have at least a page of assigned copies.
pub async fn assignees(db: &DatabaseConnection) -> anyhow::Result<Vec<String>> {
    let id = match db.get_database_backend() {
        DbBackend::Postgres => "replace(assignee_id::text, '-', '')",
        _ => "lower(hex(assignee_id))",
    };
    let sql = format!(
        "SELECT {id} FROM ticket WHERE status = 'assigned' AND number LIKE 'BN-%' \
         GROUP BY assignee_id HAVING count(*) > 50 ORDER BY 1"
    );
    texts(db, &sql).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbered() {
        assert_eq!(ticket_id(255), "0190a000-0000-7000-8000-0000000000ff");
        assert_eq!(unit_id(1), "0190a000-0000-7000-9000-000000000001");
    }
}
