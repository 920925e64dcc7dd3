//! `/v1/tickets` and its parts: callbacks, pauses, comments (spec tickets §7).

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::Method;
use flows::ticket as desk;
use kernel::fault::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::journal::Fact;
use store::{Answer, Done, Work, resource};
use tickets::callback::{Callback, RevealCallback, RevealedCallback};
use tickets::clock::{explain, retargeting};
use tickets::comment::Comment;
use tickets::dispatch;
use tickets::incident::attaching;
use tickets::pause::TicketPause;
use tickets::supervision::Supervision;
use tickets::ticket::entity::Model;
use tickets::ticket::{Ticket, answering, contact, duplicates, ending, handling, notes, view};
use tickets::{callback, comment, opinion, pause, supervision};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key};

const TAG: &str = "tickets";

/// Declares the ticket desk.
pub fn routes(api: &mut Api) {
    api.resource::<Ticket>(TAG, "tickets")
        .list()
        .get()
        .history()
        .create(desk::register)
        .upsert(
            "Creates the ticket another system knows by its own key, or describes the one that is there anew.",
            "tickets.ticket:create",
            desk::put,
        )
        .patch::<notes::TicketFields, _>(notes::update)
        .act(
            "answer-at-intake",
            "Solves and answers a simple case in the first conversation.",
            answering::answer_at_intake,
        )
        .act("assign", "Hands a ticket to a unit and/or a person.", handling::assign)
        .act(
            "auto-assign",
            "Gives a ticket to the best candidate on duty; the reasons are kept.",
            dispatch::auto_assign,
        )
        .act("start", "Begins the work; who starts becomes the assignee.", handling::start)
        .act("return", "Gives a ticket back to the desk.", handling::return_to_desk)
        .act("transfer", "Passes a ticket on to another unit or person.", handling::transfer)
        .act("submit-opinion", "Submits the agent's own opinion for approval.", opinion::commands::submit)
        .decide("approve", "Signs the open step of the opinion's approval.", opinion::commands::approve)
        .decide("reject", "Refuses the opinion.", opinion::commands::reject)
        .act("withdraw-opinion", "Takes one's own opinion back.", opinion::commands::withdraw)
        .act("resolve", "Records the solution and stops the handling clock.", answering::resolve)
        .act("reply", "Tells the customer the answer.", answering::reply)
        .act("close", "Closes a case whose callbacks are done.", answering::close)
        .act("reopen", "Begins a closed case again.", answering::reopen)
        .act("dismiss", "Ends a case that is not the desk's.", ending::dismiss)
        .act("withdraw", "Ends a case the customer takes back.", desk::withdraw)
        .act("merge", "Merges a duplicate into another ticket.", desk::merge)
        .act("unmerge", "Takes a merged ticket out again.", desk::unmerge)
        .act("classify", "Changes kind, category, place or severity; clocks get new targets.", desk::classify)
        .act("chase", "Reminds the desk to get on with it.", notes::chase)
        .act("escalate", "Takes a case one level up.", notes::escalate)
        .act("observe", "Follows a ticket.", notes::observe)
        .act("rate", "Rates the answer, once a cycle.", notes::rate)
        .act("split", "Makes a part of a case a case of its own; answers the new one.", desk::split)
        .act("detach-incident", "Takes a ticket out of the incident it was attached to.", attaching::detach)
        .act("annul-breach", "Takes back a breach that re-targeting made.", notes::annul_breach)
        .act_with(
            attempts("Records an answer that reached nobody; the clock runs on.", "reply-attempts"),
            "tickets.ticket:reply",
            notes::reply_attempt,
        )
        .parts::<Comment>("comments", "ticket_id", "tickets.comment:read")
        .add_part::<Comment, _, _>("comments", "Adds a comment.", "tickets.comment:create", comment::commands::add)
        .parts::<TicketPause>("pauses", "ticket_id", "tickets.ticket_pause:read")
        .add_part::<TicketPause, _, _>(
            "pauses",
            "Asks for a pause of the handling clock.",
            "tickets.ticket_pause:create",
            pause::commands::request,
        )
        .parts::<Supervision>("supervisions", "ticket_id", "tickets.supervision:read")
        .add_part::<Supervision, _, _>(
            "supervisions",
            "Asks a unit or a person for an account of the case.",
            "tickets.supervision:create",
            supervision::commands::issue,
        );
    api.resource::<TicketPause>(TAG, "ticket_pauses")
        .list()
        .get()
        .history()
        .act("approve", "Approves a pause; the clock stands still from now.", pause::commands::approve)
        .act("refuse", "Refuses a pause.", pause::commands::refuse)
        .act("end", "Ends a running pause.", pause::commands::end);
    callbacks(api);
    readings(api);
    bulk_and_upsert(api);
}

