//! Orders to the station to open a valve again (恢复开栓, HS-R65): after full payment, or after a resumption.

pub mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::{Fault, INVALID_STATE};
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::household::{self, Household};
use crate::scope;
use entity::{Cause, Column, Entity, Model, Status};

/// The reopening orders (HS-R65).
pub struct Reopening;

/// Acts on an order.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.valve",
    state: |it| it.row.status,
    moves: &[Move {
        action: "complete",
        from: &[Status::Ordered],
        to: Some(Status::Completed),
        guards: &[not_of_a_resumption],
    }],
};

fn permission(_: &str) -> String {
    "heating.valve:rectify".to_owned()
}

/// The valve of a resumption is opened by its application.
fn not_of_a_resumption(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.row.cause {
        Cause::Payment => Ok(()),
        Cause::Resume => Err(Fault::new(&INVALID_STATE)
            .with("action", "complete")
            .with("state", it.row.cause.code())
            .with("allowed_from", vec![Cause::Payment.code()])),
    }
}

/// An order to open a valve.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReopeningView {
    pub id: Uuid,
    pub version: i32,
    /// `KS-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub household_id: Uuid,
    pub cause: Cause,
    /// The application to resume, whose `open-valve` completes the order.
    pub source_id: Option<Uuid>,
    pub ordered_at: Timestamp,
    pub due_at: Timestamp,
    pub status: Status,
    pub overdue: bool,
    pub completed_at: Option<Timestamp>,
    pub completed_by: Option<Uuid>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Reopening {
    type Entity = Entity;
    type Row = Model;
    type View = ReopeningView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "reopening";
    const PATH: &'static str = "/v1/reopenings";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-ordered_at")
            .sort("ordered_at", Column::OrderedAt)
            .sort("due_at", Column::DueAt)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .code("cause", Column::Cause, Cause::CODES)
            .code("status", Column::Status, Status::CODES)
            .custom("station_id", "uuid", |_, text| household::at_station(Column::HouseholdId, text))
            .custom("overdue", "boolean", |at, text| {
                let late = Condition::all().add(Column::Status.eq(Status::Ordered)).add(Column::DueAt.lt(at.now));
                Ok(if list::truth("overdue", text)? { late } else { late.not() })
            })
            .range("ordered_at", Column::OrderedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ReopeningView>, Fault> {
        let view = |row: Model| ReopeningView {
            external_ids: Vec::new(),
            overdue: row.status == Status::Ordered && row.due_at < at.now,
            id: row.id,
            version: row.version,
            number: row.number,
            household_id: row.household_id,
            cause: row.cause,
            source_id: row.source_id,
            ordered_at: row.ordered_at.into(),
            due_at: row.due_at.into(),
            status: row.status,
            completed_at: row.completed_at.map(Timestamp::from),
            completed_by: row.completed_by,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Household>("household", "household_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}
