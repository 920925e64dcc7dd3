//! The parameters of the heating service (PF-10): rates, limits and deadlines differ from city to city.

use store::parameters::Parameter;

/// Half-open ranges of temperature and the part of a day's fee each gives back (HS-R72).
pub const REFUND_RULE_SETS: &str = r#"{
    "SY2009": [{"below": "13.0", "percent": "100.00"}, {"from": "13.0", "below": "18.0", "percent": "50.00"}],
    "LN": [{"below": "16.0", "percent": "100.00"}, {"from": "16.0", "below": "18.0", "percent": "40.00"}],
    "SD": [{"below": "14.0", "percent": "100.00"}, {"from": "14.0", "below": "16.0", "percent": "50.00"},
        {"from": "16.0", "below": "18.0", "percent": "20.00"}]
}"#;

/// Minutes before the due instant: half of the two hours of a visit, a day before the season.
const REMIND_LEAD: &str = r#"{"temperature_visit": 60, "temperature_remeasure": 240, "temperature_call_back": 240,
    "stop_to_seal": 1440}"#;

/// Every key of this domain.
pub const PARAMETERS: &[Parameter] = &[
    // Which areas are charged (HS-R05).
    Parameter::decimal("heating.area.height_limit_m", "2.20", "m", "计费层高限值"),
    Parameter::boolean("heating.area.height_inclusive", true, "层高等于限值是否计费"),
    // Defaults of a new season.
    Parameter::decimal("heating.temp.standard_c", "18.0", "°C", "新供暖期的室温标准"),
    Parameter::shaped("heating.fee.due_month_day", "10-31", is_day_of_year, "采暖费到期日"),
    Parameter::text("heating.refund.rule_set", "LN", "新供暖期的退费规则集"),
    Parameter::json("heating.refund.rule_sets", REFUND_RULE_SETS, "", "室温不达标退费规则集"),
    // Room temperature (HS-R10 … R13).
    Parameter::decimal("heating.temp.height_m", "1.40", "m", "测温高度"),
    Parameter::decimal("heating.temp.height_tolerance_m", "0.10", "m", "测温高度允许偏差"),
    Parameter::integer("heating.temp.closed_min", 60, (0, 1440), "min", "测温前门窗关闭最短时间"),
    Parameter::integer("heating.temp.closed_max", 120, (0, 1440), "min", "测温前门窗关闭最长时间"),
    Parameter::decimal("heating.temp.instrument_accuracy_c", "0.30", "°C", "测温仪精度要求"),
    Parameter::json("heating.temp.rooms", r#"["bedroom", "living_room"]"#, "", "计入判定的房间"),
    Parameter::integer("heating.temp.visit_hours", 2, (1, 72), "h", "首次入户测温时限"),
    Parameter::shaped("heating.temp.visit_from", "06:00", is_time, "入户开始时间"),
    Parameter::shaped("heating.temp.visit_to", "21:00", is_time, "入户截止时间"),
    Parameter::shaped("heating.temp.next_morning", "08:00", is_time, "夜间报修次日入户时间"),
    Parameter::integer("heating.temp.remeasure_hours", 48, (1, 720), "h", "整改后复测时限"),
    Parameter::integer("heating.temp.callback_hours", 24, (1, 720), "h", "回访时限"),
    Parameter::integer("heating.temp.callback_attempts", 3, (1, 20), "", "认定无法联系所需的回访次数"),
    Parameter::json("heating.remind.lead", REMIND_LEAD, "min", "各类提醒的提前量"),
    // Outages (HS-R20 … R24).
    Parameter::integer("heating.outage.branch_min", 15, (1, 1440), "min", "停缓供上报分公司时限"),
    Parameter::integer("heating.outage.company_min", 30, (1, 1440), "min", "停缓供上报公司时限"),
    Parameter::integer("heating.outage.planned_notice_days", 2, (0, 60), "d", "计划停供提前通知的天数"),
    Parameter::text("heating.outage.external_liability", "third_party", "外因停缓供的默认责任方"),
    // Stopping for a season (HS-R25, R26).
    Parameter::integer("heating.stop.deadline_days", 1, (1, 365), "d", "报停须在供暖期开始前几日截止"),
    Parameter::boolean("heating.stop.mid_season", false, "供暖期内是否可报停"),
    Parameter::boolean("heating.stop.refuse_warranty", false, "保修期内是否拒绝报停"),
    Parameter::decimal("heating.stop.basic_fee_percent", "0.00", "%", "报停基本热费比例"),
];

fn is_time(text: &str) -> bool {
    kernel::time::DayTime::parse(text).is_ok()
}

/// Whether a text is a month and a day every year has.
fn is_day_of_year(text: &str) -> bool {
    const COMMON_YEAR: i32 = 2025;
    text.len() == 5 && kernel::time::parse_date(&format!("{COMMON_YEAR}-{text}")).is_ok()
}

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
