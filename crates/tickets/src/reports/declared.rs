//! The declaration of each report: its names, what may be asked, the chart, who computes it (PF-15).

use kernel::report::{Chart, Shape};
use store::reports::{Definition, Span};

use super::{
    assessment, calendar, callbacks, calls, complaints, customers, daily_shift, defect_claims, desk_now, outreach,
    parts_loss, parts_month, portfolio, quality, quality_monitoring, reasons, repairs, requests, roster_coverage,
    settlement, statistics, surveys, timeliness, weekly, workload,
};

const READ: &str = "tickets.report:read";
/// Ways to group tickets.
const BY: &[&str] = &["org_unit", "person", "project", "station", "category", "channel", "kind"];

/// Every report of this domain.
pub const REPORTS: &[Definition] = &[
    Definition {
        name: "tickets/desk-now",
        title_zh: "客服台实时看板",
        title_en: "The desk now",
        summary: "Counts what lies at the desk now: by status, overdue, near due, paused, unassigned, callbacks and \
                  promises due, supervisions open, approvals waiting.",
        permission: READ,
        span: Span::Now,
        by: &[],
        chart: Chart { shape: Shape::Tiles, label: "what", series: &["count"] },
        run: |at, _| Box::pin(desk_now::figures(at)),
    },
    Definition {
        name: "tickets/daily-shift",
        title_zh: "班次日报",
        title_en: "The day by shifts",
        summary: "Shows each shift of the period: calls and empty posts, tickets taken in, answered, solved, closed and \
                  carried over, what the duty log says, the muster, who was not there.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "shift", series: &["calls", "received", "resolved"] },
        run: |at, ask| Box::pin(daily_shift::figures(at, ask)),
    },
    Definition {
        name: "tickets/roster-coverage",
        title_zh: "值守覆盖",
        title_en: "Coverage of the rosters",
        summary: "Shows how far published rosters covered the required hours: gaps, overlaps, swaps, absences, hours; \
                  by day or by person.",
        permission: READ,
        span: Span::Period,
        by: &["day", "person"],
        chart: Chart { shape: Shape::HeatMap, label: "day", series: &["coverage"] },
        run: |at, ask| Box::pin(roster_coverage::figures(at, ask)),
    },
    Definition {
        name: "tickets/monthly-statistics",
        title_zh: "咨询投诉月度统计",
        title_en: "Monthly statistics",
        summary: "Counts tickets received by kind and top category: gross and net, reopened, against the month \
                  before and the same month of the last year.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "category", series: &["gross", "net"] },
        run: |at, ask| Box::pin(statistics::figures(at, ask)),
    },
    Definition {
        name: "tickets/timeliness",
        title_zh: "处理及时率",
        title_en: "Timeliness",
        summary: "Shows how promises were kept: cases closed of those received, handling clocks met and missed, \
                  replies on time, stages missed, hours spent and breaches charged where the case lay then.",
        permission: READ,
        span: Span::Period,
        by: BY,
        chart: Chart { shape: Shape::Lines, label: "group", series: &["sla_rate", "timely_reply_rate"] },
        run: |at, ask| Box::pin(timeliness::figures(at, ask)),
    },
    Definition {
        name: "tickets/reasons",
        title_zh: "原因分析",
        title_en: "Reasons",
        summary: "Ranks root causes, delay reasons and pause reasons with their share and cumulative share.",
        permission: READ,
        span: Span::Period,
        by: &["root_cause", "delay_reason", "pause_reason"],
        chart: Chart { shape: Shape::Pareto, label: "name", series: &["count", "cumulative_share"] },
        run: |at, ask| Box::pin(reasons::figures(at, ask)),
    },
    Definition {
        name: "tickets/calls",
        title_zh: "来电接听统计",
        title_en: "Calls",
        summary: "Counts incoming calls by hour of the day: answered, within the rings promised, lost, at empty posts, \
                  talk time.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Hours, label: "hour", series: &["within_rings", "later", "lost"] },
        run: |at, ask| Box::pin(calls::figures(at, ask)),
    },
    Definition {
        name: "tickets/callbacks",
        title_zh: "回访统计",
        title_en: "Callbacks",
        summary: "Counts callbacks due in the period: done in time, what customers said, satisfaction with and \
                  without answers of others for them.",
        permission: READ,
        span: Span::Period,
        by: &["person", "org_unit"],
        chart: Chart { shape: Shape::Bars, label: "group", series: &["due", "satisfied", "not_satisfied"] },
        run: |at, ask| Box::pin(callbacks::figures(at, ask)),
    },
    Definition {
        name: "tickets/workload",
        title_zh: "人员工作量",
        title_en: "Workload",
        summary: "Shows the work of each person: tickets received, held now with their weight, resolved, calls \
                  answered, callbacks made, contacts, hours on duty.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "group", series: &["received", "resolved", "calls"] },
        run: |at, ask| Box::pin(workload::figures(at, ask)),
    },
    Definition {
        name: "tickets/portfolio",
        title_zh: "客户分配与联系",
        title_en: "Portfolio",
        summary: "Shows each agent's customers for the ability, first contacts due, in time and late, promises kept \
                  and missed, contacts.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart {
            shape: Shape::Bars,
            label: "agent",
            series: &["customers", "promises_kept", "promises_missed", "contacts"],
        },
        run: |at, ask| Box::pin(portfolio::figures(at, ask)),
    },
    Definition {
        name: "tickets/surveys",
        title_zh: "满意度调查",
        title_en: "Surveys",
        summary: "Shows the surveys opened in the period: invited, sent, answered, response, and each question's mean, \
                  CSAT and NPS where enough answered.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "question", series: &["response", "csat", "nps"] },
        run: |at, ask| Box::pin(surveys::figures(at, ask)),
    },
    Definition {
        name: "tickets/outreach",
        title_zh: "客户关怀与营销活动",
        title_en: "Outreach",
        summary: "Shows the campaigns started in the period: audience, suppressed by reason, sent, delivered, failed, \
                  answered.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "campaign", series: &["audience", "suppressed", "sent", "answered"] },
        run: |at, ask| Box::pin(outreach::figures(at, ask)),
    },
    Definition {
        name: "tickets/weekly-desk",
        title_zh: "受理督办反馈回访周报",
        title_en: "The desk's week",
        summary: "Sets an ISO week beside the one before: tickets received and handled, replies due and on time, \
                  callbacks due, done, satisfied and reopened, calls monitored.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Stacked, label: "week", series: &["received", "handled", "callbacks_done"] },
        run: |at, ask| Box::pin(weekly::figures(at, ask)),
    },
    Definition {
        name: "tickets/service-customer-statistics",
        title_zh: "服务客户统计",
        title_en: "Service customers",
        summary: "Counts customers whose file was opened in the period by source, category or owner: how many have \
                  an owner, were contacted, have a case.",
        permission: READ,
        span: Span::Period,
        by: &["source", "category", "owner"],
        chart: Chart { shape: Shape::Bars, label: "group", series: &["new_customers", "served"] },
        run: |at, ask| Box::pin(customers::figures(at, ask)),
    },
    Definition {
        name: "tickets/complaint-rate",
        title_zh: "千户投诉率",
        title_en: "Complaint rate",
        summary: "Shows net complaints per thousand households by station or project, with timely replies and \
                  satisfaction.",
        permission: READ,
        span: Span::PeriodOrSeason,
        by: &["station", "project"],
        chart: Chart { shape: Shape::Bars, label: "group", series: &["complaints", "complaint_rate"] },
        run: |at, ask| Box::pin(complaints::figures(at, ask)),
    },
    Definition {
        name: "tickets/quality-analysis",
        title_zh: "服务质量分析",
        title_en: "Quality analysis",
        summary: "Gathers timeliness, calls, callbacks, monitoring, the top causes and the proposals of a period.",
        permission: READ,
        span: Span::PeriodOrCutoffMonth,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "item", series: &["count"] },
        run: |at, ask| Box::pin(quality::figures(at, ask)),
    },
    Definition {
        name: "tickets/quality-monitoring",
        title_zh: "服务质量监听",
        title_en: "Quality monitoring",
        summary: "Shows the monitored calls of each agent: how many, how far, means by criterion and in all, fatal \
                  errors, appeals upheld, exams; or the mean of each criterion.",
        permission: READ,
        span: Span::Period,
        by: &["agent", "criterion"],
        chart: Chart { shape: Shape::Bars, label: "agent", series: &["mean_total", "calls"] },
        run: |at, ask| Box::pin(quality_monitoring::figures(at, ask)),
    },
    Definition {
        name: "tickets/repairs",
        title_zh: "工程维修统计",
        title_en: "Repairs",
        summary: "Counts the repair orders drafted in the period by provider, technician or part: accepted in time, \
                  punctual, no access, reworked, mean days, cost by who bears it, share in warranty, faults by cause.",
        permission: READ,
        span: Span::Period,
        by: &["provider", "technician", "part"],
        chart: Chart {
            shape: Shape::Bars,
            label: "group",
            series: &["orders", "accepted_in_time", "punctual", "rework"],
        },
        run: |at, ask| Box::pin(repairs::figures(at, ask)),
    },
    Definition {
        name: "tickets/defect-claims",
        title_zh: "索赔统计",
        title_en: "Recourse claims",
        summary: "Counts the recourse claims proposed in the period by supplier or contract where they stand now, \
                  with their amount and the share that came back.",
        permission: READ,
        span: Span::Period,
        by: &["supplier", "contract"],
        chart: Chart { shape: Shape::Bars, label: "group", series: &["amount", "recovered"] },
        run: |at, ask| Box::pin(defect_claims::figures(at, ask)),
    },
    Definition {
        name: "tickets/settlement",
        title_zh: "维修费结算统计",
        title_en: "Settlement of repair fees",
        summary: "Adds up the submitted repair-fee claims of the months of the period by outlet: claimed, first \
                  review, audited, cut, cash, goods, phone checks, notices still open.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "outlet", series: &["claimed", "first", "audited"] },
        run: |at, ask| Box::pin(settlement::figures(at, ask)),
    },
    Definition {
        name: "tickets/parts-month",
        title_zh: "配件收发存月报",
        title_en: "Parts of the month",
        summary: "Shows each part at each place: planned, opening, in and out by kind, closing, value at the \
                  catalogue's price of the last day.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "part", series: &["opening", "in", "out", "closing"] },
        run: |at, ask| Box::pin(parts_month::figures(at, ask)),
    },
    Definition {
        name: "tickets/parts-loss",
        title_zh: "配件损耗统计",
        title_en: "Parts lost",
        summary: "Shows each part's loss by write-offs and count shortages: quantity, value, share of opening and \
                  purchases, and how many old ones came back.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "part", series: &["loss", "consumed", "recovered"] },
        run: |at, ask| Box::pin(parts_loss::figures(at, ask)),
    },
    Definition {
        name: "tickets/requests",
        title_zh: "服务申请统计",
        title_en: "Service requests",
        summary: "Counts the service requests received in the period by type or reason: approved, refused, completed, \
                  mean days, reasons, returns completed for orders delivered.",
        permission: READ,
        span: Span::Period,
        by: &["type", "reason"],
        chart: Chart { shape: Shape::Bars, label: "group", series: &["received", "approved", "refused", "completed"] },
        run: |at, ask| Box::pin(requests::figures(at, ask)),
    },
    Definition {
        name: "tickets/assessment",
        title_zh: "月度考核统计",
        title_en: "Assessment",
        summary: "Counts violations by person or rule with their penalties, and shows reward and net of the months \
                  assessed.",
        permission: READ,
        span: Span::Period,
        by: &["person", "rule"],
        chart: Chart { shape: Shape::Bars, label: "group", series: &["violations", "open"] },
        run: |at, ask| Box::pin(assessment::figures(at, ask)),
    },
    Definition {
        name: "tickets/report-calendar",
        title_zh: "报表报送情况",
        title_en: "Report calendar",
        summary: "Lists the reports due in the period: from which unit, when they came, and how late.",
        permission: READ,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "report", series: &["days_late"] },
        run: |at, ask| Box::pin(calendar::figures(at, ask)),
    },
];
