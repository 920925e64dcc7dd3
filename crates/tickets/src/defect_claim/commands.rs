//! Proposing a claim and asking the contractor, once (TK-R23).

use chrono::{Days, NaiveDate};
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::{Fixed, Percent};
use kernel::ids;
use kernel::money::Money;
use kernel::time::business_day;
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Resource, Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, ClaimLine, ClaimReply, Column, Entity, Model, ReplyResult, Status};
use super::{DefectClaim, MOVES, closed_on};
use crate::problems::{CLAIM_EXISTS, NOT_CLAIMABLE};
use crate::repair_order::entity::{Cause, LineKind, Model as Order, OrderLine, Status as OrderStatus};
use crate::repair_order::{RepairOrder, json, queries, read};
use crate::ticket::entity::json_list;
use crate::warranty::check::WarrantyCheck;

/// For which order, and what was paid.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateDefectClaim {
    pub repair_order_id: Uuid,
    /// Default: the lines of the order.
    #[schema(max_items = 100)]
    pub lines: Option<Vec<ClaimLine>>,
}

/// The written notice to the contractor.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NotifyDefectClaim {
    pub notice_document_id: Uuid,
    /// When it reached him; default: today.
    pub notified_on: Option<NaiveDate>,
}

/// What the contractor said.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordClaimReply {
    pub result: ReplyResult,
    #[schema(min_length = 1, max_length = 4000)]
    pub text: String,
    /// When it came; default: today.
    pub received_on: Option<NaiveDate>,
}

/// The decision; against an objection with its reasons.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConfirmDefectClaim {
    #[schema(max_length = 4000)]
    pub decision_text: Option<String>,
}

/// Why it is given up.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WithdrawDefectClaim {
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
}

/// Half up (Σ lines × (1 + fee ÷ 100)), rounded once.
pub fn amount(lines: &[ClaimLine], fee: Percent) -> Result<Money, &'static str> {
    let total = Money::total(lines.iter().map(|line| line.amount)).map_err(|error| error.code())?;
    let factor: Fixed<4> = Fixed::from_units(10_000 + fee.units())?;
    total.times(factor.decimal()).map_err(|error| error.code())
}

/// Proposes a claim for what somebody else repaired in the contractor's place.
///
/// # Errors
/// 409 `not_claimable` naming all that is missing, `claim_exists`.
pub async fn create(work: &Work, input: &CreateDefectClaim) -> Result<Model, Fault> {
    let order = referenced::locked::<RepairOrder>(work, input.repair_order_id, "/repair_order_id").await?;
    let lines = input.lines.clone().unwrap_or_else(|| lines_of(&order));
    let mut errors = FieldErrors::default();
    for (n, line) in input.lines.iter().flatten().enumerate() {
        errors.add_if(line.amount.fen() <= 0, &format!("/lines/{n}/amount"), "out_of_range");
    }
    errors.finish()?;
    let live = Entity::find()
        .filter(Column::RepairOrderId.eq(order.id))
        .filter(Column::Status.is_not_in([Status::Refused, Status::Withdrawn]));
    if live.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&CLAIM_EXISTS).rule("TK-R23"));
    }
    let fee: Percent =
        serde_json::from_value(parameters::value(work, "tickets.claim.fee_percent").await?).map_err(Fault::internal)?;
    let amount = amount(&lines, fee).map_err(|code| Fault::field("/lines", code))?;
    let missing = missing(work, &order, amount).await?;
    let supplier = match (missing.is_empty(), order.responsible_supplier_id) {
        (true, Some(supplier)) => supplier,
        _ => return Err(Fault::new(&NOT_CLAIMABLE).rule("TK-R23").with("missing", missing)),
    };
    let warranty: Option<WarrantyCheck> = read(Some(&order.warranty));
    let contract = warranty.and_then(|check| check.cost_contract_id);
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "DC").await?),
        status: Set(Status::Proposed),
        repair_order_id: Set(order.id),
        ticket_id: Set(order.ticket_id),
        supplier_id: Set(supplier),
        cost_contract_id: Set(contract),
        building_id: Set(order.building_id),
        project_id: Set(order.project_id),
        case_org_unit_id: Set(order.case_org_unit_id),
        lines: Set(json(&lines)?),
        fee_percent_units: Set(fee.units()),
        amount_fen: Set(amount.fen()),
        ..Default::default()
    };
    let fact = |fact| told(fact, supplier, amount.fen()).with("cost_contract_id", contract.map(|id| id.to_string()));
    work.create::<DefectClaim>(row, fact, "proposed").await
}

