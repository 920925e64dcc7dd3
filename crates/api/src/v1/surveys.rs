//! `/v1/surveys`, `/v1/survey-invitations`, and the public `/v1/survey-answers/{token}` (TK-07).

use std::sync::Arc;

use actix_web::http::Method;
use kernel::fault::{self, Fault};
use store::{Answer, Context, Done, Work, resource};
use tickets::survey::answering::{self, AnswerSurvey, Asked, AskedSurvey, SurveyAnswered};
use tickets::survey::results::{self, SurveyResults};
use tickets::survey::{self, Survey, SurveyFields};
use tickets::survey_invitation::SurveyInvitation;

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "surveys";

/// Declares surveys.
pub fn routes(api: &mut Api) {
    api.resource::<Survey>(TAG, "surveys")
        .list()
        .get()
        .history()
        .create(survey::create)
        .patch::<SurveyFields, _>(survey::update)
        .act("open", "Opens a survey and invites its audience; not by its author.", survey::open)
        .act("close", "Closes a survey early.", survey::close)
        .parts::<SurveyInvitation>("invitations", "survey_id", "tickets.survey_invitation:read");
    api.resource::<SurveyInvitation>(TAG, "survey_invitations").list().get().history().act(
        "answer-by-proxy",
        "Writes down what the customer told an agent.",
        answering::answer_by_proxy,
    );
    api.operation(
        Method::GET,
        "/v1/surveys/{id}/results",
        "get_survey_results",
        "tickets.survey:results",
        show_results,
    )
    .tag(TAG)
    .summary("Shows response, CSAT and NPS; groups with few answers are not broken out.")
    .query("by", "string", "project, org_unit or question.")
    .answers::<SurveyResults>();
    api.operation(Method::GET, "/v1/survey-answers/{token}", "get_survey_answer", "tickets.survey_answer:create", ask)
        .tag(TAG)
        .summary("Shows what the holder of a token is asked; no sign-in.")
        .answers::<AskedSurvey>();
    api.operation(
        Method::POST,
        "/v1/survey-answers/{token}",
        "create_survey_answer",
        "tickets.survey_answer:create",
        answer,
    )
    .tag(TAG)
    .summary("Takes the answers of the holder of a token, once; no sign-in.")
    .status(201)
    .dry_run()
    .takes::<AnswerSurvey>()
    .answers::<SurveyAnswered>();
}

async fn show_results(call: Call) -> Result<Reply, Fault> {
    let by = match call.query_value("by") {
        Some(by) => {
            let known = results::BY.iter().copied().find(|known| *known == by);
            Some(known.ok_or_else(|| Fault::new(&fault::INVALID_PARAMETER).with("parameter", "by"))?)
        }
        None => None,
    };
    let at = call.reading();
    let row = resource::find::<Survey>(&at, call.id()?).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &results::of(&at, &row, by).await?)?))
}

async fn ask(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let asked = answering::find(&at, call.param(0)).await?;
    let shown = asked.shown(&at).await?;
    note_opened(&call, &asked).await?;
    Ok(Reply::Secret(Answer::json(Done::Ok, &shown)?))
}

/// The first look at an invitation is a fact; of an anonymous survey it is none.
async fn note_opened(call: &Call, asked: &Asked) -> Result<(), Fault> {
    if asked.survey.anonymous {
        return Ok(());
    }
    let id = asked.invitation.id;
    let write = async move |work: &Work| {
        answering::opened(work, id).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    call.write(write).await.map(drop)
}

async fn answer(call: Call) -> Result<Reply, Fault> {
    let asked = answering::find(&call.reading(), call.param(0)).await?;
    let input = Arc::new(call.read::<AnswerSurvey>()?);
    let mut ctx: Context = (*call.ctx).clone();
    if asked.survey.anonymous {
        // Neither address nor request lead from the fact to a person.
        (ctx.ip, ctx.request_id) = (None, String::new());
    }
    let id = asked.invitation.id;
    let write = async move |work: &Work| Answer::json(Done::Created, &answering::answer(work, id, &input).await?);
    Ok(Reply::Answer(call.state.store.write(Arc::new(ctx), write).await?))
}