fn attempts(summary: &'static str, action: &'static str) -> Act {
    Act { action, summary, key: Key::Optional }
}

fn callbacks(api: &mut Api) {
    api.resource::<Callback>("callbacks", "callbacks")
        .list()
        .get()
        .history()
        .act_with(
            attempts("Records a call that reached nobody.", "attempts"),
            "tickets.callback:attempt",
            callback::commands::attempt,
        )
        .act(
            "complete",
            "Records what the customer said: content closes, not content reopens.",
            callback::commands::complete,
        )
        .act("waive", "Waives a callback that could not be made.", callback::commands::waive);
    api.operation(
        Method::POST,
        "/v1/callbacks/{id}/reveal",
        "reveal_callback",
        "platform.customer_pii:read",
        async |call: Call| {
            let id = call.id()?;
            let input = Arc::new(call.read_for::<Callback, RevealCallback>(id).await?);
            let write = async move |work: &Work| Answer::json(Done::Ok, &callback::reveal(work, id, &input).await?);
            Ok(Reply::Secret(call.write(write).await?))
        },
    )
    .tag("callbacks")
    .summary("Shows in clear who answered; the reading is journaled.")
    .key(Key::No)
    .takes::<RevealCallback>()
    .answers::<RevealedCallback>();
}

async fn row(call: &Call) -> Result<Model, Fault> {
    resource::find::<Ticket>(&call.reading(), call.id()?).await
}

fn json(value: &impl Serialize) -> Result<Reply, Fault> {
    Ok(Reply::Answer(Answer::json(Done::Ok, value)?))
}

/// A list without pages.
#[derive(Serialize, ToSchema)]
pub struct PossibleDuplicates {
    pub items: Vec<duplicates::PossibleDuplicate>,
}

