//! Readings (读数, HS-02): what the thermometer showed, how it was taken, and whether that proves anything.

pub mod commands;
pub mod entity;
pub mod evidence;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Height, Temperature};
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::scope;
use crate::temperature::entity as cases;
use entity::{Column, Entity, Model, Point, Room, Signature};
use evidence::Flaw;

/// The readings of temperature cases (HS-02).
pub struct TemperatureReading;

/// A reading. It is never edited; a wrong one is retracted and stays to be seen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemperatureReadingView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub case_id: Uuid,
    pub visit_no: i32,
    pub room: Room,
    pub point: Point,
    pub height_m: Height,
    pub closed_minutes: i32,
    pub t_c: Temperature,
    pub outdoor_c: Option<Temperature>,
    pub instrument_id: Uuid,
    pub hand_held: bool,
    pub measured_at: Timestamp,
    pub measured_by: Uuid,
    pub client_id: Option<String>,
    pub user_signature: Signature,
    pub witness_staff_id: Option<Uuid>,
    pub photos: Vec<Uuid>,
    /// Whether it decides anything (HS-R10).
    pub evidential: bool,
    /// Why not.
    pub faults: Vec<Flaw>,
    pub retracted_at: Option<Timestamp>,
    pub retracted_by: Option<Uuid>,
    pub retract_reason: Option<String>,
    /// Told where it is asked for itself, not as a part of another answer.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    /// When it was retracted, if it was: nothing else changes it.
    pub updated_at: Timestamp,
}

fn of_cases(actor: &Actor, day: Option<NaiveDate>) -> Condition {
    if scope::knows_all(actor) {
        return Condition::all();
    }
    let known = scope::of_household(actor, cases::Column::HouseholdId, day);
    let cases = Query::select().column(cases::Column::Id).from(cases::Entity).cond_where(known).to_owned();
    Condition::all().add(Column::CaseId.in_subquery(cases))
}

impl Resource for TemperatureReading {
    type Entity = Entity;
    type Row = Model;
    type View = TemperatureReadingView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "temperature_reading";
    const PATH: &'static str = "/v1/temperature-readings";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        of_cases(actor, None)
    }
    fn visible(at: &Reading) -> Condition {
        of_cases(at.actor(), scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("measured_at")
            .sort("measured_at", Column::MeasuredAt)
            .by("number", Column::Number)
            .by("case_id", Column::CaseId)
            .by("instrument_id", Column::InstrumentId)
            .by("evidential", Column::Evidential)
            .range("measured_at", Column::MeasuredAt)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<TemperatureReadingView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let external_ids = external.remove(&row.id).unwrap_or_default();
            Ok(TemperatureReadingView { external_ids, ..view(row)? })
        };
        rows.into_iter().map(view).collect()
    }
}

/// Tenths of a degree on the wire.
pub(crate) fn degrees(tenths: i32) -> Result<Temperature, Fault> {
    Temperature::from_units(tenths.into()).map_err(Fault::internal)
}

/// A reading as callers see it.
pub(crate) fn view(row: Model) -> Result<TemperatureReadingView, Fault> {
    Ok(TemperatureReadingView {
        height_m: Height::from_units(row.height_cm.into()).map_err(Fault::internal)?,
        t_c: degrees(row.t_dc)?,
        outdoor_c: row.outdoor_dc.map(degrees).transpose()?,
        photos: serde_json::from_str(&row.photos).unwrap_or_default(),
        faults: serde_json::from_str(&row.faults).unwrap_or_default(),
        id: row.id,
        version: row.version,
        number: row.number,
        case_id: row.case_id,
        visit_no: row.visit_no,
        room: row.room,
        point: row.point,
        closed_minutes: row.closed_minutes,
        instrument_id: row.instrument_id,
        hand_held: row.hand_held,
        measured_at: row.measured_at.into(),
        measured_by: row.measured_by,
        client_id: row.client_id,
        user_signature: row.user_signature,
        witness_staff_id: row.witness_staff_id,
        evidential: row.evidential,
        retracted_at: row.retracted_at.map(Timestamp::from),
        retracted_by: row.retracted_by,
        retract_reason: row.retract_reason,
        external_ids: Vec::new(),
        created_at: row.created_at.into(),
        updated_at: row.retracted_at.unwrap_or(row.created_at).into(),
    })
}
