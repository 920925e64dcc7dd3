//! `/v1/evaluations`, their schemes and rectifications (spec heating §7, HS-07).

use actix_web::http::Method;
use flows::{finding_to_ticket, station_service};
use heating_service::evaluation::beside::EvaluationFiguresView;
use heating_service::evaluation::{Evaluation, confirming};
use heating_service::evaluation_scheme::{self, EvaluationScheme};
use heating_service::rectification::{self, Rectification};
use kernel::fault::Fault;
use store::{Answer, Done};

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key};

const TAG: &str = "evaluations";

/// Declares the evaluations.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<EvaluationScheme>(TAG, "evaluation_schemes")
        .read_with("heating.scheme:read")
        .list()
        .get()
        .history()
        .create_with("heating.scheme:create", evaluation_scheme::commands::create)
        .act_with(
            act("publish", "Publishes a scheme; it is not changed any more."),
            "heating.scheme:publish",
            evaluation_scheme::commands::publish,
        );
    api.resource::<Evaluation>(TAG, "evaluations")
        .list()
        .get()
        .history()
        .create(heating_service::evaluation::commands::create)
        .act(
            "score",
            "Scores the checklist; an item that failed opens a rectification and a ticket.",
            finding_to_ticket::score,
        )
        .act(
            "confirm",
            "Confirms it by somebody outside the team; the figures of the month are taken and stay.",
            station_service::confirm,
        )
        .act("publish", "Publishes rank and incentive.", confirming::publish);
    api.operation(
        Method::GET,
        "/v1/evaluations/{id}/figures",
        "get_evaluation_figures",
        "heating.evaluation:read",
        figures,
    )
    .tag(TAG)
    .summary("Shows the figures an evaluation was confirmed with, and beside them those of its month now.")
    .answers::<EvaluationFiguresView>();
    api.resource::<Rectification>(TAG, "rectifications")
        .list()
        .get()
        .history()
        .act_with(
            act("done", "Says that it is put right, with photos."),
            "heating.rectification:do",
            rectification::commands::done,
        )
        .act("verify", "Accepts it, or sends it back with a reason.", rectification::commands::verify);
}

async fn figures(call: Call) -> Result<Reply, Fault> {
    let figures = station_service::figures(&call.reading(), call.id()?).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &figures)?))
}
