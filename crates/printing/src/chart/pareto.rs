//! Reasons by how often they occur: bars against the left axis, their cumulative share against the right one.

use std::fmt::Write;

use super::{BOTTOM, HEIGHT, LEFT, Plot, TOP, WIDTH, axis, bar, colour, legend, share, short, slot, text};

/// Draws the first series as bars and the second as a line of percents.
pub fn draw(out: &mut String, plot: &Plot<'_>) {
    let highest = plot.series.first().map_or(0.0, |(_, figures)| figures.iter().flatten().copied().fold(0.0, f64::max));
    let bars = Plot { labels: plot.labels.clone(), series: plot.series.clone(), top: super::round_up(highest) };
    axis(out, &bars);
    legend(out, &bars);
    let full = HEIGHT - TOP - BOTTOM;
    for step in 0..=4 {
        let y = HEIGHT - BOTTOM - share(step, 4) * full;
        text(out, (WIDTH - 1.0, y + 3.0), "end", r##"fill="#6b7280" font-size="9""##, &format!("{}%", step * 25));
    }
    if let Some((name, figures)) = bars.series.first() {
        for (row, figure) in figures.iter().enumerate() {
            let Some(figure) = figure else { continue };
            let x = LEFT + slot(&bars) * (share(row, 1) + 0.1);
            let hint = format!("{} {name}: {}", bars.labels[row], short(*figure));
            bar(out, (x, slot(&bars) * 0.8), (0.0, *figure), &bars, 0, &hint);
        }
    }
    let Some((_, shares)) = bars.series.get(1) else { return };
    let mut path = String::new();
    for (row, figure) in shares.iter().enumerate() {
        let Some(figure) = figure else { continue };
        let x = LEFT + slot(&bars) * (share(row, 1) + 0.5);
        let y = HEIGHT - BOTTOM - figure / 100.0 * full;
        let _ = write!(path, "{}{x:.1} {y:.1} ", if path.is_empty() { 'M' } else { 'L' });
        let _ = write!(out, r#"<circle cx="{x:.1}" cy="{y:.1}" r="3" fill="{}"/>"#, colour(1));
        text(out, (x, y - 8.0), "middle", r#"font-size="10""#, &format!("{}%", short(*figure)));
    }
    let _ = write!(out, r#"<path d="{path}" fill="none" stroke="{}" stroke-width="2"/>"#, colour(1));
}
