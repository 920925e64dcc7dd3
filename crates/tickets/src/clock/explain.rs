//! The deadlines of a ticket explained to the second (TK-E08): segments, pieces, targets, breaches.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use kernel::calendar::{Calendar, CalendarCode, WorkingDays, YearMissing};
use kernel::deadline::{self, Cause};
use kernel::fault::Fault;
use kernel::time::{Timestamp, business_day, whole_second};
use serde::{Deserialize, Serialize};
use store::Reading;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::entity::{segment, target};
use super::ledger::{Clock, Ledger};
use super::projection;
use super::writing::{self, Chosen};
use crate::catalogue::{Kind, Severity, list};
use crate::pause::commands::allowed_for;
use crate::ticket::entity::{Model as Ticket, Status};

/// The ledger of a ticket with its arithmetic.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Deadlines {
    pub ticket_id: Uuid,
    pub number: String,
    /// The instant all figures hold for.
    pub as_of: Timestamp,
    pub effective_due_at: Option<Timestamp>,
    pub clocks: Vec<ClockView>,
}

/// One clock.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadlineClock)]
pub struct ClockView {
    /// handle, stage, reply, callback.
    pub clock: String,
    /// 1, and one more each time the case was reopened.
    pub cycle: i32,
    /// The state the stage clock is of; null for the others.
    pub stage: Option<String>,
    pub starts_at: Timestamp,
    pub stops_at: Option<Timestamp>,
    pub policy: PolicyView,
    /// What had to be kept; the last one holds.
    pub targets: Vec<TargetView>,
    /// Counted so far: without pauses and off hours.
    pub elapsed_seconds: Option<i64>,
    /// Of the last target; 0 when it is used up.
    pub remaining_seconds: Option<i64>,
    /// Null while paused and not used up, or while a calendar year is missing.
    pub due_at: Option<Timestamp>,
    /// As if an open pause ended at its `until`.
    pub projected_due_at: Option<Timestamp>,
    /// running, met, missed, void.
    pub outcome: String,
    /// Counted beyond the target.
    pub over_seconds: Option<i64>,
    /// The same by the clock on the wall.
    pub over_wall_seconds: Option<i64>,
    /// Due soon, or overdue.
    pub near_due: bool,
    /// The stretches the count is made of, in order.
    pub segments: Vec<SegmentView>,
    pub breaches: Vec<BreachView>,
    /// The sum written out.
    pub arithmetic: String,
    pub what_if: Vec<WhatIf>,
    /// `calendar_year_missing` when a year has no data yet.
    pub warnings: Vec<String>,
    /// True when a provisional calendar year was used.
    pub calendar_provisional: bool,
}

/// The policy that set the first target.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadlinePolicy)]
pub struct PolicyView {
    pub set_version: i32,
    pub code: String,
    pub position: i32,
    pub matched: Vec<String>,
}

/// What had to be kept, and from when.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadlineTarget)]
pub struct TargetView {
    pub seq: i32,
    pub target_seconds: i64,
    pub calendar_code: String,
    pub calendar_version: i32,
    pub policy_code: String,
    /// Number of the policy set it comes from.
    pub set_version: i32,
    pub set_at: Timestamp,
    pub cause: String,
}

/// One stretch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadlineSegment)]
pub struct SegmentView {
    pub seq: i32,
    /// running, paused.
    pub kind: String,
    pub stage: String,
    /// The act that began it.
    pub begun_by: String,
    pub org_unit_id: Option<Uuid>,
    pub staff_id: Option<Uuid>,
    pub from: Timestamp,
    pub to: Option<Timestamp>,
    /// What of it counts.
    pub counted_seconds: i64,
    pub pieces: Vec<PieceView>,
    pub pause: Option<PauseNote>,
}

/// Open or off hours.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadlinePiece)]
pub struct PieceView {
    /// running, off_hours.
    pub kind: &'static str,
    pub seconds: i64,
}

/// The pause behind a stretch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadlinePause)]
pub struct PauseNote {
    pub reason_code: String,
    pub approved_by: Option<Uuid>,
    pub until: Timestamp,
    pub end_cause: Option<String>,
}

/// A limit that was broken; the row stays when it is annulled.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadlineBreach)]
pub struct BreachView {
    pub due_at: Timestamp,
    pub target_seq: i32,
    pub cause: Cause,
    /// Unit and person of the stretch in which it fell due.
    pub charged_org_unit_id: Option<Uuid>,
    pub charged_staff_id: Option<Uuid>,
    pub annulled: Option<AnnulledView>,
}

/// Who took a breach back, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeadlineAnnulment)]
pub struct AnnulledView {
    pub by: Uuid,
    pub at: Timestamp,
    pub reason: String,
}

