//! Instruments (仪器设备, HS-09): what is measured with, and until when it may be.

pub mod calibrating;
pub mod calibration;
pub mod commands;
pub mod due;
pub mod entity;
pub(crate) mod failing;
pub mod heat_capacity;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Fixed, Plain};
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use calibration::Calibration;
use entity::{Column, Entity, Kind, Model, Status};

/// The instruments (HS-09).
pub struct Instrument;

/// How exactly an instrument measures, two decimals.
pub type Accuracy = Fixed<2, Plain>;

/// Acts on an instrument.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.instrument",
    state: |it| it.row.status,
    moves: &[
        Move { action: "calibrate", from: &[], to: None, guards: &[] },
        Move { action: "take-out", from: &[Status::InService], to: None, guards: &[] },
        Move {
            action: "return",
            from: &[Status::Calibrating, Status::OutOfService],
            to: Some(Status::InService),
            guards: &[is_calibrated],
        },
    ],
};

/// What failed, or is not calibrated for today, is calibrated before it comes back (HS-R50).
fn is_calibrated(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let back = Model { status: Status::InService, ..it.row.clone() };
    match it.row.failed_at.is_none() && back.usable(business_day(it.now)) {
        true => Ok(()),
        false => Err(commands::not_valid(it.row)),
    }
}

/// The permission of an act: taking out and returning are maintenance.
fn permission(action: &str) -> String {
    let verb = if action == "calibrate" { "calibrate" } else { "maintain" };
    format!("heating.instrument:{verb}")
}

/// An instrument.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InstrumentView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub name: String,
    pub kind: Kind,
    pub maker: Option<String>,
    pub serial: Option<String>,
    pub place: Option<String>,
    pub org_unit_id: Uuid,
    pub in_service_on: Option<NaiveDate>,
    pub needs_calibration: bool,
    /// Of what it measures; of a thermometer, in °C.
    pub accuracy: Option<Accuracy>,
    pub status: Status,
    /// The last day of the last calibration that passed.
    pub valid_until: Option<NaiveDate>,
    /// The last day of the heat capacity of a calorimeter.
    pub heat_capacity_until: Option<NaiveDate>,
    /// When it failed, until a calibration passes.
    pub failed_at: Option<Timestamp>,
    /// Today (HS-R50).
    pub usable: bool,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Those whose calibration or heat capacity is over before a day, or that never had one.
pub(crate) fn due_before(day: NaiveDate) -> Condition {
    let never = Condition::all().add(Column::ValidUntil.is_null()).add(Column::HeatCapacityUntil.is_null());
    let verified = Condition::all()
        .add(Column::NeedsCalibration.eq(true))
        .add(Condition::any().add(never).add(Column::ValidUntil.lt(day)));
    Condition::any().add(verified).add(Column::HeatCapacityUntil.lt(day))
}

fn usable_on(day: NaiveDate) -> Condition {
    let calibrated = Condition::any()
        .add(Column::NeedsCalibration.eq(false))
        .add(Column::ValidUntil.gte(day))
        .add(Condition::all().add(Column::ValidUntil.is_null()).add(Column::HeatCapacityUntil.is_not_null()));
    let heated = Condition::any().add(Column::HeatCapacityUntil.is_null()).add(Column::HeatCapacityUntil.gte(day));
    Condition::all().add(Column::Status.eq(Status::InService)).add(calibrated).add(heated)
}

impl Resource for Instrument {
    type Entity = Entity;
    type Row = Model;
    type View = InstrumentView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "instrument";
    const PATH: &'static str = "/v1/instruments";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("number")
            .by("number", Column::Number)
            .sort("number", Column::Number)
            .sort("created_at", Column::CreatedAt)
            .code("kind", Column::Kind, Kind::CODES)
            .code("status", Column::Status, Status::CODES)
            .by("org_unit_id", Column::OrgUnitId)
            .range("in_service_on", Column::InServiceOn)
            .custom("usable", "boolean", |at, text| {
                let usable = usable_on(business_day(at.now));
                Ok(if list::truth("usable", text)? { usable } else { usable.not() })
            })
            .custom("due_before", "date", |_, text| {
                let day = list::day("due_before", text)?;
                Ok(due_before(day))
            })
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<InstrumentView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let today = business_day(at.now);
        let view = |row: Model| InstrumentView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            usable: row.usable(today),
            accuracy: row.accuracy_units.and_then(|units| Accuracy::from_units(units).ok()),
            id: row.id,
            version: row.version,
            number: row.number,
            name: row.name,
            kind: row.kind,
            maker: row.maker,
            serial: row.serial,
            place: row.place,
            org_unit_id: row.org_unit_id,
            in_service_on: row.in_service_on,
            needs_calibration: row.needs_calibration,
            status: row.status,
            valid_until: row.valid_until,
            heat_capacity_until: row.heat_capacity_until,
            failed_at: row.failed_at.map(Timestamp::from),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::many::<Calibration>("calibrations", "instrument_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}
