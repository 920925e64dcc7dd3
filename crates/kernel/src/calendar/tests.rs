use super::*;
use crate::time::{Timestamp, parse_date};

fn day(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

#[test]
fn working_days_are_counted_from_the_day_after() {
    let calendar = WorkingDays::built_in();
    let check = |from: &str, n, wanted: &str, provisional| {
        assert_eq!(calendar.add_working_days(day(from), n), Ok((day(wanted), provisional)), "{from} {n:+}");
        assert_eq!(calendar.working_days_between(day(from), day(wanted)).unwrap().abs(), n.abs(), "{from} {n:+}");
    };
    check("2024-04-26", 1, "2024-04-28", false);
    check("2024-04-30", 3, "2024-05-08", false);
    check("2024-04-30", 6, "2024-05-11", false);
    check("2024-04-30", 0, "2024-04-30", false);
    check("2024-05-06", -2, "2024-04-29", false);
    check("2027-04-30", 1, "2027-05-05", true);
    check("2026-12-30", 1, "2026-12-31", false);
    check("2026-12-31", 1, "2027-01-04", true);
    assert_eq!(calendar.add_working_days(day("2032-12-31"), 1), Err(YearMissing(2033)));
    assert_eq!(calendar.add_working_days(day("2011-01-04"), -2), Err(YearMissing(2010)));
}

#[test]
fn the_built_in_years_are_complete() {
    let calendar = WorkingDays::built_in();
    assert_eq!(calendar.version(), 1);
    assert!(calendar.published_years().iter().copied().eq(2011..=2026));
    assert!(calendar.provisional_years().iter().copied().eq(2027..=2032));
    assert_eq!(calendar.rows().count(), 541 + 100);
    assert_eq!(calendar.working_days_in(2027), Ok(248));
    assert_eq!(calendar.working_days_in(2024), Ok(251));
    let check = |date: &str, kind, name, provisional| {
        assert_eq!(calendar.day(day(date)), Ok(Day { kind, name, provisional }), "{date}");
    };
    check("2011-12-31", DayKind::MakeUpWorkday, Some("元旦"), false);
    check("2024-09-29", DayKind::MakeUpWorkday, Some("国庆节"), false);
    check("2024-10-05", DayKind::Holiday, Some("国庆节"), false);
    check("2024-10-09", DayKind::Working, None, false);
    check("2024-10-13", DayKind::Weekend, None, false);
    check("2027-05-04", DayKind::Holiday, Some("劳动节"), true);
    for year in [2010, 2033] {
        let fault = Fault::from(calendar.day(NaiveDate::from_ymd_opt(year, 6, 1).unwrap()).unwrap_err());
        assert_eq!((fault.code(), &fault.args()["year"]), ("calendar_year_missing", &year.into()));
    }
}

#[test]
fn every_guessed_year_has_thirteen_weekdays_off() {
    // A statutory day on a weekend, or one that falls on another, is made up on the next working day.
    let calendar = WorkingDays::built_in();
    for year in 2027..=2032 {
        let weekdays_off = calendar.rows().filter(|row| row.date.year() == year);
        let weekdays_off = weekdays_off.filter(|row| by_weekday(row.date) == DayKind::Working).count();
        assert_eq!(weekdays_off, 13, "{year}");
    }
}

#[test]
fn a_published_year_replaces_the_guess() {
    let row = |date: &str, kind| DayRow { date: day(date), kind, name: "春节".into() };
    let rows = [
        row("2027-02-05", DayKind::Holiday),
        row("2027-02-14", DayKind::MakeUpWorkday),
        row("2028-01-02", DayKind::MakeUpWorkday),
        row("2026-10-10", DayKind::Weekend),
    ];
    let next = WorkingDays::built_in().with_days(2, &[2027], &rows);
    assert_eq!(next.version(), 2);
    assert_eq!(next.day(day("2027-02-14")).map(|day| (day.kind, day.provisional)), Ok((DayKind::MakeUpWorkday, false)));
    assert_eq!(next.is_working(day("2027-05-04")), Ok(true), "the guess is gone");
    assert_eq!(next.day(day("2028-01-02")).map(|day| day.provisional), Ok(true), "a neighbour is not published");
    assert_eq!(next.is_working(day("2026-10-10")), Ok(false), "a row is taken back");
    assert_eq!(WorkingDays::built_in().is_working(day("2026-10-10")), Ok(true));
}

#[test]
fn opening_hours_are_half_open() {
    let at = |text: &str| Timestamp::parse(&format!("{text}:00+08:00")).unwrap().0;
    let check = |code, from: &str, to: &str, wanted: &[(&str, &str)]| {
        let wanted: Vec<_> = wanted.iter().map(|(from, to)| (at(from), at(to))).collect();
        assert_eq!(open_intervals(code, WorkingDays::built_in(), at(from), at(to)), Ok(wanted), "{from} {to}");
    };
    check(
        CalendarCode::Office,
        "2024-09-29T10:00",
        "2024-10-08T09:30",
        &[
            ("2024-09-29T10:00", "2024-09-29T12:00"),
            ("2024-09-29T13:00", "2024-09-29T17:00"),
            ("2024-09-30T09:00", "2024-09-30T12:00"),
            ("2024-09-30T13:00", "2024-09-30T17:00"),
            ("2024-10-08T09:00", "2024-10-08T09:30"),
        ],
    );
    check(CalendarCode::Office, "2024-10-08T12:00", "2024-10-08T13:00", &[]);
    check(CalendarCode::Office, "2024-10-09T10:00", "2024-10-08T10:00", &[]);
    check(CalendarCode::Mainland, "2024-10-08T12:00", "2024-10-10T00:00", &[("2024-10-08T12:00", "2024-10-10T00:00")]);
    check(
        CalendarCode::Continuous,
        "2050-01-01T00:00",
        "2051-01-01T00:00",
        &[("2050-01-01T00:00", "2051-01-01T00:00")],
    );
    check(CalendarCode::Office, "2032-12-31T18:00", "2033-01-01T00:00", &[]);
    let late =
        open_intervals(CalendarCode::Office, WorkingDays::built_in(), at("2032-12-31T18:00"), at("2033-01-01T00:01"));
    assert_eq!(late, Err(YearMissing(2033)));
    assert_eq!(serde_json::to_value(CalendarCode::Continuous).unwrap(), "continuous");
}
