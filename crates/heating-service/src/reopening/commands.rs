//! Ordering a valve open, and opening it.

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, whole_second};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::Deserialize;
use store::life_cycle::Subject;
use store::{Resource, Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Cause, Column, Entity, Model, Status};
use super::{MOVES, Reopening};
use crate::household::entity::{Model as Home, Valve};
use crate::household::{Household, commands as homes};
use crate::tense::Tense;

/// The valve is open.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CompleteReopening {
    /// Now when absent.
    pub completed_at: Option<Timestamp>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
}

async fn ordered(work: &Work, household_id: Uuid) -> Result<Option<Model>, Fault> {
    let open = Entity::find().filter(Column::HouseholdId.eq(household_id)).filter(Column::Status.eq(Status::Ordered));
    Ok(open.one(&work.db()).await?)
}

/// Orders the valve of a home open, once. The caller holds the household's row. The fact is `reopening.ordered`.
pub(crate) async fn order(work: &Work, home: &Home, cause: Cause, source_id: Option<Uuid>) -> Result<(), Fault> {
    if home.valve == Valve::Open || ordered(work, home.id).await?.is_some() {
        return Ok(());
    }
    let hours = parameters::integer(work, "heating.valve.reopen_hours").await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "KS").await?),
        household_id: Set(home.id),
        org_unit_id: Set(home.org_unit_id),
        cause: Set(cause),
        source_id: Set(source_id),
        ordered_at: Set(work.now),
        due_at: Set(work.now + TimeDelta::hours(hours)),
        status: Set(Status::Ordered),
        completed_at: Set(None),
        completed_by: Set(None),
    };
    let household = home.id.to_string();
    work.create::<Reopening>(row, |fact| fact.with("household_id", household).with("cause", cause.code()), "ordered")
        .await?;
    Ok(())
}

/// Completes the order of a home with the act that opened its valve.
pub(crate) async fn opened(work: &Work, household_id: Uuid) -> Result<(), Fault> {
    if let Some(row) = ordered(work, household_id).await? {
        completed(work, &row, work.now).await?;
    }
    Ok(())
}

/// Takes back the order of a resumption that comes to nothing, or is not paid any more.
pub(crate) async fn called_off(work: &Work, application_id: Uuid) -> Result<(), Fault> {
    take_back(work, Condition::all().add(Column::SourceId.eq(application_id))).await
}

/// Takes back the order of a home that owes again: the payment it followed from was taken back.
pub(crate) async fn owing(work: &Work, household_id: Uuid) -> Result<(), Fault> {
    let paid = Condition::all().add(Column::HouseholdId.eq(household_id)).add(Column::Cause.eq(Cause::Payment));
    take_back(work, paid).await
}

async fn take_back(work: &Work, which: Condition) -> Result<(), Fault> {
    let open = Entity::find().filter(which).filter(Column::Status.eq(Status::Ordered));
    let Some(row) = open.one(&work.db()).await? else { return Ok(()) };
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Cancelled);
    work.change::<Reopening>(&row, change, "cancelled", |fact| fact).await?;
    Ok(())
}

async fn completed(work: &Work, row: &Model, at: DateTimeUtc) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Completed);
    change.completed_at = Set(Some(at));
    change.completed_by = Set(Some(work.actor().sub));
    work.change::<Reopening>(row, change, "completed", |fact| fact).await
}

/// Opens the valve of a home that has paid; its seal is gone.
///
/// # Errors
/// 409 `invalid_state` for a resumption, whose application opens it.
pub async fn complete(work: &Work, id: Uuid, input: &CompleteReopening) -> Result<Model, Fault> {
    let at = input.completed_at.map_or(work.now, |at| at.0);
    let check = async |row: &Model| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.instant(&mut errors, input.completed_at, "/completed_at");
        errors.add_if(at < whole_second(row.ordered_at), "/completed_at", "date_order");
        errors.finish()?;
        documents::ensure_all_visible(work, &input.photos, "/photos").await
    };
    let row = resource::take_checked::<Reopening>(work, id, check).await?;
    MOVES.take("complete", &Subject::of(work, &row))?;
    let home = homes::locked(work, row.household_id).await?;
    let mut valve = home.clone().into_active_model();
    valve.valve = Set(Valve::Open);
    valve.seal_no = Set(None);
    work.change::<Household>(&home, valve, "changed", |fact| fact.with("reopening_id", row.id.to_string())).await?;
    documents::attach(work, &input.photos, Household::NAME, home.id, "valve").await?;
    completed(work, &row, at).await
}
