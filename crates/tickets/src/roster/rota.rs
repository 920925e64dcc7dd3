//! Who works when: the rota of a pattern (TK-R27) and the rest between two shifts (TK-R28); pure.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::definition::OFF;

/// The shift of person `i` on day `d`, both counted from 0; `None` on a free day.
pub fn turn(pattern: &[String], person: usize, day: usize) -> Option<&str> {
    let code = pattern.get((day + person).checked_rem(pattern.len())?)?;
    (code != OFF).then_some(code.as_str())
}

/// Somebody's shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    pub staff_id: Uuid,
    pub start_at: DateTime<Utc>,
    pub end_at: DateTime<Utc>,
}

/// Why somebody cannot work so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// Two of his shifts overlap.
    DoubleBooked { first: Planned, second: Planned },
    /// Too little time between the end of one and the start of the next.
    Rest { first: Planned, second: Planned },
}

/// The first clash among shifts: overlaps before short rests.
pub fn clash(mut shifts: Vec<Planned>, min_rest: TimeDelta) -> Option<Clash> {
    shifts.sort_by_key(|shift| (shift.staff_id, shift.start_at, shift.end_at));
    let mut short = None;
    for pair in shifts.windows(2) {
        let &[first, second] = pair else { continue };
        if first.staff_id != second.staff_id {
            continue;
        }
        if second.start_at < first.end_at {
            return Some(Clash::DoubleBooked { first, second });
        }
        if second.start_at - first.end_at < min_rest && short.is_none() {
            short = Some(Clash::Rest { first, second });
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(codes: &[&str]) -> Vec<String> {
        codes.iter().map(|code| (*code).to_owned()).collect()
    }

    #[test]
    fn tk_e04_four_people_on_21_days() {
        let pattern = pattern(&["a", "b", "c", "off"]);
        let hours = |code: &str| if code == "c" { 2 } else { 8 };
        let of = |person: usize| {
            let turns: Vec<&str> = (0..21).filter_map(|day| turn(&pattern, person, day)).collect();
            let count = |code: &str| turns.iter().filter(|turn| **turn == code).count();
            (count("a"), count("b"), count("c"), turns.iter().map(|code| hours(code)).sum::<i32>())
        };
        assert_eq!([of(0), of(1), of(2), of(3)], [(6, 5, 5, 98), (5, 6, 5, 98), (5, 5, 6, 92), (5, 5, 5, 90)]);
        assert_eq!(turn(&[], 0, 0), None);
    }

    fn shift(person: u128, start: i64, end: i64) -> Planned {
        let at = |hours: i64| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        Planned { staff_id: Uuid::from_u128(person), start_at: at(start), end_at: at(end) }
    }

    #[test]
    fn tk_e04_rest_between_shifts() {
        let check = |shifts: &[Planned], expected: &str| {
            let found = match clash(shifts.to_vec(), TimeDelta::hours(11)) {
                None => "none",
                Some(Clash::DoubleBooked { .. }) => "double_booked",
                Some(Clash::Rest { .. }) => "rest",
            };
            assert_eq!(found, expected, "{shifts:?}");
        };
        check(&[shift(1, 20, 22), shift(1, 33, 41)], "none");
        check(&[shift(1, 16, 24), shift(1, 33, 41)], "rest");
        check(&[shift(1, 33, 41), shift(1, 16, 24)], "rest");
        check(&[shift(1, 16, 24), shift(2, 25, 33)], "none");
        check(&[shift(1, 9, 17), shift(1, 12, 20)], "double_booked");
        check(&[shift(1, 16, 24), shift(1, 33, 41), shift(2, 9, 17), shift(2, 16, 20)], "double_booked");
        check(&[shift(1, 9, 17), shift(1, 17, 20)], "rest");
        check(&[], "none");
    }
}
