//! The results of a survey: response, CSAT, NPS, in groups large enough to hide in (TK-R25).

use std::collections::{BTreeMap, HashMap};

use kernel::fault::Fault;
use kernel::report::Value;
use outbound::letter;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, PaginatorTrait, QuerySelect};
use serde::Serialize;
use serde_json::Value as Json;
use store::{Reading, parameters};
use utoipa::ToSchema;

use super::entity::{Model, response};
use super::figures::{self, Tally};
use super::questions::{Answers, Question, QuestionKind};
use crate::reports::names;
use crate::survey_invitation::entity::{Column, Entity, Status};
use crate::survey_invitation::went_out;

/// Ways to break results down.
pub const BY: &[&str] = &["project", "org_unit", "question"];

/// The results of a survey.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyResults {
    pub survey_id: Uuid,
    pub by: Option<&'static str>,
    /// Everybody of the audience.
    pub invited: i64,
    pub skipped: i64,
    pub skipped_by_reason: BTreeMap<String, i64>,
    pub sent: i64,
    pub undeliverable: i64,
    pub answered: i64,
    /// Of the answered: what agents wrote down for customers.
    pub proxy: i64,
    /// Answered ÷ (sent − undeliverable), in percent.
    #[schema(value_type = Option<String>)]
    pub response: Value,
    #[serde(flatten)]
    pub figures: SurveyFigures,
    /// Every question, or the projects or units with at least `tickets.survey.min_group` answers.
    pub groups: Vec<SurveyGroup>,
    /// Projects or units with fewer; nothing is said of them.
    pub hidden_groups: i64,
}

/// CSAT, mean and NPS.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyFigures {
    /// Answers of four and more ÷ answers of a scale of five, in percent.
    #[schema(value_type = Option<String>)]
    pub csat: Value,
    #[schema(value_type = Option<String>)]
    pub mean: Value,
    /// % of 9–10 less % of 0–6, without what others said for customers.
    #[schema(value_type = Option<String>)]
    pub nps: Value,
}

/// One project, unit or question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyGroup {
    /// An id, or the question's code.
    pub key: String,
    pub name: String,
    /// Answers counted here.
    pub n: i64,
    #[serde(flatten)]
    pub figures: SurveyFigures,
    /// How often each answer was given; for questions whose answers can be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<BTreeMap<String, i64>>,
    /// What was written, in alphabetical order; absent where an anonymous survey has fewer than `min_group`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub texts: Option<Vec<String>>,
}

impl From<&Tally> for SurveyFigures {
    fn from(tally: &Tally) -> Self {
        Self { csat: tally.csat(), mean: tally.mean(), nps: tally.nps() }
    }
}

/// How far the invitations of a survey came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reach {
    pub invited: i64,
    pub sent: i64,
    pub undeliverable: i64,
}

async fn count(at: &Reading, survey: Uuid, scope: Condition) -> Result<i64, Fault> {
    let n = Entity::find().filter(Column::SurveyId.eq(survey)).filter(scope).count(&at.db()).await?;
    i64::try_from(n).map_err(Fault::internal)
}

/// Counts the invitations of a survey: those sent by now, and those of them that could not be delivered.
pub async fn reach(at: &Reading, survey: Uuid) -> Result<Reach, Fault> {
    let sent = went_out().add(Column::SentAt.lte(at.now));
    // Somebody who answered was reached, whatever became of the message.
    let lost =
        sent.clone().add(Column::LetterId.in_subquery(letter::failed())).add(Column::Status.ne(Status::Answered));
    Ok(Reach {
        invited: count(at, survey, Condition::all()).await?,
        sent: count(at, survey, sent).await?,
        undeliverable: count(at, survey, lost).await?,
    })
}

