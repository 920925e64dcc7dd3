//! Judging, closing and cancelling an order (TK-R21).

use access::groups;
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::Quantity;
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Resource, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Bearer, Cause, Evaluation, EvaluationResult, LineKind, Model, OrderLine, Scores, Status};
use super::finishing::{NewOrderLine, total};
use super::life_cycle::{begin, begin_checked};
use super::{RepairOrder, json, record};
use crate::ticket::entity::json_list;

/// How the repair was found.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EvaluateRepairOrder {
    pub result: EvaluationResult,
    pub scores: Scores,
    #[schema(min_length = 2, max_length = 2000)]
    pub text: String,
}

/// What the order comes to: payer, cause, the signed《售后服务维修单》.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CloseRepairOrder {
    pub bearer: Bearer,
    pub cause: Cause,
    /// The signed order.
    pub document_id: Uuid,
}

/// Why it is not done; once somebody came, what the visit cost and who bears it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CancelRepairOrder {
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
    pub travel_line: Option<TravelLine>,
    pub bearer: Option<Bearer>,
}

/// The way of the visit.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TravelLine {
    pub quantity: Quantity,
    pub unit_price: Money,
    #[schema(max_length = 200)]
    pub text: Option<String>,
}

/// Judges a finished repair: passed, or back to work.
pub async fn evaluate(work: &Work, id: Uuid, input: &EvaluateRepairOrder) -> Result<Model, Fault> {
    let (around, _) = begin(work, id, "evaluate").await?;
    let row = around.row;
    let evaluation = Evaluation {
        result: input.result,
        scores: input.scores.clone(),
        text: input.text.clone(),
        evaluator_id: work.actor().sub,
        at: Timestamp::from(work.now),
    };
    let passed = input.result == EvaluationResult::Passed;
    let mut change = row.clone().into_active_model();
    change.evaluation = Set(Some(json(&evaluation)?));
    change.status = Set(if passed { Status::Evaluated } else { Status::Working });
    let failures = row.rework_count + i32::from(!passed);
    change.rework_count = Set(failures);
    if passed {
        change.evaluated_at = Set(Some(work.now));
    }
    let inform_at = parameters::integer(work, "tickets.repair.rework_inform_at").await?;
    let inform = !passed && i64::from(failures) == inform_at;
    let fact = |fact: store::journal::Fact| {
        let fact = fact.with("result", input.result.code()).with("rework_count", failures);
        if inform { fact.tells_any_of(groups::HEAD) } else { fact }
    };
    record(work, &row, change, "evaluated", fact).await
}

/// Closes a judged order.
pub async fn close(work: &Work, id: Uuid, input: &CloseRepairOrder) -> Result<Model, Fault> {
    let check = async |_: &Model| documents::ensure_one_visible(work, input.document_id, "/document_id").await;
    let (around, to) = begin_checked(work, id, "close", check).await?;
    documents::attach(work, &[input.document_id], RepairOrder::NAME, id, "signed_order").await?;
    let row = around.row;
    let mut attached: Vec<Uuid> = json_list(&row.document_ids);
    attached.push(input.document_id);
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.bearer = Set(Some(input.bearer));
    change.cause = Set(Some(input.cause));
    change.document_ids = Set(json(&attached)?);
    change.ended_at = Set(Some(work.now));
    record(work, &row, change, "closed", |fact| fact).await
}

/// Gives an order up; the cost of a visit stays.
///
/// # Errors
/// 422 `required` for travel line and bearer once somebody has arrived.
pub async fn cancel(work: &Work, id: Uuid, input: &CancelRepairOrder) -> Result<Model, Fault> {
    let (around, to) = begin(work, id, "cancel").await?;
    let row = around.row;
    let visited = matches!(row.status, Status::Arrived | Status::Working);
    let mut errors = FieldErrors::default();
    errors
        .add_if(visited && input.travel_line.is_none(), "/travel_line", "required")
        .add_if(visited && input.bearer.is_none(), "/bearer", "required")
        .add_if(!visited && input.travel_line.is_some(), "/travel_line", "unknown_field");
    errors.finish()?;
    let mut lines: Vec<OrderLine> = json_list(&row.lines);
    if let Some(travel) = &input.travel_line {
        let line = NewOrderLine {
            kind: LineKind::Travel,
            part_id: None,
            text: travel.text.clone(),
            quantity: travel.quantity,
            unit_price: travel.unit_price,
        };
        lines.push(line.priced("/travel_line")?);
    }
    let amount = total(&lines)?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.lines = Set(json(&lines)?);
    change.amount_fen = Set(amount.fen());
    change.bearer = Set(input.bearer.or(row.bearer));
    change.cancel_reason = Set(Some(input.reason.clone()));
    change.ended_at = Set(Some(work.now));
    change.window_from = Set(None);
    change.window_to = Set(None);
    record(work, &row, change, "cancelled", |fact| fact.reason(input.reason.as_str())).await
}
