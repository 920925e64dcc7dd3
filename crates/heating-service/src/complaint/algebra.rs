//! The arithmetic of net complaints (HS-R17, R18): gross less what was decided, by network area and by households,
//! against the same day of the season before.

use chrono::{Days, NaiveDate};
use kernel::fault::Fault;
use kernel::report::{Value, quotient};
use serde::Deserialize;
use store::Reading;

use super::entity::Class;
use crate::season::commands::decimal;

/// Complaints by the class that holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub gross: i64,
    pub duplicate: i64,
    pub withdrawn: i64,
    pub unfounded: i64,
    pub transferred: i64,
}

impl Counts {
    /// Adds so many complaints of a class.
    pub fn add(&mut self, class: Class, n: i64) {
        self.gross += n;
        match class {
            Class::Counted => {}
            Class::Duplicate => self.duplicate += n,
            Class::Withdrawn => self.withdrawn += n,
            Class::Unfounded => self.unfounded += n,
            Class::Transferred => self.transferred += n,
        }
    }
    /// Adds up.
    pub fn plus(&mut self, other: &Self) {
        self.gross += other.gross;
        self.duplicate += other.duplicate;
        self.withdrawn += other.withdrawn;
        self.unfounded += other.unfounded;
        self.transferred += other.transferred;
    }
    /// What is left (净投诉).
    pub fn net(&self) -> i64 {
        self.gross - self.duplicate - self.withdrawn - self.unfounded - self.transferred
    }
}

/// What complaints are counted per.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RateBase {
    area_m2: i64,
    households: i64,
}

impl Default for RateBase {
    fn default() -> Self {
        Self { area_m2: 10_000, households: 1000 }
    }
}

impl RateBase {
    /// `heating.complaint.rate_base` of a day.
    pub async fn of(at: &Reading, day: NaiveDate) -> Result<Self, Fault> {
        decimal(at, "heating.complaint.rate_base", day).await
    }
    /// Complaints per 10,000 m² of network area, given in hundredths of a square metre; nothing without an area.
    pub fn per_area(self, complaints: i64, area_dm2: i64) -> Value {
        quotient(complaints * self.area_m2 * 100, area_dm2)
    }
    /// Complaints per thousand connected households.
    pub fn per_households(self, complaints: i64, households: i64) -> Value {
        quotient(complaints * self.households, households)
    }
}

/// Which day of its season a day is, from 1.
pub fn season_day(starts_on: NaiveDate, day: NaiveDate) -> i64 {
    (day - starts_on).num_days() + 1
}

/// The same day of another season; beyond its end its last one.
pub fn same_day(day: NaiveDate, starts_on: NaiveDate, other: (NaiveDate, NaiveDate)) -> NaiveDate {
    let passed = u64::try_from((day - starts_on).num_days()).unwrap_or_default();
    other.0.checked_add_days(Days::new(passed)).map_or(other.1, |same| same.min(other.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shown(value: &Value) -> serde_json::Value {
        serde_json::to_value(value).unwrap()
    }

    #[test]
    fn hs_e10_net_complaints_by_area_and_households() {
        let mut counts = Counts::default();
        let classes = [
            (Class::Counted, 21),
            (Class::Duplicate, 4),
            (Class::Withdrawn, 3),
            (Class::Unfounded, 2),
            (Class::Transferred, 1),
        ];
        for (class, n) in classes {
            counts.add(class, n);
        }
        assert_eq!((counts.gross, counts.net()), (31, 21));
        assert_eq!(shown(&RateBase::default().per_area(counts.net(), 46_231_855)), "0.45");
        assert_eq!(shown(&RateBase::default().per_households(counts.net(), 5210)), "4.03");
        let mut twice = counts;
        twice.plus(&counts);
        assert_eq!((twice.gross, twice.net()), (62, 42));
    }

    #[test]
    fn a_city_may_count_per_another_base() {
        let base = RateBase { area_m2: 1000, households: 100 };
        assert_eq!(shown(&base.per_area(21, 46_231_855)), "0.05");
        assert_eq!(shown(&base.per_households(21, 5210)), "0.40");
    }

    #[test]
    fn no_area_gives_nothing_and_halves_go_up() {
        for (n, area_dm2, wanted) in [
            (21, 0, serde_json::Value::Null),
            (0, 1_000_000, "0.00".into()),
            (1, 1_000_000, "1.00".into()),
            // 10,000 m² × 200: half a hundredth.
            (1, 200_000_000, "0.01".into()),
            (1, 200_000_001, "0.00".into()),
        ] {
            assert_eq!(shown(&RateBase::default().per_area(n, area_dm2)), wanted, "{n} {area_dm2}");
        }
    }

    #[test]
    fn hs_e10_a_season_day_stands_against_the_same_day_before() {
        let (starts_on, before) = (day("2011-11-01"), (day("2010-11-01"), day("2011-03-31")));
        assert_eq!(season_day(starts_on, day("2011-12-20")), 50);
        for (this, same) in [
            ("2011-12-20", "2010-12-20"),
            ("2011-11-01", "2010-11-01"),
            // The leap day has no counterpart but the day of its number.
            ("2012-02-29", "2011-03-01"),
            ("2012-03-30", "2011-03-31"),
            ("2012-03-31", "2011-03-31"),
        ] {
            assert_eq!(same_day(day(this), starts_on, before), day(same), "{this}");
        }
    }
}
