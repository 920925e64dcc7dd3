//! The monthly quality analysis: what the other reports say of the period, side by side, its top causes, and what
//! the quality summaries propose.

use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::report::{Cell, Column, ColumnKind, Period, Value};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};
use submissions::due::Cadence;

use super::slice::Slice;
use super::{callbacks, calls, count, percent, quality_monitoring, reasons, text, timeliness, total};
use crate::quality_summary::QualitySummary;
use crate::quality_summary::entity::{Column as Summary, Entity, Model};

/// The parameter that says on which day of a month its quality analysis ends (TK-R40).
pub const CUTOFF_DAY: &str = "tickets.report.quality_analysis_cutoff_day";
/// Causes shown.
const TOP: usize = 5;

/// The parts: heading and item in both languages, and the columns of count and share.
type Part = (&'static str, &'static str, &'static str, &'static str);

const CLOCKS: &[Part] = &[
    ("办结及时", "solved in time", "met", "sla_rate"),
    ("办结超时", "solved late", "missed", ""),
    ("按时答复", "answered in time", "replies_met", "timely_reply_rate"),
    ("在办超时", "open and overdue", "overdue_open", ""),
    ("环节超时", "stages missed", "stages_missed", ""),
];
const CALLS: &[Part] = &[
    ("来电", "incoming", "incoming", ""),
    ("及时接听", "answered within the rings", "within_rings", "answer_in_3_rate"),
    ("未接", "lost", "lost", ""),
];
const CALLBACKS: &[Part] = &[
    ("应回访", "due", "due", ""),
    ("满意", "satisfied", "satisfied", "satisfaction"),
    ("不满意", "not satisfied", "not_satisfied", ""),
];

const MONITORING: &[Part] = &[
    ("监听通数", "calls monitored", "calls", ""),
    ("致命差错", "fatal errors", "fatal", ""),
    ("申诉成立", "appeals upheld", "appeals_upheld", ""),
    ("考试", "exams", "exams", ""),
    ("考试合格", "exams passed", "exams_passed", ""),
];

/// Gathers the figures of the period.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let by = |by: &'static str| Ask::of(ask.period, by);
    let mut rows = Vec::new();
    let clocks = timeliness::figures(at, &by("kind")).await?;
    part(at, &mut rows, ("时限", "timeliness"), CLOCKS, &clocks);
    part(at, &mut rows, ("来电", "calls"), CALLS, &calls::figures(at, &by("")).await?);
    part(at, &mut rows, ("回访", "callbacks"), CALLBACKS, &callbacks::figures(at, &by("person")).await?);
    let heard = quality_monitoring::figures(at, &by("agent")).await?;
    part(at, &mut rows, ("监听", "monitoring"), MONITORING, &heard);
    let causes = reasons::figures(at, &by("root_cause")).await?;
    let heading = label(at, "主要原因", "top causes");
    for row in causes.rows.iter().take(TOP) {
        let cell = |key: &str| place(&causes, key).and_then(|n| row.get(n)).cloned().unwrap_or_default();
        rows.push(vec![heading.into(), cell("name"), cell("count"), cell("share"), Cell::default()]);
    }
    let heading = label(at, "改进建议", "proposals");
    for topic in proposals(at, ask).await? {
        rows.push(vec![heading.into(), topic.into(), Cell::default(), Cell::default(), Cell::default()]);
    }
    let columns = vec![
        text("section", "部分", "Section"),
        text("item", "项目", "Item"),
        count("count", "数量", "Count"),
        percent("share", "比率%", "Share %"),
        Column::new("mean", "平均", "Mean", ColumnKind::Number),
    ];
    Ok(Figures { columns, rows, totals: None, ..Figures::default() })
}

/// What the quality summaries of the weeks that end in the period propose.
async fn proposals(at: &Reading, ask: &Ask) -> Result<Vec<String>, Fault> {
    let weeks = Cadence::Week;
    let first = weeks.around(ask.period.from);
    let ends_inside = |week: &Period| week.to <= ask.period.to;
    let weeks = std::iter::successors(Some(first), |week| Some(weeks.next(*week))).take_while(ends_inside);
    let weeks: Vec<String> = weeks.map(|week| Cadence::Week.label(week)).collect();
    if weeks.is_empty() {
        return Ok(Vec::new());
    }
    let slice = Slice::default().with("iso_week", weeks.join(",")).with("status", "submitted");
    let summaries = Entity::find()
        .filter(slice.condition::<QualitySummary>(at)?)
        .order_by_asc(Summary::IsoWeek)
        .order_by_asc(Summary::Id)
        .all(&at.db())
        .await?;
    Ok(summaries.iter().flat_map(Model::plan).map(|planned| planned.topic).collect())
}

fn label(at: &Reading, zh: &'static str, en: &'static str) -> &'static str {
    if at.lang() == Lang::Zh { zh } else { en }
}

fn place(figures: &Figures, key: &str) -> Option<usize> {
    figures.columns.iter().position(|column| column.key == key)
}

fn part(
    at: &Reading,
    rows: &mut Vec<Vec<Cell>>,
    (zh, en): (&'static str, &'static str),
    parts: &[Part],
    figures: &Figures,
) {
    for (item_zh, item_en, number, rate) in parts {
        let share = if rate.is_empty() { Value::Nothing.into() } else { total(figures, rate) };
        // Of monitored calls the mean stands beside their number.
        let mean = if *number == "calls" { total(figures, "mean_total") } else { Cell::default() };
        let labels = [label(at, zh, en), label(at, item_zh, item_en)];
        rows.push(labels.map(Cell::from).into_iter().chain([total(figures, number), share, mean]).collect());
    }
}
