//! What waits in the repair network: parts, losses, fee claims of the outlets, reconciliations (spec tickets §10).

use access::JobRole;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Month;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::work_list::{Asked, Due, Item, Waiting, last_second};
use store::{Reading, Resource, parameters};

use super::place::anywhere;
use crate::fee_claim::{RepairFeeClaim, entity as fee};
use crate::outlet;
use crate::stock::location::LocationKind;
use crate::stock::{count, reconciliation, request, write_off};

type Dated<T> = (T, Option<DateTimeUtc>);

async fn requests(at: &Reading, asked: &Asked, waits: Condition, act: &str) -> Result<Vec<Item>, Fault> {
    let rows = asked.rows::<request::PartRequest>(at, waits, Due::Never).await?;
    let item = |(row, due): Dated<request::Model>| {
        let team = row.location_ref.filter(|_| row.location_kind == LocationKind::Team);
        Item::of::<request::PartRequest>(&row, due, "")
            .since(row.updated_at)
            .in_unit(team)
            .settled_by::<request::PartRequest>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

fn of_teams(units: &[Uuid]) -> Condition {
    let team = request::Column::LocationKind.eq(LocationKind::Team);
    Condition::all().add(team).add(request::Column::LocationRef.is_in(units.iter().copied()))
}

/// Requests for parts to grant or refuse.
pub async fn request_approvals(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(whose) = anywhere(at, asked, "tickets.part_request:approve", of_teams) else { return Ok(Vec::new()) };
    requests(at, asked, whose.add(request::Column::Status.eq(request::Status::Submitted)), "approve").await
}

/// Granted parts to give out.
pub async fn request_issues(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(whose) = anywhere(at, asked, "tickets.part_request:issue", of_teams) else { return Ok(Vec::new()) };
    let granted = request::Column::Status.is_in([request::Status::Approved, request::Status::PartlyIssued]);
    requests(at, asked, whose.add(granted), "issue").await
}

/// Parts on their way, to be confirmed by who asked for them.
pub async fn request_receipts(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use request::Column;
    let actor = at.actor();
    let Some(whose) = anywhere(at, asked, "tickets.part_request:receive", of_teams) else { return Ok(Vec::new()) };
    let mut waits = whose.add(Column::Status.eq(request::Status::Issued));
    // Whoever acts for an outlet sees no request but its own.
    if asked.waiting == Waiting::Me && !actor.is(JobRole::ServiceOutlet) {
        let own = Condition::any()
            .add(Column::CreatedBy.is_in(actor.persons()))
            .add(Column::SubmittedBy.is_in(actor.persons()))
            .add(of_teams(&actor.scope.org_unit_ids));
        waits = waits.add(own);
    }
    requests(at, asked, waits, "receive").await
}

/// Losses whose value lets the caller decide: parts_clerk up to the limit, cs_manager above.
async fn of_value<C: ColumnTrait>(at: &Reading, asked: &Asked, proposer: C, value: C) -> Result<Condition, Fault> {
    if asked.waiting != Waiting::Me {
        return Ok(Condition::all());
    }
    let limit = parameters::money(at, "tickets.stock.write_off_manager_limit").await?.fen();
    let within = if at.actor().is(JobRole::CsManager) { value.gt(limit) } else { value.lte(limit) };
    Ok(Condition::all().add(within).add(proposer.is_not_in(at.actor().persons())))
}

/// Write-offs to decide on.
pub async fn write_offs(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use write_off::{Column, Status, WriteOff};
    let in_teams = |units: &[Uuid]| Condition::all().add(Column::LocationRef.is_in(units.iter().copied()));
    let Some(whose) = anywhere(at, asked, "tickets.write_off:approve", in_teams) else { return Ok(Vec::new()) };
    let value = of_value(at, asked, Column::CreatedBy, Column::ValueFen).await?;
    let waits = whose.add(Column::Status.eq(Status::Proposed)).add(value);
    let rows = asked.rows::<WriteOff>(at, waits, Due::Never).await?;
    let item = |(row, due): Dated<write_off::Model>| {
        Item::of::<WriteOff>(&row, due, row.reason.as_str()).settled_by::<WriteOff>("approve")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Counts of the stock to decide on.
pub async fn counts(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use count::{Column, Status, StockCount};
    let in_teams = |units: &[Uuid]| Condition::all().add(Column::LocationRef.is_in(units.iter().copied()));
    let Some(whose) = anywhere(at, asked, "tickets.stock_count:approve", in_teams) else { return Ok(Vec::new()) };
    let value = of_value(at, asked, Column::CreatedBy, Column::ValueFen).await?;
    let waits = whose.add(Column::Status.eq(Status::Counted)).add(value);
    let rows = asked.rows::<StockCount>(at, waits, Due::Never).await?;
    let item = |(row, due): Dated<count::Model>| {
        Item::of::<StockCount>(&row, due, row.counted_on.to_string()).settled_by::<StockCount>("approve")
    };
    Ok(rows.into_iter().map(item).collect())
}

async fn claims(at: &Reading, asked: &Asked, waits: Condition, due: Due, act: &str) -> Result<Vec<Item>, Fault> {
    let rows = asked.rows::<RepairFeeClaim>(at, waits, due).await?;
    let item = |(row, due): Dated<fee::Model>| {
        Item::of::<RepairFeeClaim>(&row, due, row.month.as_str())
            .since(row.updated_at)
            .in_unit(Some(row.region_org_unit_id))
            .settled_by::<RepairFeeClaim>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

fn in_regions(units: &[Uuid]) -> Condition {
    Condition::all().add(fee::Column::RegionOrgUnitId.is_in(units.iter().copied()))
}

/// No step is a second one of the same hand (TK-R31).
fn another_hand(at: &Reading, asked: &Asked) -> Condition {
    use fee::Column;
    let mut others = Condition::all();
    if asked.waiting == Waiting::Me {
        for hand in [Column::SubmittedBy, Column::FirstReviewedBy, Column::AuditedBy] {
            let other = hand.is_not_in(at.actor().persons());
            others = others.add(Condition::any().add(hand.is_null()).add(other));
        }
    }
    others
}

/// Claims to hand in: drafts, and those sent back.
pub async fn fee_drafts(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let actor = at.actor();
    let Some(mut waits) = anywhere(at, asked, "tickets.repair_fee_claim:submit", in_regions) else {
        return Ok(Vec::new());
    };
    // What an outlet sees is its own; who hands in for it goes on with what he began.
    if asked.waiting == Waiting::Me && !actor.is(JobRole::ServiceOutlet) {
        waits = waits.add(fee::Column::CreatedBy.is_in(actor.persons()));
    }
    let waits = waits.add(fee::Column::Status.is_in([fee::Status::Draft, fee::Status::Returned]));
    claims(at, asked, waits, Due::Never, "submit").await
}

/// Claims to review first, by who looks after the region.
pub async fn fee_reviews(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let region = asked.open_to(at.actor(), "tickets.repair_fee_claim:first_review", fee::Column::RegionOrgUnitId);
    let Some(region) = region else { return Ok(Vec::new()) };
    let waits = region.add(fee::Column::Status.eq(fee::Status::Submitted)).add(another_hand(at, asked));
    claims(at, asked, waits, Due::Never, "first-review").await
}

/// Claims to audit.
pub async fn fee_audits(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(whose) = anywhere(at, asked, "tickets.repair_fee_claim:audit", in_regions) else { return Ok(Vec::new()) };
    let waits = whose.add(fee::Column::Status.eq(fee::Status::FirstReviewed)).add(another_hand(at, asked));
    claims(at, asked, waits, Due::Never, "audit").await
}

async fn limit(at: &Reading) -> Result<i64, Fault> {
    Ok(parameters::money(at, "tickets.settlement.manager_limit").await?.fen())
}

/// Audited claims above the limit, which cs_manager approves first (TK-R32).
pub async fn fee_approvals(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(whose) = anywhere(at, asked, "tickets.repair_fee_claim:approve", in_regions) else {
        return Ok(Vec::new());
    };
    let above = fee::Column::AuditedFen.gt(limit(at).await?);
    let waits = whose.add(fee::Column::Status.eq(fee::Status::Audited)).add(above).add(another_hand(at, asked));
    claims(at, asked, waits, Due::Never, "approve").await
}

/// Claims to settle in cash and goods.
pub async fn fee_settlements(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use fee::{Column, Status};
    let Some(whose) = anywhere(at, asked, "tickets.repair_fee_claim:settle", in_regions) else {
        return Ok(Vec::new());
    };
    let small = Condition::all().add(Column::Status.eq(Status::Audited)).add(Column::AuditedFen.lte(limit(at).await?));
    let ready = Condition::any().add(Column::Status.eq(Status::Approved)).add(small);
    claims(at, asked, whose.add(ready), Due::Never, "settle").await
}

/// Settled claims whose outlet has no written notice yet; due on the notice's last day.
pub async fn fee_notices(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(whose) = anywhere(at, asked, "tickets.repair_fee_claim:notify", in_regions) else {
        return Ok(Vec::new());
    };
    let waits = whose.add(fee::Column::Status.eq(fee::Status::Settled));
    claims(at, asked, waits, Due::by(fee::Column::NoticeBy), "notify").await
}

/// When the figures of a month are to be agreed: the day its reports are due.
async fn agreed_by(at: &Reading, month: &str) -> Result<Option<NaiveDate>, Fault> {
    let Ok(month) = Month::parse(month) else { return Ok(None) };
    let next = month.plus(1).first_day();
    let day = parameters::value_on(at, "tickets.report.monthly_due_day", next, None).await?.as_i64().unwrap_or(1);
    Ok(next.checked_add_days(chrono::Days::new((day - 1).unsigned_abs())))
}

/// Reconciliations an outlet has not agreed to.
pub async fn reconciliations(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use reconciliation::{Column, Entity, PartReconciliation, Status};
    let outlets_in = |units: &[Uuid]| {
        let there = Condition::any()
            .add(outlet::entity::Column::OrgUnitId.is_in(units.iter().copied()))
            .add(outlet::entity::Column::RegionOrgUnitId.is_in(units.iter().copied()));
        Condition::all().add(Column::OutletId.in_subquery(outlet::ids_of(there)))
    };
    let Some(whose) = anywhere(at, asked, "tickets.part_reconciliation:confirm", outlets_in) else {
        return Ok(Vec::new());
    };
    let open = Entity::find()
        .filter(PartReconciliation::visible(at))
        .filter(whose.add(Column::Status.is_in([Status::Open, Status::Disputed])))
        .all(&at.db())
        .await?;
    let outlets = outlet::entity::Entity::find()
        .filter(outlet::entity::Column::Id.is_in(open.iter().map(|row| row.outlet_id)))
        .all(&at.db())
        .await?;
    let mut items = Vec::new();
    for row in open {
        let due = agreed_by(at, &row.month).await?.map(last_second);
        let unit = outlets.iter().find(|outlet| outlet.id == row.outlet_id).map(|outlet| outlet.org_unit_id);
        items.push(
            Item::of::<PartReconciliation>(&row, due, row.month.as_str())
                .in_unit(unit)
                .settled_by::<PartReconciliation>("confirm"),
        );
    }
    Ok(asked.chosen(at.now, items))
}
