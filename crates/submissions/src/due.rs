//! When a report of a period is due (TK-R40): pure arithmetic.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use kernel::calendar::{WorkingDays, YearMissing};
use kernel::report::Period;
use kernel::time::{Month, start_of_day};
use store::work_list::last_second;

/// How often a report is due, and which days it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// A day.
    Day,
    /// An ISO week, Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// From the day after this one of a month to this one of the next.
    MonthTo(u32),
}

/// The day and time a report is due after its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The next day at a time.
    NextDay(NaiveTime),
    /// The next such weekday at a time.
    Weekday(Weekday, NaiveTime),
    /// The next such day of a month, all day.
    DayOfMonth(u32),
}

/// What becomes of a due day that nobody works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolidayRule {
    /// Due all the same.
    Strict,
    /// The last working day before, though never within the period itself: then the first one after.
    PreviousWorkingDay,
}

impl HolidayRule {
    /// The codes of the rules.
    pub const CODES: &[&str] = &["strict", "previous_working_day"];

    /// The rule of a code; what is not known is strict.
    pub fn of(code: &str) -> Self {
        if code == "previous_working_day" { Self::PreviousWorkingDay } else { Self::Strict }
    }
}

impl Cadence {
    /// The period a day lies in.
    pub fn around(self, day: NaiveDate) -> Period {
        match self {
            Self::Day => Period { from: day, to: day },
            Self::Week => {
                let from = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
                Period { from, to: from + Days::new(6) }
            }
            Self::Month => Period { from: Month::of(day).first_day(), to: Month::of(day).last_day() },
            Self::MonthTo(cutoff) => {
                let month = Month::of(day).plus(i32::from(day.day() > cutoff));
                let end = |month: Month| month.first_day() + Days::new(u64::from(cutoff.max(1)) - 1);
                Period { from: end(month.plus(-1)) + Days::new(1), to: end(month) }
            }
        }
    }

    /// The period after one.
    pub fn next(self, period: Period) -> Period {
        self.around(period.to + Days::new(1))
    }

    /// The period before one.
    pub fn previous(self, period: Period) -> Period {
        self.around(period.from - Days::new(1))
    }

    /// What people call the period: `2024-05-05`, `2024-W18`, `2024-04`.
    pub fn label(self, period: Period) -> String {
        match self {
            Self::Day => period.from.to_string(),
            Self::Week => {
                let week = period.from.iso_week();
                format!("{}-W{:02}", week.year(), week.week())
            }
            Self::Month | Self::MonthTo(_) => period.to.format("%Y-%m").to_string(),
        }
    }
}

impl After {
    /// Reads `09:00`, `Monday 12:00` or a day of the month.
    pub fn read(text: &str) -> Option<Self> {
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        if let Ok(day) = text.trim().parse::<u32>() {
            return (1..=28).contains(&day).then_some(Self::DayOfMonth(day));
        }
        match text.trim().split_once(' ') {
            Some((weekday, at)) => Some(Self::Weekday(weekday.parse().ok()?, time(at)?)),
            None => Some(Self::NextDay(time(text)?)),
        }
    }

    /// Whether a text is a weekday with a time.
    pub fn is_weekday(text: &str) -> bool {
        matches!(Self::read(text), Some(Self::Weekday(..)))
    }

    /// Whether a text is a time of the next day.
    pub fn is_next_day(text: &str) -> bool {
        matches!(Self::read(text), Some(Self::NextDay(_)))
    }

    /// The named day, whatever day it is, and the time if there is one.
    fn named(self, end: NaiveDate) -> (NaiveDate, Option<NaiveTime>) {
        let next = end + Days::new(1);
        match self {
            Self::NextDay(time) => (next, Some(time)),
            Self::Weekday(weekday, time) => {
                let days = weekday.days_since(next.weekday());
                (next + Days::new(u64::from(days)), Some(time))
            }
            Self::DayOfMonth(day) => {
                let month = Month::of(next).plus(i32::from(next.day() > day));
                (month.first_day() + Days::new(u64::from(day) - 1), None)
            }
        }
    }

    /// When the report of a period is due: the last second of the day where no time is named.
    ///
    /// # Errors
    /// A year the calendar does not know.
    pub fn due_at(self, period: Period, rule: HolidayRule, days: &WorkingDays) -> Result<DateTime<Utc>, YearMissing> {
        let (named, time) = self.named(period.to);
        let day = shifted(named, period.to, rule, days)?;
        Ok(match time {
            Some(time) => start_of_day(day) + time.signed_duration_since(NaiveTime::MIN),
            None => last_second(day),
        })
    }
}

