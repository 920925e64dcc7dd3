//! Acts that leave the status: chase, escalate, observe, rate, split, patch, tick, annul a breach.

use access::groups;
use kernel::fault::{self, ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use kernel::time::Timestamp;
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::{BareAct, ReasonedAct};
use store::journal::Audience;
use store::{Resource, Work, parameters, resource, search};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Model, Status, json_list};
use super::{Ticket, begin, begin_checked, finish, life_cycle, person, second};
use crate::clock::Ledger;
use crate::clock::entity::annulment;
use crate::problems::*;

/// A reminder to get on with it (催办).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChaseTicket {
    #[schema(max_length = 500)]
    pub text: Option<String>,
}

/// Counts a reminder; the holder and the first asked hear of each, LEAD from the third on (TK-R17).
pub async fn chase(work: &Work, id: Uuid, input: &ChaseTicket) -> Result<Model, Fault> {
    let (case, _) = begin(work, id, "chase").await?;
    let row = case.row;
    let inform_at = parameters::integer_for(work, "tickets.chase.inform_lead_at", row.project_id).await?;
    let count = row.chase_count + 1;
    let mut change = row.clone().into_active_model();
    change.chase_count = Set(count);
    if work.actor().is_customer() {
        change.last_chased_at = Set(Some(work.now));
    }
    let fact = |fact: store::journal::Fact| {
        let informed = i64::from(count) >= inform_at;
        let fact = fact.with("chase_count", count).with("lead_informed", informed);
        let fact = fact.tells(row.assignee_id.into_iter().chain(row.first_asked_staff_id));
        let fact = if informed { fact.tells_any_of(groups::LEAD) } else { fact };
        match &input.text {
            Some(text) => fact.reason(text.as_str()),
            None => fact,
        }
    };
    finish(work, &row, change, "chased", fact, None).await
}

/// Climbs one level: team_leader, cs_supervisor, cs_director / cs_manager, company_leader; the holder stays.
pub async fn escalate(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (case, _) = begin(work, id, "escalate").await?;
    let row = case.row;
    let level = row.escalation_level + 1;
    let mut change = row.clone().into_active_model();
    change.escalation_level = Set(level);
    let fact = |fact: store::journal::Fact| fact.reason(input.reason.as_str()).with("level", level);
    finish(work, &row, change, "escalated", fact, None).await
}

/// Follows a ticket: the caller sees it wherever it goes.
pub async fn observe(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (case, _) = begin(work, id, "observe").await?;
    let row = case.row;
    let mut observers: Vec<Uuid> = json_list(&row.observers);
    let me = work.actor().staff_id.unwrap_or(work.actor().sub);
    if observers.contains(&me) {
        work.unchanged();
        return Ok(row);
    }
    observers.push(me);
    let mut change = row.clone().into_active_model();
    change.observers = Set(serde_json::to_string(&observers).map_err(Fault::internal)?);
    finish(work, &row, change, "observed", |fact| fact, None).await
}

/// How content the customer is, 1–5.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RateTicket {
    #[schema(minimum = 1, maximum = 5)]
    pub rating: i32,
    #[schema(max_length = 1000)]
    pub text: Option<String>,
}

/// The customer rates the answer, once a cycle; it does not replace the callback (TK-R25).
pub async fn rate(work: &Work, id: Uuid, input: &RateTicket) -> Result<Model, Fault> {
    let (case, _) = begin(work, id, "rate").await?;
    let row = case.row;
    let mut change = row.clone().into_active_model();
    change.rating = Set(Some(input.rating));
    change.rated_cycle = Set(Some(row.cycle));
    let low = i64::from(input.rating) <= parameters::integer_for(work, "tickets.rating.low", row.project_id).await?;
    if low {
        crate::callback::commands::raise_priority(work, &row).await?;
    }
    let fact = |fact: store::journal::Fact| {
        let fact = fact.with("rating", input.rating).with("lead_informed", low);
        if low { fact.tells_any_of(groups::LEAD) } else { fact }
    };
    let row = finish(work, &row, change, "rated", fact, None).await?;
    crate::callback::commands::rated(work, row, input.rating).await
}

