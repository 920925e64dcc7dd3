//! Pauses (暂停) of the handling clock: requested with proof, approved by another person (TK-R14).

pub mod commands;
pub mod entity;
pub mod expiring;

use access::Actor;
use kernel::fault::{Fault, INVALID_PARAMETER};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect, QueryTrait};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, uuid};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::ticket::entity::{Column as TicketColumn, Entity as Tickets};
use crate::ticket::{self, queries};
use entity::{Column, Entity, Model, Status};

/// The pauses resource.
pub struct TicketPause;

/// Acts on a pause.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.ticket_pause",
    state: |it| it.row.status_at(it.now),
    moves: &[
        Move {
            action: "approve",
            from: &[Status::Requested],
            to: Some(Status::Active),
            guards: &[commands::not_requester],
        },
        Move {
            action: "refuse",
            from: &[Status::Requested],
            to: Some(Status::Refused),
            guards: &[commands::not_requester],
        },
        Move { action: "end", from: &[Status::Active], to: Some(Status::Ended), guards: &[] },
    ],
};

/// A pause as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketPauseView {
    pub id: Uuid,
    pub version: i32,
    pub ticket_id: Uuid,
    pub cycle: i32,
    pub reason_code: String,
    pub until: Timestamp,
    pub note: Option<String>,
    pub proof_document_id: Uuid,
    pub requested_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// by_hand, until, resolved, transferred.
    pub end_cause: Option<String>,
    pub status: Status,
    pub created_at: Timestamp,
}

impl Resource for TicketPause {
    type Entity = Entity;
    type Row = Model;
    type View = TicketPauseView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "ticket_pause";
    const PATH: &'static str = "/v1/ticket-pauses";

    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        Condition::all().add(ticket::is_known(actor, Column::TicketId))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .custom("status", "string", in_status)
            .by("ticket_id", Column::TicketId)
            .by("reason_code", Column::ReasonCode)
            .range("started_at", Column::StartedAt)
            .custom("net", "boolean", |_, value| queries::of_counted(Column::TicketId, value))
            .custom("assignee_id", "uuid", |_, value| {
                let held = Tickets::find().select_only().column(TicketColumn::Id);
                let held = held.filter(TicketColumn::AssigneeId.eq(uuid("assignee_id", value)?)).into_query();
                Ok(Condition::all().add(Column::TicketId.in_subquery(held)))
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<TicketPauseView>, Fault> {
        Ok(rows.into_iter().map(|row| view(row, at.now)).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// Active and ended are told apart by the clock.
fn in_status(at: &Reading, text: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    for code in text.split(',') {
        let active = Condition::all().add(Column::Status.eq(Status::Active));
        any = match code {
            "requested" => any.add(Column::Status.eq(Status::Requested)),
            "active" => any.add(active.add(Column::Until.gt(at.now))),
            "ended" => any.add(Column::Status.eq(Status::Ended)).add(active.add(Column::Until.lte(at.now))),
            "refused" => any.add(Column::Status.eq(Status::Refused)),
            _ => return Err(Fault::new(&INVALID_PARAMETER).with("parameter", "status")),
        };
    }
    Ok(any)
}

/// An active pause past its `until` reads as ended then, whether or not anybody wrote it.
fn view(row: Model, now: DateTimeUtc) -> TicketPauseView {
    let status = row.status_at(now);
    let over = status != row.status;
    TicketPauseView {
        id: row.id,
        version: row.version,
        ticket_id: row.ticket_id,
        cycle: row.cycle,
        reason_code: row.reason_code,
        until: row.until.into(),
        note: row.note,
        proof_document_id: row.proof_document_id,
        requested_by: row.requested_by,
        approved_by: row.approved_by,
        started_at: row.started_at.map(Timestamp::from),
        ended_at: if over { Some(row.until.into()) } else { row.ended_at.map(Timestamp::from) },
        end_cause: if over { Some("until".to_owned()) } else { row.end_cause },
        status,
        created_at: row.created_at.into(),
    }
}
