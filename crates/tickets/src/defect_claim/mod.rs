//! Recourse claims (索赔, TK-R23): what the house paid for a defect, claimed from the contractor who answers
//! for the part.

pub mod commands;
pub mod entity;

use access::{Actor, JobRole};
use chrono::NaiveDate;
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use kernel::fixed::Percent;
use kernel::money::Money;
use kernel::time::{Timestamp, business_day};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource, rows};
use utoipa::ToSchema;

use crate::problems::{REPLY_WINDOW_CLOSED, REPLY_WINDOW_OPEN};
use crate::repair_order::{self, RepairOrder, read};
use crate::ticket::entity::json_list;
use entity::{ClaimLine, ClaimReply, Column, Entity, Model, Status};

/// The recourse claims (TK-R23).
pub struct DefectClaim;

/// A recourse claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DefectClaimView {
    pub id: Uuid,
    pub version: i32,
    /// `DC-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The proposer.
    pub created_by: Uuid,
    pub status: Status,
    pub repair_order_id: Uuid,
    pub ticket_id: Uuid,
    pub supplier_id: Uuid,
    pub cost_contract_id: Option<Uuid>,
    pub building_id: Option<Uuid>,
    pub lines: Vec<ClaimLine>,
    pub fee_percent: Percent,
    /// Half up (Σ lines × (1 + fee ÷ 100)), once.
    pub amount: Money,
    pub notice_document_id: Option<Uuid>,
    pub notified_on: Option<NaiveDate>,
    /// Last day on which the contractor may reply.
    pub reply_until: Option<NaiveDate>,
    pub reply: Option<ClaimReply>,
    pub decision_text: Option<String>,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<Timestamp>,
    /// Why a confirmed claim is not posted yet.
    pub reason: Option<String>,
    pub withdraw_reason: Option<String>,
}

/// Acts on a claim; posted and refused come from the deduction.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.defect_claim",
    state: |it| it.row.status,
    moves: &[
        Move { action: "notify", from: &[Status::Proposed], to: Some(Status::Notified), guards: &[] },
        Move { action: "record-reply", from: &[Status::Notified], to: None, guards: &[] },
        Move {
            action: "confirm",
            from: &[Status::Accepted, Status::Objected, Status::Notified],
            to: Some(Status::Confirmed),
            guards: &[not_proposer, answered_or_over],
        },
        Move {
            action: "withdraw",
            from: &[Status::Proposed, Status::Notified, Status::Accepted, Status::Objected],
            to: Some(Status::Withdrawn),
            guards: &[proposer_or_manager],
        },
    ],
};

fn not_proposer(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.actor.persons().any(|person| person == it.row.created_by) {
        return Err(Fault::new(&SEPARATION_OF_DUTIES)
            .rule("TK-R23")
            .with("first", "propose")
            .with("second", "confirm"));
    }
    Ok(())
}

fn answered_or_over(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.row.reply_until {
        Some(until) if it.row.status == Status::Notified && business_day(it.now) <= until => {
            Err(Fault::new(&REPLY_WINDOW_OPEN).rule("TK-R23").with("until", until.to_string()))
        }
        _ => Ok(()),
    }
}

fn proposer_or_manager(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let own = it.actor.persons().any(|person| person == it.row.created_by);
    if own || it.actor.is(JobRole::CsManager) || it.actor.is_system() {
        return Ok(());
    }
    Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_proposer"))
}

/// The last day to reply, passed.
fn closed_on(until: NaiveDate) -> Fault {
    Fault::new(&REPLY_WINDOW_CLOSED).rule("TK-R23").with("until", until.to_string())
}

/// That the order a column names is one the caller may know of.
pub(crate) fn is_of_known_order<C: ColumnTrait>(actor: &Actor, order: C) -> Expr {
    use repair_order::entity::{Column, Entity};
    rows::of_known::<Entity>(actor, Column::Id, order, RepairOrder::visible_to(actor))
}

impl Resource for DefectClaim {
    type Entity = Entity;
    type Row = Model;
    type View = DefectClaimView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "defect_claim";
    const PATH: &'static str = "/v1/defect-claims";

    /// The scope of the order; cost sees what concerns its contracts.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all || actor.is(JobRole::CostManager) {
            return Condition::all();
        }
        Condition::all().add(is_of_known_order(actor, Column::RepairOrderId))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .code("status", Column::Status, Status::CODES)
            .by("supplier_id", Column::SupplierId)
            .by("cost_contract_id", Column::CostContractId)
            .by("building_id", Column::BuildingId)
            .by("repair_order_id", Column::RepairOrderId)
            .by("ticket_id", Column::TicketId)
            .by("created_by", Column::CreatedBy)
            .range("created_at", Column::CreatedAt)
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
    }

    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, org_unit_id: row.case_org_unit_id, ..Placement::default() }
    }

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<RepairOrder>("repair_order", "repair_order_id"),
            Expansion::one::<registers::supplier::Supplier>("supplier", "supplier_id"),
        ]
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<DefectClaimView>, Fault> {
        rows.into_iter().map(view).collect()
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

fn view(row: Model) -> Result<DefectClaimView, Fault> {
    Ok(DefectClaimView {
        id: row.id,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
        created_by: row.created_by,
        status: row.status,
        repair_order_id: row.repair_order_id,
        ticket_id: row.ticket_id,
        supplier_id: row.supplier_id,
        cost_contract_id: row.cost_contract_id,
        building_id: row.building_id,
        lines: json_list(&row.lines),
        fee_percent: Percent::from_units(row.fee_percent_units).map_err(Fault::internal)?,
        amount: Money::from_fen(row.amount_fen).map_err(Fault::internal)?,
        notice_document_id: row.notice_document_id,
        notified_on: row.notified_on,
        reply_until: row.reply_until,
        reply: read(row.reply.as_deref()),
        decision_text: row.decision_text,
        confirmed_by: row.confirmed_by,
        confirmed_at: row.confirmed_at.map(Timestamp::from),
        reason: row.reason,
        withdraw_reason: row.withdraw_reason,
        number: row.number,
    })
}
