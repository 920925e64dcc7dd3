//! Acts on the ledger: clocks start and stop, stretches begin and end, targets are appended.

use chrono::{DateTime, Utc};
use kernel::calendar::CalendarCode;
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::{business_day, whole_second};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use store::Work;
use store::calendars::Versions;

use super::entity::{clock, segment, target};
use super::ledger::{Clock, Ledger};
use crate::policy::{self, Case, Policy};
use crate::ticket::entity::{Model as Ticket, Status};
use crate::{pause, ticket};

type Instant = DateTime<Utc>;

/// The policy that holds for a ticket, and the version of the set it stands in.
pub struct Chosen {
    pub policy: Policy,
    pub set_version: i32,
    pub matched: Vec<String>,
}

/// Chooses the policy in force at an instant for a ticket as it is now.
pub async fn choose(work: &store::Reading, ticket: &Ticket, at: Instant) -> Result<Chosen, Fault> {
    let (set, policies) = policy::in_force(work, at).await?;
    let path = match ticket.responsible_org_unit_id.or(ticket.received_org_unit_id) {
        Some(unit) => registers::org_unit::path(work, unit).await?,
        None => Vec::new(),
    };
    let case = Case {
        kind: ticket.kind,
        category_code: ticket.category_code.clone(),
        severity: ticket.severity,
        channel_code: ticket.channel_code.clone(),
        org_unit_id: ticket.responsible_org_unit_id,
        project_id: ticket.project_id,
    };
    let (best, explained) = policy::best(&policies, &case, &path);
    let policy = best.ok_or_else(|| Fault::internal("a policy set without a default"))?.clone();
    let matched = explained.into_iter().find(|e| e.code == policy.code).map(|e| e.matched).unwrap_or_default();
    Ok(Chosen { policy, set_version: set.number, matched })
}

fn is_stage(status: Status) -> bool {
    Status::OPEN.contains(&status)
}

/// Starts the clocks of a cycle: handling from `starts_at`, and the first stretch.
pub async fn open(work: &Work, ticket: &Ticket, starts_at: Instant, cause: &str) -> Result<Chosen, Fault> {
    let chosen = choose(work, ticket, starts_at).await?;
    let handle = start_clock(work, ticket, "handle", starts_at, None).await?;
    let seconds = chosen.policy.handle_target_seconds;
    set_target(work, &handle, &chosen, seconds, chosen.policy.calendar_code, cause).await?;
    begin_stretch(work, ticket, starts_at, if cause == "reopened" { "reopened" } else { "registered" }, None).await?;
    start_stage(work, ticket, starts_at, &chosen).await?;
    Ok(chosen)
}

/// Records a change of stage, unit or assignee: the stretch ends, the next begins, stage clocks follow.
pub async fn step(work: &Work, before: &Ticket, after: &Ticket, begun_by: &str) -> Result<(), Fault> {
    let now = whole_second(work.now);
    end_stretch(work, after.id, now).await?;
    let moved = before.status != after.status || before.responsible_org_unit_id != after.responsible_org_unit_id;
    if moved {
        stop_clock(work, after.id, "stage", now).await?;
    }
    if is_stage(after.status) {
        begin_stretch(work, after, now, begun_by, None).await?;
        if moved {
            let chosen = choose(work, after, now).await?;
            start_stage(work, after, now, &chosen).await?;
        }
    }
    Ok(())
}

/// Starts the reply or callback clock; both run on every second and cannot be paused.
pub async fn start_fixed(work: &Work, ticket: &Ticket, name: &str, starts_at: Instant) -> Result<(), Fault> {
    let chosen = choose(work, ticket, starts_at).await?;
    let seconds = match name {
        "reply" => chosen.policy.reply_target_seconds,
        _ => chosen.policy.callback_target_seconds,
    };
    let clock = start_clock(work, ticket, name, starts_at, None).await?;
    set_target(work, &clock, &chosen, seconds, CalendarCode::Continuous, "registered").await
}

/// Appends targets to the running handling and stage clocks from the same stretches (TK-R12). For the cause
/// `calendar` they take the newest calendar version, else that valid at the clock's start, or the later one they
/// already have (TK-R13).
pub async fn retarget(work: &Work, ticket: &Ticket, cause: &str) -> Result<usize, Fault> {
    let ledger = Ledger::load(work, ticket.id, ticket.created_at).await?;
    let running = |clock: &&Clock| clock.row.stops_at.is_none() && clock.row.void_at.is_none();
    let versions = store::calendars::versions(work).await?;
    let mut appended = 0;
    for clock in ledger.clocks.iter().filter(running) {
        let chosen = choose(work, ticket, clock.row.starts_at).await?;
        let seconds = match clock.row.name.as_str() {
            "handle" => Some(chosen.policy.handle_target_seconds),
            "stage" => stage_seconds(&chosen.policy, ticket.status),
            _ => None,
        };
        let last = clock.targets.last();
        let version = match cause {
            "calendar" => versions.newest().version(),
            _ => last.map_or(0, |last| last.calendar_version).max(version_at(&versions, clock.row.starts_at)),
        };
        let same = last.is_some_and(|last| {
            Some(last.seconds) == seconds
                && last.policy_code == chosen.policy.code
                && last.set_version == chosen.set_version
                && last.calendar_version == version
        });
        if let Some(seconds) = seconds.filter(|_| !same) {
            let seq = last.map_or(1, |last| last.seq + 1);
            let calendar = (chosen.policy.calendar_code, version);
            append_target(work, &clock.row, &chosen, seconds, calendar, seq, cause).await?;
            appended += 1;
        }
    }
    Ok(appended)
}

