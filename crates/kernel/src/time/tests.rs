use super::*;

fn at(text: &str) -> DateTime<Utc> {
    Timestamp::parse(text).unwrap().0
}

fn day(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

#[test]
fn instants_need_an_offset_and_are_answered_in_shanghai() {
    let check = |text: &str, wanted: Option<&str>| {
        assert_eq!(Timestamp::parse(text).ok().map(|at| at.to_string()).as_deref(), wanted, "{text}");
    };
    check("2026-01-15T00:30:00Z", Some("2026-01-15T08:30:00+08:00"));
    check("2026-01-15T08:30:00.1234569+08:00", Some("2026-01-15T08:30:00.123456+08:00"));
    check("2016-12-31T23:59:60Z", Some("2017-01-01T08:00:00+08:00"));
    for text in ["2026-01-15T08:30:00", "2026-01-15 08:30:00+08:00", "2026-02-30T08:30:00Z", "2026-01-15", ""] {
        check(text, None);
    }
    let json = serde_json::to_string(&Timestamp(at("2026-03-02T08:00:00+08:00"))).unwrap();
    assert_eq!(json, "\"2026-03-02T08:00:00+08:00\"");
    assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap().0, at("2026-03-02T00:00:00Z"));
}

#[test]
fn the_business_day_turns_at_midnight_in_shanghai() {
    assert_eq!(business_day(at("2026-01-14T15:59:59Z")), day("2026-01-14"));
    assert_eq!(business_day(at("2026-01-14T16:00:00Z")), day("2026-01-15"));
    assert_eq!(start_of_day(day("1988-07-01")), at("1988-07-01T00:00:00+08:00"));
    assert_eq!(end_of_day(day("2026-02-28")), at("2026-03-01T00:00:00+08:00"));
}

#[test]
fn months_clamp_to_their_end() {
    let check = |from: &str, months, wanted: &str| assert_eq!(add_months_clamped(day(from), months), day(wanted));
    check("2023-08-31", 6, "2024-02-29");
    check("2024-03-31", -1, "2024-02-29");
    check("2024-01-31", 12, "2025-01-31");
    let month = Month::parse("2026-01").unwrap();
    assert_eq!((month.last_day(), month.plus(-1).to_string()), (day("2026-01-31"), "2025-12".to_owned()));
    assert!(month.contains(day("2026-01-31")) && !month.contains(day("2026-02-01")));
    assert_eq!(month.ends_at(), at("2026-02-01T00:00:00+08:00"));
    for text in ["2026-13", "2026-1", "26-01", "2026-01-01", "+026-01"] {
        assert_eq!(Month::parse(text), Err("invalid_format"), "{text}");
    }
    for text in ["2026-1-05", "2026-02-30", "2026/01/01", "0000-01-01", "２026-01-01"] {
        assert_eq!(parse_date(text), Err("invalid_format"), "{text}");
    }
}

#[test]
fn clocks_tell_whole_microseconds() {
    assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1000, 0);
    let clock = FixedClock::at("2026-03-02T08:00:00+08:00");
    clock.advance(Duration::hours(5));
    assert_eq!(clock.now(), at("2026-03-02T13:00:00+08:00"));
    clock.set(at("2026-03-01T00:00:00Z"));
    assert_eq!(clock.now(), at("2026-03-01T00:00:00Z"));
    assert_eq!(whole_second(at("2026-03-01T00:00:00.9Z")), clock.now());
}
