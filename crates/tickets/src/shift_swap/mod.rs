//! Swaps of shifts (调班, TK-09): asked for, consented to by the other, approved in time (TK-R29).

pub mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{Condition, QuerySelect, QueryTrait};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, day, uuid};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::people_record;
use crate::shift::{Shift, entity as shift};
use entity::{Column, Entity, Model, Status};

/// The swaps resource.
pub struct ShiftSwap;

const LIVE: &[Status] = &[Status::Requested, Status::Consented];

/// Acts on a swap.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.shift_swap",
    state: |it| it.row.status,
    moves: &[
        Move { action: "cancel", from: LIVE, to: Some(Status::Cancelled), guards: &[requester] },
        Move { action: "consent", from: &[Status::Requested], to: Some(Status::Consented), guards: &[other] },
        Move { action: "decline", from: &[Status::Requested], to: Some(Status::Declined), guards: &[other] },
        Move { action: "approve", from: &[Status::Consented], to: Some(Status::Applied), guards: &[no_party] },
        Move { action: "refuse", from: &[Status::Consented], to: Some(Status::Refused), guards: &[no_party] },
    ],
};

fn is(it: &Subject<'_, Model>, person: Uuid) -> bool {
    it.actor.persons().any(|actor| actor == person)
}

/// Guard: his own.
fn requester(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if is(it, it.row.requester_id) { Ok(()) } else { Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_requester")) }
}

/// Guard: the other person, by his own act.
fn other(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.actor.sub == it.row.other_staff_id {
        return Ok(());
    }
    Err(Fault::new(&ABOVE_AUTHORITY).rule("TK-R29").with("reason", "not_the_other"))
}

/// Guard: neither of the two decides.
fn no_party(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let first = match () {
        () if is(it, it.row.requester_id) => "request",
        () if is(it, it.row.other_staff_id) => "consent",
        () => return Ok(()),
    };
    Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R29").with("first", first).with("second", "approve"))
}

/// A swap as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShiftSwapView {
    pub id: Uuid,
    pub version: i32,
    pub org_unit_id: Uuid,
    pub requester_id: Uuid,
    pub own_shift_id: Uuid,
    /// The shift taken in exchange; without one the other takes over.
    pub other_shift_id: Option<Uuid>,
    pub other_staff_id: Uuid,
    pub proof_document_id: Option<Uuid>,
    pub consented_at: Option<Timestamp>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Timestamp>,
    pub status: Status,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub updated_at: Timestamp,
}

/// The swaps of shifts like this: of the shift that is given away.
fn of_shifts(like: impl IntoCondition) -> Condition {
    let shifts = shift::Entity::find().select_only().column(shift::Column::Id).filter(like).into_query();
    Condition::all().add(Column::OwnShiftId.in_subquery(shifts))
}

impl Resource for ShiftSwap {
    type Entity = Entity;
    type Row = Model;
    type View = ShiftSwapView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "shift_swap";
    const PATH: &'static str = "/v1/shift-swaps";

    fn visible_to(actor: &Actor) -> Condition {
        let own = Condition::any()
            .add(Column::RequesterId.is_in(actor.persons()))
            .add(Column::OtherStaffId.is_in(actor.persons()));
        people_record::or_own(actor, Column::OrgUnitId, own)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .code("status", Column::Status, Status::CODES)
            .by("org_unit_id", Column::OrgUnitId)
            .custom("staff_id", "uuid", |_, value| {
                let person = uuid("staff_id", value)?;
                Ok(Condition::any().add(Column::RequesterId.eq(person)).add(Column::OtherStaffId.eq(person)))
            })
            .custom("definition_code", "string", |_, value| {
                Ok(of_shifts(shift::Column::DefinitionCode.is_in(value.split(','))))
            })
            .range("created_at", Column::CreatedAt)
            .custom("date_gte", "date", |_, value| Ok(of_shifts(shift::Column::OnDate.gte(day("date_gte", value)?))))
            .custom("date_lt", "date", |_, value| Ok(of_shifts(shift::Column::OnDate.lt(day("date_lt", value)?))))
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ShiftSwapView>, Fault> {
        let view = |row: Model| ShiftSwapView {
            id: row.id,
            version: row.version,
            org_unit_id: row.org_unit_id,
            requester_id: row.requester_id,
            own_shift_id: row.own_shift_id,
            other_shift_id: row.other_shift_id,
            other_staff_id: row.other_staff_id,
            proof_document_id: row.proof_document_id,
            consented_at: row.consented_at.map(Timestamp::from),
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(Timestamp::from),
            status: row.status,
            created_at: row.created_at.into(),
            created_by: row.created_by,
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<Shift>("own_shift", "own_shift_id"),
            Expansion::one::<Shift>("other_shift", "other_shift_id"),
        ]
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}
