//! The parameters of the desk (PF-10): limits and periods, each with bounds and its default.
//!
//! Clock targets live in the policy set, pause limits in the pause reasons: they are data, not parameters.

use store::parameters::{Kind, Parameter};
use submissions::due::After;

use crate::roster::covering::wrong_windows;

/// Minutes of a year.
const YEAR: i64 = 525_600;

/// Every key of this domain.
pub const PARAMETERS: &[Parameter] = &[
    // Intake.
    Parameter::integer("tickets.intake.backdate_max_hours", 24, (0, 720), "h", "受理时间可倒填的最长时间"),
    Parameter::integer("tickets.intake.duplicate_window_hours", 72, (0, 8760), "h", "查重时间窗口"),
    Parameter::integer("tickets.intake.duplicate_min_score", 5, (1, 100), "", "列为疑似重复的最低分"),
    Parameter::integer("tickets.call.answer_rings", 3, (1, 20), "", "来电应在几声内接听"),
    Parameter::integer("tickets.call.ring_cycle_seconds", 5, (1, 60), "s", "一声振铃的时长"),
    Parameter::integer("tickets.merge.undo_days", 30, (0, 3650), "d", "合并可撤销天数"),
    Parameter::money("tickets.opinion.compensation_limit", "2000.00", "补偿金额超过此数须公司领导批准"),
    // Deadlines and assignment.
    Parameter::numbers(
        "tickets.sla.reminder_percents",
        "[50, 80, 100, 150, 200]",
        (1, 1000),
        "%",
        "时限提醒与升级的百分比",
    ),
    Parameter::integer("tickets.sla.pause_total_max_hours", 168, (0, 8760), "h", "一个周期内暂停合计上限"),
    Parameter::boolean("tickets.dispatch.enabled", true, "是否自动派单"),
    Parameter::boolean("tickets.dispatch.prefer_owner", true, "派单是否优先客户专属客服"),
    Parameter::integer("tickets.dispatch.default_capacity", 20, (1, 1000), "", "人员每日默认容量"),
    Parameter::numbers(
        "tickets.dispatch.weights",
        r#"{"normal": 1, "serious": 2, "major": 3}"#,
        (0, 1000),
        "",
        "各严重程度的负荷权重",
    ),
    Parameter::integer("tickets.transfer.max_without_supervisor", 2, (0, 100), "", "主管介入前可退回和转派的次数"),
    Parameter::integer("tickets.chase.min_interval_minutes", 240, (0, 10_080), "min", "同一客户两次催办的最短间隔"),
    Parameter::integer("tickets.chase.inform_lead_at", 3, (1, 100), "", "第几次催办起通知班长和主管"),
    Parameter::integer("tickets.supervision.answer_hours", 24, (1, 720), "h", "督办回复时限"),
    Parameter::integer("tickets.leave.lead_max_hours", 24, (0, 720), "h", "班长可批准的请假上限"),
    Parameter::numbers("tickets.remind.lead", REMIND_LEAD, (0, YEAR), "min", "各类提醒的提前量(值班日志为班后)"),
    // Repair.
    Parameter::integer("tickets.repair.window_max_hours", 4, (1, 24), "h", "上门预约时段最长"),
    Parameter::integer("tickets.repair.accept_minutes", 240, (1, 10_080), "min", "维修方接单时限"),
    Parameter::integer("tickets.repair.accept_minutes_urgent", 30, (1, 10_080), "min", "紧急维修接单时限"),
    Parameter::integer("tickets.repair.photos_min", 1, (0, 20), "", "完工照片最少张数"),
    Parameter::integer("tickets.repair.rework_inform_at", 3, (1, 20), "", "第几次返工起通知部门负责人"),
    Parameter::boolean("tickets.warranty.partial_season_counts", false, "已开始的采暖季是否计入保修"),
    Parameter::integer("tickets.claim.reply_days", 7, (1, 365), "d", "施工方答复索赔的天数"),
    percent("tickets.claim.fee_percent", "0.00", "索赔管理费比例"),
    Parameter::integer("tickets.site_receipt.hand_in_hours", 24, (1, 720), "h", "现场收款上交时限"),
    // Callback and survey.
    Parameter::boolean("tickets.callback.auto_close", true, "回访满意后是否自动关闭"),
    Parameter::integer("tickets.callback.max_attempts", 3, (1, 20), "", "认定无法联系所需的回访次数"),
    Parameter::integer("tickets.callback.min_days", 2, (1, 30), "d", "认定无法联系所需的不同日期数"),
    Parameter::integer("tickets.callback.min_gap_hours", 4, (0, 168), "h", "两次计数回访的最短间隔"),
    Parameter::integer("tickets.callback.escalate_reopen_count", 2, (1, 20), "", "第几次重开起升为严重"),
    Parameter::boolean("tickets.callback.self_rating_counts", false, "客户自评是否可代替回访"),
    Parameter::integer("tickets.rating.high", 4, (1, 5), "", "自评视为满意的最低分"),
    Parameter::integer("tickets.rating.low", 2, (1, 5), "", "自评须优先回访的最高分"),
    Parameter::integer("tickets.reopen.window_days", 10, (0, 365), "d", "关闭后可重开的天数"),
    Parameter::integer("tickets.survey.expiry_days", 14, (1, 365), "d", "调查邀请有效天数"),
    Parameter::numbers("tickets.survey.reminder_days", "[3, 7]", (1, 365), "d", "调查提醒的日期"),
    Parameter::integer("tickets.survey.cooldown_days", 30, (0, 365), "d", "两次调查邀请的最短间隔"),
    Parameter::text("tickets.survey.link_base", "/v1/survey-answers/", "调查链接前缀,其后为邀请口令"),
    Parameter::integer("tickets.survey.min_group", 5, (1, 1000), "", "分组展示所需的最少答卷"),
    // Portfolio and rota.
    Parameter::integer("tickets.portfolio.first_contact_days", 7, (0, 365), "d", "分配后首次联系的天数"),
    Parameter::integer("tickets.portfolio.promise_max_hours", 48, (1, 720), "h", "约定答复的最长时间"),
    Parameter::integer("tickets.portfolio.default_level", 3, (1, 5), "", "客服默认能力等级"),
    Parameter::integer("tickets.portfolio.max_customers", 300, (1, 100_000), "", "每名客服的客户上限"),
    Parameter::integer("tickets.portfolio.min_contact_chars", 10, (0, 4000), "", "有效联系内容的最少字数"),
    Parameter::table("tickets.roster.required", ROSTER_REQUIRED, wrong_windows, "须有人值守的时段(可按部门)"),
    Parameter::integer("tickets.roster.min_headcount", 1, (1, 100), "", "值守最少人数"),
    Parameter::integer("tickets.roster.min_rest_hours", 11, (0, 48), "h", "两班之间最短休息"),
    Parameter::integer("tickets.roster.cycle_days", 21, (1, 366), "d", "排班周期天数"),
    Parameter::integer("tickets.roster.swap_notice_hours", 4, (0, 168), "h", "调班须提前的时间"),
    Parameter::integer("tickets.roster.muster_lead_minutes", 10, (0, 240), "min", "点名须提前的时间"),
    // Quality and reports.
    Parameter::integer("tickets.qa.min_calls", 1, (0, 1000), "", "每人每月最少监听数"),
    Parameter::integer("tickets.qa.target_calls", 5, (0, 1000), "", "每人每月监听目标"),
    Parameter::integer("tickets.qa.appeal_days", 5, (0, 365), "d", "质检申诉天数"),
    Parameter::integer("tickets.training.pass_score", 80, (0, 100), "", "培训考试及格分"),
    Parameter::integer("tickets.report.service_statistics_day", 5, (1, 28), "", "服务客户统计到期日(次月)"),
    Parameter::integer("tickets.report.quality_analysis_day", 22, (1, 28), "", "质量分析到期日"),
    Parameter::integer("tickets.report.quality_analysis_cutoff_day", 20, (1, 28), "", "质量分析统计截止日"),
    Parameter::shaped("tickets.report.weekly_due", "Monday 12:00", After::is_weekday, "周报到期时间"),
    Parameter::shaped("tickets.report.daily_due", "09:00", After::is_next_day, "日报到期时间(次日)"),
    Parameter::integer("tickets.report.monthly_due_day", 5, (1, 28), "", "月报到期日(次月)"),
    Parameter::json("tickets.report.households", "null", "", "户数(按部门或项目),供热系统之外使用"),
    // Service network.
    Parameter::integer("tickets.settlement.first_check_percent", 10, (0, 100), "%", "初审电话抽查比例"),
    Parameter::integer("tickets.settlement.audit_check_percent", 20, (0, 100), "%", "审核电话抽查比例"),
    Parameter::integer("tickets.settlement.raise_percent", 50, (0, 100), "%", "发现不实后的抽查比例"),
    Parameter::money("tickets.settlement.manager_limit", "5000.00", "维修费超过此数须客服部经理批准"),
    Parameter::integer("tickets.settlement.notice_days", 3, (0, 365), "d", "结算书面通知时限"),
    Parameter::money("tickets.stock.write_off_manager_limit", "500.00", "配件核销金额超过此数须客服部经理批准"),
    // Archive, outreach, assessment.
    Parameter::integer("tickets.archive.after_days", 11, (0, 3650), "d", "关闭后自动归档的天数"),
    Parameter::integer("tickets.outreach.marketing_min_days", 7, (0, 365), "d", "营销信息的最短间隔"),
    Parameter::integer("tickets.outreach.sms_single", 70, (1, 1000), "", "单条短信的字数"),
    Parameter::integer("tickets.outreach.sms_part", 67, (1, 1000), "", "长短信每段的字数"),
    Parameter::money("tickets.assessment.reward", "100.00", "无违规月度奖励"),
    Parameter::money("tickets.assessment.default_penalty", "-10.00", "考核默认扣款"),
];

