//! What lists sort and filter by, computed from the ledger: the projection of the facts.

use chrono::{DateTime, Utc};
use kernel::deadline::Breach;
use kernel::fault::Fault;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use store::{Reading, Work, parameters};

use super::entity::{clock, target};
use super::ledger::{Clock, Ledger};
use crate::ticket;
use crate::ticket::entity::{Model as Ticket, Status};

type Instant = DateTime<Utc>;

pub use store::work_list::never;

/// What the rows of a ticket say of its deadlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    pub due_at: Option<Instant>,
    pub due_sort: Instant,
    /// The earliest limit beside its own clock: the authority's and those of tickets merged into it. No pause of the
    /// ticket moves it.
    pub others_due: Option<Instant>,
    pub paused_until: Option<Instant>,
    pub near_due_at: Option<Instant>,
    /// Of the clocks whose rows say something else now.
    pub moved: Vec<ClockProjection>,
}

/// What the row of a clock says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockProjection {
    pub clock_id: Uuid,
    pub due_at: Option<Instant>,
    pub remind_at: Option<Instant>,
    pub missed: Option<bool>,
}

/// The step at which a target is used up; on the ladder whatever else is.
pub const USED_UP: i32 = 100;

async fn percents(at: &Reading) -> Result<Vec<i32>, Fault> {
    let value = parameters::value(at, "tickets.sla.reminder_percents").await?;
    let mut percents: Vec<i32> = serde_json::from_value(value).unwrap_or_default();
    percents.retain(|percent| *percent > 0);
    percents.sort_unstable();
    Ok(percents)
}

/// The parts of a target at which people are told, in percent, ascending (spec tickets §10).
pub async fn ladder(at: &Reading) -> Result<Vec<i32>, Fault> {
    let mut percents = percents(at).await?;
    percents.push(USED_UP);
    percents.sort_unstable();
    percents.dedup();
    Ok(percents)
}

/// The part of a target after which a clock is near due: the second step (TK-R11).
pub async fn near_due(at: &Reading) -> Result<i32, Fault> {
    Ok(percents(at).await?.get(1).copied().unwrap_or(80))
}

/// When so many percent of a target are counted, as if an open pause ended at its `until`.
pub fn reached_at(ledger: &Ledger, clock: &Clock, target: &target::Model, percent: i32) -> Option<Instant> {
    let part = target::Model { seconds: target.seconds * i64::from(percent) / 100, ..target.clone() };
    ledger.projected_due_at(clock, &part).ok().flatten()
}

/// The steps not yet told of the present target.
pub fn steps_left<'a>(clock: &'a clock::Model, target: &target::Model, ladder: &'a [i32]) -> &'a [i32] {
    let told = clock.reminded_percent.filter(|_| clock.reminded_seq == Some(target.seq)).unwrap_or(0);
    &ladder[ladder.partition_point(|percent| *percent <= told)..]
}

/// What the row of a clock is to say. A running clock's present target is not judged: time alone may break it.
fn of_clock(ledger: &Ledger, clock: &Clock, ladder: &[i32], now: Instant) -> ClockProjection {
    let runs = clock.row.stops_at.is_none();
    let target = clock.targets.last();
    let due_at = target.and_then(|target| ledger.projected_due_at(clock, target).ok().flatten());
    let next = target.and_then(|target| Some((target, *steps_left(&clock.row, target, ladder).first()?)));
    let remind_at = next.and_then(|(target, percent)| reached_at(ledger, clock, target, percent));
    let stands = |breach: &Breach| {
        let present = runs && target.is_some_and(|target| target.seq == breach.target_seq);
        !present && !clock.annulments.iter().any(|annulled| annulled.due_at == breach.due_at)
    };
    let missed = ledger.breaches(clock, now).ok().map(|breaches| breaches.iter().any(stands));
    // The ladder of a stopped clock is the affair of whoever reminds.
    let remind_at = if runs { remind_at } else { clock.row.remind_at };
    ClockProjection { clock_id: clock.row.id, due_at, remind_at, missed }
}

/// Computes the projection of a ticket from its ledger and the tickets merged into it (TK-R10).
pub async fn project(at: &Reading, ticket: &Ticket) -> Result<Projection, Fault> {
    let ledger = Ledger::load(at, ticket.id, ticket.created_at).await?;
    let merged = ticket::queries::earliest_merged_due(at, ticket.id).await?;
    Ok(of_ledger(&ledger, ticket, (&ladder(at).await?, near_due(at).await?), merged, at.now))
}

/// What a ledger comes to; `merged` is the earliest limit of the tickets merged into this one.
pub fn of_ledger(
    ledger: &Ledger,
    ticket: &Ticket,
    (ladder, near_due): (&[i32], i32),
    merged: Option<Instant>,
    now: Instant,
) -> Projection {
    let open = ledger.clock("handle", ticket.cycle).filter(|clock| clock.row.stops_at.is_none());
    let target = open.and_then(|clock| clock.targets.last().map(|target| (clock, target)));
    let due = target.and_then(|(clock, target)| ledger.projected_due_at(clock, target).ok().flatten());
    let near = target.and_then(|(clock, target)| reached_at(ledger, clock, target, near_due));
    let open_here = Status::OPEN.contains(&ticket.status) || ticket.status == Status::Merged;
    let authority = ticket.authority_due_at.filter(|_| open_here);
    let others_due = [authority, merged].into_iter().flatten().min();
    let earliest = due.into_iter().chain(others_due).min();
    let paused_until = ledger.open_pause().map(|pause| pause.until);
    let moved = ledger
        .clocks
        .iter()
        .map(|clock| (&clock.row, of_clock(ledger, clock, ladder, now)))
        .filter(|(row, now)| (row.due_at, row.remind_at, row.missed) != (now.due_at, now.remind_at, now.missed))
        .map(|(_, now)| now)
        .collect();
    let due_sort = earliest.unwrap_or_else(never);
    Projection { due_at: due, due_sort, others_due, paused_until, near_due_at: near, moved }
}

/// Writes what the rows of clocks say now.
pub async fn place(work: &Work, moved: &[ClockProjection]) {
    for now in moved {
        let says = clock::ActiveModel {
            due_at: Set(now.due_at),
            remind_at: Set(now.remind_at),
            missed: Set(now.missed),
            ..Default::default()
        };
        let change = clock::Entity::update_many().set(says).filter(clock::Column::Id.eq(now.clock_id));
        work.change_later(&change).await;
    }
}
