//! Service requests (服务申请, TK-15): applications, returns, exchanges and orders, each by its own steps.

pub mod commands;
pub mod entity;
pub mod flow;

use access::{Actor, JobRole};
use kernel::fault::{ABOVE_AUTHORITY, Fault, INVALID_STATE};
use kernel::money::Money;
use kernel::time::Timestamp;
use registers::customer::merge::{files_of, named};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, Guard, LifeCycle, Move, Subject};
use store::list::{Columns, truth};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource, rows};
use utoipa::ToSchema;

use entity::{Column, Decision, Entity, Line, Model, RequestType, Status};

/// The service requests resource.
pub struct ServiceRequest;

/// One act; which state it needs is the affair of the request's type.
const fn step(action: &'static str, to: Status, guards: &'static [Guard<Model>]) -> Move<Status, Model> {
    Move { action, from: &[], to: Some(to), guards }
}

/// Acts on a request.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.service_request",
    state: |it| it.row.status,
    moves: &[
        step("check", Status::Checked, &[|it| is_next(it, "check")]),
        step("approve", Status::Approved, &[|it| is_next(it, "approve"), decides]),
        step("refuse", Status::Refused, &[|it| is_next(it, "refuse"), decides]),
        step("receive-goods", Status::GoodsReceived, &[|it| is_next(it, "receive-goods")]),
        step("inspect", Status::Inspected, &[|it| is_next(it, "inspect")]),
        step("allocate", Status::Allocated, &[|it| is_next(it, "allocate")]),
        step("pick", Status::Picked, &[|it| is_next(it, "pick")]),
        step("deliver", Status::Delivered, &[|it| is_next(it, "deliver")]),
        step("refund", Status::Refunded, &[|it| is_next(it, "refund")]),
        step("complete", Status::Completed, &[|it| is_next(it, "complete")]),
        Move {
            action: "cancel",
            from: &[Status::Submitted, Status::Checked, Status::Approved, Status::Allocated],
            to: Some(Status::Cancelled),
            guards: &[],
        },
    ],
};

