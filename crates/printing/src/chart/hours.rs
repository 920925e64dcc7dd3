//! Columns by hour of the day: all 24 stand on the axis, whether or not anything happened in them.

use super::{BOTTOM, HEIGHT, LEFT, Plot, TOP, axis, bar, legend, round_up, share, short, slot, text};

/// Draws the series on top of each other, each row at the hour its label begins with.
pub fn draw(out: &mut String, plot: &Plot<'_>) {
    let hour =
        |label: &str| label.split(':').next().and_then(|hour| hour.trim().parse::<usize>().ok()).filter(|n| *n < 24);
    let mut series: Vec<(&str, Vec<Option<f64>>)> =
        plot.series.iter().map(|(name, _)| (*name, vec![None; 24])).collect();
    for (row, label) in plot.labels.iter().enumerate() {
        let Some(hour) = hour(label) else { continue };
        for ((_, day), (_, figures)) in series.iter_mut().zip(&plot.series) {
            day[hour] = figures[row];
        }
    }
    let sum = |hour: usize| series.iter().filter_map(|(_, day)| day[hour]).sum::<f64>();
    let highest = (0..24).map(sum).fold(0.0, f64::max);
    let labels = (0..24).map(|hour| format!("{hour:02}")).collect();
    let day = Plot { labels, series, top: round_up(highest) };
    axis(out, &day);
    legend(out, &day);
    for hour in 0..24 {
        let x = LEFT + slot(&day) * (share(hour, 1) + 0.12);
        let mut base = 0.0;
        for (n, (name, figures)) in day.series.iter().enumerate() {
            let figure = figures[hour].unwrap_or(0.0);
            bar(
                out,
                (x, slot(&day) * 0.76),
                (base, figure),
                &day,
                n,
                &format!("{hour:02}:00 {name}: {}", short(figure)),
            );
            base += figure;
        }
        if base > 0.0 {
            let y = HEIGHT - BOTTOM - base / day.top * (HEIGHT - TOP - BOTTOM);
            text(out, (x + slot(&day) * 0.38, y - 4.0), "middle", r#"font-size="10""#, &short(base));
        }
    }
}
