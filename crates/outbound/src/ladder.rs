//! When what could not be delivered is tried again.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Seconds after each failed attempt: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, then every 12 h.
const RUNGS: &[i64] = &[5, 300, 1_800, 7_200, 18_000, 36_000];
const LAST: i64 = 43_200;
/// Nothing is tried longer than this.
const DAYS: i64 = 3;

/// The next attempt after one that failed on a rung, or none when three days are over.
///
/// Attempts come up to a twentieth early, each delivery its own part, so that they do not come all at once.
pub fn next(id: Uuid, rung: i32, since: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let end = since + TimeDelta::days(DAYS);
    (now < end).then(|| after(id, rung, now).min(end))
}

/// The next attempt on a rung, whenever the first one was.
pub fn after(id: Uuid, rung: i32, now: DateTime<Utc>) -> DateTime<Utc> {
    let wait = usize::try_from(rung).ok().and_then(|rung| RUNGS.get(rung)).copied().unwrap_or(LAST);
    let early = wait * 50 * i64::from(id.as_bytes()[15]) / 255;
    now + TimeDelta::milliseconds(wait * 1000 - early)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_follow_the_ladder_for_three_days() {
        let since = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let mut waits = Vec::new();
        let (mut now, mut rung) = (since, 0);
        while let Some(at) = next(Uuid::nil(), rung, since, now) {
            waits.push((at - now).num_seconds());
            (now, rung) = (at, rung + 1);
        }
        assert_eq!(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200, 23_095]);
        assert_eq!(now, since + TimeDelta::days(3));
    }

    #[test]
    fn no_attempt_comes_late_and_none_more_than_a_twentieth_early() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let wait = |id| (next(id, 1, now, now).unwrap() - now).num_milliseconds();
        assert_eq!(wait(Uuid::from_u128(0)), 300_000);
        assert_eq!(wait(Uuid::from_u128(255)), 285_000);
    }
}