/// Another classification and what it would mean.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhatIf {
    pub change: String,
    pub due_at: Option<Timestamp>,
}

/// What to try out; nothing is changed.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreviewDeadline {
    pub severity: Option<Severity>,
    #[schema(max_length = 128)]
    pub category_code: Option<String>,
    pub kind: Option<Kind>,
    /// A pause from now until then.
    pub pause: Option<PreviewPause>,
    /// The calendar version to count by; the clock's own when left out.
    pub calendar_version: Option<i32>,
}

/// A pause to try out.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreviewPause {
    /// Ahead of now.
    pub until: Timestamp,
    /// Code of the catalogue `pause_reason`; its limits hold here too.
    #[schema(max_length = 64)]
    pub reason_code: Option<String>,
}

/// What would hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadlinePreview {
    pub policy: PolicyView,
    pub target_seconds: i64,
    pub calendar_version: i32,
    /// A year without a published notice was used.
    pub calendar_provisional: bool,
    pub due_at: Option<Timestamp>,
    /// Whether the changed target would already be used up.
    pub breached: bool,
}

/// The whole ledger, explained.
pub async fn deadlines(at: &Reading, ticket: &Ticket) -> Result<Deadlines, Fault> {
    let ledger = Ledger::load(at, ticket.id, ticket.created_at).await?;
    let now = whole_second(at.now);
    let near = i64::from(projection::near_due(at).await?);
    let mut clocks = Vec::new();
    for clock in &ledger.clocks {
        let what_if =
            if clock.row.name == "handle" && clock.row.stops_at.is_none() && Status::OPEN.contains(&ticket.status) {
                what_if(at, ticket, &ledger, clock).await?
            } else {
                Vec::new()
            };
        clocks.extend(view(&ledger, clock, now, near, what_if));
    }
    let projected = projection::project(at, ticket).await?;
    let effective = match projected.paused_until {
        Some(_) => projected.others_due,
        None => Some(projected.due_sort).filter(|due| *due < projection::never()),
    };
    Ok(Deadlines {
        ticket_id: ticket.id,
        number: ticket.number.clone(),
        as_of: now.into(),
        effective_due_at: effective.map(Timestamp::from),
        clocks,
    })
}

fn policy(target: &target::Model) -> PolicyView {
    PolicyView {
        set_version: target.set_version,
        code: target.policy_code.clone(),
        position: target.policy_position,
        matched: serde_json::from_str(&target.matched).unwrap_or_default(),
    }
}

fn view(ledger: &Ledger, clock: &Clock, now: DateTime<Utc>, percent: i64, what_if: Vec<WhatIf>) -> Option<ClockView> {
    let (first, target) = (clock.targets.first()?, clock.targets.last()?);
    let mut warnings = Vec::new();
    let elapsed = noted(&mut warnings, ledger.elapsed(clock, target, now));
    let due = noted(&mut warnings, ledger.due_at(clock, target, None)).flatten();
    let projected = noted(&mut warnings, ledger.projected_due_at(clock, target)).flatten();
    let segments = segments(ledger, clock, target, now);
    let sum: Vec<String> = segments.iter().map(|segment| segment.counted_seconds.to_string()).collect();
    let arithmetic = match (sum.is_empty(), elapsed) {
        (_, None) => String::new(),
        (true, Some(total)) => format!("{total} of {}", target.seconds),
        (false, Some(total)) => format!("{} = {total} of {}", sum.join(" + "), target.seconds),
    };
    let stop = clock.row.stops_at.unwrap_or(now);
    let over = due.filter(|due| *due < stop);
    let provisional = [Some(clock.row.starts_at), due.or(projected)].into_iter().flatten().any(|at| {
        target.calendar_code != "continuous"
            && ledger.days(target).is_provisional(business_day(at).year()).unwrap_or(false)
    });
    let near = elapsed.is_some_and(|elapsed| clock.row.stops_at.is_none() && elapsed * 100 >= target.seconds * percent);
    Some(ClockView {
        clock: clock.row.name.clone(),
        cycle: clock.row.cycle,
        stage: clock.row.stage.clone(),
        starts_at: clock.row.starts_at.into(),
        stops_at: clock.row.stops_at.map(Timestamp::from),
        policy: policy(first),
        targets: clock.targets.iter().map(target_view).collect(),
        elapsed_seconds: elapsed,
        remaining_seconds: elapsed.map(|elapsed| (target.seconds - elapsed).max(0)),
        due_at: due.map(Timestamp::from),
        projected_due_at: projected.filter(|_| due.is_none()).map(Timestamp::from),
        outcome: ledger.outcome(clock, now).unwrap_or("running").to_owned(),
        over_seconds: over.and(elapsed).map(|elapsed| (elapsed - target.seconds).max(0)),
        over_wall_seconds: over.map(|due| (stop - due).num_seconds()),
        near_due: near,
        segments,
        breaches: breaches(ledger, clock, now),
        arithmetic,
        what_if,
        warnings,
        calendar_provisional: provisional,
    })
}

