//! Heating seasons as warranty counts them: those on file, else 1 November to 31 March.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use kernel::fault::Fault;
use store::{Reading, parameters};

use crate::heating_facts::{self, SeasonDays};

const FIRST: (u32, u32) = (11, 1);
const LAST: (u32, u32) = (3, 31);

/// How heating seasons are counted.
#[derive(Clone, Debug, Default)]
pub struct Counting {
    /// The seasons on file by the year they begin in.
    known: BTreeMap<i32, SeasonDays>,
    /// Whether a season already running counts.
    partial_counts: bool,
}

impl Counting {
    /// The seasons of the heating service, counted as the parameter says.
    pub async fn of(at: &Reading) -> Result<Self, Fault> {
        let partial_counts = parameters::boolean(at, "tickets.warranty.partial_season_counts").await?;
        Ok(Self { partial_counts, ..Self::with(heating_facts::seasons(at).await?) })
    }

    fn with(seasons: Vec<SeasonDays>) -> Self {
        let known = seasons.into_iter().map(|(first, last)| (first.year(), (first, last))).collect();
        Self { known, partial_counts: false }
    }

    /// The season that begins in a year: its first and last day.
    fn beginning_in(&self, year: i32) -> Option<SeasonDays> {
        if let Some(season) = self.known.get(&year) {
            return Some(*season);
        }
        let first = NaiveDate::from_ymd_opt(year, FIRST.0, FIRST.1)?;
        Some((first, NaiveDate::from_ymd_opt(year + 1, LAST.0, LAST.1)?))
    }

    /// The last day of the nth season that begins on or after a day (TK-R20).
    pub fn nth_end(&self, start: NaiveDate, n: i32) -> Option<NaiveDate> {
        let counts = |(first, last): SeasonDays| first >= start || (self.partial_counts && last >= start);
        let first_year = (start.year() - 1..=start.year() + 1).find(|year| self.beginning_in(*year).is_some_and(counts))?;
        self.beginning_in(first_year + n - 1).map(|(_, last)| last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_running_season_counts_only_when_the_parameter_says_so() {
        for (start, partial, until) in [
            ("2022-06-30", false, "2024-03-31"),
            ("2022-11-01", false, "2024-03-31"),
            ("2022-11-02", false, "2025-03-31"),
            ("2022-11-02", true, "2024-03-31"),
            ("2023-03-31", true, "2024-03-31"),
            ("2023-03-31", false, "2025-03-31"),
            ("2023-04-01", true, "2025-03-31"),
        ] {
            let counting = Counting { partial_counts: partial, ..Counting::default() };
            assert_eq!(counting.nth_end(day(start), 2), Some(day(until)), "{start} {partial}");
        }
    }

    #[test]
    fn a_season_on_file_is_counted_by_its_own_days() {
        let counting = Counting::with(vec![(day("2022-10-25"), day("2023-04-10")), (day("2023-10-25"), day("2024-04-05"))]);
        assert_eq!(counting.nth_end(day("2022-10-25"), 2), Some(day("2024-04-05")));
        assert_eq!(counting.nth_end(day("2022-10-26"), 1), Some(day("2024-04-05")));
        assert_eq!(counting.nth_end(day("2022-10-26"), 2), Some(day("2025-03-31")), "not on file yet");
    }
}