/// What of a ticket is descriptive and may be edited while it is not ended.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TicketFields {
    #[schema(min_length = 1, max_length = 80)]
    pub title: String,
    #[schema(min_length = 5, max_length = 4000)]
    pub description: String,
    #[schema(max_length = 1000)]
    pub cause: Option<String>,
    #[schema(max_length = 4000)]
    pub cause_analysis: Option<String>,
    #[schema(max_items = 20)]
    pub tags: Vec<String>,
    #[schema(max_items = 50)]
    pub document_ids: Vec<Uuid>,
}

impl From<&Model> for TicketFields {
    fn from(row: &Model) -> Self {
        Self {
            title: row.title.clone(),
            description: row.description.clone(),
            cause: row.cause.clone(),
            cause_analysis: row.cause_analysis.clone(),
            tags: json_list(&row.tags),
            document_ids: json_list(&row.document_ids),
        }
    }
}

/// Edits descriptive fields. INTAKE, the holder and LEAD; the root cause of a closed complaint stays editable.
pub async fn update(work: &Work, row: &Model, fields: TicketFields) -> Result<Model, Fault> {
    may_update(row, work.actor())?;
    describe(work, row, fields).await
}

/// Writes the descriptive fields of a ticket that has not ended.
pub(super) async fn describe(work: &Work, row: &Model, fields: TicketFields) -> Result<Model, Fault> {
    let ended = row.status.is_terminal();
    let analysis_only = row.status == Status::Closed
        && TicketFields { cause_analysis: None, ..fields.clone() }
            .same(&TicketFields { cause_analysis: None, ..row.into() });
    if ended && !analysis_only {
        return Err(described_no_more(row, "update"));
    }
    let known: Vec<Uuid> = json_list(&row.document_ids);
    let added: Vec<Uuid> = fields.document_ids.iter().filter(|id| !known.contains(id)).copied().collect();
    documents::ensure_visible(work, &added).await?;
    let mut change = row.clone().into_active_model();
    change.title = Set(fields.title.trim().to_owned());
    change.description = Set(fields.description.trim().to_owned());
    change.cause = Set(fields.cause);
    change.cause_analysis = Set(fields.cause_analysis);
    change.tags = Set(serde_json::to_string(&fields.tags).map_err(Fault::internal)?);
    change.document_ids = Set(serde_json::to_string(&fields.document_ids).map_err(Fault::internal)?);
    let after = work.change::<Ticket>(row, change, "updated", |fact| fact).await?;
    documents::attach(work, &added, Ticket::NAME, after.id, "attachment").await?;
    search::index(work, "ticket", after.id, &[&after.number, &after.title, &after.description]).await?;
    Ok(after)
}

fn described_no_more(row: &Model, action: &'static str) -> Fault {
    Fault::new(&fault::INVALID_STATE)
        .with("action", action)
        .with("state", row.status.code())
        .with("allowed_from", vec!["registered", "assigned", "in_progress", "pending_approval", "resolved", "replied"])
}

impl TicketFields {
    pub(super) fn same(&self, other: &Self) -> bool {
        serde_json::to_value(self).ok() == serde_json::to_value(other).ok()
    }
}

/// The ticked items of the procedure's checklist.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TickChecklist {
    #[schema(max_items = 100)]
    pub ticked: Vec<String>,
}

/// Replaces the ticked items; only codes of the procedure count. Whoever describes the ticket ticks, until it has ended.
pub async fn tick(work: &Work, id: Uuid, input: &TickChecklist) -> Result<Model, Fault> {
    let check = async |row: &Model| -> Result<(), Fault> {
        let known = super::queries::procedure(work, row).await?.map(|p| p.items()).unwrap_or_default();
        match input.ticked.iter().position(|code| !known.contains(code)) {
            Some(n) => Err(Fault::field(format!("/ticked/{n}"), "invalid_enum")),
            None => Ok(()),
        }
    };
    let row = resource::take_checked::<Ticket>(work, id, check).await?;
    may_update(&row, work.actor())?;
    if row.status.is_terminal() {
        return Err(described_no_more(&row, "checklist"));
    }
    let mut change = row.clone().into_active_model();
    change.checklist = Set(serde_json::to_string(&input.ticked).map_err(Fault::internal)?);
    work.change::<Ticket>(&row, change, "checked", |fact| fact).await
}

