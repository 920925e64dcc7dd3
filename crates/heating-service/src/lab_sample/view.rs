//! A sample as callers see it; to the analyst its origin is absent until it is reported (HS-R42).

use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::entity::{Kind, Model, Status};
use super::is_blind;
use crate::lab::Grams;
use crate::lab::item::Item;

/// A sample of coal, slag or fly ash. Number, place, station, supplier, batch, sampler and the time of sampling are
/// absent from what the analyst sees until the sample is reported.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LabSampleView {
    pub id: Uuid,
    pub version: i32,
    /// `CS-YYYY-NNNN` of coal, `AS-YYYY-NNNN` of slag and fly ash; without a gap in a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub blind_code: String,
    pub kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling_place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub station_id: Option<Option<Uuid>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub supplier_id: Option<Option<Uuid>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub batch: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampled_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampled_by: Option<Uuid>,
    pub seal_no: String,
    pub mass_g: Grams,
    /// What it is determined for.
    pub items: Vec<Item>,
    pub submitted_at: Timestamp,
    pub received_at: Option<Timestamp>,
    pub received_by: Option<Uuid>,
    /// As weighed when it was received.
    pub received_mass_g: Option<Grams>,
    pub reject_reason: Option<String>,
    pub status: Status,
    pub reviewed_by: Option<Uuid>,
    pub reviewed_at: Option<Timestamp>,
    pub reported_at: Option<Timestamp>,
    /// Its keys in other systems; an old number tells as much as the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_ids: Option<Vec<ExternalId>>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Hundredths of a gram on the wire.
pub(crate) fn grams(units: i64) -> Result<Grams, Fault> {
    Grams::from_units(units).map_err(Fault::internal)
}

/// A row as the caller sees it.
pub(super) fn of(at: &Reading, row: Model, external: Vec<ExternalId>) -> Result<LabSampleView, Fault> {
    let shown = !is_blind(at.actor()) || row.is_reported();
    Ok(LabSampleView {
        mass_g: grams(row.mass_cg)?,
        received_mass_g: row.received_mass_cg.map(grams).transpose()?,
        items: row.items(),
        external_ids: shown.then_some(external),
        number: shown.then_some(row.sample_number),
        sampling_place: shown.then_some(row.sampling_place),
        station_id: shown.then_some(row.station_id),
        supplier_id: shown.then_some(row.supplier_id),
        batch: shown.then_some(row.batch),
        sampled_at: shown.then(|| row.sampled_at.into()),
        sampled_by: shown.then_some(row.sampled_by),
        id: row.id,
        version: row.version,
        blind_code: row.blind_code,
        kind: row.kind,
        seal_no: row.seal_no,
        submitted_at: row.submitted_at.into(),
        received_at: row.received_at.map(Timestamp::from),
        received_by: row.received_by,
        reject_reason: row.reject_reason,
        status: row.status,
        reviewed_by: row.reviewed_by,
        reviewed_at: row.reviewed_at.map(Timestamp::from),
        reported_at: row.reported_at.map(Timestamp::from),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    })
}