/// Voids every running clock: the case is withdrawn or out of scope. Breaches already there stay.
pub async fn void_running(work: &Work, ticket_id: Uuid) -> Result<(), Fault> {
    clock::Entity::update_many()
        .col_expr(clock::Column::VoidAt, Expr::value(whole_second(work.now)))
        .col_expr(clock::Column::StopsAt, Expr::value(whole_second(work.now)))
        .filter(clock::Column::TicketId.eq(ticket_id))
        .filter(clock::Column::StopsAt.is_null())
        .exec(&work.db())
        .await?;
    end_stretch(work, ticket_id, whole_second(work.now)).await
}

/// Stops the clocks of a name in the ticket and in those merged into it: their cases end together (TK-R05).
pub async fn stop_with_merged(work: &Work, ticket_id: Uuid, name: &str, at: Instant) -> Result<(), Fault> {
    stop_clock(work, ticket_id, name, at).await?;
    for merged in ticket::queries::merged_into(work, ticket_id).await? {
        stop_clock(work, merged, name, at).await?;
        ticket::refresh_one(work, merged).await?;
    }
    Ok(())
}

/// Stops the running clocks of a name.
pub async fn stop_clock(work: &Work, ticket_id: Uuid, name: &str, at: Instant) -> Result<(), Fault> {
    clock::Entity::update_many()
        .col_expr(clock::Column::StopsAt, Expr::value(whole_second(at)))
        .filter(clock::Column::TicketId.eq(ticket_id))
        .filter(clock::Column::Name.eq(name))
        .filter(clock::Column::StopsAt.is_null())
        .exec(&work.db())
        .await?;
    Ok(())
}

/// Lets a clock of the present cycle run on that only stopped with the ticket it was merged into (TK-R05).
pub async fn run_on(work: &Work, ticket: &Ticket, name: &str) -> Result<(), Fault> {
    let latest = clock::Entity::find()
        .filter(clock::Column::TicketId.eq(ticket.id))
        .filter(clock::Column::Cycle.eq(ticket.cycle))
        .filter(clock::Column::Name.eq(name))
        .filter(clock::Column::VoidAt.is_null())
        .order_by_desc(clock::Column::StartsAt)
        .one(&work.db())
        .await?;
    let Some(latest) = latest else { return Ok(()) };
    let mut change = latest.into_active_model();
    change.stops_at = Set(None);
    change.missed = Set(None);
    clock::Entity::update(change).validate()?.exec(&work.db()).await?;
    Ok(())
}

/// Ends the open stretch, and with it a pause past its `until`, which ended by itself.
pub async fn end_stretch(work: &Work, ticket_id: Uuid, at: Instant) -> Result<(), Fault> {
    let open = segment::Entity::find()
        .filter(segment::Column::TicketId.eq(ticket_id))
        .filter(segment::Column::ToAt.is_null())
        .one(&work.db())
        .await?;
    let Some(open) = open else { return Ok(()) };
    let mut end = at;
    if let Some(pause_id) = open.pause_id
        && let Some(pause) = pause::entity::Entity::find_by_id(pause_id).one(&work.db()).await?
        && pause.until <= at
    {
        end = pause.until;
        let rest = segment::Model {
            seq: open.seq + 1,
            kind: "running".to_owned(),
            begun_by: "resumed".to_owned(),
            pause_id: None,
            from_at: end,
            to_at: Some(at),
            id: ids::new_id(work.now),
            ..open.clone()
        };
        work.insert(rest.into_active_model().reset_all()).await?;
        pause::commands::end_by_itself(work, pause).await?;
    }
    let mut row = open.into_active_model();
    row.to_at = Set(Some(end));
    segment::Entity::update(row).validate()?.exec(&work.db()).await?;
    Ok(())
}

