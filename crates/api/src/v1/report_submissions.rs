//! `/v1/report-submissions`: which report is due from whom, and its figures as they were submitted (PF-15).

use store::Work;
use store::reports::Definition;
use submissions::ReportSubmission;
use submissions::commands::{self, SubmitReport};
use uuid::Uuid;

use crate::router::{Act, Api, Key};
use crate::v1::reports;

const TAG: &str = "reports";

fn definition(name: &str) -> Option<&'static Definition> {
    reports::definitions().find(|report| report.name == name)
}

fn act(action: &'static str, summary: &'static str) -> Act {
    Act { action, summary, key: Key::Optional }
}

/// Declares the submissions.
pub fn routes(api: &mut Api) {
    let submit =
        async |work: &Work, id: Uuid, input: &SubmitReport| commands::submit(work, id, input, definition).await;
    api.resource::<ReportSubmission>(TAG, "report_submissions")
        .read_with("platform.report:read")
        .list()
        .get()
        .history()
        .act_with(
            act("submit", "Submits a due report; its figures are frozen as they are now."),
            "tickets.report:submit",
            submit,
        )
        .act_with(act("accept", "Accepts a submitted report."), "tickets.report:accept", commands::accept)
        .act_with(
            act("return", "Sends a report back to be submitted again."),
            "tickets.report:accept",
            commands::send_back,
        );
}
