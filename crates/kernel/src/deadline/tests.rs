use super::*;
use crate::calendar::{CalendarCode, WorkingDays};
use crate::time::Timestamp;

fn at(text: &str) -> Instant {
    Timestamp::parse(&format!("{text}+08:00")).unwrap().0
}

fn calendar(code: CalendarCode) -> Calendar<'static> {
    Calendar::new(code, WorkingDays::built_in())
}

fn segment(running: bool, from: &str, to: Option<&str>) -> Segment {
    Segment { from: at(from), to: to.map(at), running }
}

const OFFICE: CalendarCode = CalendarCode::Office;
const CONTINUOUS: CalendarCode = CalendarCode::Continuous;

#[test]
fn a_leak_is_due_after_four_hours_limit_included() {
    let segments = [segment(true, "2011-11-15T21:30:00", None)];
    let due = due_at(&segments, calendar(CONTINUOUS), 14_400, None).unwrap();
    assert_eq!(due, Some(at("2011-11-16T01:30:00")));
    let check = |stop: &str, kept, over: i64| {
        assert_eq!(met(at(stop), due), kept, "{stop}");
        assert_eq!(counted(&segments, calendar(CONTINUOUS), at(stop)), Ok(14_400 + over), "{stop}");
    };
    check("2011-11-16T01:30:00", true, 0);
    check("2011-11-16T01:30:00.9", true, 0);
    check("2011-11-16T01:30:01", false, 1);
}

#[test]
fn a_pause_over_the_national_day_moves_the_limit() {
    let office = calendar(OFFICE);
    let before = segment(true, "2024-09-27T16:00:00", Some("2024-09-29T10:00:00"));
    let pause = segment(false, "2024-09-29T10:00:00", Some("2024-10-06T10:00:00"));
    let after = segment(true, "2024-10-06T10:00:00", None);
    let open_pause = Segment { to: None, ..pause };
    let until = Some(at("2024-10-06T10:00:00"));
    let check = |segments: &[Segment], resume, wanted: Option<&str>| {
        assert_eq!(due_at(segments, office, 126_000, resume), Ok(wanted.map(at)));
    };
    check(&[before, pause, after], None, Some("2024-10-12T15:00:00"));
    check(&[before, open_pause], None, None);
    check(&[before, open_pause], until, Some("2024-10-12T15:00:00"));
    check(&[Segment { to: None, ..before }], None, Some("2024-10-10T16:00:00"));
    check(&[before], None, None);
    assert_eq!(counted(&[before, pause, after], office, at("2024-10-08T09:00:00")), Ok(7200));
    assert_eq!(counted(&[before, open_pause], office, at("2024-10-03T09:00:00")), Ok(7200));
    let piece = |running, seconds| Piece { running, seconds };
    let wanted = vec![piece(true, 3600), piece(false, 144_000), piece(true, 3600)];
    assert_eq!(pieces(before.from, pause.from, office), Ok(wanted));
    assert_eq!(pieces(after.from, at("2024-10-08T09:00:00"), office), Ok(vec![piece(false, 169_200)]));
    assert_eq!(pieces(after.from, after.from, office), Ok(vec![]));
}

#[test]
fn a_target_used_up_at_closing_is_due_at_closing() {
    let check = |from: &str, seconds, wanted: &str| {
        let due = due_at(&[segment(true, from, None)], calendar(OFFICE), seconds, None);
        assert_eq!(due, Ok(Some(at(wanted))), "{from} {seconds}");
    };
    check("2024-10-11T16:00:00", 3600, "2024-10-11T17:00:00");
    check("2024-10-11T16:00:00", 3601, "2024-10-12T09:00:01");
    check("2024-10-11T09:00:00", 10_800, "2024-10-11T12:00:00");
    check("2024-10-12T17:00:00", 1, "2024-10-14T09:00:01");
    check("2024-10-13T08:00:00", 0, "2024-10-13T08:00:00");
    check("2012-01-01T00:00:00", 25_200 * 251 * 10, "2022-01-21T17:00:00");
    assert_eq!(due_at(&[], calendar(OFFICE), 0, None), Ok(None));
    let late = due_at(&[segment(true, "2032-12-31T16:00:00", None)], calendar(OFFICE), 3601, None);
    assert_eq!(late, Err(YearMissing(2033)));
    let never = due_at(&[segment(true, "2032-12-31T16:00:00", None)], calendar(CONTINUOUS), i64::MAX, None);
    assert_eq!(never, Ok(None));
}

/// Targets as (seconds, set at), breaches as (seq, due, cause).
fn check_breaches(
    start: &str,
    created: &str,
    targets: &[(i64, &str)],
    stop: Option<&str>,
    now: &str,
    wanted: &[(i32, &str, Cause)],
) {
    let targets: Vec<Target> = (1..)
        .zip(targets)
        .map(|(seq, (seconds, set))| Target { seq, seconds: *seconds, calendar: calendar(CONTINUOUS), set_at: at(set) })
        .collect();
    let wanted: Vec<Breach> = wanted
        .iter()
        .map(|(target_seq, due, cause)| Breach { target_seq: *target_seq, due_at: at(due), cause: *cause })
        .collect();
    for to in [stop, None] {
        let segments = [segment(true, start, to)];
        let found = breaches(&segments, &targets, at(start), at(created), stop.map(at), at(now));
        assert_eq!(found.as_ref(), Ok(&wanted), "{start} {stop:?} {now}");
    }
}

#[test]
fn a_breach_stays_whatever_target_follows() {
    let start = "2026-03-02T08:00:00";
    let targets = [(86_400, start), (14_400, "2026-03-02T13:00:00"), (86_400, "2026-03-02T14:00:00")];
    let retarget = (2, "2026-03-02T12:00:00", Cause::Retarget);
    let stop = Some("2026-03-02T20:00:00");
    check_breaches(start, start, &targets, stop, "2026-03-05T00:00:00", &[retarget]);
    check_breaches(start, start, &targets, None, "2026-03-02T14:30:00", &[retarget]);
    check_breaches(start, start, &targets[..2], None, "2026-03-02T13:00:00", &[retarget]);
    check_breaches(start, start, &targets[..1], None, "2026-03-03T08:00:00", &[]);
    let time = (1, "2026-03-03T08:00:00", Cause::Time);
    check_breaches(start, start, &targets[..1], None, "2026-03-03T08:00:01", &[time]);
    check_breaches(start, start, &targets[..1], Some("2026-03-03T08:00:00"), "2026-03-09T00:00:00", &[]);
    check_breaches(start, start, &targets[..1], Some("2026-03-03T08:00:01"), "2026-03-09T00:00:00", &[time]);
    let backdated = (1, "2026-03-03T08:00:00", Cause::Backdated);
    let created = "2026-03-04T08:00:00";
    check_breaches(start, created, &targets[..1], None, "2026-03-04T08:00:00", &[backdated]);
}
