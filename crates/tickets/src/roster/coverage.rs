//! How far a roster covers the hours somebody must be there (TK-R27): pure, by minutes of a day.

use kernel::report::{Value, share};
use kernel::time::DayTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The hours of a day in which somebody must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RosterWindow)]
pub struct Window {
    pub from: DayTime,
    pub to: DayTime,
}

impl Window {
    /// Its minutes.
    pub fn minutes(self) -> i64 {
        (self.to.minutes() - self.from.minutes()).max(0)
    }
}

/// A stretch of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RosterStretch)]
pub struct Stretch {
    pub from: DayTime,
    pub to: DayTime,
    pub minutes: i64,
}

/// What of a day's window is covered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// Minutes with enough people.
    pub minutes: i64,
    /// Too few people.
    pub gaps: Vec<Stretch>,
    /// More people than needed.
    pub overlaps: Vec<Stretch>,
}

/// Covers a window by shifts given in minutes since the day's midnight; they may begin before and end after it.
pub fn of_day(window: Window, shifts: &[(i64, i64)], headcount: i64) -> Covered {
    let (from, to) = (window.from.minutes(), window.to.minutes());
    let mut points: Vec<i64> = shifts.iter().flat_map(|(start, end)| [*start, *end]).collect();
    points.retain(|point| (from..to).contains(point));
    points.extend([from, to]);
    points.sort_unstable();
    points.dedup();
    let mut covered = Covered::default();
    for pair in points.windows(2) {
        let &[begin, end] = pair else { continue };
        let people = shifts.iter().filter(|(start, over)| *start <= begin && *over >= end).count();
        let people = i64::try_from(people).unwrap_or(i64::MAX);
        if people < headcount {
            extend(&mut covered.gaps, begin, end);
        } else {
            covered.minutes += end - begin;
        }
        if people > headcount {
            extend(&mut covered.overlaps, begin, end);
        }
    }
    covered
}

fn extend(list: &mut Vec<Stretch>, begin: i64, end: i64) {
    let (Some(from), Some(to)) = (DayTime::from_minutes(begin), DayTime::from_minutes(end)) else { return };
    match list.last_mut() {
        Some(last) if last.to == from => {
            last.to = to;
            last.minutes += end - begin;
        }
        _ => list.push(Stretch { from, to, minutes: end - begin }),
    }
}

/// Minutes covered of those required, in percent with two decimals, half up; none where nothing is required.
pub fn percent(covered: i64, required: i64) -> Option<kernel::fixed::Percent> {
    match share(covered, required) {
        Value::Percent(percent) => Some(percent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(from: &str, to: &str) -> Window {
        Window { from: DayTime::parse(from).unwrap(), to: DayTime::parse(to).unwrap() }
    }

    fn spans(list: &[Stretch]) -> Vec<(String, String, i64)> {
        list.iter().map(|one| (one.from.to_string(), one.to.to_string(), one.minutes)).collect()
    }

    const A: (i64, i64) = (540, 1020);
    const B: (i64, i64) = (720, 1200);
    const C: (i64, i64) = (1200, 1320);

    #[test]
    fn tk_e04_three_shifts_cover_780_of_900_minutes() {
        let day = of_day(window("09:00", "24:00"), &[A, B, C], 1);
        assert_eq!(day.minutes, 780);
        assert_eq!(percent(day.minutes, 900).unwrap().to_string(), "86.67");
        assert_eq!(spans(&day.gaps), [("22:00".to_owned(), "24:00".to_owned(), 120)]);
        assert_eq!(spans(&day.overlaps), [("12:00".to_owned(), "17:00".to_owned(), 300)]);
    }

    #[test]
    fn coverage_by_headcount_and_over_midnight() {
        let check = |shifts: &[(i64, i64)], headcount, covered, gaps: &[i64], overlaps: &[i64]| {
            let day = of_day(window("00:00", "24:00"), shifts, headcount);
            let minutes = |list: &[Stretch]| list.iter().map(|one| one.minutes).collect::<Vec<_>>();
            assert_eq!(
                (day.minutes, minutes(&day.gaps), minutes(&day.overlaps)),
                (covered, gaps.to_vec(), overlaps.to_vec())
            );
        };
        check(&[], 1, 0, &[1440], &[]);
        check(&[(0, 480), (480, 960), (960, 1440)], 1, 1440, &[], &[]);
        check(&[(-120, 360)], 1, 360, &[1080], &[]);
        check(&[(1320, 1800)], 1, 120, &[1320], &[]);
        check(&[(0, 1440), (600, 720)], 2, 120, &[600, 720], &[]);
        check(&[(0, 1440), (0, 1440), (600, 720)], 2, 1440, &[], &[120]);
        check(&[(0, 600), (0, 600)], 1, 600, &[840], &[600]);
        assert_eq!(percent(0, 0), None);
    }

    proptest! {
        /// The sweep agrees with counting every minute.
        #[test]
        fn coverage_equals_a_count_minute_by_minute(
            from in 0i64..1440, length in 0i64..1440, headcount in 1i64..4,
            shifts in prop::collection::vec((-600i64..1600, 1i64..900), 0..9),
        ) {
            let to = (from + length).min(1440);
            let window = Window { from: DayTime::from_minutes(from).unwrap(), to: DayTime::from_minutes(to).unwrap() };
            let shifts: Vec<(i64, i64)> = shifts.into_iter().map(|(start, long)| (start, start + long)).collect();
            let day = of_day(window, &shifts, headcount);
            let people = |minute: i64| shifts.iter().filter(|(s, e)| (*s..*e).contains(&minute)).count() as i64;
            let within = |list: &[Stretch], minute: i64| {
                list.iter().any(|one| (one.from.minutes()..one.to.minutes()).contains(&minute))
            };
            let mut covered = 0;
            for minute in from..to {
                covered += i64::from(people(minute) >= headcount);
                prop_assert_eq!(within(&day.gaps, minute), people(minute) < headcount);
                prop_assert_eq!(within(&day.overlaps, minute), people(minute) > headcount);
            }
            prop_assert_eq!(day.minutes, covered);
            let total: i64 = day.gaps.iter().map(|gap| gap.minutes).sum();
            prop_assert_eq!(day.minutes + total, window.minutes());
            prop_assert!(day.gaps.windows(2).all(|pair| pair[0].to < pair[1].from), "gaps are as long as they can be");
        }
    }
}
