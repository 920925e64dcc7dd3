//! Approval above the limit, settlement in money and goods, the written notice (TK-R32).

use chrono::Days;
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::life_cycle::Subject;
use store::{Reading, Resource, Work, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Model, Status};
use super::{MOVES, RepairFeeClaim, begin, begin_judged, money, record};
use crate::outlet::account::{self, EntryKind};
use crate::problems::{APPROVAL_NOT_NEEDED, APPROVAL_REQUIRED};

/// Nothing but the act itself.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ApproveFeeClaim {
    #[schema(max_length = 500)]
    pub comment: Option<String>,
}

/// How the audited total is paid: together exactly that.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SettleFeeClaim {
    pub cash_amount: Money,
    /// Converted to goods (转货款): credited to the outlet's account.
    pub goods_amount: Money,
}

/// The written notice to the outlet.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NotifyFeeClaim {
    pub notice_document_id: Uuid,
}

async fn is_above_limit(at: &Reading, row: &Model) -> Result<bool, Fault> {
    let limit = parameters::money(at, "tickets.settlement.manager_limit").await?;
    Ok(row.audited_fen.unwrap_or_default() > limit.fen())
}

/// Refuses to approve a total nobody has to approve.
pub(super) async fn ensure_above_limit(at: &Reading, row: &Model) -> Result<(), Fault> {
    match is_above_limit(at, row).await? {
        true => Ok(()),
        false => Err(Fault::new(&APPROVAL_NOT_NEEDED).rule("TK-R32")),
    }
}

/// Refuses to settle a total that still has to be approved.
pub(super) async fn ensure_approved(at: &Reading, row: &Model) -> Result<(), Fault> {
    match row.status == Status::Audited && is_above_limit(at, row).await? {
        true => Err(Fault::new(&APPROVAL_REQUIRED).rule("TK-R32")),
        false => Ok(()),
    }
}

/// Approves a total above the limit; below it nobody is asked.
pub async fn approve(work: &Work, id: Uuid, input: &ApproveFeeClaim) -> Result<Model, Fault> {
    let (row, mut change) = begin(work, id, "approve").await?;
    ensure_above_limit(work, &row).await?;
    change.approved_by = Set(Some(work.actor().sub));
    change.approved_at = Set(Some(work.now));
    record(work, &row, change, "approved", |fact| match &input.comment {
        Some(comment) => fact.reason(comment.as_str()),
        None => fact,
    })
    .await
}

/// Settles the audited total in money and goods.
///
/// # Errors
/// 409 `approval_required` above the limit; 422 `split_mismatch`.
pub async fn settle(work: &Work, id: Uuid, input: &SettleFeeClaim) -> Result<Model, Fault> {
    let mismatch = || Fault::field("/cash_amount", "split_mismatch").rule("TK-R32");
    let judge = |_: &Model| match input.cash_amount.is_negative() || input.goods_amount.is_negative() {
        true => Err(mismatch()),
        false => Ok(()),
    };
    let (row, mut change) = begin_judged(work, id, "settle", judge).await?;
    let total = money(row.audited_fen.unwrap_or_default())?;
    if input.cash_amount.checked_add(input.goods_amount) != Ok(total) {
        return Err(mismatch());
    }
    ensure_approved(work, &row).await?;
    if !input.goods_amount.is_zero() {
        let from = ("repair_fee_claim", row.id);
        account::post(work, row.outlet_id, EntryKind::SettlementCredit, input.goods_amount, from, None).await?;
    }
    let days = parameters::integer(work, "tickets.settlement.notice_days").await?;
    change.cash_fen = Set(Some(input.cash_amount.fen()));
    change.goods_fen = Set(Some(input.goods_amount.fen()));
    change.settled_by = Set(Some(work.actor().sub));
    change.settled_at = Set(Some(work.now));
    change.notice_by = Set(Some(business_day(work.now) + Days::new(days.unsigned_abs())));
    record(work, &row, change, "settled", |fact| {
        fact.with("cash", input.cash_amount.to_string()).with("goods", input.goods_amount.to_string())
    })
    .await
}

/// Gives the outlet written notice; that closes the claim.
pub async fn notify(work: &Work, id: Uuid, input: &NotifyFeeClaim) -> Result<Model, Fault> {
    let notice = input.notice_document_id;
    let seen = async |_: &Model| documents::ensure_one_visible(work, notice, "/notice_document_id").await;
    let row = resource::take_checked::<RepairFeeClaim>(work, id, seen).await?;
    let to = MOVES.take("notify", &Subject::of(work, &row))?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    documents::attach(work, &[input.notice_document_id], RepairFeeClaim::NAME, id, "notice").await?;
    change.notice_document_id = Set(Some(input.notice_document_id));
    change.notified_at = Set(Some(work.now));
    record(work, &row, change, "closed", |fact| fact).await
}
