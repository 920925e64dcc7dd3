//! `/v1/valve-check-lists`, `/v1/valve-checks` and `/v1/reopenings` (spec heating §7, HS-11).

use std::sync::Arc;

use actix_web::http::Method;
use heating_service::reopening::{self, Reopening};
use heating_service::valve_check::{ValveCheck, checking, commands};
use heating_service::valve_check_list::commands::{self as lists, CreateValveCheckList};
use heating_service::valve_check_list::{ValveCheckList, ValveCheckListView};
use kernel::fault::Fault;
use store::{Answer, Done, Resource, Work, operations, resource};

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key, TRANSFER};

const TAG: &str = "valve checks";

/// Declares the lists, the checks and the orders to open a valve again.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    let (check, rectify) = ("heating.valve:check", "heating.valve:rectify");
    api.resource::<ValveCheckList>(TAG, "valve_check_lists").read_with("heating.valve:read").list().get().history();
    api.operation(Method::POST, "/v1/valve-check-lists", "create_valve_check_list", "heating.valve:list", start)
        .tag(TAG)
        .summary("Lists the connected households that owe or are stopped, the riskiest first.")
        .status(202)
        .key(Key::Optional)
        .limit(TRANSFER)
        .dry_run()
        .takes::<CreateValveCheckList>()
        .answers::<ValveCheckListView>();
    api.resource::<ValveCheck>(TAG, "valve_checks")
        .read_with("heating.valve:read")
        .list()
        .get()
        .history()
        .create_with(check, commands::create)
        .bulk("Records up to 200 valves checked on a round; one result a row.", check, commands::create)
        .act_with(act("check", "Records what a visit found."), check, checking::check)
        .act_with(
            act("notify-branch", "Tells the branch of an open valve, or of a home nobody gets into."),
            "heating.valve:notify",
            commands::notify_branch,
        )
        .act_with(act("rectify", "Records that the station closed the valve."), rectify, commands::rectify)
        .act_with(act("recheck", "Records what somebody else found after that."), check, checking::recheck);
    api.resource::<Reopening>(TAG, "reopenings").read_with("heating.valve:read").list().get().history().act_with(
        act("complete", "Opens the valve of a home that has paid."),
        rectify,
        reopening::commands::complete,
    );
}

async fn start(call: Call) -> Result<Reply, Fault> {
    let input = Arc::new(call.read::<CreateValveCheckList>()?);
    let write = async move |work: &Work| {
        let row = lists::create(work, &input).await?;
        let operation = operations::done(work, ValveCheckList::NAME, ValveCheckList::NAME, row.id, row.lines).await?;
        let answer = Answer::json(Done::Accepted, &resource::view::<ValveCheckList>(work, row).await?)?;
        Ok::<_, Fault>(answer.location(format!("/v1/operations/{}", operation.id)))
    };
    Ok(Reply::Answer(call.write(write).await?))
}
