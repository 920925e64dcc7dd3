//! Submitting samples, receiving and refusing them.

use chrono::{Datelike, NaiveDate};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use registers::{locks, referenced, staff, supplier::Supplier};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::ReasonedAct;
use store::{Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model, Status};
use super::{LabSample, MOVES};
use crate::lab::Grams;
use crate::lab::item::Item;
use crate::problems::{MASS_MISMATCH, SEAL_MISMATCH};
use crate::season::commands::decimal;
use crate::station::HeatingStation;
use crate::tense::Tense;

/// A sample on its way to the laboratory.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SubmitSample {
    pub kind: Kind,
    #[schema(min_length = 1, max_length = 120)]
    pub sampling_place: String,
    pub station_id: Option<Uuid>,
    /// Whose coal it is.
    pub supplier_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 80)]
    pub batch: Option<String>,
    /// Now when absent.
    pub sampled_at: Option<Timestamp>,
    /// Staff; the caller when absent.
    pub sampled_by: Option<Uuid>,
    #[schema(min_length = 1, max_length = 40)]
    pub seal_no: String,
    pub mass_g: Grams,
    /// Everything its kind is determined for when absent.
    #[schema(min_items = 1, max_items = 8)]
    pub items: Option<Vec<Item>>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What the analyst found when the sample arrived.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReceiveSample {
    #[schema(min_length = 1, max_length = 40)]
    pub seal_no: String,
    pub mass_g: Grams,
}

/// Submits a sample; it gets its number and the code the analyst knows it by.
pub async fn submit(work: &Work, input: &SubmitSample) -> Result<Model, Fault> {
    submit_at(work, input, work.now).await
}

/// Submits a sample as of an instant.
pub(crate) async fn submit_at(work: &Work, input: &SubmitSample, at: DateTimeUtc) -> Result<Model, Fault> {
    let items = check(work, input).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        sample_number: Set(next_number(work, input.kind, business_day(at)).await?),
        blind_code: Set(blind_code(work).await?),
        kind: Set(input.kind),
        sampling_place: Set(input.sampling_place.trim().to_owned()),
        station_id: Set(input.station_id),
        supplier_id: Set(input.supplier_id),
        batch: Set(input.batch.clone()),
        sampled_at: Set(input.sampled_at.map_or(at, |at| at.0)),
        sampled_by: Set(input.sampled_by.unwrap_or(work.actor().sub)),
        seal_no: Set(input.seal_no.trim().to_owned()),
        mass_cg: Set(input.mass_g.units()),
        items: Set(serde_json::to_string(&items).map_err(Fault::internal)?),
        submitted_at: Set(at),
        received_at: Set(None),
        received_by: Set(None),
        received_mass_cg: Set(None),
        reject_reason: Set(None),
        status: Set(Status::Submitted),
        settled_at: Set(None),
        reviewed_by: Set(None),
        reviewed_at: Set(None),
        reported_at: Set(None),
    };
    let row = work.create::<LabSample>(row, |fact| fact, "submitted").await?;
    external_ids::attach_all(work, LabSample::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

async fn check(work: &Work, input: &SubmitSample) -> Result<Vec<Item>, Fault> {
    let mut items = input.items.clone().unwrap_or_else(|| input.kind.items().to_vec());
    items.sort();
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.instant(&mut errors, input.sampled_at, "/sampled_at");
    errors.add_if(input.mass_g.units() <= 0, "/mass_g", "out_of_range");
    errors.add_if(items.iter().any(|item| !input.kind.items().contains(item)), "/items", "invalid_enum");
    errors.add_if(items.windows(2).any(|pair| pair[0] == pair[1]), "/items", "duplicate");
    if let Some(sampler) = input.sampled_by {
        let known = staff::Entity::find_by_id(sampler).one(&work.db()).await?;
        errors.add_if(known.is_none(), "/sampled_by", "not_found");
    }
    errors.finish()?;
    if let Some(station) = input.station_id {
        referenced::known::<HeatingStation>(work, station, "/station_id").await?;
    }
    if let Some(supplier) = input.supplier_id {
        referenced::known::<Supplier>(work, supplier, "/supplier_id").await?;
    }
    Ok(items)
}

/// The next number of a kind in the year of a day: `CS-2011-0001` of coal, `AS-2011-0001` of ash.
pub(crate) async fn next_number(work: &Work, kind: Kind, day: NaiveDate) -> Result<String, Fault> {
    let (prefix, year) = (if kind == Kind::Coal { "CS" } else { "AS" }, day.year());
    let serial = numbers::without_gap(work, prefix, year).await?;
    Ok(format!("{prefix}-{year}-{serial:04}"))
}

/// Six characters nobody has and nobody can guess.
pub(crate) async fn blind_code(work: &Work) -> Result<String, Fault> {
    const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    loop {
        // The lower bits of an id are random.
        let random = ids::new_id(work.now).as_u128();
        let code: String = (0..6).map(|n| char::from(CROCKFORD[((random >> (n * 5)) & 31) as usize])).collect();
        locks::hold(work, vec![format!("blind_code|{code}")]).await?;
        let taken = Entity::find().filter(Column::BlindCode.eq(&code)).one(&work.db()).await?;
        if taken.is_none() {
            return Ok(code);
        }
    }
}

/// Receives a sample whose seal is whole and whose mass is right; anything else is refused by [`reject`].
///
/// # Errors
/// 409 `seal_mismatch`, `mass_mismatch`.
pub async fn receive(work: &Work, id: Uuid, input: &ReceiveSample) -> Result<Model, Fault> {
    receive_at(work, id, input, work.now).await
}

/// Receives a sample as of an instant.
pub(crate) async fn receive_at(work: &Work, id: Uuid, input: &ReceiveSample, at: DateTimeUtc) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<LabSample>(work, id, "receive").await?;
    if input.seal_no.trim() != row.seal_no {
        return Err(Fault::new(&SEAL_MISMATCH).with("blind_code", row.blind_code));
    }
    let tolerance: Grams = decimal(work, "heating.lab.mass_tolerance_percent", business_day(at)).await?;
    let off = i128::from(input.mass_g.units() - row.mass_cg).abs();
    if off * 10_000 > i128::from(row.mass_cg) * i128::from(tolerance.units()) {
        return Err(Fault::new(&MASS_MISMATCH).with("tolerance", tolerance.to_string()));
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.received_at = Set(Some(at));
    change.received_by = Set(Some(work.actor().sub));
    change.received_mass_cg = Set(Some(input.mass_g.units()));
    work.change::<LabSample>(&row, change, "received", |fact| fact).await
}

/// Refuses a sample: its number stays, marked.
pub async fn reject(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<LabSample>(work, id, "reject").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.reject_reason = Set(Some(input.reason.trim().to_owned()));
    work.change::<LabSample>(&row, change, "rejected", |fact| fact.reason(input.reason.as_str())).await
}
