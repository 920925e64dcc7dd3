//! Scoring, publishing and appealing a monitored call (TK-R30).

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors, SEPARATION_OF_DUTIES};
use kernel::fixed::Fixed;
use kernel::ids;
use kernel::time::Timestamp;
use registers::referenced;
use registers::staff;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::resource;
use store::{Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Status};
use super::{MOVES, MonitoredCall, appeal_window};
use crate::call::Call;
use crate::problems::{AGENT_MISMATCH, APPEAL_WINDOW_CLOSED};
use crate::scorecard::{self, Scores, total};

/// What an inspector heard.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateMonitoredCall {
    pub call_id: Uuid,
    /// Default: the agent of the call.
    pub agent_id: Option<Uuid>,
    /// Default: the card in use.
    pub scorecard_id: Option<Uuid>,
    /// Default: now.
    pub monitored_at: Option<Timestamp>,
    /// Points 0–100 for each criterion of the card.
    #[schema(value_type = std::collections::BTreeMap<String, i64>)]
    pub scores: Scores,
    /// Codes of the card's fatal errors that were heard.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub fatal: Vec<String>,
    #[schema(max_length = 4000)]
    pub notes: Option<String>,
}

/// Why the agent does not agree.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AppealMonitoredCall {
    #[schema(min_length = 5, max_length = 2000)]
    pub text: String,
}

/// What became of an appeal.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideAppeal {
    pub result: AppealResult,
    /// The total from now on, 0–100; with an upheld appeal.
    pub new_total: Option<Fixed<2>>,
    #[schema(max_length = 2000)]
    pub comment: Option<String>,
}

/// Whether an appeal is right (申诉结果).
#[codes::code(stored = false)]
pub enum AppealResult {
    /// 申诉成立
    Upheld,
    /// 申诉驳回
    Rejected,
}

/// Scores a call, as a draft.
///
/// # Errors
/// 422 `not_found`, `agent_mismatch`, `required`, `unknown_field`, `score_out_of_range`, `date_in_future`;
/// 409 `separation_of_duties` for one's own call.
pub async fn create(work: &Work, cmd: &CreateMonitoredCall) -> Result<Model, Fault> {
    let call = referenced::known::<Call>(work, cmd.call_id, "/call_id").await?;
    let agent_id = match (call.agent_id, cmd.agent_id) {
        (Some(of_call), Some(named)) if of_call != named => {
            return Err(Fault::field("/agent_id", AGENT_MISMATCH.code));
        }
        (of_call, named) => of_call.or(named).ok_or_else(|| Fault::field("/agent_id", "required"))?,
    };
    let agent = referenced::known::<staff::Staff>(work, agent_id, "/agent_id").await?;
    let card = match cmd.scorecard_id {
        Some(id) => referenced::known::<scorecard::Scorecard>(work, id, "/scorecard_id").await?,
        None => scorecard::in_use(work).await?.ok_or_else(|| Fault::field("/scorecard_id", "required"))?,
    };
    let monitored_at = cmd.monitored_at.map_or(work.now, |at| at.0);
    let skew = parameters::integer(work, "platform.clock.skew_minutes").await?;
    if monitored_at > work.now + TimeDelta::minutes(skew) {
        return Err(Fault::field("/monitored_at", "date_in_future"));
    }
    let total = total(&card.criteria(), &card.fatal_codes(), &cmd.scores, &cmd.fatal)?;
    if work.actor().persons().any(|person| person == agent_id) {
        let refused = Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R30");
        return Err(refused.with("first", "talk").with("second", "inspect"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "MC").await?),
        call_id: Set(call.id),
        agent_id: Set(agent_id),
        inspector_id: Set(work.actor().sub),
        org_unit_id: Set(Some(agent.org_unit_id)),
        scorecard_id: Set(card.id),
        monitored_at: Set(monitored_at),
        scores: Set(serde_json::to_string(&cmd.scores).map_err(Fault::internal)?),
        fatal: Set(serde_json::to_string(&cmd.fatal).map_err(Fault::internal)?),
        total_hundredths: Set(total),
        notes: Set(cmd.notes.clone()),
        status: Set(Status::Draft),
        published_at: Set(None),
        appeal_text: Set(None),
        appealed_at: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        decision_comment: Set(None),
        new_total_hundredths: Set(None),
    };
    work.create::<MonitoredCall>(row, |fact| fact, "created").await
}

/// Shows the agent his scores; from here the days to appeal count.
pub async fn publish(work: &Work, id: Uuid, _cmd: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<MonitoredCall>(work, id, "publish").await?;
    let mut next = row.clone().into_active_model();
    (next.status, next.published_at) = (Set(to), Set(Some(work.now)));
    work.change::<MonitoredCall>(&row, next, "published", |fact| fact).await
}

/// The agent objects.
///
/// # Errors
/// 409 `already_appealed`, `appeal_window_closed`, `above_authority` for somebody else's call.
pub async fn appeal(work: &Work, id: Uuid, cmd: &AppealMonitoredCall) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<MonitoredCall>(work, id, "appeal").await?;
    let published_at = row.published_at.ok_or_else(|| Fault::internal("a published call without its day"))?;
    let (days, over) = appeal_window(work, published_at).await?;
    if work.now >= over {
        return Err(Fault::new(&APPEAL_WINDOW_CLOSED).rule("TK-R30").with("days", days));
    }
    let mut next = row.clone().into_active_model();
    next.status = Set(to);
    (next.appeal_text, next.appealed_at) = (Set(Some(cmd.text.clone())), Set(Some(work.now)));
    work.change::<MonitoredCall>(&row, next, "appealed", |fact| fact).await
}

/// Decides an appeal; an upheld one puts another total in force and leaves the old one visible.
///
/// # Errors
/// 422 `required`, `out_of_range` at `/new_total`; 409 `separation_of_duties`.
pub async fn decide_appeal(work: &Work, id: Uuid, cmd: &DecideAppeal) -> Result<Model, Fault> {
    let upheld = cmd.result == AppealResult::Upheld;
    let new_total = cmd.new_total.map(Fixed::units);
    let judge = |_: &Model| {
        let mut errors = FieldErrors::default();
        errors.add_if(upheld && new_total.is_none(), "/new_total", "required");
        errors.add_if(!upheld && new_total.is_some(), "/new_total", "unknown_field");
        errors.add_if(new_total.is_some_and(|units| !(0..=10_000).contains(&units)), "/new_total", "out_of_range");
        errors.finish()
    };
    let row = resource::take_judged::<MonitoredCall>(work, id, judge).await?;
    MOVES.take("decide-appeal", &Subject::of(work, &row))?;
    let mut next = row.clone().into_active_model();
    next.status = Set(if upheld { Status::Upheld } else { Status::Rejected });
    (next.decided_by, next.decided_at) = (Set(Some(work.actor().sub)), Set(Some(work.now)));
    next.decision_comment = Set(cmd.comment.clone());
    next.new_total_hundredths = Set(new_total.map(i32::try_from).transpose().map_err(Fault::internal)?);
    let result = if upheld { "upheld" } else { "rejected" };
    work.change::<MonitoredCall>(&row, next, "decided", |fact| fact.with("result", result)).await
}
