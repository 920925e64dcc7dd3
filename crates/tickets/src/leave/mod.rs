//! Leave (请假, TK-04, TK-09): who is away, what he hands over, and who stands in for him (TK-R18).

pub mod commands;
pub mod entity;
pub mod handover;
pub mod parts;

use std::collections::HashSet;

use access::Actor;
use kernel::fault::{ABOVE_AUTHORITY, Fault, INVALID_STATE, SEPARATION_OF_DUTIES};
use kernel::time::{Timestamp, start_of_day};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, day};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::people_record;
use crate::ticket::entity::json_list;
use entity::{Column, Entity, Model, Status};

/// The leaves resource.
pub struct Leave;

const OPEN: &[Status] = &[Status::Requested, Status::HandedOver];
const CANCELLABLE: &[Status] = &[Status::Requested, Status::HandedOver, Status::Approved];

/// Acts on a leave.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.leave_request",
    state: |it| it.row.status,
    moves: &[
        Move { action: "accept-handover", from: OPEN, to: Some(Status::HandedOver), guards: &[substitute] },
        Move { action: "approve", from: &[Status::HandedOver], to: Some(Status::Approved), guards: &[not_own] },
        Move { action: "refuse", from: &[Status::HandedOver], to: Some(Status::Refused), guards: &[not_own] },
        Move { action: "cancel", from: CANCELLABLE, to: Some(Status::Cancelled), guards: &[own, not_begun] },
    ],
};

/// Guard: the substitute, by his own act.
fn substitute(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.actor.sub == it.row.substitute_id {
        return Ok(());
    }
    Err(Fault::new(&ABOVE_AUTHORITY).rule("TK-R18").with("reason", "not_substitute"))
}

fn is_own(it: &Subject<'_, Model>) -> bool {
    it.actor.persons().any(|person| person == it.row.staff_id)
}

/// Guard: nobody decides on his own leave.
fn not_own(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if is_own(it) {
        return Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "create").with("second", "approve"));
    }
    Ok(())
}

/// Guard: his own.
fn own(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if is_own(it) { Ok(()) } else { Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_own")) }
}

/// Guard: what has begun is not undone.
fn not_begun(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.row.status == Status::Approved && it.row.from_at <= it.now {
        return Err(Fault::new(&INVALID_STATE)
            .with("action", "cancel")
            .with("state", "begun")
            .with("allowed_from", vec!["requested", "handed_over", "approved"]));
    }
    Ok(())
}

/// A leave as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeaveView {
    pub id: Uuid,
    pub version: i32,
    pub staff_id: Uuid,
    pub org_unit_id: Uuid,
    pub substitute_id: Uuid,
    pub from_at: Timestamp,
    pub to_at: Timestamp,
    pub reason: String,
    pub status: Status,
    /// What is to be handed over, as it is now; once the leave is decided, as it was then. Null when it was decided
    /// before lists were kept.
    pub handover_items: Option<Vec<handover::HandoverItem>>,
    pub accepted_at: Option<Timestamp>,
    /// Shifts nobody stands in for.
    pub uncovered_shift_ids: Vec<Uuid>,
    /// What lends his roles to the substitute.
    pub delegation_ids: Vec<Uuid>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Timestamp>,
    pub comment: Option<String>,
    /// When his cases passed to the substitute.
    pub passed_on_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub updated_at: Timestamp,
}

impl Resource for Leave {
    type Entity = Entity;
    type Row = Model;
    type View = LeaveView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "leave_request";
    const PATH: &'static str = "/v1/leave-requests";

    fn visible_to(actor: &Actor) -> Condition {
        let own = Condition::any()
            .add(Column::StaffId.is_in(actor.persons()))
            .add(Column::SubstituteId.is_in(actor.persons()));
        people_record::or_own(actor, Column::OrgUnitId, own)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-from_at")
            .sort("from_at", Column::FromAt)
            .sort("created_at", Column::CreatedAt)
            .by("staff_id", Column::StaffId)
            .by("substitute_id", Column::SubstituteId)
            .by("org_unit_id", Column::OrgUnitId)
            .code("status", Column::Status, Status::CODES)
            .range("from_at", Column::FromAt)
            .range("to_at", Column::ToAt)
            // Away on one of the days.
            .custom("date_gte", "date", |_, value| {
                Ok(Condition::all().add(Column::ToAt.gt(start_of_day(day("date_gte", value)?))))
            })
            .custom("date_lt", "date", |_, value| {
                Ok(Condition::all().add(Column::FromAt.lt(start_of_day(day("date_lt", value)?))))
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<LeaveView>, Fault> {
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            items.push(match OPEN.contains(&row.status) {
                true => Some(handover::items(at, row).await?),
                false => handover::decided(at, row).await?,
            });
        }
        let view = |(row, handover_items): (Model, Option<Vec<handover::HandoverItem>>)| LeaveView {
            handover_items,
            id: row.id,
            version: row.version,
            staff_id: row.staff_id,
            org_unit_id: row.org_unit_id,
            substitute_id: row.substitute_id,
            from_at: row.from_at.into(),
            to_at: row.to_at.into(),
            reason: row.reason,
            status: row.status,
            accepted_at: row.accepted_at.map(Timestamp::from),
            uncovered_shift_ids: json_list(&row.uncovered_shift_ids),
            delegation_ids: json_list(&row.delegation_ids),
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(Timestamp::from),
            comment: row.comment,
            passed_on_at: row.passed_on_at.map(Timestamp::from),
            created_at: row.created_at.into(),
            created_by: row.created_by,
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().zip(items).map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// The approved leaves of these people that fall into a time.
pub async fn approved(at: &Reading, people: &[Uuid], from: DateTimeUtc, to: DateTimeUtc) -> Result<Vec<Model>, Fault> {
    let leaves = Entity::find()
        .filter(Column::StaffId.is_in(people.iter().copied()))
        .filter(Column::Status.eq(Status::Approved))
        .filter(Column::FromAt.lt(to))
        .filter(Column::ToAt.gt(from));
    Ok(leaves.all(&at.db()).await?)
}

/// Who of these people is on approved leave at an instant.
pub async fn away(at: &Reading, people: &[Uuid], instant: DateTimeUtc) -> Result<HashSet<Uuid>, Fault> {
    let leaves = Entity::find()
        .filter(Column::StaffId.is_in(people.iter().copied()))
        .filter(Column::Status.eq(Status::Approved))
        .filter(Column::FromAt.lte(instant))
        .filter(Column::ToAt.gt(instant));
    Ok(leaves.all(&at.db()).await?.into_iter().map(|leave| leave.staff_id).collect())
}