fn noted<T>(warnings: &mut Vec<String>, known: Result<T, YearMissing>) -> Option<T> {
    match known {
        Ok(value) => Some(value),
        Err(_) => {
            let warning = "calendar_year_missing".to_owned();
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
            None
        }
    }
}

fn target_view(row: &target::Model) -> TargetView {
    TargetView {
        seq: row.seq,
        target_seconds: row.seconds,
        calendar_code: row.calendar_code.clone(),
        calendar_version: row.calendar_version,
        policy_code: row.policy_code.clone(),
        set_version: row.set_version,
        set_at: row.set_at.into(),
        cause: row.cause.clone(),
    }
}

/// The stretches of a handling or stage clock; neighbours of one stage and holder read as one.
fn segments(ledger: &Ledger, clock: &Clock, target: &target::Model, now: DateTime<Utc>) -> Vec<SegmentView> {
    if matches!(clock.row.name.as_str(), "reply" | "callback") {
        return Vec::new();
    }
    let end = clock.row.stops_at.unwrap_or(now);
    let inside = |s: &&segment::Model| {
        s.cycle == clock.row.cycle && s.from_at < end && s.to_at.is_none_or(|to| to > clock.row.starts_at)
    };
    let calendar = ledger.calendar(target);
    ledger
        .segments
        .iter()
        .filter(inside)
        .map(|row| {
            let from = row.from_at.max(clock.row.starts_at);
            let until = row.to_at.unwrap_or(end).min(end);
            let running = row.kind == "running";
            let pieces = if running { deadline::pieces(from, until, calendar).unwrap_or_default() } else { Vec::new() };
            let pause = ledger.pauses.iter().find(|pause| Some(pause.id) == row.pause_id).map(|pause| PauseNote {
                reason_code: pause.reason_code.clone(),
                approved_by: pause.approved_by,
                until: pause.until.into(),
                end_cause: pause.end_cause.clone(),
            });
            SegmentView {
                seq: row.seq,
                kind: row.kind.clone(),
                stage: row.stage.clone(),
                begun_by: row.begun_by.clone(),
                org_unit_id: row.org_unit_id,
                staff_id: row.staff_id,
                from: from.into(),
                to: row.to_at.map(Timestamp::from),
                counted_seconds: pieces.iter().filter(|piece| piece.running).map(|piece| piece.seconds).sum(),
                pieces: pieces
                    .iter()
                    .map(|piece| PieceView {
                        kind: if piece.running { "running" } else { "off_hours" },
                        seconds: piece.seconds,
                    })
                    .collect(),
                pause,
            }
        })
        .collect()
}

fn breaches(ledger: &Ledger, clock: &Clock, now: DateTime<Utc>) -> Vec<BreachView> {
    let list = ledger.breaches(clock, now).unwrap_or_default();
    list.into_iter()
        .map(|breach| {
            let charged = ledger
                .segments
                .iter()
                .find(|s| s.from_at < breach.due_at && s.to_at.is_none_or(|to| breach.due_at <= to));
            let annulled = clock.annulments.iter().find(|a| a.due_at == breach.due_at);
            BreachView {
                due_at: breach.due_at.into(),
                target_seq: breach.target_seq,
                cause: breach.cause,
                charged_org_unit_id: charged.and_then(|s| s.org_unit_id),
                charged_staff_id: charged.and_then(|s| s.staff_id),
                annulled: annulled.map(|a| AnnulledView {
                    by: a.annulled_by,
                    at: a.annulled_at.into(),
                    reason: a.reason.clone(),
                }),
            }
        })
        .collect()
}

async fn what_if(at: &Reading, ticket: &Ticket, ledger: &Ledger, clock: &Clock) -> Result<Vec<WhatIf>, Fault> {
    let mut list = Vec::new();
    for (severity, code) in [(Severity::Serious, "serious"), (Severity::Major, "major")] {
        if ticket.severity >= severity {
            continue;
        }
        let changed = Ticket { severity, ..ticket.clone() };
        let chosen = writing::choose(at, &changed, clock.row.starts_at).await?;
        let same = clock.targets.last().is_some_and(|last| last.policy_code == chosen.policy.code);
        if !same {
            let days = clock.targets.last().map_or(WorkingDays::built_in(), |last| ledger.days(last));
            let due_at = due_under(ledger, clock, &chosen, days).map(Timestamp::from);
            list.push(WhatIf { change: format!("severity={code}"), due_at });
        }
    }
    Ok(list)
}