/// Minutes before the due instant; `duty_log` alone counts after the end of the shift.
const REMIND_LEAD: &str = r#"{"pause": 120, "supervision": 240, "opinion": 60, "first_contact": 2880, "promise": 240,
    "rota": 4320, "claim": 2880, "fee_notice": 1440, "reconciliation": 2880, "report": 1440, "duty_log": 30, "monitoring": 14400}"#;

/// The window of every unit without one of its own in `org_units`, by unit id; the heating hotline's of heating
/// rosters.
const ROSTER_REQUIRED: &str = r#"{"from": "09:00", "to": "24:00",
    "heating_hotline": {"from": "00:00", "to": "24:00"}, "org_units": {}}"#;

const fn percent(key: &'static str, default: &'static str, zh: &'static str) -> Parameter {
    Parameter { key, kind: Kind::Percent { default }, unit: "%", zh }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_are_unique_and_named_for_the_domain() {
        let keys: HashSet<&str> = PARAMETERS.iter().map(|parameter| parameter.key).collect();
        assert_eq!(keys.len(), PARAMETERS.len());
        assert!(keys.iter().all(|key| key.starts_with("tickets.") && key.split('.').count() == 3));
    }

    #[test]
    fn every_default_lies_within_its_own_bounds() {
        for parameter in PARAMETERS {
            assert_eq!(parameter.refuses(&parameter.default_value()), None, "{}", parameter.key);
        }
    }
}
