//! The ledger of one ticket in memory: what the rows say at an instant (TK-R09…R12).

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::calendar::{Calendar, CalendarCode, WorkingDays, YearMissing};
use kernel::deadline::{self, Breach, Segment};
use kernel::fault::Fault;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::calendars::Versions;

use super::entity::{annulment, clock, segment, target};
use crate::pause;

type Instant = DateTime<Utc>;

/// A clock with its targets and annulments.
#[derive(Clone, Debug)]
pub struct Clock {
    pub row: clock::Model,
    pub targets: Vec<target::Model>,
    pub annulments: Vec<annulment::Model>,
}

/// All rows about the deadlines of one ticket.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub created_at: Instant,
    pub clocks: Vec<Clock>,
    /// As they are at the instant of reading: a pause past its `until` has ended.
    pub segments: Vec<segment::Model>,
    pub pauses: Vec<pause::entity::Model>,
    /// The working days each target is read by: those of its own calendar version (TK-R13).
    days: HashMap<Uuid, Arc<WorkingDays>>,
}

/// Counted seconds a case spent with one unit and person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    pub org_unit_id: Option<Uuid>,
    pub staff_id: Option<Uuid>,
    pub seconds: i64,
}

/// Rows by what they belong to, each list in the order read.
fn grouped<T>(rows: Vec<T>, key: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

fn code(target: &target::Model) -> CalendarCode {
    match target.calendar_code.as_str() {
        "office" => CalendarCode::Office,
        "mainland" => CalendarCode::Mainland,
        _ => CalendarCode::Continuous,
    }
}

/// A year without calendar data: the deadline is not known yet, intake is not refused (TK-R13).
pub type Known<T> = Result<T, YearMissing>;

impl Ledger {
    /// Reads the rows of a ticket.
    pub async fn load(at: &Reading, ticket_id: Uuid, created_at: Instant) -> Result<Self, Fault> {
        let mut ledgers = Self::load_many(at, &[(ticket_id, created_at)]).await?;
        ledgers.pop().ok_or_else(|| Fault::internal("a ticket without a ledger"))
    }

    /// Reads the rows of several tickets, given by id and instant of creation, in the same order.
    pub async fn load_many(at: &Reading, tickets: &[(Uuid, Instant)]) -> Result<Vec<Self>, Fault> {
        let db = at.db();
        let ids = || tickets.iter().map(|(id, _)| *id);
        let clocks = clock::Entity::find()
            .filter(clock::Column::TicketId.is_in(ids()))
            .order_by_asc(clock::Column::StartsAt)
            .order_by_asc(clock::Column::Id)
            .all(&db)
            .await?;
        let clock_ids: Vec<Uuid> = clocks.iter().map(|clock| clock.id).collect();
        let targets = target::Entity::find()
            .filter(target::Column::ClockId.is_in(clock_ids.clone()))
            .order_by_asc(target::Column::Seq)
            .all(&db)
            .await?;
        let annulments = annulment::Entity::find().filter(annulment::Column::ClockId.is_in(clock_ids)).all(&db).await?;
        let segments = segment::Entity::find()
            .filter(segment::Column::TicketId.is_in(ids()))
            .order_by_asc(segment::Column::Seq)
            .all(&db)
            .await?;
        let pauses = pause::entity::Entity::find()
            .filter(pause::entity::Column::TicketId.is_in(ids()))
            .order_by_asc(pause::entity::Column::CreatedAt)
            .all(&db)
            .await?;
        let versions = store::calendars::versions(at).await?;
        let mut targets = grouped(targets, |target| target.clock_id);
        let mut annulments = grouped(annulments, |annulment| annulment.clock_id);
        let mut segments = grouped(segments, |segment| segment.ticket_id);
        let mut pauses = grouped(pauses, |pause| pause.ticket_id);
        let mut clocks = grouped(clocks, |clock| clock.ticket_id);
        let ledger = |(id, created_at): &(Uuid, Instant)| {
            let clock = |row: clock::Model| Clock {
                targets: targets.remove(&row.id).unwrap_or_default(),
                annulments: annulments.remove(&row.id).unwrap_or_default(),
                row,
            };
            let mut ledger = Self {
                created_at: *created_at,
                clocks: clocks.remove(id).unwrap_or_default().into_iter().map(clock).collect(),
                segments: segments.remove(id).unwrap_or_default(),
                pauses: pauses.remove(id).unwrap_or_default(),
                days: HashMap::new(),
            };
            ledger.end_overdue_pause(at.now);
            ledger.days = ledger.read_days(&versions, at.now);
            ledger
        };
        Ok(tickets.iter().map(ledger).collect())
    }

    /// The ledger of a ticket that begins now, from rows not yet written.
    pub fn begun(
        created_at: Instant,
        clocks: Vec<Clock>,
        segments: Vec<segment::Model>,
        versions: &Versions,
        now: Instant,
    ) -> Self {
        let mut ledger = Self { created_at, clocks, segments, pauses: Vec::new(), days: HashMap::new() };
        ledger.days = ledger.read_days(versions, now);
        ledger
    }

    /// A pause whose `until` has passed ended then; the running segment after it begins there.
    fn end_overdue_pause(&mut self, now: Instant) {
        let Some(last) = self.segments.last_mut().filter(|last| last.kind == "paused" && last.to_at.is_none()) else {
            return;
        };
        let Some(pause) = self.pauses.iter_mut().find(|pause| Some(pause.id) == last.pause_id) else { return };
        if pause.until > now {
            return;
        }
        last.to_at = Some(pause.until);
        pause.ended_at = Some(pause.until);
        pause.end_cause = Some("until".to_owned());
        pause.status = pause::entity::Status::Ended;
        let next = segment::Model {
            id: Uuid::nil(),
            seq: last.seq + 1,
            kind: "running".to_owned(),
            begun_by: "resumed".to_owned(),
            pause_id: None,
            from_at: pause.until,
            to_at: None,
            ..last.clone()
        };
        self.segments.push(next);
    }

    /// The working days of each target. A year its version has no notice for is read as published meanwhile,
    /// unless the clock had stopped, the target was replaced, or it was used up before that.
    fn read_days(&self, versions: &Versions, now: Instant) -> HashMap<Uuid, Arc<WorkingDays>> {
        let mut days = HashMap::new();
        for clock in &self.clocks {
            let stop = clock.row.stops_at.or(clock.row.void_at).unwrap_or(now);
            for (n, target) in clock.targets.iter().enumerate() {
                let until = clock.targets.get(n + 1).map_or(stop, |next| next.set_at.min(stop));
                let used_up = |days: &WorkingDays, before: Instant| {
                    let calendar = Calendar::new(code(target), days);
                    let due = deadline::due_at(&self.stretches(clock), calendar, target.seconds, None);
                    due.is_ok_and(|due| due.is_some_and(|due| due < before))
                };
                days.insert(target.id, versions.read_as(target.calendar_version, until, used_up));
            }
        }
        days
    }

    /// The working days a target is read by.
    pub fn days(&self, target: &target::Model) -> &WorkingDays {
        self.days.get(&target.id).map_or_else(|| WorkingDays::built_in(), Arc::as_ref)
    }

    /// The clock of this name in this cycle; of several stage clocks the latest.
    pub fn clock(&self, name: &str, cycle: i32) -> Option<&Clock> {
        self.clocks.iter().rfind(|clock| clock.row.name == name && clock.row.cycle == cycle)
    }

    /// The open pause at the end of the ledger, if any.
    pub fn open_pause(&self) -> Option<&pause::entity::Model> {
        let last = self.segments.last().filter(|last| last.kind == "paused" && last.to_at.is_none())?;
        self.pauses.iter().find(|pause| Some(pause.id) == last.pause_id)
    }

    pub fn calendar(&self, target: &target::Model) -> Calendar<'_> {
        Calendar::new(code(target), self.days(target))
    }

    /// The stretches that count for a clock; the last one is left open.
    pub fn stretches(&self, clock: &Clock) -> Vec<Segment> {
        let row = &clock.row;
        let starts_at = row.starts_at;
        match row.name.as_str() {
            "reply" | "callback" => vec![Segment { from: starts_at, to: None, running: true }],
            _ => {
                let end = row.stops_at;
                let inside = |s: &&segment::Model| {
                    s.cycle == row.cycle
                        && s.to_at.is_none_or(|to| to > starts_at)
                        && end.is_none_or(|end| s.from_at < end)
                };
                let mut list: Vec<Segment> = self
                    .segments
                    .iter()
                    .filter(inside)
                    .map(|s| Segment { from: s.from_at.max(starts_at), to: s.to_at, running: s.kind == "running" })
                    .collect();
                // A stopped clock would have run on: that tells what its limit was.
                if let Some(last) = list.last_mut()
                    && row.stops_at.is_some()
                    && last.to >= row.stops_at
                {
                    last.to = None;
                }
                list
            }
        }
    }

    /// The seconds counted up to an instant, or to the stop.
    pub fn elapsed(&self, clock: &Clock, target: &target::Model, now: Instant) -> Known<i64> {
        let until = clock.row.stops_at.unwrap_or(now).min(now);
        deadline::counted(&self.stretches(clock), self.calendar(target), until)
    }

    /// Where the counted seconds of a handling or stage clock were spent: unit, person, seconds (TK-R15). Their sum is
    /// what has elapsed.
    pub fn dwell(&self, clock: &Clock, target: &target::Model, now: Instant) -> Known<Vec<Stay>> {
        let until = clock.row.stops_at.unwrap_or(now).min(now);
        let own = self.segments.iter().filter(|s| s.cycle == clock.row.cycle && s.kind == "running");
        own.map(|s| {
            let (from, to) = (s.from_at.max(clock.row.starts_at), s.to_at.unwrap_or(until).min(until));
            let stretch = [Segment { from, to: Some(to.max(from)), running: true }];
            let seconds = deadline::counted(&stretch, self.calendar(target), until)?;
            Ok(Stay { org_unit_id: s.org_unit_id, staff_id: s.staff_id, seconds })
        })
        .collect()
    }

    /// When a target is used up; `None` while a pause is open and it is not yet used up.
    pub fn due_at(&self, clock: &Clock, target: &target::Model, resume: Option<Instant>) -> Known<Option<Instant>> {
        deadline::due_at(&self.stretches(clock), self.calendar(target), target.seconds, resume)
    }

    /// When the target is used up if an open pause ends at its `until`.
    pub fn projected_due_at(&self, clock: &Clock, target: &target::Model) -> Known<Option<Instant>> {
        let pausable = matches!(clock.row.name.as_str(), "handle" | "stage") && clock.row.stops_at.is_none();
        let resume = self.open_pause().filter(|_| pausable).map(|pause| pause.until);
        self.due_at(clock, target, resume)
    }

    /// The limits this clock broke (TK-R12).
    pub fn breaches(&self, clock: &Clock, now: Instant) -> Known<Vec<Breach>> {
        let end = clock.row.void_at.or(clock.row.stops_at);
        let targets: Vec<deadline::Target<'_>> = clock
            .targets
            .iter()
            .map(|t| deadline::Target { seq: t.seq, seconds: t.seconds, calendar: self.calendar(t), set_at: t.set_at })
            .collect();
        deadline::breaches(&self.stretches(clock), &targets, clock.row.starts_at, self.created_at, end, now)
    }

    /// `running`, `met`, `missed` or `void`; an annulled breach does not count, an open overdue clock is missed.
    pub fn outcome(&self, clock: &Clock, now: Instant) -> Known<&'static str> {
        let standing = |breach: &Breach| !clock.annulments.iter().any(|a| a.due_at == breach.due_at);
        let missed = self.breaches(clock, now)?.iter().any(standing);
        Ok(match (clock.row.void_at, clock.row.stops_at) {
            _ if missed => "missed",
            (Some(_), _) => "void",
            (_, Some(_)) => "met",
            _ => "running",
        })
    }

    /// Whether a stopped or running clock is late under its present target.
    pub fn is_late(&self, clock: &Clock, now: Instant) -> Known<bool> {
        let Some(target) = clock.targets.last() else { return Ok(false) };
        let due = self.due_at(clock, target, None)?;
        let stop = clock.row.stops_at.unwrap_or(now);
        Ok(due.is_some_and(|due| due < stop))
    }
}
