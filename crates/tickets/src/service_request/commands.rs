//! Registering a request and leading it through its steps (TK-R37).

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::money::Money;
use registers::{customer, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::ReasonedAct;
use store::journal::{Audience, Fact};
use store::{Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Decision, Entity, Line, Model, RequestType, Status};
use super::{MOVES, ServiceRequest, flow};
use crate::catalogue;
use crate::problems::{REFUND_TOO_HIGH, URGENT_FIRST};
use crate::ticket::Ticket;

/// What is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateServiceRequest {
    pub r#type: RequestType,
    pub ticket_id: Option<Uuid>,
    /// Needed unless the customer asks himself.
    pub customer_id: Option<Uuid>,
    /// The articles; needed but for an application.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub lines: Vec<Line>,
    #[schema(max_length = 64)]
    pub reason_code: Option<String>,
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    #[serde(default)]
    pub urgent: bool,
}

/// A step that needs nothing but perhaps a word.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TakeStep {
    #[schema(max_length = 500)]
    pub comment: Option<String>,
}

/// What the goods are like.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct InspectGoods {
    #[schema(min_length = 1, max_length = 1000)]
    pub result: Option<String>,
}

/// What is paid back.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RefundServiceRequest {
    /// More than zero, at most the total of the lines.
    pub amount: Money,
}

/// Registers a request.
///
/// # Errors
/// 422 `required`, `not_found`, `out_of_range`; `invalid_enum` for a reason the catalogue does not have.
pub async fn create(work: &Work, cmd: &CreateServiceRequest) -> Result<Model, Fault> {
    let customer_id = customer(work, cmd).await?;
    let total = total(cmd)?;
    if let Some(code) = cmd.reason_code.as_deref().filter(|_| flow::gives_back(cmd.r#type)) {
        catalogue::list_item(work, "return_reason", code, "/reason_code").await?;
    }
    let ticket = match cmd.ticket_id {
        Some(id) => Some(referenced::known::<Ticket>(work, id, "/ticket_id").await?),
        None => None,
    };
    let placed = ticket.as_ref().map(Ticket::placement).unwrap_or_default();
    let org_unit_id = match placed.org_unit_id.or(work.actor().scope.org_unit_id) {
        Some(unit) => Some(unit),
        None => catalogue::channel(work, "app").await?.default_org_unit_id,
    };
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "SR").await?),
        r#type: Set(cmd.r#type),
        ticket_id: Set(cmd.ticket_id),
        customer_id: Set(customer_id),
        project_id: Set(placed.project_id),
        org_unit_id: Set(org_unit_id),
        lines: Set(serde_json::to_string(&cmd.lines).map_err(Fault::internal)?),
        total_fen: Set(total.fen()),
        reason_code: Set(cmd.reason_code.clone()),
        description: Set(cmd.description.clone()),
        urgent: Set(cmd.urgent),
        status: Set(Status::Submitted),
        decision: Set(None),
        inspection: Set(None),
        refunded_fen: Set(None),
        completed_at: Set(None),
    };
    work.create::<ServiceRequest>(row, told, "submitted").await
}

async fn customer(work: &Work, cmd: &CreateServiceRequest) -> Result<Uuid, Fault> {
    match (work.actor().customer_id, cmd.customer_id) {
        (Some(himself), None) => Ok(himself),
        (Some(himself), Some(named)) if named != himself => Err(Fault::field("/customer_id", "not_found")),
        (_, Some(named)) => Ok(customer::living(work, named, "/customer_id").await?.id),
        (None, None) => Err(Fault::field("/customer_id", "required")),
    }
}

fn total(cmd: &CreateServiceRequest) -> Result<Money, Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(cmd.r#type != RequestType::Application && cmd.lines.is_empty(), "/lines", "required");
    for (n, line) in cmd.lines.iter().enumerate() {
        errors.add_if(line.price.is_negative(), &format!("/lines/{n}/price"), "out_of_range");
    }
    errors.finish()?;
    let amounts = cmd.lines.iter().map(|line| line.price.fen().checked_mul(line.quantity));
    let sum = amounts.into_iter().try_fold(0_i64, |sum, amount| sum.checked_add(amount?));
    let total = sum.and_then(|fen| Money::from_fen(fen).ok());
    total.ok_or_else(|| Fault::field("/lines", "out_of_range"))
}

fn told(fact: Fact) -> Fact {
    fact.audience(Audience::Customer)
}

/// The row, allowed to take this step.
async fn take(work: &Work, id: Uuid, action: &str) -> Result<(Model, ActiveModel), Fault> {
    take_judged(work, id, action, |_| Ok(())).await
}

/// As [`take`], for a body with rules of its own: what is wrong in it is told before the state.
async fn take_judged(
    work: &Work,
    id: Uuid,
    action: &str,
    judge: impl FnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Model, ActiveModel), Fault> {
    let (row, to) = MOVES.begin_judged::<ServiceRequest>(work, id, action, judge).await?;
    let mut next = row.clone().into_active_model();
    next.status = Set(to);
    Ok((row, next))
}

