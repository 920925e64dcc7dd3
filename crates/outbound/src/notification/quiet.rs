//! The quiet hours (免打扰): what rings and is not urgent waits for their end.

use chrono::{DateTime, NaiveTime, Utc};
use kernel::fault::Fault;
use kernel::time::in_shanghai;
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
        let (from, to) = parameters::window_of_day(text)?;
        Some(Self { from, to })
    }
    /// The end of the quiet an instant lies in; none when it lies in none.
    fn end_of(self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let day = kernel::time::business_day(at);
        let today = kernel::time::start_of_day(day) + (self.to - NaiveTime::MIN);
        let tomorrow = kernel::time::end_of_day(day) + (self.to - NaiveTime::MIN);
        self.holds(at).then_some(if today > at { today } else { tomorrow })
    }
    fn holds(self, at: DateTime<Utc>) -> bool {
        let time = in_shanghai(at).time();
        match self.from <= self.to {
            true => (self.from..self.to).contains(&time),
            false => time >= self.from || time < self.to,
        }
    }
}

/// Whether it is quiet now.
pub async fn is_now(at: &Reading) -> Result<bool, Fault> {
    Ok(window(at).await?.is_some_and(|quiet| quiet.holds(at.now)))
}

/// The first instant from this one on at which it is not quiet.
pub async fn after(at: &Reading, instant: DateTime<Utc>) -> Result<DateTime<Utc>, Fault> {
    Ok(window(at).await?.and_then(|quiet| quiet.end_of(instant)).unwrap_or(instant))
}

/// A parameter that cannot be read means no quiet hours, and says so in the log.
async fn window(at: &Reading) -> Result<Option<Quiet>, Fault> {
    let value = parameters::value(at, "platform.notifications.quiet").await?;
    let quiet = value.as_str().and_then(Quiet::read);
    if quiet.is_none() {
        tracing::warn!("platform.notifications.quiet is no window such as 21:00-08:00");
    }
    Ok(quiet)
}

#[cfg(test)]
mod tests {
    use kernel::time::Timestamp;

    use super::*;

    #[test]
    fn quiet_ends_in_the_morning() {
        let quiet = Quiet::read("21:00-08:00").unwrap();
        let at = |text: &str| Timestamp::parse(text).unwrap().0;
        assert_eq!(quiet.end_of(at("2026-03-02T21:00:00+08:00")), Some(at("2026-03-03T08:00:00+08:00")));
        assert_eq!(quiet.end_of(at("2026-03-03T07:59:59+08:00")), Some(at("2026-03-03T08:00:00+08:00")));
        assert_eq!(quiet.end_of(at("2026-03-02T20:59:59+08:00")), None);
        assert_eq!(quiet.end_of(at("2026-03-03T08:00:00+08:00")), None);
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
