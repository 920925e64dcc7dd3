//! `/v1/sla-policy-sets`: deadline policies, their lint and the trial of a case (spec tickets §7).

use actix_web::http::Method;
use kernel::fault::Fault;
use store::acts::BareAct;
use store::{Answer, Done};
use tickets::policy::lint::SlaPolicyLint;
use tickets::policy::matching::{MatchSlaPolicy, SlaPolicyMatch};
use tickets::policy::{self, SlaPolicySet, commands};

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "deadline policies";

/// Declares the policy sets.
pub fn routes(api: &mut Api) {
    api.resource::<SlaPolicySet>(TAG, "sla_policy_sets")
        .list()
        .get()
        .history()
        .create(commands::create)
        .patch(commands::update)
        .act(
            "activate",
            "Puts a draft in force from its valid_from; the active set is superseded.",
            commands::activate,
        );
    api.operation(
        Method::POST,
        "/v1/sla-policy-sets/{id}/lint",
        "lint_sla_policy_set",
        "tickets.sla_policy_set:lint",
        lint,
    )
    .tag(TAG)
    .summary("Tells what is wrong or doubtful in a set, without changing it.")
    .changes_nothing()
    .takes::<BareAct>()
    .answers::<SlaPolicyLint>();
    api.operation(
        Method::POST,
        "/v1/sla-policy-sets/match",
        "match_sla_policy",
        "tickets.sla_policy_set:match",
        find_match,
    )
    .tag(TAG)
    .summary("Tries a case: which policy wins at an instant, and why each earlier one does not fit.")
    .takes::<MatchSlaPolicy>()
    .answers::<SlaPolicyMatch>();
}

async fn lint(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    call.read_for::<SlaPolicySet, BareAct>(id).await?;
    let report = commands::lint_set(&call.reading(), id).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &report)?))
}

async fn find_match(call: Call) -> Result<Reply, Fault> {
    let input = call.read::<MatchSlaPolicy>()?;
    let found = policy::find_match(&call.reading(), &input).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &found)?))
}
