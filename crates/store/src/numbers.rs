//! Human numbers: `<prefix>-YYYYMMDD-NNNNNN`, counted per prefix and business day.
//!
//! Gaps are allowed, but for [`without_gap`]. On SQLite the counter row is in the transaction; on PostgreSQL a process reserves
//! a block a day in a short transaction of its own, so parallel creates do not queue on one row.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::{ids, time};
use sea_orm::{ConnectionTrait, Statement};
use tokio::sync::Mutex;

use crate::work::Work;

const BLOCK: i64 = 20;

/// Reserved numbers of this process: next and last per prefix and day.
#[derive(Default)]
pub(crate) struct Blocks(Mutex<HashMap<&'static str, (NaiveDate, i64, i64)>>);

/// The next number of a prefix on the business day of this work.
pub async fn next(work: &Work, prefix: &'static str) -> Result<String, Fault> {
    let day = time::business_day(work.now);
    if work.store.is_sqlite() {
        let n = reserve(&work.db(), prefix, day, 1).await?;
        return Ok(ids::number(prefix, day, n));
    }
    let mut blocks = work.store.0.numbers.0.lock().await;
    let block = blocks.entry(prefix).or_insert((day, 1, 0));
    if block.0 != day || block.1 > block.2 {
        let last = reserve(work.store.reader(), prefix, day, BLOCK).await?;
        *block = (day, last - BLOCK + 1, last);
    }
    let n = block.1;
    block.1 += 1;
    Ok(ids::number(prefix, day, n))
}

async fn reserve(db: &impl ConnectionTrait, prefix: &str, day: NaiveDate, count: i64) -> Result<i64, Fault> {
    let backend = db.get_database_backend();
    let sql = match backend {
        sea_orm::DbBackend::Postgres => {
            "INSERT INTO number_counter (prefix, day, last) VALUES ($1, $2, $3) \
             ON CONFLICT (prefix, day) DO UPDATE SET last = number_counter.last + excluded.last RETURNING last"
        }
        _ => {
            "INSERT INTO number_counter (prefix, day, last) VALUES (?, ?, ?) \
             ON CONFLICT (prefix, day) DO UPDATE SET last = number_counter.last + excluded.last RETURNING last"
        }
    };
    let statement = Statement::from_sql_and_values(backend, sql, [prefix.into(), day.into(), count.into()]);
    let row = db.query_one_raw(statement).await?.ok_or_else(|| Fault::internal("no counter"))?;
    Ok(row.try_get_by_index::<i64>(0)?)
}

/// The next number of a prefix in a year, counted in this transaction: what is rolled back leaves no gap, and
/// whoever wants the next one waits for the commit.
pub async fn without_gap(work: &Work, prefix: &str, year: i32) -> Result<i32, Fault> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(|| Fault::internal(format!("no year {year}")))?;
    let serial = reserve(&work.db(), prefix, first, 1).await?;
    i32::try_from(serial).map_err(Fault::internal)
}
