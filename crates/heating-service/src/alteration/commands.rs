//! Finding an alteration, and finding it restored.

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, whole_second};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::life_cycle::Subject;
use store::{Resource, Work, numbers, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model};
use super::{Alteration, MOVES};
use crate::household::Household;
use crate::household::entity::Model as Home;
use crate::tense::Tense;

/// A change of heating facility.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateAlteration {
    pub kind: Kind,
    #[serde(default)]
    pub permitted: bool,
    /// Required when it is permitted.
    pub permit_document_id: Option<Uuid>,
    /// Now when absent.
    pub found_at: Option<Timestamp>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
}

/// The facility is as it was.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RestoreAlteration {
    /// Now when absent.
    pub restored_at: Option<Timestamp>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
}

/// Enters an alteration; the fact is `alteration.found`.
pub async fn create(work: &Work, household_id: Uuid, input: &CreateAlteration) -> Result<Model, Fault> {
    let check = async |_: &Home| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.instant(&mut errors, input.found_at, "/found_at");
        errors.add_if(input.permitted && input.permit_document_id.is_none(), "/permit_document_id", "required");
        errors.finish()?;
        documents::ensure_all_visible(work, &input.photos, "/photos").await?;
        documents::ensure_one_visible(work, input.permit_document_id, "/permit_document_id").await
    };
    let home = resource::take_checked::<Household>(work, household_id, check).await?;
    let papers: Vec<Uuid> = input.photos.iter().copied().chain(input.permit_document_id).collect();
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "AL").await?)),
        household_id: Set(home.id),
        kind: Set(input.kind),
        permitted: Set(input.permitted),
        permit_document_id: Set(input.permit_document_id),
        found_at: Set(input.found_at.map_or(work.now, |at| at.0)),
        case_id: Set(None),
        restored_at: Set(None),
        restored_by: Set(None),
        agreed_at: Set(None),
        photos: Set(serde_json::to_string(&input.photos).map_err(Fault::internal)?),
    };
    let row = work.create::<Alteration>(row, |fact| fact, "found").await?;
    documents::attach(work, &papers, Household::NAME, home.id, "alteration").await?;
    let touched = home.clone().into_active_model();
    work.change::<Household>(&home, touched, "changed", |fact| fact.with("alteration_id", row.id.to_string())).await?;
    Ok(row)
}

/// Ends an alteration: the facility is as it was before.
///
/// # Errors
/// 422 `date_order` before it was found.
pub async fn restore(work: &Work, id: Uuid, input: &RestoreAlteration) -> Result<Model, Fault> {
    let restored_at = input.restored_at.map_or(work.now, |at| at.0);
    let check = async |row: &Model| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.instant(&mut errors, input.restored_at, "/restored_at");
        errors.add_if(restored_at < whole_second(row.found_at), "/restored_at", "date_order");
        errors.finish()?;
        documents::ensure_all_visible(work, &input.photos, "/photos").await
    };
    let row = resource::take_checked::<Alteration>(work, id, check).await?;
    MOVES.take("restore", &Subject::of(work, &row))?;
    let photos: Vec<Uuid> = row.photos().into_iter().chain(input.photos.iter().copied()).collect();
    let mut change = row.clone().into_active_model();
    change.restored_at = Set(Some(restored_at));
    change.restored_by = Set(Some(work.actor().sub));
    change.photos = Set(serde_json::to_string(&photos).map_err(Fault::internal)?);
    documents::attach(work, &input.photos, Household::NAME, row.household_id, "alteration").await?;
    work.change::<Alteration>(&row, change, "restored", |fact| fact).await
}

/// How an alteration ends with its inspection case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The facility is as it was.
    Restored,
    /// An agreement lets it be.
    Agreed,
}

/// The alteration an inspection case is about: the one named, else a facility that was taken out.
pub(crate) async fn of_case(
    work: &Work,
    home: &Home,
    case_id: Uuid,
    named: Option<Uuid>,
    found_at: DateTimeUtc,
) -> Result<Uuid, Fault> {
    if let Some(id) = named {
        let row = Entity::find_by_id(id).filter(Column::HouseholdId.eq(home.id)).one(&work.db()).await?;
        let row = row.ok_or_else(|| Fault::field("/alteration_id", "not_found"))?;
        let mut change = row.clone().into_active_model();
        change.case_id = Set(Some(case_id));
        return Ok(work.change::<Alteration>(&row, change, "inspected", |fact| fact).await?.id);
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "AL").await?)),
        household_id: Set(home.id),
        kind: Set(Kind::RadiatorRemoved),
        permitted: Set(false),
        permit_document_id: Set(None),
        found_at: Set(found_at),
        case_id: Set(Some(case_id)),
        restored_at: Set(None),
        restored_by: Set(None),
        agreed_at: Set(None),
        photos: Set("[]".to_owned()),
    };
    Ok(work.create::<Alteration>(row, |fact| fact, "found").await?.id)
}

/// Ends the alteration of a case, unless it has ended before.
pub(crate) async fn end_with_case(work: &Work, id: Uuid, how: Ended) -> Result<(), Fault> {
    let open = Entity::find_by_id(id).filter(super::open()).one(&work.db()).await?;
    let Some(row) = open else { return Ok(()) };
    let mut change = row.clone().into_active_model();
    let verb = match how {
        Ended::Restored => {
            change.restored_at = Set(Some(work.now));
            change.restored_by = Set(Some(work.actor().sub));
            "restored"
        }
        Ended::Agreed => {
            change.agreed_at = Set(Some(work.now));
            "agreed"
        }
    };
    work.change::<Alteration>(&row, change, verb, |fact| fact).await?;
    Ok(())
}
