//! Solving and answering (解决、答复): resolve, reply, answer at intake, close, reopen.

use access::groups;
use chrono::{DateTime, Utc};
use kernel::fault::{Fault, FieldErrors};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::journal::Fact;
use store::{Reading, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{CloseReason, Model, Status};
use super::life_cycle::repair_open;
use super::{begin, begin_checked, begin_judged, finish, person, queries, second};
use crate::catalogue::{self, Severity};
use crate::clock::{Ledger, writing};
use crate::{callback, repair_order};

/// What solved the case.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ResolveTicket {
    /// What was done, as it may be told to the customer.
    #[schema(min_length = 2, max_length = 4000)]
    pub solution: String,
    /// Code of the catalogue `root_cause`.
    #[schema(max_length = 64)]
    pub root_cause_code: String,
    /// Why it came to this; complaints are filed with one only.
    #[schema(max_length = 4000)]
    pub cause_analysis: Option<String>,
    /// When the solution was found; not before the receipt, not in the future. Default: now.
    pub solution_at: Option<Timestamp>,
    /// Code of the catalogue `delay_reason`; required when the deadline has passed.
    #[schema(max_length = 64)]
    pub delay_reason_code: Option<String>,
}

/// How the customer was told (答复).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReplyTicket {
    pub method: ReplyMethod,
    /// Who was spoken to, in relation to the customer.
    #[schema(min_length = 1, max_length = 64)]
    pub spoke_to: String,
    /// How it was made sure who he is.
    pub identity_check: IdentityCheck,
    /// Company, department and staff number were told.
    pub introduced: bool,
    /// What was said.
    #[schema(min_length = 2, max_length = 4000)]
    pub content: String,
    /// How the customer took it.
    pub response: ReplyResponse,
}

/// The way an answer was given.
#[codes::code(stored = false)]
pub enum ReplyMethod {
    /// 电话
    Phone,
    /// 短信
    #[label("SMS")]
    Sms,
    /// 邮件
    #[label("E-mail")]
    Email,
    /// 信函
    Letter,
    /// 上门
    Visit,
    /// 手机应用
    App,
    /// 即时通讯
    #[label("Messenger")]
    Im,
    /// 当面
    #[label("In person")]
    WalkIn,
}

/// How the person's identity was made sure of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IdentityCheck {
    #[schema(min_length = 1, max_length = 64)]
    pub method: String,
    pub passed: bool,
}

/// What the customer said to the answer.
#[codes::code(stored = false)]
pub enum ReplyResponse {
    /// 认可
    Accepted,
    /// 有争议
    Contested,
}

/// A simple case answered in the first conversation.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnswerAtIntake {
    #[schema(min_length = 2, max_length = 4000)]
    pub solution: String,
    pub reply: ReplyTicket,
}

/// Why a closed case begins again.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReopenTicket {
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
}

/// Records the solution and stops the handling clock (TK-R07, R11).
pub async fn resolve(work: &Work, id: Uuid, input: &ResolveTicket) -> Result<Model, Fault> {
    let check = async |row: &Model| -> Result<(), Fault> {
        catalogue::list_item(work, "root_cause", &input.root_cause_code, "/root_cause_code").await?;
        if let Some(code) = &input.delay_reason_code {
            catalogue::list_item(work, "delay_reason", code, "/delay_reason_code").await?;
        }
        solution_at(work, row, input.solution_at).map(drop)
    };
    let (case, to) = begin_checked(work, id, "resolve", check).await?;
    resolved(work, case.row, to, input).await
}

