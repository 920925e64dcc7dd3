//! Opening hours: the instants at which a clock of a calendar runs.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::{WorkingDays, YearMissing};
use crate::time::{business_day, start_of_day};

/// Which calendar a clock counts by.
#[codes::code(stored = false)]
pub enum CalendarCode {
    /// 全天候: every second.
    Continuous,
    /// 办公时间: Mainland working days, 09:00–12:00 and 13:00–17:00.
    Office,
    /// 大陆工作日历: Mainland working days, midnight to midnight.
    Mainland,
}

impl CalendarCode {
    /// The open hours of a working day, half-open.
    fn hours(self) -> &'static [(i64, i64)] {
        match self {
            Self::Office => &[(9, 12), (13, 17)],
            Self::Continuous | Self::Mainland => &[(0, 24)],
        }
    }
}

/// A calendar at one version.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    pub code: CalendarCode,
    pub days: &'a WorkingDays,
}

type Instant = DateTime<Utc>;
/// From, inclusive, and to, exclusive.
pub type Interval = (Instant, Instant);

impl<'a> Calendar<'a> {
    /// A calendar over the working days of a version.
    pub fn new(code: CalendarCode, days: &'a WorkingDays) -> Self {
        Self { code, days }
    }

    /// The open intervals within `[from, to)`, half-open, ascending, one by one; no day that begins at
    /// or after `to` is looked up. An item is an error when its year is unknown: stop there.
    pub fn open(self, from: Instant, to: Instant) -> Box<dyn Iterator<Item = Result<Interval, YearMissing>> + 'a> {
        if self.code == CalendarCode::Continuous || from >= to {
            return Box::new((from < to).then_some(Ok((from, to))).into_iter());
        }
        let days = business_day(from).iter_days().take_while(move |day| start_of_day(*day) < to);
        let open = days.flat_map(move |day| self.open_on(day)).filter_map(move |interval| match interval {
            Ok((opens, closes)) if closes <= from || opens >= to => None,
            Ok((opens, closes)) => Some(Ok((opens.max(from), closes.min(to)))),
            Err(missing) => Some(Err(missing)),
        });
        Box::new(open)
    }

    /// The open intervals of one day; an error alone when its year is unknown.
    fn open_on(self, day: NaiveDate) -> Vec<Result<Interval, YearMissing>> {
        match self.days.is_working(day) {
            Err(missing) => vec![Err(missing)],
            Ok(false) => Vec::new(),
            Ok(true) => {
                let at = |hour| start_of_day(day) + Duration::hours(hour);
                self.code.hours().iter().map(|&(opens, closes)| Ok((at(opens), at(closes)))).collect()
            }
        }
    }
}

/// The open intervals within `[from, to)`, half-open, ascending, adjoining ones joined. Errors: a year is unknown.
pub fn open_intervals(
    code: CalendarCode,
    days: &WorkingDays,
    from: Instant,
    to: Instant,
) -> Result<Vec<Interval>, YearMissing> {
    let mut intervals: Vec<Interval> = Vec::new();
    for interval in Calendar::new(code, days).open(from, to) {
        let (opens, closes) = interval?;
        match intervals.last_mut() {
            Some(last) if last.1 == opens => last.1 = closes,
            _ => intervals.push((opens, closes)),
        }
    }
    Ok(intervals)
}