fn readings(api: &mut Api) {
    api.operation(
        Method::GET,
        "/v1/tickets/{id}/progress",
        "get_ticket_progress",
        "tickets.ticket:read",
        async |call: Call| {
            let row = row(&call).await?;
            json(&view::progress(&call.reading(), row).await?)
        },
    )
    .tag(TAG)
    .summary("Shows the public steps of a ticket.")
    .answers::<view::Progress>();
    api.operation(
        Method::GET,
        "/v1/tickets/{id}/deadlines",
        "get_ticket_deadlines",
        "tickets.ticket:explain",
        async |call: Call| json(&explain::deadlines(&call.reading(), &row(&call).await?).await?),
    )
    .tag(TAG)
    .summary("Explains every deadline to the second: segments, pauses, targets, breaches.")
    .answers::<explain::Deadlines>();
    api.operation(
        Method::POST,
        "/v1/tickets/{id}/deadline-preview",
        "preview_ticket_deadline",
        "tickets.ticket:explain",
        async |call: Call| {
            let input = call.read_for::<Ticket, explain::PreviewDeadline>(call.id()?).await?;
            json(&explain::preview(&call.reading(), &row(&call).await?, &input).await?)
        },
    )
    .tag(TAG)
    .summary("Tries another classification or a pause; changes nothing.")
    .changes_nothing()
    .takes::<explain::PreviewDeadline>()
    .answers::<explain::DeadlinePreview>();
    api.operation(
        Method::GET,
        "/v1/tickets/{id}/duplicates",
        "list_ticket_duplicates",
        "tickets.ticket:explain",
        async |call: Call| {
            json(&PossibleDuplicates { items: duplicates::of(&call.reading(), &row(&call).await?).await? })
        },
    )
    .tag(TAG)
    .summary("Lists tickets that may report the same thing.")
    .answers::<PossibleDuplicates>();
    api.operation(
        Method::GET,
        "/v1/tickets/{id}/assignment-explanation",
        "explain_ticket_assignment",
        "tickets.ticket:explain",
        async |call: Call| json(&dispatch::explain(&call.reading(), &row(&call).await?).await?),
    )
    .tag(TAG)
    .summary("Explains the automatic assignment: every candidate with figures, reason and rank.")
    .answers::<dispatch::AssignmentExplanation>();
    api.operation(
        Method::GET,
        "/v1/tickets/{id}/checklist",
        "get_ticket_checklist",
        "tickets.ticket:explain",
        async |call: Call| json(&view::checklist(&call.reading(), &row(&call).await?).await?),
    )
    .tag(TAG)
    .summary("Shows the procedure's checklist with its ticks.")
    .answers::<view::Checklist>();
    api.operation(
        Method::PUT,
        "/v1/tickets/{id}/checklist",
        "tick_ticket_checklist",
        "tickets.ticket:update",
        async |call: Call| {
            let id = call.id()?;
            let input = Arc::new(call.read_for::<Ticket, notes::TickChecklist>(id).await?);
            let write = async move |work: &Work| {
                let row = notes::tick(work, id, &input).await?;
                Ok::<_, Fault>(Answer::json(Done::Ok, &view::checklist(work, &row).await?)?.version(row.version))
            };
            Ok(Reply::Answer(call.write(write).await?))
        },
    )
    .tag(TAG)
    .summary("Replaces the ticked items of the checklist.")
    .dry_run()
    .takes::<notes::TickChecklist>()
    .answers::<view::Checklist>();
    api.operation(
        Method::POST,
        "/v1/tickets/{id}/reveal",
        "reveal_ticket_requester",
        "platform.customer_pii:read",
        reveal,
    )
    .tag(TAG)
    .summary("Shows the requester or customer in clear; the reading is journaled.")
    .key(Key::No)
    .takes::<RevealRequester>()
    .answers::<RevealedRequester>();
}

/// Which data is needed in clear, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevealRequester {
    /// All of them when absent.
    #[schema(min_items = 1, max_items = 4)]
    pub fields: Option<Vec<RequesterField>>,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What is known of who is behind a ticket; of a customer on file not the company.
#[codes::code(stored = false)]
pub enum RequesterField {
    /// 姓名
    Name,
    /// 电话
    Phone,
    /// 单位
    Company,
    /// 地址
    Address,
}

/// Who is behind a ticket, in clear; what was not asked for or is not known is absent.
#[derive(Serialize, ToSchema)]
pub struct RevealedRequester {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

async fn reveal(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<Ticket, RevealRequester>(id).await?);
    let write = async move |work: &Work| {
        let row = resource::find::<Ticket>(work, id).await?;
        let clear = contact::clear(work, &row).await?;
        let asked = input.fields.as_deref().unwrap_or(RequesterField::ALL);
        let text = |field: RequesterField| {
            let known = asked.contains(&field).then(|| clear.get(field.code())).flatten();
            known.and_then(Value::as_str).map(str::to_owned)
        };
        let fields: Vec<&str> = asked.iter().map(|field| field.code()).collect();
        let fact = Fact::of::<Ticket>("requester_revealed", &row).reason(input.reason.as_str());
        work.record(fact.with("fields", fields));
        let revealed = RevealedRequester {
            name: text(RequesterField::Name),
            phone: text(RequesterField::Phone),
            company: text(RequesterField::Company),
            address: text(RequesterField::Address),
        };
        Answer::json(Done::Ok, &revealed)
    };
    Ok(Reply::Secret(call.write(write).await?))
}

/// Acts on many tickets at once; each row needs the act's own permission.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BulkTickets {
    /// All or nothing.
    #[serde(default)]
    pub atomic: bool,
    /// Check everything, keep nothing.
    #[serde(default)]
    pub dry_run: bool,
    #[schema(min_items = 1, max_items = 200)]
    pub rows: Vec<BulkTicket>,
}

