//! Renders a [`Report`](kernel::report::Report) as CSV, spreadsheet or chart (PF-15), and long tables row by row.
//!
//! Knows nothing of domains: what a figure means stands in the report.

mod cells;
mod chart;
mod csv;
mod table;
mod xlsx;

pub use chart::svg;
pub use csv::csv;
pub use table::{TableCell, XlsxTable, csv_heading, csv_rows};
pub use xlsx::xlsx;

/// A rendering that failed; only a fault of ours or of memory.
#[derive(Debug)]
pub struct Unprintable(String);

impl std::fmt::Display for Unprintable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "report not printed: {}", self.0)
    }
}

impl std::error::Error for Unprintable {}

fn failed(error: impl std::fmt::Display) -> Unprintable {
    Unprintable(error.to_string())
}

#[cfg(test)]
mod tests;
