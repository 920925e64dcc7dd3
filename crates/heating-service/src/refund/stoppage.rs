//! The days of a stoppage (HS-R23): outages of one cause class with short gaps are one stoppage; its hours are those
//! without heat, the gaps not counted; each full 24 hours are a day, from the day it began.

use chrono::{Days, NaiveDate, TimeDelta};
use kernel::time::business_day;
use sea_orm::prelude::DateTimeUtc;
use uuid::Uuid;

use crate::outage::entity::CauseClass;

/// A time without heat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    pub outage_id: Uuid,
    pub class: CauseClass,
    pub from: DateTimeUtc,
    pub to: DateTimeUtc,
    /// Those of the day it began; the first of a stoppage decides.
    pub limits: Limits,
}

/// Outages that are one.
#[derive(Clone, Copy, Debug)]
struct Stoppage {
    first: Uuid,
    from: DateTimeUtc,
    to: DateTimeUtc,
    cold: TimeDelta,
    limits: Limits,
}

/// The limits of a stoppage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Two with at most this between them are one.
    pub merge_gap: TimeDelta,
    /// Shorter ones give nothing back.
    pub from: TimeDelta,
}

/// The days given back for the times a home had no heat, each with the outage its stoppage began with.
pub fn days(cuts: &[Cut]) -> Vec<(NaiveDate, Uuid)> {
    let mut found = Vec::new();
    for class in [CauseClass::External, CauseClass::Internal] {
        let mut of_class: Vec<&Cut> = cuts.iter().filter(|cut| cut.class == class).collect();
        of_class.sort_by_key(|cut| (cut.from, cut.to, cut.outage_id));
        for stoppage in merged(&of_class) {
            found.extend(stoppage.days());
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|(day, _)| *day);
    found
}

fn merged(cuts: &[&Cut]) -> Vec<Stoppage> {
    let mut list: Vec<Stoppage> = Vec::new();
    for cut in cuts {
        match list.last_mut().filter(|last| cut.from - last.to <= last.limits.merge_gap) {
            Some(last) => {
                // Where two overlap the time counts once.
                last.cold += (cut.to - cut.from.max(last.to)).max(TimeDelta::zero());
                last.to = last.to.max(cut.to);
            }
            None => list.push(Stoppage {
                first: cut.outage_id,
                from: cut.from,
                to: cut.to,
                cold: cut.to - cut.from,
                limits: cut.limits,
            }),
        }
    }
    list
}

impl Stoppage {
    fn days(self) -> Vec<(NaiveDate, Uuid)> {
        let full = if self.cold < self.limits.from { 0 } else { self.cold.num_hours() / 24 };
        let start = business_day(self.from);
        let day = |n: i64| start.checked_add_days(Days::new(n.unsigned_abs()));
        (0..full).filter_map(day).map(|day| (day, self.first)).collect()
    }
}

#[cfg(test)]
mod tests {
    use kernel::time::Timestamp;
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits { merge_gap: TimeDelta::minutes(60), from: TimeDelta::hours(24) };

    fn cut(n: u128, class: CauseClass, from: &str, to: &str) -> Cut {
        let at = |text: &str| Timestamp::parse(&format!("2011-12-{text}:00+08:00")).unwrap().0;
        Cut { outage_id: Uuid::from_u128(n), class, from: at(from), to: at(to), limits: LIMITS }
    }

    fn told(cuts: &[Cut]) -> Vec<String> {
        days(cuts).into_iter().map(|(day, _)| day.format("%d").to_string()).collect()
    }

    #[test]
    fn each_full_day_without_heat_is_a_day_from_the_first() {
        use CauseClass::{External, Internal};
        let long = cut(1, Internal, "05T08:00", "07T07:59");
        for (cuts, wanted) in [
            (vec![cut(1, Internal, "05T08:00", "06T07:59")], vec![]),
            (vec![cut(1, Internal, "05T08:00", "06T08:00")], vec!["05"]),
            (vec![long], vec!["05"]),
            (vec![cut(1, Internal, "05T08:00", "07T08:00")], vec!["05", "06"]),
            // A gap of an hour: one stoppage, the hour not counted.
            (vec![cut(1, Internal, "05T08:00", "05T20:00"), cut(2, Internal, "05T21:00", "06T09:00")], vec!["05"]),
            (vec![cut(1, Internal, "05T08:00", "05T20:00"), cut(2, Internal, "05T21:00", "06T08:59")], vec![]),
            (vec![cut(1, Internal, "05T08:00", "05T20:00"), cut(2, Internal, "05T21:01", "06T09:01")], vec![]),
            // Another class is another stoppage.
            (vec![cut(1, Internal, "05T08:00", "05T20:00"), cut(2, External, "05T20:00", "06T08:00")], vec![]),
            // Two that overlap are cold once.
            (vec![cut(1, Internal, "05T08:00", "06T02:00"), cut(2, Internal, "05T20:00", "06T07:00")], vec![]),
            (vec![cut(1, Internal, "05T08:00", "06T08:00"), cut(2, External, "05T09:00", "06T09:00")], vec!["05"]),
        ] {
            assert_eq!(told(&cuts), wanted, "{cuts:?}");
        }
    }

    #[test]
    fn the_limits_are_those_of_the_day_it_began() {
        let half = Limits { merge_gap: TimeDelta::minutes(120), from: TimeDelta::hours(48) };
        let first = Cut { limits: half, ..cut(1, CauseClass::Internal, "05T08:00", "06T08:00") };
        let second = cut(2, CauseClass::Internal, "06T10:00", "07T09:00");
        assert!(told(&[first, second]).is_empty(), "47 hours of one stoppage");
        assert_eq!(told(&[first, Cut { to: second.to + TimeDelta::hours(1), ..second }]), ["05", "06"]);
    }

    #[test]
    fn the_days_name_the_outage_that_began_it() {
        let cuts = [
            cut(9, CauseClass::Internal, "05T21:00", "07T09:00"),
            cut(3, CauseClass::Internal, "05T08:00", "05T20:00"),
        ];
        let first = Uuid::from_u128(3);
        assert_eq!(days(&cuts).into_iter().map(|(_, id)| id).collect::<Vec<_>>(), [first, first]);
    }

    proptest! {
        #[test]
        fn no_day_comes_twice_and_none_without_its_hours(
            spans in prop::collection::vec((0_i64..20_000, 1_i64..5_000, any::<bool>()), 0..12)
        ) {
            let start = Timestamp::parse("2011-11-01T00:00:00+08:00").unwrap().0;
            let cuts: Vec<Cut> = spans.iter().enumerate().map(|(n, (from, minutes, own))| Cut {
                outage_id: Uuid::from_u128(n as u128),
                class: if *own { CauseClass::Internal } else { CauseClass::External },
                from: start + TimeDelta::minutes(*from),
                to: start + TimeDelta::minutes(from + minutes),
                limits: LIMITS,
            }).collect();
            let found = days(&cuts);
            let mut once = found.clone();
            once.dedup_by_key(|(day, _)| *day);
            prop_assert_eq!(&once, &found);
            let cold: i64 = spans.iter().map(|(_, minutes, _)| minutes).sum();
            prop_assert!(i64::try_from(found.len()).unwrap() <= cold / (24 * 60));
        }
    }
}
