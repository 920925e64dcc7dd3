//! The parameters of the heating service (PF-10): rates, limits and deadlines differ from city to city.

use serde::Deserialize;
use serde_json::Value;
use store::Store;
use store::parameters::Parameter;

use crate::due::weekly;
use crate::lab::precision;
use crate::reading::entity::Room;
use crate::refund::rules::wrong_ranges;
use crate::temperature::entity::Liability;

/// Minutes of a year.
const YEAR: i64 = 525_600;

/// Half-open ranges of temperature and the part of a day's fee each gives back (HS-R72).
pub const REFUND_RULE_SETS: &str = r#"{
    "SY2009": [{"below": "13.0", "percent": "100.00"}, {"from": "13.0", "below": "18.0", "percent": "50.00"}],
    "LN": [{"below": "16.0", "percent": "100.00"}, {"from": "16.0", "below": "18.0", "percent": "40.00"}],
    "SD": [{"below": "14.0", "percent": "100.00"}, {"from": "14.0", "below": "16.0", "percent": "50.00"},
        {"from": "16.0", "below": "18.0", "percent": "20.00"}]
}"#;

/// Minutes before the due instant: half of the two hours of a visit, a day before the season.
const REMIND_LEAD: &str = r#"{"temperature_visit": 60, "temperature_remeasure": 240, "temperature_call_back": 240,
    "stop_to_seal": 1440, "visit_week": 1440, "visit_month": 1440, "visit_summary": 1440, "rectification": 1440,
    "inspection_term": 1440, "agreement_to_sign": 4320, "supplement_unpaid": 4320, "valve_to_rectify": 1440,
    "valve_to_reopen": 720, "lab_duplicate": 120, "lab_review": 120, "lab_report": 240, "lab_retention": 0}"#;

/// What a square metre costs where a new price does not say it (HS-12).
const FEE_PRICE: &str = r#"{"residential": "28.00", "other": "32.00"}"#;

/// Network area in m², and households, complaints are counted per (HS-R18).
const RATE_BASE: &str = r#"{"area_m2": 10000, "households": 1000}"#;

/// Points of the items a scheme usually has (HS-R35).
const EVAL_WEIGHTS: &str = r#"{"checklist": "55.00", "complaint": "15.00", "timely": "10.00", "visits": "10.00",
    "temperature": "10.00"}"#;

/// The part of the bomb's heat that nitric acid gave, by the upper limit of the heat (GB/T 213).
const Q_ALPHA: &str =
    r#"[{"up_to": 16700, "alpha": "0.0010"}, {"up_to": 25100, "alpha": "0.0012"}, {"alpha": "0.0016"}]"#;

