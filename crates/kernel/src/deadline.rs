//! The arithmetic of clocks (TK-R10…R14): what has been counted, when a target is used up, which limits
//! were broken. Pure and in whole seconds: the fraction of every instant is dropped.

use chrono::{DateTime, Duration, Utc};

use crate::calendar::{Calendar, YearMissing};
use crate::time::whole_second;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

type Instant = DateTime<Utc>;

/// An unbroken stretch of a clock, half-open. Only the last one may be open (`to` = `None`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub from: Instant,
    pub to: Option<Instant>,
    /// False while paused.
    pub running: bool,
}

/// A part of a segment: open hours or the time between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// False in off hours.
    pub running: bool,
    pub seconds: i64,
}

/// What a clock must keep, from `set_at` until the next target or the stop.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub seq: i32,
    pub seconds: i64,
    pub calendar: Calendar<'a>,
    pub set_at: Instant,
}

/// Why a limit was broken.
#[codes::code(name = "BreachCause", stored = false)]
pub enum Cause {
    /// 超时: time ran out.
    Time,
    /// 时限调整: a later target was already used up when it was set.
    #[label("Re-targeting")]
    Retarget,
    /// 补录: the first target was already used up when the case was recorded.
    Backdated,
}

/// A limit broken under one target; a fact, whatever follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    pub target_seq: i32,
    pub due_at: Instant,
    pub cause: Cause,
}

/// The open seconds of `[from, to)`; 0 when `to` is earlier. Errors: a year is unknown.
pub fn open_seconds(calendar: Calendar<'_>, from: Instant, to: Instant) -> Result<i64, YearMissing> {
    calendar.open(whole_second(from), whole_second(to)).map(|interval| Ok(length(interval?))).sum()
}

/// The open seconds of all running segments up to `at` (TK-R10). Errors: a year is unknown.
pub fn counted(segments: &[Segment], calendar: Calendar<'_>, at: Instant) -> Result<i64, YearMissing> {
    let running = segments.iter().filter(|segment| segment.running);
    running.map(|segment| open_seconds(calendar, segment.from, segment.to.map_or(at, |to| to.min(at)))).sum()
}

/// The earliest instant at which `target_seconds` are counted (TK-R10): a target used up at closing time
/// is due then, not at the next opening.
///
/// An open running segment goes on without end. `None` when the last segment ends, or is an open pause,
/// before the target is used up; `resume` is where an open pause is assumed to end (its `until`). For a
/// stopped clock leave the last segment open to learn its limit. Errors: a year is unknown.
pub fn due_at(
    segments: &[Segment],
    calendar: Calendar<'_>,
    target_seconds: i64,
    resume: Option<Instant>,
) -> Result<Option<Instant>, YearMissing> {
    let mut left = target_seconds;
    if left <= 0 {
        return Ok(segments.first().map(|first| whole_second(first.from)));
    }
    for segment in segments {
        let (from, to) = match (segment.running, segment.to, resume) {
            (true, to, _) => (segment.from, to),
            (false, None, Some(resume)) => (resume.max(segment.from), None),
            (false, _, _) => continue,
        };
        let to = to.map_or(Instant::MAX_UTC, whole_second);
        for interval in calendar.open(whole_second(from), to) {
            let (opens, closes) = interval?;
            let seconds = length((opens, closes));
            if seconds >= left {
                return Ok(Some(opens + Duration::seconds(left)));
            }
            left -= seconds;
        }
    }
    Ok(None)
}

/// `[from, to)` as alternating open and off hours, without empty pieces. Errors: a year is unknown.
pub fn pieces(from: Instant, to: Instant, calendar: Calendar<'_>) -> Result<Vec<Piece>, YearMissing> {
    let (from, to) = (whole_second(from), whole_second(to));
    let (mut pieces, mut at) = (Vec::new(), from);
    for interval in calendar.open(from, to) {
        let (opens, closes) = interval?;
        push(&mut pieces, false, length((at, opens)));
        push(&mut pieces, true, length((opens, closes)));
        at = closes;
    }
    push(&mut pieces, false, length((at, to)));
    Ok(pieces)
}

fn push(pieces: &mut Vec<Piece>, running: bool, seconds: i64) {
    match pieces.last_mut() {
        _ if seconds <= 0 => {}
        Some(last) if last.running == running => last.seconds += seconds,
        _ => pieces.push(Piece { running, seconds }),
    }
}

fn length((from, to): (Instant, Instant)) -> i64 {
    (to - from).num_seconds()
}

/// Whether a clock stopped at `stop` kept its limit, the limit itself included (TK-R11). A limit that is
/// never reached is kept.
pub fn met(stop: Instant, due: Option<Instant>) -> bool {
    due.is_none_or(|due| whole_second(stop) <= whole_second(due))
}

/// The breaches of a clock (TK-R12), one at most for each target. Target k is in force until target k + 1
/// is set, the last one until the stop or now; it is broken when it was used up before that.
///
/// `targets` ascend by `set_at`; what segments hold before `starts_at` is not counted; `created_at` is
/// when the case was recorded. Errors: a year before now is unknown.
pub fn breaches(
    segments: &[Segment],
    targets: &[Target<'_>],
    starts_at: Instant,
    created_at: Instant,
    stop: Option<Instant>,
    now: Instant,
) -> Result<Vec<Breach>, YearMissing> {
    let mut found = Vec::new();
    for (index, target) in targets.iter().enumerate() {
        let end = targets.get(index + 1).map_or(stop.unwrap_or(now), |next| next.set_at);
        let end = whole_second(stop.map_or(end, |stop| end.min(stop)));
        let lived: Vec<Segment> = segments.iter().filter_map(|segment| within(segment, starts_at, end)).collect();
        let due = due_at(&lived, target.calendar, target.seconds, None)?;
        let Some(due_at) = due.filter(|due| *due < end) else {
            continue;
        };
        let cause = match index {
            0 if due_at < whole_second(created_at) => Cause::Backdated,
            1.. if due_at < whole_second(target.set_at) => Cause::Retarget,
            _ => Cause::Time,
        };
        found.push(Breach { target_seq: target.seq, due_at, cause });
    }
    Ok(found)
}

fn within(segment: &Segment, starts_at: Instant, end: Instant) -> Option<Segment> {
    let (from, to) = (segment.from.max(starts_at), segment.to.map_or(end, |to| to.min(end)));
    (from < to).then_some(Segment { from, to: Some(to), ..*segment })
}
