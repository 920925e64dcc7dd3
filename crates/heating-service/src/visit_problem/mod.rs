//! Problems found on visits (走访问题, HS-06): each with its ticket, until it is solved.

pub mod commands;
pub mod entity;
pub mod queries;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::household::Household;
use crate::scope;
use crate::visit::within_month;
use entity::{Column, Entity, Kind, Model, Status};

/// The problems found on visits (HS-06).
pub struct VisitProblem;

/// Acts on a problem.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.visit_problem",
    state: |it| it.row.status(),
    moves: &[Move { action: "solve", from: &[Status::Open], to: Some(Status::Solved), guards: &[] }],
};

/// Something that has to be solved for a household.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitProblemView {
    pub id: Uuid,
    pub version: i32,
    /// `VP-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub visit_id: Uuid,
    pub station_id: Uuid,
    pub household_id: Uuid,
    pub found_on: NaiveDate,
    pub kind: Kind,
    pub text: Option<String>,
    pub cause: Option<String>,
    pub ticket_id: Option<Uuid>,
    pub status: Status,
    pub solved_at: Option<Timestamp>,
    pub solved_by: Option<Uuid>,
    pub solution: Option<String>,
    pub created_by: Uuid,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for VisitProblem {
    type Entity = Entity;
    type Row = Model;
    type View = VisitProblemView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "visit_problem";
    const PATH: &'static str = "/v1/visit-problems";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_station(actor, Column::StationId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_station(at.actor(), Column::StationId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-found_on")
            .sort("found_on", Column::FoundOn)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("station_id", Column::StationId)
            .by("visit_id", Column::VisitId)
            .by("household_id", Column::HouseholdId)
            .by("ticket_id", Column::TicketId)
            .code("kind", Column::Kind, Kind::CODES)
            // Exactly this one; the empty text: nobody said it yet.
            .custom("cause", "string", |_, text| {
                let said = if text.is_empty() { Column::Cause.is_null() } else { Column::Cause.eq(text) };
                Ok(Condition::all().add(said))
            })
            .range("found_on", Column::FoundOn)
            .custom("month", "string", |_, text| within_month(Column::FoundOn, text))
            .custom("solved", "boolean", |_, text| {
                let solved = Condition::all().add(Column::SolvedAt.is_not_null());
                Ok(if list::truth("solved", text)? { solved } else { solved.not() })
            })
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), customer_id: row.customer_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<VisitProblemView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| VisitProblemView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            status: row.status(),
            id: row.id,
            version: row.version,
            number: row.number,
            visit_id: row.visit_id,
            station_id: row.station_id,
            household_id: row.household_id,
            found_on: row.found_on,
            kind: row.kind,
            text: row.text,
            cause: row.cause,
            ticket_id: row.ticket_id,
            solved_at: row.solved_at.map(Timestamp::from),
            solved_by: row.solved_by,
            solution: row.solution,
            created_by: row.created_by,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Household>("household", "household_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}
