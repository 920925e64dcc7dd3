//! Parameters of the schedule (platform §8).

use store::parameters::Parameter;

use crate::due::HolidayRule;
use crate::schedule;

/// Which report is due from whom, and what a holiday does to the day.
pub const PARAMETERS: &[Parameter] = &[
    Parameter::code(schedule::HOLIDAY_RULE, "strict", HolidayRule::CODES, "报表到期日遇节假日规则"),
    Parameter::rows(schedule::SCHEDULE, REPORTS_SCHEDULE, schedule::is_readable, "报表报送日程"),
];

/// One row a report: its period, when it is due after it (a time of the next day, of a weekday, a day of the month,
/// or the parameter that holds it), who submits and who receives.
const REPORTS_SCHEDULE: &str = r#"[
    {"report": "tickets/daily-shift", "period": "day", "due": "tickets.report.daily_due",
     "from": ["team_leader"], "to": ["cs_director"]},
    {"report": "tickets/weekly-desk", "period": "week", "due": "tickets.report.weekly_due",
     "from": ["cs_director"], "to": ["company_leader"]},
    {"report": "tickets/quality-monitoring", "period": "week", "due": "tickets.report.weekly_due",
     "from": ["quality_inspector"], "to": ["cs_director"]},
    {"report": "tickets/quality-monitoring", "period": "month", "due": "tickets.report.monthly_due_day",
     "from": ["quality_inspector"], "to": ["cs_director"]},
    {"report": "tickets/monthly-statistics", "period": "month", "due": "tickets.report.monthly_due_day",
     "from": ["information_officer"], "to": ["cs_manager"]},
    {"report": "tickets/service-customer-statistics", "period": "month", "due": "tickets.report.service_statistics_day",
     "from": ["cs_supervisor"], "to": ["cs_manager"]},
    {"report": "tickets/quality-analysis", "period": "month_to", "cutoff": "tickets.report.quality_analysis_cutoff_day",
     "due": "tickets.report.quality_analysis_day", "from": ["team_leader"], "to": ["cs_director"]},
    {"report": "tickets/settlement", "period": "month", "due": "tickets.report.monthly_due_day",
     "from": ["fee_settlement_clerk"], "to": ["cs_manager"]},
    {"report": "tickets/parts-month", "period": "month", "due": "tickets.report.monthly_due_day",
     "from": ["parts_clerk"], "to": ["cs_manager"]},
    {"report": "tickets/parts-loss", "period": "month", "due": "tickets.report.monthly_due_day",
     "from": ["parts_clerk"], "to": ["cs_manager"]}
]"#;
