//! Acts on the ledger: clocks start and stop, stretches begin and end, targets are appended.

use chrono::{DateTime, Utc};
use kernel::calendar::CalendarCode;
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::{business_day, whole_second};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set, UpdateMany};
use store::Work;
use store::calendars::Versions;

use super::entity::{clock, segment, target};
use super::ledger::{Clock, Ledger};
use super::projection::{self, Projection};
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
    let in_force = policy::in_force(work, at).await?;
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
    let (best, explained) = policy::best(&in_force.policies, &case, &path);
    let policy = best.ok_or_else(|| Fault::internal("a policy set without a default"))?.clone();
    let matched = explained.into_iter().find(|e| e.code == policy.code).map(|e| e.matched).unwrap_or_default();
    Ok(Chosen { policy, set_version: in_force.set.number, matched })
}

/// The ledger of a ticket that is being registered: its clocks and first stretch, not yet written.
pub struct Opening {
    pub chosen: Chosen,
    /// For the ticket's row.
    pub projection: Projection,
    ledger: Ledger,
}

/// Works the opening of a new ticket out.
pub async fn opening(work: &Work, ticket: &Ticket, starts_at: Instant) -> Result<Opening, Fault> {
    let chosen = choose(work, ticket, starts_at).await?;
    let versions = store::calendars::versions(work).await?;
    let running = |row: clock::Model, seconds: i64| {
        let calendar = (chosen.policy.calendar_code, version_at(&versions, row.starts_at));
        let target = target_row(work, &row, &chosen, seconds, calendar, 1, "registered")?;
        Ok::<_, Fault>(Clock { row, targets: vec![target], annulments: Vec::new() })
    };
    let handle = clock_row(work, ticket, "handle", starts_at, None);
    let mut clocks = vec![running(handle, chosen.policy.handle_target_seconds)?];
    if let Some(seconds) = stage_seconds(&chosen.policy, ticket.status) {
        clocks.push(running(clock_row(work, ticket, "stage", starts_at, Some(ticket.status)), seconds)?);
    }
    let segments = vec![segment_row(work, ticket, 1, starts_at, "registered", None)];
    let mut ledger = Ledger::begun(ticket.created_at, clocks, segments, &versions, work.now);
    let (ladder, near_due) = (projection::ladder(work).await?, projection::near_due(work).await?);
    let projection = projection::of_ledger(&ledger, ticket, (&ladder, near_due), None, work.now);
    for clock in &mut ledger.clocks {
        if let Some(now) = projection.moved.iter().find(|now| now.clock_id == clock.row.id) {
            (clock.row.due_at, clock.row.remind_at, clock.row.missed) = (now.due_at, now.remind_at, now.missed);
        }
    }
    Ok(Opening { chosen, projection, ledger })
}

