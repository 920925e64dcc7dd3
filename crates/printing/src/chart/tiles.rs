//! Single figures, five in a row, each on a tile of its own.

use std::fmt::Write;

use kernel::report::Report;

use super::{LEFT, Plot, RIGHT, WIDTH, clip, share, short, text};

const ACROSS: usize = 5;
/// Where the first row begins, and how far the next is from it.
const FIRST: f64 = 56.0;
const DOWN: f64 = 100.0;

/// As high as the rows of tiles, one at least.
pub(super) fn height(report: &Report) -> f64 {
    FIRST + DOWN * share(report.rows.len().div_ceil(ACROSS).max(1), 1)
}

pub(super) fn draw(out: &mut String, plot: &Plot<'_>) {
    let figures = plot.series.first().map(|(_, figures)| figures.as_slice()).unwrap_or_default();
    let width = (WIDTH - LEFT - RIGHT) / share(ACROSS, 1);
    for (n, (label, figure)) in plot.labels.iter().zip(figures).enumerate() {
        let (x, y) = (LEFT + width * share(n % ACROSS, 1), FIRST + DOWN * share(n / ACROSS, 1));
        let broad = width - 12.0;
        let _ = write!(
            out,
            r##"<rect x="{x:.1}" y="{y:.1}" width="{broad:.1}" height="88" rx="6" fill="#f3f4f6" stroke="#d1d5db"/>"##
        );
        let middle = x + broad / 2.0;
        let figure = figure.map(short).unwrap_or_default();
        text(out, (middle, y + 44.0), "middle", r#"font-size="28" font-weight="bold""#, &figure);
        text(out, (middle, y + 72.0), "middle", "", &clip(label, broad - 8.0));
    }
}
