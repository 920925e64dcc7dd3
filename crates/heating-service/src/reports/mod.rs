//! The reports of the heating service (heating §8): a room a subject, each with its declarations and the functions
//! from rows to figures. A figure that a list can show is counted through that list's filters and opens it.

mod areas;
mod assets;
mod evaluation;
mod fees;
mod inspection;
mod laboratory;
mod net_complaints;
mod outages;
pub(crate) mod places;
mod reconciliation;
mod stops;
mod temperature;
mod trainings;
mod valves;
mod visits;

use kernel::fault::{self, Fault};
use store::Reading;
use store::reports::{Ask, Definition};

use crate::season::{entity::Model as Season, queries as seasons};

/// Read by who leads; a branch and a station see their part.
pub(crate) const READ: &str = "heating.report:read";

/// Those of inspection and valves, read by the inspector as well.
pub(crate) const READ_INSPECTION: &str = "heating.report:read_inspection";

/// The reports by subject.
const SUBJECTS: &[&[Definition]] = &[
    temperature::REPORTS,
    net_complaints::REPORTS,
    reconciliation::REPORTS,
    outages::REPORTS,
    stops::REPORTS,
    visits::REPORTS,
    evaluation::REPORTS,
    inspection::REPORTS,
    valves::REPORTS,
    laboratory::REPORTS,
    fees::REPORTS,
    areas::REPORTS,
    assets::REPORTS,
    trainings::REPORTS,
];

/// Every report of this domain.
pub fn reports() -> impl Iterator<Item = &'static Definition> {
    SUBJECTS.iter().copied().flatten()
}

/// The season asked for; when none is named that of the day the report is as of, else the last that began before it.
pub(crate) async fn season(at: &Reading, ask: &Ask) -> Result<Season, Fault> {
    let found = match &ask.season {
        Some(name) => seasons::lookup(at, name, None).await?,
        None => seasons::as_of(at, ask.as_of, None).await?,
    };
    found.ok_or_else(|| Fault::new(&fault::INVALID_PARAMETER).with("parameter", "season"))
}
