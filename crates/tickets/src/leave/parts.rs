//! What of a shift is worked although its person is on leave for a part of it (TK-R27, R29).

use std::cmp::{max, min};
use std::collections::BTreeSet;

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::Reading;

use super::approved;
use super::entity::Model;
use crate::shift::entity::Model as Shift;

/// A stretch of time, its end not included.
pub type Stretch = (DateTimeUtc, DateTimeUtc);

/// What of a time these leaves of one person leave over.
pub fn left_over<'a>(whole: Stretch, leaves: impl Iterator<Item = &'a Model>) -> Vec<Stretch> {
    leaves.fold(vec![whole], |parts, leave| without(&parts, (leave.from_at, leave.to_at)))
}

fn without(parts: &[Stretch], (from, to): Stretch) -> Vec<Stretch> {
    let cut = |(begin, end): &Stretch| [(*begin, min(*end, from)), (max(*begin, to), *end)];
    parts.iter().flat_map(cut).filter(|(begin, end)| begin < end).collect()
}

/// When these shifts are worked, one by one: without what falls into an approved leave of who answers for it.
pub async fn worked(at: &Reading, shifts: &[Shift]) -> Result<Vec<Vec<Stretch>>, Fault> {
    let people: BTreeSet<Uuid> = shifts.iter().map(|shift| shift.responsible_staff_id).collect();
    let people: Vec<Uuid> = people.into_iter().collect();
    let from = shifts.iter().map(|shift| shift.start_at).min();
    let to = shifts.iter().map(|shift| shift.end_at).max();
    let (Some(from), Some(to)) = (from, to) else { return Ok(Vec::new()) };
    let leaves = approved(at, &people, from, to).await?;
    let parts = |shift: &Shift| {
        let his = leaves.iter().filter(|leave| leave.staff_id == shift.responsible_staff_id);
        left_over((shift.start_at, shift.end_at), his)
    };
    Ok(shifts.iter().map(parts).collect())
}

/// The whole minutes of these stretches.
pub fn minutes(parts: &[Stretch]) -> i64 {
    parts.iter().map(|(from, to)| (*to - *from).num_minutes()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTimeUtc {
        DateTimeUtc::from_timestamp(hour * 3_600, 0).unwrap()
    }

    #[test]
    fn a_leave_takes_its_own_part_of_a_shift() {
        let check = |leaves: &[(i64, i64)], left: &[(i64, i64)]| {
            let whole = vec![(at(9), at(17))];
            let parts = leaves.iter().fold(whole, |parts, (from, to)| without(&parts, (at(*from), at(*to))));
            let expected: Vec<Stretch> = left.iter().map(|(from, to)| (at(*from), at(*to))).collect();
            assert_eq!(parts, expected, "{leaves:?}");
            let hours: i64 = left.iter().map(|(from, to)| to - from).sum();
            assert_eq!(minutes(&parts), hours * 60);
        };
        check(&[], &[(9, 17)]);
        check(&[(0, 9), (17, 24)], &[(9, 17)]);
        check(&[(8, 12)], &[(12, 17)]);
        check(&[(13, 20)], &[(9, 13)]);
        check(&[(11, 13)], &[(9, 11), (13, 17)]);
        check(&[(9, 17)], &[]);
        check(&[(0, 12), (12, 24)], &[]);
        check(&[(10, 12), (11, 14)], &[(9, 10), (14, 17)]);
    }
}
