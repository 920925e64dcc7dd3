//! The quiet hours (免打扰): what rings and is not urgent waits for their end.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::time::{business_day, in_shanghai, start_of_day};
use store::{Reading, parameters};

/// From when to when it is quiet; the end belongs to the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quiet {
    from: NaiveTime,
    to: NaiveTime,
}

impl Quiet {
    /// Reads `21:00-08:00`.
    fn read(text: &str) -> Option<Self> {
        let (from, to) = text.split_once(['-', '–'])?;
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        Some(Self { from: time(from)?, to: time(to)? })
    }
    /// The first end after an instant.
    fn ends_after(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let day = start_of_day(business_day(at)) + self.to.signed_duration_since(NaiveTime::MIN);
        if day > at { day } else { day + TimeDelta::days(1) }
    }
    fn holds(self, at: DateTime<Utc>) -> bool {
        let time = in_shanghai(at).time();
        match self.from <= self.to {
            true => (self.from..self.to).contains(&time),
            false => time >= self.from || time < self.to,
        }
    }
}

/// When the quiet hours that hold now end; none when it is not quiet.
pub async fn ends_at(at: &Reading) -> Result<Option<DateTime<Utc>>, Fault> {
    let value = parameters::value(at, "platform.notifications.quiet").await?;
    let quiet = value.as_str().and_then(Quiet::read).filter(|quiet| quiet.holds(at.now));
    Ok(quiet.map(|quiet| quiet.ends_after(at.now)))
}

/// Whether it is quiet now. A parameter that cannot be read means no quiet hours, and says so in the log.
pub async fn is_now(at: &Reading) -> Result<bool, Fault> {
    let value = parameters::value(at, "platform.notifications.quiet").await?;
    let quiet = value.as_str().and_then(Quiet::read);
    if quiet.is_none() {
        tracing::warn!("platform.notifications.quiet is no window such as 21:00-08:00");
    }
    Ok(quiet.is_some_and(|quiet| quiet.holds(at.now)))
}

#[cfg(test)]
mod tests {
    use kernel::time::Timestamp;

    use super::*;

    #[test]
    fn quiet_hours_end_on_the_same_day_or_the_next() {
        let check = |from: &str, to: &str| {
            let at = |text: &str| Timestamp::parse(text).unwrap().0;
            assert_eq!(Quiet::read("21:00-08:00").unwrap().ends_after(at(from)), at(to), "{from}");
        };
        check("2026-03-02T22:00:00+08:00", "2026-03-03T08:00:00+08:00");
        check("2026-03-03T00:30:00+08:00", "2026-03-03T08:00:00+08:00");
        check("2026-03-03T07:59:59+08:00", "2026-03-03T08:00:00+08:00");
    }

    #[test]
    fn the_window_is_closed_at_its_start_and_open_at_its_end() {
        let check = |window: &str, time: &str, quiet: bool| {
            let at = Timestamp::parse(&format!("2026-03-02T{time}+08:00")).unwrap().0;
            assert_eq!(Quiet::read(window).unwrap().holds(at), quiet, "{window} {time}");
        };
        for (time, quiet) in
            [("20:59:59", false), ("21:00:00", true), ("03:00:00", true), ("07:59:59", true), ("08:00:00", false)]
        {
            check("21:00-08:00", time, quiet);
        }
        check("12:00–13:30", "13:29:59", true);
        check("12:00-13:30", "13:30:00", false);
        check("08:00-08:00", "08:00:00", false);
        assert!(Quiet::read("at night").is_none() && Quiet::read("25:00-08:00").is_none());
    }
}