/// The due day under a holiday rule (PF-E16).
fn shifted(named: NaiveDate, end: NaiveDate, rule: HolidayRule, days: &WorkingDays) -> Result<NaiveDate, YearMissing> {
    if rule == HolidayRule::Strict {
        return Ok(named);
    }
    let mut day = named;
    while !days.is_working(day)? {
        day -= TimeDelta::days(1);
        if day <= end {
            return Ok(days.add_working_days(named, 1)?.0);
        }
    }
    Ok(day)
}

#[cfg(test)]
mod tests {
    use kernel::time::Timestamp;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn periods_follow_each_other_without_gaps() {
        for cadence in [Cadence::Day, Cadence::Week, Cadence::Month, Cadence::MonthTo(20)] {
            let mut period = cadence.around(day("2023-12-29"));
            for _ in 0..40 {
                let next = cadence.next(period);
                assert_eq!(next.from, period.to + Days::new(1), "{cadence:?}");
                assert_eq!(cadence.previous(next), period, "{cadence:?}");
                assert_eq!(cadence.around(next.to), next, "{cadence:?}");
                period = next;
            }
        }
    }

    #[test]
    fn a_period_is_called_by_what_people_call_it() {
        for (cadence, on, from, to, label) in [
            (Cadence::Day, "2024-05-05", "2024-05-05", "2024-05-05", "2024-05-05"),
            (Cadence::Week, "2024-05-05", "2024-04-29", "2024-05-05", "2024-W18"),
            (Cadence::Week, "2024-12-31", "2024-12-30", "2025-01-05", "2025-W01"),
            (Cadence::Month, "2024-02-10", "2024-02-01", "2024-02-29", "2024-02"),
            (Cadence::MonthTo(20), "2012-01-20", "2011-12-21", "2012-01-20", "2012-01"),
            (Cadence::MonthTo(20), "2012-01-21", "2012-01-21", "2012-02-20", "2012-02"),
        ] {
            let period = cadence.around(day(on));
            assert_eq!((period.from, period.to), (day(from), day(to)), "{cadence:?} {on}");
            assert_eq!(cadence.label(period), label);
        }
    }

    #[test]
    fn pf_e16_tk_e05_due_days_strict_and_before_holidays() {
        use HolidayRule::{PreviousWorkingDay, Strict};
        let days = WorkingDays::built_in();
        for (after, from, to, rule, due) in [
            ("5", "2024-04-01", "2024-04-30", Strict, "2024-05-05T23:59:59+08:00"),
            // 04-30 lies within the period: forward to the first working day.
            ("5", "2024-04-01", "2024-04-30", PreviousWorkingDay, "2024-05-06T23:59:59+08:00"),
            ("5", "2011-12-01", "2011-12-31", Strict, "2012-01-05T23:59:59+08:00"),
            ("5", "2011-12-01", "2011-12-31", PreviousWorkingDay, "2012-01-05T23:59:59+08:00"),
            ("22", "2011-12-21", "2012-01-20", Strict, "2012-01-22T23:59:59+08:00"),
            // A Saturday people work on.
            ("22", "2011-12-21", "2012-01-20", PreviousWorkingDay, "2012-01-21T23:59:59+08:00"),
            ("Monday 12:00", "2024-09-23", "2024-09-29", Strict, "2024-09-30T12:00:00+08:00"),
            ("Monday 12:00", "2024-09-30", "2024-10-06", PreviousWorkingDay, "2024-10-08T12:00:00+08:00"),
            ("09:00", "2024-05-03", "2024-05-03", Strict, "2024-05-04T09:00:00+08:00"),
            ("09:00", "2024-05-03", "2024-05-03", PreviousWorkingDay, "2024-05-06T09:00:00+08:00"),
        ] {
            let period = Period { from: day(from), to: day(to) };
            let found = After::read(after).unwrap().due_at(period, rule, days).unwrap();
            assert_eq!(Timestamp::from(found).to_string(), due, "{after} after {to} {rule:?}");
        }
    }

    #[test]
    fn what_is_no_due_day_is_not_read() {
        for text in ["", "0", "29", "Someday 12:00", "noon", "Monday"] {
            assert_eq!(After::read(text), None, "{text}");
        }
    }
}
