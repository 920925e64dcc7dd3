//! Instants, business days and months. The business day is Asia/Shanghai, a fixed +08:00: the zone
//! database knows summer time for 1986–1991, which no rule here means.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, Duration, FixedOffset, Months, NaiveDate, NaiveTime, SecondsFormat, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::wire;

mod day_time;
mod month;

#[cfg(test)]
mod tests;

pub use day_time::DayTime;
pub use month::Month;

/// The offset of the business day, +08:00.
pub const SHANGHAI: FixedOffset = match FixedOffset::east_opt(8 * 3600) {
    Some(offset) => offset,
    None => panic!("+08:00 is an offset"),
};

/// The one source of time, token life and lock-out included.
pub trait Clock: Send + Sync {
    /// The present instant, in whole microseconds.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        whole_micros(Utc::now())
    }
}

/// A clock that stands until it is moved, for tests and the sandbox.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock at an instant.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(AtomicI64::new(at.timestamp_micros()))
    }
    /// A clock at an RFC 3339 instant, e.g. `2026-03-02T08:00:00+08:00`.
    ///
    /// # Panics
    /// When the text is no instant; it is written in the code of a test.
    pub fn at(text: &str) -> Self {
        match Timestamp::parse(text) {
            Ok(at) => Self::new(at.0),
            Err(code) => panic!("{code}: {text}"),
        }
    }
    /// Moves to an instant.
    pub fn set(&self, at: DateTime<Utc>) {
        self.0.store(at.timestamp_micros(), Ordering::SeqCst);
    }
    /// Moves on by a duration.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap_or_default()
    }
}

/// An instant on the wire: RFC 3339, read with any offset, written with +08:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub DateTime<Utc>);

impl Timestamp {
    /// Reads RFC 3339 with an offset, years 1 to 9998. Errors: `invalid_format`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let strict = text.as_bytes().get(10) == Some(&b'T');
        let read = DateTime::parse_from_rfc3339(text).ok().filter(|_| strict).ok_or("invalid_format")?;
        let at = whole_micros(read.to_utc());
        if (1..=9998).contains(&at.year()) { Ok(Self(at)) } else { Err("invalid_format") }
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at)
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = in_shanghai(self.0);
        let micros = self.0.timestamp_subsec_micros();
        let Some(year) = u32::try_from(at.year()).ok().filter(|year| *year <= 9999) else {
            return f.write_str(&at.to_rfc3339_opts(SecondsFormat::Micros, false));
        };
        // By hand: answers are full of instants, and a general formatter costs ten times as much.
        let mut text = *b"0000-00-00T00:00:00.000000+08:00";
        for (from, to, value) in [
            (0, 4, year),
            (5, 7, at.month()),
            (8, 10, at.day()),
            (11, 13, at.hour()),
            (14, 16, at.minute()),
            (17, 19, at.second()),
            (20, 26, micros),
        ] {
            digits(&mut text[from..to], value);
        }
        let (head, tail) = if micros == 0 { (19, 26) } else { (26, 26) };
        f.write_str(str::from_utf8(&text[..head]).map_err(|_| fmt::Error)?)?;
        f.write_str(str::from_utf8(&text[tail..]).map_err(|_| fmt::Error)?)
    }
}

/// Writes a number with leading zeros.
fn digits(text: &mut [u8], mut value: u32) {
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789"[(value % 10) as usize];
        value /= 10;
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "invalid_format", Self::parse)
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        wire::string("date-time", None, "2026-01-15T08:30:00+08:00", "RFC 3339 with offset.")
    }
}

impl ToSchema for Timestamp {}

/// Drops what is finer than a microsecond; a leap second becomes the next one.
pub fn whole_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}

/// Drops the fraction of the second, as clocks and limits count.
pub fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}

/// The instant as read on the wall in Shanghai.
pub fn in_shanghai(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&SHANGHAI)
}

/// The business day (工作日历上的当日) an instant lies in.
pub fn business_day(at: DateTime<Utc>) -> NaiveDate {
    in_shanghai(at).date_naive()
}

/// The first instant of a business day.
pub fn start_of_day(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    midnight.checked_sub_signed(Duration::hours(8)).unwrap_or(midnight)
}

/// The first instant after a business day: the start of the next.
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    start_of_day(day.succ_opt().unwrap_or(day))
}

/// Adds months; a day the month lacks becomes its last day (2023-08-31 + 6 → 2024-02-29).
pub fn add_months_clamped(day: NaiveDate, months: i32) -> NaiveDate {
    let by = Months::new(months.unsigned_abs());
    match months < 0 {
        true => day.checked_sub_months(by).unwrap_or(NaiveDate::MIN),
        false => day.checked_add_months(by).unwrap_or(NaiveDate::MAX),
    }
}

/// Reads a calendar date, exactly `YYYY-MM-DD`. Errors: `invalid_format`.
pub fn parse_date(text: &str) -> Result<NaiveDate, &'static str> {
    let shape = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| shape && text.len() == 10);
    day.filter(|day| day.year() > 0).ok_or("invalid_format")
}
