//! Which official line is which of our complaints (HS-R19): by number; else proposed by phone and day.

use std::collections::HashSet;

use chrono::NaiveDate;
use sea_orm::prelude::DateTimeUtc;
use uuid::Uuid;

/// What of a line or complaint is compared.
#[derive(Clone, Debug)]
pub struct Side {
    pub id: Uuid,
    pub external_no: Option<String>,
    /// Blind indexes.
    pub phones: Vec<String>,
    pub received_at: DateTimeUtc,
    pub received_on: NaiveDate,
}

/// An official line with what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub official: Uuid,
    pub ours: Option<Uuid>,
    /// By number; else a person has to confirm it.
    pub certain: bool,
}

/// Pairs each official line with at most one of ours: first by number, then the nearest by phone within so many
/// days. What of ours is left is only ours.
pub fn pairs(official: &[Side], ours: &[Side], window: i64) -> Vec<Pair> {
    let mut taken: HashSet<Uuid> = HashSet::new();
    let mut found: Vec<Pair> = Vec::with_capacity(official.len());
    for line in official {
        let same = ours.iter().find(|own| own.external_no == line.external_no && !taken.contains(&own.id));
        let same = same.filter(|own| own.external_no.is_some());
        taken.extend(same.map(|own| own.id));
        found.push(Pair { official: line.id, ours: same.map(|own| own.id), certain: same.is_some() });
    }
    for (line, pair) in official.iter().zip(&mut found).filter(|(_, pair)| !pair.certain) {
        let likely = ours.iter().filter(|own| !taken.contains(&own.id) && is_likely(line, own, window));
        let nearest = likely.min_by_key(|own| ((own.received_at - line.received_at).abs(), own.id));
        taken.extend(nearest.map(|own| own.id));
        pair.ours = nearest.map(|own| own.id);
    }
    found
}

fn is_likely(line: &Side, own: &Side, window: i64) -> bool {
    let apart = (own.received_on - line.received_on).num_days().abs();
    apart <= window && line.phones.iter().any(|key| own.phones.contains(key))
}

#[cfg(test)]
mod tests {
    use kernel::time::{Timestamp, business_day};

    use super::*;

    fn side(id: u128, number: Option<&str>, phone: &str, received_at: &str) -> Side {
        let received_at = Timestamp::parse(received_at).unwrap().0;
        Side {
            id: Uuid::from_u128(id),
            external_no: number.map(str::to_owned),
            phones: vec![phone.to_owned()],
            received_at,
            received_on: business_day(received_at),
        }
    }

    fn told(official: &[Side], ours: &[Side]) -> Vec<(Option<u128>, bool)> {
        let pairs = pairs(official, ours, 1);
        pairs.into_iter().map(|pair| (pair.ours.map(|id| id.as_u128()), pair.certain)).collect()
    }

    #[test]
    fn the_number_decides_and_the_phone_proposes() {
        let official = [
            side(1, Some("A-1"), "p", "2011-12-05T10:00:00+08:00"),
            side(2, Some("A-2"), "q", "2011-12-05T10:00:00+08:00"),
            side(3, Some("A-3"), "r", "2011-12-05T10:00:00+08:00"),
        ];
        let ours = [
            side(11, Some("A-1"), "x", "2011-11-01T10:00:00+08:00"),
            // Two days apart is too far.
            side(12, None, "r", "2011-12-07T00:00:00+08:00"),
            side(13, None, "q", "2011-12-04T23:59:00+08:00"),
            side(14, None, "q", "2011-12-05T11:00:00+08:00"),
        ];
        assert_eq!(told(&official, &ours), [(Some(11), true), (Some(14), false), (None, false)]);
    }

    #[test]
    fn nothing_of_ours_is_taken_twice() {
        let line = |id| side(id, Some("B"), "p", "2011-12-05T10:00:00+08:00");
        let own = side(11, None, "p", "2011-12-05T12:00:00+08:00");
        assert_eq!(told(&[line(1), line(2)], &[own]), [(Some(11), false), (None, false)]);
        assert_eq!(told(&[], &[side(11, None, "p", "2011-12-05T12:00:00+08:00")]), []);
    }
}