fn due_under(ledger: &Ledger, clock: &Clock, chosen: &Chosen, days: &WorkingDays) -> Option<DateTime<Utc>> {
    let calendar = Calendar::new(chosen.policy.calendar_code, days);
    let resume = ledger.open_pause().map(|pause| pause.until);
    deadline::due_at(&ledger.stretches(clock), calendar, chosen.policy.handle_target_seconds, resume).ok().flatten()
}

/// A pause lies ahead and, where a reason is named, within what that allows (TK-R14); answers the reason.
async fn pause_reason(at: &Reading, pause: &PreviewPause) -> Result<Option<list::Model>, Fault> {
    let until = whole_second(pause.until.0);
    if until <= whole_second(at.now) {
        return Err(Fault::field("/pause/until", "date_order"));
    }
    let Some(code) = &pause.reason_code else { return Ok(None) };
    let reason = crate::catalogue::list_item(at, "pause_reason", code, "/pause/reason_code").await?;
    if until > at.now + TimeDelta::hours(i64::from(reason.max_hours.unwrap_or(0))) {
        return Err(Fault::field("/pause/until", "pause_too_long").rule("TK-R14"));
    }
    Ok(Some(reason))
}

/// The limit if the case paused from now until then; a clock that has stopped does not pause.
fn due_after_pause(
    ledger: &Ledger,
    clock: &Clock,
    chosen: &Chosen,
    days: &WorkingDays,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Option<DateTime<Utc>> {
    if clock.row.stops_at.is_some() {
        return due_under(ledger, clock, chosen, days);
    }
    let mut stretches = ledger.stretches(clock);
    if let Some(last) = stretches.last_mut() {
        last.to = Some(now);
    }
    stretches.push(deadline::Segment { from: now, to: Some(until), running: false });
    stretches.push(deadline::Segment { from: until, to: None, running: true });
    let calendar = Calendar::new(chosen.policy.calendar_code, days);
    deadline::due_at(&stretches, calendar, chosen.policy.handle_target_seconds, None).ok().flatten()
}

/// What another classification or a pause would mean; changes nothing.
///
/// # Errors
/// 422 `classification_invalid`, `not_found` for a calendar version, `date_order`, `pause_too_long`; 409
/// `pause_reason_not_allowed`.
pub async fn preview(at: &Reading, ticket: &Ticket, input: &PreviewDeadline) -> Result<DeadlinePreview, Fault> {
    let ledger = Ledger::load(at, ticket.id, ticket.created_at).await?;
    let clock = ledger.clock("handle", ticket.cycle).ok_or_else(|| Fault::internal("a ticket without a clock"))?;
    let changed = Ticket {
        severity: input.severity.unwrap_or(ticket.severity),
        kind: input.kind.unwrap_or(ticket.kind),
        category_code: input.category_code.clone().unwrap_or_else(|| ticket.category_code.clone()),
        ..ticket.clone()
    };
    if (changed.kind, &changed.category_code) != (ticket.kind, &ticket.category_code) {
        let on = business_day(ticket.received_at);
        crate::catalogue::classify(at, changed.kind, &changed.category_code, changed.place_kind, on).await?;
    }
    let reason = match &input.pause {
        Some(pause) => pause_reason(at, pause).await?,
        None => None,
    };
    let chosen = writing::choose(at, &changed, clock.row.starts_at).await?;
    let own = clock.targets.last();
    let days = match input.calendar_version {
        None => own.map_or(WorkingDays::built_in(), |last| ledger.days(last)).clone(),
        Some(number) => {
            let known = store::calendars::versions(at).await?.numbered(number);
            known.ok_or_else(|| Fault::field("/calendar_version", "not_found"))?.as_ref().clone()
        }
    };
    if let Some(reason) = &reason {
        allowed_for(chosen.policy.urgent, reason)?;
    }
    let due = match &input.pause {
        None => due_under(&ledger, clock, &chosen, &days),
        Some(pause) => {
            let span = (whole_second(at.now), whole_second(pause.until.0));
            due_after_pause(&ledger, clock, &chosen, &days, span)
        }
    };
    Ok(DeadlinePreview {
        policy: PolicyView {
            set_version: chosen.set_version,
            code: chosen.policy.code.clone(),
            position: chosen.policy.position,
            matched: chosen.matched,
        },
        target_seconds: chosen.policy.handle_target_seconds,
        calendar_version: days.version(),
        calendar_provisional: chosen.policy.calendar_code != CalendarCode::Continuous
            && due.is_some_and(|due| days.is_provisional(business_day(due).year()).unwrap_or(false)),
        due_at: due.map(Timestamp::from),
        breached: due.is_some_and(|due| due < whole_second(at.now)),
    })
}
