//! Money that waits: recourse claims against contractors, cash received on the spot (spec tickets §10).

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect, QueryTrait};
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use super::place::{anywhere, parts_in_units};
use crate::defect_claim::{DefectClaim, entity as claim};
use crate::repair_order::entity as order;
use crate::site_receipt::{SiteReceipt, entity as receipt};

async fn claims(
    at: &Reading,
    asked: &Asked,
    permission: &str,
    state: Condition,
    due: Due,
    act: &str,
) -> Result<Vec<Item>, Fault> {
    use claim::Column;
    let Some(unit) = parts_in_units(at, asked, permission, Column::TicketId) else { return Ok(Vec::new()) };
    let rows = asked.rows::<DefectClaim>(at, unit.add(state), due).await?;
    let item = |(row, due): (claim::Model, Option<DateTimeUtc>)| {
        Item::of::<DefectClaim>(&row, due, "")
            .since(row.updated_at)
            .watched_by(Some(row.created_by))
            .in_unit(row.case_org_unit_id)
            .settled_by::<DefectClaim>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Claims the contractor has not been told of.
pub async fn claim_notices(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let state = Condition::all().add(claim::Column::Status.eq(claim::Status::Proposed));
    claims(at, asked, "tickets.defect_claim:notify", state, Due::Never, "notify").await
}

/// Claims the contractor has not answered; due on the last day of his reply window (TK-R23).
pub async fn claim_replies(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let state = Condition::all().add(claim::Column::Status.eq(claim::Status::Notified));
    let due = Due::by(claim::Column::ReplyUntil);
    claims(at, asked, "tickets.defect_claim:record_reply", state, due, "record-reply").await
}

/// Claims answered, or whose reply window is over; never for who proposed them.
pub async fn claim_decisions(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use claim::{Column, Status};
    let over =
        Condition::all().add(Column::Status.eq(Status::Notified)).add(Column::ReplyUntil.lt(business_day(at.now)));
    let answered = Column::Status.is_in([Status::Accepted, Status::Objected]);
    let mut state = Condition::all().add(Condition::any().add(answered).add(over));
    if asked.waiting == Waiting::Me {
        state = state.add(Column::CreatedBy.is_not_in(at.actor().persons()));
    }
    claims(at, asked, "tickets.defect_claim:confirm", state, Due::Never, "confirm").await
}

async fn receipts(at: &Reading, asked: &Asked, waits: Condition, due: Due, act: &str) -> Result<Vec<Item>, Fault> {
    let rows = asked.rows::<SiteReceipt>(at, waits, due).await?;
    let orders = order::Entity::find()
        .filter(order::Column::Id.is_in(rows.iter().filter_map(|(row, _)| row.repair_order_id)))
        .all(&at.db())
        .await?;
    let item = |(row, due): (receipt::Model, Option<DateTimeUtc>)| {
        let order = orders.iter().find(|order| Some(order.id) == row.repair_order_id);
        let made = row.status == receipt::Status::Made;
        Item::of::<SiteReceipt>(&row, due, row.receipt_number.as_str())
            .held_by(Some(row.received_by).filter(|_| made))
            .watched_by(order.and_then(|order| order.dispatched_by))
            .in_unit(row.case_org_unit_id)
            .settled_by::<SiteReceipt>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Cash somebody took on the spot and has not handed in; his dispatcher sees it too.
pub async fn hand_ins(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use receipt::Column;
    let mut whose = Condition::any().add(asked.held(at.actor(), Column::ReceivedBy, Column::CaseOrgUnitId));
    if asked.waiting == Waiting::Me {
        let given = order::Entity::find()
            .select_only()
            .column(order::Column::Id)
            .filter(order::Column::DispatchedBy.is_in(at.actor().persons()));
        whose = whose.add(Column::RepairOrderId.in_subquery(given.into_query()));
    }
    let waits = Condition::all().add(whose).add(Column::Status.eq(receipt::Status::Made));
    receipts(at, asked, waits, Due::by(Column::HandInBy), "hand-in").await
}

/// Cash handed in that somebody else confirms.
pub async fn confirmations(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use receipt::Column;
    let of_units = |units: &[Uuid]| Condition::all().add(Column::CaseOrgUnitId.is_in(units.iter().copied()));
    let Some(whose) = anywhere(at, asked, "tickets.site_receipt:confirm", of_units) else { return Ok(Vec::new()) };
    let mut waits = whose.add(Column::Status.eq(receipt::Status::HandedIn));
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::ReceivedBy.is_not_in(at.actor().persons()));
    }
    receipts(at, asked, waits, Due::Never, "confirm").await
}