/// Begins a stretch, running or paused.
pub async fn begin_stretch(
    work: &Work,
    ticket: &Ticket,
    from: Instant,
    begun_by: &str,
    pause_id: Option<Uuid>,
) -> Result<(), Fault> {
    let last = segment::Entity::find().filter(segment::Column::TicketId.eq(ticket.id)).count(&work.db()).await?;
    let row = segment::ActiveModel {
        id: Set(ids::new_id(work.now)),
        ticket_id: Set(ticket.id),
        seq: Set(i32::try_from(last).unwrap_or(i32::MAX) + 1),
        cycle: Set(ticket.cycle),
        kind: Set(if pause_id.is_some() { "paused" } else { "running" }.to_owned()),
        begun_by: Set(begun_by.to_owned()),
        stage: Set(ticket.status.code().to_owned()),
        org_unit_id: Set(ticket.responsible_org_unit_id),
        staff_id: Set(ticket.assignee_id),
        pause_id: Set(pause_id),
        from_at: Set(from),
        to_at: Set(None),
    };
    work.insert(row).await?;
    Ok(())
}

/// Notes another holder: the stretch goes on, paused or not, under his name.
pub async fn hand_over(work: &Work, ticket: &Ticket, now: Instant) -> Result<(), Fault> {
    let open = segment::Entity::find()
        .filter(segment::Column::TicketId.eq(ticket.id))
        .filter(segment::Column::ToAt.is_null())
        .one(&work.db())
        .await?;
    let Some(open) = open else { return Ok(()) };
    let paused = match open.pause_id {
        Some(pause) => pause::entity::Entity::find_by_id(pause).one(&work.db()).await?,
        None => None,
    };
    end_stretch(work, ticket.id, now).await?;
    let pause_id = paused.filter(|pause| pause.is_active_at(now)).map(|pause| pause.id);
    begin_stretch(work, ticket, now, "handover", pause_id).await
}

async fn start_stage(work: &Work, ticket: &Ticket, at: Instant, chosen: &Chosen) -> Result<(), Fault> {
    let Some(seconds) = stage_seconds(&chosen.policy, ticket.status) else { return Ok(()) };
    let clock = start_clock(work, ticket, "stage", at, Some(ticket.status)).await?;
    set_target(work, &clock, chosen, seconds, chosen.policy.calendar_code, "registered").await
}

fn stage_seconds(policy: &Policy, status: Status) -> Option<i64> {
    let targets = policy.stage_target_seconds.as_ref()?;
    match status {
        Status::Registered => targets.registered,
        Status::Assigned => targets.assigned,
        Status::InProgress => targets.in_progress,
        Status::PendingApproval => targets.pending_approval,
        _ => None,
    }
}

async fn start_clock(
    work: &Work,
    ticket: &Ticket,
    name: &str,
    starts_at: Instant,
    stage: Option<Status>,
) -> Result<clock::Model, Fault> {
    let row = clock::ActiveModel {
        id: Set(ids::new_id(work.now)),
        ticket_id: Set(ticket.id),
        name: Set(name.to_owned()),
        cycle: Set(ticket.cycle),
        stage: Set(stage.map(|stage| stage.code().to_owned())),
        org_unit_id: Set(ticket.responsible_org_unit_id),
        starts_at: Set(whole_second(starts_at)),
        stops_at: Set(None),
        void_at: Set(None),
        created_at: Set(work.now),
        due_at: Set(None),
        remind_at: Set(None),
        reminded_seq: Set(None),
        reminded_percent: Set(None),
        missed: Set(None),
    };
    work.insert(row).await
}

/// The first target of a clock takes the calendar version valid at the clock's start (TK-R13).
async fn set_target(
    work: &Work,
    clock: &clock::Model,
    chosen: &Chosen,
    seconds: i64,
    calendar: CalendarCode,
    cause: &str,
) -> Result<(), Fault> {
    let version = version_at(&*store::calendars::versions(work).await?, clock.starts_at);
    append_target(work, clock, chosen, seconds, (calendar, version), 1, cause).await
}

fn version_at(versions: &Versions, starts_at: Instant) -> i32 {
    versions.valid_on(business_day(starts_at)).version()
}

async fn append_target(
    work: &Work,
    clock: &clock::Model,
    chosen: &Chosen,
    seconds: i64,
    calendar: (CalendarCode, i32),
    seq: i32,
    cause: &str,
) -> Result<(), Fault> {
    let (calendar, calendar_version) = calendar;
    let calendar_code = match calendar {
        CalendarCode::Continuous => "continuous",
        CalendarCode::Office => "office",
        CalendarCode::Mainland => "mainland",
    };
    let row = target::ActiveModel {
        id: Set(ids::new_id(work.now)),
        clock_id: Set(clock.id),
        seq: Set(seq),
        seconds: Set(seconds),
        calendar_code: Set(calendar_code.to_owned()),
        calendar_version: Set(calendar_version),
        policy_code: Set(chosen.policy.code.clone()),
        policy_position: Set(chosen.policy.position),
        set_version: Set(chosen.set_version),
        matched: Set(serde_json::to_string(&chosen.matched).map_err(Fault::internal)?),
        set_at: Set(whole_second(work.now)),
        cause: Set(cause.to_owned()),
        set_by: Set(work.actor().sub),
    };
    work.insert(row).await?;
    Ok(())
}
