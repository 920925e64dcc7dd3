//! The cold days of a case (HS-R12): the first visit's temperature rules from the day of the request, each later
//! visit's from its own day; the day a visit qualifies ends the run.

use chrono::{Days, NaiveDate};

/// What a visit found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    pub on: NaiveDate,
    /// Tenths of a degree.
    pub lowest_dc: i32,
    pub qualified: bool,
}

/// One round of a case: from the request, or the call-back that was not content, to the day it was warm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    pub from: NaiveDate,
    /// Those that decided something, in order.
    pub visits: Vec<Visit>,
}

/// The temperature of each cold day of a round, up to a last day.
pub fn cold_days(round: &Round, last: NaiveDate) -> Vec<(NaiveDate, i32)> {
    let Some(first) = round.visits.first() else { return Vec::new() };
    let mut days = Vec::new();
    let mut day = round.from;
    while day <= last {
        // Of several visits of a day the last one rules it.
        let ruling = round.visits.iter().rev().find(|visit| visit.on <= day).unwrap_or(first);
        if ruling.qualified {
            // Before the first visit nothing was warm yet: a home found warm at once was never proven cold.
            break;
        }
        days.push((day, ruling.lowest_dc));
        let Some(next) = day.checked_add_days(Days::new(1)) else { break };
        day = next;
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn visit(on: &str, lowest_dc: i32) -> Visit {
        Visit { on: day(on), lowest_dc, qualified: lowest_dc >= 180 }
    }

    #[test]
    fn each_visit_rules_from_its_own_day_until_it_is_warm() {
        let round = Round {
            from: day("2011-12-01"),
            visits: vec![visit("2011-12-02", 175), visit("2011-12-04", 159), visit("2011-12-06", 180)],
        };
        let days = cold_days(&round, day("2012-03-31"));
        let told: Vec<(String, i32)> = days.into_iter().map(|(day, t)| (day.to_string(), t)).collect();
        let wanted = [("01", 175), ("02", 175), ("03", 175), ("04", 159), ("05", 159)];
        assert_eq!(told, wanted.map(|(day, t)| (format!("2011-12-{day}"), t)));
    }

    #[test]
    fn the_last_visit_of_a_day_rules_it_and_an_open_run_stops() {
        let twice = Round { from: day("2011-12-01"), visits: vec![visit("2011-12-01", 150), visit("2011-12-01", 170)] };
        assert_eq!(cold_days(&twice, day("2011-12-02")), [(day("2011-12-01"), 170), (day("2011-12-02"), 170)]);
        let warm = Round { from: day("2011-12-01"), visits: vec![visit("2011-12-03", 190)] };
        assert_eq!(cold_days(&warm, day("2011-12-31")), []);
        assert_eq!(cold_days(&Round { from: day("2011-12-01"), visits: vec![] }, day("2011-12-31")), []);
    }
}
