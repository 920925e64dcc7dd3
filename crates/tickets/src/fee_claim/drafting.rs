//! What an outlet asks for, line by line, and handing it in (TK-R31).

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::money::Money;
use kernel::time::{Month, business_day};
use registers::{locks, referenced};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status, line};
use super::{RepairFeeClaim, begin, lines_of, record};
use crate::outlet::{ServiceOutlet, entity::Model as Outlet, tariff};
use crate::problems::ALREADY_CLAIMED;
use crate::repair_order::entity::{self as orders, LineKind, OrderLine, Status as OrderStatus};
use crate::ticket::entity::json_list;

/// A month's repairs of an outlet.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateRepairFeeClaim {
    pub outlet_id: Uuid,
    pub month: Month,
    #[schema(min_items = 1, max_items = 1000)]
    pub lines: Vec<NewFeeLine>,
}

/// What is asked for one order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRepairFeeLine)]
pub struct NewFeeLine {
    pub repair_order_id: Uuid,
    #[schema(min_length = 1, max_length = 40)]
    pub tariff_code: String,
    pub claimed: Money,
}

/// Hands a claim in; one that was sent back may come with other lines.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SubmitRepairFeeClaim {
    #[schema(min_items = 1, max_items = 1000)]
    pub lines: Option<Vec<NewFeeLine>>,
}

/// Drafts the claim of a month; an outlet has one a month, an order is claimed once.
///
/// # Errors
/// 422 `line_not_claimable`; 409 `already_claimed`.
pub async fn create(work: &Work, input: &CreateRepairFeeClaim) -> Result<Model, Fault> {
    let outlet = referenced::locked::<ServiceOutlet>(work, input.outlet_id, "/outlet_id").await?;
    let month = input.month.to_string();
    locks::hold(work, vec![format!("repair_fee_claim|{}|{month}", outlet.id)]).await?;
    let id = ids::new_id(work.now);
    let lines = judge(work, id, &outlet, input.month, &input.lines).await?;
    let same = Entity::find().filter(Column::OutletId.eq(outlet.id)).filter(Column::Month.eq(month.as_str()));
    if same.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&ALREADY_CLAIMED).rule("TK-R31").with("month", month));
    }
    let claimed = total(&input.lines)?;
    let row = ActiveModel {
        id: Set(id),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "RC").await?),
        status: Set(Status::Draft),
        outlet_id: Set(outlet.id),
        region_org_unit_id: Set(outlet.region_org_unit_id),
        month: Set(month),
        round: Set(1),
        claimed_fen: Set(claimed.fen()),
        ..Default::default()
    };
    let row = work.create::<RepairFeeClaim>(row, |fact| fact.with("claimed", claimed.to_string()), "created").await?;
    line::Entity::insert_many(lines).exec_without_returning(&work.db()).await?;
    Ok(row)
}

fn total(lines: &[NewFeeLine]) -> Result<Money, Fault> {
    Money::total(lines.iter().map(|line| line.claimed)).map_err(|error| Fault::field("/lines", error.code()))
}

/// The lines, each of a closed order of this outlet finished in the month under a tariff of that day, none claimed
/// elsewhere.
async fn judge(
    work: &Work,
    claim_id: Uuid,
    outlet: &Outlet,
    month: Month,
    lines: &[NewFeeLine],
) -> Result<Vec<line::ActiveModel>, Fault> {
    let ids: Vec<Uuid> = lines.iter().map(|line| line.repair_order_id).collect();
    locks::hold(work, ids.iter().map(|id| format!("repair_fee_line|{id}")).collect()).await?;
    let known = orders::Entity::find().filter(orders::Column::Id.is_in(ids.iter().copied())).all(&work.db()).await?;
    let mut errors = FieldErrors::default();
    let mut rows = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let order = known.iter().find(|order| order.id == line.repair_order_id);
        let finished = order
            .filter(|order| order.status == OrderStatus::Closed && order.supplier_id == Some(outlet.supplier_id))
            .and_then(|order| order.finished_at)
            .map(business_day)
            .filter(|day| month.contains(*day));
        let repeated = lines[..n].iter().any(|other| other.repair_order_id == line.repair_order_id);
        errors
            .add_if(repeated, &format!("/lines/{n}/repair_order_id"), "repeated_items")
            .add_if(finished.is_none(), &format!("/lines/{n}/repair_order_id"), "line_not_claimable")
            .add_if(line.claimed.fen() <= 0, &format!("/lines/{n}/claimed"), "out_of_range");
        let (Some(order), Some(day)) = (order, finished) else { continue };
        let Some(tariff) = tariff::on(work, &line.tariff_code, day).await? else {
            errors.add(format!("/lines/{n}/tariff_code"), "line_not_claimable");
            continue;
        };
        let used: Vec<OrderLine> = json_list(&order.lines);
        let parts = used.iter().filter(|used| used.kind == LineKind::Part).map(|used| used.amount.fen());
        rows.push(line::ActiveModel {
            id: Set(ids::new_id(work.now)),
            claim_id: Set(claim_id),
            position: Set(i32::try_from(n).unwrap_or(i32::MAX)),
            repair_order_id: Set(order.id),
            tariff_code: Set(line.tariff_code.clone()),
            limit_fen: Set(tariff.fee_fen + parts.sum::<i64>()),
            claimed_fen: Set(line.claimed.fen()),
            first_fen: Set(None),
            audited_fen: Set(None),
            cut_reason: Set(None),
            checks: Set("[]".to_owned()),
        });
    }
    errors.finish().map_err(|fault| fault.rule("TK-R31"))?;
    let elsewhere = line::Entity::find()
        .filter(line::Column::RepairOrderId.is_in(ids))
        .filter(line::Column::ClaimId.ne(claim_id))
        .one(&work.db())
        .await?;
    match elsewhere {
        Some(line) => {
            let order = line.repair_order_id.to_string();
            Err(Fault::new(&ALREADY_CLAIMED).rule("TK-R31").with("repair_order_id", order))
        }
        None => Ok(rows),
    }
}

/// Hands the claim in. What an earlier review said is void.
pub async fn submit(work: &Work, id: Uuid, input: &SubmitRepairFeeClaim) -> Result<Model, Fault> {
    let (row, mut change) = begin(work, id, "submit").await?;
    if let Some(lines) = &input.lines {
        if row.status != Status::Returned && row.status != Status::Draft {
            return Err(Fault::internal("only what is with the outlet changes"));
        }
        let outlet = crate::outlet::entity::Entity::find_by_id(row.outlet_id).one(&work.db()).await?;
        let outlet = outlet.ok_or_else(|| Fault::internal("a claim without an outlet"))?;
        let month = Month::parse(&row.month).map_err(Fault::internal)?;
        let new = judge(work, row.id, &outlet, month, lines).await?;
        line::Entity::delete_many().filter(line::Column::ClaimId.eq(row.id)).exec(&work.db()).await?;
        line::Entity::insert_many(new).exec_without_returning(&work.db()).await?;
        change.claimed_fen = Set(total(lines)?.fen());
    } else {
        for line in lines_of(work, &[row.id]).await? {
            let clean = line::ActiveModel {
                first_fen: Set(None),
                audited_fen: Set(None),
                cut_reason: Set(None),
                ..line.into()
            };
            line::Entity::update(clean).validate()?.exec(&work.db()).await?;
        }
    }
    change.submitted_by = Set(Some(work.actor().sub));
    change.submitted_at = Set(Some(work.now));
    change.first_reviewed_by = Set(None);
    change.first_fen = Set(None);
    change.audited_fen = Set(None);
    record(work, &row, change, "submitted", |fact| fact).await
}
