//! `/v1/supervisions`: accounts asked for and given (spec tickets §7); they are issued at their ticket.

use tickets::supervision::{Supervision, commands};

use crate::router::Api;

/// Declares the supervisions.
pub fn routes(api: &mut Api) {
    api.resource::<Supervision>("supervisions", "supervisions")
        .list()
        .get()
        .history()
        .act("answer", "Gives the account asked for.", commands::answer)
        .act("close", "Accepts the answer.", commands::close)
        .act("send-back", "Asks for a better answer; the one given stays in the history.", commands::send_back);
}