/// A part of a case that becomes a case of its own.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SplitTicket {
    #[schema(min_length = 1, max_length = 80)]
    pub title: String,
    #[schema(min_length = 5, max_length = 4000)]
    pub description: String,
    #[schema(max_length = 128)]
    pub category_code: Option<String>,
}

/// Another category is one there is, for the place the ticket has.
async fn ensure_category(work: &Work, row: &Model, category: Option<&str>) -> Result<(), Fault> {
    let Some(category) = category.filter(|category| *category != row.category_code) else { return Ok(()) };
    let on = kernel::time::business_day(row.received_at);
    let class = crate::catalogue::classify(work, row.kind, category, row.place_kind, on).await?;
    if class.unit_required && row.unit_id.is_none() {
        return Err(Fault::field("/category_code", "unit_required"));
    }
    Ok(())
}

/// Splits: a new ticket of the same customer, place and receipt. A part of another category belongs to the incident
/// that explains it, if there is one, not to that of the whole.
pub async fn split(work: &Work, id: Uuid, input: &SplitTicket) -> Result<Model, Fault> {
    let check = async |row: &Model| ensure_category(work, row, input.category_code.as_deref()).await;
    let (case, _) = begin_checked(work, id, "split", check).await?;
    let row = case.row;
    let new = kernel::ids::new_id(work.now);
    let category = input.category_code.clone().unwrap_or_else(|| row.category_code.clone());
    let same = category == row.category_code;
    let part = Model {
        id: new,
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        number: store::numbers::next(work, "TK").await?,
        status: Status::Registered,
        title: input.title.clone(),
        description: input.description.clone(),
        category_code: category,
        assignee_id: None,
        cycle: 1,
        reopen_count: 0,
        transfer_count: 0,
        chase_count: 0,
        escalation_level: 0,
        split_from_id: Some(row.id),
        incident_id: row.incident_id.filter(|_| same),
        checklist: "[]".to_owned(),
        requester_id: None,
        requester_sealed: None,
        solution: None,
        solution_at: None,
        root_cause_code: None,
        cause_analysis: None,
        resolved_at: None,
        resolved_by_id: None,
        delay_reason_code: None,
        reply: None,
        replied_at: None,
        replied_by_id: None,
        rating: None,
        rated_cycle: None,
        last_chased_at: None,
        origin_status: None,
        due_at: None,
        near_due_at: None,
        paused_until: None,
        ..row.clone()
    };
    let mut part = part;
    super::queries::copy_requester(work, &row, &mut part).await?;
    let part = work
        .create::<Ticket>(
            part.into_active_model().reset_all(),
            |fact| fact.audience(Audience::Customer).with("split_from_id", id.to_string()),
            "registered",
        )
        .await?;
    search::index(work, "ticket", part.id, &[&part.number, &part.title, &part.description]).await?;
    documents::attach(work, &json_list(&part.document_ids), Ticket::NAME, part.id, "attachment").await?;
    super::person::remember(work, part.id, 1, "complained", part.complained_staff_id).await;
    let chosen = crate::clock::writing::open(work, &part, row.received_at, "registered").await?;
    let part = super::under_policy(work, part, &chosen).await?;
    if same { Ok(part) } else { crate::incident::attaching::attach(work, part).await }
}

/// Which breach is taken back, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnnulBreach {
    pub clock: ClockName,
    #[schema(minimum = 1)]
    pub cycle: i32,
    pub due_at: Timestamp,
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
}

/// The clocks of a ticket.
#[codes::code(stored = false)]
pub enum ClockName {
    /// 办理: 处理时限
    #[label("Handling")]
    Handle,
    /// 环节: 阶段时限
    Stage,
    /// 答复: 答复时限
    Reply,
    /// 回访: 回访时限
    Callback,
}