impl Opening {
    /// Writes the rows; the ticket is written already.
    pub async fn write(&self, work: &Work) {
        for clock in &self.ledger.clocks {
            work.insert_later(&clock.row).await;
        }
        for target in self.ledger.clocks.iter().flat_map(|clock| &clock.targets) {
            work.insert_later(target).await;
        }
        for segment in &self.ledger.segments {
            work.insert_later(segment).await;
        }
    }
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

/// Records a change of stage, unit or assignee: the stretch ends, the next begins, stage clocks follow. A pause that
/// the act itself did not end goes on in the next stretch (TK-R14).
pub async fn step(work: &Work, before: &Ticket, after: &Ticket, begun_by: &str) -> Result<(), Fault> {
    let now = whole_second(work.now);
    let (pause_id, seq) = match open_stretch(work, after.id).await? {
        Some(open) => (running_pause(work, &open, now).await?, end(work, open, now).await? + 1),
        None => (None, next_seq(work, after.id).await?),
    };
    let moved = before.status != after.status || before.responsible_org_unit_id != after.responsible_org_unit_id;
    if moved {
        work.change_later(&stopping(after.id, "stage", now)).await;
    }
    if is_stage(after.status) {
        work.insert_later(&segment_row(work, after, seq, now, begun_by, pause_id)).await;
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
    stopping(ticket_id, name, at).exec(&work.db()).await?;
    Ok(())
}

fn stopping(ticket_id: Uuid, name: &str, at: Instant) -> UpdateMany<clock::Entity> {
    clock::Entity::update_many()
        .col_expr(clock::Column::StopsAt, Expr::value(whole_second(at)))
        .filter(clock::Column::TicketId.eq(ticket_id))
        .filter(clock::Column::Name.eq(name))
        .filter(clock::Column::StopsAt.is_null())
}

/// Lets a clock of the present cycle run on that only stopped with the ticket it was merged into (TK-R05). A stage
/// clock ran at the merge if it is that of the stage and unit the ticket was in then; those before had stopped.
pub async fn run_on(work: &Work, ticket: &Ticket, name: &str, stage: Status) -> Result<(), Fault> {
    let latest = clock::Entity::find()
        .filter(clock::Column::TicketId.eq(ticket.id))
        .filter(clock::Column::Cycle.eq(ticket.cycle))
        .filter(clock::Column::Name.eq(name))
        .filter(clock::Column::VoidAt.is_null())
        .order_by_desc(clock::Column::StartsAt)
        .one(&work.db())
        .await?;
    let ran = |latest: &clock::Model| match name {
        "stage" => {
            latest.stage.as_deref() == Some(stage.code()) && latest.org_unit_id == ticket.responsible_org_unit_id
        }
        _ => true,
    };
    let Some(latest) = latest.filter(ran) else { return Ok(()) };
    let mut change = latest.into_active_model();
    change.stops_at = Set(None);
    change.missed = Set(None);
    clock::Entity::update(change).validate()?.exec(&work.db()).await?;
    Ok(())
}

/// Ends the open stretch, and with it a pause past its `until`, which ended by itself.
pub async fn end_stretch(work: &Work, ticket_id: Uuid, at: Instant) -> Result<(), Fault> {
    if let Some(open) = open_stretch(work, ticket_id).await? {
        end(work, open, at).await?;
    }
    Ok(())
}

/// Ends this stretch as [`end_stretch`] does; answers the number of the last stretch there is now.
async fn end(work: &Work, open: segment::Model, at: Instant) -> Result<i32, Fault> {
    let (mut end, mut last) = (at, open.seq);
    if let Some(pause_id) = open.pause_id
        && let Some(pause) = pause::entity::Entity::find_by_id(pause_id).one(&work.db()).await?
        && pause.until <= at
    {
        end = pause.until;
        last += 1;
        let rest = segment::Model {
            seq: last,
            kind: "running".to_owned(),
            begun_by: "resumed".to_owned(),
            pause_id: None,
            from_at: end,
            to_at: Some(at),
            id: ids::new_id(work.now),
            ..open.clone()
        };
        work.insert_later(&rest).await;
        pause::commands::end_by_itself(work, pause, Some(open.stage.as_str())).await?;
    }
    let ended = segment::ActiveModel { to_at: Set(Some(end)), ..Default::default() };
    work.change_later(&segment::Entity::update_many().set(ended).filter(segment::Column::Id.eq(open.id))).await;
    Ok(last)
}

/// Ends the stretch of a pause at its `until` and lets the clock run on from there; nothing when it was ended before.
pub async fn run_on_after(work: &Work, pause: &pause::entity::Model) -> Result<(), Fault> {
    let open = open_stretch(work, pause.ticket_id).await?.filter(|open| open.pause_id == Some(pause.id));
    let Some(open) = open else { return Ok(()) };
    let next = segment::Model {
        id: ids::new_id(work.now),
        seq: open.seq + 1,
        kind: "running".to_owned(),
        begun_by: "resumed".to_owned(),
        pause_id: None,
        from_at: pause.until,
        to_at: None,
        ..open.clone()
    };
    let ended = segment::ActiveModel { to_at: Set(Some(pause.until)), ..Default::default() };
    work.change_later(&segment::Entity::update_many().set(ended).filter(segment::Column::Id.eq(open.id))).await;
    work.insert_later(&next).await;
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
    let seq = next_seq(work, ticket.id).await?;
    work.insert_later(&segment_row(work, ticket, seq, from, begun_by, pause_id)).await;
    Ok(())
}

async fn next_seq(work: &Work, ticket_id: Uuid) -> Result<i32, Fault> {
    let last = segment::Entity::find().filter(segment::Column::TicketId.eq(ticket_id)).count(&work.db()).await?;
    Ok(i32::try_from(last).unwrap_or(i32::MAX - 1) + 1)
}

fn segment_row(
    work: &Work,
    ticket: &Ticket,
    seq: i32,
    from: Instant,
    begun_by: &str,
    pause_id: Option<Uuid>,
) -> segment::Model {
    segment::Model {
        id: ids::new_id(work.now),
        ticket_id: ticket.id,
        seq,
        cycle: ticket.cycle,
        kind: if pause_id.is_some() { "paused" } else { "running" }.to_owned(),
        begun_by: begun_by.to_owned(),
        stage: ticket.status.code().to_owned(),
        org_unit_id: ticket.responsible_org_unit_id,
        staff_id: ticket.assignee_id,
        pause_id,
        from_at: from,
        to_at: None,
    }
}

/// Notes another holder: the stretch goes on, paused or not, under his name.
pub async fn hand_over(work: &Work, ticket: &Ticket, now: Instant) -> Result<(), Fault> {
    let Some(open) = open_stretch(work, ticket.id).await? else { return Ok(()) };
    let pause_id = running_pause(work, &open, now).await?;
    let seq = end(work, open, now).await? + 1;
    work.insert_later(&segment_row(work, ticket, seq, now, "handover", pause_id)).await;
    Ok(())
}

async fn open_stretch(work: &Work, ticket_id: Uuid) -> Result<Option<segment::Model>, Fault> {
    let open =
        segment::Entity::find().filter(segment::Column::TicketId.eq(ticket_id)).filter(segment::Column::ToAt.is_null());
    Ok(open.one(&work.db()).await?)
}

/// The pause of the open stretch, while it lasts.
async fn running_pause(work: &Work, open: &segment::Model, now: Instant) -> Result<Option<Uuid>, Fault> {
    let Some(id) = open.pause_id else { return Ok(None) };
    let pause = pause::entity::Entity::find_by_id(id).one(&work.db()).await?;
    Ok(pause.filter(|pause| pause.is_active_at(now)).map(|pause| pause.id))
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
    let row = clock_row(work, ticket, name, starts_at, stage);
    work.insert_later(&row).await;
    Ok(row)
}

fn clock_row(work: &Work, ticket: &Ticket, name: &str, starts_at: Instant, stage: Option<Status>) -> clock::Model {
    clock::Model {
        id: ids::new_id(work.now),
        ticket_id: ticket.id,
        name: name.to_owned(),
        cycle: ticket.cycle,
        stage: stage.map(|stage| stage.code().to_owned()),
        org_unit_id: ticket.responsible_org_unit_id,
        starts_at: whole_second(starts_at),
        stops_at: None,
        void_at: None,
        created_at: work.now,
        due_at: None,
        remind_at: None,
        reminded_seq: None,
        reminded_percent: None,
        missed: None,
    }
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
    work.insert_later(&target_row(work, clock, chosen, seconds, calendar, seq, cause)?).await;
    Ok(())
}

fn target_row(
    work: &Work,
    clock: &clock::Model,
    chosen: &Chosen,
    seconds: i64,
    (calendar, calendar_version): (CalendarCode, i32),
    seq: i32,
    cause: &str,
) -> Result<target::Model, Fault> {
    let calendar_code = match calendar {
        CalendarCode::Continuous => "continuous",
        CalendarCode::Office => "office",
        CalendarCode::Mainland => "mainland",
    };
    Ok(target::Model {
        id: ids::new_id(work.now),
        clock_id: clock.id,
        seq,
        seconds,
        calendar_code: calendar_code.to_owned(),
        calendar_version,
        policy_code: chosen.policy.code.clone(),
        policy_position: chosen.policy.position,
        set_version: chosen.set_version,
        matched: serde_json::to_string(&chosen.matched).map_err(Fault::internal)?,
        set_at: whole_second(work.now),
        cause: cause.to_owned(),
        set_by: work.actor().sub,
    })
}
