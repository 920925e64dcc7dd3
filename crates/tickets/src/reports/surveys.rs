//! Surveys opened in the period: reach and response, and each question's figures (TK-R25).

use kernel::fault::Fault;
use kernel::report::{Cell, Column, ColumnKind};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::Slice;
use super::{count, percent, text};
use crate::survey::entity::{Column as Surveys, Entity, Model};
use crate::survey::figures::{Tally, response};
use crate::survey::{Survey, results};
use crate::survey_invitation::SurveyInvitation;

/// One row a question of each survey. An agent has no surveys of his own; he sees those of his unit.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = Slice::default().during("opened_at", ask.period);
    let surveys = Entity::find()
        .filter(slice.condition::<Survey>(at)?)
        .order_by_asc(Surveys::OpenedAt)
        .order_by_asc(Surveys::Id)
        .all(&at.db())
        .await?;
    let mut rows = Vec::new();
    for survey in &surveys {
        add(at, survey, &mut rows).await?;
    }
    let columns = vec![
        text("number", "编号", "Number"),
        text("survey", "调查", "Survey"),
        count("invited", "邀请", "Invited"),
        count("sent", "发出", "Sent"),
        count("undeliverable", "未送达", "Undeliverable"),
        count("answered", "作答", "Answered"),
        percent("response", "答复率%", "Response %"),
        text("question", "题目", "Question"),
        count("n", "有效答案", "Answers"),
        Column::new("mean", "平均分", "Mean", ColumnKind::Number),
        percent("csat", "满意率%", "CSAT %"),
        percent("nps", "净推荐值%", "NPS %"),
    ];
    Ok(Figures { columns, rows, totals: None, ..Figures::default() })
}

async fn add(at: &Reading, survey: &Model, rows: &mut Vec<Vec<Cell>>) -> Result<(), Fault> {
    let questions = survey.asked();
    let responses = results::responses(at, survey.id).await?;
    let reach = results::reach(at, survey.id).await?;
    let answered = i64::try_from(responses.len()).map_err(Fault::internal)?;
    let invitations = Slice::default().with("survey_id", survey.id);
    for question in &questions {
        let mut tally = Tally::default();
        for (row, answers) in &responses {
            tally.add(std::iter::once(question), answers, row.proxy);
        }
        rows.push(vec![
            Cell::from(survey.number.clone()),
            survey.name.clone().into(),
            invitations.cell::<SurveyInvitation>(reach.invited),
            reach.sent.into(),
            reach.undeliverable.into(),
            answered.into(),
            response(answered, reach.sent, reach.undeliverable).into(),
            question.text.clone().unwrap_or_else(|| question.code.clone()).into(),
            tally.answers.into(),
            tally.mean().into(),
            tally.csat().into(),
            tally.nps().into(),
        ]);
    }
    Ok(())
}
