//! Reading repair orders: filters, sorts and the look-ups other parts need.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, LockType, SimpleExpr};
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::list::{Columns, truth, uuid};
use store::{Reading, Work};

use super::RepairOrder;
use super::entity::{Bearer, Cause, Column, Dispatch, DispatchAnswer, Entity, Model, Status};
use crate::ticket::entity::json_list;

fn silent(at: &Reading, value: &str) -> Result<Condition, Fault> {
    let waiting = Condition::all().add(Column::Status.eq(Status::Dispatched)).add(Column::RespondBy.lt(at.now));
    let given_up = Condition::all()
        .add(Column::Status.eq(Status::Cancelled))
        .add(Column::RespondBy.is_not_null())
        .add(Column::AnsweredAt.is_null())
        .add(ExprTrait::lt(Expr::col(Column::RespondBy), Expr::col(Column::EndedAt)));
    let silent = Condition::any().add(waiting).add(given_up);
    Ok(if truth("provider_silent", value)? { silent } else { silent.not() })
}

/// The supplier or unit it was given to, as `expand=provider` shows it.
fn given_to(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let provider = uuid("provider_id", value)?;
    Ok(Condition::any().add(Column::SupplierId.eq(provider)).add(Column::OrgUnitId.eq(provider)))
}

fn when(name: &str, value: &str, holds: SimpleExpr) -> Result<Condition, Fault> {
    let holds = Condition::all().add(holds);
    Ok(if truth(name, value)? { holds } else { holds.not() })
}

/// The provider accepted before his time to answer was over.
fn accepted_in_time(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let in_time = ExprTrait::lte(Expr::col(Column::AcceptedAt), Expr::col(Column::RespondBy));
    when("accepted_in_time", value, Column::AcceptedAt.is_not_null().and(in_time))
}

/// The filters and sorts of `GET /v1/repair-orders`.
pub fn columns() -> Columns<RepairOrder> {
    Columns::sorted_by("-created_at")
        .sort("created_at", Column::CreatedAt)
        .by("number", Column::Number)
        .sort("number", Column::Number)
        .sort("updated_at", Column::UpdatedAt)
        .code("status", Column::Status, Status::CODES)
        .code("bearer", Column::Bearer, Bearer::CODES)
        .code("cause", Column::Cause, Cause::CODES)
        .by("supplier_id", Column::SupplierId)
        .by("org_unit_id", Column::OrgUnitId)
        .by("ticket_id", Column::TicketId)
        .by("part_code", Column::PartCode)
        .by("technician_id", Column::TechnicianId)
        .by("urgent", Column::Urgent)
        .by("punctual", Column::Punctual)
        .custom("provider_silent", "boolean", silent)
        .custom("provider_id", "uuid", given_to)
        .custom("accepted_in_time", "boolean", accepted_in_time)
        .custom("no_access", "boolean", |_, value| when("no_access", value, Column::NoAccessCount.gt(0)))
        .custom("reworked", "boolean", |_, value| when("reworked", value, Column::ReworkCount.gt(0)))
        .custom("finished", "boolean", |_, value| when("finished", value, Column::FinishedAt.is_not_null()))
        .code("proposed_bearer", Column::ProposedBearer, Bearer::CODES)
        .by("created_by", Column::CreatedBy)
        .range("window_from", Column::WindowFrom)
        .range("finished_at", Column::FinishedAt)
        .range("created_at", Column::CreatedAt)
}

/// The orders of a ticket, as a query.
pub(crate) fn of(ticket_id: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::TicketId.eq(ticket_id))
}

/// The orders of a ticket.
pub async fn of_ticket(at: &Reading, ticket_id: Uuid) -> Result<Vec<Model>, Fault> {
    Ok(of(ticket_id).all(&at.db()).await?)
}

/// The orders of a ticket that are not done, held until the end of the work.
pub async fn open_of_ticket(work: &Work, ticket_id: Uuid) -> Result<Vec<Model>, Fault> {
    let open = Entity::find()
        .filter(Column::TicketId.eq(ticket_id))
        .filter(Column::Status.is_not_in(Status::DONE.iter().copied()))
        .order_by_asc(Column::Id)
        .lock(LockType::Update);
    Ok(open.all(&work.db()).await?)
}

/// Whether a supplier refused an order of this ticket and part, or let the time to answer pass (TK-R23).
pub async fn was_asked_in_vain(
    at: &Reading,
    ticket_id: Uuid,
    part_code: &str,
    supplier_id: Uuid,
) -> Result<bool, Fault> {
    let orders = of_ticket(at, ticket_id).await?;
    let in_vain = |order: &Model| {
        let until = order.ended_at.unwrap_or(at.now);
        let dispatches: Vec<Dispatch> = json_list(&order.dispatches);
        dispatches.iter().any(|dispatch| {
            dispatch.supplier_id == Some(supplier_id)
                && (dispatch.answer == Some(DispatchAnswer::Refused) || dispatch.is_silent(until))
        })
    };
    Ok(orders.iter().filter(|order| order.part_code == part_code).any(in_vain))
}
