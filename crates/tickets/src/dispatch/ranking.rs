//! Who gets a ticket (TK-R16): pure. Shares are compared as exact fractions.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::roster::duty::Duty;

/// Somebody with a handler role, as he stands at the instant of the decision.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub staff_id: Uuid,
    pub number: String,
    pub name: String,
    pub duty: Duty,
    /// The ticket complains about him.
    pub complained: bool,
    /// Has the skill of the top category.
    pub skilled: bool,
    /// Weighted tickets he holds.
    pub load: i64,
    /// At least 1.
    pub capacity: i64,
    /// Looks after the customer.
    pub owner: bool,
    pub last_assigned_at: Option<DateTime<Utc>>,
}

/// A candidate as the explanation keeps him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AssignmentCandidate)]
pub struct Judged {
    pub staff_id: Uuid,
    pub number: String,
    pub name: String,
    pub load: i64,
    pub capacity: i64,
    /// Looks after the customer.
    pub owner: bool,
    pub last_assigned_at: Option<Timestamp>,
    /// off_shift, on_leave, absent, stopped, complained_person, no_skill, at_capacity; null when he may get it.
    pub reason: Option<String>,
    /// From 1; null when he may not get it.
    pub rank: Option<i64>,
}

impl Candidate {
    /// Why he may not get a ticket of this weight: the first reason that applies.
    pub fn excluded(&self, weight: i64) -> Option<&'static str> {
        match self.duty {
            Duty::OnDuty if self.complained => Some("complained_person"),
            Duty::OnDuty if !self.skilled => Some("no_skill"),
            Duty::OnDuty if self.load + weight > self.capacity => Some("at_capacity"),
            Duty::OnDuty => None,
            off => Some(off.code()),
        }
    }

    /// The owner first, then the smaller share of the capacity, then longest without, then the number.
    fn before(&self, other: &Self) -> Ordering {
        let share = |one: &Self, by: &Self| i128::from(one.load) * i128::from(by.capacity);
        other
            .owner
            .cmp(&self.owner)
            .then_with(|| share(self, other).cmp(&share(other, self)))
            .then_with(|| self.last_assigned_at.cmp(&other.last_assigned_at))
            .then_with(|| self.number.cmp(&other.number))
    }
}

/// Ranks candidates for a ticket of this weight: those who may get it first, best first, then the others by number.
pub fn rank(mut candidates: Vec<Candidate>, weight: i64) -> Vec<Judged> {
    candidates.sort_by(|a, b| match (a.excluded(weight), b.excluded(weight)) {
        (None, None) => a.before(b),
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(_), Some(_)) => a.number.cmp(&b.number),
    });
    let judged = |(n, candidate): (i64, Candidate)| {
        let reason = candidate.excluded(weight);
        Judged {
            rank: reason.is_none().then_some(n),
            reason: reason.map(str::to_owned),
            staff_id: candidate.staff_id,
            number: candidate.number,
            name: candidate.name,
            load: candidate.load,
            capacity: candidate.capacity,
            owner: candidate.owner,
            last_assigned_at: candidate.last_assigned_at.map(Timestamp::from),
        }
    };
    (1..).zip(candidates).map(judged).collect()
}

/// Who gets it; nobody when all are excluded.
pub fn chosen(judged: &[Judged]) -> Option<Uuid> {
    judged.first().filter(|first| first.rank.is_some()).map(|first| first.staff_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(n: u128, load: i64, capacity: i64, last: Option<i64>) -> Candidate {
        Candidate {
            staff_id: Uuid::from_u128(n),
            number: format!("S{n:02}"),
            name: String::new(),
            duty: Duty::OnDuty,
            complained: false,
            skilled: true,
            load,
            capacity,
            owner: false,
            last_assigned_at: last.and_then(|minute| DateTime::from_timestamp(minute * 60, 0)),
        }
    }

    fn numbers(judged: &[Judged]) -> Vec<(&str, Option<&str>)> {
        judged.iter().map(|one| (one.number.as_str(), one.reason.as_deref())).collect()
    }

    #[test]
    fn tk_e11_equal_shares_go_to_who_waited_longer() {
        let off = Candidate { duty: Duty::OffShift, ..candidate(3, 2, 20, None) };
        let all = vec![candidate(1, 4, 10, Some(510)), candidate(2, 2, 5, Some(480)), off, candidate(4, 4, 4, None)];
        let judged = rank(all, 1);
        assert_eq!(
            numbers(&judged),
            [("S02", None), ("S01", None), ("S03", Some("off_shift")), ("S04", Some("at_capacity"))]
        );
        assert_eq!(chosen(&judged), Some(Uuid::from_u128(2)));
        assert_eq!((judged[0].rank, judged[1].rank, judged[2].rank), (Some(1), Some(2), None));
    }

    #[test]
    fn ranking_row_by_row() {
        let check = |all: Vec<Candidate>, weight: i64, first: Option<u128>| {
            assert_eq!(chosen(&rank(all.clone(), weight)), first.map(Uuid::from_u128), "{all:?}");
        };
        check(vec![], 1, None);
        check(vec![candidate(1, 1, 3, None), candidate(2, 33, 100, None)], 1, Some(2));
        check(vec![candidate(1, 333_333, 1_000_000, None), candidate(2, 1, 3, None)], 1, Some(1));
        check(vec![candidate(1, 0, 9, Some(1)), candidate(2, 0, 1, None)], 1, Some(2));
        check(vec![candidate(2, 0, 9, Some(1)), candidate(1, 0, 9, Some(1))], 1, Some(1));
        check(vec![Candidate { owner: true, ..candidate(1, 8, 9, Some(9)) }, candidate(2, 0, 9, None)], 1, Some(1));
        check(vec![Candidate { owner: true, ..candidate(1, 9, 9, None) }, candidate(2, 8, 9, None)], 1, Some(2));
        check(vec![candidate(1, 7, 9, None)], 2, Some(1));
        check(vec![candidate(1, 7, 9, None)], 3, None);
        check(vec![Candidate { complained: true, ..candidate(1, 0, 9, None) }], 1, None);
        check(vec![Candidate { skilled: false, ..candidate(1, 0, 9, None) }], 1, None);
    }

    #[test]
    fn the_first_reason_is_told() {
        let worst = Candidate { duty: Duty::Stopped, complained: true, skilled: false, ..candidate(1, 9, 9, None) };
        assert_eq!(worst.excluded(1), Some("stopped"));
        let there = Candidate { duty: Duty::OnDuty, ..worst };
        assert_eq!(there.excluded(1), Some("complained_person"));
        assert_eq!(Candidate { complained: false, ..there }.excluded(1), Some("no_skill"));
    }
}
