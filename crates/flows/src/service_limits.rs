//! Within how many hours the desk handles leaks and complaints (links 35): the policy set in force says so, and
//! nothing here repeats it.

use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use store::Reading;
use tickets::catalogue::Kind;
use tickets::reports::service;

/// Seconds by the policy set in force at an instant; none where no policy is for such a case.
pub struct Limits {
    pub leak: Option<i64>,
    pub complaint: Option<i64>,
}

/// The limits at an instant.
pub async fn at(at: &Reading, instant: DateTime<Utc>) -> Result<Limits, Fault> {
    Ok(Limits {
        leak: service::handling_limit(at, instant, Kind::Repair, "heating.leak").await?,
        complaint: service::handling_limit(at, instant, Kind::Complaint, "heating").await?,
    })
}