fn told(fact: store::journal::Fact, supplier: Uuid, amount_fen: i64) -> store::journal::Fact {
    let amount = Money::from_fen(amount_fen).unwrap_or_default();
    fact.with("supplier_id", supplier.to_string()).with("amount", amount.to_string())
}

/// What the order cost, line by line.
fn lines_of(order: &Order) -> Vec<ClaimLine> {
    let lines: Vec<OrderLine> = json_list(&order.lines);
    let name = |line: &OrderLine| match (&line.text, line.kind) {
        (Some(text), _) => text.clone(),
        (None, LineKind::Part) => "配件".to_owned(),
        (None, LineKind::Labour) => "人工".to_owned(),
        (None, LineKind::Travel) => "交通".to_owned(),
    };
    let paid = lines.iter().filter(|line| line.amount.fen() > 0);
    paid.map(|line| ClaimLine { text: name(line), amount: line.amount }).collect()
}

/// What stands against claiming, in words of the rule.
async fn missing(work: &Work, order: &Order, amount: Money) -> Result<Vec<&'static str>, Fault> {
    let mut missing = Vec::new();
    if !matches!(order.status, OrderStatus::Evaluated | OrderStatus::Closed) {
        missing.push("order_not_evaluated");
    }
    if !matches!(order.cause, Some(Cause::ConstructionDefect | Cause::Material)) {
        missing.push("cause");
    }
    if !order.contractor_covered {
        missing.push("contractor_not_covered");
    }
    if order.supplier_id.is_some() && order.supplier_id == order.responsible_supplier_id {
        missing.push("contractor_repaired_himself");
    }
    if amount.fen() <= 0 {
        missing.push("nothing_paid");
    }
    let asked = match order.responsible_supplier_id {
        Some(supplier) => queries::was_asked_in_vain(work, order.ticket_id, &order.part_code, supplier).await?,
        None => false,
    };
    if !asked && !order.urgent {
        missing.push("contractor_not_asked");
    }
    Ok(missing)
}

async fn record(
    work: &Work,
    row: &Model,
    change: ActiveModel,
    verb: &str,
    fact: impl FnOnce(store::journal::Fact) -> store::journal::Fact,
) -> Result<Model, Fault> {
    let contract = row.cost_contract_id.map(|id| id.to_string());
    let describe = |given: store::journal::Fact| {
        told(fact(given), row.supplier_id, row.amount_fen).with("cost_contract_id", contract)
    };
    work.change::<DefectClaim>(row, change, verb, describe).await
}

/// A day not ahead, and not before the one it follows.
fn day_within(on: NaiveDate, first: Option<NaiveDate>, today: NaiveDate, pointer: &str) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(on > today, pointer, "date_in_future").add_if(
        first.is_some_and(|first| on < first),
        pointer,
        "date_order",
    );
    errors.finish()
}

/// Gives the contractor notice; from that day he has a while to reply, the last day included.
pub async fn notify(work: &Work, id: Uuid, input: &NotifyDefectClaim) -> Result<Model, Fault> {
    let today = business_day(work.now);
    let on = input.notified_on.unwrap_or(today);
    let check = async |row: &Model| {
        day_within(on, Some(business_day(row.created_at)), today, "/notified_on")?;
        documents::ensure_one_visible(work, input.notice_document_id, "/notice_document_id").await
    };
    let (row, to) = MOVES.begin_checked::<DefectClaim>(work, id, "notify", check).await?;
    documents::attach(work, &[input.notice_document_id], DefectClaim::NAME, id, "notice").await?;
    let days = parameters::integer(work, "tickets.claim.reply_days").await?;
    let until = on + Days::new(days.unsigned_abs());
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.notice_document_id = Set(Some(input.notice_document_id));
    change.notified_on = Set(Some(on));
    change.reply_until = Set(Some(until));
    record(work, &row, change, "notified", |fact| fact.with("reply_until", until.to_string())).await
}

