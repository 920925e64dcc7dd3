//! Entering areas: a change ends the old item and begins a new one.

use chrono::{Days, NaiveDate};
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::{Area, Height};
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Resource, Work, numbers, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model, Origin};
use super::{AreaItem, queries};
use crate::household::entity::Model as Home;
use crate::household::{Household, commands as homes};
use crate::problems::{ALREADY_ENDED, AREA_OVERLAP};
use crate::tense::Tense;

/// A new area of a household.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateAreaItem {
    pub kind: Kind,
    pub area_m2: Area,
    /// Required unless it is a certificate.
    pub height_m: Option<Height>,
    /// True for a certificate when absent, else false.
    pub has_heating_facility: Option<bool>,
    pub from: NaiveDate,
    /// The last day; open when absent.
    pub to: Option<NaiveDate>,
    /// `certificate` when absent.
    pub origin: Option<Origin>,
    /// What it follows from: a case, an import.
    pub source_id: Option<Uuid>,
    pub document_id: Option<Uuid>,
    /// The item it takes the place of: that one ends on the day before.
    pub replaces_id: Option<Uuid>,
}

/// Enters an area; the facts are `area_item.added` and, for one it replaces, `area_item.ended`.
///
/// # Errors
/// 409 `area_overlap` when two certificates would stand on one day (HS-R06), `already_ended` for a replaced item
/// that has ended before; 422 `required` without a height.
pub async fn create(work: &Work, household_id: Uuid, input: &CreateAreaItem) -> Result<Model, Fault> {
    let right = async |_: &Home| judge(work, input).await;
    let home = resource::take_checked::<Household>(work, household_id, right).await?;
    enter(work, &home, input, None).await
}

/// What is wrong in the body itself.
async fn judge(work: &Work, input: &CreateAreaItem) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, Some(input.from), "/from");
    errors.add_if(input.to.is_some_and(|to| to < input.from), "/to", "date_order");
    errors.add_if(input.kind != Kind::Certificate && input.height_m.is_none(), "/height_m", "required");
    errors.finish()?;
    documents::ensure_one_visible(work, input.document_id, "/document_id").await
}

/// As [`create`], of a household that is held already.
pub(crate) async fn entered(work: &Work, home: &Home, input: &CreateAreaItem) -> Result<Model, Fault> {
    judge(work, input).await?;
    enter(work, home, input, None).await
}

/// Enters an area with the act it follows from, charged by paper when that is an agreement. The first day of what
/// is agreed upon may lie ahead.
pub(crate) async fn enter(
    work: &Work,
    home: &Home,
    input: &CreateAreaItem,
    agreement_id: Option<Uuid>,
) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(input.to.is_some_and(|to| to < input.from), "/to", "date_order");
    errors.add_if(input.kind != Kind::Certificate && input.height_m.is_none(), "/height_m", "required");
    errors.finish()?;
    documents::ensure_one_visible(work, input.document_id, "/document_id").await?;
    if let Some(old) = input.replaces_id {
        end(work, home.id, old, input.from).await?;
    }
    if input.kind == Kind::Certificate {
        refuse_overlap(work, home.id, input).await?;
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(None),
        number: Set(Some(numbers::next(work, "MJ").await?)),
        household_id: Set(home.id),
        kind: Set(input.kind),
        area_dm2: Set(input.area_m2.units()),
        height_cm: Set(input.height_m.and_then(|height| i32::try_from(height.units()).ok())),
        has_heating_facility: Set(input.has_heating_facility.unwrap_or(input.kind == Kind::Certificate)),
        from_on: Set(input.from),
        to_on: Set(input.to),
        origin: Set(input.origin.unwrap_or(Origin::Certificate)),
        source_id: Set(input.source_id),
        agreement_id: Set(agreement_id),
        document_id: Set(input.document_id),
    };
    let row = work.create::<AreaItem>(row, |fact| fact, "added").await?;
    if let Some(paper) = input.document_id {
        documents::attach(work, &[paper], Household::NAME, home.id, "area").await?;
    }
    // Several areas may be entered by one act: the household as it stands by now.
    let now = homes::locked(work, home.id).await?;
    let touched = now.clone().into_active_model();
    work.change::<Household>(&now, touched, "changed", |fact| fact.with("area_item_id", row.id.to_string())).await?;
    Ok(row)
}

/// Ends the areas an agreement opened.
pub(crate) async fn end_with_agreement(work: &Work, agreement_id: Uuid, last: NaiveDate) -> Result<(), Fault> {
    let open = Entity::find().filter(Column::AgreementId.eq(agreement_id)).filter(Column::ToOn.is_null());
    for row in open.all(&work.db()).await? {
        let mut change = row.clone().into_active_model();
        change.to_on = Set(Some(last));
        work.change::<AreaItem>(&row, change, "ended", |fact| fact).await?;
    }
    Ok(())
}

/// Ends an item the day before another takes its place.
async fn end(work: &Work, household_id: Uuid, id: Uuid, from: NaiveDate) -> Result<(), Fault> {
    let old = Entity::find_by_id(id).filter(Column::HouseholdId.eq(household_id)).one(&work.db()).await?;
    let old = old.ok_or_else(|| Fault::field("/replaces_id", "not_found"))?;
    if let Some(to) = old.to_on.filter(|to| *to < from) {
        return Err(Fault::new(&ALREADY_ENDED).with("to", to.to_string()));
    }
    if old.from_on >= from {
        return Err(Fault::field("/from", "date_order"));
    }
    let mut change = old.clone().into_active_model();
    change.to_on = Set(from.checked_sub_days(Days::new(1)));
    work.change::<AreaItem>(&old, change, "ended", |fact| fact).await?;
    Ok(())
}

async fn refuse_overlap(work: &Work, household_id: Uuid, input: &CreateAreaItem) -> Result<(), Fault> {
    let to = input.to.unwrap_or(NaiveDate::MAX);
    let mut others = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::Kind.eq(Kind::Certificate))
        .filter(sea_orm::Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(input.from)));
    if to != NaiveDate::MAX {
        others = others.filter(queries::during(input.from, to));
    }
    match others.one(&work.db()).await? {
        Some(other) => Err(Fault::new(&AREA_OVERLAP).rule("HS-R06").with("area_item_id", other.id.to_string())),
        None => Ok(()),
    }
}
