//! Human numbers: `<prefix>-YYYYMMDD-NNNNNN`, counted per prefix and business day, or once for all.
//!
//! Gaps are allowed, but for [`without_gap`]. On SQLite the counter row is in the transaction; on PostgreSQL a process
//! reserves a block a day in a short transaction of its own, so parallel creates do not queue on one row. Who writes many
//! rows in one transaction says so before ([`ahead`]).

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::RangeInclusive;

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

/// What a work on SQLite reserved for its acts to come and has left, per prefix and day.
#[derive(Default)]
struct Ahead(RefCell<HashMap<(&'static str, NaiveDate), RangeInclusive<i64>>>);

impl Ahead {
    fn take(&self, prefix: &'static str, day: NaiveDate) -> Option<i64> {
        self.0.borrow_mut().get_mut(&(prefix, day))?.next()
    }
}

/// Reserves numbers of a prefix for the acts to come of this work, so that many rows cost one statement; what is left
/// over is a gap. A part that is undone gives back what it reserved: the work must not go on numbering after it.
pub async fn ahead(work: &Work, prefix: &'static str, count: usize) -> Result<(), Fault> {
    // On PostgreSQL a process holds blocks anyway.
    if count == 0 || !work.store.is_sqlite() {
        return Ok(());
    }
    let (day, count) = (time::business_day(work.now), i64::try_from(count).map_err(Fault::internal)?);
    let last = reserve(&work.db(), prefix, day, count).await?;
    let ahead = match work.kept::<Ahead>() {
        Some(ahead) => ahead,
        None => {
            work.keep(Ahead::default());
            work.kept::<Ahead>().unwrap_or_default()
        }
    };
    ahead.0.borrow_mut().insert((prefix, day), last - count + 1..=last);
    Ok(())
}

/// The next number of a prefix on the business day of this work.
pub async fn next(work: &Work, prefix: &'static str) -> Result<String, Fault> {
    let day = time::business_day(work.now);
    if work.store.is_sqlite() {
        let held = work.kept::<Ahead>().and_then(|ahead| ahead.take(prefix, day));
        let n = match held {
            Some(n) => n,
            None => reserve(&work.db(), prefix, day, 1).await?,
        };
        return Ok(ids::number(prefix, day, n));
    }
    Ok(ids::number(prefix, day, of_block(work, prefix, day).await?))
}

/// The next number of this process's block, on PostgreSQL.
async fn of_block(work: &Work, prefix: &'static str, day: NaiveDate) -> Result<i64, Fault> {
    let mut blocks = work.store.0.numbers.0.lock().await;
    let block = blocks.entry(prefix).or_insert((day, 1, 0));
    if block.0 != day || block.1 > block.2 {
        let last = reserve(work.store.reader(), prefix, day, BLOCK).await?;
        *block = (day, last - BLOCK + 1, last);
    }
    let n = block.1;
    block.1 += 1;
    Ok(n)
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

/// The next number of a prefix that is counted once for all: `RH-000001`. On PostgreSQL of a block as well: nobody waits
/// until a long import commits.
pub async fn lasting(work: &Work, prefix: &'static str) -> Result<String, Fault> {
    let ever = NaiveDate::default();
    let serial = match work.store.is_sqlite() {
        true => reserve(&work.db(), prefix, ever, 1).await?,
        false => of_block(work, prefix, ever).await?,
    };
    Ok(format!("{prefix}-{serial:06}"))
}

/// The next number of a prefix in a year, counted in this transaction: what is rolled back leaves no gap, and
/// whoever wants the next one waits for the commit.
pub async fn without_gap(work: &Work, prefix: &str, year: i32) -> Result<i32, Fault> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(|| Fault::internal(format!("no year {year}")))?;
    let serial = reserve(&work.db(), prefix, first, 1).await?;
    i32::try_from(serial).map_err(Fault::internal)
}
