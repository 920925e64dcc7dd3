//! Planning a training, recording its exam, closing it (TK-R30).

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::{referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::resource;
use store::{Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Status, TrainingAudience, row};
use super::{MOVES, Training};
use crate::quality_summary::QualitySummary;

/// A training to be held.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTraining {
    #[schema(min_length = 2, max_length = 200)]
    pub topic: String,
    pub audience: TrainingAudience,
    /// The weekly summary it follows from.
    pub source_summary_id: Option<Uuid>,
    pub planned_on: Option<NaiveDate>,
    /// Who shall take part; needed when the audience is individual.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub staff_ids: Vec<Uuid>,
}

/// Who came, and the points of the exam.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordTrainingResults {
    /// Default: now.
    pub held_at: Option<Timestamp>,
    #[schema(min_items = 1, max_items = 500)]
    pub rows: Vec<TrainingResult>,
}

/// One participant's result.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingResult {
    pub staff_id: Uuid,
    pub attended: bool,
    /// 0–100; nothing when there was no exam for him.
    pub exam_score: Option<i32>,
}

/// Plans a training.
///
/// # Errors
/// 422 `required`, `repeated_items`, `not_found`.
pub async fn create(work: &Work, cmd: &CreateTraining) -> Result<Model, Fault> {
    if cmd.audience == TrainingAudience::Individual && cmd.staff_ids.is_empty() {
        return Err(Fault::field("/staff_ids", "required"));
    }
    check_people(work, cmd.staff_ids.iter().map(|id| (*id, "")), "/staff_ids").await?;
    if let Some(summary) = cmd.source_summary_id {
        referenced::known::<QualitySummary>(work, summary, "/source_summary_id").await?;
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "TR").await?),
        org_unit_id: Set(work.actor().scope.org_unit_id),
        topic: Set(cmd.topic.clone()),
        audience: Set(cmd.audience),
        source_summary_id: Set(cmd.source_summary_id),
        planned_on: Set(cmd.planned_on),
        held_at: Set(None),
        status: Set(Status::Planned),
        closed_at: Set(None),
    };
    let training = work.create::<Training>(row, |fact| fact, "planned").await?;
    let invited = cmd.staff_ids.iter().map(|id| part(work, training.id, *id));
    insert_parts(work, invited.collect()).await?;
    Ok(training)
}

/// Each person once, and on file.
async fn check_people(
    work: &Work,
    people: impl Iterator<Item = (Uuid, &'static str)>,
    pointer: &str,
) -> Result<(), Fault> {
    let (mut seen, mut errors) = (BTreeSet::new(), FieldErrors::default());
    for (n, (id, field)) in people.enumerate() {
        let pointer = format!("{pointer}/{n}{field}");
        errors.add_if(!seen.insert(id), &pointer, "repeated_items");
        let known = staff::Entity::find_by_id(id).one(&work.db()).await?.is_some();
        errors.add_if(!known, &pointer, "not_found");
    }
    errors.finish()
}

fn part(work: &Work, training_id: Uuid, staff_id: Uuid) -> row::ActiveModel {
    row::ActiveModel {
        id: Set(ids::new_id(work.now)),
        training_id: Set(training_id),
        staff_id: Set(staff_id),
        attended: Set(None),
        exam_score: Set(None),
        passed: Set(None),
    }
}

async fn insert_parts(work: &Work, parts: Vec<row::ActiveModel>) -> Result<(), Fault> {
    if !parts.is_empty() {
        row::Entity::insert_many(parts).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}

/// Records who came and how the exam went. Who was invited and is not named did not come; whoever did not
/// pass is to be trained again.
///
/// # Errors
/// 422 `score_out_of_range`, `date_in_future`, `repeated_items`, `not_found`.
pub async fn record_results(work: &Work, id: Uuid, cmd: &RecordTrainingResults) -> Result<Model, Fault> {
    let held_at = cmd.held_at.map_or(work.now, |at| at.0);
    let skew = parameters::integer(work, "platform.clock.skew_minutes").await?;
    let judge = |_: &Model| {
        let mut errors = FieldErrors::default();
        errors.add_if(held_at > work.now + TimeDelta::minutes(skew), "/held_at", "date_in_future");
        for (n, result) in cmd.rows.iter().enumerate() {
            let wrong = result.exam_score.is_some_and(|score| !(0..=100).contains(&score));
            errors.add_if(wrong, &format!("/rows/{n}/exam_score"), "score_out_of_range");
        }
        errors.finish().map_err(|fault| fault.rule("TK-R30"))
    };
    let training = resource::take_judged::<Training>(work, id, judge).await?;
    check_people(work, cmd.rows.iter().map(|result| (result.staff_id, "/staff_id")), "/rows").await?;
    let to = MOVES.take("record-results", &Subject::of(work, &training))?;
    let day = business_day(held_at);
    let mark = parameters::value_on(work, "tickets.training.pass_score", day, None).await?.as_i64().unwrap_or(100);
    let invited = row::Entity::find().filter(row::Column::TrainingId.eq(id)).all(&work.db()).await?;
    row::Entity::delete_many().filter(row::Column::TrainingId.eq(id)).exec(&work.db()).await?;
    let mut parts: Vec<row::ActiveModel> = Vec::new();
    for result in &cmd.rows {
        let mut part = part(work, id, result.staff_id);
        let passed = result.exam_score.map(|score| result.attended && i64::from(score) >= mark);
        part.attended = Set(Some(result.attended));
        part.exam_score = Set(result.exam_score);
        part.passed = Set(passed.or((!result.attended).then_some(false)));
        parts.push(part);
    }
    for absent in invited.iter().filter(|old| cmd.rows.iter().all(|result| result.staff_id != old.staff_id)) {
        let mut part = part(work, id, absent.staff_id);
        (part.attended, part.passed) = (Set(Some(false)), Set(Some(false)));
        parts.push(part);
    }
    insert_parts(work, parts).await?;
    let mut next = training.clone().into_active_model();
    (next.status, next.held_at) = (Set(to), Set(Some(held_at)));
    work.change::<Training>(&training, next, "held", |fact| fact).await
}

/// Closes a training whose results are on file.
pub async fn close(work: &Work, id: Uuid, _cmd: &BareAct) -> Result<Model, Fault> {
    let training = resource::take::<Training>(work, id).await?;
    let to = MOVES.take("close", &Subject::of(work, &training))?;
    let mut next = training.clone().into_active_model();
    (next.status, next.closed_at) = (Set(to), Set(Some(work.now)));
    work.change::<Training>(&training, next, "closed", |fact| fact).await
}
