//! When somebody has to be there (heating §10).

use chrono::{Days, TimeDelta};
use kernel::fault::Fault;
use kernel::time::{DayTime, business_day, in_shanghai, start_of_day};
use sea_orm::prelude::DateTimeUtc;
use store::{Reading, parameters};

/// The limits of a visit.
#[derive(Clone, Copy, Debug)]
struct Hours {
    visit_hours: i64,
    /// Visits begin from here on …
    from: DayTime,
    /// … and before this.
    to: DayTime,
    /// When the visits asked for in the night are made.
    next_morning: DayTime,
}

impl Hours {
    /// Two hours after the request; asked for so late that this would be after the last visit, or before the first,
    /// at eight of the next visiting morning.
    fn first_visit(self, requested_at: DateTimeUtc) -> DateTimeUtc {
        let day = business_day(requested_at);
        let minute = (in_shanghai(requested_at) - in_shanghai(start_of_day(day))).num_minutes();
        let morning = |day| start_of_day(day) + TimeDelta::minutes(self.next_morning.minutes());
        if minute < self.from.minutes() {
            return morning(day);
        }
        if minute >= self.to.minutes() - self.visit_hours * 60 {
            return morning(day.checked_add_days(Days::new(1)).unwrap_or(day));
        }
        requested_at + TimeDelta::hours(self.visit_hours)
    }
}

async fn time(at: &Reading, key: &str) -> Result<DayTime, Fault> {
    serde_json::from_value(parameters::value(at, key).await?).map_err(Fault::internal)
}

/// When the first visit of a request is due.
pub async fn first_visit(at: &Reading, requested_at: DateTimeUtc) -> Result<DateTimeUtc, Fault> {
    let hours = Hours {
        visit_hours: parameters::integer(at, "heating.temp.visit_hours").await?,
        from: time(at, "heating.temp.visit_from").await?,
        to: time(at, "heating.temp.visit_to").await?,
        next_morning: time(at, "heating.temp.next_morning").await?,
    };
    Ok(hours.first_visit(requested_at))
}

/// When a remedied home is measured again.
pub async fn remeasure(at: &Reading) -> Result<DateTimeUtc, Fault> {
    Ok(at.now + TimeDelta::hours(parameters::integer(at, "heating.temp.remeasure_hours").await?))
}

/// When the user is called back.
pub async fn call_back(at: &Reading) -> Result<DateTimeUtc, Fault> {
    Ok(at.now + TimeDelta::hours(parameters::integer(at, "heating.temp.callback_hours").await?))
}

#[cfg(test)]
mod tests {
    use kernel::time::Timestamp;

    use super::*;

    #[test]
    fn a_request_of_the_night_waits_for_the_morning() {
        let clock = |text: &str| DayTime::parse(text).unwrap();
        let hours = Hours { visit_hours: 2, from: clock("06:00"), to: clock("21:00"), next_morning: clock("08:00") };
        for (asked, due) in [
            ("2011-12-05T05:59:59+08:00", "2011-12-05T08:00:00+08:00"),
            ("2011-12-05T06:00:00+08:00", "2011-12-05T08:00:00+08:00"),
            ("2011-12-05T18:59:59+08:00", "2011-12-05T20:59:59+08:00"),
            ("2011-12-05T19:00:00+08:00", "2011-12-06T08:00:00+08:00"),
            ("2011-12-31T23:30:00+08:00", "2012-01-01T08:00:00+08:00"),
        ] {
            let asked = Timestamp::parse(asked).unwrap().0;
            assert_eq!(Timestamp::from(hours.first_visit(asked)).to_string(), due);
        }
    }
}
