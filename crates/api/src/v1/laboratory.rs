//! `/v1/lab-samples`, `/v1/determinations`, `/v1/lab-reports`, `/v1/retention-samples`, `/v1/cross-checks` (spec
//! heating §7, HS-08, HS-09): coal and ash, determined blind.

use heating_service::cross_check::{self, CrossCheck};
use heating_service::determination::{self, Determination, holds};
use heating_service::lab_report::{self, LabReport};
use heating_service::lab_result::LabResult;
use heating_service::lab_sample::{LabSample, commands, review};
use heating_service::retention::{self, RetentionSample};

use crate::router::{Act, Api, Key};

const TAG: &str = "laboratory";

fn act(action: &'static str, summary: &'static str) -> Act {
    Act { action, summary, key: Key::Optional }
}

/// Declares the laboratory.
pub fn routes(api: &mut Api) {
    samples(api);
    reports(api);
    checks(api);
}

fn samples(api: &mut Api) {
    let (receive, review_it) = ("heating.sample:receive", "heating.result:review");
    api.resource::<LabSample>(TAG, "lab_samples")
        .read_with("heating.sample:read")
        .list()
        .get()
        .history()
        .create_with("heating.sample:submit", commands::submit)
        .act_with(act("receive", "Receives a sample whose seal is whole and whose mass is right."), receive, commands::receive)
        .act_with(act("reject", "Refuses a sample; its number stays, marked."), receive, commands::reject)
        .act_with(act("review", "Reviews a sample whose items are all averaged; not by any of its analysts."), review_it, review::review)
        .act_with(act("return", "Returns a sample: the items named begin another round."), review_it, review::send_back)
        .parts::<Determination>("determinations", "sample_id", "heating.determination:read")
        .add_part::<Determination, _, _>(
            "determinations",
            "Enters a value; the round is worked out at once.",
            "heating.determination:create",
            determination::commands::create,
        )
        .parts::<LabResult>("results", "sample_id", "heating.result:read");
    api.resource::<Determination>(TAG, "determinations")
        .list()
        .get()
        .history()
        .act("retract", "Retracts a value: it stays to be seen, its round is worked out anew.", holds::retract)
        .act_with(
            act("release-hold", "Releases a value that was held, or doubted after its report."),
            "heating.determination:release",
            holds::release,
        );
}

fn reports(api: &mut Api) {
    api.resource::<LabReport>(TAG, "lab_reports")
        .list()
        .get()
        .history()
        .create(lab_report::commands::create)
        .act("issue", "Issues a report: figures are frozen, its samples blind no longer.", lab_report::commands::issue)
        .act("archive", "Archives a report whose samples are kept.", lab_report::commands::archive);
    api.resource::<RetentionSample>(TAG, "retention_samples")
        .read_with("heating.retention:read")
        .list()
        .get()
        .history()
        .create_with("heating.retention:work", retention::commands::create)
        .act_with(
            act("dispose", "Throws a retained sample away, from its day on."),
            "heating.retention:work",
            retention::commands::dispose,
        );
}

fn checks(api: &mut Api) {
    use cross_check::commands;
    let work = "heating.cross_check:work";
    api.resource::<CrossCheck>(TAG, "cross_checks")
        .list()
        .get()
        .history()
        .create_with(work, commands::create)
        .act_with(act("send", "Sends a part of a sample to another laboratory."), work, commands::send)
        .act_with(act("compare", "Compares what the other laboratory found."), work, commands::compare)
        .act("review", "Reviews a comparison.", commands::review);
}
