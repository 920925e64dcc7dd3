//! Maintenance of instruments (维护保养, HS-R52): a crusher, a pulveriser, an oven need no calibration but these; a
//! repair ends the heat capacity of a calorimeter (HS-R51).

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::{self, Placement};
use store::{Reading, Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use crate::instrument::Instrument;
use crate::tense::Tense;
use entity::{ActiveModel, Column, Entity, Kind, Model};

pub mod entity {
    //! The row of a maintenance.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "instrument_maintenance")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub created_by: Uuid,
        /// None: written by an earlier version.
        pub number: Option<String>,
        pub instrument_id: Uuid,
        pub kind: Kind,
        pub done_on: Date,
        pub done_by: String,
        pub text: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}

    /// What was done.
    #[codes::code(name = "MaintenanceKind")]
    pub enum Kind {
        /// 日常保养
        Routine,
        /// 维修: ends the heat capacity.
        Repair,
    }
}

/// The maintenance of instruments (HS-09).
pub struct InstrumentMaintenance;

/// What was done to an instrument.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InstrumentMaintenanceView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub instrument_id: Uuid,
    pub kind: Kind,
    pub done_on: NaiveDate,
    pub done_by: String,
    pub text: String,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    /// The same: it is never changed.
    pub updated_at: Timestamp,
}

impl Resource for InstrumentMaintenance {
    type Entity = Entity;
    type Row = Model;
    type View = InstrumentMaintenanceView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "instrument_maintenance";
    const PATH: &'static str = "/v1/instrument-maintenance";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-done_on")
            .sort("done_on", Column::DoneOn)
            .by("number", Column::Number)
            .by("instrument_id", Column::InstrumentId)
            .code("kind", Column::Kind, Kind::CODES)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<InstrumentMaintenanceView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| InstrumentMaintenanceView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            number: row.number,
            instrument_id: row.instrument_id,
            kind: row.kind,
            done_on: row.done_on,
            done_by: row.done_by,
            text: row.text,
            created_at: row.created_at.into(),
            updated_at: row.created_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// What was done to an instrument.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateMaintenance {
    pub kind: Kind,
    pub done_on: NaiveDate,
    #[schema(min_length = 1, max_length = 120)]
    pub done_by: String,
    #[schema(min_length = 1, max_length = 1000)]
    pub text: String,
}

/// Records a maintenance; after a repair the heat capacity has to be found again.
pub async fn create(work: &Work, instrument_id: Uuid, input: &CreateMaintenance) -> Result<Model, Fault> {
    let instrument = resource::take::<Instrument>(work, instrument_id).await?;
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, Some(input.done_on), "/done_on");
    errors.finish()?;
    let ends = input.done_on.pred_opt().unwrap_or(input.done_on);
    let mut change = instrument.clone().into_active_model();
    if input.kind == Kind::Repair && instrument.heat_capacity_until.is_some_and(|until| until > ends) {
        change.heat_capacity_until = Set(Some(ends));
    }
    let verb = match input.kind {
        Kind::Repair => "repaired",
        Kind::Routine => "maintained",
    };
    work.change::<Instrument>(&instrument, change, verb, |fact| fact).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(Some(numbers::next(work, "BY").await?)),
        instrument_id: Set(instrument.id),
        kind: Set(input.kind),
        done_on: Set(input.done_on),
        done_by: Set(input.done_by.clone()),
        text: Set(input.text.clone()),
    };
    work.create::<InstrumentMaintenance>(row, |fact| fact, "recorded").await
}
