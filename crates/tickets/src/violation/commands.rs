//! Recording, disputing and deciding a violation (TK-R36, TK-R38).

use chrono::NaiveDate;
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::ids;
use kernel::time::business_day;
use registers::{referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::journal::Fact;
use store::{Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Status};
use super::{MOVES, Violation};
use crate::assessment_rule;

/// What somebody did against which rule.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordViolation {
    pub staff_id: Uuid,
    /// Code of a rule valid on the day.
    #[schema(max_length = 64)]
    pub rule_code: String,
    pub occurred_on: NaiveDate,
    #[schema(min_length = 2, max_length = 2000)]
    pub evidence: String,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub document_ids: Vec<Uuid>,
}

/// Why the person does not agree.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DisputeViolation {
    #[schema(min_length = 2, max_length = 2000)]
    pub text: String,
}

/// A decision on a violation.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideViolation {
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: Option<String>,
}

/// Records a violation with the penalty of the rule as valid on the day.
///
/// # Errors
/// 422 `date_in_future`, `invalid_enum`, `not_found`; 409 `separation_of_duties` against oneself.
pub async fn record(work: &Work, cmd: &RecordViolation) -> Result<Model, Fault> {
    if cmd.occurred_on > business_day(work.now) {
        return Err(Fault::field("/occurred_on", "date_in_future"));
    }
    let person = referenced::known::<staff::Staff>(work, cmd.staff_id, "/staff_id").await?;
    let rules = assessment_rule::valid_on(work, cmd.occurred_on).await?;
    let rule = rules.get(&cmd.rule_code).ok_or_else(|| Fault::field("/rule_code", "invalid_enum"))?;
    documents::ensure_visible(work, &cmd.document_ids).await?;
    if work.actor().persons().any(|each| each == cmd.staff_id) {
        let refused = Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R36");
        return Err(refused.with("first", "violate").with("second", "record"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        staff_id: Set(cmd.staff_id),
        org_unit_id: Set(Some(person.org_unit_id)),
        rule_code: Set(cmd.rule_code.clone()),
        penalty_fen: Set(rule.penalty_fen),
        occurred_on: Set(cmd.occurred_on),
        evidence: Set(cmd.evidence.clone()),
        document_ids: Set(serde_json::to_string(&cmd.document_ids).map_err(Fault::internal)?),
        status: Set(Status::Recorded),
        dispute_text: Set(None),
        decided_by: Set(None),
        decision_reason: Set(None),
        assessment_id: Set(None),
    };
    let row = work.create::<Violation>(row, |fact| fact, "recorded").await?;
    documents::attach(work, &cmd.document_ids, Violation::NAME, row.id, "evidence").await?;
    Ok(row)
}

async fn take(work: &Work, id: Uuid, action: &str) -> Result<(Model, ActiveModel), Fault> {
    let (row, to) = MOVES.begin::<Violation>(work, id, action).await?;
    let mut next = row.clone().into_active_model();
    next.status = Set(to);
    Ok((row, next))
}

/// The person himself objects.
pub async fn dispute(work: &Work, id: Uuid, cmd: &DisputeViolation) -> Result<Model, Fault> {
    let (row, mut next) = take(work, id, "dispute").await?;
    next.dispute_text = Set(Some(cmd.text.clone()));
    work.change::<Violation>(&row, next, "disputed", |fact| fact).await
}

async fn decide(work: &Work, id: Uuid, action: &str, verb: &str, cmd: &DecideViolation) -> Result<Model, Fault> {
    let (row, mut next) = take(work, id, action).await?;
    next.decided_by = Set(Some(work.actor().sub));
    next.decision_reason = Set(cmd.reason.clone());
    let fact = |fact: Fact| match &cmd.reason {
        Some(reason) => fact.reason(reason.as_str()),
        None => fact,
    };
    work.change::<Violation>(&row, next, verb, fact).await
}

/// It is so; the penalty counts.
pub async fn confirm(work: &Work, id: Uuid, cmd: &DecideViolation) -> Result<Model, Fault> {
    decide(work, id, "confirm", "confirmed", cmd).await
}

/// It is not so; nothing counts.
pub async fn drop(work: &Work, id: Uuid, cmd: &DecideViolation) -> Result<Model, Fault> {
    decide(work, id, "drop", "dropped", cmd).await
}
