//! `/v1/stop-applications` (spec heating §7, HS-05): stopping for a season, and resuming.

use heating_service::stop::{StopApplication, commands, resuming};

use crate::router::{Act, Api, Key};

/// Declares the applications.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    let decision = |action, summary| Act { action, summary, key: Key::Required };
    let (submit, approve, seal) = ("heating.stop:submit", "heating.stop:approve", "heating.stop:seal");
    api.resource::<StopApplication>("stop applications", "stop_applications")
        .read_with("heating.stop:read")
        .list()
        .get()
        .history()
        .create_with(submit, commands::submit)
        .act_with(
            decision("accept", "Accepts an application to stop; a basic fee is billed at once."),
            "heating.stop:accept",
            commands::accept,
        )
        .act_with(
            decision("approve", "Approves a stop whose basic fee is paid, or a resumption with its first day."),
            approve,
            commands::approve,
        )
        .act_with(act("seal", "Seals the valve: the stop takes effect."), seal, commands::seal)
        .act_with(decision("open-valve", "Opens the valve of a resumption that is paid."), seal, resuming::open_valve)
        .act_with(decision("reject", "Refuses an application."), approve, commands::reject)
        .act_with(act("withdraw", "Takes one's own application back."), submit, commands::withdraw);
}
