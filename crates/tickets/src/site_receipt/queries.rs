//! The filters and sorts of `GET /v1/site-receipts`.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{Condition, QuerySelect, QueryTrait};
use store::Reading;
use store::list::{Columns, truth, uuid};

use super::SiteReceipt;
use super::entity::{Column, Method, Status};
use crate::{defect_claim, repair_order};

/// What was taken for the orders that are like this.
fn of_orders(like: SimpleExpr) -> Condition {
    let orders = repair_order::entity::Entity::find().select_only().column(repair_order::entity::Column::Id);
    Condition::all().add(Column::RepairOrderId.in_subquery(orders.filter(like).into_query()))
}

/// What was taken for the orders a contractor is asked for under this contract.
fn under_contract(contract: Uuid) -> Condition {
    let claims = defect_claim::entity::Entity::find()
        .select_only()
        .column(defect_claim::entity::Column::RepairOrderId)
        .filter(defect_claim::entity::Column::CostContractId.eq(contract));
    Condition::all().add(Column::RepairOrderId.in_subquery(claims.into_query()))
}

/// Handed in after its time, or not yet although it is over.
fn late(at: &Reading, value: &str) -> Result<Condition, Fault> {
    let waiting = Condition::all().add(Column::HandedInAt.is_null()).add(Column::HandInBy.lt(at.now));
    let after = Condition::all()
        .add(Column::HandedInAt.is_not_null())
        .add(ExprTrait::lt(Expr::col(Column::HandInBy), Expr::col(Column::HandedInAt)));
    if truth("late", value)? {
        return Ok(Condition::any().add(waiting).add(after));
    }
    let in_time = Condition::all()
        .add(Column::HandedInAt.is_not_null())
        .add(ExprTrait::gte(Expr::col(Column::HandInBy), Expr::col(Column::HandedInAt)));
    let open = Condition::all().add(Column::HandedInAt.is_null()).add(Column::HandInBy.gte(at.now));
    Ok(Condition::any().add(in_time).add(open))
}

/// The filters and sorts of `GET /v1/site-receipts`; place, ticket and supplier are those of the order.
pub fn columns() -> Columns<SiteReceipt> {
    use repair_order::entity::Column as Order;
    Columns::sorted_by("-created_at")
        .code("status", Column::Status, Status::CODES)
        .code("method", Column::Method, Method::CODES)
        .by("repair_order_id", Column::RepairOrderId)
        .by("service_request_id", Column::ServiceRequestId)
        .by("customer_id", Column::CustomerId)
        .by("project_id", Column::ProjectId)
        .by("received_by", Column::ReceivedBy)
        .by("confirmed_by", Column::ConfirmedBy)
        .by("receipt_number", Column::ReceiptNumber)
        .custom("ticket_id", "uuid", |_, value| Ok(of_orders(Order::TicketId.eq(uuid("ticket_id", value)?))))
        .custom("building_id", "uuid", |_, value| Ok(of_orders(Order::BuildingId.eq(uuid("building_id", value)?))))
        .custom("supplier_id", "uuid", |_, value| Ok(of_orders(Order::SupplierId.eq(uuid("supplier_id", value)?))))
        .custom("cost_contract_id", "uuid", |_, value| Ok(under_contract(uuid("cost_contract_id", value)?)))
        .custom("late", "boolean", late)
        .range("created_at", Column::CreatedAt)
        .range("hand_in_by", Column::HandInBy)
        .range("handed_in_at", Column::HandedInAt)
        .range("confirmed_at", Column::ConfirmedAt)
        .sort("created_at", Column::CreatedAt)
        .sort("hand_in_by", Column::HandInBy)
}
