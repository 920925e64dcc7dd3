//! `/v1/leave-requests`: leave, its hand-over and its approval (spec tickets §7).

use tickets::leave::{Leave, commands};

use crate::router::Api;

/// Declares the leaves.
pub fn routes(api: &mut Api) {
    api.resource::<Leave>("leave", "leave_requests")
        .list()
        .get()
        .history()
        .create(commands::request)
        .act("accept-handover", "Takes on what is handed over, all of it or item by item.", commands::accept_handover)
        .act("approve", "Approves a leave whose every item is handed over.", commands::approve)
        .act("refuse", "Does not approve a leave.", commands::refuse)
        .act("cancel", "Takes back one's own leave that has not begun.", commands::cancel);
}