/// Writes the solution of a case that may be resolved, its codes looked up; also by the end of its incident (TK-R06).
pub(crate) async fn resolved(work: &Work, row: Model, to: Status, input: &ResolveTicket) -> Result<Model, Fault> {
    let id = row.id;
    let solution_at = solution_at(work, &row, input.solution_at)?;
    check_delay(work, &row, input.delay_reason_code.as_deref()).await?;
    ensure_repaired(work, id).await?;
    crate::pause::commands::end_active(work, &row, "resolved").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.solution = Set(Some(input.solution.clone()));
    change.root_cause_code = Set(Some(input.root_cause_code.clone()));
    change.cause_analysis = Set(input.cause_analysis.clone().or(row.cause_analysis.clone()));
    change.delay_reason_code = Set(input.delay_reason_code.clone());
    change.solution_at = Set(Some(solution_at));
    change.resolved_at = Set(Some(work.now));
    change.resolved_by_id = Set(Some(work.actor().sub));
    person::remember(work, id, row.cycle, "resolver", work.actor().persons()).await;
    for name in ["handle", "stage"] {
        writing::stop_with_merged(work, id, name, second(work.now)).await?;
    }
    writing::start_fixed(work, &row, "reply", solution_at).await?;
    let after = finish(work, &row, change, "resolved", |fact| fact, Some("resolved")).await?;
    crate::supervision::missed::if_missed(work, after).await
}

/// The repairs of what was merged into a case are done too: nobody else waits for them (TK-R21).
pub(super) async fn ensure_repaired(at: &Reading, id: Uuid) -> Result<(), Fault> {
    for merged in queries::merged_into(at, id).await? {
        let orders = repair_order::queries::of_ticket(at, merged).await?;
        repair_open(orders.iter().filter(|order| !repair_order::entity::Status::DONE.contains(&order.status)))?;
    }
    Ok(())
}

fn solution_at(work: &Work, row: &Model, given: Option<Timestamp>) -> Result<DateTime<Utc>, Fault> {
    let at = given.map_or(second(work.now), |at| second(at.0));
    let mut errors = FieldErrors::default();
    errors.add_if(at > work.now, "/solution_at", "date_in_future").add_if(
        at < second(row.received_at),
        "/solution_at",
        "date_order",
    );
    errors.finish()?;
    Ok(at)
}

/// Late under the present target: the reason is asked for.
async fn check_delay(work: &Work, row: &Model, reason: Option<&str>) -> Result<(), Fault> {
    match reason.is_none() && is_late(work, row).await? {
        true => Err(Fault::field("/delay_reason_code", "delay_reason_required").rule("TK-R11")),
        false => Ok(()),
    }
}

/// Whether the handling clock is late under its present target.
pub(crate) async fn is_late(work: &Work, row: &Model) -> Result<bool, Fault> {
    let ledger = Ledger::load(work, row.id, row.created_at).await?;
    let clock = ledger.clock("handle", row.cycle);
    Ok(clock.is_some_and(|clock| ledger.is_late(clock, second(work.now)).unwrap_or(false)))
}

/// Tells the customer; the callbacks of the cycle begin to wait (TK-R24).
pub async fn reply(work: &Work, id: Uuid, input: &ReplyTicket) -> Result<Model, Fault> {
    let (case, to) = begin_judged(work, id, "reply", |_| check_reply(input, "")).await?;
    answered(work, case.row, to, input, None).await
}

/// Solves, answers and leaves only the callback, in one conversation.
pub async fn answer_at_intake(work: &Work, id: Uuid, input: &AnswerAtIntake) -> Result<Model, Fault> {
    let (case, to) = begin_judged(work, id, "answer-at-intake", |_| check_reply(&input.reply, "/reply")).await?;
    let row = case.row;
    for name in ["handle", "stage"] {
        writing::stop_with_merged(work, id, name, second(work.now)).await?;
    }
    writing::end_stretch(work, id, second(work.now)).await?;
    writing::start_fixed(work, &row, "reply", second(work.now)).await?;
    person::remember(work, id, row.cycle, "resolver", work.actor().persons()).await;
    answered(work, row, to, &input.reply, Some(&input.solution)).await
}

fn check_reply(input: &ReplyTicket, at: &str) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(!input.identity_check.passed, &format!("{at}/identity_check/passed"), "must_be_true").add_if(
        !input.introduced,
        &format!("{at}/introduced"),
        "must_be_true",
    );
    errors.finish()
}