/// Everything answered to a survey.
pub async fn responses(at: &Reading, survey: Uuid) -> Result<Vec<(response::Model, Answers)>, Fault> {
    let rows = response::Entity::find().filter(response::Column::SurveyId.eq(survey)).all(&at.db()).await?;
    let read = |row: response::Model| {
        let answers = serde_json::from_str(&row.answers).unwrap_or_default();
        (row, answers)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The results of a survey, broken down in one of the ways of [`BY`].
pub async fn of(at: &Reading, survey: &Model, by: Option<&'static str>) -> Result<SurveyResults, Fault> {
    let questions = survey.asked();
    let responses = responses(at, survey.id).await?;
    let least = parameters::integer(at, "tickets.survey.min_group").await?;
    let mut all = Tally::default();
    for (row, answers) in &responses {
        all.add(questions.iter(), answers, row.proxy);
    }
    let reach = reach(at, survey.id).await?;
    let skipped: Vec<(Option<String>, i64)> = Entity::find()
        .select_only()
        .column(Column::SkipReason)
        .column_as(Column::Id.count(), "n")
        .filter(Column::SurveyId.eq(survey.id))
        .filter(Column::Status.eq(Status::Skipped))
        .group_by(Column::SkipReason)
        .into_tuple()
        .all(&at.db())
        .await?;
    let (groups, hidden_groups) = match by {
        Some("question") => (by_question(&questions, &responses, if survey.anonymous { least } else { 0 }), 0),
        Some(by) => by_place(at, by, &questions, &responses, least).await?,
        None => (Vec::new(), 0),
    };
    let answered = i64::try_from(responses.len()).map_err(Fault::internal)?;
    Ok(SurveyResults {
        survey_id: survey.id,
        by,
        invited: reach.invited,
        skipped: skipped.iter().map(|(_, n)| n).sum(),
        skipped_by_reason: skipped.into_iter().filter_map(|(reason, n)| Some((reason?, n))).collect(),
        sent: reach.sent,
        undeliverable: reach.undeliverable,
        answered,
        proxy: responses.iter().map(|(row, _)| i64::from(row.proxy)).sum(),
        response: figures::response(answered, reach.sent, reach.undeliverable),
        figures: SurveyFigures::from(&all),
        groups,
        hidden_groups,
    })
}

type Responses = [(response::Model, Answers)];

async fn by_place(
    at: &Reading,
    by: &'static str,
    questions: &[Question],
    responses: &Responses,
    least: i64,
) -> Result<(Vec<SurveyGroup>, i64), Fault> {
    let mut places: BTreeMap<Option<Uuid>, (i64, Tally)> = BTreeMap::new();
    for (row, answers) in responses {
        let place = places.entry(if by == "project" { row.project_id } else { row.org_unit_id }).or_default();
        place.0 += 1;
        place.1.add(questions.iter(), answers, row.proxy);
    }
    let names: HashMap<String, String> = names(at, by).await?;
    let hidden = places.values().filter(|(n, _)| *n < least).count();
    let shown = places.iter().filter(|(_, (n, _))| *n >= least).map(|(place, (n, tally))| {
        let key = place.map(|id| id.to_string()).unwrap_or_default();
        let name = names.get(&key).cloned().unwrap_or_default();
        SurveyGroup { key, name, n: *n, figures: SurveyFigures::from(tally), counts: None, texts: None }
    });
    Ok((shown.collect(), i64::try_from(hidden).map_err(Fault::internal)?))
}

/// Each question with its figures; texts only where at least so many answered.
fn by_question(questions: &[Question], responses: &Responses, least: i64) -> Vec<SurveyGroup> {
    let mut groups = Vec::new();
    for question in questions {
        let mut tally = Tally::default();
        for (row, answers) in responses {
            tally.add(std::iter::once(question), answers, row.proxy);
        }
        let given = || responses.iter().filter_map(|(_, answers)| answers.get(&question.code));
        let written = question.kind == QuestionKind::Text;
        groups.push(SurveyGroup {
            key: question.code.clone(),
            name: question.text.clone().unwrap_or_else(|| question.code.clone()),
            n: tally.answers,
            figures: SurveyFigures::from(&tally),
            counts: (!written).then(|| counted(given())),
            texts: (written && tally.answers >= least).then(|| {
                let mut texts: Vec<String> = given().filter_map(Json::as_str).map(str::to_owned).collect();
                texts.sort();
                texts
            }),
        });
    }
    groups
}

fn counted<'a>(answers: impl Iterator<Item = &'a Json>) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        let each: Vec<&Json> = match answer {
            Json::Array(list) => list.iter().collect(),
            other => vec![other],
        };
        for one in each {
            let name = one.as_str().map_or_else(|| one.to_string(), str::to_owned);
            *counts.entry(name).or_default() += 1;
        }
    }
    counts
}
