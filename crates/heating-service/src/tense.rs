//! Days and instants that are facts: not in the future.

use chrono::{NaiveDate, TimeDelta};
use kernel::fault::{Fault, FieldErrors};
use kernel::time::{Timestamp, business_day};
use store::{Reading, parameters};

/// What is allowed to be the past.
pub(crate) struct Tense {
    today: NaiveDate,
    latest: chrono::DateTime<chrono::Utc>,
}

impl Tense {
    /// The present of this call, with the skew clocks may have.
    pub async fn of(at: &Reading) -> Result<Self, Fault> {
        let skew = parameters::integer(at, "platform.clock.skew_minutes").await?;
        Ok(Self { today: business_day(at.now), latest: at.now + TimeDelta::minutes(skew) })
    }
    /// Notes `date_in_future` for a day that has not come.
    pub fn day(&self, errors: &mut FieldErrors, day: Option<NaiveDate>, pointer: &str) {
        errors.add_if(day.is_some_and(|day| day > self.today), pointer, "date_in_future");
    }
    /// Notes `date_in_future` for an instant that has not come.
    pub fn instant(&self, errors: &mut FieldErrors, at: Option<Timestamp>, pointer: &str) {
        errors.add_if(at.is_some_and(|at| at.0 > self.latest), pointer, "date_in_future");
    }
}
