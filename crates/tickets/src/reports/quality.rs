//! The monthly quality analysis: what the other reports say of the period, side by side, and its top causes.

use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::report::{Cell, Value};
use store::Reading;
use store::reports::{Ask, Figures};

use super::{callbacks, calls, count, percent, reasons, text, timeliness, total};

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
    ("及时接听", "answered within the rings", "within_rings", "answer_rate"),
    ("未接", "lost", "lost", ""),
];
const CALLBACKS: &[Part] = &[
    ("应回访", "due", "due", ""),
    ("满意", "satisfied", "satisfied", "satisfaction"),
    ("不满意", "not satisfied", "not_satisfied", ""),
];

/// Gathers the figures of the period.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let by = |by: &'static str| Ask { period: ask.period, by };
    let mut rows = Vec::new();
    let clocks = timeliness::figures(at, &by("kind")).await?;
    part(at, &mut rows, ("时限", "timeliness"), CLOCKS, &clocks);
    part(at, &mut rows, ("来电", "calls"), CALLS, &calls::figures(at, &by("")).await?);
    part(at, &mut rows, ("回访", "callbacks"), CALLBACKS, &callbacks::figures(at, &by("person")).await?);
    let causes = reasons::figures(at, &by("root_cause")).await?;
    let heading = label(at, "主要原因", "top causes");
    for row in causes.rows.iter().take(TOP) {
        let cell = |key: &str| place(&causes, key).and_then(|n| row.get(n)).cloned().unwrap_or_default();
        rows.push(vec![heading.into(), cell("name"), cell("count"), cell("share")]);
    }
    let columns = vec![
        text("section", "部分", "Section"),
        text("item", "项目", "Item"),
        count("count", "数量", "Count"),
        percent("share", "比率%", "Share %"),
    ];
    Ok(Figures { columns, rows, totals: None })
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
        rows.push(vec![label(at, zh, en).into(), label(at, item_zh, item_en).into(), total(figures, number), share]);
    }
}
