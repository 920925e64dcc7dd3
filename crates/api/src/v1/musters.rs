//! `/v1/musters` and `/v1/duty-logs`: what the team leader keeps of a shift (spec tickets §7).

use tickets::duty_log::{DutyLog, commands};
use tickets::muster::{self, Muster};

use crate::router::Api;

const TAG: &str = "rosters";

/// Declares musters and duty logs.
pub fn routes(api: &mut Api) {
    api.resource::<Muster>(TAG, "musters").list().get().history().create(muster::hold);
    api.resource::<DutyLog>(TAG, "duty_logs")
        .list()
        .get()
        .history()
        .create(commands::open)
        .act("entries", "Writes an entry into an open log.", commands::add_entry)
        .act("close", "Closes the log at the end of the shift.", commands::close)
        .act("accept", "Takes the log over.", commands::accept);
}
