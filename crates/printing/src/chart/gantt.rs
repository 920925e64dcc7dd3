//! A plan along the time: one row a step, from a first to a last day; a second pair of columns shows what became
//! of it. A row with one day only is a milestone.

use std::fmt::Write;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use kernel::lang::Lang;
use kernel::report::{Report, Value};
use kernel::time::business_day;

use super::{LEFT, RIGHT, TOP, WIDTH, clip, keys, share, text};
use crate::cells;

/// Room for the names of the steps.
const NAMES: f64 = 220.0;
const ROW: f64 = 26.0;
const PLANNED: &str = "#c7d7ea";
const DONE: &str = "#1f5fa8";
/// What is planned for one day.
const MILESTONE: &str = "#e07b39";
/// Marks along the axis at most.
const MARKS: usize = 14;

/// The height the picture needs for its rows.
pub fn height(report: &Report) -> f64 {
    TOP + 40.0 + ROW * share(report.rows.len().max(4), 1)
}

/// A stretch of days, both included.
#[derive(Clone, Copy)]
struct Stretch {
    from: NaiveDate,
    to: NaiveDate,
}

/// Draws the plan; the series are its first and last day, and those of what became of it.
pub fn draw(out: &mut String, report: &Report, lang: Lang) {
    let places: Vec<usize> = report
        .chart
        .series
        .iter()
        .filter_map(|key| report.columns.iter().position(|column| column.key == *key))
        .collect();
    let label = report.columns.iter().position(|column| column.key == report.chart.label).unwrap_or(0);
    let pair = |row: &[kernel::report::Cell], n: usize| -> Option<Stretch> {
        let day = |n: usize| places.get(n).and_then(|place| day(&row.get(*place)?.value));
        let (from, to) = (day(n), day(n + 1));
        let from = from.or(to)?;
        Some(Stretch { from, to: to.unwrap_or(from).max(from) })
    };
    let now = business_day(report.as_of.into());
    let rows: Vec<(String, Option<Stretch>, Option<Stretch>)> = report
        .rows
        .iter()
        .map(|row| {
            let name = row.get(label).map(|cell| cells::text(&cell.value)).unwrap_or_default();
            // What has begun and is not done goes on to this day.
            let fact = pair(row, 2).map(|fact| match places.get(3).and_then(|place| day(&row.get(*place)?.value)) {
                Some(_) => fact,
                None => Stretch { to: now.max(fact.from), ..fact },
            });
            (name, pair(row, 0), fact)
        })
        .collect();
    let stretches = || rows.iter().flat_map(|(_, plan, fact)| [*plan, *fact]).flatten();
    let Some(first) = stretches().map(|stretch| stretch.from).min() else { return };
    let last = stretches().map(|stretch| stretch.to).max().unwrap_or(first);
    let axis = Axis { first, days: (last - first).num_days() + 1 };
    let bottom = TOP + 24.0 + ROW * share(rows.len(), 1);
    let words = if lang == Lang::Zh { ["计划", "实际", "里程碑"] } else { ["planned", "done", "milestone"] };
    keys(out, words.into_iter().zip([PLANNED, DONE, MILESTONE]));
    marks(out, &axis, last, bottom);
    for (n, (name, plan, fact)) in rows.iter().enumerate() {
        let y = TOP + 24.0 + ROW * share(n, 1);
        text(out, (LEFT + NAMES - 10.0, y + 15.0), "end", "", &clip(name, LEFT + NAMES - 16.0));
        if let Some(plan) = plan {
            bar(out, &axis, *plan, (y + 4.0, 16.0), PLANNED, name);
        }
        if let Some(fact) = fact {
            bar(out, &axis, *fact, (y + 9.0, 6.0), DONE, name);
        }
    }
    today(out, &axis, report.as_of.into(), bottom, lang);
}

struct Axis {
    first: NaiveDate,
    days: i64,
}

impl Axis {
    /// Where a day begins.
    fn x(&self, day: NaiveDate) -> f64 {
        let left = LEFT + NAMES;
        left + (WIDTH - RIGHT - left) * days(day - self.first) / days(chrono::TimeDelta::days(self.days))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
fn days(delta: chrono::TimeDelta) -> f64 {
    delta.num_days() as f64
}

fn day(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::Date(day) => Some(*day),
        Value::Instant(at) => Some(business_day((*at).into())),
        _ => None,
    }
}

/// Lines at the beginnings of months, or of weeks when the plan is short.
fn marks(out: &mut String, axis: &Axis, last: NaiveDate, bottom: f64) {
    let months = (axis.days / 30).max(1).unsigned_abs();
    let step = usize::try_from(months).unwrap_or(usize::MAX).div_ceil(MARKS).max(1);
    let mut marks = Vec::new();
    if axis.days < 70 {
        let mut day = axis.first;
        while day <= last {
            marks.push((day, day.format("%m-%d").to_string()));
            day = day + chrono::Days::new(if axis.days < 15 { 1 } else { 7 });
        }
    } else {
        let mut day = axis.first.with_day(1).unwrap_or(axis.first);
        while day <= last {
            if day >= axis.first {
                marks.push((day, day.format("%Y-%m").to_string()));
            }
            day = day + Months::new(u32::try_from(step).unwrap_or(1));
        }
    }
    for (day, label) in marks {
        let x = axis.x(day);
        let top = TOP + 18.0;
        let _ = write!(out, r##"<line x1="{x:.1}" y1="{top}" x2="{x:.1}" y2="{bottom:.1}" stroke="#e5e7eb"/>"##);
        text(out, (x + 2.0, TOP + 12.0), "start", r##"fill="#6b7280" font-size="11""##, &label);
    }
}

fn bar(out: &mut String, axis: &Axis, stretch: Stretch, (y, height): (f64, f64), colour: &str, name: &str) {
    let from = axis.x(stretch.from);
    let hint = super::escape(&format!("{name} {} … {}", stretch.from, stretch.to));
    if stretch.from == stretch.to {
        let next = axis.x(stretch.to + chrono::Days::new(1));
        let (x, middle, half) = ((from + next) / 2.0, y + height / 2.0, 7.0);
        let _ = write!(
            out,
            r##"<path d="M{x:.1} {:.1}L{:.1} {middle:.1}L{x:.1} {:.1}L{:.1} {middle:.1}Z" fill="{MILESTONE}"><title>{hint}</title></path>"##,
            middle - half,
            x + half,
            middle + half,
            x - half
        );
        return;
    }
    let width = axis.x(stretch.to + chrono::Days::new(1)) - from;
    let _ = write!(
        out,
        r#"<rect x="{from:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="2" fill="{colour}"><title>{hint}</title></rect>"#
    );
}

fn today(out: &mut String, axis: &Axis, as_of: DateTime<Utc>, bottom: f64, lang: Lang) {
    let day = business_day(as_of);
    let x = axis.x(day);
    if !(LEFT + NAMES..=WIDTH - RIGHT).contains(&x) {
        return;
    }
    let top = TOP + 18.0;
    let _ = write!(
        out,
        r##"<line x1="{x:.1}" y1="{top}" x2="{x:.1}" y2="{bottom:.1}" stroke="#b23a48" stroke-dasharray="4 3"/>"##
    );
    let label = if lang == Lang::Zh { "今日" } else { "today" };
    text(out, (x, bottom + 12.0), "middle", r##"fill="#b23a48" font-size="11""##, label);
}
