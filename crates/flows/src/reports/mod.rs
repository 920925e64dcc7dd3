//! Reports that span two domains: heating beside the tickets of the desk (heating §8).

mod annual_summary;
mod assessment;
mod promises;
pub(crate) mod season_dashboard;
mod service_report;

use store::reports::Definition;

/// Read by who leads; a branch and a station see their part.
const READ: &str = "heating.report:read";

/// The reports by subject.
const SUBJECTS: &[&[Definition]] =
    &[service_report::REPORTS, season_dashboard::REPORTS, annual_summary::REPORTS, assessment::REPORTS];

/// Every report of this kind.
pub fn reports() -> impl Iterator<Item = &'static Definition> {
    SUBJECTS.iter().copied().flatten()
}
