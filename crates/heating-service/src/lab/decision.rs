//! The decision procedure of GB/T 483 (HS-R40): two values that agree are averaged, else a third and a fourth are
//! asked for; of four that do not agree three may, else all are discarded. Exact; every limit belongs to what agrees.

use super::exact::half_even;

/// What a round has come to.
#[codes::code(name = "LabResultState")]
pub enum State {
    /// 待平行样: a second value is missing.
    NeedSecond,
    /// 待第三次测定
    NeedThird,
    /// 待第四次测定
    NeedFourth,
    /// 已取均值
    Averaged,
    /// 作废重做: instrument and operation are checked, another round begins.
    Discarded,
}

/// How a mean was taken.
#[codes::code(name = "LabResultRule")]
pub enum Rule {
    /// 两次平均
    #[code("mean_2")]
    #[label("Mean of two")]
    #[sea_orm(string_value = "mean_2")]
    Mean2,
    /// 三次平均
    #[code("mean_3")]
    #[label("Mean of three")]
    #[sea_orm(string_value = "mean_3")]
    Mean3,
    /// 四次平均
    #[code("mean_4")]
    #[label("Mean of four")]
    #[sea_orm(string_value = "mean_4")]
    Mean4,
    /// 四取三平均
    ThreeOfFour,
}

/// What values may differ by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// T, in the units of the values.
    pub t: i64,
    /// What three values may range over, in hundredths of T.
    pub third: i64,
    /// What four values may range over, in hundredths of T.
    pub fourth: i64,
}

/// What follows from the values of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub state: State,
    pub rule: Option<Rule>,
    /// Places of the values the mean is of.
    pub used: Vec<usize>,
    /// Half to even, in the units of the values.
    pub mean: Option<i64>,
    /// Whether the first two agree.
    pub first_pair_pass: Option<bool>,
}

impl Limits {
    fn hold(self, values: &[i64], hundredths: i64) -> bool {
        range(values) * 100 <= self.t * hundredths
    }
}

fn range(values: &[i64]) -> i64 {
    let (least, most) = (values.iter().min(), values.iter().max());
    least.zip(most).map_or(0, |(least, most)| most - least)
}

/// Decides on the values of a round, in the order they were taken; `limits` is what the first two may differ by.
pub fn decide(values: &[i64], limits: Option<Limits>) -> Decision {
    let (Some(limits), [first, second, ..]) = (limits, values) else {
        return asks(State::NeedSecond, None);
    };
    let pair = limits.hold(&[*first, *second], 100);
    if pair {
        return averaged(values, Rule::Mean2, vec![0, 1], pair);
    }
    match values.len() {
        2 => asks(State::NeedThird, Some(pair)),
        _ if limits.hold(&values[..3], limits.third) => averaged(values, Rule::Mean3, vec![0, 1, 2], pair),
        3 => asks(State::NeedFourth, Some(pair)),
        _ if limits.hold(&values[..4], limits.fourth) => averaged(values, Rule::Mean4, vec![0, 1, 2, 3], pair),
        _ => match three_of_four(&values[..4], limits) {
            Some(used) => averaged(values, Rule::ThreeOfFour, used, pair),
            None => asks(State::Discarded, Some(pair)),
        },
    }
}

/// The triple with the smallest range within its limit; of equal ones the one taken first.
fn three_of_four(values: &[i64], limits: Limits) -> Option<Vec<usize>> {
    const TRIPLES: [[usize; 3]; 4] = [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]];
    let of = |triple: &[usize; 3]| triple.map(|place| values[place]);
    let best = TRIPLES.iter().min_by_key(|triple| range(&of(triple)))?;
    limits.hold(&of(best), limits.third).then(|| best.to_vec())
}

fn asks(state: State, first_pair_pass: Option<bool>) -> Decision {
    Decision { state, rule: None, used: Vec::new(), mean: None, first_pair_pass }
}

