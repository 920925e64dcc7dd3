//! What other domains propose to the register (HS-01, links 4, 25, 26): nothing of it changes before a person confirms.

pub mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::scope;
use entity::{Column, Entity, Kind, Model, Payload, Status};

/// The proposals (HS-01).
pub struct HeatingProposal;

/// Acts on a proposal.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.proposal",
    state: |it| it.row.status,
    moves: &[
        Move { action: "confirm", from: &[Status::Proposed], to: Some(Status::Confirmed), guards: &[] },
        Move { action: "reject", from: &[Status::Proposed], to: Some(Status::Rejected), guards: &[] },
    ],
};

/// A proposal and where it comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatingProposalView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub kind: Kind,
    pub household_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub station_id: Option<Uuid>,
    pub payload: Payload,
    pub source: ProposalSource,
    pub status: Status,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Timestamp>,
    pub reason: Option<String>,
    /// What the confirmation wrote: the household, ownership or area item.
    pub result_id: Option<Uuid>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The fact a proposal follows from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HeatingProposalSource)]
pub struct ProposalSource {
    pub event: String,
    pub resource: String,
    pub id: Uuid,
}

/// Those of the caller's stations, and those nobody has placed yet.
fn shown(stations: Condition) -> Condition {
    Condition::any().add(Column::StationId.is_null()).add(stations)
}

impl Resource for HeatingProposal {
    type Entity = Entity;
    type Row = Model;
    type View = HeatingProposalView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "heating_proposal";
    const PATH: &'static str = "/v1/heating-proposals";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        shown(scope::of_station(actor, Column::StationId, None))
    }
    fn visible(at: &Reading) -> Condition {
        shown(scope::of_station(at.actor(), Column::StationId, scope::today(at)))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("created_at")
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .code("kind", Column::Kind, Kind::CODES)
            .code("status", Column::Status, Status::CODES)
            .by("station_id", Column::StationId)
            .by("unit_id", Column::UnitId)
            .by("household_id", Column::HouseholdId)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HeatingProposalView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| HeatingProposalView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            payload: row.payload(),
            source: ProposalSource { event: row.source_event, resource: row.source_resource, id: row.source_id },
            id: row.id,
            version: row.version,
            number: row.number,
            kind: row.kind,
            household_id: row.household_id,
            unit_id: row.unit_id,
            station_id: row.station_id,
            status: row.status,
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(Timestamp::from),
            reason: row.reason,
            result_id: row.result_id,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}
