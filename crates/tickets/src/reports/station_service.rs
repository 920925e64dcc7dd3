//! How the tickets of a station were answered in a period (TK-R39): what other domains ask of the desk (links 37).

use kernel::fault::Fault;
use kernel::report::Period;
use store::Reading;
use store::reports::Ask;
use uuid::Uuid;

use super::{callbacks, timeliness};

/// Parts and wholes; the rate is the caller's to round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StationService {
    /// Replies due in the period that came in time, of all of them.
    pub replies: (i64, i64),
    /// Customers who were content, of those who answered a callback.
    pub content: (i64, i64),
}

/// The service of a station, by its org unit, as far as the caller sees its tickets.
pub async fn of(at: &Reading, station_org_unit_id: Uuid, period: Period) -> Result<StationService, Fault> {
    let ask = Ask::of(period, "station");
    let key = station_org_unit_id.to_string();
    let replies = timeliness::replies(at, &ask).await?;
    let content = callbacks::content(at, &ask).await?;
    Ok(StationService {
        replies: replies.get(&key).copied().unwrap_or_default(),
        content: content.get(&key).copied().unwrap_or_default(),
    })
}
