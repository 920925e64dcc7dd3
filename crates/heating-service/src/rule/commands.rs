//! Entering a rule, and putting it in the place of an older one.

use std::collections::BTreeSet;

use access::JobRole;
use chrono::NaiveDate;
use documents::Document;
use documents::document::entity::reader;
use documents::document::{CirculateDocument, circulate};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::business_day;
use registers::external_ids::{self, ExternalId};
use registers::staff::post;
use registers::{referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QuerySelect, QueryTrait, Set};
use serde::Deserialize;
use store::{Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::StationRule;
use super::entity::{ActiveModel, Kind, Model, station};
use crate::problems::ALREADY_REPLACED;
use crate::station::{HeatingStation, entity as stations};

/// A rule the stations go by.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateStationRule {
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    pub kind: Kind,
    /// The paper people read.
    pub document_id: Uuid,
    pub valid_from: NaiveDate,
    /// The older rule whose place it takes.
    pub replaces: Option<Uuid>,
    /// The stations it holds for; those of the older rule when none is named, else all.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub station_ids: Vec<Uuid>,
    /// Staff who are to read it. The readers of the older rule are asked in any case; without either, everybody who
    /// works in the stations – or, for a rule of the laboratory that names none, there – is.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub readers: Vec<Uuid>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// Enters a rule and hands its paper to its readers: each says that he read it (传阅).
///
/// # Errors
/// 422 `not_found`, `repeated_items`, `date_order` before the older rule, `same_document`; 409 `already_replaced`.
pub async fn create(work: &Work, input: &CreateStationRule) -> Result<Model, Fault> {
    // It is circulated below: two rules of one paper wait here for each other, not half way.
    referenced::locked::<Document>(work, input.document_id, "/document_id").await?;
    let old = replaced(work, input).await?;
    let mut stations = input.station_ids.clone();
    if let Some(old) = old.as_ref().filter(|_| stations.is_empty()) {
        stations = super::stations_of(work, &[old.id]).await?.remove(&old.id).unwrap_or_default();
    }
    let places = places(work, &stations).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "GZ").await?)),
        title: Set(input.title.clone()),
        kind: Set(input.kind),
        document_id: Set(input.document_id),
        valid_from: Set(input.valid_from),
        replaced_by: Set(None),
    };
    let row = work.create::<StationRule>(row, |fact| fact, "created").await?;
    external_ids::attach_all(work, StationRule::NAME, row.id, &input.external_ids).await?;
    for station_id in stations {
        let part =
            station::ActiveModel { id: Set(ids::new_id(work.now)), rule_id: Set(row.id), station_id: Set(station_id) };
        work.insert(part).await?;
    }
    documents::attach(work, &[input.document_id], StationRule::NAME, row.id, "rule").await?;
    let readers = readers(work, input, old.as_ref(), &places).await?;
    if !readers.is_empty() {
        circulate(work, input.document_id, &CirculateDocument { readers }).await?;
    }
    if let Some(old) = old {
        let mut change = old.clone().into_active_model();
        change.replaced_by = Set(Some(row.id));
        let by = row.id.to_string();
        work.change::<StationRule>(&old, change, "replaced", |fact| fact.with("replaced_by", by)).await?;
    }
    Ok(row)
}

/// The older rule, held until the end of the work.
async fn replaced(work: &Work, input: &CreateStationRule) -> Result<Option<Model>, Fault> {
    let Some(id) = input.replaces else { return Ok(None) };
    let old = referenced::locked::<StationRule>(work, id, "/replaces").await?;
    if old.replaced_by.is_some() {
        return Err(Fault::new(&ALREADY_REPLACED));
    }
    let mut errors = FieldErrors::default();
    errors.add_if(input.valid_from < old.valid_from, "/valid_from", "date_order");
    errors.add_if(input.document_id == old.document_id, "/document_id", "same_document");
    errors.finish()?;
    Ok(Some(old))
}

/// The units of the stations, each named once and known to the caller.
async fn places(work: &Work, stations: &[Uuid]) -> Result<Vec<Uuid>, Fault> {
    let (mut seen, mut units) = (BTreeSet::new(), Vec::new());
    for (n, id) in stations.iter().enumerate() {
        let pointer = format!("/station_ids/{n}");
        if !seen.insert(*id) {
            return Err(Fault::field(&pointer, "repeated_items"));
        }
        units.push(referenced::known::<HeatingStation>(work, *id, &pointer).await?.org_unit_id);
    }
    Ok(units)
}

/// Who is asked to read: those named and the readers of the older rule, else who works in the stations.
async fn readers(
    work: &Work,
    input: &CreateStationRule,
    old: Option<&Model>,
    units: &[Uuid],
) -> Result<Vec<Uuid>, Fault> {
    let mut readers = input.readers.clone();
    if let Some(old) = old {
        let known = reader::Entity::find()
            .select_only()
            .column(reader::Column::StaffId)
            .filter(reader::Column::DocumentId.eq(old.document_id))
            .into_tuple::<Uuid>();
        readers.extend(known.all(&work.db()).await?);
    }
    if readers.is_empty() {
        readers = working(work, input.kind, units).await?;
    }
    Ok(readers)
}

/// Who works where a rule holds: in the stations named, else in every one that works; a rule of the laboratory holds
/// there.
async fn working(work: &Work, kind: Kind, units: &[Uuid]) -> Result<Vec<Uuid>, Fault> {
    if units.is_empty() && kind == Kind::Laboratory {
        let mut people = Vec::new();
        for role in [JobRole::CoalAnalyst, JobRole::CoalSampler, JobRole::CoalReviewer] {
            let posts = post::held_as(work, role, business_day(work.now)).await?;
            people.extend(posts.into_iter().map(|post| post.staff_id));
        }
        return Ok(people);
    }
    let everywhere = stations::Entity::find()
        .select_only()
        .column(stations::Column::OrgUnitId)
        .filter(stations::Column::Status.eq(stations::Status::Active))
        .into_query();
    let there = match units.is_empty() {
        true => staff::Column::OrgUnitId.in_subquery(everywhere),
        false => staff::Column::OrgUnitId.is_in(units.iter().copied()),
    };
    let people = staff::Entity::find()
        .select_only()
        .column(staff::Column::Id)
        .filter(there)
        .filter(staff::Column::Status.eq(staff::entity::ACTIVE))
        .into_tuple::<Uuid>();
    Ok(people.all(&work.db()).await?)
}
