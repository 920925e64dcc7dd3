//! First review, audit, sending back (初审、审核): amounts only go down, each cut with its reason (TK-R31).

use kernel::fault::{Fault, FieldErrors};
use kernel::money::Money;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::Work;
use utoipa::ToSchema;
use validator::Validate;

use super::checking::{Known, ensure};
use super::entity::{Model, Step, line};
use super::{begin, begin_judged, lines_of, money, record};

/// What the first review grants; lines not named keep what was claimed, as far as the limit goes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct FirstReviewFeeClaim {
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub lines: Vec<FirstReviewFeeLine>,
}

/// What is granted for one order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstReviewFeeLine {
    pub repair_order_id: Uuid,
    pub first: Money,
    /// Required when it is less than was claimed.
    #[schema(min_length = 2, max_length = 500)]
    pub cut_reason: Option<String>,
}

/// What the audit grants; lines not named keep what the first review granted.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AuditFeeClaim {
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub lines: Vec<AuditFeeLine>,
}

/// What is granted for one order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditFeeLine {
    pub repair_order_id: Uuid,
    pub audited: Money,
    /// Required when it is less than the first review granted.
    #[schema(min_length = 2, max_length = 500)]
    pub cut_reason: Option<String>,
}

/// Why a claim goes back to the outlet.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendBackFeeClaim {
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
}

/// What a step says of an order.
struct Said<'a> {
    repair_order_id: Uuid,
    amount: Money,
    cut_reason: Option<&'a str>,
}

/// Reason of a line whose customer denied the repair.
const DENIED: &str = "not_confirmed";

/// What a step calls the amount it grants.
fn granted_as(step: Step) -> &'static str {
    match step {
        Step::First => "first",
        Step::Audit => "audited",
    }
}

/// Refuses what is wrong whatever the claim holds: an order named twice, less than nothing.
fn check(step: Step, said: &[Said<'_>]) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    for (n, word) in said.iter().enumerate() {
        let repeated = said[..n].iter().any(|other| other.repair_order_id == word.repair_order_id);
        let amount = format!("/lines/{n}/{}", granted_as(step));
        errors.add_if(repeated, &format!("/lines/{n}/repair_order_id"), "repeated_items").add_if(
            word.amount.is_negative(),
            &amount,
            "out_of_range",
        );
    }
    errors.finish().map_err(|fault| fault.rule("TK-R31"))
}

/// Goes through the lines of a step: granted amount and reason of a cut for each.
fn grant(
    step: Step,
    round: i32,
    lines: &[line::Model],
    said: &[Said<'_>],
) -> Result<Vec<(i64, Option<String>)>, Fault> {
    let name = granted_as(step);
    let mut errors = FieldErrors::default();
    for (n, word) in said.iter().enumerate() {
        let known = lines.iter().any(|line| line.repair_order_id == word.repair_order_id);
        errors.add_if(!known, &format!("/lines/{n}/repair_order_id"), "not_found");
    }
    let mut granted = Vec::new();
    for line in lines {
        let before = if step == Step::First { line.claimed_fen } else { line.first_fen.unwrap_or_default() };
        let denied = Known::of(line, round).is_denied(step);
        let limit = match step {
            _ if denied => 0,
            Step::First => before.min(line.limit_fen),
            Step::Audit => before,
        };
        let word = said.iter().enumerate().find(|(_, word)| word.repair_order_id == line.repair_order_id);
        // Whatever the step says of a denied line, it becomes nothing.
        let amount = word.filter(|_| !denied).map_or(limit, |(_, word)| word.amount.fen());
        let pointer = word.map_or("/lines".to_owned(), |(n, _)| format!("/lines/{n}"));
        errors.add_if(amount > limit, &format!("{pointer}/{name}"), "amount_above_limit");
        let reason = word.and_then(|(_, word)| word.cut_reason).or(denied.then_some(DENIED));
        let earlier = line.cut_reason.clone().filter(|_| step == Step::Audit);
        errors.add_if(amount < before && reason.is_none(), &format!("{pointer}/cut_reason"), "cut_reason_required");
        granted.push((amount, reason.map(str::to_owned).or(earlier)));
    }
    errors.finish().map_err(|fault| fault.rule("TK-R31"))?;
    Ok(granted)
}

fn sum(granted: &[(i64, Option<String>)]) -> Result<Money, Fault> {
    money(granted.iter().map(|(fen, _)| fen).sum())
}

/// The region's review: enough phone checks, no line above tariff and parts.
///
/// # Errors
/// 409 `spot_checks_missing`; 422 `amount_above_limit`, `cut_reason_required`, `repeated_items`, `out_of_range`.
pub async fn first_review(work: &Work, id: Uuid, input: &FirstReviewFeeClaim) -> Result<Model, Fault> {
    let said: Vec<Said<'_>> = input
        .lines
        .iter()
        .map(|line| Said {
            repair_order_id: line.repair_order_id,
            amount: line.first,
            cut_reason: line.cut_reason.as_deref(),
        })
        .collect();
    let (row, mut change) = begin_judged(work, id, "first-review", |_| check(Step::First, &said)).await?;
    let lines = lines_of(work, &[row.id]).await?;
    let granted = grant(Step::First, row.round, &lines, &said)?;
    ensure(work, &lines, row.round, Step::First).await?;
    let total = sum(&granted)?;
    for (line, (fen, reason)) in lines.into_iter().zip(granted) {
        let mut next = line.into_active_model();
        next.first_fen = Set(Some(fen));
        next.cut_reason = Set(reason);
        line::Entity::update(next).validate()?.exec(&work.db()).await?;
    }
    change.first_reviewed_by = Set(Some(work.actor().sub));
    change.first_reviewed_at = Set(Some(work.now));
    change.first_fen = Set(Some(total.fen()));
    record(work, &row, change, "first_reviewed", |fact| fact.with("first", total.to_string())).await
}

/// The settlement's audit: other customers asked, no line above the first review.
///
/// # Errors
/// As [`first_review`].
pub async fn audit(work: &Work, id: Uuid, input: &AuditFeeClaim) -> Result<Model, Fault> {
    let said: Vec<Said<'_>> = input
        .lines
        .iter()
        .map(|line| Said {
            repair_order_id: line.repair_order_id,
            amount: line.audited,
            cut_reason: line.cut_reason.as_deref(),
        })
        .collect();
    let (row, mut change) = begin_judged(work, id, "audit", |_| check(Step::Audit, &said)).await?;
    let lines = lines_of(work, &[row.id]).await?;
    let granted = grant(Step::Audit, row.round, &lines, &said)?;
    ensure(work, &lines, row.round, Step::Audit).await?;
    let total = sum(&granted)?;
    for (line, (fen, reason)) in lines.into_iter().zip(granted) {
        let mut next = line.into_active_model();
        next.audited_fen = Set(Some(fen));
        next.cut_reason = Set(reason);
        line::Entity::update(next).validate()?.exec(&work.db()).await?;
    }
    change.audited_by = Set(Some(work.actor().sub));
    change.audited_at = Set(Some(work.now));
    change.audited_fen = Set(Some(total.fen()));
    record(work, &row, change, "audited", |fact| fact.with("audited", total.to_string())).await
}

/// Sends a claim back to the outlet; its checks belong to the round that ends.
pub async fn send_back(work: &Work, id: Uuid, input: &SendBackFeeClaim) -> Result<Model, Fault> {
    let (row, mut change) = begin(work, id, "send-back").await?;
    change.return_reason = Set(Some(input.reason.clone()));
    change.round = Set(row.round + 1);
    record(work, &row, change, "returned", |fact| fact.reason(input.reason.as_str())).await
}
