//! Heating seasons as warranty counts them: 1 November to 31 March.

use chrono::{Datelike, NaiveDate};

const FIRST: (u32, u32) = (11, 1);
const LAST: (u32, u32) = (3, 31);

/// The season that begins in a year: its first and last day.
fn beginning_in(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    let first = NaiveDate::from_ymd_opt(year, FIRST.0, FIRST.1)?;
    Some((first, NaiveDate::from_ymd_opt(year + 1, LAST.0, LAST.1)?))
}

/// The last day of the nth season that begins on or after a day; with `partial_counts` a season already
/// running on that day is the first (TK-R20).
pub fn nth_end(start: NaiveDate, n: i32, partial_counts: bool) -> Option<NaiveDate> {
    let counts = |(first, last): (NaiveDate, NaiveDate)| first >= start || (partial_counts && last >= start);
    let first_year = (start.year() - 1..=start.year() + 1).find(|year| beginning_in(*year).is_some_and(counts))?;
    beginning_in(first_year + n - 1).map(|(_, last)| last)
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
            assert_eq!(nth_end(day(start), 2, partial), Some(day(until)), "{start} {partial}");
        }
    }
}
