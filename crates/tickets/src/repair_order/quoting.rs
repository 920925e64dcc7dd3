//! What the work would cost, and the payer's word on it (报价).

use kernel::fault::Fault;
use kernel::money::Money;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::Work;
use utoipa::ToSchema;
use validator::Validate;

use super::entity::Model;
use super::life_cycle::{begin, begin_judged};
use super::record;

/// What the work would cost.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct QuoteRepairOrder {
    /// More than zero.
    pub amount: Money,
}

/// Whether the payer agrees.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnswerQuote {
    pub accepted: bool,
}

/// Names a price, or another one; what was agreed before is open again.
pub async fn quote(work: &Work, id: Uuid, input: &QuoteRepairOrder) -> Result<Model, Fault> {
    let judge = |_: &Model| match input.amount.fen() {
        ..=0 => Err(Fault::field("/amount", "out_of_range")),
        _ => Ok(()),
    };
    let (around, _) = begin_judged(work, id, "quote", judge).await?;
    let mut change = around.row.clone().into_active_model();
    change.quote_fen = Set(Some(input.amount.fen()));
    change.quote_accepted = Set(None);
    change.quote_answered_at = Set(None);
    if around.acts_for_contractor(work.actor()) {
        change.on_behalf_of_provider = Set(true);
    }
    record(work, &around.row, change, "quoted", |fact| fact.with("quote", input.amount.to_string())).await
}

/// The customer answers, or the desk says so for him.
pub async fn answer(work: &Work, id: Uuid, input: &AnswerQuote) -> Result<Model, Fault> {
    let (around, _) = begin(work, id, "answer-quote").await?;
    let mut change = around.row.clone().into_active_model();
    change.quote_accepted = Set(Some(input.accepted));
    change.quote_answered_at = Set(Some(work.now));
    let on_behalf = !work.actor().is_customer();
    let fact = |fact: store::journal::Fact| fact.with("accepted", input.accepted).with("on_behalf", on_behalf);
    record(work, &around.row, change, "quote_answered", fact).await
}
