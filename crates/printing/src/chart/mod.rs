//! Charts as plain SVG: tiles, bars, stacked bars, lines, columns by hour, Pareto, heat map, Gantt. Text stays
//! text, so Chinese labels need no font of ours.

mod gantt;
mod heat_map;
mod hours;
mod pareto;
mod tiles;

use std::fmt::Write;

use kernel::lang::Lang;
use kernel::report::{Chart, Report, Shape};

use crate::cells;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 480.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 76.0;
const BOTTOM: f64 = 96.0;
/// Labels along the axis need so much each, even when they are turned.
const NARROWEST: f64 = 22.0;
/// A turned label is no longer than this, or it would leave the picture.
const TURNED: f64 = 98.0;
/// Distinct also in grey print.
const COLOURS: [&str; 8] = ["#1f5fa8", "#e07b39", "#3a9a5b", "#b23a48", "#7a5ba6", "#8a6d3b", "#3aa6a0", "#6b7280"];

/// What is drawn: labels along the axis, and series of figures.
struct Plot<'a> {
    labels: Vec<String>,
    series: Vec<(&'a str, Vec<Option<f64>>)>,
    /// The highest mark of the axis.
    top: f64,
}

/// The report's chart. A report without figures draws its title and an empty frame.
pub fn svg(report: &Report, lang: Lang) -> String {
    let height = match report.chart.shape {
        Shape::Gantt => gantt::height(report),
        Shape::HeatMap => heat_map::height(report),
        Shape::Tiles => tiles::height(report),
        _ => HEIGHT,
    };
    let mut out = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="'Noto Sans CJK SC','Microsoft YaHei',sans-serif" font-size="12" fill="#1f2937"><rect width="100%" height="100%" fill="#ffffff"/>"##
    );
    text(&mut out, (LEFT, 28.0), "start", r#"font-size="18" font-weight="bold""#, report.title(lang));
    text(&mut out, (WIDTH - RIGHT, 28.0), "end", r##"fill="#6b7280""##, &report.covers());
    let chart = report.chart;
    let plot = plot(report, chart, lang);
    match chart.shape {
        Shape::Tiles => tiles::draw(&mut out, &plot),
        Shape::Hours => hours::draw(&mut out, &plot),
        Shape::Pareto => pareto::draw(&mut out, &plot),
        Shape::HeatMap => heat_map::draw(&mut out, report, &plot, lang),
        Shape::Gantt => gantt::draw(&mut out, report, lang),
        shape => {
            axis(&mut out, &plot);
            legend(&mut out, &plot);
            match shape {
                Shape::Stacked => stacked(&mut out, &plot),
                Shape::Lines => lines(&mut out, &plot),
                _ => bars(&mut out, &plot),
            }
        }
    }
    out.push_str("</svg>");
    out
}

fn plot<'a>(report: &'a Report, chart: Chart, lang: Lang) -> Plot<'a> {
    let place = |key: &str| report.columns.iter().position(|column| column.key == key);
    let label = place(chart.label).unwrap_or(0);
    let labels =
        report.rows.iter().map(|row| row.get(label).map(|cell| cells::text(&cell.value)).unwrap_or_default()).collect();
    let series: Vec<(&str, Vec<Option<f64>>)> = chart
        .series
        .iter()
        .filter_map(|key| {
            let n = place(key)?;
            let figures = report.rows.iter().map(|row| row.get(n).and_then(|cell| cells::number(&cell.value)));
            Some((report.columns[n].title(lang), figures.collect()))
        })
        .collect();
    let sums = (0..report.rows.len()).map(|row| series.iter().filter_map(|(_, list)| list[row]).sum::<f64>());
    let singles = series.iter().flat_map(|(_, list)| list.iter().flatten().copied());
    let highest = match chart.shape {
        Shape::Stacked => sums.fold(0.0, f64::max),
        _ => singles.fold(0.0, f64::max),
    };
    Plot { labels, series, top: round_up(highest) }
}

/// The next of 1, 2, 4, 8, 12 × 10ⁿ, so that a quarter of it reads well; at least 1.
fn round_up(highest: f64) -> f64 {
    if highest <= 1.0 {
        return 1.0;
    }
    let power = 10_f64.powf(highest.log10().floor());
    [1.0, 2.0, 4.0, 8.0, 12.0].map(|step| step * power).into_iter().find(|mark| *mark >= highest).unwrap_or(highest)
}

#[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
fn share(n: usize, of: usize) -> f64 {
    n as f64 / of.max(1) as f64
}

