//! What a station's visits of a month come to: a credited one each week, and enough of them in the month (HS-R31).

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use kernel::time::Month;

/// An ISO week, by its Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week(NaiveDate);

impl Week {
    /// The week a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        let back = u64::from(day.weekday().num_days_from_monday());
        Self(day.checked_sub_days(Days::new(back)).unwrap_or(day))
    }
    /// Its day of this name.
    pub fn day(self, name: Weekday) -> NaiveDate {
        self.0.checked_add_days(Days::new(u64::from(name.num_days_from_monday()))).unwrap_or(self.0)
    }
    /// Its first day.
    pub fn monday(self) -> NaiveDate {
        self.0
    }
    /// Its last day.
    pub fn sunday(self) -> NaiveDate {
        self.day(Weekday::Sun)
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let week = self.0.iso_week();
        write!(f, "{}-W{:02}", week.year(), week.week())
    }
}

/// The weeks a month answers for: their Thursday lies in the month and in the season.
pub fn weeks(month: Month, season: (NaiveDate, NaiveDate)) -> Vec<Week> {
    let mut weeks = Vec::new();
    let mut week = Week::of(month.first_day());
    while week.monday() <= month.last_day() {
        let thursday = week.day(Weekday::Thu);
        if month.contains(thursday) && season.0 <= thursday && thursday <= season.1 {
            weeks.push(week);
        }
        match week.monday().checked_add_days(Days::new(7)) {
            Some(next) => week = Week(next),
            None => break,
        }
    }
    weeks
}

/// The days whose visits speak for a month: those of its weeks, and its own.
pub fn days(month: Month) -> (NaiveDate, NaiveDate) {
    (Week::of(month.first_day()).monday(), Week::of(month.last_day()).sunday())
}

/// How many are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// `heating.visit.per_week`
    pub per_week: i64,
    /// `heating.visit.per_month`
    pub per_month: i64,
}

/// A station's month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compliance {
    /// The weeks the month answers for, with the credited visits of each.
    pub weeks: Vec<(Week, i64)>,
    /// Credited visits in the month.
    pub credited: i64,
    pub quota: Quota,
}

impl Compliance {
    /// Judges the days of credited visits, one entry a visit.
    pub fn of(month: Month, season: Option<(NaiveDate, NaiveDate)>, quota: Quota, visits: &[NaiveDate]) -> Self {
        let due = season.map(|season| weeks(month, season)).unwrap_or_default();
        let within = |week: Week| visits.iter().filter(|day| Week::of(**day) == week).count();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            weeks: due.into_iter().map(|week| (week, count(within(week)))).collect(),
            credited: count(visits.iter().filter(|day| month.contains(**day)).count()),
            quota,
        }
    }
    /// Weeks the month answers for.
    pub fn due(&self) -> i64 {
        i64::try_from(self.weeks.len()).unwrap_or(i64::MAX)
    }
    /// Those with enough visits.
    pub fn met(&self) -> i64 {
        self.due() - i64::try_from(self.missing().len()).unwrap_or(i64::MAX)
    }
    /// Those without.
    pub fn missing(&self) -> BTreeSet<Week> {
        let short = self.weeks.iter().filter(|(_, n)| *n < self.quota.per_week);
        short.map(|(week, _)| *week).collect()
    }
    /// Whether both counts are met; none where the month has no week of a season.
    pub fn ok(&self) -> Option<bool> {
        let met = self.missing().is_empty() && self.credited >= self.quota.per_month;
        (self.due() > 0).then_some(met)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUOTA: Quota = Quota { per_week: 1, per_month: 6 };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn season() -> Option<(NaiveDate, NaiveDate)> {
        Some((day("2011-11-01"), day("2012-03-31")))
    }

    /// Weeks due and met, credited in the month, both counts met.
    fn check(month: &str, visits: &[&str], wanted: (i64, i64, i64, Option<bool>)) {
        let days: Vec<NaiveDate> = visits.iter().map(|text| day(text)).collect();
        let it = Compliance::of(Month::parse(month).unwrap(), season(), QUOTA, &days);
        assert_eq!((it.due(), it.met(), it.credited, it.ok()), wanted, "{month} {visits:?}");
    }

    #[test]
    fn hs_e04_every_week_and_six_in_the_month() {
        let five = ["2011-12-01", "2011-12-06", "2011-12-14", "2011-12-20", "2011-12-28"];
        check("2011-12", &five, (5, 5, 5, Some(false)));
        check("2011-12", &[&five[..], &["2011-12-29"]].concat(), (5, 5, 6, Some(true)));
        let named: Vec<String> =
            weeks(Month::parse("2011-12").unwrap(), season().unwrap()).iter().map(ToString::to_string).collect();
        assert_eq!(named, ["2011-W48", "2011-W49", "2011-W50", "2011-W51", "2011-W52"]);
    }

    #[test]
    fn the_first_of_january_may_serve_the_week_of_december_and_the_count_of_january() {
        // A Sunday: of the week whose Thursday is 29 December.
        check("2011-12", &["2012-01-01"], (5, 1, 0, Some(false)));
        check("2012-01", &["2012-01-01"], (4, 0, 1, Some(false)));
        // The week of 30 January has its Thursday in February.
        check("2012-01", &["2012-01-31"], (4, 0, 1, Some(false)));
        check("2012-02", &["2012-01-31"], (4, 1, 0, Some(false)));
    }

    #[test]
    fn weeks_outside_the_season_are_not_asked_for() {
        // 1 November 2011 is a Tuesday; its week's Thursday is the third.
        check("2011-11", &[], (4, 0, 0, Some(false)));
        check("2011-10", &["2011-10-12"], (0, 0, 1, None));
        check("2012-03", &[], (5, 0, 0, Some(false)));
        let month = Month::parse("2011-12").unwrap();
        assert_eq!(Compliance::of(month, None, QUOTA, &[]).ok(), None);
        assert_eq!(days(month), (day("2011-11-28"), day("2012-01-01")));
    }

    #[test]
    fn missing_weeks_are_named() {
        let it = Compliance::of(
            Month::parse("2011-12").unwrap(),
            season(),
            QUOTA,
            &[day("2011-12-01"), day("2011-12-02"), day("2011-12-31")],
        );
        let missing: Vec<String> = it.missing().iter().map(ToString::to_string).collect();
        assert_eq!(missing, ["2011-W49", "2011-W50", "2011-W51"]);
        assert_eq!((it.met(), it.credited), (2, 3));
    }

    proptest! {
        #[test]
        fn each_week_of_a_season_belongs_to_one_month(start in 0_u64..3000, length in 1_u64..200) {
            let from = day("2005-01-01") + Days::new(start);
            let season = (from, from + Days::new(length));
            let mut month = Month::of(from).plus(-1);
            let mut of_months = Vec::new();
            while month <= Month::of(season.1).plus(1) {
                of_months.extend(weeks(month, season));
                month = month.plus(1);
            }
            let days = (0..=length).map(|n| from + Days::new(n));
            let of_days: Vec<Week> = days.filter(|day| day.weekday() == Weekday::Thu).map(Week::of).collect();
            prop_assert_eq!(of_months, of_days);
        }
    }
}
