//! Giving a role into another's hands, and taking it back.

use access::{Actor, JobRole};
use chrono::NaiveDate;
use kernel::fault::{ABOVE_AUTHORITY, Fault, FieldErrors};
use kernel::ids;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::journal::Fact;
use store::life_cycle::Subject;
use store::{Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::life_cycle::MOVES;
use super::{ActiveModel, Delegation, Model};
use crate::staff::{self, post};

/// Who stands in for whom, in which role, from when to when.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateDelegation {
    /// Default: the caller.
    pub from_staff_id: Option<Uuid>,
    pub to_staff_id: Uuid,
    pub role: JobRole,
    pub from: NaiveDate,
    /// Inclusive.
    pub to: NaiveDate,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Why a role is taken back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevokeDelegation {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// Whether this caller lends and takes back what is this person's.
pub(super) fn may(actor: &Actor, principal: Uuid) -> Result<(), Fault> {
    let own = actor.staff_id == Some(principal) && actor.on_behalf_of.is_none();
    if own || actor.role == JobRole::HrOfficer || actor.is_system() {
        Ok(())
    } else {
        Err(Fault::new(&ABOVE_AUTHORITY))
    }
}

/// Delegates a role.
///
/// # Errors
/// 422 `delegation_invalid`: to oneself, from after to, over already, a role not held.
pub async fn create(work: &Work, input: &CreateDelegation) -> Result<Model, Fault> {
    let principal =
        input.from_staff_id.or(work.actor().staff_id).ok_or_else(|| Fault::field("/from_staff_id", "required"))?;
    let target = staff::Entity::find_by_id(input.to_staff_id).one(&work.db()).await?;
    let held = post::held(work, principal, input.from.max(business_day(work.now))).await?;
    let mut errors = FieldErrors::default();
    errors
        .add_if(!target.is_some_and(|target| target.is_active()), "/to_staff_id", "not_found")
        .add_if(principal == input.to_staff_id, "/to_staff_id", "delegation_invalid")
        .add_if(input.from > input.to, "/to", "delegation_invalid")
        .add_if(input.to < business_day(work.now), "/to", "delegation_invalid")
        .add_if(!held.iter().any(|post| post.role == input.role.code()), "/role", "delegation_invalid");
    errors.finish()?;
    may(work.actor(), principal)?;
    lend(work, principal, input).await
}

/// Writes a delegation that somebody else decided on: an approved leave.
pub async fn lend(work: &Work, principal: Uuid, input: &CreateDelegation) -> Result<Model, Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        from_staff_id: Set(principal),
        to_staff_id: Set(input.to_staff_id),
        role: Set(input.role.code().to_owned()),
        from_on: Set(input.from),
        to_on: Set(input.to),
        reason: Set(input.reason.clone()),
        created_by: Set(work.actor().sub),
        revoked_at: Set(None),
    };
    work.forget();
    work.create::<Delegation>(row, |fact| fact.reason(input.reason.as_str()), "created").await
}

/// Takes a delegation back; it stops working at once.
pub async fn revoke(work: &Work, id: Uuid, input: &RevokeDelegation) -> Result<Model, Fault> {
    let row = resource::take::<Delegation>(work, id).await?;
    MOVES.take("revoke", &Subject::of(work, &row))?;
    let mut change = row.clone().into_active_model();
    change.revoked_at = Set(Some(work.now));
    work.forget();
    let reason = input.reason.clone();
    work.change::<Delegation>(&row, change, "revoked", |fact| Fact { reason, ..fact }).await
}
