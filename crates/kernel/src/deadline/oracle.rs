//! The limit found by walking quarter by quarter, against the arithmetic.

use chrono::Timelike;
use proptest::prelude::*;

use super::*;
use crate::calendar::{CalendarCode, WorkingDays};
use crate::time::{Timestamp, in_shanghai};

const STEP: i64 = 900;

fn is_open(calendar: Calendar<'_>, at: Instant) -> bool {
    let local = in_shanghai(at);
    let (day, hour) = (calendar.days.day(local.date_naive()).unwrap(), local.hour());
    match calendar.code {
        CalendarCode::Continuous => true,
        CalendarCode::Mainland => day.kind.is_working(),
        CalendarCode::Office => day.kind.is_working() && (9..17).contains(&hour) && hour != 12,
    }
}

fn is_running(segments: &[Segment], at: Instant, resume: Option<Instant>) -> bool {
    segments.iter().any(|segment| {
        let inside = segment.from <= at && segment.to.is_none_or(|to| at < to);
        let resumed = segment.to.is_none() && resume.is_some_and(|resume| resume <= at);
        inside && (segment.running || resumed)
    })
}

/// The first instant at which the target is counted, within the horizon, and what is counted at its end.
fn walk(
    segments: &[Segment],
    calendar: Calendar<'_>,
    target: i64,
    resume: Option<Instant>,
    end: Instant,
) -> Option<Instant> {
    let (mut at, mut count) = (segments[0].from, 0);
    while at < end {
        if is_running(segments, at, resume) && is_open(calendar, at) {
            count += STEP;
            if count >= target {
                return Some(at + Duration::seconds(STEP));
            }
        }
        at += Duration::seconds(STEP);
    }
    None
}

fn code() -> impl Strategy<Value = CalendarCode> {
    prop_oneof![Just(CalendarCode::Continuous), Just(CalendarCode::Office), Just(CalendarCode::Mainland)]
}

/// Alternating segments around the National Day of 2024 or the turn of 2026 to the guessed 2027.
fn segments() -> impl Strategy<Value = Vec<Segment>> {
    let start = prop_oneof![Just("2024-09-24T00:00:00+08:00"), Just("2026-12-29T00:00:00+08:00")];
    (start, 0..960_i64, proptest::collection::vec(1..500_i64, 1..6), any::<bool>(), any::<bool>()).prop_map(
        |(start, offset, lengths, first, open)| {
            let mut from = Timestamp::parse(start).unwrap().0 + Duration::seconds(offset * STEP);
            let mut running = first;
            let mut segments = Vec::new();
            for length in lengths {
                let to = from + Duration::seconds(length * STEP);
                segments.push(Segment { from, to: Some(to), running });
                (from, running) = (to, !running);
            }
            if open {
                segments.push(Segment { from, to: None, running });
            }
            segments
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_limit_is_the_one_found_by_walking(
        code in code(), segments in segments(), quarters in 1..400_i64, pause in proptest::option::of(0..200_i64),
    ) {
        let calendar = Calendar::new(code, WorkingDays::built_in());
        let last = segments[segments.len() - 1];
        let resume = pause.map(|quarters| last.from + Duration::seconds(quarters * STEP));
        let end = last.from + Duration::days(60);
        let due = due_at(&segments, calendar, quarters * STEP, resume).unwrap();
        prop_assert_eq!(due, walk(&segments, calendar, quarters * STEP, resume, end));
        if let Some(due) = due && resume.is_none() {
            prop_assert_eq!(counted(&segments, calendar, due), Ok(quarters * STEP));
            prop_assert_eq!(counted(&segments, calendar, due - Duration::seconds(1)), Ok(quarters * STEP - 1));
        }
    }

    #[test]
    fn pieces_alternate_and_add_up(code in code(), segments in segments(), days in 0..40_i64) {
        let calendar = Calendar::new(code, WorkingDays::built_in());
        let (from, to) = (segments[0].from, segments[0].from + Duration::days(days));
        let pieces = pieces(from, to, calendar).unwrap();
        prop_assert!(pieces.windows(2).all(|pair| pair[0].running != pair[1].running));
        prop_assert_eq!(pieces.iter().map(|piece| piece.seconds).sum::<i64>(), days * 86_400);
        let open: i64 = pieces.iter().filter(|piece| piece.running).map(|piece| piece.seconds).sum();
        prop_assert_eq!(Ok(open), open_seconds(calendar, from, to));
    }
}
