//! How often a call rang before somebody answered (TK-R04).

use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use kernel::time::business_day;
use store::{Reading, parameters};

use super::entity::Outcome;

/// The limits in force on the day of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub answer_rings: i64,
    pub ring_cycle_seconds: i64,
}

/// What a call shows of its ringing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ringing {
    pub ring_started_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    pub ring_count: Option<i32>,
    pub result: Outcome,
}

impl Limits {
    /// Reads the limits for a call that began then.
    pub async fn on(at: &Reading, ring_started_at: DateTime<Utc>) -> Result<Self, Fault> {
        let day = business_day(ring_started_at);
        let whole = async |key: &str| {
            let value = parameters::value_on(at, key, day, None).await?;
            value.as_i64().ok_or_else(|| Fault::internal(format!("{key} is no number")))
        };
        Ok(Self {
            answer_rings: whole("tickets.call.answer_rings").await?,
            ring_cycle_seconds: whole("tickets.call.ring_cycle_seconds").await?,
        })
    }
}

impl Ringing {
    /// The rings counted, else those that fit between the first and the answer.
    pub fn rings(&self, limits: Limits) -> Option<i32> {
        let computed = || {
            let rang = self.answered_at? - self.ring_started_at;
            let cycle = limits.ring_cycle_seconds.max(1).saturating_mul(1_000_000);
            let rings = rang.num_microseconds()?.max(0) / cycle;
            Some(i32::try_from(rings).unwrap_or(i32::MAX).saturating_add(1))
        };
        self.ring_count.or_else(computed)
    }

    /// Whether it was answered in time.
    pub fn within_limit(&self, limits: Limits) -> bool {
        let in_time = self.rings(limits).is_some_and(|rings| i64::from(rings) <= limits.answer_rings);
        self.result == Outcome::Answered && in_time
    }

    /// What contradicts itself: the pointer of the field.
    pub fn contradiction(&self, ended_at: Option<DateTime<Utc>>) -> Option<&'static str> {
        if (self.result == Outcome::Answered) != self.answered_at.is_some() {
            return Some("/answered_at");
        }
        if self.answered_at.is_some_and(|answered| answered < self.ring_started_at) {
            return Some("/answered_at");
        }
        let last = self.answered_at.unwrap_or(self.ring_started_at);
        ended_at.is_some_and(|ended| ended < last).then_some("/ended_at")
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const LIMITS: Limits = Limits { answer_rings: 3, ring_cycle_seconds: 5 };

    fn after(millis: Option<i64>, ring_count: Option<i32>, result: Outcome) -> Ringing {
        let ring_started_at = DateTime::from_timestamp(1_321_363_800, 0).unwrap();
        let answered_at = millis.map(|millis| ring_started_at + TimeDelta::milliseconds(millis));
        Ringing { ring_started_at, answered_at, ring_count, result }
    }

    #[test]
    fn rings_follow_from_the_wait_unless_counted() {
        // TK-E03
        let check = |ringing: Ringing, rings: Option<i32>, within: bool| {
            assert_eq!((ringing.rings(LIMITS), ringing.within_limit(LIMITS)), (rings, within), "{ringing:?}");
        };
        check(after(Some(0), None, Outcome::Answered), Some(1), true);
        check(after(Some(14_900), None, Outcome::Answered), Some(3), true);
        check(after(Some(15_000), None, Outcome::Answered), Some(4), false);
        check(after(Some(60_000), Some(2), Outcome::Answered), Some(2), true);
        check(after(Some(1_000), Some(4), Outcome::Answered), Some(4), false);
        check(after(None, None, Outcome::Lost), None, false);
        check(after(None, Some(2), Outcome::Lost), Some(2), false);
    }

    #[test]
    fn times_and_result_must_agree() {
        let check = |ringing: Ringing, ended: Option<i64>, at: Option<&str>| {
            let ended = ended.map(|millis| ringing.ring_started_at + TimeDelta::milliseconds(millis));
            assert_eq!(ringing.contradiction(ended), at, "{ringing:?}");
        };
        check(after(Some(0), None, Outcome::Answered), Some(0), None);
        check(after(None, None, Outcome::Answered), None, Some("/answered_at"));
        check(after(Some(1), None, Outcome::Lost), None, Some("/answered_at"));
        check(after(Some(-1), None, Outcome::Answered), None, Some("/answered_at"));
        check(after(Some(10), None, Outcome::Answered), Some(9), Some("/ended_at"));
        check(after(None, None, Outcome::Voicemail), Some(-1), Some("/ended_at"));
    }
}