/// Annuls a breach that re-targeting made; the row stays with who and why (TK-R12).
pub async fn annul_breach(work: &Work, id: Uuid, input: &AnnulBreach) -> Result<Model, Fault> {
    let (case, _) = begin(work, id, "annul-breach").await?;
    let row = case.row;
    let involved = person::Entity::find()
        .filter(person::Column::TicketId.eq(id))
        .filter(person::Column::Cycle.eq(input.cycle))
        .filter(person::Column::Part.is_in(["holder", "reclassifier"]))
        .filter(person::Column::PersonId.is_in(work.actor().persons()))
        .one(&work.db())
        .await?;
    if let Some(involved) = involved {
        return Err(Fault::new(&SEPARATION_OF_DUTIES)
            .rule("TK-R12")
            .with("first", if involved.part == "holder" { "hold" } else { "classify" })
            .with("second", "annul-breach"));
    }
    let ledger = Ledger::load(work, id, row.created_at).await?;
    let name = input.clock.code();
    let due_at = second(input.due_at.0);
    let missing = || Fault::field("/due_at", "not_found");
    let now = second(work.now);
    let mine = ledger.clocks.iter().filter(|c| c.row.name == name && c.row.cycle == input.cycle);
    let holds = |clock: &&crate::clock::Clock| {
        ledger.breaches(clock, now).is_ok_and(|list| list.iter().any(|breach| breach.due_at == due_at))
    };
    let clock = mine.into_iter().find(holds).ok_or_else(missing)?;
    if ledger.is_late(clock, now).unwrap_or(true) {
        return Err(Fault::new(&BREACH_IS_REAL).rule("TK-R12"));
    }
    if clock.annulments.iter().any(|annulled| annulled.due_at == due_at) {
        return Err(missing());
    }
    let annulled = annulment::ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        clock_id: Set(clock.row.id),
        due_at: Set(due_at),
        reason: Set(input.reason.clone()),
        annulled_by: Set(work.actor().sub),
        annulled_at: Set(work.now),
    };
    work.insert(annulled).await?;
    let fact = |fact: store::journal::Fact| fact.reason(input.reason.as_str()).with("clock", name);
    finish(work, &row, row.clone().into_active_model(), "breach_annulled", fact, None).await
}

/// Whether this caller may edit the description: INTAKE and LEAD in scope, the holder or, while none is named, anyone
/// of the responsible unit.
fn may_update(row: &Model, actor: &access::Actor) -> Result<(), Fault> {
    let intake = access::groups::INTAKE.contains(&actor.role) || life_cycle::is_lead(actor);
    if intake || life_cycle::holds(row, actor) {
        Ok(())
    } else {
        Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_holder"))
    }
}

/// An attempt to tell the customer that reached nobody; the clock runs on.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordReplyAttempt {
    pub result: crate::callback::entity::AttemptResult,
    pub call_id: Option<Uuid>,
}

/// Keeps a failed attempt to answer in the case.
///
/// # Errors
/// 409 `invalid_state` unless the ticket is resolved.
pub async fn reply_attempt(work: &Work, id: Uuid, input: &RecordReplyAttempt) -> Result<Model, Fault> {
    let check = async |_: &Model| -> Result<(), Fault> {
        match input.call_id {
            Some(call) => referenced::known::<crate::call::Call>(work, call, "/call_id").await.map(drop),
            None => Ok(()),
        }
    };
    let row = resource::take_checked::<Ticket>(work, id, check).await?;
    if row.status != Status::Resolved {
        return Err(Fault::new(&fault::INVALID_STATE)
            .with("action", "reply-attempts")
            .with("state", row.status.code())
            .with("allowed_from", vec!["resolved"]));
    }
    let fact = |fact: store::journal::Fact| {
        let fact = fact.with("result", input.result.code());
        match input.call_id {
            Some(call) => fact.with("call_id", call.to_string()),
            None => fact,
        }
    };
    work.change::<Ticket>(&row, row.clone().into_active_model(), "reply_attempted", fact).await
}
