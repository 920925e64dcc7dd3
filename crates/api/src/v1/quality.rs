//! Quality monitoring: scorecards, monitored calls, weekly summaries, trainings (spec tickets §7, TK-10).

use actix_web::http::Method;
use kernel::fault::{self, Fault};
use kernel::time::{Month, business_day};
use store::{Answer, Done};
use tickets::monitored_call::progress::{self, MonitoringProgress};
use tickets::monitored_call::{self, MonitoredCall};
use tickets::quality_summary::{self, QualitySummary};
use tickets::scorecard::{self, Scorecard};
use tickets::training::{self, Training};

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "quality";

/// Declares the quality inspector's resources.
pub fn routes(api: &mut Api) {
    api.resource::<Scorecard>(TAG, "scorecards")
        .list()
        .get()
        .history()
        .create_with("tickets.scorecard:manage", scorecard::create);
    api.resource::<MonitoredCall>(TAG, "monitored_calls")
        .list()
        .get()
        .history()
        .create(monitored_call::commands::create)
        .act("publish", "Shows the agent his scores.", monitored_call::commands::publish)
        .act("appeal", "Objects to one's scores, once, within the days to appeal.", monitored_call::commands::appeal)
        .act(
            "decide-appeal",
            "Decides an appeal; upheld, another total is in force.",
            monitored_call::commands::decide_appeal,
        );
    api.operation(
        Method::GET,
        "/v1/monitored-calls/progress",
        "get_monitoring_progress",
        "tickets.monitored_call:read",
        progress_of_month,
    )
    .tag(TAG)
    .summary("Shows how many calls of each agent were monitored in a month, against minimum and target.")
    .query("month", "string", "The month, e.g. 2026-01; the running one otherwise.")
    .answers::<MonitoringProgress>();
    api.resource::<QualitySummary>(TAG, "quality_summaries")
        .list()
        .get()
        .history()
        .create(quality_summary::create)
        .act("submit", "Hands the weekly summary in.", quality_summary::submit);
    api.resource::<Training>(TAG, "trainings")
        .list()
        .get()
        .history()
        .create(training::commands::create)
        .act("record-results", "Records who came and how the exam went.", training::commands::record_results)
        .act("close", "Closes a training that was held.", training::commands::close);
}

async fn progress_of_month(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let bad = |_| Fault::new(&fault::INVALID_PARAMETER).with("parameter", "month");
    let month = match call.query_value("month") {
        Some(text) => Month::parse(text).map_err(bad)?,
        None => Month::of(business_day(at.now)),
    };
    Ok(Reply::Answer(Answer::json(Done::Ok, &progress::of_month(&at, month).await?)?))
}
