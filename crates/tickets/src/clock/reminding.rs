//! The reminder ladder of a clock (spec tickets §10): every step is told once a clock and target.
//!
//! Telling makes nothing true: a breach stands in the ledger whether or not anybody was told. What is told are
//! facts; who hears of them, and when, is the notifications' matter.

use access::{JobRole, groups};
use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use kernel::time::{Timestamp, whole_second};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, LockType};
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};
use store::journal::Fact;
use store::{Reading, Work};

use super::entity::{clock, target};
use super::ledger::{Clock, Ledger};
use super::projection::{USED_UP, ladder, reached_at, steps_left};
use crate::ticket;
use crate::ticket::entity::{Column, Entity, Model as Ticket};

type Instant = DateTime<Utc>;

/// Tickets with a step to tell, after one of them, at most so many.
pub async fn waiting(at: &Reading, after: Option<Uuid>, most: u64) -> Result<Vec<Uuid>, Fault> {
    use clock::Column;
    let before_the_stop = Expr::col(Column::RemindAt).lt(Expr::col(Column::StopsAt));
    let told_in_time = Condition::any().add(Column::StopsAt.is_null()).add(before_the_stop);
    let mut select = clock::Entity::find()
        .select_only()
        .column(Column::TicketId)
        .distinct()
        .filter(Column::RemindAt.lte(at.now))
        .filter(Column::VoidAt.is_null())
        .filter(told_in_time)
        .order_by_asc(Column::TicketId)
        .limit(most);
    if let Some(after) = after {
        select = select.filter(Column::TicketId.gt(after));
    }
    Ok(select.into_tuple().all(&at.db()).await?)
}

/// Tells every step the clocks of a ticket have reached and that was not told of their present target.
pub async fn tell(work: &Work, ticket_id: Uuid) -> Result<(), Fault> {
    work.unchanged();
    // Two servers: the second waits here and then finds the steps told.
    let row = Entity::find().filter(Column::Id.eq(ticket_id)).lock(LockType::Update).one(&work.db()).await?;
    let Some(row) = row else { return Ok(()) };
    let holder = match row.merged_into_id {
        // What was merged is handled with the ticket it was merged into.
        Some(target) => Entity::find_by_id(target).one(&work.db()).await?,
        None => None,
    };
    let ladder = ladder(work).await?;
    let ledger = Ledger::load(work, row.id, row.created_at).await?;
    let due = |clock: &&Clock| clock.row.remind_at.is_some_and(|at| at <= work.now) && clock.row.void_at.is_none();
    for clock in ledger.clocks.iter().filter(due) {
        let Some(target) = clock.targets.last() else { continue };
        let until = clock.row.stops_at.unwrap_or(whole_second(work.now));
        let mut told = None;
        let mut next = None;
        for percent in steps_left(&clock.row, target, &ladder) {
            let reached = reached_at(&ledger, clock, target, *percent);
            if !reached.is_some_and(|at| is_passed(*percent, at, until)) {
                next = reached;
                break;
            }
            let step = Step {
                ticket: &row,
                held: holder.as_ref().unwrap_or(&row),
                clock: &clock.row,
                target,
                percent: *percent,
            };
            step.tell(work, reached).await?;
            told = Some(*percent);
        }
        let change = clock::ActiveModel {
            id: Set(clock.row.id),
            remind_at: Set(next),
            reminded_seq: Set(Some(target.seq)),
            reminded_percent: Set(
                told.or(clock.row.reminded_percent.filter(|_| clock.row.reminded_seq == Some(target.seq)))
            ),
            ..Default::default()
        };
        clock::Entity::update(change).validate()?.exec(&work.db()).await?;
    }
    Ok(())
}

/// The limit itself is kept (TK-R11): a target is missed only after the instant it is used up.
fn is_passed(percent: i32, reached: Instant, until: Instant) -> bool {
    if percent == USED_UP { reached < until } else { reached <= until }
}

struct Step<'a> {
    ticket: &'a Ticket,
    /// The ticket whose people handle it.
    held: &'a Ticket,
    clock: &'a clock::Model,
    target: &'a target::Model,
    percent: i32,
}

impl Step<'_> {
    async fn tell(&self, work: &Work, reached: Option<Instant>) -> Result<(), Fault> {
        // What was kept in time needs no reminding afterwards; that it was not is a fact for ever.
        if self.clock.stops_at.is_some() && self.percent != USED_UP {
            return Ok(());
        }
        let Some((people, roles)) = self.whom() else { return Ok(()) };
        let verb = match self.percent {
            USED_UP => "breached",
            percent if percent < USED_UP => "deadline_near",
            _ => "deadline_passed",
        };
        let due_at = match self.percent {
            USED_UP => reached,
            _ => self.clock.due_at,
        };
        let row = self.ticket;
        let what = match self.clock.name.as_str() {
            "stage" => ("当前环节", "the present stage"),
            "reply" => ("答复", "the answer"),
            "callback" => ("回访", "the callback"),
            _ => ("办理", "the handling"),
        };
        let fact = Fact::of::<ticket::Ticket>(verb, row)
            .with("status", row.status.code())
            .with("status_before", row.status.code())
            .with("clock", self.clock.name.as_str())
            .with("stage", self.clock.stage.clone())
            .with("what_zh", what.0)
            .with("what_en", what.1)
            .with("cycle", self.clock.cycle)
            .with("target", self.target.seq)
            .with("percent", self.percent)
            .with("due_at", due_at.map(|at| Timestamp::from(at).to_string()))
            .with("urgent", self.ticket.is_pressing())
            .tells(people);
        work.record(roles.into_iter().fold(fact, Fact::tells_any_of));
        Ok(())
    }

    /// Who is told at this step; none when the step is for pressing cases only. The first asked hears of every
    /// step until the case is closed (TK-R17).
    fn whom(&self) -> Option<(Vec<Uuid>, Vec<&'static [JobRole]>)> {
        use JobRole::{CompanyLeader, CsSupervisor, TeamLeader};
        // Who held the case may not call back: that clock is the unit's.
        let holder = self.held.assignee_id.filter(|_| self.clock.name != "callback");
        let mut people: Vec<Uuid> = holder.into_iter().collect();
        let mut roles: Vec<&[JobRole]> = match self.percent {
            percent if percent > 150 && !self.ticket.is_pressing() => return None,
            percent if percent > 150 => vec![&[CompanyLeader]],
            percent if percent > USED_UP => vec![groups::HEAD],
            USED_UP => vec![&[TeamLeader], &[CsSupervisor]],
            percent if percent > 50 => vec![&[TeamLeader]],
            _ => Vec::new(),
        };
        if self.percent > 50 {
            people.extend(self.ticket.first_asked_staff_id);
        }
        if holder.is_none() && roles.is_empty() {
            roles.push(&[TeamLeader]);
        }
        people.dedup();
        Some((people, roles))
    }
}