/// Every key of this domain.
pub const PARAMETERS: &[Parameter] = &[
    // Which areas are charged (HS-R05).
    Parameter::decimal("heating.area.height_limit_m", "2.20", "m", "计费层高限值"),
    Parameter::boolean("heating.area.height_inclusive", true, "层高等于限值是否计费"),
    // Defaults of a new season.
    Parameter::decimal("heating.temp.standard_c", "18.0", "°C", "新供暖期的室温标准"),
    Parameter::shaped("heating.fee.due_month_day", "10-31", is_day_of_year, "采暖费到期日"),
    Parameter::json("heating.fee.price", FEE_PRICE, "yuan/m²", "未填单价时的采暖费单价"),
    Parameter::entry("heating.refund.rule_set", "LN", "heating.refund.rule_sets", "新供暖期的退费规则集"),
    Parameter::table("heating.refund.rule_sets", REFUND_RULE_SETS, wrong_ranges, "室温不达标退费规则集"),
    // Room temperature (HS-R10 … R13).
    Parameter::decimal("heating.temp.height_m", "1.40", "m", "测温高度"),
    Parameter::decimal("heating.temp.height_tolerance_m", "0.10", "m", "测温高度允许偏差"),
    Parameter::integer("heating.temp.closed_min", 60, (0, 1440), "min", "测温前门窗关闭最短时间"),
    Parameter::integer("heating.temp.closed_max", 120, (0, 1440), "min", "测温前门窗关闭最长时间"),
    Parameter::decimal("heating.temp.instrument_accuracy_c", "0.30", "°C", "测温仪精度要求"),
    Parameter::rows("heating.temp.rooms", r#"["bedroom", "living_room"]"#, is_room, "计入判定的房间"),
    Parameter::integer("heating.temp.visit_hours", 2, (1, 72), "h", "首次入户测温时限"),
    Parameter::shaped("heating.temp.visit_from", "06:00", is_time, "入户开始时间"),
    Parameter::shaped("heating.temp.visit_to", "21:00", is_time, "入户截止时间"),
    Parameter::shaped("heating.temp.next_morning", "08:00", is_time, "夜间报修次日入户时间"),
    Parameter::integer("heating.temp.remeasure_hours", 48, (1, 720), "h", "整改后复测时限"),
    Parameter::integer("heating.temp.callback_hours", 24, (1, 720), "h", "回访时限"),
    Parameter::integer("heating.temp.callback_attempts", 3, (1, 20), "", "认定无法联系所需的回访次数"),
    Parameter::numbers("heating.remind.lead", REMIND_LEAD, (0, YEAR), "min", "各类提醒的提前量"),
    // Complaints (HS-R17 … R19).
    Parameter::integer("heating.complaint.duplicate_days", 7, (0, 366), "d", "重复投诉的认定期限"),
    Parameter::numbers("heating.complaint.rate_base", RATE_BASE, (1, 10_000_000), "", "净投诉率的基数(面积、户数)"),
    Parameter::integer("heating.reconcile.day_window", 1, (0, 30), "d", "投诉对账按电话匹配的日期窗口"),
    // Outages (HS-R20 … R24).
    Parameter::integer("heating.outage.branch_min", 15, (1, 1440), "min", "停缓供上报分公司时限"),
    Parameter::integer("heating.outage.company_min", 30, (1, 1440), "min", "停缓供上报公司时限"),
    Parameter::integer("heating.outage.merge_gap_min", 60, (0, 10_080), "min", "合并为一次停供的间隔"),
    Parameter::integer("heating.outage.refund_from_hours", 24, (1, 720), "h", "停供退费的起算时长"),
    Parameter::integer("heating.outage.planned_notice_days", 2, (0, 60), "d", "计划停供提前通知的天数"),
    Parameter::code("heating.outage.external_liability", "third_party", Liability::CODES, "外因停缓供的默认责任方"),
    // Visits (HS-R30, R31).
    Parameter::integer("heating.visit.min_far_end", 5, (1, 100), "", "有效走访所需的远端户数"),
    Parameter::integer("heating.visit.per_week", 1, (0, 7), "", "每周有效走访次数"),
    Parameter::integer("heating.visit.per_month", 6, (0, 31), "", "每月有效走访次数"),
    Parameter::integer("heating.visit.per_day_credited", 1, (1, 10), "", "每站每日计入的走访次数"),
    Parameter::shaped("heating.visit.remind_week", "Fri 12:00", is_time_of_week, "本周尚无有效走访的提醒时间"),
    Parameter::numbers(
        "heating.visit.remind_month",
        r#"{"day": 20, "below": 4}"#,
        (1, 31),
        "",
        "当月走访不足的提醒日与次数",
    ),
    Parameter::integer("heating.visit.summary_day", 3, (1, 28), "", "月度走访小结的上报日"),
    // Evaluation (HS-R35).
    Parameter::decimal("heating.eval.complaint_limit", "2.00", "", "净投诉扣完的限值(件/万平方米)"),
    Parameter::decimal("heating.eval.timely_floor", "90.00", "%", "及时答复率得分下限"),
    Parameter::decimal("heating.eval.temp_floor", "80.00", "%", "室温合格率得分下限"),
    Parameter::json("heating.eval.weights", EVAL_WEIGHTS, "", "新评比办法的参考权重"),
    Parameter::integer("heating.eval.fail_share", 50, (1, 100), "%", "扣分达到权重的比例即须整改"),
    Parameter::integer("heating.eval.rectify_days", 15, (1, 365), "d", "整改期限"),
    // The laboratory (HS-R40 … R46, R54).
    Parameter::shaped("heating.lab.precision", precision::SHIPPED, is_precision, "化验方法精密度表(CSV)"),
    Parameter::json("heating.lab.methods", precision::METHODS, "", "各化验项目的默认方法"),
    Parameter::decimal("heating.lab.factor_third", "1.20", "T", "三次测定极差限值系数"),
    Parameter::decimal("heating.lab.factor_fourth", "1.30", "T", "四次测定极差限值系数"),
    Parameter::decimal("heating.lab.q_sulphur_coefficient", "94.10", "J/g", "弹筒发热量的硫校正系数"),
    Parameter::json("heating.lab.q_alpha", Q_ALPHA, "", "弹筒发热量的硝酸校正系数"),
    Parameter::decimal("heating.lab.supply_limit_qnet_ar", "18.00", "MJ/kg", "供煤收到基低位发热量下限"),
    Parameter::decimal("heating.lab.mass_tolerance_percent", "1.00", "%", "收样质量允许偏差"),
    Parameter::integer("heating.lab.duplicate_hours", 24, (1, 720), "h", "平行测定时限"),
    Parameter::integer("heating.lab.review_hours", 24, (1, 720), "h", "化验结果审核时限"),
    Parameter::integer("heating.lab.report_hours", 48, (1, 720), "h", "化验报告签发时限"),
    Parameter::numbers("heating.lab.retention_days", r#"{"coal": 60, "ash": 30}"#, (1, 3650), "d", "存查样保存天数"),
    Parameter::decimal("heating.lab.cross_check_percent", "2.00", "%", "比对样品占样品总数的比例"),
    // Instruments (HS-R50 … R53).
    Parameter::integer("heating.instrument.heat_capacity_months", 3, (1, 60), "month", "热容量有效月数"),
    Parameter::decimal("heating.instrument.rsd_percent", "0.20", "%", "热容量标定相对标准差限值"),
    Parameter::integer("heating.instrument.runs", 5, (2, 30), "", "标定与标准样检查的最少次数"),
    Parameter::integer("heating.instrument.benzoic_limit", 50, (1, 1000), "J/g", "苯甲酸反标允许偏差"),
    Parameter::numbers("heating.instrument.remind_days", "[30, 7, 1]", (0, 365), "d", "仪器到期提前提醒天数"),
    // Stopping for a season (HS-R25, R26).
    Parameter::integer("heating.stop.deadline_days", 1, (1, 365), "d", "报停须在供暖期开始前几日截止"),
    Parameter::boolean("heating.stop.mid_season", false, "供暖期内是否可报停"),
    Parameter::boolean("heating.stop.refuse_warranty", false, "保修期内是否拒绝报停"),
    Parameter::decimal("heating.stop.basic_fee_percent", "0.00", "%", "报停基本热费比例"),
    // The annual summary (HS-R80).
    Parameter::decimal("heating.summary.tolerance_percent", "5.00", "%", "年度总结“近”字数字的允许差"),
    // Inspection and recovery (HS-R60, R61).
    Parameter::integer("heating.inspection.notice_days", 15, (1, 365), "d", "整改通知期限"),
    Parameter::integer("heating.inspection.agreement_days", 30, (1, 365), "d", "协议签订期限"),
    Parameter::integer("heating.recovery.seasons_back", 2, (0, 20), "", "可追缴的以往供暖期数"),
    // Valve checks (HS-R63 … R65).
    Parameter::integer("heating.valve.no_access_rounds", 3, (1, 20), "", "通知分公司前的入户未果次数"),
    Parameter::integer("heating.valve.rectify_days", 3, (1, 60), "d", "关栓整改期限"),
    Parameter::integer("heating.valve.reopen_hours", 24, (1, 720), "h", "恢复开栓时限"),
    Parameter::numbers("heating.valve.risk_weights", "[40, 30, 20, 10]", (0, 100), "", "关栓核查风险分值"),
];

fn is_time(text: &str) -> bool {
    kernel::time::DayTime::parse(text).is_ok()
}

fn is_room(_: &Store, row: &Value) -> bool {
    Room::deserialize(row).is_ok()
}

fn is_precision(text: &str) -> bool {
    precision::Table::parse(text).is_ok()
}

fn is_time_of_week(text: &str) -> bool {
    weekly(text).is_some()
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
