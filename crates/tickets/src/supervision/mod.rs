//! Supervisions (督办, TK-04): somebody above asks for an account of a case and waits for the answer.

pub mod commands;
pub mod entity;
pub mod missed;

use access::{Actor, groups};
use kernel::fault::{ABOVE_AUTHORITY, Fault};
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, truth};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::ticket;
use entity::{Column, Entity, Model, Status};

/// The supervisions resource.
pub struct Supervision;

/// Acts on a supervision.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.supervision",
    state: |it| it.row.status,
    moves: &[
        Move { action: "answer", from: &[Status::Issued], to: Some(Status::Answered), guards: &[addressed] },
        Move { action: "close", from: &[Status::Answered], to: Some(Status::Closed), guards: &[issuer_or_head] },
        Move { action: "send-back", from: &[Status::Answered], to: Some(Status::Issued), guards: &[issuer_or_head] },
    ],
};

/// Guard: somebody of the unit answers; for a person he himself, or who leads his unit.
fn addressed(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let (row, actor) = (it.row, it.actor);
    let of_the_unit = actor.scope.all || row.org_unit_id.is_some_and(|unit| actor.scope.org_unit_ids.contains(&unit));
    let may = match row.to_staff_id {
        Some(named) => actor.persons().any(|person| person == named) || (of_the_unit && actor.is_any(groups::LEAD)),
        None => of_the_unit,
    };
    if may { Ok(()) } else { Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_addressed")) }
}

/// Guard: who issued it, or a head; what came by itself, whoever brought it about, only a head.
fn issuer_or_head(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let issuer = it.row.clock_id.is_none() && it.actor.persons().any(|person| person == it.row.created_by);
    if issuer || ticket::life_cycle::is_head(it.actor) {
        return Ok(());
    }
    Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_issuer"))
}

/// A supervision as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SupervisionView {
    pub id: Uuid,
    pub version: i32,
    /// `SV-20260115-000001`.
    pub number: String,
    pub ticket_id: Uuid,
    pub cycle: i32,
    pub to_org_unit_id: Option<Uuid>,
    pub to_staff_id: Option<Uuid>,
    pub text: String,
    pub answer_due_at: Timestamp,
    /// Not answered in time, as of now.
    pub overdue: bool,
    pub answer: Option<String>,
    pub answered_by: Option<Uuid>,
    pub answered_at: Option<Timestamp>,
    pub status: Status,
    /// Issued by itself, by a missed handling clock.
    pub automatic: bool,
    /// Who issued it; null when it issued itself.
    pub issued_by: Option<Uuid>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The account was given by its limit, the last instant included.
fn answered_in_time(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let in_time = ExprTrait::lte(Expr::col(Column::AnsweredAt), Expr::col(Column::AnswerDueAt));
    let in_time = Condition::all().add(Column::AnsweredAt.is_not_null()).add(in_time);
    Ok(if truth("answered_in_time", value)? { in_time } else { in_time.not() })
}

impl Resource for Supervision {
    type Entity = Entity;
    type Row = Model;
    type View = SupervisionView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "supervision";
    const PATH: &'static str = "/v1/supervisions";

    /// Those of tickets the caller may know of, and those addressed to him or his units.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        Condition::any()
            .add(ticket::is_known(actor, Column::TicketId))
            .add(Column::ToOrgUnitId.is_in(actor.scope.org_unit_ids.clone()))
            .add(Column::ToStaffId.is_in(actor.persons()))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("answer_due_at", Column::AnswerDueAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
            .code("status", Column::Status, Status::CODES)
            .by("ticket_id", Column::TicketId)
            .by("to_org_unit_id", Column::ToOrgUnitId)
            .by("to_staff_id", Column::ToStaffId)
            .range("answer_due_at", Column::AnswerDueAt)
            .range("created_at", Column::CreatedAt)
            .custom("answered_in_time", "boolean", answered_in_time)
    }

    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<SupervisionView>, Fault> {
        Ok(rows.into_iter().map(|row| view(row, at.now)).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

fn view(row: Model, now: DateTimeUtc) -> SupervisionView {
    SupervisionView {
        overdue: row.status == Status::Issued && row.answer_due_at < now,
        automatic: row.clock_id.is_some(),
        issued_by: Some(row.created_by).filter(|by| row.clock_id.is_none() && !by.is_nil()),
        id: row.id,
        version: row.version,
        number: row.number,
        ticket_id: row.ticket_id,
        cycle: row.cycle,
        to_org_unit_id: row.to_org_unit_id,
        to_staff_id: row.to_staff_id,
        text: row.text,
        answer_due_at: row.answer_due_at.into(),
        answer: row.answer,
        answered_by: row.answered_by,
        answered_at: row.answered_at.map(Timestamp::from),
        status: row.status,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}
