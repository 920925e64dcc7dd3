//! Checks of an instrument with a standard sample (标准样, HS-R51): benzoic acid, standard coal.

pub mod commands;
pub mod entity;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::instrument::entity::calibration::Outcome;
use crate::lab::Figure;
use crate::temperature::entity::json_list;
use entity::{Column, Entity, Model};

/// The standard checks (HS-09).
pub struct StandardCheck;

/// A standard sample with its certificate.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardSample {
    #[schema(min_length = 1, max_length = 80, example = "苯甲酸")]
    pub name: String,
    pub certified: Figure,
    /// Of the certificate; benzoic acid is judged by the limit of the standard instead.
    pub uncertainty: Option<Figure>,
    #[schema(min_length = 1, max_length = 20, example = "J/g")]
    pub unit: String,
    /// Its last day.
    pub valid_until: NaiveDate,
}

/// A check of an instrument with a standard sample.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandardCheckView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub instrument_id: Uuid,
    pub standard: StandardSample,
    pub runs: Vec<Figure>,
    /// Half to even.
    pub mean: Figure,
    /// Of the mean from what is certified.
    pub deviation: Figure,
    /// What it may deviate by; the limit itself passes.
    pub limit: Figure,
    pub result: Outcome,
    pub checked_at: Timestamp,
    pub note: Option<String>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    /// The same: it is never changed.
    pub updated_at: Timestamp,
}

impl Resource for StandardCheck {
    type Entity = Entity;
    type Row = Model;
    type View = StandardCheckView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "standard_check";
    const PATH: &'static str = "/v1/standard-checks";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-checked_at")
            .sort("checked_at", Column::CheckedAt)
            .by("number", Column::Number)
            .by("instrument_id", Column::InstrumentId)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<StandardCheckView>, Fault> {
        rows.into_iter().map(view).collect()
    }
}

fn figure(units: i64) -> Result<Figure, Fault> {
    Figure::from_units(units).map_err(Fault::internal)
}

fn view(row: Model) -> Result<StandardCheckView, Fault> {
    Ok(StandardCheckView {
        standard: StandardSample {
            certified: figure(row.certified_units)?,
            uncertainty: row.uncertainty_units.map(figure).transpose()?,
            name: row.standard_name,
            unit: row.unit,
            valid_until: row.standard_valid_until,
        },
        runs: json_list(&row.runs),
        mean: figure(row.mean_units)?,
        deviation: figure(row.deviation_units)?,
        limit: figure(row.limit_units)?,
        id: row.id,
        version: row.version,
        number: row.number,
        instrument_id: row.instrument_id,
        result: row.result,
        checked_at: row.checked_at.into(),
        note: row.note,
        external_ids: Vec::new(),
        updated_at: row.created_at.into(),
        created_at: row.created_at.into(),
    })
}
