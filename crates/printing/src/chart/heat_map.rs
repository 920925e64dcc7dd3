//! Figures as colours: a grid of rows × columns; days of one figure lie as in a calendar, a week a line.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};
use kernel::lang::Lang;
use kernel::report::{ColumnKind, Report, Value};

use super::{LEFT, Plot, RIGHT, TOP, WIDTH, clip, escape, share, short, text};

const ROW: f64 = 30.0;
const NAMES: f64 = 130.0;
const WEEKDAYS: [(&str, &str); 7] =
    [("一", "Mon"), ("二", "Tue"), ("三", "Wed"), ("四", "Thu"), ("五", "Fri"), ("六", "Sat"), ("日", "Sun")];

/// One cell of the grid.
struct Square {
    line: usize,
    place: usize,
    figure: Option<f64>,
    /// From 0 to 1: how dark.
    depth: f64,
    label: String,
    hint: String,
}

/// A grid with its headings.
struct Grid {
    heads: Vec<String>,
    lines: Vec<String>,
    squares: Vec<Square>,
}

/// The height the picture needs for its lines.
pub fn height(report: &Report) -> f64 {
    let lines = match calendar_days(report) {
        Some(days) => weeks(&days),
        None => report.rows.len(),
    };
    TOP + 60.0 + ROW * share(lines.max(3), 1)
}

/// Draws the grid.
pub fn draw(out: &mut String, report: &Report, plot: &Plot<'_>, lang: Lang) {
    let grid = match calendar_days(report) {
        Some(days) => calendar(&days, plot, lang, full(report)),
        None => matrix(report, plot),
    };
    let left = LEFT + NAMES;
    let width = (WIDTH - RIGHT - left) / share(grid.heads.len().max(1), 1);
    for (n, head) in grid.heads.iter().enumerate() {
        text(out, (left + width * (share(n, 1) + 0.5), TOP + 12.0), "middle", "", &clip(head, width));
    }
    for (n, line) in grid.lines.iter().enumerate() {
        text(out, (left - 10.0, TOP + 40.0 + ROW * share(n, 1)), "end", "", &clip(line, LEFT + NAMES - 16.0));
    }
    for square in &grid.squares {
        let (x, y) = (left + width * share(square.place, 1), TOP + 20.0 + ROW * share(square.line, 1));
        let (fill, ink) = match square.figure {
            Some(_) => (colour(square.depth), if square.depth > 0.55 { "#ffffff" } else { "#1f2937" }),
            None => ("#f3f4f6".to_owned(), "#9ca3af"),
        };
        let _ = write!(
            out,
            r##"<rect x="{x:.1}" y="{y:.1}" width="{:.1}" height="{:.1}" fill="{fill}" stroke="#ffffff"><title>{}</title></rect>"##,
            width - 1.0,
            ROW - 1.0,
            escape(&square.hint)
        );
        let extra = format!(r#"fill="{ink}" font-size="11""#);
        text(out, (x + width / 2.0, y + 19.0), "middle", &extra, &square.label);
    }
}

/// The days along the axis, when one figure a day is drawn.
fn calendar_days(report: &Report) -> Option<Vec<NaiveDate>> {
    if report.chart.series.len() != 1 || report.rows.is_empty() {
        return None;
    }
    let place = report.columns.iter().position(|column| column.key == report.chart.label)?;
    let day = |row: &Vec<kernel::report::Cell>| match row.get(place)?.value {
        Value::Date(day) => Some(day),
        _ => None,
    };
    report.rows.iter().map(day).collect()
}

/// Monday of a day's week.
fn monday(day: NaiveDate) -> NaiveDate {
    day - chrono::Days::new(u64::from(day.weekday().num_days_from_monday()))
}

fn weeks(days: &[NaiveDate]) -> usize {
    match (days.iter().min(), days.iter().max()) {
        (Some(first), Some(last)) => usize::try_from((*last - monday(*first)).num_weeks()).unwrap_or(0) + 1,
        _ => 0,
    }
}

/// The figure that is darkest: a whole for shares, else the highest there is.
fn full(report: &Report) -> Option<f64> {
    let drawn = |key: &&str| report.columns.iter().find(|column| column.key == *key);
    report.chart.series.iter().filter_map(drawn).all(|column| column.kind == ColumnKind::Percent).then_some(100.0)
}

fn calendar(days: &[NaiveDate], plot: &Plot<'_>, lang: Lang, full: Option<f64>) -> Grid {
    let first = days.iter().min().copied().map(monday).unwrap_or_default();
    let figures = plot.series.first().map(|(_, figures)| figures.as_slice()).unwrap_or_default();
    let most = full.unwrap_or_else(|| figures.iter().flatten().copied().fold(0.0, f64::max));
    let lines = (0..weeks(days)).map(|week| {
        let from = first + chrono::Days::new(7 * u64::try_from(week).unwrap_or(0));
        from.format("%m-%d").to_string()
    });
    let squares = days.iter().zip(figures).map(|(day, figure)| {
        let line = usize::try_from((*day - first).num_weeks()).unwrap_or(0);
        let shown = figure.map(short).unwrap_or_default();
        Square {
            line,
            place: usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0),
            figure: *figure,
            depth: depth(*figure, most),
            label: format!("{} {shown}", day.day()).trim().to_owned(),
            hint: format!("{day}: {shown}"),
        }
    });
    let heads = WEEKDAYS.iter().map(|(zh, en)| if lang == Lang::Zh { format!("周{zh}") } else { (*en).to_owned() });
    Grid { heads: heads.collect(), lines: lines.collect(), squares: squares.collect() }
}

fn matrix(report: &Report, plot: &Plot<'_>) -> Grid {
    let share_of_all = full(report);
    let mut squares = Vec::new();
    for (place, (name, figures)) in plot.series.iter().enumerate() {
        // Each column has its own measure, so that days and yuan can stand side by side.
        let most = share_of_all.unwrap_or_else(|| figures.iter().flatten().copied().fold(0.0, f64::max));
        for (line, figure) in figures.iter().enumerate() {
            let shown = figure.map(short).unwrap_or_default();
            squares.push(Square {
                line,
                place,
                figure: *figure,
                depth: depth(*figure, most),
                hint: format!("{} {name}: {shown}", plot.labels[line]),
                label: shown,
            });
        }
    }
    let heads = plot.series.iter().map(|(name, _)| (*name).to_owned()).collect();
    Grid { heads, lines: plot.labels.clone(), squares }
}

fn depth(figure: Option<f64>, most: f64) -> f64 {
    match figure {
        Some(figure) if most > 0.0 => (figure / most).clamp(0.0, 1.0),
        _ => 0.0,
    }
}

/// From nearly white to the first colour of the house.
fn colour(depth: f64) -> String {
    let mix = |light: f64, dark: f64| light + (dark - light) * depth;
    format!("rgb({:.0},{:.0},{:.0})", mix(238.0, 31.0), mix(243.0, 95.0), mix(249.0, 168.0))
}
