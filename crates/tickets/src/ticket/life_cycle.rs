//! The life cycle of a ticket as one table, with its guards (spec §4).

use access::{Actor, JobRole};
use kernel::fault::{ABOVE_AUTHORITY, Fault, NOT_YOUR_TURN, SEPARATION_OF_DUTIES};
use registers::problems::UNMERGE_WINDOW_CLOSED;
use store::life_cycle::{Guard, LifeCycle, Move, Subject};

use super::case::Case;
use super::entity::Model;
use super::entity::Status::{self, *};
use crate::callback;
use crate::catalogue::{Kind, Severity};
use crate::problems::*;
use crate::repair_order::entity::{Model as Order, Status as OrderStatus};

type Of<'a> = Subject<'a, Case>;

/// Every act on a ticket.
pub const MOVES: LifeCycle<Status, Case> =
    LifeCycle { entity: "tickets.ticket", state: |it| it.row.row.status, moves: ROWS };

const UNFINISHED: &[Status] = &[Registered, Assigned, InProgress, PendingApproval, Resolved, Replied];
const ENDED: &[Status] = &[Closed, OutOfScope, Withdrawn, Merged];
const MERGEABLE: &[Status] = &[Registered, Assigned, InProgress, PendingApproval, Resolved];

const fn row(
    action: &'static str,
    from: &'static [Status],
    to: Option<Status>,
    guards: &'static [Guard<Case>],
) -> Move<Status, Case> {
    Move { action, from, to, guards }
}

const ROWS: &[Move<Status, Case>] = &[
    row("answer-at-intake", &[Registered], Some(Replied), &[answerable_at_intake]),
    row("assign", &[Registered, Assigned], Some(Assigned), &[hotline_only_heating]),
    row("auto-assign", &[Registered], Some(Assigned), &[hotline_only_heating]),
    row("start", &[Assigned], Some(InProgress), &[not_complained, holder]),
    row("return", &[Assigned], Some(Registered), &[holder]),
    row("transfer", &[Assigned, InProgress], Some(Assigned), &[holder_or_lead, transfers_left]),
    row("submit-opinion", &[InProgress, Resolved], Some(PendingApproval), &[holder]),
    row("approve", &[PendingApproval], None, &[not_involved, open_step]),
    row("reject", &[PendingApproval], None, &[not_involved, open_step]),
    row("withdraw-opinion", &[PendingApproval], None, &[submitter]),
    row("resolve", &[InProgress], Some(Resolved), &[holder, ready_to_resolve]),
    row("reply", &[Resolved], Some(Replied), &[not_complained, approved]),
    row("close", &[Replied], Some(Closed), &[called_back]),
    row("reopen", &[Closed], Some(InProgress), &[within_reopen_window]),
    row("dismiss", &[Registered, Assigned, InProgress], Some(OutOfScope), &[no_complaint_by_intake]),
    row("withdraw", &[Registered, Assigned, InProgress], Some(Withdrawn), &[nobody_came]),
    row("merge", MERGEABLE, Some(Merged), &[]),
    row("unmerge", &[Merged], None, &[within_merge_window]),
    row("classify", UNFINISHED, None, &[may_classify]),
    row("chase", UNFINISHED, None, &[not_chased_recently]),
    row("escalate", UNFINISHED, None, &[below_top_level]),
    row("rate", &[Replied, Closed], None, &[not_rated]),
    row("split", UNFINISHED, None, &[]),
    row("observe", &[], None, &[]),
    row("detach-incident", UNFINISHED, None, &[attached]),
    row("annul-breach", &[], None, &[]),
    row("archive", ENDED, None, &[cause_analysed]),
];

const LEAD: &[JobRole] = &[JobRole::TeamLeader, JobRole::CsSupervisor];
const HEAD: &[JobRole] = &[JobRole::CsDirector, JobRole::CsManager, JobRole::HeatingServiceManager];

/// LEAD: 班长 and 客服主管.
pub fn is_lead(actor: &Actor) -> bool {
    LEAD.contains(&actor.role) || actor.is_system()
}

/// HEAD: the heads of a customer-service department.
pub fn is_head(actor: &Actor) -> bool {
    HEAD.contains(&actor.role) || actor.is_system()
}

fn above(why: &'static str) -> Fault {
    Fault::new(&ABOVE_AUTHORITY).with("reason", why)
}

/// Whether a category is heating's.
pub(crate) fn is_heating(category_code: &str) -> bool {
    category_code == "heating" || category_code.starts_with("heating.")
}

