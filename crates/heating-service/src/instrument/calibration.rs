//! Verifications and calibrations (检定、校验) as callers see them; entered by the act `calibrate`.

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::entity::calibration::{Column, Entity, Kind, Model, Outcome};
use crate::lab::Figure;
use crate::temperature::entity::json_list;

/// The calibrations of instruments (HS-09).
pub struct Calibration;

/// A verification or calibration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalibrationView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub instrument_id: Uuid,
    pub kind: Kind,
    pub performed_on: NaiveDate,
    pub performed_by: String,
    pub certificate_document_id: Option<Uuid>,
    /// Of a heat capacity, in J/K.
    pub runs: Vec<Figure>,
    /// The heat capacity used: the mean in whole J/K.
    pub value: Option<i64>,
    /// Relative standard deviation of the runs.
    pub rsd_percent: Option<Figure>,
    pub result: Outcome,
    /// The last day it holds.
    pub valid_until: Option<NaiveDate>,
    pub note: Option<String>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    /// The same: it is never changed.
    pub updated_at: Timestamp,
}

impl Resource for Calibration {
    type Entity = Entity;
    type Row = Model;
    type View = CalibrationView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "calibration";
    const PATH: &'static str = "/v1/calibrations";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-performed_on")
            .sort("performed_on", Column::PerformedOn)
            .by("number", Column::Number)
            .by("instrument_id", Column::InstrumentId)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<CalibrationView>, Fault> {
        let view = |row: Model| CalibrationView {
            external_ids: Vec::new(),
            id: row.id,
            version: row.version,
            number: row.number,
            instrument_id: row.instrument_id,
            kind: row.kind,
            performed_on: row.performed_on,
            performed_by: row.performed_by,
            certificate_document_id: row.certificate_document_id,
            runs: json_list(&row.runs),
            value: row.value_units,
            rsd_percent: row.rsd_units.and_then(|units| Figure::from_units(units).ok()),
            result: row.result,
            valid_until: row.valid_until,
            note: row.note,
            created_at: row.created_at.into(),
            updated_at: row.created_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
