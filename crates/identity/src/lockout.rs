//! Lock-out after wrong passwords (PF-E03): what counts, and for how long.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::whole_second;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{QueryOrder, QuerySelect, Set};
use store::{Reading, Work, parameters};

use crate::account::entity::failure;
use crate::sign_in::about;

/// Whether wrong passwords lock an account now: enough within the window, and the lock not yet over.
pub fn is_locked(
    failures: &[DateTime<Utc>],
    now: DateTime<Utc>,
    count: usize,
    window: TimeDelta,
    lock: TimeDelta,
) -> bool {
    let mut latest: Vec<_> = failures.to_vec();
    latest.sort_unstable_by(|a, b| b.cmp(a));
    match (latest.first(), latest.get(count.saturating_sub(1))) {
        (Some(last), Some(first)) => *last - *first <= window && now < *last + lock,
        _ => false,
    }
}

/// The accounts wrong passwords lock out now.
pub(crate) fn locked_out_now(now: DateTime<Utc>) -> SelectStatement {
    let mut locked = Query::select();
    locked.column(failure::Column::AccountId).from(failure::Entity);
    locked.and_where(failure::Column::LocksUntil.gt(now)).to_owned()
}

/// Whether an account is locked by wrong passwords now.
pub(crate) async fn locked_out(at: &Reading, account_id: Uuid) -> Result<bool, Fault> {
    let locks = failure::Entity::find()
        .filter(failure::Column::AccountId.eq(account_id))
        .filter(failure::Column::LocksUntil.gt(at.now));
    Ok(locks.one(&at.db()).await?.is_some())
}

/// What wrong passwords have come to for an account.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Failures {
    /// Within the window; those that locked, while the lock holds.
    pub count: i32,
    pub locked_out: bool,
}

/// The failures of these accounts, in one look.
pub(crate) async fn of_accounts(at: &Reading, accounts: &[Uuid]) -> Result<HashMap<Uuid, Failures>, Fault> {
    let window = TimeDelta::minutes(parameters::integer(at, "platform.identity.lock_window_minutes").await?);
    let lock = TimeDelta::minutes(parameters::integer(at, "platform.identity.lock_minutes").await?);
    let recent = failure::Entity::find()
        .filter(failure::Column::AccountId.is_in(accounts.iter().copied()))
        .filter(failure::Column::At.gte(at.now - window - lock))
        .all(&at.db())
        .await?;
    let mut by_account: HashMap<Uuid, Vec<failure::Model>> = HashMap::new();
    for row in recent {
        by_account.entry(row.account_id).or_default().push(row);
    }
    Ok(by_account.into_iter().map(|(account, rows)| (account, failures(&rows, at.now, window))).collect())
}

fn failures(rows: &[failure::Model], now: DateTime<Utc>, window: TimeDelta) -> Failures {
    let locking = rows.iter().filter(|row| row.locks_until.is_some_and(|until| until > now)).map(|row| row.at).max();
    let seen_from = locking.unwrap_or(now) - window;
    let count = rows.iter().filter(|row| row.at >= seen_from).count();
    Failures { count: i32::try_from(count).unwrap_or(i32::MAX), locked_out: locking.is_some() }
}

/// Counts a wrong password; the one too many locks. Times are whole seconds here: a lock is over on the second it is
/// said to be, however late within its second the last failure came.
pub(crate) async fn count_failure(work: &Work, account_id: Uuid) -> Result<(), Fault> {
    let count = parameters::integer(work, "platform.identity.lock_failures").await?;
    let window = TimeDelta::minutes(parameters::integer(work, "platform.identity.lock_window_minutes").await?);
    let lock = TimeDelta::minutes(parameters::integer(work, "platform.identity.lock_minutes").await?);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let earlier = failure::Entity::find()
        .filter(failure::Column::AccountId.eq(account_id))
        .order_by_desc(failure::Column::At)
        .limit(count as u64)
        .all(&work.db())
        .await?;
    let now = whole_second(work.now);
    let times: Vec<_> = earlier.into_iter().map(|row| row.at).chain([now]).collect();
    let locked = is_locked(&times, now, count, window, lock);
    let row = failure::ActiveModel {
        id: Set(ids::new_id(work.now)),
        account_id: Set(account_id),
        at: Set(now),
        locks_until: Set(locked.then_some(now + lock)),
    };
    failure::Entity::insert(row).exec_without_returning(&work.db()).await?;
    work.record(about("sign_in.failed", Some(account_id)).with("counted", true));
    if locked {
        work.record(about("account.locked", Some(account_id)).with("by", "failures"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PF-E03: five failures in the window lock for fifteen minutes from the last of them.
    #[test]
    fn failures_lock_from_the_last_one() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let minute = |m: &str| at(&format!("2026-03-02T09:{m}Z"));
        let fifteen = TimeDelta::minutes(15);
        let five: Vec<_> = ["00:00", "03:00", "06:00", "09:00", "12:00"].map(&minute).to_vec();
        assert!(is_locked(&five, minute("26:59"), 5, fifteen, fifteen));
        assert!(!is_locked(&five, minute("27:00"), 5, fifteen, fifteen));
        let spread: Vec<_> = ["00:00", "03:00", "06:00", "09:00", "15:01"].map(&minute).to_vec();
        assert!(!is_locked(&spread, minute("15:02"), 5, fifteen, fifteen));
    }
}
