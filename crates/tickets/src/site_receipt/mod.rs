//! Site receipts (现场收款, TK-R19): money taken on the spot, handed in, confirmed by another person.

pub mod commands;
pub mod entity;
mod queries;

use access::{Actor, JobRole};
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::defect_claim::is_of_known_order;
use crate::repair_order::RepairOrder;
use crate::service_request;
use entity::{Column, Entity, Method, Model, Status};

/// The site receipts (TK-R19).
pub struct SiteReceipt;

/// Money taken on the spot.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiteReceiptView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Uuid,
    pub status: Status,
    pub repair_order_id: Option<Uuid>,
    pub service_request_id: Option<Uuid>,
    pub amount: Money,
    pub method: Method,
    pub receipt_number: String,
    pub received_by: Uuid,
    /// Until when it is to be handed in.
    pub hand_in_by: Timestamp,
    pub handed_in_at: Option<Timestamp>,
    /// Handed in after that, or still not.
    pub late: bool,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<Timestamp>,
}

/// Acts on a receipt.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.site_receipt",
    state: |it| it.row.status,
    moves: &[
        Move { action: "hand-in", from: &[Status::Made], to: Some(Status::HandedIn), guards: &[receiver] },
        Move { action: "confirm", from: &[Status::HandedIn], to: Some(Status::Confirmed), guards: &[not_receiver] },
    ],
};

fn receiver(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let own = it.actor.persons().any(|person| person == it.row.received_by);
    if own { Ok(()) } else { Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_receiver")) }
}

fn not_receiver(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.actor.persons().any(|person| person == it.row.received_by) {
        return Err(Fault::new(&SEPARATION_OF_DUTIES)
            .rule("TK-R19")
            .with("first", "receive")
            .with("second", "confirm"));
    }
    Ok(())
}

/// Who sees all money taken on the spot (spec §7).
const CASH: &[JobRole] = &[JobRole::Cashier, JobRole::CashOfficeClerk, JobRole::FinanceOfficer];

impl Resource for SiteReceipt {
    type Entity = Entity;
    type Row = Model;
    type View = SiteReceiptView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "site_receipt";
    const PATH: &'static str = "/v1/site-receipts";

    /// The scope of the order or request, one's own, and for the till and the cash office all that comes in.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all || actor.is_any(CASH) {
            return Condition::all();
        }
        Condition::any()
            .add(is_of_known_order(actor, Column::RepairOrderId))
            .add(service_request::is_known(actor, Column::ServiceRequestId))
            .add(Column::ReceivedBy.eq(actor.sub))
    }

    fn columns() -> Columns<Self> {
        queries::columns()
    }

    fn placement(row: &Model) -> Placement {
        Placement {
            project_id: row.project_id,
            org_unit_id: row.case_org_unit_id,
            customer_id: row.customer_id,
            ..Placement::default()
        }
    }

    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<RepairOrder>("repair_order", "repair_order_id")]
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<SiteReceiptView>, Fault> {
        rows.into_iter().map(|row| view(row, at.now)).collect()
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

fn view(row: Model, now: DateTimeUtc) -> Result<SiteReceiptView, Fault> {
    Ok(SiteReceiptView {
        id: row.id,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
        created_by: row.created_by,
        status: row.status,
        repair_order_id: row.repair_order_id,
        service_request_id: row.service_request_id,
        amount: Money::from_fen(row.amount_fen).map_err(Fault::internal)?,
        method: row.method,
        receipt_number: row.receipt_number,
        received_by: row.received_by,
        hand_in_by: row.hand_in_by.into(),
        handed_in_at: row.handed_in_at.map(Timestamp::from),
        late: row.handed_in_at.unwrap_or(now) > row.hand_in_by,
        confirmed_by: row.confirmed_by,
        confirmed_at: row.confirmed_at.map(Timestamp::from),
    })
}
