//! Answering: once a token, before the survey closes (TK-R25). Of an anonymous survey only the answers are
//! kept; the invitation, its journal and its version stay as they were.

use kernel::fault::{Fault, NOT_FOUND};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QuerySelect, Set, SqlErr};
use serde::{Deserialize, Serialize};
use store::journal::Fact;
use store::{Reading, Resource, Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::Survey;
use super::entity::{self, Model, response};
use super::questions::{Answers, Question, check_answers};
use crate::problems::{ALREADY_ANSWERED, SURVEY_ANONYMOUS, SURVEY_CLOSED};
use crate::survey_invitation::entity::{self as invitation, Status};
use crate::survey_invitation::{SurveyInvitation, token};

/// The answers of a customer.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnswerSurvey {
    /// By the question's code: a whole number for `scale5` and `nps`, true or false for `yes_no`, a text for
    /// `single` and `text`, a list of texts for `multi`.
    #[schema(value_type = Object)]
    pub answers: Answers,
}

/// What the holder of a token is asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskedSurvey {
    pub name: String,
    pub questions: Vec<Question>,
    pub anonymous: bool,
    pub closes_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Whether it can be answered now.
    pub status: AskedStatus,
}

/// Whether a token still opens anything.
#[codes::code(name = "SurveyAnswerStatus", stored = false)]
pub enum AskedStatus {
    /// 可作答
    Open,
    /// 已答
    Answered,
    /// 已结束
    Closed,
}

/// What became of the answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyAnswered {
    pub survey: String,
    pub status: AskedStatus,
}

/// An invitation with its survey.
pub struct Asked {
    pub invitation: invitation::Model,
    pub survey: Model,
}

/// Finds what a token opens.
///
/// # Errors
/// 404 for a token nobody has.
pub async fn find(at: &Reading, text: &str) -> Result<Asked, Fault> {
    let digest = token::digest(text);
    let row = invitation::Entity::find().filter(invitation::Column::TokenSha256.eq(digest)).one(&at.db()).await?;
    around(at, row).await
}

async fn around(at: &Reading, row: Option<invitation::Model>) -> Result<Asked, Fault> {
    let invitation = row.ok_or_else(|| Fault::new(&NOT_FOUND))?;
    let survey = entity::Entity::find_by_id(invitation.survey_id).one(&at.db()).await?;
    let survey = survey.ok_or_else(|| Fault::internal("an invitation without a survey"))?;
    Ok(Asked { invitation, survey })
}

impl Asked {
    /// Whether it can be answered now.
    pub async fn status(&self, at: &Reading) -> Result<AskedStatus, Fault> {
        let receipt = token::receipt(at, &token::of(at, self.invitation.id));
        let given = response::Entity::find().filter(response::Column::Receipt.eq(receipt)).one(&at.db()).await?;
        Ok(match given {
            Some(_) => AskedStatus::Answered,
            None if self.is_over(at.now) => AskedStatus::Closed,
            None => AskedStatus::Open,
        })
    }

    fn is_over(&self, now: DateTimeUtc) -> bool {
        let expired = self.invitation.expires_at.is_none_or(|expires| now >= expires);
        expired || self.survey.status_at(now) != entity::Status::Open
    }

    /// What its holder sees.
    pub async fn shown(&self, at: &Reading) -> Result<AskedSurvey, Fault> {
        Ok(AskedSurvey {
            name: self.survey.name.clone(),
            questions: self.survey.asked(),
            anonymous: self.survey.anonymous,
            closes_at: self.survey.closes_at.into(),
            expires_at: self.invitation.expires_at.map(Timestamp::from),
            status: self.status(at).await?,
        })
    }
}

/// Notes that an invitation was opened, the first time, unless the survey is anonymous.
pub async fn opened(work: &Work, id: Uuid) -> Result<(), Fault> {
    let asked = around(work, locked(work, id).await?).await?;
    let row = asked.invitation;
    if asked.survey.anonymous || row.status != Status::Queued {
        work.unchanged();
        return Ok(());
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Opened);
    change.opened_at = Set(Some(work.now));
    work.change::<SurveyInvitation>(&row, change, "opened", |fact| fact).await?;
    Ok(())
}

