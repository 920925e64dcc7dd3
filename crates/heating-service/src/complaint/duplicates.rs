//! What may be a duplicate of what (HS-R17): an earlier complaint of the same home, or of the same phone at the same
//! station, a few days before, that is no duplicate itself.

use chrono::NaiveDate;
use sea_orm::prelude::DateTimeUtc;
use uuid::Uuid;

use super::entity::{Class, Model, State};

/// What of a complaint decides.
#[derive(Clone, Debug)]
pub struct Report {
    pub id: Uuid,
    pub household_id: Option<Uuid>,
    pub station_id: Uuid,
    pub phones: Vec<String>,
    pub received_at: DateTimeUtc,
    pub received_on: NaiveDate,
    /// A duplicate itself, also a proposed one, or taken back for good.
    pub taken: bool,
}

impl From<&Model> for Report {
    fn from(row: &Model) -> Self {
        let gone = row.class == Class::Withdrawn && row.state == State::Decided;
        Self {
            id: row.id,
            household_id: row.household_id,
            station_id: row.station_id,
            phones: row.phones(),
            received_at: row.received_at,
            received_on: row.received_on,
            taken: row.class == Class::Duplicate || gone,
        }
    }
}

impl Report {
    fn of_same_home(&self, other: &Self) -> bool {
        let home = self.household_id.is_some() && self.household_id == other.household_id;
        let phone = self.station_id == other.station_id && self.phones.iter().any(|key| other.phones.contains(key));
        home || phone
    }

    /// Whether this may be called a duplicate of another, received at most so many days before.
    pub fn may_repeat(&self, original: &Self, days: i64) -> bool {
        let earlier = (original.received_at, original.id) < (self.received_at, self.id);
        let soon = (self.received_on - original.received_on).num_days() <= days;
        earlier && soon && !original.taken && self.of_same_home(original)
    }
}

#[cfg(test)]
mod tests {
    use kernel::time::{Timestamp, business_day};

    use super::*;

    fn report(received_at: &str, household: Option<u128>, station: u128, phones: &[&str]) -> Report {
        let received_at = Timestamp::parse(received_at).unwrap().0;
        Report {
            id: Uuid::from_u128(u128::try_from(received_at.timestamp()).unwrap()),
            household_id: household.map(Uuid::from_u128),
            station_id: Uuid::from_u128(station),
            phones: phones.iter().map(|key| (*key).to_owned()).collect(),
            received_at,
            received_on: business_day(received_at),
            taken: false,
        }
    }

    #[test]
    fn a_duplicate_names_an_earlier_complaint_of_the_same_home() {
        let first = report("2011-12-01T00:10:00+08:00", Some(1), 7, &["a"]);
        for (received_at, household, station, phones, holds) in [
            ("2011-12-08T23:59:59+08:00", Some(1), 7, &["b"][..], true),
            // The eighth day after is too late.
            ("2011-12-09T00:00:00+08:00", Some(1), 7, &["b"], false),
            // Never a later one.
            ("2011-11-30T12:00:00+08:00", Some(1), 7, &["a"], false),
            ("2011-12-02T12:00:00+08:00", Some(2), 7, &["b"], false),
            // The same phone counts at the same station only.
            ("2011-12-02T12:00:00+08:00", Some(2), 7, &["b", "a"], true),
            ("2011-12-02T12:00:00+08:00", None, 7, &["a"], true),
            ("2011-12-02T12:00:00+08:00", None, 8, &["a"], false),
            ("2011-12-02T12:00:00+08:00", None, 7, &[], false),
        ] {
            let later = report(received_at, household, station, phones);
            assert_eq!(later.may_repeat(&first, 7), holds, "{received_at} {household:?} {station} {phones:?}");
        }
        assert!(!first.may_repeat(&first, 7));
    }

    #[test]
    fn a_duplicate_points_at_no_duplicate() {
        let first = report("2011-12-01T08:00:00+08:00", Some(1), 7, &[]);
        let later = report("2011-12-02T08:00:00+08:00", Some(1), 7, &[]);
        assert!(later.may_repeat(&first, 7));
        assert!(!later.may_repeat(&Report { taken: true, ..first }, 7));
    }
}
