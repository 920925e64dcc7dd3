//! The reports of the desk (TK-11): each a declaration and a function from rows to figures (TK-R39).
//!
//! A figure that a list can show is counted through that list's own filters, so that its `drill` lists
//! exactly its rows.

mod calendar;
mod callbacks;
mod calls;
mod complaints;
mod customers;
mod daily_shift;
mod desk_now;
mod group;
mod outreach;
mod portfolio;
mod quality;
mod reasons;
mod roster_coverage;
mod slice;
mod statistics;
mod surveys;
mod timeliness;
mod weekly;
mod workload;

pub(crate) use group::names;
use kernel::report::{Cell, Chart, Column, ColumnKind, Shape};
use store::reports::{Definition, Figures, Span};

/// Ways to group tickets.
const BY: &[&str] = &["org_unit", "person", "project", "station", "category", "channel", "kind"];

/// Every report of this domain.
pub const REPORTS: &[Definition] = &[
    Definition {
        name: "tickets/desk-now",
        title_zh: "客服台实时看板",
        title_en: "The desk now",
        summary: "Counts what lies at the desk now: by status, overdue, near due, paused, unassigned, callbacks due.",
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
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "category_code", series: &["gross", "net"] },
        run: |at, ask| Box::pin(statistics::figures(at, ask)),
    },
    Definition {
        name: "tickets/timeliness",
        title_zh: "处理及时率",
        title_en: "Timeliness",
        summary: "Shows how promises were kept: handling clocks met and missed, replies on time, stages missed, \
                  breaches charged to the unit and person of the segment they fell in.",
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
        span: Span::Period,
        by: &["root_cause", "delay_reason", "pause_reason"],
        chart: Chart { shape: Shape::Pareto, label: "name", series: &["count", "cumulative_share"] },
        run: |at, ask| Box::pin(reasons::figures(at, ask)),
    },
    Definition {
        name: "tickets/calls",
        title_zh: "来电接听统计",
        title_en: "Calls",
        summary: "Counts incoming calls by hour of the day: answered, within the rings promised, lost, talk time.",
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
                  answered, callbacks made, hours on duty.",
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
                  callbacks due, done, satisfied and reopened.",
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
                  an owner, and how many a case.",
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
        span: Span::Period,
        by: &["station", "project"],
        chart: Chart { shape: Shape::Bars, label: "group", series: &["complaints", "complaint_rate"] },
        run: |at, ask| Box::pin(complaints::figures(at, ask)),
    },
    Definition {
        name: "tickets/quality-analysis",
        title_zh: "服务质量分析",
        title_en: "Quality analysis",
        summary: "Gathers timeliness, calls, callbacks and the top causes of a period.",
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "item", series: &["count"] },
        run: |at, ask| Box::pin(quality::figures(at, ask)),
    },
    Definition {
        name: "tickets/report-calendar",
        title_zh: "报表报送情况",
        title_en: "Report calendar",
        summary: "Lists the reports due in the period: from which unit, when they came, and how late.",
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Bars, label: "report", series: &["days_late"] },
        run: |at, ask| Box::pin(calendar::figures(at, ask)),
    },
];

/// A figure of the totals by the key of its column; nothing where there is none.
fn total(figures: &Figures, key: &str) -> Cell {
    let place = figures.columns.iter().position(|column| column.key == key);
    let cell = place.and_then(|place| figures.totals.as_ref()?.get(place));
    cell.cloned().unwrap_or_default()
}

const fn text(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Text)
}

const fn count(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Count)
}

const fn percent(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Percent)
}

const fn seconds(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Seconds)
}
