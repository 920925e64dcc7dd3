//! Taking money on the spot, handing it in, confirming it.

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::money::Money;
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::{Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Method, Model, Status};
use super::{MOVES, SiteReceipt};
use crate::problems::OVERPAID;
use crate::repair_order::RepairOrder;
use crate::repair_order::entity::Bearer;
use crate::service_request::ServiceRequest;
use crate::service_request::entity::Status as RequestStatus;

/// What a customer paid on the spot.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateSiteReceipt {
    /// An order the customer pays; else the request.
    pub repair_order_id: Option<Uuid>,
    pub service_request_id: Option<Uuid>,
    /// More than zero, at most what is open.
    pub amount: Money,
    pub method: Method,
    /// Number of the paper given to the customer.
    #[schema(min_length = 1, max_length = 40)]
    pub receipt_number: String,
}

/// What money is taken for, and how much of it is still open.
struct Owed {
    open_fen: i64,
    org_unit_id: Option<Uuid>,
    project_id: Option<Uuid>,
    customer_id: Option<Uuid>,
}

/// Takes money for an order the customer pays, or for a request.
///
/// # Errors
/// 422 `exactly_one` unless one of the two is named; 409 `overpaid` above the open amount, `already_exists` for a number used before.
pub async fn create(work: &Work, input: &CreateSiteReceipt) -> Result<Model, Fault> {
    let named = (input.repair_order_id.is_some(), input.service_request_id.is_some());
    let mut errors = FieldErrors::default();
    errors.add_if(input.amount.fen() <= 0, "/amount", "out_of_range").add_if(
        named.0 == named.1,
        "/repair_order_id",
        "exactly_one",
    );
    errors.finish()?;
    let owed = match (input.repair_order_id, input.service_request_id) {
        (Some(order), None) => of_order(work, order).await?,
        (None, Some(request)) => of_request(work, request).await?,
        _ => return Err(Fault::field("/repair_order_id", "exactly_one")),
    };
    let number = input.receipt_number.trim();
    locks::hold(work, vec![format!("site_receipt|{number}")]).await?;
    if Entity::find().filter(Column::ReceiptNumber.eq(number)).one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "receipt_number"));
    }
    if input.amount.fen() > owed.open_fen {
        let open = Money::from_fen(owed.open_fen).map_err(Fault::internal)?;
        return Err(Fault::new(&OVERPAID).rule("TK-R19").with("open", open.to_string()));
    }
    let hours = parameters::integer(work, "tickets.site_receipt.hand_in_hours").await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        status: Set(Status::Made),
        repair_order_id: Set(input.repair_order_id),
        service_request_id: Set(input.service_request_id),
        case_org_unit_id: Set(owed.org_unit_id),
        project_id: Set(owed.project_id),
        customer_id: Set(owed.customer_id),
        amount_fen: Set(input.amount.fen()),
        method: Set(input.method),
        receipt_number: Set(number.to_owned()),
        received_by: Set(work.actor().sub),
        hand_in_by: Set(work.now + TimeDelta::hours(hours)),
        handed_in_at: Set(None),
        confirmed_by: Set(None),
        confirmed_at: Set(None),
    };
    let amount = input.amount.to_string();
    work.create::<SiteReceipt>(row, |fact| fact.with("amount", amount), "made").await
}

/// What the customer still owes for an order: the work, before it is finished the quote he accepted; nothing
/// when somebody else bears the cost.
async fn of_order(work: &Work, id: Uuid) -> Result<Owed, Fault> {
    let order = referenced::locked::<RepairOrder>(work, id, "/repair_order_id").await?;
    let counted = order.finished_at.is_some() || order.ended_at.is_some();
    let agreed = order.quote_fen.filter(|_| order.quote_accepted == Some(true)).unwrap_or_default();
    let owed = match order.bearer {
        Some(Bearer::Customer) if counted => order.amount_fen,
        Some(Bearer::Customer) => agreed,
        _ => 0,
    };
    Ok(Owed {
        open_fen: (owed - taken(work, Column::RepairOrderId, id).await?).max(0),
        org_unit_id: order.case_org_unit_id,
        project_id: order.project_id,
        customer_id: order.customer_id,
    })
}

/// What the customer still owes for a request: the sum of its lines; nothing once it is refused or cancelled.
async fn of_request(work: &Work, id: Uuid) -> Result<Owed, Fault> {
    let request = referenced::locked::<ServiceRequest>(work, id, "/service_request_id").await?;
    let over = matches!(request.status, RequestStatus::Refused | RequestStatus::Cancelled);
    let owed = if over { 0 } else { request.total_fen };
    Ok(Owed {
        open_fen: (owed - taken(work, Column::ServiceRequestId, id).await?).max(0),
        org_unit_id: request.org_unit_id,
        project_id: request.project_id,
        customer_id: Some(request.customer_id),
    })
}

/// What was taken for it so far.
async fn taken(work: &Work, column: Column, id: Uuid) -> Result<i64, Fault> {
    let receipts = Entity::find().filter(column.eq(id)).all(&work.db()).await?;
    Ok(receipts.iter().map(|receipt| receipt.amount_fen).sum())
}

async fn begin(work: &Work, id: Uuid, action: &str) -> Result<(Model, ActiveModel), Fault> {
    let (row, to) = MOVES.begin::<SiteReceipt>(work, id, action).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    Ok((row, change))
}

/// Hands the money in.
pub async fn hand_in(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, mut change) = begin(work, id, "hand-in").await?;
    change.handed_in_at = Set(Some(work.now));
    work.change::<SiteReceipt>(&row, change, "handed_in", |fact| fact).await
}

/// Confirms that it came in; never by who took it.
pub async fn confirm(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, mut change) = begin(work, id, "confirm").await?;
    change.confirmed_by = Set(Some(work.actor().sub));
    change.confirmed_at = Set(Some(work.now));
    work.change::<SiteReceipt>(&row, change, "confirmed", |fact| fact).await
}
