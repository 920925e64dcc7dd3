//! Entering instruments, calibrating them, taking them out and bringing them back.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::business_day;
use registers::external_ids::{self, ExternalId};
use registers::{locks, org_unit_known};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::{Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::calibration::{self, Outcome};
use super::entity::{ActiveModel, Column, Entity, Kind, Model, Status};
use super::{Accuracy, Instrument, MOVES, calibrating};
use crate::lab::Figure;
use crate::problems::INSTRUMENT_NOT_VALID;
use crate::tense::Tense;

/// A new instrument; in service from the start.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateInstrument {
    #[schema(min_length = 1, max_length = 40)]
    pub number: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub kind: Kind,
    #[schema(max_length = 80)]
    pub maker: Option<String>,
    #[schema(max_length = 80)]
    pub serial: Option<String>,
    #[schema(max_length = 120)]
    pub place: Option<String>,
    pub org_unit_id: Uuid,
    pub in_service_on: Option<NaiveDate>,
    /// When absent true, but for what only prepares samples: crusher, pulveriser, oven (HS-R52).
    pub needs_calibration: Option<bool>,
    /// Of what it measures; of a thermometer, in °C.
    pub accuracy: Option<Accuracy>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of an instrument.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct InstrumentFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(max_length = 80)]
    pub maker: Option<String>,
    #[schema(max_length = 80)]
    pub serial: Option<String>,
    #[schema(max_length = 120)]
    pub place: Option<String>,
    pub org_unit_id: Uuid,
    pub in_service_on: Option<NaiveDate>,
    pub needs_calibration: bool,
    pub accuracy: Option<Accuracy>,
}

impl From<&Model> for InstrumentFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            maker: row.maker.clone(),
            serial: row.serial.clone(),
            place: row.place.clone(),
            org_unit_id: row.org_unit_id,
            in_service_on: row.in_service_on,
            needs_calibration: row.needs_calibration,
            accuracy: row.accuracy_units.and_then(|units| Accuracy::from_units(units).ok()),
        }
    }
}

/// A verification or calibration that was done.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CalibrateInstrument {
    pub kind: calibration::Kind,
    pub performed_on: NaiveDate,
    /// Who did it: the institute, the person.
    #[schema(min_length = 1, max_length = 120)]
    pub performed_by: String,
    pub certificate_document_id: Option<Uuid>,
    /// Of a heat capacity: at least `heating.instrument.runs`, in J/K.
    #[schema(min_items = 1, max_items = 30)]
    pub runs: Option<Vec<Figure>>,
    /// Follows from the runs of a heat capacity; required else.
    pub result: Option<Outcome>,
    /// The last day it holds; required when it passed. A heat capacity holds for its months.
    pub valid_until: Option<NaiveDate>,
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Why an instrument is taken out.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TakeOutInstrument {
    /// It goes to be calibrated; else it is out of service.
    #[serde(default)]
    pub for_calibration: bool,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Enters an instrument; its number is unique.
pub async fn create(work: &Work, input: &CreateInstrument) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, input.in_service_on, "/in_service_on");
    errors.add_if(input.accuracy.is_some_and(|accuracy| accuracy.units() < 0), "/accuracy", "out_of_range");
    errors.finish()?;
    org_unit_known(work, input.org_unit_id, "/org_unit_id").await?;
    locks::hold(work, vec![format!("instrument|{}", input.number)]).await?;
    if Entity::find().filter(Column::Number.eq(&input.number)).one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "number"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(input.number.clone()),
        name: Set(input.name.clone()),
        kind: Set(input.kind),
        maker: Set(input.maker.clone()),
        serial: Set(input.serial.clone()),
        place: Set(input.place.clone()),
        org_unit_id: Set(input.org_unit_id),
        in_service_on: Set(input.in_service_on),
        needs_calibration: Set(input.needs_calibration.unwrap_or(input.kind.is_usually_calibrated())),
        accuracy_units: Set(input.accuracy.map(Accuracy::units)),
        status: Set(Status::InService),
        valid_until: Set(None),
        out_since: Set(None),
        heat_capacity_until: Set(None),
        failed_at: Set(None),
        due_told: Set(None),
    };
    let row = work.create::<Instrument>(row, |fact| fact, "created").await?;
    external_ids::attach_all(work, Instrument::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

/// Changes an instrument.
pub async fn update(work: &Work, row: &Model, fields: InstrumentFields) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, fields.in_service_on, "/in_service_on");
    errors.add_if(fields.accuracy.is_some_and(|accuracy| accuracy.units() < 0), "/accuracy", "out_of_range");
    errors.finish()?;
    org_unit_known(work, fields.org_unit_id, "/org_unit_id").await?;
    let mut change = row.clone().into_active_model();
    change.name = Set(fields.name);
    change.maker = Set(fields.maker);
    change.serial = Set(fields.serial);
    change.place = Set(fields.place);
    change.org_unit_id = Set(fields.org_unit_id);
    change.in_service_on = Set(fields.in_service_on);
    change.needs_calibration = Set(fields.needs_calibration);
    change.accuracy_units = Set(fields.accuracy.map(Accuracy::units));
    work.change::<Instrument>(row, change, "updated", |fact| fact).await
}

/// Takes an instrument out of use.
pub async fn take_out(work: &Work, id: Uuid, input: &TakeOutInstrument) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<Instrument>(work, id, "take-out").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(if input.for_calibration { Status::Calibrating } else { Status::OutOfService });
    change.out_since = Set(Some(work.now));
    work.change::<Instrument>(&row, change, "taken_out", |fact| fact.reason(input.reason.as_str())).await
}

/// Brings an instrument back into use.
///
/// # Errors
/// 409 `instrument_not_valid` while no calibration that passed holds today, or none has since it failed or was sent to be
/// calibrated.
pub async fn bring_back(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Instrument>(work, id, "return").await?;
    let sent = row.out_since.filter(|_| row.status == Status::Calibrating);
    if let Some(sent) = sent
        && !calibrating::passed_since(work, &row, business_day(sent)).await?
    {
        return Err(not_valid(&row));
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.out_since = Set(None);
    work.change::<Instrument>(&row, change, "returned", |fact| fact).await
}

/// The refusal of an instrument that may not be used.
pub(crate) fn not_valid(row: &Model) -> Fault {
    Fault::new(&INSTRUMENT_NOT_VALID).rule("HS-R50").with("number", row.number.as_str())
}
