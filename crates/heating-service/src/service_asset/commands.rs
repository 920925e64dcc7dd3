//! Putting assets up, changing what they say, taking them down.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::business_day;
use registers::external_ids::{self, ExternalId};
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::life_cycle::Subject;
use store::{Resource, Work, numbers, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model};
use super::{MOVES, ServiceAsset, token};
use crate::station::HeatingStation;
use crate::tense::Tense;

/// An asset that was put up.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateServiceAsset {
    pub kind: Kind,
    /// Its number on the label; given by the service when absent.
    #[schema(min_length = 1, max_length = 40)]
    pub number: Option<String>,
    pub station_id: Uuid,
    /// Where it is: the gate, the stairwell.
    #[schema(min_length = 1, max_length = 200)]
    pub place: String,
    /// What it says; of a phone, its number.
    #[schema(max_length = 500)]
    pub text: Option<String>,
    /// Today when absent.
    pub installed_on: Option<NaiveDate>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of an asset.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceAssetFields {
    pub station_id: Uuid,
    #[schema(min_length = 1, max_length = 200)]
    pub place: String,
    #[schema(max_length = 500)]
    pub text: Option<String>,
    pub installed_on: NaiveDate,
}

impl From<&Model> for ServiceAssetFields {
    fn from(row: &Model) -> Self {
        Self {
            station_id: row.station_id,
            place: row.place.clone(),
            text: row.wording.clone(),
            installed_on: row.installed_on,
        }
    }
}

/// An asset that was taken down.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RemoveServiceAsset {
    /// The first day it is gone; today when absent.
    pub removed_on: Option<NaiveDate>,
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// Puts an asset up; its number is unique within its kind.
///
/// # Errors
/// 422 `not_found` for the station, `date_in_future`; 409 `already_exists`.
pub async fn create(work: &Work, input: &CreateServiceAsset) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, input.installed_on, "/installed_on");
    errors.finish()?;
    let station = referenced::known::<HeatingStation>(work, input.station_id, "/station_id").await?;
    let number = match &input.number {
        Some(number) => number.clone(),
        None => numbers::lasting(work, "SA").await?,
    };
    locks::hold(work, vec![format!("service_asset|{}|{number}", input.kind.code())]).await?;
    let same = Entity::find().filter(Column::Kind.eq(input.kind)).filter(Column::Number.eq(&number));
    if same.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "number"));
    }
    let id = ids::new_id(work.now);
    let row = ActiveModel {
        id: Set(id),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        kind: Set(input.kind),
        number: Set(number),
        station_id: Set(station.id),
        org_unit_id: Set(station.org_unit_id),
        place: Set(input.place.clone()),
        wording: Set(input.text.clone()),
        installed_on: Set(input.installed_on.unwrap_or_else(|| business_day(work.now))),
        removed_on: Set(None),
        remove_reason: Set(None),
        token_key: Set(token::key(work, &token::of(work, id))),
    };
    let row = work.create::<ServiceAsset>(row, |fact| fact, "installed").await?;
    external_ids::attach_all(work, ServiceAsset::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

/// Changes an asset.
///
/// # Errors
/// 422 `not_found` for the station, `date_in_future`, `date_order` after it was removed.
pub async fn update(work: &Work, row: &Model, fields: ServiceAssetFields) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, Some(fields.installed_on), "/installed_on");
    errors.add_if(row.removed_on.is_some_and(|gone| gone < fields.installed_on), "/installed_on", "date_order");
    errors.finish()?;
    let mut change = row.clone().into_active_model();
    if fields.station_id != row.station_id {
        let station = referenced::known::<HeatingStation>(work, fields.station_id, "/station_id").await?;
        change.station_id = Set(station.id);
        change.org_unit_id = Set(station.org_unit_id);
    }
    change.place = Set(fields.place);
    change.wording = Set(fields.text);
    change.installed_on = Set(fields.installed_on);
    work.change::<ServiceAsset>(row, change, "updated", |fact| fact).await
}

/// Takes an asset down; its code opens nothing from now on.
///
/// # Errors
/// 409 `invalid_state` when it is gone; 422 `date_in_future`, `date_order` before it was put up.
pub async fn remove(work: &Work, id: Uuid, input: &RemoveServiceAsset) -> Result<Model, Fault> {
    let removed_on = input.removed_on.unwrap_or_else(|| business_day(work.now));
    let fits = async |row: &Model| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.day(&mut errors, input.removed_on, "/removed_on");
        errors.add_if(removed_on < row.installed_on, "/removed_on", "date_order");
        errors.finish()
    };
    let row = resource::take_checked::<ServiceAsset>(work, id, fits).await?;
    MOVES.take("remove", &Subject::of(work, &row))?;
    let mut change = row.clone().into_active_model();
    change.removed_on = Set(Some(removed_on));
    change.remove_reason = Set(input.reason.clone());
    work.change::<ServiceAsset>(&row, change, "removed", |fact| fact).await
}