async fn done(work: &Work, row: &Model, next: ActiveModel, verb: &str, word: Option<&str>) -> Result<Model, Fault> {
    let fact = |fact: Fact| match word {
        Some(word) => told(fact).reason(word),
        None => told(fact),
    };
    work.change::<ServiceRequest>(row, next, verb, fact).await
}

async fn plain(work: &Work, id: Uuid, action: &str, verb: &str, cmd: &TakeStep) -> Result<Model, Fault> {
    let (row, next) = take(work, id, action).await?;
    done(work, &row, next, verb, cmd.comment.as_deref()).await
}

/// The request was read and is complete.
pub async fn check(work: &Work, id: Uuid, cmd: &TakeStep) -> Result<Model, Fault> {
    plain(work, id, "check", "checked", cmd).await
}

/// Says yes.
///
/// # Errors
/// 409 `above_authority` when this type is another role's to decide.
pub async fn approve(work: &Work, id: Uuid, cmd: &TakeStep) -> Result<Model, Fault> {
    let (row, mut next) = take(work, id, "approve").await?;
    next.decision = Set(Some(decision(work, true, cmd.comment.clone())?));
    done(work, &row, next, "approved", cmd.comment.as_deref()).await
}

/// Says no; the request ends.
pub async fn refuse(work: &Work, id: Uuid, cmd: &ReasonedAct) -> Result<Model, Fault> {
    let (row, mut next) = take(work, id, "refuse").await?;
    next.decision = Set(Some(decision(work, false, Some(cmd.reason.clone()))?));
    done(work, &row, next, "refused", Some(&cmd.reason)).await
}

fn decision(work: &Work, approved: bool, reason: Option<String>) -> Result<String, Fault> {
    let decision = Decision { approved, by: work.actor().sub, at: work.now.into(), reason };
    serde_json::to_string(&decision).map_err(Fault::internal)
}

/// The goods came back.
pub async fn receive_goods(work: &Work, id: Uuid, cmd: &TakeStep) -> Result<Model, Fault> {
    plain(work, id, "receive-goods", "goods_received", cmd).await
}

/// The goods were looked at.
pub async fn inspect(work: &Work, id: Uuid, cmd: &InspectGoods) -> Result<Model, Fault> {
    let (row, mut next) = take(work, id, "inspect").await?;
    next.inspection = Set(cmd.result.clone());
    done(work, &row, next, "inspected", None).await
}

/// Goods are set aside for it.
pub async fn allocate(work: &Work, id: Uuid, cmd: &TakeStep) -> Result<Model, Fault> {
    plain(work, id, "allocate", "allocated", cmd).await
}

/// Goods are taken from the shelf; urgent requests of the same unit come first.
///
/// # Errors
/// 409 `urgent_first`.
pub async fn pick(work: &Work, id: Uuid, cmd: &TakeStep) -> Result<Model, Fault> {
    let (row, next) = take(work, id, "pick").await?;
    let same_unit = match row.org_unit_id {
        Some(unit) => Column::OrgUnitId.eq(unit),
        None => Column::OrgUnitId.is_null(),
    };
    let waiting = Entity::find()
        .filter(same_unit)
        .filter(Column::Urgent.eq(true))
        .filter(Column::Status.eq(Status::Allocated))
        .filter(Column::Id.ne(id));
    if !row.urgent && waiting.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&URGENT_FIRST).rule("TK-R37"));
    }
    done(work, &row, next, "picked", cmd.comment.as_deref()).await
}

/// The goods are with the customer.
pub async fn deliver(work: &Work, id: Uuid, cmd: &TakeStep) -> Result<Model, Fault> {
    plain(work, id, "deliver", "delivered", cmd).await
}

/// Pays back.
///
/// # Errors
/// 422 `out_of_range` for nothing or less; 409 `refund_too_high` above the total of the lines.
pub async fn refund(work: &Work, id: Uuid, cmd: &RefundServiceRequest) -> Result<Model, Fault> {
    let judge = |_: &Model| match cmd.amount.fen() {
        ..=0 => Err(Fault::field("/amount", "out_of_range")),
        _ => Ok(()),
    };
    let (row, mut next) = take_judged(work, id, "refund", judge).await?;
    if cmd.amount.fen() > row.total_fen {
        return Err(Fault::new(&REFUND_TOO_HIGH).rule("TK-R37"));
    }
    next.refunded_fen = Set(Some(cmd.amount.fen()));
    done(work, &row, next, "refunded", None).await
}

/// All steps are done.
pub async fn complete(work: &Work, id: Uuid, cmd: &TakeStep) -> Result<Model, Fault> {
    let (row, mut next) = take(work, id, "complete").await?;
    next.completed_at = Set(Some(work.now));
    done(work, &row, next, "completed", cmd.comment.as_deref()).await
}

/// Gives a request up before goods or money moved.
pub async fn cancel(work: &Work, id: Uuid, cmd: &ReasonedAct) -> Result<Model, Fault> {
    let (row, next) = take(work, id, "cancel").await?;
    done(work, &row, next, "cancelled", Some(&cmd.reason)).await
}
