//! The parameters of the heating service (PF-10): rates, limits and deadlines differ from city to city.

use store::parameters::Parameter;

/// Every key of this domain.
pub const PARAMETERS: &[Parameter] = &[
    // Which areas are charged (HS-R05).
    Parameter::decimal("heating.area.height_limit_m", "2.20", "m", "计费层高限值"),
    Parameter::boolean("heating.area.height_inclusive", true, "层高等于限值是否计费"),
    // Defaults of a new season.
    Parameter::decimal("heating.temp.standard_c", "18.0", "°C", "新供暖期的室温标准"),
    Parameter::text("heating.fee.due_month_day", "10-31", "采暖费到期日"),
    Parameter::text("heating.refund.rule_set", "LN", "新供暖期的退费规则集"),
    // Stopping for a season (HS-R25, R26).
    Parameter::integer("heating.stop.deadline_days", 1, (1, 365), "d", "报停须在供暖期开始前几日截止"),
    Parameter::boolean("heating.stop.mid_season", false, "供暖期内是否可报停"),
    Parameter::boolean("heating.stop.refuse_warranty", false, "保修期内是否拒绝报停"),
    Parameter::decimal("heating.stop.basic_fee_percent", "0.00", "%", "报停基本热费比例"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_are_unique_and_named_for_the_domain() {
        let keys: HashSet<&str> = PARAMETERS.iter().map(|parameter| parameter.key).collect();
        assert_eq!(keys.len(), PARAMETERS.len());
        assert!(keys.iter().all(|key| key.starts_with("heating.") && key.split('.').count() == 3));
    }

    #[test]
    fn every_default_lies_within_its_own_bounds() {
        for parameter in PARAMETERS {
            assert_eq!(parameter.refuses(&parameter.default_value()), None, "{}", parameter.key);
        }
    }
}
