//! `/v1/inspection-cases` and `/v1/heat-agreements` (spec heating §7, HS-10): hidden heat use, from finding to paying.

use heating_service::agreement::{self, HeatAgreement};
use heating_service::inspection::{InspectionCase, billing, commands, measuring};

use crate::router::{Act, Api, Key};

const TAG: &str = "inspection";

/// Declares the cases and the agreements.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    let decision = |action, summary| Act { action, summary, key: Key::Required };
    let (work, agree) = ("heating.inspection:work", "heating.inspection:agree");
    api.resource::<InspectionCase>(TAG, "inspection_cases")
        .read_with("heating.inspection:read")
        .list()
        .get()
        .history()
        .create_with("heating.inspection:create", commands::create)
        .act_with(act("measurements", "Adds measurements of parts of the home."), work, measuring::measure)
        .act_with(act("register", "Enters the case in the register; photos are needed."), work, commands::register)
        .act_with(
            act("notices", "Keeps a notice served on the household, with its term."),
            "heating.inspection:notice",
            commands::serve_notice,
        )
        .act_with(
            act("agree", "Ties the case to the household's agreement; an approved one is signed with it."),
            agree,
            commands::agree,
        )
        .act_with(act("rectify", "Records that all is as it should be, measured again."), agree, commands::rectify)
        .act_with(act("refuse", "Records that the term is over and nothing was done."), agree, commands::refuse)
        .act_with(
            decision("bill", "Drafts the supplements, one a season; another person than the inspector."),
            "heating.bill:approve",
            billing::bill,
        )
        .act_with(decision("close", "Closes a case."), "heating.inspection:close", commands::close);
    agreements(api);
}

fn agreements(api: &mut Api) {
    use agreement::commands;
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    let decision = |action, summary| Act { action, summary, key: Key::Required };
    api.resource::<HeatAgreement>(TAG, "heat_agreements")
        .read_with("heating.agreement:read")
        .list()
        .get()
        .history()
        .create_with("heating.agreement:create", commands::create)
        .act_with(
            decision("approve", "Approves an agreement; another person than its drafter."),
            "heating.agreement:approve",
            commands::approve,
        )
        .act_with(
            act("sign", "Signs an approved agreement: its areas stand and are charged."),
            "heating.agreement:sign",
            commands::sign,
        )
        .act_with(act("end", "Ends an agreement, and the areas it opened."), "heating.agreement:end", commands::end);
}