fn axis(out: &mut String, plot: &Plot<'_>) {
    for step in 0..=4 {
        let part = share(step, 4);
        let y = HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
        let right = WIDTH - RIGHT;
        let _ = write!(out, r##"<line x1="{LEFT}" y1="{y:.1}" x2="{right}" y2="{y:.1}" stroke="#e5e7eb"/>"##);
        text(out, (LEFT - 8.0, y + 4.0), "end", "", &short(plot.top * part));
    }
    // Turned when they would run into each other; left out where even so there is no room for all.
    let turned = plot.labels.iter().any(|label| wide(label) > slot(plot) - 6.0);
    let apart = (NARROWEST / slot(plot)).ceil();
    let mut next = 0.0;
    for (n, label) in plot.labels.iter().enumerate() {
        if share(n, 1) < next {
            continue;
        }
        next = share(n, 1) + apart;
        let (x, y) = (LEFT + slot(plot) * (share(n, 1) + 0.5), HEIGHT - BOTTOM + 18.0);
        let turn = format!(r#"transform="rotate(-40 {x:.1} {y:.1})""#);
        let (anchor, extra) = if turned { ("end", turn.as_str()) } else { ("middle", "") };
        text(out, (x, y), anchor, extra, &clip(label, if turned { TURNED } else { slot(plot) }));
    }
}

fn legend(out: &mut String, plot: &Plot<'_>) {
    keys(out, plot.series.iter().enumerate().map(|(n, (name, _))| (*name, colour(n))));
}

/// What the colours stand for.
fn keys<'a>(out: &mut String, keys: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut x = LEFT;
    for (name, colour) in keys {
        let _ = write!(out, r#"<rect x="{x:.1}" y="46" width="12" height="12" fill="{colour}"/>"#);
        text(out, (x + 17.0, 56.0), "start", "", name);
        x += 34.0 + wide(name);
    }
}

fn bars(out: &mut String, plot: &Plot<'_>) {
    let width = slot(plot) * 0.8 / share(plot.series.len().max(1), 1);
    for (n, (name, figures)) in plot.series.iter().enumerate() {
        for (row, figure) in figures.iter().enumerate() {
            let Some(figure) = figure else { continue };
            let x = LEFT + slot(plot) * (share(row, 1) + 0.1) + width * share(n, 1);
            let shown = short(*figure);
            bar(out, (x, width), (0.0, *figure), plot, n, &format!("{} {name}: {shown}", plot.labels[row]));
            if wide(&shown) * 0.85 <= width {
                let y = HEIGHT - BOTTOM - (figure / plot.top).max(0.0) * (HEIGHT - TOP - BOTTOM) - 4.0;
                text(out, (x + width / 2.0, y), "middle", r#"font-size="10""#, &shown);
            }
        }
    }
}

fn stacked(out: &mut String, plot: &Plot<'_>) {
    for (row, label) in plot.labels.iter().enumerate() {
        let mut base = 0.0;
        for (n, (name, figures)) in plot.series.iter().enumerate() {
            let figure = figures[row].unwrap_or(0.0);
            let x = LEFT + slot(plot) * (share(row, 1) + 0.15);
            bar(out, (x, slot(plot) * 0.7), (base, figure), plot, n, &format!("{label} {name}: {}", short(figure)));
            base += figure;
        }
    }
}

fn bar(out: &mut String, (x, width): (f64, f64), (base, figure): (f64, f64), plot: &Plot<'_>, n: usize, hint: &str) {
    let full = HEIGHT - TOP - BOTTOM;
    let height = (figure / plot.top * full).max(0.0);
    let y = HEIGHT - BOTTOM - base / plot.top * full - height;
    let _ = write!(
        out,
        r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{}"><title>{}</title></rect>"#,
        colour(n),
        escape(hint)
    );
}

fn lines(out: &mut String, plot: &Plot<'_>) {
    for (n, (_, figures)) in plot.series.iter().enumerate() {
        let mut path = String::new();
        let mut pen_down = false;
        for (row, figure) in figures.iter().enumerate() {
            // No figure, no line: a gap is not a zero.
            let Some(figure) = figure else {
                pen_down = false;
                continue;
            };
            let x = LEFT + slot(plot) * (share(row, 1) + 0.5);
            let y = HEIGHT - BOTTOM - figure / plot.top * (HEIGHT - TOP - BOTTOM);
            let _ = write!(path, "{}{x:.1} {y:.1} ", if pen_down { 'L' } else { 'M' });
            let _ = write!(out, r#"<circle cx="{x:.1}" cy="{y:.1}" r="3" fill="{}"/>"#, colour(n));
            pen_down = true;
        }
        let _ = write!(out, r#"<path d="{path}" fill="none" stroke="{}" stroke-width="2"/>"#, colour(n));
    }
}

fn slot(plot: &Plot<'_>) -> f64 {
    (WIDTH - LEFT - RIGHT) / share(plot.labels.len().max(1), 1)
}

fn colour(n: usize) -> &'static str {
    COLOURS[n % COLOURS.len()]
}

/// A figure without needless decimals.
fn short(figure: f64) -> String {
    let text = format!("{figure:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// About as wide as a text is drawn; a Chinese character takes the place of two others.
fn wide(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 6.6 } else { 12.0 }).sum()
}

/// The text, without its middle where it would become wider than this: names often differ at their end.
fn clip(text: &str, most: f64) -> String {
    if wide(text) <= most {
        return text.to_owned();
    }
    let half = (most - 12.0) / 2.0;
    let fits = |chars: &mut dyn Iterator<Item = char>| -> Vec<char> {
        let mut taken = Vec::new();
        let mut width = 0.0;
        for c in chars {
            width += wide(c.encode_utf8(&mut [0; 4]));
            if width > half {
                break;
            }
            taken.push(c);
        }
        taken
    };
    let (head, tail) = (fits(&mut text.chars()), fits(&mut text.chars().rev()));
    head.into_iter().chain(['…']).chain(tail.into_iter().rev()).collect()
}

fn text(out: &mut String, (x, y): (f64, f64), anchor: &str, extra: &str, text: &str) {
    let text = escape(text);
    let _ = write!(out, r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" {extra}>{text}</text>"#);
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
