//! Entering a session that was held.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use registers::external_ids::{self, ExternalId};
use registers::{referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{QuerySelect, Set};
use serde::Deserialize;
use store::{Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::TrainingSession;
use super::entity::{ActiveModel, Model, attendee};
use crate::rule::StationRule;
use crate::scope;
use crate::station::HeatingStation;
use crate::tense::Tense;

/// A session that was held, and how it went.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTrainingSession {
    #[schema(min_length = 1, max_length = 200)]
    pub topic: String,
    /// The rule it was about.
    pub rule_id: Option<Uuid>,
    /// The station it was held for; none: the company.
    pub station_id: Option<Uuid>,
    pub on: NaiveDate,
    /// Who taught: a person, an institute.
    #[schema(min_length = 1, max_length = 120)]
    pub trainer: String,
    #[schema(min_items = 1, max_items = 500)]
    pub attendees: Vec<TrainingAttendee>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// Somebody who took part.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingAttendee {
    pub staff_id: Uuid,
    /// 0–100; nothing when there was no exam.
    pub score: Option<i32>,
    pub passed: bool,
}

/// Enters a session.
///
/// # Errors
/// 422 `date_in_future`, `repeated_items`, `not_found`, `score_out_of_range`.
pub async fn create(work: &Work, input: &CreateTrainingSession) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, Some(input.on), "/on");
    errors.add_if(input.station_id.is_none() && !scope::knows_all(work.actor()), "/station_id", "required");
    check_attendees(work, &input.attendees, &mut errors).await?;
    errors.finish()?;
    if let Some(rule) = input.rule_id {
        referenced::known::<StationRule>(work, rule, "/rule_id").await?;
    }
    if let Some(station) = input.station_id {
        referenced::known::<HeatingStation>(work, station, "/station_id").await?;
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(Some(numbers::next(work, "PX").await?)),
        topic: Set(input.topic.clone()),
        rule_id: Set(input.rule_id),
        station_id: Set(input.station_id),
        held_on: Set(input.on),
        trainer: Set(input.trainer.clone()),
    };
    let row = work.create::<TrainingSession>(row, |fact| fact, "recorded").await?;
    external_ids::attach_all(work, TrainingSession::NAME, row.id, &input.external_ids).await?;
    let parts = input.attendees.iter().map(|one| attendee::ActiveModel {
        id: Set(ids::new_id(work.now)),
        session_id: Set(row.id),
        staff_id: Set(one.staff_id),
        score: Set(one.score),
        passed: Set(one.passed),
    });
    attendee::Entity::insert_many(parts).exec_without_returning(&work.db()).await?;
    Ok(row)
}

/// Each person once, and on file.
async fn check_attendees(work: &Work, list: &[TrainingAttendee], errors: &mut FieldErrors) -> Result<(), Fault> {
    let known = staff::Entity::find()
        .select_only()
        .column(staff::Column::Id)
        .filter(staff::Column::Id.is_in(list.iter().map(|one| one.staff_id)))
        .into_tuple::<Uuid>();
    let known: HashSet<Uuid> = known.all(&work.db()).await?.into_iter().collect();
    let mut seen = BTreeSet::new();
    for (n, one) in list.iter().enumerate() {
        let pointer = format!("/attendees/{n}/staff_id");
        errors.add_if(!known.contains(&one.staff_id), &pointer, "not_found");
        errors.add_if(!seen.insert(one.staff_id), &pointer, "repeated_items");
        let wrong = one.score.is_some_and(|score| !(0..=100).contains(&score));
        errors.add_if(wrong, &format!("/attendees/{n}/score"), "score_out_of_range");
    }
    Ok(())
}