async fn locked(work: &Work, id: Uuid) -> Result<Option<invitation::Model>, Fault> {
    Ok(invitation::Entity::find_by_id(id).lock(LockType::Update).one(&work.db()).await?)
}

/// The holder of a token answers.
///
/// # Errors
/// 409 `already_answered`, `survey_closed`; 422 for answers that do not fit.
pub async fn answer(work: &Work, id: Uuid, input: &AnswerSurvey) -> Result<SurveyAnswered, Fault> {
    let asked = around(work, locked(work, id).await?).await?;
    take_down(work, &asked, &input.answers, None).await?;
    Ok(SurveyAnswered { survey: asked.survey.name, status: AskedStatus::Answered })
}

/// An agent writes down what a customer told him.
///
/// # Errors
/// As [`answer`]; 409 `survey_anonymous`: the agent would know who answered what.
pub async fn answer_by_proxy(work: &Work, id: Uuid, input: &AnswerSurvey) -> Result<invitation::Model, Fault> {
    let row = resource::take::<SurveyInvitation>(work, id).await?;
    let asked = around(work, Some(row)).await?;
    if asked.survey.anonymous {
        return Err(Fault::new(&SURVEY_ANONYMOUS).rule("TK-R25"));
    }
    if asked.invitation.status == Status::Skipped {
        return Err(Fault::new(&kernel::fault::INVALID_STATE)
            .with("action", "answer-by-proxy")
            .with("state", "skipped")
            .with("allowed_from", vec!["queued", "sent", "opened", "undeliverable"]));
    }
    take_down(work, &asked, &input.answers, Some(work.actor().sub)).await?;
    let row = invitation::Entity::find_by_id(id).one(&work.db()).await?;
    row.ok_or_else(|| Fault::internal("an invitation that is gone"))
}

async fn take_down(work: &Work, asked: &Asked, answers: &Answers, proxy: Option<Uuid>) -> Result<(), Fault> {
    check_answers(&asked.survey.asked(), answers)?;
    match asked.status(work).await? {
        AskedStatus::Answered => return Err(Fault::new(&ALREADY_ANSWERED).rule("TK-R25")),
        AskedStatus::Closed => return Err(Fault::new(&SURVEY_CLOSED).rule("TK-R25")),
        AskedStatus::Open => {}
    }
    let (row, survey) = (&asked.invitation, &asked.survey);
    let written = serde_json::to_string(answers).map_err(Fault::internal)?;
    let kept = response::ActiveModel {
        id: Set(ids::new_id(work.now)),
        survey_id: Set(survey.id),
        project_id: Set(row.project_id),
        org_unit_id: Set(row.org_unit_id),
        receipt: Set(token::receipt(work, &token::of(work, row.id))),
        proxy: Set(proxy.is_some()),
        answers: Set(written.clone()),
    };
    let kept = response::Entity::insert(kept).exec_without_returning(&work.db()).await;
    kept.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Fault::new(&ALREADY_ANSWERED).rule("TK-R25"),
        _ => error.into(),
    })?;
    if survey.anonymous {
        let mut fact = Fact::new("survey_invitation.answered", "survey", Some(survey.id));
        fact.placement = Survey::placement(survey);
        work.record(fact.with("anonymous", true));
        return Ok(());
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Answered);
    change.answered_at = Set(Some(work.now));
    change.answers = Set(Some(written));
    change.proxy = Set(proxy.is_some());
    change.recorded_by = Set(proxy);
    let told = |fact: Fact| fact.with("survey_id", survey.id.to_string()).with("proxy", proxy.is_some());
    work.change::<SurveyInvitation>(row, change, "answered", told).await?;
    Ok(())
}