fn averaged(values: &[i64], rule: Rule, used: Vec<usize>, pair: bool) -> Decision {
    let sum: i128 = used.iter().map(|place| i128::from(values[*place])).sum();
    let count = i128::try_from(used.len()).unwrap_or(1);
    let mean = i64::try_from(half_even(sum, count)).ok();
    Decision { state: State::Averaged, rule: Some(rule), used, mean, first_pair_pass: Some(pair) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::{Decimal, RoundingStrategy};

    use super::*;

    const ASH: Limits = Limits { t: 20, third: 120, fourth: 130 };

    fn said(values: &[i64], limits: Limits) -> (State, Option<Rule>, Option<i64>) {
        let it = decide(values, Some(limits));
        (it.state, it.rule, it.mean)
    }

    #[test]
    fn hs_e05_two_three_and_four_values() {
        for (values, wanted) in [
            (&[988][..], (State::NeedSecond, None, None)),
            (&[988, 973], (State::Averaged, Some(Rule::Mean2), Some(980))),
            (&[988, 968], (State::Averaged, Some(Rule::Mean2), Some(978))),
            (&[988, 965], (State::NeedThird, None, None)),
            (&[988, 965, 973], (State::Averaged, Some(Rule::Mean3), Some(975))),
            (&[988, 965, 963], (State::NeedFourth, None, None)),
            (&[988, 965, 963, 969], (State::Averaged, Some(Rule::Mean4), Some(971))),
            (&[1000, 960, 964, 984], (State::Averaged, Some(Rule::ThreeOfFour), Some(969))),
            (&[1000, 950, 975, 925], (State::Discarded, None, None)),
        ] {
            assert_eq!(said(values, ASH), wanted, "{values:?}");
        }
    }

    #[test]
    fn hs_e06_the_means_of_the_worked_sample() {
        let pair = |t| Limits { t, ..ASH };
        for (a, b, t, mean) in [
            (312, 328, 20, 320),
            (2735, 2746, 30, 2740),
            (84, 88, 5, 86),
            (22_038, 22_130, 120, 22_084),
            (2810, 2845, 50, 2828),
        ] {
            assert_eq!(said(&[a, b], pair(t)), (State::Averaged, Some(Rule::Mean2), Some(mean)), "{a} {b}");
        }
    }

    #[test]
    fn of_equal_triples_the_one_taken_first_counts() {
        let limits = Limits { t: 10, third: 120, fourth: 130 };
        let it = decide(&[0, 24, 12, 12], Some(limits));
        assert_eq!((it.rule, it.used), (Some(Rule::ThreeOfFour), vec![0, 2, 3]));
        assert_eq!(decide(&[988, 965], None).state, State::NeedSecond, "no limit, no decision");
    }

    /// The procedure once more, over decimals and all subsets.
    fn oracle(values: &[i64], t: i64) -> (State, Option<Rule>, Option<Decimal>) {
        let limit = |factor: &str| Decimal::from(t) * factor.parse::<Decimal>().unwrap();
        let spread = |places: &[usize]| {
            let of = || places.iter().map(|place| Decimal::from(values[*place]));
            of().max().unwrap() - of().min().unwrap()
        };
        let mean = |places: &[usize]| {
            let sum: Decimal = places.iter().map(|place| Decimal::from(values[*place])).sum();
            let mean = sum / Decimal::from(places.len());
            mean.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven)
        };
        let stages: [(&[usize], &str, Rule, State); 3] = [
            (&[0, 1], "1.0", Rule::Mean2, State::NeedSecond),
            (&[0, 1, 2], "1.2", Rule::Mean3, State::NeedThird),
            (&[0, 1, 2, 3], "1.3", Rule::Mean4, State::NeedFourth),
        ];
        for (places, factor, rule, missing) in stages {
            if values.len() < places.len() {
                return (missing, None, None);
            }
            if spread(places) <= limit(factor) {
                return (State::Averaged, Some(rule), Some(mean(places)));
            }
        }
        let mut best: Option<Vec<usize>> = None;
        for left_out in (0..4).rev() {
            let triple: Vec<usize> = (0..4).filter(|place| *place != left_out).collect();
            if best.as_ref().is_none_or(|known| spread(&triple) < spread(known)) {
                best = Some(triple);
            }
        }
        match best.filter(|triple| spread(triple) <= limit("1.2")) {
            Some(triple) => (State::Averaged, Some(Rule::ThreeOfFour), Some(mean(&triple))),
            None => (State::Discarded, None, None),
        }
    }

    proptest! {
        #[test]
        fn the_procedure_is_the_one_of_the_standard(
            values in proptest::collection::vec(900_i64..1000, 1..=4),
            t in 1_i64..60,
        ) {
            let (state, rule, mean) = said(&values, Limits { t, ..ASH });
            let wanted = oracle(&values, t);
            prop_assert_eq!((state, rule, mean.map(Decimal::from)), wanted);
        }

        #[test]
        fn a_mean_lies_within_its_values(
            values in proptest::collection::vec(0_i64..3000, 2..=4),
            t in 1_i64..2000,
        ) {
            let it = decide(&values, Some(Limits { t, ..ASH }));
            if let Some(mean) = it.mean {
                let used: Vec<i64> = it.used.iter().map(|place| values[*place]).collect();
                prop_assert!(used.iter().min() <= Some(&mean) && Some(&mean) <= used.iter().max());
            }
            prop_assert_eq!(it.mean.is_some(), it.state == State::Averaged);
        }
    }
}
