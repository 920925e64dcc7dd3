//! Working days of the mainland calendar (PF-09) and the opening hours built on them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fault::{CALENDAR_YEAR_MISSING, Fault};

mod built_in;
mod hours;

#[cfg(test)]
mod tests;

pub use hours::{Calendar, CalendarCode, Interval, open_intervals};

/// There is no calendar data for this year; it becomes the fault `calendar_year_missing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearMissing(pub i32);

impl fmt::Display for YearMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no calendar data for {}", self.0)
    }
}

impl std::error::Error for YearMissing {}

impl From<YearMissing> for Fault {
    fn from(missing: YearMissing) -> Self {
        Fault::new(&CALENDAR_YEAR_MISSING).with("year", missing.0)
    }
}

/// What a day is.
#[codes::code(stored = false)]
pub enum DayKind {
    /// 工作日: an ordinary working day.
    #[label("Working day")]
    Working,
    /// 周末: a weekend day off.
    Weekend,
    /// 放假: a day off by notice or statute.
    Holiday,
    /// 调休上班: a weekend day worked instead.
    #[label("Make-up workday")]
    MakeUpWorkday,
}

impl DayKind {
    /// Whether work is done on it.
    pub fn is_working(self) -> bool {
        matches!(self, Self::Working | Self::MakeUpWorkday)
    }
}

/// One day as a calendar version knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day<'a> {
    pub kind: DayKind,
    /// The festival it belongs to, in Chinese.
    pub name: Option<&'a str>,
    /// The year's notice is not published yet.
    pub provisional: bool,
}

/// A day that differs from its weekday. `Working` and `Weekend` take an earlier row back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayRow {
    pub date: NaiveDate,
    pub kind: DayKind,
    /// The festival, in Chinese.
    pub name: String,
}

#[derive(Clone, Debug)]
struct Special {
    kind: DayKind,
    name: String,
    /// By statute only, until the notice of its year replaces it.
    guessed: bool,
}

/// One numbered version of the State Council calendar (国务院节假日安排).
#[derive(Clone, Debug)]
pub struct WorkingDays {
    version: i32,
    published: BTreeSet<i32>,
    provisional: BTreeSet<i32>,
    days: BTreeMap<NaiveDate, Special>,
}

impl WorkingDays {
    /// Version 1: 2011–2026 as published, 2027–2032 provisional.
    pub fn built_in() -> &'static WorkingDays {
        static BUILT_IN: LazyLock<WorkingDays> = LazyLock::new(built_in::version_1);
        &BUILT_IN
    }

    /// A new version in which `years` are published with these rows. Rows may lie in a neighbouring
    /// year, which they do not publish. Statutory guesses of the years are dropped.
    pub fn with_days(&self, version: i32, years: &[i32], rows: &[DayRow]) -> WorkingDays {
        let mut next = WorkingDays { version, ..self.clone() };
        next.days.retain(|date, day| !(day.guessed && years.contains(&date.year())));
        for year in years {
            next.provisional.remove(year);
            next.published.insert(*year);
        }
        next.insert(rows, false);
        next
    }

    fn insert(&mut self, rows: &[DayRow], guessed: bool) {
        for DayRow { date, kind, name } in rows {
            match kind {
                DayKind::Working | DayKind::Weekend => self.days.remove(date),
                _ => self.days.insert(*date, Special { kind: *kind, name: name.clone(), guessed }),
            };
        }
    }

    /// Its number; what was computed names it.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// The years whose notice it holds.
    pub fn published_years(&self) -> &BTreeSet<i32> {
        &self.published
    }

    /// The years it knows by statute only.
    pub fn provisional_years(&self) -> &BTreeSet<i32> {
        &self.provisional
    }

    /// The days that differ from their weekday, in order.
    pub fn rows(&self) -> impl Iterator<Item = DayRow> + '_ {
        self.days.iter().map(|(date, day)| DayRow { date: *date, kind: day.kind, name: day.name.clone() })
    }

    /// What a day is. Errors: its year is unknown.
    pub fn day(&self, date: NaiveDate) -> Result<Day<'_>, YearMissing> {
        let provisional = self.is_provisional(date.year())?;
        Ok(match self.days.get(&date) {
            Some(day) => Day { kind: day.kind, name: Some(&day.name), provisional },
            None => Day { kind: by_weekday(date), name: None, provisional },
        })
    }

    /// Whether the year is provisional. Errors: it is unknown.
    pub fn is_provisional(&self, year: i32) -> Result<bool, YearMissing> {
        match (self.published.contains(&year), self.provisional.contains(&year)) {
            (true, _) => Ok(false),
            (false, true) => Ok(true),
            (false, false) => Err(YearMissing(year)),
        }
    }

    /// Whether the day is worked. Errors: its year is unknown.
    pub fn is_working(&self, date: NaiveDate) -> Result<bool, YearMissing> {
        Ok(self.day(date)?.kind.is_working())
    }

    /// The n-th working day after `from` (day 1 = the first after it), or before it when n < 0; `from`
    /// itself when 0. The flag tells that a provisional year was used. Errors: a year is unknown.
    pub fn add_working_days(&self, from: NaiveDate, n: i32) -> Result<(NaiveDate, bool), YearMissing> {
        let mut provisional = self.day(from)?.provisional;
        let (mut date, mut left) = (from, n.unsigned_abs());
        while left > 0 {
            let next = if n > 0 { date.succ_opt() } else { date.pred_opt() };
            date = next.ok_or(YearMissing(date.year()))?;
            let day = self.day(date)?;
            provisional |= day.provisional;
            left -= u32::from(day.kind.is_working());
        }
        Ok((date, provisional))
    }

    /// The working days after `after` up to and including `until`; negative when `until` is earlier.
    /// Errors: a year is unknown.
    pub fn working_days_between(&self, after: NaiveDate, until: NaiveDate) -> Result<i32, YearMissing> {
        let (from, to, sign) = if after <= until { (after, until, 1) } else { (until, after, -1) };
        let days = from.iter_days().skip(1).take_while(|date| *date <= to);
        days.map(|date| Ok(i32::from(self.is_working(date)?) * sign)).sum()
    }

    /// The working days of a calendar year. Errors: it is unknown.
    pub fn working_days_in(&self, year: i32) -> Result<i32, YearMissing> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or(YearMissing(year))?;
        let days = first.iter_days().take_while(|date| date.year() == year);
        days.map(|date| Ok(i32::from(self.is_working(date)?))).sum()
    }
}

fn by_weekday(date: NaiveDate) -> DayKind {
    match date.weekday() {
        Weekday::Sat | Weekday::Sun => DayKind::Weekend,
        _ => DayKind::Working,
    }
}