/// Whether the actor is the assignee, or nobody is and the case lies with his unit.
pub fn holds(row: &Model, actor: &Actor) -> bool {
    let mine = actor.scope.all
        || actor.is_system()
        || row.responsible_org_unit_id.is_none_or(|unit| actor.scope.org_unit_ids.contains(&unit));
    match row.assignee_id {
        Some(assignee) => actor.persons().any(|person| person == assignee) || actor.staff_id == Some(assignee),
        None => mine,
    }
}

fn holder(it: &Of<'_>) -> Result<(), Fault> {
    if holds(&it.row.row, it.actor) { Ok(()) } else { Err(above("not_holder")) }
}

fn holder_or_lead(it: &Of<'_>) -> Result<(), Fault> {
    if is_lead(it.actor) || is_head(it.actor) { Ok(()) } else { holder(it) }
}

fn not_complained(it: &Of<'_>) -> Result<(), Fault> {
    let complained = it.row.row.complained_staff_id;
    match complained {
        Some(person) if it.actor.persons().any(|actor| actor == person) => {
            Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R01").with("first", "complained").with("second", "handle"))
        }
        _ => Ok(()),
    }
}

fn answerable_at_intake(it: &Of<'_>) -> Result<(), Fault> {
    let row = &it.row.row;
    let simple = matches!(row.kind, Kind::Consultation | Kind::Suggestion) && row.severity == Severity::Normal;
    if simple { not_complained(it) } else { Err(above("kind_or_severity")) }
}

fn hotline_only_heating(it: &Of<'_>) -> Result<(), Fault> {
    let hotline = it.actor.role == JobRole::HeatingHotlineAgent;
    if hotline && !is_heating(&it.row.row.category_code) { Err(above("category")) } else { Ok(()) }
}

fn transfers_left(it: &Of<'_>) -> Result<(), Fault> {
    let over = i64::from(it.row.row.transfer_count) >= it.row.transfers_without_supervisor;
    let may = it.actor.role == JobRole::CsSupervisor || is_head(it.actor);
    if over && !may {
        return Err(Fault::new(&TRANSFER_LIMIT).rule("TK-R17").with("limit", it.row.transfers_without_supervisor));
    }
    Ok(())
}

/// The parts in a cycle whose people do not decide on its opinion (TK-R07).
const DECIDED_ABOUT: [&str; 5] = ["holder", "resolver", "replier", "opinion", "complained"];

fn not_involved(it: &Of<'_>) -> Result<(), Fault> {
    let case = it.row;
    let mut parts = case.persons.iter().filter(|row| DECIDED_ABOUT.contains(&row.part.as_str()));
    let part = parts.find(|row| it.actor.persons().any(|person| person == row.person_id));
    let first = match part.map(|row| row.part.as_str()) {
        Some("opinion") => "submit-opinion",
        Some("complained") => "complained",
        Some(_) => "hold",
        None if it.actor.persons().any(|person| Some(person) == case.row.complained_staff_id) => "complained",
        None if it.actor.persons().any(|person| case.signers.contains(&person)) => "approve",
        None => return Ok(()),
    };
    Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R07").with("first", first).with("second", "approve"))
}

fn open_step(it: &Of<'_>) -> Result<(), Fault> {
    let roles: Vec<&str> = match &it.row.approval {
        Some(approval) => approval.next_roles.split(',').filter(|role| !role.is_empty()).collect(),
        None => Vec::new(),
    };
    if roles.contains(&it.actor.role.code()) {
        return Ok(());
    }
    Err(Fault::new(&NOT_YOUR_TURN).rule("TK-R07").with("next_roles", roles))
}

fn submitter(it: &Of<'_>) -> Result<(), Fault> {
    let by = it.row.opinion.as_ref().map(|opinion| opinion.written_by);
    if by.is_some_and(|by| it.actor.persons().any(|person| person == by)) {
        Ok(())
    } else {
        Err(above("not_submitter"))
    }
}

/// What resolving needs whoever does it: checklist, documents, an approved opinion (TK-R07).
pub(crate) fn ready_to_resolve(it: &Of<'_>) -> Result<(), Fault> {
    [checklist_done, documents_there, approved, repairs_done].iter().try_for_each(|check| check(it))
}

fn checklist_done(it: &Of<'_>) -> Result<(), Fault> {
    if it.row.unticked.is_empty() {
        return Ok(());
    }
    Err(Fault::new(&CHECKLIST_OPEN).rule("TK-R07").with("items", it.row.unticked.clone()))
}

fn documents_there(it: &Of<'_>) -> Result<(), Fault> {
    if it.row.missing_documents.is_empty() {
        return Ok(());
    }
    Err(Fault::new(&DOCUMENT_MISSING).rule("TK-R07").with("kinds", it.row.missing_documents.clone()))
}

