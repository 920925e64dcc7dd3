//! The reports of the desk (TK-11): each a declaration and a function from rows to figures (TK-R39).
//!
//! A figure that a list can show is counted through that list's own filters, so that its `drill` lists
//! exactly its rows.

mod assessment;
mod calendar;
mod callbacks;
mod calls;
mod complaints;
mod customers;
mod daily_shift;
mod declared;
mod defect_claims;
mod desk_now;
mod group;
mod outreach;
mod parts;
mod parts_loss;
mod parts_month;
mod portfolio;
mod quality;
mod quality_monitoring;
mod reasons;
mod repairs;
mod requests;
mod roster_coverage;
pub mod service;
mod settlement;
mod slice;
pub mod station_service;
mod statistics;
mod surveys;
mod timeliness;
mod timeliness_table;
mod weekly;
mod workload;

pub use declared::REPORTS;
pub(crate) use group::names;
use kernel::report::Cell;
use kernel::report::column::{count, percent, seconds, text};
use kernel::report::sum;
pub use quality::CUTOFF_DAY;
use store::reports::Figures;

/// A day, for mean times in days.
const DAY_SECONDS: i64 = 86_400;

/// A figure of the totals by the key of its column; nothing where there is none.
fn total(figures: &Figures, key: &str) -> Cell {
    let place = figures.columns.iter().position(|column| column.key == key);
    let cell = place.and_then(|place| figures.totals.as_ref()?.get(place));
    cell.cloned().unwrap_or_default()
}
