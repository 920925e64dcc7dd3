//! `/v1/complaint-reconciliations` and `/v1/official-lines` (spec heating §7, HS-03).

use flows::complaint_reconciliation as flow;
use heating_service::official_line::{self, OfficialLine};
use heating_service::reconciliation::{ComplaintReconciliation, ReconciliationLine, commands};

use crate::router::{Act, Api, Key};

const TAG: &str = "heat complaints";
const READ: &str = "heating.reconciliation:read";
const WORK: &str = "heating.reconciliation:work";

/// Declares the reconciliations and what the official lines list.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<ComplaintReconciliation>(TAG, "complaint_reconciliations")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with(WORK, flow::create)
        .parts::<ReconciliationLine>("lines", "reconciliation_id", READ)
        .act_with(
            act(
                "match",
                "Confirms, refuses, pairs or explains a line, or opens its ticket; without one, matches anew.",
            ),
            WORK,
            flow::matched,
        )
        .act_with(
            act("close", "Closes a reconciliation whose lines all have a class."),
            "heating.reconciliation:close",
            commands::close,
        );
    api.resource::<ReconciliationLine>(TAG, "complaint_reconciliation_lines").read_with(READ).list();
    api.resource::<OfficialLine>(TAG, "official_lines")
        .read_with("heating.official_line:read")
        .list()
        .get()
        .history()
        .create_with("heating.official_line:create", official_line::commands::create);
}