/// Writes the contractor's reply down.
///
/// # Errors
/// 409 `reply_window_closed` when it came after the last day.
pub async fn record_reply(work: &Work, id: Uuid, input: &RecordClaimReply) -> Result<Model, Fault> {
    let today = business_day(work.now);
    let on = input.received_on.unwrap_or(today);
    let judge = |row: &Model| day_within(on, row.notified_on, today, "/received_on");
    let (row, _) = MOVES.begin_judged::<DefectClaim>(work, id, "record-reply", judge).await?;
    if let Some(until) = row.reply_until.filter(|until| on > *until) {
        return Err(closed_on(until));
    }
    let reply = ClaimReply { result: input.result, text: input.text.clone(), received_on: on };
    let mut change = row.clone().into_active_model();
    change.reply = Set(Some(json(&reply)?));
    change.status = Set(match input.result {
        ReplyResult::Accepted => Status::Accepted,
        ReplyResult::Objected => Status::Objected,
    });
    record(work, &row, change, "replied", |fact| fact.with("result", input.result.code())).await
}

/// Confirms the claim; it waits until a retention it can be deducted from is held.
pub async fn confirm(work: &Work, id: Uuid, input: &ConfirmDefectClaim) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin_judged::<DefectClaim>(work, id, "confirm", |_| Ok(())).await?;
    let reasons = input.decision_text.as_deref().is_some_and(|text| !text.trim().is_empty());
    if row.status == Status::Objected && !reasons {
        return Err(Fault::field("/decision_text", "required").rule("TK-R23"));
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.decision_text = Set(input.decision_text.clone());
    change.confirmed_by = Set(Some(work.actor().sub));
    change.confirmed_at = Set(Some(work.now));
    change.reason = Set(Some("no_retention".to_owned()));
    record(work, &row, change, "confirmed", |fact| fact).await
}

/// Gives the claim up.
pub async fn withdraw(work: &Work, id: Uuid, input: &WithdrawDefectClaim) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin_judged::<DefectClaim>(work, id, "withdraw", |_| Ok(())).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.withdraw_reason = Set(Some(input.reason.clone()));
    record(work, &row, change, "withdrawn", |fact| fact.reason(input.reason.as_str())).await
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(fen: i64) -> ClaimLine {
        ClaimLine { text: "人工".to_owned(), amount: Money::from_fen(fen).unwrap() }
    }

    #[test]
    fn tk_e12_the_fee_is_added_once_and_rounded_once() {
        for (lines, fee, wanted) in [
            (vec![785_000, 540_000], "0.00", "13250.00"),
            (vec![785_000, 540_000], "5.00", "13912.50"),
            (vec![1], "50.00", "0.02"),
            (vec![1, 1, 1], "16.67", "0.04"),
            (vec![], "5.00", "0.00"),
        ] {
            let lines: Vec<ClaimLine> = lines.into_iter().map(line).collect();
            assert_eq!(amount(&lines, fee.parse().unwrap()).unwrap().to_string(), wanted);
        }
    }

    proptest! {
        #[test]
        fn a_claim_is_its_lines_and_the_fee_to_the_fen(
            lines in prop::collection::vec(1..100_000_000_i64, 1..20), fee in 0..10_000_i64,
        ) {
            let total: i128 = lines.iter().map(|fen| i128::from(*fen)).sum();
            let lines: Vec<ClaimLine> = lines.into_iter().map(line).collect();
            let fen = i128::from(amount(&lines, Percent::from_units(fee).unwrap()).unwrap().fen());
            // Half up of a positive figure: within half a fen, and a half goes up.
            let off = fen * 10_000 - total * (10_000 + i128::from(fee));
            prop_assert!(-5_000 < off && off <= 5_000, "{off}");
        }
    }
}