/// Only the next step of the request's type is legal (TK-R37).
fn is_next(it: &Subject<'_, Model>, action: &str) -> Result<(), Fault> {
    let needed = flow::before(it.row.r#type, action);
    if needed == Some(it.row.status) {
        return Ok(());
    }
    let state: &'static str = it.row.status.into();
    let from: Vec<&'static str> = needed.into_iter().map(Into::into).collect();
    let refused = Fault::new(&INVALID_STATE).rule("TK-R37").with("action", action).with("state", state);
    Err(refused.with("allowed_from", from))
}

/// Who approves depends on the type.
fn decides(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.actor.is_any(flow::deciders(it.row.r#type)) {
        return Ok(());
    }
    Err(Fault::new(&ABOVE_AUTHORITY).rule("TK-R37").with("type", it.row.r#type.code()))
}

/// A request as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceRequestView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub r#type: RequestType,
    pub ticket_id: Option<Uuid>,
    pub customer_id: Uuid,
    pub project_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub lines: Vec<Line>,
    /// Σ quantity × price.
    pub total: Money,
    pub reason_code: Option<String>,
    pub description: Option<String>,
    pub urgent: bool,
    pub status: Status,
    /// The act that is next; null at the end.
    pub next_step: Option<&'static str>,
    pub decision: Option<Decision>,
    pub inspection: Option<String>,
    pub refunded: Option<Money>,
    pub completed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Uuid,
}

/// Who handles goods and money for every desk: store, delivery, till and finance.
const SHARED: &[JobRole] = &[
    JobRole::OrderClerk,
    JobRole::Picker,
    JobRole::Courier,
    JobRole::WarehouseKeeper,
    JobRole::Cashier,
    JobRole::CashOfficeClerk,
    JobRole::FinanceOfficer,
];

/// The types whose steps a role takes for every desk: who looks at goods that came back, who judges applications.
fn taken_by(actor: &Actor) -> Vec<RequestType> {
    let inspects = actor.is_any(&[JobRole::RepairTeamLeader, JobRole::TechnicalSupport]);
    let judges = actor.is(JobRole::EngineeringOfficer);
    let types = RequestType::ALL.iter().copied();
    types
        .filter(|of| {
            let inspected = flow::before(*of, "inspect").is_some();
            (inspects && inspected) || (judges && *of == RequestType::Application)
        })
        .collect()
}

impl Resource for ServiceRequest {
    type Entity = Entity;
    type Row = Model;
    type View = ServiceRequestView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "service_request";
    const PATH: &'static str = "/v1/service-requests";

    /// A customer his own; the store and the till all; others those of their units and projects and their own, those
    /// of no unit – what a customer sent is for whoever serves him – and of the types whose steps they take.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.is_system() || actor.scope.all || actor.is_any(SHARED) {
            return Condition::all();
        }
        if let Some(customer) = actor.customer_id {
            return Condition::all().add(Column::CustomerId.in_subquery(files_of(customer)));
        }
        Condition::any()
            .add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.iter().copied()))
            .add(Column::OrgUnitId.is_null())
            .add(Column::ProjectId.is_in(actor.scope.project_ids.iter().copied()))
            .add(Column::CreatedBy.is_in(actor.persons()))
            .add(Column::Type.is_in(taken_by(actor)))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-urgent,created_at")
            .code("type", Column::Type, RequestType::CODES)
            .code("status", Column::Status, Status::CODES)
            .by("urgent", Column::Urgent)
            .custom("customer_id", "uuid", |_, customers| named(Column::CustomerId, customers))
            .by("ticket_id", Column::TicketId)
            .by("org_unit_id", Column::OrgUnitId)
            .by("reason_code", Column::ReasonCode)
            .by("created_by", Column::CreatedBy)
            .custom("approved", "boolean", |_, value| {
                let said = format!("\"approved\":{}", truth("approved", value)?);
                Ok(Condition::all().add(Column::Decision.contains(said)))
            })
            .range("created_at", Column::CreatedAt)
            .range("completed_at", Column::CompletedAt)
            .sort("urgent", Column::Urgent)
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
    }

    fn placement(row: &Model) -> Placement {
        Placement {
            project_id: row.project_id,
            org_unit_id: row.org_unit_id,
            customer_id: Some(row.customer_id),
            ..Placement::default()
        }
    }

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<registers::customer::Customer>("customer", "customer_id"),
            Expansion::one::<crate::ticket::Ticket>("ticket", "ticket_id"),
        ]
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ServiceRequestView>, Fault> {
        rows.into_iter().map(view).collect()
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

fn view(row: Model) -> Result<ServiceRequestView, Fault> {
    let money = |fen: i64| Money::from_fen(fen).map_err(Fault::internal);
    Ok(ServiceRequestView {
        lines: row.lines(),
        total: money(row.total_fen)?,
        next_step: flow::next(row.r#type, row.status).map(|step| step.action),
        decision: row.decision(),
        refunded: row.refunded_fen.map(money).transpose()?,
        id: row.id,
        version: row.version,
        number: row.number,
        r#type: row.r#type,
        ticket_id: row.ticket_id,
        customer_id: row.customer_id,
        project_id: row.project_id,
        org_unit_id: row.org_unit_id,
        reason_code: row.reason_code,
        description: row.description,
        urgent: row.urgent,
        status: row.status,
        inspection: row.inspection,
        completed_at: row.completed_at.map(Timestamp::from),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
        created_by: row.created_by,
    })
}

/// That the request a column names is one the caller may know of.
pub(crate) fn is_known<C: ColumnTrait>(actor: &Actor, request: C) -> Expr {
    rows::of_known::<Entity>(actor, Column::Id, request, ServiceRequest::visible_to(actor))
}
