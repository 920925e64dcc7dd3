//! A case as callers see it, with its measurements and bills.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Area, Height};
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::entity::{Kind, Model, Notice, Status, measurement};
use super::{InspectionCase, billing, measuring};
use crate::bill::entity as bills;
use crate::reading::entity::Signature;

/// A case of heat-use inspection (稽查案件).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InspectionCaseView {
    pub id: Uuid,
    pub version: i32,
    /// `IC-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub household_id: Uuid,
    pub kind: Kind,
    /// The programme it belongs to: `basement_height_check`.
    pub programme: Option<String>,
    pub found_at: Timestamp,
    /// The member of staff who found it.
    pub inspector: Uuid,
    pub origin: String,
    pub place: Option<String>,
    /// The day proof says it began.
    pub proven_from: Option<NaiveDate>,
    pub proof_document_id: Option<Uuid>,
    pub photos: Vec<Uuid>,
    pub measurements: Vec<AreaMeasurementView>,
    /// Of each part the last measurement, added up; null before any.
    pub area_m2: Option<Area>,
    pub notices: Vec<Notice>,
    /// The last day of the last notice's term.
    pub term_on: Option<NaiveDate>,
    pub agreement_id: Option<Uuid>,
    /// The alteration of heating facility it is about.
    pub alteration_id: Option<Uuid>,
    /// The valve check that found it.
    pub valve_check_id: Option<Uuid>,
    /// The bill of the last season recovered; null before any.
    pub supplement_bill_id: Option<Uuid>,
    /// One a season, the first season first.
    pub supplement_bill_ids: Vec<Uuid>,
    pub status: Status,
    pub registered_at: Option<Timestamp>,
    pub close_reason: Option<String>,
    pub close_text: Option<String>,
    pub closed_at: Option<Timestamp>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A part measured.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaMeasurementView {
    pub id: Uuid,
    pub part: String,
    pub area_m2: Option<Area>,
    pub height_m: Option<Height>,
    pub has_heating_facility: bool,
    pub instrument_id: Uuid,
    /// Who measured.
    pub by: Uuid,
    pub witness_staff_id: Option<Uuid>,
    pub user_signature: Option<Signature>,
    pub at: Timestamp,
    pub photos: Vec<Uuid>,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<InspectionCaseView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut external = external_ids::list_for(at, InspectionCase::NAME, &ids).await?;
    let mut measured: HashMap<Uuid, Vec<measurement::Model>> = HashMap::new();
    for row in measuring::of_cases(at, &ids).await? {
        measured.entry(row.case_id).or_default().push(row);
    }
    let mut billed: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let found = bills::Entity::find().filter(billing::supplements_of(&ids)).order_by_asc(bills::Column::Number);
    for bill in found.all(&at.db()).await? {
        if let Some(case) = bill.source_id {
            billed.entry(case).or_default().push(bill.id);
        }
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let measured = measured.remove(&row.id).unwrap_or_default();
            let bills = billed.remove(&row.id).unwrap_or_default();
            let keys = external.remove(&row.id).unwrap_or_default();
            view(row, measured, bills, keys)
        })
        .collect())
}

fn view(
    row: Model,
    measured: Vec<measurement::Model>,
    bills: Vec<Uuid>,
    external_ids: Vec<ExternalId>,
) -> InspectionCaseView {
    let area: i64 = measuring::latest(&measured).iter().map(|part| part.area_dm2).sum();
    InspectionCaseView {
        photos: row.photos(),
        notices: row.notices(),
        area_m2: Area::from_units(area).ok(),
        measurements: measured.into_iter().map(part).collect(),
        supplement_bill_id: bills.last().copied(),
        supplement_bill_ids: bills,
        external_ids,
        id: row.id,
        version: row.version,
        number: row.number,
        household_id: row.household_id,
        kind: row.kind,
        programme: row.programme,
        found_at: row.found_at.into(),
        inspector: row.inspector_id,
        origin: row.origin,
        place: row.place,
        proven_from: row.proven_from,
        proof_document_id: row.proof_document_id,
        term_on: row.term_on,
        agreement_id: row.agreement_id,
        alteration_id: row.alteration_id,
        valve_check_id: row.valve_check_id,
        status: row.status,
        registered_at: row.registered_at.map(Timestamp::from),
        close_reason: row.close_reason,
        close_text: row.close_text,
        closed_at: row.closed_at.map(Timestamp::from),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}

fn part(row: measurement::Model) -> AreaMeasurementView {
    AreaMeasurementView {
        area_m2: Area::from_units(row.area_dm2).ok(),
        height_m: Height::from_units(row.height_cm.into()).ok(),
        photos: serde_json::from_str(&row.photos).unwrap_or_default(),
        id: row.id,
        part: row.part,
        has_heating_facility: row.has_heating_facility,
        instrument_id: row.instrument_id,
        by: row.measured_by,
        witness_staff_id: row.witness_staff_id,
        user_signature: row.user_signature,
        at: row.measured_at.into(),
    }
}
