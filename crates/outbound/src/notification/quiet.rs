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
        let (from, to) = text.split_once(['-', '–'])?;
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        Some(Self { from: time(from)?, to: time(to)? })
    }
    fn holds(self, at: DateTime<Utc>) -> bool {
        let time = in_shanghai(at).time();
        match self.from <= self.to {
            true => (self.from..self.to).contains(&time),
            false => time >= self.from || time < self.to,
        }
    }
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
