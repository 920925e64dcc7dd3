//! Lock-out after wrong passwords (PF-E03): what counts, and for how long.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
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

/// Whether an account is locked by wrong passwords now.
pub(crate) async fn locked_out(at: &Reading, account_id: Uuid) -> Result<bool, Fault> {
    let count = parameters::integer(at, "platform.identity.lock_failures").await?;
    let window = parameters::integer(at, "platform.identity.lock_window_minutes").await?;
    let lock = parameters::integer(at, "platform.identity.lock_minutes").await?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let latest = failure::Entity::find()
        .filter(failure::Column::AccountId.eq(account_id))
        .order_by_desc(failure::Column::At)
        .limit(count as u64)
        .all(&at.db())
        .await?;
    let times: Vec<_> = latest.into_iter().map(|row| row.at).collect();
    Ok(is_locked(&times, at.now, count, TimeDelta::minutes(window), TimeDelta::minutes(lock)))
}

/// Counts a wrong password; the one too many locks.
pub(crate) async fn count_failure(work: &Work, account_id: Uuid) -> Result<(), Fault> {
    let row = failure::ActiveModel { id: Set(ids::new_id(work.now)), account_id: Set(account_id), at: Set(work.now) };
    failure::Entity::insert(row).exec_without_returning(&work.db()).await?;
    let locked = locked_out(work, account_id).await?;
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
