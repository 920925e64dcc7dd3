//! `/v1/rosters` and what belongs to them: definitions, shifts, swaps, coverage, who is on duty (spec tickets §7).

use actix_web::http::Method;
use kernel::fault::{self, Fault};
use kernel::time::{Timestamp, parse_date};
use store::list::uuid;
use store::{Answer, Done, resource};
use tickets::roster::covering::{self, RosterCoverage};
use tickets::roster::definition::{self, ShiftDefinition};
use tickets::roster::duty::{self, OnDuty};
use tickets::roster::{Roster, commands};
use tickets::shift::{self, Shift};
use tickets::shift_swap::{ShiftSwap, commands as swaps};

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "rosters";
const READ: &str = "tickets.roster:read";

/// Declares rosters, shifts and swaps.
pub fn routes(api: &mut Api) {
    api.resource::<ShiftDefinition>(TAG, "shift_definitions")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with("tickets.roster:create", definition::define);
    api.resource::<Roster>(TAG, "rosters")
        .list()
        .get()
        .history()
        .create(commands::create)
        .act("publish", "Puts a roster in force, if it can be worked and its gaps are answered for.", commands::publish)
        .act("accept-gap", "Answers for exactly the gaps there are now.", commands::accept_gap);
    api.resource::<Shift>(TAG, "shifts")
        .read_with(READ)
        .list()
        .get()
        .history()
        .act("stop-work", "Tells somebody to stop working; the head is told.", shift::stop_work)
        .act("lift", "Lets somebody work again.", shift::lift);
    api.resource::<ShiftSwap>(TAG, "shift_swaps")
        .list()
        .get()
        .history()
        .create(swaps::request)
        .act("cancel", "Takes one's own request back.", swaps::cancel)
        .act("consent", "The other agrees.", swaps::consent)
        .act("decline", "The other does not agree.", swaps::decline)
        .act("approve", "Approves a swap in time; the takers answer for the shifts.", swaps::approve)
        .act("refuse", "Does not approve it.", swaps::refuse);
    api.operation(Method::GET, "/v1/rosters/{id}/coverage", "get_roster_coverage", READ, show_coverage)
        .tag(TAG)
        .summary("Shows how far a roster covers the required hours: gaps and overlaps, day by day.")
        .query("date", "date", "Only this day.")
        .answers::<RosterCoverage>();
    api.operation(Method::GET, "/v1/on-duty", "list_on_duty", READ, on_duty)
        .tag(TAG)
        .summary("Lists who is on duty at an instant, in a unit and those below it.")
        .query("at", "date-time", "Default: now.")
        .query("org_unit_id", "uuid", "Default: the caller's own unit.")
        .answers::<OnDuty>();
}

fn bad(parameter: &str) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter)
}

async fn show_coverage(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let roster = resource::find::<Roster>(&at, call.id()?).await?;
    let date = call.query_value("date").map(parse_date).transpose().map_err(|_| bad("date"))?;
    if date.is_some_and(|date| !roster.dates().any(|day| day == date)) {
        return Err(bad("date"));
    }
    let coverage = covering::of_roster(&at, &roster, date).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &coverage)?))
}

async fn on_duty(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let instant = match call.query_value("at") {
        // A `+` that the query string turned into a blank is taken as meant.
        Some(text) => Timestamp::parse(&text.replace(' ', "+")).map_err(|_| bad("at"))?.0,
        None => at.now,
    };
    let unit = match call.query_value("org_unit_id") {
        Some(text) => uuid("org_unit_id", text)?,
        None => call.actor().scope.org_unit_id.ok_or_else(|| bad("org_unit_id"))?,
    };
    let people = duty::in_unit(&at, instant, unit).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &people)?))
}
