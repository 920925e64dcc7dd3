//! Keeping what is left of a sample, and throwing it away in time.

use chrono::Days;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::{Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model};
use super::{MOVES, RetentionSample};
use crate::lab::Grams;
use crate::lab_sample::LabSample;
use crate::lab_sample::entity as samples;
use crate::tense::Tense;

/// What is kept of a sample that was received.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateRetention {
    pub sample_id: Uuid,
    pub mass_g: Grams,
    #[schema(min_length = 1, max_length = 120)]
    pub place: String,
    /// Now when absent.
    pub stored_at: Option<Timestamp>,
}

/// Stores a part of a sample, at most all of it; how long it is kept depends on what it is.
pub async fn create(work: &Work, input: &CreateRetention) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.instant(&mut errors, input.stored_at, "/stored_at");
    errors.add_if(input.mass_g.units() <= 0, "/mass_g", "out_of_range");
    errors.finish()?;
    let sample = referenced::known::<LabSample>(work, input.sample_id, "/sample_id").await?;
    if sample.received_at.is_none() {
        return Err(Fault::field("/sample_id", "not_received"));
    }
    if input.mass_g.units() > sample.mass_cg.max(sample.received_mass_cg.unwrap_or_default()) {
        return Err(Fault::field("/mass_g", "out_of_range"));
    }
    let stored_at = input.stored_at.map_or(work.now, |at| at.0);
    let day = business_day(stored_at);
    let days = parameters::value_on(work, "heating.lab.retention_days", day, None).await?;
    let kind = if sample.kind == samples::Kind::Coal { "coal" } else { "ash" };
    let days = Days::new(days[kind].as_u64().unwrap_or_default());
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "CY").await?)),
        sample_id: Set(sample.id),
        mass_cg: Set(input.mass_g.units()),
        place: Set(input.place.trim().to_owned()),
        stored_at: Set(stored_at),
        keep_until: Set(day.checked_add_days(days).unwrap_or(day)),
        disposed_at: Set(None),
        disposed_by: Set(None),
    };
    work.create::<RetentionSample>(row, |fact| fact.with("blind_code", sample.blind_code), "stored").await
}

/// Throws a retained sample away.
///
/// # Errors
/// 409 `retention_running` before its day.
pub async fn dispose(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let row = resource::take::<RetentionSample>(work, id).await?;
    MOVES.take("dispose", &Subject::of(work, &row))?;
    let mut change = row.clone().into_active_model();
    change.disposed_at = Set(Some(work.now));
    change.disposed_by = Set(Some(work.actor().sub));
    work.change::<RetentionSample>(&row, change, "disposed", |fact| fact).await
}
