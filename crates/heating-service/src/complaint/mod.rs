//! Complaints about heat (供热投诉, HS-03): each ticket of kind complaint counts once, unless proof and a second person
//! say otherwise. What is left is the net complaint (净投诉).

pub mod algebra;
pub mod commands;
pub mod duplicates;
pub mod entity;
pub mod following;

use access::Actor;
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::household::Household;
use crate::season::entity as seasons;
use crate::station::HeatingStation;
use crate::{scope, station};
use entity::{Class, Column, Entity, Model, State};

/// The complaints (HS-03).
pub struct HeatComplaint;

/// Acts on a complaint.
pub const MOVES: LifeCycle<State, Model> = LifeCycle {
    entity: "heating.complaint",
    state: |it| it.row.state,
    moves: &[
        Move { action: "propose", from: &[State::Counted], to: Some(State::Proposed), guards: &[] },
        Move { action: "decide", from: &[State::Proposed], to: None, guards: &[not_its_proposer] },
    ],
};

fn not_its_proposer(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.persons().any(|person| Some(person) == it.row.proposed_by) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).rule("HS-R17").with("first", "propose").with("second", "decide")),
        false => Ok(()),
    }
}

/// A complaint and how it counts (供热投诉).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatComplaintView {
    pub id: Uuid,
    pub version: i32,
    /// `HC-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub ticket_id: Uuid,
    /// Number of the official line it came by.
    pub external_no: Option<String>,
    pub household_id: Option<Uuid>,
    /// Fixed at receipt.
    pub station_id: Uuid,
    pub received_at: Timestamp,
    /// While it is proposed, what is proposed.
    pub class: Class,
    pub state: State,
    /// Whether it is a net complaint: only what is decided is deducted.
    pub counts: bool,
    /// The earlier complaint it repeats.
    pub duplicate_of: Option<Uuid>,
    pub proof_document_id: Option<Uuid>,
    /// What a fact of the desk proves, where no paper does.
    pub proof: Option<String>,
    pub proposed_by: Option<Uuid>,
    pub proposed_at: Option<Timestamp>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Received on a day of a season of one of these numbers.
fn of_seasons(names: &str) -> Condition {
    let (ids, numbers): (Vec<_>, Vec<_>) = names.split(',').partition(|name| name.parse::<Uuid>().is_ok());
    let ids: Vec<Uuid> = ids.into_iter().filter_map(|id| id.parse().ok()).collect();
    let received = || Expr::col((Entity, Column::ReceivedOn));
    let season = |column: seasons::Column| Expr::col((seasons::Entity, column));
    let named = Condition::any().add(seasons::Column::Number.is_in(numbers)).add(seasons::Column::Id.is_in(ids));
    let within = Query::select()
        .expr(Expr::value(1))
        .from(seasons::Entity)
        .cond_where(named)
        .and_where(season(seasons::Column::StartsOn).lte(received()))
        .and_where(season(seasons::Column::EndsOn).gte(received()))
        .to_owned();
    Condition::all().add(Expr::exists(within))
}

fn that_count(_: &Reading, text: &str) -> Result<Condition, Fault> {
    let deducted = Condition::all().add(Column::State.eq(State::Decided)).add(Column::Class.ne(Class::Counted));
    Ok(if list::truth("counts", text)? { deducted.not() } else { deducted })
}

impl Resource for HeatComplaint {
    type Entity = Entity;
    type Row = Model;
    type View = HeatComplaintView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "heat_complaint";
    const PATH: &'static str = "/v1/heat-complaints";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_station(actor, Column::StationId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_station(at.actor(), Column::StationId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-received_at")
            .sort("received_at", Column::ReceivedAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("station_id", Column::StationId)
            .custom("branch_id", "uuid", |_, text| station::of_branch(Column::StationId, text))
            .by("household_id", Column::HouseholdId)
            .by("ticket_id", Column::TicketId)
            .by("external_no", Column::ExternalNo)
            .by("duplicate_of", Column::DuplicateOf)
            .code("class", Column::Class, Class::CODES)
            .code("state", Column::State, State::CODES)
            .custom("counts", "boolean", that_count)
            .custom("season", "string", |_, names| Ok(of_seasons(names)))
            .range("received_at", Column::ReceivedAt)
            .range("received_on", Column::ReceivedOn)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HeatComplaintView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| HeatComplaintView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            counts: row.counts(),
            id: row.id,
            version: row.version,
            number: row.number,
            ticket_id: row.ticket_id,
            external_no: row.external_no,
            household_id: row.household_id,
            station_id: row.station_id,
            received_at: row.received_at.into(),
            class: row.class,
            state: row.state,
            duplicate_of: row.duplicate_of,
            proof_document_id: row.proof_document_id,
            proof: row.proof,
            proposed_by: row.proposed_by,
            proposed_at: row.proposed_at.map(Timestamp::from),
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(Timestamp::from),
            reason: row.reason,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<Household>("household", "household_id"),
            Expansion::one::<HeatingStation>("station", "station_id"),
        ]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}