/// One act on one ticket.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkTicket {
    pub ticket_id: Uuid,
    pub action: BulkAction,
    /// The body the act itself takes.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub body: Value,
}

/// Acts that may be done in bulk.
#[codes::code(stored = false)]
pub enum BulkAction {
    /// 派单
    Assign,
    /// 催办
    Chase,
    /// 备注
    Comment,
    /// 关注
    Observe,
}

/// Which running clocks get the newest policy and calendar, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RetargetClocks {
    /// Only these tickets; left out: every open one in scope. Up to 1,000 change in one call; the next goes on.
    #[schema(max_items = 1000)]
    pub ticket_ids: Option<Vec<Uuid>>,
    /// Only tickets that a list with these filters shows, by the names `GET /v1/tickets` takes.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub filter: BTreeMap<String, String>,
    #[schema(min_length = 2, max_length = 500)]
    pub reason: String,
}

/// How many clocks got a new target.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RetargetedClocks {
    pub tickets: usize,
    pub clocks: usize,
}

async fn retarget(call: Call) -> Result<Reply, Fault> {
    let input = Arc::new(call.read::<RetargetClocks>()?);
    let write = async move |work: &Work| {
        let filter: Vec<(String, String)> = input.filter.clone().into_iter().collect();
        let ids = input.ticket_ids.as_deref();
        let (tickets, clocks) = retargeting::retarget(work, ids, &filter, &input.reason).await?;
        Answer::json(Done::Ok, &RetargetedClocks { tickets, clocks })
    };
    Ok(Reply::Answer(call.write(write).await?))
}

fn bulk_and_upsert(api: &mut Api) {
    api.operation(
        Method::POST,
        "/v1/sla-clocks/retarget",
        "retarget_sla_clocks",
        "tickets.sla_clock:retarget",
        retarget,
    )
    .tag(TAG)
    .summary("Appends targets of the newest policy and calendar to clocks that still run.")
    .key(Key::Required)
    .dry_run()
    .takes::<RetargetClocks>()
    .answers::<RetargetedClocks>();
    api.operation(Method::POST, "/v1/tickets/bulk", "bulk_tickets", "tickets.ticket:bulk", bulk)
        .tag(TAG)
        .also(207)
        .summary("Assigns, chases, comments or observes up to 200 tickets; one result a row.")
        .key(Key::Required)
        .dry_run()
        .takes::<BulkTickets>()
        .answers::<super::bulk::RowResults>();
}

async fn bulk(call: Call) -> Result<Reply, Fault> {
    let input = call.read::<BulkTickets>()?;
    let state = call.state.clone();
    let one = async move |work: &Work, row: &BulkTicket| one_of_bulk(&state, work, row).await;
    super::bulk::run(call, input.rows, input.atomic, input.dry_run, one).await
}

async fn one_of_bulk(state: &crate::State, work: &Work, row: &BulkTicket) -> Result<(Uuid, Option<i32>), Fault> {
    let body = if row.body.is_null() { Value::Object(Default::default()) } else { row.body.clone() };
    let (bodies, id) = (&state.api.bodies, row.ticket_id);
    let permission = match row.action {
        BulkAction::Assign => "tickets.ticket:assign",
        BulkAction::Chase => "tickets.ticket:chase",
        BulkAction::Comment => "tickets.comment:create",
        BulkAction::Observe => "tickets.ticket:observe",
    };
    if !work.actor().holds(permission) {
        return Err(Fault::new(&kernel::fault::ABOVE_AUTHORITY).with("permission", permission));
    }
    let row = match row.action {
        BulkAction::Assign => handling::assign(work, id, &bodies.read("AssignTicket", &body)?).await?,
        BulkAction::Chase => notes::chase(work, id, &bodies.read("ChaseTicket", &body)?).await?,
        BulkAction::Observe => notes::observe(work, id, &bodies.read("BareAct", &body)?).await?,
        BulkAction::Comment => {
            comment::commands::add(work, id, &bodies.read("AddComment", &body)?).await?;
            resource::find::<Ticket>(work, id).await?
        }
    };
    Ok((id, Some(row.version)))
}
