//! What a cold day is worth (HS-R72): rule sets of half-open ranges, the season names its own.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldError};
use kernel::fixed::{Percent, Temperature};
use serde::Deserialize;
use serde_json::Value;
use store::{Reading, parameters};

/// A range of temperatures, its lower end included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
struct Range {
    /// Open downwards when absent.
    from: Option<Temperature>,
    below: Temperature,
    percent: Percent,
}

/// What part of a day's fee is given back at which temperature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet(Vec<Range>);

impl RuleSet {
    /// The set of this name, as of a day.
    pub async fn named(at: &Reading, name: &str, day: NaiveDate) -> Result<Self, Fault> {
        let sets = parameters::value_on(at, "heating.refund.rule_sets", day, None).await?;
        Self::read(sets, name)
    }

    /// Whether a set of this name is there on a day.
    pub async fn is_known(at: &Reading, name: &str, day: NaiveDate) -> Result<bool, Fault> {
        Ok(parameters::value_on(at, "heating.refund.rule_sets", day, None).await?.get(name).is_some())
    }

    fn read(sets: Value, name: &str) -> Result<Self, Fault> {
        let mut sets: BTreeMap<String, Vec<Range>> = serde_json::from_value(sets).map_err(Fault::internal)?;
        sets.remove(name).map(Self).ok_or_else(|| Fault::internal(format!("no rule set {name}")))
    }

    /// The part given back, in hundredths of a per cent.
    pub fn rate(&self, tenths: i32) -> i64 {
        let holds = |range: &&Range| {
            range.from.is_none_or(|from| i64::from(tenths) >= from.units()) && i64::from(tenths) < range.below.units()
        };
        self.0.iter().find(holds).map_or(0, |range| range.percent.units())
    }
}

/// What of the rule sets nobody could go by: a range without its end or its part, beyond what is measured, that ends
/// where it does not begin, or that gives back more than all.
pub(crate) fn wrong_ranges(_: &Value, sets: &Value) -> Vec<FieldError> {
    const ALL: i64 = 10_000;
    let temperature = |text: &str| Temperature::parse(text).map(Temperature::units);
    let part = |text: &str| match Percent::parse(text)?.units() {
        units @ 0..=ALL => Ok(units),
        _ => Err("out_of_range"),
    };
    let mut wrong = Vec::new();
    for (name, ranges) in sets.as_object().into_iter().flatten() {
        for (n, range) in ranges.as_array().into_iter().flatten().enumerate() {
            let at = |field: &str| format!("/value/{}/{n}/{field}", name.replace('~', "~0").replace('/', "~1"));
            let (from, below) = (range["from"].as_str().map(temperature), range["below"].as_str().map(temperature));
            let percent = range["percent"].as_str().map(part);
            for (field, found) in [("from", from), ("below", below), ("percent", percent)] {
                match found {
                    Some(Err(code)) => wrong.push(FieldError::new(at(field), code)),
                    None if field != "from" => wrong.push(FieldError::new(at(field), "required")),
                    _ => {}
                }
            }
            if let (Some(Ok(from)), Some(Ok(below))) = (from, below)
                && from >= below
            {
                wrong.push(FieldError::new(at("below"), "out_of_range"));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use kernel::money::Money;

    use super::*;
    use crate::fee::calc::half_up;
    use crate::parameters::REFUND_RULE_SETS;

    #[test]
    fn hs_e03_six_days_by_three_rule_sets() {
        let sets: serde_json::Value = serde_json::from_str(REFUND_RULE_SETS).unwrap();
        for (name, days, amount) in [("SY2009", 30_000, "54.47"), ("LN", 38_000, "68.99"), ("SD", 29_000, "52.65")] {
            let set = RuleSet::read(sets.clone(), name).unwrap();
            let rates: i64 = [175, 160, 159, 131, 129, 180].into_iter().map(|t| set.rate(t)).sum();
            assert_eq!(rates, days, "{name}");
            let fen = half_up(i128::from(rates) * 9856 * 2800, 10_000 * 100 * 152).unwrap();
            assert_eq!(Money::from_fen(fen).unwrap().to_string(), amount, "{name}");
        }
    }
}