fn approved(it: &Of<'_>) -> Result<(), Fault> {
    if it.row.needs_approval() && !it.row.is_approved() {
        return Err(Fault::new(&APPROVAL_REQUIRED).rule("TK-R07"));
    }
    Ok(())
}

/// Refuses while there are such orders.
pub(crate) fn repair_open<'a>(orders: impl Iterator<Item = &'a Order>) -> Result<(), Fault> {
    let numbers: Vec<&str> = orders.map(|order| order.number.as_str()).collect();
    match numbers.is_empty() {
        true => Ok(()),
        false => Err(Fault::new(&REPAIR_OPEN).rule("TK-R21").with("orders", numbers)),
    }
}

/// Every order is judged, closed or cancelled.
fn repairs_done(it: &Of<'_>) -> Result<(), Fault> {
    repair_open(it.row.orders.iter().filter(|order| !OrderStatus::DONE.contains(&order.status)))
}

/// Nobody has come for an order yet.
fn nobody_came(it: &Of<'_>) -> Result<(), Fault> {
    let came = |order: &&Order| order.arrived_at.is_some() && order.status != OrderStatus::Cancelled;
    repair_open(it.row.orders.iter().filter(came))
}

fn called_back(it: &Of<'_>) -> Result<(), Fault> {
    let internal = it.row.row.requester_org_unit_id.is_some();
    let done = it.row.callbacks.iter().all(|callback| callback::finishes(callback, it.row.row.severity));
    let any = it.row.callbacks.iter().any(|callback| callback.status != callback::entity::Status::Void);
    if internal || (any && done) { Ok(()) } else { Err(Fault::new(&CALLBACK_MISSING).rule("TK-R24")) }
}

fn within_reopen_window(it: &Of<'_>) -> Result<(), Fault> {
    match it.row.reopen_until {
        Some(last) if kernel::time::business_day(it.now) > last => {
            Err(Fault::new(&REOPEN_WINDOW_CLOSED).rule("TK-R25").with("until", last.to_string()))
        }
        _ => Ok(()),
    }
}

fn cause_analysed(it: &Of<'_>) -> Result<(), Fault> {
    match crate::archive::lacks_cause(&it.row.row) {
        true => Err(Fault::new(&CAUSE_ANALYSIS_MISSING)
            .rule("TK-R34")
            .with("characters", crate::archive::CAUSE_CHARACTERS as u64)),
        false => Ok(()),
    }
}

fn within_merge_window(it: &Of<'_>) -> Result<(), Fault> {
    let over = it.row.unmerge_until.is_none_or(|last| kernel::time::business_day(it.now) > last);
    if over || it.row.merge_target_answered {
        return Err(Fault::new(&UNMERGE_WINDOW_CLOSED).rule("TK-R05"));
    }
    Ok(())
}

fn no_complaint_by_intake(it: &Of<'_>) -> Result<(), Fault> {
    let complaint = it.row.row.kind == Kind::Complaint;
    if complaint && !is_lead(it.actor) && !is_head(it.actor) { Err(above("kind")) } else { Ok(()) }
}

fn may_classify(it: &Of<'_>) -> Result<(), Fault> {
    if is_lead(it.actor) || is_head(it.actor) {
        return Ok(());
    }
    let row = &it.row.row;
    let own = row.status == Registered && it.actor.persons().any(|person| Some(person) == row.received_by_id);
    if own { Ok(()) } else { Err(above("not_registrar")) }
}

fn not_chased_recently(it: &Of<'_>) -> Result<(), Fault> {
    if !it.actor.is_customer() {
        return Ok(());
    }
    let free = it.row.row.last_chased_at.map(|at| at + chrono::TimeDelta::minutes(it.row.chase_min_interval_minutes));
    match free {
        Some(free) if it.now < free => Err(Fault::new(&CHASED_RECENTLY).rule("TK-R17")),
        _ => Ok(()),
    }
}

fn below_top_level(it: &Of<'_>) -> Result<(), Fault> {
    if it.row.row.escalation_level >= 4 { Err(Fault::new(&TOP_LEVEL_REACHED).rule("TK-R17")) } else { Ok(()) }
}

fn attached(it: &Of<'_>) -> Result<(), Fault> {
    if it.row.row.incident_id.is_some() { Ok(()) } else { Err(Fault::new(&NOT_ATTACHED).rule("TK-R06")) }
}

fn not_rated(it: &Of<'_>) -> Result<(), Fault> {
    if it.row.row.rated_cycle == Some(it.row.row.cycle) {
        Err(Fault::new(&ALREADY_RATED).rule("TK-R25"))
    } else {
        Ok(())
    }
}
