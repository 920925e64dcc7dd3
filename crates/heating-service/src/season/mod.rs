//! Heating seasons (供暖期, HS-01).

pub mod board;
pub mod commands;
pub mod entity;
pub mod queries;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, INVALID_STATE};
use kernel::fixed::Temperature;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::problems::SEASON_RUNNING;
use entity::{Column, Entity, Model, Status};

/// The seasons (HS-01).
pub struct HeatingSeason;

/// Acts on a season.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.season",
    state: |it| it.row.status,
    moves: &[
        Move { action: "open", from: &[Status::Planned], to: Some(Status::Open), guards: &[] },
        Move { action: "close", from: &[Status::Open], to: Some(Status::Closed), guards: &[is_over] },
    ],
};

fn is_over(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match business_day(it.now) > it.row.ends_on {
        true => Ok(()),
        false => Err(Fault::new(&SEASON_RUNNING).with("ends_on", it.row.ends_on.to_string())),
    }
}

/// A heating season of a region. Its dates are frozen once it is open; what really began or ended on another day
/// stands beside them and never changes `days` (HS-R01).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatingSeasonView {
    pub id: Uuid,
    pub version: i32,
    /// `2011-2012`.
    pub number: String,
    pub region: String,
    pub starts_on: NaiveDate,
    /// The last day; it belongs to the season.
    pub ends_on: NaiveDate,
    /// Both ends count.
    pub days: i64,
    /// The room temperature owed.
    pub standard_c: Temperature,
    pub fee_due_on: NaiveDate,
    pub refund_rule_set: String,
    pub status: Status,
    pub actual_start_at: Option<Timestamp>,
    pub actual_end_at: Option<Timestamp>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for HeatingSeason {
    type Entity = Entity;
    type Row = Model;
    type View = HeatingSeasonView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "heating_season";
    const PATH: &'static str = "/v1/heating-seasons";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-starts_on")
            .sort("starts_on", Column::StartsOn)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("region", Column::Region)
            .code("status", Column::Status, Status::CODES)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HeatingSeasonView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            Ok(HeatingSeasonView {
                external_ids: external.remove(&row.id).unwrap_or_default(),
                days: row.days(),
                standard_c: Temperature::from_units(row.standard_dc.into()).map_err(Fault::internal)?,
                id: row.id,
                version: row.version,
                number: row.number,
                region: row.region,
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                fee_due_on: row.fee_due_on,
                refund_rule_set: row.refund_rule_set,
                status: row.status,
                actual_start_at: row.actual_start_at.map(Timestamp::from),
                actual_end_at: row.actual_end_at.map(Timestamp::from),
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// Refuses what is only possible while the season is not closed.
pub(crate) fn ensure_not_closed(row: &Model, action: &'static str) -> Result<(), Fault> {
    match row.status {
        Status::Closed => Err(Fault::new(&INVALID_STATE)
            .with("action", action)
            .with("state", "closed")
            .with("allowed_from", vec!["planned", "open"])),
        Status::Planned | Status::Open => Ok(()),
    }
}
