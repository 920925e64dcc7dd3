//! Scores of items and totals (HS-R35), exact and rounded half-up once an item.

/// Hundredths: of points, of per cent, of complaints per 10,000 m².
pub type Units = i64;

/// A quotient of figures that are not negative, half up.
fn half_up(dividend: i128, divisor: i128) -> Units {
    i64::try_from((2 * dividend + divisor).div_euclid(2 * divisor)).unwrap_or(i64::MAX)
}

/// A checklist item: its weight less what was deducted, never below nothing.
pub fn checklist(weight: Units, deduction: Units) -> Units {
    (weight - deduction).max(0)
}

/// Whether so much was deducted that the item failed; `share` in per cent of its weight.
pub fn failed(weight: Units, deduction: Units, share: i64) -> bool {
    deduction > 0 && i128::from(deduction) * 100 >= i128::from(weight) * i128::from(share)
}

/// weight × (1 − net complaints / limit), between nothing and all of it.
pub fn complaint(weight: Units, net: Units, limit: Units) -> Units {
    let left = i128::from((limit - net).clamp(0, limit));
    half_up(i128::from(weight) * left, i128::from(limit.max(1)))
}

/// weight × (rate − floor) / (100 − floor), between nothing and all of it; both in per cent.
pub fn rate(weight: Units, rate: Units, floor: Units) -> Units {
    let span = (10_000 - floor).max(1);
    half_up(i128::from(weight) * i128::from((rate - floor).clamp(0, span)), i128::from(span))
}

/// A month of visits as its score sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visits {
    pub weeks_met: i64,
    pub weeks_due: i64,
    pub credited: i64,
    /// How many the month needs.
    pub needed: i64,
}

/// weight × half for the weeks, half for the count; nothing where no week was due.
pub fn visits(weight: Units, it: Visits) -> Option<Units> {
    if it.weeks_due <= 0 || it.needed <= 0 {
        return None;
    }
    let (due, needed) = (i128::from(it.weeks_due), i128::from(it.needed));
    let parts = i128::from(it.weeks_met) * needed + i128::from(it.credited.min(it.needed)) * due;
    Some(half_up(i128::from(weight) * parts, 2 * due * needed))
}

/// The total of the items with a score, put to a hundred points where others have none; weights with their scores.
pub fn total(items: &[(Units, Option<Units>)]) -> Option<Units> {
    let scored = items.iter().filter_map(|(weight, score)| Some((*weight, (*score)?)));
    let (weights, points) =
        scored.fold((0, 0), |(weights, points), (weight, score)| (weights + weight, points + score));
    match weights {
        0 => None,
        10_000 => Some(points),
        weights => Some(half_up(i128::from(points) * 10_000, i128::from(weights))),
    }
}

/// What stations of one type are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub total: Option<Units>,
    pub net_complaints: Option<Units>,
    pub timely: Option<Units>,
}

impl Standing {
    /// The better one sorts first: the higher total, then fewer complaints, then more replies in time (HS-R36). A
    /// figure that is missing stands behind every other.
    fn key(self) -> (std::cmp::Reverse<Option<Units>>, Units, std::cmp::Reverse<Option<Units>>) {
        use std::cmp::Reverse;
        (Reverse(self.total), self.net_complaints.unwrap_or(Units::MAX), Reverse(self.timely))
    }
}

/// The rank of each, equal ones share theirs: 1, 2, 2, 4.
pub fn ranks(all: &[Standing]) -> Vec<i32> {
    let rank = |own: &Standing| all.iter().filter(|other| other.key() < own.key()).count();
    all.iter().map(|own| i32::try_from(rank(own) + 1).unwrap_or(i32::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hs_e13_computed_items_and_their_total() {
        let month = Visits { weeks_met: 5, weeks_due: 5, credited: 6, needed: 6 };
        let scores = [
            (5500, Some(checklist(5500, 550))),
            (1500, Some(complaint(1500, 45, 200))),
            (1000, Some(rate(1000, 9750, 9000))),
            (1000, visits(1000, month)),
            (1000, Some(rate(1000, 9620, 8000))),
        ];
        assert_eq!(scores.map(|(_, score)| score), [4950, 1163, 750, 1000, 810].map(Some));
        assert_eq!(total(&scores), Some(8673));
    }

    #[test]
    fn figures_stay_between_nothing_and_all() {
        for (net, wanted) in [(0, 1500), (100, 750), (200, 0), (350, 0)] {
            assert_eq!(complaint(1500, net, 200), wanted, "{net}");
        }
        for (of, wanted) in [(10_000, 1000), (9000, 0), (8000, 0), (9500, 500)] {
            assert_eq!(rate(1000, of, 9000), wanted, "{of}");
        }
        assert_eq!(checklist(1000, 1200), 0);
        for (met, due, credited, wanted) in
            [(0, 5, 0, Some(0)), (5, 5, 9, Some(1000)), (4, 5, 5, Some(817)), (3, 4, 6, Some(875)), (0, 0, 6, None)]
        {
            let it = Visits { weeks_met: met, weeks_due: due, credited, needed: 6 };
            assert_eq!(visits(1000, it), wanted, "{it:?}");
        }
    }

    #[test]
    fn half_of_the_weight_fails_an_item() {
        for (deduction, wanted) in [(499, false), (500, true), (1000, true), (0, false)] {
            assert_eq!(failed(1000, deduction, 50), wanted, "{deduction}");
        }
    }

    #[test]
    fn items_without_data_are_left_out() {
        assert_eq!(total(&[(5500, Some(4950)), (4500, None)]), Some(9000));
        assert_eq!(total(&[(3000, Some(1000)), (7000, None)]), Some(3333));
        assert_eq!(total(&[(10_000, None)]), None);
    }

    #[test]
    fn equal_stations_share_their_rank() {
        let at = |total, net, timely| Standing { total: Some(total), net_complaints: net, timely };
        let check = |all: &[Standing], wanted: &[i32]| assert_eq!(ranks(all), wanted);
        check(&[at(9000, None, None), at(8000, None, None), at(8000, None, None), at(7000, None, None)], &[1, 2, 2, 4]);
        check(&[at(8000, Some(50), None), at(8000, Some(40), None)], &[2, 1]);
        check(&[at(8000, Some(40), Some(9000)), at(8000, Some(40), Some(9100))], &[2, 1]);
        check(&[at(8000, None, None), at(8000, Some(999), None)], &[2, 1]);
        check(&[Standing { total: None, net_complaints: None, timely: None }, at(1, None, None)], &[2, 1]);
    }

    proptest! {
        #[test]
        fn a_score_never_leaves_its_item(weight in 1_i64..10_000, figure in 0_i64..20_000, floor in 0_i64..10_000) {
            for score in [rate(weight, figure, floor), complaint(weight, figure, floor + 1), checklist(weight, figure)] {
                prop_assert!((0..=weight).contains(&score));
            }
        }

        #[test]
        fn ranks_count_those_who_are_better(totals in prop::collection::vec(0_i64..5, 1..20)) {
            let all: Vec<Standing> = totals
                .iter()
                .map(|total| Standing { total: Some(*total), net_complaints: None, timely: None })
                .collect();
            for (own, rank) in totals.iter().zip(ranks(&all)) {
                let better = totals.iter().filter(|other| *other > own).count();
                prop_assert_eq!(usize::try_from(rank).unwrap(), better + 1);
            }
        }
    }
}