async fn answered(
    work: &Work,
    row: Model,
    to: Status,
    reply: &ReplyTicket,
    solution: Option<&str>,
) -> Result<Model, Fault> {
    let now = second(work.now);
    let contested = reply.response == ReplyResponse::Contested;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.reply = Set(Some(serde_json::to_string(reply).map_err(Fault::internal)?));
    change.replied_at = Set(Some(work.now));
    change.replied_by_id = Set(Some(work.actor().sub));
    if let Some(solution) = solution {
        change.solution = Set(Some(solution.to_owned()));
        change.solution_at = Set(Some(now));
        change.resolved_at = Set(Some(work.now));
        change.resolved_by_id = Set(Some(work.actor().sub));
        change.assignee_id = Set(row.assignee_id.or(work.actor().staff_id));
    }
    person::remember(work, row.id, row.cycle, "replier", work.actor().persons()).await;
    writing::stop_with_merged(work, row.id, "reply", now).await?;
    if row.requester_org_unit_id.is_some() {
        change.status = Set(Status::Closed);
        change.closed_at = Set(Some(work.now));
        change.close_reason = Set(Some(CloseReason::Internal));
    } else {
        writing::start_fixed(work, &row, "callback", now).await?;
        callback::commands::open(work, &row, contested).await?;
    }
    let fact = |fact: Fact| {
        let fact = fact.with("contested", contested);
        if contested { fact.tells_any_of(groups::LEAD) } else { fact }
    };
    let after = finish(work, &row, change, "replied", fact, None).await?;
    if after.status == Status::Closed {
        work.record(Fact::of::<super::Ticket>("closed", &after).with("status_before", Status::Replied.code()));
    }
    Ok(after)
}

/// Closes a case whose callbacks are done.
pub async fn close(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (case, _) = begin(work, id, "close").await?;
    let waived = case.callbacks.iter().any(|callback| callback.status == callback::entity::Status::Waived);
    closed(work, &case.row, waived).await
}

/// Writes the closing; also by the last callback of the cycle.
pub(crate) async fn closed(work: &Work, row: &Model, waived: bool) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Closed);
    change.closed_at = Set(Some(work.now));
    change.close_reason = Set(Some(if waived { CloseReason::Waived } else { CloseReason::Satisfied }));
    writing::stop_clock(work, row.id, "callback", second(work.now)).await?;
    finish(work, row, change, "closed", |fact| fact, None).await
}

/// Begins a closed case again: a new cycle with new clocks.
pub async fn reopen(work: &Work, id: Uuid, input: &ReopenTicket) -> Result<Model, Fault> {
    let (case, _) = begin(work, id, "reopen").await?;
    reopened(work, &case.row, &input.reason).await
}

/// Writes the reopening; also by a callback that was not satisfied (TK-R24, R03).
pub(crate) async fn reopened(work: &Work, row: &Model, reason: &str) -> Result<Model, Fault> {
    let now = second(work.now);
    let lift_at = parameters::integer_for(work, "tickets.callback.escalate_reopen_count", row.project_id).await?;
    let count = row.reopen_count + 1;
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::InProgress);
    change.cycle = Set(row.cycle + 1);
    change.reopen_count = Set(count);
    let lifted = i64::from(count) == lift_at && row.severity == Severity::Normal;
    if lifted {
        change.severity = Set(Severity::Serious);
        change.severity_rank = Set(Severity::Serious.rank());
        change.leader_informed_at = Set(Some(work.now));
    }
    for column in [&mut change.resolved_at, &mut change.replied_at, &mut change.closed_at, &mut change.solution_at] {
        *column = Set(None);
    }
    change.resolved_by_id = Set(None);
    change.replied_by_id = Set(None);
    change.close_reason = Set(None);
    change.delay_reason_code = Set(None);
    change.assignee_id = Set(row.assignee_id.or(row.resolved_by_id));
    writing::stop_clock(work, row.id, "callback", now).await?;
    writing::stop_clock(work, row.id, "reply", now).await?;
    crate::opinion::void(work, row.id, "reopened").await?;
    let fact = |fact: Fact| {
        let fact = fact.reason(reason);
        if lifted { fact.tells_any_of(groups::HEAD) } else { fact }
    };
    let after = finish(work, row, change, "reopened", fact, None).await?;
    person::remember(work, row.id, after.cycle, "holder", after.assignee_id).await;
    person::remember(work, row.id, after.cycle, "complained", after.complained_staff_id).await;
    let chosen = writing::open(work, &after, now, "reopened").await?;
    super::under_policy(work, after, &chosen).await
}
